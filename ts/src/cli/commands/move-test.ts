/** `haulout move test`: verdicts, and on our VM coverage, gas and traces. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CoverageReport } from '../../localnet/testing.js';
import { testPackage } from '../../move/index.js';
import { CommandError, json, line, note } from '../output.js';

export interface MoveTestCommandOptions {
  readonly framework?: string;
  readonly vm?: 'sui' | 'haulout';
  readonly json?: boolean;
  readonly coverage?: boolean;
  readonly coverageDir?: string;
  readonly gas?: boolean;
  readonly trace?: boolean | string;
}

interface Failure {
  readonly test: string;
  readonly reason: string;
}

/** Prints each test and a summary; exit code 1 when one fails. */
export async function moveTest(
  directory: string,
  filter: string | undefined,
  options: MoveTestCommandOptions,
): Promise<void> {
  const measures = [options.coverage || options.coverageDir !== undefined, options.gas, options.trace].some(Boolean);
  if (options.vm === 'sui' && (measures || filter !== undefined)) {
    throw new CommandError('the real Move VM runs all tests of a package and measures nothing', 'the same with --vm haulout');
  }
  if (options.vm === 'haulout' || measures || filter !== undefined) return testOnOurVm(directory, filter, options);
  const framework = options.framework === undefined ? {} : { framework: options.framework };
  const report = await testPackage(directory, { ...framework, ansiColor: process.stdout.isTTY === true });
  line(report.report.trimEnd());
  if (options.json) printJson(report.totalCount, failuresOf(report.report, report.failedCount), null);
  if (!report.passed) process.exitCode = 1;
}

/** Failed tests of the real runner's report: a section per test, and the first line of its error. */
function failuresOf(report: string, failedCount: number): Failure[] {
  const text = report.replace(/\u001b\[[0-9;]*m/g, '');
  const failures = [...text.matchAll(/^\[ (?:FAIL|TIMEOUT)\s*\] (?:0x[0-9a-f]+::)?(\S+)/gm)].map(([, test]) => {
    const name = test!.slice(test!.lastIndexOf('::') + 2);
    const section = text.slice(text.indexOf(`┌── ${name} `));
    return { test: test!, reason: /error\[[^\n]*\]: ([^\n]+)/.exec(section)?.[1] ?? 'see the report above' };
  });
  return failures.slice(0, failedCount);
}

/** The line that machines read. Fields of measurements are there when they were asked for. */
function printJson(total: number, failures: readonly Failure[], lineCoverage: number | null, more: object = {}): void {
  json({ total, passed: total - failures.length, failed: failures.length, failures, lineCoverage, ...more });
}

async function testOnOurVm(
  directory: string,
  filter: string | undefined,
  options: MoveTestCommandOptions,
): Promise<void> {
  const { coverageTable, gasTable, percent, runMoveTests } = await import('../../localnet/testing.js');
  const coverage = options.coverage === true || options.coverageDir !== undefined;
  const run = runMoveTests(directory, {
    ...(options.framework === undefined ? {} : { framework: options.framework }),
    ...(filter === undefined ? {} : { filter }),
    ...(options.trace === undefined ? {} : { trace: options.trace }),
    coverage,
    gas: options.gas ?? false,
    sourceLines: true,
  });
  const failures: Failure[] = [];
  const tests: { readonly test: string; readonly gasUsed: bigint }[] = [];
  for await (const { test, passed, reason, gasUsed, line: at, trace } of run) {
    const name = `${test.module}::${test.name}`;
    const place = at === undefined ? '' : ` (${path.relative('', path.join(at.directory, at.path))}:${at.line})`;
    tests.push({ test: name, gasUsed });
    if (!passed) failures.push({ test: name, reason: `${reason ?? 'unknown'}${place}` });
    line(`[ ${passed ? 'PASS' : 'FAIL'} ] ${name} (${gasUsed} gas units)${passed ? '' : `: ${reason}${place}`}`);
    if (trace !== undefined) line(trace.toText({ from: process.cwd() }).replace(/^/gm, '    '));
  }
  const failed = failures.length;
  if (run.gas !== undefined) line(`\nGas units per function, without the functions it calls:\n${gasTable(run.gas, run.names)}\n`);
  if (run.coverage !== undefined) {
    line(`\n${coverageTable(run.coverage)}\n`);
    for (const one of run.coverage.unmeasured) note(`not measured: ${one.path}: ${one.reason}`);
    for (const name of run.differingTests) note(`${name} ends in another way when coverage is measured`);
    await writeCoverage(run.coverage, options.coverageDir ?? 'coverage');
  }
  line(
    `Test result: ${failed === 0 ? 'OK' : 'FAILED'}. Total tests: ${tests.length}; passed: ${tests.length - failed}; failed: ${failed}`,
  );
  if (options.json) {
    const gas = run.gas === undefined ? {} : { gas: { functions: run.gas, tests } };
    printJson(tests.length, failures, run.coverage === undefined ? null : percent(run.coverage.totals.lines), {
      ...(run.coverage === undefined
        ? {}
        : {
            branchCoverage: percent(run.coverage.totals.branches),
            functionCoverage: percent(run.coverage.totals.functions),
            unmeasured: run.coverage.unmeasured,
          }),
      ...gas,
    });
  }
  if (failed > 0) process.exitCode = 1;
}

/** Paths in `lcov.info` are relative to the current folder, as in other tools' files. */
async function writeCoverage(report: CoverageReport, folder: string): Promise<void> {
  const { coverageHtml, lcov } = await import('../../localnet/testing.js');
  await mkdir(folder, { recursive: true });
  const pathOf = (file: string): string => path.relative('', path.join(report.directory, file)).split(path.sep).join('/');
  await writeFile(path.join(folder, 'lcov.info'), lcov(report, pathOf));
  await writeFile(path.join(folder, 'index.html'), coverageHtml(report, path.basename(report.directory)));
  note(`coverage: ${path.join(folder, 'index.html')}, ${path.join(folder, 'lcov.info')}`);
}
