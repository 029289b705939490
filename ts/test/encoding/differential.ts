/** One differential case: everything both encoders give for a blob must be the same bytes. */

import { expect } from 'chai';

import { BlobEncoder, encodingParameters, KernelEngine } from '../../src/encoding/index.js';
import { peerDecode, peerEncode } from './peer.js';

/** Deterministic random numbers (xorshift32), so that a failing case can be repeated from its seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 1;
  }

  /** An integer from 0 to `limit − 1`. */
  below(limit: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return Math.floor(((this.state >>> 0) / 2 ** 32) * limit);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** `count` distinct integers below `limit`, in random order. */
  sample(count: number, limit: number): number[] {
    const all = Array.from({ length: limit }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const j = i + this.below(limit - i);
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
    return all.slice(0, count);
  }
}

/** Contents with different structure: random, all zero, one byte set, a short period. */
export function randomContent(random: Random, length: number): Uint8Array {
  const kind = random.below(4);
  if (kind === 0) return new Uint8Array(length);
  if (kind === 1) {
    const blob = new Uint8Array(length);
    if (length > 0) blob[random.below(length)] = 1 + random.below(255);
    return blob;
  }
  if (kind === 2) return Uint8Array.from({ length }, (_, i) => (i * 7) % 13);
  return random.bytes(length);
}

/** Lengths at which the symbol size or the padding changes, for symbols of up to `maxSymbolSize` bytes. */
export function boundaryLengths(shards: number, maxSymbolSize: number): number[] {
  const { primarySymbols: p, secondarySymbols: s } = encodingParameters(shards);
  const lengths = [0, 1, 2];
  for (let q = 2; q <= maxSymbolSize; q += 2) {
    const full = p * s * q;
    lengths.push(full - 1, full, full + 1, full - s * q, full - s * q + 1);
  }
  return [...new Set(lengths.filter((length) => length >= 0))];
}

const engines = new Map([1, 2].map((threads) => [threads, new KernelEngine({ threads })]));

/** Encodes and decodes with both packages and compares all that comes out. */
export async function compareWithPeer(shards: number, blob: Uint8Array, random: Random, threads = 1): Promise<void> {
  const label = `${shards} shards, ${blob.length} bytes`;
  const encoder = new BlobEncoder(shards, { engine: engines.get(threads)! });
  const ours = await encoder.encode(blob);
  const peer = peerEncode(shards, blob);
  const same = (a: Uint8Array, b: Uint8Array, what: string): void => {
    if (Buffer.compare(a, b) !== 0) expect.fail(`${label}: ${what} differs`);
  };
  same(ours.blobId, peer.blobId, 'blob ID');
  same(ours.rootHash, peer.rootHash, 'root hash');
  ours.metadata.hashes.forEach((pair, t) => {
    same(pair.primaryHash!, peer.hashes[t]!.primary, `primary hash of pair ${t}`);
    same(pair.secondaryHash!, peer.hashes[t]!.secondary, `secondary hash of pair ${t}`);
  });
  ours.slivers.forEach((pair, t) => {
    same(pair.primary.framed, peer.primary[t]!, `primary sliver of pair ${t}`);
    same(pair.secondary.framed, peer.secondary[t]!, `secondary sliver of pair ${t}`);
  });
  same((await encoder.computeMetadata(blob)).blobId, peer.blobId, 'blob ID of computeMetadata');

  const { primarySymbols, secondarySymbols } = encoder.parameters;
  const primary = random.sample(primarySymbols, shards).map((t) => ours.slivers[t]!.primary);
  const secondary = random.sample(secondarySymbols, shards).map((t) => ours.slivers[t]!.secondary);
  same(await encoder.decode(ours, primary, { check: 'strict' }), blob, 'decode from primary slivers');
  same(await encoder.decode(ours, secondary), blob, 'decode from secondary slivers');
  same(peerDecode(shards, peer.blobId, blob.length, primary.map(({ framed }) => framed)), blob, 'decode of the peer');
}
