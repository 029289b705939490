/**
 * The WebAssembly form of integer loops against the JavaScript form (which tracing selects) of the same
 * generated functions: results, errors with their places, gas to the unit, and running out of it.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { VmGasMeter } from '../../../src/localnet/vm/index.js';
import type { MoveVm } from '../../../src/localnet/vm/index.js';
import { buildPackage, CompileFailed } from '../../../src/move/index.js';
import { generateIntegerLoops } from './generate-move.js';
import { call, vmOf } from './support.js';

const FUNCTIONS = 40;

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const edge = (bits: number): fc.Arbitrary<bigint> =>
  fc.oneof(fc.bigInt({ min: 0n, max: 20n }), fc.bigInt({ min: (1n << BigInt(bits)) - 3n, max: (1n << BigInt(bits)) - 1n }), fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }));
const small = (bits: number): fc.Arbitrary<number> => edge(bits).map(Number);
const callArguments = fc.tuple(small(8), small(16), small(32), edge(64), fc.boolean());

describe(`Move VM: integer loops as WebAssembly (SEED=${seed})`, function () {
  this.timeout(60_000);
  let work: string;
  let vm: MoveVm;
  let instances = 0;
  const { Instance } = WebAssembly;

  before(async () => {
    work = await mkdtemp(path.join(tmpdir(), 'haulout-integers-'));
    await mkdir(path.join(work, 'sources'));
    await writeFile(path.join(work, 'Move.toml'), '[package]\nname = "integers"\nedition = "2024"\n[addresses]\nintegers = "0x0"\n');
    vm = vmOf({ modules: await build(seed) });
    WebAssembly.Instance = class extends Instance {
      constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
        super(module, imports);
        instances++;
      }
    };
  });

  after(async () => {
    WebAssembly.Instance = Instance;
    await rm(work, { recursive: true, force: true });
  });

  /** Some generated sources crash the compiler itself; then the next seed is taken. */
  async function build(from: number, attempts = 5): Promise<readonly Uint8Array[]> {
    await writeFile(path.join(work, 'sources', 'integers.move'), `module integers::integers;\n${generateIntegerLoops(from, FUNCTIONS)}`);
    try {
      return (await buildPackage(work, { cache: false })).modules;
    } catch (error) {
      const isCrash = error instanceof CompileFailed && error.diagnostics === 'unreachable';
      if (!isCrash || attempts === 1) throw error;
      return build(from + 1, attempts - 1);
    }
  }

  /** Outcome and gas in internal units, as text. */
  function run(name: string, args: readonly (number | bigint | boolean)[], trace: boolean, budget?: bigint): string {
    const gas = new VmGasMeter(budget);
    const outcome = call(vm, name, args, { module: 'integers', gas, ...(trace ? { trace: {} } : {}) });
    const isOutOfGas = !outcome.ok && outcome.failure.kind === 'outOfGas';
    return JSON.stringify({ outcome, gas: isOutOfGas ? 'all' : gas.used }, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  }

  it('computes, fails and charges as JavaScript does', () => {
    const seen = { ok: 0, failed: 0 };
    fc.assert(
      fc.property(fc.nat(FUNCTIONS - 1), callArguments, (index, args) => {
        const plain = run(`f${index}`, args, false, 2_000_000_000n);
        expect(plain, `seed ${seed}, f${index}(${String(args)})`).to.equal(run(`f${index}`, args, true, 2_000_000_000n));
        seen[plain.includes('"ok":true') ? 'ok' : 'failed']++;
      }),
      { numRuns: 400 },
    );
    expect(instances, 'functions that became WebAssembly').to.be.greaterThan(FUNCTIONS / 2);
    expect(seen.ok).to.be.greaterThan(20);
    expect(seen.failed).to.be.greaterThan(20);
  });

  it('ends when the budget does', () => {
    const endless = { name: 'f0', args: [255, 1, 1, 1n, true] as const };
    expect(run(endless.name, endless.args, false, 10n)).to.equal(run(endless.name, endless.args, true, 10n)).and.include('outOfGas');
  });
});
