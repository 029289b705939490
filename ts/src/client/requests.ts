/**
 * How the client treats nodes that are slow or fail for a moment: repeats with growing delays, rivals for
 * requests that take too long, a bound on bytes under way. Time and chance are passed in.
 */
import { NodeRequestFailed } from './errors.js';

/** Waits; ends early, without failing, when the signal is aborted. */
export type Sleep = (delayMs: number, signal?: AbortSignal) => Promise<void>;

/** What the world gives to an operation. */
export interface Surroundings {
  /** Time, ms; any origin. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface RetryPolicy {
  /** How often a request is tried in all. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  /** Delays double up to this. */
  readonly maxDelayMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, firstDelayMs: 200, maxDelayMs: 5000 };

/** Too many requests, and errors of the server itself. */
const MOMENTARY_CODES = new Set([408, 425, 429, 500, 502, 503, 504]);

/** True if the same request may succeed later: no answer, overload, or a registration not yet seen. */
export function isMomentary(error: unknown): boolean {
  if (!(error instanceof NodeRequestFailed)) return false;
  return error.httpCode === undefined || error.reason === 'NOT_REGISTERED' || MOMENTARY_CODES.has(error.httpCode);
}

/** Repeats a request that fails for a moment; the delay is between half and all of the step, by chance. */
export async function withRetries<T>(
  policy: RetryPolicy,
  { sleep, random }: Surroundings,
  signal: AbortSignal,
  request: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (attempt >= policy.attempts || signal.aborted || !isMomentary(error)) throw error;
      const step = Math.min(policy.firstDelayMs * 2 ** (attempt - 1), policy.maxDelayMs);
      await sleep(step * (0.5 + random() / 2), signal);
      if (signal.aborted) throw error;
    }
  }
}

/** Counts bytes that are held for requests under way; one that is larger than the bound goes alone. */
export class ByteBudget {
  #free: number;
  readonly #waiting: { readonly bytes: number; readonly start: () => void }[] = [];

  constructor(readonly totalBytes: number) {
    this.#free = totalBytes;
  }

  /** Runs the work once its bytes are free; in the order of the calls. */
  async with<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const share = Math.min(bytes, this.totalBytes);
    if (this.#waiting.length > 0 || share > this.#free) {
      await new Promise<void>((start) => this.#waiting.push({ bytes: share, start }));
    } else this.#free -= share;
    try {
      return await work();
    } finally {
      this.#free += share;
      while (this.#waiting.length > 0 && this.#waiting[0]!.bytes <= this.#free) {
        const next = this.#waiting.shift()!;
        this.#free -= next.bytes;
        next.start();
      }
    }
  }
}

export interface GatherOptions extends Surroundings {
  readonly signal: AbortSignal;
  /** How long nothing may arrive before requests under way get rivals, while no answer tells what is usual. */
  readonly hedgeMs: number;
  /** Ends it early: what arrived suffices, though fewer answered than might. */
  readonly enough?: () => boolean;
}

/** A rival is asked when nothing has arrived for this many times the usual answer. */
const HEDGE_FACTOR = 3;
const MIN_HEDGE_MS = 50;

/**
 * Asks candidates in order until `needed` of them gave a result, as many at a time as are still needed. One
 * that fails (`undefined`) is replaced at once; when all hang, each gets a rival. What `ask` throws ends it.
 * Gives what arrived, fewer than `needed` when the candidates ran out; requests still under way are aborted.
 */
export async function gather<C, R>(
  candidates: Iterable<C>,
  needed: number,
  ask: (candidate: C, signal: AbortSignal) => Promise<R | undefined>,
  options: GatherOptions,
): Promise<R[]> {
  const { now, sleep, signal, hedgeMs } = options;
  const queue = candidates[Symbol.iterator]();
  const stop = new AbortController();
  const abort = AbortSignal.any([signal, stop.signal]);
  const results: R[] = [];
  const durations: number[] = [];
  let exhausted = false;
  let underWay = 0;
  let rivals = 0;
  let failure: { readonly error: unknown } | undefined;
  let wake = (): void => undefined;

  const launch = (candidate: C): void => {
    underWay += 1;
    const startedAt = now();
    ask(candidate, abort)
      .then((result) => {
        if (result === undefined || results.length >= needed) return;
        results.push(result);
        durations.push(now() - startedAt);
      })
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        underWay -= 1;
        rivals = Math.max(0, rivals - 1);
        wake();
      });
  };

  try {
    while (results.length < needed) {
      while (underWay < needed - results.length + rivals && !exhausted) {
        const next = queue.next();
        if (next.done === true) exhausted = true;
        else launch(next.value);
      }
      if (underWay === 0) break;
      const arrived = new Promise<'arrived'>((resolve) => (wake = () => resolve('arrived')));
      const waiting = new AbortController();
      const events: Promise<'arrived' | 'waited'>[] = [arrived];
      const delayMs = durations.length === 0 ? hedgeMs : Math.max(MIN_HEDGE_MS, HEDGE_FACTOR * median(durations));
      const calledOff = AbortSignal.any([waiting.signal, abort]);
      // Without anybody left to ask there is nothing to wait for but an answer, or being called off.
      events.push((exhausted ? aborted(calledOff) : sleep(delayMs, calledOff)).then(() => 'waited'));
      const event = await Promise.race(events);
      waiting.abort();
      signal.throwIfAborted();
      if (failure !== undefined) throw failure.error;
      if (options.enough?.() === true) break;
      if (event === 'waited' && !exhausted) rivals = underWay;
    }
    return results;
  } finally {
    stop.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** Nodes that failed lately are asked last. Times are those of `Surroundings.now`. */
export class NodeMemory {
  readonly #failedAt = new Map<string, number>();

  constructor(
    private readonly now: () => number,
    /** How long a failure counts, ms. */
    private readonly memoryMs = 60_000,
  ) {}

  failed(nodeId: string): void {
    this.#failedAt.set(nodeId, this.now());
  }

  answered(nodeId: string): void {
    this.#failedAt.delete(nodeId);
  }

  isTrusted(nodeId: string): boolean {
    const at = this.#failedAt.get(nodeId);
    return at === undefined || this.now() - at > this.memoryMs;
  }
}
