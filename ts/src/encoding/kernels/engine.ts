/**
 * The fast engine: plans jobs for the kernel runtime and runs them on the calling thread or on the
 * worker pool. Small jobs stay on the calling thread, where starting them costs nothing.
 */

import { layoutOfCode } from '../code-layout.js';
import type { EncodedMatrix, EncodingEngine } from '../engine.js';
import { DIGEST_SIZE, isShared } from '../hash.js';
import { symbolsPerSliver } from '../parameters.js';
import type { EncodingParameters } from '../parameters.js';
import type { BlobSource, ScratchStore, SliverBlockSink } from '../stream.js';
import type { Axis } from '../types.js';
import { errorLocator } from './locator.js';
import { InputFeeder } from './input-feeder.js';
import { localRuntime, runtimeIfLoaded } from './module.js';
import { defaultThreads, sharedPool, threadsAvailable } from './pool.js';
import type { WorkerPool } from './pool.js';
import type { DecodeJob, EncodeJob, Job, JobShape, RootsJob, TimeProfile } from './runtime.js';
import { copyShared, SharedArena } from './shared-memory.js';
import type { Exchange, SliverSlab } from './sliver-output.js';
import { encodeInPasses } from './stream.js';

/** Estimated work below which threads are not worth their messages. */
const SMALL_JOB_MS = 6;
/** Rough costs on one core: one BLAKE2b compression, and coding one byte of the expanded matrix. */
const COMPRESSION_MS = 70e-6;
const CODING_MS_PER_BYTE = 1e-6;
/** Bytes of cells that a task should touch: few calls, and still in the cache. */
const TASK_BYTES = 4 << 20;
const MAX_STRIPE = 32;

export interface KernelEngineOptions {
  /** Threads to use for large inputs; 1 keeps everything on the calling thread. */
  readonly threads?: number;
  /** Workers to use; by default those that all engines of the process share. */
  readonly pool?: WorkerPool;
}

/** Slots per thread of the exchange and of the input feed. */
const EXCHANGE_SLOTS = 3;
const FEED_SLOTS = 2;

/** Memory for the arrays of a job: ordinary on one thread, shared on several. */
type Allocate = (size: number, skew?: number) => Uint8Array;

/** Largest power of two that is at most `x` (1 for smaller `x`). */
function powerOfTwoBelow(x: number): number {
  let power = 1;
  while (power * 2 <= x) power *= 2;
  return power;
}

export class KernelEngine implements EncodingEngine {
  private readonly threads: number;
  private readonly pool: WorkerPool;
  private readonly profile: TimeProfile = { hashing: 0, arithmetic: 0, copying: 0 };

  constructor(options: KernelEngineOptions = {}) {
    const { threads = defaultThreads(), pool = sharedPool } = options;
    if (!Number.isInteger(threads) || threads < 1) throw new RangeError(`threads must be at least 1, got ${threads}`);
    this.threads = threadsAvailable() ? threads : 1;
    this.pool = pool;
  }

  /** Time spent since the last call, summed over threads. */
  takeProfile(): TimeProfile {
    const taken = { ...this.profile };
    Object.assign(this.profile, { hashing: 0, arithmetic: 0, copying: 0 });
    return taken;
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

  private async run(job: Job, threads: number, feed?: () => void): Promise<readonly SliverSlab[]> {
    const start = async (): Promise<{ profile: TimeProfile; slabs: readonly SliverSlab[] }> => {
      const runtime = await localRuntime();
      const slabs = runtime.run(job, { index: 0, count: 1 }, () => undefined);
      return { slabs, profile: runtime.takeProfile() };
    };
    const { profile, slabs } = threads === 1 ? await start() : await this.pool.run(job, threads, feed);
    this.profile.hashing += profile.hashing;
    this.profile.arithmetic += profile.arithmetic;
    this.profile.copying += profile.copying;
    return slabs;
  }

  async encode(
    parameters: EncodingParameters,
    blob: Uint8Array,
    symbolSize: number,
    withSlivers: boolean,
  ): Promise<EncodedMatrix> {
    const { shardCount } = parameters;
    const threads = this.threadsFor(shardCount * shardCount, symbolSize);
    return threads === 1
      ? this.encodeWith(ordinary, undefined, 1, parameters, blob, symbolSize, withSlivers)
      : this.pool.withArena((arena) =>
          this.encodeWith((size, skew) => arena.allocate(size, skew), arena, threads, parameters, blob, symbolSize, withSlivers),
        );
  }

  private async encodeWith(
    allocate: Allocate,
    arena: SharedArena | undefined,
    threads: number,
    parameters: EncodingParameters,
    blob: Uint8Array,
    symbolSize: number,
    withSlivers: boolean,
  ): Promise<EncodedMatrix> {
    const { shardCount: n, primarySymbols: p, secondarySymbols: s, maxFaulty: f } = parameters;
    const shape = this.shape(parameters, symbolSize);
    const stripe = Math.min(MAX_STRIPE, powerOfTwoBelow(TASK_BYTES / (n * symbolSize)), powerOfTwoBelow(n / threads));
    const rowBatch = Math.max(1, Math.min(Math.floor(TASK_BYTES / (n * symbolSize)), Math.ceil(p / (2 * threads))));
    const feeder = arena && !isShared(blob) ? new InputFeeder(arena, shape, rowBatch, stripe, blob, FEED_SLOTS * threads) : undefined;
    const job: EncodeJob = {
      ...shape,
      kind: 'encode',
      control: controlWords(threads > 1),
      inputSize: blob.length,
      systematic: { cells: feeder ? NOTHING : blob, rowSymbols: s, firstColumn: 0 },
      feed: feeder?.feed ?? null,
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
      exchange: arena && withSlivers ? exchangeOf(arena, threads, (n - p) * stripe * symbolSize) : null,
      window: null,
    };
    const slabs = await this.run(job, threads, feeder && (() => feeder.pump()));
    return {
      primaryRoots: job.primaryRoots.slice(),
      secondaryRoots: job.secondaryRoots.slice(),
      primary: sliversOf(slabs, 'primary'),
      secondary: sliversOf(slabs, 'secondary'),
    };
  }

  /** `encode` for blobs larger than memory; slivers go to `sink` in blocks. */
  async encodeStream(
    parameters: EncodingParameters,
    source: BlobSource,
    symbolSize: number,
    sink: SliverBlockSink,
    scratch: ScratchStore,
    memoryBytes: number,
  ): Promise<EncodedMatrix> {
    const { shardCount: n, primarySymbols: p } = parameters;
    const threads = this.threadsFor(n * n, symbolSize);
    const shared = threads > 1;
    const stripe = Math.min(MAX_STRIPE, powerOfTwoBelow(TASK_BYTES / (n * symbolSize)), powerOfTwoBelow(n / threads));
    const rowBatch = Math.max(1, Math.min(p, Math.floor(TASK_BYTES / (n * symbolSize))));
    const nowhere = { cells: NOTHING, rowSymbols: 0, firstColumn: 0 };
    const passes = (allocate: Allocate): Promise<EncodedMatrix> =>
      encodeInPasses(
        {
          parameters,
          symbolSize,
          stripe,
          rowBatch,
          threads,
          memoryBytes,
          allocate,
          emptyJob: () => ({
            ...this.shape(parameters, symbolSize),
            kind: 'encode',
            control: controlWords(shared),
            inputSize: 0,
            systematic: nowhere,
            feed: null,
            parity: nowhere,
            rowCount: 0,
            rowBatch,
            columnStart: 0,
            columnEnd: 0,
            withTops: false,
            stripe,
            subtrees: NOTHING,
            primaryRoots: NOTHING,
            secondaryRoots: NOTHING,
            withSlivers: false,
            exchange: null,
            window: null,
          }),
          run: async (job) => void (await this.run(job, threads)),
        },
        source,
        scratch,
        sink,
      );
    return shared ? this.pool.withArena((arena) => passes((size) => arena.allocate(size))) : passes(ordinary);
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
    const roots = async (allocate: Allocate): Promise<Uint8Array> => {
      const { joined, offsets } = joinPayloads(payloads, allocate, threads > 1);
      const job: RootsJob = {
        ...this.shape(parameters, symbolSize),
        kind: 'roots',
        control: controlWords(threads > 1),
        axis,
        payloads: joined,
        offsets,
        roots: allocate(offsets.length * DIGEST_SIZE),
        batch: Math.max(1, Math.min(Math.floor(TASK_BYTES / (n * symbolSize)), Math.ceil(offsets.length / (4 * threads)))),
      };
      await this.run(job, threads);
      return job.roots.slice();
    };
    return threads === 1 ? roots(ordinary) : this.pool.withArena((arena) => roots((size) => arena.allocate(size)));
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

  async innerHashes(pairs: Uint8Array): Promise<Uint8Array> {
    return (await localRuntime()).innerHashes(pairs);
  }

  merkleRootNow(leaves: Uint8Array, leafSize: number): Uint8Array | undefined {
    return runtimeIfLoaded()?.merkleRoot(leaves, leafSize);
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
    const decodeWith = async (allocate: Allocate): Promise<Uint8Array> => {
      // The matrix outlives the job, so it does not lie in the arena.
      const matrix = threads > 1 ? new Uint8Array(new SharedArrayBuffer(sources * lineSize)) : ordinary(sources * lineSize);
      // Received rows of the message go to their place; everything else waits in `lines`.
      const inPlace = (index: number): boolean => axis === 'primary' && index < sources;
      const kept = payloads.filter((_, x) => !inPlace(indices[x]!));
      const { joined: lines, offsets } = joinPayloads(kept, allocate, threads > 1);
      let line = 0;
      const lineAt = indices.map((index) => (inPlace(index) ? -1 : offsets[line++]!));
      indices.forEach((index, x) => {
        if (inPlace(index)) copyShared(matrix, index * lineSize, payloads[x]!, true);
      });
      const locator = errorLocator(layout, indices, (await localRuntime()).logarithms());
      const perThread = Math.ceil(lineSymbols / threads);
      const job: DecodeJob = {
        ...this.shape(parameters, symbolSize),
        kind: 'decode',
        control: controlWords(threads > 1),
        axis,
        matrix,
        lines,
        indices,
        lineAt,
        lineSymbols,
        locator,
        stripe: Math.max(1, Math.min(64, Math.floor(TASK_BYTES / (2 * sources * symbolSize)), perThread)),
      };
      await this.run(job, threads);
      return matrix;
    };
    if (indices.every((index) => index < sources)) {
      const matrix = ordinary(sources * lineSize);
      if (axis === 'secondary') interleaveColumns(matrix, indices, payloads, symbolSize);
      else indices.forEach((index, x) => matrix.set(payloads[x]!, index * lineSize));
      return matrix;
    }
    return threads === 1
      ? decodeWith(ordinary)
      : this.pool.withArena((arena) => decodeWith((size) => arena.allocate(size)));
  }
}

const NOTHING = new Uint8Array(0);

const ordinary: Allocate = (size) => new Uint8Array(size);

/** Counters of a job. */
function controlWords(shared: boolean): Int32Array {
  return new Int32Array(shared ? new SharedArrayBuffer(64) : new ArrayBuffer(64));
}

/** Slots for stripes of `stripeSize` bytes; fewer of them if they are large. */
function exchangeOf(arena: SharedArena, threads: number, stripeSize: number): Exchange {
  const slotSize = Math.ceil((stripeSize + 8) / 64) * 64;
  const slotCount = slotSize > 4 * TASK_BYTES ? 1 : EXCHANGE_SLOTS;
  return {
    state: new Int32Array(new SharedArrayBuffer(4 * threads * (2 + 4 * slotCount))),
    data: arena.allocate(threads * slotCount * slotSize),
    slotSize,
    slotCount,
  };
}

/** Framed slivers of one axis by index. */
function sliversOf(slabs: readonly SliverSlab[], axis: Axis): Uint8Array[] {
  const slivers: Uint8Array[] = [];
  for (const { axis: slabAxis, first, count, buffer, start, stride, size } of slabs) {
    for (let i = 0; slabAxis === axis && i < count; i++) slivers[first + i] = new Uint8Array(buffer, start + i * stride, size);
  }
  return slivers;
}

/**
 * All payloads in one array. If they are views of one buffer that the threads can read, nothing is
 * copied.
 */
function joinPayloads(
  payloads: readonly Uint8Array[],
  allocate: Allocate,
  shared: boolean,
): { joined: Uint8Array; offsets: number[] } {
  const buffer = payloads[0]?.buffer;
  if (buffer !== undefined && payloads.every((payload) => payload.buffer === buffer) && (!shared || isShared(payloads[0]!))) {
    return { joined: new Uint8Array(buffer), offsets: payloads.map(({ byteOffset }) => byteOffset) };
  }
  // Each at an offset that equals its address modulo 8, which makes copies to shared memory fast.
  const size = Math.ceil(((payloads[0]?.length ?? 0) + 8) / 8) * 8;
  const joined = allocate(payloads.length * size);
  const offsets = payloads.map(({ byteOffset }, i) => i * size + ((byteOffset - joined.byteOffset) & 7));
  payloads.forEach((payload, i) => joined.set(payload, offsets[i]));
  return { joined, offsets };
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
