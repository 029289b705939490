/**
 * Epoch changes while a writer and a reader go on: nodes grow, shrink, join, leave, change keys and addresses,
 * and lose their disks. No read fails, every write completes.
 */
import { expect } from 'chai';
import { RetryableError, type HauloutClient } from '../../src/client/index.js';
import { Cluster, type EpochReport } from '../../src/cluster/index.js';
import { BlobEncoder, blobIdFromText, pairOfShard } from '../../src/encoding/index.js';
import { dutyOf } from '../../src/node/records.js';
import { TransactionFailed } from '../../src/protocol/index.js';

const NODES = 6;
const SHARDS = 20; // f = 6
const STAKE_FROST = 1_000_000_000_000n;
/** A write that an epoch change overtakes is started again, in the new epoch. */
const WRITE_ATTEMPTS = 3;

interface Load {
  readonly blobs: Map<string, Uint8Array>;
  readonly counts: { reads: number; writes: number; restarted: number };
  readonly failures: unknown[];
  stop(): Promise<void>;
}

describe('epoch changes under load', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let load: Load;

  before(async () => {
    cluster = await Cluster.start({
      ...{ nodeCount: NODES, shardCount: SHARDS, transport: 'memory', seed: 'under-load', pollMs: 100 },
      maintenance: { uploadGraceMs: 300, retryMs: 100 },
    });
    load = startLoad();
    await written(3);
  });
  after(async () => {
    await load.stop();
    await cluster.stop();
  });

  function startLoad(): Load {
    const client = cluster.client({ tailMs: 30, timeoutMs: 5000 });
    const blobs = new Map<string, Uint8Array>();
    const counts = { reads: 0, writes: 0, restarted: 0 };
    const failures: unknown[] = [];
    let running = true;
    const loop = async (step: () => Promise<void>) => {
      while (running) {
        await step().catch((error: unknown) => failures.push(error));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const owner = cluster.net.createSigner('writer');
    const funded = cluster.fund(owner.toSuiAddress(), { mist: 100_000_000_000n, frost: 10n * STAKE_FROST });
    const writing = loop(async () => {
      await funded;
      const blob = new TextEncoder().encode(`blob ${counts.writes} `.repeat(1 + (counts.writes % 50)));
      blobs.set(await write(client, owner, blob, counts), blob);
      counts.writes += 1;
    });
    const reading = loop(async () => {
      const known = [...blobs];
      const [blobId, blob] = known[counts.reads % Math.max(1, known.length)] ?? [];
      if (blobId === undefined) return;
      expect(await client.read(blobId, { check: 'strict' })).to.deep.equal(blob);
      counts.reads += 1;
    });
    return {
      ...{ blobs, counts, failures },
      stop: async () => {
        running = false;
        await Promise.all([writing, reading]);
      },
    };
  }

  async function write(client: HauloutClient, owner: Cluster['signer'], blob: Uint8Array, counts: Load['counts']): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await client.store(blob, { signer: owner, epochs: 20 })).blobId;
      } catch (error) {
        const overtaken = error instanceof RetryableError || error instanceof TransactionFailed;
        if (!overtaken || attempt === WRITE_ATTEMPTS) throw error;
        counts.restarted += 1;
      }
    }
  }

  /** Waits until so many more blobs are written, and as many reads done. */
  async function written(more: number): Promise<void> {
    const target = { writes: load.counts.writes + more, reads: load.counts.reads + more };
    while (load.counts.writes < target.writes || load.counts.reads < target.reads) {
      expect(load.failures).to.deep.equal([]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function nextEpoch(): Promise<EpochReport> {
    const report = await cluster.nextEpoch();
    await written(2);
    expect(load.failures).to.deep.equal([]);
    expect(report).to.deep.include({ synced: true, withheld: [] });
    return report;
  }

  const shardsOf = async () => new Map((await cluster.state()).committee.map(({ name, shards }) => [name, shards]));

  /** Every node of the committee holds every sliver of every certified blob, byte by byte. */
  async function expectComplete(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 400)); // what is being uploaded
    await cluster.settle();
    const encoder = new BlobEncoder(SHARDS);
    const { epoch, committee } = await cluster.state();
    for (const [text, blob] of [...load.blobs]) {
      const blobId = blobIdFromText(text);
      const { slivers } = await encoder.encode(blob);
      for (const { nodeId, shards } of committee) {
        const { store, running, name } = cluster.nodes.find((node) => node.nodeId === nodeId)!;
        if (!running || dutyOf(store.getRecord(blobId), epoch) !== 'hold') continue;
        for (const shard of shards) {
          for (const axis of ['primary', 'secondary'] as const) {
            const expected = slivers[pairOfShard(shard, blobId, SHARDS)]![axis].framed;
            const what = `${name} shard ${shard} ${axis} of ${text}`;
            expect(Buffer.compare(store.getSliver({ blobId, shard, axis }) ?? new Uint8Array(), expected), what).to.equal(0);
          }
        }
      }
    }
  }

  it('goes on while a node grows and others shrink', async () => {
    const before = await shardsOf();
    await cluster.stake('node-5', STAKE_FROST);
    await nextEpoch();
    const after = await shardsOf();
    expect(after.get('node-5')!.length).to.be.greaterThan(before.get('node-5')!.length);
    await expectComplete();
  });

  it('goes on while a node joins', async () => {
    const name = await cluster.addNode(STAKE_FROST);
    await nextEpoch();
    await nextEpoch();
    expect((await shardsOf()).get(name)).to.have.length.greaterThan(0);
    await expectComplete();
  });

  it('goes on while a node changes its key and another its address', async () => {
    const old = cluster.nodes[1]!.node.context.protocolKey.publicKey;
    await cluster.rotateKey('node-1');
    await cluster.moveNode('node-2');
    await cluster.stake('node-1', STAKE_FROST);
    const { attested } = await nextEpoch();
    expect(attested).to.include.members(['node-1', 'node-2']);
    const member = (await cluster.state()).committee.find(({ name }) => name === 'node-1')!;
    expect(member.publicKey).to.not.deep.equal(old);
    expect(cluster.nodes[1]!.node.context.protocolKey.publicKey).to.deep.equal(member.publicKey);
    await expectComplete();
  });

  it('goes on while a node leaves, whose slivers are gone an epoch later', async () => {
    await cluster.unstake('node-0');
    for (let epochs = 0; (await shardsOf()).has('node-0'); epochs++) {
      expect(epochs).to.be.lessThan(4);
      await nextEpoch();
    }
    const node = cluster.nodes[0]!;
    expect(node.store.usage().sliverCount).to.be.greaterThan(0); // others may still be taking them over
    await nextEpoch();
    await nextEpoch();
    await cluster.settle();
    expect(node.store.usage()).to.deep.equal({ sliverCount: 0, sliverBytes: 0 });
    await expectComplete();
  });

  it('goes on while a node is wiped clean, which gets everything back', async () => {
    const before = cluster.nodes[4]!.store.usage().sliverCount;
    await cluster.wipeNode('node-4');
    await written(2);
    await expectComplete();
    expect(cluster.nodes[4]!.store.usage().sliverCount).to.be.at.least(before);
  });

  it('goes on when the old owner of a shard is down: its slivers are rebuilt', async () => {
    await cluster.stopNode('node-3');
    await cluster.unstake('node-3');
    for (let epochs = 0; (await shardsOf()).has('node-3'); epochs++) {
      expect(epochs).to.be.lessThan(4);
      await nextEpoch();
    }
    await expectComplete();
  });

  it('has failed no read and no write', () => {
    expect(load.failures).to.deep.equal([]);
    expect(load.counts.writes).to.be.greaterThan(20);
    expect(load.counts.reads).to.be.greaterThan(20);
  });
});
