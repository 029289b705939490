/** Coverage as an LCOV tracefile (geninfo(1), "TRACEFILE FORMAT"). */
import type { BranchCoverage, CoverageReport, FileCoverage } from './report.js';

/** `pathOf` says how a file of the package is called in the tracefile. */
export function lcov(report: CoverageReport, pathOf: (file: string) => string): string {
  return report.files.map((file) => record(file, pathOf(file.path))).join('');
}

function record({ lines, functions, branches, totals }: FileCoverage, path: string): string {
  const out = ['TN:', `SF:${path}`];
  for (const { line, module, name } of functions) out.push(`FN:${line},${module}::${name}`);
  for (const { count, module, name } of functions) out.push(`FNDA:${count},${module}::${name}`);
  out.push(`FNF:${totals.functions.found}`, `FNH:${totals.functions.hit}`);
  branches.forEach((branch, block) => out.push(...branchLines(branch, block)));
  out.push(`BRF:${totals.branches.found}`, `BRH:${totals.branches.hit}`);
  for (const { line, count } of lines) out.push(`DA:${line},${count}`);
  out.push(`LF:${totals.lines.found}`, `LH:${totals.lines.hit}`, 'end_of_record');
  return `${out.join('\n')}\n`;
}

/** `-` where the branch was never come to. */
function branchLines({ line, arms }: BranchCoverage, block: number): string[] {
  const isReached = arms.some(({ count }) => count > 0);
  return arms.map(({ count }, arm) => `BRDA:${line},${block},${arm},${isReached ? count : '-'}`);
}
