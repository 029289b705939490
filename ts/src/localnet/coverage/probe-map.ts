/** What probes stand for. A probe is a number; the instrumented code reports it each time its place is reached. */

/** 1-based; columns count UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A statement, or an expression that is an arm or the body of a lambda. */
export interface StatementProbe extends Place {
  readonly probe: number;
}

export interface FunctionProbe {
  readonly module: string;
  readonly name: string;
  /** Line of its name. */
  readonly line: number;
  readonly endLine: number;
  /** Reached each time the function is entered (a macro: each time it is expanded code is run). */
  readonly probe: number;
}

/** `if`: then, else (written or not). `while`: body, left because the condition did not hold. `match`: its arms. */
export interface BranchProbes extends Place {
  readonly kind: 'if' | 'match' | 'while';
  readonly arms: readonly StatementProbe[];
}

/** All probes of one source file. */
export interface FileProbes {
  /** Path inside the package, forward slashes. */
  readonly path: string;
  /** The source as its author wrote it. */
  readonly source: string;
  readonly functions: readonly FunctionProbe[];
  readonly statements: readonly StatementProbe[];
  readonly branches: readonly BranchProbes[];
}

/** Where a file was not understood; the file is then left as it is. */
export class SourceNotUnderstood extends SyntaxError {
  override readonly name = 'SourceNotUnderstood';
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(`line ${line}: ${message}`);
  }
}

/** Name of the module that is added to an instrumented package, and of its one function. */
export const PROBE_MODULE = 'haulout_probe';
export const PROBE_FUNCTION = 'hit';

/** Source of that module. The function is native, so it takes no frame; the VM supplies it. */
export function probeModuleSource(address: string): string {
  return `module ${address}::${PROBE_MODULE};\npublic native fun ${PROBE_FUNCTION}(probe: u32);\n`;
}
