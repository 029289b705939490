/**
 * The real Move VM (in WebAssembly) is the oracle: the same verdict for every test of the packages of this
 * repository, and the same results and errors for generated functions.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { buildPackage, CompileFailed, testPackage } from '../../../src/move/index.js';
import { buildForTests } from '../../../src/localnet/vm/testing/build.js';
import { describeFailure, UnitTestRunner } from '../../../src/localnet/vm/testing/unit-test.js';
import { MOVE_PACKAGES } from '../../../../scripts/move-packages.js';
import { generateFunctions } from './generate-move.js';
import type { GeneratedFunction } from './generate-move.js';
import { call, vmOf } from './support.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Verdicts of the real runner by `module::test`. */
function verdicts(report: string): Map<string, boolean> {
  const plain = report.replace(/\u001b\[[0-9;]*m/g, '');
  const lines = plain.matchAll(/\[ (PASS|FAIL|TIMEOUT)\s*\] (?:\w+::)?(\w+::\w+)/g);
  return new Map([...lines].map((m) => [m[2]!, m[1] === 'PASS']));
}

/** Generates and builds; seeds on whose source the compiler itself crashes (a WebAssembly trap) are passed over. */
async function buildGenerated(
  directory: string,
  firstSeed: number,
  count: number,
  write: (source: string) => Promise<void>,
): Promise<{ seed: number; functions: readonly GeneratedFunction[]; modules: readonly Uint8Array[] }> {
  for (let seed = firstSeed; ; seed++) {
    const functions = generateFunctions(seed, count);
    await write(functions.map((f) => f.source).join('\n'));
    try {
      return { seed, functions, modules: (await buildPackage(directory, { cache: false })).modules };
    } catch (error) {
      const isCrash = error instanceof CompileFailed && error.diagnostics === 'unreachable';
      if (!isCrash || seed > firstSeed + 4) throw error;
    }
  }
}

describe('Move VM against the real one', function () {
  this.timeout(600_000);

  for (const folder of MOVE_PACKAGES)
    it(`gives every test of ${folder} the same verdict`, async () => {
      const directory = path.join(root, folder);
      const build = await buildForTests(directory);
      const runner = new UnitTestRunner(build.packages, build.plan, () => 0);
      const ours = new Map([...runner.run()].map((r) => [`${r.test.module}::${r.test.name}`, r.passed]));
      const theirs = verdicts((await testPackage(directory)).report);
      expect(theirs.size).to.be.greaterThan(0);
      expect([...ours].sort()).to.deep.equal([...theirs].sort());
    });

  it('computes what the real VM computes, on generated functions', async () => {
    const firstSeed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const count = 60;
    const work = await mkdtemp(path.join(tmpdir(), 'haulout-generated-'));
    try {
      await mkdir(path.join(work, 'sources'));
      await writeFile(path.join(work, 'Move.toml'), '[package]\nname = "generated"\nedition = "2024"\n[addresses]\ngenerated = "0x0"\n');
      const file = path.join(work, 'sources', 'generated.move');
      const header = 'module generated::generated;\n';
      const { seed, functions, modules } = await buildGenerated(work, firstSeed, count, (source) => writeFile(file, header + source));
      const vm = vmOf({ modules });
      // Our results become assertions that the real VM checks.
      const assertions = functions.map(({ name }) => {
        const outcome = call(vm, name, [], { module: 'generated', budget: 1_000_000_000n });
        if (outcome.ok) return `#[test] fun t_${name}() { assert!(${name}() == ${String(outcome.returns[0])}); }`;
        const { failure } = outcome;
        const expected =
          failure.kind === 'abort' ? `abort_code = ${failure.code}, location = Self`
          : failure.kind === 'runtimeError' && failure.status === 4017 ? 'arithmetic_error, location = Self'
          : failure.kind === 'runtimeError' && failure.status === 4018 ? `vector_error, minor_status = ${failure.subStatus}, location = Self`
          : undefined;
        if (expected === undefined) throw new Error(`seed ${seed}, ${name}: ${describeFailure(failure)}`);
        return `#[test, expected_failure(${expected})] fun t_${name}() { ${name}(); }`;
      });
      await writeFile(file, header + [...functions.map((f) => f.source), ...assertions].join('\n'));
      const report = await testPackage(work);
      expect(report.failedCount, `seed ${seed}\n${report.report.slice(-4000)}`).to.equal(0);
      expect(report.passedCount).to.equal(count);
      const failing = assertions.filter((a) => a.includes('expected_failure')).length;
      expect(failing, 'some functions fail, most do not').to.be.within(5, count - 20);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
});
