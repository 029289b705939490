/**
 * The systematic Reed–Solomon code `k → n` (encoding specification §§3.3–3.5) on batches of words. Plain
 * TypeScript, meant for reading and as the oracle that the WebAssembly kernels are held to.
 */

import { pointOfIndex, erasedPoints } from '../code-layout.js';
import type { CodeLayout } from '../code-layout.js';
import { EXP, LOG, multiply, ORDER } from './field.js';
import { fft, formalDerivative, inverseFft } from './transform.js';

/**
 * Recovery symbols of a batch.
 * @param data source `i` at `data[i · width …]`, `width` words each
 * @returns recovery `j` at `[j · width …]`
 */
export function encodeRecoveries(layout: CodeLayout, data: Uint16Array, width: number): Uint16Array {
  const { sources, recoveries, chunk } = layout;
  const result = new Uint16Array(recoveries * width);
  const work = new Uint16Array(chunk * width);
  if (layout.rate === 'low') {
    const coefficients = new Uint16Array(chunk * width);
    coefficients.set(data.subarray(0, sources * width));
    inverseFft(coefficients, chunk, width, 0);
    for (let first = 0; first < recoveries; first += chunk) {
      work.set(coefficients);
      fft(work, chunk, width, chunk + first);
      result.set(work.subarray(0, Math.min(chunk, recoveries - first) * width), first * width);
    }
    return result;
  }
  const sum = new Uint16Array(chunk * width);
  for (let first = 0; first < sources; first += chunk) {
    work.fill(0);
    work.set(data.subarray(first * width, Math.min(first + chunk, sources) * width));
    inverseFft(work, chunk, width, chunk + first);
    for (let j = 0; j < sum.length; j++) sum[j]! ^= work[j]!;
  }
  fft(sum, chunk, width, 0);
  result.set(sum.subarray(0, recoveries * width));
  return result;
}

/** `λ(y) = Σ_{e erased, e ≠ y} log(y ⊕ e)` modulo 65535, for every point (§3.5 step 1). */
function errorLocator(layout: CodeLayout, erased: readonly number[]): Uint32Array {
  const locator = new Uint32Array(layout.points);
  for (let point = 0; point < layout.points; point++) {
    let sum = 0;
    for (const e of erased) sum += LOG[point ^ e]!; // LOG[0] is 0, so e = y adds nothing
    locator[point] = sum % ORDER;
  }
  return locator;
}

/** Rebuilds source symbols for one erasure pattern; the error locator is computed once. */
export class ErasureDecoder {
  private readonly received = new Set<number>();
  private readonly locator: Uint32Array | undefined;

  /** @param indices exactly `k` distinct codeword indices, in the order their data will be given */
  constructor(
    private readonly layout: CodeLayout,
    private readonly indices: readonly number[],
  ) {
    const { sources } = layout;
    for (const index of indices) this.received.add(pointOfIndex(layout, index));
    if (indices.length !== sources || this.received.size !== sources) {
      throw new RangeError(`need exactly ${sources} distinct symbols, got ${indices.length}`);
    }
    if (indices.some((index) => index >= sources)) {
      this.locator = errorLocator(layout, erasedPoints(layout, this.received));
    }
  }

  /**
   * @param data symbol `indices[x]` at `data[x · width …]`
   * @returns source `i` at `[i · width …]`
   */
  decode(data: Uint16Array, width: number): Uint16Array {
    const { layout, indices, locator } = this;
    const { sources, points } = layout;
    const result = new Uint16Array(sources * width);
    indices.forEach((index, x) => {
      if (index < sources) result.set(data.subarray(x * width, (x + 1) * width), index * width);
    });
    if (locator === undefined) return result;

    const work = new Uint16Array(points * width);
    indices.forEach((index, x) => {
      const point = pointOfIndex(layout, index);
      const factor = EXP[locator[point]!]!;
      for (let j = 0; j < width; j++) work[point * width + j] = multiply(factor, data[x * width + j]!);
    });
    inverseFft(work, points, width, 0);
    formalDerivative(work, points, width);
    fft(work, points, width, 0);
    for (let index = 0; index < sources; index++) {
      const point = pointOfIndex(layout, index);
      if (this.received.has(point)) continue;
      const factor = EXP[ORDER - locator[point]!]!;
      for (let j = 0; j < width; j++) result[index * width + j] = multiply(factor, work[point * width + j]!);
    }
    return result;
  }
}
