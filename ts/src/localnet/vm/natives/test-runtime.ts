/**
 * What the natives of unit tests (`test_scenario`, `tx_context::replace`, …) ask of the runtime. Only the
 * unit-test runner offers it; on a network these natives fail.
 */
import { VmError } from '../errors.js';
import type { Address, MoveType, MoveValue, ObjectRuntime } from '../types.js';
import type { NativeEnvironment } from './native.js';

export interface TestContext {
  readonly sender: Address;
  readonly txDigest: Uint8Array;
  readonly epoch: bigint;
  readonly epochTimestampMs: bigint;
  readonly idsCreated: bigint;
  readonly referenceGasPrice: bigint;
  readonly gasPrice: bigint;
  readonly gasBudget: bigint;
  readonly sponsor: Address | undefined;
}

/** What one scenario transaction did. */
export interface TestEffects {
  readonly created: readonly Address[];
  readonly written: readonly Address[];
  readonly deleted: readonly Address[];
  readonly transferredToAccount: readonly (readonly [Address, Address])[];
  readonly transferredToObject: readonly (readonly [Address, Address])[];
  readonly shared: readonly Address[];
  readonly frozen: readonly Address[];
  readonly userEvents: number;
}

/** Where test_scenario takes objects from. */
export type TestInventory = { readonly kind: 'address'; readonly owner: Address } | { readonly kind: 'shared' | 'immutable' };

/** An object runtime that unit tests can steer. A bigint answer is an abort code. */
export interface TestObjectRuntime extends ObjectRuntime {
  readonly isTestRuntime: true;
  replaceContext(context: TestContext): void;
  takeById(type: MoveType, from: TestInventory, id: Address): MoveValue | bigint;
  wasTaken(from: TestInventory, id: Address): boolean;
  /** IDs in the order in which the objects came. */
  idsIn(type: MoveType, from: TestInventory): readonly Address[];
  mostRecentId(type: MoveType, from: TestInventory): Address | undefined;
  allocateReceivingTicket(type: MoveType, id: Address): { readonly version: bigint } | bigint;
  deallocateReceivingTicket(id: Address): bigint | undefined;
  /** Ends the transaction and tells what it did. */
  endTransaction(): TestEffects | bigint;
  /** `unit_test::poison`: the test may not be run. */
  poison(): void;
  /** Random bytes for `random::generate_rand_seed_for_testing`. */
  randomSeed(): Uint8Array;
}

/** The running test runtime; a test native that runs elsewhere is refused. */
export function testRuntime(env: NativeEnvironment): TestObjectRuntime {
  const { runtime } = env.machine;
  if (!('isTestRuntime' in runtime)) throw new VmError('a native of unit tests was called outside a unit test');
  return runtime as TestObjectRuntime;
}
