/** Natives of `0x2::object`, `0x2::address`, `0x2::types` and `0x2::tx_context` (sui-execution.md §3, §4.2). */
import { blake2b } from '@noble/hashes/blake2.js';
import { addressToBytes, bytesToAddress } from '../bcs.js';
import type { Address, MoveStruct, MoveValue, ObjectRuntime } from '../types.js';
import type { NativeFactory, NativeModule } from './native.js';
import { toBytes } from './support.js';
import type { MoveBytes } from './support.js';
import { testRuntime } from './test-runtime.js';

export const object: NativeModule = {
  borrow_uid: (env) => (value: MoveStruct): MoveValue => {
    env.charge(52);
    return value['f0']!;
  },
  delete_impl: (env) => (id: Address): void => {
    env.charge(52);
    env.machine.runtime.deleteUid(id);
  },
  record_new_uid: (env) => (id: Address): void => {
    env.charge(52);
    env.machine.runtime.recordNewUid(id);
  },
};

/** EAddressParseError. */
const addressParseError = 0;

export const address: NativeModule = {
  to_u256: (env) => (value: Address): bigint => {
    env.charge(52);
    return BigInt(value);
  },
  from_u256: (env) => (value: bigint): Address => {
    env.charge(52);
    return `0x${value.toString(16).padStart(64, '0')}`;
  },
  from_bytes: (env) => (bytes: MoveBytes): Address => {
    env.charge(52);
    return bytes.length === 32 ? bytesToAddress(toBytes(bytes)) : env.abort(addressParseError);
  },
};

export const types: NativeModule = {
  // The type alone decides: no type arguments, named as its module in capitals, one bool field.
  is_one_time_witness: (env, [type]) => {
    const definition = type!.definition;
    const isWitness =
      definition !== undefined &&
      type!.kind === 'struct' &&
      type!.typeArguments.length === 0 &&
      definition.name === definition.module.toUpperCase() &&
      type!.fields.length === 1 &&
      type!.fields[0]!.type.kind === 'bool';
    return (): boolean => {
      env.charge(56);
      return isWitness;
    };
  },
};

/** Object ID number `counter` of the transaction with this digest (sui.md §1.2). */
export function deriveObjectId(digest: Uint8Array, counter: bigint): Address {
  const bytes = new Uint8Array(41);
  bytes[0] = 0xf1;
  bytes.set(digest, 1);
  new DataView(bytes.buffer).setBigUint64(33, counter, true);
  return bytesToAddress(blake2b(bytes, { dkLen: 32 }));
}

const getter = (read: (runtime: ObjectRuntime) => MoveValue): NativeFactory => (env) => (): MoveValue => {
  env.charge(30);
  return read(env.machine.runtime);
};

export const tx_context: NativeModule = {
  native_sender: getter((r) => r.sender),
  native_epoch: getter((r) => r.epoch),
  native_epoch_timestamp_ms: getter((r) => r.epochTimestampMs),
  native_sponsor: getter((r) => (r.sponsor === undefined ? [] : [r.sponsor])),
  native_rgp: getter((r) => r.referenceGasPrice),
  native_gas_price: getter((r) => r.gasPrice),
  native_gas_budget: getter((r) => r.gasBudget),
  native_ids_created: getter((r) => r.idsCreated),
  fresh_id: (env) => (): Address => {
    env.charge(52);
    return env.machine.runtime.freshId();
  },
  derive_id: (env) => (digest: MoveBytes, counter: bigint): Address => {
    env.charge(52);
    return deriveObjectId(toBytes(digest), counter);
  },
  last_created_id: (env) => (): Address => {
    env.charge(30);
    const { runtime } = env.machine;
    return deriveObjectId(runtime.txDigest, runtime.idsCreated - 1n);
  },
  replace: (env) => (
    sender: Address, digest: MoveBytes, epoch: bigint, epochTimestampMs: bigint, idsCreated: bigint,
    referenceGasPrice: bigint, gasPrice: bigint, gasBudget: bigint, sponsor: Address[],
  ): void => {
    env.charge(30);
    testRuntime(env).replaceContext({
      sender, txDigest: toBytes(digest), epoch, epochTimestampMs, idsCreated, referenceGasPrice, gasPrice, gasBudget,
      sponsor: sponsor[0],
    });
  },
};

/** 32 bytes of an address; for natives that hash addresses. */
export const bytesOfAddress = addressToBytes;
