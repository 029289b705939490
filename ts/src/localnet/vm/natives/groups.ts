/**
 * The groups of `0x2::group_ops` (sui-execution.md §4.3): how elements are encoded and what can be done
 * with them. Element encodings: BLS12-381 as ZCash and blst write them, Ristretto255 as RFC 9496.
 */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import { LruCache } from './lru-cache.js';

const { Fr, Fp12 } = bls12_381.fields;
const { Point: G1 } = bls12_381.G1;
const { Point: G2 } = bls12_381.G2;
export type G1Point = InstanceType<typeof G1>;
export type G2Point = InstanceType<typeof G2>;
export type GtElement = ReturnType<typeof bls12_381.pairing>;
type Ristretto = InstanceType<typeof ristretto255.Point>;

/** A group whose elements are `E`; `decode` throws on bytes that are no element. */
export interface Group<E> {
  readonly elementBytes: number;
  decode(bytes: Uint8Array): E;
  encode(element: E): Uint8Array;
  add(a: E, b: E): E;
  subtract(a: E, b: E): E;
  /** Throws when the scalar bytes are not canonical. */
  multiply(element: E, scalar: bigint): E;
  decodeScalar(bytes: Uint8Array): bigint;
  invertScalar(scalar: bigint): bigint;
  /** Gas: decode, add, sub, mul, div (sui-gas.md §4.2). */
  readonly costs: { readonly decode: number; readonly add: number; readonly sub: number; readonly mul: number; readonly div: number };
}

function bigEndian(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function toBigEndian(value: bigint, length: number): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex'));
}

function exactLength(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new RangeError(`element has ${bytes.length} bytes, not ${length}`);
  return bytes;
}

function decodeBlsScalar(bytes: Uint8Array): bigint {
  const scalar = bigEndian(exactLength(bytes, 32));
  if (scalar >= Fr.ORDER) throw new RangeError('scalar is not below the group order');
  return scalar;
}

const blsScalarUse = { decodeScalar: decodeBlsScalar, invertScalar: (scalar: bigint): bigint => Fr.inv(scalar) };

const blsScalar: Group<bigint> = {
  elementBytes: 32,
  decode: decodeBlsScalar,
  encode: (scalar) => toBigEndian(scalar, 32),
  add: (a, b) => Fr.add(a, b),
  subtract: (a, b) => Fr.sub(a, b),
  multiply: (a, scalar) => Fr.mul(a, scalar),
  ...blsScalarUse,
  costs: { decode: 7, add: 10, sub: 10, mul: 11, div: 91 },
};

/** Recently decoded points: decompression and the subgroup check dominate most operations. */
const g1Cache = new LruCache<string, G1Point>(4096);
const g2Cache = new LruCache<string, G2Point>(1024);
const cacheKey = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** noble refuses to encode an identity that was computed: its coordinates are not those of its own ZERO. */
function encodePoint<P extends { is0(): boolean; toBytes(isCompressed?: boolean): Uint8Array }>(point: P, zero: P): Uint8Array {
  return (point.is0() ? zero : point).toBytes(true);
}

export const blsG1: Group<G1Point> = {
  elementBytes: 48,
  decode: (bytes) => {
    exactLength(bytes, 48);
    return g1Cache.getOrCreate(cacheKey(bytes), () => {
      const point = G1.fromBytes(bytes);
      point.assertValidity();
      return point;
    });
  },
  encode: (point) => encodePoint(point, G1.ZERO),
  add: (a, b) => a.add(b),
  subtract: (a, b) => a.subtract(b),
  multiply: (point, scalar) => (scalar === 0n ? G1.ZERO : point.multiplyUnsafe(scalar)),
  ...blsScalarUse,
  costs: { decode: 2848, add: 1556, sub: 1550, mul: 4842, div: 5091 },
};

export const blsG2: Group<G2Point> = {
  elementBytes: 96,
  decode: (bytes) => {
    exactLength(bytes, 96);
    return g2Cache.getOrCreate(cacheKey(bytes), () => {
      const point = G2.fromBytes(bytes);
      point.assertValidity();
      return point;
    });
  },
  encode: (point) => encodePoint(point, G2.ZERO),
  add: (a, b) => a.add(b),
  subtract: (a, b) => a.subtract(b),
  multiply: (point, scalar) => (scalar === 0n ? G2.ZERO : point.multiplyUnsafe(scalar)),
  ...blsScalarUse,
  costs: { decode: 3770, add: 3048, sub: 3019, mul: 9108, div: 9206 },
};

type Fp2Value = { readonly c0: bigint; readonly c1: bigint };
type Fp6Value = { readonly c0: Fp2Value; readonly c1: Fp2Value; readonly c2: Fp2Value };

/** Coefficients as blst writes them: by power of v, then of w, then of u; 48 bytes each, big endian. */
function encodeGt(element: GtElement): Uint8Array {
  const halves = [element.c0, element.c1] as Fp6Value[];
  const coefficients = (['c0', 'c1', 'c2'] as const).flatMap((v) => halves.flatMap((half) => [half[v].c0, half[v].c1]));
  return Uint8Array.from(Buffer.concat(coefficients.map((c) => toBigEndian(c, 48))));
}

function decodeGt(bytes: Uint8Array): GtElement {
  exactLength(bytes, 576);
  const order = bls12_381.fields.Fp.ORDER;
  const at = (i: number): bigint => {
    const value = bigEndian(bytes.subarray(48 * i, 48 * i + 48));
    if (value >= order) throw new RangeError('coefficient is not below the field order');
    return value;
  };
  const half = (w: number): Fp6Value => {
    const [c0, c1, c2] = [0, 1, 2].map((v) => ({ c0: at(4 * v + 2 * w), c1: at(4 * v + 2 * w + 1) }));
    return { c0: c0!, c1: c1!, c2: c2! };
  };
  const element = { c0: half(0), c1: half(1) } as unknown as GtElement;
  if (!Fp12.eql(Fp12.pow(element, Fr.ORDER), Fp12.ONE)) throw new RangeError('element is not in the target group');
  return element;
}

export const blsGt: Group<GtElement> = {
  elementBytes: 576,
  decode: decodeGt,
  encode: encodeGt,
  add: (a, b) => Fp12.mul(a, b),
  subtract: (a, b) => Fp12.mul(a, Fp12.inv(b)),
  multiply: (element, scalar) => Fp12.pow(element, scalar),
  ...blsScalarUse,
  costs: { decode: 3068, add: 188, sub: 497, mul: 27_490, div: 27_804 },
};

/** Uncompressed points are trusted: they come from `convert`, which checked them. */
export const blsUncompressedG1 = {
  elementBytes: 96,
  decode: (bytes: Uint8Array): G1Point => {
    exactLength(bytes, 96);
    if ((bytes[0]! & 0x40) !== 0) return G1.ZERO;
    return G1.fromAffine({ x: bigEndian(bytes.subarray(0, 48)), y: bigEndian(bytes.subarray(48)) });
  },
  encode: (point: G1Point): Uint8Array => (point.is0() ? G1.ZERO : point).toBytes(false),
} as const;

const ristrettoOrder = ed25519.Point.Fn.ORDER;

function decodeRistrettoScalar(bytes: Uint8Array): bigint {
  const scalar = bigEndian(new Uint8Array(exactLength(bytes, 32)).reverse());
  if (scalar >= ristrettoOrder) throw new RangeError('scalar is not below the group order');
  return scalar;
}

const ristrettoScalarUse = {
  decodeScalar: decodeRistrettoScalar,
  invertScalar: (scalar: bigint): bigint => ed25519.Point.Fn.inv(scalar),
};

const ristrettoScalar: Group<bigint> = {
  elementBytes: 32,
  decode: decodeRistrettoScalar,
  encode: (scalar) => toBigEndian(scalar, 32).reverse(),
  add: (a, b) => ed25519.Point.Fn.add(a, b),
  subtract: (a, b) => ed25519.Point.Fn.sub(a, b),
  multiply: (a, scalar) => ed25519.Point.Fn.mul(a, scalar),
  ...ristrettoScalarUse,
  costs: { decode: 7, add: 10, sub: 10, mul: 11, div: 91 },
};

const ristrettoPoint: Group<Ristretto> = {
  elementBytes: 32,
  decode: (bytes) => ristretto255.Point.fromBytes(exactLength(bytes, 32)),
  encode: (point) => point.toBytes(),
  add: (a, b) => a.add(b),
  subtract: (a, b) => a.subtract(b),
  multiply: (point, scalar) => (scalar === 0n ? ristretto255.Point.ZERO : point.multiplyUnsafe(scalar)),
  ...ristrettoScalarUse,
  costs: { decode: 2848, add: 1556, sub: 1550, mul: 4842, div: 5091 },
};

/** Group numbers in Move. */
export const groupTypes = { scalar: 0, g1: 1, g2: 2, gt: 3, uncompressedG1: 4, ristrettoScalar: 5, ristrettoPoint: 6 } as const;

/** Groups with add, sub, mul and div, by number. */
export const groups: Readonly<Record<number, Group<unknown>>> = {
  [groupTypes.scalar]: blsScalar as Group<unknown>,
  [groupTypes.g1]: blsG1 as Group<unknown>,
  [groupTypes.g2]: blsG2 as Group<unknown>,
  [groupTypes.gt]: blsGt as Group<unknown>,
  [groupTypes.ristrettoScalar]: ristrettoScalar as Group<unknown>,
  [groupTypes.ristrettoPoint]: ristrettoPoint as Group<unknown>,
};
