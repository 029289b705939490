/** docs/gas.md: our gas beside published figures, measured anew. `UPDATE_DOCS=1` writes the table. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { measure, tableOf, type Row } from './gas-table.js';

const page = fileURLToPath(new URL('../../../../docs/gas.md', import.meta.url));
const BEGIN = '<!-- table: written by ts/test/localnet/runtime/gas-table.test.ts -->\n';
const END = '\n<!-- end of table -->';
const MIST_PER_BYTE = 7_600n;

describe('published gas figures', function () {
  this.timeout(120_000);
  let rows: readonly Row[];
  before(async () => {
    rows = await measure();
  });

  it('are those of at least thirty transactions', () => {
    expect(rows.length).to.be.at.least(30);
  });

  it('are ours, but for differences that are explained and bounded', () => {
    for (const { scenario, step, published, ours } of rows) {
      const { computationPer1000 = 0, storageBytes = 0 } = step.difference ?? {};
      const distance = published.map((figure, i) => (figure > ours[i]! ? figure - ours[i]! : ours[i]! - figure));
      const bounds = [(published[0] * BigInt(computationPer1000)) / 1_000n, BigInt(storageBytes) * MIST_PER_BYTE, 0n, 0n];
      const name = `${scenario.file} task ${step.task}`;
      for (const [i, bound] of bounds.entries()) expect(distance[i]! <= bound, `${name}: ${ours} for ${published}`).to.equal(true);
      if (step.difference) expect(distance.some((each) => each > 0n), `${name} differs no more`).to.equal(true);
    }
  });

  it('stand in docs/gas.md', async () => {
    const text = await readFile(page, 'utf8');
    const [head, rest] = text.split(BEGIN);
    const [table, tail] = rest!.split(END);
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(page, head + BEGIN + tableOf(rows) + END + tail!);
    else expect(table).to.equal(tableOf(rows));
  });
});
