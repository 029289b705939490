/**
 * Data of blobs that are not registered yet (HTTP specification §2.2, §2.5): kept in memory, within limits, for
 * a short time. It promises nothing: what is here is lost with the process, and is never confirmed.
 */
import { blobIdToText } from '../encoding/index.js';
import type { Axis } from './axes.js';

/** Limits of the cache (HTTP specification §9.2, `pending_metadata_cache` and `pending_sliver_cache`). */
export interface PendingLimits {
  readonly blobs: number;
  readonly slivers: number;
  readonly sliverBytes: number;
  /** Of one sliver. */
  readonly maxSliverBytes: number;
  readonly ttlMs: number;
}

export const DEFAULT_PENDING_LIMITS: PendingLimits = {
  blobs: 1024,
  slivers: 20_480,
  sliverBytes: 1 << 30,
  maxSliverBytes: 4 << 20,
  ttlMs: 60_000,
};

/** A buffered sliver. */
export interface PendingSliver {
  readonly pairIndex: number;
  readonly axis: Axis;
  /** BCS `SliverData`, verified. */
  readonly body: Uint8Array;
}

/** What is buffered of one blob. */
export interface PendingBlob {
  readonly blobId: Uint8Array;
  /** BCS `BlobMetadata`, verified. */
  readonly metadata: Uint8Array;
  readonly slivers: ReadonlyMap<string, PendingSliver>;
}

interface Entry extends PendingBlob {
  readonly slivers: Map<string, PendingSliver>;
  readonly expiresAtMs: number;
}

export class PendingCache {
  readonly #entries = new Map<string, Entry>();
  #sliverCount = 0;
  #sliverBytes = 0;

  /** @param now ms, never going back */
  constructor(
    private readonly limits: PendingLimits,
    private readonly now: () => number,
  ) {}

  get usage(): { readonly blobs: number; readonly slivers: number; readonly bytes: number } {
    return { blobs: this.#entries.size, slivers: this.#sliverCount, bytes: this.#sliverBytes };
  }

  get(blobId: Uint8Array): PendingBlob | undefined {
    this.#expire();
    return this.#entries.get(blobIdToText(blobId));
  }

  /** False when there is no room. */
  putMetadata(blobId: Uint8Array, metadata: Uint8Array): boolean {
    this.#expire();
    if (this.#entries.size >= this.limits.blobs) return false;
    const expiresAtMs = this.now() + this.limits.ttlMs;
    this.#entries.set(blobIdToText(blobId), { blobId: blobId.slice(), metadata: metadata.slice(), slivers: new Map(), expiresAtMs });
    return true;
  }

  /** False when there is no room, or no metadata to belong to. */
  putSliver(blobId: Uint8Array, sliver: PendingSliver): boolean {
    this.#expire();
    const entry = this.#entries.get(blobIdToText(blobId));
    const { length } = sliver.body;
    if (entry === undefined || length > this.limits.maxSliverBytes) return false;
    if (this.#sliverCount >= this.limits.slivers || this.#sliverBytes + length > this.limits.sliverBytes) return false;
    const key = pendingKey(sliver.pairIndex, sliver.axis);
    if (entry.slivers.has(key)) return true;
    entry.slivers.set(key, { ...sliver, body: sliver.body.slice() });
    this.#sliverCount += 1;
    this.#sliverBytes += length;
    return true;
  }

  /** Removes and answers what is buffered of a blob. */
  take(blobId: Uint8Array): PendingBlob | undefined {
    this.#expire();
    const id = blobIdToText(blobId);
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#remove(id, entry);
    return entry;
  }

  /** Entries are in the order of their expiry. */
  #expire(): void {
    const now = this.now();
    for (const [id, entry] of this.#entries) {
      if (entry.expiresAtMs > now) return;
      this.#remove(id, entry);
    }
  }

  #remove(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#sliverCount -= entry.slivers.size;
    for (const { body } of entry.slivers.values()) this.#sliverBytes -= body.length;
  }
}

/** Key of a sliver within its blob. */
export function pendingKey(pairIndex: number, axis: Axis): string {
  return `${pairIndex}/${axis}`;
}
