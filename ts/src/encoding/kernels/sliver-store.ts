/**
 * Output buffers of an encode: all slivers, framed, in memory that is not shared. Primary slivers are
 * put together from stripes of columns; they lie in slabs of a few dozen megabytes, so that a sliver
 * kept alive does not keep the whole encoding alive.
 */

import { frameSliver, sliverDataSize } from '../codecs.js';
import type { EncodingParameters } from '../parameters.js';
import type { SliverSink } from './runtime.js';

const SLAB_BYTES = 32 << 20;

export class SliverStore implements SliverSink {
  /** Framed primary slivers by index. */
  readonly primary: Uint8Array[] = [];
  /** Framed secondary slivers by index; set as they arrive. */
  readonly secondary: Uint8Array[] = [];
  private readonly payloads: Uint8Array[] = [];

  constructor(
    private readonly parameters: EncodingParameters,
    private readonly symbolSize: number,
  ) {
    const { shardCount, secondarySymbols } = parameters;
    const dataSize = secondarySymbols * symbolSize;
    const size = sliverDataSize(dataSize);
    const perSlab = Math.max(1, Math.floor(SLAB_BYTES / size));
    for (let first = 0; first < shardCount; first += perSlab) {
      const count = Math.min(perSlab, shardCount - first);
      const slab = new Uint8Array(count * size);
      for (let i = 0; i < count; i++) {
        const framed = slab.subarray(i * size, (i + 1) * size);
        this.primary.push(framed);
        this.payloads.push(frameSliver(framed, dataSize, symbolSize, first + i));
      }
    }
  }

  /** Copies the message rows, which are the systematic primary slivers. */
  putMessageRows(blob: Uint8Array): void {
    const { primarySymbols, secondarySymbols } = this.parameters;
    const rowSize = secondarySymbols * this.symbolSize;
    for (let row = 0; row < primarySymbols && row * rowSize < blob.length; row++) {
      this.payloads[row]!.set(blob.subarray(row * rowSize, (row + 1) * rowSize));
    }
  }

  /** `framed` must belong to the store from now on. */
  putSecondary(first: number, count: number, framed: Uint8Array): void {
    const size = framed.length / count;
    for (let i = 0; i < count; i++) this.secondary[first + i] = framed.subarray(i * size, (i + 1) * size);
  }

  putParityRows(first: number, count: number, cells: Uint8Array): void {
    const { shardCount, primarySymbols, secondarySymbols } = this.parameters;
    const lineSize = count * this.symbolSize;
    const kept = Math.min(count, secondarySymbols - first) * this.symbolSize;
    const to = first * this.symbolSize;
    for (let row = primarySymbols, from = 0; row < shardCount; row++, from += lineSize) {
      this.payloads[row]!.set(cells.subarray(from, from + kept), to);
    }
  }
}
