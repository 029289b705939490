/**
 * The fast engine: plans jobs for the kernel runtime and runs them on the calling thread or on the
 * worker pool. Small jobs stay on the calling thread, where starting them costs nothing.
 */

import { layoutOfCode } from '../code-layout.js';
import { sliverDataSize } from '../codecs.js';
import type { EncodedMatrix, EncodingEngine } from '../engine.js';
import { DIGEST_SIZE, isShared, unshared } from '../hash.js';
import { symbolsPerSliver } from '../parameters.js';
import type { EncodingParameters } from '../parameters.js';
import type { BlobSource, ScratchStore, SliverBlockSink } from '../stream.js';
import type { Axis } from '../types.js';
import { errorLocator } from './locator.js';
import { encodeInPasses } from './stream.js';
import { localRuntime } from './module.js';
import { defaultThreads, sharedPool, threadsAvailable } from './pool.js';
import type { DecodeJob, EncodeJob, Job, JobShape, RootsJob, SliverSink, TimeProfile } from './runtime.js';
import { SliverStore } from './sliver-store.js';

/** Estimated work below which threads are not worth their messages. */
const SMALL_JOB_MS = 6;
/** Rough costs on one core: one BLAKE2b compression, and coding one byte of the expanded matrix. */
const COMPRESSION_MS = 70e-6;
const CODING_MS_PER_BYTE = 1e-6;
/** Bytes of cells that a task should touch, about the size of a level-2 cache. */
const TASK_BYTES = 2 << 20;
const MAX_STRIPE = 32;

/** What an engine has done since it was asked last. */
export interface EngineReport {
  readonly profile: TimeProfile;
  /** Largest sum of buffers and linear memories of one call, input and output included, in bytes. */
  readonly peakBytes: number;
}

export interface KernelEngineOptions {
  /** Threads to use for large inputs; 1 keeps everything on the calling thread. */
  readonly threads?: number;
}

const NO_SINK: SliverSink = { putSecondary: () => undefined, putParityRows: () => undefined };
/** `Control.inputReady` of the runtime. */
const INPUT_READY = 5;

/** Largest power of two that is at most `x` (1 for smaller `x`). */
function powerOfTwoBelow(x: number): number {
  let power = 1;
  while (power * 2 <= x) power *= 2;
  return power;
}

export class KernelEngine implements EncodingEngine {
  private readonly threads: number;
  private readonly profile: TimeProfile = { hashing: 0, arithmetic: 0, copying: 0 };
  private peakBytes = 0;

  constructor(options: KernelEngineOptions = {}) {
    const { threads = defaultThreads() } = options;
    if (!Number.isInteger(threads) || threads < 1) throw new RangeError(`threads must be at least 1, got ${threads}`);
    this.threads = threadsAvailable() ? threads : 1;
  }

  /** Time and memory since the last call. */
  takeReport(): EngineReport {
    const report = { profile: { ...this.profile }, peakBytes: this.peakBytes };
    Object.assign(this.profile, { hashing: 0, arithmetic: 0, copying: 0 });
    this.peakBytes = 0;
    return report;
  }

  private shape(parameters: EncodingParameters, symbolSize: number): JobShape {
    return {
      shards: parameters.shardCount,
      rows: parameters.primarySymbols,
      columns: parameters.secondarySymbols,
      symbolSize,
      rowCode: layoutOfCode(parameters, 'secondary'),
      columnCode: layoutOfCode(parameters, 'primary'),
    };
  }

  /** Threads for a job that hashes and codes `cells` symbols. */
  private threadsFor(cells: number, symbolSize: number): number {
    const compressions = cells * (2 + Math.ceil((symbolSize + 1) / 128));
    const estimateMs = compressions * COMPRESSION_MS + cells * symbolSize * CODING_MS_PER_BYTE;
    return estimateMs < SMALL_JOB_MS ? 1 : this.threads;
  }

  private async run(job: Job, threads: number, sink: SliverSink, slotSize: number, bytes: number, feed?: () => void): Promise<void> {
    let profile: TimeProfile;
    let memorySize: number;
    if (threads === 1) {
      const runtime = await localRuntime();
      feed?.();
      runtime.run(job, {
        // Linear memory is reused by the next task; what the sink keeps must be its own.
        putSecondary: (first, count, framed) => sink.putSecondary(first, count, new Uint8Array(framed)),
        putParityRows: (first, count, cells) => sink.putParityRows(first, count, cells),
      });
      profile = runtime.takeProfile();
      memorySize = runtime.memorySize();
    } else {
      ({ profile, memorySize } = await sharedPool.run(job, threads, sink, slotSize, feed));
    }
    this.profile.hashing += profile.hashing;
    this.profile.arithmetic += profile.arithmetic;
    this.profile.copying += profile.copying;
    this.peakBytes = Math.max(this.peakBytes, bytes + memorySize);
  }

  async encode(
    parameters: EncodingParameters,
    blob: Uint8Array,
    symbolSize: number,
    withSlivers: boolean,
  ): Promise<EncodedMatrix> {
    const { shardCount: n, primarySymbols: p, secondarySymbols: s, maxFaulty: f } = parameters;
    const threads = this.threadsFor(n * n, symbolSize);
    const shared = threads > 1;
    const allocate = allocator(shared);
    const stripe = Math.min(MAX_STRIPE, powerOfTwoBelow(TASK_BYTES / (n * symbolSize)), powerOfTwoBelow(n / threads));
    const rowBatch = Math.max(1, Math.min(Math.floor(TASK_BYTES / (n * symbolSize)), Math.ceil(p / (2 * threads))));
    const copyInput = shared && !isShared(blob);
    const input = copyInput ? allocate(blob.length) : blob;
    const job: EncodeJob = {
      ...this.shape(parameters, symbolSize),
      kind: 'encode',
      control: controlWords(shared),
      systematic: { cells: input, rowSymbols: s, firstColumn: 0 },
      parity: { cells: allocate(p * f * symbolSize), rowSymbols: f, firstColumn: s },
      rowCount: p,
      rowBatch,
      columnStart: 0,
      columnEnd: n,
      withTops: true,
      stripe,
      subtrees: allocate(Math.ceil(n / stripe) * n * DIGEST_SIZE),
      primaryRoots: allocate(n * DIGEST_SIZE),
      secondaryRoots: allocate(n * DIGEST_SIZE),
      withSlivers,
    };
    const store = withSlivers ? new SliverStore(parameters, symbolSize) : undefined;
    const feed = (): void => {
      const rowSize = s * symbolSize;
      if (copyInput) {
        const step = Math.max(1, Math.floor((1 << 20) / rowSize));
        for (let row = 0; row < p; row += step) {
          const part = blob.subarray(row * rowSize, (row + step) * rowSize);
          if (part.length > 0) input.set(part, row * rowSize);
          Atomics.store(job.control, INPUT_READY, Math.min(p, row + step));
          Atomics.notify(job.control, INPUT_READY);
        }
      }
      Atomics.store(job.control, INPUT_READY, p);
      Atomics.notify(job.control, INPUT_READY);
      store?.putMessageRows(blob);
    };
    const slotSize = shared && withSlivers ? (n - p) * stripe * symbolSize : 0;
    const outputSize = withSlivers ? n * (sliverDataSize(s * symbolSize) + sliverDataSize(p * symbolSize)) : 0;
    const bytes = blob.length + (copyInput ? blob.length : 0) + job.parity.cells.length + job.subtrees.length + outputSize + 4 * threads * slotSize;
    await this.run(job, threads, store ?? NO_SINK, slotSize, bytes, feed);
    return {
      primaryRoots: unshared(job.primaryRoots),
      secondaryRoots: unshared(job.secondaryRoots),
      primary: store?.primary ?? [],
      secondary: store?.secondary ?? [],
    };
  }

  /** `encode` for blobs larger than memory; slivers go to `sink` in blocks. */
  async encodeStream(
    parameters: EncodingParameters,
    source: BlobSource,
    symbolSize: number,
    sink: SliverBlockSink,
    scratch: ScratchStore,
    windowBytes: number,
  ): Promise<EncodedMatrix> {
    const { shardCount: n, primarySymbols: p } = parameters;
    const threads = this.threadsFor(n * n, symbolSize);
    const shared = threads > 1;
    const stripe = Math.min(MAX_STRIPE, powerOfTwoBelow(TASK_BYTES / (n * symbolSize)), powerOfTwoBelow(n / threads));
    const nothing = { cells: new Uint8Array(0), rowSymbols: 0, firstColumn: 0 };
    const allocate = allocator(shared);
    let allocated = 0;
    return encodeInPasses(
      {
        parameters,
        symbolSize,
        stripe,
        windowBytes,
        allocate: (size) => {
          allocated += size;
          return allocate(size);
        },
        emptyJob: () => ({
          ...this.shape(parameters, symbolSize),
          kind: 'encode',
          control: controlWords(shared, p),
          systematic: nothing,
          parity: nothing,
          rowCount: 0,
          rowBatch: Math.max(1, Math.min(p, Math.floor(TASK_BYTES / (n * symbolSize)))),
          columnStart: 0,
          columnEnd: 0,
          withTops: false,
          stripe,
          subtrees: nothing.cells,
          primaryRoots: nothing.cells,
          secondaryRoots: nothing.cells,
          withSlivers: false,
        }),
        run: (job, blocks, slotSize) => this.run(job, threads, blocks, shared ? slotSize : 0, allocated),
      },
      source,
      scratch,
      sink,
    );
  }

  async expand(
    parameters: EncodingParameters,
    axis: Axis,
    payloads: readonly Uint8Array[],
    symbolSize: number,
  ): Promise<Uint8Array[]> {
    const runtime = await localRuntime();
    const shape = this.shape(parameters, symbolSize);
    return payloads.map((payload) => runtime.expand(shape, axis, payload));
  }

  async sliverRoots(
    parameters: EncodingParameters,
    axis: Axis,
    payloads: readonly Uint8Array[],
    symbolSize: number,
  ): Promise<Uint8Array> {
    const n = parameters.shardCount;
    const threads = this.threadsFor(n * payloads.length, symbolSize);
    const { joined, offsets } = joinPayloads(payloads, threads > 1);
    const job: RootsJob = {
      ...this.shape(parameters, symbolSize),
      kind: 'roots',
      control: controlWords(threads > 1),
      axis,
      payloads: joined,
      offsets,
      roots: allocator(threads > 1)(offsets.length * DIGEST_SIZE),
      batch: Math.max(1, Math.min(Math.floor(TASK_BYTES / (n * symbolSize)), Math.ceil(offsets.length / (4 * threads)))),
    };
    await this.run(job, threads, NO_SINK, 0, joined.length);
    return unshared(job.roots);
  }

  async symbolAt(
    parameters: EncodingParameters,
    axis: Axis,
    payload: Uint8Array,
    symbolSize: number,
    index: number,
  ): Promise<Uint8Array> {
    const at = index * symbolSize;
    if (at < payload.length) return payload.slice(at, at + symbolSize);
    const [expanded] = await this.expand(parameters, axis, [payload], symbolSize);
    return expanded!.slice(at, at + symbolSize);
  }

  async leafHashes(leaves: Uint8Array, leafSize: number): Promise<Uint8Array> {
    return (await localRuntime()).leafHashes(leaves, leafSize);
  }

  async merkleRoot(leaves: Uint8Array, leafSize: number): Promise<Uint8Array> {
    return (await localRuntime()).merkleRoot(leaves, leafSize);
  }

  async decode(
    parameters: EncodingParameters,
    axis: Axis,
    indices: readonly number[],
    payloads: readonly Uint8Array[],
    symbolSize: number,
    lineSymbols: number,
  ): Promise<Uint8Array> {
    const layout = layoutOfCode(parameters, axis);
    const { sources } = layout;
    const lineSize = lineSymbols * symbolSize;
    const isBlob = lineSymbols === symbolsPerSliver(parameters, axis);
    const threads = isBlob ? this.threadsFor(2 * sources * lineSymbols, symbolSize) : 1;
    const shared = threads > 1;
    const allocate = allocator(shared);
    const matrix = allocate(sources * lineSize);

    // Received rows of the message go to their place; everything else waits in `lines`.
    const inPlace = (index: number): boolean => axis === 'primary' && index < sources;
    const kept = [...indices.keys()].filter((x) => !inPlace(indices[x]!));
    const lines = allocate(kept.length * lineSize);
    const lineOf = indices.map(() => -1);
    kept.forEach((x, line) => {
      lineOf[x] = line;
      lines.set(payloads[x]!, line * lineSize);
    });
    indices.forEach((index, x) => {
      if (inPlace(index)) matrix.set(payloads[x]!, index * lineSize);
    });
    if (indices.every((index) => index < sources)) {
      if (axis === 'secondary') interleaveColumns(matrix, indices, payloads, symbolSize);
    } else {
      const locator = errorLocator(layout, indices, (await localRuntime()).logarithms());
      const perThread = Math.ceil(lineSymbols / threads);
      const job: DecodeJob = {
        ...this.shape(parameters, symbolSize),
        kind: 'decode',
        control: controlWords(shared),
        axis,
        matrix,
        lines,
        indices,
        lineOf,
        lineSymbols,
        locator,
        stripe: Math.max(1, Math.min(64, Math.floor(TASK_BYTES / (2 * sources * symbolSize)), perThread)),
      };
      await this.run(job, threads, NO_SINK, 0, matrix.length + lines.length + payloads.length * lineSize);
    }
    return matrix;
  }
}

function allocator(shared: boolean): (size: number) => Uint8Array {
  return shared ? (size) => new Uint8Array(new SharedArrayBuffer(size)) : (size) => new Uint8Array(size);
}

/** Counters of a job, of which `rowsReady` message rows are in place already. */
function controlWords(shared: boolean, rowsReady = 0): Int32Array {
  const control = new Int32Array(shared ? new SharedArrayBuffer(64) : new ArrayBuffer(64));
  control[INPUT_READY] = rowsReady;
  return control;
}

/**
 * All payloads in one array. If they are views of one buffer that the threads can read, nothing is
 * copied.
 */
function joinPayloads(payloads: readonly Uint8Array[], shared: boolean): { joined: Uint8Array; offsets: number[] } {
  const { buffer } = payloads[0]!;
  if (payloads.every((payload) => payload.buffer === buffer) && (!shared || isShared(payloads[0]!))) {
    return { joined: new Uint8Array(buffer), offsets: payloads.map(({ byteOffset }) => byteOffset) };
  }
  const size = payloads[0]!.length;
  const joined = allocator(shared)(payloads.length * size);
  payloads.forEach((payload, i) => joined.set(payload, i * size));
  return { joined, offsets: payloads.map((_, i) => i * size) };
}

/** Puts whole columns into a row-major matrix. */
function interleaveColumns(
  matrix: Uint8Array,
  indices: readonly number[],
  payloads: readonly Uint8Array[],
  symbolSize: number,
): void {
  const rowSize = indices.length * symbolSize;
  indices.forEach((column, x) => {
    const payload = payloads[x]!;
    for (let from = 0, to = column * symbolSize; from < payload.length; from += symbolSize, to += rowSize) {
      matrix.set(payload.subarray(from, from + symbolSize), to);
    }
  });
}
