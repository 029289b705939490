/**
 * Merkle trees (encoding specification §4). Leaf: `H(0x00 ‖ data)`; inner: `H(0x01 ‖ left ‖ right)`; a
 * level of more than one node with an odd count gets one empty node (32 zero bytes) at its end.
 */

import { blake2b256, DIGEST_SIZE, equalBytes } from './hash.js';
import type { MerkleNode, MerklePath } from './types.js';

const LEAF_PREFIX = 0x00;
const INNER_PREFIX = 0x01;
const EMPTY_NODE = new Uint8Array(DIGEST_SIZE);

/** Hash of a leaf. */
export function hashLeaf(data: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + data.length);
  message[0] = LEAF_PREFIX;
  message.set(data, 1);
  return blake2b256(message);
}

/** Hash of an inner node. */
export function hashInner(left: MerkleNode, right: MerkleNode): Uint8Array {
  const message = new Uint8Array(1 + 2 * DIGEST_SIZE);
  message[0] = INNER_PREFIX;
  message.set(left ?? EMPTY_NODE, 1);
  message.set(right ?? EMPTY_NODE, 1 + DIGEST_SIZE);
  return blake2b256(message);
}

/** The 32 bytes a node contributes to a hash. */
export function nodeBytes(node: MerkleNode): Uint8Array {
  return node ?? EMPTY_NODE;
}

/** Nodes in a proof for a tree of `leafCount` leaves: `⌈log2(leafCount)⌉`. */
export function proofLength(leafCount: number): number {
  let length = 0;
  while (2 ** length < leafCount) length++;
  return length;
}

/** A Merkle tree kept whole, so that it can give proofs. Built from leaf *hashes*. */
export class MerkleTree {
  /** `levels[0]` are the leaf hashes, the last level is the root alone. Padding is not stored. */
  private readonly levels: (readonly Uint8Array[])[];

  /** @param upper the levels above the leaves, if somebody has hashed them already */
  constructor(leafHashes: readonly Uint8Array[], upper: readonly (readonly Uint8Array[])[] = []) {
    this.levels = [leafHashes, ...upper];
    let level = this.levels.at(-1)!;
    while (level.length > 1) {
      const next: Uint8Array[] = [];
      for (let i = 0; i < level.length; i += 2) next.push(hashInner(level[i]!, level[i + 1] ?? null));
      this.levels.push(next);
      level = next;
    }
  }

  /** Tree over the hashes of these leaves. */
  static ofLeaves(leaves: readonly Uint8Array[]): MerkleTree {
    return new MerkleTree(leaves.map(hashLeaf));
  }

  /** Tree over leaf hashes that follow each other, hashed a level at a time. */
  static async hashedBy(hashing: BatchHashing, leafHashes: Uint8Array): Promise<MerkleTree> {
    const upper: Uint8Array[][] = [];
    for (let level = leafHashes; level.length > DIGEST_SIZE; ) {
      const pairs = new Uint8Array(Math.ceil(level.length / (2 * DIGEST_SIZE)) * 2 * DIGEST_SIZE);
      pairs.set(level); // an odd one is paired with the empty node: zeros
      level = await hashing.innerHashes(pairs);
      upper.push(digestsOf(level));
    }
    return new MerkleTree(digestsOf(leafHashes), upper);
  }

  /** Root; the empty node (`null`) for a tree without leaves. */
  get root(): MerkleNode {
    return this.levels.at(-1)![0] ?? null;
  }

  /** Proof for leaf `index`: siblings from the leaf level up. */
  prove(index: number): MerkleNode[] {
    const leafCount = this.levels[0]!.length;
    if (!Number.isInteger(index) || index < 0 || index >= leafCount) {
      throw new RangeError(`leaf index must be an integer from 0 to ${leafCount - 1}, got ${index}`);
    }
    return this.levels.slice(0, -1).map((level, height) => level[Math.floor(index / 2 ** height) ^ 1] ?? null);
  }
}

function digestsOf(joined: Uint8Array): Uint8Array[] {
  return Array.from({ length: joined.length / DIGEST_SIZE }, (_, i) => joined.subarray(i * DIGEST_SIZE, (i + 1) * DIGEST_SIZE));
}

/**
 * Root that `data` at leaf `index` and the siblings in `path` fold to, or `undefined` when the path is
 * longer than a tree of `leafCount` leaves allows or `index` does not fit below it.
 */
export function foldProof(
  leafCount: number,
  data: Uint8Array,
  index: number,
  path: MerklePath,
): Uint8Array | undefined {
  if (path.length > proofLength(leafCount)) return undefined;
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** path.length) return undefined;
  let current = hashLeaf(data);
  let position = index;
  for (const sibling of path) {
    current = position % 2 === 0 ? hashInner(current, sibling) : hashInner(sibling, current);
    position = Math.floor(position / 2);
  }
  return current;
}

/** True when `path` proves that leaf `index` of the `leafCount`-leaf tree with root `root` is `data`. */
export function verifyProof(
  root: MerkleNode,
  leafCount: number,
  data: Uint8Array,
  index: number,
  path: MerklePath,
): boolean {
  const folded = foldProof(leafCount, data, index, path);
  return folded !== undefined && equalBytes(folded, nodeBytes(root));
}

/** A leaf and its path, as somebody claims them. */
export interface ProofClaim {
  readonly data: Uint8Array;
  readonly index: number;
  readonly path: MerklePath;
}

/** Hashing of many nodes at once (see `EncodingEngine`). */
interface BatchHashing {
  leafHashes(leaves: Uint8Array, leafSize: number): Promise<Uint8Array>;
  innerHashes(pairs: Uint8Array): Promise<Uint8Array>;
}

/** `foldProof` for many proofs of leaves of `leafSize` bytes at once, hashing level by level. */
export async function foldProofs(
  hashing: BatchHashing,
  leafCount: number,
  leafSize: number,
  claims: readonly ProofClaim[],
): Promise<(Uint8Array | undefined)[]> {
  const possible = claims.map(
    ({ index, path }) =>
      path.length <= proofLength(leafCount) && Number.isInteger(index) && index >= 0 && index < 2 ** path.length,
  );
  const leaves = new Uint8Array(claims.length * leafSize);
  claims.forEach(({ data }, i) => leaves.set(data, i * leafSize));
  const hashes = await hashing.leafHashes(leaves, leafSize);
  const current = claims.map((_, i) => hashes.subarray(i * DIGEST_SIZE, (i + 1) * DIGEST_SIZE));
  for (let height = 0; height < proofLength(leafCount); height++) {
    const active = [...claims.keys()].filter((i) => possible[i] && height < claims[i]!.path.length);
    const pairs = new Uint8Array(active.length * 2 * DIGEST_SIZE);
    active.forEach((i, x) => {
      const isRight = Math.floor(claims[i]!.index / 2 ** height) % 2;
      const at = x * 2 * DIGEST_SIZE;
      pairs.set(current[i]!, at + isRight * DIGEST_SIZE);
      pairs.set(nodeBytes(claims[i]!.path[height]!), at + (1 - isRight) * DIGEST_SIZE);
    });
    const parents = await hashing.innerHashes(pairs);
    active.forEach((i, x) => (current[i] = parents.subarray(x * DIGEST_SIZE, (x + 1) * DIGEST_SIZE)));
  }
  return current.map((root, i) => (possible[i] ? root : undefined));
}
