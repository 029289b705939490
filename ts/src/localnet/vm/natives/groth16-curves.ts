/**
 * The two pairing curves of Groth16 with the encodings of arkworks: BLS12-381 as ZCash writes points; BN254
 * little endian, with the sign of y and infinity in the two top bits of the last byte.
 */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bn254 } from '@noble/curves/bn254.js';
import { blsG1, blsG2, blsGt } from './groups.js';
import type { G1Point, G2Point, GtElement } from './groups.js';

/** Points P1 and P2 of the two source groups, elements T of the target group. Decoders throw on bad bytes. */
export interface PairingCurve<P1, P2, T> {
  readonly order: bigint;
  readonly g1Bytes: number;
  readonly g2Bytes: number;
  decodeG1(bytes: Uint8Array): P1;
  decodeG2(bytes: Uint8Array): P2;
  encodeG2(point: P2): Uint8Array;
  negateG2(point: P2): P2;
  addG1(a: P1, b: P1): P1;
  multiplyG1(point: P1, scalar: bigint): P1;
  /** Product of the pairings; pairs with a point at infinity count as one. */
  pairing(pairs: readonly (readonly [P1, P2])[]): T;
  encodeGt(element: T): Uint8Array;
}

const bls: PairingCurve<G1Point, G2Point, GtElement> = {
  order: bls12_381.fields.Fr.ORDER,
  g1Bytes: 48,
  g2Bytes: 96,
  decodeG1: (bytes) => blsG1.decode(bytes),
  decodeG2: (bytes) => blsG2.decode(bytes),
  encodeG2: (point) => point.toBytes(true),
  negateG2: (point) => point.negate(),
  addG1: (a, b) => a.add(b),
  multiplyG1: (point, scalar) => blsG1.multiply(point, scalar),
  pairing: (pairs) =>
    bls12_381.pairingBatch(pairs.filter(([p, q]) => !p.is0() && !q.is0()).map(([g1, g2]) => ({ g1, g2 }))),
  encodeGt: (element) => blsGt.encode(element),
};

const { Fp, Fp2, Fp12, Fr } = bn254.fields;
const { Point: G1 } = bn254.G1;
const { Point: G2 } = bn254.G2;
type Bn1 = InstanceType<typeof G1>;
type Bn2 = InstanceType<typeof G2>;
type BnFp2 = ReturnType<typeof Fp2.create>;

const infinityFlag = 0x40;
const negativeFlag = 0x80;

function littleEndian(bytes: Uint8Array): bigint {
  const value = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  if (value >= Fp.ORDER) throw new RangeError('coordinate is not below the field order');
  return value;
}

function toLittleEndian(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse());
}

/** Splits the flags off the last byte. */
function takeFlags(bytes: Uint8Array, length: number): { readonly x: Uint8Array; readonly flags: number } {
  if (bytes.length !== length) throw new RangeError(`point has ${bytes.length} bytes, not ${length}`);
  const x = new Uint8Array(bytes);
  const flags = x[length - 1]! & 0xc0;
  x[length - 1]! &= 0x3f;
  if (flags === 0xc0 || (flags === infinityFlag && x.some((b) => b !== 0))) throw new RangeError('flags contradict');
  return { x, flags };
}

/** arkworks calls y negative when it is the larger of y and -y. */
const isLargerFp = (y: bigint): boolean => y > Fp.neg(y);
const isLargerFp2 = (y: BnFp2): boolean => {
  const other = Fp2.neg(y);
  return y.c1 === other.c1 ? y.c0 > other.c0 : y.c1 > other.c1;
};

function decodeBn1(bytes: Uint8Array): Bn1 {
  const { x, flags } = takeFlags(bytes, 32);
  if (flags === infinityFlag) return G1.ZERO;
  const abscissa = littleEndian(x);
  const y = Fp.sqrt(Fp.add(Fp.pow(abscissa, 3n), 3n));
  const chosen = isLargerFp(y) === (flags === negativeFlag) ? y : Fp.neg(y);
  const point = G1.fromAffine({ x: abscissa, y: chosen });
  point.assertValidity();
  return point;
}

/** b' of the twist: 3 / (9 + u). */
const twistB = Fp2.div(Fp2.fromBigTuple([3n, 0n]), Fp2.fromBigTuple([9n, 1n]));

function decodeBn2(bytes: Uint8Array): Bn2 {
  const { x, flags } = takeFlags(bytes, 64);
  if (flags === infinityFlag) return G2.ZERO;
  const abscissa = Fp2.fromBigTuple([littleEndian(x.subarray(0, 32)), littleEndian(x.subarray(32))]);
  const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(abscissa), abscissa), twistB));
  const chosen = isLargerFp2(y) === (flags === negativeFlag) ? y : Fp2.neg(y);
  const point = G2.fromAffine({ x: abscissa, y: chosen });
  point.assertValidity();
  // The curve over Fp2 has other subgroups, which the library does not rule out for this curve.
  if (!point.multiplyUnsafe(Fr.ORDER - 1n).equals(point.negate())) throw new RangeError('point is not in the subgroup');
  return point;
}

function encodeBn2(point: Bn2): Uint8Array {
  if (point.is0()) return Uint8Array.from({ length: 64 }, (_, i) => (i === 63 ? infinityFlag : 0));
  const { x, y } = point.toAffine();
  const bytes = Uint8Array.from([...toLittleEndian(x.c0), ...toLittleEndian(x.c1)]);
  if (isLargerFp2(y)) bytes[63]! |= negativeFlag;
  return bytes;
}

type BnFp12 = ReturnType<typeof bn254.pairing>;
type Fp6Value = { readonly c0: BnFp2; readonly c1: BnFp2; readonly c2: BnFp2 };

/** Coefficients in tower order, 32 bytes each, little endian. */
function encodeBnGt(element: BnFp12): Uint8Array {
  const halves = [element.c0, element.c1] as Fp6Value[];
  const coefficients = halves.flatMap((h) => [h.c0, h.c1, h.c2]).flatMap((c) => [c.c0, c.c1]);
  return Uint8Array.from(coefficients.flatMap((c) => [...toLittleEndian(c)]));
}

const bn: PairingCurve<Bn1, Bn2, BnFp12> = {
  order: Fr.ORDER,
  g1Bytes: 32,
  g2Bytes: 64,
  decodeG1: decodeBn1,
  decodeG2: decodeBn2,
  encodeG2: encodeBn2,
  negateG2: (point) => point.negate(),
  addG1: (a, b) => a.add(b),
  multiplyG1: (point, scalar) => (scalar === 0n ? G1.ZERO : point.multiplyUnsafe(scalar)),
  pairing: (pairs) => {
    const finite = pairs.filter(([p, q]) => !p.is0() && !q.is0()).map(([g1, g2]) => ({ g1, g2 }));
    return finite.length === 0 ? Fp12.ONE : bn254.pairingBatch(finite);
  },
  encodeGt: encodeBnGt,
};

/** Curves by their number in Move. */
export const pairingCurves: readonly PairingCurve<unknown, unknown, unknown>[] = [
  bls as PairingCurve<unknown, unknown, unknown>,
  bn as PairingCurve<unknown, unknown, unknown>,
];
