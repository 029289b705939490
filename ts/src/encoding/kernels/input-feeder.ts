/**
 * The calling thread's side of the input feed (`InputFeed` in `runtime.ts`): cuts the blob into the pieces
 * that tasks need, batches of rows first and then stripes of columns, and puts them into shared slots as
 * these become free. The blob itself is read where it is.
 */

import type { InputFeed, JobShape } from './runtime.js';
import { copyShared } from './shared-memory.js';
import type { SharedArena } from './shared-memory.js';

/** Bytes of the blob that one task takes at most, with room for alignment. */
function slotSizeOf(shape: JobShape, rowBatch: number, stripe: number): number {
  const { rows, columns, symbolSize } = shape;
  return Math.max(rowBatch * columns, rows * Math.min(stripe, columns)) * symbolSize + 64;
}

export class InputFeeder {
  readonly feed: InputFeed;
  private next = 0;
  private readonly rowItems: number;
  private readonly items: number;
  private readonly turned: Uint8Array;

  constructor(
    arena: SharedArena,
    private readonly shape: JobShape,
    private readonly rowBatch: number,
    private readonly stripe: number,
    private readonly blob: Uint8Array,
    slotCount: number,
  ) {
    const { rows, columns, symbolSize } = shape;
    const slotSize = Math.ceil(slotSizeOf(shape, rowBatch, stripe) / 64) * 64;
    this.feed = {
      state: new Int32Array(new SharedArrayBuffer(8 * slotCount)),
      data: arena.allocate(slotCount * slotSize),
      slotSize,
      slotCount,
    };
    this.rowItems = Math.ceil(blob.length / (columns * symbolSize * rowBatch));
    this.items = this.rowItems + Math.ceil(columns / stripe);
    this.turned = new Uint8Array(rows * Math.min(stripe, columns) * symbolSize);
  }

  /** Fills all slots that are free. */
  pump(): void {
    const { state, data, slotSize, slotCount } = this.feed;
    for (; this.next < this.items; this.next++) {
      const slot = this.next % slotCount;
      if (Atomics.load(state, 2 * slot) !== 0) return;
      const at = slot * slotSize;
      state[2 * slot + 1] = this.next < this.rowItems ? this.putRows(data, at) : this.putColumns(data, at);
      Atomics.store(state, 2 * slot, this.next + 1);
      Atomics.notify(state, 2 * slot);
    }
  }

  /** @returns offset of the data in the slot, such that addresses match and the copy is fast */
  private putRows(data: Uint8Array, at: number): number {
    const size = this.rowBatch * this.shape.columns * this.shape.symbolSize;
    const rows = this.blob.subarray(this.next * size, (this.next + 1) * size);
    const skew = rows.byteOffset & 7;
    data.set(rows, at + skew);
    return skew;
  }

  private putColumns(data: Uint8Array, at: number): number {
    const { rows, columns, symbolSize: q } = this.shape;
    const first = (this.next - this.rowItems) * this.stripe;
    const lineSize = Math.min(this.stripe, columns - first) * q;
    const { blob, turned } = this;
    const size = rows * lineSize;
    for (let row = 0; row < rows; row++) {
      const from = (row * columns + first) * q;
      const to = row * lineSize;
      if (from + lineSize <= blob.length) turned.set(blob.subarray(from, from + lineSize), to);
      else {
        const length = Math.max(0, blob.length - from);
        turned.set(blob.subarray(from, from + length), to);
        turned.fill(0, to + length, to + lineSize);
      }
    }
    copyShared(data, at, turned.subarray(0, size), true);
    return 0;
  }
}
