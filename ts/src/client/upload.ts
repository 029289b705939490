/**
 * Uploading a blob's slivers to the committee and gathering a quorum of storage confirmations
 * (HTTP specification §4.1). Every confirmation is verified before it counts.
 */
import { blobIdToText, encodeBlobMetadata, shardOfPair, type Axis } from '../encoding/index.js';
import { isQuorum, storageConfirmationMessage, type BlobPersistence } from '../protocol/index.js';
import { CertificateBuilder, type Certificate } from './certificate.js';
import { NodeLied, NodeRequestFailed, NotEnoughConfirmations, type NodeFailure } from './errors.js';
import type { NodeClient } from './node-client.js';
import { ByteBudget, withRetries, type NodeMemory, type RetryPolicy, type Surroundings } from './requests.js';
import type { SliverSource } from './slivers.js';

/** Requests under way to one node at a time. */
const REQUESTS_PER_NODE = 20;
/** After the quorum, slower nodes get half the time it took, and this much more. */
const TAIL_FACTOR = 0.5;

export interface UploadTarget {
  readonly slivers: SliverSource;
  readonly persistence: BlobPersistence;
  readonly epoch: number;
  readonly shardCount: number;
  /** True if an earlier upload may have stored some of it: nodes are asked before bytes are sent. */
  readonly isResumed: boolean;
}

export interface UploadOptions extends Surroundings {
  readonly nodes: readonly NodeClient[];
  readonly memory: NodeMemory;
  readonly retry: RetryPolicy;
  /** Extra wait for nodes beyond the quorum, ms. */
  readonly tailMs: number;
  /** Bytes of slivers held for requests under way. */
  readonly inFlightBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (storedSlivers: number, totalSlivers: number) => void;
}

/** What one node took. */
export interface NodeUpload {
  readonly node: string;
  readonly shards: number;
  readonly sentBytes: number;
  readonly elapsedMs: number;
  readonly confirmed: boolean;
  readonly failure: string | undefined;
}

/** A certificate and how it came about. */
export interface Upload extends Certificate {
  readonly nodes: readonly NodeUpload[];
}

/** What an upload to one node has come to. */
interface Progress {
  sentBytes: number;
  elapsedMs: number;
  failure: string | undefined;
}

/** @throws NotEnoughConfirmations naming the nodes that failed; the signal's reason when it is aborted */
export async function uploadBlob(target: UploadTarget, options: UploadOptions): Promise<Upload> {
  const { slivers, persistence, epoch, shardCount, isResumed } = target;
  const { nodes, memory, now, signal } = options;
  const { blobId } = slivers;
  const message = storageConfirmationMessage(epoch, blobId, persistence);
  const metadata = encodeBlobMetadata(slivers.metadata);
  const builder = new CertificateBuilder(message, shardCount, nodes.length);
  const failures: NodeFailure[] = [];
  const progress = new Map<NodeClient, Progress>();
  const budget = new ByteBudget(options.inFlightBytes);
  const startedAt = now();
  const tailOver = new AbortController();
  const stop = AbortSignal.any([signal, tailOver.signal]);
  let storedSlivers = 0;
  const pairOf = new Map(Array.from({ length: shardCount }, (_, pair) => [shardOfPair(pair, blobId, shardCount), pair]));

  const retried = <T>(request: () => Promise<T>): Promise<T> => withRetries(options.retry, options, stop, request);

  const putSliver = async (node: NodeClient, own: Progress, shard: number, axis: Axis): Promise<void> => {
    const sliver = { shard, pairIndex: pairOf.get(shard)!, axis };
    await budget.with(slivers.framedBytes(axis), async () => {
      stop.throwIfAborted();
      if (isResumed && (await retried(() => node.hasSliver(blobId, sliver, stop)))) return;
      const framed = await slivers.framed(sliver.pairIndex, axis);
      await retried(() => node.putSliver(blobId, sliver, framed, stop));
      own.sentBytes += framed.length;
    });
    storedSlivers += 1;
    options.onProgress?.(storedSlivers, 2 * shardCount);
  };

  const uploadTo = async (node: NodeClient): Promise<void> => {
    const { member } = node;
    const own: Progress = { sentBytes: 0, elapsedMs: 0, failure: undefined };
    progress.set(node, own);
    try {
      await retried(() => node.putMetadata(blobId, metadata, stop));
      own.sentBytes += metadata.length;
      const wanted = member.shards.flatMap((shard) => [{ shard, axis: 'primary' as const }, { shard, axis: 'secondary' as const }]);
      await inLanes(wanted, REQUESTS_PER_NODE, ({ shard, axis }) => putSliver(node, own, shard, axis));
      const answer = await retried(() => node.getConfirmation(blobId, persistence, stop));
      if (!equal(answer.message, message)) {
        throw new NodeLied(member.name, 'confirmation', undefined, 'signed another message than the one asked for');
      }
      builder.add(member, answer.signature);
      memory.answered(member.nodeId);
    } catch (error) {
      if (stop.aborted) own.failure = 'cut off: the quorum was reached without it';
      else own.failure = noteFailure(node, error);
    } finally {
      own.elapsedMs = now() - startedAt;
    }
  };

  const noteFailure = (node: NodeClient, error: unknown): string => {
    if (!(error instanceof NodeRequestFailed || error instanceof NodeLied)) throw error;
    failures.push(error);
    memory.failed(node.member.nodeId);
    return error.message;
  };

  const checkSignatures = (): void => {
    for (const liar of builder.check()) {
      const node = nodes.find(({ member }) => member === liar)!;
      const lie = new NodeLied(liar.name, 'confirmation', undefined, 'the signature does not verify');
      progress.get(node)!.failure = noteFailure(node, lie);
    }
  };

  let onAnswer = (): void => undefined;
  let ended = false;
  const all = Promise.all(
    nodes.map(async (node) => {
      await uploadTo(node);
      onAnswer();
    }),
  ).finally(() => (ended = true));
  const hasQuorum = (): boolean => isQuorum(builder.weight, shardCount);
  while (!ended) {
    while (!ended && !hasQuorum()) await Promise.race([all, new Promise<void>((resolve) => (onAnswer = resolve))]);
    const tailMs = options.tailMs + TAIL_FACTOR * (now() - startedAt);
    const done = new AbortController();
    await Promise.race([all.finally(() => done.abort()), options.sleep(tailMs, AbortSignal.any([done.signal, signal]))]);
    if (ended) break;
    // Signatures are checked only before anybody is cut off: as a rule once, summed up, when all have answered.
    checkSignatures();
    if (!hasQuorum()) continue;
    tailOver.abort();
    break;
  }
  await all;
  signal.throwIfAborted();
  checkSignatures();
  const certificate = builder.build();
  if (certificate === undefined) {
    const needed = Math.ceil((2 * shardCount + 1) / 3);
    throw new NotEnoughConfirmations(blobIdToText(blobId), builder.weight, needed, failures);
  }
  const signers = new Set(certificate.signers);
  const reports = [...progress].map(([{ member }, own]) => ({
    node: member.name, shards: member.shards.length, ...own, confirmed: signers.has(member), index: member.index,
  }));
  reports.sort((a, b) => a.index - b.index);
  return { ...certificate, nodes: reports.map(({ index: _, ...report }) => report) };
}

/** Runs `work` over all items, a few at a time; the first failure stops the rest. */
async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < items.length && !failed) {
      try {
        await work(items[next++]!);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
