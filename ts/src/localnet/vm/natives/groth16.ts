/**
 * Natives of `0x2::groth16`: verification of Groth16 proofs on BLS12-381 and BN254 with the compressed
 * encodings of arkworks (sui-execution.md §4.3). A prepared key holds, in this order: the input points,
 * e(alpha, beta), -gamma and -delta.
 */
import type { MoveStruct } from '../types.js';
import { pairingCurves } from './groth16-curves.js';
import type { PairingCurve } from './groth16-curves.js';
import type { NativeEnvironment, NativeModule } from './native.js';
import { fromBytes, toBytes } from './support.js';
import type { MoveBytes } from './support.js';


/** Abort codes of `groth16`. */
const invalidVerifyingKey = 0;
const invalidCurve = 1;
const tooManyInputs = 2;
const invalidScalar = 3;

const maxPublicInputs = 8;
const scalarBytes = 32;

const prepareCosts = [53_838, 82_010];
const verifyCosts = [
  { base: 72_090, perInput: 8213 },
  { base: 115_502, perInput: 9484 },
];

interface VerifyingKey {
  readonly inputPoints: readonly Uint8Array[];
  readonly alphaBeta: Uint8Array;
  readonly minusGamma: Uint8Array;
  readonly minusDelta: Uint8Array;
}

/** alpha (G1) ‖ beta, gamma, delta (G2) ‖ count (u64) ‖ input points (G1). Throws on bytes that do not fit. */
function prepare<P1, P2, T>(curve: PairingCurve<P1, P2, T>, bytes: Uint8Array): VerifyingKey {
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw new RangeError('verifying key is too short');
    at += count;
    return bytes.slice(at - count, at);
  };
  const alpha = curve.decodeG1(take(curve.g1Bytes));
  const [beta, gamma, delta] = [0, 1, 2].map(() => curve.decodeG2(take(curve.g2Bytes)));
  const count = new DataView(take(8).buffer).getBigUint64(0, true);
  if (count === 0n || count > BigInt(maxPublicInputs + 1)) throw new RangeError('verifying key has a wrong number of points');
  const inputPoints = Array.from({ length: Number(count) }, () => take(curve.g1Bytes));
  for (const point of inputPoints) curve.decodeG1(point);
  if (at !== bytes.length) throw new RangeError('verifying key is too long');
  return {
    inputPoints,
    alphaBeta: curve.encodeGt(curve.pairing([[alpha, beta!]])),
    minusGamma: curve.encodeG2(curve.negateG2(gamma!)),
    minusDelta: curve.encodeG2(curve.negateG2(delta!)),
  };
}

/** e(A, B) · e(L, -gamma) · e(C, -delta) = e(alpha, beta), where L is the inputs' combination of the input points. */
function verify<P1, P2, T>(curve: PairingCurve<P1, P2, T>, key: VerifyingKey, inputs: readonly bigint[], proof: Uint8Array): boolean {
  const { g1Bytes, g2Bytes } = curve;
  if (proof.length !== 2 * g1Bytes + g2Bytes) throw new RangeError('proof has a wrong length');
  const a = curve.decodeG1(proof.slice(0, g1Bytes));
  const b = curve.decodeG2(proof.slice(g1Bytes, g1Bytes + g2Bytes));
  const c = curve.decodeG1(proof.slice(g1Bytes + g2Bytes));
  const points = key.inputPoints.map((p) => curve.decodeG1(p));
  const combined = inputs.reduce<P1>((sum, x, i) => curve.addG1(sum, curve.multiplyG1(points[i + 1]!, x)), points[0]!);
  const product = curve.pairing([
    [a, b],
    [combined, curve.decodeG2(key.minusGamma)],
    [c, curve.decodeG2(key.minusDelta)],
  ]);
  return Buffer.compare(curve.encodeGt(product), key.alphaBeta) === 0;
}

function curveOf(env: NativeEnvironment, number: number): PairingCurve<unknown, unknown, unknown> {
  return pairingCurves[number] ?? env.abort(invalidCurve);
}

export const groth16: NativeModule = {
  prepare_verifying_key_internal: (env) => (curveNumber: number, bytes: MoveBytes): MoveStruct => {
    const curve = curveOf(env, curveNumber);
    env.charge(prepareCosts[curveNumber]! + 2 * bytes.length);
    try {
      const key = prepare(curve, toBytes(bytes));
      return {
        f0: key.inputPoints.flatMap((p) => fromBytes(p)),
        f1: fromBytes(key.alphaBeta),
        f2: fromBytes(key.minusGamma),
        f3: fromBytes(key.minusDelta),
      };
    } catch (error) {
      // Curve decoders refuse bytes with plain errors.
      if (error instanceof Error) return env.abort(invalidVerifyingKey);
      throw error;
    }
  },
  verify_groth16_proof_internal: (env) => (
    curveNumber: number, inputPoints: MoveBytes, alphaBeta: MoveBytes, minusGamma: MoveBytes, minusDelta: MoveBytes,
    inputBytes: MoveBytes, proof: MoveBytes,
  ): boolean => {
    const curve = curveOf(env, curveNumber);
    const count = inputBytes.length / scalarBytes;
    const cost = verifyCosts[curveNumber]!;
    env.charge(cost.base + cost.perInput * Math.floor(count) + 2 * (inputBytes.length + proof.length));
    if (count > maxPublicInputs) return env.abort(tooManyInputs);
    if (!Number.isInteger(count)) return env.abort(invalidScalar);
    const inputs = Array.from({ length: count }, (_, i) =>
      BigInt(`0x${Buffer.from(inputBytes.slice(i * scalarBytes, (i + 1) * scalarBytes)).reverse().toString('hex')}`),
    );
    if (inputs.some((x) => x >= curve.order)) return env.abort(invalidScalar);
    const pointCount = inputPoints.length / curve.g1Bytes;
    if (pointCount !== count + 1) return env.abort(invalidVerifyingKey);
    const points = Array.from({ length: pointCount }, (_, i) => toBytes(inputPoints.slice(i * curve.g1Bytes, (i + 1) * curve.g1Bytes)));
    const key = { inputPoints: points, alphaBeta: toBytes(alphaBeta), minusGamma: toBytes(minusGamma), minusDelta: toBytes(minusDelta) };
    try {
      return verify(curve, key, inputs, toBytes(proof));
    } catch (error) {
      if (error instanceof Error) return false;
      throw error;
    }
  },
};
