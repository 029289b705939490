/**
 * Blob metadata from sliver roots, and the checks metadata from a node must pass (encoding
 * specification §5).
 */

import { deriveBlobId } from './blob-id.js';
import type { EncodingEngine } from './engine.js';
import { InvalidMetadataError } from './errors.js';
import { DIGEST_SIZE, equalBytes } from './hash.js';
import { MerkleTree, nodeBytes } from './merkle.js';
import type { EncodingParameters } from './parameters.js';
import { pairOfSliver } from './shards.js';
import type { BlobMetadata, BlobMetadataWithId, ComputedMetadata, MerkleNode, SliverTarget } from './types.js';

/** Bytes of a leaf of the blob tree. */
const PAIR_SIZE = 2 * DIGEST_SIZE;

/** Leaves of the blob tree, 64 bytes each: leaf `t` is the two roots of sliver pair `t`. */
function blobLeaves(metadata: BlobMetadata): Uint8Array {
  const leaves = new Uint8Array(metadata.hashes.length * PAIR_SIZE);
  metadata.hashes.forEach(({ primaryHash, secondaryHash }, pair) => {
    leaves.set(nodeBytes(primaryHash), pair * PAIR_SIZE);
    leaves.set(nodeBytes(secondaryHash), pair * PAIR_SIZE + DIGEST_SIZE);
  });
  return leaves;
}

/** Root of the blob tree; an engine that is ready makes it faster. */
export function computeRootHash(metadata: BlobMetadata, engine?: Pick<EncodingEngine, 'merkleRootNow'>): Uint8Array {
  const leaves = blobLeaves(metadata);
  const root = metadata.hashes.length === 0 ? undefined : engine?.merkleRootNow(leaves, PAIR_SIZE);
  if (root !== undefined) return root;
  const leaf = (_: unknown, pair: number): Uint8Array => leaves.subarray(pair * PAIR_SIZE, (pair + 1) * PAIR_SIZE);
  return nodeBytes(MerkleTree.ofLeaves(metadata.hashes.map(leaf)).root);
}

/**
 * Metadata, root hash and blob ID from the roots of all slivers.
 * @param primaryRoots root of primary sliver `i` at `[32 · i …]`
 * @param secondaryRoots root of secondary sliver `j` at `[32 · j …]`
 */
export async function metadataFromRoots(
  engine: EncodingEngine,
  shardCount: number,
  blobSize: number,
  primaryRoots: Uint8Array,
  secondaryRoots: Uint8Array,
): Promise<ComputedMetadata> {
  const hashes = Array.from({ length: shardCount }, (_, pair) => {
    const secondary = shardCount - 1 - pair;
    return {
      primaryHash: primaryRoots.subarray(pair * DIGEST_SIZE, (pair + 1) * DIGEST_SIZE),
      secondaryHash: secondaryRoots.subarray(secondary * DIGEST_SIZE, (secondary + 1) * DIGEST_SIZE),
    };
  });
  const metadata: BlobMetadata = { encodingType: 'RS2', unencodedLength: BigInt(blobSize), hashes };
  const rootHash = await engine.merkleRoot(blobLeaves(metadata), PAIR_SIZE);
  return { blobId: deriveBlobId(blobSize, rootHash), rootHash, metadata };
}

/** Hash that the metadata records for a sliver. */
export function sliverHash(metadata: BlobMetadata, target: SliverTarget): MerkleNode {
  const pair = metadata.hashes[pairOfSliver(target.axis, target.index, metadata.hashes.length)]!;
  return target.axis === 'primary' ? pair.primaryHash : pair.secondaryHash;
}

/**
 * Checks that metadata has one entry per shard, a length the encoding allows, and the right type.
 * @throws InvalidMetadataError
 */
export function checkMetadataShape(parameters: EncodingParameters, metadata: BlobMetadata): void {
  const { shardCount, maxBlobSizeBytes } = parameters;
  if (metadata.hashes.length !== shardCount) {
    throw new InvalidMetadataError('shard count', `${metadata.hashes.length} entries for ${shardCount} shards`);
  }
  if (metadata.unencodedLength < 0n || metadata.unencodedLength > maxBlobSizeBytes) {
    throw new InvalidMetadataError('length', `${metadata.unencodedLength} bytes, at most ${maxBlobSizeBytes} allowed`);
  }
  if (metadata.encodingType !== 'RS2') {
    throw new InvalidMetadataError('encoding type', String(metadata.encodingType));
  }
}

/**
 * All checks of §5 for metadata received from elsewhere: shape, and that it hashes to its blob ID.
 * @throws InvalidMetadataError
 */
export function verifyMetadata(
  engine: Pick<EncodingEngine, 'merkleRootNow'>,
  parameters: EncodingParameters,
  value: BlobMetadataWithId,
): void {
  checkMetadataShape(parameters, value.metadata);
  const expected = deriveBlobId(value.metadata.unencodedLength, computeRootHash(value.metadata, engine));
  if (!equalBytes(expected, value.blobId)) {
    throw new InvalidMetadataError('blob ID', 'the hashes do not lead to the blob ID');
  }
}
