import { createHash } from 'node:crypto';

import { expect } from 'chai';
import fc from 'fast-check';

import {
  BlobEncoder,
  blobIdToText,
  buildQuilt,
  encodingParameters,
  InvalidIdError,
  InvalidQuiltInputError,
  MalformedBytesError,
  quiltPatchIdFromText,
  quiltPatchIdToText,
  QuiltPatchNotFoundError,
  QuiltReader,
} from '../../src/encoding/index.js';
import type { QuiltFile } from '../../src/encoding/index.js';
import { generatedBlob } from './blob-vectors.js';
import { rejection } from './rejection.js';

const SET_A: QuiltFile[] = [
  { identifier: 'c.bin', content: generatedBlob(100), tags: new Map([['k', 'v']]) },
  { identifier: 'a.txt', content: generatedBlob(10) },
  { identifier: 'b.txt', content: generatedBlob(0) },
];
const SET_B: QuiltFile[] = [
  { identifier: 'z', content: generatedBlob(5000), tags: new Map([['aaa', '3'], ['bb', '1'], ['a', '2']]) },
  { identifier: 'M', content: generatedBlob(1) },
  { identifier: 'img/1.png', content: generatedBlob(12345) },
];

/** Specification §12.3. */
const QUILTS = [
  { name: 'A', files: SET_A, shards: 7, q: 22, size: 330, sha256: '59f8f285906c9b672f9f138bf829792deb0825f04ef12c97936f4480ad8921fd', blobId: 'G_7_NNEO0J9SjJhas3bUcn-3diilUKkkKyPl9vKeiCc' },
  { name: 'A', files: SET_A, shards: 10, q: 10, size: 280, sha256: 'cd92905b4e888bb9e27abaf74bec69fa2d43a1db1d4fa95e606cd519a747cde2', blobId: '1sJQ0hiYCrR4Xc-aEamg9n2thgKCW71pC2zHYGeSw4E' },
  { name: 'A', files: SET_A, shards: 1000, q: 2, size: 445556, sha256: 'b1ed699a4a2766bea811d9c475db7104576b272e09a5de114faf3d5ad893aae9', blobId: 'psZcnJsHh4UP4cyo_4B7n4s3JysQzHyK-QljnV54WJ0' },
  { name: 'B', files: SET_B, shards: 10, q: 1032, size: 28896, sha256: '407fb0708cd164f360f60e4600be659cd39a4018fb1b6892f2f6bd804921f264', blobId: '2zC5a4ZBfOJtK5GakVcZT7RjjKFFYWzoFuFtlZ0djB8' },
  { name: 'B', files: SET_B, shards: 1000, q: 2, size: 445556, sha256: '564e90fc97ef141739467c2da09208c873b1015e9868d2011bb9ada2a890de4a', blobId: 'D-C3h3eDhVQlqwhAphx8OfZfRNsIRJhHSGii8wXbvdU' },
];

const PATCHES = [
  { files: SET_A, shards: 7, ids: ['G_7_NNEO0J9SjJhas3bUcn-3diilUKkkKyPl9vKeiCcBAQACAA', 'G_7_NNEO0J9SjJhas3bUcn-3diilUKkkKyPl9vKeiCcBAgADAA', 'G_7_NNEO0J9SjJhas3bUcn-3diilUKkkKyPl9vKeiCcBAwAFAA'] },
  { files: SET_B, shards: 1000, ids: ['D-C3h3eDhVQlqwhAphx8OfZfRNsIRJhHSGii8wXbvdUBAQACAA', 'D-C3h3eDhVQlqwhAphx8OfZfRNsIRJhHSGii8wXbvdUBAgAVAA', 'D-C3h3eDhVQlqwhAphx8OfZfRNsIRJhHSGii8wXbvdUBFQAdAA'] },
];

describe('encoding: quilts of the specification', () => {
  for (const { name, files, shards, q, size, sha256, blobId } of QUILTS) {
    it(`set ${name} at ${shards} shards`, async () => {
      const quilt = buildQuilt(shards, files);
      expect(quilt.symbolSize).to.equal(q);
      expect(quilt.blob.length).to.equal(size);
      expect(createHash('sha256').update(quilt.blob).digest('hex')).to.equal(sha256);
      const computed = await new BlobEncoder(shards).computeMetadata(quilt.blob);
      expect(blobIdToText(computed.blobId)).to.equal(blobId);
    });
  }

  for (const { files, shards, ids } of PATCHES) {
    it(`patch IDs at ${shards} shards`, async () => {
      const quilt = buildQuilt(shards, files);
      const { blobId } = await new BlobEncoder(shards).computeMetadata(quilt.blob);
      const texts = quilt.patches.map((patch) => quiltPatchIdToText({ blobId, ...patch }));
      expect(texts).to.deep.equal(ids);
      for (const [i, text] of texts.entries()) {
        const { startColumn, endColumn } = quilt.patches[i]!;
        expect(quiltPatchIdFromText(text)).to.deep.equal({ blobId, startColumn, endColumn });
      }
    });
  }

  it('columns of set A at 7 shards', async () => {
    const { slivers } = await new BlobEncoder(7).encode(buildQuilt(7, SET_A).blob);
    const column = (c: number): string => Buffer.from(slivers[6 - c]!.secondary.data).toString('hex').replace(/(00)+$/, '');
    expect(column(0)).to.equal(
      '012000000003020005612e74787400030005622e74787400050005632e62696e01016b0176',
    );
    expect(column(1)).to.equal('011200000000060005612e7478740726456483a2c1e0ff1e');
    expect(column(2)).to.equal('010800000000060005622e747874');
    expect(column(3).startsWith('017300000001060005632e62696e050001016b01760726456483a2')).to.equal(true);
  });
});

describe('encoding: reading quilts', () => {
  it('one file from its columns alone', async () => {
    const { slivers } = await new BlobEncoder(10).encode(buildQuilt(10, SET_B).blob);
    const touched: number[] = [];
    const reader = new QuiltReader(10, 1032, (column) => {
      touched.push(column);
      return slivers[9 - column]!.secondary.data;
    });
    const patch = (await reader.patches()).find(({ identifier }) => identifier === 'img/1.png')!;
    expect(touched).to.deep.equal([0]);
    const file = await reader.readColumns(patch.startColumn, patch.endColumn);
    expect(touched).to.deep.equal([0, ...Array.from({ length: patch.endColumn - patch.startColumn }, (_, i) => patch.startColumn + i)]);
    expect(file.content).to.deep.equal(generatedBlob(12345));
    expect((await reader.patchesWithTag('bb', '1')).map(({ identifier }) => identifier)).to.deep.equal(['z']);
    await rejection(QuiltPatchNotFoundError, reader.read('nothing'));
  });

  it('gives back whatever was put in', async () => {
    const identifier = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((s) => !/[\p{Cc}\p{Surrogate}]|\p{White_Space}$/u.test(s));
    const file = fc.record({
      identifier,
      content: fc.uint8Array({ maxLength: 600 }),
      tags: fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 3 }).map((entries) => new Map(entries)),
    });
    const files = fc.uniqueArray(file, { maxLength: 6, selector: (f) => f.identifier });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(10, 13, 31), files, async (shards, list) => {
        const quilt = buildQuilt(shards, list);
        const reader = QuiltReader.ofBlob(shards, quilt.blob);
        expect(await reader.patches()).to.deep.equal(quilt.patches);
        for (const { identifier: name, content, tags } of list) {
          expect(await reader.read(name)).to.deep.equal({ identifier: name, content, tags });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('sorts identifiers by UTF-8 bytes', () => {
    const files = ['\u{1F600}', '\uE000', 'b', 'a'].map((identifier) => ({ identifier, content: new Uint8Array(1) }));
    expect(buildQuilt(10, files).patches.map(({ identifier }) => identifier)).to.deep.equal(['a', 'b', '\uE000', '\u{1F600}']);
  });

  it('refuses files that do not fit the format', () => {
    const file = (identifier: string): QuiltFile => ({ identifier, content: new Uint8Array(3) });
    for (const name of ['', 'a ', 'a\u2003', 'a\nb', '\u0085', '\ud800', 'x'.repeat(70_000)]) {
      expect(() => buildQuilt(100, [file(name)]), JSON.stringify(name.slice(0, 5))).to.throw(InvalidQuiltInputError);
    }
    expect(() => buildQuilt(10, [file('a'), file('a')])).to.throw(InvalidQuiltInputError);
    expect(() => buildQuilt(10, Array.from({ length: 7 }, (_, i) => file(`${i}`)))).to.throw(InvalidQuiltInputError);
    expect(() => buildQuilt(4, [{ identifier: 'a', content: new Uint8Array(400_000) }])).to.throw(InvalidQuiltInputError);
    expect(() => buildQuilt(10, [{ ...file('a'), tags: new Map([['k', 'x'.repeat(70_000)]]) }])).to.throw(InvalidQuiltInputError);
    expect(buildQuilt(10, [file('_a'), file('-'), file('.')]).patches.length).to.equal(3);
  });

  it('survives damaged quilts', async () => {
    const { blob } = buildQuilt(10, SET_B);
    const { primarySymbols, secondarySymbols } = encodingParameters(10);
    expect(() => QuiltReader.ofBlob(10, blob.subarray(1))).to.throw(MalformedBytesError);
    expect(() => QuiltReader.ofBlob(10, blob.subarray(0, primarySymbols * secondarySymbols))).to.throw(MalformedBytesError);
    let readable = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(700), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = blob.slice();
        damaged[(at % 100) + 1032 * Math.floor(at / 100)]! ^= flip;
        const reader = QuiltReader.ofBlob(10, damaged);
        try {
          for (const { startColumn, endColumn } of await reader.patches()) await reader.readColumns(startColumn, endColumn);
          readable++;
        } catch (error) {
          expect(error).to.be.instanceOf(MalformedBytesError);
        }
      }),
      { numRuns: 500 },
    );
    expect(readable).to.be.lessThan(500);
    const random = QuiltReader.ofBlob(10, new Uint8Array(blob.length).fill(255));
    await rejection(MalformedBytesError, random.patches());
    await rejection(MalformedBytesError, random.readColumns(1, 2));
    await rejection(MalformedBytesError, random.readColumns(0, 2));
    await rejection(MalformedBytesError, random.readColumns(6, 9));
  });

  it('refuses texts that are not patch IDs', () => {
    const valid = PATCHES[0]!.ids[0]!;
    for (const text of ['', valid.slice(1), `${valid}A`, valid.replace('BAQ', 'CAQ'), `${valid.slice(0, -2)}+A`, `${valid.slice(0, 43)}BAgACAA`.slice(0, 50)]) {
      expect(() => quiltPatchIdFromText(text), text).to.throw(InvalidIdError);
    }
  });
});
