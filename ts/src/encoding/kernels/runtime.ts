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

/** Indices into the `control` array of a job. */
export interface Control {
  readonly rowTask: 0;
  readonly rowsDone: 1;
  readonly columnTask: 2;
  readonly columnsDone: 3;
  readonly topTask: 4;
  readonly inputReady: 5;
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
 * Encode a blob: rows first, then stripes of columns, then the upper part of the row trees. Each of the
 * three parts can be left out or restricted, for blobs that are worked on piece by piece.
 */
export interface EncodeJob extends JobShape {
  readonly kind: 'encode';
  readonly control: Int32Array;
  /** Columns `0 … s − 1` of the message rows, as far as this job needs them. */
  readonly systematic: CellRegion;
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
  /** Received lines that are not in the matrix, one behind the other. */
  readonly lines: Uint8Array;
  /** Symbols of each line. */
  readonly lineSymbols: number;
  /** Codeword index of each received line. */
  readonly indices: readonly number[];
  /** Per received line: its number in `lines`, or −1 if it is row `indices[x]` of the matrix. */
  readonly lineOf: readonly number[];
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

/** Where a thread puts the slivers it makes; the views are valid during the call only. */
export interface SliverSink {
  /** Framed secondary slivers `first … first + count − 1`, one behind the other. */
  putSecondary(first: number, count: number, framed: Uint8Array): void;
  /** Rows `p … n − 1`, columns `first … first + count − 1`: `count · q` bytes per row. */
  putParityRows(first: number, count: number, cells: Uint8Array): void;
}

/** Milliseconds spent by kind of work. */
export interface TimeProfile {
  hashing: number;
  arithmetic: number;
  copying: number;
}

export interface KernelRuntime {
  /** Works on a job until no task of it is left unclaimed. */
  run(job: Job, sink: SliverSink): void;
  /** All `n` symbols of one sliver. */
  expand(shape: JobShape, axis: 'primary' | 'secondary', payload: Uint8Array): Uint8Array;
  /** Root of the Merkle tree over leaves of `leafSize` bytes. */
  merkleRoot(leaves: Uint8Array, leafSize: number): Uint8Array;
  /** Hashes of leaves of `leafSize` bytes, 32 bytes each. */
  leafHashes(leaves: Uint8Array, leafSize: number): Uint8Array;
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
  hashLeaves(src: number, stride: number, count: number, size: number, dst: number): void;
  roots(nodes: number, groups: number, count: number): void;
  levelsUp(nodes: number, groups: number, count: number, levels: number): void;
  transposeDigests(src: number, rows: number, columns: number, dst: number): void;
}

export function createRuntime(module: WebAssembly.Module): KernelRuntime {
  const DIGEST = 32;
  const PAGE = 65536;
  const FIELD_AT = 4096;
  const FIELD_SIZE = 131072 + 262144 + 131072;
  const LEAF_TABLE_AT = FIELD_AT + FIELD_SIZE;
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
  const INPUT_READY = 5;

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

  /** Copies `source[from … from + size)` to linear memory; bytes beyond the end of `source` are zero. */
  function loadPadded(to: number, source: Uint8Array, from: number, size: number): void {
    const end = Math.min(from + size, source.length);
    if (end <= from) {
      bytes.fill(0, to, to + size);
      return;
    }
    bytes.set(source.subarray(from, end), to);
    if (end < from + size) bytes.fill(0, to + end - from, to + size);
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

  function rowTask(job: EncodeJob, first: number, count: number): void {
    const { columns, symbolSize: q, rowCode } = job;
    const rowSize = columns * q;
    if (first * rowSize >= job.systematic.cells.length) return; // zero rows have zero parity
    const paritySize = rowCode.recoveries * q;
    const startedMs = performance.now();
    reset();
    const src = allocate(count * rowSize);
    const dst = allocate(count * paritySize);
    const work = allocate(2 * rowCode.chunk * MAX_WIDTH);
    loadPadded(src, job.systematic.cells, first * rowSize, count * rowSize);
    const loadedMs = performance.now();
    useCode(rowCode);
    kernels.encode(src, q, rowSize, dst, q, paritySize, count, q, work);
    const codedMs = performance.now();
    job.parity.cells.set(bytes.subarray(dst, dst + count * paritySize), first * paritySize);
    profile.arithmetic += codedMs - loadedMs;
    profile.copying += loadedMs - startedMs + (performance.now() - codedMs);
  }

  /** Brings columns `first … first + count − 1` of the message rows to linear memory, row by row. */
  function gatherColumns(job: EncodeJob, to: number, first: number, count: number): void {
    const { rows, columns, symbolSize: q, systematic, parity } = job;
    const stored = Math.max(0, Math.min(columns - first, count));
    for (let i = 0; i < rows; i++) {
      const at = to + i * count * q;
      if (stored > 0) {
        const from = (i * systematic.rowSymbols + first - systematic.firstColumn) * q;
        loadPadded(at, systematic.cells, from, stored * q);
      }
      if (stored < count) {
        const from = (i * parity.rowSymbols + first + stored - parity.firstColumn) * q;
        bytes.set(parity.cells.subarray(from, from + (count - stored) * q), at + stored * q);
      }
    }
  }

  /** Writes the BCS framing of a sliver; returns the offset of its payload. */
  function writeFrame(at: number, size: number, q: number, index: number): number {
    let rest = size;
    let head = 0;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at + head++] = (rest % 128) | 128;
    bytes[at + head++] = rest;
    const tail = at + head + size;
    bytes[tail] = q & 0xff;
    bytes[tail + 1] = q >>> 8;
    bytes[tail + 2] = index & 0xff;
    bytes[tail + 3] = index >>> 8;
    return head;
  }

  function framedSize(size: number): number {
    let head = 1;
    for (let rest = size; rest >= 128; rest = Math.floor(rest / 128)) head++;
    return head + size + 4;
  }

  function columnTask(job: EncodeJob, first: number, count: number, sink: SliverSink): void {
    const { shards: n, rows: p, symbolSize: q, columnCode, stripe } = job;
    const stripes = Math.ceil(n / stripe);
    const lineSize = count * q;
    const startedMs = performance.now();
    reset();
    const cells = allocate(n * lineSize);
    const byRow = allocate(n * (count + 1) * DIGEST);
    const byColumn = allocate(count * (n + 1) * DIGEST);
    const work = allocate(2 * columnCode.chunk * MAX_WIDTH);
    gatherColumns(job, cells, first, count);
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

    if (job.withSlivers) {
      const size = framedSize(p * q);
      const frames = allocate(count * size);
      let head = 0;
      for (let c = 0; c < count; c++) head = writeFrame(frames + c * size, p * q, q, first + c);
      kernels.transposeCells(cells, p, count, q, frames + head, size);
      sink.putSecondary(first, count, bytes.subarray(frames, frames + count * size));
      if (first < job.columns) sink.putParityRows(first, count, bytes.subarray(cells + p * lineSize, cells + n * lineSize));
    }
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

  function runEncode(job: EncodeJob, sink: SliverSink): void {
    const { shards: n, columns: s, control, rowCount, rowBatch, columnStart, columnEnd, stripe } = job;
    const rowTasks = Math.ceil(rowCount / rowBatch);
    const stripes = Math.ceil((columnEnd - columnStart) / stripe);
    const topBatch = 64;
    const topTasks = job.withTops && n > stripe ? Math.ceil(n / topBatch) : 0;
    for (let t = Atomics.add(control, ROW_TASK, 1); t < rowTasks; t = Atomics.add(control, ROW_TASK, 1)) {
      const first = t * rowBatch;
      const count = Math.min(rowBatch, rowCount - first);
      waitFor(control, INPUT_READY, first + count);
      rowTask(job, first, count);
      announce(control, ROWS_DONE);
    }
    waitFor(control, INPUT_READY, rowCount);
    for (let t = Atomics.add(control, COLUMN_TASK, 1); t < stripes; t = Atomics.add(control, COLUMN_TASK, 1)) {
      const first = columnStart + t * stripe;
      const count = Math.min(stripe, n - first);
      if (first + count > s) waitFor(control, ROWS_DONE, rowTasks);
      columnTask(job, first, count, sink);
      announce(control, COLUMNS_DONE);
    }
    // The caller starts the tops only when all columns are there, or in the same job as all columns.
    for (let t = Atomics.add(control, TOP_TASK, 1); t < topTasks; t = Atomics.add(control, TOP_TASK, 1)) {
      waitFor(control, COLUMNS_DONE, stripes);
      topTask(job, t * topBatch, Math.min(topBatch, n - t * topBatch));
    }
  }

  // -------------------------------------------------------------- decoding

  function runDecode(job: DecodeJob): void {
    const { axis, lineSymbols, symbolSize: q, matrix, lines, indices, lineOf, locator, stripe, control } = job;
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
        const line = lineOf[x]!;
        const from = (line < 0 ? indices[x]! : line) * lineSize + first * q;
        bytes.set((line < 0 ? matrix : lines).subarray(from, from + size), src + x * size);
      }
      const loadedMs = performance.now();
      kernels.decode(src, size, q, dst, size, q, count, q, work);
      const codedMs = performance.now();
      if (axis === 'primary') {
        missing.forEach((row, x) => {
          matrix.set(bytes.subarray(dst + x * size, dst + (x + 1) * size), row * lineSize + first * q);
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
        matrix.set(bytes.subarray(turned, turned + sources * size), first * sources * q);
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
    run(job, sink) {
      prepare(job);
      if (job.kind === 'encode') runEncode(job, sink);
      else if (job.kind === 'decode') runDecode(job);
      else runRoots(job);
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
