/** Natives of `0x2::hash` and `0x2::hmac` (sui-execution.md §4.3). */
import { blake2b } from '@noble/hashes/blake2.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { keccak_256, sha3_256 } from '@noble/hashes/sha3.js';
import type { NativeModule } from './native.js';
import { fromBytes, toBytes } from './support.js';
import type { MoveBytes } from './support.js';

/** Cost of hashing: per byte and per block. */
function hashCost(base: number, length: number, blockBytes: number): number {
  return base + 2 * length + 2 * Math.ceil(length / blockBytes);
}

export const hash: NativeModule = {
  blake2b256: (env) => (data: MoveBytes): MoveBytes => {
    env.charge(hashCost(10, data.length, 128));
    return fromBytes(blake2b(toBytes(data), { dkLen: 32 }));
  },
  keccak256: (env) => (data: MoveBytes): MoveBytes => {
    env.charge(hashCost(10, data.length, 136));
    return fromBytes(keccak_256(toBytes(data)));
  },
};

export const hmac: NativeModule = {
  hmac_sha3_256: (env) => (key: MoveBytes, message: MoveBytes): MoveBytes => {
    env.charge(hashCost(52, message.length, 136));
    return fromBytes(nobleHmac(sha3_256, toBytes(key), toBytes(message)));
  },
};
