/** Helpers of the VM tests: packages from Move sources, calls, a runtime that natives may not use. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFramework, buildPackage } from '../../../src/move/index.js';
import { MoveVm, VmGasMeter } from '../../../src/localnet/vm/index.js';
import type { CallArgument, CallOutcome, MoveType, ObjectRuntime, PackageView, VmTrace } from '../../../src/localnet/vm/index.js';
import { UnitTestRuntime } from '../../../src/localnet/vm/testing/test-object-runtime.js';
import { packageFromModules } from '../../../src/localnet/vm/testing/build.js';

export const address = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;

export const fixture = (name: string): string => fileURLToPath(new URL(path.join('fixtures', name), import.meta.url));

/** A VM with the framework and, at 0x0, the modules of a fixture package. */
export async function vmWith(directory: string | undefined): Promise<{ vm: MoveVm; modules: readonly Uint8Array[] }> {
  const { std, sui } = await buildFramework();
  const modules = directory === undefined ? [] : (await buildPackage(directory)).modules;
  return { vm: vmOf({ std, sui, modules }), modules };
}

export function vmOf(parts: {
  std?: readonly Uint8Array[];
  sui?: readonly Uint8Array[];
  modules: readonly Uint8Array[];
}): MoveVm {
  const packages = new Map<string, PackageView>();
  packages.set(address(1), packageFromModules(address(1), parts.std ?? [], []));
  packages.set(address(2), packageFromModules(address(2), parts.sui ?? [], [address(1)]));
  packages.set(address(0), packageFromModules(address(0), parts.modules, [address(1), address(2)]));
  return new MoveVm({ packages: { getPackage: (id) => packages.get(id) } });
}

export interface CallOptions {
  readonly package?: number;
  readonly module?: string;
  readonly typeArguments?: readonly MoveType[];
  readonly budget?: bigint;
  readonly runtime?: ObjectRuntime;
  readonly trace?: VmTrace;
  readonly gas?: VmGasMeter;
}

/** Calls a function of `basics` (or another module). */
export function call(vm: MoveVm, name: string, args: readonly CallArgument[], options: CallOptions = {}): CallOutcome {
  const runtime = options.runtime ?? new UnitTestRuntime(vm, () => new Uint8Array(32));
  return vm.call(
    { runtime, gas: options.gas ?? new VmGasMeter(options.budget), ...(options.trace ? { trace: options.trace } : {}) },
    {
      package: address(options.package ?? 0),
      module: options.module ?? 'basics',
      function: name,
      typeArguments: options.typeArguments ?? [],
    },
    args,
  );
}

/** Returned values; throws when the call failed. */
export function returns(outcome: CallOutcome): readonly unknown[] {
  if (!outcome.ok) throw new Error(`call failed: ${JSON.stringify(outcome.failure, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v))}`);
  return outcome.returns;
}

/** `code@offset` of an abort, `status.sub@offset` of a run-time error. */
export function failureText(outcome: CallOutcome): string {
  if (outcome.ok) return 'ok';
  const { failure } = outcome;
  switch (failure.kind) {
    case 'abort':
      return `${failure.code}@${failure.location.functionName}:${failure.location.instruction}`;
    case 'runtimeError':
      return `${failure.status}${failure.subStatus === undefined ? '' : `.${failure.subStatus}`}`;
    default:
      return failure.kind;
  }
}
