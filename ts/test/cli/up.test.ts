/**
 * `haulout sui` and `haulout up` as programs, and the commands for a network that runs. Needs `npm run build`.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requestSuiFromFaucetV2 } from '@mysten/sui/faucet';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { WalrusClient } from '@mysten/walrus';
import { expect } from 'chai';

const bin = fileURLToPath(new URL('../../../bin/haulout.mjs', import.meta.url));
const CLOCK = '0x6';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly child: ChildProcess;
  /** First line of the output. Rejects when the process ends without one. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<Outcome>;
}

function start(cwd: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...process.env, NODE_OPTIONS: '' } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const firstLine = new Promise<string>((resolve, reject) => {
    readline.createInterface({ input: child.stdout }).once('line', resolve);
    ended.then(() => reject(new Error(`no output; ${stderr}`)), reject);
  });
  firstLine.catch(() => undefined); // tests of failures look at `ended`
  return { child, firstLine, ended };
}

/** The network's clock: `Clock` is an ID and a u64. */
async function clockMs(client: SuiGrpcClient): Promise<number> {
  const { object } = await client.core.getObject({ objectId: CLOCK, include: { content: true } });
  return Number(Buffer.from(object.content).readBigUInt64LE(32));
}

const haulout = (cwd: string, ...args: string[]): Promise<Outcome> => start(cwd, ...args).ended;
const isRefused = (url: string) =>
  fetch(url).then(
    () => false,
    () => true,
  );

describe('networks started by a command', function () {
  this.timeout(120_000);
  let directory: string;
  const running: Running[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-up-test-'));
  });
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
    }
    await rm(directory, { recursive: true, force: true });
  });

  function launch(...args: string[]): Running {
    const started = start(directory, ...args);
    running.push(started);
    return started;
  }

  it('haulout sui: serves the SDK and its faucet, with a clock that runs, until Ctrl-C', async () => {
    const sui = launch('sui', '--port', '0', '--faucet-port', '0', '--json');
    const told = JSON.parse(await sui.firstLine) as { rpcUrl: string; faucetUrl: string; chainId: string };
    expect(Object.keys(told)).to.deep.equal(['rpcUrl', 'faucetUrl', 'chainId']);
    const client = new SuiGrpcClient({ network: 'localnet', baseUrl: told.rpcUrl });
    expect((await client.core.getChainIdentifier()).chainIdentifier).to.equal(told.chainId);

    const [sender, other] = [new Ed25519Keypair(), new Ed25519Keypair()];
    // At once: each coin is split off what the one before left.
    await Promise.all([1, 2, 3].map(() => requestSuiFromFaucetV2({ host: told.faucetUrl, recipient: sender.toSuiAddress() })));
    const balanceOf = async (owner: string) => BigInt((await client.core.getBalance({ owner })).balance.balance);
    expect(await balanceOf(sender.toSuiAddress())).to.equal(3_000_000_000_000n); // five coins of 200 SUI each time

    const tx = new Transaction();
    tx.transferObjects([tx.splitCoins(tx.gas, [1234n])], other.toSuiAddress());
    const result = await sender.signAndExecuteTransaction({ transaction: tx, client });
    expect(result.$kind).to.equal('Transaction');
    expect(await balanceOf(other.toSuiAddress())).to.equal(1234n);
    expect(Math.abs(Date.now() - (await clockMs(client)))).to.be.lessThan(60_000);

    sui.child.kill('SIGINT');
    const { code, stdout } = await sui.ended;
    expect([code, stdout.trimEnd().split('\n').length]).to.deep.equal([0, 1]);
    expect(await isRefused(told.rpcUrl)).to.equal(true);
  });

  it('haulout sui: says that a port is taken', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as net.AddressInfo;
    const { code, stderr, stdout } = await haulout(directory, 'sui', '--port', '0', '--faucet-port', String(port));
    taken.close();
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr).to.contain(`port ${port} on 127.0.0.1 is taken`).and.to.contain('--faucet-port').and.not.to.contain('    at ');
  });

  it('haulout up: a network for the public SDK, steered by status, fund, epoch next and down', async () => {
    const up = launch('up', '--nodes', '4', '--shards', '16', '--seed', 'up-test', '--json');
    const told = JSON.parse(await up.firstLine) as {
      rpcUrl: string;
      faucetUrl: string;
      systemObjectId: string;
      stakingObjectId: string;
      nodes: { id: string; url: string }[];
      manifest: string;
      fundedKey: string;
    };
    expect(Object.keys(told)).to.deep.equal([
      ...['rpcUrl', 'faucetUrl', 'systemObjectId', 'stakingObjectId', 'walPackageId', 'packageId', 'nodes', 'shards'],
      ...['epochMs', 'manifest', 'fundedKey'],
    ]);
    expect(told).to.include({ shards: 16, epochMs: 86_400_000 });
    expect(told.nodes).to.have.length(4);
    for (const { id, url } of told.nodes) {
      expect(id).to.match(/^0x[0-9a-f]{64}$/);
      expect((await fetch(`${url}/v1/health`)).status).to.equal(200);
    }

    const suiClient = new SuiGrpcClient({ network: 'localnet', baseUrl: told.rpcUrl });
    const walrus = new WalrusClient({
      suiClient,
      packageConfig: { systemObjectId: told.systemObjectId, stakingPoolId: told.stakingObjectId },
      storageNodeUrlScheme: 'http',
    });
    const signer = Ed25519Keypair.fromSecretKey(told.fundedKey);
    expect(Math.abs(Date.now() - (await clockMs(suiClient)))).to.be.lessThan(120_000);
    const blob = new TextEncoder().encode('stored on a network of one command');
    const { blobId } = await walrus.writeBlob({ blob, deletable: true, epochs: 3, signer });
    expect(await walrus.readBlob({ blobId })).to.deep.equal(blob);

    // The example of the README, as it stands there.
    const networkFile = path.join(directory, 'network.json');
    await writeFile(networkFile, await up.firstLine);
    const example = fileURLToPath(new URL('../../../docs/examples/walrus-sdk/store.mjs', import.meta.url));
    const { stdout: said } = await promisify(execFile)(process.execPath, [example, networkFile], { env: { ...process.env, NODE_OPTIONS: '' } });
    expect(said).to.match(/^stored as [\w-]{43}, certified in epoch 1\nread back: Walruses haul out on the ice\.\n$/);

    const manifest = JSON.parse(await readFile(told.manifest, 'utf8')) as { walType: string; systemObjectId: string };
    expect(manifest.systemObjectId).to.equal(told.systemObjectId);
    const config = await readFile(path.join(path.dirname(told.manifest), 'client_config.yaml'), 'utf8');
    expect(config).to.contain(`system_object: ${told.systemObjectId}`).and.to.contain('n_shards: 16');

    const newcomer = new Ed25519Keypair();
    const owner = newcomer.toSuiAddress();
    const funded = await haulout(directory, 'fund', owner, '--sui', '2.5', '--wal', '7', '--json');
    expect([funded.code, funded.stderr]).to.deep.equal([0, '']);
    expect(JSON.parse(funded.stdout)).to.include({ address: owner, mist: '2500000000', frost: '7000000000' });
    const balances = await Promise.all(
      ['0x2::sui::SUI', manifest.walType].map((coinType) => suiClient.core.getBalance({ owner, coinType })),
    );
    expect(balances.map(({ balance }) => balance.balance)).to.deep.equal(['2500000000', '7000000000']);
    const second = await walrus.writeBlob({ blob: new Uint8Array(9), deletable: false, epochs: 2, signer: newcomer });
    expect(second.blobObject.certified_epoch).to.equal(1);

    const next = await haulout(directory, 'epoch', 'next', '--json');
    expect(JSON.parse(next.stdout)).to.deep.include({ epoch: 2, synced: true, withheld: [], stopped: [] });
    walrus.reset();
    expect(await walrus.readBlob({ blobId })).to.deep.equal(blob);

    const status = await haulout(directory, 'status', '--json');
    const seen = JSON.parse(status.stdout) as { nodes: { status: string; epoch: number; shards: number }[] };
    expect(seen).to.include({ epoch: 2, epochState: 'done', shards: 16, committee: 4 });
    expect(seen.nodes.map((node) => [node.status, node.epoch, node.shards])).to.deep.equal(Array(4).fill(['Active', 2, 4]));
    const elsewhere = await haulout(os.tmpdir(), 'status', '--manifest', told.manifest);
    expect(elsewhere.stdout).to.contain('epoch 2').and.to.contain('node-3');

    const forged = await fetch(`${(JSON.parse(await readFile(told.manifest, 'utf8')) as { control: { url: string } }).control.url}/stop`, {
      method: 'POST',
      headers: { authorization: 'Bearer guess' },
    });
    expect(forged.status).to.equal(401);
    const bad = await haulout(directory, 'fund', '0xhello');
    expect([bad.code, bad.stderr.includes('0xhello is not a Sui address')]).to.deep.equal([1, true]);

    const down = await haulout(directory, 'down', '--json');
    expect([down.code, down.stderr]).to.deep.equal([0, '']);
    const { code, stdout } = await up.ended;
    expect([code, stdout.trimEnd().split('\n').length]).to.deep.equal([0, 1]);
    for (const url of [told.rpcUrl, told.faucetUrl, told.nodes[0]!.url]) expect(await isRefused(url), url).to.equal(true);
    expect(await readdir(path.join(directory, '.haulout', 'networks'))).to.deep.equal([]);
    const gone = await haulout(directory, 'status');
    expect([gone.code, gone.stderr.includes('no network was started in this folder')]).to.deep.equal([1, true]);
  });

  it('haulout up: epochs run by themselves on the ports that were asked for', async () => {
    const portBase = 20_000 + (process.pid % 10_000); // below the ports that systems choose themselves
    const up = launch('up', '--nodes', '1', '--shards', '4', '--epoch', '1s', '--port-base', String(portBase), '--json');
    const { rpcUrl, faucetUrl, nodes, epochMs } = JSON.parse(await up.firstLine) as {
      rpcUrl: string;
      faucetUrl: string;
      epochMs: number;
      nodes: { url: string }[];
    };
    const at = (offset: number) => `http://127.0.0.1:${portBase + offset}`;
    expect([rpcUrl, faucetUrl, nodes[0]!.url, epochMs]).to.deep.equal([at(0), at(1), at(10), 1000]);
    const epoch = async () => {
      const health = (await (await fetch(`${at(10)}/v1/health`)).json()) as { success: { data: { epoch: number } } };
      return health.success.data.epoch;
    };
    const before = await epoch();
    const deadline = Date.now() + 30_000;
    while ((await epoch()) < before + 2) {
      if (Date.now() > deadline) throw new Error(`still in epoch ${await epoch()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    up.child.kill('SIGTERM');
    expect((await up.ended).code).to.equal(0);
  });

  it('haulout up: Ctrl-C during the start ends it without a trace', async () => {
    const up = launch('up', '--nodes', '4', '--shards', '16', '--json');
    await new Promise<void>((resolve) => up.child.stderr!.once('data', () => resolve()));
    up.child.kill('SIGINT');
    const { code, stdout, stderr } = await up.ended;
    expect([code, stdout]).to.deep.equal([0, '']);
    expect(stderr).to.contain('booting').and.not.to.contain('error');
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('refuses durations, amounts and sizes that make no sense', async () => {
    const refusals = [
      [['up', '--epoch', 'soon'], '30s'],
      [['up', '--epoch', '10ms'], 'at least 1000 ms'],
      [['up', '--nodes', '9', '--shards', '4'], '9 nodes cannot share 4 shards'],
      [['fund', '0x5', '--sui', '-1'], 'an amount like'],
      [['sui', '--port', '70000'], 'a whole number from 0 to 65535'],
    ] as const;
    const outcomes = await Promise.all(refusals.map(([args]) => haulout(directory, ...args)));
    for (const [index, { code, stderr }] of outcomes.entries()) {
      expect(code).to.equal(1);
      expect(stderr).to.contain(refusals[index]![1]);
    }
  });
});
