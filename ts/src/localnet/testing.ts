/**
 * Runs the unit tests of a Move package on our VM, where cryptography is real; on request with coverage, gas
 * per function and traces. Verdicts, gas and traces always come from the package as it is; coverage comes
 * from a second run of the tests with probes in the sources.
 */
import path from 'node:path';
import { coverageReport } from './coverage/report.js';
import type { CoverageReport } from './coverage/report.js';
import { PROBE_FUNCTION, PROBE_MODULE } from './coverage/probe-map.js';
import { CallTracer, DEFAULT_TRACE_LIMITS } from './tracing/call-tracer.js';
import type { TraceLimits } from './tracing/call-tracer.js';
import { GasTable } from './tracing/gas-report.js';
import type { GasRow, PackageNames } from './tracing/gas-report.js';
import { createLineLookup } from './tracing/source-map.js';
import type { LineLookup, SourceLine } from './tracing/source-map.js';
import { Trace } from './tracing/trace.js';
import { buildForTests } from './vm/testing/build.js';
import type { TestBuild, TestBuildOptions } from './vm/testing/build.js';
import type { TestDeclaration } from './vm/testing/move-source.js';
import { UnitTestRunner, type UnitTestOptions, type UnitTestResult } from './vm/testing/unit-test.js';

export interface MoveTestOptions {
  /** Folder with `move-stdlib/` and `sui-framework/`; ours by default. */
  readonly framework?: string;
  /** Runs tests whose `module::name` contains this text. */
  readonly filter?: string;
  /** Seed of `#[random_test]` arguments and of `sui::random` in tests. */
  readonly seed?: number;
  /** Folder of the build cache; false builds anew. */
  readonly cache?: string | false;
  /** Measures which lines, branches and functions of the package the tests run: `run.coverage`. */
  readonly coverage?: boolean;
  /** Sums gas per function: `run.gas`, and `gas` of each result. */
  readonly gas?: boolean;
  /** Traces of tests that fail (true), or of those whose `module::name` contains this text: `trace` of the result. */
  readonly trace?: boolean | string;
  readonly traceLimits?: TraceLimits;
  /** Finds source lines of failures (`line` of the result) and of traces. Compiles once more when first needed. */
  readonly sourceLines?: boolean;
}

export interface MoveTestResult extends UnitTestResult {
  /** Where in the sources the test failed. Only with `sourceLines`. */
  readonly line?: SourceLine;
  /** Only with `gas`: dearest function first. */
  readonly gas?: readonly GasRow[];
  readonly trace?: Trace;
}

/** A run of a package's tests: results as they come, and afterwards what was measured. */
export class MoveTestRun implements AsyncIterable<MoveTestResult> {
  #coverage: CoverageReport | undefined;
  #gas: readonly GasRow[] | undefined;
  #differing: readonly string[] = [];
  #lines: Promise<LineLookup> | undefined;
  #names: PackageNames = new Map();

  constructor(
    readonly directory: string,
    private readonly options: MoveTestOptions,
  ) {}

  /** Coverage of all tests that ran; undefined before the end, or if it was not asked for. */
  get coverage(): CoverageReport | undefined {
    return this.#coverage;
  }

  /** Gas per function over all tests that ran, dearest first. */
  get gas(): readonly GasRow[] | undefined {
    return this.#gas;
  }

  /** Names of the packages by the addresses they have in the tests. */
  get names(): PackageNames {
    return this.#names;
  }

  /** Tests that end differently with coverage probes, e.g. because they depend on the amount of gas. */
  get differingTests(): readonly string[] {
    return this.#differing;
  }

  /** @throws MoveToolError when the package does not compile */
  async *[Symbol.asyncIterator](): AsyncGenerator<MoveTestResult> {
    const build = await this.#build();
    this.#names = new Map(build.built.map(({ id, name }) => [id, name]));
    const runner = new UnitTestRunner(build.packages, build.plan, () => performance.now());
    const gas = new GasTable();
    const verdicts = new Map<TestDeclaration['name'], boolean>();
    for (const test of runner.select(this.options.filter)) {
      const result = await this.#runOne(build, runner, test, gas);
      verdicts.set(nameOf(test), result.passed);
      yield result;
    }
    if (this.options.gas) this.#gas = gas.rows();
    if (this.options.coverage) await this.#measureCoverage(verdicts);
  }

  async #runOne(build: TestBuild, runner: UnitTestRunner, test: TestDeclaration, gas: GasTable): Promise<MoveTestResult> {
    const { options } = this;
    const isTraced = typeof options.trace === 'string' && nameOf(test).includes(options.trace);
    const own = new GasTable();
    let tracer: CallTracer | undefined;
    const run = (limits: TraceLimits | undefined): UnitTestResult =>
      runner.runOne(test, {
        ...seedOf(options),
        trace: () => {
          if (tracer !== undefined) own.addAll(tracer.gas);
          return (tracer = new CallTracer(limits));
        },
      });
    const limits = options.traceLimits ?? DEFAULT_TRACE_LIMITS;
    const result = isTraced || options.gas ? run(isTraced ? limits : undefined) : runner.runOne(test, seedOf(options));
    let traced = isTraced ? tracer : undefined;
    if (tracer !== undefined) own.addAll(tracer.gas);
    gas.addAll(own);
    const { passed, outcome } = result;
    if (!passed && options.trace === true) {
      // Tests do not depend on each other or on time: run again, this one fails in the same way.
      tracer = undefined;
      run(limits);
      traced = tracer;
    }
    const needsLines = options.sourceLines === true && (!passed || traced !== undefined);
    const lines = needsLines ? await (this.#lines ??= this.#lineLookup(build)) : undefined;
    const place = !passed && !outcome.ok && 'location' in outcome.failure ? outcome.failure.location : undefined;
    const line = place && lines?.(place);
    return {
      ...result,
      ...(line === undefined ? {} : { line }),
      ...(options.gas ? { gas: own.rows() } : {}),
      ...(traced === undefined ? {} : { trace: new Trace(traced.roots, traced.gas, { lines, meaning: runner.meaning, names: this.#names }) }),
    };
  }

  async #measureCoverage(verdicts: ReadonlyMap<string, boolean>): Promise<void> {
    const build = await this.#build('coverage');
    const counts = new Float64Array(build.probeCount);
    const counted = { package: build.plan.package, module: PROBE_MODULE, function: PROBE_FUNCTION, counts };
    const root = build.built[0]!;
    const hasProbes = root.probes!.files.length > 0;
    const runner = new UnitTestRunner(build.packages, build.plan, () => performance.now(), hasProbes ? counted : undefined);
    const differing: string[] = [];
    for (const test of runner.select(this.options.filter)) {
      const { passed } = runner.runOne(test, { ...seedOf(this.options), trace: () => ({}) });
      if (verdicts.get(nameOf(test)) !== passed) differing.push(nameOf(test));
    }
    this.#differing = differing;
    this.#coverage = coverageReport(root.directory, root.probes!, counts);
  }

  /** Lines of the package under test and its local dependencies. */
  async #lineLookup(build: TestBuild): Promise<LineLookup> {
    const probed = await this.#build('lines');
    return createLineLookup(
      probed.built.map(({ id, directory, probes }) => ({
        id,
        directory,
        modules: build.packages.getPackage(id)!.modules,
        instrumented: probed.packages.getPackage(id)!.modules,
        probes: probes!,
      })),
    );
  }

  #build(probes?: TestBuildOptions['probes']): Promise<TestBuild> {
    const { framework, cache } = this.options;
    return buildForTests(this.directory, {
      ...(framework === undefined ? {} : { framework }),
      ...(cache === undefined ? {} : { cache }),
      ...(probes === undefined ? {} : { probes }),
    });
  }
}

/** Runs the tests as the result is iterated. */
export function runMoveTests(directory: string, options: MoveTestOptions = {}): MoveTestRun {
  return new MoveTestRun(path.resolve(directory), options);
}

function nameOf(test: TestDeclaration): string {
  return `${test.module}::${test.name}`;
}

function seedOf({ seed }: MoveTestOptions): Pick<UnitTestOptions, 'seed'> {
  return seed === undefined ? {} : { seed };
}

export { coverageHtml } from './coverage/html.js';
export { lcov } from './coverage/lcov.js';
export { coverageTable, percent } from './coverage/report.js';
export type {
  BranchCoverage,
  CoverageReport,
  FileCoverage,
  FunctionCoverage,
  LineCoverage,
  ModuleCoverage,
  Tally,
  Totals,
} from './coverage/report.js';
export { gasReport, gasTable, type GasRow } from './tracing/gas-report.js';
export { Trace } from './tracing/trace.js';
export type { TracedCall, TracedRoot, TraceLimits } from './tracing/call-tracer.js';
export type { SourceLine } from './tracing/source-map.js';
export type { UnitTestResult };
