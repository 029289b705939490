/**
 * Encoding parameters (encoding specification §§1, 10): what follows from the shard count and the blob
 * length alone. Sizes are bytes.
 */

import { BlobTooLargeError, InvalidShardCountError } from './errors.js';
import type { Axis } from './types.js';

/** Smallest shard count with a Byzantine fault to tolerate; below it there are no recovery symbols. */
export const MIN_SHARDS = 4;
/** Symbols are made of 16-bit words. */
export const SYMBOL_ALIGNMENT = 2;
/** Largest even number that fits the u16 symbol-size field. */
export const MAX_SYMBOL_SIZE = 65534;
/** Encoding type id of RS2 RedStuff, the only one supported. */
export const ENCODING_TYPE_RS2 = 1;
/** Storage is sold in units of 1 MiB. */
export const STORAGE_UNIT_BYTES = 1n << 20n;

/** Shape of the message matrix for one shard count. */
export interface EncodingParameters {
  /** `n`: shards, rows and columns of the expanded matrix. */
  readonly shardCount: number;
  /** `f = ⌊(n−1)/3⌋`: Byzantine shards tolerated. */
  readonly maxFaulty: number;
  /** `p = n − 2f`: rows of the message matrix, primary slivers needed to rebuild a blob. */
  readonly primarySymbols: number;
  /** `s = n − f`: columns of the message matrix, secondary slivers needed to rebuild a blob. */
  readonly secondarySymbols: number;
  /** `p · s · 65534`. */
  readonly maxBlobSizeBytes: number;
}

/** Smallest power of two that is at least `x` (`x ≥ 1`). */
export function nextPowerOfTwo(x: number): number {
  let power = 1;
  while (power < x) power *= 2;
  return power;
}

/** The Reed–Solomon construction of §3.3 works inside 65536 evaluation points. */
function fitsField(sources: number, recoveries: number): boolean {
  const smaller = Math.min(nextPowerOfTwo(sources), nextPowerOfTwo(recoveries));
  return smaller + Math.max(sources, recoveries) <= 65536;
}

/**
 * Parameters for `shardCount` shards.
 * @throws InvalidShardCountError unless an integer ≥ 4 for which both codes exist.
 */
export function encodingParameters(shardCount: number): EncodingParameters {
  if (!Number.isInteger(shardCount) || shardCount < MIN_SHARDS || shardCount > 65535) {
    throw new InvalidShardCountError(shardCount);
  }
  const maxFaulty = Math.floor((shardCount - 1) / 3);
  const primarySymbols = shardCount - 2 * maxFaulty;
  const secondarySymbols = shardCount - maxFaulty;
  if (!fitsField(primarySymbols, 2 * maxFaulty) || !fitsField(secondarySymbols, maxFaulty)) {
    throw new InvalidShardCountError(shardCount);
  }
  const maxBlobSizeBytes = primarySymbols * secondarySymbols * MAX_SYMBOL_SIZE;
  return { shardCount, maxFaulty, primarySymbols, secondarySymbols, maxBlobSizeBytes };
}

/**
 * Symbol size `q` for a blob of `sizeBytes` bytes: even, at least 2.
 * @throws BlobTooLargeError above `maxBlobSizeBytes`.
 */
export function symbolSizeFor(parameters: EncodingParameters, sizeBytes: number | bigint): number {
  const { primarySymbols, secondarySymbols, maxBlobSizeBytes, shardCount } = parameters;
  if (sizeBytes < 0) throw new RangeError(`blob size must not be negative, got ${sizeBytes}`);
  if (sizeBytes > maxBlobSizeBytes) {
    throw new BlobTooLargeError(BigInt(sizeBytes), BigInt(maxBlobSizeBytes), shardCount);
  }
  const cells = primarySymbols * secondarySymbols;
  return SYMBOL_ALIGNMENT * Math.ceil(Math.max(Number(sizeBytes), 1) / (SYMBOL_ALIGNMENT * cells));
}

/** Stored symbols in a sliver of this axis: `s` for a primary, `p` for a secondary sliver. */
export function symbolsPerSliver(parameters: EncodingParameters, axis: Axis): number {
  return axis === 'primary' ? parameters.secondarySymbols : parameters.primarySymbols;
}

/** Slivers of this axis needed to rebuild a blob: `p` primary or `s` secondary ones. */
export function sliversToDecode(parameters: EncodingParameters, axis: Axis): number {
  return axis === 'primary' ? parameters.primarySymbols : parameters.secondarySymbols;
}

/** Bytes of metadata accounted per shard (§10; not the BCS size). */
export function accountedMetadataSize(shardCount: number): bigint {
  return 64n * BigInt(shardCount) + 32n;
}

/**
 * Bytes that a storage reservation must cover for a blob of `sizeBytes` bytes.
 * @throws InvalidShardCountError, BlobTooLargeError
 */
export function encodedSize(shardCount: number, sizeBytes: number | bigint): bigint {
  const parameters = encodingParameters(shardCount);
  const symbolSize = BigInt(symbolSizeFor(parameters, sizeBytes));
  const symbols = BigInt(parameters.primarySymbols + parameters.secondarySymbols);
  return BigInt(shardCount) * (symbols * symbolSize + accountedMetadataSize(shardCount));
}

/** Storage units (1 MiB, rounded up) that hold `sizeBytes` bytes. */
export function storageUnits(sizeBytes: number | bigint): bigint {
  return (BigInt(sizeBytes) + STORAGE_UNIT_BYTES - 1n) / STORAGE_UNIT_BYTES;
}
