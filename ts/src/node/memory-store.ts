/** A node's store in memory: for simulations and tests of the node's rules. Nothing survives the process. */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { BlobRecord } from './records.js';
import type { NodeStore, SliverKey } from './store.js';

export class MemoryStore implements NodeStore {
  readonly #metadata = new Map<string, Uint8Array>();
  readonly #slivers = new Map<string, Uint8Array>();
  readonly #records = new Map<string, BlobRecord>();
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

  getSliver(key: SliverKey): Uint8Array | undefined {
    return this.#slivers.get(sliverKeyText(key));
  }

  hasSliver(key: SliverKey): boolean {
    return this.#slivers.has(sliverKeyText(key));
  }

  async putSliver(key: SliverKey, sliver: Uint8Array): Promise<void> {
    this.#slivers.set(sliverKeyText(key), new Uint8Array(sliver));
  }

  getRecord(blobId: Uint8Array): BlobRecord | undefined {
    return this.#records.get(bytesToHex(blobId));
  }

  async putRecords(
    records: readonly (readonly [blobId: Uint8Array, record: BlobRecord])[],
    cursor: string,
  ): Promise<void> {
    for (const [blobId, record] of records) this.#records.set(bytesToHex(blobId), record);
    this.#cursor = cursor;
  }

  usage(): { sliverCount: number; sliverBytes: number } {
    let sliverBytes = 0;
    for (const sliver of this.#slivers.values()) sliverBytes += sliver.length;
    return { sliverCount: this.#slivers.size, sliverBytes };
  }

  async close(): Promise<void> {
    this.#metadata.clear();
    this.#slivers.clear();
    this.#records.clear();
  }
}

function sliverKeyText({ blobId, shard, axis }: SliverKey): string {
  return `${shard}/${axis}/${bytesToHex(blobId)}`;
}
