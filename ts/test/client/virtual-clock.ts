/** A clock for the client's requests that moves only when all of them wait for it. */
import type { Sleep } from '../../src/client/requests.js';

/** Turns of the event loop in which nothing settles, after which everybody is taken to wait. */
const IDLE_TURNS = 5;

/** Time that passes when everybody waits. */
export class VirtualClock {
  nowMs = 0;
  readonly #timers: { readonly atMs: number; readonly fire: () => void }[] = [];

  readonly sleep: Sleep = (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const timer = { atMs: this.nowMs + delayMs, fire: resolve };
      this.#timers.push(timer);
      signal?.addEventListener('abort', () => {
        const at = this.#timers.indexOf(timer);
        if (at >= 0) this.#timers.splice(at, 1);
        resolve();
      });
    });

  /** Runs until the promise settles. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => (settled = true));
    watched.catch(() => undefined); // the caller awaits it below
    for (;;) {
      for (let i = 0; i < IDLE_TURNS && !settled; i++) await new Promise((resolve) => setImmediate(resolve));
      if (settled) return watched;
      this.#timers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#timers.shift();
      if (next === undefined) throw new Error('everybody waits for ever');
      this.nowMs = next.atMs;
      next.fire();
    }
  }

  get surroundings() {
    return { now: () => this.nowMs, sleep: this.sleep, random: () => 1 };
  }
}
