/**
 * The data model of the encoding component (encoding specification §§2, 5, 6, 7, 9): plain objects,
 * bytes as `Uint8Array`, u64 as `bigint`. Layouts on the wire are in `codecs.ts`.
 */

/** Direction of a sliver: a primary sliver is a matrix row, a secondary sliver a matrix column. */
export type Axis = 'primary' | 'secondary';

/** The other axis. */
export function orthogonalAxis(axis: Axis): Axis {
  return axis === 'primary' ? 'secondary' : 'primary';
}

/** A Merkle node: a 32-byte digest, or `null` for the empty node (counts as 32 zero bytes in hashes). */
export type MerkleNode = Uint8Array | null;

/** Sibling nodes of a Merkle proof, leaf level first. */
export type MerklePath = readonly MerkleNode[];

/** Roots of the two slivers of pair `t`: primary sliver `t` and secondary sliver `n − 1 − t`. */
export interface SliverPairMetadata {
  readonly primaryHash: MerkleNode;
  readonly secondaryHash: MerkleNode;
}

/** Blob metadata V1. Entry `t` of `hashes` belongs to sliver pair `t`. */
export interface BlobMetadata {
  readonly encodingType: 'RS2';
  /** Length of the blob in bytes (u64). */
  readonly unencodedLength: bigint;
  readonly hashes: readonly SliverPairMetadata[];
}

/** Metadata together with the blob ID it hashes to (32 bytes). */
export interface BlobMetadataWithId {
  readonly blobId: Uint8Array;
  readonly metadata: BlobMetadata;
}

/** A sliver: the stored symbols of one matrix row or column, without its parity. */
export interface Sliver {
  readonly axis: Axis;
  /** Sliver index (row or column), not the pair index. */
  readonly index: number;
  /** Symbol size `q` in bytes. */
  readonly symbolSize: number;
  /** `s · q` bytes (primary) or `p · q` bytes (secondary). */
  readonly data: Uint8Array;
}

/** A sliver as the encoder makes it: `data` is a view into `framed`, the finished BCS `SliverData`. */
export interface EncodedSliver extends Sliver {
  /** BCS `SliverData` bytes, ready for upload. */
  readonly framed: Uint8Array;
}

/** The two slivers that one shard holds. */
export interface SliverPair<S extends Sliver = Sliver> {
  readonly primary: S;
  readonly secondary: S;
}

/** A symbol of the codeword being decoded; `index` is the index of the sliver it was taken from. */
export interface DecodingSymbol {
  readonly index: number;
  readonly data: Uint8Array;
}

/** A decoding symbol that says which axis its target sliver has. */
export interface EitherDecodingSymbol extends DecodingSymbol {
  readonly targetAxis: Axis;
}

/** A decoding symbol with a Merkle proof against the root of the sliver it was taken from. */
export interface RecoverySymbol extends DecodingSymbol {
  readonly proof: MerklePath;
}

/** A recovery symbol that names its target; it is the matrix cell both slivers share. */
export interface GeneralRecoverySymbol extends RecoverySymbol {
  readonly targetAxis: Axis;
  readonly targetIndex: number;
}

/** Which sliver is to be recovered or proven inconsistent. */
export interface SliverTarget {
  readonly axis: Axis;
  readonly index: number;
}

/** Recovery symbols whose decoding contradicts the metadata. */
export interface InconsistencyProof {
  readonly targetAxis: Axis;
  readonly targetIndex: number;
  readonly symbols: readonly RecoverySymbol[];
}

/** Result of `computeMetadata`: everything a registration on chain needs. */
export interface ComputedMetadata {
  readonly blobId: Uint8Array;
  /** Root of the blob tree (32 bytes). */
  readonly rootHash: Uint8Array;
  readonly metadata: BlobMetadata;
}

/** Result of `encode`. Entry `t` of `slivers` is sliver pair `t`. */
export interface EncodedBlob extends ComputedMetadata {
  readonly slivers: readonly SliverPair<EncodedSliver>[];
}

/** How thoroughly a decoded blob is checked against its metadata (§8). */
export type ConsistencyCheck = 'skip' | 'default' | 'strict';
