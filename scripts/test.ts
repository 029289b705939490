/**
 * `npm test`: the Move unit tests in the real Move VM, in a process of their own, and beside them the
 * TypeScript tests. The last line counts both together.
 */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';

const root = fileURLToPath(new URL('..', import.meta.url));
const testRoot = path.join(root, 'ts/test');
const TIMEOUT_MS = 60_000;

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
}

/** Runs the Move tests; a run that dies counts as one failure. */
function runMoveTests(): Promise<Counts> {
  return new Promise((resolve, reject) => {
    const script = path.join(root, 'scripts/test-move.ts');
    const child = spawn(process.execPath, [...process.execArgv, script], { cwd: root });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', () => {
      const line = output.trimEnd().split('\n').at(-1) ?? '';
      const counts = /^(\d+) passed, (\d+) failed$/.exec(line);
      resolve({ passed: Number(counts?.[1] ?? 0), failed: counts === null ? 1 : Number(counts[2]), output });
    });
  });
}

async function runTypeScriptTests(): Promise<{ passed: number; failed: number }> {
  const mocha = new Mocha({ timeout: TIMEOUT_MS, reporter: 'spec' });
  const entries = await readdir(testRoot, { recursive: true });
  const files = entries.filter((file) => file.endsWith('.test.ts') && !file.endsWith('.slow.test.ts')).sort();
  for (const file of files) mocha.addFile(path.join(testRoot, file));
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    const runner = mocha.run((failures) => {
      resolve({ passed: runner.stats?.passes ?? 0, failed: failures });
    });
  });
}

const move = runMoveTests();
const typescript = await runTypeScriptTests();
const { passed, failed, output } = await move;
console.log(`Move unit tests in the real Move VM\n${output.trimEnd()}\n`);
console.log(`Move: ${passed} passed, ${failed} failed; TypeScript: ${typescript.passed} passed, ${typescript.failed} failed`);
console.log(`${passed + typescript.passed} passed, ${failed + typescript.failed} failed`);
process.exit(failed + typescript.failed > 0 ? 1 : 0);
