import { createHash } from 'node:crypto';

import { expect } from 'chai';

import {
  BlobEncoder,
  blobIdFromText,
  blobIdToText,
  blobIdToU256,
  bytesToU256,
  encodeBlobMetadata,
  encodeBlobMetadataWithId,
  pairOfShard,
  rotationOffset,
  shardOfPair,
  verifyProof,
} from '../../src/encoding/index.js';
import type { EncodedBlob } from '../../src/encoding/index.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Specification §12.1: seven shards, the bytes 01 02 … 1e. */
describe('encoding: the written-out example', () => {
  const encoder = new BlobEncoder(7);
  let encoded: EncodedBlob;

  before(async () => {
    encoded = await encoder.encode(Uint8Array.from({ length: 30 }, (_, i) => i + 1));
  });

  it('slivers', () => {
    const primary = encoded.slivers.map((pair) => hex(pair.primary.data));
    expect(primary).to.deep.equal([
      '0102030405060708090a', '0b0c0d0e0f1011121314', '15161718191a1b1c1d1e', '41a93baa8951ab5b8d59',
      'e085778fef421a499d47', 'c2ca72cade45414c9d4d', '7cfe27fdab5afd588a53',
    ]);
    const secondary = encoded.slivers.map((pair) => hex(pair.secondary.data)).reverse();
    expect(secondary).to.deep.equal([
      '01020b0c1516', '03040d0e1718', '05060f10191a', '070811121b1c', '090a13141d1e', 'e50d8b6be773', 'ec0f807ffa65',
    ]);
  });

  it('framed slivers', () => {
    expect(hex(encoded.slivers[0]!.primary.framed)).to.equal('0a0102030405060708090a02000000');
    expect(hex(encoded.slivers[6]!.primary.framed)).to.equal('0a7cfe27fdab5afd588a5302000600');
    expect(hex(encoded.slivers[0]!.secondary.framed)).to.equal('06ec0f807ffa6502000600');
  });

  it('sliver hashes', () => {
    const { hashes } = encoded.metadata;
    expect(hex(hashes[0]!.primaryHash!)).to.equal('acb20cd04418787c23f84ccd0a3dcfcd1dd5f4c0ebc282e8a1a4423442d9447b');
    expect(hex(hashes[0]!.secondaryHash!)).to.equal('a5350a37e7474b3c530e10d79125b9f504f8fd1c2c1223fa3102625aee541a4b');
    expect(hex(hashes[6]!.primaryHash!)).to.equal('abbfea10012bb29d20ea8841979c0e200e4994ee1cdae5838cbe7cbf25dd7cb5');
    expect(hex(hashes[6]!.secondaryHash!)).to.equal('6278332bdc72764bf620a5b30f835dd0740087edd9d973391d33ca74fa07a03d');
  });

  it('blob ID in all its forms', () => {
    expect(hex(encoded.rootHash)).to.equal('10e6aa20b4d805eceae5c6ba01440601699d675b14d0ed0341e930a80012c31f');
    expect(bytesToU256(encoded.rootHash)).to.equal(
      14366357732859871093667690514722415481905164692066456775664531613929590941200n,
    );
    expect(blobIdToText(encoded.blobId)).to.equal('7nyXY0i8owh6jolCeHeRh0T3pfaXT8BLT3QNirKUsY4');
    expect(blobIdToU256(encoded.blobId)).to.equal(
      64542182701158063974236469396637238440855013251704581034428355659274575641838n,
    );
    expect(blobIdFromText('7nyXY0i8owh6jolCeHeRh0T3pfaXT8BLT3QNirKUsY4')).to.deep.equal(encoded.blobId);
  });

  it('rotation', () => {
    expect(rotationOffset(encoded.blobId, 7)).to.equal(4);
    expect(rotationOffset(encoded.blobId, 1000)).to.equal(38);
    expect(shardOfPair(0, encoded.blobId, 7)).to.equal(4);
    expect(pairOfShard(0, encoded.blobId, 7)).to.equal(3);
  });

  it('metadata on the wire', () => {
    const bytes = encodeBlobMetadata(encoded.metadata);
    expect(bytes.length).to.equal(473);
    expect(sha256(bytes)).to.equal('50c3e560e5096c24225698ebdfb898e9dfbaa9df21560f2617d0f6a0b32d30b4');
    const withId = encodeBlobMetadataWithId(encoded);
    expect(withId.length).to.equal(505);
    expect(sha256(withId)).to.equal('99bf4f015f44f8869f7b3665be5e699ca90a949ab4f7ced54c98d43717f94e13');
  });

  it('expansion and recovery symbol with proof', async () => {
    const source = encoded.slivers[0]!.secondary;
    expect(hex(await encoder.expandSliver(source))).to.equal('ec0f807ffa65f94c5b19305e041e');
    const symbol = await encoder.recoverySymbol(source, 4);
    expect(symbol).to.include({ targetAxis: 'primary', targetIndex: 4, index: 6 });
    expect(hex(symbol.data)).to.equal('5b19');
    expect(symbol.proof.map((node) => hex(node!))).to.deep.equal([
      '1e4d356edfe791de8786ecc25b6c8733edbd5011e9ab69957290461c126965aa',
      'b234071ebc2aa598c42b4d2778006daa4591e4a4d18fd81dbde0ba260df7765d',
      '3d0ed8f7bfeac2549281003a0fdc4f6db451025bd6fafdf1cf6b2c9f7cfddb84',
    ]);
    const root = encoded.metadata.hashes[0]!.secondaryHash;
    expect(verifyProof(root, 7, symbol.data, 4, symbol.proof)).to.equal(true);
  });
});
