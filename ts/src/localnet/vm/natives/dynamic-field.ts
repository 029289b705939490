/** Natives of `0x2::dynamic_field` (sui-execution.md §4.2); `dynamic_object_field` is Move code on top. */
import { blake2b } from '@noble/hashes/blake2.js';
import { addressToBytes, bytesToAddress } from '../bcs.js';
import { BcsError } from '../errors.js';
import { serializeTypeTag } from '../type-tag.js';
import { operationsOf, serializeValue } from '../type-operations.js';
import type { RuntimeType } from '../runtime-type.js';
import type { Address, ChildLookup, MoveStruct, MoveValue } from '../types.js';
import type { NativeEnvironment, NativeFactory, NativeModule } from './native.js';
import { objectId, typeUnits } from './support.js';

/** Abort codes of `dynamic_field`. */
const alreadyExists = 0;
const doesNotExist = 1;
const typeMismatch = 2;
const serializationFailure = 3;

/** ID of the field object of a dynamic field (sui.md §1.2). */
export function deriveFieldId(parent: Address, keyBytes: Uint8Array, keyTag: Uint8Array): Address {
  const bytes = new Uint8Array(41 + keyBytes.length + keyTag.length);
  bytes[0] = 0xf0;
  bytes.set(addressToBytes(parent), 1);
  new DataView(bytes.buffer).setBigUint64(33, BigInt(keyBytes.length), true);
  bytes.set(keyBytes, 41);
  bytes.set(keyTag, 41 + keyBytes.length);
  return bytesToAddress(blake2b(bytes, { dkLen: 32 }));
}

/** The value of a lookup, or the abort of this module. */
function found(env: NativeEnvironment, lookup: ChildLookup): MoveValue {
  switch (lookup.status) {
    case 'found':
      return lookup.value;
    case 'missing':
      return env.abort(doesNotExist);
    case 'typeMismatch':
      return env.abort(typeMismatch);
  }
}

const borrowChild: NativeFactory = (env, [type]) => (uid: MoveStruct, id: Address): MoveValue => {
  const parent = (uid['f0'] as MoveStruct)['f0'] as Address;
  const lookup = env.machine.runtime.borrowChild(parent, id, type!.move);
  chargeChild(env, type!, lookup, 10);
  return found(env, lookup);
};

function chargeChild(env: NativeEnvironment, type: RuntimeType, lookup: ChildLookup, perTypeUnit: number): void {
  const size = lookup.status === 'found' ? operationsOf(type).size(lookup.value) : 0;
  env.charge(52 + size + perTypeUnit * typeUnits(type));
}

export const dynamic_field: NativeModule = {
  hash_type_and_key: (env, [type]) => {
    const tag = serializeTypeTag(type!.move);
    return (parent: Address, key: MoveValue): Address => {
      try {
        const bytes = serializeValue(type!, key);
        env.charge(52 + 2 * typeUnits(type!) + 2 * operationsOf(type!).size(key) + 2 * tag.length);
        return deriveFieldId(parent, bytes, tag);
      } catch (error) {
        if (!(error instanceof BcsError)) throw error;
        return env.abort(serializationFailure);
      }
    };
  },
  add_child_object: (env, [type]) => (parent: Address, child: MoveValue): void => {
    env.charge(52 + 10 * typeUnits(type!) + operationsOf(type!).size(child));
    if (!env.machine.runtime.addChild(parent, objectId(child), type!.move, child)) env.abort(alreadyExists);
  },
  borrow_child_object: borrowChild,
  borrow_child_object_mut: borrowChild,
  remove_child_object: (env, [type]) => (parent: Address, id: Address): MoveValue => {
    const lookup = env.machine.runtime.removeChild(parent, id, type!.move);
    chargeChild(env, type!, lookup, 2);
    return found(env, lookup);
  },
  has_child_object: (env) => (parent: Address, id: Address): boolean => {
    env.charge(52);
    return env.machine.runtime.hasChild(parent, id, undefined);
  },
  has_child_object_with_ty: (env, [type]) => (parent: Address, id: Address): boolean => {
    env.charge(56);
    return env.machine.runtime.hasChild(parent, id, type!.move);
  },
};
