/** Epochs of a local network: by hand and by the clock, with nodes that are down and shards that move. */
import { expect } from 'chai';
import { Cluster, EpochNotSynced, type EpochReport } from '../../src/cluster/index.js';
import { BlobEncoder, blobIdFromText, pairOfShard } from '../../src/encoding/index.js';

const NODES = 4;
const SHARDS = 8;
const EPOCH_MS = 60_000n;

describe('epochs of a local network', function () {
  this.timeout(30_000);
  let cluster: Cluster;

  before(async function () {
    this.timeout(120_000);
    cluster = await Cluster.start({
      ...{ nodeCount: NODES, shardCount: SHARDS, transport: 'memory', seed: 'epochs', epochDurationMs: EPOCH_MS },
    });
  });
  after(() => cluster.stop());
  afterEach(async () => {
    for (const { name } of cluster.nodes) await cluster.startNode(name);
  });

  it('moves the clock no further than an epoch needs', async () => {
    const before = cluster.net.clock.nowMs;
    const report = await cluster.nextEpoch();
    expect(report).to.deep.equal({
      epoch: 2,
      synced: true,
      attested: ['node-0', 'node-1', 'node-2', 'node-3'],
      withheld: [],
      stopped: [],
    });
    expect(cluster.net.clock.nowMs - before).to.equal(Number(EPOCH_MS));
    const { epoch, epochState, epochDurationMs, syncedAtMs } = await cluster.state();
    expect({ epoch, epochState, epochDurationMs }).to.deep.equal({ epoch: 2, epochState: 'done', epochDurationMs: EPOCH_MS });
    expect(syncedAtMs).to.equal(BigInt(cluster.net.clock.nowMs));
    for (const { node } of cluster.nodes) expect([node.epoch, node.shards.length]).to.deep.equal([2, 2]);
  });

  it('goes on without a node that is down', async () => {
    await cluster.stopNode('node-1');
    const { epoch, synced, attested, stopped } = await cluster.nextEpoch();
    expect({ epoch, synced, attested: attested.length, stopped }).to.deep.equal({
      ...{ epoch: 3, synced: true, attested: 3, stopped: ['node-1'] },
    });
  });

  it('waits for a quorum: the next epoch begins once enough nodes are back', async () => {
    await cluster.stopNode('node-1');
    await cluster.stopNode('node-2');
    const { epoch, synced } = await cluster.nextEpoch();
    expect([epoch, synced, (await cluster.state()).epochState]).to.deep.equal([4, false, 'sync']);
    const refused = await cluster.nextEpoch().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).to.be.instanceOf(EpochNotSynced);
    expect((refused as EpochNotSynced).message).to.contain('epoch 4 (stopped: node-1, node-2)');
    await cluster.startNode('node-2');
    expect(await cluster.nextEpoch()).to.include({ epoch: 5, synced: true });
  });

  it('changes epochs by the clock', async () => {
    const reports: EpochReport[] = [];
    const { epoch: before } = await cluster.state();
    // A third of an epoch per look: voting ends at half of it, the change comes at its end.
    await new Promise<void>((resolve) => {
      const tick = () => void cluster.net.clock.advance(Number(EPOCH_MS) / 3);
      const stop = cluster.runEpochs(1, tick, (report) => {
        reports.push(report);
        if (reports.length < 2) return;
        stop();
        resolve();
      });
    });
    expect(reports.map(({ epoch, synced }) => [epoch, synced])).to.deep.equal([
      [before + 1, true],
      [before + 2, true],
    ]);
  });

  it('moves shards: the new owner takes their slivers over before it attests', async () => {
    const blob = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
    const { blobId } = await cluster.client({ tailMs: 50 }).store(blob, { signer: cluster.signer, epochs: 5 });
    const before = (await cluster.state()).committee;
    // Twice the stake of each other node: two fifths of the shards.
    await cluster.stake('node-3', 1_000_000_000_000n);
    const report = await cluster.nextEpoch();
    expect(report).to.deep.include({ synced: true, attested: ['node-0', 'node-1', 'node-2', 'node-3'], withheld: [] });
    const grown = (await cluster.state()).committee.find(({ name }) => name === 'node-3')!;
    const gained = grown.shards.filter((shard) => !before.find(({ name }) => name === 'node-3')!.shards.includes(shard));
    expect(gained).to.have.length.greaterThan(0);
    const { slivers } = await new BlobEncoder(SHARDS).encode(blob);
    const { store } = cluster.nodes[3]!;
    for (const shard of grown.shards) {
      const { primary, secondary } = slivers[pairOfShard(shard, blobIdFromText(blobId), SHARDS)]!;
      expect(store.getSliver({ blobId: blobIdFromText(blobId), shard, axis: 'primary' })).to.deep.equal(primary.framed);
      expect(store.getSliver({ blobId: blobIdFromText(blobId), shard, axis: 'secondary' })).to.deep.equal(secondary.framed);
    }
  });
});
