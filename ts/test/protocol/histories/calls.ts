/** What all kinds of calls share. */
import type { History } from './history.js';

export interface CallKind {
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  /** Makes the call, on the network and on the model; does nothing where there is nothing to call it with. */
  readonly run: (history: History, args: readonly number[]) => void;
}

export type CallTable = Readonly<Record<string, CallKind>>;

/** No object has this ID. */
export const UNKNOWN_ID = `0x${'0'.repeat(61)}bad`;

export function pick<T>(list: readonly T[], number: number): T {
  return list[number % list.length]!;
}

/** An amount between a few FROST and a hundred million WAL, all magnitudes alike. */
export function amountOf(number: number): bigint {
  const magnitude = 9 + (number % 8);
  return BigInt(1 + (Math.floor(number / 8) % 999_983)) * 10n ** BigInt(magnitude) / 1_000_000n + 10n ** 9n;
}
