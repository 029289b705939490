/**
 * Shows how the memory of a streaming encode depends on the size of the blob:
 *
 *   node --import ./ts/test/support/register.mjs --no-warnings scripts/bench/encoding-stream.ts [--shards N] [--sizes BYTES,BYTES] [--check]
 *
 * The source is generated on the fly and the slivers are counted and dropped, so the memory seen is that
 * of the encoder. Scratch data goes to a temporary file of about half the blob's size.
 *
 * With `--check` every blob ID is then computed again in two other ways: by the official package, as far as its
 * memory reaches, and by `computeMetadata` from the whole blob in memory.
 */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { BlobEncoder as PeerEncoder } from '@mysten/walrus-wasm';

import { BlobEncoder, blobIdToText } from '../../ts/src/encoding/index.js';
import type { BlobSource } from '../../ts/src/encoding/index.js';

const { values } = parseArgs({
  options: {
    shards: { type: 'string', default: '1000' },
    sizes: { type: 'string', default: '64000000,512000000,2000000000' },
    check: { type: 'boolean', default: false },
  },
});

const encoder = new BlobEncoder(Number(values.shards));

/** A source of `sizeBytes` bytes without structure; every read gives the same bytes for a place. */
function generated(sizeBytes: number): BlobSource {
  const read = async (offset: number, length: number, buffer = new Uint8Array(length)): Promise<Uint8Array> => {
    for (let i = 0; i < length; i++) {
      const x = Math.imul((offset + i) | 0, 0x9e3779b1);
      buffer[i] = Math.imul(x ^ (x >>> 15), 0x85ebca77) >>> 24;
    }
    return buffer;
  };
  return { sizeBytes, read };
}

/** Largest blob the official package takes: it holds the expanded matrix in 4 GiB of linear memory. */
const PEER_LIMIT_BYTES = 600_000_000;

async function check(size: number, blobId: Uint8Array): Promise<void> {
  const blob = await generated(size).read(0, size, new Uint8Array(size));
  const other = await encoder.computeMetadata(blob);
  console.log(`${size} bytes: computeMetadata gives ${blobIdToText(other.blobId)}`);
  if (blobIdToText(other.blobId) !== blobIdToText(blobId)) throw new Error('computeMetadata gives another blob ID');
  if (size > PEER_LIMIT_BYTES) return;
  const peer = new PeerEncoder(encoder.shardCount);
  const [peerId] = peer.compute_metadata(blob) as [number[]];
  peer.free();
  const text = blobIdToText(Uint8Array.from(peerId));
  console.log(`${size} bytes: the official package gives ${text}`);
  if (text !== blobIdToText(blobId)) throw new Error('the official package gives another blob ID');
}

async function measure(size: number): Promise<void> {
  let residentBytes = 0;
  const timer = setInterval(() => (residentBytes = Math.max(residentBytes, process.memoryUsage.rss())), 50);
  let written = 0;
  const startedMs = performance.now();
  const { blobId } = await encoder.encodeStream(generated(size), ({ data }) => {
    written += data.length;
  });
  clearInterval(timer);
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(
    `${encoder.shardCount} shards, ${size} bytes: ${blobIdToText(blobId)}, ${written} sliver bytes, ` +
      `${seconds.toFixed(1)} s, peak resident memory ${Math.round(residentBytes / 1e6)} MB`,
  );
  if (values.check) await check(size, blobId);
}

const sizes = values.sizes.split(',');
if (sizes.length === 1) await measure(Number(sizes[0]));
else {
  // Every size in a process of its own, so that none inherits the memory of another.
  for (const size of sizes) {
    const options = ['--shards', values.shards, '--sizes', size, ...(values.check ? ['--check'] : [])];
    execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...options], { stdio: 'inherit' });
  }
}
