/**
 * From a package folder to a plan the unit-test runner can run: the package, its local dependencies and the
 * framework are copied to a temporary folder with rewritten sources (`move-source.ts`) and built there, each
 * package as a root of its own.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blake2b } from '@noble/hashes/blake2.js';
import { buildFramework, buildPackage, DEFAULT_FRAMEWORK_DIRECTORY, readPackage, readPackageTree } from '../../../move/index.js';
import type { PackageSnapshot } from '../../../move/index.js';
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
}

export interface TestBuild {
  readonly plan: UnitTestPlan;
  readonly packages: PackageStore;
}

/** A package written to the temporary folder. */
interface Rewritten {
  readonly tests: readonly TestDeclaration[];
  readonly constants: readonly ConstantDeclaration[];
}

/** Where the rewritten files of `tests/` go: they must be sources of an ordinary build. */
const testFolder = 'sources/tests_of_package';

/** Writes the rewritten sources of a package below `target`. Tests are kept only for the package under test. */
async function writeRewritten(snapshot: PackageSnapshot, target: string, hasTests: boolean, manifest: string): Promise<Rewritten> {
  const tests: TestDeclaration[] = [];
  const constants: ConstantDeclaration[] = [];
  await mkdir(target, { recursive: true });
  await writeFile(path.join(target, 'Move.toml'), manifest);
  for (const [file, text] of Object.entries(snapshot.files)) {
    if (!file.endsWith('.move') || (file.startsWith('tests/') && !hasTests)) continue;
    const source = readTestSource(text, hasTests);
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
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function buildIn(work: string, directory: string, options: TestBuildOptions): Promise<TestBuild> {
  const root = await readPackage(directory);
  const part = frameworkPart(root);
  const frameworkFolder = part === undefined ? (options.framework ?? DEFAULT_FRAMEWORK_DIRECTORY) : path.dirname(root.directory);
  const constants: ConstantDeclaration[] = [];
  let tests: readonly TestDeclaration[] = [];
  for (const [folder, name] of [['move-stdlib', 'std'], ['sui-framework', 'sui']] as const) {
    const snapshot = await readPackage(path.join(frameworkFolder, folder));
    const written = await writeRewritten(snapshot, path.join(work, 'framework', folder), part === name, snapshot.files['Move.toml']!);
    constants.push(...written.constants);
    if (part === name) tests = written.tests;
  }
  const framework = path.join(work, 'framework');
  const buildOptions = options.cache === undefined ? {} : { cache: options.cache };
  const { std, sui } = await buildFramework(framework, buildOptions);
  const packages = new Map<Address, PackageView>([
    [stdId, packageFromModules(stdId, std, [])],
    [suiId, packageFromModules(suiId, sui, [stdId])],
  ]);
  const packageStore: PackageStore = { getPackage: (id) => packages.get(id) };
  if (part !== undefined)
    return { plan: { package: part === 'std' ? stdId : suiId, tests, constants }, packages: packageStore };

  const tree = await readPackageTree(directory);
  // Folders keep their places relative to each other, so that manifests stay valid.
  const ancestor = commonAncestor(tree.map((p) => p.directory));
  const placeOf = (snapshot: PackageSnapshot): string => path.join(work, 'packages', path.relative(ancestor, snapshot.directory));
  const published = Object.fromEntries(tree.slice(1).map((p) => [p.name, { publishedAt: addressOf(p) }]));
  for (const snapshot of tree) {
    const written = await writeRewritten(snapshot, placeOf(snapshot), snapshot === tree[0], snapshot.files['Move.toml']!);
    constants.push(...written.constants);
    if (snapshot === tree[0]) tests = written.tests;
  }
  const dependencyIds = [stdId, suiId, ...tree.slice(1).map(addressOf)];
  for (const [index, snapshot] of tree.entries()) {
    const built = await buildPackage(placeOf(snapshot), { framework, published, ...buildOptions });
    const id = index === 0 ? zero : addressOf(snapshot);
    const modules = index === 0 ? built.modules : built.modules.map((m) => moveToAddress(m, id));
    packages.set(id, packageFromModules(id, modules, dependencyIds.filter((d) => d !== id)));
  }
  return { plan: { package: zero, tests, constants }, packages: packageStore };
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
