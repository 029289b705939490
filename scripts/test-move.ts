/**
 * Runs the unit tests of every Move package of this repository in the real Move VM. Standard output is the
 * runner's reports; the last line is `N passed, N failed`.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MoveToolError, testPackage } from '../ts/src/move/index.js';
import { runMoveTests } from '../ts/src/localnet/testing.js';
import { CRYPTOGRAPHY_PACKAGE, MOVE_PACKAGES } from './move-packages.js';

const root = fileURLToPath(new URL('..', import.meta.url));
let passed = 0;
let failed = 0;

for (const directory of process.argv.length > 2 ? process.argv.slice(2) : MOVE_PACKAGES) {
  const startedAt = performance.now();
  try {
    const report = await testPackage(path.join(root, directory));
    passed += report.passedCount;
    failed += report.failedCount;
    // Passing tests are counted, not listed: there are many hundreds of them.
    const listed = report.passed ? '' : `\n${report.report}`;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${directory}: ${report.passedCount} passed, ${report.failedCount} failed (${seconds} s)${listed}`);
  } catch (error) {
    if (!(error instanceof MoveToolError)) throw error;
    failed += 1;
    console.log(`${directory}: ${error.message}`);
  }
}
// These need natives that the compiler's test runner has no answers for: ours has.
if (process.argv.length === 2) {
  const startedAt = performance.now();
  let count = 0;
  let bad = 0;
  for await (const { test, passed: ok, reason } of runMoveTests(path.join(root, CRYPTOGRAPHY_PACKAGE))) {
    count += 1;
    if (ok) continue;
    bad += 1;
    console.log(`FAIL ${test.module}::${test.name}: ${reason}`);
  }
  passed += count - bad;
  failed += bad;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${CRYPTOGRAPHY_PACKAGE} on our VM: ${count - bad} passed, ${bad} failed (${seconds} s)`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
