/** `haulout move build`; `haulout move test` is in `move-test.ts`. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import { buildPackage } from '../../move/index.js';
import { bytesText, json, line, note } from '../output.js';

export interface MoveBuildOptions {
  readonly framework?: string;
  readonly cache: boolean;
  readonly lint?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export async function moveBuild(directory: string, options: MoveBuildOptions): Promise<void> {
  const built = await buildPackage(directory, {
    ...(options.framework === undefined ? {} : { framework: options.framework }),
    ...(options.cache ? {} : { cache: false }),
    lint: options.lint ?? false,
    ansiColor: process.stderr.isTTY === true,
  });
  if (built.warnings !== '') note(built.warnings);
  if (options.out !== undefined) {
    await mkdir(options.out, { recursive: true });
    for (const [index, module] of built.modules.entries()) {
      await writeFile(path.join(options.out, `${String(index).padStart(3, '0')}.mv`), module);
    }
  }
  if (options.json) {
    json({
      modules: built.modules.map((module) => Buffer.from(module).toString('base64')),
      dependencies: built.dependencies,
      digest: Array.from(built.digest),
      unpublishedDependencies: built.unpublishedDependencies,
    });
    return;
  }
  const size = built.modules.reduce((sum, module) => sum + module.length, 0);
  line(`${built.name}: ${built.modules.length} modules, ${bytesText(size)}${built.cached ? ' (unchanged)' : ''}`);
  line(`digest ${bytesToHex(built.digest)}`);
  if (built.unpublishedDependencies.length > 0) {
    line(`not published yet, linked at stand-in addresses: ${built.unpublishedDependencies.join(', ')}`);
  }
}
