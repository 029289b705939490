/**
 * Blob IDs (encoding specification §5): derivation from the root hash, and the text and integer forms
 * of the same 32 bytes.
 */

import { InvalidIdError } from './errors.js';
import { blake2b256, DIGEST_SIZE } from './hash.js';
import { ENCODING_TYPE_RS2 } from './parameters.js';

/** Characters of a blob ID in text form. */
export const BLOB_ID_TEXT_LENGTH = 43;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** Base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const rest = bytes.length - i;
    const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET[bits >> 18]! + ALPHABET[(bits >> 12) & 63]!;
    if (rest > 1) text += ALPHABET[(bits >> 6) & 63]!;
    if (rest > 2) text += ALPHABET[bits & 63]!;
  }
  return text;
}

/**
 * Strict inverse of `toBase64Url`: no padding, no other alphabet, no stray bits. Returns `undefined`
 * for text that `toBase64Url` does not produce.
 */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let bitCount = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? -1;
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xfff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[at++] = (bits >> bitCount) & 0xff;
    }
  }
  return (bits & ((1 << bitCount) - 1)) === 0 ? bytes : undefined;
}

/**
 * Blob ID of a blob: `H(encodingType ‖ length:u64 LE ‖ rootHash)`.
 * @param unencodedLength blob length in bytes
 * @param rootHash root of the blob tree, 32 bytes
 */
export function deriveBlobId(unencodedLength: number | bigint, rootHash: Uint8Array): Uint8Array {
  if (rootHash.length !== DIGEST_SIZE) throw new RangeError(`root hash must have 32 bytes, got ${rootHash.length}`);
  const preimage = new Uint8Array(9 + DIGEST_SIZE);
  preimage[0] = ENCODING_TYPE_RS2;
  new DataView(preimage.buffer).setBigUint64(1, BigInt(unencodedLength), true);
  preimage.set(rootHash, 9);
  return blake2b256(preimage);
}

/** Text form used in URLs, logs and JSON: 43 characters of base64url. */
export function blobIdToText(blobId: Uint8Array): string {
  if (blobId.length !== DIGEST_SIZE) throw new RangeError(`blob ID must have 32 bytes, got ${blobId.length}`);
  return toBase64Url(blobId);
}

/**
 * Inverse of `blobIdToText`.
 * @throws InvalidIdError unless exactly 43 characters of canonical base64url.
 */
export function blobIdFromText(text: string): Uint8Array {
  if (text.length !== BLOB_ID_TEXT_LENGTH) {
    throw new InvalidIdError('blob ID', text.slice(0, 64), `need ${BLOB_ID_TEXT_LENGTH} characters, got ${text.length}`);
  }
  const bytes = fromBase64Url(text);
  if (bytes === undefined) throw new InvalidIdError('blob ID', text, 'not canonical base64url');
  return bytes;
}

/** The `u256` that stands for these 32 bytes on chain (little-endian); also used for root hashes. */
export function bytesToU256(bytes: Uint8Array): bigint {
  if (bytes.length !== DIGEST_SIZE) throw new RangeError(`u256 must have 32 bytes, got ${bytes.length}`);
  let value = 0n;
  for (let i = DIGEST_SIZE - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}

/**
 * Inverse of `bytesToU256`.
 * @throws InvalidIdError unless `0 ≤ value < 2^256`.
 */
export function u256ToBytes(value: bigint): Uint8Array {
  if (value < 0n || value >= 1n << 256n) {
    throw new InvalidIdError('blob ID', value.toString().slice(0, 100), 'not a u256');
  }
  const bytes = new Uint8Array(DIGEST_SIZE);
  for (let i = 0; i < DIGEST_SIZE; i++) {
    bytes[i] = Number(value & 0xffn);
    value >>= 8n;
  }
  return bytes;
}

/** `bytesToU256` under the name that reads well for blob IDs. */
export const blobIdToU256 = bytesToU256;
/** `u256ToBytes` under the name that reads well for blob IDs. */
export const blobIdFromU256 = u256ToBytes;
