/**
 * What a node keeps: metadata, slivers, blob records and the event cursor. Two backends: `lmdb-store.ts`
 * on disk and `memory-store.ts` for simulations.
 */
import type { Axis } from '../encoding/index.js';
import type { BlobRecord } from './records.js';

/** Which sliver, by shard; a shard holds one sliver of each axis per blob. */
export interface SliverKey {
  readonly blobId: Uint8Array;
  readonly shard: number;
  readonly axis: Axis;
}

/** Every promise of a write resolves only when the data would survive a crash. */
export interface NodeStore {
  /** BCS `BlobMetadata`. */
  getMetadata(blobId: Uint8Array): Uint8Array | undefined;
  putMetadata(blobId: Uint8Array, metadata: Uint8Array): Promise<void>;
  /** BCS `SliverData`. */
  getSliver(key: SliverKey): Uint8Array | undefined;
  hasSliver(key: SliverKey): boolean;
  putSliver(key: SliverKey, sliver: Uint8Array): Promise<void>;
  getRecord(blobId: Uint8Array): BlobRecord | undefined;
  /** Position of the last handled event; undefined before the first. */
  readonly cursor: string | undefined;
  /** Stores changed records together with the cursor, all or nothing. */
  putRecords(records: readonly (readonly [blobId: Uint8Array, record: BlobRecord])[], cursor: string): Promise<void>;
  /** Slivers and their bytes, for reports. */
  usage(): { readonly sliverCount: number; readonly sliverBytes: number };
  close(): Promise<void>;
}
