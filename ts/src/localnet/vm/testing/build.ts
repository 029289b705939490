/**
 * From a package folder to a plan the unit-test runner can run: the package, its local dependencies and the
 * framework are copied to a temporary folder with rewritten sources (`move-source.ts`) and built there, each
 * package as a root of its own.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blake2b } from '@noble/hashes/blake2.js';
import {
  buildFramework,
  buildPackage,
  CompileFailed,
  DEFAULT_FRAMEWORK_DIRECTORY,
  readPackage,
  readPackageTree,
  treeOnFramework,
  withTestHelpers,
} from '../../../move/index.js';
import type { PackageSnapshot } from '../../../move/index.js';
import { PackageInstrumenter } from '../../coverage/package-instrumenter.js';
import type { PackageProbes } from '../../coverage/package-instrumenter.js';
import { parseModule } from '../module.js';
import { relocateModule } from '../relocate.js';
import { bytesToAddress } from '../bcs.js';
import type { Address, PackageStore, PackageView } from '../types.js';
import { readTestSource } from './move-source.js';
import type { ConstantDeclaration, TestDeclaration } from './move-source.js';
import type { UnitTestPlan } from './unit-test.js';

export interface TestBuildOptions {
  /** Folder with `move-stdlib/` and `sui-framework/`; the built-in one by default. */
  readonly framework?: string;
  /** Folder of the build cache; false builds anew. */
  readonly cache?: string | false;
  /** `coverage`: probes in the package under test, tests aside. `lines`: in it and its local dependencies, tests too. */
  readonly probes?: 'coverage' | 'lines';
  /** False leaves the tests out and `init` as it is: the package as it is published. */
  readonly tests?: boolean;
}

/** A package of a build. */
export interface BuiltTestPackage {
  readonly id: Address;
  /** What its modules call their address. */
  readonly name: string;
  readonly directory: string;
  readonly probes: PackageProbes | undefined;
}

export interface TestBuild {
  readonly plan: UnitTestPlan;
  readonly packages: PackageStore;
  /** The package under test first, then its local dependencies; not the framework, unless that is tested. */
  readonly built: readonly BuiltTestPackage[];
  /** Probes are numbered from zero to below this. */
  readonly probeCount: number;
}

/** A package written to the temporary folder. */
interface Rewritten {
  readonly tests: readonly TestDeclaration[];
  readonly constants: readonly ConstantDeclaration[];
}

/** Where the rewritten files of `tests/` go: they must be sources of an ordinary build. */
const testFolder = 'sources/tests_of_package';

/** Writes the rewritten sources of a package below `target`. Tests are kept only for the package under test. */
async function writeRewritten(
  snapshot: PackageSnapshot,
  target: string,
  hasTests: boolean,
  probes?: PackageInstrumenter,
): Promise<Rewritten> {
  const tests: TestDeclaration[] = [];
  const constants: ConstantDeclaration[] = [];
  await mkdir(target, { recursive: true });
  await writeFile(path.join(target, 'Move.toml'), snapshot.files['Move.toml']!);
  for (const [file, text] of Object.entries(probes?.addedFiles() ?? {})) {
    await mkdir(path.dirname(path.join(target, file)), { recursive: true });
    await writeFile(path.join(target, file), text);
  }
  for (const [file, text] of Object.entries(snapshot.files)) {
    if (!file.endsWith('.move') || (file.startsWith('tests/') && !hasTests)) continue;
    const source = readTestSource(probes?.transform(file, text) ?? text, hasTests);
    tests.push(...source.tests);
    constants.push(...source.constants);
    const place = path.join(target, file.startsWith('tests/') ? path.join(testFolder, file.slice(6)) : file);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, source.text);
  }
  return { tests, constants };
}

/** A package of the store from its modules; every datatype is defined by this version. */
export function packageFromModules(
  id: Address,
  modules: readonly Uint8Array[],
  dependencies: readonly Address[],
): PackageView {
  const byName = new Map<string, Uint8Array>();
  const typeOrigins = new Map<string, Address>();
  for (const bytes of modules) {
    const module = parseModule(bytes);
    byName.set(module.self.name, bytes);
    for (const name of module.datatypeByName.keys()) typeOrigins.set(`${module.self.name}::${name}`, id);
  }
  const linkage = new Map(dependencies.map((d) => [d, d]));
  return { storageId: id, originalId: id, version: 1n, modules: byName, linkage, typeOrigins };
}

const zero = `0x${'0'.repeat(64)}`;
const stdId = `0x${'1'.padStart(64, '0')}`;
const suiId = `0x${'2'.padStart(64, '0')}`;

type Manifest = PackageSnapshot['manifest'];

function table(manifest: Manifest, key: string): Record<string, unknown> {
  const value = manifest[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Address at which a local dependency is compiled: its own when it has one, else one made from its name. */
function addressOf(snapshot: PackageSnapshot): Address {
  const own = Object.values(table(snapshot.manifest, 'addresses')).find(
    (value) => typeof value === 'string' && /^0x[0-9a-fA-F]+$/.test(value) && BigInt(value) !== 0n,
  );
  const fresh = bytesToAddress(blake2b(new TextEncoder().encode(`unit test ${snapshot.name}`), { dkLen: 32 }));
  return typeof own === 'string' ? `0x${BigInt(own).toString(16).padStart(64, '0')}` : fresh;
}

/** The named address of a package's own modules. */
function addressName(snapshot: PackageSnapshot): string {
  const names = Object.keys(table(snapshot.manifest, 'addresses'));
  return names.find((name) => name === snapshot.name.toLowerCase()) ?? names[0] ?? snapshot.name;
}

/** The part of the framework that a folder is, if it is one. */
function frameworkPart(snapshot: PackageSnapshot): 'std' | 'sui' | undefined {
  const addresses = table(snapshot.manifest, 'addresses');
  const is = (name: string, value: bigint): boolean =>
    typeof addresses[name] === 'string' && /^0x[0-9a-fA-F]+$/.test(addresses[name]) && BigInt(addresses[name]) === value;
  return is('sui', 2n) ? 'sui' : is('std', 1n) ? 'std' : undefined;
}

/** Builds a package and its tests. Throws the errors of the Move toolchain. */
export async function buildForTests(directory: string, options: TestBuildOptions = {}): Promise<TestBuild> {
  const work = await mkdtemp(path.join(tmpdir(), 'haulout-test-'));
  try {
    return await buildIn(work, path.resolve(directory), options);
  } catch (error) {
    if (!(error instanceof CompileFailed)) throw error;
    // The author's places, not those of the copy.
    throw new CompileFailed(directory, error.category, error.diagnostics.replaceAll(`${testFolder}/`, 'tests/'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Compiler messages name files by their place in the temporary folder. */
function filesNamedIn(diagnostics: string): string[] {
  return [...diagnostics.matchAll(/┌─ (\S+\.move):/g)].map(([, file]) =>
    file!.startsWith(`${testFolder}/`) ? `tests/${file!.slice(testFolder.length + 1)}` : file!,
  );
}

/**
 * Writes and compiles a package. Files that do not compile with their probes go without them: those that the
 * compiler names, or all when it names none.
 */
async function compileWith<T>(
  probes: PackageInstrumenter | undefined,
  write: () => Promise<Rewritten>,
  compile: () => Promise<T>,
): Promise<{ readonly written: Rewritten; readonly output: T }> {
  for (;;) {
    const written = await write();
    try {
      return { written, output: await compile() };
    } catch (error) {
      if (!(error instanceof CompileFailed) || !probes?.giveUp(filesNamedIn(error.diagnostics))) throw error;
    }
  }
}

async function buildIn(work: string, directory: string, options: TestBuildOptions): Promise<TestBuild> {
  const root = await readPackage(directory);
  const part = frameworkPart(root);
  const frameworkFolder = part === undefined ? (options.framework ?? DEFAULT_FRAMEWORK_DIRECTORY) : path.dirname(root.directory);
  const framework = path.join(work, 'framework');
  const buildOptions = options.cache === undefined ? {} : { cache: options.cache };
  const hasTests = options.tests ?? true;
  const read = part === undefined ? await readPackageTree(directory, hasTests) : [];
  const known = treeOnFramework(read, hasTests);
  const tree = hasTests ? known.map((one, index) => (index === 0 ? one : withTestHelpers(one, known.filter((other) => other !== one)))) : known;
  const numbers = { next: 0 };
  const instrumenterOf = (snapshot: PackageSnapshot, isRoot: boolean): PackageInstrumenter | undefined =>
    options.probes === undefined || (options.probes === 'coverage' && !isRoot)
      ? undefined
      : new PackageInstrumenter(snapshot, options.probes, () => numbers.next++);

  const frameworkProbes = part === undefined ? undefined : instrumenterOf(root, true);
  const { written: ofFramework, output: built } = await compileWith(
    frameworkProbes,
    async () => {
      const constants: ConstantDeclaration[] = [];
      let tests: readonly TestDeclaration[] = [];
      for (const [folder, name] of [['move-stdlib', 'std'], ['sui-framework', 'sui']] as const) {
        const isRoot = part === name;
        const asItIs = await readPackage(path.join(frameworkFolder, folder));
        const snapshot = hasTests && !isRoot ? withTestHelpers(asItIs, tree) : asItIs;
        const written = await writeRewritten(snapshot, path.join(framework, folder), isRoot && hasTests, isRoot ? frameworkProbes : undefined);
        constants.push(...written.constants);
        if (isRoot) tests = written.tests;
      }
      return { tests, constants };
    },
    () => buildFramework(framework, buildOptions),
  );
  const packages = new Map<Address, PackageView>([
    [stdId, packageFromModules(stdId, built.std, [])],
    [suiId, packageFromModules(suiId, built.sui, [stdId])],
  ]);
  const packageStore: PackageStore = { getPackage: (id) => packages.get(id) };
  if (part !== undefined) {
    const id = part === 'std' ? stdId : suiId;
    return {
      plan: { package: id, ...ofFramework },
      packages: packageStore,
      built: [{ id, name: part, directory: root.directory, probes: frameworkProbes?.probes }],
      probeCount: numbers.next,
    };
  }

  // Folders keep their places relative to each other, so that manifests stay valid.
  const ancestor = commonAncestor(tree.map((p) => p.directory));
  const placeOf = (snapshot: PackageSnapshot): string => path.join(work, 'packages', path.relative(ancestor, snapshot.directory));
  const published = Object.fromEntries(tree.slice(1).map((p) => [p.name, { publishedAt: addressOf(p) }]));
  const instrumenters = tree.map((snapshot, index) => instrumenterOf(snapshot, index === 0));
  const constants = [...ofFramework.constants];
  let tests: readonly TestDeclaration[] = [];
  const writeAt = (index: number): Promise<Rewritten> =>
    writeRewritten(tree[index]!, placeOf(tree[index]!), index === 0 && hasTests, instrumenters[index]);
  for (const index of tree.keys()) await writeAt(index);
  const dependencyIds = [stdId, suiId, ...tree.slice(1).map(addressOf)];
  // Dependencies first: what they had to do without is settled when the package that uses them is compiled.
  for (const index of [...tree.keys()].reverse()) {
    const snapshot = tree[index]!;
    const { written, output } = await compileWith(instrumenters[index], () => writeAt(index), () =>
      buildPackage(placeOf(snapshot), { framework, published, ...buildOptions }),
    );
    constants.push(...written.constants);
    if (index === 0) tests = written.tests;
    const id = index === 0 ? zero : addressOf(snapshot);
    const modules = index === 0 ? output.modules : output.modules.map((m) => moveToAddress(m, id));
    packages.set(id, packageFromModules(id, modules, dependencyIds.filter((d) => d !== id)));
  }
  return {
    plan: { package: zero, tests, constants },
    packages: packageStore,
    built: tree.map((snapshot, index) => ({
      id: index === 0 ? zero : addressOf(snapshot),
      name: addressName(snapshot),
      directory: snapshot.directory,
      probes: instrumenters[index]?.probes,
    })),
    probeCount: numbers.next,
  };
}

/** Replaces the self address 0x0 of a module: roots are compiled at zero. */
function moveToAddress(bytes: Uint8Array, id: Address): Uint8Array {
  const { self } = parseModule(bytes);
  if (self.address !== zero) return bytes;
  return relocateModule(bytes, id);
}

function commonAncestor(directories: readonly string[]): string {
  return directories.reduce((common, directory) => {
    let at = common;
    while (path.relative(at, directory).startsWith('..')) at = path.dirname(at);
    return at;
  });
}
