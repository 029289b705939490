/**
 * Benchmark of the encoder beside `@mysten/walrus-wasm`, on the same bytes:
 *
 *   npm run bench:encoding -- [--shards N] [--size BYTES] [--threads T] [--op NAME] [--runs N] [--warm-up MS] [--json] [--skip-peak]
 *
 * Without options: 10, 100 and 1000 shards, 1 KB to 100 MB, one and two threads. Outputs are compared
 * before a ratio is printed. Times are medians of five runs after a warm-up of a second, in which the engine
 * finishes compiling and memory settles; the peer gets the
 * same. With `--json` the last line of standard output is the array of rows.
 *
 * Peak memory is measured, in a process of its own for every row: it makes the input, runs the call once and
 * takes the high-water mark of resident memory during the call, less what was resident before. The input is
 * not in it, the result is.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { BlobEncoder as PeerEncoder } from '@mysten/walrus-wasm';

import {
  BlobEncoder,
  encodingParameters,
  KernelEngine,
  sliverDataSize,
  symbolSizeFor,
} from '../../ts/src/encoding/index.js';
import type { EncodedBlob, RecoverySymbol } from '../../ts/src/encoding/index.js';

type Op = 'encode' | 'metadata' | 'decodeParity' | 'decodeSystematic' | 'recover' | 'verify';

interface Row {
  readonly op: Op;
  readonly shards: number;
  readonly sizeBytes: number;
  readonly threads: number;
  readonly oursMs: number;
  readonly peerMs: number | null;
  readonly ratio: number | null;
  readonly equal: boolean;
  /** Resident memory that one of our calls adds at its peak, result included, in bytes. */
  readonly peakBytes: number;
}

const OPS: readonly Op[] = ['encode', 'metadata', 'decodeParity', 'decodeSystematic', 'recover', 'verify'];
const DEFAULT_SIZES = [1_000, 1_000_000, 10_000_000, 32_000_000, 100_000_000];

const { values } = parseArgs({
  options: {
    shards: { type: 'string' },
    size: { type: 'string' },
    threads: { type: 'string' },
    op: { type: 'string' },
    runs: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
    /** Leaves out what needs a process per row; `peakBytes` is 0. */
    'skip-peak': { type: 'boolean', default: false },
    /** Internal: print the peak memory of a single call and nothing else. */
    peak: { type: 'boolean', default: false },
  },
});

const shardCounts = values.shards === undefined ? [10, 100, 1000] : [Number(values.shards)];
const sizes = values.size === undefined ? DEFAULT_SIZES : [Number(values.size)];
const threadCounts = values.threads === undefined ? [1, 2] : [Number(values.threads)];
const ops = values.op === undefined ? OPS : OPS.filter((op) => values.op!.split(',').includes(op));
const runs = Math.max(3, Number(values.runs));
const warmUpMs = Number(values['warm-up']);

/** Deterministic bytes without structure (xorshift32). */
function randomBlob(size: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = 2463534242;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** Median duration of `runs` calls, after at least one call and `warmUpMs` that are not counted. */
async function medianMs(call: () => unknown): Promise<number> {
  const beganMs = performance.now();
  do await call();
  while (performance.now() - beganMs < warmUpMs);
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const startedMs = performance.now();
    await call();
    times.push(performance.now() - startedMs);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1]!;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

interface PeerResult {
  readonly blobId: Uint8Array;
  readonly primary: Uint8Array[];
  readonly secondary: Uint8Array[];
}

/** The peer's encode with buffers made the way its own SDK makes them. */
function peerEncode(shards: number, blob: Uint8Array): PeerResult {
  const parameters = encodingParameters(shards);
  const q = symbolSizeFor(parameters, blob.length);
  const buffers = (symbols: number): Uint8Array[] =>
    Array.from({ length: shards }, () => new Uint8Array(sliverDataSize(symbols * q)));
  const primary = buffers(parameters.secondarySymbols);
  const secondary = buffers(parameters.primarySymbols);
  const encoder = new PeerEncoder(shards);
  const [metadata] = encoder.encode(blob, primary, secondary) as [{ blob_id: number[] }];
  encoder.free();
  return { blobId: Uint8Array.from(metadata.blob_id), primary, secondary };
}

function peerMetadata(shards: number, blob: Uint8Array): Uint8Array {
  const encoder = new PeerEncoder(shards);
  const [blobId] = encoder.compute_metadata(blob) as [number[]];
  encoder.free();
  return Uint8Array.from(blobId);
}

function peerDecode(shards: number, blobId: Uint8Array, size: number, framed: Uint8Array[]): Uint8Array {
  const output = new Uint8Array(size);
  const encoder = new PeerEncoder(shards);
  encoder.decode(Array.from(blobId), BigInt(size), framed, output);
  encoder.free();
  return output;
}

/** One measured operation: our call, the peer's if there is one, and whether the outputs agree. */
interface Measured {
  readonly ours: (encoder: BlobEncoder) => Promise<unknown>;
  readonly peer?: () => unknown;
  readonly equal: (encoder: BlobEncoder) => Promise<boolean>;
}

function sameEncoding(ours: EncodedBlob, peer: PeerResult): boolean {
  const n = ours.slivers.length;
  return (
    same(ours.blobId, peer.blobId) &&
    ours.slivers.every(
      ({ primary, secondary }, t) => same(primary.framed, peer.primary[t]!) && same(secondary.framed, peer.secondary[t]!),
    ) &&
    n === peer.primary.length
  );
}

function decodeOp(shards: number, blob: Uint8Array, encoded: EncodedBlob, first: number): Measured {
  const needed = encodingParameters(shards).primarySymbols;
  const slivers = encoded.slivers.slice(first, first + needed).map(({ primary }) => primary);
  const framed = slivers.map((sliver) => sliver.framed);
  // The peer decodes without any check, so neither do we.
  const ours = (encoder: BlobEncoder): Promise<Uint8Array> => encoder.decode(encoded, slivers, { check: 'skip' });
  const peer = (): Uint8Array => peerDecode(shards, encoded.blobId, blob.length, framed);
  return { ours, peer, equal: async (encoder) => same(await ours(encoder), blob) && same(peer(), blob) };
}

async function recoverOp(shards: number, encoded: EncodedBlob): Promise<Measured> {
  const { primarySymbols: p, secondarySymbols: s } = encodingParameters(shards);
  const builder = new BlobEncoder(shards);
  const pair = shards - 1; // parity primary, systematic secondary 0
  const primaryTarget = encoded.slivers[pair]!.primary;
  const secondaryTarget = encoded.slivers[pair]!.secondary;
  const forPrimary: RecoverySymbol[] = [];
  for (let t = 0; t < s; t++) {
    forPrimary.push(await builder.recoverySymbol(encoded.slivers[t]!.secondary, primaryTarget.index));
  }
  const forSecondary: RecoverySymbol[] = [];
  for (let t = p; t < 2 * p; t++) {
    forSecondary.push(await builder.recoverySymbol(encoded.slivers[t]!.primary, secondaryTarget.index));
  }
  const ours = async (encoder: BlobEncoder): Promise<Uint8Array[]> => {
    const primary = await encoder.recoverSliver(encoded.metadata, { axis: 'primary', index: primaryTarget.index }, forPrimary);
    const target = { axis: 'secondary', index: secondaryTarget.index } as const;
    return [primary.data, (await encoder.recoverSliver(encoded.metadata, target, forSecondary)).data];
  };
  const equal = async (encoder: BlobEncoder): Promise<boolean> => {
    const [primary, secondary] = await ours(encoder);
    return same(primary!, primaryTarget.data) && same(secondary!, secondaryTarget.data);
  };
  return { ours, equal };
}

/** A node with a tenth of the shards checks all slivers it was sent. */
function verifyOp(shards: number, encoded: EncodedBlob): Measured {
  const slivers = encoded.slivers.slice(0, Math.ceil(shards / 10)).flatMap(({ primary, secondary }) => [primary, secondary]);
  const ours = (encoder: BlobEncoder): Promise<unknown[]> => encoder.sliverFaults(encoded.metadata, slivers);
  return { ours, equal: async (encoder) => (await ours(encoder)).every((fault) => fault === undefined) };
}

async function prepare(op: Op, shards: number, blob: Uint8Array, encoded: EncodedBlob): Promise<Measured> {
  const { primarySymbols: p } = encodingParameters(shards);
  switch (op) {
    case 'encode':
      return {
        ours: (encoder) => encoder.encode(blob),
        peer: () => peerEncode(shards, blob),
        equal: async (encoder) => sameEncoding(await encoder.encode(blob), peerEncode(shards, blob)),
      };
    case 'metadata':
      return {
        ours: (encoder) => encoder.computeMetadata(blob),
        peer: () => peerMetadata(shards, blob),
        equal: async (encoder) => same((await encoder.computeMetadata(blob)).blobId, peerMetadata(shards, blob)),
      };
    case 'decodeParity':
      return decodeOp(shards, blob, encoded, shards - p);
    case 'decodeSystematic':
      return decodeOp(shards, blob, encoded, 0);
    case 'recover':
      return recoverOp(shards, encoded);
    case 'verify':
      return verifyOp(shards, encoded);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** Bytes of the process, resident now (`VmRSS`) or at most since the mark was reset (`VmHWM`). */
function residentBytes(field: 'VmRSS' | 'VmHWM'): number {
  const [, kilobytes] = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'latin1'))!;
  return 1024 * Number(kilobytes);
}

/** Runs in a process of its own: see `peakOf`. */
async function printPeak(op: Op, shards: number, size: number, threads: number): Promise<void> {
  const blob = randomBlob(size);
  const needsSlivers = op !== 'encode' && op !== 'metadata';
  const encoded = await new BlobEncoder(shards, { threads: 1 })[needsSlivers ? 'encode' : 'computeMetadata'](
    needsSlivers ? blob : blob.subarray(0, 1),
  );
  const measured = await prepare(op, shards, blob, encoded as EncodedBlob);
  const encoder = new BlobEncoder(shards, { engine: new KernelEngine({ threads }) });
  globalThis.gc!();
  const before = residentBytes('VmRSS');
  writeFileSync('/proc/self/clear_refs', '5'); // resets the high-water mark
  await measured.ours(encoder);
  console.log(residentBytes('VmHWM') - before);
}

/** Measured peak of one call, in bytes; only Linux tells it. */
function peakOf(op: Op, shards: number, size: number, threads: number): number {
  const script = fileURLToPath(import.meta.url);
  const call = ['--op', op, '--shards', shards, '--size', size, '--threads', threads, '--peak'].map(String);
  return Number(execFileSync(process.execPath, [...process.execArgv, '--expose-gc', script, ...call], { encoding: 'utf8' }));
}

async function measure(op: Op, shards: number, blob: Uint8Array, encoded: EncodedBlob): Promise<Row[]> {
  const measured = await prepare(op, shards, blob, encoded);
  const rows: Row[] = [];
  let peerMs: number | null = null;
  for (const threads of threadCounts) {
    const engine = new KernelEngine({ threads });
    const encoder = new BlobEncoder(shards, { engine });
    const equal = await measured.equal(encoder);
    if (!equal) throw new Error(`${op}, ${shards} shards, ${blob.length} bytes, ${threads} threads: outputs differ`);
    if (measured.peer !== undefined) peerMs ??= await medianMs(measured.peer);
    engine.takeProfile();
    const oursMs = await medianMs(() => measured.ours(encoder));
    const profile = engine.takeProfile();
    const peakBytes = process.platform === 'linux' && !values['skip-peak'] ? peakOf(op, shards, blob.length, threads) : 0;
    const ratio = peerMs === null ? null : peerMs / oursMs;
    rows.push({ op, shards, sizeBytes: blob.length, threads, oursMs, peerMs, ratio, equal, peakBytes });
    const total = profile.hashing + profile.arithmetic + profile.copying || 1;
    const share = (part: number): string => `${Math.round((100 * part) / total)}%`;
    const line = [
      op.padEnd(16),
      String(shards).padStart(5),
      megabytes(blob.length).padStart(9),
      `${threads} thr`,
      `${oursMs.toFixed(1)} ms`.padStart(11),
      (peerMs === null ? '–' : `${peerMs.toFixed(1)} ms`).padStart(11),
      (ratio === null ? '–' : `${ratio.toFixed(1)}x`).padStart(7),
      megabytes(peakBytes).padStart(9),
      `hash ${share(profile.hashing)}, field ${share(profile.arithmetic)}, copy ${share(profile.copying)}`,
    ];
    console.log(line.join('  '));
  }
  return rows;
}

if (values.peak) {
  await printPeak(ops[0]!, shardCounts[0]!, sizes[0]!, threadCounts[0]!);
  process.exit();
}

const rows: Row[] = [];
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} processors, Node.js ${process.version}`);
console.log('op              shards       size  threads     ours        peer   ratio       peak  share of our time');
for (const shards of shardCounts) {
  for (const size of sizes) {
    if (size > encodingParameters(shards).maxBlobSizeBytes) continue;
    const blob = randomBlob(size);
    const encoded = await new BlobEncoder(shards).encode(blob);
    for (const op of ops) rows.push(...(await measure(op, shards, blob, encoded)));
  }
}
if (values.json) console.log(JSON.stringify(rows));
