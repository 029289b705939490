/** The contracts in this repository, compiled for deployment. */
import { fileURLToPath } from 'node:url';
import { buildPackage, type BuildOptions } from '../move/index.js';
import type { CompilePackage } from '../protocol/index.js';

/** Folders of the packages: the same from `ts/src` and `ts/dist`. */
export const CONTRACT_DIRECTORIES = {
  wal: fileURLToPath(new URL('../../../move/wal', import.meta.url)),
  walrus: fileURLToPath(new URL('../../../move', import.meta.url)),
} as const;

/** A compiler of the contracts with the given toolchain options. */
export function contractCompiler(options: BuildOptions = {}): CompilePackage {
  return (name, published) => buildPackage(CONTRACT_DIRECTORIES[name], { ...options, published });
}
