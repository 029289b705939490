/**
 * The rules of a storage node for blobs: what it checks before it stores, serves or signs (HTTP specification
 * §2.1–2.7, §2.11, §4.3). Knows no HTTP: `app.ts` turns requests into these calls.
 */
import {
  blobIdToText,
  decodeBlobMetadata,
  decodeSliverData,
  encodeBlobMetadataWithId,
  InvalidMetadataError,
  InvalidSliverError,
  MalformedBytesError,
  sliverOfPair,
  type Axis,
} from '../encoding/index.js';
import { storageConfirmationMessage, type BlobPersistence } from '../protocol/index.js';
import { sleep } from './environment.js';
import * as errors from './errors.js';
import type { NodeContext } from './node-context.js';
import { DEFAULT_PENDING_LIMITS, PendingCache, pendingKey, type PendingLimits } from './pending-cache.js';
import { deletableRegistration, hasPermanentRegistration, isRegistered, statusJson } from './records.js';
import type { SliverKey } from './store.js';

export interface StorageNodeOptions {
  readonly pendingLimits?: PendingLimits;
  /** Longest wait of a confirmation for a registration, ms; 0 answers at once. */
  readonly longPollMs?: number;
}

/** `buffered`: kept in memory until the blob is registered; not a promise to store it. */
export type PutOutcome = 'stored' | 'alreadyStored' | 'buffered';

/** A signed storage confirmation. */
export interface Confirmation {
  readonly message: Uint8Array;
  /** 96 bytes. */
  readonly signature: Uint8Array;
}

const DEFAULT_LONG_POLL_MS = 5000;
/** Confirmations that may wait at a time. */
const MAX_LONG_POLLS = 256;
/** Symbols of a sliver are at most so large; framing is small. */
const MAX_SYMBOL_BYTES = 65534;
const SLIVER_OVERHEAD_BYTES = 128;

export class StorageNode {
  readonly #pending: PendingCache;
  readonly #longPollMs: number;
  /** Confirmations that wait, by blob ID. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #waitingCount = 0;

  constructor(
    readonly context: NodeContext,
    options: StorageNodeOptions = {},
  ) {
    this.#pending = new PendingCache(options.pendingLimits ?? DEFAULT_PENDING_LIMITS, context.environment.now);
    this.#longPollMs = options.longPollMs ?? DEFAULT_LONG_POLL_MS;
    context.metrics.onRender(() => {
      const { blobs, slivers, bytes } = this.#pending.usage;
      for (const [of, value] of Object.entries({ blobs, slivers, bytes })) context.metrics.pending.set(value, { of });
    });
  }

  get nodeId(): string {
    return this.context.nodeId;
  }

  get epoch(): number {
    return this.context.epoch;
  }

  get shards(): readonly number[] {
    return this.context.shards;
  }

  /** BCS `BlobMetadataWithId`. @throws NodeApiError FORBIDDEN_BLOB, METADATA_NOT_FOUND */
  getMetadata(blobId: Uint8Array): Uint8Array {
    const { context } = this;
    if (context.isBlocked(blobId)) throw errors.forbiddenBlob();
    const metadata = context.metadata(blobId);
    if (metadata === undefined || !isRegistered(context.record(blobId), this.epoch)) throw errors.metadataNotFound();
    context.metrics.metadataRetrieved.add(1);
    return encodeBlobMetadataWithId({ blobId, metadata });
  }

  hasMetadata(blobId: Uint8Array): boolean {
    return this.context.store.getMetadata(blobId) !== undefined;
  }

  /** Checks in the order of §2.2. @throws NodeApiError */
  async putMetadata(blobId: Uint8Array, body: Uint8Array, pending = false): Promise<PutOutcome> {
    const { context } = this;
    if (context.record(blobId)?.invalid !== undefined) throw errors.invalidBlob();
    if (this.hasMetadata(blobId) || this.#pending.get(blobId) !== undefined) return 'alreadyStored';
    if (body[0] === 0 && body[1] === 0) throw errors.unsupportedEncoding();
    const metadata = decoded(() => decodeBlobMetadata(body));
    try {
      context.encoder.verifyMetadata({ blobId, metadata });
    } catch (cause) {
      if (cause instanceof InvalidMetadataError) throw errors.invalidMetadata(cause);
      throw cause;
    }
    if (await this.#isRegistered(blobId, pending)) {
      await context.storeMetadata(blobId, body);
      context.metrics.metadataStored.add(1);
      return 'stored';
    }
    if (context.record(blobId)?.invalid !== undefined) throw errors.invalidBlob();
    if (!pending) throw errors.notRegistered();
    if (!this.#pending.putMetadata(blobId, body)) throw errors.cacheSaturated();
    return 'buffered';
  }

  /** BCS `SliverData`. Checks in the order of §2.4. @throws NodeApiError */
  getSliver(blobId: Uint8Array, pairIndex: number, axis: Axis): Uint8Array {
    const { context } = this;
    const shard = context.shardOf(blobId, pairIndex);
    context.requireReadable(blobId);
    if (!context.hasShard(shard)) throw errors.shardNotAssigned(shard, this.epoch);
    const sliver = context.store.getSliver({ blobId, shard, axis });
    if (sliver === undefined) throw errors.sliverNotFound();
    context.metrics.sliversRetrieved.add(1, { sliver_type: axis });
    return sliver;
  }

  /** §2.6. @throws NodeApiError */
  sliverStatus(blobId: Uint8Array, pairIndex: number, axis: Axis): 'stored' | 'buffered' | 'nonexistent' {
    const shard = this.context.shardOf(blobId, pairIndex);
    if (!this.context.hasShard(shard)) throw errors.shardNotAssigned(shard, this.epoch);
    if (this.context.store.hasSliver({ blobId, shard, axis })) return 'stored';
    return this.#pending.get(blobId)?.slivers.has(pendingKey(pairIndex, axis)) ? 'buffered' : 'nonexistent';
  }

  /** Checks in the order of §2.5; durable when it resolves with `stored`. @throws NodeApiError */
  async putSliver(
    blobId: Uint8Array,
    pairIndex: number,
    axis: Axis,
    body: Uint8Array,
    pending = false,
  ): Promise<PutOutcome> {
    const { context } = this;
    const shard = context.shardOf(blobId, pairIndex);
    const sliver = decoded(() => decodeSliverData(axis, body));
    if (sliver.index !== sliverOfPair(axis, pairIndex, context.shardCount)) {
      throw errors.sliverIndexMismatch(sliver.index, pairIndex);
    }
    const registered = await this.#isRegistered(blobId, pending);
    if (!registered && !pending) throw errors.notRegistered();
    const metadata = context.metadata(blobId) ?? this.#pendingMetadata(blobId);
    if (metadata === undefined) throw errors.metadataRequired();
    if (!context.shards.includes(shard)) throw errors.shardNotAssigned(shard, this.epoch);
    const key: SliverKey = { blobId, shard, axis };
    if (context.store.hasSliver(key)) return 'alreadyStored';
    try {
      await context.encoder.verifySliver(metadata, sliver);
    } catch (cause) {
      if (cause instanceof InvalidSliverError) throw errors.invalidSliver(cause);
      throw cause;
    }
    if (registered) {
      await context.storeSliver(key, body);
      context.metrics.sliversStored.add(1, { sliver_type: axis });
      return 'stored';
    }
    if (!this.#pending.putSliver(blobId, { pairIndex, axis, body })) throw errors.cacheSaturated();
    return 'buffered';
  }

  /** Largest body that can be a sliver of this network: symbols, length prefix, size and index. */
  get maxSliverBodyBytes(): number {
    const { shardCount } = this.context;
    return (shardCount - Math.floor((shardCount - 1) / 3)) * MAX_SYMBOL_BYTES + SLIVER_OVERHEAD_BYTES;
  }

  /**
   * Signs that this node holds all its slivers of the blob. Checks in the order of §4.3.
   * @param waitMs how long to wait for a registration of a blob whose data is buffered here
   * @throws NodeApiError
   */
  async confirm(blobId: Uint8Array, persistence: BlobPersistence, waitMs = 0): Promise<Confirmation> {
    const { context } = this;
    if (!(await this.#isRegistered(blobId, false))) {
      await this.#registration(blobId, waitMs);
      if (!isRegistered(context.record(blobId), this.epoch)) throw errors.notRegistered();
    }
    await this.flushPending(blobId);
    const record = context.record(blobId);
    const registered =
      persistence.kind === 'permanent'
        ? hasPermanentRegistration(record, this.epoch)
        : deletableRegistration(record, persistence.objectId, this.epoch) !== undefined;
    if (!registered) throw errors.notRegistered();
    const missing = this.#missingSlivers(blobId);
    if (missing > 0 || !this.hasMetadata(blobId)) throw errors.missingSlivers(missing);
    const message = storageConfirmationMessage(this.epoch, blobId, persistence);
    context.metrics.confirmations.add(1);
    return { message, signature: context.protocolKey.sign(message) };
  }

  /** JSON of `GET …/status`. */
  status(blobId: Uint8Array): unknown {
    return statusJson(this.context.record(blobId), this.epoch);
  }

  /** Stores what was buffered of a blob that is registered now, and wakes those who wait for it. */
  async flushPending(blobId: Uint8Array): Promise<void> {
    const { context } = this;
    if (this.#pending.get(blobId) !== undefined && isRegistered(context.record(blobId), this.epoch)) {
      const { metadata, slivers } = this.#pending.take(blobId)!;
      await context.storeMetadata(blobId, metadata);
      await Promise.all(
        [...slivers.values()].map(async ({ pairIndex, axis, body }) => {
          const shard = context.shardOf(blobId, pairIndex);
          if (context.shards.includes(shard)) await context.storeSliver({ blobId, shard, axis }, body);
        }),
      );
    }
    for (const wake of this.#waiting.get(blobIdToText(blobId)) ?? []) wake();
  }

  #pendingMetadata(blobId: Uint8Array) {
    const entry = this.#pending.get(blobId);
    return entry === undefined ? undefined : decodeBlobMetadata(entry.metadata);
  }

  #missingSlivers(blobId: Uint8Array): number {
    let missing = 0;
    for (const shard of this.shards) {
      for (const axis of ['primary', 'secondary'] as const) {
        if (!this.context.store.hasSliver({ blobId, shard, axis })) missing += 1;
      }
    }
    return missing + (this.shards.length === 0 ? 1 : 0);
  }

  /** Waits for an event that registers the blob, if something of it is buffered. */
  async #registration(blobId: Uint8Array, waitMs: number): Promise<void> {
    const limitMs = Math.min(waitMs, this.#longPollMs);
    if (limitMs <= 0 || this.#pending.get(blobId) === undefined || this.#waitingCount >= MAX_LONG_POLLS) return;
    const id = blobIdToText(blobId);
    const waiting = this.#waiting.get(id) ?? new Set();
    const arrived = new AbortController();
    const wake = () => arrived.abort();
    this.#waiting.set(id, waiting.add(wake));
    this.#waitingCount += 1;
    await sleep(this.context.environment.schedule, limitMs, arrived.signal);
    this.#waitingCount -= 1;
    waiting.delete(wake);
    if (waiting.size === 0) this.#waiting.delete(id);
  }

  /**
   * The registration may be younger than the last poll: asks the chain once before it says no.
   * @param pending the caller can do without; the chain is not asked
   */
  async #isRegistered(blobId: Uint8Array, pending: boolean): Promise<boolean> {
    const { context } = this;
    if (!pending && !isRegistered(context.record(blobId), this.epoch)) await context.chain.sync();
    if (!isRegistered(context.record(blobId), this.epoch)) return false;
    // What came before the registration is stored before what comes after it.
    if (this.#pending.get(blobId) !== undefined) await this.flushPending(blobId);
    return true;
  }
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof MalformedBytesError) throw errors.malformedBody(cause);
    throw cause;
  }
}
