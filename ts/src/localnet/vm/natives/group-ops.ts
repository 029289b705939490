/** Natives of `0x2::group_ops` (sui-execution.md §4.3); the groups are in `groups.ts`. */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { blsG1, blsG2, blsGt, blsUncompressedG1, groups, groupTypes } from './groups.js';
import type { G1Point, Group } from './groups.js';
import type { NativeEnvironment, NativeFactory, NativeModule } from './native.js';
import { fromBytes, toBytes } from './support.js';
import type { MoveBytes } from './support.js';

/** Abort codes of `group_ops`. */
const notSupported = 0;
const invalidInput = 1;
const inputTooLong = 2;

/** Limits of the network. */
const maxMsmTerms = 32;
const maxSumTerms = 1200;
const maxHashInputBytes = 1024;

/** Runs `compute`; bytes that are no element abort with invalidInput. */
function guarded<T>(env: NativeEnvironment, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    // The curve library and the decoders refuse bytes with plain or range errors.
    if (error instanceof Error) return env.abort(invalidInput);
    throw error;
  }
}

function groupOf(env: NativeEnvironment, type: number): Group<unknown> {
  return groups[type] ?? env.abort(notSupported);
}

/** Two elements in, one out. */
const binary =
  (name: 'add' | 'subtract', cost: 'add' | 'sub'): NativeFactory =>
  (env) =>
  (type: number, a: MoveBytes, b: MoveBytes): MoveBytes => {
    const group = groupOf(env, type);
    env.charge(2 * group.costs.decode + group.costs[cost]);
    return guarded(env, () => fromBytes(group.encode(group[name](group.decode(toBytes(a)), group.decode(toBytes(b))))));
  };

/** A scalar and an element. */
const scaled =
  (divide: boolean): NativeFactory =>
  (env) =>
  (type: number, scalarBytes: MoveBytes, elementBytes: MoveBytes): MoveBytes => {
    const group = groupOf(env, type);
    env.charge(group.costs.decode + 7 + (divide ? group.costs.div : group.costs.mul));
    return guarded(env, () => {
      const scalar = group.decodeScalar(toBytes(scalarBytes));
      if (divide && scalar === 0n) throw new RangeError('division by zero');
      const factor = divide ? group.invertScalar(scalar) : scalar;
      return fromBytes(group.encode(group.multiply(group.decode(toBytes(elementBytes)), factor)));
    });
  };

function chunks(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

const msmCosts: Readonly<Record<number, readonly [base: number, perTerm: number]>> = {
  [groupTypes.g1]: [62_648, 1333],
  [groupTypes.g2]: [131_192, 3216],
  [groupTypes.ristrettoPoint]: [62_648, 1333],
};

export const group_ops: NativeModule = {
  internal_validate: (env) => (type: number, bytes: MoveBytes): boolean => {
    const group = groupOf(env, type);
    env.charge(group.costs.decode);
    try {
      group.decode(toBytes(bytes));
      return true;
    } catch (error) {
      if (error instanceof Error) return false;
      throw error;
    }
  },
  internal_add: binary('add', 'add'),
  internal_sub: binary('subtract', 'sub'),
  internal_mul: scaled(false),
  internal_div: scaled(true),
  internal_hash_to: (env) => (type: number, message: MoveBytes): MoveBytes => {
    if (type !== groupTypes.g1 && type !== groupTypes.g2) return env.abort(notSupported);
    if (message.length === 0) return env.abort(invalidInput);
    if (message.length > maxHashInputBytes) return env.abort(inputTooLong);
    const isG1 = type === groupTypes.g1;
    env.charge((isG1 ? 2962 : 8688) + 2 * message.length);
    const tag = `BLS_SIG_BLS12381G${isG1 ? 1 : 2}_XMD:SHA-256_SSWU_RO_NUL_`;
    const scheme = isG1 ? bls12_381.shortSignatures : bls12_381.longSignatures;
    return fromBytes(scheme.hash(toBytes(message), new TextEncoder().encode(tag)).toBytes(true));
  },
  internal_multi_scalar_mul: (env) => (type: number, scalars: MoveBytes, elements: MoveBytes): MoveBytes => {
    const costs = msmCosts[type] ?? env.abort(notSupported);
    const group = groupOf(env, type);
    const terms = scalars.length / 32;
    if (terms === 0 || !Number.isInteger(terms) || elements.length !== terms * group.elementBytes) return env.abort(invalidInput);
    if (terms > maxMsmTerms) return env.abort(inputTooLong);
    env.charge(costs[0] + costs[1] * terms + terms * (group.costs.decode + 7));
    return guarded(env, () => {
      const factors = chunks(toBytes(scalars), 32).map((s) => group.decodeScalar(s));
      const points = chunks(toBytes(elements), group.elementBytes).map((e) => group.decode(e));
      const products = points.map((point, i) => group.multiply(point, factors[i]!));
      return fromBytes(group.encode(products.reduce((sum, p) => group.add(sum, p))));
    });
  },
  internal_pairing: (env) => (type: number, e1: MoveBytes, e2: MoveBytes): MoveBytes => {
    if (type !== groupTypes.g1) return env.abort(notSupported);
    env.charge(26_897 + blsG1.costs.decode + blsG2.costs.decode);
    return guarded(env, () => {
      const [p, q] = [blsG1.decode(toBytes(e1)), blsG2.decode(toBytes(e2))];
      const isTrivial = p.is0() || q.is0();
      return fromBytes(blsGt.encode(isTrivial ? bls12_381.fields.Fp12.ONE : bls12_381.pairing(p, q)));
    });
  },
  internal_convert: (env) => (from: number, to: number, element: MoveBytes): MoveBytes => {
    if (from === groupTypes.g1 && to === groupTypes.uncompressedG1) {
      env.charge(2099);
      return guarded(env, () => fromBytes(blsUncompressedG1.encode(blsG1.decode(toBytes(element)))));
    }
    if (from !== groupTypes.uncompressedG1 || to !== groupTypes.g1) return env.abort(notSupported);
    env.charge(677);
    return guarded(env, () => fromBytes(blsG1.encode(blsUncompressedG1.decode(toBytes(element)))));
  },
  internal_sum: (env) => (type: number, elements: MoveBytes[]): MoveBytes => {
    if (type !== groupTypes.uncompressedG1) return env.abort(notSupported);
    if (elements.length > maxSumTerms) return env.abort(inputTooLong);
    env.charge(77 + 26 * elements.length);
    return guarded(env, () => {
      const points: G1Point[] = elements.map((e) => blsUncompressedG1.decode(toBytes(e)));
      const sum = points.reduce((a, b) => a.add(b), bls12_381.G1.Point.ZERO);
      return fromBytes(blsUncompressedG1.encode(sum));
    });
  },
};
