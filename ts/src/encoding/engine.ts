/**
 * What `BlobEncoder` needs from an implementation of the heavy work. Two exist: the readable reference
 * (`reference/engine.ts`) and the WebAssembly kernels. Both must give the same bytes for every call.
 *
 * Arguments are validated by the caller: indices in range, payloads of the right length.
 */

import type { EncodingParameters } from './parameters.js';
import type { BlobSource, ScratchStore, SliverBlockSink } from './stream.js';
import type { Axis } from './types.js';

/** The expanded matrix of a blob, reduced to what is stored and committed to. */
export interface EncodedMatrix {
  /** Root of primary sliver `i` at `[32 · i …]`. */
  readonly primaryRoots: Uint8Array;
  /** Root of secondary sliver `j` at `[32 · j …]`. */
  readonly secondaryRoots: Uint8Array;
  /** BCS `SliverData` of primary sliver `i`; empty when slivers were not asked for. */
  readonly primary: readonly Uint8Array[];
  /** BCS `SliverData` of secondary sliver `j`; empty when slivers were not asked for. */
  readonly secondary: readonly Uint8Array[];
}

/** The heavy operations, over byte arrays. */
export interface EncodingEngine {
  /** Expands the matrix of `blob`, hashes every cell, and frames the slivers if `withSlivers`. */
  encode(
    parameters: EncodingParameters,
    blob: Uint8Array,
    symbolSize: number,
    withSlivers: boolean,
  ): Promise<EncodedMatrix>;

  /**
   * The same piece by piece: slivers go to `sink` in blocks, the result has their roots only.
   * @param memoryBytes memory to use, see `StreamOptions`
   */
  encodeStream(
    parameters: EncodingParameters,
    source: BlobSource,
    symbolSize: number,
    sink: SliverBlockSink,
    scratch: ScratchStore,
    memoryBytes: number,
  ): Promise<EncodedMatrix>;

  /** All `n` symbols of each sliver, concatenated: `n · symbolSize` bytes per payload. */
  expand(
    parameters: EncodingParameters,
    axis: Axis,
    payloads: readonly Uint8Array[],
    symbolSize: number,
  ): Promise<Uint8Array[]>;

  /** Root of each sliver over its expansion, 32 bytes per payload, concatenated. */
  sliverRoots(
    parameters: EncodingParameters,
    axis: Axis,
    payloads: readonly Uint8Array[],
    symbolSize: number,
  ): Promise<Uint8Array>;

  /** One codeword symbol of the sliver, stored or parity. */
  symbolAt(
    parameters: EncodingParameters,
    axis: Axis,
    payload: Uint8Array,
    symbolSize: number,
    index: number,
  ): Promise<Uint8Array>;

  /**
   * Rebuilds the message matrix from any `k` rows or any `k` columns of the expanded one.
   * @param axis `primary` for rows and the code `p → n`, `secondary` for columns and the code `s → n`
   * @param indices exactly `k` distinct codeword indices
   * @param payloads one line per index, of `lineSymbols` symbols each; lines may be shorter than slivers
   * @returns the matrix, row-major; its memory may be shared
   */
  decode(
    parameters: EncodingParameters,
    axis: Axis,
    indices: readonly number[],
    payloads: readonly Uint8Array[],
    symbolSize: number,
    lineSymbols: number,
  ): Promise<Uint8Array>;

  /** Hashes of the leaves in `leaves`, `leafSize` bytes each; 32 bytes per leaf. */
  leafHashes(leaves: Uint8Array, leafSize: number): Promise<Uint8Array>;

  /** Root of the Merkle tree over the leaves in `leaves`, `leafSize` bytes each. */
  merkleRoot(leaves: Uint8Array, leafSize: number): Promise<Uint8Array>;

  /** Hashes of inner nodes: 32 bytes for every pair of siblings, 64 bytes, in `pairs`. */
  innerHashes(pairs: Uint8Array): Promise<Uint8Array>;

  /** `merkleRoot` for callers that cannot wait; `undefined` if the engine is not ready for that. */
  merkleRootNow(leaves: Uint8Array, leafSize: number): Uint8Array | undefined;
}
