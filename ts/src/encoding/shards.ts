/**
 * Which shard holds which sliver (encoding specification §2): the pairing of slivers and the rotation
 * of pairs over shards that the blob ID decides.
 */

import type { Axis, SliverTarget } from './types.js';

function checkIndex(name: string, index: number, shardCount: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= shardCount) {
    throw new RangeError(`${name} must be an integer from 0 to ${shardCount - 1}, got ${index}`);
  }
}

/** Pair of a sliver: `i` for primary sliver `i`, `n − 1 − j` for secondary sliver `j`. */
export function pairOfSliver(axis: Axis, index: number, shardCount: number): number {
  checkIndex('sliver index', index, shardCount);
  return axis === 'primary' ? index : shardCount - 1 - index;
}

/** Index of the sliver of `axis` in pair `pair`; the inverse of `pairOfSliver`. */
export function sliverOfPair(axis: Axis, pair: number, shardCount: number): number {
  checkIndex('pair index', pair, shardCount);
  return axis === 'primary' ? pair : shardCount - 1 - pair;
}

/** Rotation offset of a blob: its ID bytes read as one big-endian integer, modulo the shard count. */
export function rotationOffset(blobId: Uint8Array, shardCount: number): number {
  let offset = 0;
  for (const byte of blobId) offset = (offset * 256 + byte) % shardCount;
  return offset;
}

/** Shard that holds sliver pair `pair` of the blob. */
export function shardOfPair(pair: number, blobId: Uint8Array, shardCount: number): number {
  checkIndex('pair index', pair, shardCount);
  return (pair + rotationOffset(blobId, shardCount)) % shardCount;
}

/** Sliver pair of the blob that shard `shard` holds; the inverse of `shardOfPair`. */
export function pairOfShard(shard: number, blobId: Uint8Array, shardCount: number): number {
  checkIndex('shard index', shard, shardCount);
  return (shardCount + shard - rotationOffset(blobId, shardCount)) % shardCount;
}

/** Shard that holds one sliver of the blob. */
export function shardOfSliver(target: SliverTarget, blobId: Uint8Array, shardCount: number): number {
  return shardOfPair(pairOfSliver(target.axis, target.index, shardCount), blobId, shardCount);
}
