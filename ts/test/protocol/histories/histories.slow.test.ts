/**
 * The histories of `histories.test.ts`, many and long: at least 200,000 calls, in two threads. HISTORY_SEED sets
 * the first seed, HISTORY_CALLS the number of calls.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import type { Report, Task } from './worker.js';

const directory = fileURLToPath(new URL('../../../../move', import.meta.url));
const CALLS = Number(process.env.HISTORY_CALLS ?? 200_000);
const CALLS_PER_HISTORY = 2500;
const THREADS = 2;

describe('many histories of the protocol', () => {
  const first = Number(process.env.HISTORY_SEED ?? Date.now() % 1_000_000_000);

  it(`agree with the model for ${CALLS} calls (seeds from ${first})`, async () => {
    let [executed, epochs, histories] = [0, 0, 0];
    let nextLine = CALLS / 20;
    const workers = Array.from({ length: THREADS }, (_, i) => {
      const workerData: Task = { contracts: { directory }, seed: first + i, step: THREADS, length: CALLS_PER_HISTORY };
      return new Worker(new URL('./worker.ts', import.meta.url), { workerData });
    });
    try {
      await new Promise<void>((resolve, reject) => {
        for (const worker of workers) {
          worker.on('error', reject);
          worker.on('message', (report: Report) => {
            executed += report.executed;
            epochs += report.epochs;
            histories += 1;
            if (report.failure !== undefined) reject(new Error(`seed ${report.seed}: ${report.failure}`));
            else if (executed >= CALLS) resolve();
            if (executed >= nextLine) {
              process.stdout.write(`      ${executed} of ${CALLS} calls, ${epochs} epochs\n`);
              nextLine += CALLS / 20;
            }
          });
        }
      });
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()));
      process.stdout.write(`      ${executed} calls, ${epochs} epochs, ${histories} histories, seeds from ${first}\n`);
    }
    expect(executed).to.be.at.least(CALLS);
  });
});
