/** A finished trace: what was called, what it cost, and how it reads. */
import type { TracedRoot } from './call-tracer.js';
import { formatTrace } from './format.js';
import type { FormatOptions } from './format.js';
import { gasReport, type GasRow, type GasTable } from './gas-report.js';

export class Trace {
  constructor(
    /** Calls from outside in order: one of a unit test, one per MoveCall command of a transaction. */
    readonly roots: readonly TracedRoot[],
    /** Sums per function, also of calls that the limits kept out of the tree. */
    readonly gas: GasTable,
    private readonly known: Pick<FormatOptions, 'meaning' | 'names'> & { readonly lines: FormatOptions['lines'] | undefined },
  ) {}

  /** Gas per function, dearest first. */
  gasReport(): readonly GasRow[] {
    return gasReport(this);
  }

  /** The tree as text; under a call that failed the places it went through. */
  toText(options: Omit<FormatOptions, 'lines' | 'meaning' | 'names'> = {}): string {
    const { lines, ...known } = this.known;
    return formatTrace(this.roots, { ...options, ...known, ...(lines === undefined ? {} : { lines }) });
  }

  /** The same, for template strings and logs. */
  toString(): string {
    return this.toText();
  }
}
