/**
 * Reading a blob: metadata from any node, primary slivers from enough shards, each verified on arrival, then
 * decoding and the consistency check (encoding specification §8, HTTP specification §4.2).
 */
import {
  blobIdToText,
  encodeSliverData,
  EncodingError,
  pairOfShard,
  sliversToDecode,
  symbolSizeFor,
  symbolsPerSliver,
  type BlobEncoder,
  type BlobMetadataWithId,
  type ConsistencyCheck,
  type Sliver,
} from '../encoding/index.js';
import { MetadataUnavailable, NodeLied, NodeRequestFailed, NotEnoughSlivers, type NodeFailure } from './errors.js';
import type { NodeClient } from './node-client.js';

/** Metadata requests under way at a time. */
const METADATA_LANES = 3;
/** Framing of a sliver around its symbols: ULEB128 length, symbol size, index. */
const SLIVER_FRAME_BYTES = 16;

export interface DownloadOptions {
  readonly nodes: readonly NodeClient[];
  readonly encoder: BlobEncoder;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly check: ConsistencyCheck;
  readonly onProgress?: (receivedSlivers: number, neededSlivers: number) => void;
}

export interface Download {
  readonly blob: Uint8Array;
  readonly receivedSlivers: number;
  readonly receivedBytes: number;
  /** Nodes that failed or lied on the way; the read succeeded without them. */
  readonly failures: readonly NodeFailure[];
}

/** @throws MetadataUnavailable, NotEnoughSlivers, InconsistentBlobError */
export async function downloadBlob(blobId: Uint8Array, options: DownloadOptions): Promise<Download> {
  const failures: NodeFailure[] = [];
  const value = await fetchMetadata(blobId, options, failures);
  const { slivers, receivedBytes } = await fetchSlivers(value, options, failures);
  const blob = await options.encoder.decode(value, slivers, { check: options.check, sliversVerified: true });
  return { blob, receivedSlivers: slivers.length, receivedBytes, failures };
}

async function fetchMetadata(
  blobId: Uint8Array,
  { nodes, encoder, random }: DownloadOptions,
  failures: NodeFailure[],
): Promise<BlobMetadataWithId> {
  const order = shuffled(nodes, random);
  let found: BlobMetadataWithId | undefined;
  const lane = async () => {
    for (let node = order.shift(); node !== undefined && found === undefined; node = order.shift()) {
      try {
        const value = await node.getMetadata(blobId);
        verify(node, 'metadata', undefined, () => {
          encoder.verifyMetadata({ blobId, metadata: value.metadata });
        });
        found ??= { blobId, metadata: value.metadata };
      } catch (error) {
        failures.push(nodeFailure(error));
      }
    }
  };
  await raceUntil(
    Array.from({ length: METADATA_LANES }, lane),
    () => found !== undefined,
  );
  if (found === undefined) throw new MetadataUnavailable(blobIdToText(blobId), failures);
  return found;
}

interface Wanted {
  readonly node: NodeClient;
  readonly shard: number;
  readonly pairIndex: number;
}

async function fetchSlivers(
  value: BlobMetadataWithId,
  { nodes, encoder, random, onProgress }: DownloadOptions,
  failures: NodeFailure[],
): Promise<{ slivers: Sliver[]; receivedBytes: number }> {
  const { blobId, metadata } = value;
  const needed = sliversToDecode(encoder.parameters, 'primary');
  const symbolSize = symbolSizeFor(encoder.parameters, metadata.unencodedLength);
  const maxBytes = symbolsPerSliver(encoder.parameters, 'primary') * symbolSize + SLIVER_FRAME_BYTES;
  const wanted = wantedSlivers(blobId, nodes, encoder, needed, random);
  const slivers: Sliver[] = [];
  const answered = new Set<number>();
  const unreachable = new Set<NodeClient>();
  const stop = new AbortController();
  let receivedBytes = 0;
  let underWay = 0;

  const lane = async () => {
    // A lane rests while enough requests are under way, and wakes when one of them fails.
    while (slivers.length < needed && slivers.length + underWay < needed) {
      const next = wanted.shift();
      if (next === undefined) return;
      const { node, shard, pairIndex } = next;
      if (unreachable.has(node)) continue;
      underWay += 1;
      try {
        const sliver = await node.getSliver(blobId, { pairIndex, axis: 'primary', shard }, maxBytes, stop.signal);
        await verifyAsync(node, 'sliver', shard, async () => {
          if (sliver.index !== pairIndex) throw new EncodingError(`sliver ${sliver.index} instead of ${pairIndex}`);
          await encoder.verifySliver(metadata, sliver);
        });
        slivers.push(sliver);
        answered.add(shard);
        receivedBytes += encodeSliverSize(sliver);
        onProgress?.(Math.min(slivers.length, needed), needed);
      } catch (error) {
        if (stop.signal.aborted) return;
        const failure = nodeFailure(error);
        failures.push(failure);
        if (failure instanceof NodeRequestFailed && failure.unreachable) unreachable.add(node);
      } finally {
        underWay -= 1;
      }
    }
  };
  while (slivers.length < needed && wanted.length > 0) {
    await Promise.all(Array.from({ length: needed - slivers.length }, lane));
  }
  stop.abort();
  if (slivers.length < needed) {
    const missing = nodes.flatMap(({ member }) => member.shards).filter((shard) => !answered.has(shard));
    missing.sort((a, b) => a - b);
    throw new NotEnoughSlivers(blobIdToText(blobId), slivers.length, needed, missing, failures);
  }
  return { slivers, receivedBytes };
}

/**
 * Primary slivers in the order they are asked for: systematic ones first (they need no decoding), each group
 * shuffled so that readers spread over the nodes.
 */
function wantedSlivers(
  blobId: Uint8Array,
  nodes: readonly NodeClient[],
  encoder: BlobEncoder,
  systematic: number,
  random: () => number,
): Wanted[] {
  const all = nodes.flatMap((node) =>
    node.member.shards.map((shard) => ({ node, shard, pairIndex: pairOfShard(shard, blobId, encoder.shardCount) })),
  );
  const [first, rest] = [all.filter((one) => one.pairIndex < systematic), all.filter((one) => one.pairIndex >= systematic)];
  return [...shuffled(first, random), ...shuffled(rest, random)];
}

function encodeSliverSize(sliver: Sliver): number {
  return encodeSliverData(sliver).length;
}

function verify(node: NodeClient, phase: 'metadata' | 'sliver', shard: number | undefined, check: () => void): void {
  try {
    check();
  } catch (cause) {
    throw lie(node, phase, shard, cause);
  }
}

async function verifyAsync(
  node: NodeClient,
  phase: 'metadata' | 'sliver',
  shard: number | undefined,
  check: () => Promise<void>,
): Promise<void> {
  try {
    await check();
  } catch (cause) {
    throw lie(node, phase, shard, cause);
  }
}

/** Data that fails verification is the node's lie; anything else that was thrown is our defect. */
function lie(node: NodeClient, phase: 'metadata' | 'sliver', shard: number | undefined, cause: unknown): unknown {
  if (!(cause instanceof EncodingError)) return cause;
  return new NodeLied(node.member.name, phase, shard, cause.message, { cause });
}

function nodeFailure(error: unknown): NodeFailure {
  if (error instanceof NodeRequestFailed || error instanceof NodeLied) return error;
  throw error;
}

/** Waits until all lanes ended or the condition holds after one of them did. */
async function raceUntil(lanes: readonly Promise<void>[], done: () => boolean): Promise<void> {
  const pending = new Set(lanes.map((lane, index) => lane.then(() => index)));
  const byIndex = [...pending];
  while (pending.size > 0 && !done()) pending.delete(byIndex[await Promise.race(pending)]!);
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
