/** `haulout deploy` on a network of another process, as people run it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { WalrusClient } from '@mysten/walrus';
import { expect } from 'chai';
import { LocalNet, serveLocalNet } from '../../src/localnet/index.js';

const bin = fileURLToPath(new URL('../../../bin/haulout.mjs', import.meta.url));

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function haulout(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env: { ...process.env, NO_COLOR: '1' } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('haulout deploy', function () {
  this.timeout(120_000);
  let directory: string;
  let net: LocalNet;
  let served: Awaited<ReturnType<typeof serveLocalNet>>;

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'haulout-deploy-'));
    net = await LocalNet.start({ seed: 'cli-deploy' });
    served = await serveLocalNet(net, { port: 0, faucetPort: 0, nowMs: () => performance.now() });
  });
  after(async () => {
    await served.close();
    await net.stop();
    await rm(directory, { recursive: true });
  });

  it('deploys, writes manifest and configuration, and does it once', async () => {
    const out = path.join(directory, 'out');
    const flags = ['deploy', '--rpc-url', served.rpcUrl, '--faucet-url', served.faucetUrl, '--out', out, '--shards', '40', '--exchange', '1000'];
    const first = await haulout(...flags, '--json');
    expect(first.stderr).to.equal('');
    const printed = JSON.parse(first.stdout) as { systemObjectId: string; stakingObjectId: string; exchangeObjectId: string; steps: { isOld: boolean }[] };
    expect(printed.steps.map(({ isOld }) => isOld)).to.deep.equal(Array(12).fill(false));
    const manifest = JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).to.include({ chainId: net.ledger.chainId, systemObjectId: printed.systemObjectId });
    const configuration = await readFile(path.join(out, 'client_config.yaml'), 'utf8');
    expect(configuration).to.equal(
      `system_object: ${printed.systemObjectId}\nstaking_object: ${printed.stakingObjectId}\nexchange_objects:\n  - ${printed.exchangeObjectId}\n` +
        `n_shards: 40\nmax_epochs_ahead: 53\nrpc_urls:\n  - ${served.rpcUrl}\n`,
    );
    expect((await stat(path.join(out, 'deployer.key'))).mode & 0o077).to.equal(0);
    const walrus = new WalrusClient({
      suiClient: new SuiGrpcClient({ network: 'localnet', baseUrl: served.rpcUrl }),
      packageConfig: { systemObjectId: printed.systemObjectId, stakingPoolId: printed.stakingObjectId },
    });
    expect((await walrus.stakingState()).n_shards).to.equal(40);
    const second = await haulout(...flags);
    expect(second.stdout).to.contain('Everything was deployed before; nothing was sent.');
    const other = await haulout(...flags.map((flag) => (flag === '40' ? '41' : flag)));
    expect(other.code).to.equal(1);
    expect(other.stderr).to.contain('has other parameters').and.to.contain('--out');
  });

  it('rehearses with costs, sending nothing', async () => {
    const { stdout, code } = await haulout('deploy', '--dry-run', '--json');
    const { steps, gasMist } = JSON.parse(stdout) as { steps: { purpose: string; gasMist: string }[]; gasMist: string };
    expect(code).to.equal(0);
    expect(steps).to.have.length(11);
    expect(steps.reduce((sum, step) => sum + BigInt(step.gasMist), 0n)).to.equal(BigInt(gasMist));
  });

  const refusals: { name: string; flags: () => Promise<string[]>; says: string }[] = [
    { name: 'no network answers', flags: async () => ['--rpc-url', 'http://127.0.0.1:9'], says: 'no Sui network answers at http://127.0.0.1:9' },
    { name: 'the key file is missing', flags: async () => ['--rpc-url', served.rpcUrl, '--key-file', path.join(directory, 'none')], says: 'cannot be read (ENOENT)' },
    {
      name: 'the key file holds none',
      flags: async () => {
        await writeFile(path.join(directory, 'bad.key'), 'suiprivkeysecret\n');
        return ['--rpc-url', served.rpcUrl, '--key-file', path.join(directory, 'bad.key')];
      },
      says: 'holds no key',
    },
    { name: 'the faucet is not there', flags: async () => ['--rpc-url', served.rpcUrl, '--faucet-url', 'http://127.0.0.1:9'], says: 'the faucet http://127.0.0.1:9 gave nothing' },
  ];
  for (const { name, flags, says } of refusals)
    it(`says what to do when ${name}`, async () => {
      const { code, stdout, stderr } = await haulout('deploy', '--out', path.join(directory, name.replaceAll(' ', '-')), ...(await flags()));
      expect(code).to.equal(1);
      expect(stderr).to.contain(says).and.to.contain('next:').and.not.to.contain('suiprivkeysecret').and.not.to.contain('    at ');
      expect(stdout).to.not.contain('done');
    });
});
