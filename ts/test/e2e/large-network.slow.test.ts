/**
 * A network of the size of the public one: 105 nodes, 1000 shards, an epoch change under load, in one process of less
 * than 4 GB. `SEED=… npm run test:slow` repeats the choices of a run.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { LargeNetworkResult } from './large-network.js';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const MAX_RSS_BYTES = 4 * 1024 ** 3;
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

/** The process of its own in which it happens. Its progress is told on failure. */
async function run(): Promise<LargeNetworkResult> {
  const args = ['--import', here('../support/register.mjs'), '--no-warnings', here('large-network.ts'), String(seed)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (text: Buffer) => (output[stream] += text.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`the network ended with code ${code}\n${output.stderr}`);
  return JSON.parse(output.stdout.trimEnd().split('\n').at(-1)!) as LargeNetworkResult;
}

describe(`a network of 105 nodes and 1000 shards changes its epoch under load (seed ${seed})`, function () {
  this.timeout(1_800_000);
  let result: LargeNetworkResult;

  before(async () => {
    result = await run();
    const { peakRssBytes, durationMs, changeMs, movedShards, movedBytes, within, operations } = result;
    const moved = Object.entries(movedBytes).map(([request, bytes]) => `${request} ${(bytes / 1e6).toFixed(1)} MB`);
    process.stdout.write(
      `      peak ${(peakRssBytes / 2 ** 20).toFixed(0)} MiB; ${(durationMs / 1000).toFixed(0)} s, the change ${(changeMs / 1000).toFixed(0)} s;` +
        ` ${movedShards} shards moved (${moved.join(', ')});` +
        ` within the change ${within.writes} of ${operations.writes} writes, ${within.reads} of ${operations.reads} reads\n`,
    );
  });

  it('moves a tenth of the shards and more, while nodes join and one leaves', () => {
    expect(result.nodes).to.deep.equal({ before: 105, after: 106 });
    expect(result.shards).to.equal(1000);
    expect([result.joined.length, result.left.length]).to.deep.equal([2, 1]);
    expect(result.movedShards).to.be.at.least(100);
    expect(result.gainingNodes).to.be.at.least(20);
  });

  it('fails no write and no read, several of which fall into the change', () => {
    expect(result.failures).to.deep.equal([]);
    expect(result.within.writes).to.be.at.least(3);
    expect(result.within.reads).to.be.at.least(3);
  });

  it('is attested by every node of the new committee', () => {
    expect(result.unattested).to.deep.equal([]);
    expect(result.synced).to.equal(true);
    expect(result.stopped).to.deep.equal([]);
  });

  it('loses nothing: blobs are read byte by byte, slivers are with their new owners', () => {
    expect(result.blobs.all).to.be.greaterThan(result.blobs.earlier);
    expect(result.blobs.identical).to.equal(result.blobs.all);
    expect(result.slivers.expected).to.equal(2 * result.blobs.earlier * result.movedShards);
    expect(result.slivers.identical).to.equal(result.slivers.expected);
    expect(result.syncedSlivers + result.recoveredSlivers).to.be.at.least(result.slivers.expected);
    expect(Object.keys(result.warnings).filter((message) => message.startsWith('error'))).to.deep.equal([]);
  });

  it('stays below 4 GB', () => {
    expect(result.peakRssBytes).to.be.lessThan(MAX_RSS_BYTES);
  });
});
