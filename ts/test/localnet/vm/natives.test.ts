/** Native functions against published vectors, called through the framework's own declarations. */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bn254 } from '@noble/curves/bn254.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { expect } from 'chai';
import { typeFromText } from '../../../src/localnet/vm/index.js';
import type { CallArgument, MoveVm } from '../../../src/localnet/vm/index.js';
import { chacha12Block } from '../../../src/localnet/vm/natives/chacha.js';
import { deriveObjectId } from '../../../src/localnet/vm/natives/object.js';
import { poseidonHash } from '../../../src/localnet/vm/natives/poseidon.js';
import { address, call, failureText, returns, vmWith } from './support.js';

const hex = (text: string): number[] => [...Buffer.from(text, 'hex')];
const bytes = (value: Uint8Array): number[] => [...value];
const toHex = (value: unknown): string => Buffer.from(value as number[]).toString('hex');

describe('Move VM: natives', function () {
  let vm: MoveVm;

  before(async () => {
    ({ vm } = await vmWith(undefined));
  });

  const sui = (module: string, name: string, args: CallArgument[], types: string[] = [], pkg = 2) =>
    call(vm, name, args, { package: pkg, module, typeArguments: types.map(typeFromText) });
  const one = (...args: Parameters<typeof sui>): unknown => returns(sui(...args))[0];

  describe('object IDs (sui.md §1.2)', () => {
    it('derives fresh IDs from digest and counter', () => {
      const digest = Uint8Array.from(hex('3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532'));
      expect(deriveObjectId(digest, 0n)).to.equal('0x381dd9078c322a4663c392761a0211b527c127b29583851217f948d62131f409');
      expect(deriveObjectId(digest, 1n)).to.equal('0xeefed4f2b7f6ad5f65d6ea2eef50b4f1d1e98c39ca8eecbc9736da801b8387e6');
      expect(deriveObjectId(new Uint8Array(32), 0n)).to.equal('0x034401905bebdf8c04f3cd5f04f442a39372c8dc321c29edfb4f9cb30b23ab96');
    });

    it('derives dynamic field IDs', () => {
      expect(one('dynamic_field', 'hash_type_and_key', [address(2), 1n], ['u64'])).to.equal(
        '0x25dfc4941af0a0e49bfbeaa57dca9599d2fc392a502b08547ec62269cac62cb2',
      );
      const wrapper = '0x2::dynamic_object_field::Wrapper<u64>';
      expect(one('dynamic_field', 'hash_type_and_key', [address(2), { f0: 1n }], [wrapper])).to.equal(
        '0xa3a1395c10504d75cb3c1a95460bcec950d4e1524f5cdea26b705f52803af28b',
      );
    });
  });

  describe('hashes', () => {
    const abc = [...Buffer.from('abc')];
    const vectors: [string, string, number, string][] = [
      // FIPS 180-4, FIPS 202, RFC 7693 (32-byte digest), the original Keccak.
      ['hash', 'sha2_256', 1, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
      ['hash', 'sha3_256', 1, '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532'],
      ['hash', 'blake2b256', 2, 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319'],
      ['hash', 'keccak256', 2, '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
    ];
    for (const [module, name, pkg, expected] of vectors)
      it(name, () => expect(toHex(one(module, name, [abc], [], pkg))).to.equal(expected));

    it('hmac_sha3_256 (NIST example 1)', () => {
      const key = Array.from({ length: 32 }, (_, i) => i);
      const message = [...Buffer.from('Sample message for keylen<blocklen')];
      expect(toHex(one('hmac', 'hmac_sha3_256', [key, message]))).to.equal('4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205');
    });
  });

  describe('signatures', () => {
    it('ed25519 (RFC 8032 test 2)', () => {
      const key = hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
      const signature = hex('92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00');
      expect(one('ed25519', 'ed25519_verify', [signature, key, [0x72]])).to.equal(true);
      expect(one('ed25519', 'ed25519_verify', [signature, key, [0x73]])).to.equal(false);
      expect(one('ed25519', 'ed25519_verify', [signature.slice(1), key, [0x72]])).to.equal(false);
    });

    it('secp256k1: verifies, recovers, decompresses, aborts', () => {
      const secret = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
      const message = [...Buffer.from('message')];
      const digest = keccak_256(Uint8Array.from(message));
      const signed = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' });
      const key = bytes(secp256k1.getPublicKey(secret, true));
      const compact = bytes(signed.subarray(1));
      expect(one('ecdsa_k1', 'secp256k1_verify', [compact, key, message, 0])).to.equal(true);
      expect(one('ecdsa_k1', 'secp256k1_verify', [compact, key, message, 1])).to.equal(false);
      expect(one('ecdsa_k1', 'secp256k1_verify', [compact, key, message, 9])).to.equal(false);
      expect(one('ecdsa_k1', 'secp256k1_ecrecover', [[...compact, signed[0]!], message, 0])).to.deep.equal(key);
      expect(one('ecdsa_k1', 'decompress_pubkey', [key])).to.deep.equal(bytes(secp256k1.getPublicKey(secret, false)));
      expect(failureText(sui('ecdsa_k1', 'secp256k1_ecrecover', [compact, message, 0]))).to.equal('1@secp256k1_ecrecover:0');
      expect(failureText(sui('ecdsa_k1', 'secp256k1_ecrecover', [[...compact, 0], message, 7]))).to.equal('0@secp256k1_ecrecover:0');
      expect(failureText(sui('ecdsa_k1', 'decompress_pubkey', [key.slice(1)]))).to.equal('2@decompress_pubkey:0');
    });

    it('ecvrf (published example of the Sui documentation)', () => {
      const output = hex('4fad431c7402fa1d4a7652e975aeb9a2b746540eca0b1b1e59c8d19c14a7701918a8249136e355455b8bc73851f7fc62c84f2e39f685b281e681043970026ed8');
      const key = hex('1ea6f0f467574295a2cd5d21a3fd3a712ade354d520d3bd0fe6088d7b7c2e00e');
      const proof = hex('d8ad2eafb4f2eaf317447726e541359f26dfce248431fe09984fdc73144abb6ceb006c57a29a742eae5a81dd04239870769e310a81046cbbaff8b0bd27a6d6affee167ebba50549b58ffdf9aa192f506');
      const alpha = [...Buffer.from('Hello, world!')];
      expect(one('ecvrf', 'ecvrf_verify', [output, alpha, key, proof])).to.equal(true);
      expect(one('ecvrf', 'ecvrf_verify', [output, [1], key, proof])).to.equal(false);
      expect(failureText(sui('ecvrf', 'ecvrf_verify', [[1], alpha, key, proof]))).to.equal('1@ecvrf_verify:0');
      expect(failureText(sui('ecvrf', 'ecvrf_verify', [output, alpha, [1], proof]))).to.equal('2@ecvrf_verify:0');
      expect(failureText(sui('ecvrf', 'ecvrf_verify', [output, alpha, key, [1]]))).to.equal('3@ecvrf_verify:0');
    });

    it('BLS in both NUL suites: accepts a signature, refuses any change and bad points', () => {
      const secret = Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 5 : 0));
      const message = Uint8Array.of(1, 2, 3);
      for (const [name, scheme, group] of [['min_pk', bls12_381.longSignatures, 'G2'], ['min_sig', bls12_381.shortSignatures, 'G1']] as const) {
        const tag = new TextEncoder().encode(`BLS_SIG_BLS12381${group}_XMD:SHA-256_SSWU_RO_NUL_`);
        const signature = bytes((scheme.sign(scheme.hash(message, tag) as never, secret) as { toBytes(c: boolean): Uint8Array }).toBytes(true));
        const key = bytes((scheme.getPublicKey(secret) as { toBytes(c: boolean): Uint8Array }).toBytes(true));
        const native = `bls12381_${name}_verify`;
        expect(one('bls12381', native, [signature, key, [1, 2, 3]]), name).to.equal(true);
        expect(one('bls12381', native, [signature, key, [1, 2, 4]])).to.equal(false);
        expect(one('bls12381', native, [signature.slice(1), key, [1, 2, 3]])).to.equal(false);
        expect(one('bls12381', native, [signature.map(() => 0xff), key, [1, 2, 3]])).to.equal(false);
        // The identity as key would accept the identity as signature of anything.
        const identity = (length: number): number[] => [0xc0, ...new Array<number>(length - 1).fill(0)];
        expect(one('bls12381', native, [identity(signature.length), identity(key.length), [1]])).to.equal(false);
      }
    });
  });

  describe('group operations', () => {
    const scalar = (n: bigint): number[] => hex(n.toString(16).padStart(64, '0'));
    const g1 = bytes(bls12_381.G1.Point.BASE.toBytes(true));
    const g2 = bytes(bls12_381.G2.Point.BASE.toBytes(true));
    const op = (name: string, ...args: CallArgument[]): unknown => one('group_ops', `internal_${name}`, args);
    const abortOf = (name: string, ...args: CallArgument[]): string => failureText(sui('group_ops', `internal_${name}`, args));

    it('pairing is bilinear and additive', () => {
      const doubled = op('add', 1, g1, g1) as number[];
      const twice = op('mul', 1, scalar(2n), g1);
      expect(doubled).to.deep.equal(twice);
      const left = op('pairing', 1, doubled, g2);
      expect(left).to.deep.equal(op('pairing', 1, g1, op('add', 2, g2, g2) as number[]));
      const gt = op('pairing', 1, g1, g2) as number[];
      expect(left).to.deep.equal(op('add', 3, gt, gt)).and.to.deep.equal(op('mul', 3, scalar(2n), gt));
    });

    it('divides by scalars and refuses zero', () => {
      expect(op('div', 1, scalar(2n), op('mul', 1, scalar(2n), g1) as number[])).to.deep.equal(g1);
      expect(op('div', 0, scalar(3n), scalar(6n))).to.deep.equal(scalar(2n));
      expect(abortOf('div', 0, scalar(0n), scalar(6n))).to.equal('1@internal_div:0');
      expect(abortOf('div', 1, scalar(0n), g1)).to.equal('1@internal_div:0');
    });

    it('sums multiples and uncompressed points', () => {
      const sum = op('multi_scalar_mul', 1, [...scalar(2n), ...scalar(3n)], [...g1, ...g1]) as number[];
      expect(sum).to.deep.equal(op('mul', 1, scalar(5n), g1));
      const wide = op('convert', 1, 4, g1) as number[];
      expect(op('convert', 4, 1, op('sum', 4, [wide, wide, wide]) as number[])).to.deep.equal(op('mul', 1, scalar(3n), g1));
      expect(abortOf('multi_scalar_mul', 1, [], [])).to.equal('1@internal_multi_scalar_mul:0');
      const many = Array.from({ length: 33 }, () => 0);
      expect(abortOf('multi_scalar_mul', 1, many.flatMap(() => scalar(1n)), many.flatMap(() => g1))).to.equal('2@internal_multi_scalar_mul:0');
    });

    it('validates elements', () => {
      expect(op('validate', 1, g1)).to.equal(true);
      expect(op('validate', 1, g1.map((b, i) => (i === 47 ? b ^ 1 : b)))).to.equal(false);
      expect(op('validate', 1, g1.slice(1))).to.equal(false);
      expect(op('validate', 0, scalar(bls12_381.fields.Fr.ORDER))).to.equal(false);
      expect(op('validate', 0, scalar(bls12_381.fields.Fr.ORDER - 1n))).to.equal(true);
      expect(abortOf('validate', 99, g1)).to.equal('0@internal_validate:0');
    });

    it('hashes to G1 and G2 into the subgroup', () => {
      for (const type of [1, 2]) expect(op('validate', type, op('hash_to', type, [1, 2, 3]) as number[])).to.equal(true);
    });
  });

  it('poseidon agrees with circom', () => {
    // Published test values of circomlib.
    expect(poseidonHash([1n])).to.equal(18586133768512220936620570745912940619677854269274689475585506675881198879027n);
    expect(poseidonHash([1n, 2n])).to.equal(7853200120776062878684798364095072458815029376092732009249414926327459813530n);
    const little = (n: bigint): number[] => hex(n.toString(16).padStart(64, '0')).reverse();
    expect(one('poseidon', 'poseidon_bn254_internal', [[little(1n), little(2n)]])).to.deep.equal(little(poseidonHash([1n, 2n])));
    expect(failureText(sui('poseidon', 'poseidon_bn254_internal', [[little(bn254.fields.Fr.ORDER)]]))).to.equal('0@poseidon_bn254_internal:0');
  });

  it('ChaCha12 agrees with the published key stream (all-zero key)', () => {
    // draft-strombergson-chacha-test-vectors-01, TC1, 12 rounds, 256-bit key.
    expect(Buffer.from(chacha12Block(new Uint8Array(32), 0)).toString('hex').slice(0, 64)).to.equal(
      '9bf49a6a0755f953811fce125f2683d50429c3bb49e074147e0089a52eae155f',
    );
  });

  describe('groth16, with a key whose trapdoor is known', () => {
    const curves = [
      { number: 0, curve: bls12_381, size: 48, g1: (p: { toBytes(c: boolean): Uint8Array }) => bytes(p.toBytes(true)), g2: (p: { toBytes(c: boolean): Uint8Array }) => bytes(p.toBytes(true)) },
      { number: 1, curve: bn254, size: 32, g1: arkG1, g2: arkG2 },
    ];
    for (const { number, curve, g1: encode1, g2: encode2 } of curves)
      it(`curve ${number}`, () => {
        const { Fr } = curve.fields;
        const [P, Q] = [curve.G1.Point.BASE, curve.G2.Point.BASE];
        const [alpha, beta, gamma, delta] = [3n, 5n, 7n, 11n];
        const inputPoints = [13n, 17n];
        const input = 19n;
        // Choose A and B freely; C follows from the verification equation.
        const [a, b] = [23n, 29n];
        const linear = Fr.add(inputPoints[0]!, Fr.mul(input, inputPoints[1]!));
        const c = Fr.div(Fr.sub(Fr.sub(Fr.mul(a, b), Fr.mul(alpha, beta)), Fr.mul(linear, gamma)), delta);
        const count = [2, 0, 0, 0, 0, 0, 0, 0];
        const key = [
          ...encode1(P.multiply(alpha) as never), ...encode2(Q.multiply(beta) as never), ...encode2(Q.multiply(gamma) as never),
          ...encode2(Q.multiply(delta) as never), ...count, ...inputPoints.flatMap((x) => encode1(P.multiply(x) as never)),
        ];
        const proof = [...encode1(P.multiply(a) as never), ...encode2(Q.multiply(b) as never), ...encode1(P.multiply(c) as never)];
        const prepared = one('groth16', 'prepare_verifying_key_internal', [number, key]) as Record<string, number[]>;
        const inputBytes = hex(input.toString(16).padStart(64, '0')).reverse();
        const check = (inputs: number[], points: number[]): unknown =>
          one('groth16', 'verify_groth16_proof_internal', [number, prepared['f0']!, prepared['f1']!, prepared['f2']!, prepared['f3']!, inputs, points]);
        expect(check(inputBytes, proof)).to.equal(true);
        expect(check(hex('14'.padStart(64, '0')).reverse(), proof)).to.equal(false);
        expect(check(inputBytes, [...proof.slice(0, -1), proof.at(-1)! ^ 1])).to.equal(false);
        expect(failureText(sui('groth16', 'prepare_verifying_key_internal', [number, key.slice(1)]))).to.equal('0@prepare_verifying_key_internal:0');
        expect(failureText(sui('groth16', 'prepare_verifying_key_internal', [9, key]))).to.equal('1@prepare_verifying_key_internal:0');
      });
  });

  it('names types with defining IDs and without 0x', () => {
    const name = one('type_name', 'with_defining_ids', [], ['vector<0x2::coin::Coin<0x2::sui::SUI>>'], 1) as { f0: { f0: number[] } };
    const two = address(2).slice(2);
    expect(Buffer.from(name.f0.f0).toString()).to.equal(`vector<${two}::coin::Coin<${two}::sui::SUI>>`);
    expect(failureText(sui('type_name', 'defining_id', [], ['u8'], 1))).to.equal('0@defining_id:0');
  });

  it('parses addresses and checks UTF-8', () => {
    expect(failureText(sui('address', 'from_bytes', [[1, 2]]))).to.equal('0@from_bytes:0');
    expect(one('address', 'to_u256', [address(258)])).to.equal(258n);
    expect(one('address', 'from_u256', [258n])).to.equal(address(258));
    expect(one('string', 'internal_check_utf8', [[0xf0, 0x9f, 0x90, 0xb3]], [], 1)).to.equal(true);
    expect(one('string', 'internal_check_utf8', [[0xed, 0xa0, 0x80]], [], 1)).to.equal(false);
    expect(one('string', 'internal_check_utf8', [[0xef, 0xbb, 0xbf, 0x41]], [], 1), 'a byte order mark is text').to.equal(true);
  });


  it('finds every native that the framework declares', () => {
    for (const id of [1, 2]) expect(() => vm.checkLinks(address(id))).not.to.throw();
  });
});

interface AffinePoint<T> {
  toAffine(): { x: T; y: T };
}

/** arkworks' compressed form of BN254 points: x little endian, bit 7 of the last byte set when y is the larger root. */
function arkG1(point: AffinePoint<bigint>): number[] {
  const { x, y } = point.toAffine();
  const encoded = hex(x.toString(16).padStart(64, '0')).reverse();
  if (y > bn254.fields.Fp.ORDER - y) encoded[31]! |= 0x80;
  return encoded;
}

function arkG2(point: AffinePoint<{ c0: bigint; c1: bigint }>): number[] {
  const { x, y } = point.toAffine();
  const p = bn254.fields.Fp.ORDER;
  const encoded = [x.c0, x.c1].flatMap((c) => hex(c.toString(16).padStart(64, '0')).reverse());
  const isLarger = y.c1 === 0n ? y.c0 > p - y.c0 : y.c1 > p - y.c1;
  if (isLarger) encoded[63]! |= 0x80;
  return encoded;
}
