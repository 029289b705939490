/**
 * BLS signatures over BLS12-381 in the NUL ciphersuites (draft-irtf-cfrg-bls-signature-05 §4.2.1), as the
 * contracts and storage nodes use them: one implementation for the natives of the Move VM and for the
 * protocol. Points are compressed, big endian: 48 bytes in G1, 96 in G2.
 */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { FastCurve, MAX_MESSAGE_BYTES } from './fast-curve.js';
import type { SignatureGroup } from './fast-curve.js';

/** `minPk`: keys in G1, signatures in G2 (Walrus). `minSig`: the other way round. */
export type BlsSuite = 'minPk' | 'minSig';

const suites = {
  minPk: { group: 'G2', scheme: bls12_381.longSignatures, signatureBytes: 96, publicKeyBytes: 48 },
  minSig: { group: 'G1', scheme: bls12_381.shortSignatures, signatureBytes: 48, publicKeyBytes: 96 },
} as const;

const tags: Readonly<Record<SignatureGroup, string>> = {
  G1: 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_',
  G2: 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_',
};

let fast: FastCurve | undefined;
let loading: Promise<void> | undefined;

/** Loads the WebAssembly curve; the functions below give the same answers before, only later. */
export function loadFastBls(): Promise<void> {
  loading ??= FastCurve.load(tags, {
    G1: bls12_381.G1.Point.BASE.toBytes(true),
    G2: bls12_381.G2.Point.BASE.toBytes(true),
  }).then((curve) => {
    fast = curve;
  });
  return loading;
}

/** The curve if it is loaded; starts loading it. */
function curve(): FastCurve | undefined {
  void loadFastBls();
  return fast;
}

/** Most hashed messages that are remembered. */
const MAX_HASHED_MESSAGES = 16;
const hashedMessages = new Map<string, Uint8Array>();

/**
 * The message as a point of the signature group. Hashing costs more than signing, and the messages repeat: a
 * client checks one message of every node, and several nodes in one process sign the same one.
 */
function hashed(suite: BlsSuite, message: Uint8Array): Uint8Array {
  const key = `${suite}${Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString('latin1')}`;
  const known = hashedMessages.get(key);
  if (known !== undefined) return known;
  const { group } = suites[suite];
  const point =
    message.length <= MAX_MESSAGE_BYTES && curve() !== undefined ? fast!.hash(group, message)
    : suite === 'minPk' ? bls12_381.longSignatures.hash(message, tags.G2).toBytes(true)
    : bls12_381.shortSignatures.hash(message, tags.G1).toBytes(true);
  if (hashedMessages.size >= MAX_HASHED_MESSAGES) hashedMessages.delete(hashedMessages.keys().next().value!);
  hashedMessages.set(key, point);
  return point;
}

/** Signs in the suite with keys in G1; the secret is 32 bytes, big endian. 96 bytes. */
export function signBls(secretKey: Uint8Array, message: Uint8Array): Uint8Array {
  const point = hashed('minPk', message);
  const ready = curve();
  if (ready !== undefined) return ready.multiply('G2', point, secretKey);
  return bls12_381.longSignatures.sign(bls12_381.G2.Point.fromBytes(point), secretKey).toBytes(true);
}

/** True if the signature is valid; bytes that are no points, and the identity, are not. */
export function verifyBls(suite: BlsSuite, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const { group, signatureBytes, publicKeyBytes } = suites[suite];
  if (signature.length !== signatureBytes || publicKey.length !== publicKeyBytes) return false;
  const point = hashed(suite, message);
  const ready = curve();
  return ready === undefined ? verifyWithNoble(suite, publicKey, point, signature) : ready.verify(group, signature, point, publicKey);
}

/** The oracle. Checks that points are in the prime-order subgroup and refuses the identity as a key. */
function verifyWithNoble(suite: BlsSuite, publicKey: Uint8Array, point: Uint8Array, signature: Uint8Array): boolean {
  try {
    return suite === 'minPk'
      ? bls12_381.longSignatures.verify(signature, bls12_381.G2.Point.fromBytes(point), publicKey)
      : bls12_381.shortSignatures.verify(signature, bls12_381.G1.Point.fromBytes(point), publicKey);
  } catch (error) {
    if (error instanceof Error) return false; // points that are not on the curve or not in the subgroup
    throw error;
  }
}

/** Sum of compressed points of one group. @throws Error on a malformed point, RangeError without any */
function sumPoints(group: SignatureGroup, points: readonly Uint8Array[]): Uint8Array {
  if (points.length === 0) throw new RangeError('points: nothing to add up');
  const ready = curve();
  if (ready !== undefined) return ready.sum(group, points);
  return group === 'G1'
    ? bls12_381.longSignatures.aggregatePublicKeys([...points]).toBytes(true)
    : bls12_381.longSignatures.aggregateSignatures(points.map((point) => bls12_381.longSignatures.Signature.fromBytes(point))).toBytes(true);
}

/** Aggregate of signatures of 96 bytes over one message. @throws RangeError, Error on a malformed point */
export function aggregateBlsSignatures(signatures: readonly Uint8Array[]): Uint8Array {
  return sumPoints('G2', signatures);
}

/** Sum of public keys of 48 bytes. @throws RangeError, Error on a malformed point */
export function aggregateBlsPublicKeys(publicKeys: readonly Uint8Array[]): Uint8Array {
  return sumPoints('G1', publicKeys);
}
