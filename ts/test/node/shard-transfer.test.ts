/** Taking shards over: everything arrives, verified, and what several shards need is fetched once. */
import { expect } from 'chai';
import { encodeBlobMetadata, pairOfShard, type EncodedBlob } from '../../src/encoding/index.js';
import { BlobRecovery } from '../../src/node/blob-recovery.js';
import { MemoryStore, processEnvironment, type ChainActions } from '../../src/node/index.js';
import { Peers } from '../../src/node/peers.js';
import { ShardTransfer } from '../../src/node/shard-transfer.js';
import { BlsKeyPair, type CommitteeMember } from '../../src/protocol/index.js';
import { certified, createNode, encode, EPOCH, FakeChain, happen, member, registered, SHARDS } from './fake-chain.js';

const AXES = ['primary', 'secondary'] as const;
const newKey = BlsKeyPair.fromSeed(new Uint8Array(48).fill(7));
const MOVED = [0, 1];
const newOwner: CommitteeMember = { ...member, index: 1, nodeId: `0x${'02'.repeat(32)}`, publicKey: newKey.publicKey, shards: MOVED };
const noActions = {} as ChainActions; // nothing here is inconsistent

describe('taking shards over', () => {
  let blobs: EncodedBlob[];
  let source: MemoryStore;
  let store: MemoryStore;
  let requests: string[];
  let transfer: ShardTransfer;

  before(async () => {
    blobs = await Promise.all(['one', 'two', 'three'].map(encode));
  });

  beforeEach(async () => {
    const chain = new FakeChain();
    chain.state.committee = [{ ...member, shards: [2] }, newOwner];
    source = new MemoryStore();
    store = new MemoryStore();
    requests = [];
    const { app } = createNode(source, chain);
    const fetch = async (url: string, init: RequestInit) => {
      requests.push(new URL(url).pathname);
      return app.request(url, init);
    };
    const environment = { ...processEnvironment, fetch };
    const { context } = createNode(store, chain, { nodeId: newOwner.nodeId, protocolKeys: [newKey], environment });
    const peers = new Peers(environment, context.metrics, 'http');
    transfer = new ShardTransfer(context, peers, new BlobRecovery(context, peers, noActions));
    const event = certified();
    for (const blob of blobs) {
      for (const one of [source, store]) {
        await happen(one, blob.blobId, registered());
        await happen(one, blob.blobId, { ...event, fields: { ...event.fields, epoch: EPOCH - 1 } });
      }
      await source.putMetadata(blob.blobId, encodeBlobMetadata(blob.metadata));
      for (const shard of MOVED) for (const axis of AXES) await source.putSliver({ blobId: blob.blobId, shard, axis }, sliver(blob, shard, axis));
    }
    await source.commit({ shards: MOVED.map((shard) => [shard, { status: 'locked', since: EPOCH }]) });
    await store.commit({
      shards: MOVED.map((shard) => [shard, { status: 'sync', since: EPOCH, axis: 'primary', nextBlobId: '00'.repeat(32) }]),
    });
  });

  const sliver = (blob: EncodedBlob, shard: number, axis: 'primary' | 'secondary') =>
    blob.slivers[pairOfShard(shard, blob.blobId, SHARDS)]![axis].framed;

  it('stores every sliver, and fetches metadata once however many shards need it', async () => {
    await Promise.all(MOVED.map((shard) => transfer.run(shard)));
    for (const blob of blobs) {
      for (const shard of MOVED) {
        for (const axis of AXES) expect(store.getSliver({ blobId: blob.blobId, shard, axis })).to.deep.equal(sliver(blob, shard, axis));
      }
    }
    expect(requests.filter((path) => path.endsWith('/metadata'))).to.have.length(blobs.length);
    for (const shard of MOVED) expect(store.shardStates().get(shard)).to.deep.equal({ status: 'recover', since: EPOCH });
  });

  it('leaves out a sliver that does not verify', async () => {
    const { blobId } = blobs[0]!;
    const wrong = sliver(blobs[0]!, 0, 'primary').slice();
    wrong[3]! ^= 1;
    await source.putSliver({ blobId, shard: 0, axis: 'primary' }, wrong);
    await Promise.all(MOVED.map((shard) => transfer.run(shard)));
    expect(store.hasSliver({ blobId, shard: 0, axis: 'primary' })).to.equal(false);
    expect(store.usage().sliverCount).to.equal(2 * MOVED.length * blobs.length - 1);
  });

  it('leaves shards alone that do not move', async () => {
    await transfer.run(0);
    await transfer.run(3);
    expect(store.shardStates().get(0)).to.deep.equal({ status: 'recover', since: EPOCH });
    expect(store.shardStates().get(1)).to.include({ status: 'sync', axis: 'primary' });
    expect(store.shardStates().has(3)).to.equal(false);
  });
});
