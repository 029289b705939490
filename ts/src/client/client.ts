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
  buildQuilt,
  QuiltReader,
  quiltPatchIdFromText,
  quiltPatchIdToText,
  storageUnits,
  type ConsistencyCheck,
  type QuiltFile,
  type QuiltPatch,
} from '../encoding/index.js';
import {
  ChainReader,
  deleteBlob,
  execute,
  extendBlob,
  updateAttributes,
  type BlobObject,
  type Calls,
  type ChainState,
  type CommitteeMember,
  type DeploymentIds,
  type Executed,
} from '../protocol/index.js';
import { ColumnReader, downloadBlob, downloadRange, type Download, type DownloadOptions, type RangeSink, type ReadReport } from './download.js';
import { BlobInvalid, MetadataUnavailable, NotEnoughSlivers, StatusUncertain } from './errors.js';
import { NodeClient, type BlobStatus } from './node-client.js';
import { DEFAULT_RETRY, NodeMemory, type RetryPolicy, type Sleep } from './requests.js';
import type { StoreInput } from './slivers.js';
import { blobStatus, certifiedSince } from './status.js';
import { storeBlob, type StoreOptions, type StoreReport } from './store.js';
import type { Fetch } from './transport.js';

export interface HauloutClientOptions {
  readonly client: ClientWithCoreApi;
  readonly ids: DeploymentIds;
  /** How nodes are reached; without it, over sockets of this process. */
  readonly fetch?: Fetch;
  readonly urlScheme?: 'http' | 'https';
  /** Of one request to a node, ms. */
  readonly timeoutMs?: number;
  /** Wait for slow nodes after the quorum, ms. */
  readonly tailMs?: number;
  /** A read asks others when nothing has arrived for so long, ms; adapts to how fast nodes answer. */
  readonly hedgeMs?: number;
  /** Repeats of requests that fail for a moment. */
  readonly retry?: RetryPolicy;
  /** Bytes of slivers held for uploads under way. */
  readonly inFlightBytes?: number;
  /** Uniform in [0, 1): the order in which nodes are asked. */
  readonly random?: () => number;
  readonly now?: () => number;
  readonly sleep?: Sleep;
  /** Encoders, so that others can share them or decide how many threads they use. */
  readonly encoderFor?: (shardCount: number) => BlobEncoder;
}

export interface ReadOptions {
  readonly check?: ConsistencyCheck;
  readonly signal?: AbortSignal;
  readonly onProgress?: (receivedSlivers: number, neededSlivers: number) => void;
}

/** What storing a quilt gave: the blob's report, and a patch ID per file. */
export interface QuiltReport extends StoreReport {
  readonly files: readonly { readonly identifier: string; readonly patchId: string }[];
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_TAIL_MS = 500;
const DEFAULT_HEDGE_MS = 500;
const DEFAULT_IN_FLIGHT_BYTES = 64 * 1024 * 1024;
/** Rows of a streamed read that are held at a time. */
const WINDOW_ROWS = 4;

export class HauloutClient {
  readonly chain: ChainReader;
  readonly #options: Required<Omit<HauloutClientOptions, 'client' | 'ids' | 'fetch'>> & { readonly fetch: Fetch | undefined };
  readonly #memory: NodeMemory;
  #encoder: BlobEncoder | undefined;

  constructor(options: HauloutClientOptions) {
    this.chain = new ChainReader(options.client, options.ids);
    this.#options = {
      fetch: options.fetch,
      urlScheme: options.urlScheme ?? 'https',
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      tailMs: options.tailMs ?? DEFAULT_TAIL_MS,
      hedgeMs: options.hedgeMs ?? DEFAULT_HEDGE_MS,
      retry: options.retry ?? DEFAULT_RETRY,
      inFlightBytes: options.inFlightBytes ?? DEFAULT_IN_FLIGHT_BYTES,
      random: options.random ?? Math.random,
      now: options.now ?? (() => performance.now()),
      sleep: options.sleep ?? sleepOnTimer,
      encoderFor: options.encoderFor ?? ((shardCount) => new BlobEncoder(shardCount)),
    };
    this.#memory = new NodeMemory(this.#options.now);
  }

  /**
   * Stores a blob and certifies it. Bytes are encoded in memory; a source (`fileSource`) that is too large
   * for that goes through a temporary file, in bounded memory.
   * @throws ClientError, ProtocolError, EncodingError; the signal's reason
   */
  async store(input: StoreInput, options: StoreOptions): Promise<StoreReport> {
    const state = await this.chain.state();
    return storeBlob(input, options, {
      chain: this.chain,
      state,
      encoder: this.#encoderFor(state),
      nodesOf: (committee) => this.#nodes(committee),
      memory: this.#memory,
      ...this.#options,
    });
  }

  /** Stores many small files as one blob; each can be read alone. @throws InvalidQuiltInputError and what `store` throws */
  async storeQuilt(files: readonly QuiltFile[], options: StoreOptions): Promise<QuiltReport> {
    const { shardCount } = await this.chain.state();
    const quilt = buildQuilt(shardCount, files);
    const attributes = { ...options.attributes, _walrusBlobType: 'quilt' };
    const report = await this.store(quilt.blob, { ...options, attributes });
    const blobId = blobIdFromText(report.blobId);
    const patchId = ({ startColumn, endColumn }: QuiltPatch) => quiltPatchIdToText({ blobId, startColumn, endColumn });
    return { ...report, files: quilt.patches.map((patch) => ({ identifier: patch.identifier, patchId: patchId(patch) })) };
  }

  /** Reads a blob by its ID (43 characters). @throws ClientError, EncodingError */
  async read(blobId: string, options: ReadOptions = {}): Promise<Uint8Array> {
    return (await this.download(blobId, options)).blob;
  }

  /** Reads a blob and tells how. @throws ClientError, EncodingError */
  async download(blobId: string, options: ReadOptions = {}): Promise<Download> {
    return this.#reading(blobIdFromText(blobId), options, downloadBlob);
  }

  /**
   * Reads a blob, or the bytes `start … end − 1` of it, piece by piece in bounded memory; every piece is
   * checked against the metadata before it is given.
   * @throws RangeError, ClientError, EncodingError
   */
  async readTo(
    blobId: string,
    sink: RangeSink,
    range: { readonly start?: number; readonly end?: number } = {},
    options: ReadOptions = {},
  ): Promise<ReadReport & { readonly sizeBytes: number }> {
    return this.#reading(blobIdFromText(blobId), options, (bytes, from) =>
      downloadRange(bytes, { ...range, start: range.start ?? 0 }, sink, { ...from, windowRows: WINDOW_ROWS }),
    );
  }

  /** Files of a quilt, from its index alone. @throws MalformedBytesError, ClientError */
  async quiltFiles(blobId: string, options: ReadOptions = {}): Promise<readonly QuiltPatch[]> {
    return (await this.#quilt(blobIdFromText(blobId), options)).patches();
  }

  /** One file of a quilt by its identifier. @throws QuiltPatchNotFoundError, MalformedBytesError, ClientError */
  async readQuiltFile(blobId: string, identifier: string, options: ReadOptions = {}): Promise<Required<QuiltFile>> {
    return (await this.#quilt(blobIdFromText(blobId), options)).read(identifier);
  }

  /** One file of a quilt by its patch ID, from the columns it fills. @throws MalformedBytesError, ClientError */
  async readPatch(patchId: string, options: ReadOptions = {}): Promise<Required<QuiltFile>> {
    const { blobId, startColumn, endColumn } = quiltPatchIdFromText(patchId);
    return (await this.#quilt(blobId, options)).readColumns(startColumn, endColumn);
  }

  /** What the network says of a blob, by shards of which one must be correct. @throws StatusUncertain */
  async status(blobId: string, options: { readonly signal?: AbortSignal } = {}): Promise<BlobStatus> {
    const state = await this.chain.state();
    return this.#status(blobIdFromText(blobId), state, signalOf(options));
  }

  /** Extends a certified blob by some epochs and returns the object afterwards. */
  async extend(objectId: string, epochs: number, signer: Signer): Promise<BlobObject> {
    const state = await this.chain.state();
    const blob = await this.chain.blob(objectId);
    const cost = storageUnits(BigInt(blob.storage.storage_size)) * state.storagePrice * BigInt(epochs);
    await execute(this.chain.client, signer, extendBlob(await this.#calls(state), objectId, epochs, cost), 'extend blob');
    return this.chain.blob(objectId);
  }

  /** Deletes a deletable blob; its storage goes back to the signer. */
  async delete(objectId: string, signer: Signer): Promise<Executed> {
    const state = await this.chain.state();
    const transaction = deleteBlob(await this.#calls(state), objectId, signer.toSuiAddress());
    return execute(this.chain.client, signer, transaction, 'delete blob');
  }

  /** Sets attributes of a blob object; `null` removes one. */
  async setAttributes(objectId: string, attributes: Readonly<Record<string, string | null>>, signer: Signer): Promise<Executed> {
    const state = await this.chain.state();
    const transaction = updateAttributes(await this.#calls(state), objectId, attributes);
    return execute(this.chain.client, signer, transaction, 'set attributes');
  }

  async #calls(state: ChainState): Promise<Calls> {
    return { ids: this.chain.ids, packageId: state.packageId, walType: await this.chain.walType() };
  }

  #quilt(blobId: Uint8Array, options: ReadOptions): Promise<QuiltReader> {
    return this.#reading(blobId, options, async (bytes, from) => {
      const columns = await ColumnReader.open(bytes, from);
      return new QuiltReader(from.encoder.shardCount, columns.symbolSize, (column) => columns.column(column));
    });
  }

  /**
   * A read. Nodes forget the data of a blob that was marked invalid, some later than others: when metadata or slivers
   * are missing, the network is asked whether that is why.
   * @throws BlobInvalid
   */
  async #reading<T>(blobId: Uint8Array, options: ReadOptions, read: (blobId: Uint8Array, from: DownloadOptions) => Promise<T>): Promise<T> {
    try {
      return await read(blobId, await this.#readFrom(blobId, options));
    } catch (error) {
      if (!(error instanceof MetadataUnavailable || error instanceof NotEnoughSlivers)) throw error;
      const status = await this.#status(blobId, await this.chain.state(), signalOf(options)).catch((cause: unknown) => {
        if (cause instanceof StatusUncertain) return undefined;
        throw cause;
      });
      if (typeof status === 'object' && 'invalid' in status) throw new BlobInvalid(blobIdToText(blobId), { cause: error });
      throw error;
    }
  }

  #status(blobId: Uint8Array, state: ChainState, signal: AbortSignal): Promise<BlobStatus> {
    return blobStatus(blobId, this.#nodes(state.committee), state.shardCount, { ...this.#options, signal });
  }

  /**
   * Whom to read from: while an epoch changes, what was certified before is with the committee that is
   * leaving.
   */
  async #readFrom(blobId: Uint8Array, options: ReadOptions): Promise<DownloadOptions> {
    const state = await this.chain.state();
    const signal = signalOf(options);
    let { committee } = state;
    if (state.epochState === 'sync' && state.previousCommittee.length > 0) {
      const since = certifiedSince(await this.#status(blobId, state, signal));
      if (since !== undefined && since < state.epoch) committee = state.previousCommittee;
    }
    return {
      ...this.#options,
      nodes: this.#nodes(committee),
      memory: this.#memory,
      encoder: this.#encoderFor(state),
      check: options.check ?? 'default',
      signal,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    };
  }

  #nodes(committee: readonly CommitteeMember[]): NodeClient[] {
    const { fetch, timeoutMs, urlScheme, sleep } = this.#options;
    return committee.map((member) => new NodeClient(member, { fetch, timeoutMs, urlScheme, sleep }));
  }

  #encoderFor(state: ChainState): BlobEncoder {
    if (this.#encoder?.shardCount !== state.shardCount) this.#encoder = this.#options.encoderFor(state.shardCount);
    return this.#encoder;
  }
}

/** The caller's signal, or one that is never aborted. */
function signalOf({ signal }: { readonly signal?: AbortSignal }): AbortSignal {
  return signal ?? new AbortController().signal;
}

const sleepOnTimer: Sleep = (delayMs, signal) =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const timer = setTimeout(done, delayMs);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
  });
