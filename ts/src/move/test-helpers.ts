/**
 * Test helpers of dependencies. In test mode the Sui toolchain also compiles the `tests/` of dependencies, and
 * published packages rely on it: they use `sui::kiosk_test_utils` and the like in tests of their own. Here only
 * the files that are used are taken along, so that a test run does not compile the tests of a whole framework.
 */
import type { TomlTable } from 'smol-toml';
import { isTable, withManifest, type PackageSnapshot } from './snapshot.js';

/** Where the files go: among the sources, which every kind of build reads. */
const HELPER_FOLDER = 'sources/tests_of_dependency/';
const MODULE = /^[ \t]*((?:#\[[^\]]*\]\s*)*)module\s+(\w+::\w+)/gm;

/**
 * A package tree, the package first, on the one framework there is, whatever revision of it the manifests name.
 * `forTests`: with the development dependencies and addresses of the package. Manifests with none of that stay.
 */
export function treeOnFramework(tree: readonly PackageSnapshot[], forTests: boolean): PackageSnapshot[] {
  return tree.map((snapshot, index) => {
    const { manifest } = snapshot;
    const development = forTests && index === 0;
    const named = Object.values(table(manifest, 'dependencies'));
    if (!named.some(isFramework) && !('dev-dependencies' in manifest) && !('dev-addresses' in manifest)) return snapshot;
    const dependencies = { ...table(manifest, 'dependencies'), ...(development ? table(manifest, 'dev-dependencies') : {}) };
    const kept = Object.entries(dependencies).filter(([, one]) => !isFramework(one));
    const addresses = { ...table(manifest, 'addresses') };
    for (const [name, value] of Object.entries(table(manifest, 'dev-addresses')))
      if (development && (addresses[name] === undefined || addresses[name] === '_')) addresses[name] = value;
    const changed: TomlTable = { ...manifest, dependencies: Object.fromEntries(kept), addresses };
    delete changed['dev-dependencies'];
    delete changed['dev-addresses'];
    return withManifest(snapshot, changed);
  });
}

function table(manifest: TomlTable, key: string): TomlTable {
  const value = manifest[key];
  return isTable(value) ? value : {};
}

/** A dependency on the framework by its public repository; without one, the framework is there by itself. */
function isFramework(dependency: TomlTable[string]): boolean {
  if (!isTable(dependency) || typeof dependency['git'] !== 'string' || typeof dependency['subdir'] !== 'string') return false;
  return /(^|[/:])sui(\.git)?\/?$/i.test(dependency['git']) && /(^|\/)(move-stdlib|sui-framework)\/?$/.test(dependency['subdir']);
}

interface TestFile {
  readonly file: string;
  readonly text: string;
  /** `address::name` of its modules. */
  readonly modules: readonly string[];
}

/**
 * A dependency with those files of its `tests/` among its sources whose modules the `users` name, directly or
 * through other such files. Files with a module that is not `#[test_only]` stay out: they would be published.
 */
export function withTestHelpers(dependency: PackageSnapshot, users: readonly PackageSnapshot[]): PackageSnapshot {
  const candidates = Object.entries(dependency.files).flatMap(([file, text]) => testFile(file, text));
  const texts = users.flatMap((user) => Object.values(user.files));
  const used = new Set<TestFile>();
  for (let grows = true; grows; ) {
    const found = candidates.filter((one) => !used.has(one) && texts.some((text) => names(text, one.modules)));
    for (const one of found) {
      used.add(one);
      texts.push(one.text);
    }
    grows = found.length > 0;
  }
  if (used.size === 0) return dependency;
  const files = { ...dependency.files };
  for (const { file, text } of used) {
    delete files[file];
    files[HELPER_FOLDER + file.slice('tests/'.length)] = text;
  }
  return { ...dependency, files };
}

function testFile(file: string, text: string): TestFile[] {
  if (!file.startsWith('tests/')) return [];
  // A doc comment may stand between the attribute and the module.
  const declared = [...text.replace(/^[ \t]*\/\/.*$/gm, '').matchAll(MODULE)];
  if (declared.length === 0 || !declared.every(([, attributes]) => attributes!.includes('test_only'))) return [];
  return [{ file, text, modules: declared.map(([, , name]) => name!) }];
}

/** `address::name`, or `name` in the braces of `use address::{…}`. */
function names(text: string, modules: readonly string[]): boolean {
  return modules.some((module) => {
    const [address, name] = module.split('::') as [string, string];
    return new RegExp(`(?<![\\w:])${address}::(\\{[^;]*\\b)?${name}\\b`).test(text);
  });
}
