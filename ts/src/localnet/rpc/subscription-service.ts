/**
 * `sui.rpc.v2.SubscriptionService`: streams of checkpoints, transactions and events as they happen
 * (sui-rpc.md §3). A stream starts with what happens after the call and ends only with the call.
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import type { Checkpoint, ExecutedTransaction, Ledger } from '../ledger/types.js';
import { checkpointMessage } from './checkpoints.js';
import { rpcError } from './errors.js';
import { parseEventFilter, parseTransactionFilter } from './filters.js';
import { ReadMask } from './mask.js';
import { encodeCursor } from './queries.js';
import { executedTransactionMessage, locatedEventMessage } from './transactions.js';

/** Frames kept for a subscriber that does not read; one more ends its stream. */
const MAX_QUEUE = 10_000;

/** Checkpoints as they are written; on a filtered stream, frames without checkpoint report progress. */
export function subscribeCheckpoints(
  ledger: Ledger,
  request: GrpcTypes.SubscribeCheckpointsRequest,
  signal: AbortSignal,
): AsyncIterable<GrpcTypes.SubscribeCheckpointsResponse> {
  const mask = ReadMask.parse(GrpcTypes.Checkpoint, request.readMask, ['sequence_number', 'digest']);
  const matches = parseTransactionFilter(request.filter);
  let next = ledger.latestCheckpoint.sequenceNumber + 1n;
  return follow(ledger, signal, (_executed, checkpoint) => {
    // Nothing is left out, whatever was announced. After a revert the count restarts.
    const first = checkpoint.sequenceNumber < next ? checkpoint.sequenceNumber : next;
    next = checkpoint.sequenceNumber + 1n;
    const frames: GrpcTypes.SubscribeCheckpointsResponse[] = [];
    for (let number = first; number < next; number++) {
      const item = number === checkpoint.sequenceNumber ? checkpoint : ledger.getCheckpoint(number);
      if (item === undefined) continue;
      const isMatch = request.filter === undefined || holdsMatch(ledger, item, matches);
      frames.push({ cursor: number, ...(isMatch ? { checkpoint: checkpointMessage(ledger, item, mask) } : {}) });
    }
    return frames;
  });
}

function holdsMatch(
  ledger: Ledger,
  checkpoint: Checkpoint,
  matches: (executed: ExecutedTransaction) => boolean,
): boolean {
  return checkpoint.transactionDigests.some((digest) => {
    const executed = ledger.getTransaction(digest);
    return executed !== undefined && matches(executed);
  });
}

/** Transactions as they are executed. */
export function subscribeTransactions(
  ledger: Ledger,
  request: GrpcTypes.SubscribeTransactionsRequest,
  signal: AbortSignal,
): AsyncIterable<GrpcTypes.SubscribeTransactionsResponse> {
  const mask = ReadMask.parse(GrpcTypes.ExecutedTransaction, request.readMask, ['digest']);
  const matches = parseTransactionFilter(request.filter);
  return follow(ledger, signal, (executed) => {
    if (executed === undefined) return [];
    const cursor = encodeCursor('T', { number: executed.index, index: 0 });
    const frame: GrpcTypes.SubscribeTransactionsResponse = { watermark: { cursor, checkpoint: executed.checkpoint } };
    if (matches(executed)) frame.transaction = executedTransactionMessage(ledger, executed, mask);
    return [frame];
  });
}

/** Events as they are emitted; a transaction without a matching event gives a frame without event. */
export function subscribeEvents(
  ledger: Ledger,
  request: GrpcTypes.SubscribeEventsRequest,
  signal: AbortSignal,
): AsyncIterable<GrpcTypes.SubscribeEventsResponse> {
  const mask = ReadMask.parse(GrpcTypes.Event, request.readMask, ['event_type']);
  const matches = parseEventFilter(request.filter);
  return follow(ledger, signal, (executed) => {
    if (executed === undefined) return [];
    const frames: GrpcTypes.SubscribeEventsResponse[] = executed.events.flatMap((event, index) => {
      if (!matches(event, executed)) return [];
      const cursor = encodeCursor('E', { number: executed.index, index });
      return [{ event: locatedEventMessage(ledger, executed, index, mask), watermark: { cursor } }];
    });
    if (frames.length > 0) return frames;
    const cursor = encodeCursor('E', { number: executed.index, index: 0xffff_ffff });
    return [{ watermark: { cursor, checkpoint: executed.checkpoint } }];
  });
}

/**
 * Frames of every checkpoint and its transaction, if it has one, until the call is cancelled. The ledger is listened to from now on, not from
 * the first read; frames wait in a queue.
 * @throws RpcError RESOURCE_EXHAUSTED, in the stream, when the reader is too slow
 */
function follow<F>(
  ledger: Ledger,
  signal: AbortSignal,
  framesOf: (executed: ExecutedTransaction | undefined, checkpoint: Checkpoint) => readonly F[],
): AsyncIterable<F> {
  const queue: F[] = [];
  let failure: unknown;
  let wake: (() => void) | undefined;
  const unsubscribe = ledger.subscribe((executed, checkpoint) => {
    if (failure !== undefined) return;
    try {
      queue.push(...framesOf(executed, checkpoint));
      if (queue.length > MAX_QUEUE) failure = rpcError('RESOURCE_EXHAUSTED', 'the subscriber reads too slowly');
    } catch (error) {
      // The transaction that is being announced must not suffer from its audience: the stream ends with the error.
      failure = error;
    }
    wake?.();
  });
  const onAbort = (): void => {
    unsubscribe();
    wake?.();
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return drain();

  async function* drain(): AsyncIterable<F> {
    try {
      while (!signal.aborted) {
        if (failure !== undefined) throw failure;
        const frame = queue.shift();
        if (frame !== undefined) yield frame;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
    }
  }
}
