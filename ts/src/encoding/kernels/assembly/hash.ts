/**
 * BLAKE2b-256 over many messages of equal length, and Merkle levels built from it (encoding
 * specification §4). Work is done three messages at a time; missing ones repeat the first and their
 * digest goes to the dump.
 */

import { block9, block16, initialState, interleave, single9 } from './blake2b.generated';
import { BATCH, BATCH_STATE, BATCH_WORDS, DUMP, INNER_WORDS, LEAF_WORDS } from './memory';

const INNER_LENGTH: u64 = 65;

/** Message word `i` of the three messages, from unaligned addresses. */
// @ts-ignore: decorator
@inline
function loadWord(m: usize, i: i32, p0: usize, p1: usize, p2: usize, mask: u64, extra: u64): void {
  const pair = i64x2.replace_lane(i64x2.splat(load<u64>(p0)), 1, load<u64>(p1));
  v128.store(m + (i << 4), v128.or(v128.and(pair, i64x2.splat(mask)), i64x2.splat(extra)));
  store<u64>(m + 256 + (i << 3), (load<u64>(p2) & mask) | extra);
}

// @ts-ignore: decorator
@inline
function loadPlainWord(m: usize, i: i32, p0: usize, p1: usize, p2: usize): void {
  v128.store(m + (i << 4), v128.load64_lane(p1, v128.load64_zero(p0), 1));
  store<u64>(m + 256 + (i << 3), load<u64>(p2));
}

/**
 * Inner nodes of `count` pairs of siblings: pair `i` at `src + 64 i`, its parent to `dst + 32 i`.
 * `dst` may be `src`.
 */
export function hashInner(src: usize, dst: usize, count: i32): void {
  for (let i = 0; i < count; i += 3) {
    const left = count - i;
    const p0 = src + (i << 6);
    const p1 = left > 1 ? p0 + 64 : p0;
    const p2 = left > 2 ? p0 + 128 : p0;
    const d0 = dst + (i << 5);
    // The message is 0x01 and then 64 bytes: words begin one byte before the pair.
    loadWord(INNER_WORDS, 0, p0 - 1, p1 - 1, p2 - 1, ~0xff, 1);
    for (let w = 1; w < 8; w++) {
      const at: usize = (w << 3) - 1;
      loadPlainWord(INNER_WORDS, w, p0 + at, p1 + at, p2 + at);
    }
    v128.store(
      INNER_WORDS + 128,
      i64x2.replace_lane(i64x2.splat(load<u8>(p0, 63)), 1, load<u8>(p1, 63)),
    );
    store<u64>(INNER_WORDS + 256 + 64, load<u8>(p2, 63));
    single9(INNER_WORDS, INNER_LENGTH, d0, left > 1 ? d0 + 32 : DUMP, left > 2 ? d0 + 64 : DUMP);
  }
}

/** Message words at `m` of a block that holds `size` message bytes (1 … 128), zero-padded. */
// @ts-ignore: decorator
@inline
function loadBlock(m: usize, p0: usize, p1: usize, p2: usize, size: i32, capacity: i32, first: bool): void {
  const full = size >> 3;
  const rest = size & 7;
  if (size == 128) interleave(m, p0, p1, p2);
  else for (let w = 0; w < full; w++) {
    const at: usize = w << 3;
    loadPlainWord(m, w, p0 + at, p1 + at, p2 + at);
  }
  let w = full;
  if (rest > 0) {
    const at: usize = w << 3;
    loadWord(m, w, p0 + at, p1 + at, p2 + at, ((<u64>1) << (rest << 3)) - 1, 0);
    w++;
  }
  for (; w < capacity; w++) {
    v128.store(m + (w << 4), i64x2.splat(0));
    store<u64>(m + 256 + (w << 3), 0);
  }
  if (first) {
    // The first message byte is the leaf prefix 0x00; what lies there in memory is cleared.
    v128.store(m, v128.and(v128.load(m), i64x2.splat(~0xff)));
    store<u64>(m + 256, load<u64>(m + 256) & ~0xff);
  }
}

/**
 * Leaf hashes of `count` symbols of `size` bytes, symbol `i` at `src + stride · i`, digest to
 * `dst + 32 i`.
 */
export function hashLeaves(src: usize, stride: usize, count: i32, size: i32, dst: usize): void {
  const length = size + 1;
  if (length > 72) {
    for (let i = 0; i < count; i += 3 * BATCH) hashLong(src + stride * i, stride, min(3 * BATCH, count - i), length, dst + (i << 5));
    return;
  }
  for (let i = 0; i < count; i += 3) {
    const left = count - i;
    // Messages begin with the prefix, one byte before the symbol.
    const p0 = src + stride * i - 1;
    const p1 = left > 1 ? p0 + stride : p0;
    const p2 = left > 2 ? p0 + 2 * stride : p0;
    const d0 = dst + (i << 5);
    loadBlock(LEAF_WORDS, p0, p1, p2, length, 9, true);
    single9(LEAF_WORDS, length, d0, left > 1 ? d0 + 32 : DUMP, left > 2 ? d0 + 64 : DUMP);
  }
}

/** Message words of the next block of all messages, and then its compression. */
function nextBlock(src: usize, stride: usize, count: i32, at: i32, size: i32, length: i32): void {
  const isShort = size <= 72;
  const capacity = isShort ? 9 : 16;
  for (let i = 0, m = BATCH_WORDS; i < count; i += 3, m += 384) {
    const left = count - i;
    const p0 = src + stride * i - 1 + at;
    loadBlock(m, p0, left > 1 ? p0 + stride : p0, left > 2 ? p0 + 2 * stride : p0, size, capacity, at == 0);
  }
  const counter = at + size;
  const last: u64 = counter == length ? ~0 : 0;
  let m = BATCH_WORDS, h = BATCH_STATE;
  if (isShort) for (let i = 0; i < count; i += 3, m += 384, h += 192) block9(m, h, counter, last);
  else for (let i = 0; i < count; i += 3, m += 384, h += 192) block16(m, h, counter, last);
}

/**
 * Messages of more than 72 bytes, at most `3 · BATCH` of them, a block of all messages at a time: a
 * compression is as long as the instruction caches can take, and nothing else should run in between.
 */
function hashLong(src: usize, stride: usize, count: i32, length: i32, dst: usize): void {
  for (let i = 0, h = BATCH_STATE; i < count; i += 3, h += 192) initialState(h);
  for (let at = 0; at < length; at += 128) nextBlock(src, stride, count, at, min(128, length - at), length);
  for (let i = 0, h = BATCH_STATE; i < count; i += 3, h += 192) {
    const left = count - i;
    const d0 = dst + (i << 5);
    const d1 = left > 1 ? d0 + 32 : DUMP;
    const d2 = left > 2 ? d0 + 64 : DUMP;
    for (let w = 0; w < 4; w += 2) {
      const low = v128.load(h + (w << 4));
      const high = v128.load(h + ((w + 1) << 4));
      v128.store(d0 + (w << 3), i64x2.shuffle(low, high, 0, 2));
      v128.store(d1 + (w << 3), i64x2.shuffle(low, high, 1, 3));
      v128.store(d2 + (w << 3), v128.load(h + 128 + (w << 3)));
    }
  }
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
