/**
 * GF(2^16) in Cantor-basis coordinates (encoding specification §3.1), written to be read.
 *
 * A 16-bit word stands for the sum of the basis elements whose bits are set; products are taken modulo
 * x^16 + x^5 + x^3 + x^2 + 1 in polynomial form. Multiplication goes through discrete logarithms to the
 * base `x`, which is primitive.
 */

/** The field polynomial. */
const POLYNOMIAL = 0x1002d;
/** Nonzero field elements. */
export const ORDER = 65535;

/** Cantor basis in polynomial form: β_0 … β_15. */
export const CANTOR_BASIS = [
  0x0001, 0xacca, 0x3c0e, 0x163e, 0xc582, 0xed2e, 0x914c, 0x4012, 0x6c98, 0x10d8, 0x6a72, 0xb900, 0xfdb8, 0xfb34,
  0xff38, 0x991e,
];

/** Polynomial form of a word in coordinates. */
export function toPolynomial(word: number): number {
  let polynomial = 0;
  for (let bit = 0; bit < 16; bit++) if ((word >> bit) & 1) polynomial ^= CANTOR_BASIS[bit]!;
  return polynomial;
}

/** `LOG[w]` for coordinates `w ≠ 0`; `LOG[0]` is 0, which the error locator relies on (§3.5). */
export const LOG = new Uint16Array(65536);
/** `EXP[e]`: coordinates of `x^e`, `0 ≤ e < 2 · 65535` so that a sum of two logarithms needs no reduction. */
export const EXP = new Uint16Array(2 * ORDER);

{
  const logOfPolynomial = new Uint16Array(65536);
  for (let e = 0, element = 1; e < ORDER; e++) {
    logOfPolynomial[element] = e;
    element <<= 1;
    if (element > 0xffff) element ^= POLYNOMIAL;
  }
  for (let word = 1; word < 65536; word++) {
    const e = logOfPolynomial[toPolynomial(word)]!;
    LOG[word] = e;
    EXP[e] = word;
    EXP[e + ORDER] = word;
  }
}

/** Product of two words. */
export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : EXP[LOG[a]! + LOG[b]!]!;
}

/** Inverse of a nonzero word. */
export function invert(a: number): number {
  if (a === 0) throw new RangeError('zero has no inverse');
  return EXP[ORDER - LOG[a]!]!;
}

const tables = new Map<number, Uint16Array>();

/**
 * Product table of a constant: `constant ⊗ w = table[w & 255] ⊕ table[256 + (w >> 8)]`. Multiplication
 * by a constant is linear, so the two bytes of a word can be looked up on their own.
 */
export function multiplicationTable(constant: number): Uint16Array {
  let table = tables.get(constant);
  if (table === undefined) {
    table = new Uint16Array(512);
    for (let byte = 0; byte < 256; byte++) {
      table[byte] = multiply(constant, byte);
      table[256 + byte] = multiply(constant, byte << 8);
    }
    tables.set(constant, table);
  }
  return table;
}
