/**
 * Work that is done whenever there is some: never twice at once, again when woken meanwhile, later when it failed,
 * even if it was woken while it failed: what fails for long is woken often.
 */
import type { NodeEnvironment } from './environment.js';

export interface PumpOptions {
  readonly environment: Pick<NodeEnvironment, 'schedule' | 'random'>;
  /** First delay after a failure, ms; doubles with each further one up to `maxRetryMs`. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  readonly onError: (error: unknown) => void;
}

/** What `work` answers when it wants to be called again: after how many ms. Undefined when it is done. */
export type PumpWork = () => Promise<number | undefined>;

export class Pump {
  #running: Promise<void> | undefined;
  #wanted = false;
  #stopped = false;
  #failures = 0;
  #cancel: () => void = () => {};

  constructor(
    private readonly work: PumpWork,
    private readonly options: PumpOptions,
  ) {}

  /** Runs the work now, or again once it has ended well. */
  wake(): void {
    this.#wanted = true;
    if (this.#running !== undefined || this.#stopped) return;
    this.#cancel();
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#wanted) this.wake();
    });
  }

  /** Resolves when nothing runs: all is done, or waits for a retry. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Runs the work from now on: resolves when a round that began after this call is over, and nothing more runs. */
  async settle(): Promise<void> {
    await this.#running; // it may have passed what the caller knows of
    this.wake();
    await this.idle();
  }

  /** Ends after the step that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wanted = false;
    this.#cancel();
    await this.idle();
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  async #run(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false;
      let delayMs: number | undefined;
      try {
        delayMs = await this.work();
        this.#failures = 0;
      } catch (error) {
        this.options.onError(error);
        this.#wanted = false;
        delayMs = this.#backoffMs();
        this.#failures += 1;
      }
      if (delayMs === undefined || this.#stopped) continue;
      this.#cancel();
      this.#cancel = this.options.environment.schedule(() => this.wake(), delayMs);
    }
  }

  /** Full delays are spread over half their length, so that nodes do not ask all at once. */
  #backoffMs(): number {
    const fullMs = Math.min(this.options.maxRetryMs, this.options.retryMs * 2 ** Math.min(this.#failures, 20));
    return fullMs * (0.75 + this.options.environment.random() / 2);
  }
}

/** Runs `work` over all items, a few at a time. All are tried; then the first failure is thrown. */
export async function inLanes<T>(items: Iterable<T>, lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async () => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw failures[0];
}

/** A random order of the items. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
