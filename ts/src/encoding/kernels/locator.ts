/**
 * The error locator of an erasure pattern (encoding specification §3.5): `λ(y) = Σ log(y ⊕ e)` over the
 * erased points `e ≠ y`, modulo 65535, for all points at once. The sum is an XOR-convolution, so it is a
 * product under the Walsh–Hadamard transform.
 */

import { erasedPoints, pointOfIndex } from '../code-layout.js';
import type { CodeLayout } from '../code-layout.js';

const ORDER = 65535;

/** Walsh–Hadamard transform modulo 65535, in place; values stay in `0 … 65534`. */
function walshHadamard(values: Uint32Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let block = 0; block < values.length; block += 2 * half) {
      for (let u = block; u < block + half; u++) {
        const x = values[u]!;
        const y = values[u + half]!;
        values[u] = (x + y) % ORDER;
        values[u + half] = (x + ORDER - y) % ORDER;
      }
    }
  }
}

/**
 * λ at every evaluation point, for a codeword of which exactly the symbols `indices` were received.
 * @param logarithms discrete logarithm of every word, 0 for the word 0
 */
export function errorLocator(layout: CodeLayout, indices: readonly number[], logarithms: Uint16Array): Uint32Array {
  const { points } = layout;
  const erased = new Uint32Array(points);
  const received = new Set(indices.map((index) => pointOfIndex(layout, index)));
  for (const point of erasedPoints(layout, received)) erased[point] = 1;
  const logs = Uint32Array.from(logarithms.subarray(0, points), (log) => log % ORDER);
  walshHadamard(erased);
  walshHadamard(logs);
  // Transforming twice multiplies by `points`; 2^16 ≡ 1, so its inverse is a power of two as well.
  const inverse = 2 ** (16 - Math.log2(points)) % ORDER;
  for (let i = 0; i < points; i++) erased[i] = (((erased[i]! * logs[i]!) % ORDER) * inverse) % ORDER;
  walshHadamard(erased);
  return erased;
}
