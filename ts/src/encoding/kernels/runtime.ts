/**
 * What one thread does with the WebAssembly kernels: it owns an instance, lays out its memory, and works
 * through the tasks of a job that it shares with other threads.
 *
 * `createRuntime` is handed to workers as source text (`toString`), so that no file has to be found at
 * run time, whether the package runs from TypeScript, from `dist` or from a bundle. It must therefore
 * stay self-contained: only types may be imported, and nothing outside the function may be used.
 *
 * A job is a plain object of numbers and byte arrays. With several threads the arrays lie in shared
 * memory and tasks are claimed through counters in `control`; on the calling thread they are ordinary
 * arrays and the same loop simply finds every task unclaimed.
 */

import type { CodeLayout } from '../code-layout.js';
import type { createSliverOutput, Exchange, OutputMemory, Part, SliverOutput, SliverSlab, WindowOutput } from './sliver-output.js';

/** Indices into the `control` array of a job. */
export interface Control {
  readonly rowTask: 0;
  readonly rowsDone: 1;
  readonly columnTask: 2;
  readonly columnsDone: 3;
  readonly topTask: 4;
}

/** Sizes and codes that all jobs carry. */
export interface JobShape {
  readonly shards: number;
  /** `p`: rows of the message matrix. */
  readonly rows: number;
  /** `s`: columns of the message matrix. */
  readonly columns: number;
  readonly symbolSize: number;
  /** The code `s → n` along rows. */
  readonly rowCode: CodeLayout;
  /** The code `p → n` along columns. */
  readonly columnCode: CodeLayout;
}

/**
 * A region of the message rows, row-major: cell `(i, c)` is at `((i · rowSymbols) + c − firstColumn) · q`
 * of `cells`. What lies beyond the end of `cells` is zero.
 */
export interface CellRegion {
  readonly cells: Uint8Array;
  readonly rowSymbols: number;
  readonly firstColumn: number;
}

/**
 * Shared slots through which the calling thread hands the blob to others piece by piece, so that it need not
 * be copied to shared memory as a whole. Items come in the order in which they are worked on: first the
 * batches of rows that are not zero, then the stored part of each stripe of columns, row by row.
 *
 * Of slot `i`, `state[2 i]` is the number of the item it holds plus one, or 0 if it is free, and
 * `state[2 i + 1]` the offset of the data in the slot, below 8. Item `x` comes through slot `x mod slotCount`.
 */
export interface InputFeed {
  readonly state: Int32Array;
  readonly data: Uint8Array;
  readonly slotSize: number;
  readonly slotCount: number;
}

/**
 * Encode a blob: rows first, then stripes of columns, then the upper part of the row trees. Each of the
 * three parts can be left out or restricted, for blobs that are worked on piece by piece.
 */
export interface EncodeJob extends JobShape {
  readonly kind: 'encode';
  readonly control: Int32Array;
  /** Bytes of message rows; the rows beyond are zero. */
  readonly inputSize: number;
  /** Columns `0 … s − 1` of the message rows, as far as this job needs them, unless there is a feed. */
  readonly systematic: CellRegion;
  readonly feed: InputFeed | null;
  /** Columns `s … n − 1` of the message rows: written by the rows part, read by the columns part. */
  readonly parity: CellRegion;
  /** Message rows to expand, from the first row of `systematic` and `parity` on. */
  readonly rowCount: number;
  /** Rows per row task. */
  readonly rowBatch: number;
  /** Columns to expand and hash; both multiples of `stripe`, or `n`. */
  readonly columnStart: number;
  readonly columnEnd: number;
  /** Whether to finish the row trees. */
  readonly withTops: boolean;
  /** Columns per stripe, a power of two. */
  readonly stripe: number;
  /** Root of the subtree of row `r` over stripe `t` at `[32 · (t · n + r)]`. */
  readonly subtrees: Uint8Array;
  readonly primaryRoots: Uint8Array;
  readonly secondaryRoots: Uint8Array;
  readonly withSlivers: boolean;
  /** How threads hand pieces of slivers to each other; `null` on one thread, and where slivers go to `window`. */
  readonly exchange: Exchange | null;
  /** Where pieces of slivers go; `null` to make whole slivers of all columns. */
  readonly window: WindowOutput | null;
}

/**
 * Rebuild the message matrix from `k` rows (`primary`) or `k` columns (`secondary`). The lines may also be
 * shorter than whole slivers: with one symbol per line this recovers a single sliver.
 */
export interface DecodeJob extends JobShape {
  readonly kind: 'decode';
  readonly control: Int32Array;
  readonly axis: 'primary' | 'secondary';
  /** The padded blob, row-major; systematic rows that were received are there already. */
  readonly matrix: Uint8Array;
  /** Received lines that are not in the matrix. */
  readonly lines: Uint8Array;
  /** Symbols of each line. */
  readonly lineSymbols: number;
  /** Codeword index of each received line. */
  readonly indices: readonly number[];
  /** Per received line: its offset in `lines`, or −1 if it is row `indices[x]` of the matrix. */
  readonly lineAt: readonly number[];
  /** λ at every evaluation point. */
  readonly locator: Uint32Array;
  /** Symbols of each line per task. */
  readonly stripe: number;
}

/** Roots of many slivers of one axis over their expansions. */
export interface RootsJob extends JobShape {
  readonly kind: 'roots';
  readonly control: Int32Array;
  readonly axis: 'primary' | 'secondary';
  readonly payloads: Uint8Array;
  /** Offset of each payload in `payloads`. */
  readonly offsets: readonly number[];
  readonly roots: Uint8Array;
  /** Slivers per task. */
  readonly batch: number;
}

export type Job = EncodeJob | DecodeJob | RootsJob;

/** Milliseconds spent by kind of work. */
export interface TimeProfile {
  hashing: number;
  arithmetic: number;
  copying: number;
}

export interface KernelRuntime {
  /**
   * Works on a job until no task of it is left unclaimed.
   * @param onInputTaken called when a slot of the input feed has become free
   * @returns the slivers this thread made
   */
  run(job: Job, part: Part, onInputTaken: () => void): SliverSlab[];
  /** All `n` symbols of one sliver. */
  expand(shape: JobShape, axis: 'primary' | 'secondary', payload: Uint8Array): Uint8Array;
  /** Root of the Merkle tree over leaves of `leafSize` bytes. */
  merkleRoot(leaves: Uint8Array, leafSize: number): Uint8Array;
  /** Hashes of leaves of `leafSize` bytes, 32 bytes each. */
  leafHashes(leaves: Uint8Array, leafSize: number): Uint8Array;
  /** Hashes of pairs of siblings, 64 bytes each; 32 bytes per pair. */
  innerHashes(pairs: Uint8Array): Uint8Array;
  /** Logarithm table of the field, indexed by word; entry 0 is 0. */
  logarithms(): Uint16Array;
  /** Time spent since the last call. */
  takeProfile(): TimeProfile;
  /** Bytes of linear memory. */
  memorySize(): number;
}

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  initField(at: number): void;
  buildTable(at: number, logarithm: number): void;
  buildTwiddles(at: number, from: number, to: number): void;
  setTwiddles(at: number): void;
  setCode(high: number, sources: number, recoveries: number, chunk: number): void;
  encode(
    src: number, srcSymbol: number, srcLine: number, dst: number, dstSymbol: number, dstLine: number,
    lines: number, symbolSize: number, work: number,
  ): void;
  setErasures(
    points: number, inCount: number, inPoints: number, inTables: number,
    outCount: number, outPoints: number, outTables: number,
  ): void;
  decode(
    src: number, srcSymbol: number, srcLine: number, dst: number, dstSymbol: number, dstLine: number,
    lines: number, symbolSize: number, work: number,
  ): void;
  transposeCells(src: number, rows: number, columns: number, size: number, dst: number, dstColumn: number): void;
  buildLeafTable(table: number, scratch: number): void;
  lookUpLeaves(src: number, count: number, table: number, dst: number): void;
  initHash(): void;
  hashLeaves(src: number, stride: number, count: number, size: number, dst: number): void;
  hashInner(src: number, dst: number, count: number): void;
  roots(nodes: number, groups: number, count: number): void;
  levelsUp(nodes: number, groups: number, count: number, levels: number): void;
  transposeDigests(src: number, rows: number, columns: number, dst: number): void;
}

export function createRuntime(module: WebAssembly.Module, createOutput: typeof createSliverOutput): KernelRuntime {
  const DIGEST = 32;
  const PAGE = 65536;
  const FIELD_AT = 8192;
  const FIELD_SIZE = 131072 + 262144 + 131072;
  const STAGE_AT = FIELD_AT + FIELD_SIZE;
  const LEAF_TABLE_AT = STAGE_AT + 16384 + 64;
  const LEAF_TABLE_SIZE = 65536 * 32;
  const TWIDDLES_AT = LEAF_TABLE_AT + LEAF_TABLE_SIZE;
  const TABLE_SIZE = 128;
  const MAX_WIDTH = 256;
  const ORDER = 65535;
  /** Same numbering as the interface `Control`. */
  const ROW_TASK = 0;
  const ROWS_DONE = 1;
  const COLUMN_TASK = 2;
  const COLUMNS_DONE = 3;
  const TOP_TASK = 4;
  /** Bytes copied at a time where addresses do not match. */
  const STAGE_SIZE = 16384;

  const instance = new WebAssembly.Instance(module, {
    env: {
      abort: () => {
        throw new Error('kernel aborted');
      },
    },
  });
  const kernels = instance.exports as unknown as KernelExports;
  let bytes = new Uint8Array(kernels.memory.buffer);
  let arena = TWIDDLES_AT;
  let top = arena;
  let twiddleCount = 0;
  let hasLeafTable = false;
  const profile = { hashing: 0, arithmetic: 0, copying: 0 };

  function ensure(end: number): void {
    if (end <= bytes.length) return;
    kernels.memory.grow(Math.ceil((end - bytes.length) / PAGE));
    bytes = new Uint8Array(kernels.memory.buffer);
  }

  /** Forgets all allocations above the tables. */
  function reset(): void {
    top = arena;
  }

  /** `size` bytes plus slack for over-reads, aligned to 64. Contents are undefined. */
  function allocate(size: number): number {
    const at = top;
    top = Math.ceil((at + size + 64) / 64) * 64;
    ensure(top);
    return at;
  }

  /** Product tables for all twiddles below `count`. */
  function prepareTwiddles(count: number): void {
    if (count > twiddleCount) {
      ensure(TWIDDLES_AT + count * TABLE_SIZE);
      kernels.buildTwiddles(TWIDDLES_AT, twiddleCount, count);
      twiddleCount = count;
      arena = TWIDDLES_AT + count * TABLE_SIZE + 64;
    }
    reset();
  }

  ensure(TWIDDLES_AT);
  kernels.initField(FIELD_AT);
  kernels.initHash();
  kernels.setTwiddles(TWIDDLES_AT);

  function prepare(shape: JobShape): void {
    prepareTwiddles(Math.max(shape.rowCode.points, shape.columnCode.points));
  }

  function useCode(code: CodeLayout): void {
    kernels.setCode(code.rate === 'high' ? 1 : 0, code.sources, code.recoveries, code.chunk);
  }

  /** Waits until `control[at] ≥ value`. */
  function waitFor(control: Int32Array, at: number, value: number): void {
    for (;;) {
      const current = Atomics.load(control, at);
      if (current >= value) return;
      Atomics.wait(control, at, current);
    }
  }

  function announce(control: Int32Array, at: number): void {
    Atomics.add(control, at, 1);
    Atomics.notify(control, at);
  }

  function isSharedArray(array: Uint8Array): boolean {
    return typeof SharedArrayBuffer !== 'undefined' && array.buffer instanceof SharedArrayBuffer;
  }

  /**
   * Copies between linear memory and other memory. Engines copy shared memory byte by byte unless both
   * addresses are equal modulo 8, so then a piece at a time goes through a place that matches.
   */
  function copyIn(to: number, source: Uint8Array, from: number, size: number): void {
    const skew = (source.byteOffset + from) & 7;
    if (size < 64 || skew === (to & 7) || !isSharedArray(source)) {
      bytes.set(source.subarray(from, from + size), to);
      return;
    }
    for (let done = 0; done < size; done += STAGE_SIZE) {
      const length = Math.min(STAGE_SIZE, size - done);
      bytes.set(source.subarray(from + done, from + done + length), STAGE_AT + skew);
      bytes.copyWithin(to + done, STAGE_AT + skew, STAGE_AT + skew + length);
    }
  }

  /** The other direction of `copyIn`. */
  function copyOut(target: Uint8Array, at: number, from: number, size: number): void {
    const skew = (target.byteOffset + at) & 7;
    if (size < 64 || skew === (from & 7) || !isSharedArray(target)) {
      target.set(bytes.subarray(from, from + size), at);
      return;
    }
    for (let done = 0; done < size; done += STAGE_SIZE) {
      const length = Math.min(STAGE_SIZE, size - done);
      bytes.copyWithin(STAGE_AT + skew, from + done, from + done + length);
      target.set(bytes.subarray(STAGE_AT + skew, STAGE_AT + skew + length), at + done);
    }
  }

  /** Copies `source[from … from + size)` to linear memory; bytes beyond the end of `source` are zero. */
  function loadPadded(to: number, source: Uint8Array, from: number, size: number): void {
    const length = Math.max(0, Math.min(size, source.length - from));
    if (length > 0) copyIn(to, source, from, length);
    if (length < size) bytes.fill(0, to + length, to + size);
  }

  /**
   * Leaf hashes of `count` symbols that lie side by side. There are only 65536 symbols of two bytes; when
   * a blob has more cells than that, they are looked up.
   */
  function hashCells(cells: number, count: number, q: number, digests: number, totalCells: number): void {
    if (q !== 2 || totalCells <= 65536) {
      kernels.hashLeaves(cells, q, count, q, digests);
      return;
    }
    if (!hasLeafTable) {
      kernels.buildLeafTable(LEAF_TABLE_AT, allocate(131072));
      hasLeafTable = true;
    }
    kernels.lookUpLeaves(cells, count, LEAF_TABLE_AT, digests);
  }

  // -------------------------------------------------------------- encoding

  /** Row batches that are not all zero. */
  function rowItems(job: EncodeJob): number {
    return Math.ceil(job.inputSize / (job.columns * job.symbolSize * job.rowBatch));
  }

  /** Waits for an item of the feed, lets `load` copy it from its offset in the data, and frees its slot. */
  function takeItem(feed: InputFeed, item: number, onTaken: () => void, load: (offset: number) => void): void {
    const slot = item % feed.slotCount;
    for (;;) {
      const held = Atomics.load(feed.state, 2 * slot);
      if (held === item + 1) break;
      Atomics.wait(feed.state, 2 * slot, held);
    }
    load(slot * feed.slotSize + feed.state[2 * slot + 1]!);
    Atomics.store(feed.state, 2 * slot, 0);
    onTaken();
  }

  function rowTask(job: EncodeJob, task: number, output: SliverOutput | undefined, onTaken: () => void): void {
    const { columns, symbolSize: q, rowCode, rowBatch, rowCount, inputSize, feed, parity } = job;
    const first = task * rowBatch;
    const count = Math.min(rowBatch, rowCount - first);
    const rowSize = columns * q;
    const size = Math.max(0, Math.min(inputSize - first * rowSize, count * rowSize));
    const paritySize = rowCode.recoveries * q;
    const parityAt = first * paritySize;
    const startedMs = performance.now();
    if (size === 0) {
      // Zero rows have zero parity.
      parity.cells.fill(0, parityAt, parityAt + count * paritySize);
      output?.putRows(first, count, -1);
      profile.copying += performance.now() - startedMs;
      return;
    }
    reset();
    let src = allocate(count * rowSize + 8);
    const dst = allocate(count * paritySize + 8) + (parityAt & 7);
    const work = allocate(2 * rowCode.chunk * MAX_WIDTH);
    if (feed === null) {
      loadPadded(src, job.systematic.cells, first * rowSize, size);
    } else {
      takeItem(feed, task, onTaken, (offset) => {
        src += offset & 7;
        copyIn(src, feed.data, offset, size);
      });
    }
    bytes.fill(0, src + size, src + count * rowSize);
    const loadedMs = performance.now();
    useCode(rowCode);
    kernels.encode(src, q, rowSize, dst, q, paritySize, count, q, work);
    const codedMs = performance.now();
    copyOut(parity.cells, parityAt, dst, count * paritySize);
    output?.putRows(first, count, src);
    profile.arithmetic += codedMs - loadedMs;
    profile.copying += loadedMs - startedMs + (performance.now() - codedMs);
  }

  /** Brings columns `first … first + count − 1` of the message rows to linear memory, row by row. */
  function gatherColumns(job: EncodeJob, to: number, first: number, count: number, onTaken: () => void): void {
    const { rows, columns, symbolSize: q, systematic, parity, feed } = job;
    const lineSize = count * q;
    const stored = Math.max(0, Math.min(columns - first, count)) * q;
    if (stored > 0 && feed === null) {
      for (let i = 0; i < rows; i++) {
        const from = (i * systematic.rowSymbols + first - systematic.firstColumn) * q;
        loadPadded(to + i * lineSize, systematic.cells, from, stored);
      }
    } else if (stored > 0) {
      takeItem(feed!, rowItems(job) + first / job.stripe, onTaken, (offset) => {
        if (stored === lineSize) copyIn(to, feed!.data, offset, rows * lineSize);
        else for (let i = 0; i < rows; i++) copyIn(to + i * lineSize, feed!.data, offset + i * stored, stored);
      });
    }
    if (stored === lineSize) return;
    for (let i = 0; i < rows; i++) {
      const from = (i * parity.rowSymbols + first - parity.firstColumn) * q + stored;
      copyIn(to + i * lineSize + stored, parity.cells, from, lineSize - stored);
    }
  }

  function columnTask(
    job: EncodeJob, first: number, count: number, output: SliverOutput | undefined, onTaken: () => void,
  ): void {
    const { shards: n, rows: p, symbolSize: q, columnCode, stripe } = job;
    const stripes = Math.ceil(n / stripe);
    const lineSize = count * q;
    const startedMs = performance.now();
    reset();
    const cells = allocate(n * lineSize);
    const byRow = allocate(n * (count + 1) * DIGEST);
    const byColumn = allocate(count * (n + 1) * DIGEST);
    const work = allocate(2 * columnCode.chunk * MAX_WIDTH);
    gatherColumns(job, cells, first, count, onTaken);
    const loadedMs = performance.now();

    useCode(columnCode);
    kernels.encode(cells, lineSize, q, cells + p * lineSize, lineSize, q, count, q, work);
    const codedMs = performance.now();

    hashCells(cells, n * count, q, byRow, n * n);
    kernels.transposeDigests(byRow, n, count, byColumn);
    kernels.roots(byColumn, count, n);
    job.secondaryRoots.set(bytes.subarray(byColumn, byColumn + count * DIGEST), first * DIGEST);
    if (stripes === 1) {
      kernels.roots(byRow, n, count);
      job.primaryRoots.set(bytes.subarray(byRow, byRow + n * DIGEST));
    } else {
      kernels.levelsUp(byRow, n, count, Math.log2(stripe));
      job.subtrees.set(bytes.subarray(byRow, byRow + n * DIGEST), (first / stripe) * n * DIGEST);
    }
    const hashedMs = performance.now();

    output?.putColumns(first, count, cells);
    profile.arithmetic += codedMs - loadedMs;
    profile.hashing += hashedMs - codedMs;
    profile.copying += loadedMs - startedMs + (performance.now() - hashedMs);
  }

  /** Upper part of the row trees: subtree roots of all stripes to row roots. */
  function topTask(job: EncodeJob, first: number, count: number): void {
    const { shards: n, stripe, subtrees } = job;
    const stripes = Math.ceil(n / stripe);
    const startedMs = performance.now();
    reset();
    const gathered = allocate(stripes * count * DIGEST);
    const nodes = allocate(count * (stripes + 1) * DIGEST);
    for (let t = 0; t < stripes; t++) {
      const from = (t * n + first) * DIGEST;
      bytes.set(subtrees.subarray(from, from + count * DIGEST), gathered + t * count * DIGEST);
    }
    kernels.transposeDigests(gathered, stripes, count, nodes);
    kernels.roots(nodes, count, stripes);
    job.primaryRoots.set(bytes.subarray(nodes, nodes + count * DIGEST), first * DIGEST);
    profile.hashing += performance.now() - startedMs;
  }

  const outputMemory: OutputMemory = {
    bytes: () => bytes,
    allocate,
    release: (at) => (top = at),
    transpose: (from, rows, columns, size, to, stride) => kernels.transposeCells(from, rows, columns, size, to, stride),
    copyOut,
  };

  function runEncode(job: EncodeJob, part: Part, onTaken: () => void): SliverSlab[] {
    const { shards: n, columns: s, control, rowCount, rowBatch, columnStart, columnEnd, stripe } = job;
    const rowTasks = Math.ceil(rowCount / rowBatch);
    const stripes = Math.ceil((columnEnd - columnStart) / stripe);
    const topBatch = 64;
    const topTasks = job.withTops && n > stripe ? Math.ceil(n / topBatch) : 0;
    const output = job.withSlivers ? createOutput(job, part, outputMemory) : undefined;
    for (let t = Atomics.add(control, ROW_TASK, 1); t < rowTasks; t = Atomics.add(control, ROW_TASK, 1)) {
      rowTask(job, t, output, onTaken);
      announce(control, ROWS_DONE);
    }
    for (let t = Atomics.add(control, COLUMN_TASK, 1); t < stripes; t = Atomics.add(control, COLUMN_TASK, 1)) {
      const first = columnStart + t * stripe;
      const count = Math.min(stripe, n - first);
      if (first + count > s) waitFor(control, ROWS_DONE, rowTasks);
      columnTask(job, first, count, output, onTaken);
      announce(control, COLUMNS_DONE);
    }
    const slabs = output?.finish() ?? [];
    // The caller starts the tops only when all columns are there, or in the same job as all columns.
    for (let t = Atomics.add(control, TOP_TASK, 1); t < topTasks; t = Atomics.add(control, TOP_TASK, 1)) {
      waitFor(control, COLUMNS_DONE, stripes);
      topTask(job, t * topBatch, Math.min(topBatch, n - t * topBatch));
    }
    return slabs;
  }

  // -------------------------------------------------------------- decoding

  function runDecode(job: DecodeJob): void {
    const { axis, lineSymbols, symbolSize: q, matrix, lines, indices, lineAt, locator, stripe, control } = job;
    const code = axis === 'primary' ? job.columnCode : job.rowCode;
    const { sources, chunk, points, rate } = code;
    const lineSize = lineSymbols * q;
    const pointOf = (index: number): number =>
      rate === 'high' ? (index < sources ? chunk + index : index - sources) : index < sources ? index : chunk + index - sources;

    // Erasure pattern: points and factors of what is there and of what is wanted.
    const missing: number[] = [];
    const positionOf = new Map(indices.map((index, x) => [index, x]));
    for (let i = 0; i < sources; i++) if (!positionOf.has(i)) missing.push(i);
    reset();
    const inPoints = allocate(4 * sources);
    const inTables = allocate(TABLE_SIZE * sources);
    const outPoints = allocate(4 * missing.length);
    const outTables = allocate(TABLE_SIZE * missing.length);
    const view = new DataView(bytes.buffer);
    indices.forEach((index, x) => {
      const point = pointOf(index);
      view.setUint32(inPoints + 4 * x, point, true);
      kernels.buildTable(inTables + TABLE_SIZE * x, locator[point]!);
    });
    missing.forEach((index, x) => {
      const point = pointOf(index);
      view.setUint32(outPoints + 4 * x, point, true);
      kernels.buildTable(outTables + TABLE_SIZE * x, ORDER - locator[point]!);
    });
    kernels.setErasures(points, sources, inPoints, inTables, missing.length, outPoints, outTables);
    const base = top;

    const tasks = Math.ceil(lineSymbols / stripe);
    for (let t = Atomics.add(control, COLUMN_TASK, 1); t < tasks; t = Atomics.add(control, COLUMN_TASK, 1)) {
      const first = t * stripe;
      const count = Math.min(stripe, lineSymbols - first);
      const size = count * q;
      const startedMs = performance.now();
      top = base;
      const src = allocate(sources * size);
      const dst = allocate(missing.length * size);
      const work = allocate(points * MAX_WIDTH);
      for (let x = 0; x < sources; x++) {
        const line = lineAt[x]!;
        const from = (line < 0 ? indices[x]! * lineSize : line) + first * q;
        copyIn(src + x * size, line < 0 ? matrix : lines, from, size);
      }
      const loadedMs = performance.now();
      kernels.decode(src, size, q, dst, size, q, count, q, work);
      const codedMs = performance.now();
      if (axis === 'primary') {
        missing.forEach((row, x) => {
          copyOut(matrix, row * lineSize + first * q, dst + x * size, size);
        });
      } else {
        // Columns in order, then turned into rows.
        const ordered = allocate(sources * size);
        const turned = allocate(sources * size);
        let lost = 0;
        for (let i = 0; i < sources; i++) {
          const x = positionOf.get(i);
          const from = x === undefined ? dst + lost++ * size : src + x * size;
          bytes.copyWithin(ordered + i * size, from, from + size);
        }
        kernels.transposeCells(ordered, sources, count, q, turned, sources * q);
        copyOut(matrix, first * sources * q, turned, sources * size);
      }
      profile.arithmetic += codedMs - loadedMs;
      profile.copying += loadedMs - startedMs + (performance.now() - codedMs);
    }
  }

  // -------------------------------------------------------------- verification

  function runRoots(job: RootsJob): void {
    const { axis, shards: n, symbolSize: q, payloads, offsets, batch, control } = job;
    const code = axis === 'primary' ? job.rowCode : job.columnCode;
    const stored = code.sources;
    const payloadSize = stored * q;
    const paritySize = code.recoveries * q;
    const tasks = Math.ceil(offsets.length / batch);
    for (let t = Atomics.add(control, COLUMN_TASK, 1); t < tasks; t = Atomics.add(control, COLUMN_TASK, 1)) {
      const first = t * batch;
      const count = Math.min(batch, offsets.length - first);
      const startedMs = performance.now();
      reset();
      const src = allocate(count * payloadSize);
      const dst = allocate(count * paritySize);
      const digests = allocate(count * (n + 1) * DIGEST);
      const work = allocate(2 * code.chunk * MAX_WIDTH);
      for (let i = 0; i < count; i++) {
        const from = offsets[first + i]!;
        loadPadded(src + i * payloadSize, payloads, from, payloadSize);
      }
      const loadedMs = performance.now();
      useCode(code);
      kernels.encode(src, q, payloadSize, dst, q, paritySize, count, q, work);
      const codedMs = performance.now();
      for (let i = 0; i < count; i++) {
        const nodes = digests + i * n * DIGEST;
        kernels.hashLeaves(src + i * payloadSize, q, stored, q, nodes);
        kernels.hashLeaves(dst + i * paritySize, q, n - stored, q, nodes + stored * DIGEST);
      }
      kernels.roots(digests, count, n);
      job.roots.set(bytes.subarray(digests, digests + count * DIGEST), first * DIGEST);
      profile.hashing += performance.now() - codedMs;
      profile.arithmetic += codedMs - loadedMs;
      profile.copying += loadedMs - startedMs;
    }
  }

  return {
    run(job, part, onInputTaken) {
      prepare(job);
      if (job.kind === 'encode') return runEncode(job, part, onInputTaken);
      if (job.kind === 'decode') runDecode(job);
      else runRoots(job);
      return [];
    },

    expand(shape, axis, payload) {
      prepare(shape);
      const code = axis === 'primary' ? shape.rowCode : shape.columnCode;
      const { symbolSize: q, shards: n } = shape;
      const cells = allocate(n * q);
      const work = allocate(2 * code.chunk * MAX_WIDTH);
      bytes.set(payload, cells);
      useCode(code);
      kernels.encode(cells, q, payload.length, cells + payload.length, q, 0, 1, q, work);
      return bytes.slice(cells, cells + n * q);
    },

    merkleRoot(leaves, leafSize) {
      reset();
      const count = leaves.length / leafSize;
      const src = allocate(leaves.length);
      const nodes = allocate((count + 1) * DIGEST);
      bytes.set(leaves, src);
      kernels.hashLeaves(src, leafSize, count, leafSize, nodes);
      kernels.roots(nodes, 1, count);
      return bytes.slice(nodes, nodes + DIGEST);
    },

    leafHashes(leaves, leafSize) {
      reset();
      const count = leaves.length / leafSize;
      const src = allocate(leaves.length);
      const nodes = allocate(count * DIGEST);
      bytes.set(leaves, src);
      kernels.hashLeaves(src, leafSize, count, leafSize, nodes);
      return bytes.slice(nodes, nodes + count * DIGEST);
    },

    innerHashes(pairs) {
      reset();
      const count = pairs.length / (2 * DIGEST);
      const nodes = allocate(pairs.length);
      bytes.set(pairs, nodes);
      kernels.hashInner(nodes, nodes, count);
      return bytes.slice(nodes, nodes + count * DIGEST);
    },

    logarithms() {
      return new Uint16Array(bytes.buffer.slice(FIELD_AT, FIELD_AT + 131072));
    },

    takeProfile() {
      const taken = { ...profile };
      profile.hashing = 0;
      profile.arithmetic = 0;
      profile.copying = 0;
      return taken;
    },

    memorySize() {
      return bytes.length;
    },
  };
}
