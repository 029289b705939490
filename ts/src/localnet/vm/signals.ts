/**
 * What generated code throws inside the VM. `MoveVm.call` turns these into a `VmFailure`; they never
 * leave the VM. They are no `Error`s, so that throwing one does not walk the stack.
 */
import type { CodeLocation } from './types.js';

/** Something that knows the locations of one function. */
export interface LocationSource {
  location(instruction: number): CodeLocation;
}

export class AbortSignal {
  constructor(
    readonly at: LocationSource,
    readonly instruction: number,
    readonly code: bigint,
  ) {}
}

export class RuntimeErrorSignal {
  constructor(
    readonly at: LocationSource,
    readonly instruction: number,
    readonly status: number,
    readonly subStatus: number | undefined,
    readonly message: string,
  ) {}
}

/** Execution status codes (sui-execution.md §2.4). */
export const statusCodes = {
  vmInvariantViolation: 2000,
  outOfGas: 4002,
  variantTagMismatch: 4038,
  arithmeticError: 4017,
  vectorOperationError: 4018,
  executionStackOverflow: 4020,
  callStackOverflow: 4021,
  typeDepthReached: 4024,
  valueDepthReached: 4025,
  memoryLimitExceeded: 4028,
  typeNodesReached: 4029,
} as const;

/** Sub-statuses of `vectorOperationError`. */
export const vectorErrors = { indexOutOfBounds: 1, popEmpty: 2, unpackLength: 3, sizeLimit: 4 } as const;

/** Short text per status for `VmFailure.message`. */
export function describeStatus(status: number, subStatus: number | undefined): string {
  const name = Object.entries(statusCodes).find(([, code]) => code === status)?.[0] ?? `status ${status}`;
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return subStatus === undefined ? words : `${words}, sub-status ${subStatus}`;
}
