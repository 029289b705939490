/** `haulout demo slashing`, run as a user runs it. Needs `npm run build`. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const bin = fileURLToPath(new URL('../../../bin/haulout.mjs', import.meta.url));
const run = promisify(execFile);
const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' };

describe('haulout demo slashing', function () {
  this.timeout(120_000);

  it('tells the story, and ends with one JSON line', async () => {
    const args = [bin, 'demo', 'slashing', '--json', '--nodes', '4', '--shards', '12'];
    const { stdout, stderr } = await run(process.execPath, args, { env });
    expect(stderr).to.equal('');
    const told = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
    expect(told).to.include({ faultyNode: 'node-1', honestNodes: 3, honestNodesHurt: 0, bondLost: '10000000000', blobsRead: 5 });
    expect(told['slivers']).to.equal(5 * 2 * 2);
    const [asked, missed] = [told['samplesAsked'] as number, told['samplesMissed'] as number];
    expect(asked).to.equal(20);
    expect(missed).to.be.within(2, 20);
    // A fifth of what lies above a tolerance of 5 %, at most 10 %.
    expect(told['penaltyBillionths']).to.equal(Math.min(100_000_000, Math.floor((((missed * 1e9) / asked - 5e7) * 2) / 10)));
    const loss = BigInt(told['stakeBefore'] as string) - BigInt(told['stakeAfter'] as string);
    expect(loss > 0n && loss <= BigInt(told['lostByStakers'] as string)).to.equal(true);
  });

  it('refuses so few nodes that nobody could be blamed alone', async () => {
    const outcome = await run(process.execPath, [bin, 'demo', 'slashing', '--nodes', '3'], { env }).then(
      () => undefined,
      (error: { code: number; stderr: string }) => error,
    );
    expect(outcome?.code).to.equal(1);
    expect(outcome?.stderr).to.contain('take at least 4');
  });
});
