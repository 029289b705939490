/**
 * Address balances (sui.md §4.4): which field under 0xacc holds one, and what a transaction changed.
 */
import type { Address, MoveType } from '../vm/types.js';
import { addressToBytes, fullAddress } from './bytes.js';
import { deriveDynamicFieldId } from './digests.js';
import type { ObjectChange } from './effects.js';
import type { FundsChange, ObjectReader } from './object-runtime.js';
import { frameworkType, typeTagBytes } from './type-tags.js';

export const ACCUMULATOR_ROOT = fullAddress('0xacc');

/** What one transaction adds to (positive) or takes from (negative) one address balance. */
export type NetFunds = FundsChange;

/** `Balance<T>` of a coin type. */
export function balanceType(coin: MoveType): MoveType {
  return frameworkType('balance', 'Balance', [coin]);
}

/** ID of the dynamic field that holds the balance of `owner`; `type` is `Balance<T>`. */
export function accumulatorId(owner: Address, type: MoveType): Address {
  const key = frameworkType('accumulator', 'Key', [type]);
  return deriveDynamicFieldId(ACCUMULATOR_ROOT, addressToBytes(owner), typeTagBytes(key));
}

/** Offset of the u128 in `Field { id, name: Key { address }, value: U128 }`. */
const VALUE_OFFSET = 64;

/** Settled balance of an address; `type` is `Balance<T>`. */
export function readFunds(reader: ObjectReader, owner: Address, type: MoveType): bigint {
  const contents = reader.readObject(accumulatorId(owner, type))?.contents;
  if (!contents || contents.length < VALUE_OFFSET + 16) return 0n;
  const view = new DataView(contents.buffer, contents.byteOffset, contents.byteLength);
  return view.getBigUint64(VALUE_OFFSET, true) | (view.getBigUint64(VALUE_OFFSET + 8, true) << 64n);
}

/** Sums the changes per balance; balances that end where they began are left out. */
export function netFunds(changes: readonly FundsChange[]): NetFunds[] {
  const net = new Map<Address, NetFunds>();
  for (const change of changes) {
    const before = net.get(change.accumulator);
    net.set(change.accumulator, { ...change, amount: (before?.amount ?? 0n) + change.amount });
  }
  return [...net.values()].filter((change) => change.amount !== 0n);
}

/** Entry of a balance in the effects. */
export function fundsEffect(change: NetFunds): ObjectChange {
  return {
    id: change.accumulator,
    before: undefined,
    after: {
      kind: 'accumulator',
      address: change.owner,
      type: change.type,
      operation: change.amount > 0n ? 'merge' : 'split',
      amount: change.amount > 0n ? change.amount : -change.amount,
    },
    idOperation: 'none',
  };
}
