/**
 * What a streaming encode reads from and writes to. The encoding needs the blob in two orders (rows, then
 * columns), so it reads a source that can be read at any place, twice; a plain stream is spooled to a
 * scratch file first. Files are opened only by the functions here, and only in Node.js.
 */

import { MalformedBytesError } from './errors.js';
import type { Axis } from './types.js';

/** Bytes of known length that can be read at any place, more than once. */
export interface BlobSource {
  readonly sizeBytes: number;
  /**
   * Exactly the bytes `offset … offset + length − 1`, which lie within the source.
   * @param buffer `length` bytes that the result may be put into; saves taking memory for every read
   */
  read(offset: number, length: number, buffer?: Uint8Array): Promise<Uint8Array>;
}

/** A place for intermediate data (`p · f · q` bytes, about half the blob), written once, then read. */
export interface ScratchStore extends BlobSource {
  write(offset: number, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Part of the payload of one sliver. */
export interface SliverBlock {
  readonly axis: Axis;
  /** Sliver index. */
  readonly index: number;
  /** Offset of `data` in the payload. */
  readonly offset: number;
  /** Valid until the promise of the sink settles. */
  readonly data: Uint8Array;
}

/**
 * Takes blocks as they are made; the next ones are not made before the promise settles. Together the
 * blocks of a sliver are its payload, each byte once, offsets ascending.
 */
export type SliverBlockSink = (block: SliverBlock) => void | Promise<void>;

export interface StreamOptions {
  /** Where parity rows wait for the second pass; a temporary file by default (Node.js). */
  readonly scratch?: ScratchStore;
  /**
   * Memory to use, in bytes, 128 MiB by default. Out of it are paid the roots of row subtrees (up to `32 · n²`), what
   * each thread works on (a column of `n · q` bytes at least), and buffers; the rest holds a window of columns. Never
   * less is used than a window of one column needs, `(2 n − f) · q` bytes beside the others.
   */
  readonly memoryBytes?: number;
}

/** A blob that is in memory already. */
export function bytesSource(bytes: Uint8Array): BlobSource {
  return { sizeBytes: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Reads until `target` is full; `FileHandle.read` may give less than asked for. */
async function readFully(
  read: (buffer: Uint8Array, at: number, length: number, position: number) => Promise<{ bytesRead: number }>,
  offset: number,
  length: number,
  target: Uint8Array = new Uint8Array(length),
): Promise<Uint8Array> {
  for (let done = 0; done < length; ) {
    const { bytesRead } = await read(target, done, length - done, offset + done);
    if (bytesRead === 0) throw new MalformedBytesError('blob source', `ends before byte ${offset + length}`, offset + done);
    done += bytesRead;
  }
  return target;
}

/** A file (Node.js). It must not change while it is read; close the source when done. */
export async function fileSource(path: string): Promise<BlobSource & { close(): Promise<void> }> {
  const { open } = await import('node:fs/promises');
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return {
    sizeBytes: size,
    read: (offset, length, target) =>
      readFully((buffer, at, count, position) => file.read(buffer, at, count, position), offset, length, target),
    close: () => file.close(),
  };
}

/** A temporary file (Node.js), deleted when it is closed. */
export async function fileScratch(): Promise<ScratchStore> {
  const { mkdtemp, open, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const folder = await mkdtemp(join(tmpdir(), 'haulout-encoding-'));
  const file = await open(join(folder, 'scratch'), 'w+');
  let sizeBytes = 0;
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    read: (offset, length, target) =>
      readFully((buffer, at, count, position) => file.read(buffer, at, count, position), offset, length, target),
    async write(offset, bytes) {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
      sizeBytes = Math.max(sizeBytes, offset + bytes.length);
    },
    async close() {
      await file.close();
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * Copies a stream to scratch, because its length decides the symbol size and its rows are needed twice.
 * The caller closes `scratch`.
 */
export async function spool(stream: AsyncIterable<Uint8Array>, scratch: ScratchStore): Promise<BlobSource> {
  let sizeBytes = 0;
  for await (const chunk of stream) {
    await scratch.write(sizeBytes, chunk);
    sizeBytes += chunk.length;
  }
  return { sizeBytes, read: (offset, length, buffer) => scratch.read(offset, length, buffer) };
}
