/**
 * The rules of a storage node: what it checks before it stores, serves or signs (HTTP specification §2,
 * §4.3). Knows no HTTP: `app.ts` turns requests into these calls.
 */
import {
  BlobEncoder,
  decodeBlobMetadata,
  decodeSliverData,
  encodeBlobMetadataWithId,
  MalformedBytesError,
  shardOfPair,
  sliverOfPair,
  type Axis,
  type BlobMetadata,
} from '../encoding/index.js';
import {
  storageConfirmationMessage,
  type BlobPersistence,
  type BlsKeyPair,
  type ChainState,
} from '../protocol/index.js';
import * as errors from './errors.js';
import {
  deletableRegistration,
  hasPermanentRegistration,
  isRegistered,
  statusJson,
  type BlobRecord,
} from './records.js';
import type { NodeStore, SliverKey } from './store.js';

/** The node's view of the chain: `ChainFollower`, or a stand-in in tests. */
export interface ChainView {
  readonly state: Pick<ChainState, 'epoch' | 'shardCount' | 'committee'>;
  /** Catches up with the chain. */
  sync(): Promise<void>;
}

export interface StorageNodeOptions {
  readonly nodeId: string;
  readonly protocolKey: BlsKeyPair;
  readonly store: NodeStore;
  readonly chain: ChainView;
}

export type PutOutcome = 'stored' | 'alreadyStored';

/** A signed storage confirmation. */
export interface Confirmation {
  readonly message: Uint8Array;
  /** 96 bytes. */
  readonly signature: Uint8Array;
}

export class StorageNode {
  readonly #options: StorageNodeOptions;
  #encoder: BlobEncoder | undefined;

  constructor(options: StorageNodeOptions) {
    this.#options = options;
  }

  get nodeId(): string {
    return this.#options.nodeId;
  }

  get protocolPublicKey(): Uint8Array {
    return this.#options.protocolKey.publicKey;
  }

  get epoch(): number {
    return this.#options.chain.state.epoch;
  }

  get shardCount(): number {
    return this.#options.chain.state.shardCount;
  }

  /** Shards that the current committee gives this node, ascending. */
  get shards(): readonly number[] {
    return this.#options.chain.state.committee.find((one) => one.nodeId === this.nodeId)?.shards ?? [];
  }

  /** BCS `BlobMetadataWithId`. @throws NodeApiError METADATA_NOT_FOUND */
  getMetadata(blobId: Uint8Array): Uint8Array {
    const stored = this.#options.store.getMetadata(blobId);
    if (stored === undefined || !isRegistered(this.#record(blobId), this.epoch)) throw errors.metadataNotFound();
    return encodeBlobMetadataWithId({ blobId, metadata: decodeBlobMetadata(stored) });
  }

  hasMetadata(blobId: Uint8Array): boolean {
    return this.#options.store.getMetadata(blobId) !== undefined;
  }

  /** Checks in the order of §2.2. @throws NodeApiError */
  async putMetadata(blobId: Uint8Array, body: Uint8Array): Promise<PutOutcome> {
    const { store } = this.#options;
    if (this.#record(blobId)?.invalid !== undefined) throw errors.invalidBlob();
    if (store.getMetadata(blobId) !== undefined) return 'alreadyStored';
    const metadata = decoded(() => decodeBlobMetadata(body));
    try {
      this.#encoderFor().verifyMetadata({ blobId, metadata });
    } catch (cause) {
      throw errors.invalidMetadata(cause as Error);
    }
    await this.#requireRegistration(blobId);
    await store.putMetadata(blobId, body);
    return 'stored';
  }

  /** BCS `SliverData`. Checks in the order of §2.4. @throws NodeApiError */
  getSliver(blobId: Uint8Array, pairIndex: number, axis: Axis): Uint8Array {
    const shard = this.#shardOf(blobId, pairIndex);
    if (!isRegistered(this.#record(blobId), this.epoch)) throw errors.sliverNotFound();
    const sliver = this.#options.store.getSliver({ blobId, shard, axis });
    if (sliver !== undefined) return sliver;
    this.#requireOwnShard(shard);
    throw errors.sliverNotFound();
  }

  hasSliver(blobId: Uint8Array, pairIndex: number, axis: Axis): boolean {
    const shard = this.#shardOf(blobId, pairIndex);
    this.#requireOwnShard(shard);
    return this.#options.store.hasSliver({ blobId, shard, axis });
  }

  /** Checks in the order of §2.5; durable when it resolves. @throws NodeApiError */
  async putSliver(blobId: Uint8Array, pairIndex: number, axis: Axis, body: Uint8Array): Promise<PutOutcome> {
    const { store } = this.#options;
    const shard = this.#shardOf(blobId, pairIndex);
    const sliver = decoded(() => decodeSliverData(axis, body));
    if (sliver.index !== sliverOfPair(axis, pairIndex, this.shardCount)) {
      throw errors.sliverIndexMismatch(sliver.index, pairIndex);
    }
    await this.#requireRegistration(blobId);
    const metadata = this.#metadata(blobId);
    if (metadata === undefined) throw errors.metadataRequired();
    this.#requireOwnShard(shard);
    const key: SliverKey = { blobId, shard, axis };
    if (store.hasSliver(key)) return 'alreadyStored';
    try {
      await this.#encoderFor().verifySliver(metadata, sliver);
    } catch (cause) {
      throw errors.invalidSliver(cause as Error);
    }
    await store.putSliver(key, body);
    return 'stored';
  }

  /** Largest body that can be a sliver of this network: symbols, length prefix, size and index. */
  get maxSliverBodyBytes(): number {
    return (this.shardCount - Math.floor((this.shardCount - 1) / 3)) * 65534 + 128;
  }

  /** Signs that this node holds all its slivers of the blob. Checks in the order of §4.3. @throws NodeApiError */
  async confirm(blobId: Uint8Array, persistence: BlobPersistence): Promise<Confirmation> {
    await this.#requireRegistration(blobId);
    const record = this.#record(blobId);
    const registered =
      persistence.kind === 'permanent'
        ? hasPermanentRegistration(record, this.epoch)
        : deletableRegistration(record, persistence.objectId, this.epoch) !== undefined;
    if (!registered) throw errors.notRegistered();
    const missing = this.#missingSlivers(blobId);
    if (missing > 0 || this.#metadata(blobId) === undefined) throw errors.missingSlivers(missing);
    const message = storageConfirmationMessage(this.epoch, blobId, persistence);
    return { message, signature: this.#options.protocolKey.sign(message) };
  }

  /** JSON of `GET …/status`. */
  status(blobId: Uint8Array): unknown {
    return statusJson(this.#record(blobId), this.epoch);
  }

  #missingSlivers(blobId: Uint8Array): number {
    let missing = 0;
    for (const shard of this.shards) {
      for (const axis of ['primary', 'secondary'] as const) {
        if (!this.#options.store.hasSliver({ blobId, shard, axis })) missing += 1;
      }
    }
    return missing + (this.shards.length === 0 ? 1 : 0);
  }

  #record(blobId: Uint8Array): BlobRecord | undefined {
    return this.#options.store.getRecord(blobId);
  }

  #metadata(blobId: Uint8Array): BlobMetadata | undefined {
    const stored = this.#options.store.getMetadata(blobId);
    return stored === undefined ? undefined : decodeBlobMetadata(stored);
  }

  /** The registration may be younger than the last poll: ask the chain once before refusing. */
  async #requireRegistration(blobId: Uint8Array): Promise<void> {
    if (isRegistered(this.#record(blobId), this.epoch)) return;
    await this.#options.chain.sync();
    const record = this.#record(blobId);
    if (record?.invalid !== undefined) throw errors.invalidBlob();
    if (!isRegistered(record, this.epoch)) throw errors.notRegistered();
  }

  #shardOf(blobId: Uint8Array, pairIndex: number): number {
    if (pairIndex >= this.shardCount) throw errors.indexOutOfRange(pairIndex, this.shardCount);
    return shardOfPair(pairIndex, blobId, this.shardCount);
  }

  #requireOwnShard(shard: number): void {
    if (!this.shards.includes(shard)) throw errors.shardNotAssigned(shard, this.epoch);
  }

  #encoderFor(): BlobEncoder {
    if (this.#encoder?.shardCount !== this.shardCount) this.#encoder = new BlobEncoder(this.shardCount);
    return this.#encoder;
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
