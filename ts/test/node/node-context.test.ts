/** Decoded metadata is kept for a few blobs; what the store has decides all the same. */
import { expect } from 'chai';
import { encodeBlobMetadata, type BlobMetadata } from '../../src/encoding/index.js';
import { MemoryStore } from '../../src/node/index.js';
import { createNode, FakeChain, SHARDS } from './fake-chain.js';

const metadataOf = (byte: number): BlobMetadata => ({
  encodingType: 'RS2',
  unencodedLength: BigInt(byte),
  hashes: Array.from({ length: SHARDS }, (_, i) => ({ primaryHash: new Uint8Array(32).fill(byte + i), secondaryHash: null })),
});
const idOf = (byte: number) => new Uint8Array(32).fill(byte);

describe('metadata of a node', () => {
  it('is what is stored, for more blobs than are kept decoded', async () => {
    const store = new MemoryStore();
    const { context } = createNode(store, new FakeChain());
    for (let blob = 1; blob <= 12; blob++) await store.putMetadata(idOf(blob), encodeBlobMetadata(metadataOf(blob)));
    for (let round = 0; round < 2; round++) {
      for (let blob = 1; blob <= 12; blob++) {
        for (let again = 0; again < 2; again++) expect(context.metadata(idOf(blob))).to.deep.equal(metadataOf(blob));
      }
    }
    expect(context.metadata(idOf(13))).to.equal(undefined);
  });

  it('is decoded once for the slivers of a blob', async () => {
    const store = new MemoryStore();
    const { context } = createNode(store, new FakeChain());
    await store.putMetadata(idOf(1), encodeBlobMetadata(metadataOf(1)));
    expect(context.metadata(idOf(1))).to.equal(context.metadata(idOf(1)));
  });

  it('is gone when it was removed, and another when it was replaced', async () => {
    const store = new MemoryStore();
    const { context } = createNode(store, new FakeChain());
    await store.putMetadata(idOf(1), encodeBlobMetadata(metadataOf(1)));
    expect(context.metadata(idOf(1))).to.deep.equal(metadataOf(1));
    await store.putMetadata(idOf(1), encodeBlobMetadata(metadataOf(2)));
    expect(context.metadata(idOf(1))).to.deep.equal(metadataOf(2));
    await store.settle(idOf(1), () => ({ record: undefined, discard: true, settled: true }));
    expect(context.metadata(idOf(1))).to.equal(undefined);
  });
});
