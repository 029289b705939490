/**
 * Runs `#[test]` functions of compiled modules on this VM (issue: Move tests on our VM). The modules come
 * from sources rewritten by `move-source.ts`; see `build.ts` for the way from a package folder to here.
 */
import { abortMeaning, describeVmFailure } from '../../tracing/failure.js';
import type { AbortMeaning } from '../../tracing/failure.js';
import { MoveVm, VmGasMeter } from '../index.js';
import type { CallOutcome } from '../index.js';
import type { VmTrace } from '../trace.js';
import type { Address, MoveType, MoveValue, PackageStore, SignatureType, VmFailure } from '../types.js';
import { matchesExpectation, parseExpectation, parseTestArguments } from './expectation.js';
import type { ConstantLookup } from './expectation.js';
import type { ConstantDeclaration, TestDeclaration } from './move-source.js';
import { UnitTestRuntime } from './test-object-runtime.js';

export interface UnitTestPlan {
  /** Storage ID of the package under test. */
  readonly package: Address;
  readonly tests: readonly TestDeclaration[];
  /** Constants of all sources, for `abort_code = NAME`. */
  readonly constants: readonly ConstantDeclaration[];
}

export interface UnitTestOptions {
  /** Runs tests whose `module::name` contains this text. */
  readonly filter?: string;
  /** Gas per test in gas units; 1,000,000,000 as in the Sui runner's default order of magnitude. */
  readonly gasLimit?: bigint;
  /** Runs of each random test, and the seed of all randomness. */
  readonly randomRuns?: number;
  readonly seed?: number;
  /** A tracer per run of a test. */
  readonly trace?: (test: TestDeclaration) => VmTrace | undefined;
}

/** A native function whose calls are counted by their argument. */
export interface CountedFunction {
  readonly package: Address;
  readonly module: string;
  readonly function: string;
  readonly counts: Float64Array;
}

export interface UnitTestResult {
  readonly test: TestDeclaration;
  readonly passed: boolean;
  readonly outcome: CallOutcome;
  /** Why the test did not pass; undefined when it did. */
  readonly reason: string | undefined;
  /** Gas units. */
  readonly gasUsed: bigint;
  readonly durationMs: number;
  readonly output: readonly string[];
}

const defaultGasLimit = 1_000_000_000n;

/** A small generator (mulberry32): the same seed gives the same tests. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

function randomBytes(random: () => number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => random() & 0xff);
}

/** A random value; small lengths and the extremes of integers are likely. */
function randomValue(type: SignatureType, random: () => number): MoveValue {
  switch (type.kind) {
    case 'bool':
      return (random() & 1) === 1;
    case 'address':
    case 'signer':
      return `0x${Buffer.from(randomBytes(random, 32)).toString('hex')}`;
    case 'vector':
      return Array.from({ length: random() % 32 }, () => randomValue(type.element, random));
    case 'datatype':
    case 'typeParameter':
    case 'reference':
      throw new SyntaxError(`random tests cannot take a ${type.kind}`);
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'u128':
    case 'u256': {
      const bits = Number(type.kind.slice(1));
      const wide = BigInt(`0x${Buffer.from(randomBytes(random, bits / 8)).toString('hex')}`);
      const max = (1n << BigInt(bits)) - 1n;
      const value = [0n, max, wide & 0xffn][random() % 8] ?? wide;
      return bits <= 32 ? Number(value) : value;
    }
  }
}

/** Explains a failure in one line: what happened, and where in the bytecode. */
export function describeFailure(failure: VmFailure, meaning?: AbortMeaning): string {
  const what = describeVmFailure(failure, meaning);
  if (!('location' in failure) || failure.location === undefined) return what;
  const { module, functionName, instruction } = failure.location;
  return `${what} in ${module}::${functionName} at offset ${instruction}`;
}

/** Runs the tests of one package. Tests do not see each other. */
export class UnitTestRunner {
  private readonly vm: MoveVm;
  /** What abort codes of the tested packages mean. */
  readonly meaning: AbortMeaning;
  private readonly lookup: ConstantLookup;

  constructor(
    packages: PackageStore,
    private readonly plan: UnitTestPlan,
    private readonly nowMs: () => number,
    /** Counted in traced runs only. */
    counted?: CountedFunction,
  ) {
    this.vm = new MoveVm({ packages });
    this.meaning = abortMeaning(this.vm);
    if (counted !== undefined) this.vm.countCalls(counted, counted.counts);
    const byName = new Map(plan.constants.map((c) => [`${c.module}::${c.name}`, c]));
    this.lookup = { find: (module, name) => byName.get(`${module}::${name}`) };
  }

  *run(options: UnitTestOptions = {}): Generator<UnitTestResult> {
    for (const test of this.select(options.filter)) yield this.runOne(test, options);
  }

  /** Tests whose `module::name` contains the text. */
  select(filter: string | undefined): readonly TestDeclaration[] {
    return this.plan.tests.filter(({ module, name }) => filter === undefined || `${module}::${name}`.includes(filter));
  }

  /** Runs a test; a random one several times, until it fails. */
  runOne(test: TestDeclaration, options: UnitTestOptions): UnitTestResult {
    const runs = test.isRandom ? (options.randomRuns ?? 10) : 1;
    const random = createRandom((options.seed ?? 0) ^ hashText(`${test.module}::${test.name}`));
    let result = this.runOnce(test, options, random);
    for (let i = 1; i < runs && result.passed; i++) result = this.runOnce(test, options, random);
    return result;
  }

  private runOnce(test: TestDeclaration, options: UnitTestOptions, random: () => number): UnitTestResult {
    const runtime = new UnitTestRuntime(this.vm, () => randomBytes(random, 32));
    const gas = new VmGasMeter((options.gasLimit ?? defaultGasLimit) * 1000n);
    const info = this.vm.functionInfo(this.plan.package, test.module, test.name);
    const startedAt = this.nowMs();
    const trace = options.trace?.(test);
    const outcome: CallOutcome =
      info === undefined
        ? { ok: false, failure: { kind: 'linkError', message: `test ${test.module}::${test.name} was not compiled` } }
        : this.vm.call(
            { runtime, gas, ...(trace === undefined ? {} : { trace }) },
            { package: this.plan.package, module: test.module, function: test.name, typeArguments: [] satisfies MoveType[] },
            this.argumentsOf(test, info.parameters, random),
          );
    const reason = this.verdict(test, outcome);
    return {
      test,
      outcome,
      reason,
      passed: reason === undefined,
      gasUsed: gas.used / 1000n,
      durationMs: this.nowMs() - startedAt,
      output: runtime.output,
    };
  }

  private argumentsOf(test: TestDeclaration, parameters: readonly SignatureType[], random: () => number): MoveValue[] {
    if (test.isRandom) return parameters.map((type) => randomValue(type, random));
    return test.argumentsText === undefined ? [] : parseTestArguments(test.argumentsText);
  }

  /** Why the outcome is not what the test asks for; undefined when it is. */
  private verdict(test: TestDeclaration, outcome: CallOutcome): string | undefined {
    if (test.expectedFailure === undefined) return outcome.ok ? undefined : describeFailure(outcome.failure, this.meaning);
    if (outcome.ok) return 'did not fail as expected';
    let fits: boolean;
    try {
      const expected = parseExpectation(test.expectedFailure, test.module, test.aliases, this.lookup);
      fits = matchesExpectation(expected, outcome.failure, (failure) => this.cleverName(failure));
    } catch (error) {
      if (error instanceof SyntaxError) return error.message;
      throw error;
    }
    return fits ? undefined : `failed in another way than expected: ${describeFailure(outcome.failure, this.meaning)}`;
  }

  /** Name of the constant that a clever abort code points at (sui-execution.md §1.14). */
  private cleverName(failure: VmFailure & { readonly kind: 'abort' }): string | undefined {
    if (failure.code >> 63n !== 1n) return undefined;
    const index = Number((failure.code >> 16n) & 0xffffn);
    const constant = this.vm.moduleInfo(failure.location.package, failure.location.module)?.constants[index];
    return constant === undefined ? undefined : Buffer.from(constant.data.subarray(1)).toString('utf8');
  }
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
