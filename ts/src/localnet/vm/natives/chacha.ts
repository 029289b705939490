/**
 * ChaCha with 12 rounds as a stream of bytes: the seeded generator that the unit-test natives of Sui use to
 * make key pairs (Bernstein, "ChaCha, a variant of Salsa20"; 64-bit counter and nonce, both starting at 0).
 */

function quarterRound(s: Uint32Array, a: number, b: number, c: number, d: number): void {
  const rotate = (x: number, n: number): number => (x << n) | (x >>> (32 - n));
  s[a] = s[a]! + s[b]!;
  s[d] = rotate(s[d]! ^ s[a]!, 16);
  s[c] = s[c]! + s[d]!;
  s[b] = rotate(s[b]! ^ s[c]!, 12);
  s[a] = s[a]! + s[b]!;
  s[d] = rotate(s[d]! ^ s[a]!, 8);
  s[c] = s[c]! + s[d]!;
  s[b] = rotate(s[b]! ^ s[c]!, 7);
}

/** 64 bytes of the stream. `key` has 32 bytes. */
export function chacha12Block(key: Uint8Array, counter: number): Uint8Array {
  const state = new Uint32Array(16);
  state.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  const keyView = new DataView(key.buffer, key.byteOffset, 32);
  for (let i = 0; i < 8; i++) state[4 + i] = keyView.getUint32(4 * i, true);
  state[12] = counter;
  const mixed = state.slice();
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 4; i++) quarterRound(mixed, i, 4 + i, 8 + i, 12 + i);
    for (let i = 0; i < 4; i++) quarterRound(mixed, i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
  }
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  mixed.forEach((word, i) => view.setUint32(4 * i, word + state[i]!, true));
  return bytes;
}

/** First 32-byte word of the stream that is a secret key. The seed is cut or padded with zeros to 32 bytes. */
export function seededSecretKey(seed: Uint8Array, isValid: (key: Uint8Array) => boolean): Uint8Array {
  const key = new Uint8Array(32);
  key.set(seed.subarray(0, 32));
  for (let counter = 0; ; counter++) {
    const block = chacha12Block(key, counter);
    for (const word of [block.slice(0, 32), block.slice(32)]) if (isValid(word)) return word;
  }
}
