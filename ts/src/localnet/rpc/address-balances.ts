/**
 * Balances that an address holds outside coins: dynamic fields of the accumulator root 0xacc with key
 * `0x2::accumulator::Key<0x2::balance::Balance<T>>{address}` and a u128 value (sui.md §4.1, §4.4).
 */
import { bcs, TypeTagSerializer } from '@mysten/sui/bcs';
import { deriveDynamicFieldID, normalizeSuiAddress } from '@mysten/sui/utils';
import { toHex } from '@mysten/bcs';
import type { Ledger, LedgerObject } from '../ledger/types.js';
import { canonicalType } from './values.js';

const FRAMEWORK = normalizeSuiAddress('0x2');
const ACCUMULATOR_ROOT = normalizeSuiAddress('0xacc');
const KEY_PREFIX = `${FRAMEWORK}::dynamic_field::Field<${FRAMEWORK}::accumulator::Key<${FRAMEWORK}::balance::Balance<`;

/** Contents of the field: ID (32), key address (32), u128 little endian (16). */
const FIELD_LENGTH = 80;

/** Address balance of one coin type; 0 when there is none. */
export function addressBalance(ledger: Ledger, owner: string, coinType: string): bigint {
  const keyType = TypeTagSerializer.parseFromStr(`${FRAMEWORK}::accumulator::Key<${FRAMEWORK}::balance::Balance<${coinType}>>`);
  const fieldId = deriveDynamicFieldID(ACCUMULATOR_ROOT, keyType, bcs.Address.serialize(owner).toBytes());
  const field = ledger.getObject(fieldId);
  return field === undefined ? 0n : (parseField(field)?.balance ?? 0n);
}

/** All address balances of an owner: coin type → balance. Reads every balance of the network. */
export function addressBalances(ledger: Ledger, owner: string): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const object of ledger.dynamicFields(ACCUMULATOR_ROOT)) {
    const field = parseField(object);
    if (field?.owner === owner) balances.set(field.coinType, field.balance);
  }
  return balances;
}

function parseField(field: LedgerObject): { owner: string; coinType: string; balance: bigint } | undefined {
  const type = canonicalType(field.type);
  if (!type.startsWith(KEY_PREFIX) || field.contents?.length !== FIELD_LENGTH) return undefined;
  const coinType = untilClosingBracket(type.slice(KEY_PREFIX.length));
  const view = new DataView(field.contents.buffer, field.contents.byteOffset);
  const balance = view.getBigUint64(64, true) | (view.getBigUint64(72, true) << 64n);
  return { owner: `0x${toHex(field.contents.subarray(32, 64))}`, coinType, balance };
}

/** The part of a type text before the `>` that closes a bracket opened earlier. */
function untilClosingBracket(text: string): string {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '<') depth++;
    else if (text[i] === '>' && depth-- === 0) return text.slice(0, i);
  }
  return text;
}
