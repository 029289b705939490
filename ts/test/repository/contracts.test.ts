/**
 * What the contracts promise to their readers, read from the sources: a sentence for everything public, a Move test
 * for every public function, a test that names every abort code, and tests that exist behind every row of
 * docs/security.md.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const move = path.join(root, 'move');

/**
 * Abort codes that the real VM's test runner cannot reach, since it accepts every signature. They are named with the
 * test that reaches them where signatures are real.
 */
const REACHED_ELSEWHERE: Readonly<Record<string, string>> = {
  'bls_aggregate::ESigVerification': 'ts/test/e2e/signatures.test.ts',
  'staking_pool::EInvalidProofOfPossession': 'ts/test/e2e/signatures.test.ts',
};

interface Source {
  readonly file: string;
  readonly module: string;
  readonly text: string;
  readonly lines: readonly string[];
}

async function sourcesIn(part: 'sources' | 'tests'): Promise<Source[]> {
  const found: Source[] = [];
  for (const entry of await readdir(move, { recursive: true, withFileTypes: true })) {
    const file = path.relative(move, path.join(entry.parentPath, entry.name));
    const folders = file.split(path.sep);
    if (!entry.isFile() || !file.endsWith('.move') || !folders.includes(part)) continue;
    if (['framework', 'build', 'test_support'].some((folder) => folders.includes(folder))) continue;
    const text = await readFile(path.join(move, file), 'utf8');
    found.push({ file, module: /^module \w+::(\w+)/m.exec(text)![1]!, text, lines: text.split('\n') });
  }
  return found;
}

/** Whether a sentence stands above a line, with nothing but attributes between. */
function isDocumented(lines: readonly string[], at: number): boolean {
  let above = at - 1;
  while (/^\s*#\[/.test(lines[above]!)) above -= 1;
  return /^\s*\/\/\/ \S/.test(lines[above]!);
}

const isForTests = (lines: readonly string[], at: number): boolean => {
  for (let above = at - 1; /^\s*#\[/.test(lines[above]!); above -= 1) if (/test/.test(lines[above]!)) return true;
  return false;
};

const PUBLIC_FUNCTION = /^(?:public (?:entry )?|entry )fun (\w+)/;
const ERROR = /^const (E[A-Z]\w*): u64 = (\d+);/;
const TYPE = /^public (?:struct|enum) (\w+)/;

/** Lines of the bodies of types that declare a field or a variant. */
function memberLines(lines: readonly string[]): number[] {
  const found: number[] = [];
  let type = '';
  for (const [at, line] of lines.entries()) {
    if (TYPE.test(line) && line.endsWith('{')) type = line;
    else if (line === '}') type = '';
    else if (type !== '' && /^ {4}(?:\w+: |[A-Z]\w*[,({ ])/.test(line)) found.push(at);
  }
  return found;
}

describe('contracts', () => {
  let sources: Source[];
  let tests: Source[];

  before(async () => {
    [sources, tests] = await Promise.all([sourcesIn('sources'), sourcesIn('tests')]);
    expect(sources.length).to.be.greaterThan(50);
    expect(tests.length).to.be.greaterThan(30);
  });

  it('say a sentence about every public function, type, field and variant, and about every abort code', () => {
    const silent: string[] = [];
    let seen = 0;
    for (const { file, lines } of sources) {
      const members = new Set(memberLines(lines));
      for (const [at, line] of lines.entries()) {
        const isPublic = PUBLIC_FUNCTION.test(line) || TYPE.test(line) || ERROR.test(line) || members.has(at);
        if (!isPublic || isForTests(lines, at)) continue;
        seen += 1;
        if (!isDocumented(lines, at)) silent.push(`${file}:${at + 1} ${line.trim()}`);
      }
    }
    expect(seen).to.be.greaterThan(900);
    expect(silent).to.deep.equal([]);
  });

  it('call every public function in a Move test', () => {
    const called = new Set(tests.flatMap(({ text }) => [...text.matchAll(/\b(\w+!?)(?:<[^()]*>)?\(/g)].map(([, name]) => name!)));
    const untested: string[] = [];
    for (const { module, lines } of sources) {
      for (const [at, line] of lines.entries()) {
        const name = PUBLIC_FUNCTION.exec(line)?.[1];
        // An `entry` function is called through a function for tests in its own module.
        const isCalled = name === undefined || called.has(name) || called.has(`${name}_for_testing`);
        if (!isForTests(lines, at) && !isCalled) untested.push(`${module}::${name}`);
      }
    }
    expect(untested).to.deep.equal([]);
  });

  it('have a test that names each abort code', async () => {
    const named = new Set(
      tests.flatMap(({ text }) => [...text.matchAll(/expected_failure\(\s*abort_code = ([\w:]+)/g)].map(([, code]) => code!.split('::').slice(-2).join('::'))),
    );
    const codes = sources.flatMap(({ module, lines }) => lines.flatMap((line) => (ERROR.test(line) ? [`${module}::${ERROR.exec(line)![1]!}`] : [])));
    expect(codes.length).to.be.greaterThan(150);
    for (const [code, file] of Object.entries(REACHED_ELSEWHERE)) {
      expect(await readFile(path.join(root, file), 'utf8'), file).to.contain(code);
      named.add(code);
    }
    expect(codes.filter((code) => !named.has(code))).to.deep.equal([]);
    const all = new Set(sources.map(({ module }) => module));
    expect([...named].filter((code) => all.has(code.split('::')[0]!) && !codes.includes(code)), 'codes that do not exist').to.deep.equal([]);
  });

  it('number the abort codes of a module without saying one twice', () => {
    for (const { module, lines } of sources) {
      const numbers = lines.flatMap((line) => (ERROR.test(line) ? [ERROR.exec(line)![2]!] : []));
      expect(new Set(numbers).size, module).to.equal(numbers.length);
    }
  });

  it('have every test that docs/security.md names', async () => {
    const text = await readFile(path.join(root, 'docs/security.md'), 'utf8');
    const functions = tests.flatMap(({ module, text: source }) => [...source.matchAll(/^fun (\w+)/gm)].map(([, name]) => `${module}::${name!}`));
    const modules = new Set([...tests, ...sources].map(({ module }) => module));
    const rows = text.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
    const missing: string[] = [];
    let seen = 0;
    for (const section of text.split(/^## /m)) {
      const header = /^\|(.*)\|$/m.exec(section)?.[1]?.split('|').map((cell) => cell.trim());
      const column = header?.indexOf('Tests') ?? -1;
      if (column < 0) continue;
      for (const row of section.split('\n').filter((line) => rows.includes(line))) {
        for (const [, name] of row.split('|').slice(1)[column]!.matchAll(/`([^`]+)`/g)) {
          seen += 1;
          if (name!.startsWith('ts/')) {
            await readFile(path.join(root, name!)).catch((error: NodeJS.ErrnoException) => {
              if (error.code === 'EISDIR') return;
              missing.push(name!);
            });
            continue;
          }
          // `name`, `module::name`, `prefix_*`, or a module of tests.
          const pattern = new RegExp(`(?:^|::)${name!.replaceAll('*', '\\w+')}$`);
          if (!modules.has(name!) && !functions.some((one) => pattern.test(one))) missing.push(name!);
        }
      }
    }
    expect(seen).to.be.greaterThan(100);
    expect(missing).to.deep.equal([]);
  });
});
