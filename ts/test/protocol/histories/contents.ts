/**
 * A few blobs that all histories store, with everything that audits ask to be opened. The encoder is ours;
 * trees and positions follow contracts specification §14.2.
 */
import { BlobEncoder, bytesToU256, MerkleTree, ReferenceEngine, type Axis } from '../../../src/encoding/index.js';
import type { Sample } from './model/audit.js';
import type { Content } from './model/market.js';

/** What a node shows to prove that it holds a symbol. */
export interface Opening {
  readonly primaryRoot: Uint8Array;
  readonly secondaryRoot: Uint8Array;
  readonly pairPath: readonly Uint8Array[];
  readonly symbol: Uint8Array;
  readonly symbolPath: readonly Uint8Array[];
}

export interface EncodedContent extends Content {
  readonly blobIdBytes: Uint8Array;
  readonly open: (sample: Pick<Sample, 'shard' | 'axis' | 'symbol'>) => Opening;
}

/** Sizes around those at which symbols grow, and one that needs more than one storage unit. */
const SIZES = [0, 1, 108, 109, 1000, 700_001];

export async function encodeContents(shards: number): Promise<EncodedContent[]> {
  // Networks of a thousand shards are for benchmarks of epochs, which open no symbols.
  if (shards > 100) return [];
  const encoder = new BlobEncoder(shards, { engine: new ReferenceEngine() });
  return Promise.all(SIZES.map((size) => encodeContent(encoder, Uint8Array.from({ length: size }, (_, i) => (i * 31 + 7) % 251))));
}

async function encodeContent(encoder: BlobEncoder, blob: Uint8Array): Promise<EncodedContent> {
  const shards = encoder.shardCount;
  const encoded = await encoder.encode(blob);
  const lines = new Map<string, { symbols: Uint8Array[]; tree: MerkleTree }>();
  for (const { primary, secondary } of encoded.slivers) {
    for (const sliver of [primary, secondary]) {
      const whole = await encoder.expandSliver(sliver);
      const width = sliver.symbolSize;
      const symbols = Array.from({ length: shards }, (_, i) => whole.slice(i * width, (i + 1) * width));
      lines.set(`${sliver.axis} ${sliver.index}`, { symbols, tree: MerkleTree.ofLeaves(symbols) });
    }
  }
  const line = (axis: Axis, pair: number) => lines.get(`${axis} ${axis === 'primary' ? pair : shards - 1 - pair}`)!;
  const root = (axis: Axis, pair: number): Uint8Array => line(axis, pair).tree.root!;
  const pairs = MerkleTree.ofLeaves(
    Array.from({ length: shards }, (_, pair) => Buffer.concat([root('primary', pair), root('secondary', pair)])),
  );
  const rotation = Number(BigInt(`0x${Buffer.from(encoded.blobId).toString('hex')}`) % BigInt(shards));
  return {
    blobId: bytesToU256(encoded.blobId),
    rootHash: bytesToU256(encoded.rootHash),
    size: BigInt(blob.length),
    blobIdBytes: encoded.blobId,
    open: ({ shard, axis, symbol }) => {
      const pair = (shard - rotation + shards) % shards;
      const { symbols, tree } = line(axis === 0 ? 'primary' : 'secondary', pair);
      return {
        primaryRoot: root('primary', pair),
        secondaryRoot: root('secondary', pair),
        pairPath: siblings(pairs, pair),
        symbol: symbols[symbol]!,
        symbolPath: siblings(tree, symbol),
      };
    },
  };
}

/** Path as the contract takes it: the missing sibling is 32 zero bytes. */
export function siblings(tree: MerkleTree, index: number): Uint8Array[] {
  return tree.prove(index).map((node) => node ?? new Uint8Array(32));
}
