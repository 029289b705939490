/**
 * When the calls that move epochs on are due (HTTP specification §4.6, contracts specification §9.4). Anybody may
 * make them; nodes do, each after a random part of `MAX_JITTER_MS`, so that mostly one of them does.
 */
import type { ChainState } from '../protocol/index.js';

/** Most that a node waits beyond the time that is due, ms. */
export const MAX_JITTER_MS = 180_000;

export type DueCall = 'endVoting' | 'changeEpoch';

/** The call that is possible now, if any. Times are ms on the chain's clock. */
export function dueCall(
  state: Pick<ChainState, 'epoch' | 'epochState' | 'syncedAtMs' | 'epochDurationMs'>,
  nowMs: bigint,
): DueCall | undefined {
  switch (state.epochState) {
    case 'sync':
      return undefined;
    case 'done':
      return nowMs >= votingEndsAtMs(state) ? 'endVoting' : undefined;
    case 'nextParamsSelected':
      return nowMs >= epochEndsAtMs(state) ? 'changeEpoch' : undefined;
  }
}

type Timing = Pick<ChainState, 'epoch' | 'syncedAtMs' | 'epochDurationMs'>;

/** Epoch 0 ends as soon as its parameters say; later ones last from the time their committee had synced. */
export function votingEndsAtMs({ epoch, syncedAtMs = 0n, epochDurationMs }: Timing): bigint {
  return epoch === 0 ? 0n : syncedAtMs + epochDurationMs / 2n;
}

export function epochEndsAtMs({ epoch, syncedAtMs = 0n, epochDurationMs }: Timing): bigint {
  return epoch === 0 ? 0n : syncedAtMs + epochDurationMs;
}
