/**
 * Encoding a blob piece by piece, in two passes. First rows: each message row is read once, is itself a
 * primary sliver, and its parity goes to scratch. Then windows of columns: their cells are gathered from
 * source and scratch, expanded and hashed; whole secondary slivers and a slice of every parity primary
 * sliver come out. What stays in memory is one window and the roots of row subtrees.
 */

import { DIGEST_SIZE } from '../hash.js';
import type { EncodedMatrix } from '../engine.js';
import type { EncodingParameters } from '../parameters.js';
import type { BlobSource, ScratchStore, SliverBlockSink } from '../stream.js';
import type { EncodeJob, SliverSink } from './runtime.js';

/** Reads in flight at a time. */
const CONCURRENT_READS = 8;

/** What the engine provides: memory the threads can see, and the threads. */
export interface StreamContext {
  readonly parameters: EncodingParameters;
  readonly symbolSize: number;
  /** Columns per stripe, a power of two. */
  readonly stripe: number;
  readonly windowBytes: number;
  allocate(size: number): Uint8Array;
  /** A job with nothing to do; the passes set the parts they need. */
  emptyJob(): EncodeJob;
  run(job: EncodeJob, sink: SliverSink, slotSize: number): Promise<void>;
}

const NO_SINK: SliverSink = { putSecondary: () => undefined, putParityRows: () => undefined };

/** Runs `count` tasks, a few at a time. */
async function inParallel(count: number, task: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENT_READS, count) }, runner));
}

/** `length` bytes from `offset`, zero where the source has ended. */
async function readPadded(source: BlobSource, offset: number, target: Uint8Array): Promise<void> {
  const length = Math.max(0, Math.min(target.length, source.sizeBytes - offset));
  if (length > 0) target.set(await source.read(offset, length));
  target.fill(0, length);
}

/** First pass. */
async function expandRows(
  context: StreamContext,
  source: BlobSource,
  scratch: ScratchStore,
  sink: SliverBlockSink,
): Promise<void> {
  const { parameters, symbolSize: q, windowBytes } = context;
  const { primarySymbols: p, secondarySymbols: s, maxFaulty: f, shardCount: n } = parameters;
  const rowSize = s * q;
  const batch = Math.max(1, Math.min(p, Math.floor(windowBytes / (n * q))));
  const message = context.allocate(batch * rowSize);
  const parity = context.allocate(batch * f * q);
  const block = new Uint8Array(rowSize);
  for (let first = 0; first < p; first += batch) {
    const count = Math.min(batch, p - first);
    const rows = message.subarray(0, count * rowSize);
    await inParallel(count, (i) =>
      readPadded(source, (first + i) * rowSize, rows.subarray(i * rowSize, (i + 1) * rowSize)),
    );
    parity.fill(0);
    const job: EncodeJob = {
      ...context.emptyJob(),
      systematic: { cells: rows, rowSymbols: s, firstColumn: 0 },
      parity: { cells: parity, rowSymbols: f, firstColumn: s },
      rowCount: count,
    };
    await context.run(job, NO_SINK, 0);
    await scratch.write(first * f * q, new Uint8Array(parity.subarray(0, count * f * q)));
    for (let i = 0; i < count; i++) {
      block.set(rows.subarray(i * rowSize, (i + 1) * rowSize));
      await sink({ axis: 'primary', index: first + i, offset: 0, data: block });
    }
  }
}

/** Second pass. */
async function expandColumns(
  context: StreamContext,
  source: BlobSource,
  scratch: ScratchStore,
  sink: SliverBlockSink,
  shared: Pick<EncodeJob, 'subtrees' | 'primaryRoots' | 'secondaryRoots'>,
): Promise<void> {
  const { parameters, symbolSize: q, stripe, windowBytes } = context;
  const { shardCount: n, primarySymbols: p, secondarySymbols: s, maxFaulty: f } = parameters;
  const window = Math.max(1, Math.floor(windowBytes / (n * q * stripe))) * stripe;
  const cells = context.allocate(p * Math.min(window, n) * q);
  const parityRows = new Uint8Array((n - p) * Math.min(window, s) * q);
  for (let first = 0; first < n; first += window) {
    const count = Math.min(window, n - first);
    const stored = Math.max(0, Math.min(s - first, count));
    await inParallel(p, async (i) => {
      const row = cells.subarray(i * count * q, (i + 1) * count * q);
      if (stored > 0) await readPadded(source, (i * s + first) * q, row.subarray(0, stored * q));
      if (stored < count) {
        row.set(await scratch.read((i * f + first + stored - s) * q, (count - stored) * q), stored * q);
      }
    });
    const region = { cells: cells.subarray(0, p * count * q), rowSymbols: count, firstColumn: first };
    const job: EncodeJob = {
      ...context.emptyJob(),
      ...shared,
      systematic: region,
      parity: region,
      columnStart: first,
      columnEnd: first + count,
      withSlivers: true,
    };
    const columns: { index: number; data: Uint8Array }[] = [];
    await context.run(
      job,
      {
        putSecondary(firstColumn, columnCount, framed) {
          const size = framed.length / columnCount;
          for (let i = 0; i < columnCount; i++) {
            const end = (i + 1) * size - 4; // the frame ends with symbol size and index
            columns.push({ index: firstColumn + i, data: framed.subarray(end - p * q, end) });
          }
        },
        putParityRows(firstColumn, columnCount, parity) {
          const kept = Math.min(columnCount, s - firstColumn) * q;
          for (let row = 0; row < n - p; row++) {
            const from = row * columnCount * q;
            parityRows.set(parity.subarray(from, from + kept), (row * stored + firstColumn - first) * q);
          }
        },
      },
      (n - p) * stripe * q,
    );
    columns.sort((a, b) => a.index - b.index);
    for (const { index, data } of columns) await sink({ axis: 'secondary', index, offset: 0, data });
    for (let row = 0; stored > 0 && row < n - p; row++) {
      const data = parityRows.subarray(row * stored * q, (row + 1) * stored * q);
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
  const shared = {
    subtrees: context.allocate(Math.ceil(n / context.stripe) * n * DIGEST_SIZE),
    primaryRoots: context.allocate(n * DIGEST_SIZE),
    secondaryRoots: context.allocate(n * DIGEST_SIZE),
  };
  await expandRows(context, source, scratch, sink);
  await expandColumns(context, source, scratch, sink, shared);
  await context.run({ ...context.emptyJob(), ...shared, withTops: true }, NO_SINK, 0);
  const { primaryRoots, secondaryRoots } = shared;
  return { primaryRoots: new Uint8Array(primaryRoots), secondaryRoots: new Uint8Array(secondaryRoots), primary: [], secondary: [] };
}
