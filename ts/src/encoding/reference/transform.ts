/**
 * The additive FFT in the novel polynomial basis (encoding specification §3.4; Lin, Chung, Han, FOCS
 * 2014) on a batch: `width` independent words per point, point `u` at `work[u · width …]`.
 *
 * In Cantor coordinates the subspace polynomials are shifts, so the twiddle factor of the block that
 * starts at evaluation point `b + c` in layer `i` is simply `(b + c) >> i`.
 */

import { multiplicationTable } from './field.js';

/** `target ⊕= twiddle ⊗ source`, element by element. */
function multiplyAdd(work: Uint16Array, target: number, source: number, width: number, twiddle: number): void {
  if (twiddle === 0) return;
  const table = multiplicationTable(twiddle);
  for (let j = 0; j < width; j++) {
    const word = work[source + j]!;
    work[target + j]! ^= table[word & 0xff]! ^ table[256 + (word >>> 8)]!;
  }
}

function add(work: Uint16Array, target: number, source: number, width: number): void {
  for (let j = 0; j < width; j++) work[target + j]! ^= work[source + j]!;
}

/** Coefficients to values at points `base … base + size − 1`, in place. `size` is a power of two. */
export function fft(work: Uint16Array, size: number, width: number, base: number): void {
  for (let half = size / 2, layer = Math.log2(size) - 1; half >= 1; half /= 2, layer--) {
    for (let block = 0; block < size; block += 2 * half) {
      const twiddle = (base + block) >> layer;
      for (let u = block; u < block + half; u++) {
        multiplyAdd(work, u * width, (u + half) * width, width, twiddle);
        add(work, (u + half) * width, u * width, width);
      }
    }
  }
}

/** Inverse of `fft`. */
export function inverseFft(work: Uint16Array, size: number, width: number, base: number): void {
  for (let half = 1, layer = 0; half < size; half *= 2, layer++) {
    for (let block = 0; block < size; block += 2 * half) {
      const twiddle = (base + block) >> layer;
      for (let u = block; u < block + half; u++) {
        add(work, (u + half) * width, u * width, width);
        multiplyAdd(work, u * width, (u + half) * width, width, twiddle);
      }
    }
  }
}

/** Formal derivative in the novel basis, in place (§3.5 step 4). */
export function formalDerivative(work: Uint16Array, size: number, width: number): void {
  for (let i = 1; i < size; i++) {
    const lowest = i & -i;
    for (let u = 0; u < lowest; u++) add(work, (i - lowest + u) * width, (i + u) * width, width);
  }
}
