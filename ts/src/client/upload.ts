/**
 * Uploading an encoded blob to the committee and gathering a quorum of storage confirmations
 * (HTTP specification §4.1). Every confirmation is verified before it counts.
 */
import { encodeBlobMetadata, shardOfPair, type EncodedBlob } from '../encoding/index.js';
import { blobIdToText } from '../encoding/index.js';
import {
  aggregateSignatures,
  isQuorum,
  signersBitmap,
  storageConfirmationMessage,
  verifyBls,
  type BlobPersistence,
  type CommitteeMember,
} from '../protocol/index.js';
import { NodeLied, NodeRequestFailed, NotEnoughConfirmations, type NodeFailure } from './errors.js';
import type { NodeClient } from './node-client.js';

/** Requests under way to one node at a time. */
const REQUESTS_PER_NODE = 4;
/** The node may see the registration a moment after the client. */
const REGISTRATION_ATTEMPTS = 5;
const REGISTRATION_DELAY_MS = 200;
/** After the quorum, slower nodes get half the time it took, and this much more. */
const TAIL_FACTOR = 0.5;

export interface UploadTarget {
  readonly encoded: EncodedBlob;
  readonly persistence: BlobPersistence;
  readonly epoch: number;
  readonly shardCount: number;
}

/** Waits; ends early, without failing, when the signal is aborted. */
export type Sleep = (delayMs: number, signal?: AbortSignal) => Promise<void>;

export interface UploadOptions {
  readonly nodes: readonly NodeClient[];
  /** Time, ms; any origin. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Extra wait for nodes beyond the quorum, ms. */
  readonly tailMs: number;
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
export interface Upload {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly bitmap: Uint8Array;
  readonly signers: readonly CommitteeMember[];
  readonly confirmedShards: number;
  readonly nodes: readonly NodeUpload[];
}

/** @throws NotEnoughConfirmations naming the nodes that failed */
export async function uploadBlob(target: UploadTarget, options: UploadOptions): Promise<Upload> {
  const { encoded, persistence, epoch, shardCount } = target;
  const message = storageConfirmationMessage(epoch, encoded.blobId, persistence);
  const metadata = encodeBlobMetadata(encoded.metadata);
  const confirmed: { member: CommitteeMember; signature: Uint8Array }[] = [];
  const failures: NodeFailure[] = [];
  const reports = new Map<number, NodeUpload>();
  const startedAt = options.now();
  const stop = new AbortController();
  let storedSlivers = 0;
  const byShard = new Map<number, number>();
  encoded.slivers.forEach((_, pair) => byShard.set(shardOfPair(pair, encoded.blobId, shardCount), pair));

  const uploadTo = async (node: NodeClient): Promise<void> => {
    const { member } = node;
    let sentBytes = 0;
    const report = (outcome: Pick<NodeUpload, 'confirmed' | 'failure'>) =>
      reports.set(member.index, {
        node: member.name,
        shards: member.shards.length,
        sentBytes,
        elapsedMs: options.now() - startedAt,
        ...outcome,
      });
    try {
      await whenRegistered(options, () => node.putMetadata(encoded.blobId, metadata, stop.signal));
      sentBytes += metadata.length;
      const slivers = member.shards.flatMap((shard) => {
        const pairIndex = byShard.get(shard)!;
        const { primary, secondary } = encoded.slivers[pairIndex]!;
        return [primary, secondary].map(({ axis, framed }) => ({ shard, pairIndex, axis, framed }));
      });
      await inLanes(slivers, REQUESTS_PER_NODE, async ({ framed, ...sliver }) => {
        await node.putSliver(encoded.blobId, sliver, framed, stop.signal);
        sentBytes += framed.length;
        storedSlivers += 1;
        options.onProgress?.(storedSlivers, 2 * shardCount);
      });
      const answer = await node.getConfirmation(encoded.blobId, persistence, stop.signal);
      if (!equal(answer.message, message)) {
        throw new NodeLied(member.name, 'confirmation', undefined, 'signed another message than the one asked for');
      }
      if (!verifyBls(member.publicKey, message, answer.signature)) {
        throw new NodeLied(member.name, 'confirmation', undefined, 'the signature does not verify');
      }
      confirmed.push({ member, signature: answer.signature });
      report({ confirmed: true, failure: undefined });
    } catch (error) {
      if (stop.signal.aborted) {
        report({ confirmed: false, failure: 'cut off: the quorum was reached without it' });
        return;
      }
      if (!(error instanceof NodeRequestFailed || error instanceof NodeLied)) throw error;
      failures.push(error);
      report({ confirmed: false, failure: error.message });
    }
  };

  const weight = () => confirmed.reduce((sum, { member }) => sum + member.shards.length, 0);
  let announceQuorum: (value: void) => void;
  const quorum = new Promise<void>((resolve) => (announceQuorum = resolve));
  const all = Promise.all(
    options.nodes.map(async (node) => {
      await uploadTo(node);
      if (isQuorum(weight(), shardCount)) announceQuorum();
    }),
  );
  await Promise.race([all, quorum]);
  if (isQuorum(weight(), shardCount)) {
    const tailMs = options.tailMs + TAIL_FACTOR * (options.now() - startedAt);
    const done = new AbortController();
    await Promise.race([all.finally(() => done.abort()), options.sleep(tailMs, done.signal)]);
    stop.abort();
  }
  await all;
  const confirmedShards = weight();
  if (!isQuorum(confirmedShards, shardCount)) {
    const needed = Math.ceil((2 * shardCount + 1) / 3);
    throw new NotEnoughConfirmations(blobIdToText(encoded.blobId), confirmedShards, needed, failures);
  }
  confirmed.sort((a, b) => a.member.index - b.member.index);
  return {
    message,
    signature: aggregateSignatures(confirmed.map(({ signature }) => signature)),
    bitmap: signersBitmap(
      confirmed.map(({ member }) => member.index),
      options.nodes.length,
    ),
    signers: confirmed.map(({ member }) => member),
    confirmedShards,
    nodes: [...reports.entries()].sort(([a], [b]) => a - b).map(([, report]) => report),
  };
}

/** Repeats a request while the node does not see the registration yet. */
async function whenRegistered(options: UploadOptions, request: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      const early = error instanceof NodeRequestFailed && error.reason === 'NOT_REGISTERED';
      if (!early || attempt === REGISTRATION_ATTEMPTS) throw error;
    }
    await options.sleep(REGISTRATION_DELAY_MS);
  }
}

/** Runs `work` over all items, a few at a time; the first failure stops the rest. */
export async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
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
