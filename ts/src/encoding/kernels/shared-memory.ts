/**
 * Memory that threads share. A page of fresh memory costs as much as copying it several times, so buffers
 * are kept and used again. The engine borrows an arena per job; the pool (`pool.ts`) lets them go when no
 * job has come for a while.
 */

/** Alignment of what is allocated. */
const ALIGNMENT = 64;
/** Smallest buffer, in bytes. */
const CHUNK_BYTES = 4 << 20;
/** Bytes copied at a time where addresses do not match. */
const STAGE_BYTES = 16384;

interface Chunk {
  readonly buffer: SharedArrayBuffer;
  used: number;
}

/** Buffers from which one job at a time takes its memory. */
export class SharedArena {
  private chunks: Chunk[] = [];

  /** `size` bytes whose address is `skew` modulo 8 (modulo 64 if `skew` is 0). Contents are undefined. */
  allocate(size: number, skew = 0): Uint8Array {
    const needed = size + ALIGNMENT;
    // The smallest rest that fits, so that small allocations leave the large buffers to large ones.
    const restOf = ({ buffer, used }: Chunk): number => buffer.byteLength - used;
    const fitting = this.chunks.filter((candidate) => restOf(candidate) >= needed);
    let chunk = fitting.sort((a, b) => restOf(a) - restOf(b))[0];
    if (chunk === undefined) {
      chunk = { buffer: new SharedArrayBuffer(Math.max(CHUNK_BYTES, needed)), used: 0 };
      this.chunks.push(chunk);
    }
    const at = chunk.used + (skew & 7);
    chunk.used += Math.ceil(needed / ALIGNMENT) * ALIGNMENT;
    return new Uint8Array(chunk.buffer, at, size);
  }

  /** Takes all memory back for the next job; buffers that the last job did not need are dropped. */
  reset(): void {
    this.chunks = this.chunks.filter(({ used }) => used > 0);
    for (const chunk of this.chunks) chunk.used = 0;
  }

  /** Bytes of all buffers. */
  get sizeBytes(): number {
    return this.chunks.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  }
}

let stage: Uint8Array | undefined;

/**
 * `target.set(source, at)`, fast where one of the two is shared: engines copy shared memory byte by byte
 * unless both addresses are equal modulo 8, so otherwise a piece at a time goes through a place that
 * matches the shared one.
 */
export function copyShared(target: Uint8Array, at: number, source: Uint8Array, sharedIsTarget: boolean): void {
  const to = (target.byteOffset + at) & 7;
  const from = source.byteOffset & 7;
  if (to === from || source.length < ALIGNMENT) {
    target.set(source, at);
    return;
  }
  stage ??= new Uint8Array(STAGE_BYTES + 8);
  const skew = sharedIsTarget ? to : from;
  for (let done = 0; done < source.length; done += STAGE_BYTES) {
    const piece = source.subarray(done, done + STAGE_BYTES);
    stage.set(piece, skew);
    target.set(stage.subarray(skew, skew + piece.length), at + done);
  }
}
