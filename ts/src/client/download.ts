/**
 * Reading a blob: metadata from any node, primary slivers from enough shards, each verified on arrival, then
 * decoding and the consistency check (encoding specification §8, HTTP specification §4.2). Parts of a blob are
 * read row by row: row i of the message matrix is primary sliver i.
 */
import {
  blobIdToText,
  EncodingError,
  pairOfShard,
  sliversToDecode,
  symbolSizeFor,
  symbolsPerSliver,
  type Axis,
  type BlobEncoder,
  type BlobMetadataWithId,
  type ConsistencyCheck,
  type Sliver,
} from '../encoding/index.js';
import { hasCorrectShard } from '../protocol/index.js';
import {
  BlobBlocked,
  MetadataUnavailable,
  NodeLied,
  NodeRequestFailed,
  NotEnoughSlivers,
  type NodeFailure,
  type NodePhase,
} from './errors.js';
import type { NodeClient } from './node-client.js';
import { gather, shuffled, type NodeMemory, type Surroundings } from './requests.js';

/** Framing of a sliver around its symbols: ULEB128 length, symbol size, index. */
const SLIVER_FRAME_BYTES = 16;
/** Bytes of a recovery symbol besides the symbol: indices, lengths, a proof of at most 16 nodes. */
const SYMBOL_OVERHEAD_BYTES = 16 + 16 * 33;

export interface DownloadOptions extends Surroundings {
  readonly nodes: readonly NodeClient[];
  readonly memory: NodeMemory;
  readonly encoder: BlobEncoder;
  readonly hedgeMs: number;
  readonly signal: AbortSignal;
  readonly check: ConsistencyCheck;
  readonly onProgress?: (receivedSlivers: number, neededSlivers: number) => void;
}

/** Steps of a read, in order. */
export type ReadPhase = 'metadata' | 'slivers' | 'decode';

/** How a read went. */
export interface ReadReport {
  readonly receivedSlivers: number;
  readonly receivedBytes: number;
  /** Bytes of verified slivers by node name. */
  readonly bytesByNode: Readonly<Record<string, number>>;
  readonly phasesMs: Readonly<Record<ReadPhase, number>>;
  /** Nodes that failed or lied on the way; the read succeeded without them. */
  readonly failures: readonly NodeFailure[];
}

export interface Download extends ReadReport {
  readonly blob: Uint8Array;
}

/** What one read has come across. */
class Reading {
  readonly failures: NodeFailure[] = [];
  readonly bytesByNode: Record<string, number> = {};
  receivedSlivers = 0;

  constructor(readonly options: DownloadOptions) {}

  /** Remembers a failed request; anything else is our defect and thrown on. Requests that were called off do not count. */
  failed(node: NodeClient, error: unknown, signal: AbortSignal): undefined {
    if (signal.aborted) return undefined;
    if (!(error instanceof NodeRequestFailed || error instanceof NodeLied)) throw error;
    this.failures.push(error);
    this.options.memory.failed(node.member.nodeId);
    return undefined;
  }

  received(node: NodeClient, bytes: number): void {
    const { name, nodeId } = node.member;
    this.bytesByNode[name] = (this.bytesByNode[name] ?? 0) + bytes;
    this.receivedSlivers += 1;
    this.options.memory.answered(nodeId);
  }

  report(phasesMs: ReadReport['phasesMs']): ReadReport {
    const receivedBytes = Object.values(this.bytesByNode).reduce((sum, bytes) => sum + bytes, 0);
    const { receivedSlivers, bytesByNode, failures } = this;
    return { receivedSlivers, receivedBytes, bytesByNode, phasesMs, failures };
  }
}

/** @throws MetadataUnavailable, NotEnoughSlivers, InconsistentBlobError, BlobBlocked */
export async function downloadBlob(blobId: Uint8Array, options: DownloadOptions): Promise<Download> {
  const { now, encoder, check } = options;
  const reading = new Reading(options);
  const times = [now()];
  const value = await fetchMetadata(blobId, reading);
  times.push(now());
  const slivers = await fetchSlivers(value, reading);
  times.push(now());
  const blob = await encoder.decode(value, slivers, { check, sliversVerified: true });
  times.push(now());
  const elapsed = (step: number) => times[step + 1]! - times[step]!;
  return { blob, ...reading.report({ metadata: elapsed(0), slivers: elapsed(1), decode: elapsed(2) }) };
}

/** Takes the bytes of a part of a blob as they become known, offsets ascending. */
export type RangeSink = (offset: number, bytes: Uint8Array) => void | Promise<void>;

/**
 * Reads bytes `start … end − 1` row by row, a few rows at a time: memory is bounded by `windowRows` rows. A row
 * whose holder does not give it is rebuilt from symbols of other nodes. Each row is checked against the
 * metadata, which is what the default check of a whole read comes to.
 * @throws RangeError, MetadataUnavailable, NotEnoughSlivers, BlobBlocked
 */
export async function downloadRange(
  blobId: Uint8Array,
  range: { readonly start: number; readonly end?: number },
  sink: RangeSink,
  options: DownloadOptions & { readonly windowRows: number },
): Promise<ReadReport & { readonly sizeBytes: number }> {
  const { now, encoder, windowRows } = options;
  const reading = new Reading(options);
  const times = [now()];
  const value = await fetchMetadata(blobId, reading);
  times.push(now());
  const sizeBytes = Number(value.metadata.unencodedLength);
  const { start, end = sizeBytes } = range;
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end && end <= sizeBytes)) {
    throw new RangeError(`bytes ${start} to ${end} do not lie in the ${sizeBytes} bytes of blob ${blobIdToText(blobId)}`);
  }
  const rowBytes = symbolsPerSliver(encoder.parameters, 'primary') * symbolSizeFor(encoder.parameters, sizeBytes);
  const [first, last] = [Math.floor(start / rowBytes), Math.ceil(end / rowBytes)];
  for (let from = first; from < last; from += windowRows) {
    const indices = Array.from({ length: Math.min(windowRows, last - from) }, (_, i) => from + i);
    const rows = await Promise.all(indices.map((index) => fetchRow(value, index, reading)));
    for (const [i, row] of rows.entries()) {
      const rowStart = indices[i]! * rowBytes;
      const [low, high] = [Math.max(start, rowStart), Math.min(end, rowStart + rowBytes)];
      await sink(low, row.data.subarray(low - rowStart, high - rowStart));
    }
    options.onProgress?.(Math.min(from + windowRows, last) - first, last - first);
  }
  times.push(now());
  return { sizeBytes, ...reading.report({ metadata: times[1]! - times[0]!, slivers: times[2]! - times[1]!, decode: 0 }) };
}

/** Verified payload of one secondary sliver, a column of the matrix; for quilts. @throws MetadataUnavailable, NotEnoughSlivers */
export class ColumnReader {
  readonly #reading: Reading;

  private constructor(
    readonly value: BlobMetadataWithId,
    readonly symbolSize: number,
    reading: Reading,
  ) {
    this.#reading = reading;
  }

  static async open(blobId: Uint8Array, options: DownloadOptions): Promise<ColumnReader> {
    const reading = new Reading(options);
    const value = await fetchMetadata(blobId, reading);
    return new ColumnReader(value, symbolSizeFor(options.encoder.parameters, value.metadata.unencodedLength), reading);
  }

  async column(index: number): Promise<Uint8Array> {
    return (await fetchLine(this.value, 'secondary', index, this.#reading)).data;
  }
}

/** In order of trust: shuffled, those that failed lately last. */
function orderedNodes({ nodes, memory, random }: DownloadOptions): NodeClient[] {
  const order = shuffled(nodes, random);
  return [...order.filter((one) => memory.isTrusted(one.member.nodeId)), ...order.filter((one) => !memory.isTrusted(one.member.nodeId))];
}

async function fetchMetadata(blobId: Uint8Array, reading: Reading): Promise<BlobMetadataWithId> {
  const { options } = reading;
  const ask = async (node: NodeClient, signal: AbortSignal): Promise<BlobMetadataWithId | undefined> => {
    try {
      const { metadata } = await node.getMetadata(blobId, signal);
      await verified(node, 'metadata', undefined, () => options.encoder.verifyMetadata({ blobId, metadata }));
      return { blobId, metadata };
    } catch (error) {
      return reading.failed(node, error, signal);
    }
  };
  const [found] = await gather(orderedNodes(options), 1, ask, options);
  if (found !== undefined) return found;
  const text = blobIdToText(blobId);
  if (isSaidBySome(reading, 'FORBIDDEN_BLOB')) throw new BlobBlocked(text);
  throw new MetadataUnavailable(text, reading.failures);
}

/** True if nodes with at least one correct shard among them gave this reason. */
function isSaidBySome({ failures, options }: Reading, reason: string): boolean {
  const names = new Set(failures.filter((one) => one instanceof NodeRequestFailed && one.reason === reason).map(({ node }) => node));
  const weight = options.nodes.reduce((sum, { member }) => sum + (names.has(member.name) ? member.shards.length : 0), 0);
  return hasCorrectShard(weight, options.encoder.shardCount);
}

interface Wanted {
  readonly node: NodeClient;
  readonly shard: number;
  readonly pairIndex: number;
}

/** Asks for one sliver and checks it. */
async function fetchVerified(value: BlobMetadataWithId, axis: Axis, wanted: Wanted, reading: Reading, signal: AbortSignal): Promise<Sliver> {
  const { node, shard, pairIndex } = wanted;
  const { encoder } = reading.options;
  const { blobId, metadata } = value;
  const symbolSize = symbolSizeFor(encoder.parameters, metadata.unencodedLength);
  const maxBytes = symbolsPerSliver(encoder.parameters, axis) * symbolSize + SLIVER_FRAME_BYTES;
  const sliver = await node.getSliver(blobId, { pairIndex, axis, shard }, maxBytes, signal);
  const index = axis === 'primary' ? pairIndex : encoder.shardCount - 1 - pairIndex;
  await verified(node, 'sliver', shard, async () => {
    if (sliver.index !== index) throw new EncodingError(`sliver ${sliver.index} instead of ${index}`);
    await encoder.verifySliver(metadata, sliver);
  });
  reading.received(node, sliver.data.length);
  return sliver;
}

async function fetchSlivers(value: BlobMetadataWithId, reading: Reading): Promise<Sliver[]> {
  const { options } = reading;
  const { nodes, encoder, onProgress } = options;
  const needed = sliversToDecode(encoder.parameters, 'primary');
  const answered = new Set<number>();
  const unreachable = new Set<NodeClient>();
  function* reachable(): Generator<Wanted> {
    for (const wanted of wantedSlivers(value.blobId, needed, options)) if (!unreachable.has(wanted.node)) yield wanted;
  }
  const ask = async (wanted: Wanted, signal: AbortSignal): Promise<Sliver | undefined> => {
    try {
      const sliver = await fetchVerified(value, 'primary', wanted, reading, signal);
      answered.add(wanted.shard);
      onProgress?.(Math.min(answered.size, needed), needed);
      return sliver;
    } catch (error) {
      if (error instanceof NodeRequestFailed && error.unreachable && !signal.aborted) unreachable.add(wanted.node);
      return reading.failed(wanted.node, error, signal);
    }
  };
  const slivers = await gather(reachable(), needed, ask, options);
  if (slivers.length < needed) {
    const missing = nodes.flatMap(({ member }) => member.shards).filter((shard) => !answered.has(shard));
    missing.sort((a, b) => a - b);
    throw new NotEnoughSlivers(blobIdToText(value.blobId), slivers.length, needed, missing, reading.failures);
  }
  return slivers;
}

/**
 * Primary slivers in the order they are asked for: those of trusted nodes first, among these the systematic
 * ones (they need no decoding), each group shuffled so that readers spread over the nodes by weight.
 */
function wantedSlivers(blobId: Uint8Array, systematic: number, { nodes, encoder, memory, random }: DownloadOptions): Wanted[] {
  const all = nodes.flatMap((node) =>
    node.member.shards.map((shard) => ({ node, shard, pairIndex: pairOfShard(shard, blobId, encoder.shardCount) })),
  );
  const rank = ({ node, pairIndex }: Wanted): number =>
    (memory.isTrusted(node.member.nodeId) ? 0 : 2) + (pairIndex < systematic ? 0 : 1);
  return [0, 1, 2, 3].flatMap((group) => shuffled(all.filter((one) => rank(one) === group), random));
}

/** Row `index` of the matrix. */
function fetchRow(value: BlobMetadataWithId, index: number, reading: Reading): Promise<Sliver> {
  return fetchLine(value, 'primary', index, reading);
}

/** One sliver of either axis: from its holder, or rebuilt from symbols of the others. */
async function fetchLine(value: BlobMetadataWithId, axis: Axis, index: number, reading: Reading): Promise<Sliver> {
  const { options } = reading;
  const { nodes, encoder } = options;
  const { blobId } = value;
  const pairIndex = axis === 'primary' ? index : encoder.shardCount - 1 - index;
  const holders = nodes.flatMap((node) =>
    node.member.shards.map((shard) => ({ node, shard, pairIndex: pairOfShard(shard, blobId, encoder.shardCount) })),
  );
  const holder = holders.find((one) => one.pairIndex === pairIndex);
  if (holder !== undefined && options.memory.isTrusted(holder.node.member.nodeId)) {
    // A holder that takes too long is not waited for: the symbols of the others come instead.
    const ask = async (wanted: Wanted | undefined, signal: AbortSignal): Promise<Sliver | undefined> => {
      try {
        if (wanted === undefined) return await rebuild(value, axis, index, reading, signal);
        return await fetchVerified(value, axis, wanted, reading, signal);
      } catch (error) {
        if (error instanceof NotEnoughSlivers) return undefined; // the holder may still answer
        return reading.failed(holder.node, error, signal);
      }
    };
    const [sliver] = await gather([holder, undefined], 1, ask, options);
    if (sliver !== undefined) return sliver;
  }
  return rebuild(value, axis, index, reading, options.signal);
}

/** A sliver from symbols of the other axis; each node gives all that its slivers share with it. */
async function rebuild(value: BlobMetadataWithId, axis: Axis, index: number, reading: Reading, signal: AbortSignal): Promise<Sliver> {
  const { options } = reading;
  const { encoder } = options;
  const { blobId, metadata } = value;
  const target = { axis, index };
  const needed = sliversToDecode(encoder.parameters, axis === 'primary' ? 'secondary' : 'primary');
  const symbolSize = symbolSizeFor(encoder.parameters, metadata.unencodedLength);
  const symbols = new Map<number, Parameters<BlobEncoder['verifyRecoverySymbol']>[2]>();
  const ask = async (node: NodeClient, abort: AbortSignal): Promise<true | undefined> => {
    try {
      const maxBytes = node.member.shards.length * (symbolSize + SYMBOL_OVERHEAD_BYTES) + SLIVER_FRAME_BYTES;
      const answer = await node.getRecoverySymbols(blobId, target, maxBytes, abort);
      for (const symbol of answer) {
        await verified(node, 'symbols', undefined, () => {
          if (symbol.targetAxis !== axis || symbol.targetIndex !== index) throw new EncodingError('a symbol of another sliver');
          encoder.verifyRecoverySymbol(metadata, target, symbol);
        });
        symbols.set(symbol.index, symbol);
      }
      return true;
    } catch (error) {
      return reading.failed(node, error, abort);
    }
  };
  const enough = (): boolean => symbols.size >= needed;
  await gather(orderedNodes(options), options.nodes.length, ask, { ...options, signal, enough });
  if (!enough()) {
    throw new NotEnoughSlivers(blobIdToText(blobId), symbols.size, needed, [], reading.failures);
  }
  return encoder.recoverSliver(metadata, target, symbols.values());
}

/** Data that fails verification is the node's lie; anything else that was thrown is our defect. */
async function verified(node: NodeClient, phase: NodePhase, shard: number | undefined, check: () => void | Promise<void>): Promise<void> {
  try {
    await check();
  } catch (cause) {
    if (!(cause instanceof EncodingError)) throw cause;
    throw new NodeLied(node.member.name, phase, shard, cause.message, { cause });
  }
}
