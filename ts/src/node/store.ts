/**
 * What a node keeps (HTTP specification §10): metadata, slivers, blob records, shard states, the event cursor,
 * and which blobs need a look. Two backends: `lmdb-store.ts` on disk and `memory-store.ts` for simulations.
 */
import type { Axis } from '../encoding/index.js';
import type { BlobRecord } from './records.js';

/** Which sliver, by shard; a shard holds one sliver of each axis per blob. */
export interface SliverKey {
  readonly blobId: Uint8Array;
  readonly shard: number;
  readonly axis: Axis;
}

/**
 * What a node does with a shard (HTTP specification §4.6). `since` is the epoch in which it began.
 * - `sync`: taking slivers over from the previous owner; `axis` and `nextBlobId` (hex) say how far it got.
 * - `recover`: rebuilding the slivers that the previous owner did not give.
 * - `active`: every sliver of a certified blob is here, or is being recovered one by one.
 * - `locked`: belongs to another node now; still readable, no longer writable.
 */
export type ShardState =
  | { readonly status: 'sync'; readonly since: number; readonly axis: Axis; readonly nextBlobId: string }
  | { readonly status: 'recover' | 'active' | 'locked'; readonly since: number };

export type ShardStates = ReadonlyMap<number, ShardState>;

/** Last epoch that was attested, last epoch whose expired blobs were found, number of events handled; 0 at first. */
export type Milestone = 'attested' | 'collected' | 'events';

/** Changes that become visible and durable together, or not at all. Undefined removes. */
export interface StoreBatch {
  readonly records?: readonly (readonly [blobId: Uint8Array, record: BlobRecord | undefined])[];
  /** Blobs that need a look: what their record asks for may not be done yet. */
  readonly attention?: readonly Uint8Array[];
  /** End epochs of storage pools. */
  readonly pools?: readonly (readonly [poolId: string, endEpoch: number])[];
  readonly shards?: readonly (readonly [shard: number, state: ShardState | undefined])[];
  readonly milestones?: readonly (readonly [milestone: Milestone, value: number])[];
  /** Position of the last handled event. */
  readonly cursor?: string;
}

/** What `settle` does to a blob. */
export interface Settlement {
  /** The record from now on; undefined removes it. */
  readonly record: BlobRecord | undefined;
  /** Removes metadata and every sliver. */
  readonly discard: boolean;
  /** The blob needs no further look. */
  readonly settled: boolean;
}

/** Every promise of a write resolves only when the data would survive a crash. @throws StoreWriteFailed */
export interface NodeStore {
  /** BCS `BlobMetadata`. */
  getMetadata(blobId: Uint8Array): Uint8Array | undefined;
  putMetadata(blobId: Uint8Array, metadata: Uint8Array): Promise<void>;
  /** BCS `SliverData`. */
  getSliver(key: SliverKey): Uint8Array | undefined;
  hasSliver(key: SliverKey): boolean;
  putSliver(key: SliverKey, sliver: Uint8Array): Promise<void>;
  removeSliver(key: SliverKey): Promise<void>;

  getRecord(blobId: Uint8Array): BlobRecord | undefined;
  /** Up to `limit` records with IDs from `from` (inclusive) on, in ascending order of blob ID. */
  records(from: Uint8Array, limit: number): readonly (readonly [blobId: Uint8Array, record: BlobRecord])[];
  /** Up to `limit` blobs that need a look, ascending, behind `after`. */
  attention(after: Uint8Array | undefined, limit: number): readonly Uint8Array[];
  /** End epoch of a storage pool, if it is known. */
  poolEndEpoch(poolId: string): number | undefined;
  shardStates(): ShardStates;
  milestone(milestone: Milestone): number;
  /** Position of the last handled event; undefined before the first. */
  readonly cursor: string | undefined;

  /** Applies a batch. */
  commit(batch: StoreBatch): Promise<void>;
  /**
   * Decides about one blob and acts, all within one transaction: a registration that arrives meanwhile comes
   * before, and is seen, or after, and finds the blob gone.
   */
  settle(blobId: Uint8Array, decide: (record: BlobRecord | undefined) => Settlement): Promise<void>;
  /** Removes every sliver of a shard, then its state. Starts over after a crash. */
  dropShard(shard: number): Promise<void>;

  /** Slivers and their bytes, for reports. */
  usage(): { readonly sliverCount: number; readonly sliverBytes: number };
  close(): Promise<void>;
}
