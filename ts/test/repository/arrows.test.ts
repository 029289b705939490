/** Who may import whom (docs/architecture.md): checked on the import statements themselves. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** Component → components it may import. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  bls: [],
  encoding: [],
  move: [],
  localnet: ['move', 'bls'],
  protocol: ['encoding', 'bls'],
  node: ['protocol', 'encoding'],
  client: ['protocol', 'encoding'],
  cluster: ['client', 'node', 'protocol', 'encoding', 'localnet', 'move'],
  simulation: ['cluster', 'client', 'node', 'protocol', 'localnet', 'encoding', 'move'],
  cli: ['simulation', 'cluster', 'client', 'node', 'protocol', 'encoding', 'localnet', 'move'],
  '': ['client', 'cluster', 'node', 'protocol'],
};

/** Packages that only some components may import. */
const RESERVED: Readonly<Record<string, readonly string[]>> = {
  '@zktx.io/sui-move-builder': ['move', 'localnet'],
  '@mysten/move-bytecode-template': ['localnet'],
  lmdb: ['node', 'localnet'],
  'mcl-wasm': ['bls'],
  commander: ['cli'],
  'cli-progress': ['cli'],
  picocolors: ['cli'],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly specifier: string;
}

async function imports(): Promise<Import[]> {
  const found: Import[] = [];
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const file = path.join(entry.parentPath, entry.name);
    const relative = path.relative(source, file);
    const from = relative.includes(path.sep) ? relative.split(path.sep)[0]! : '';
    const text = await readFile(file, 'utf8');
    for (const match of text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]/g)) {
      found.push({ file: relative, from, specifier: match[1]! });
    }
  }
  return found;
}

function componentOf({ file, specifier }: Import): string {
  const target = path.relative(source, path.resolve(source, path.dirname(file), specifier));
  return target.includes(path.sep) ? target.split(path.sep)[0]! : '';
}

describe('architecture', () => {
  it('has imports to check', async () => {
    expect((await imports()).length).to.be.greaterThan(200);
  });

  it('keeps the arrows between components', async () => {
    const wrong = (await imports())
      .filter((one) => one.specifier.startsWith('.'))
      .filter((one) => componentOf(one) !== one.from && !ARROWS[one.from]?.includes(componentOf(one)))
      .map(({ file, specifier }) => `${file} imports ${specifier}`);
    expect(wrong).to.deep.equal([]);
  });

  it('knows every component', async () => {
    const entries = await readdir(source, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(folders.sort()).to.deep.equal(Object.keys(ARROWS).filter(Boolean).sort());
  });

  it('keeps reserved packages where they belong', async () => {
    const wrong = (await imports())
      .filter(({ specifier }) => !specifier.startsWith('.'))
      .filter(({ specifier, from }) => {
        const owner = Object.keys(RESERVED).find((name) => specifier === name || specifier.startsWith(`${name}/`));
        return owner !== undefined && !RESERVED[owner]!.includes(from);
      })
      .map(({ file, specifier }) => `${file} imports ${specifier}`);
    expect(wrong).to.deep.equal([]);
  });

  it('prints only from the command line', async () => {
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.parentPath.includes(`${path.sep}cli`)) continue;
      const text = await readFile(path.join(entry.parentPath, entry.name), 'utf8');
      expect(/\bconsole\.|process\.std(out|err)\.write/.test(text), entry.name).to.equal(false);
    }
  });
});
