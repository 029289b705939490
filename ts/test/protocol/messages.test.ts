/** Signed messages, quorums and bitmaps: vectors of the contracts specification §5. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { blobIdToText, deriveBlobId } from '../../src/encoding/index.js';
import {
  faultyShards,
  hasCorrectShard,
  invalidBlobIdMessage,
  isQuorum,
  parseMessageHeader,
  proofOfPossessionMessage,
  signersBitmap,
  storageConfirmationMessage,
} from '../../src/protocol/index.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const blobId = deriveBlobId(1000n, Uint8Array.from({ length: 32 }, (_, i) => i));

describe('protocol messages', () => {
  it('derives the blob ID of §5.2', () => {
    expect(hex(blobId)).to.equal('e0857fa62198e50d40d24138895369db8b524cc454e982680587a5aac12466a5');
    expect(blobIdToText(blobId)).to.equal('4IV_piGY5Q1A0kE4iVNp24tSTMRU6YJoBYelqsEkZqU');
  });

  it('writes the confirmations of §5.2', () => {
    const permanent = storageConfirmationMessage(5, blobId, { kind: 'permanent' });
    expect(hex(permanent)).to.equal(`01000305000000${hex(blobId)}00`);
    const objectId = `0x${'2a'.repeat(32)}`;
    const deletable = storageConfirmationMessage(5, blobId, { kind: 'deletable', objectId });
    expect(hex(deletable)).to.equal(`01000305000000${hex(blobId)}01${'2a'.repeat(32)}`);
    expect([permanent.length, deletable.length]).to.deep.equal([40, 72]);
  });

  it('writes the other messages with their lengths', () => {
    expect(hex(invalidBlobIdMessage(258, blobId))).to.equal(`02000302010000${hex(blobId)}`);
    const proof = proofOfPossessionMessage(0, `0x${'11'.repeat(32)}`, new Uint8Array(48).fill(7));
    expect(hex(proof)).to.equal(`00000300000000${'11'.repeat(32)}${'07'.repeat(48)}`);
    expect(proof.length).to.equal(87);
  });

  it('refuses an object ID that is not 32 bytes', () => {
    expect(() => storageConfirmationMessage(5, blobId, { kind: 'deletable', objectId: '0x2a' })).to.throw(RangeError, '0x2a');
  });

  it('reads a header back and refuses other apps, versions and short bytes', () => {
    expect(parseMessageHeader(invalidBlobIdMessage(77, blobId))).to.deep.equal({ intent: 2, epoch: 77 });
    for (const bytes of ['02000305', '02010305000000', '02000405000000']) {
      expect(parseMessageHeader(hexToBytes(bytes)), bytes).to.equal(undefined);
    }
  });

  for (const [shards, f, quorum, correct] of [
    [1000, 333, 667, 334],
    [100, 33, 67, 34],
    [10, 3, 7, 4],
    [7, 2, 5, 3],
    [4, 1, 3, 2],
  ] as const) {
    it(`draws the lines of §5.5 for ${shards} shards`, () => {
      expect(faultyShards(shards)).to.equal(f);
      expect([isQuorum(quorum - 1, shards), isQuorum(quorum, shards)]).to.deep.equal([false, true]);
      expect([hasCorrectShard(correct - 1, shards), hasCorrectShard(correct, shards)]).to.deep.equal([false, true]);
    });
  }

  it('any two quorums share a correct shard', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 65535 }), (shards) => {
        let quorum = Math.ceil((2 * shards + 1) / 3);
        while (isQuorum(quorum - 1, shards)) quorum -= 1;
        expect(2 * quorum - shards).to.be.greaterThan(faultyShards(shards));
      }),
    );
  });

  it('sets the bits of §5.4', () => {
    expect(hex(signersBitmap([0, 3, 8], 10))).to.equal('0901');
    expect(hex(signersBitmap([], 17))).to.equal('000000');
    for (const bad of [10, -1, 1.5]) expect(() => signersBitmap([bad], 10)).to.throw(RangeError, String(bad));
  });
});
