/**
 * `sui.rpc.v2.LedgerService`: service info, objects, transactions, checkpoints, epochs and list streams
 * (sui-rpc.md §3, §4).
 */
import { GrpcTypes, type RpcError } from '@mysten/sui/grpc';
import type { Checkpoint, Ledger } from '../ledger/types.js';
import { checkpointMessage } from './checkpoints.js';
import { epochMessage } from './epochs.js';
import { invalidField, notFound, toRpcError, toStatusMessage } from './errors.js';
import { ReadMask } from './mask.js';
import { objectMessage } from './objects.js';
import { queryCheckpoints, queryEvents, queryTransactions } from './queries.js';
import { executedTransactionMessage, locatedEventMessage } from './transactions.js';
import { parseAddress, parseDigest, shorten, timestampMessage } from './values.js';

/** Software of the service, `name/version`. */
export const SERVER_NAME = 'haulout/0.1.0';
const MAX_BATCH = 200;

const OBJECT_DEFAULTS = ['object_id', 'version', 'digest'];

/** Chain, position and age of the ledger; the whole history is available. */
export function getServiceInfo(ledger: Ledger): GrpcTypes.GetServiceInfoResponse {
  const latest = ledger.latestCheckpoint;
  return {
    chainId: ledger.chainId,
    chain: 'unknown',
    epoch: ledger.epoch.epoch,
    checkpointHeight: latest.sequenceNumber,
    timestamp: timestampMessage(latest.timestampMs),
    lowestAvailableCheckpoint: 0n,
    lowestAvailableCheckpointObjects: 0n,
    server: SERVER_NAME,
  };
}

/** An object, the latest version or an exact one. @throws RpcError NOT_FOUND */
export function getObject(ledger: Ledger, request: GrpcTypes.GetObjectRequest): GrpcTypes.GetObjectResponse {
  const mask = ReadMask.parse(GrpcTypes.Object, request.readMask, OBJECT_DEFAULTS);
  return { object: readObject(ledger, 'object_id', request, mask) };
}

function readObject(
  ledger: Ledger,
  field: string,
  request: GrpcTypes.GetObjectRequest,
  mask: ReadMask,
): GrpcTypes.Object {
  const id = parseAddress(field, request.objectId);
  const object = ledger.getObject(id, request.version);
  if (object === undefined)
    throw notFound(
      request.version === undefined ? `Object ${id} not found` : `Object ${id} with version ${request.version} not found`,
    );
  return objectMessage(ledger, object, mask);
}

/** Many objects, each an object or an error, in the order of the requests. The mask is that of the batch. */
export function batchGetObjects(
  ledger: Ledger,
  request: GrpcTypes.BatchGetObjectsRequest,
): GrpcTypes.BatchGetObjectsResponse {
  const mask = ReadMask.parse(GrpcTypes.Object, request.readMask, OBJECT_DEFAULTS);
  limitBatch('requests', request.requests.length);
  return {
    objects: request.requests.map((item, index) => {
      try {
        const object = readObject(ledger, `requests[${index}].object_id`, item, mask);
        return { result: { oneofKind: 'object', object } };
      } catch (error) {
        return { result: { oneofKind: 'error', error: toStatusMessage(itemError(error)) } };
      }
    }),
  };
}

/** An error about one item of a batch; defects of ours end the whole request. */
function itemError(error: unknown): RpcError {
  const rpcError = toRpcError(error);
  if (rpcError.code === 'INTERNAL') throw rpcError;
  return rpcError;
}

function limitBatch(field: string, size: number): void {
  if (size > MAX_BATCH) throw invalidField(field, `more than ${MAX_BATCH} items`);
}

/** A transaction by digest. @throws RpcError NOT_FOUND */
export function getTransaction(
  ledger: Ledger,
  request: GrpcTypes.GetTransactionRequest,
): GrpcTypes.GetTransactionResponse {
  const mask = ReadMask.parse(GrpcTypes.ExecutedTransaction, request.readMask, ['digest']);
  return { transaction: readTransaction(ledger, 'digest', request.digest, mask) };
}

function readTransaction(
  ledger: Ledger,
  field: string,
  digest: string | undefined,
  mask: ReadMask,
): GrpcTypes.ExecutedTransaction {
  const executed = ledger.getTransaction(parseDigest(field, digest));
  if (executed === undefined) throw notFound(`Transaction ${digest} not found`);
  return executedTransactionMessage(ledger, executed, mask);
}

/** Many transactions, each a transaction or an error, in the order of the digests. */
export function batchGetTransactions(
  ledger: Ledger,
  request: GrpcTypes.BatchGetTransactionsRequest,
): GrpcTypes.BatchGetTransactionsResponse {
  const mask = ReadMask.parse(GrpcTypes.ExecutedTransaction, request.readMask, ['digest']);
  limitBatch('digests', request.digests.length);
  return {
    transactions: request.digests.map((digest, index) => {
      try {
        const transaction = readTransaction(ledger, `digests[${index}]`, digest, mask);
        return { result: { oneofKind: 'transaction', transaction } };
      } catch (error) {
        return { result: { oneofKind: 'error', error: toStatusMessage(itemError(error)) } };
      }
    }),
  };
}

/** A checkpoint by sequence number or digest, or the latest. @throws RpcError NOT_FOUND */
export function getCheckpoint(
  ledger: Ledger,
  request: GrpcTypes.GetCheckpointRequest,
): GrpcTypes.GetCheckpointResponse {
  const mask = ReadMask.parse(GrpcTypes.Checkpoint, request.readMask, ['sequence_number', 'digest']);
  return { checkpoint: checkpointMessage(ledger, findCheckpoint(ledger, request.checkpointId), mask) };
}

function findCheckpoint(ledger: Ledger, id: GrpcTypes.GetCheckpointRequest['checkpointId']): Checkpoint {
  let checkpoint: Checkpoint | undefined;
  let name = '';
  switch (id.oneofKind) {
    case 'sequenceNumber':
      checkpoint = ledger.getCheckpoint(id.sequenceNumber);
      name = id.sequenceNumber.toString();
      break;
    case 'digest':
      checkpoint = ledger.getCheckpointByDigest(parseDigest('digest', id.digest));
      name = id.digest;
      break;
    case undefined:
      return ledger.latestCheckpoint;
  }
  if (checkpoint === undefined) throw notFound(`Checkpoint ${shorten(name)} not found`);
  return checkpoint;
}

/** The current epoch, or the one asked for. @throws RpcError NOT_FOUND when it has not begun */
export function getEpoch(ledger: Ledger, request: GrpcTypes.GetEpochRequest): GrpcTypes.GetEpochResponse {
  const mask = ReadMask.parse(GrpcTypes.Epoch, request.readMask, ['epoch']);
  const epoch = request.epoch === undefined ? ledger.epoch : ledger.getEpoch(request.epoch);
  if (epoch === undefined) throw notFound(`Epoch ${request.epoch} not found`);
  return { epoch: epochMessage(epoch, mask) };
}

/** Transactions in order; see `queries.ts`. */
export function listTransactions(
  ledger: Ledger,
  request: GrpcTypes.ListTransactionsRequest,
): AsyncIterable<GrpcTypes.ListTransactionsResponse> {
  const mask = ReadMask.parse(GrpcTypes.ExecutedTransaction, request.readMask, ['digest']);
  const frames = queryTransactions(ledger, request);
  return mapFrames(frames, (executed) => ({ transaction: executedTransactionMessage(ledger, executed, mask) }));
}

/** Events in order; see `queries.ts`. */
export function listEvents(
  ledger: Ledger,
  request: GrpcTypes.ListEventsRequest,
): AsyncIterable<GrpcTypes.ListEventsResponse> {
  const mask = ReadMask.parse(GrpcTypes.Event, request.readMask, ['event_type']);
  const frames = queryEvents(ledger, request);
  return mapFrames(frames, ({ executed, index }) => ({ event: locatedEventMessage(ledger, executed, index, mask) }));
}

/** Checkpoints in order; see `queries.ts`. */
export function listCheckpoints(
  ledger: Ledger,
  request: GrpcTypes.ListCheckpointsRequest,
): AsyncIterable<GrpcTypes.ListCheckpointsResponse> {
  const mask = ReadMask.parse(GrpcTypes.Checkpoint, request.readMask, ['sequence_number', 'digest']);
  return mapFrames(queryCheckpoints(ledger, request), (sequenceNumber) => {
    const checkpoint = ledger.getCheckpoint(sequenceNumber);
    if (checkpoint === undefined) throw notFound(`Checkpoint ${sequenceNumber} not found`);
    return { checkpoint: checkpointMessage(ledger, checkpoint, mask) };
  });
}

async function* mapFrames<T, R extends object>(
  frames: AsyncIterable<{ item: T | undefined; watermark: GrpcTypes.Watermark; end: GrpcTypes.QueryEnd | undefined }>,
  convert: (item: T) => R,
): AsyncIterable<Partial<R> & { watermark: GrpcTypes.Watermark; end?: GrpcTypes.QueryEnd }> {
  for await (const { item, watermark, end } of frames) {
    const content: Partial<R> = item === undefined ? {} : convert(item);
    yield end === undefined ? { ...content, watermark } : { ...content, watermark, end };
  }
}
