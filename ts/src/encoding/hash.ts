/** BLAKE2b with a 32-byte digest, the one hash of the encoding (specification §0), and byte helpers. */

import { blake2b } from '@noble/hashes/blake2.js';

/** Bytes in a digest. */
export const DIGEST_SIZE = 32;

/** Unkeyed BLAKE2b-256 (digest length 32 as a hash parameter) of `data`; 32 bytes. */
export function blake2b256(data: Uint8Array): Uint8Array {
  return blake2b(data, { dkLen: DIGEST_SIZE });
}

/** True when the bytes lie in shared memory, which many platform functions refuse. */
export function isShared(bytes: Uint8Array): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && bytes.buffer instanceof SharedArrayBuffer;
}

/** The same bytes in memory that is not shared; a copy only if they were. */
export function unshared(bytes: Uint8Array): Uint8Array {
  return isShared(bytes) ? new Uint8Array(bytes) : bytes;
}

/** True when both arrays have the same bytes. Not constant time: nothing secret is compared here. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
