/** Sources of published packages: where they are, and that they are still what was published. */
import { createHash } from 'node:crypto';
import { PackageNotFound, readPackage } from '../../move/index.js';
import type { MovePackage } from '../runtime/objects.js';
import type { Address } from '../vm/types.js';
import { createLineLookup } from './source-map.js';
import type { LineLookup, MappedPackage } from './source-map.js';

interface Source {
  readonly directory: string;
  /** Of all files of the package. */
  readonly hash: string;
  /** Compiled with probes when first asked for. */
  mapped?: Promise<MappedPackage | undefined>;
}

export class PublishedSources {
  readonly #sources = new Map<Address, Source>();

  constructor(private readonly options: { readonly framework?: string; readonly cache?: string | false }) {}

  /** Remembers the folder a package was just published from. */
  async remember(packageId: Address, directory: string): Promise<void> {
    this.#sources.set(packageId, { directory, hash: await hashOf(directory) });
  }

  /** Lines of all packages whose sources are unchanged. `getPackage` finds their code. @throws CompileFailed */
  async lineLookup(getPackage: (id: Address) => MovePackage | undefined): Promise<LineLookup> {
    const packages: MappedPackage[] = [];
    for (const [id, source] of this.#sources) {
      const pkg = getPackage(id);
      const mapped = pkg && (await (source.mapped ??= this.#map(pkg, source)));
      if (mapped !== undefined) packages.push(mapped);
    }
    return createLineLookup(packages);
  }

  async #map(pkg: MovePackage, source: Source): Promise<MappedPackage | undefined> {
    if ((await hashOf(source.directory)) !== source.hash) return undefined;
    const { buildForTests } = await import('../vm/testing/build.js');
    const build = await buildForTests(source.directory, { ...this.options, probes: 'lines', tests: false });
    const root = build.built[0]!;
    return {
      directory: root.directory,
      id: pkg.storageId,
      modules: pkg.modules,
      instrumented: build.packages.getPackage(root.id)!.modules,
      probes: root.probes!,
    };
  }
}

/** Empty when the folder holds no package any more. */
async function hashOf(directory: string): Promise<string> {
  try {
    const { files } = await readPackage(directory);
    const hash = createHash('sha256');
    for (const file of Object.keys(files).sort()) hash.update(JSON.stringify([file, files[file]]));
    return hash.digest('hex');
  } catch (error) {
    if (error instanceof PackageNotFound) return '';
    throw error;
  }
}
