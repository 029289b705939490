/**
 * GF(2^16) in Cantor coordinates (encoding specification §3.1) and the product tables of the kernels.
 *
 * A product with a constant is looked up nibble by nibble. A table has 128 bytes: for each of the four
 * nibbles of a word, 16 low result bytes and 16 high result bytes.
 */

/** Bytes in a product table. */
export const TABLE_SIZE: usize = 128;

const ORDER: i32 = 65535;
const POLYNOMIAL: u32 = 0x1002d;

/** Logarithms (u16 × 65536) and exponentials (u16 × 131070), set by `initField`. */
let logTable: usize = 0;
let expTable: usize = 0;

function basisElement(bit: i32): u32 {
  switch (bit) {
    case 0: return 0x0001;
    case 1: return 0xacca;
    case 2: return 0x3c0e;
    case 3: return 0x163e;
    case 4: return 0xc582;
    case 5: return 0xed2e;
    case 6: return 0x914c;
    case 7: return 0x4012;
    case 8: return 0x6c98;
    case 9: return 0x10d8;
    case 10: return 0x6a72;
    case 11: return 0xb900;
    case 12: return 0xfdb8;
    case 13: return 0xfb34;
    case 14: return 0xff38;
    default: return 0x991e;
  }
}

/** Fills the logarithm and exponential tables at `at`: 131072 + 262144 bytes, plus 131072 of scratch. */
export function initField(at: usize): void {
  logTable = at;
  expTable = at + 131072;
  const polynomialLog = expTable + 262144;
  let element: u32 = 1;
  for (let e = 0; e < ORDER; e++) {
    store<u16>(polynomialLog + (element << 1), e);
    element <<= 1;
    if (element > 0xffff) element ^= POLYNOMIAL;
  }
  // Polynomial form of every word: each is that of the word without its lowest bit, plus a basis element.
  const form = expTable; // overwritten with exponentials below, from the last entry on
  store<u16>(form, 0);
  for (let word: u32 = 1; word < 65536; word++) {
    const previous = load<u16>(form + ((word & (word - 1)) << 1));
    store<u16>(form + (word << 1), previous ^ basisElement(ctz(word)));
  }
  store<u16>(logTable, 0);
  for (let word: u32 = 1; word < 65536; word++) {
    store<u16>(logTable + (word << 1), load<u16>(polynomialLog + (<u32>load<u16>(form + (word << 1)) << 1)));
  }
  for (let word: u32 = 1; word < 65536; word++) {
    const e = <u32>load<u16>(logTable + (word << 1));
    store<u16>(expTable + (e << 1), word);
    store<u16>(expTable + ((e + ORDER) << 1), word);
  }
}

// @ts-ignore: decorator
@inline
function multiply(a: u32, logB: u32): u32 {
  return a == 0 ? 0 : <u32>load<u16>(expTable + ((<u32>load<u16>(logTable + (a << 1)) + logB) << 1));
}

/** Product table of `exp(logarithm)`, `0 ≤ logarithm ≤ 65535`, at `at`. */
export function buildTable(at: usize, logarithm: u32): void {
  for (let nibble = 0; nibble < 4; nibble++) {
    for (let value = 0; value < 16; value++) {
      const product = multiply(value << (4 * nibble), logarithm);
      store<u8>(at + (nibble << 5) + value, product);
      store<u8>(at + (nibble << 5) + value, product >> 8, 16);
    }
  }
}

/** Product tables of the constants `from … to − 1`, that of constant `t` at `at + 128 t`. */
export function buildTwiddles(at: usize, from: i32, to: i32): void {
  for (let t = from; t < to; t++) {
    if (t == 0) memory.fill(at, 0, TABLE_SIZE);
    else buildTable(at + t * TABLE_SIZE, load<u16>(logTable + (t << 1)));
  }
}

/** Logarithm of a word; 0 for the word 0. */
export function logarithm(word: i32): i32 {
  return load<u16>(logTable + (word << 1));
}

/** Multiplies `size` bytes of units (16 low bytes, 16 high bytes) by the constant of a table, in place. */
export function scale(at: usize, size: i32, table: usize): void {
  const n0l = v128.load(table), n0h = v128.load(table, 16);
  const n1l = v128.load(table, 32), n1h = v128.load(table, 48);
  const n2l = v128.load(table, 64), n2h = v128.load(table, 80);
  const n3l = v128.load(table, 96), n3h = v128.load(table, 112);
  const nibbles = i8x16.splat(15);
  for (const end = at + size; at < end; at += 32) {
    const low = v128.load(at), high = v128.load(at, 16);
    const a = v128.and(low, nibbles), b = v128.and(i16x8.shr_u(low, 4), nibbles);
    const c = v128.and(high, nibbles), d = v128.and(i16x8.shr_u(high, 4), nibbles);
    v128.store(at, v128.xor(
      v128.xor(i8x16.swizzle(n0l, a), i8x16.swizzle(n1l, b)),
      v128.xor(i8x16.swizzle(n2l, c), i8x16.swizzle(n3l, d)),
    ));
    v128.store(at, v128.xor(
      v128.xor(i8x16.swizzle(n0h, a), i8x16.swizzle(n1h, b)),
      v128.xor(i8x16.swizzle(n2h, c), i8x16.swizzle(n3h, d)),
    ), 16);
  }
}
