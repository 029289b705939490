/**
 * Where one thread puts the slivers it makes. `createSliverOutput` is handed to workers as source text,
 * like `createRuntime`, and must stay self-contained.
 *
 * Finished slivers lie in memory that is not shared (`fetch` and `crypto.subtle` refuse shared memory), so
 * each thread fills buffers of its own and gives them away when the job is done; nothing is copied
 * afterwards. A secondary sliver belongs to the thread that made its column, a systematic primary sliver
 * to the thread that expanded its row. The other primary slivers run across all columns: every thread
 * owns a range of them, and gets the pieces that others computed through an exchange of shared slots.
 *
 * Copies between shared and other memory go eight bytes at a time only if both addresses are equal modulo
 * eight, and byte by byte otherwise (JavaScript's memory model asks for it), hence the care for alignment.
 */

import type { EncodeJob } from './runtime.js';

/** Which of the threads of a job this is. */
export interface Part {
  readonly index: number;
  readonly count: number;
}

/**
 * Shared slots through which threads hand pieces of primary slivers to each other. Per thread, `state` has
 * `2 + 4 · slotCount` words: a counter of events to wait for, the number of slots published so far, and per
 * slot the readers left, first column, columns, and offset of the data (below 8).
 */
export interface Exchange {
  readonly state: Int32Array;
  readonly data: Uint8Array;
  readonly slotSize: number;
  readonly slotCount: number;
}

/** Pieces of streamed slivers, in shared memory: the columns of the job, one behind the other. */
export interface WindowOutput {
  /** Payload of secondary sliver `c` at `(c − columnStart) · p · q`. */
  readonly secondary: Uint8Array;
  /** Columns `columnStart … columnEnd − 1`, as far as they are stored, of rows `p … n − 1`. */
  readonly parityRows: Uint8Array;
}

/** Consecutive framed slivers: that of index `first + i` at `start + stride · i`, `size` bytes. */
export interface SliverSlab {
  readonly axis: 'primary' | 'secondary';
  readonly first: number;
  readonly count: number;
  readonly buffer: ArrayBuffer;
  readonly start: number;
  readonly stride: number;
  readonly size: number;
}

/** What the output needs of the runtime. */
export interface OutputMemory {
  /** Linear memory; replaced when it grows. */
  bytes(): Uint8Array;
  /** Scratch in linear memory, aligned to 64, valid until it is released or the current task ends. */
  allocate(size: number): number;
  /** Frees the scratch at `at` and all that was allocated after it. */
  release(at: number): void;
  /** Turns `rows × columns` cells of `size` bytes so that columns, `stride` apart, become contiguous. */
  transpose(from: number, rows: number, columns: number, size: number, to: number, stride: number): void;
  /** Copies linear memory to `target[at …]`, fast whatever the alignment. */
  copyOut(target: Uint8Array, at: number, from: number, size: number): void;
}

export interface SliverOutput {
  /** Message rows `first … first + count − 1` at `at` in linear memory; −1 if they are zero. */
  putRows(first: number, count: number, at: number): void;
  /** All `n` cells of columns `first … first + count − 1`, row by row, at `at` in linear memory. */
  putColumns(first: number, count: number, at: number): void;
  /** Waits for what other threads still send; returns all that this thread owns. */
  finish(): SliverSlab[];
}

export function createSliverOutput(job: EncodeJob, part: Part, memory: OutputMemory): SliverOutput {
  const SLAB_BYTES = 32 << 20;
  const { shards: n, rows: p, columns: s, symbolSize: q, stripe, exchange, window } = job;
  const rowSize = s * q;
  const columnSize = p * q;
  const parityRows = n - p;
  const slabs: SliverSlab[] = [];
  /** Payloads of the parity primary slivers this thread owns. */
  const owned: Uint8Array[] = [];
  const ownedStart = (t: number): number => p + Math.floor((parityRows * t) / part.count);
  const firstOwned = ownedStart(part.index);
  const endOwned = ownedStart(part.index + 1);

  function prefixSize(size: number): number {
    let head = 1;
    for (let rest = size; rest >= 128; rest = Math.floor(rest / 128)) head++;
    return head;
  }

  /** A slab with everything but the payloads, which begin at multiples of 8. */
  function newSlab(axis: 'primary' | 'secondary', first: number, count: number, payloadSize: number): SliverSlab {
    const head = prefixSize(payloadSize);
    const start = (8 - (head % 8)) % 8;
    const size = head + payloadSize + 4;
    const stride = Math.ceil((start + size) / 8) * 8;
    const bytes = new Uint8Array(count * stride);
    for (let i = 0; i < count; i++) {
      let at = start + i * stride;
      let rest = payloadSize;
      for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
      bytes[at++] = rest;
      at += payloadSize;
      bytes[at] = q & 0xff;
      bytes[at + 1] = q >>> 8;
      bytes[at + 2] = (first + i) & 0xff;
      bytes[at + 3] = (first + i) >>> 8;
    }
    const slab = { axis, first, count, buffer: bytes.buffer, start, stride, size };
    slabs.push(slab);
    return slab;
  }

  function payloadOf(slab: SliverSlab, i: number): Uint8Array {
    const at = slab.start + i * slab.stride;
    return new Uint8Array(slab.buffer, at + slab.size - 4 - (slab.axis === 'primary' ? rowSize : columnSize));
  }

  if (window === null) {
    const perSlab = Math.max(1, Math.floor(SLAB_BYTES / rowSize));
    for (let first = firstOwned; first < endOwned; first += perSlab) {
      const slab = newSlab('primary', first, Math.min(perSlab, endOwned - first), rowSize);
      for (let i = 0; i < slab.count; i++) owned.push(payloadOf(slab, i));
    }
  }

  /** Puts columns `first …` of the rows this thread owns in place; row `p` lies at `at`. */
  function placeOwned(first: number, count: number, at: number): void {
    const bytes = memory.bytes();
    const lineSize = count * q;
    const kept = Math.min(count, s - first) * q;
    let from = at + (firstOwned - p) * lineSize;
    for (const payload of owned) {
      payload.set(bytes.subarray(from, from + kept), first * q);
      from += lineSize;
    }
  }

  // ---------------------------------------------------------- exchange

  /** Words of the state of one thread. */
  const words = exchange === null ? 0 : 2 + 4 * exchange.slotCount;
  const taken = Array.from({ length: part.count }, () => 0);
  let published = 0;

  function wake(thread: number): void {
    Atomics.add(exchange!.state, thread * words, 1);
    Atomics.notify(exchange!.state, thread * words);
  }

  /** Takes what others have published; returns whether there was anything. */
  function drain(): boolean {
    const { state, data, slotSize, slotCount } = exchange!;
    let any = false;
    for (let other = 0; other < part.count; other++) {
      if (other === part.index) continue;
      while (taken[other]! < Atomics.load(state, other * words + 1)) {
        const slot = taken[other]! % slotCount;
        const at = other * words + 2 + 4 * slot;
        const [first, count, skew] = [state[at + 1]!, state[at + 2]!, state[at + 3]!];
        const lineSize = count * q;
        const size = (endOwned - firstOwned) * lineSize;
        const from = (other * slotCount + slot) * slotSize + skew + (firstOwned - p) * lineSize;
        const allocated = memory.allocate(size + 8);
        const scratch = allocated + (from & 7);
        memory.bytes().set(data.subarray(from, from + size), scratch);
        if (Atomics.sub(state, at, 1) === 1) wake(other);
        taken[other]!++;
        placeOwned(first, count, scratch - (firstOwned - p) * lineSize);
        memory.release(allocated);
        any = true;
      }
    }
    return any;
  }

  /** Drains until `condition` holds. */
  function drainUntil(condition: () => boolean): void {
    const { state } = exchange!;
    for (;;) {
      const events = Atomics.load(state, part.index * words);
      const any = drain();
      if (condition()) return;
      if (!any) Atomics.wait(state, part.index * words, events);
    }
  }

  /** Hands the rows of others to them; row `p` lies at `at`. */
  function publish(first: number, count: number, at: number): void {
    const { state, data, slotSize, slotCount } = exchange!;
    const slot = published % slotCount;
    const word = part.index * words + 2 + 4 * slot;
    drainUntil(() => Atomics.load(state, word) === 0);
    const bytes = memory.bytes();
    const lineSize = count * q;
    const to = (part.index * slotCount + slot) * slotSize + (at & 7);
    for (const [from, end] of [[p, firstOwned], [endOwned, n]] as const) {
      const start = at + (from - p) * lineSize;
      data.set(bytes.subarray(start, at + (end - p) * lineSize), to + (from - p) * lineSize);
    }
    state[word + 1] = first;
    state[word + 2] = count;
    state[word + 3] = at & 7;
    Atomics.store(state, word, part.count - 1);
    Atomics.store(state, part.index * words + 1, ++published);
    for (let other = 0; other < part.count; other++) if (other !== part.index) wake(other);
  }

  return {
    putRows(first, count, at) {
      if (window !== null) return;
      const slab = newSlab('primary', first, count, rowSize);
      if (at < 0) return;
      const bytes = memory.bytes();
      for (let i = 0; i < count; i++) {
        payloadOf(slab, i).set(bytes.subarray(at + i * rowSize, at + (i + 1) * rowSize));
      }
    },

    putColumns(first, count, at) {
      const lineSize = count * q;
      if (window !== null) {
        const to = (first - job.columnStart) * columnSize;
        let turned = at;
        if (count > 1) {
          turned = memory.allocate(count * columnSize + 8) + (to & 7);
          memory.transpose(at, p, count, q, turned, columnSize);
        }
        memory.copyOut(window.secondary, to, turned, count * columnSize);
        const stored = Math.max(0, Math.min(s, job.columnEnd) - job.columnStart);
        const kept = Math.min(count, s - first) * q;
        for (let row = 0; kept > 0 && row < parityRows; row++) {
          const place = (row * stored + first - job.columnStart) * q;
          memory.copyOut(window.parityRows, place, at + (p + row) * lineSize, kept);
        }
        return;
      }
      const slab = newSlab('secondary', first, count, columnSize);
      const turned = memory.allocate(count * columnSize);
      memory.transpose(at, p, count, q, turned, columnSize);
      const bytes = memory.bytes();
      for (let i = 0; i < count; i++) {
        payloadOf(slab, i).set(bytes.subarray(turned + i * columnSize, turned + (i + 1) * columnSize));
      }
      if (first >= s) return;
      placeOwned(first, count, at + p * lineSize);
      if (exchange !== null) publish(first, count, at + p * lineSize);
    },

    finish() {
      if (exchange !== null) {
        const expected = Math.ceil(s / stripe);
        drainUntil(() => taken.reduce((sum, count) => sum + count, published) === expected);
      }
      return slabs;
    },
  };
}
