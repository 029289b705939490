/** Shapes of native functions: each is a factory that is called once per type instantiation. */
import type { Loader } from '../loader.js';
import type { Machine } from '../machine.js';
import type { RuntimeType, TypeTable } from '../runtime-type.js';

/** What a native may use. Location of its aborts is the native function, instruction 0. */
export interface NativeEnvironment {
  readonly machine: Machine;
  readonly types: TypeTable;
  readonly loader: Loader;
  /** Charges internal units (sui-gas.md §4.2). */
  charge(internalUnits: number): void;
  abort(code: number): never;
  /** Ends with an execution status. */
  fail(status: number, subStatus?: number): never;
}

/**
 * Arguments are Move values in declaration order (references as in `types.ts`); the result is undefined,
 * a value, or an array of values when the function returns several.
 */
export type NativeFactory = (
  environment: NativeEnvironment,
  typeArguments: readonly RuntimeType[],
) => (...args: never[]) => unknown;

/** Natives of one module by function name. */
export type NativeModule = Readonly<Record<string, NativeFactory>>;
