/**
 * `sui.forking.v1alpha.ForkingService`: time travel through the SDK's own client (sui-rpc.md §3).
 */
import type { GrpcTypes } from '@mysten/sui/grpc';
import type { Ledger } from '../ledger/types.js';
import { invalidField } from './errors.js';

/** Milliseconds that `AdvanceClock` moves when the request does not say. */
const DEFAULT_ADVANCE_MS = 1n;
/** The year 10000 in milliseconds: far enough for a test, and every timestamp stays a valid date. */
const MAX_TIMESTAMP_MS = 253_402_300_800_000n;

/** Moves the clock forward with one system transaction. @throws RpcError INVALID_ARGUMENT beyond the year 9999 */
export function advanceClock(ledger: Ledger, request: GrpcTypes.AdvanceClockRequest): GrpcTypes.AdvanceClockResponse {
  const duration = request.durationMs ?? DEFAULT_ADVANCE_MS;
  if (ledger.timestampMs + duration >= MAX_TIMESTAMP_MS) throw invalidField('duration_ms', 'too far in the future');
  const { timestampMs, digest } = ledger.advanceClock(duration);
  return { timestampMs, txDigest: digest };
}

/** Writes an empty checkpoint. */
export function advanceCheckpoint(ledger: Ledger): GrpcTypes.AdvanceCheckpointResponse {
  const { sequenceNumber, timestampMs } = ledger.advanceCheckpoint();
  return { checkpointSequenceNumber: sequenceNumber, timestampMs };
}

/** Where the network stands. It was not forked from another one: `forked_at_checkpoint` is 0. */
export function getStatus(ledger: Ledger): GrpcTypes.GetStatusResponse {
  return {
    epoch: ledger.epoch.epoch,
    checkpointSequenceNumber: ledger.latestCheckpoint.sequenceNumber,
    timestampMs: ledger.timestampMs,
    forkedAtCheckpoint: 0n,
  };
}
