/** Natives of unit tests: `unit_test`, `test_scenario`, `test_utils`, `random` (sui-execution.md §4.2). */
import type { Address, MoveStruct } from '../types.js';
import type { NativeEnvironment, NativeFactory, NativeModule } from './native.js';
import { fromBytes, none, some } from './support.js';
import type { MoveBytes } from './support.js';
import { testRuntime } from './test-runtime.js';
import type { TestEffects, TestInventory } from './test-runtime.js';

const idValue = (id: Address): MoveStruct => ({ f0: id });
const idOf = (id: MoveStruct): Address => id['f0'] as Address;
const ownedBy = (owner: Address): TestInventory => ({ kind: 'address', owner });
const shared: TestInventory = { kind: 'shared' };
const immutable: TestInventory = { kind: 'immutable' };

/** Gives a value, or aborts when the runtime answered with an abort code. */
function orAbort<T>(env: NativeEnvironment, answer: T | bigint): T {
  return typeof answer === 'bigint' ? env.abort(Number(answer)) : answer;
}

const mostRecent = (from: TestInventory): NativeFactory => (env, [type]) => (): MoveStruct => {
  const id = testRuntime(env).mostRecentId(type!.move, from);
  return id === undefined ? none() : some(idValue(id));
};

/** VecMap { contents: vector<Entry { key: ID, value }> }. */
function vecMap(entries: readonly (readonly [Address, Address])[], wrap: boolean): MoveStruct {
  return { f0: entries.map(([key, value]) => ({ f0: idValue(key), f1: wrap ? idValue(value) : value })) };
}

function effectsValue(effects: TestEffects): MoveStruct {
  return {
    f0: effects.created.map(idValue),
    f1: effects.written.map(idValue),
    f2: effects.deleted.map(idValue),
    f3: vecMap(effects.transferredToAccount, false),
    f4: vecMap(effects.transferredToObject, true),
    f5: effects.shared.map(idValue),
    f6: effects.frozen.map(idValue),
    f7: BigInt(effects.userEvents),
  };
}

export const test_scenario: NativeModule = {
  take_from_address_by_id: (env, [type]) => (_scenario: MoveStruct, owner: Address, id: MoveStruct) =>
    orAbort(env, testRuntime(env).takeById(type!.move, ownedBy(owner), idOf(id))),
  was_taken_from_address: (env) => (owner: Address, id: MoveStruct) => testRuntime(env).wasTaken(ownedBy(owner), idOf(id)),
  ids_for_address: (env, [type]) => (owner: Address) => testRuntime(env).idsIn(type!.move, ownedBy(owner)).map(idValue),
  most_recent_id_for_address: (env, types) => (owner: Address) => (mostRecent(ownedBy(owner))(env, types) as () => MoveStruct)(),
  take_immutable_by_id: (env, [type]) => (_scenario: MoveStruct, id: MoveStruct) =>
    orAbort(env, testRuntime(env).takeById(type!.move, immutable, idOf(id))),
  was_taken_immutable: (env) => (id: MoveStruct) => testRuntime(env).wasTaken(immutable, idOf(id)),
  most_recent_immutable_id: mostRecent(immutable),
  take_shared_by_id: (env, [type]) => (_scenario: MoveStruct, id: MoveStruct) =>
    orAbort(env, testRuntime(env).takeById(type!.move, shared, idOf(id))),
  was_taken_shared: (env) => (id: MoveStruct) => testRuntime(env).wasTaken(shared, idOf(id)),
  most_recent_id_shared: mostRecent(shared),
  allocate_receiving_ticket_for_object: (env, [type]) => (id: MoveStruct) =>
    orAbort(env, testRuntime(env).allocateReceivingTicket(type!.move, idOf(id))).version,
  deallocate_receiving_ticket_for_object: (env) => (id: MoveStruct) => {
    const code = testRuntime(env).deallocateReceivingTicket(idOf(id));
    if (code !== undefined) env.abort(Number(code));
  },
  end_transaction: (env) => () => effectsValue(orAbort(env, testRuntime(env).endTransaction())),
};

export const test_utils: NativeModule = {
  // A one-time witness is the one value of its type: its compiler-made field is true only there.
  create_one_time_witness: (env) => () => {
    testRuntime(env);
    return { f0: true };
  },
};

export const unit_test: NativeModule = {
  poison: (env) => () => testRuntime(env).poison(),
  destroy: () => () => undefined,
};

export const random: NativeModule = {
  generate_rand_seed_for_testing: (env) => (): MoveBytes => fromBytes(testRuntime(env).randomSeed()),
};
