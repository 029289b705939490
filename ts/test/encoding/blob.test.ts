import { expect } from 'chai';
import fc from 'fast-check';

import {
  BlobEncoder,
  BlobTooLargeError,
  encodedSize,
  encodeSliverData,
  encodingParameters,
  InconsistentBlobError,
  InvalidMetadataError,
  InvalidShardCountError,
  InvalidSliverError,
  isShared,
  KernelEngine,
  NotEnoughSymbolsError,
  ReferenceEngine,
  storageUnits,
  symbolSizeFor,
} from '../../src/encoding/index.js';
import type { BlobMetadata, EncodedBlob, Sliver } from '../../src/encoding/index.js';
import { rejection } from './rejection.js';

const bytes = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 2654435761) >>> 23);

const ENGINES = [
  { name: 'reference', engine: new ReferenceEngine() },
  { name: 'kernels, one thread', engine: new KernelEngine({ threads: 1 }) },
  { name: 'kernels, two threads', engine: new KernelEngine({ threads: 2 }) },
];

describe('encoding: parameters', () => {
  it('table of the specification', () => {
    const table = [
      [4, 1, 2, 3, 393_204], [7, 2, 3, 5, 983_010], [10, 3, 4, 7, 1_834_952], [13, 4, 5, 9, 2_949_030],
      [31, 10, 11, 21, 15_138_354], [100, 33, 34, 67, 149_286_452], [300, 99, 102, 201, 1_343_578_068],
      [1000, 333, 334, 667, 14_599_533_452],
    ] as const;
    for (const [n, f, p, s, max] of table) {
      expect(encodingParameters(n)).to.deep.equal({
        shardCount: n, maxFaulty: f, primarySymbols: p, secondarySymbols: s, maxBlobSizeBytes: max,
      });
    }
  });

  it('encoded sizes of the specification', () => {
    const table = [
      [7, 0, 2, 3472n, 1n], [10, 0, 2, 6940n, 1n], [10, 2800, 100, 17_720n, 1n], [1000, 0, 2, 66_034_000n, 63n],
      [1000, 1_000_000, 6, 70_038_000n, 67n], [1000, 22_277_800, 100, 164_132_000n, 157n],
      [1000, 1_000_000_000, 4490, 4_558_522_000n, 4348n],
    ] as const;
    for (const [n, length, q, size, units] of table) {
      expect(symbolSizeFor(encodingParameters(n), length)).to.equal(q);
      expect(encodedSize(n, length)).to.equal(size);
      expect(encodedSize(n, BigInt(length))).to.equal(size);
      expect(storageUnits(size)).to.equal(units);
    }
  });

  it('refuses shard counts without a code', () => {
    for (const n of [-1, 0, 1, 3, 4.5, NaN, 65_536, 65_535]) {
      expect(() => new BlobEncoder(n), String(n)).to.throw(InvalidShardCountError);
    }
  });

  it('accepts the largest blob and refuses one byte more', () => {
    const parameters = encodingParameters(10);
    expect(symbolSizeFor(parameters, 1_834_952)).to.equal(65_534);
    expect(() => symbolSizeFor(parameters, 1_834_953)).to.throw(BlobTooLargeError);
    expect(() => symbolSizeFor(parameters, 2n ** 64n)).to.throw(BlobTooLargeError);
    expect(() => symbolSizeFor(parameters, -1)).to.throw(RangeError);
  });
});

for (const { name, engine } of ENGINES) {
  describe(`encoding: encode and decode (${name})`, () => {
    const small = fc.record({ shards: fc.integer({ min: 4, max: 40 }), length: fc.integer({ min: 0, max: 3000 }), seed: fc.nat() });

    it('agrees with the reference, and any k slivers of one axis decode', async () => {
      await fc.assert(
        fc.asyncProperty(small, fc.nat(), async ({ shards, length, seed }, start) => {
          const encoder = new BlobEncoder(shards, { engine });
          const blob = bytes(length, seed);
          const encoded = await encoder.encode(blob);
          const reference = await new BlobEncoder(shards, { engine: ENGINES[0]!.engine }).computeMetadata(blob);
          expect(encoded.blobId).to.deep.equal(reference.blobId);
          const { primarySymbols, secondarySymbols } = encoder.parameters;
          const rotate = (k: number): typeof encoded.slivers => Array.from({ length: k }, (_, x) => encoded.slivers[(start + 3 * x) % shards]!);
          const distinct = shards % 3 === 0 ? encoded.slivers : rotate(shards);
          const primary = distinct.slice(0, primarySymbols).map((pair) => pair.primary);
          const secondary = distinct.slice(0, secondarySymbols).map((pair) => pair.secondary);
          expect(await encoder.decode(encoded, primary)).to.deep.equal(blob);
          expect(await encoder.decode(encoded, secondary, { check: 'strict' })).to.deep.equal(blob);
          expect(await encoder.decode(encoded, primary, { check: 'skip' })).to.deep.equal(blob);
        }),
        { numRuns: name === 'reference' ? 10 : 40 },
      );
    });

    it('gives memory that is not shared, framed in place', async () => {
      const encoder = new BlobEncoder(100, { engine });
      const blob = bytes(500_000);
      const encoded = await encoder.encode(blob);
      for (const { primary, secondary } of encoded.slivers) {
        for (const sliver of [primary, secondary]) {
          expect(isShared(sliver.framed)).to.equal(false);
          expect(sliver.data.buffer).to.equal(sliver.framed.buffer);
          expect(Buffer.compare(encodeSliverData(sliver), sliver.framed)).to.equal(0);
        }
      }
      const parity = encoded.slivers.slice(-34).map((pair) => pair.primary);
      const decoded = await encoder.decode(encoded, parity);
      expect(isShared(decoded)).to.equal(false);
      expect(Buffer.compare(decoded, blob)).to.equal(0);
    });

    it('does not touch its input and accepts views and shared memory', async () => {
      const encoder = new BlobEncoder(10, { engine });
      const backing = bytes(5000);
      const copy = backing.slice();
      const view = backing.subarray(17, 4017);
      const shared = new Uint8Array(new SharedArrayBuffer(4000));
      shared.set(view);
      const fromView = await encoder.encode(view);
      expect(backing).to.deep.equal(copy);
      expect((await encoder.encode(shared)).blobId).to.deep.equal(fromView.blobId);
      expect((await encoder.computeMetadata(view.slice())).blobId).to.deep.equal(fromView.blobId);
    });
  });
}

describe('encoding: decoding against metadata', () => {
  const encoder = new BlobEncoder(10);
  const blob = bytes(1234);
  let encoded: EncodedBlob;
  const primaries = (from: number): Sliver[] => encoded.slivers.slice(from).map((pair) => pair.primary);

  before(async () => {
    encoded = await encoder.encode(blob);
  });

  it('ignores duplicates, surplus and slivers of the wrong shape', async () => {
    const [first, ...rest] = primaries(5);
    const wrong = [
      { ...first!, data: first!.data.subarray(2) },
      { ...first!, symbolSize: first!.symbolSize + 2 },
      { ...first!, index: 10 },
    ];
    expect(await encoder.decode(encoded, [...wrong, first!, first!, ...rest])).to.deep.equal(blob);
  });

  it('says how many slivers are missing', async () => {
    const error = await rejection(NotEnoughSymbolsError, encoder.decode(encoded, primaries(7)));
    expect(error).to.include({ what: 'slivers', available: 3, needed: 4 });
    await rejection(NotEnoughSymbolsError, encoder.decode(encoded, []));
  });

  it('detects one wrong byte in any sliver, by either check', async () => {
    for (let x = 0; x < 4; x++) {
      for (const check of ['default', 'strict'] as const) {
        const slivers = primaries(6).map((sliver, i) => (i === x ? { ...sliver, data: sliver.data.map((b, j) => (j === x * 31 ? b ^ 1 : b)) } : sliver));
        const error = await rejection(InconsistentBlobError, encoder.decode(encoded, slivers, { check }));
        expect(error.check).to.equal(check);
      }
    }
  });

  it('default check trusts verified rows, strict does not', async () => {
    // A writer whose last row has a nonzero padding byte: consistent slivers, but not of this blob.
    const parameters = encoder.parameters;
    const padded = new Uint8Array(parameters.primarySymbols * parameters.secondarySymbols * encoded.slivers[0]!.primary.symbolSize);
    padded.set(blob);
    padded[padded.length - 1] = 7;
    const full = await encoder.encode(padded);
    const metadata: BlobMetadata = { ...full.metadata, unencodedLength: BigInt(blob.length) };
    const value = { blobId: full.blobId, metadata };
    const slivers = full.slivers.slice(0, 4).map((pair) => pair.primary);
    expect(await encoder.decode(value, slivers, { sliversVerified: true })).to.deep.equal(blob);
    await rejection(InconsistentBlobError, encoder.decode(value, slivers));
    await rejection(InconsistentBlobError, encoder.decode(value, slivers, { check: 'strict' }));
  });

  it('verifies metadata', async () => {
    encoder.verifyMetadata(encoded);
    const { metadata, blobId } = encoded;
    const faulty = [
      { fault: 'shard count', value: { blobId, metadata: { ...metadata, hashes: metadata.hashes.slice(1) } } },
      { fault: 'length', value: { blobId, metadata: { ...metadata, unencodedLength: 1_834_953n } } },
      { fault: 'blob ID', value: { blobId, metadata: { ...metadata, unencodedLength: 1235n } } },
      { fault: 'blob ID', value: { blobId: blobId.map((b) => b ^ 1), metadata } },
      { fault: 'blob ID', value: { blobId, metadata: { ...metadata, hashes: [...metadata.hashes].reverse() } } },
    ];
    for (const { fault, value } of faulty) {
      expect(() => encoder.verifyMetadata(value)).to.throw(InvalidMetadataError).with.property('fault', fault);
    }
    await rejection(InvalidMetadataError, encoder.decode(faulty[0]!.value, primaries(0)));
  });

  it('verifies slivers, alone and in batches', async () => {
    const { primary, secondary } = encoded.slivers[3]!;
    await encoder.verifySliver(encoded.metadata, primary);
    await encoder.verifySliver(encoded.metadata, secondary);
    const faulty: { fault: string; sliver: Sliver }[] = [
      { fault: 'index', sliver: { ...primary, index: 10 } },
      { fault: 'length', sliver: { ...primary, data: primary.data.subarray(1) } },
      { fault: 'length', sliver: { ...primary, axis: 'secondary' } },
      { fault: 'symbol size', sliver: { ...primary, symbolSize: 2 } },
      { fault: 'root', sliver: { ...primary, index: 4 } },
      { fault: 'root', sliver: { ...secondary, data: secondary.data.map((b, i) => (i === 5 ? b ^ 128 : b)) } },
    ];
    for (const { fault, sliver } of faulty) {
      const error = await rejection(InvalidSliverError, encoder.verifySliver(encoded.metadata, sliver));
      expect(error.fault).to.equal(fault);
    }
    const all = [...faulty.map(({ sliver }) => sliver), ...encoded.slivers.flatMap((pair) => [pair.primary, pair.secondary])];
    const faults = await encoder.sliverFaults(encoded.metadata, all);
    expect(faults.map((error) => error?.fault)).to.deep.equal([...faulty.map(({ fault }) => fault), ...new Array(20).fill(undefined)]);
  });

  it('one flipped bit anywhere in any sliver is found', async () => {
    const small = new BlobEncoder(4);
    const { metadata, slivers } = await small.encode(bytes(20));
    for (const { primary, secondary } of slivers) {
      for (const sliver of [primary, secondary]) {
        const flipped = Array.from({ length: 8 * sliver.data.length }, (_, bit) => ({
          ...sliver,
          data: sliver.data.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
        }));
        const faults = await small.sliverFaults(metadata, flipped);
        expect(faults.every((error) => error?.fault === 'root')).to.equal(true);
      }
    }
  });
});
