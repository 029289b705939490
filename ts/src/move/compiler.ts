/**
 * The Sui compiler and the real Move VM's unit-test runner, as shipped in WebAssembly by
 * `@zktx.io/sui-move-builder` (Sui 1.71.1). Loaded on first use: a build answered by the cache never pays
 * for it. Dependencies come from memory; nothing is fetched.
 */
import path from 'node:path';
import type * as Builder from '@zktx.io/sui-move-builder/full';
import { CompileFailed, RemoteDependencyRefused } from './errors.js';
import type { PackageSnapshot } from './snapshot.js';

/** Everything one compilation may read. */
export interface CompilerInput {
  readonly root: PackageSnapshot;
  /** All packages that may be asked for by folder. */
  readonly locals: ReadonlyMap<string, PackageSnapshot>;
  /** Packages that may be asked for as part of the Sui repository, by the last folder of the path. */
  readonly framework: ReadonlyMap<string, PackageSnapshot>;
  /** Compiler modes, e.g. `test`. */
  readonly modes?: readonly string[];
  readonly lint?: boolean;
  readonly ansiColor?: boolean;
}

export interface CompilerOutput {
  /** Modules in dependency order, self address 0x0 (or the framework's own). */
  readonly modules: readonly Uint8Array[];
  /** Package IDs to link against. */
  readonly dependencies: readonly string[];
  /** Package digest, 32 bytes (sui-execution.md §1.9). */
  readonly digest: Uint8Array;
  /** Compiler warnings as the compiler wrote them; empty without. */
  readonly warnings: string;
}

let loading: Promise<typeof Builder> | undefined;

async function builder(): Promise<typeof Builder> {
  loading ??= import('@zktx.io/sui-move-builder/full').then(async (module) => {
    await module.initMovePackageBuilder();
    return module;
  });
  return loading;
}

/** Version of the compiler build, part of every cache key. */
export const COMPILER_VERSION = '@zktx.io/sui-move-builder 0.5.1';

/** Compiles a package. @throws CompileFailed, RemoteDependencyRefused */
export async function compile(input: CompilerInput): Promise<CompilerOutput> {
  const { options, refused } = await builderInput(input, false);
  const result = await (await builder()).dumpMovePackage(options);
  if ('error' in result) throw failure(input, result, refused());
  return {
    modules: result.modules.map((module) => new Uint8Array(Buffer.from(module, 'base64'))),
    dependencies: result.dependencies,
    digest: Uint8Array.from(result.digest),
    warnings: result.warnings ?? '',
  };
}

/** Runs the unit tests of a package in the real Move VM and returns the runner's report. @throws CompileFailed */
export async function runUnitTests(input: CompilerInput): Promise<{ passed: boolean; report: string }> {
  const { options, refused } = await builderInput(input, true);
  const result = await (await builder()).testMovePackage(options);
  if ('error' in result) throw failure(input, result, refused());
  // A package that does not compile in test mode comes back as a failed run without a single test.
  if (!result.output.includes('Running Move unit tests')) {
    throw new CompileFailed(input.root.directory, 'compile', result.output);
  }
  return { passed: result.passed, report: result.output };
}

function failure(
  input: CompilerInput,
  result: Builder.MovePackageFailure,
  refusedSource: string | undefined,
): Error {
  if (refusedSource !== undefined) return new RemoteDependencyRefused(refusedSource);
  return new CompileFailed(input.root.directory, result.category ?? 'unknown', result.error);
}

async function builderInput(input: CompilerInput, withTests: boolean) {
  const { MovePackageFetcher } = await builder();
  let refusedSource: string | undefined;

  /** Answers from memory; a dependency that is not there is remembered, since the builder rewords errors. */
  class MemoryFetcher extends MovePackageFetcher {
    override fetchLocal = async (localPath: string, context: { parentSource?: { local?: string } }) => {
      const direct = path.resolve(input.root.directory, localPath);
      const nested = path.resolve(input.root.directory, context.parentSource?.local ?? '.', localPath);
      const found = input.locals.get(direct) ?? input.locals.get(nested);
      if (found === undefined) throw new Error(`no local package at ${localPath}`);
      return withoutTests(found);
    };
    override async fetch(gitUrl: string, _rev: string, subdir?: string) {
      const found = input.framework.get(path.posix.basename(subdir ?? ''));
      if (found !== undefined && isSuiRepository(gitUrl)) return withoutTests(found);
      refusedSource ??= `${gitUrl} ${subdir ?? ''}`.trim();
      throw new RemoteDependencyRefused(refusedSource);
    }
    override async fetchFile() {
      return null;
    }
    override getResolvedSha() {
      return undefined;
    }
  }

  const options: Builder.MovePackageInput = {
    files: withTests ? { ...input.root.files } : withoutTests(input.root),
    fetcher: new MemoryFetcher(),
    network: 'mainnet',
    ansiColor: input.ansiColor ?? false,
    lintFlag: input.lint ? 'default' : 'none',
    ...(input.modes ? { modes: [...input.modes] } : {}),
  };
  if (input.modes?.includes('test')) options.files = { ...input.root.files };
  return { options, refused: () => refusedSource };
}

function withoutTests(snapshot: PackageSnapshot): Record<string, string> {
  return Object.fromEntries(Object.entries(snapshot.files).filter(([file]) => !file.startsWith('tests/')));
}

/** The builder names the framework by the public repository; forks and ssh forms of it count too. */
function isSuiRepository(gitUrl: string): boolean {
  return /(^|[/:])sui(\.git)?\/?$/i.test(gitUrl);
}
