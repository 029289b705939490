/** The built command, run as a user runs it. Needs `npm run build`, which `npm ci` does. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const bin = fileURLToPath(new URL('../../../bin/haulout.mjs', import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../move/fixtures/${name}`, import.meta.url));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function haulout(...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const lastLine = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;

describe('haulout', function () {
  this.timeout(120_000);

  it('lists its commands', async () => {
    const { code, stdout } = await haulout('--help');
    expect(code).to.equal(0);
    for (const command of ['demo', 'move']) expect(stdout).to.contain(command);
  });

  it('refuses what it does not know, with the way to help', async () => {
    const unknown = await haulout('fly');
    expect([unknown.code, unknown.stderr]).to.deep.equal([1, unknown.stderr]);
    expect(unknown.stderr).to.contain('--help');
    const bad = await haulout('demo', '--shards', '3');
    expect(bad.code).to.equal(1);
    expect(bad.stderr).to.contain('a whole number from 4 to 1000');
  });

  it('builds and tests a package', async () => {
    const framework = ['--framework', fixture('framework')];
    const built = await haulout('move', 'build', fixture('counter'), ...framework, '--json');
    expect(built.code).to.equal(0);
    expect(lastLine(built.stdout)['modules']).to.have.length(1);
    const tested = await haulout('move', 'test', fixture('counter'), ...framework, '--json');
    expect([tested.code, lastLine(tested.stdout)]).to.deep.equal([0, {
      total: 2, passed: 2, failed: 0, failures: [], lineCoverage: null,
    }]);
  });

  it('measures coverage and gas, and traces a test', async () => {
    const shapes = fileURLToPath(new URL('../localnet/coverage/fixtures/shapes', import.meta.url));
    const directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-cli-'));
    try {
      const measures = ['--coverage', '--coverage-dir', directory, '--gas', '--trace', 'too_big', '--json'];
      const { code, stdout } = await haulout('move', 'test', shapes, ...measures);
      const { gas, ...last } = lastLine(stdout) as { gas: { functions: unknown[]; tests: unknown[] } };
      expect([code, last]).to.deep.equal([
        0,
        {
          total: 6, passed: 6, failed: 0, failures: [],
          lineCoverage: 85.29, branchCoverage: 69.56, functionCoverage: 88.23, unmeasured: [],
        },
      ]);
      expect(gas.tests).to.have.length(6);
      expect(stdout).to.match(/failed: aborted with ETooBig: if \(a\) \{ "quoted" \} else \{ \} \(line \d+\)/);
      expect((await readdir(directory)).sort()).to.deep.equal(['index.html', 'lcov.info']);
      expect(await readFile(path.join(directory, 'lcov.info'), 'utf8')).to.match(/^TN:\nSF:.*shapes\/sources\/plain\.move\n/);
    } finally {
      await rm(directory, { recursive: true });
    }
    const refused = await haulout('move', 'test', shapes, '--vm', 'sui', '--coverage');
    expect([refused.code, refused.stderr.includes('--vm haulout')]).to.deep.equal([1, true]);
  });

  it('exits 1 when a test fails or a package does not compile', async () => {
    const framework = ['--framework', fixture('framework')];
    const failing = await haulout('move', 'test', fixture('uses_counter'), ...framework);
    expect(failing.code).to.equal(1);
    expect(failing.stdout).to.match(/FAIL[\s\S]*miscounts/);
    const broken = await haulout('move', 'build', fixture('broken'), ...framework);
    expect(broken.code).to.equal(1);
    expect(broken.stderr).to.contain('error[E04007]').and.not.to.contain('at compile');
    const nowhere = await haulout('move', 'build', fixture('nowhere'));
    expect([nowhere.code, nowhere.stderr.includes('Move.toml')]).to.deep.equal([1, true]);
  });

  it('tells the story of a blob as one JSON line', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-cli-'));
    try {
      const file = path.join(directory, 'one-byte');
      await writeFile(file, 'x');
      const { code, stdout, stderr } = await haulout(
        ...['demo', '--json', '--file', file, '--nodes', '4', '--shards', '16', '--kill', '1'],
      );
      expect([code, stderr]).to.deep.equal([0, '']);
      const told = lastLine(stdout);
      expect(told).to.include({ certifiedEpoch: 1, sizeBytes: 1, shards: 16, nodes: 4, nodesKilled: 1, readBack: true });
      expect(told['blobId']).to.match(/^[\w-]{43}$/);
      expect(told['objectId']).to.match(/^0x[0-9a-f]{64}$/);
      // 16 shards: p = 6, s = 11 symbols of two bytes, framed by 5 bytes each
      expect(told['storedBytes']).to.equal(16 * (2 * (6 + 11) + 2 * 5));
      for (const time of ['bootMs', 'firstCertifiedBlobMs', 'readMs']) expect(told[time]).to.be.a('number');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('fails cleanly when too many nodes are stopped', async () => {
    const { code, stderr } = await haulout('demo', '--json', '--nodes', '4', '--shards', '16', '--kill', '3');
    expect(code).to.equal(1);
    expect(stderr).to.contain('with 3 of 4 nodes stopped, 12 of 16 shards are missing');
    expect(stderr).to.contain('next: stop fewer nodes').and.not.to.contain('    at ');
    const none = await haulout('demo', '--file', '/nowhere/at/all');
    expect([none.code, none.stderr.includes('/nowhere/at/all')]).to.deep.equal([1, true]);
  });
});
