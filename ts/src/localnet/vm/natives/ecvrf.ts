/**
 * Native of `0x2::ecvrf`: verifiable random functions over Ristretto255 with SHA-512, after
 * draft-irtf-cfrg-vrf-15 with the suite string `sui_vrf` (sui-execution.md §4.3).
 */
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { ed25519, ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import type { NativeModule } from './native.js';
import { toBytes } from './support.js';
import type { MoveBytes } from './support.js';

/** Abort codes of `ecvrf`. */
const invalidHashLength = 1;
const invalidPublicKey = 2;
const invalidProof = 3;

const suite = new TextEncoder().encode('sui_vrf');
const encodeTag = new TextEncoder().encode('ECVRF_ristretto255_XMD:SHA-512_R255MAP_RO_sui_vrf');
const challengeBytes = 16;

const { Point } = ristretto255;
type RistrettoPoint = InstanceType<typeof Point>;
const order = ed25519.Point.Fn.ORDER;

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const times = (point: RistrettoPoint, scalar: bigint): RistrettoPoint =>
  scalar === 0n ? Point.ZERO : point.multiplyUnsafe(scalar);

interface Proof {
  readonly gamma: RistrettoPoint;
  readonly challenge: Uint8Array;
  readonly scalar: bigint;
}

function decodePoint(bytes: Uint8Array): RistrettoPoint | undefined {
  try {
    return Point.fromBytes(bytes);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** gamma (32) ‖ challenge (16) ‖ scalar (32, little endian). */
function decodeProof(bytes: Uint8Array): Proof | undefined {
  if (bytes.length !== 80) return undefined;
  const gamma = decodePoint(bytes.subarray(0, 32));
  const scalar = littleEndian(bytes.subarray(48));
  return gamma === undefined || scalar >= order ? undefined : { gamma, scalar, challenge: bytes.subarray(32, 48) };
}

/** Whether `proof` shows that `output` (64 bytes) is the function of `key` at `alpha`. */
function verify(output: Uint8Array, alpha: Uint8Array, key: RistrettoPoint, proof: Proof): boolean {
  const expanded = expand_message_xmd(concat(key.toBytes(), alpha), encodeTag, 64, sha512);
  const h = ristretto255_hasher.deriveToCurve!(expanded) as RistrettoPoint;
  const c = littleEndian(proof.challenge);
  const u = times(Point.BASE, proof.scalar).subtract(times(key, c));
  const v = times(h, proof.scalar).subtract(times(proof.gamma, c));
  const points = [key, h, proof.gamma, u, v].map((p) => p.toBytes());
  const challenge = sha512(concat(suite, Uint8Array.of(2), ...points, Uint8Array.of(0))).subarray(0, challengeBytes);
  const hash = sha512(concat(suite, Uint8Array.of(3), proof.gamma.toBytes(), Uint8Array.of(0)));
  return Buffer.compare(challenge, proof.challenge) === 0 && Buffer.compare(hash, output) === 0;
}

export const ecvrf: NativeModule = {
  ecvrf_verify: (env) => (output: MoveBytes, alpha: MoveBytes, publicKey: MoveBytes, proof: MoveBytes): boolean => {
    env.charge(4848 + 2 * alpha.length + 2 * Math.ceil(alpha.length / 128));
    if (output.length !== 64) return env.abort(invalidHashLength);
    const key = publicKey.length === 32 ? decodePoint(toBytes(publicKey)) : undefined;
    if (key === undefined || key.equals(Point.ZERO)) return env.abort(invalidPublicKey);
    const decoded = decodeProof(toBytes(proof)) ?? env.abort(invalidProof);
    return verify(toBytes(output), toBytes(alpha), key, decoded);
  },
};
