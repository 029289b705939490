/**
 * The additive FFT (encoding specification §3.4) on batches. Point `u` lies at `work + u · width` and is
 * a run of 32-byte units of 16 words: 16 low bytes, then 16 high bytes. Twiddle tables lie at `twiddles`,
 * see `field.ts`.
 *
 * Twiddles below 256 are elements of the subfield GF(2^8), which the first eight Cantor basis elements
 * span: they map low bytes to low bytes only, and two of the eight look-ups are not needed.
 */

import { TABLE_SIZE } from './field';

let twiddles: usize = 0;

/** Says where the product tables of small constants lie. */
export function setTwiddles(at: usize): void {
  twiddles = at;
}

/** `y ⊕= x` over `size` bytes, a multiple of 32. */
export function addTo(y: usize, x: usize, size: i32): void {
  for (const end = y + size; y < end; y += 32, x += 32) {
    v128.store(y, v128.xor(v128.load(y), v128.load(x)));
    v128.store(y, v128.xor(v128.load(y, 16), v128.load(x, 16)), 16);
  }
}

/** FFT butterflies: `x ⊕= t ⊗ y`, then `y ⊕= x`. */
function forward(x: usize, y: usize, size: i32, t: i32): void {
  const end = x + size;
  if (t == 0) {
    addTo(y, x, size);
    return;
  }
  const table = twiddles + t * TABLE_SIZE;
  const nibbles = i8x16.splat(15);
  const n0l = v128.load(table), n1l = v128.load(table, 32);
  const n2l = v128.load(table, 64), n2h = v128.load(table, 80);
  const n3l = v128.load(table, 96), n3h = v128.load(table, 112);
  if (t < 256) {
    for (; x < end; x += 32, y += 32) {
      const low = v128.load(y), high = v128.load(y, 16);
      const a = v128.and(low, nibbles), b = v128.and(i16x8.shr_u(low, 4), nibbles);
      const c = v128.and(high, nibbles), d = v128.and(i16x8.shr_u(high, 4), nibbles);
      const xl = v128.xor(v128.load(x), v128.xor(
        v128.xor(i8x16.swizzle(n0l, a), i8x16.swizzle(n1l, b)),
        v128.xor(i8x16.swizzle(n2l, c), i8x16.swizzle(n3l, d)),
      ));
      const xh = v128.xor(v128.load(x, 16), v128.xor(i8x16.swizzle(n2h, c), i8x16.swizzle(n3h, d)));
      v128.store(x, xl);
      v128.store(x, xh, 16);
      v128.store(y, v128.xor(low, xl));
      v128.store(y, v128.xor(high, xh), 16);
    }
    return;
  }
  const n0h = v128.load(table, 16), n1h = v128.load(table, 48);
  for (; x < end; x += 32, y += 32) {
    const low = v128.load(y), high = v128.load(y, 16);
    const a = v128.and(low, nibbles), b = v128.and(i16x8.shr_u(low, 4), nibbles);
    const c = v128.and(high, nibbles), d = v128.and(i16x8.shr_u(high, 4), nibbles);
    const xl = v128.xor(v128.load(x), v128.xor(
      v128.xor(i8x16.swizzle(n0l, a), i8x16.swizzle(n1l, b)),
      v128.xor(i8x16.swizzle(n2l, c), i8x16.swizzle(n3l, d)),
    ));
    const xh = v128.xor(v128.load(x, 16), v128.xor(
      v128.xor(i8x16.swizzle(n0h, a), i8x16.swizzle(n1h, b)),
      v128.xor(i8x16.swizzle(n2h, c), i8x16.swizzle(n3h, d)),
    ));
    v128.store(x, xl);
    v128.store(x, xh, 16);
    v128.store(y, v128.xor(low, xl));
    v128.store(y, v128.xor(high, xh), 16);
  }
}

/** Inverse butterflies: `y ⊕= x`, then `x ⊕= t ⊗ y`. */
function backward(x: usize, y: usize, size: i32, t: i32): void {
  const end = x + size;
  if (t == 0) {
    addTo(y, x, size);
    return;
  }
  const table = twiddles + t * TABLE_SIZE;
  const nibbles = i8x16.splat(15);
  const n0l = v128.load(table), n1l = v128.load(table, 32);
  const n2l = v128.load(table, 64), n2h = v128.load(table, 80);
  const n3l = v128.load(table, 96), n3h = v128.load(table, 112);
  if (t < 256) {
    for (; x < end; x += 32, y += 32) {
      const xl = v128.load(x), xh = v128.load(x, 16);
      const low = v128.xor(v128.load(y), xl), high = v128.xor(v128.load(y, 16), xh);
      const a = v128.and(low, nibbles), b = v128.and(i16x8.shr_u(low, 4), nibbles);
      const c = v128.and(high, nibbles), d = v128.and(i16x8.shr_u(high, 4), nibbles);
      v128.store(y, low);
      v128.store(y, high, 16);
      v128.store(x, v128.xor(xl, v128.xor(
        v128.xor(i8x16.swizzle(n0l, a), i8x16.swizzle(n1l, b)),
        v128.xor(i8x16.swizzle(n2l, c), i8x16.swizzle(n3l, d)),
      )));
      v128.store(x, v128.xor(xh, v128.xor(i8x16.swizzle(n2h, c), i8x16.swizzle(n3h, d))), 16);
    }
    return;
  }
  const n0h = v128.load(table, 16), n1h = v128.load(table, 48);
  for (; x < end; x += 32, y += 32) {
    const xl = v128.load(x), xh = v128.load(x, 16);
    const low = v128.xor(v128.load(y), xl), high = v128.xor(v128.load(y, 16), xh);
    const a = v128.and(low, nibbles), b = v128.and(i16x8.shr_u(low, 4), nibbles);
    const c = v128.and(high, nibbles), d = v128.and(i16x8.shr_u(high, 4), nibbles);
    v128.store(y, low);
    v128.store(y, high, 16);
    v128.store(x, v128.xor(xl, v128.xor(
      v128.xor(i8x16.swizzle(n0l, a), i8x16.swizzle(n1l, b)),
      v128.xor(i8x16.swizzle(n2l, c), i8x16.swizzle(n3l, d)),
    )));
    v128.store(x, v128.xor(xh, v128.xor(
      v128.xor(i8x16.swizzle(n0h, a), i8x16.swizzle(n1h, b)),
      v128.xor(i8x16.swizzle(n2h, c), i8x16.swizzle(n3h, d)),
    )), 16);
  }
}

/**
 * Coefficients to values at points `base … base + size − 1`. Only outputs `first … last − 1` are
 * computed; the others are undefined.
 */
export function fft(work: usize, size: i32, width: i32, base: i32, first: i32, last: i32): void {
  for (let half = size >> 1, layer = ctz(size) - 1; half >= 1; half >>= 1, layer--) {
    const bytes = half * width;
    for (let start = first & -(2 * half); start < last; start += 2 * half) {
      const x = work + start * width;
      forward(x, x + bytes, bytes, (base + start) >> layer);
    }
  }
}

/** Inverse of `fft`, where points from `count` on are zero. */
export function inverseFft(work: usize, size: i32, width: i32, base: i32, count: i32): void {
  for (let half = 1, layer = 0; half < size; half <<= 1, layer++) {
    const bytes = half * width;
    for (let start = 0; start < count; start += 2 * half) {
      const x = work + start * width;
      backward(x, x + bytes, bytes, (base + start) >> layer);
    }
  }
}

/** Formal derivative in the novel basis (§3.5 step 4). */
export function derivative(work: usize, size: i32, width: i32): void {
  for (let i = 1; i < size; i++) {
    const lowest = i & -i;
    addTo(work + (i - lowest) * width, work + i * width, lowest * width);
  }
}
