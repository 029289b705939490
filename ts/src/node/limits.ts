/**
 * Back-pressure: how many requests of a kind a node serves at once. What is over the limit is refused at once
 * (503 for recovery symbols, HTTP specification §2.8; 429 otherwise, §9.4) before its body is read.
 */
import { overloaded, tooManyRequests } from './errors.js';
import type { NodeMetrics } from './metrics.js';

/** Kinds of requests with a limit of their own. */
export type RequestKind = 'read' | 'write' | 'symbols' | 'transfer' | 'proof';

export type RequestLimits = Readonly<Record<RequestKind, number>>;

export const DEFAULT_REQUEST_LIMITS: RequestLimits = { read: 1024, write: 256, symbols: 1000, transfer: 16, proof: 4 };

export class RequestGate {
  readonly #active = new Map<RequestKind, number>();

  constructor(
    private readonly limits: RequestLimits,
    private readonly metrics: NodeMetrics,
  ) {}

  /** Runs `work` unless too many of its kind run already. @throws NodeApiError */
  async run<T>(kind: RequestKind, work: () => Promise<T>): Promise<T> {
    const active = this.#active.get(kind) ?? 0;
    if (active >= this.limits[kind]) {
      this.metrics.refusedRequests.add(1, { kind });
      throw kind === 'symbols' ? overloaded() : tooManyRequests();
    }
    this.#count(kind, active + 1);
    try {
      return await work();
    } finally {
      this.#count(kind, this.#active.get(kind)! - 1);
    }
  }

  #count(kind: RequestKind, active: number): void {
    this.#active.set(kind, active);
    this.metrics.activeRequests.set(active, { kind });
  }
}
