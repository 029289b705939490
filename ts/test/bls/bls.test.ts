/** The WebAssembly curve against `@noble/curves`, which answers until it is loaded. */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { loadFastBls, signBls, verifyBls } from '../../src/bls/index.js';
import type { BlsSuite } from '../../src/bls/index.js';

const tags = { minPk: 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_', minSig: 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_' };
const secret = bls12_381.utils.randomSecretKey(new Uint8Array(48).fill(7));
const { longSignatures, shortSignatures } = bls12_381;

/** What noble says, with a signature hashed afresh. */
function noble(suite: BlsSuite, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return suite === 'minPk'
      ? longSignatures.verify(signature, longSignatures.hash(message, tags.minPk), publicKey)
      : shortSignatures.verify(signature, shortSignatures.hash(message, tags.minSig), publicKey);
  } catch {
    return false; // malformed points
  }
}

function hasRoot<T>(field: { sqrt(value: T): T }, value: T): boolean {
  try {
    field.sqrt(value);
    return true;
  } catch {
    return false; // noble throws when there is no root
  }
}

function pair(suite: BlsSuite, message: Uint8Array): { publicKey: Uint8Array; signature: Uint8Array } {
  if (suite === 'minPk')
    return { publicKey: longSignatures.getPublicKey(secret).toBytes(true), signature: longSignatures.sign(longSignatures.hash(message, tags.minPk), secret).toBytes(true) };
  return { publicKey: shortSignatures.getPublicKey(secret).toBytes(true), signature: shortSignatures.sign(shortSignatures.hash(message, tags.minSig), secret).toBytes(true) };
}

describe('BLS in WebAssembly', function () {
  this.timeout(60_000);

  before(loadFastBls);

  it('signs and verifies as noble does, messages of any length', () => {
    const lengths = fc.oneof(fc.nat(300), fc.constantFrom(0, 4096, 4097, 20_000));
    fc.assert(
      fc.property(lengths, fc.nat(255), (length, fill) => {
        const message = new Uint8Array(length).fill(fill);
        const { publicKey, signature } = pair('minPk', message);
        expect(signBls(secret, message)).to.deep.equal(signature);
        expect(verifyBls('minPk', publicKey, message, signature)).to.equal(true);
        const other = pair('minSig', message);
        expect(verifyBls('minSig', other.publicKey, message, other.signature)).to.equal(true);
      }),
      { numRuns: 15 },
    );
  });

  const message = new TextEncoder().encode('a certificate');
  for (const suite of ['minPk', 'minSig'] as const) {
    const { publicKey, signature } = pair(suite, message);

    it(`${suite}: gives noble's verdict on changed bytes`, () => {
      const change = fc.record({ key: fc.boolean(), at: fc.nat(95), mask: fc.integer({ min: 1, max: 255 }) });
      fc.assert(
        fc.property(change, ({ key, at, mask }) => {
          const [k, s] = [publicKey.slice(), signature.slice()];
          const bytes = key ? k : s;
          bytes[at % bytes.length]! ^= mask;
          expect(verifyBls(suite, k, message, s)).to.equal(noble(suite, k, message, s)).and.equal(false);
        }),
        { numRuns: 60 },
      );
    });

    const field = bls12_381.fields.Fp;
    const bytesOf = (value: bigint, length: number, flags: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      const low = Buffer.from(value.toString(16).padStart(96, '0'), 'hex');
      bytes.set(low, length - 48);
      bytes[0]! |= flags;
      return bytes;
    };
    /** A point of the curve outside the subgroup: with a cofactor of 76 digits and more, the first x that has one. */
    const stray = (): Uint8Array => {
      const { Fp, Fp2 } = bls12_381.fields;
      for (let x = 1n; x < 100n; x++) {
        const u = Fp2.fromBigTuple([x, 0n]);
        const onCurve =
          suite === 'minPk'
            ? hasRoot(Fp2, Fp2.add(Fp2.mul(Fp2.sqr(u), u), Fp2.fromBigTuple([4n, 4n])))
            : hasRoot(Fp, Fp.create(x ** 3n + 4n));
        if (onCurve) return bytesOf(x, signature.length, 0x80);
      }
      throw new Error('no point found');
    };
    const rejected: Record<string, [Uint8Array, Uint8Array]> = {
      'a signature at infinity': [publicKey, bytesOf(0n, signature.length, 0xc0)],
      'a key at infinity': [bytesOf(0n, publicKey.length, 0xc0), signature],
      'key and signature at infinity': [bytesOf(0n, publicKey.length, 0xc0), bytesOf(0n, signature.length, 0xc0)],
      'an x that is not reduced': [publicKey, bytesOf(field.ORDER + 4n, signature.length, 0x80)],
      'a missing compression flag': [publicKey, Uint8Array.from(signature, (b, i) => (i === 0 ? b & 0x7f : b))],
      'a point outside the subgroup': [publicKey, stray()],
      'short bytes': [publicKey, signature.subarray(1)],
      'no bytes': [new Uint8Array(0), signature],
    };
    for (const [name, [k, s]] of Object.entries(rejected))
      it(`${suite}: refuses ${name}`, () => {
        expect(noble(suite, k, message, s)).to.equal(false);
        expect(verifyBls(suite, k, message, s)).to.equal(false);
      });
  }
});
