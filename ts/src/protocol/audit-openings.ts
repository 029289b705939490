/**
 * What an audit asks for and how it is answered (contracts specification §14.2, §14.4): the samples that a seed
 * determines, the tree over the blob IDs of an epoch, and the opening of one symbol up to the blob ID.
 */
import { bcs } from '@mysten/sui/bcs';
import {
  blake2b256,
  bytesToU256,
  MerkleTree,
  pairOfShard,
  verifyProof,
  type Axis,
  type BlobMetadata,
  type MerklePath,
} from '../encoding/index.js';
import { addressBytes } from './messages.js';

const DIGEST_BYTES = 32;
/** Encoding type of `RS2` on chain. */
const ENCODING_TYPE = 1;

/** The symbol that a sample or a challenge asks for. */
export interface SymbolPosition {
  readonly shard: number;
  readonly axis: Axis;
  /** Index in the expanded sliver. */
  readonly symbol: number;
}

/** A sample: the symbol, and which blob of the set. */
export interface Sample extends SymbolPosition {
  readonly leaf: number;
}

/** Sample `k` of a node. `shards` are the node's in the order in which the contracts list them. */
export function sampleOf(
  round: { readonly seed: Uint8Array; readonly setCount: bigint; readonly shardCount: number },
  nodeId: string,
  shards: readonly number[],
  k: number,
): Sample {
  const hash = blake2b256(Uint8Array.from([...round.seed, ...addressBytes(nodeId), ...bcs.u16().serialize(k).toBytes()]));
  const view = new DataView(hash.buffer, hash.byteOffset, hash.length);
  return {
    leaf: Number(view.getBigUint64(0, true) % round.setCount),
    shard: shards[view.getUint32(8, true) % shards.length]!,
    axis: hash[12]! % 2 === 0 ? 'primary' : 'secondary',
    symbol: view.getUint32(13, true) % round.shardCount,
  };
}

/** The blobs that can be sampled in an epoch, as a tree over their IDs. */
export class BlobSet {
  readonly #tree: MerkleTree;

  /** @param blobIds ascending */
  constructor(readonly blobIds: readonly Uint8Array[]) {
    this.#tree = MerkleTree.ofLeaves(blobIds);
  }

  get count(): bigint {
    return BigInt(this.blobIds.length);
  }

  /** 32 bytes; zeros for an empty set. */
  get root(): Uint8Array {
    return this.#tree.root ?? new Uint8Array(DIGEST_BYTES);
  }

  path(leaf: number): Uint8Array[] {
    return pathBytes(this.#tree.prove(leaf));
  }
}

/** Arguments of the contracts that open one symbol. */
export interface Opening {
  readonly rootHash: bigint;
  readonly sizeBytes: bigint;
  readonly encodingType: number;
  readonly primaryRoot: Uint8Array;
  readonly secondaryRoot: Uint8Array;
  /** From the pair of roots to the root hash. */
  readonly pairPath: readonly Uint8Array[];
  readonly symbol: Uint8Array;
  /** From the symbol to the root of its sliver. */
  readonly symbolPath: readonly Uint8Array[];
}

/** Opens symbols of one blob: everything above the slivers is hashed once. */
export class BlobOpenings {
  readonly #pairs: Uint8Array[][];
  readonly #tree: MerkleTree;

  /** @param metadata verified: it hashes to the blob ID */
  constructor(
    readonly blobId: Uint8Array,
    readonly metadata: BlobMetadata,
  ) {
    this.#pairs = metadata.hashes.map(({ primaryHash, secondaryHash }) => pathBytes([primaryHash, secondaryHash]));
    this.#tree = MerkleTree.ofLeaves(this.#pairs.map(([primary, secondary]) => Uint8Array.from([...primary!, ...secondary!])));
  }

  /**
   * Opens a symbol of the pair of slivers that a shard holds.
   * @param proven the symbol and its path in the sliver's tree, from the sliver that the node stores
   * @returns undefined when the symbol is not the one that the metadata commits to
   */
  open(
    { shard, axis, symbol }: SymbolPosition,
    proven: { readonly data: Uint8Array; readonly proof: MerklePath },
  ): Opening | undefined {
    const shardCount = this.#pairs.length;
    const pair = pairOfShard(shard, this.blobId, shardCount);
    const [primaryRoot, secondaryRoot] = this.#pairs[pair]!;
    const root = axis === 'primary' ? primaryRoot! : secondaryRoot!;
    if (!verifyProof(root, shardCount, proven.data, symbol, proven.proof)) return undefined;
    return {
      rootHash: bytesToU256(pathBytes([this.#tree.root])[0]!),
      sizeBytes: this.metadata.unencodedLength,
      encodingType: ENCODING_TYPE,
      primaryRoot: primaryRoot!,
      secondaryRoot: secondaryRoot!,
      pairPath: pathBytes(this.#tree.prove(pair)),
      symbol: proven.data,
      symbolPath: pathBytes(proven.proof),
    };
  }
}

/** Whether sample `k` is marked in a node's bitmap. */
export function isAnswered(bitmap: Uint8Array | undefined, k: number): boolean {
  return bitmap !== undefined && (bitmap[k >> 3]! & (1 << (k & 7))) !== 0;
}


/** Siblings as the contracts take them: a missing one is 32 zero bytes. */
function pathBytes(path: MerklePath): Uint8Array[] {
  return path.map((node) => node ?? new Uint8Array(DIGEST_BYTES));
}
