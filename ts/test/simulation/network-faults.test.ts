/** The switches on a local network with sockets, as `haulout up --fault` sets them. Needs `npm run build`. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { Cluster } from '../../src/cluster/index.js';
import { NetworkFaults } from '../../src/simulation/index.js';
import { content } from './scenario.js';

const bin = fileURLToPath(new URL('../../../bin/haulout.mjs', import.meta.url));

describe('faults of a local network', function () {
  this.timeout(120_000);

  it('begin when it is up, and up to f of them do no harm', async () => {
    const faults = new NetworkFaults(
      new Map([
        ['node-1', 'corrupt'],
        ['node-2', 'crash'],
      ]),
    );
    const cluster = await Cluster.start({ nodeCount: 7, shardCount: 7, seed: 'network faults', intercept: faults.intercept });
    try {
      const blob = content(900, 1);
      const before = await cluster.client({ tailMs: 5000 }).store(blob, { signer: cluster.signer });
      expect(before.confirmedShards).to.equal(7);
      await faults.begin(cluster);
      expect(cluster.nodes.filter(({ running }) => !running).map(({ name }) => name)).to.deep.equal(['node-2']);
      expect(await cluster.client().read(before.blobId)).to.deep.equal(blob);
      const after = await cluster.client({ retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 } }).store(content(900, 2), { signer: cluster.signer });
      expect(after.nodes.find(({ node }) => node === 'node-2')).to.deep.include({ confirmed: false });
      const metadata = async (index: number) =>
        Buffer.from(await (await fetch(`http://${cluster.nodes[index]!.address}/v1/blobs/${before.blobId}/metadata`)).arrayBuffer());
      expect(await metadata(1)).to.not.deep.equal(await metadata(0));
    } finally {
      await cluster.stop();
    }
  });

  it('are refused on the command line when there is no such fault or node', async () => {
    const up = (fault: string) =>
      promisify(execFile)(process.execPath, [bin, 'up', '--nodes', '4', '--shards', '7', '--fault', 'node-0=hang', '--fault', fault], {
        env: { ...process.env, NODE_OPTIONS: '' },
      }).then(
        () => undefined,
        (error: { code: number; stderr: string }) => error,
      );
    const [fault, node] = await Promise.all([up('node-1=sleep'), up('node-4=hang')]);
    expect(fault!.code).to.not.equal(0);
    expect(fault!.stderr).to.contain('node-1=sleep is no fault').and.to.contain('sign-wrongly');
    expect(node!.stderr).to.contain('there is no node node-4').and.to.contain('node-0 to node-3');
  });
});
