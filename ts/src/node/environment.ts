/**
 * What a node knows of the world besides its store and the chain: time, waiting, chance and other nodes. All of
 * it is passed in, so that the same node runs on real sockets and in a simulation that can be repeated.
 */

/** Runs `action` after a delay; returns the function that cancels it. */
export type Schedule = (action: () => void, delayMs: number) => () => void;

/** One HTTP request. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface NodeEnvironment {
  /** Time, ms, any origin, never going back. */
  readonly now: () => number;
  readonly schedule: Schedule;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly fetch: Fetch;
}

/** The environment of a process: its clock, its timers, its network. Timers do not keep the process alive. */
export const processEnvironment: NodeEnvironment = {
  now: () => performance.now(),
  schedule: (action, delayMs) => {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  random: Math.random,
  fetch: (url, init) => fetch(url, init),
};

/** Waits; ends early, without failing, when the signal is aborted. */
export function sleep(schedule: Schedule, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = () => {
      signal?.removeEventListener('abort', done);
      cancel();
      resolve();
    };
    const cancel = schedule(done, delayMs);
    signal?.addEventListener('abort', done);
  });
}
