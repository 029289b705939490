/**
 * `BlobEncoder`: the public face of RedStuff for one shard count. Everything that hashes or does field
 * arithmetic is asynchronous, because large inputs are handed to worker threads; small ones are done on
 * the calling thread before the promise is returned. Codecs, IDs and Merkle proofs are plain functions
 * in the neighbouring modules.
 */

import type { EncodingEngine } from './engine.js';
import {
  InconsistentBlobError,
  InvalidSliverError,
  NotEnoughSymbolsError,
} from './errors.js';
import { DIGEST_SIZE, equalBytes, unshared } from './hash.js';
import { KernelEngine } from './kernels/engine.js';
import { nodeBytes } from './merkle.js';
import { checkMetadataShape, metadataFromRoots, sliverHash, verifyMetadata } from './metadata.js';
import { encodingParameters, sliversToDecode, symbolSizeFor, symbolsPerSliver } from './parameters.js';
import type { EncodingParameters } from './parameters.js';
import * as recovery from './recovery.js';
import { fileScratch } from './stream.js';
import type { BlobSource, SliverBlockSink, StreamOptions } from './stream.js';
import { sliverShapeFault, sliverFaults } from './verification.js';
import type {
  Axis,
  BlobMetadata,
  BlobMetadataWithId,
  ComputedMetadata,
  ConsistencyCheck,
  DecodingSymbol,
  EitherDecodingSymbol,
  EncodedBlob,
  EncodedSliver,
  GeneralRecoverySymbol,
  InconsistencyProof,
  RecoverySymbol,
  Sliver,
  SliverTarget,
} from './types.js';

export interface BlobEncoderOptions {
  /** Implementation of the heavy work; by default the kernels, on as many threads as there are processors. */
  readonly engine?: EncodingEngine;
  /** Threads for large inputs; 1 keeps all work on the calling thread. Ignored if `engine` is given. */
  readonly threads?: number;
}

export interface DecodeOptions {
  /** How the result is checked against the metadata; `default` if not given. */
  readonly check?: ConsistencyCheck;
  /**
   * The caller has verified every sliver against this metadata (`verifySliver`), so the default check
   * may skip the rows that were received as they are.
   */
  readonly sliversVerified?: boolean;
}

const defaultEngine = new KernelEngine();
const DEFAULT_MEMORY_BYTES = 128 << 20;

/** Encoder, decoder and verifier for blobs spread over a fixed number of shards. */
export class BlobEncoder {
  readonly parameters: EncodingParameters;
  private readonly engine: EncodingEngine;

  /**
   * @param shardCount number of shards `n`, at least 4
   * @throws InvalidShardCountError
   */
  constructor(shardCount: number, options: BlobEncoderOptions = {}) {
    this.parameters = encodingParameters(shardCount);
    const { engine, threads } = options;
    this.engine = engine ?? (threads === undefined ? defaultEngine : new KernelEngine({ threads }));
  }

  get shardCount(): number {
    return this.parameters.shardCount;
  }

  /**
   * Encodes a blob into `n` sliver pairs. The slivers are framed for upload already (`framed`).
   * The blob must not be modified until the promise settles.
   * @throws BlobTooLargeError
   */
  async encode(blob: Uint8Array): Promise<EncodedBlob> {
    const n = this.shardCount;
    const symbolSize = symbolSizeFor(this.parameters, blob.length);
    const matrix = await this.engine.encode(this.parameters, blob, symbolSize, true);
    const computed = await metadataFromRoots(this.engine, n, blob.length, matrix.primaryRoots, matrix.secondaryRoots);
    const sliver = (axis: Axis, index: number, framed: Uint8Array): EncodedSliver => {
      const end = framed.length - 4;
      const data = framed.subarray(end - symbolsPerSliver(this.parameters, axis) * symbolSize, end);
      return { axis, index, symbolSize, data, framed };
    };
    const slivers = Array.from({ length: n }, (_, pair) => ({
      primary: sliver('primary', pair, matrix.primary[pair]!),
      secondary: sliver('secondary', n - 1 - pair, matrix.secondary[n - 1 - pair]!),
    }));
    return { ...computed, slivers };
  }

  /**
   * Metadata, root hash and blob ID of a blob, without making its slivers.
   * @throws BlobTooLargeError
   */
  async computeMetadata(blob: Uint8Array): Promise<ComputedMetadata> {
    const symbolSize = symbolSizeFor(this.parameters, blob.length);
    const { primaryRoots, secondaryRoots } = await this.engine.encode(this.parameters, blob, symbolSize, false);
    return metadataFromRoots(this.engine, this.shardCount, blob.length, primaryRoots, secondaryRoots);
  }

  /**
   * Encodes a blob that need not fit in memory. The source is read twice; slivers go to `sink` in blocks,
   * each byte of each payload once. Memory is bounded by `memoryBytes`, not by the blob.
   * @throws BlobTooLargeError
   * @throws RangeError if `memoryBytes` is not a positive number
   */
  async encodeStream(source: BlobSource, sink: SliverBlockSink, options: StreamOptions = {}): Promise<ComputedMetadata> {
    const { memoryBytes = DEFAULT_MEMORY_BYTES } = options;
    if (!(memoryBytes > 0)) throw new RangeError(`memoryBytes must be positive, got ${memoryBytes}`);
    const symbolSize = symbolSizeFor(this.parameters, source.sizeBytes);
    const scratch = options.scratch ?? (await fileScratch());
    try {
      const roots = await this.engine.encodeStream(this.parameters, source, symbolSize, sink, scratch, memoryBytes);
      return await metadataFromRoots(this.engine, this.shardCount, source.sizeBytes, roots.primaryRoots, roots.secondaryRoots);
    } finally {
      if (options.scratch === undefined) await scratch.close();
    }
  }

  /**
   * Checks metadata received from elsewhere against its blob ID.
   * @throws InvalidMetadataError
   */
  verifyMetadata(value: BlobMetadataWithId): void {
    verifyMetadata(this.engine, this.parameters, value);
  }

  /**
   * Checks one sliver against metadata of this shard count.
   * @throws InvalidSliverError, InvalidMetadataError
   */
  async verifySliver(metadata: BlobMetadata, sliver: Sliver): Promise<void> {
    const [fault] = await this.sliverFaults(metadata, [sliver]);
    if (fault !== undefined) throw fault;
  }

  /**
   * Checks many slivers at once.
   * @returns per sliver, its fault or `undefined`
   * @throws InvalidMetadataError
   */
  async sliverFaults(
    metadata: BlobMetadata,
    slivers: readonly Sliver[],
  ): Promise<(InvalidSliverError | undefined)[]> {
    checkMetadataShape(this.parameters, metadata);
    return sliverFaults(this.engine, this.parameters, metadata, slivers);
  }

  /** All `n` symbols of a sliver, concatenated. @throws InvalidSliverError if its shape is wrong */
  async expandSliver(sliver: Sliver): Promise<Uint8Array> {
    this.requireSliverShape(sliver);
    const [expanded] = await this.engine.expand(this.parameters, sliver.axis, [sliver.data], sliver.symbolSize);
    return expanded!;
  }

  /**
   * Rebuilds a blob from any `p` primary or any `s` secondary slivers. Slivers of both axes may be
   * given; the primary ones are used if they suffice. Duplicates, slivers of the wrong shape and surplus
   * ones are ignored.
   *
   * The bytes returned have passed the chosen consistency check. With `skip` nothing at all is checked.
   * @param value metadata that has passed `verifyMetadata`
   * @throws NotEnoughSymbolsError, InconsistentBlobError, InvalidMetadataError
   */
  async decode(value: BlobMetadataWithId, slivers: Iterable<Sliver>, options: DecodeOptions = {}): Promise<Uint8Array> {
    const { check = 'default', sliversVerified = false } = options;
    const { metadata, blobId } = value;
    checkMetadataShape(this.parameters, metadata);
    const symbolSize = symbolSizeFor(this.parameters, metadata.unencodedLength);
    const chosen = this.chooseSlivers(slivers, symbolSize);
    const axis = chosen[0]!.axis;
    const indices = chosen.map(({ index }) => index);
    const payloads = chosen.map(({ data }) => data);
    const lineSymbols = symbolsPerSliver(this.parameters, axis);
    const matrix = await this.engine.decode(this.parameters, axis, indices, payloads, symbolSize, lineSymbols);
    const size = Number(metadata.unencodedLength);
    matrix.fill(0, size); // what a correct writer padded with
    const decoded = matrix.subarray(0, size);
    const checking =
      check === 'strict'
        ? this.checkBlobId(blobId, decoded)
        : check === 'default'
          ? this.checkRows(metadata, matrix, symbolSize, sliversVerified && axis === 'primary' ? indices : [])
          : Promise.resolve();
    const [blob] = await Promise.all([unshared(decoded), checking]);
    return blob;
  }

  /** Exactly as many slivers of one axis as decoding needs, distinct and of the right shape. */
  private chooseSlivers(slivers: Iterable<Sliver>, symbolSize: number): Sliver[] {
    const byAxis = { primary: new Map<number, Sliver>(), secondary: new Map<number, Sliver>() };
    for (const sliver of slivers) {
      const chosen = byAxis[sliver.axis];
      if (chosen.has(sliver.index) || sliverShapeFault(this.parameters, symbolSize, sliver) !== undefined) continue;
      chosen.set(sliver.index, sliver);
      if (chosen.size === sliversToDecode(this.parameters, sliver.axis)) return [...chosen.values()];
    }
    const axis = byAxis.primary.size >= byAxis.secondary.size ? 'primary' : 'secondary';
    throw new NotEnoughSymbolsError('slivers', byAxis[axis].size, sliversToDecode(this.parameters, axis));
  }

  /** The strict check: encoding the decoded bytes again leads to the same blob ID. */
  private async checkBlobId(blobId: Uint8Array, blob: Uint8Array): Promise<void> {
    const computed = await this.computeMetadata(blob);
    if (!equalBytes(computed.blobId, blobId)) {
      throw new InconsistentBlobError('strict', 'encoding the decoded bytes gives another blob ID');
    }
  }

  /** The default check: every row of the message matrix, but the trusted ones, hashes to its entry. */
  private async checkRows(
    metadata: BlobMetadata,
    matrix: Uint8Array,
    symbolSize: number,
    trusted: readonly number[],
  ): Promise<void> {
    const { primarySymbols, secondarySymbols } = this.parameters;
    const rowSize = secondarySymbols * symbolSize;
    const skipped = new Set(trusted);
    const indices = Array.from({ length: primarySymbols }, (_, i) => i).filter((i) => !skipped.has(i));
    if (indices.length === 0) return;
    const rows = indices.map((i) => matrix.subarray(i * rowSize, (i + 1) * rowSize));
    const roots = await this.engine.sliverRoots(this.parameters, 'primary', rows, symbolSize);
    indices.forEach((index, x) => {
      const root = roots.subarray(x * DIGEST_SIZE, (x + 1) * DIGEST_SIZE);
      if (!equalBytes(root, nodeBytes(sliverHash(metadata, { axis: 'primary', index })))) {
        throw new InconsistentBlobError('default', `primary sliver ${index} does not match the metadata`);
      }
    });
  }

  /**
   * The symbol a sliver holds for sliver `targetIndex` of the other axis, without proof.
   * @throws InvalidSliverError if the sliver's shape is wrong
   */
  async decodingSymbol(source: Sliver, targetIndex: number): Promise<EitherDecodingSymbol> {
    this.requireSliverShape(source);
    this.requireIndex(targetIndex);
    return recovery.decodingSymbol(this.engine, this.parameters, source, targetIndex);
  }

  /** The symbol a sliver holds for sliver `targetIndex` of the other axis, with its Merkle proof. */
  async recoverySymbol(source: Sliver, targetIndex: number): Promise<GeneralRecoverySymbol> {
    const [symbol] = await this.recoverySymbols(source, [targetIndex]);
    return symbol!;
  }

  /** Symbols with proofs for several targets; the source is expanded and hashed once. */
  async recoverySymbols(source: Sliver, targetIndices: readonly number[]): Promise<GeneralRecoverySymbol[]> {
    this.requireSliverShape(source);
    targetIndices.forEach((index) => this.requireIndex(index));
    return recovery.recoverySymbols(this.engine, this.parameters, source, targetIndices);
  }

  /**
   * Checks a recovery symbol: indices, size, proof against the metadata hash of its source sliver.
   * @throws InvalidRecoverySymbolError, InvalidMetadataError
   */
  verifyRecoverySymbol(metadata: BlobMetadata, target: SliverTarget, symbol: RecoverySymbol): void {
    checkMetadataShape(this.parameters, metadata);
    const fault = recovery.recoverySymbolFault(this.parameters, metadata, target, symbol);
    if (fault !== undefined) throw fault;
  }

  /**
   * Rebuilds one sliver from symbols of `s` secondary (for a primary target) or `p` primary slivers.
   * Symbols with a `proof` are checked and dropped if it fails; the result is verified in any case.
   * @throws NotEnoughSymbolsError, RecoveredSliverMismatchError, InvalidMetadataError
   */
  async recoverSliver(
    metadata: BlobMetadata,
    target: SliverTarget,
    symbols: Iterable<DecodingSymbol | RecoverySymbol>,
  ): Promise<Sliver> {
    checkMetadataShape(this.parameters, metadata);
    this.requireIndex(target.index);
    return recovery.recoverSliver(this.engine, this.parameters, metadata, target, symbols);
  }

  /**
   * Turns the symbols of a failed recovery into a proof that the blob is inconsistent.
   * @throws NotEnoughSymbolsError, InvalidInconsistencyProofError, InvalidMetadataError
   */
  async createInconsistencyProof(
    metadata: BlobMetadata,
    target: SliverTarget,
    symbols: Iterable<RecoverySymbol>,
  ): Promise<InconsistencyProof> {
    checkMetadataShape(this.parameters, metadata);
    this.requireIndex(target.index);
    return recovery.createInconsistencyProof(this.engine, this.parameters, metadata, target, symbols);
  }

  /**
   * Returns normally iff the proof shows that the blob of this metadata is inconsistent.
   * @throws InvalidInconsistencyProofError, InvalidMetadataError
   */
  async verifyInconsistencyProof(metadata: BlobMetadata, proof: InconsistencyProof): Promise<void> {
    checkMetadataShape(this.parameters, metadata);
    await recovery.verifyInconsistencyProof(this.engine, this.parameters, metadata, proof);
  }

  /** A sliver without metadata at hand: index and length must fit its own symbol size. */
  private requireSliverShape(sliver: Sliver): void {
    const { symbolSize } = sliver;
    if (!Number.isInteger(symbolSize) || symbolSize < 2 || symbolSize > 65534 || symbolSize % 2 !== 0) {
      throw new InvalidSliverError('symbol size', sliver.axis, sliver.index, `${symbolSize} is not a symbol size`);
    }
    const fault = sliverShapeFault(this.parameters, symbolSize, sliver);
    if (fault !== undefined) throw fault;
  }

  private requireIndex(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.shardCount) {
      throw new RangeError(`sliver index must be an integer from 0 to ${this.shardCount - 1}, got ${index}`);
    }
  }
}
