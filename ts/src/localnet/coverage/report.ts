/** Counts of probes as coverage of lines, branches and functions, per file and per module. */
import type { PackageProbes, UnmeasuredFile } from './package-instrumenter.js';
import type { FileProbes, Place } from './probe-map.js';

/** How many there are, and how many of them ran at least once. */
export interface Tally {
  readonly found: number;
  readonly hit: number;
}

export interface Totals {
  readonly lines: Tally;
  readonly branches: Tally;
  readonly functions: Tally;
}

export interface LineCoverage {
  /** 1-based. */
  readonly line: number;
  /** Runs of the statement on it that ran most. */
  readonly count: number;
}

export interface FunctionCoverage {
  readonly module: string;
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
  readonly count: number;
}

export interface BranchCoverage extends Place {
  readonly kind: 'if' | 'match' | 'while';
  /** Then and else; body and leaving; arms of a match in order. */
  readonly arms: readonly (Place & { readonly count: number })[];
}

export interface FileCoverage {
  /** Path inside the package. */
  readonly path: string;
  readonly source: string;
  /** Lines on which a statement begins, ascending. */
  readonly lines: readonly LineCoverage[];
  readonly functions: readonly FunctionCoverage[];
  readonly branches: readonly BranchCoverage[];
  readonly totals: Totals;
}

export interface ModuleCoverage {
  readonly module: string;
  readonly path: string;
  readonly totals: Totals;
}

export interface CoverageReport {
  /** Absolute folder of the package. */
  readonly directory: string;
  /** Files with code, by path. */
  readonly files: readonly FileCoverage[];
  readonly modules: readonly ModuleCoverage[];
  readonly totals: Totals;
  /** Files that are in none of the numbers. */
  readonly unmeasured: readonly UnmeasuredFile[];
}

/** Share in percent, rounded down to two digits so that only what is complete is 100. Nothing of nothing is 100. */
export function percent({ found, hit }: Tally): number {
  return found === 0 ? 100 : Math.floor((hit * 10_000) / found) / 100;
}

/** `counts` by probe number. */
export function coverageReport(directory: string, probes: PackageProbes, counts: Float64Array): CoverageReport {
  const files = probes.files
    .filter((file) => file.functions.length > 0)
    .map((file) => fileCoverage(file, counts))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    directory,
    files,
    modules: files.flatMap(moduleCoverages),
    totals: sumOf(files.map((file) => file.totals)),
    unmeasured: probes.unmeasured,
  };
}

function fileCoverage(file: FileProbes, counts: Float64Array): FileCoverage {
  const byLine = new Map<number, number>();
  for (const { line, probe } of file.statements) byLine.set(line, Math.max(byLine.get(line) ?? 0, counts[probe]!));
  const lines = [...byLine].map(([line, count]) => ({ line, count })).sort((a, b) => a.line - b.line);
  const functions = file.functions.map(({ module, name, line, endLine, probe }) => ({
    module, name, line, endLine, count: counts[probe]!,
  }));
  const branches = file.branches
    .map(({ line, column, kind, arms }) => ({
      line,
      column,
      kind,
      arms: arms.map((arm) => ({ line: arm.line, column: arm.column, count: counts[arm.probe]! })),
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  return { path: file.path, source: file.source, lines, functions, branches, totals: totalsOf(lines, branches, functions) };
}

function totalsOf(
  lines: readonly LineCoverage[],
  branches: readonly BranchCoverage[],
  functions: readonly FunctionCoverage[],
): Totals {
  return { lines: tally(lines), branches: tally(branches.flatMap((branch) => branch.arms)), functions: tally(functions) };
}

function tally(items: readonly { readonly count: number }[]): Tally {
  return { found: items.length, hit: items.filter(({ count }) => count > 0).length };
}

function moduleCoverages(file: FileCoverage): ModuleCoverage[] {
  const names = [...new Set(file.functions.map(({ module }) => module))];
  return names.map((module) => {
    const functions = file.functions.filter((one) => one.module === module);
    const isInside = ({ line }: { readonly line: number }): boolean =>
      functions.some((one) => line >= one.line && line <= one.endLine);
    const totals = totalsOf(file.lines.filter(isInside), file.branches.filter(isInside), functions);
    return { module, path: file.path, totals };
  });
}

function sumOf(all: readonly Totals[]): Totals {
  const sum = (key: keyof Totals): Tally => ({
    found: all.reduce((total, one) => total + one[key].found, 0),
    hit: all.reduce((total, one) => total + one[key].hit, 0),
  });
  return { lines: sum('lines'), branches: sum('branches'), functions: sum('functions') };
}

/** Lines that never ran, neighbours among the lines with code joined: `3, 7-9`. */
export function missedLines(file: FileCoverage): string {
  const ranges: { from: number; to: number }[] = [];
  let isOpen = false;
  for (const { line, count } of file.lines) {
    if (count > 0) isOpen = false;
    else if (isOpen) ranges.at(-1)!.to = line;
    else {
      ranges.push({ from: line, to: line });
      isOpen = true;
    }
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

/** What an arm of a branch is, for people. */
export function armName(branch: BranchCoverage, arm: number): string {
  if (branch.kind === 'if') return arm === 0 ? 'condition true' : 'condition false';
  if (branch.kind === 'while') return arm === 0 ? 'body' : 'end of the loop';
  return `arm ${arm + 1}`;
}

/** The table that is printed: one row per file, a last one for all. */
export function coverageTable(report: CoverageReport): string {
  const rows = report.files.map((file) => row(file.path, file.totals, missedLines(file)));
  const table = [['file', 'lines', 'branches', 'functions', 'missed lines'], ...rows, row('all files', report.totals, '')];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...table.map((cells) => cells[i]!.length)));
  return table
    .map(([name, ...cells]) =>
      [name!.padEnd(widths[0]!), ...cells.slice(0, 3).map((cell, i) => cell.padStart(widths[i + 1]!)), cells[3]].join('  ').trimEnd(),
    )
    .join('\n');
}

function row(name: string, totals: Totals, missed: string): string[] {
  const cell = (one: Tally): string => (one.found === 0 ? '-' : `${percent(one).toFixed(2)}%`);
  return [name, cell(totals.lines), cell(totals.branches), cell(totals.functions), missed];
}
