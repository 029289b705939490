/**
 * List streams: scans of the ledger's transactions, events or checkpoints between bounds, in either direction,
 * with a cursor on every frame (sui-rpc.md §4 "List streams").
 *
 * A position is (number, index): the transaction's index or the checkpoint's sequence number, and the event's index
 * within its transaction (0 otherwise). Cursors are positions with a tag of the list they belong to.
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import type { ExecutedTransaction, Ledger } from '../ledger/types.js';
import { parseEventFilter, parseTransactionFilter, type EventPredicate, type TransactionPredicate } from './filters.js';
import { invalidField } from './errors.js';

const { Ordering, QueryEndReason } = GrpcTypes;

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;
/** Transactions one request looks at before it ends with SCAN_LIMIT. */
const SCAN_LIMIT = 200_000;
/** Let other work run after this many transactions. */
const YIELD_INTERVAL = 1_024;

/** A place in a list. */
export interface Position {
  readonly number: bigint;
  readonly index: number;
}

/** What a list request has in common. */
interface ListRequest {
  readonly startCheckpoint?: bigint;
  readonly endCheckpoint?: bigint;
  readonly options?: GrpcTypes.QueryOptions;
}

/** One frame: an item with its position, or the end. */
export interface Frame<T> {
  readonly item: T | undefined;
  readonly watermark: GrpcTypes.Watermark;
  readonly end: GrpcTypes.QueryEnd | undefined;
}

/** Kind of list, the first byte of its cursors. */
type CursorTag = 'T' | 'E' | 'C';
const CURSOR_LENGTH = 13;

/** The opaque cursor of a position. */
export function encodeCursor(tag: CursorTag, position: Position): Uint8Array {
  const cursor = new Uint8Array(CURSOR_LENGTH);
  const view = new DataView(cursor.buffer);
  cursor[0] = tag.charCodeAt(0);
  view.setBigUint64(1, position.number);
  view.setUint32(9, position.index);
  return cursor;
}

function decodeCursor(tag: CursorTag, field: string, cursor: Uint8Array | undefined): Position | undefined {
  if (cursor === undefined || cursor.length === 0) return undefined;
  if (cursor.length !== CURSOR_LENGTH || cursor[0] !== tag.charCodeAt(0))
    throw invalidField(field, 'the cursor does not belong to this list');
  const view = new DataView(cursor.buffer, cursor.byteOffset);
  return { number: view.getBigUint64(1), index: view.getUint32(9) };
}

function isBefore(a: Position, b: Position): boolean {
  return a.number < b.number || (a.number === b.number && a.index < b.index);
}

interface Bounds {
  readonly descending: boolean;
  readonly limit: number;
  readonly after: Position | undefined;
  readonly before: Position | undefined;
}

function parseBounds(tag: CursorTag, options: GrpcTypes.QueryOptions | undefined): Bounds {
  const limit = options?.limit === undefined || options.limit === 0 ? DEFAULT_LIMIT : options.limit;
  return {
    descending: options?.ordering === Ordering.DESCENDING,
    limit: Math.min(limit, MAX_LIMIT),
    after: decodeCursor(tag, 'options.after', options?.after),
    before: decodeCursor(tag, 'options.before', options?.before),
  };
}

/** Transactions that match. @throws RpcError INVALID_ARGUMENT before the first frame */
export function queryTransactions(
  ledger: Ledger,
  request: GrpcTypes.ListTransactionsRequest,
): AsyncIterable<Frame<ExecutedTransaction>> {
  const matches: TransactionPredicate = parseTransactionFilter(request.filter);
  const items = (executed: ExecutedTransaction) => (matches(executed) ? [{ index: 0, item: executed }] : []);
  return scan(ledger, request, 'T', parseBounds('T', request.options), items);
}

/** Events that match, each with its transaction and its index there. @throws RpcError INVALID_ARGUMENT */
export function queryEvents(
  ledger: Ledger,
  request: GrpcTypes.ListEventsRequest,
): AsyncIterable<Frame<{ readonly executed: ExecutedTransaction; readonly index: number }>> {
  const matches: EventPredicate = parseEventFilter(request.filter);
  const items = (executed: ExecutedTransaction) =>
    executed.events.flatMap((event, index) => (matches(event, executed) ? [{ index, item: { executed, index } }] : []));
  return scan(ledger, request, 'E', parseBounds('E', request.options), items);
}

/** Walks the transactions between the bounds and yields the items of each. */
async function* scan<T>(
  ledger: Ledger,
  request: ListRequest,
  tag: CursorTag,
  bounds: Bounds,
  itemsOf: (executed: ExecutedTransaction) => readonly { readonly index: number; readonly item: T }[],
): AsyncIterable<Frame<T>> {
  const { descending, limit } = bounds;
  const range = transactionRange(ledger, request, bounds);
  const step = descending ? -1n : 1n;
  let sent = 0;
  let scanned = 0;
  let covered: bigint | undefined;
  let last: Position | undefined;
  for (let number = descending ? range.end - 1n : range.start; number >= range.start && number < range.end; number += step) {
    const executed = ledger.transactionByIndex(number);
    // The network went back in time while the caller was reading.
    if (executed === undefined) break;
    const items = itemsOf(executed);
    for (const { index, item } of descending ? [...items].reverse() : items) {
      const position = { number, index };
      if (bounds.after !== undefined && !isBefore(bounds.after, position)) continue;
      if (bounds.before !== undefined && !isBefore(position, bounds.before)) continue;
      last = position;
      const isLast = ++sent === limit;
      yield {
        item,
        watermark: watermark(tag, position, covered),
        end: isLast ? { reason: QueryEndReason.ITEM_LIMIT } : undefined,
      };
      if (isLast) return;
    }
    last = { number, index: descending ? 0 : 0xffff_ffff };
    if (finishesCheckpoint(ledger, executed, number + step)) covered = executed.checkpoint;
    if (++scanned >= SCAN_LIMIT) {
      yield { item: undefined, watermark: watermark(tag, last, covered), end: { reason: QueryEndReason.SCAN_LIMIT } };
      return;
    }
    if (scanned % YIELD_INTERVAL === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const end = last ?? endPosition(range, bounds);
  yield { item: undefined, watermark: watermark(tag, end, covered), end: { reason: range.reason } };
}

function watermark(tag: CursorTag, position: Position, covered: bigint | undefined): GrpcTypes.Watermark {
  const message: GrpcTypes.Watermark = { cursor: encodeCursor(tag, position) };
  if (covered !== undefined) message.checkpoint = covered;
  return message;
}

/** Whether the transaction is the last of its checkpoint in the direction of the scan. */
function finishesCheckpoint(ledger: Ledger, executed: ExecutedTransaction, next: bigint): boolean {
  return next < 0n || ledger.transactionByIndex(next)?.checkpoint !== executed.checkpoint;
}

interface Range {
  /** Inclusive and exclusive index of transactions. */
  readonly start: bigint;
  readonly end: bigint;
  readonly reason: GrpcTypes.QueryEndReason;
}

/** The transactions to look at, and why a scan through all of them ends. */
function transactionRange(ledger: Ledger, request: ListRequest, bounds: Bounds): Range {
  const tip = ledger.transactionCount;
  const { startCheckpoint, endCheckpoint } = request;
  const checkpointStart = startCheckpoint === undefined ? 0n : firstTransaction(ledger, startCheckpoint);
  const checkpointEnd = endCheckpoint === undefined ? tip : firstTransaction(ledger, endCheckpoint);
  const start = maximum(checkpointStart, bounds.after?.number ?? 0n);
  const end = minimum(checkpointEnd, bounds.before === undefined ? tip : bounds.before.number + 1n);
  return { start, end, reason: endReason(bounds, { checkpointStart, checkpointEnd, tip }) };
}

function endReason(
  bounds: Bounds,
  range: { readonly checkpointStart: bigint; readonly checkpointEnd: bigint; readonly tip: bigint },
): GrpcTypes.QueryEndReason {
  if (bounds.descending) {
    const byCursor = bounds.after !== undefined && bounds.after.number >= range.checkpointStart;
    return byCursor ? QueryEndReason.CURSOR_BOUND : QueryEndReason.CHECKPOINT_BOUND;
  }
  if (bounds.before !== undefined && bounds.before.number < range.checkpointEnd) return QueryEndReason.CURSOR_BOUND;
  return range.checkpointEnd < range.tip ? QueryEndReason.CHECKPOINT_BOUND : QueryEndReason.LEDGER_TIP;
}

/** Where a scan that saw nothing stands: at its near bound, so that resuming from it skips nothing. */
function endPosition(range: Range, bounds: Bounds): Position {
  if (bounds.descending) return bounds.before ?? { number: range.end, index: 0 };
  return bounds.after ?? { number: range.start === 0n ? 0n : range.start - 1n, index: range.start === 0n ? 0 : 0xffff_ffff };
}

/** Index of the first transaction in this or a later checkpoint: transactions are ordered by checkpoint. */
function firstTransaction(ledger: Ledger, checkpoint: bigint): bigint {
  let low = 0n;
  let high = ledger.transactionCount;
  while (low < high) {
    const middle = (low + high) / 2n;
    const executed = ledger.transactionByIndex(middle);
    if (executed !== undefined && executed.checkpoint < checkpoint) low = middle + 1n;
    else high = middle;
  }
  return low;
}

/** Sequence numbers of the checkpoints that hold a matching transaction. @throws RpcError INVALID_ARGUMENT */
export function queryCheckpoints(
  ledger: Ledger,
  request: GrpcTypes.ListCheckpointsRequest,
): AsyncIterable<Frame<bigint>> {
  const matches = parseTransactionFilter(request.filter);
  const isMatch = (sequenceNumber: bigint): boolean => {
    if (request.filter === undefined) return true;
    const digests = ledger.getCheckpoint(sequenceNumber)?.transactionDigests ?? [];
    return digests.some((digest) => {
      const executed = ledger.getTransaction(digest);
      return executed !== undefined && matches(executed);
    });
  };
  return scanCheckpoints(ledger, request, parseBounds('C', request.options), isMatch);
}

async function* scanCheckpoints(
  ledger: Ledger,
  request: ListRequest,
  bounds: Bounds,
  isMatch: (sequenceNumber: bigint) => boolean,
): AsyncIterable<Frame<bigint>> {
  const tip = ledger.latestCheckpoint.sequenceNumber + 1n;
  const checkpointStart = request.startCheckpoint ?? 0n;
  const checkpointEnd = minimum(request.endCheckpoint ?? tip, tip);
  const start = maximum(checkpointStart, bounds.after === undefined ? 0n : bounds.after.number + 1n);
  const end = minimum(checkpointEnd, bounds.before?.number ?? tip);
  const step = bounds.descending ? -1n : 1n;
  const reason = endReason(bounds, { checkpointStart, checkpointEnd, tip });
  let sent = 0;
  let scanned = 0;
  let last: bigint | undefined;
  for (let number = bounds.descending ? end - 1n : start; number >= start && number < end; number += step) {
    last = number;
    if (isMatch(number)) {
      const isLast = ++sent === bounds.limit;
      const end = isLast ? { reason: QueryEndReason.ITEM_LIMIT } : undefined;
      yield { item: number, watermark: watermark('C', { number, index: 0 }, number), end };
      if (isLast) return;
    }
    if (++scanned >= SCAN_LIMIT) {
      const end = { reason: QueryEndReason.SCAN_LIMIT };
      yield { item: undefined, watermark: watermark('C', { number, index: 0 }, number), end };
      return;
    }
    if (scanned % YIELD_INTERVAL === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const position = { number: last ?? (bounds.descending ? end : maximum(start, 1n) - 1n), index: 0 };
  yield { item: undefined, watermark: watermark('C', position, last), end: { reason } };
}

function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
