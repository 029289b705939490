/**
 * Who may not do what: every public function that takes a capability, or a proof of who calls, is named in
 * docs/security.md with tests that exist; and whoever does not own a capability is not let in with it.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { World } from './histories/world.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const move = path.join(root, 'move');

/** Parameters that give a right. */
const RIGHTS = /\b(?:\w+Cap|Authenticated|VoterAccount)\b/;

async function moveFiles(part: 'sources' | 'tests'): Promise<string[]> {
  const found = [];
  for (const entry of await readdir(move, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const parts = path.relative(move, file).split(path.sep);
    if (!entry.isFile() || !file.endsWith('.move') || !parts.includes(part)) continue;
    if (!['framework', 'build', 'test_support'].some((folder) => parts.includes(folder))) found.push(file);
  }
  return found;
}

/** `module::function` of everything that other packages and transactions can call with a right. */
async function guardedFunctions(): Promise<string[]> {
  const found: string[] = [];
  for (const file of await moveFiles('sources')) {
    const text = await readFile(file, 'utf8');
    const module = /^module \w+::(\w+)/m.exec(text)![1]!;
    for (const match of text.matchAll(/((?:#\[[^\]]*\]\s*)*)^(public |public\(package\) )?(entry )?fun (\w+)(?:<[^>]*>)?\(([^)]*)\)/gm)) {
      const [, attributes, visibility, entry, name, parameters] = match;
      const callable = visibility === 'public ' || entry !== undefined;
      if (callable && !attributes!.includes('test_only') && RIGHTS.test(parameters!)) found.push(`${module}::${name!}`);
    }
  }
  return found;
}

/** The rows of the table under this heading: the names in backticks of both columns. */
async function capabilityTable(): Promise<{ functions: Set<string>; tests: Set<string> }> {
  const text = await readFile(path.join(root, 'docs/security.md'), 'utf8');
  const section = text.split('## Functions that take a capability')[1]!.split('\n## ')[0]!;
  const rows = section.split('\n').filter((line) => line.startsWith('|')).slice(2);
  const names = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
  const cells = rows.map((row) => row.split('|').slice(1, -1));
  return {
    functions: new Set(cells.flatMap(([, functions]) => names(functions!))),
    tests: new Set(cells.flatMap(([, , tests]) => names(tests!))),
  };
}

describe('capabilities', () => {
  it('are named with every function that takes one in docs/security.md', async () => {
    const { functions } = await capabilityTable();
    const guarded = await guardedFunctions();
    expect(guarded.length).to.be.greaterThan(50);
    expect([...functions].sort()).to.deep.equal([...new Set(guarded)].sort());
  });

  it('have tests that exist', async () => {
    const { tests } = await capabilityTable();
    const sources = await Promise.all((await moveFiles('tests')).map((file) => readFile(file, 'utf8')));
    const known = new Set(sources.flatMap((text) => [...text.matchAll(/^fun (\w+)/gm)].map(([, name]) => name!)));
    expect(tests.size).to.be.greaterThan(20);
    for (const test of tests) {
      if (test.startsWith('ts/')) await readFile(path.join(root, test));
      else expect(known.has(test), test).to.equal(true);
    }
  });

  describe('of others', function () {
    this.timeout(120_000);

    it('are refused before a call runs', async () => {
      const world = await World.start({ directory: move });
      const stranger = world.accounts.at(-2)!;
      let tried = 0;
      for (const packageId of [world.packageId, world.auditPackageId]) {
        for (const module of world.net.ledger.getPackage(packageId)!.modules.keys()) {
          for (const { name, parameters } of world.net.ledger.reflection.getModule(packageId, module)!.functions) {
            for (const parameter of parameters) {
              const type = parameter.kind === 'reference' ? parameter.target : parameter;
              if (type.kind !== 'datatype' || !/Cap$/.test(type.name)) continue;
              const owned = [...world.ofType(`::${type.module}::${type.name}`)].filter(({ object }) => object.owner.AddressOwner !== stranger.address);
              if (owned.length === 0) continue;
              const tx = world.ptb();
              tx.call(`${packageId}::${module}::${name}`, [tx.object(owned[0]!.object.id)]);
              const outcome = world.execute(stranger, tx);
              expect(outcome.kind, `${module}::${name}`).to.equal('rejected');
              tried += 1;
            }
          }
        }
      }
      expect(tried).to.be.greaterThan(20);
    });
  });
});
