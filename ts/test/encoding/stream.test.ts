import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import {
  BlobEncoder,
  bytesSource,
  fileScratch,
  fileSource,
  KernelEngine,
  MalformedBytesError,
  ReferenceEngine,
  spool,
} from '../../src/encoding/index.js';
import type { EncodedBlob, SliverBlock } from '../../src/encoding/index.js';
import { Random } from './differential.js';
import { rejection } from './rejection.js';

/** A sink that puts slivers together and insists on ascending, gapless offsets. */
function collector(): { sink: (block: SliverBlock) => Promise<void>; payload: (axis: string, index: number) => Buffer } {
  const parts = new Map<string, Uint8Array[]>();
  return {
    sink: async ({ axis, index, offset, data }) => {
      const key = `${axis} ${index}`;
      const list = parts.get(key) ?? [];
      expect(offset).to.equal(list.reduce((sum, part) => sum + part.length, 0));
      list.push(data.slice());
      parts.set(key, list);
    },
    payload: (axis, index) => Buffer.concat(parts.get(`${axis} ${index}`) ?? []),
  };
}

function expectSame(encoded: EncodedBlob, payload: (axis: string, index: number) => Buffer): void {
  for (const pair of encoded.slivers) {
    for (const sliver of [pair.primary, pair.secondary]) {
      expect(Buffer.compare(payload(sliver.axis, sliver.index), sliver.data), `${sliver.axis} ${sliver.index}`).to.equal(0);
    }
  }
}

describe('encoding: streaming', () => {
  const engines = [new KernelEngine({ threads: 1 }), new KernelEngine({ threads: 2 }), new ReferenceEngine()];

  it('gives the same slivers and metadata as encoding at once, whatever the memory', async () => {
    const random = new Random(5);
    for (const [shards, length] of [[4, 0], [4, 1], [7, 983], [10, 100_000], [31, 77_777], [100, 300_001]] as const) {
      const blob = random.bytes(length);
      const encoded = await new BlobEncoder(shards).encode(blob);
      for (const engine of shards === 100 ? engines.slice(0, 2) : engines) {
        for (const memoryBytes of [1, 8_000_000, 128 << 20]) {
          const { sink, payload } = collector();
          const result = await new BlobEncoder(shards, { engine }).encodeStream(bytesSource(blob), sink, { memoryBytes });
          expect(result.blobId).to.deep.equal(encoded.blobId);
          expect(result.metadata).to.deep.equal(encoded.metadata);
          expectSame(encoded, payload);
        }
      }
    }
  });

  it('from a file and from a stream', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'haulout-test-'));
    const blob = new Random(6).bytes(60_000);
    const path = join(folder, 'blob');
    await writeFile(path, blob);
    const encoder = new BlobEncoder(13);
    const encoded = await encoder.encode(blob);

    const file = await fileSource(path);
    const fromFile = collector();
    expect((await encoder.encodeStream(file, fromFile.sink)).blobId).to.deep.equal(encoded.blobId);
    expectSame(encoded, fromFile.payload);
    await rejection(MalformedBytesError, file.read(59_999, 2));
    await file.close();

    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < blob.length; at += 7001) yield blob.subarray(at, at + 7001);
    }
    const scratch = await fileScratch();
    const fromStream = collector();
    const source = await spool(chunks(), scratch);
    expect((await encoder.encodeStream(source, fromStream.sink)).blobId).to.deep.equal(encoded.blobId);
    expectSame(encoded, fromStream.payload);
    await scratch.close();
    await rm(folder, { recursive: true });
  });

  it('passes on failures of source and sink, and rejects memory that is no size', async () => {
    const encoder = new BlobEncoder(10);
    const failing = (): never => {
      throw new TypeError('disk full');
    };
    await rejection(TypeError, encoder.encodeStream(bytesSource(new Uint8Array(1000)), failing));
    const source = { sizeBytes: 1000, read: async () => failing() };
    await rejection(TypeError, encoder.encodeStream(source, () => undefined));
    for (const memoryBytes of [0, -1, Number.NaN]) {
      await rejection(RangeError, encoder.encodeStream(bytesSource(new Uint8Array(1)), () => undefined, { memoryBytes }));
    }
  });
});
