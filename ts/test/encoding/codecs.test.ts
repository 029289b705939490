import { expect } from 'chai';
import fc from 'fast-check';

import {
  blobIdFromText,
  blobIdFromU256,
  blobIdToText,
  blobIdToU256,
  decodeBlobMetadata,
  decodeBlobMetadataWithId,
  decodeDecodingSymbol,
  decodeDecodingSymbolListing,
  decodeEitherDecodingSymbol,
  decodeGeneralRecoverySymbol,
  decodeGeneralRecoverySymbols,
  decodeInconsistencyProof,
  decodeMerkleProof,
  decodeRecoverySymbol,
  decodeSliver,
  decodeSliverData,
  decodeSliverPair,
  decodeSymbolId,
  encodeBlobMetadata,
  encodeBlobMetadataWithId,
  encodeDecodingSymbol,
  encodeDecodingSymbolListing,
  encodeEitherDecodingSymbol,
  encodeGeneralRecoverySymbol,
  encodeGeneralRecoverySymbols,
  encodeInconsistencyProof,
  encodeMerkleProof,
  encodeRecoverySymbol,
  encodeSliver,
  encodeSliverData,
  encodeSliverPair,
  encodeSymbolId,
  InvalidIdError,
  MalformedBytesError,
  pairOfShard,
  pairOfSliver,
  shardOfPair,
  shardOfSliver,
  sliverOfPair,
  symbolIdFromText,
  symbolIdToText,
} from '../../src/encoding/index.js';
import type { Axis } from '../../src/encoding/index.js';

const u16 = fc.integer({ min: 0, max: 0xffff });
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const node = fc.option(digest, { nil: null });
const proof = fc.array(node, { maxLength: 16 });
const data = fc.uint8Array({ maxLength: 300 });
const axis = fc.constantFrom<Axis>('primary', 'secondary');
const metadata = fc.record({
  encodingType: fc.constant('RS2' as const),
  unencodedLength: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  hashes: fc.array(fc.record({ primaryHash: node, secondaryHash: node }), { maxLength: 20 }),
});
const sliver = fc.record({ axis, index: u16, symbolSize: u16, data });
const decodingSymbol = fc.record({ index: u16, data });
const recoverySymbol = fc.record({ index: u16, data, proof });
const eitherSymbol = fc.record({ targetAxis: axis, index: u16, data });
const generalSymbol = fc.record({ targetAxis: axis, targetIndex: u16, index: u16, data, proof });

interface Codec<T> {
  readonly name: string;
  readonly values: fc.Arbitrary<T>;
  readonly encode: (value: T) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => T;
}

const codec = <T>(name: string, values: fc.Arbitrary<T>, encode: (value: T) => Uint8Array, decode: (bytes: Uint8Array) => T): Codec<unknown> =>
  ({ name, values, encode, decode }) as Codec<unknown>;

const CODECS = [
  codec('MerkleProof', proof, encodeMerkleProof, decodeMerkleProof),
  codec('BlobMetadata', metadata, encodeBlobMetadata, decodeBlobMetadata),
  codec('BlobMetadataWithId', fc.record({ blobId: digest, metadata }), encodeBlobMetadataWithId, decodeBlobMetadataWithId),
  codec('SliverData', sliver.map((s) => ({ ...s, axis: 'primary' as const })), encodeSliverData, (bytes) => decodeSliverData('primary', bytes)),
  codec('Sliver', sliver, encodeSliver, (bytes) => decodeSliver(bytes)),
  codec(
    'SliverPair',
    fc.tuple(sliver, sliver).map(([a, b]) => ({ primary: { ...a, axis: 'primary' as const }, secondary: { ...b, axis: 'secondary' as const } })),
    encodeSliverPair,
    (bytes) => decodeSliverPair(bytes),
  ),
  codec('DecodingSymbol', decodingSymbol, encodeDecodingSymbol, decodeDecodingSymbol),
  codec('RecoverySymbol', recoverySymbol, encodeRecoverySymbol, decodeRecoverySymbol),
  codec('EitherDecodingSymbol', eitherSymbol, encodeEitherDecodingSymbol, decodeEitherDecodingSymbol),
  codec('GeneralRecoverySymbol', generalSymbol, encodeGeneralRecoverySymbol, decodeGeneralRecoverySymbol),
  codec('GeneralRecoverySymbols', fc.array(generalSymbol, { maxLength: 4 }), encodeGeneralRecoverySymbols, decodeGeneralRecoverySymbols),
  codec(
    'decoding symbol listing',
    fc.uniqueArray(fc.tuple(u16, fc.array(eitherSymbol, { maxLength: 3 })), { selector: ([key]) => key, maxLength: 5 }).map((entries) => new Map(entries)),
    encodeDecodingSymbolListing,
    decodeDecodingSymbolListing,
  ),
  codec(
    'InconsistencyProof',
    fc.record({ targetAxis: fc.constant('secondary' as const), targetIndex: u16, symbols: fc.array(recoverySymbol, { maxLength: 4 }) }),
    encodeInconsistencyProof,
    (bytes) => decodeInconsistencyProof('secondary', bytes),
  ),
  codec('SymbolId', fc.record({ primaryIndex: u16, secondaryIndex: u16 }), encodeSymbolId, decodeSymbolId),
];

describe('encoding: wire layouts', () => {
  for (const { name, values, encode, decode } of CODECS) {
    it(`${name}: round trip, and nothing but the canonical bytes`, () => {
      fc.assert(
        fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, position, flip) => {
          const bytes = encode(value);
          const decoded = decode(bytes);
          expect(Buffer.compare(encode(decoded), bytes)).to.equal(0);
          expect(() => decode(bytes.subarray(0, bytes.length - 1))).to.throw(MalformedBytesError);
          expect(() => decode(Uint8Array.of(...bytes, 0))).to.throw(MalformedBytesError);
          // Whatever still parses after damage is again exactly what its value encodes to.
          const damaged = bytes.slice();
          damaged[position % bytes.length]! ^= flip;
          expectCanonical(damaged, encode, decode);
        }),
      );
    });

    it(`${name}: random bytes are refused or canonical`, () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectCanonical(bytes, encode, decode)), { numRuns: 300 });
    });
  }

  /** `decode` throws the typed error, or gives a value that encodes to the same bytes. */
  function expectCanonical(bytes: Uint8Array, encode: (value: unknown) => Uint8Array, decode: (bytes: Uint8Array) => unknown): void {
    let value: unknown;
    try {
      value = decode(bytes);
    } catch (error) {
      expect(error).to.be.instanceOf(MalformedBytesError);
      return;
    }
    expect(Buffer.compare(encode(value), bytes)).to.equal(0);
  }

  it('sizes of the specification', () => {
    const hashes = (count: number) => Array.from({ length: count }, () => ({ primaryHash: new Uint8Array(32), secondaryHash: new Uint8Array(32) }));
    const size = (count: number): number => encodeBlobMetadata({ encodingType: 'RS2', unencodedLength: 1n, hashes: hashes(count) }).length;
    expect([size(7), size(1000)]).to.deep.equal([473, 66_012]);
  });

  it('length claims are checked before anything is allocated', () => {
    const huge = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07);
    expect(() => decodeMerkleProof(huge)).to.throw(MalformedBytesError);
    expect(() => decodeSliverData('primary', huge)).to.throw(MalformedBytesError);
    expect(() => decodeGeneralRecoverySymbols(huge)).to.throw(MalformedBytesError);
    expect(() => decodeMerkleProof(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0x01))).to.throw(MalformedBytesError, 'too large');
    expect(() => decodeMerkleProof(Uint8Array.of(0x80, 0x00))).to.throw(MalformedBytesError, 'shortest');
    expect(() => decodeMerkleProof(Uint8Array.of(17, ...new Array<number>(17).fill(0)))).to.throw(MalformedBytesError, 'at most 16');
    expect(() => decodeSliverData('primary', encodeSliverData({ axis: 'primary', index: 0, symbolSize: 2, data: new Uint8Array(5) }), 4)).to.throw(MalformedBytesError, 'at most 4');
  });

  it('retired and unknown encodings are refused', () => {
    const bytes = encodeBlobMetadata({ encodingType: 'RS2', unencodedLength: 1n, hashes: [] });
    for (const [at, value] of [[0, 1], [1, 0], [1, 2]] as const) {
      const changed = bytes.slice();
      changed[at] = value;
      expect(() => decodeBlobMetadata(changed)).to.throw(MalformedBytesError);
    }
  });

  it('maps are ordered by little-endian keys', () => {
    const bytes = encodeDecodingSymbolListing(new Map([[0x0100, []], [0x0001, []]]));
    expect([...bytes]).to.deep.equal([2, 0x00, 0x01, 0, 0x01, 0x00, 0]);
    expect(() => decodeDecodingSymbolListing(Uint8Array.of(2, 1, 0, 0, 0, 1, 0))).to.throw(MalformedBytesError);
    expect(() => decodeDecodingSymbolListing(Uint8Array.of(2, 1, 0, 0, 1, 0, 0))).to.throw(MalformedBytesError);
  });
});

describe('encoding: IDs and shards', () => {
  it('blob IDs go to text and to u256 and back', () => {
    fc.assert(
      fc.property(digest, (id) => {
        const text = blobIdToText(id);
        expect(text).to.equal(Buffer.from(id).toString('base64url'));
        expect(blobIdFromText(text)).to.deep.equal(id);
        expect(blobIdFromU256(blobIdToU256(id))).to.deep.equal(id);
      }),
    );
  });

  it('refuses what is not a blob ID', () => {
    const text = '7nyXY0i8owh6jolCeHeRh0T3pfaXT8BLT3QNirKUsY4';
    for (const wrong of ['', text.slice(1), `${text}=`, text.replace('X', '+'), text.replace('X', 'é'), `${text.slice(0, -1)}5`]) {
      expect(() => blobIdFromText(wrong), wrong).to.throw(InvalidIdError);
    }
    expect(() => blobIdFromU256(-1n)).to.throw(InvalidIdError);
    expect(() => blobIdFromU256(2n ** 256n)).to.throw(InvalidIdError);
    expect(() => blobIdToText(new Uint8Array(31))).to.throw(RangeError);
  });

  it('symbol IDs', () => {
    expect(symbolIdToText({ primaryIndex: 3, secondaryIndex: 999 })).to.equal('3-999');
    expect(symbolIdFromText('3-999')).to.deep.equal({ primaryIndex: 3, secondaryIndex: 999 });
    for (const wrong of ['', '3', '3-', '-3', '03-1', '3-1-2', '3-65536', '3- 1', '1e3-1', '3-999999999']) {
      expect(() => symbolIdFromText(wrong), wrong).to.throw(InvalidIdError);
    }
  });

  it('pairs and shards are permutations of each other', () => {
    fc.assert(
      fc.property(digest, fc.integer({ min: 4, max: 1000 }), fc.nat(), (id, n, x) => {
        const pair = x % n;
        const shard = shardOfPair(pair, id, n);
        expect(pairOfShard(shard, id, n)).to.equal(pair);
        for (const side of ['primary', 'secondary'] as const) {
          const index = sliverOfPair(side, pair, n);
          expect(pairOfSliver(side, index, n)).to.equal(pair);
          expect(shardOfSliver({ axis: side, index }, id, n)).to.equal(shard);
        }
        expect(() => shardOfPair(n, id, n)).to.throw(RangeError);
        expect(() => pairOfShard(-1, id, n)).to.throw(RangeError);
      }),
    );
  });
});
