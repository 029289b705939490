/**
 * BLS12-381 in WebAssembly (`mcl-wasm`), for the operations that the protocol does often: hashing to a
 * curve, multiplying, pairing. Loading it takes some tens of milliseconds, so it is loaded in the background
 * when first wanted; until then, and for long messages, callers use `@noble/curves`, which also is the oracle
 * of the tests.
 */
import mcl from 'mcl-wasm';

/** What mcl's public types leave out. */
interface Internals {
  _malloc(size: number): number;
  _free(at: number): void;
  readonly HEAP8: Int8Array;
  _mclBnG1_setDst(at: number, size: number): number;
  _mclBnG2_setDst(at: number, size: number): number;
}

/** SWU maps of RFC 9380. */
const IRTF_MAP = 5;
/** Messages are copied to mcl's small stack. */
export const MAX_MESSAGE_BYTES = 4096;

/** Signatures in the group of the name, public keys in the other. */
export type SignatureGroup = 'G1' | 'G2';

type Point = InstanceType<typeof mcl.G1> | InstanceType<typeof mcl.G2>;

const COMPRESSED = 0x80;
const INFINITY = 0x40;

/** A point of the subgroup other than the identity; undefined for any other bytes. */
function decode(group: SignatureGroup, bytes: Uint8Array): Point | undefined {
  const first = bytes[0] ?? 0;
  if (bytes.length !== (group === 'G1' ? 48 : 96) || (first & COMPRESSED) === 0 || (first & INFINITY) !== 0) return undefined;
  const point = group === 'G1' ? new mcl.G1() : new mcl.G2();
  try {
    point.deserialize(bytes);
  } catch {
    return undefined; // not on the curve, not canonical, or not in the subgroup
  }
  return point.isZero() ? undefined : point;
}

/** Most decoded points that are remembered. */
const MAX_REMEMBERED_POINTS = 512;

/** The curve, once loaded; its functions do not wait. */
export class FastCurve {
  /** Points that come again and again: keys of committees, hashed messages. Nobody changes a point in place. */
  readonly #remembered = new Map<string, Point>();

  private readonly negatedBase: { readonly G1: InstanceType<typeof mcl.G1>; readonly G2: InstanceType<typeof mcl.G2> };

  /** `tags` are the domain separation tags of both suites; generators are the standard ones, compressed. */
  private constructor(tags: Readonly<Record<SignatureGroup, string>>, generators: Readonly<Record<SignatureGroup, Uint8Array>>) {
    mcl.setETHserialization(true);
    mcl.setMapToMode(IRTF_MAP);
    mcl.verifyOrderG1(true);
    mcl.verifyOrderG2(true);
    const internals = (mcl as unknown as { readonly mod: Internals }).mod;
    for (const group of ['G1', 'G2'] as const) {
      const bytes = Buffer.from(tags[group], 'latin1');
      const at = internals._malloc(bytes.length);
      internals.HEAP8.set(bytes, at);
      const status = group === 'G1' ? internals._mclBnG1_setDst(at, bytes.length) : internals._mclBnG2_setDst(at, bytes.length);
      internals._free(at);
      if (status !== 0) throw new Error(`mcl-wasm does not take the domain tag of ${group}`);
    }
    this.negatedBase = {
      G1: mcl.neg(decode('G1', generators.G1) as InstanceType<typeof mcl.G1>),
      G2: mcl.neg(decode('G2', generators.G2) as InstanceType<typeof mcl.G2>),
    };
  }

  static async load(tags: Readonly<Record<SignatureGroup, string>>, generators: Readonly<Record<SignatureGroup, Uint8Array>>): Promise<FastCurve> {
    await mcl.init(mcl.BLS12_381);
    return new FastCurve(tags, generators);
  }

  /** The message as a point of the group, compressed. At most `MAX_MESSAGE_BYTES`. */
  hash(group: SignatureGroup, message: Uint8Array): Uint8Array {
    return (group === 'G1' ? mcl.hashAndMapToG1(message) : mcl.hashAndMapToG2(message)).serialize();
  }

  /** A point of the group times a scalar (32 bytes, big endian), compressed. Throws on a malformed point. */
  multiply(group: SignatureGroup, point: Uint8Array, scalar: Uint8Array): Uint8Array {
    const decoded = this.#decodeOften(group, point);
    if (decoded === undefined) throw new RangeError('point: not in the subgroup');
    const factor = new mcl.Fr();
    factor.setBigEndianMod(scalar);
    return (mcl.mul as (p: Point, s: InstanceType<typeof mcl.Fr>) => Point)(decoded, factor).serialize();
  }

  /** Sum of points of a group, compressed. Throws on a malformed point. */
  sum(group: SignatureGroup, points: readonly Uint8Array[]): Uint8Array {
    let total: Point = group === 'G1' ? new mcl.G1() : new mcl.G2();
    for (const bytes of points) {
      const point = group === 'G1' ? this.#decodeOften(group, bytes) : decode(group, bytes);
      if (point === undefined) throw new RangeError('point: not in the subgroup');
      total = (mcl.add as (a: Point, b: Point) => Point)(total, point);
    }
    return total.serialize();
  }

  /** Like `decode`, which checks the subgroup and so costs half a multiplication, for points that are likely to come again. */
  #decodeOften(group: SignatureGroup, bytes: Uint8Array): Point | undefined {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const point = decode(group, bytes);
    if (point === undefined) return undefined;
    if (this.#remembered.size >= MAX_REMEMBERED_POINTS) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(key, point);
    return point;
  }

  /** True if `signature` = secret · `hashed` for the key secret · base. Malformed points are no signature. */
  verify(signatureGroup: SignatureGroup, signature: Uint8Array, hashed: Uint8Array, publicKey: Uint8Array): boolean {
    const keyGroup = signatureGroup === 'G1' ? 'G2' : 'G1';
    const s = decode(signatureGroup, signature);
    const [h, k] = [this.#decodeOften(signatureGroup, hashed), this.#decodeOften(keyGroup, publicKey)];
    if (s === undefined || h === undefined || k === undefined) return false;
    const base = this.negatedBase[keyGroup];
    const loop = (a: Point, b: Point): InstanceType<typeof mcl.GT> =>
      mcl.millerLoop(...((signatureGroup === 'G1' ? [a, b] : [b, a]) as [InstanceType<typeof mcl.G1>, InstanceType<typeof mcl.G2>]));
    return mcl.finalExp(mcl.mul(loop(s, base), loop(h, k))).isOne();
  }
}
