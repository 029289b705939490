/** `haulout node`: a storage node as a program of its own, on a network of `haulout up --data`. Needs `npm run build`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { expect } from 'chai';
import { HauloutClient } from '../../src/client/index.js';
import { AuditReader, auditStandings } from '../../src/protocol/index.js';

const bin = fileURLToPath(new URL('../../../bin/haulout.mjs', import.meta.url));

/** What `haulout up --json` says, as far as it matters here. */
interface UpLine {
  readonly rpcUrl: string;
  readonly systemObjectId: string;
  readonly stakingObjectId: string;
  readonly auditPackageId: string;
  readonly auditRegistryId: string;
  readonly manifest: string;
  readonly fundedKey: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly firstLine: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

describe('a storage node as a program', function () {
  this.timeout(240_000);
  let directory: string;
  const running: Running[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-node-test-'));
  });
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
    }
    await rm(directory, { recursive: true, force: true });
  });

  function start(...args: string[]): Running {
    const child = spawn(process.execPath, [bin, ...args], { cwd: directory, env: { ...process.env, NODE_OPTIONS: '' } });
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (text.stdout += chunk));
    child.stderr.on('data', (chunk) => (text.stderr += chunk));
    const ended = new Promise<Awaited<Running['ended']>>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, ...text }));
    });
    const firstLine = new Promise<string>((resolve, reject) => {
      readline.createInterface({ input: child.stdout }).once('line', resolve);
      ended.then(() => reject(new Error(`no output; ${text.stderr}`)), reject);
    });
    firstLine.catch(() => undefined); // tests of failures look at `ended`
    const one = { child, firstLine, ended };
    running.push(one);
    return one;
  }
  const haulout = (...args: string[]) => start(...args).ended;

  async function freePort(): Promise<number> {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  it('is set up, registered and run, and answers challenges; it and its network survive kill -9', async () => {
    const upArguments = ['up', '--nodes', '3', '--shards', '8', '--data', 'network', '--json', '--port-base', String(await freePort())];
    const up = start(...upArguments, '--audits');
    const told = JSON.parse(await up.firstLine) as UpLine;
    const port = await freePort();
    const setup = await haulout(
      ...['node', 'setup', '--dir', 'mine', '--name', 'mine', '--manifest', told.manifest, '--port', String(port), '--json'],
    );
    expect([setup.code, setup.stderr]).to.deep.equal([0, '']);
    const { config, address } = JSON.parse(setup.stdout) as { config: string; address: string };
    const written = await readFile(config, 'utf8');
    for (const value of [told.rpcUrl, told.systemObjectId, told.stakingObjectId, told.auditPackageId, told.auditRegistryId]) {
      expect(written).to.contain(`"${value}"`);
    }
    const early = await haulout('node', 'run', '--config', config);
    expect([early.code, early.stderr.includes('has registered no node')]).to.deep.equal([1, true]);
    const poor = await haulout('node', 'register', '--config', config, '--stake', '500');
    expect([poor.code, poor.stderr.includes(`the account ${address} has no SUI for gas`)]).to.deep.equal([1, true]);
    expect((await haulout('fund', address, '--wal', '600', '--sui', '50')).code).to.equal(0);
    const registered = await haulout('node', 'register', '--config', config, '--stake', '500', '--json');
    expect([registered.code, registered.stderr]).to.deep.equal([0, '']);
    const { nodeId } = JSON.parse(registered.stdout) as { nodeId: string };
    expect((await haulout('node', 'register', '--config', config)).stderr).to.contain('has registered a node already');

    const node = start('node', 'run', '--config', config, '--json');
    const said = JSON.parse(await node.firstLine) as { nodeId: string; url: string; metricsUrl: string };
    expect(said).to.include({ nodeId, shards: 0, audits: true });
    const url = `http://127.0.0.1:${port}`;
    const health = async () => {
      const reply = (await (await fetch(`${url}/v1/health`)).json()) as {
        success: { data: { nodeStatus: string; epoch: number; shardSummary: { owned: number; ownedShardStatus: { ready: number } } } };
      };
      return reply.success.data;
    };
    expect((await health()).nodeStatus).to.equal('Standby');

    const suiClient = new SuiGrpcClient({ network: 'localnet', baseUrl: told.rpcUrl });
    const client = new HauloutClient({ client: suiClient, ids: told, urlScheme: 'http' });
    const audits = new AuditReader(suiClient, told);
    const standing = async () => auditStandings(await audits.state()).get(nodeId)!;
    const until = async (what: string, reached: () => Promise<boolean>) => {
      for (const deadline = Date.now() + 60_000; !(await reached()); await new Promise((resolve) => setTimeout(resolve, 100))) {
        if (Date.now() > deadline) throw new Error(`not reached: ${what}`);
      }
    };
    const blob = new TextEncoder().encode('moved to a node of its own');
    const { blobId } = await client.store(blob, { signer: Ed25519Keypair.fromSecretKey(told.fundedKey), epochs: 9 });
    expect((await haulout('epoch', 'next')).code).to.equal(0);
    await until('it has shards', async () => (await health()).shardSummary.ownedShardStatus.ready > 0);
    expect(await (await fetch(`${url}/metrics`)).text()).to.match(/walrus_sync_shard_sync_sliver_total\{sliver_type="primary"\} [1-9]/);

    up.child.kill('SIGKILL');
    await up.ended;
    const again = start(...upArguments);
    expect(JSON.parse(await again.firstLine)).to.deep.include({ rpcUrl: told.rpcUrl, systemObjectId: told.systemObjectId });
    expect(await client.read(blobId)).to.deep.equal(blob);

    await until('its first samples are answered', async () => (await standing()).answered === 20);
    node.child.kill('SIGKILL');
    await node.ended;
    // The others agree on the blobs and draw samples while it is gone.
    expect((await haulout('epoch', 'next', '--json')).code).to.equal(0);
    expect(await standing()).to.include({ asked: 20, answered: 0, due: 20, missed: 0 });
    const restarted = start('node', 'run', '--config', config, '--json');
    await until('it answers after the restart', async () => (await standing()).answered === 20);
    const status = JSON.parse((await haulout('status', '--json')).stdout) as {
      audit: unknown;
      nodes: { name: string; audit: { committed: boolean; asked: number; answered: number; missed: number; charged: unknown[] } }[];
    };
    expect(status.audit).to.include({ blobs: 1, drawn: true });
    expect(status.nodes.map(({ name }) => name)).to.deep.equal(['node-0', 'node-1', 'node-2', 'mine']);
    for (const { audit } of status.nodes) {
      expect(audit).to.deep.include({ committed: true, answered: audit.asked, missed: 0, charged: [] });
    }

    const info = await haulout('node', 'info', '--config', config, '--json');
    expect([info.code, info.stderr]).to.deep.equal([0, '']);
    const described = JSON.parse(info.stdout) as { audit: { asked: number } };
    expect(described).to.deep.include({ name: 'mine', nodeId, account: address, frost: '100000000000', ownStakeFrost: '500000000000', shards: 1 });
    expect(described.audit).to.include({ answered: described.audit.asked, missed: 0, penaltyBillionths: 0 });
    const left = JSON.parse((await haulout('node', 'unstake', '--config', config, '--json')).stdout) as { epoch: number; left: { withdrawEpoch: number }[] };
    expect(left).to.include({ epoch: 3, withdrawnFrost: '0' });
    expect(left.left.map(({ withdrawEpoch }) => withdrawEpoch)).to.deep.equal([4]);

    restarted.child.kill('SIGTERM');
    const { code, stdout, stderr } = await restarted.ended;
    expect([code, stdout.trimEnd().split('\n').length]).to.deep.equal([0, 1]);
    const secrets = await Promise.all(['wallet.key', 'protocol.key', 'network.key'].map((name) => readFile(path.join(directory, 'mine', name), 'utf8')));
    for (const secret of secrets) expect(stderr).to.not.contain(secret.trim());
    for (const text of stderr.trimEnd().split('\n')) expect(JSON.parse(text)).to.include.keys('time', 'level', 'message');
  });

  it('says what is wrong with a configuration', async () => {
    await writeFile(path.join(directory, 'bad.json'), JSON.stringify({ name: '', public_port: 0, colour: 'red', sui: { rpc: 'here' } }));
    await writeFile(path.join(directory, 'bad.toml'), 'name = ');
    const bad = await haulout('node', 'run', '--config', 'bad.json');
    expect(bad.code).to.equal(1);
    for (const key of ['name:', 'storage_path:', 'public_port:', 'sui.rpc:', 'sui.system_object:', 'colour']) expect(bad.stderr).to.contain(key);
    expect(bad.stderr).to.not.contain('    at ');
    expect((await haulout('node', 'run', '--config', 'bad.toml')).stderr).to.contain('does not parse');
    expect((await haulout('node', 'run', '--config', 'none.toml')).stderr).to.contain('cannot read none.toml');
  });
});
