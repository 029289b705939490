/** BLS against the implementation that the public SDK uses. */
import {
  bls12381_min_pk_aggregate as peerAggregate,
  bls12381_min_pk_verify as peerVerify,
  bls12381_min_pk_verify_aggregate as peerVerifyAggregate,
} from '@mysten/walrus-wasm';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { expect } from 'chai';
import { aggregateSignatures, BlsKeyPair, compressPublicKey, verifyAggregate, verifyBls } from '../../src/protocol/index.js';

const message = new TextEncoder().encode('a certificate');
const keys = [1, 2, 3].map((n) => BlsKeyPair.fromSeed(new Uint8Array(48).fill(n)));

describe('BLS signatures', () => {
  it('are accepted by the SDK, one by one and summed', () => {
    const signatures = keys.map((key) => key.sign(message));
    for (const [i, key] of keys.entries()) expect(peerVerify(signatures[i]!, key.publicKey, message)).to.equal(true);
    const aggregate = aggregateSignatures(signatures);
    expect(aggregate).to.deep.equal(new Uint8Array(peerAggregate(signatures)));
    const publicKeys = keys.map(({ publicKey }) => publicKey);
    expect(peerVerifyAggregate(publicKeys, message, aggregate)).to.equal(true);
    expect(verifyAggregate(publicKeys, message, aggregate)).to.equal(true);
    expect(verifyAggregate(publicKeys.slice(1), message, aggregate)).to.equal(false);
    expect(verifyAggregate([], message, aggregate)).to.equal(false);
  });

  it('do not verify for another message, key, or bytes that are no points', () => {
    const signature = keys[0]!.sign(message);
    expect(verifyBls(keys[0]!.publicKey, message, signature)).to.equal(true);
    expect(verifyBls(keys[0]!.publicKey, message.subarray(1), signature)).to.equal(false);
    expect(verifyBls(keys[1]!.publicKey, message, signature)).to.equal(false);
    expect(verifyBls(keys[0]!.publicKey, message, new Uint8Array(96).fill(0xaa))).to.equal(false);
    expect(verifyBls(new Uint8Array(48).fill(0xaa), message, signature)).to.equal(false);
    expect(verifyBls(keys[0]!.publicKey, message, signature.subarray(1))).to.equal(false);
  });

  it('keeps the secret out of logs and takes it back from a key file', () => {
    const copy = BlsKeyPair.fromSecretKey(keys[0]!.exportSecretKey());
    expect(copy.publicKey).to.deep.equal(keys[0]!.publicKey);
    expect(JSON.stringify(copy)).to.not.contain('ecret');
    expect(() => BlsKeyPair.fromSecretKey(new Uint8Array(31))).to.throw(RangeError, '31');
    expect(() => BlsKeyPair.fromSeed(new Uint8Array(32))).to.throw(RangeError, '32');
  });

  it('keeps a copy of the secret, whatever happens to the caller\'s bytes', () => {
    const secret = Buffer.from(keys[0]!.exportSecretKey());
    const copy = BlsKeyPair.fromSecretKey(secret);
    secret.fill(1);
    expect(verifyBls(copy.publicKey, message, copy.sign(message))).to.equal(true);
  });

  it('compresses committee keys, with either root', () => {
    for (const { publicKey } of keys) {
      const point = bls12_381.G1.Point.fromBytes(publicKey);
      expect(compressPublicKey(point.toBytes(false))).to.deep.equal(publicKey);
      const negated = point.negate();
      expect(compressPublicKey(negated.toBytes(false))).to.deep.equal(negated.toBytes(true));
    }
  });

  it('compresses nothing that is no key', () => {
    const valid = bls12_381.G1.Point.fromBytes(keys[0]!.publicKey).toBytes(false);
    const changed = (at: number, mask: number) => valid.map((byte, i) => (i === at ? byte ^ mask : byte));
    const cases = {
      'a byte short': valid.subarray(1),
      'already compressed': keys[0]!.publicKey,
      'off the curve': changed(95, 1),
      'a flag that is not of this form': changed(0, 0x80),
      'y above the field order': valid.map((byte, i) => (i < 48 ? byte : 0xff)),
      infinity: bls12_381.G1.Point.ZERO.toBytes(false),
    };
    for (const [name, bytes] of Object.entries(cases)) expect(() => compressPublicKey(bytes), name).to.throw(RangeError, 'publicKey');
  });
});
