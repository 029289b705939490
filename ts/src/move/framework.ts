/**
 * The framework packages (`std` at 0x1, `sui` at 0x2) that every other package depends on without saying
 * so. By default they are ours, in `move/framework`; any folder with `move-stdlib/` and `sui-framework/`
 * takes their place.
 */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TomlTable } from 'smol-toml';
import { PackageNotFound } from './errors.js';
import { readPackage, withManifest, type PackageSnapshot } from './snapshot.js';

/** Folder of our own framework: the same place from `ts/src` and from `ts/dist`. */
export const DEFAULT_FRAMEWORK_DIRECTORY = fileURLToPath(new URL('../../../move/framework', import.meta.url));

/** Both packages, with manifests that do not depend on what stands in theirs. */
export interface Framework {
  readonly directory: string;
  readonly std: PackageSnapshot;
  readonly sui: PackageSnapshot;
}

/** Reads a framework folder. @throws PackageNotFound naming the missing part */
export async function readFramework(directory = DEFAULT_FRAMEWORK_DIRECTORY): Promise<Framework> {
  const [std, sui] = await Promise.all([
    readPart(directory, 'move-stdlib', 'MoveStdlib', { std: '0x1' }),
    readPart(directory, 'sui-framework', 'Sui', { sui: '0x2' }),
  ]);
  return { directory: path.resolve(directory), std, sui };
}

const STD_DEPENDENCY: TomlTable = { dependencies: { MoveStdlib: { local: '../move-stdlib' } } };

async function readPart(
  directory: string,
  folder: string,
  name: string,
  addresses: Record<string, string>,
): Promise<PackageSnapshot> {
  const root = path.join(directory, folder);
  try {
    await access(path.join(root, 'sources'));
  } catch (cause) {
    throw new PackageNotFound(root, 'a framework folder holds move-stdlib/sources and sui-framework/sources', {
      cause,
    });
  }
  const snapshot = await readPackage(root);
  const manifest: TomlTable = {
    package: { name, edition: '2024' },
    ...(name === 'Sui' ? STD_DEPENDENCY : {}),
    addresses,
  };
  return { ...withManifest(snapshot, manifest), name };
}

/**
 * A framework package as the *root* of a compilation. The compiler puts a root package at 0x0 whenever the
 * package name equals its named address, so the root gets a name that is not an address of the framework.
 */
export function asRoot(framework: Framework, part: 'std' | 'sui'): PackageSnapshot {
  const manifest: TomlTable = {
    package: { name: 'GenesisRoot', edition: '2024', 'implicit-dependencies': false },
    ...(part === 'sui' ? STD_DEPENDENCY : {}),
    addresses: part === 'sui' ? { sui: '0x2', GenesisRoot: '0x2' } : { std: '0x1', GenesisRoot: '0x1' },
  };
  return withManifest(framework[part], manifest);
}

/** The standard library as a published dependency, for compiling `sui` as a root. */
export function publishedStd(framework: Framework): PackageSnapshot {
  return withManifest(framework.std, {
    package: { name: 'MoveStdlib', edition: '2024', 'published-at': '0x1' },
    addresses: { std: '0x1' },
  });
}
