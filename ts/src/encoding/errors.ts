/**
 * Errors of the encoding component. Every failure that a caller may treat differently has a class of
 * its own; all derive from `EncodingError`. Programming mistakes (a negative index passed by our own
 * code) surface as `RangeError` or `TypeError` instead.
 */

import type { Axis } from './types.js';

/** Base class of all errors thrown by `haulout/encoding`. */
export class EncodingError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The shard count is not one the code is defined for: an integer from 4 to 49155. */
export class InvalidShardCountError extends EncodingError {
  constructor(readonly shardCount: number) {
    super(`shard count ${shardCount} is not supported (need an integer from 4 to 49155)`);
  }
}

/** The blob is longer than `p · s · 65534` bytes for its shard count. */
export class BlobTooLargeError extends EncodingError {
  constructor(
    readonly sizeBytes: bigint,
    readonly maxSizeBytes: bigint,
    readonly shardCount: number,
  ) {
    super(`blob of ${sizeBytes} bytes exceeds the maximum of ${maxSizeBytes} bytes for ${shardCount} shards`);
  }
}

/** Bytes from outside do not parse as the claimed type, are not canonical, or exceed a length limit. */
export class MalformedBytesError extends EncodingError {
  constructor(
    readonly what: string,
    readonly reason: string,
    readonly offset?: number,
  ) {
    super(`malformed ${what}${offset === undefined ? '' : ` at byte ${offset}`}: ${reason}`);
  }
}

/** A textual or numeric blob ID, patch ID or symbol ID does not have the required form. */
export class InvalidIdError extends EncodingError {
  constructor(
    readonly kind: 'blob ID' | 'quilt patch ID' | 'symbol ID',
    readonly value: string,
    readonly reason: string,
  ) {
    super(`invalid ${kind} ${JSON.stringify(value)}: ${reason}`);
  }
}

/** Why blob metadata was refused. */
export type MetadataFault = 'shard count' | 'length' | 'encoding type' | 'blob ID';

/** Blob metadata does not fit the shard count or does not hash to its blob ID. */
export class InvalidMetadataError extends EncodingError {
  constructor(
    readonly fault: MetadataFault,
    detail: string,
  ) {
    super(`invalid blob metadata (${fault}): ${detail}`);
  }
}

/** Why a sliver was refused. */
export type SliverFault = 'index' | 'length' | 'symbol size' | 'root';

/** A sliver does not match the metadata it is checked against. */
export class InvalidSliverError extends EncodingError {
  constructor(
    readonly fault: SliverFault,
    readonly axis: Axis,
    readonly index: number,
    detail: string,
  ) {
    super(`invalid ${axis} sliver ${index} (${fault}): ${detail}`);
  }
}

/** Why a recovery symbol was refused. */
export type SymbolFault = 'index' | 'target' | 'length' | 'proof';

/** A recovery symbol is out of range, of the wrong size, or its proof does not hold. */
export class InvalidRecoverySymbolError extends EncodingError {
  constructor(
    readonly fault: SymbolFault,
    readonly sourceIndex: number,
    readonly targetIndex: number,
    detail: string,
  ) {
    super(`invalid recovery symbol from sliver ${sourceIndex} for sliver ${targetIndex} (${fault}): ${detail}`);
  }
}

/** Fewer usable slivers or symbols than the code needs; collecting more and trying again may succeed. */
export class NotEnoughSymbolsError extends EncodingError {
  constructor(
    readonly what: 'slivers' | 'symbols',
    readonly available: number,
    readonly needed: number,
  ) {
    super(`not enough ${what}: ${available} usable, ${needed} needed`);
  }
}

/**
 * A sliver rebuilt from symbols does not match the metadata. If every symbol carried a valid proof, the
 * blob is inconsistently encoded and an inconsistency proof can be made from the same symbols.
 */
export class RecoveredSliverMismatchError extends EncodingError {
  constructor(
    readonly axis: Axis,
    readonly index: number,
  ) {
    super(`recovered ${axis} sliver ${index} does not match the blob metadata`);
  }
}

/** The decoded bytes are not what the metadata commits to; the bytes must not be used. */
export class InconsistentBlobError extends EncodingError {
  constructor(
    readonly check: 'default' | 'strict',
    detail: string,
  ) {
    super(`inconsistent blob (${check} check): ${detail}`);
  }
}

/** An inconsistency proof does not prove an inconsistency. */
export class InvalidInconsistencyProofError extends EncodingError {
  constructor(detail: string, options?: ErrorOptions) {
    super(`inconsistency proof rejected: ${detail}`, options);
  }
}

/** A file cannot be put into a quilt, or the files together do not fit. */
export class InvalidQuiltInputError extends EncodingError {
  constructor(
    readonly identifier: string | undefined,
    detail: string,
  ) {
    super(`cannot build quilt${identifier === undefined ? '' : ` (file ${JSON.stringify(identifier)})`}: ${detail}`);
  }
}

/** The requested file is not in the quilt. */
export class QuiltPatchNotFoundError extends EncodingError {
  constructor(readonly wanted: string) {
    super(`no quilt patch for ${JSON.stringify(wanted)}`);
  }
}
