/** Natives of `0x2::ed25519`, `ecdsa_k1` and `ecdsa_r1` (sui-execution.md §4.3). */
import { ed25519 as nobleEd25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { MoveStruct } from '../types.js';
import { seededSecretKey } from './chacha.js';
import type { NativeEnvironment, NativeFactory, NativeModule } from './native.js';
import { fromBytes, toBytes } from './support.js';
import type { MoveBytes } from './support.js';

/** Cost of a call with arguments of the wrong form. */
const invalidArgumentCost = 100;

function messageCost(base: number, length: number, blockBytes: number): number {
  return base + 2 * length + 2 * Math.ceil(length / blockBytes);
}

/** False when the library refuses the bytes, which it does by throwing. */
function isTrue(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Undefined when the library refuses the bytes. */
function orUndefined<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

export const ed25519: NativeModule = {
  ed25519_verify: (env) => (signature: MoveBytes, publicKey: MoveBytes, message: MoveBytes): boolean => {
    if (signature.length !== 64 || publicKey.length !== 32) {
      env.charge(invalidArgumentCost);
      return false;
    }
    env.charge(messageCost(1802, message.length, 128));
    return isTrue(() => nobleEd25519.verify(toBytes(signature), toBytes(message), toBytes(publicKey), { zip215: true }));
  },
};

type Curve = typeof secp256k1;

/** Abort codes of `ecdsa_k1` and `ecdsa_r1`. */
const failToRecover = 0;
const invalidSignature = 1;
const invalidPublicKey = 2;

/** Hash functions by their number in Move. */
const hashes = [
  { digest: keccak_256, blockBytes: 136 },
  { digest: sha256, blockBytes: 64 },
];

const recover =
  (curve: Curve, cost: number): NativeFactory =>
  (env) =>
  (signature: MoveBytes, message: MoveBytes, hash: number): MoveBytes => {
    const hasher = hashes[hash];
    if (hasher === undefined || signature.length !== 65) {
      env.charge(invalidArgumentCost);
      return env.abort(hasher === undefined ? failToRecover : invalidSignature);
    }
    env.charge(messageCost(cost, message.length, hasher.blockBytes));
    const bytes = toBytes(signature);
    // The library wants the recovery byte first.
    const parsed = orUndefined(() => curve.Signature.fromBytes(Uint8Array.of(bytes[64]!, ...bytes.subarray(0, 64)), 'recovered'));
    if (parsed === undefined) return env.abort(invalidSignature);
    const key = orUndefined(() => parsed.recoverPublicKey(hasher.digest(toBytes(message))));
    return key === undefined ? env.abort(failToRecover) : fromBytes(key.toBytes(true));
  };

const verify =
  (curve: Curve, cost: number): NativeFactory =>
  (env) =>
  (signature: MoveBytes, publicKey: MoveBytes, message: MoveBytes, hash: number): boolean => {
    const hasher = hashes[hash];
    if (hasher === undefined || signature.length !== 64 || publicKey.length !== 33) {
      env.charge(invalidArgumentCost);
      return false;
    }
    env.charge(messageCost(cost, message.length, hasher.blockBytes));
    const digest = hasher.digest(toBytes(message));
    return isTrue(() => curve.verify(toBytes(signature), digest, toBytes(publicKey), { prehash: false, lowS: true }));
  };

function sign(env: NativeEnvironment): (key: MoveBytes, message: MoveBytes, hash: number, recoverable: boolean) => MoveBytes {
  return (key, message, hash, recoverable) => {
    env.charge(52);
    const hasher = hashes[hash] ?? env.abort(failToRecover);
    const digest = hasher.digest(toBytes(message));
    const format = recoverable ? 'recovered' : 'compact';
    const bytes = secp256k1.sign(digest, toBytes(key), { prehash: false, format });
    return recoverable ? [...bytes.subarray(1), bytes[0]!] : fromBytes(bytes);
  };
}

export const ecdsa_k1: NativeModule = {
  secp256k1_ecrecover: recover(secp256k1, 500),
  secp256k1_verify: verify(secp256k1, 1470),
  decompress_pubkey: (env) => (publicKey: MoveBytes): MoveBytes => {
    env.charge(52);
    const point = publicKey.length === 33 ? orUndefined(() => secp256k1.Point.fromBytes(toBytes(publicKey))) : undefined;
    return point === undefined ? env.abort(invalidPublicKey) : fromBytes(point.toBytes(false));
  },
  secp256k1_sign: sign,
  // For unit tests: a key pair from a seed of 32 bytes.
  secp256k1_keypair_from_seed: (env) => (seed: MoveBytes): MoveStruct => {
    env.charge(52);
    const secretKey = seededSecretKey(toBytes(seed), (key) => secp256k1.utils.isValidSecretKey(key));
    return { f0: fromBytes(secretKey), f1: fromBytes(secp256k1.getPublicKey(secretKey, true)) };
  },
};

export const ecdsa_r1: NativeModule = {
  secp256r1_ecrecover: recover(p256, 1173),
  secp256r1_verify: verify(p256, 4225),
};
