/** `haulout move build` and `haulout move test`. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import { buildPackage, testPackage } from '../../move/index.js';
import { bytesText, CommandError, json, line, note } from '../output.js';

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

export interface MoveTestCommandOptions {
  readonly framework?: string;
  readonly vm: 'sui' | 'haulout';
  readonly json?: boolean;
}

/** Prints each test and a summary; exit code 1 when one fails. */
export async function moveTest(
  directory: string,
  filter: string | undefined,
  options: MoveTestCommandOptions,
): Promise<void> {
  const framework = options.framework === undefined ? {} : { framework: options.framework };
  if (options.vm === 'haulout') return testOnOurVm(directory, { ...framework, ...(filter ? { filter } : {}) }, options);
  if (filter !== undefined) {
    throw new CommandError('the real Move VM runs all tests of a package', 'filter with --vm haulout');
  }
  const report = await testPackage(directory, { ...framework, ansiColor: process.stdout.isTTY === true });
  line(report.report.trimEnd());
  if (options.json) json({ total: report.totalCount, passed: report.passedCount, failed: report.failedCount });
  if (!report.passed) process.exitCode = 1;
}

async function testOnOurVm(
  directory: string,
  run: { readonly framework?: string; readonly filter?: string },
  options: MoveTestCommandOptions,
): Promise<void> {
  const { runMoveTests } = await import('../../localnet/testing.js');
  const failures: { readonly test: string; readonly reason: string }[] = [];
  let total = 0;
  for await (const { test, passed, reason, gasUsed } of runMoveTests(directory, run)) {
    const name = `${test.module}::${test.name}`;
    total += 1;
    if (!passed) failures.push({ test: name, reason: reason ?? 'unknown' });
    line(`[ ${passed ? 'PASS' : 'FAIL'} ] ${name} (${gasUsed} gas units)${passed ? '' : `: ${reason}`}`);
  }
  const failed = failures.length;
  line(`Test result: ${failed === 0 ? 'OK' : 'FAILED'}. Total tests: ${total}; passed: ${total - failed}; failed: ${failed}`);
  if (options.json) json({ total, passed: total - failed, failed, failures });
  if (failed > 0) process.exitCode = 1;
}
