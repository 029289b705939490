/**
 * BLS signatures of storage nodes: BLS12-381, public keys in G1 (48 bytes compressed), signatures in G2
 * (96 bytes compressed), messages signed directly (contracts specification §5.1).
 */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { aggregateBlsPublicKeys, aggregateBlsSignatures, signBls, verifyBls as verifyIn } from '../bls/index.js';

export { loadFastBls } from '../bls/index.js';

const scheme = bls12_381.longSignatures;
/** y² = x³ + 4. */
const CURVE_B = 4n;

/** A third more than the group order has, so that the reduction is unbiased. */
export const BLS_SEED_BYTES = 48;
export const BLS_SECRET_KEY_BYTES = 32;
export const BLS_PUBLIC_KEY_BYTES = 48;
export const BLS_SIGNATURE_BYTES = 96;

/** A node's protocol key. The secret stays inside: it is neither enumerable nor printed. */
export class BlsKeyPair {
  readonly #secretKey: Uint8Array;
  /** Compressed, 48 bytes. */
  readonly publicKey: Uint8Array;

  private constructor(secretKey: Uint8Array) {
    this.#secretKey = secretKey;
    this.publicKey = scheme.getPublicKey(secretKey).toBytes(true);
  }

  /** Derives a key from 48 bytes of seed material (reduced modulo the group order). @throws RangeError */
  static fromSeed(seed: Uint8Array): BlsKeyPair {
    if (seed.length !== BLS_SEED_BYTES) throw new RangeError(`seed: expected ${BLS_SEED_BYTES} bytes, got ${seed.length}`);
    return new BlsKeyPair(bls12_381.utils.randomSecretKey(seed));
  }

  /** Takes a stored secret key: 32 bytes, big endian. @throws RangeError when it is not a scalar */
  static fromSecretKey(secretKey: Uint8Array): BlsKeyPair {
    if (secretKey.length !== BLS_SECRET_KEY_BYTES) {
      throw new RangeError(`secretKey: expected ${BLS_SECRET_KEY_BYTES} bytes, got ${secretKey.length}`);
    }
    return new BlsKeyPair(new Uint8Array(secretKey)); // a copy even of a Buffer, whose slice is a view
  }

  /** The secret for key files. */
  exportSecretKey(): Uint8Array {
    return this.#secretKey.slice();
  }

  /** Signs the message bytes as they are; 96 bytes. */
  sign(message: Uint8Array): Uint8Array {
    return signBls(this.#secretKey, message);
  }
}

/** True if the signature is valid; malformed points count as invalid. */
export function verifyBls(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return verifyIn('minPk', publicKey, message, signature);
}

/** True if the aggregate over one message is valid for exactly these signers. */
export function verifyAggregate(
  publicKeys: readonly Uint8Array[],
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKeys.length === 0) return false;
  let aggregate: Uint8Array;
  try {
    aggregate = aggregateBlsPublicKeys(publicKeys);
  } catch {
    return false; // as above
  }
  return verifyBls(aggregate, message, signature);
}

/** Sum of signatures over the same message, 96 bytes. @throws RangeError without any, Error on malformed points */
export function aggregateSignatures(signatures: readonly Uint8Array[]): Uint8Array {
  if (signatures.length === 0) throw new RangeError('signatures: nothing to aggregate');
  return aggregateBlsSignatures(signatures);
}

/** Coordinates are 48 bytes each, big endian. */
const COORDINATE_BYTES = 48;
/** Flags of a compressed point (ZCash serialization): compressed, and which of the two square roots y is. */
const COMPRESSED_FLAG = 0x80;
const LARGER_ROOT_FLAG = 0x20;

/**
 * Compresses an uncompressed G1 key as committees store it (96 bytes → 48). The point has to lie on the curve; that
 * it lies in the subgroup was proven to the contract, and is a thousand times dearer to see than all the rest, which
 * every look at a committee does for each member.
 * @throws RangeError on malformed points
 */
export function compressPublicKey(uncompressed: Uint8Array): Uint8Array {
  if (uncompressed.length !== 2 * COORDINATE_BYTES) throw new RangeError(`publicKey: ${uncompressed.length} bytes`);
  const { Fp } = bls12_381.fields;
  const x = bytesToNumberBE(uncompressed.subarray(0, COORDINATE_BYTES));
  const y = bytesToNumberBE(uncompressed.subarray(COORDINATE_BYTES));
  // Flags of other forms make x larger than the field; infinity is (0, 0) with a flag, and no key.
  if (!Fp.isValid(x) || !Fp.isValid(y)) throw new RangeError('publicKey: a coordinate is not below the field order');
  if (Fp.sqr(y) !== Fp.add(Fp.mul(Fp.sqr(x), x), CURVE_B)) throw new RangeError('publicKey: not on the curve');
  const compressed = uncompressed.slice(0, COORDINATE_BYTES);
  compressed[0]! |= COMPRESSED_FLAG | (y > Fp.ORDER / 2n ? LARGER_ROOT_FLAG : 0);
  return compressed;
}
