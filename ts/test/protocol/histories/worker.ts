/** Runs the histories of some seeds in a thread of its own, and posts what came of each. */
import { parentPort, workerData } from 'node:worker_threads';
import { makeHistory, report, runHistory, shrink } from './run.js';
import { World, type Contracts } from './world.js';

export interface Task {
  readonly contracts: Contracts;
  /** First seed; the others follow in steps. */
  readonly seed: number;
  readonly step: number;
  readonly length: number;
}

export interface Report {
  readonly seed: number;
  readonly executed: number;
  readonly epochs: number;
  readonly failure: string | undefined;
}

async function work({ contracts, seed: first, step, length }: Task): Promise<void> {
  const world = await World.start(contracts);
  // Until the owner has seen enough and ends this thread.
  for (let seed = first; ; seed += step) {
    const { executed, epochs, failure } = runHistory(world, makeHistory(seed, length));
    const text = failure === undefined ? undefined : report(seed, shrink(world, failure));
    parentPort!.postMessage({ seed, executed, epochs, failure: text } satisfies Report);
    // Lets the message out: histories leave no pause of their own.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

await work(workerData as Task);
