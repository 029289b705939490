/** Failures of the VM in words, with what a clever abort code says (sui-execution.md §1.14). */
import { decodeCleverError } from '../runtime/clever-errors.js';
import type { CleverError } from '../ledger/types.js';
import type { CodeLocation, VmFailure } from '../vm/types.js';
import type { ModuleInfo } from '../vm/index.js';

/** What an abort code means where it was raised; undefined for a plain number. */
export type AbortMeaning = (code: bigint, at: CodeLocation) => CleverError | undefined;

/** Looks constants up in the module that aborted. */
export function abortMeaning(vm: { moduleInfo(packageId: string, module: string): ModuleInfo | undefined }): AbortMeaning {
  return (code, at) => decodeCleverError(code, vm.moduleInfo(at.package, at.module));
}

export function describeVmFailure(failure: VmFailure, meaning?: AbortMeaning): string {
  switch (failure.kind) {
    case 'abort': {
      const clever = meaning?.(failure.code, failure.location);
      if (clever === undefined) return `aborted with code ${failure.code}`;
      const name = clever.constantName ?? (clever.errorCode === undefined ? undefined : `code ${clever.errorCode}`);
      const text = clever.rendered === undefined ? '' : `: ${clever.rendered}`;
      const line = clever.lineNumber === undefined ? '' : ` (line ${clever.lineNumber})`;
      return `aborted${name === undefined ? '' : ` with ${name}${text}`}${line}`;
    }
    case 'runtimeError':
      return `${failure.message} (status ${failure.status})`;
    case 'outOfGas':
      return 'ran out of gas';
    case 'linkError':
    case 'invariantViolation':
      return failure.message;
  }
}
