/**
 * Time that passes only when everybody waits. Timers fire one by one, in the order of their time and then of the
 * order in which they were set; before the next one everything that the last one set off has come to rest.
 */
import type { Schedule } from '../node/index.js';
import { SimulationStuck } from './errors.js';

/**
 * Turns of the event loop after which nothing more happens without a timer. Promises are settled within one; a
 * turn more is taken by work that gives way to others in between.
 */
const TURNS = 3;

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

export class VirtualClock {
  #nowMs = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** Time since the beginning, ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  readonly now = (): number => this.#nowMs;

  readonly schedule: Schedule = (action, delayMs) => {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, fire: action };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** Waits; ends early, without failing, when the signal is aborted. */
  readonly sleep = (delayMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = () => {
        signal?.removeEventListener('abort', done);
        cancel();
        resolve();
      };
      const cancel = this.schedule(done, delayMs);
      signal?.addEventListener('abort', done);
    });

  /**
   * Lets time pass until the work is done. What it gives or throws is given or thrown.
   * @throws SimulationStuck when it takes longer than the limit, or nobody waits for anything
   */
  async run<T>(work: Promise<T>, limitMs = 3_600_000): Promise<T> {
    let isDone = false;
    const done = () => (isDone = true);
    work.then(done, done);
    const endMs = this.#nowMs + limitMs;
    for (;;) {
      await atRest();
      if (isDone) return work;
      const next = this.#next();
      if (next === undefined || next.atMs > endMs) throw new SimulationStuck(this.#nowMs, this.#timers.size);
      this.#timers.delete(next);
      this.#nowMs = next.atMs;
      next.fire();
    }
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      const isEarlier = first === undefined || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order);
      if (isEarlier) first = timer;
    }
    return first;
  }
}

async function atRest(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
}
