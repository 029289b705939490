import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect } from 'chai';

describe('encoding: the benchmark', () => {
  it('runs, finds equal outputs and prints rows', async () => {
    const flags = ['--import', './ts/test/support/register.mjs', '--no-warnings', 'scripts/bench/encoding.ts'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--shards', '10', '--size', '1000', '--json']);
    const rows = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>[];
    expect(rows.map(({ op, threads }) => `${op} ${threads}`)).to.have.members(
      ['encode', 'metadata', 'decodeParity', 'decodeSystematic', 'recover', 'verify'].flatMap((op) => [`${op} 1`, `${op} 2`]),
    );
    for (const row of rows) {
      expect(row).to.have.keys(['op', 'shards', 'sizeBytes', 'threads', 'oursMs', 'peerMs', 'ratio', 'equal', 'peakBytes']);
      expect(row).to.include({ shards: 10, sizeBytes: 1000, equal: true });
      expect(row.peerMs === null).to.equal(row.op === 'recover' || row.op === 'verify');
    }
  });
});
