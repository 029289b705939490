/** The README says what is true: its example is the one that runs, its commands exist. */
import { spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (file: string) => readFile(path.join(root, file), 'utf8');

describe('README', function () {
  this.timeout(60_000);

  it('shows the example that is in docs/examples, word for word', async () => {
    const readme = await read('README.md');
    for (const file of ['counter/sources/counter.move', 'counter/counter.test.mjs', 'walrus-sdk/store.mjs']) {
      expect(readme, file).to.contain((await read(`docs/examples/${file}`)).trimEnd());
    }
  });

  it('shows an example that passes', async () => {
    const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
    const args = [mocha, '--no-config', '--reporter', 'json', 'docs/examples/counter/counter.test.mjs'];
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    await new Promise((resolve) => child.on('close', resolve));
    const report = JSON.parse(output) as { stats: { passes: number; failures: number } };
    expect(report.stats).to.include({ passes: 1, failures: 0 });
  });

  it('names only scripts that exist', async () => {
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
    for (const document of ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']) {
      for (const [, script] of (await read(document)).matchAll(/npm run ([\w:-]+)/g)) {
        expect(scripts, `${document}: npm run ${script}`).to.have.property(script!);
      }
    }
  });

  it('links only to files that exist', async () => {
    for (const document of ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']) {
      for (const [, target] of (await read(document)).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        await access(path.join(root, path.dirname(document), target!));
      }
    }
  });
});
