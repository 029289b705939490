/** A local network that is kept on disk: it goes on where it was, with its nodes, blobs, stakes and keys. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { Cluster } from '../../src/cluster/index.js';

describe('a network on disk', function () {
  this.timeout(120_000);
  let data: string;
  let cluster: Cluster | undefined;

  beforeEach(async () => {
    data = await mkdtemp(path.join(os.tmpdir(), 'haulout-data-'));
  });
  afterEach(async () => {
    await cluster?.stop();
    cluster = undefined;
    await rm(data, { recursive: true, force: true });
  });

  it('goes on after a start that was cut off, and after it was stopped', async () => {
    await writeFile(path.join(data, 'chain'), 'what a start that was cut off left behind');
    const options = { nodeCount: 4, shardCount: 8, seed: 'on disk', data } as const;
    cluster = await Cluster.start(options);
    const blob = new TextEncoder().encode('kept');
    const { blobId } = await cluster.client().store(blob, { signer: cluster.signer, epochs: 9 });
    await cluster.rotateKey('node-1');
    await cluster.stake('node-2', 1_000_000_000_000n);
    await cluster.nextEpoch();
    const { committee, epoch } = await cluster.state();
    const addresses = cluster.nodes.map(({ address }) => address);
    await cluster.stop();

    cluster = await Cluster.start({ shardCount: 100, data }); // the network's own shards, nodes and seed count
    const resumed = await cluster.state();
    expect([resumed.epoch, resumed.shardCount]).to.deep.equal([epoch, 8]);
    expect(resumed.committee.map(({ nodeId, shards, publicKey }) => [nodeId, shards, publicKey])).to.deep.equal(
      committee.map(({ nodeId, shards, publicKey }) => [nodeId, shards, publicKey]),
    );
    expect(cluster.nodes.map(({ address }) => address)).to.deep.equal(addresses);
    expect(await cluster.client().read(blobId)).to.deep.equal(blob);
    const again = await cluster.client().store(blob.slice(1), { signer: cluster.signer });
    expect(await cluster.client().read(again.blobId)).to.deep.equal(blob.slice(1));
    await cluster.unstake('node-2');
    expect(await cluster.nextEpoch()).to.deep.include({ epoch: epoch + 1, synced: true, withheld: [] });
  });
});
