/** Many mutations of many modules: what the verifier accepts runs on the VM without an internal error. */
import { fileURLToPath } from 'node:url';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { buildFramework, buildPackage, CompileFailed } from '../../../src/move/index.js';
import { generateFunctions } from './generate-move.js';
import { fixture } from './support.js';
import { mutateBytes, mutateModule, Random, Sandbox } from './verifier/mutation.js';
import type { Framework } from './verifier/mutation.js';
import { growProgram, violation } from './verifier/reference-model.js';
import { loadFixture } from './verifier/support.js';

/** Modules of generated functions; seeds on whose source the compiler itself crashes are passed over. */
async function generated(firstSeed: number, count: number): Promise<readonly Uint8Array[]> {
  const work = await mkdtemp(path.join(tmpdir(), 'haulout-generated-'));
  try {
    await mkdir(path.join(work, 'sources'));
    await writeFile(path.join(work, 'Move.toml'), '[package]\nname = "generated"\nedition = "2024"\n[addresses]\ngenerated = "0x0"\n');
    for (let seed = firstSeed; ; seed++) {
      const source = generateFunctions(seed, count).map((f) => f.source).join('\n');
      await writeFile(path.join(work, 'sources', 'generated.move'), `module generated::generated;\n${source}`);
      try {
        return (await buildPackage(work, { cache: false })).modules;
      } catch (error) {
        const isCrash = error instanceof CompileFailed && error.diagnostics === 'unreachable';
        if (!isCrash || seed > firstSeed + 4) throw error;
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

describe('Move VM: mutated modules', function () {
  this.timeout(0);
  const firstSeed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const count = Number(process.env['MUTATIONS'] ?? 20_000);
  let framework: Framework;
  let sandbox: Sandbox;
  before(async () => {
    framework = await buildFramework();
    sandbox = new Sandbox(framework);
  });

  const mutate = (modules: readonly Uint8Array[]): void => {
    let accepted = 0;
    for (let seed = firstSeed; seed < firstSeed + count; seed++) {
      const which = seed % modules.length;
      const mutated = seed % 5 === 0 ? mutateBytes(modules[which]!, seed) : mutateModule(modules[which]!, seed);
      if (mutated === undefined) continue;
      const all = modules.map((m, i) => (i === which ? mutated : m));
      try {
        if (!sandbox.accepts(all)) continue;
        accepted++;
        sandbox.run(all, seed);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
    expect(accepted, `of ${count} from seed ${firstSeed}`).to.be.greaterThan(count / 50);
  };

  for (const directory of [fileURLToPath(new URL('verifier/fixture', import.meta.url)), fixture('basics')])
    it(`of ${path.basename(directory)}`, async () => {
      mutate((await buildPackage(directory)).modules);
    });

  it('leave no stale reference in use, on programs that the verifier let grow', async () => {
    const { rules } = await loadFixture();
    for (let seed = firstSeed; seed < firstSeed + count / 20; seed++) {
      const steps = growProgram(rules, new Random(seed), 40);
      for (let run = 0; run < 10; run++) expect(violation(steps, new Random(seed + run)), `seed ${seed}: ${JSON.stringify(steps)}`).to.equal(undefined);
    }
  });

  it('of generated programs, which pass unchanged', async () => {
    for (let i = 0; i < 10; i++) expect(sandbox.accepts(await generated(firstSeed + 100 * i, 60)), `seed ${firstSeed + 100 * i}`).to.equal(true);
    mutate(await generated(firstSeed, 3));
  });
});
