/** Probes in all sources of one package, and what became of files that could not have them. */
import type { PackageSnapshot } from '../../move/index.js';
import { addressOfModules, instrument } from './instrument.js';
import type { InstrumentedSource } from './instrument.js';
import { PROBE_MODULE, probeModuleSource, SourceNotUnderstood } from './probe-map.js';
import type { FileProbes } from './probe-map.js';

/** A file that runs without probes. */
export interface UnmeasuredFile {
  /** Path inside the package. */
  readonly path: string;
  readonly reason: string;
}

export interface PackageProbes {
  readonly files: readonly FileProbes[];
  readonly unmeasured: readonly UnmeasuredFile[];
}

const probeFile = `sources/${PROBE_MODULE}.move`;

export class PackageInstrumenter {
  /** Files with probes. A file is instrumented once, however often it is written. */
  private readonly byFile = new Map<string, InstrumentedSource>();
  private readonly reasons = new Map<string, string>();
  /** Address of the package's modules as its sources write it; undefined when there is none. */
  private address: string | undefined;
  /** The same where an expression uses it: `::` in front keeps a module alias of that name away. */
  private readonly globalAddress: string;

  constructor(
    snapshot: PackageSnapshot,
    private readonly mode: 'coverage' | 'lines',
    private readonly nextProbe: () => number,
  ) {
    const sources = Object.entries(snapshot.files).filter(([file]) => file.startsWith('sources/'));
    this.address = sources.map(([, text]) => addressOfModules(text)).find((address) => address !== undefined);
    const table = snapshot.manifest['package'];
    const edition = typeof table === 'object' && table !== null && 'edition' in table ? String(table.edition) : 'legacy';
    const isPlain = this.address === undefined || /^\d/.test(this.address) || edition.startsWith('legacy');
    this.globalAddress = isPlain ? (this.address ?? '') : `::${this.address}`;
  }

  get probes(): PackageProbes {
    return {
      files: [...this.byFile.values()].map(({ probes }) => probes),
      unmeasured: [...this.reasons].map(([path, reason]) => ({ path, reason })),
    };
  }

  /** Files of the package that its author did not write. */
  addedFiles(): Record<string, string> {
    return this.address === undefined ? {} : { [probeFile]: probeModuleSource(this.address) };
  }

  /** The source with probes, or as it is when it cannot or should not have them. */
  transform(file: string, text: string): string {
    if (this.address === undefined || this.reasons.has(file)) return text;
    if (this.mode === 'coverage' && !file.startsWith('sources/')) return text;
    const known = this.byFile.get(file);
    if (known !== undefined) return known.text;
    try {
      const { mode, nextProbe, globalAddress } = this;
      const result = instrument(text, { path: file, mode, address: globalAddress, nextProbe });
      this.byFile.set(file, result);
      return result.text;
    } catch (error) {
      if (!(error instanceof SourceNotUnderstood)) throw error;
      this.reasons.set(file, error.message);
      return text;
    }
  }

  /** Takes the probes out of these files, or out of all when it has them in none of these. False when none had any. */
  giveUp(files: readonly string[]): boolean {
    const named = files.filter((file) => this.byFile.has(file));
    const given = named.length > 0 ? named : [...this.byFile.keys()];
    // Without any probes the package is built as it is.
    if (given.length === this.byFile.size) this.address = undefined;
    for (const file of given) {
      this.byFile.delete(file);
      this.reasons.set(file, 'it does not compile with probes');
    }
    return given.length > 0;
  }
}
