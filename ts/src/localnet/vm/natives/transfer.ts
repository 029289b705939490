/** Natives of `0x2::transfer` and `0x2::event` (sui-execution.md §4.2). */
import { objectLimits } from '../errors.js';
import { statusCodes } from '../signals.js';
import { deserializeValue, operationsOf, serializeValue } from '../type-operations.js';
import type { Address, MoveOwner, MoveStruct, MoveValue } from '../types.js';
import type { RuntimeType } from '../runtime-type.js';
import type { NativeEnvironment, NativeFactory, NativeModule } from './native.js';
import { typeUnits } from './support.js';
import { abstractTagSize } from './type-costs.js';

/** ENotSupported of `transfer`: party owners other than one member with all permissions. */
const partyNotSupported = 5;
/** All permissions of a party member. */
const allPermissions = 15n;

const transferTo =
  (ownerOf: (address: Address) => MoveOwner): NativeFactory =>
  (env, [type]) =>
  (value: MoveValue, address: Address): void => {
    env.charge(52);
    const code = env.machine.runtime.transferObject(type!.move, value, ownerOf(address));
    if (code !== undefined) env.abort(Number(code));
  };

export const transfer: NativeModule = {
  transfer_impl: transferTo((address) => ({ kind: 'address', address })),
  share_object_impl: transferTo(() => ({ kind: 'shared' })),
  freeze_object_impl: transferTo(() => ({ kind: 'immutable' })),
  party_transfer_impl: (env, types) => {
    const move = transferTo((address) => ({ kind: 'consensusAddress', address }))(env, types) as (
      value: MoveValue,
      address: Address,
    ) => void;
    return (value: MoveValue, defaultPermissions: bigint, members: Address[], permissions: bigint[]): void => {
      const isSingleOwner =
        defaultPermissions === 0n && members.length === 1 && permissions.length === 1 && permissions[0] === allPermissions;
      if (!isSingleOwner) env.abort(partyNotSupported);
      move(value, members[0]!);
    };
  },
  receive_impl: (env, [type]) => (parent: Address, id: MoveStruct, version: bigint): MoveValue => {
    const received = env.machine.runtime.receiveObject(type!.move, parent, id['f0'] as Address, version);
    if (typeof received === 'bigint') {
      env.charge(52);
      return env.abort(Number(received));
    }
    env.charge(52 + operationsOf(type!).size(received) + 2 * typeUnits(type!));
    return received;
  },
};

/** Limits of events (§1.1). */
const maxEvents = 1024;
const maxEventBytes = 256_000;

/** Charges and records events of one type. Their size is that of value and type tag together, as gas counts it. */
function emitter(env: NativeEnvironment, type: RuntimeType): (value: MoveValue) => void {
  const tagSize = abstractTagSize(type.move);
  const isDatatype = type.definition !== undefined;
  return (value) => {
    const { runtime } = env.machine;
    const valueSize = operationsOf(type).size(value);
    const size = valueSize + tagSize;
    env.charge(52 + 2 * valueSize + 5 * tagSize + 10 * size);
    if (!isDatatype) env.fail(statusCodes.vmInvariantViolation);
    if (runtime.events.length >= maxEvents) env.fail(statusCodes.memoryLimitExceeded, objectLimits.eventCount);
    if (size > maxEventBytes) env.fail(statusCodes.memoryLimitExceeded, objectLimits.eventSize);
    runtime.emitEvent(type.move, serializeValue(type, value), size);
  };
}

export const event: NativeModule = {
  emit: (env, [type]) => {
    const emit = emitter(env, type!);
    return (value: MoveValue): void => emit(value);
  },
  emit_authenticated_impl: (env, [, type]) => {
    const emit = emitter(env, type!);
    return (_accumulator: Address, _stream: Address, value: MoveValue): void => emit(value);
  },
  num_events: (env) => (): number => {
    env.charge(52);
    return env.machine.runtime.events.length;
  },
  events_by_type: (env, [type]) => (): MoveValue[] => {
    env.charge(52);
    const text = type!.text;
    return env.machine.runtime.events
      .filter((e) => env.loader.resolve(e.type).text === text)
      .map((e) => deserializeValue(type!, e.contents));
  },
};
