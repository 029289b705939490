/** The tables of the Move tests are what their generators under `scripts/tables` write: run again, they change nothing. */
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const scripts = fileURLToPath(new URL('../../../scripts/tables', import.meta.url));
const run = promisify(execFile);

describe('generated tables', () => {
  it('come out of their generators again', async () => {
    const names = (await readdir(scripts)).filter((name) => name.endsWith('.mjs'));
    expect(names.length).to.be.greaterThan(5);
    for (const name of names) {
      const source = await readFile(path.join(scripts, name), 'utf8');
      const target = path.resolve(scripts, /new URL\('([^']+\.move)', import\.meta\.url\)/.exec(source)![1]!);
      const before = await readFile(target, 'utf8');
      try {
        await run(process.execPath, [path.join(scripts, name)]);
        expect(await readFile(target, 'utf8'), name).to.equal(before);
      } finally {
        await writeFile(target, before);
      }
    }
  });
});
