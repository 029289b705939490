import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect } from 'chai';

describe('encoding: the benchmark', () => {
  const ops = ['encode', 'metadata', 'decodeParity', 'decodeSystematic', 'recover', 'verify'];

  async function rowsOf(...options: string[]): Promise<Record<string, unknown>[]> {
    const flags = ['--import', './ts/test/support/register.mjs', '--no-warnings', 'scripts/bench/encoding.ts'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--shards', '10', '--size', '1000', '--json', ...options]);
    const rows = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>[];
    for (const row of rows) {
      expect(row).to.have.keys(['op', 'shards', 'sizeBytes', 'threads', 'oursMs', 'peerMs', 'ratio', 'equal', 'peakBytes']);
      expect(row).to.include({ shards: 10, sizeBytes: 1000, equal: true });
      expect(row.peerMs === null).to.equal(row.op === 'recover' || row.op === 'verify');
    }
    return rows;
  }

  it('runs, finds equal outputs and prints rows', async () => {
    const rows = await rowsOf('--skip-peak', '--runs', '3', '--warm-up', '0');
    expect(rows.map(({ op, threads }) => `${op} ${threads}`)).to.have.members(ops.flatMap((op) => [`${op} 1`, `${op} 2`]));
    expect(rows.every(({ peakBytes }) => peakBytes === 0)).to.equal(true);
  });

  it('measures memory in a process of its own', async () => {
    const rows = await rowsOf('--op', 'encode', '--threads', '1');
    expect(rows).to.have.length(1);
    expect(rows[0]!.peakBytes).to.satisfy(Number.isSafeInteger);
  });
});
