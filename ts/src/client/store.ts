/**
 * Storing one blob: encode, register, upload, certify. Each step leaves a checkpoint from which an
 * interrupted store is resumed without paying again.
 */
import type { Signer } from '@mysten/sui/cryptography';
import { blobIdToText, bytesToU256, u256ToBytes, type BlobEncoder } from '../encoding/index.js';
import {
  certifyBlob,
  createdObject,
  execute,
  registerBlob,
  storageCost,
  type BlobObject,
  type BlobPersistence,
  type Calls,
  type ChainReader,
  type ChainState,
  type CommitteeMember,
  type Executed,
} from '../protocol/index.js';
import { CheckpointMismatch, InvalidStoreRequest } from './errors.js';
import type { NodeClient } from './node-client.js';
import { encodeInput, inputBytes, type SliverSource, type StoreInput } from './slivers.js';
import { uploadBlob, type NodeUpload, type Upload, type UploadOptions } from './upload.js';

/** Steps of a store, in order. */
export type StorePhase = 'encode' | 'register' | 'upload' | 'certify';

/** What an interrupted store needs to go on; JSON. */
export interface StoreCheckpoint {
  readonly blobId: string;
  readonly objectId: string;
  readonly deletable: boolean;
  readonly registerDigest: string;
}

export interface StoreOptions {
  readonly signer: Signer;
  /** Epochs to store for, counted from the current one. */
  readonly epochs?: number;
  readonly deletable?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Ends the store between two requests; what was paid for can be resumed. */
  readonly signal?: AbortSignal;
  /** Told once the blob is registered; keep it until the store is done. */
  readonly onCheckpoint?: (checkpoint: StoreCheckpoint) => void | Promise<void>;
  /** Goes on with a store of the same bytes that was interrupted. */
  readonly resume?: StoreCheckpoint;
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
  /** Paid by this call; nothing when it resumed. */
  readonly walFrost: bigint;
  readonly gasMist: bigint;
  readonly phasesMs: Readonly<Record<StorePhase, number>>;
  readonly nodes: readonly NodeUpload[];
  readonly registerDigest: string;
  /** Undefined when the blob had been certified before. */
  readonly certifyDigest: string | undefined;
}

export interface StoreContext extends Omit<UploadOptions, 'signal' | 'onProgress' | 'nodes'> {
  readonly chain: ChainReader;
  readonly state: ChainState;
  readonly encoder: BlobEncoder;
  readonly nodesOf: (committee: readonly CommitteeMember[]) => NodeClient[];
}

/** How often an upload begins again because another committee took over. */
const MAX_COMMITTEES = 4;

/** @throws InvalidStoreRequest, CheckpointMismatch, NotEnoughConfirmations, ProtocolError, EncodingError */
export async function storeBlob(input: StoreInput, options: StoreOptions, context: StoreContext): Promise<StoreReport> {
  const { epochs = 1, signal = new AbortController().signal } = options;
  const { chain, state, encoder, now } = context;
  const times = [now()];
  const phase = (name: StorePhase, done: number, total: number): void => options.onProgress?.(name, done, total);
  requireEpochs(epochs, state);
  signal.throwIfAborted();

  phase('encode', 0, 1);
  const slivers = await encodeInput(encoder, input);
  try {
    phase('encode', 1, 1);
    times.push(now());

    phase('register', 0, 1);
    signal.throwIfAborted();
    const calls = { ids: chain.ids, packageId: state.packageId, walType: await chain.walType() };
    const registered = options.resume === undefined
      ? await register(slivers, inputBytes(input), calls, options, context)
      : await resumed(slivers, options.resume, context);
    const { checkpoint, object } = registered;
    const { objectId } = checkpoint;
    await options.onCheckpoint?.(checkpoint);
    phase('register', 1, 1);
    times.push(now());

    const isCertified = typeof object?.certified_epoch === 'number';
    const written = isCertified ? undefined : await certify(slivers, registered, calls, options, context);
    times.push(written?.uploadedAt ?? now());
    const final = await chain.blob(objectId);
    phase('certify', 1, 1);
    times.push(now());

    const elapsed = (step: number): number => times[step + 1]! - times[step]!;
    const nodes = written?.upload.nodes ?? [];
    return {
      blobId: checkpoint.blobId,
      objectId,
      sizeBytes: inputBytes(input),
      encodedSizeBytes: BigInt(final.storage.storage_size),
      sentBytes: nodes.reduce((sum, node) => sum + node.sentBytes, 0),
      registeredEpoch: final.registered_epoch,
      certifiedEpoch: final.certified_epoch!,
      endEpoch: final.storage.end_epoch,
      confirmedShards: written?.upload.confirmedShards ?? 0,
      shardCount: state.shardCount,
      walFrost: registered.walFrost,
      gasMist: gasOf(registered.executed) + gasOf(written?.executed),
      phasesMs: { encode: elapsed(0), register: elapsed(1), upload: elapsed(2), certify: elapsed(3) },
      nodes,
      registerDigest: checkpoint.registerDigest,
      certifyDigest: written?.executed.digest,
    };
  } finally {
    await slivers.close();
  }
}

/**
 * Uploads to the committee and puts its certificate on chain. When another epoch begins meanwhile, its committee
 * gets what it lacks, and signs anew.
 */
async function certify(
  slivers: SliverSource, { checkpoint }: Registered, calls: Calls, options: StoreOptions, context: StoreContext,
): Promise<{ upload: Upload; executed: Executed; uploadedAt: number }> {
  const { signer, signal = new AbortController().signal, onProgress } = options;
  const { chain, now } = context;
  const { objectId, deletable } = checkpoint;
  const persistence: BlobPersistence = deletable ? { kind: 'deletable', objectId } : { kind: 'permanent' };
  let { state } = context;
  for (let attempt = 1; ; attempt++) {
    try {
      const isResumed = options.resume !== undefined || attempt > 1;
      const upload = await uploadBlob(
        { slivers, persistence, epoch: state.epoch, shardCount: state.shardCount, isResumed },
        { ...context, nodes: context.nodesOf(state.committee), signal, onProgress: (done, total) => onProgress?.('upload', done, total) },
      );
      const uploadedAt = now();
      onProgress?.('certify', 0, 1);
      signal.throwIfAborted();
      const executed = await execute(chain.client, signer, certifyBlob(calls, objectId, upload), 'certify blob');
      return { upload, executed, uploadedAt };
    } catch (error) {
      if (signal.aborted || attempt === MAX_COMMITTEES) throw error;
      const { epoch } = state;
      state = await chain.state();
      if (state.epoch === epoch) throw error;
    }
  }
}

interface Registered {
  readonly checkpoint: StoreCheckpoint;
  /** The object of a resumed store as it is now. */
  readonly object: BlobObject | undefined;
  readonly executed: Executed | undefined;
  readonly walFrost: bigint;
}

async function register(
  slivers: SliverSource, sizeBytes: number, calls: Calls, options: StoreOptions, { chain, state }: StoreContext,
): Promise<Registered> {
  const { signer, epochs = 1, deletable = false, attributes } = options;
  const cost = storageCost(state, BigInt(sizeBytes), epochs);
  const transaction = registerBlob(calls, cost, {
    blobId: bytesToU256(slivers.blobId),
    rootHash: bytesToU256(slivers.rootHash),
    sizeBytes: BigInt(sizeBytes),
    epochs,
    deletable,
    owner: signer.toSuiAddress(),
    ...(attributes === undefined ? {} : { attributes }),
  });
  const executed = await execute(chain.client, signer, transaction, 'register blob');
  const objectId = createdObject(executed, (type) => type === `${state.originalPackageId}::blob::Blob`, 'Blob');
  const checkpoint = { blobId: blobIdToText(slivers.blobId), objectId, deletable, registerDigest: executed.digest };
  return { checkpoint, object: undefined, executed, walFrost: cost.storageFrost + cost.writeFrost };
}

/** The registration of an interrupted store, compared with the input and with the chain. */
async function resumed(slivers: SliverSource, checkpoint: StoreCheckpoint, { chain }: StoreContext): Promise<Registered> {
  const blobId = blobIdToText(slivers.blobId);
  if (checkpoint.blobId !== blobId) throw new CheckpointMismatch('blobId', checkpoint.blobId, blobId);
  const object = await chain.blob(checkpoint.objectId);
  const onChain = blobIdToText(u256ToBytes(BigInt(object.blob_id)));
  if (onChain !== blobId) throw new CheckpointMismatch('blobId', onChain, blobId);
  if (object.deletable !== checkpoint.deletable) {
    throw new CheckpointMismatch('deletable', String(checkpoint.deletable), String(object.deletable));
  }
  return { checkpoint, object, executed: undefined, walFrost: 0n };
}

function requireEpochs(epochs: number, state: ChainState): void {
  if (!Number.isInteger(epochs) || epochs < 1 || epochs > state.maxEpochsAhead) {
    throw new InvalidStoreRequest(`epochs: ${epochs} is not between 1 and ${state.maxEpochsAhead}`);
  }
}

function gasOf(executed: Executed | undefined): bigint {
  if (executed === undefined) return 0n;
  const { computationCost, storageCost: storage, storageRebate } = executed.effects.gasUsed;
  return BigInt(computationCost) + BigInt(storage) - BigInt(storageRebate);
}
