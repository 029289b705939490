/** Fixed scratch areas at the bottom of the memory, and copies of a few bytes. */

/** Message words of three messages for single-block hashing of inner nodes: 384 bytes. */
export const INNER_WORDS: usize = 1024;
/** Message words for leaves: 384 bytes. */
export const LEAF_WORDS: usize = 1536;
/** Where digests of unused lanes go: 32 bytes. */
export const DUMP: usize = 2304;
/** Low and high bytes of the words of one transform point: 2 · 192 bytes. */
export const LOW_PLANE: usize = 2560;
export const HIGH_PLANE: usize = 2816;
/** Triples of messages that are hashed together. */
export const BATCH: i32 = 24;
/** Message words of a batch: 384 bytes per triple. */
export const BATCH_WORDS: usize = 4096;
/** Chaining states of a batch: 192 bytes per triple. */
export const BATCH_STATE: usize = 13312;
/** First byte that callers may use. */
export const FREE: usize = 20480;

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
