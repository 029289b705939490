/**
 * Blob metadata from sliver roots, and the checks metadata from a node must pass (encoding
 * specification §5).
 */

import { deriveBlobId } from './blob-id.js';
import { InvalidMetadataError } from './errors.js';
import { DIGEST_SIZE, equalBytes } from './hash.js';
import { MerkleTree, nodeBytes } from './merkle.js';
import type { EncodingParameters } from './parameters.js';
import { pairOfSliver } from './shards.js';
import type { BlobMetadata, BlobMetadataWithId, ComputedMetadata, MerkleNode, SliverTarget } from './types.js';

/** Root of the blob tree: leaf `t` is the two roots of sliver pair `t`, 64 bytes. */
export function computeRootHash(metadata: BlobMetadata): Uint8Array {
  const leaves = metadata.hashes.map(({ primaryHash, secondaryHash }) => {
    const leaf = new Uint8Array(2 * DIGEST_SIZE);
    leaf.set(nodeBytes(primaryHash), 0);
    leaf.set(nodeBytes(secondaryHash), DIGEST_SIZE);
    return leaf;
  });
  return nodeBytes(MerkleTree.ofLeaves(leaves).root);
}

/**
 * Metadata, root hash and blob ID from the roots of all slivers.
 * @param primaryRoots root of primary sliver `i` at `[32 · i …]`
 * @param secondaryRoots root of secondary sliver `j` at `[32 · j …]`
 */
export function metadataFromRoots(
  shardCount: number,
  blobSize: number,
  primaryRoots: Uint8Array,
  secondaryRoots: Uint8Array,
): ComputedMetadata {
  const hashes = Array.from({ length: shardCount }, (_, pair) => {
    const secondary = shardCount - 1 - pair;
    return {
      primaryHash: primaryRoots.subarray(pair * DIGEST_SIZE, (pair + 1) * DIGEST_SIZE),
      secondaryHash: secondaryRoots.subarray(secondary * DIGEST_SIZE, (secondary + 1) * DIGEST_SIZE),
    };
  });
  const metadata: BlobMetadata = { encodingType: 'RS2', unencodedLength: BigInt(blobSize), hashes };
  const rootHash = computeRootHash(metadata);
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
export function verifyMetadata(parameters: EncodingParameters, value: BlobMetadataWithId): void {
  checkMetadataShape(parameters, value.metadata);
  const expected = deriveBlobId(value.metadata.unencodedLength, computeRootHash(value.metadata));
  if (!equalBytes(expected, value.blobId)) {
    throw new InvalidMetadataError('blob ID', 'the hashes do not lead to the blob ID');
  }
}
