/** Chance that can be repeated: streams of numbers derived from a seed and a label (sfc32, seeded with SHA-256). */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Uniform in [0, 1). Streams with different labels do not influence each other. */
export function seededRandom(seed: string, label: string): () => number {
  const words = new DataView(sha256(utf8ToBytes(`haulout simulation ${seed} ${label}`)).buffer);
  let [a, b, c, counter] = [words.getUint32(0), words.getUint32(4), words.getUint32(8), words.getUint32(12)];
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
}
