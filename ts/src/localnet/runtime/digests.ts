/**
 * Digests and object IDs (sui.md §1.1, §1.2). A digest is 32 bytes of Blake2b; its text form is Base58.
 */
import { blake2b } from '@noble/hashes/blake2.js';
import type { Address } from '../vm/types.js';
import { addressToBytes, bytesToAddress } from './bytes.js';

const textEncoder = new TextEncoder();

/** Types whose digest is Blake2b over `Name::` and the BCS of the value. */
export type DigestedType =
  | 'TransactionData'
  | 'TransactionEffects'
  | 'TransactionEvents'
  | 'Object'
  | 'CheckpointSummary'
  | 'CheckpointContents';

const prefixes = new Map<DigestedType, Uint8Array>();

function prefixOf(type: DigestedType): Uint8Array {
  let prefix = prefixes.get(type);
  if (!prefix) {
    prefix = textEncoder.encode(`${type}::`);
    prefixes.set(type, prefix);
  }
  return prefix;
}

/** Blake2b with 32 bytes of output. */
export function blake2b256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: 32 });
}

/** Digest (32 bytes) of a value given by its BCS. */
export function digestOf(type: DigestedType, bytes: Uint8Array): Uint8Array {
  const prefix = prefixOf(type);
  const message = new Uint8Array(prefix.length + bytes.length);
  message.set(prefix);
  message.set(bytes, prefix.length);
  return blake2b256(message);
}

/** Markers in place of an object digest. */
export const DELETED_DIGEST = new Uint8Array(32).fill(99);
export const WRAPPED_DIGEST = new Uint8Array(32).fill(88);
/** Stands for "no transaction": objects that exist from the beginning. */
export const GENESIS_MARKER = new Uint8Array(32);

/** ID of the object number `counter` that the transaction creates. */
export function deriveObjectId(transactionDigest: Uint8Array, counter: bigint): Address {
  const message = new Uint8Array(41);
  message[0] = 0xf1;
  message.set(transactionDigest, 1);
  new DataView(message.buffer).setBigUint64(33, counter, true);
  return bytesToAddress(blake2b256(message));
}

/** ID of a dynamic field: `keyBytes` is the BCS of the key, `keyTypeTag` the BCS of its type tag. */
export function deriveDynamicFieldId(parent: Address, keyBytes: Uint8Array, keyTypeTag: Uint8Array): Address {
  const message = new Uint8Array(41 + keyBytes.length + keyTypeTag.length);
  message[0] = 0xf0;
  message.set(addressToBytes(parent), 1);
  new DataView(message.buffer).setBigUint64(33, BigInt(keyBytes.length), true);
  message.set(keyBytes, 41);
  message.set(keyTypeTag, 41 + keyBytes.length);
  return bytesToAddress(blake2b256(message));
}

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Base58 text. Works in base 58⁵ so that a digest costs about a microsecond. */
export function toBase58(bytes: Uint8Array): string {
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  const base = 656356768; // 58^5
  const limbs: number[] = [];
  for (let i = zeros; i < bytes.length; i++) {
    let carry = bytes[i]!;
    for (let j = 0; j < limbs.length; j++) {
      const value = limbs[j]! * 256 + carry;
      carry = Math.floor(value / base);
      limbs[j] = value - carry * base;
    }
    if (carry > 0) limbs.push(carry);
  }
  let text = '';
  for (let j = 0; j < limbs.length; j++) {
    let limb = limbs[j]!;
    const last = j === limbs.length - 1;
    for (let k = 0; k < 5 && (!last || limb > 0); k++) {
      text = ALPHABET[limb % 58]! + text;
      limb = Math.floor(limb / 58);
    }
  }
  return '1'.repeat(zeros) + text;
}

const VALUE_OF = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/** Bytes of Base58 text. @throws TypeError on a letter that is not Base58 */
export function fromBase58(text: string): Uint8Array {
  let zeros = 0;
  while (zeros < text.length && text[zeros] === '1') zeros++;
  const bytes: number[] = [];
  for (let i = zeros; i < text.length; i++) {
    let carry = VALUE_OF.get(text[i]!);
    if (carry === undefined) throw new TypeError(`not a Base58 text: ${JSON.stringify(text)}`);
    for (let j = 0; j < bytes.length; j++) {
      carry += bytes[j]! * 58;
      bytes[j] = carry & 255;
      carry >>= 8;
    }
    while (carry > 0) {
      bytes.push(carry & 255);
      carry >>= 8;
    }
  }
  const result = new Uint8Array(zeros + bytes.length);
  for (let j = 0; j < bytes.length; j++) result[result.length - 1 - j] = bytes[j]!;
  return result;
}
