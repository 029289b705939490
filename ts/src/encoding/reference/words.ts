/**
 * Symbols as vectors of 16-bit words (encoding specification §3.2). Blocks of 64 bytes hold 32 low bytes
 * and then their 32 high bytes; a last, shorter block is split in the middle the same way.
 */

const BLOCK_SIZE = 64;

/** Writes the words of a symbol to `words[at …]`. */
export function symbolToWords(symbol: Uint8Array, words: Uint16Array, at: number): void {
  for (let start = 0; start < symbol.length; start += BLOCK_SIZE) {
    const half = Math.min(BLOCK_SIZE, symbol.length - start) / 2;
    for (let i = 0; i < half; i++) words[at++] = symbol[start + i]! | (symbol[start + half + i]! << 8);
  }
}

/** Inverse of `symbolToWords`: fills `symbol` from `words[at …]`. */
export function wordsToSymbol(words: Uint16Array, at: number, symbol: Uint8Array): void {
  for (let start = 0; start < symbol.length; start += BLOCK_SIZE) {
    const half = Math.min(BLOCK_SIZE, symbol.length - start) / 2;
    for (let i = 0; i < half; i++) {
      const word = words[at++]!;
      symbol[start + i] = word & 0xff;
      symbol[start + half + i] = word >>> 8;
    }
  }
}

/** Words of a run of `symbolSize`-byte symbols, symbol after symbol. */
export function bytesToWords(bytes: Uint8Array, symbolSize: number): Uint16Array {
  const words = new Uint16Array(bytes.length / 2);
  for (let at = 0; at < bytes.length; at += symbolSize) {
    symbolToWords(bytes.subarray(at, at + symbolSize), words, at / 2);
  }
  return words;
}

/** Inverse of `bytesToWords`, into `bytes`. */
export function wordsToBytes(words: Uint16Array, symbolSize: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += symbolSize) {
    wordsToSymbol(words, at / 2, bytes.subarray(at, at + symbolSize));
  }
}
