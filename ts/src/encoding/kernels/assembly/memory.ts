/** Fixed scratch areas at the bottom of the memory, and copies of a few bytes. */

/**
 * Of the five messages that are hashed together, the first four lie in the lanes of two SIMD streams and the
 * last in a scalar stream. Areas of the streams begin 256 bytes apart; an item of the first two is 16 bytes.
 */

/** Addresses (u32) of message words in the order in which the twelve rounds take them: 768 bytes. */
export const PLACES: usize = 1024;
/** Message words, 16 bytes apart also in the scalar stream: 768 bytes. */
export const WORDS: usize = 2048;
/** Chaining values, 8 bytes apart in the scalar stream: 576 bytes. */
export const CHAIN: usize = 3072;
/** Rows of the working matrices that are not in registers: 640 bytes. */
export const WORK: usize = 4096;
/** Chaining values before the first block, and 768 bytes behind them the initialisation vector: 1344 bytes. */
export const INITIAL: usize = 5120;
/** Where digests of unused lanes go: 32 bytes. */
export const DUMP: usize = 6656;
/** Low and high bytes of the words of one transform point: 2 · 192 bytes. */
export const LOW_PLANE: usize = 6912;
export const HIGH_PLANE: usize = 7168;
/** First byte that callers may use. */
export const FREE: usize = 8192;

/** Copies exactly `size` bytes; regions must not overlap. Faster than `memory.copy` for short runs. */
// @ts-ignore: decorator
@inline
export function copyBytes(to: usize, from: usize, size: i32): void {
  if (size >= 16) {
    const last = size - 16;
    for (let i = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
    v128.store(to + last, v128.load(from + last));
  } else if (size >= 8) {
    const tail = load<u64>(from + size - 8);
    store<u64>(to, load<u64>(from));
    store<u64>(to + size - 8, tail);
  } else if (size >= 4) {
    const tail = load<u32>(from + size - 4);
    store<u32>(to, load<u32>(from));
    store<u32>(to + size - 4, tail);
  } else {
    for (let i = 0; i < size; i++) store<u8>(to + i, load<u8>(from + i));
  }
}
