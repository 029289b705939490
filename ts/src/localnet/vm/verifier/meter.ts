/**
 * Bounds the work of the verifier (sui-execution.md §2.7): a tick is about one elementary step of a pass.
 * Sui weighs steps differently, so that the number of ticks of a module is not Sui's.
 */
import { VerificationTimedOut } from './errors.js';
import type { VerificationLocation, VerifierPass } from './errors.js';

/** Ticks for all modules of a package together. */
export const MAX_TICKS = 16_000_000;

export class VerifierMeter {
  private spent = 0;

  constructor(private readonly limit: number = MAX_TICKS) {}

  get ticks(): number {
    return this.spent;
  }

  /** Throws `VerificationTimedOut` beyond the limit. */
  charge(ticks: number, pass: VerifierPass, location: VerificationLocation): void {
    this.spent += ticks;
    if (this.spent > this.limit) throw new VerificationTimedOut(pass, location);
  }
}
