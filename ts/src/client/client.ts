/**
 * The client: stores blobs (encode, register, upload, certify) and reads them back. It needs a Sui client, a
 * signer for writes, and the two object IDs of a deployment.
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import {
  BlobEncoder,
  blobIdFromText,
  blobIdToText,
  bytesToU256,
  storageUnits,
  type ConsistencyCheck,
} from '../encoding/index.js';
import {
  certifyBlob,
  ChainReader,
  createdObject,
  deleteBlob,
  execute,
  extendBlob,
  registerBlob,
  storageCost,
  type BlobObject,
  type BlobPersistence,
  type ChainState,
  type DeploymentIds,
  type Executed,
} from '../protocol/index.js';
import { downloadBlob, type Download } from './download.js';
import { InvalidStoreRequest } from './errors.js';
import { NodeClient, type Fetch } from './node-client.js';
import { uploadBlob, type NodeUpload, type Sleep } from './upload.js';

export interface HauloutClientOptions {
  readonly client: ClientWithCoreApi;
  readonly ids: DeploymentIds;
  /** How nodes are reached; the platform's `fetch` by default. */
  readonly fetch?: Fetch;
  readonly urlScheme?: 'http' | 'https';
  /** Of one request to a node, ms. */
  readonly timeoutMs?: number;
  /** Wait for slow nodes after the quorum, ms. */
  readonly tailMs?: number;
  /** Uniform in [0, 1): the order in which nodes are asked. */
  readonly random?: () => number;
  readonly now?: () => number;
  readonly sleep?: Sleep;
}

/** Steps of a store, in order. */
export type StorePhase = 'encode' | 'register' | 'upload' | 'certify';

export interface StoreOptions {
  readonly signer: Signer;
  /** Epochs to store for, counted from the current one. */
  readonly epochs?: number;
  readonly deletable?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onProgress?: (phase: StorePhase, done: number, total: number) => void;
}

/** What a store did. */
export interface StoreReport {
  readonly blobId: string;
  readonly objectId: string;
  readonly sizeBytes: number;
  /** Bytes that the reservation covers; what the price is computed from. */
  readonly encodedSizeBytes: bigint;
  /** Bytes of slivers and metadata sent to nodes. */
  readonly sentBytes: number;
  readonly registeredEpoch: number;
  readonly certifiedEpoch: number;
  readonly endEpoch: number;
  readonly confirmedShards: number;
  readonly shardCount: number;
  readonly walFrost: bigint;
  readonly gasMist: bigint;
  readonly phasesMs: Readonly<Record<StorePhase, number>>;
  readonly nodes: readonly NodeUpload[];
  readonly registerDigest: string;
  readonly certifyDigest: string;
}

export interface ReadOptions {
  readonly check?: ConsistencyCheck;
  readonly onProgress?: (receivedSlivers: number, neededSlivers: number) => void;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_TAIL_MS = 500;

export class HauloutClient {
  readonly chain: ChainReader;
  readonly #options: Required<Omit<HauloutClientOptions, 'client' | 'ids'>>;
  #encoder: BlobEncoder | undefined;

  constructor(options: HauloutClientOptions) {
    this.chain = new ChainReader(options.client, options.ids);
    this.#options = {
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      urlScheme: options.urlScheme ?? 'https',
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      tailMs: options.tailMs ?? DEFAULT_TAIL_MS,
      random: options.random ?? Math.random,
      now: options.now ?? (() => performance.now()),
      sleep: options.sleep ?? sleepOnTimer,
    };
  }

  /** Stores a blob and certifies it. @throws ClientError, ProtocolError, EncodingError */
  async store(blob: Uint8Array, options: StoreOptions): Promise<StoreReport> {
    const { signer, epochs = 1, deletable = false } = options;
    const { now } = this.#options;
    const times = [now()];
    const phase = (name: StorePhase, done: number, total: number) => options.onProgress?.(name, done, total);

    const state = await this.chain.state();
    requireEpochs(epochs, state);
    phase('encode', 0, 1);
    const encoded = await this.#encoderFor(state).encode(blob);
    phase('encode', 1, 1);
    times.push(now());

    phase('register', 0, 1);
    const calls = { ids: this.chain.ids, packageId: state.packageId, walType: await this.chain.walType() };
    const cost = storageCost(state, BigInt(blob.length), epochs);
    const registration = registerBlob(calls, cost, {
      blobId: bytesToU256(encoded.blobId),
      rootHash: bytesToU256(encoded.rootHash),
      sizeBytes: BigInt(blob.length),
      epochs,
      deletable,
      owner: signer.toSuiAddress(),
      ...(options.attributes === undefined ? {} : { attributes: options.attributes }),
    });
    const registered = await execute(this.chain.client, signer, registration, 'register blob');
    const objectId = createdObject(registered, (type) => type === `${state.originalPackageId}::blob::Blob`, 'Blob');
    phase('register', 1, 1);
    times.push(now());

    const persistence: BlobPersistence = deletable ? { kind: 'deletable', objectId } : { kind: 'permanent' };
    const upload = await uploadBlob(
      { encoded, persistence, epoch: state.epoch, shardCount: state.shardCount },
      {
        nodes: this.#nodes(state),
        now,
        sleep: this.#options.sleep,
        tailMs: this.#options.tailMs,
        onProgress: (done, total) => phase('upload', done, total),
      },
    );
    times.push(now());

    phase('certify', 0, 1);
    const certified = await execute(this.chain.client, signer, certifyBlob(calls, objectId, upload), 'certify blob');
    const object = await this.chain.blob(objectId);
    phase('certify', 1, 1);
    times.push(now());

    const elapsed = (step: number) => times[step + 1]! - times[step]!;
    return {
      blobId: blobIdToText(encoded.blobId),
      objectId,
      sizeBytes: blob.length,
      encodedSizeBytes: cost.encodedSizeBytes,
      sentBytes: upload.nodes.reduce((sum, node) => sum + node.sentBytes, 0),
      registeredEpoch: object.registered_epoch,
      certifiedEpoch: object.certified_epoch!,
      endEpoch: object.storage.end_epoch,
      confirmedShards: upload.confirmedShards,
      shardCount: state.shardCount,
      walFrost: cost.storageFrost + cost.writeFrost,
      gasMist: gasOf(registered) + gasOf(certified),
      phasesMs: { encode: elapsed(0), register: elapsed(1), upload: elapsed(2), certify: elapsed(3) },
      nodes: upload.nodes,
      registerDigest: registered.digest,
      certifyDigest: certified.digest,
    };
  }

  /** Reads a blob by its ID (43 characters). @throws ClientError, EncodingError */
  async read(blobId: string, options: ReadOptions = {}): Promise<Uint8Array> {
    return (await this.download(blobId, options)).blob;
  }

  /** Reads a blob and tells how. @throws ClientError, EncodingError */
  async download(blobId: string, options: ReadOptions = {}): Promise<Download> {
    const bytes = blobIdFromText(blobId);
    const state = await this.chain.state();
    return downloadBlob(bytes, {
      nodes: this.#nodes(state),
      encoder: this.#encoderFor(state),
      random: this.#options.random,
      check: options.check ?? 'default',
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
  }

  /** Extends a certified blob by some epochs and returns the object afterwards. */
  async extend(objectId: string, epochs: number, signer: Signer): Promise<BlobObject> {
    const state = await this.chain.state();
    const blob = await this.chain.blob(objectId);
    const cost = storageUnits(BigInt(blob.storage.storage_size)) * state.storagePrice * BigInt(epochs);
    const calls = { ids: this.chain.ids, packageId: state.packageId, walType: await this.chain.walType() };
    await execute(this.chain.client, signer, extendBlob(calls, objectId, epochs, cost), 'extend blob');
    return this.chain.blob(objectId);
  }

  /** Deletes a deletable blob; its storage goes back to the signer. */
  async delete(objectId: string, signer: Signer): Promise<Executed> {
    const state = await this.chain.state();
    const calls = { ids: this.chain.ids, packageId: state.packageId, walType: await this.chain.walType() };
    return execute(this.chain.client, signer, deleteBlob(calls, objectId, signer.toSuiAddress()), 'delete blob');
  }

  #nodes(state: ChainState): NodeClient[] {
    const { fetch, timeoutMs, urlScheme } = this.#options;
    return state.committee.map((member) => new NodeClient(member, { fetch, timeoutMs, urlScheme }));
  }

  #encoderFor(state: ChainState): BlobEncoder {
    if (this.#encoder?.shardCount !== state.shardCount) this.#encoder = new BlobEncoder(state.shardCount);
    return this.#encoder;
  }
}

const sleepOnTimer: Sleep = (delayMs, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

function requireEpochs(epochs: number, state: ChainState): void {
  if (!Number.isInteger(epochs) || epochs < 1 || epochs > state.maxEpochsAhead) {
    throw new InvalidStoreRequest(`epochs: ${epochs} is not between 1 and ${state.maxEpochsAhead}`);
  }
}

function gasOf({ effects }: Executed): bigint {
  const { computationCost, storageCost: storage, storageRebate } = effects.gasUsed;
  return BigInt(computationCost) + BigInt(storage) - BigInt(storageRebate);
}
