/** The contracts in this repository, compiled for deployment. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackage, type BuildOptions, type BuiltPackage } from '../move/index.js';
import type { PublishedAt } from '../protocol/index.js';

/** Folders of the packages: the same from `ts/src` and `ts/dist`. */
export const CONTRACT_DIRECTORIES = {
  wal: fileURLToPath(new URL('../../../move/wal', import.meta.url)),
  walrus: fileURLToPath(new URL('../../../move', import.meta.url)),
  walrus_audit: fileURLToPath(new URL('../../../move/walrus_audit', import.meta.url)),
  walrus_governance: fileURLToPath(new URL('../../../move/walrus_governance', import.meta.url)),
  wal_exchange: fileURLToPath(new URL('../../../move/wal_exchange', import.meta.url)),
  walrus_subsidies: fileURLToPath(new URL('../../../move/walrus_subsidies', import.meta.url)),
  blob_bucket: fileURLToPath(new URL('../../../move/blob_bucket', import.meta.url)),
} as const;

export type ContractName = keyof typeof CONTRACT_DIRECTORIES;

/** Compiles one of the contracts against published dependencies. */
export type ContractCompiler = (
  name: ContractName,
  published: Readonly<Record<string, PublishedAt>>,
) => Promise<BuiltPackage>;

/** A compiler of the contracts with the given toolchain options. */
export function contractCompiler(options: BuildOptions = {}): ContractCompiler {
  return (name, published) => buildPackage(CONTRACT_DIRECTORIES[name], { ...options, published });
}

/**
 * Writes the sources of a later version of the protocol package into an empty folder: the contract version and
 * one function more than in this repository. For rehearsals of upgrades.
 */
export async function writeLaterVersion(directory: string, version: number): Promise<void> {
  const from = CONTRACT_DIRECTORIES.walrus;
  for (const part of ['Move.toml', 'sources', 'wal']) {
    await cp(path.join(from, part), path.join(directory, part), { recursive: true });
  }
  const replace = async (file: string, before: string, after: string) => {
    const at = path.join(directory, 'sources', file);
    const text = await readFile(at, 'utf8');
    if (!text.includes(before)) throw new RangeError(`${file} does not contain ${before}`);
    await writeFile(at, text.replace(before, after));
  };
  await replace('staking/staking.move', 'const VERSION: u64 = 1;', `const VERSION: u64 = ${version};`);
  const added = `/// Added by version ${version}.\npublic fun answer(): u64 { ${version} }\n`;
  await replace('system/system.move', 'const VERSION: u64 = 1;', `const VERSION: u64 = ${version};\n\n${added}`);
}
