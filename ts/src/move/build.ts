/**
 * Building and testing Move packages: snapshot → compiler, answered from the cache when nothing changed.
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { contentKey, defaultCacheDirectory, readCache, writeCache } from './cache.js';
import { COMPILER_VERSION, compile, runUnitTests, type CompilerInput, type CompilerOutput } from './compiler.js';
import { asRoot, publishedStd, readFramework, type Framework } from './framework.js';
import { treeOnFramework, withTestHelpers } from './test-helpers.js';
import { isTable, namedAddresses, readPackage, readPackageTree, withManifest, type PackageSnapshot } from './snapshot.js';

/** Where a dependency lives on the network that the build is meant for. */
export interface PublishedPackage {
  /** ID of the version to link against. */
  readonly publishedAt: string;
  /** ID of its first version; the same unless it was upgraded. */
  readonly originalId?: string;
}

export interface BuildOptions {
  /** Folder with `move-stdlib/` and `sui-framework/`; ours by default. */
  readonly framework?: string;
  /** Local dependencies that are already on chain, by `[package] name`. */
  readonly published?: Readonly<Record<string, PublishedPackage>>;
  /** Compiler modes; `test` includes the package's tests. */
  readonly modes?: readonly string[];
  /** Folder of the build cache; false builds anew and stores nothing. */
  readonly cache?: string | false;
  readonly lint?: boolean;
  readonly ansiColor?: boolean;
}

export interface BuiltPackage extends CompilerOutput {
  readonly name: string;
  readonly directory: string;
  /** True when the result came from the cache. */
  readonly cached: boolean;
  /**
   * Names of local dependencies without a known address. The modules link them at stand-in addresses: fine
   * for checking and testing, not for publishing.
   */
  readonly unpublishedDependencies: readonly string[];
}

export interface TestReport {
  readonly passed: boolean;
  /** The runner's own report. */
  readonly report: string;
  readonly totalCount: number;
  readonly passedCount: number;
  readonly failedCount: number;
}

/** Compiles a package. @throws MoveToolError */
export async function buildPackage(directory: string, options: BuildOptions = {}): Promise<BuiltPackage> {
  const { input, unpublished } = await prepare(directory, options);
  const { output, cached } = await cachedCompile(input, options.cache);
  return {
    ...output,
    name: input.root.name,
    directory: input.root.directory,
    cached,
    unpublishedDependencies: unpublished,
  };
}

/** Compiles both framework packages at their own addresses, for genesis. @throws MoveToolError */
export async function buildFramework(
  directory?: string,
  options: Pick<BuildOptions, 'cache'> = {},
): Promise<{ std: readonly Uint8Array[]; sui: readonly Uint8Array[]; cached: boolean }> {
  const framework = await readFramework(directory);
  const std = await cachedCompile(frameworkInput(framework, 'std', []), options.cache);
  const sui = await cachedCompile(frameworkInput(framework, 'sui', []), options.cache);
  return { std: std.output.modules, sui: sui.output.modules, cached: std.cached && sui.cached };
}

/** Runs the package's unit tests in the real Move VM. @throws MoveToolError when it does not compile */
export async function testPackage(directory: string, options: BuildOptions = {}): Promise<TestReport> {
  const { input } = await prepare(directory, options, true);
  const { passed, report } = await runUnitTests(withHelpers(input));
  const summary = /Total tests: (\d+); passed: (\d+); failed: (\d+)/.exec(report);
  const [totalCount, passedCount, failedCount] = summary ? summary.slice(1).map(Number) : [0, 0, passed ? 0 : 1];
  return { passed, report, totalCount: totalCount!, passedCount: passedCount!, failedCount: failedCount! };
}

/** The dependencies with the test helpers that the package uses. */
function withHelpers(input: CompilerInput): CompilerInput {
  const users = [input.root, ...input.locals.values()];
  const add = (all: ReadonlyMap<string, PackageSnapshot>): Map<string, PackageSnapshot> =>
    new Map([...all].map(([key, one]) => [key, withTestHelpers(one, users.filter((user) => user !== one))]));
  return { ...input, locals: add(input.locals), framework: add(input.framework) };
}

interface Prepared {
  readonly input: CompilerInput;
  readonly unpublished: readonly string[];
}

async function prepare(directory: string, options: BuildOptions, forTests = false): Promise<Prepared> {
  const part = frameworkPart(await readPackage(directory));
  if (part !== undefined) {
    const framework = await readFramework(`${(await readPackage(directory)).directory}/..`);
    return { input: frameworkInput(framework, part, options.modes ?? [], options), unpublished: [] };
  }
  const [framework, [root, ...dependencies]] = await Promise.all([
    readFramework(options.framework),
    readPackageTree(directory, forTests).then((tree) => treeOnFramework(tree, forTests)),
  ]);
  const published = options.published ?? {};
  const placed = dependencies.map((dependency) => place(dependency, published[dependency.name]));
  const input: CompilerInput = {
    root: root!,
    locals: new Map(placed.map(({ snapshot }) => [snapshot.directory, snapshot])),
    framework: new Map([
      ['move-stdlib', framework.std],
      ['sui-framework', framework.sui],
    ]),
    ...compilerOptions(options),
  };
  return { input, unpublished: placed.filter((one) => one.standIn).map(({ snapshot }) => snapshot.name) };
}

function compilerOptions(options: BuildOptions): Pick<CompilerInput, 'modes' | 'lint' | 'ansiColor'> {
  return {
    ...(options.modes ? { modes: options.modes } : {}),
    ...(options.lint === undefined ? {} : { lint: options.lint }),
    ...(options.ansiColor === undefined ? {} : { ansiColor: options.ansiColor }),
  };
}

/** A package that claims 0x1 or 0x2 is the framework itself. */
function frameworkPart(snapshot: PackageSnapshot): 'std' | 'sui' | undefined {
  const addresses = namedAddresses(snapshot.manifest);
  if (isAddress(addresses['sui'], 2n)) return 'sui';
  if (isAddress(addresses['std'], 1n)) return 'std';
  return undefined;
}

function frameworkInput(
  framework: Framework,
  part: 'std' | 'sui',
  modes: readonly string[],
  options: BuildOptions = {},
): CompilerInput {
  return {
    root: asRoot(framework, part),
    locals: new Map([[framework.std.directory, publishedStd(framework)]]),
    framework: new Map(),
    ...compilerOptions({ ...options, modes }),
  };
}

/**
 * Gives a local dependency the address it is linked at: the published one, the one in its own manifest, or a
 * stand-in derived from its name (two unpublished packages cannot both be at 0x0).
 */
function place(
  snapshot: PackageSnapshot,
  published: PublishedPackage | undefined,
): { snapshot: PackageSnapshot; standIn: boolean } {
  const table = snapshot.manifest['package'];
  const ownAddress = isTable(table) ? table['published-at'] : undefined;
  if (published === undefined && typeof ownAddress === 'string' && !isAddress(ownAddress, 0n)) {
    return { snapshot, standIn: false };
  }
  const standIn = `0x${bytesToHex(blake2b(new TextEncoder().encode(`haulout stand-in ${snapshot.name}`), { dkLen: 32 }))}`;
  const publishedAt = published?.publishedAt ?? standIn;
  const originalId = published?.originalId ?? publishedAt;
  const addresses = namedAddresses(snapshot.manifest);
  const own = Object.entries(addresses).filter(([, value]) => value === '_' || isAddress(value, 0n));
  if (own.length === 0) own.push([snapshot.name.toLowerCase(), '0x0']);
  return {
    snapshot: withManifest(snapshot, {
      ...snapshot.manifest,
      package: { ...(isTable(table) ? table : {}), 'published-at': publishedAt },
      addresses: { ...addresses, ...Object.fromEntries(own.map(([name]) => [name, originalId])) },
    }),
    standIn: published === undefined,
  };
}

function isAddress(text: string | undefined, value: bigint): boolean {
  return text !== undefined && /^0x[0-9a-f]{1,64}$/i.test(text) && BigInt(text) === value;
}

async function cachedCompile(
  input: CompilerInput,
  cache: string | false | undefined,
): Promise<{ output: CompilerOutput; cached: boolean }> {
  const directory = cache === false ? undefined : (cache ?? defaultCacheDirectory());
  const key = contentKey(keyParts(input));
  if (directory !== undefined) {
    const stored = decode(await readCache(directory, key));
    if (stored !== undefined) return { output: stored, cached: true };
  }
  const output = await compile(input);
  if (directory !== undefined) await writeCache(directory, key, encode(output));
  return { output, cached: false };
}

/** Everything the output depends on, in a fixed order. */
function* keyParts(input: CompilerInput): Generator<string> {
  yield COMPILER_VERSION;
  yield JSON.stringify([input.modes ?? [], input.lint ?? false, input.ansiColor ?? false]);
  const packages = [input.root, ...input.locals.values(), ...input.framework.values()];
  for (const one of packages) {
    const files = Object.keys(one.files).filter((file) => input.modes?.includes('test') || !file.startsWith('tests/'));
    yield String(files.length);
    for (const file of files.sort()) {
      yield file;
      yield one.files[file]!;
    }
  }
}

interface StoredBuild {
  readonly modules: string[];
  readonly dependencies: string[];
  readonly digest: string;
  readonly warnings: string;
}

function encode(output: CompilerOutput): StoredBuild {
  return {
    modules: output.modules.map((module) => Buffer.from(module).toString('base64')),
    dependencies: [...output.dependencies],
    digest: Buffer.from(output.digest).toString('base64'),
    warnings: output.warnings,
  };
}

/** The integrity line of the cache vouches for the shape; only its absence is checked here. */
function decode(stored: unknown): CompilerOutput | undefined {
  if (stored === undefined) return undefined;
  const { modules, dependencies, digest, warnings } = stored as StoredBuild;
  return {
    modules: modules.map((module) => new Uint8Array(Buffer.from(module, 'base64'))),
    dependencies,
    digest: new Uint8Array(Buffer.from(digest, 'base64')),
    warnings,
  };
}
