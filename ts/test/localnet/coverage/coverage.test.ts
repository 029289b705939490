/** Coverage of Move tests against numbers counted by hand in the fixture's sources. */
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { coverageHtml, coverageTable, lcov, percent, runMoveTests } from '../../../src/localnet/testing.js';
import type { CoverageReport, FileCoverage } from '../../../src/localnet/testing.js';
import { PackageInstrumenter } from '../../../src/localnet/coverage/package-instrumenter.js';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

async function measure(name: string, filter?: string): Promise<{ coverage: CoverageReport; verdicts: string[] }> {
  const run = runMoveTests(fixture(name), { coverage: true, ...(filter === undefined ? {} : { filter }) });
  const verdicts: string[] = [];
  for await (const { test, passed } of run) verdicts.push(`${test.name} ${passed}`);
  expect(run.differingTests).to.deep.equal([]);
  return { coverage: run.coverage!, verdicts };
}

/** The numbers in the comments: `//= count ? arm arm ? arm arm`. */
function handCounted(file: FileCoverage): { lines: Map<number, number>; branches: string[] } {
  const lines = new Map<number, number>();
  const branches: string[] = [];
  file.source.split('\n').forEach((text, i) => {
    const [, count, arms] = /\/\/= (\d+)((?: \?(?: \d+)+)*)$/.exec(text) ?? [];
    if (count === undefined) return;
    lines.set(i + 1, Number(count));
    for (const [, one] of arms!.matchAll(/\? ([\d ]*\d)/g)) branches.push(`${i + 1}: ${one}`);
  });
  return { lines, branches };
}

describe('coverage of Move tests', () => {
  let coverage: CoverageReport;
  let verdicts: string[];

  before(async function () {
    this.timeout(120_000);
    ({ coverage, verdicts } = await measure('shapes'));
  });

  it('leaves the verdicts alone', () => {
    expect(verdicts).to.deep.equal(['inside true', 'branches true', 'loops true', 'matches true', 'rest true', 'too_big true']);
  });

  it('counts every line as a person does', () => {
    expect(coverage.files.map(({ path }) => path)).to.deep.equal(['sources/plain.move', 'sources/shapes.move']);
    for (const file of coverage.files)
      expect(new Map(file.lines.map(({ line, count }) => [line, count])), file.path).to.deep.equal(handCounted(file).lines);
  });

  it('counts every arm of every branch as a person does', () => {
    for (const file of coverage.files) {
      const found = file.branches.map(({ line, arms }) => `${line}: ${arms.map(({ count }) => count).join(' ')}`);
      expect(found, file.path).to.deep.equal(handCounted(file).branches);
    }
  });

  it('counts functions, also empty ones and macros', () => {
    const [plain, shapes] = coverage.files;
    expect(Object.fromEntries(shapes!.functions.map(({ name, count }) => [name, count]))).to.deep.equal({
      bare: 2, no_else: 3, chain: 4, loops: 2, area: 5, checked: 2, twice: 2, lambdas: 1, texts: 1, pick: 2,
      nothing: 2, never: 0, unpacked: 2, a_third: 4,
    });
    expect(plain!.functions.map(({ module, name, count }) => `${module}::${name} ${count}`)).to.deep.equal([
      'plain::two 2', 'plain::halve 2', 'second::unused 0',
    ]);
  });

  it('sums per module and for all files', () => {
    const modules = coverage.modules.map(({ module, totals }) => `${module} ${totals.lines.hit}/${totals.lines.found}`);
    expect(modules).to.deep.equal(['plain 3/3', 'second 0/6', 'shapes 55/59']);
    expect(coverage.totals.lines).to.deep.equal({ found: 68, hit: 58 });
    expect(coverage.unmeasured).to.deep.equal([]);
  });

  it('counts only the tests that were chosen', async function () {
    this.timeout(60_000);
    const chosen = await measure('shapes', 'shapes_tests::loops');
    expect(chosen.verdicts).to.deep.equal(['loops true']);
    const shapes = chosen.coverage.files[1]!;
    expect(shapes.functions.filter(({ count }) => count > 0).map(({ name }) => name)).to.deep.equal(['loops']);
  });

  it('writes LCOV that adds up', () => {
    const text = lcov(coverage, (file) => `pkg/${file}`);
    const records = text.split('end_of_record\n');
    expect(records.pop()).to.equal('');
    expect(records).to.have.length(2);
    for (const [i, record] of records.entries()) {
      const lines = record.trim().split('\n');
      const all = (key: string): string[] => lines.filter((one) => one.startsWith(`${key}:`)).map((one) => one.slice(key.length + 1));
      const hits = (list: readonly string[], column: number): number =>
        list.filter((one) => !['0', '-'].includes(one.split(',')[column]!)).length;
      expect(all('SF')).to.deep.equal([`pkg/${coverage.files[i]!.path}`]);
      expect([all('LF'), all('LH')]).to.deep.equal([[`${all('DA').length}`], [`${hits(all('DA'), 1)}`]]);
      expect([all('FNF'), all('FNH')]).to.deep.equal([[`${all('FN').length}`], [`${hits(all('FNDA'), 0)}`]]);
      expect([all('BRF'), all('BRH')]).to.deep.equal([[`${all('BRDA').length}`], [`${hits(all('BRDA'), 3)}`]]);
      expect(all('FN').map((one) => one.split(',')[1])).to.deep.equal(all('FNDA').map((one) => one.split(',')[1]));
      for (const one of all('BRDA')) expect(one).to.match(/^\d+,\d+,\d+,(\d+|-)$/);
    }
    // A branch that was never come to has no counts, one that was has them for all arms.
    expect(text).to.match(/BRDA:128,(\d+),0,-\nBRDA:128,\1,1,-\n/).and.to.contain('BRDA:25,0,0,1\nBRDA:25,0,1,1\n');
  });

  it('draws a page that needs nothing else', () => {
    const page = coverageHtml(coverage, 'shapes <fixture>');
    expect(page).to.contain('<title>shapes &lt;fixture&gt;: coverage</title>');
    expect(page).not.to.match(/<script|<link|https?:|@import|url\(/);
    for (const file of coverage.files) expect(page).to.contain(`${file.path} · ${percent(file.totals.lines).toFixed(2)}% of lines`);
    expect(page).to.contain('never: condition true');
    expect(page.match(/class="l miss"/g)).to.have.length(68 - 58);
  });

  it('prints a table with the lines that are missing', () => {
    const table = coverageTable(coverage).split('\n');
    expect(table).to.have.length(4);
    expect(table[1]).to.match(/^sources\/plain\.move +33\.33% +\S+ +66\.66% +24-30$/);
  });

  it('says which files it could not measure, and tests them all the same', async function () {
    this.timeout(60_000);
    const taken = await measure('taken');
    expect(taken.verdicts).to.deep.equal(['is_one true']);
    expect(taken.coverage.files).to.deep.equal([]);
    expect(taken.coverage.unmeasured).to.deep.equal([
      { path: 'sources/haulout_probe.move', reason: 'it does not compile with probes' },
    ]);
  });

  it('rounds down, so that only what is complete is 100 %', () => {
    expect([percent({ found: 0, hit: 0 }), percent({ found: 3, hit: 2 }), percent({ found: 100_000, hit: 99_999 })]).to.deep.equal([
      100, 66.66, 99.99,
    ]);
  });

  describe('a package', () => {
    const snapshot = {
      directory: '/p', name: 'p', localDependencies: [],
      manifest: { package: { name: 'p', edition: '2024' } },
      files: { 'Move.toml': '', 'sources/a.move': 'module p::a; fun f() {}', 'sources/b.move': 'module p::b; fun g() { 1 2 }' },
    };
    const create = (): PackageInstrumenter => {
      let next = 0;
      return new PackageInstrumenter(snapshot, 'coverage', () => next++);
    };

    it('keeps a file that is not understood as it is', () => {
      const probes = create();
      const text = snapshot.files['sources/b.move'];
      expect(probes.transform('sources/b.move', text)).to.equal(text);
      expect(probes.probes.unmeasured).to.deep.equal([
        { path: 'sources/b.move', reason: 'line 1: two operands follow each other' },
      ]);
    });

    it('takes probes back from the files the compiler names, then from all', () => {
      const probes = create();
      const text = snapshot.files['sources/a.move'];
      expect(probes.transform('sources/a.move', text)).to.equal(
        'module p::a; fun f() {::p::haulout_probe::hit(0u32);}',
      );
      expect(probes.giveUp(['sources/other.move'])).to.equal(true);
      expect(probes.transform('sources/a.move', text)).to.equal(text);
      expect(probes.addedFiles()).to.deep.equal({});
      expect(probes.giveUp(['sources/a.move'])).to.equal(false);
    });

    it('does not touch tests', () => {
      expect(create().transform('tests/t.move', 'module p::t; fun f() {}')).to.equal('module p::t; fun f() {}');
    });
  });
});
