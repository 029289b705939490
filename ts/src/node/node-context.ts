/** What the parts of a storage node share: identity, store, view of the chain, encoder, and small lookups. */
import { BlobEncoder, blobIdToText, decodeBlobMetadata, shardOfPair, type BlobMetadata } from '../encoding/index.js';
import { equalBytes } from '../encoding/hash.js';
import type { BlsKeyPair, ChainState, CommitteeMember } from '../protocol/index.js';
import type { NodeEnvironment } from './environment.js';
import * as errors from './errors.js';
import type { Log } from './log.js';
import type { NodeMetrics } from './metrics.js';
import { isRegistered, type BlobRecord } from './records.js';
import type { NodeStore, SliverKey } from './store.js';

/** The part of the chain's state that nodes act on. */
export type NodeChainState = Pick<
  ChainState,
  'epoch' | 'epochState' | 'shardCount' | 'committee' | 'previousCommittee' | 'nextCommittee'
>;

/** The node's view of the chain: `ChainFollower`, or a stand-in in tests. */
export interface ChainView {
  readonly state: NodeChainState;
  /** Catches up with the chain. */
  sync(): Promise<void>;
}

export interface NodeContextOptions {
  readonly nodeId: string;
  /** Protocol keys that the node may be asked to sign with: the current one, and the next while it rotates. */
  readonly protocolKeys: readonly [BlsKeyPair, ...BlsKeyPair[]];
  readonly store: NodeStore;
  readonly chain: ChainView;
  readonly environment: NodeEnvironment;
  readonly metrics: NodeMetrics;
  readonly log: Log;
  /** Blobs that the operator's deny list names. */
  readonly isBlocked?: (blobId: Uint8Array) => boolean;
  /** Encoders, so that nodes of one process can share them. */
  readonly encoderFor?: (shardCount: number) => BlobEncoder;
}

/** Blobs whose metadata is kept decoded: the slivers of a blob come one after another, and each needs it. */
const DECODED_METADATA = 4;

export class NodeContext {
  readonly nodeId: string;
  readonly store: NodeStore;
  readonly environment: NodeEnvironment;
  readonly metrics: NodeMetrics;
  readonly log: Log;
  readonly #options: NodeContextOptions;
  #encoder: BlobEncoder | undefined;
  /** By blob ID, least recently decoded first; with the bytes that it was decoded from. */
  readonly #decoded = new Map<string, { readonly stored: Uint8Array; readonly metadata: BlobMetadata }>();

  constructor(options: NodeContextOptions) {
    this.#options = options;
    this.nodeId = options.nodeId;
    this.store = options.store;
    this.environment = options.environment;
    this.metrics = options.metrics;
    this.log = options.log;
  }

  get chain(): ChainView {
    return this.#options.chain;
  }

  get state(): NodeChainState {
    return this.#options.chain.state;
  }

  get epoch(): number {
    return this.state.epoch;
  }

  get shardCount(): number {
    return this.state.shardCount;
  }

  /** This node in the current committee. */
  get member(): CommitteeMember | undefined {
    return this.state.committee.find(({ nodeId }) => nodeId === this.nodeId);
  }

  /** Shards that the current committee gives this node, ascending. */
  get shards(): readonly number[] {
    return this.member?.shards ?? [];
  }

  /** The key that the committee knows; outside the committee the first. */
  get protocolKey(): BlsKeyPair {
    const [first] = this.#options.protocolKeys;
    const { member } = this;
    if (member === undefined) return first;
    return this.#options.protocolKeys.find(({ publicKey }) => equalBytes(publicKey, member.publicKey)) ?? first;
  }

  /** True if requests about the shard belong here: it is owned, or its slivers have not been removed yet. */
  hasShard(shard: number): boolean {
    return this.shards.includes(shard) || this.store.shardStates().has(shard);
  }

  /** Shards here, owned or not, ascending. */
  presentShards(): number[] {
    return [...new Set([...this.shards, ...this.store.shardStates().keys()])].sort((a, b) => a - b);
  }

  /** @throws NodeApiError INDEX_OUT_OF_RANGE */
  shardOf(blobId: Uint8Array, pairIndex: number): number {
    if (pairIndex >= this.shardCount) throw errors.indexOutOfRange(pairIndex, this.shardCount);
    return shardOfPair(pairIndex, blobId, this.shardCount);
  }

  record(blobId: Uint8Array): BlobRecord | undefined {
    return this.store.getRecord(blobId);
  }

  metadata(blobId: Uint8Array): BlobMetadata | undefined {
    const stored = this.store.getMetadata(blobId);
    if (stored === undefined) return undefined;
    const id = blobIdToText(blobId);
    const known = this.#decoded.get(id);
    if (known !== undefined && (known.stored === stored || Buffer.compare(known.stored, stored) === 0)) return known.metadata;
    const metadata = decodeBlobMetadata(stored);
    this.#decoded.delete(id);
    if (this.#decoded.size >= DECODED_METADATA) this.#decoded.delete(this.#decoded.keys().next().value!);
    this.#decoded.set(id, { stored, metadata });
    return metadata;
  }

  /** Stores verified metadata, durably. */
  async storeMetadata(blobId: Uint8Array, metadata: Uint8Array): Promise<void> {
    await this.store.putMetadata(blobId, metadata);
    await this.#recheck(blobId);
  }

  /** Stores a verified sliver, durably. */
  async storeSliver(key: SliverKey, sliver: Uint8Array): Promise<void> {
    await this.store.putSliver(key, sliver);
    await this.#recheck(key.blobId);
  }

  /** The blob may have been deleted while its data was verified: then what was just stored has to go as well. */
  async #recheck(blobId: Uint8Array): Promise<void> {
    if (!isRegistered(this.record(blobId), this.epoch)) await this.store.commit({ attention: [blobId] });
  }

  isBlocked(blobId: Uint8Array): boolean {
    return this.#options.isBlocked?.(blobId) === true || this.record(blobId)?.denied !== undefined;
  }

  /** What every read of a blob's data is checked for. @throws NodeApiError */
  requireReadable(blobId: Uint8Array): void {
    if (this.isBlocked(blobId)) throw errors.forbiddenBlob();
    if (!isRegistered(this.record(blobId), this.epoch)) throw errors.sliverNotFound();
  }

  get encoder(): BlobEncoder {
    const { encoderFor = (shardCount) => new BlobEncoder(shardCount) } = this.#options;
    if (this.#encoder?.shardCount !== this.shardCount) this.#encoder = encoderFor(this.shardCount);
    return this.#encoder;
  }
}
