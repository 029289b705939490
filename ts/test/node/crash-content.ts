/** Content of blob `number`, the same for the node that is killed and for the one that looks afterwards. */
export function contentOf(number: number, sizeBytes: number): Uint8Array {
  let state = number + 1;
  return Uint8Array.from({ length: sizeBytes }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24);
}
