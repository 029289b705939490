/** A node's store in memory: for simulations and tests of the node's rules. Nothing survives the process. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { BlobRecord } from './records.js';
import type { Milestone, NodeStore, Settlement, ShardState, ShardStates, SliverKey, StoreBatch } from './store.js';

export class MemoryStore implements NodeStore {
  readonly #metadata = new Map<string, Uint8Array>();
  /** Slivers of a blob by shard and axis: a blob is removed as a whole. */
  readonly #slivers = new Map<string, Map<string, Uint8Array>>();
  readonly #records = new Map<string, BlobRecord>();
  readonly #attention = new Set<string>();
  readonly #pools = new Map<string, number>();
  readonly #shards = new Map<number, ShardState>();
  readonly #milestones = new Map<Milestone, number>();
  /** Blob IDs in hex, ascending; made when it is asked for. */
  #order: string[] | undefined;
  #cursor: string | undefined;

  get cursor(): string | undefined {
    return this.#cursor;
  }

  getMetadata(blobId: Uint8Array): Uint8Array | undefined {
    return this.#metadata.get(bytesToHex(blobId));
  }

  async putMetadata(blobId: Uint8Array, metadata: Uint8Array): Promise<void> {
    this.#metadata.set(bytesToHex(blobId), new Uint8Array(metadata));
  }

  getSliver({ blobId, shard, axis }: SliverKey): Uint8Array | undefined {
    return this.#slivers.get(bytesToHex(blobId))?.get(`${shard}/${axis}`);
  }

  hasSliver(key: SliverKey): boolean {
    return this.getSliver(key) !== undefined;
  }

  async putSliver({ blobId, shard, axis }: SliverKey, sliver: Uint8Array): Promise<void> {
    const id = bytesToHex(blobId);
    const slivers = this.#slivers.get(id) ?? new Map<string, Uint8Array>();
    slivers.set(`${shard}/${axis}`, new Uint8Array(sliver));
    this.#slivers.set(id, slivers);
  }

  async removeSliver({ blobId, shard, axis }: SliverKey): Promise<void> {
    this.#slivers.get(bytesToHex(blobId))?.delete(`${shard}/${axis}`);
  }

  getRecord(blobId: Uint8Array): BlobRecord | undefined {
    return this.#records.get(bytesToHex(blobId));
  }

  records(from: Uint8Array, limit: number): readonly (readonly [Uint8Array, BlobRecord])[] {
    this.#order ??= [...this.#records.keys()].sort();
    const first = lowerBound(this.#order, bytesToHex(from));
    return this.#order.slice(first, first + limit).map((id) => [hexToBytes(id), this.#records.get(id)!]);
  }

  attention(after: Uint8Array | undefined, limit: number): readonly Uint8Array[] {
    const bound = after === undefined ? '' : bytesToHex(after);
    const ids = [...this.#attention].filter((id) => id > bound).sort();
    return ids.slice(0, limit).map((id) => hexToBytes(id));
  }

  poolEndEpoch(poolId: string): number | undefined {
    return this.#pools.get(poolId);
  }

  shardStates(): ShardStates {
    return this.#shards;
  }

  milestone(milestone: Milestone): number {
    return this.#milestones.get(milestone) ?? 0;
  }

  async commit(batch: StoreBatch): Promise<void> {
    for (const [blobId, record] of batch.records ?? []) this.#putRecord(bytesToHex(blobId), record);
    for (const blobId of batch.attention ?? []) this.#attention.add(bytesToHex(blobId));
    for (const [poolId, endEpoch] of batch.pools ?? []) this.#pools.set(poolId, endEpoch);
    for (const [shard, state] of batch.shards ?? []) {
      if (state === undefined) this.#shards.delete(shard);
      else this.#shards.set(shard, state);
    }
    for (const [milestone, epoch] of batch.milestones ?? []) this.#milestones.set(milestone, epoch);
    if (batch.cursor !== undefined) this.#cursor = batch.cursor;
  }

  async settle(blobId: Uint8Array, decide: (record: BlobRecord | undefined) => Settlement): Promise<void> {
    const id = bytesToHex(blobId);
    const { record, discard, settled } = decide(this.#records.get(id));
    this.#putRecord(id, record);
    if (discard) {
      this.#metadata.delete(id);
      this.#slivers.delete(id);
    }
    if (settled) this.#attention.delete(id);
  }

  async dropShard(shard: number): Promise<void> {
    for (const slivers of this.#slivers.values()) {
      slivers.delete(`${shard}/primary`);
      slivers.delete(`${shard}/secondary`);
    }
    this.#shards.delete(shard);
  }

  usage(): { sliverCount: number; sliverBytes: number } {
    let sliverCount = 0;
    let sliverBytes = 0;
    for (const slivers of this.#slivers.values()) {
      sliverCount += slivers.size;
      for (const sliver of slivers.values()) sliverBytes += sliver.length;
    }
    return { sliverCount, sliverBytes };
  }

  async close(): Promise<void> {
    this.#metadata.clear();
    this.#slivers.clear();
    this.#records.clear();
  }

  #putRecord(id: string, record: BlobRecord | undefined): void {
    const known = this.#records.has(id);
    if (record === undefined) this.#records.delete(id);
    else this.#records.set(id, record);
    if (known !== (record !== undefined)) this.#order = undefined;
  }
}

/** First index whose text is not below `bound`. */
function lowerBound(sorted: readonly string[], bound: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
