/**
 * What a node has tried in the audit of an epoch: samples and challenges that it could not answer are tried again
 * until their time is over, less and less often; what the chain refuses again and again is given up. Pure.
 */

/** Refusals of one duty after which it is given up: the chain will not change its mind. */
const MAX_REFUSALS = 3;
const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 600_000;
/** No wait is longer than this part of the time that is left. */
const PART_OF_REST = 8;

interface Tried {
  readonly failures: number;
  readonly refusals: number;
  readonly notBeforeMs: number;
}

/** Duties are named by the caller; times are of one clock, ms. */
export class AuditAttempts {
  #epoch = -1;
  readonly #tried = new Map<string, Tried>();

  /** Forgets another epoch's. */
  enter(epoch: number): void {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#tried.clear();
  }

  /** @param hurry tries now whatever was before, but not what was given up */
  mayTry(duty: string, nowMs: number, hurry: boolean): boolean {
    const tried = this.#tried.get(duty);
    return tried === undefined || (tried.refusals < MAX_REFUSALS && (hurry || nowMs >= tried.notBeforeMs));
  }

  /** There was nothing to answer with. @param leftMs time for answers that is left */
  failed(duty: string, nowMs: number, leftMs: number): void {
    this.#put(duty, nowMs, leftMs, 0);
  }

  /** The chain did not take the answer. */
  refused(duty: string, nowMs: number, leftMs: number): void {
    this.#put(duty, nowMs, leftMs, 1);
  }

  /** How long until something may be tried again, ms; undefined when nothing waits. */
  nextDelayMs(nowMs: number): number | undefined {
    const waiting = [...this.#tried.values()].filter(({ refusals }) => refusals < MAX_REFUSALS);
    if (waiting.length === 0) return undefined;
    return Math.max(0, Math.min(...waiting.map(({ notBeforeMs }) => notBeforeMs)) - nowMs);
  }

  done(duty: string): void {
    this.#tried.delete(duty);
  }

  #put(duty: string, nowMs: number, leftMs: number, refusals: 0 | 1): void {
    const before = this.#tried.get(duty) ?? { failures: 0, refusals: 0 };
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** Math.min(before.failures, 20), MAX_DELAY_MS, leftMs / PART_OF_REST);
    this.#tried.set(duty, {
      failures: before.failures + 1,
      refusals: before.refusals + refusals,
      notBeforeMs: nowMs + Math.max(FIRST_DELAY_MS, delayMs),
    });
  }
}
