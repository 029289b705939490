/**
 * BLAKE2b-256 over many messages of equal length, and Merkle levels built from it (encoding
 * specification §4). Work is done five messages at a time; missing ones repeat the first and their
 * digest goes to the dump.
 */

import { compress, initConstants } from './blake2b.generated';
import { CHAIN, DUMP, INITIAL, PLACES, WORDS } from './memory';

const INNER_LENGTH: i32 = 65;

/** The permutations of message words (RFC 7693 §2.7), a hexadecimal digit per word, the first one lowest. */
function permutation(round: i32): u64 {
  switch (round) {
    case 1: return 0x357b20c16df984ae;
    case 2: return 0x491763eadf250c8b;
    case 3: return 0x8f04a562ebcd1397;
    case 4: return 0xd386cb1efa427509;
    case 5: return 0x91ef57d438b0a6c2;
    case 6: return 0xb8293670a4def15c;
    case 7: return 0xa2684f05931ce7bd;
    case 8: return 0x5a417d2c803b9ef6;
    case 9: return 0x0dc3e9bf5167482a;
    default: return 0xfedcba9876543210;
  }
}

/** Writes the tables that hashing needs. */
export function initHash(): void {
  initConstants();
  for (let round = 0; round < 12; round++) {
    let digits = permutation(round % 10);
    for (let i = 0; i < 16; i++, digits >>= 4) {
      store<u32>(PLACES + (round << 6) + (i << 2), WORDS + ((<usize>digits & 15) << 4));
    }
  }
}

/** Message words `w` and `w + 1` of one stream of two. */
// @ts-ignore: decorator
@inline
function loadPair(to: usize, p0: usize, p1: usize): void {
  const a = v128.load(p0), b = v128.load(p1);
  v128.store(to, i64x2.shuffle(a, b, 0, 2));
  v128.store(to, i64x2.shuffle(a, b, 1, 3), 16);
}

/** Keeps the bits of `mask` of message word `w` in all streams, and sets those of `extra`. */
// @ts-ignore: decorator
@inline
function maskWord(w: i32, mask: u64, extra: u64): void {
  const at = WORDS + (w << 4);
  const keep = i64x2.splat(mask), set = i64x2.splat(extra);
  v128.store(at, v128.or(v128.and(v128.load(at), keep), set));
  v128.store(at, v128.or(v128.and(v128.load(at, 256), keep), set), 256);
  store<u64>(at, (load<u64>(at, 512) & mask) | extra, 512);
}

/**
 * Hashes five messages that lie at `p0 … p4`, at any address: `length` bytes each, of which the first, the
 * prefix, is not in memory but counted. Reads up to 15 bytes beyond the end.
 */
function hashFive(
  p0: usize, p1: usize, p2: usize, p3: usize, p4: usize, length: i32, prefix: u64,
  d0: usize, d1: usize, d2: usize, d3: usize, d4: usize,
): void {
  let from = INITIAL;
  for (let at = 0; at < length; at += 128) {
    const size = min(128, length - at);
    const used = (size + 15) >> 4;
    let to = WORDS;
    for (let offset: usize = at, end: usize = at + (used << 4); offset < end; offset += 16, to += 32) {
      loadPair(to, p0 + offset, p1 + offset);
      loadPair(to + 256, p2 + offset, p3 + offset);
      store<u64>(to, load<u64>(p4 + offset), 512);
      store<u64>(to, load<u64>(p4 + offset, 8), 528);
    }
    if (size < 128) {
      // What lies in memory behind the message becomes zero.
      maskWord(size >> 3, ((<u64>1) << ((size & 7) << 3)) - 1, 0);
      for (let w = (size >> 3) + 1; w < 16; w++) maskWord(w, 0, 0);
    }
    if (at == 0) maskWord(0, ~0xff, prefix);
    const counter = at + size;
    compress(from, counter, counter == length ? ~0 : 0);
    from = CHAIN;
  }
  for (let w = 0; w < 32; w += 16) {
    const at: usize = CHAIN + (w << 1);
    let low = v128.load(at), high = v128.load(at, 16);
    v128.store(d0 + w, i64x2.shuffle(low, high, 0, 2));
    v128.store(d1 + w, i64x2.shuffle(low, high, 1, 3));
    low = v128.load(at, 256);
    high = v128.load(at, 272);
    v128.store(d2 + w, i64x2.shuffle(low, high, 0, 2));
    v128.store(d3 + w, i64x2.shuffle(low, high, 1, 3));
    v128.store(d4 + w, v128.load(CHAIN + w, 512));
  }
}

/** Hashes of `count` messages of `length` bytes with prefix, `stride` apart, the first at `src`; digest `i` to `dst + 32 i`. */
// @ts-ignore: decorator
@inline
function hashAll(src: usize, stride: usize, count: i32, length: i32, prefix: u64, dst: usize): void {
  // Messages begin with the prefix, one byte before what is in memory.
  let p0 = src - 1;
  let d0 = dst;
  for (let left = count; left > 0; left -= 5, p0 += 5 * stride, d0 += 160) {
    if (left >= 5) {
      hashFive(
        p0, p0 + stride, p0 + 2 * stride, p0 + 3 * stride, p0 + 4 * stride, length, prefix,
        d0, d0 + 32, d0 + 64, d0 + 96, d0 + 128,
      );
      continue;
    }
    const p1 = left > 1 ? p0 + stride : p0, d1 = left > 1 ? d0 + 32 : DUMP;
    const p2 = left > 2 ? p0 + 2 * stride : p0, d2 = left > 2 ? d0 + 64 : DUMP;
    const p3 = left > 3 ? p0 + 3 * stride : p0, d3 = left > 3 ? d0 + 96 : DUMP;
    hashFive(p0, p1, p2, p3, p0, length, prefix, d0, d1, d2, d3, DUMP);
  }
}

/**
 * Inner nodes of `count` pairs of siblings: pair `i` at `src + 64 i`, its parent to `dst + 32 i`.
 * `dst` may be `src`.
 */
export function hashInner(src: usize, dst: usize, count: i32): void {
  hashAll(src, 64, count, INNER_LENGTH, 1, dst);
}

/**
 * Leaf hashes of `count` symbols of `size` bytes, symbol `i` at `src + stride · i`, digest to
 * `dst + 32 i`.
 */
export function hashLeaves(src: usize, stride: usize, count: i32, size: i32, dst: usize): void {
  hashAll(src, stride, count, size + 1, 0, dst);
}

/** Leaf hashes of all 65536 symbols of two bytes, at `table`; `scratch` takes 131072 bytes. */
export function buildLeafTable(table: usize, scratch: usize): void {
  for (let word = 0; word < 65536; word++) store<u16>(scratch + (word << 1), word);
  hashLeaves(scratch, 2, 65536, 2, table);
}

/** `hashLeaves` for symbols of two bytes that lie side by side, from the table. */
export function lookUpLeaves(src: usize, count: i32, table: usize, dst: usize): void {
  for (let i = 0; i < count; i++) {
    const from = table + (<usize>load<u16>(src + (i << 1)) << 5);
    v128.store(dst + (i << 5), v128.load(from));
    v128.store(dst + (i << 5), v128.load(from, 16), 16);
  }
}

/**
 * One level up in `groups` trees that lie one behind the other, `count` nodes each, in place. An odd
 * level gets an empty node; the caller leaves room for it (`32 · groups` bytes).
 * @returns nodes per tree on the new level
 */
export function levelUp(nodes: usize, groups: i32, count: i32): i32 {
  if (count & 1) {
    const size = count << 5;
    for (let g = groups - 1; g >= 0; g--) {
      const to = nodes + g * (size + 32);
      if (g > 0) memory.copy(to, nodes + g * size, size);
      memory.fill(to + size, 0, 32);
    }
    count++;
  }
  hashInner(nodes, nodes, (groups * count) >> 1);
  return count >> 1;
}

/** Roots of `groups` trees of `count` leaf hashes each, in place: root `g` ends at `nodes + 32 g`. */
export function roots(nodes: usize, groups: i32, count: i32): void {
  while (count > 1) count = levelUp(nodes, groups, count);
}

/** `count` levels up, also above a level of one node, whose right sibling is then empty. */
export function levelsUp(nodes: usize, groups: i32, count: i32, levels: i32): void {
  for (let i = 0; i < levels; i++) count = levelUp(nodes, groups, count);
}

/** Writes digest `(r, c)` of a `rows × columns` array at `src` to place `(c, r)` at `dst`. */
export function transposeDigests(src: usize, rows: i32, columns: i32, dst: usize): void {
  for (let c = 0; c < columns; c++) {
    let from = src + (c << 5);
    let to = dst + ((c * rows) << 5);
    for (let r = 0; r < rows; r++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += columns << 5;
      to += 32;
    }
  }
}
