/**
 * Encoding a blob piece by piece, in two passes. First rows: each message row is read once, is itself a
 * primary sliver, and its parity goes to scratch. Then windows of columns: their cells are gathered from
 * source and scratch, expanded and hashed; whole secondary slivers and a slice of every parity primary
 * sliver come out. What stays in memory is one window and the roots of row subtrees; both passes and all
 * windows use the same memory, and its size is given (`Budget`).
 */

import { DIGEST_SIZE, isShared } from '../hash.js';
import type { EncodedMatrix } from '../engine.js';
import type { EncodingParameters } from '../parameters.js';
import type { BlobSource, ScratchStore, SliverBlockSink } from '../stream.js';
import type { EncodeJob } from './runtime.js';
import { copyShared } from './shared-memory.js';

/** Reads in flight at a time, and bytes of each. */
const CONCURRENT_READS = 8;
const READ_BYTES = 256 << 10;

/** Linear memory of a thread beside the cells of its task: tables and the work area of the transforms. */
const THREAD_BYTES = 3 << 19;

/** What the engine provides: memory the threads can see, and the threads. */
export interface StreamContext {
  readonly parameters: EncodingParameters;
  readonly symbolSize: number;
  readonly threads: number;
  /** Columns per stripe, a power of two, and rows per row task. */
  readonly stripe: number;
  readonly rowBatch: number;
  readonly memoryBytes: number;
  allocate(size: number): Uint8Array;
  /** A job with nothing to do; the passes set the parts they need. */
  emptyJob(): EncodeJob;
  run(job: EncodeJob): Promise<void>;
}

/** How the memory is spent; the two passes use the same one after the other. */
interface Budget {
  /** Rows per batch of the first pass. */
  readonly batch: number;
  /** Columns per window of the second pass, in whole stripes. */
  readonly window: number;
  /** Bytes of roots of row subtrees. */
  readonly subtrees: number;
  /** Bytes that hold a batch or a window, in shared memory. */
  readonly shared: number;
  /** Bytes of the largest block that goes to the sink or to scratch. */
  readonly block: number;
}

function budgetOf({ parameters, symbolSize: q, threads, stripe, rowBatch, memoryBytes }: StreamContext): Budget {
  const { shardCount: n, primarySymbols: p, secondarySymbols: s } = parameters;
  const subtrees = Math.ceil(n / stripe) * n * DIGEST_SIZE;
  const block = s * q;
  // Cells, columns made of them if there are several, and digests by row and by column.
  const columnTask = (n + (stripe > 1 ? p : 0)) * stripe * q + 2 * n * (stripe + 1) * DIGEST_SIZE;
  const perThread = Math.max(columnTask, rowBatch * n * q) + THREAD_BYTES;
  const rest = memoryBytes - subtrees - block - threads * perThread - CONCURRENT_READS * READ_BYTES;
  const batch = Math.max(1, Math.min(p, Math.floor(rest / (n * q))));
  // A window holds its cells, its columns, and its part of the other rows. All threads get as many stripes of it.
  const fitting = Math.max(1, Math.floor(rest / ((n + p) * stripe * q)));
  const stripes = fitting > threads ? fitting - (fitting % threads) : fitting;
  const window = Math.min(n, stripes * stripe);
  return { batch, window, subtrees, shared: Math.max(batch * n, window * (n + p)) * q + 256, block };
}

/** Memory of both passes. */
interface Workspace {
  readonly shared: Uint8Array;
  /** Memory that is not shared, large enough for any block, with room for alignment. */
  readonly block: Uint8Array<ArrayBuffer>;
  /** Buffers for reads. */
  readonly buffers: readonly Uint8Array[];
}

/** Cuts `memory` into aligned pieces. */
function pieces(memory: Uint8Array): (size: number) => Uint8Array {
  let at = 0;
  return (size) => {
    const piece = memory.subarray(at, at + size);
    at += Math.ceil(size / 64) * 64;
    return piece;
  };
}

/** The same bytes in memory that is not shared, valid until the next call. */
function unsharedIn(block: Uint8Array<ArrayBuffer>, bytes: Uint8Array): Uint8Array {
  if (!isShared(bytes)) return bytes;
  const copy = block.subarray(bytes.byteOffset & 7).subarray(0, bytes.length);
  copy.set(bytes);
  return copy;
}

/** Runs `count` tasks, a few at a time; each gets a buffer that no other task uses meanwhile. */
async function inParallel(
  count: number,
  buffers: readonly Uint8Array[],
  task: (i: number, buffer: Uint8Array) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    buffers.map(async (buffer) => {
      while (next < count) await task(next++, buffer);
    }),
  );
}

/** Fills `target` with bytes from `offset` on, zero where the source has ended. */
async function readPadded(source: BlobSource, offset: number, target: Uint8Array, buffer: Uint8Array): Promise<void> {
  const length = Math.max(0, Math.min(target.length, source.sizeBytes - offset));
  for (let done = 0; done < length; done += READ_BYTES) {
    const count = Math.min(READ_BYTES, length - done);
    copyShared(target, done, await source.read(offset + done, count, buffer.subarray(0, count)), true);
  }
  target.fill(0, length);
}

/** First pass. */
async function expandRows(
  context: StreamContext,
  source: BlobSource,
  scratch: ScratchStore,
  sink: SliverBlockSink,
  { batch }: Budget,
  { shared, block, buffers }: Workspace,
): Promise<void> {
  const { parameters, symbolSize: q } = context;
  const { primarySymbols: p, secondarySymbols: s, maxFaulty: f } = parameters;
  const rowSize = s * q;
  const piece = pieces(shared);
  const message = piece(batch * rowSize);
  const parity = piece(batch * f * q);
  for (let first = 0; first < p; first += batch) {
    const count = Math.min(batch, p - first);
    const rows = message.subarray(0, count * rowSize);
    await inParallel(count, buffers, (i, buffer) =>
      readPadded(source, (first + i) * rowSize, rows.subarray(i * rowSize, (i + 1) * rowSize), buffer),
    );
    const job: EncodeJob = {
      ...context.emptyJob(),
      inputSize: rows.length,
      systematic: { cells: rows, rowSymbols: s, firstColumn: 0 },
      parity: { cells: parity, rowSymbols: f, firstColumn: s },
      rowCount: count,
    };
    await context.run(job);
    for (let i = 0; i < count; i++) {
      await scratch.write((first + i) * f * q, unsharedIn(block, parity.subarray(i * f * q, (i + 1) * f * q)));
      const data = unsharedIn(block, rows.subarray(i * rowSize, (i + 1) * rowSize));
      await sink({ axis: 'primary', index: first + i, offset: 0, data });
    }
  }
}

/** Second pass. */
async function expandColumns(
  context: StreamContext,
  source: BlobSource,
  scratch: ScratchStore,
  sink: SliverBlockSink,
  { window }: Budget,
  { shared, block, buffers }: Workspace,
  roots: Pick<EncodeJob, 'subtrees' | 'primaryRoots' | 'secondaryRoots'>,
): Promise<void> {
  const { parameters, symbolSize: q } = context;
  const { shardCount: n, primarySymbols: p, secondarySymbols: s, maxFaulty: f } = parameters;
  const piece = pieces(shared);
  const cells = piece(p * window * q);
  const secondary = piece(p * window * q);
  const parityRows = piece((n - p) * window * q);
  for (let first = 0; first < n; first += window) {
    const count = Math.min(window, n - first);
    const stored = Math.max(0, Math.min(s - first, count));
    await inParallel(p, buffers, async (i, buffer) => {
      const row = cells.subarray(i * count * q, (i + 1) * count * q);
      if (stored > 0) await readPadded(source, (i * s + first) * q, row.subarray(0, stored * q), buffer);
      if (stored < count) await readPadded(scratch, (i * f + first + stored - s) * q, row.subarray(stored * q), buffer);
    });
    const region = { cells: cells.subarray(0, p * count * q), rowSymbols: count, firstColumn: first };
    const job: EncodeJob = {
      ...context.emptyJob(),
      ...roots,
      systematic: region,
      parity: region,
      columnStart: first,
      columnEnd: first + count,
      withSlivers: true,
      window: { secondary, parityRows },
    };
    await context.run(job);
    for (let i = 0; i < count; i++) {
      const data = unsharedIn(block, secondary.subarray(i * p * q, (i + 1) * p * q));
      await sink({ axis: 'secondary', index: first + i, offset: 0, data });
    }
    for (let row = 0; stored > 0 && row < n - p; row++) {
      const data = unsharedIn(block, parityRows.subarray(row * stored * q, (row + 1) * stored * q));
      await sink({ axis: 'primary', index: p + row, offset: first * q, data });
    }
  }
}

/** Both passes, and the tops of the row trees. Slivers go to `sink`; the result has their roots only. */
export async function encodeInPasses(
  context: StreamContext,
  source: BlobSource,
  scratch: ScratchStore,
  sink: SliverBlockSink,
): Promise<EncodedMatrix> {
  const { shardCount: n } = context.parameters;
  const budget = budgetOf(context);
  const workspace = {
    shared: context.allocate(budget.shared),
    block: new Uint8Array(budget.block + 8),
    buffers: Array.from({ length: CONCURRENT_READS }, () => new Uint8Array(READ_BYTES)),
  };
  const roots = {
    subtrees: context.allocate(budget.subtrees),
    primaryRoots: context.allocate(n * DIGEST_SIZE),
    secondaryRoots: context.allocate(n * DIGEST_SIZE),
  };
  await expandRows(context, source, scratch, sink, budget, workspace);
  await expandColumns(context, source, scratch, sink, budget, workspace, roots);
  await context.run({ ...context.emptyJob(), ...roots, withTops: true });
  return { primaryRoots: roots.primaryRoots.slice(), secondaryRoots: roots.secondaryRoots.slice(), primary: [], secondary: [] };
}
