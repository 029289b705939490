/**
 * Wire layouts (encoding specification §6). `encodeX` gives BCS bytes; `decodeX` accepts exactly those
 * bytes and throws `MalformedBytesError` for anything else. Decoded byte fields are views into the
 * input. Decoders check layout and limits only; whether a value fits a blob is checked by `BlobEncoder`.
 */

import { BcsWriter, compareBytes, decodeBcs, ulebSize } from './bcs.js';
import type { BcsReader } from './bcs.js';
import { InvalidIdError, MalformedBytesError } from './errors.js';
import { DIGEST_SIZE } from './hash.js';
import { ENCODING_TYPE_RS2 } from './parameters.js';
import type {
  Axis,
  BlobMetadata,
  BlobMetadataWithId,
  DecodingSymbol,
  EitherDecodingSymbol,
  GeneralRecoverySymbol,
  InconsistencyProof,
  MerkleNode,
  MerklePath,
  RecoverySymbol,
  Sliver,
  SliverPair,
  SliverPairMetadata,
} from './types.js';

/** Largest number of shards, and so of metadata entries and symbols, that u16 indices can name. */
const MAX_ENTRIES = 65536;
/** No tree over u16 indices is higher. */
const MAX_PROOF_LENGTH = 16;
const MAX_SYMBOL_BYTES = 65534;

const AXES: readonly Axis[] = ['primary', 'secondary'];

// ---------------------------------------------------------------- Merkle nodes and proofs

function writeNode(writer: BcsWriter, node: MerkleNode): void {
  if (node === null) writer.u8(0);
  else if (node.length === DIGEST_SIZE) writer.u8(1).fixed(node);
  else throw new RangeError(`digest must have 32 bytes, got ${node.length}`);
}

function readNode(reader: BcsReader): MerkleNode {
  return reader.variant(2) === 0 ? null : reader.fixed(DIGEST_SIZE);
}

function writePath(writer: BcsWriter, path: MerklePath): void {
  writer.vector(path, writeNode);
}

function readPath(reader: BcsReader): MerkleNode[] {
  return reader.vector(1, readNode, MAX_PROOF_LENGTH);
}

/** `MerkleProof`. */
export function encodeMerkleProof(path: MerklePath): Uint8Array {
  const writer = new BcsWriter(1 + 33 * path.length);
  writePath(writer, path);
  return writer.toBytes();
}

/** Inverse of `encodeMerkleProof`; at most 16 nodes. */
export function decodeMerkleProof(bytes: Uint8Array): MerkleNode[] {
  return decodeBcs('Merkle proof', bytes, readPath);
}

// ---------------------------------------------------------------- metadata

function writePairMetadata(writer: BcsWriter, pair: SliverPairMetadata): void {
  writeNode(writer, pair.primaryHash);
  writeNode(writer, pair.secondaryHash);
}

function readPairMetadata(reader: BcsReader): SliverPairMetadata {
  const primaryHash = readNode(reader);
  return { primaryHash, secondaryHash: readNode(reader) };
}

function writeMetadata(writer: BcsWriter, metadata: BlobMetadata): void {
  writer.u8(0).u8(ENCODING_TYPE_RS2).u64(metadata.unencodedLength);
  writer.vector(metadata.hashes, writePairMetadata);
}

function readMetadata(reader: BcsReader): BlobMetadata {
  reader.variant(1);
  const encodingType = reader.variant(2);
  if (encodingType !== ENCODING_TYPE_RS2) throw reader.fault(`encoding type ${encodingType} is retired`);
  const unencodedLength = reader.u64();
  const hashes = reader.vector(2, readPairMetadata, MAX_ENTRIES);
  return { encodingType: 'RS2', unencodedLength, hashes };
}

/** `BlobMetadata` without ID, as nodes receive it: 473 bytes for 7 shards, 66 012 for 1000. */
export function encodeBlobMetadata(metadata: BlobMetadata): Uint8Array {
  const writer = new BcsWriter(16 + 66 * metadata.hashes.length);
  writeMetadata(writer, metadata);
  return writer.toBytes();
}

/** Inverse of `encodeBlobMetadata`. */
export function decodeBlobMetadata(bytes: Uint8Array): BlobMetadata {
  return decodeBcs('blob metadata', bytes, readMetadata);
}

/** `BlobMetadataWithId`, as nodes return it. */
export function encodeBlobMetadataWithId(value: BlobMetadataWithId): Uint8Array {
  if (value.blobId.length !== DIGEST_SIZE) throw new RangeError('blob ID must have 32 bytes');
  const writer = new BcsWriter(48 + 66 * value.metadata.hashes.length);
  writer.fixed(value.blobId);
  writeMetadata(writer, value.metadata);
  return writer.toBytes();
}

/** Inverse of `encodeBlobMetadataWithId`; does not check that the ID belongs to the metadata. */
export function decodeBlobMetadataWithId(bytes: Uint8Array): BlobMetadataWithId {
  return decodeBcs('blob metadata with ID', bytes, (reader) => {
    const blobId = reader.fixed(DIGEST_SIZE);
    return { blobId, metadata: readMetadata(reader) };
  });
}

// ---------------------------------------------------------------- slivers

/** Bytes of a `SliverData` with a payload of `dataSize` bytes. */
export function sliverDataSize(dataSize: number): number {
  return ulebSize(dataSize) + dataSize + 4;
}

/**
 * Writes the framing of a `SliverData` around a payload of `dataSize` bytes, in place.
 * @param framed buffer of `sliverDataSize(dataSize)` bytes
 * @returns the payload part of `framed`, for the caller to fill
 */
export function frameSliver(framed: Uint8Array, dataSize: number, symbolSize: number, index: number): Uint8Array {
  const head = new BcsWriter(5).uleb(dataSize).toBytes();
  framed.set(head, 0);
  const tail = head.length + dataSize;
  framed[tail] = symbolSize & 0xff;
  framed[tail + 1] = symbolSize >>> 8;
  framed[tail + 2] = index & 0xff;
  framed[tail + 3] = index >>> 8;
  return framed.subarray(head.length, tail);
}

function writeSliver(writer: BcsWriter, sliver: Sliver): void {
  writer.bytes(sliver.data).u16(sliver.symbolSize).u16(sliver.index);
}

function readSliver(reader: BcsReader, axis: Axis, maxDataSize?: number): Sliver {
  const data = reader.bytes(maxDataSize);
  const symbolSize = reader.u16();
  return { axis, index: reader.u16(), symbolSize, data };
}

/** `SliverData` of either axis. Slivers made by the encoder carry these bytes already (`framed`). */
export function encodeSliverData(sliver: Sliver): Uint8Array {
  const framed = new Uint8Array(sliverDataSize(sliver.data.length));
  frameSliver(framed, sliver.data.length, sliver.symbolSize, sliver.index).set(sliver.data);
  return framed;
}

/**
 * Inverse of `encodeSliverData`. The axis is not on the wire: the request path carries it.
 * @param maxDataSize refuse payloads longer than this many bytes
 */
export function decodeSliverData(axis: Axis, bytes: Uint8Array, maxDataSize?: number): Sliver {
  return decodeBcs(`${axis} sliver`, bytes, (reader) => readSliver(reader, axis, maxDataSize));
}

/** `Sliver`: `SliverData` behind a tag for its axis. */
export function encodeSliver(sliver: Sliver): Uint8Array {
  const writer = new BcsWriter(1 + sliverDataSize(sliver.data.length));
  writer.u8(AXES.indexOf(sliver.axis));
  writeSliver(writer, sliver);
  return writer.toBytes();
}

/** Inverse of `encodeSliver`. */
export function decodeSliver(bytes: Uint8Array, maxDataSize?: number): Sliver {
  return decodeBcs('sliver', bytes, (reader) => readSliver(reader, AXES[reader.variant(2)]!, maxDataSize));
}

/** `SliverPair`. */
export function encodeSliverPair(pair: SliverPair): Uint8Array {
  const writer = new BcsWriter(16 + pair.primary.data.length + pair.secondary.data.length);
  writeSliver(writer, pair.primary);
  writeSliver(writer, pair.secondary);
  return writer.toBytes();
}

/** Inverse of `encodeSliverPair`. */
export function decodeSliverPair(bytes: Uint8Array, maxDataSize?: number): SliverPair {
  return decodeBcs('sliver pair', bytes, (reader) => {
    const primary = readSliver(reader, 'primary', maxDataSize);
    return { primary, secondary: readSliver(reader, 'secondary', maxDataSize) };
  });
}

// ---------------------------------------------------------------- symbols

function writeSymbol(writer: BcsWriter, symbol: DecodingSymbol): void {
  writer.u16(symbol.index).bytes(symbol.data);
}

function readSymbol(reader: BcsReader): DecodingSymbol {
  const index = reader.u16();
  return { index, data: reader.bytes(MAX_SYMBOL_BYTES) };
}

function writeRecoverySymbol(writer: BcsWriter, symbol: RecoverySymbol): void {
  writeSymbol(writer, symbol);
  writePath(writer, symbol.proof);
}

function readRecoverySymbol(reader: BcsReader): RecoverySymbol {
  const symbol = readSymbol(reader);
  return { ...symbol, proof: readPath(reader) };
}

function writeEitherSymbol(writer: BcsWriter, symbol: EitherDecodingSymbol): void {
  writer.u8(AXES.indexOf(symbol.targetAxis));
  writeSymbol(writer, symbol);
}

function readEitherSymbol(reader: BcsReader): EitherDecodingSymbol {
  const targetAxis = AXES[reader.variant(2)]!;
  return { ...readSymbol(reader), targetAxis };
}

/** `DecodingSymbol`. */
export function encodeDecodingSymbol(symbol: DecodingSymbol): Uint8Array {
  const writer = new BcsWriter(8 + symbol.data.length);
  writeSymbol(writer, symbol);
  return writer.toBytes();
}

/** Inverse of `encodeDecodingSymbol`. */
export function decodeDecodingSymbol(bytes: Uint8Array): DecodingSymbol {
  return decodeBcs('decoding symbol', bytes, readSymbol);
}

/** `RecoverySymbol` (axis known from context). */
export function encodeRecoverySymbol(symbol: RecoverySymbol): Uint8Array {
  const writer = new BcsWriter(16 + symbol.data.length + 33 * symbol.proof.length);
  writeRecoverySymbol(writer, symbol);
  return writer.toBytes();
}

/** Inverse of `encodeRecoverySymbol`. */
export function decodeRecoverySymbol(bytes: Uint8Array): RecoverySymbol {
  return decodeBcs('recovery symbol', bytes, readRecoverySymbol);
}

/** `EitherDecodingSymbol`. */
export function encodeEitherDecodingSymbol(symbol: EitherDecodingSymbol): Uint8Array {
  const writer = new BcsWriter(8 + symbol.data.length);
  writeEitherSymbol(writer, symbol);
  return writer.toBytes();
}

/** Inverse of `encodeEitherDecodingSymbol`. */
export function decodeEitherDecodingSymbol(bytes: Uint8Array): EitherDecodingSymbol {
  return decodeBcs('decoding symbol', bytes, readEitherSymbol);
}

function writeGeneralSymbol(writer: BcsWriter, symbol: GeneralRecoverySymbol): void {
  writeEitherSymbol(writer, symbol);
  writer.u16(symbol.targetIndex);
  writePath(writer, symbol.proof);
}

function readGeneralSymbol(reader: BcsReader): GeneralRecoverySymbol {
  const symbol = readEitherSymbol(reader);
  const targetIndex = reader.u16();
  return { ...symbol, targetIndex, proof: readPath(reader) };
}

/** `GeneralRecoverySymbol`. */
export function encodeGeneralRecoverySymbol(symbol: GeneralRecoverySymbol): Uint8Array {
  const writer = new BcsWriter(16 + symbol.data.length + 33 * symbol.proof.length);
  writeGeneralSymbol(writer, symbol);
  return writer.toBytes();
}

/** Inverse of `encodeGeneralRecoverySymbol`. */
export function decodeGeneralRecoverySymbol(bytes: Uint8Array): GeneralRecoverySymbol {
  return decodeBcs('recovery symbol', bytes, readGeneralSymbol);
}

/** `vector<GeneralRecoverySymbol>`, the answer to a listing request. */
export function encodeGeneralRecoverySymbols(symbols: readonly GeneralRecoverySymbol[]): Uint8Array {
  return new BcsWriter(1024).vector(symbols, writeGeneralSymbol).toBytes();
}

/** Inverse of `encodeGeneralRecoverySymbols`. */
export function decodeGeneralRecoverySymbols(bytes: Uint8Array): GeneralRecoverySymbol[] {
  return decodeBcs('recovery symbols', bytes, (reader) => reader.vector(7, readGeneralSymbol, MAX_ENTRIES));
}

/** Decoding symbols by target sliver index, as a node lists them. */
export type DecodingSymbolListing = ReadonlyMap<number, readonly EitherDecodingSymbol[]>;

/** `map<u16, vector<EitherDecodingSymbol>>`, ordered by serialized key. */
export function encodeDecodingSymbolListing(listing: DecodingSymbolListing): Uint8Array {
  const entries = [...listing].map(([index, symbols]) => ({ key: new BcsWriter(2).u16(index).toBytes(), symbols }));
  entries.sort((a, b) => compareBytes(a.key, b.key));
  const writer = new BcsWriter(1024);
  writer.vector(entries, (w, { key, symbols }) => w.fixed(key).vector(symbols, writeEitherSymbol));
  return writer.toBytes();
}

/** Inverse of `encodeDecodingSymbolListing`; keys must be strictly ascending in serialized order. */
export function decodeDecodingSymbolListing(bytes: Uint8Array): Map<number, EitherDecodingSymbol[]> {
  return decodeBcs('decoding symbol listing', bytes, (reader) => {
    const listing = new Map<number, EitherDecodingSymbol[]>();
    let previous: Uint8Array | undefined;
    reader.vector(3, (r) => {
      const key = r.fixed(2);
      if (previous !== undefined && compareBytes(previous, key) >= 0) throw r.fault('map keys are not in order');
      previous = key;
      listing.set(key[0]! | (key[1]! << 8), r.vector(4, readEitherSymbol, MAX_ENTRIES));
    }, MAX_ENTRIES);
    return listing;
  });
}

// ---------------------------------------------------------------- inconsistency proofs

/** `InconsistencyProof` (axis known from context). */
export function encodeInconsistencyProof(proof: InconsistencyProof): Uint8Array {
  const writer = new BcsWriter(1024);
  return writer.u16(proof.targetIndex).vector(proof.symbols, writeRecoverySymbol).toBytes();
}

/** Inverse of `encodeInconsistencyProof`. */
export function decodeInconsistencyProof(targetAxis: Axis, bytes: Uint8Array): InconsistencyProof {
  return decodeBcs('inconsistency proof', bytes, (reader) => {
    const targetIndex = reader.u16();
    return { targetAxis, targetIndex, symbols: reader.vector(4, readRecoverySymbol, MAX_ENTRIES) };
  });
}

// ---------------------------------------------------------------- symbol IDs

/** A matrix cell, named by the slivers that share it. */
export interface SymbolId {
  readonly primaryIndex: number;
  readonly secondaryIndex: number;
}

/** `<primary sliver index>-<secondary sliver index>`. */
export function symbolIdToText(id: SymbolId): string {
  return `${id.primaryIndex}-${id.secondaryIndex}`;
}

/** Inverse of `symbolIdToText`. */
export function symbolIdFromText(text: string): SymbolId {
  const match = /^(0|[1-9]\d{0,4})-(0|[1-9]\d{0,4})$/.exec(text);
  const primaryIndex = Number(match?.[1]);
  const secondaryIndex = Number(match?.[2]);
  if (!(primaryIndex <= 0xffff && secondaryIndex <= 0xffff)) {
    throw new InvalidIdError('symbol ID', text.slice(0, 32), 'need two u16 joined by a hyphen');
  }
  return { primaryIndex, secondaryIndex };
}

/** Two `u16`. */
export function encodeSymbolId(id: SymbolId): Uint8Array {
  return new BcsWriter(4).u16(id.primaryIndex).u16(id.secondaryIndex).toBytes();
}

/** Inverse of `encodeSymbolId`. */
export function decodeSymbolId(bytes: Uint8Array): SymbolId {
  if (bytes.length !== 4) throw new MalformedBytesError('symbol ID', `need 4 bytes, got ${bytes.length}`);
  return { primaryIndex: bytes[0]! | (bytes[1]! << 8), secondaryIndex: bytes[2]! | (bytes[3]! << 8) };
}
