/**
 * Reads a Move package and its local dependencies from disk into memory, the form the compiler takes.
 * Nothing here knows the compiler; the only side effect is reading files.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify, type TomlTable } from 'smol-toml';
import { ManifestInvalid, PackageNotFound, PackageTooLarge } from './errors.js';

/** Sources of one package; far above any package that can be published (100 KiB of bytecode). */
const MAX_PACKAGE_SOURCE_BYTES = 32 * 1024 * 1024;
const MAX_PACKAGES = 200;
/** Folders of a package that hold Move sources; anything else (build output, docs) is not read. */
const SOURCE_FOLDERS = ['sources', 'tests'];

/** One package in memory. */
export interface PackageSnapshot {
  /** Absolute folder. */
  readonly directory: string;
  /** `[package] name`. */
  readonly name: string;
  readonly manifest: TomlTable;
  /** Path inside the package with forward slashes → text; holds `Move.toml`. */
  readonly files: Readonly<Record<string, string>>;
  /** Absolute folders of the local dependencies. */
  readonly localDependencies: readonly string[];
}

/** Reads one package. @throws PackageNotFound, ManifestInvalid, PackageTooLarge */
export async function readPackage(directory: string): Promise<PackageSnapshot> {
  const root = path.resolve(directory);
  const manifestPath = path.join(root, 'Move.toml');
  let manifestText: string;
  try {
    manifestText = await readFile(manifestPath, 'utf8');
  } catch (cause) {
    throw new PackageNotFound(directory, 'it has no readable Move.toml', { cause });
  }
  const manifest = parseManifest(manifestPath, manifestText);
  const files: Record<string, string> = { 'Move.toml': manifestText };
  let budget = MAX_PACKAGE_SOURCE_BYTES;
  for (const folder of SOURCE_FOLDERS) {
    for (const file of await listMoveFiles(root, folder)) {
      budget -= (await stat(path.join(root, file))).size;
      if (budget < 0) throw new PackageTooLarge(directory, MAX_PACKAGE_SOURCE_BYTES);
      files[file] = await readFile(path.join(root, file), 'utf8');
    }
  }
  return {
    directory: root,
    name: packageName(manifestPath, manifest),
    manifest,
    files,
    localDependencies: localPaths(manifest).map((local) => path.resolve(root, local)),
  };
}

/**
 * Reads a package and everything it depends on locally; the package itself comes first. With `forTests` its own
 * development dependencies belong to it, those of dependencies never do.
 */
export async function readPackageTree(directory: string, forTests = true): Promise<PackageSnapshot[]> {
  const seen = new Map<string, PackageSnapshot>();
  const root = path.resolve(directory);
  const queue = [root];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (seen.has(next)) continue;
    if (seen.size === MAX_PACKAGES) {
      throw new ManifestInvalid(next, `more than ${MAX_PACKAGES} packages in the dependency tree`);
    }
    const snapshot = await readPackage(next);
    seen.set(next, snapshot);
    const isDevelopment = forTests && next === root;
    const paths = localPaths(snapshot.manifest, isDevelopment ? ['dependencies', 'dev-dependencies'] : ['dependencies']);
    for (const local of paths) queue.push(path.resolve(next, local));
  }
  return [...seen.values()];
}

/** The same snapshot with another manifest. */
export function withManifest(snapshot: PackageSnapshot, manifest: TomlTable): PackageSnapshot {
  return { ...snapshot, manifest, files: { ...snapshot.files, 'Move.toml': stringify(manifest) } };
}

/** Named addresses of a manifest, as written. */
export function namedAddresses(manifest: TomlTable): Record<string, string> {
  const table = manifest['addresses'];
  const result: Record<string, string> = {};
  if (isTable(table)) {
    for (const [name, value] of Object.entries(table)) if (typeof value === 'string') result[name] = value;
  }
  return result;
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function parseManifest(manifestPath: string, text: string): TomlTable {
  try {
    return parse(text);
  } catch (cause) {
    throw new ManifestInvalid(manifestPath, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function packageName(manifestPath: string, manifest: TomlTable): string {
  const table = manifest['package'];
  const name = isTable(table) ? table['name'] : undefined;
  if (typeof name !== 'string' || name.length === 0) {
    throw new ManifestInvalid(manifestPath, '[package] name is missing');
  }
  return name;
}

function localPaths(manifest: TomlTable, sections: readonly string[] = ['dependencies', 'dev-dependencies']): string[] {
  const paths: string[] = [];
  for (const section of sections) {
    const table = manifest[section];
    if (!isTable(table)) continue;
    for (const dependency of Object.values(table)) {
      if (isTable(dependency) && typeof dependency['local'] === 'string') paths.push(dependency['local']);
    }
  }
  return paths;
}

async function listMoveFiles(root: string, folder: string): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(path.join(root, folder), { withFileTypes: true, recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.move'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}
