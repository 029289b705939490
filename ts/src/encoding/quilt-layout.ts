/**
 * Geometry, headers and IDs of quilts, version 1 (encoding specification §11). A quilt is a blob of
 * exactly `p · s · q` bytes whose columns carry files: column 0 and perhaps a few more the index, then
 * each file a run of whole columns, so that one file can be fetched as a few secondary slivers.
 */

import { BcsReader, BcsWriter, compareBytes } from './bcs.js';
import { fromBase64Url, toBase64Url } from './blob-id.js';
import { InvalidIdError, MalformedBytesError } from './errors.js';
import { DIGEST_SIZE } from './hash.js';

export const QUILT_VERSION = 1;
/** The index may take this many columns at most. */
export const MAX_INDEX_COLUMNS = 10;
/** Version byte and index length before the index. */
export const INDEX_PREFIX_SIZE = 5;
/** Version byte, length and mask before each file. */
export const FILE_HEADER_SIZE = 6;
const MASK_TAGS = 1;
const MAX_U16 = 0xffff;
const PATCH_ID_SIZE = DIGEST_SIZE + 5;

/** Tags of a file. */
export type QuiltTags = ReadonlyMap<string, string>;

/** A file to be put into a quilt. */
export interface QuiltFile {
  readonly identifier: string;
  readonly content: Uint8Array;
  readonly tags?: QuiltTags;
}

/** Entry of a quilt's index: the file takes columns `startColumn … endColumn − 1`. */
export interface QuiltPatch {
  readonly identifier: string;
  readonly tags: QuiltTags;
  readonly startColumn: number;
  readonly endColumn: number;
}

/** What a patch ID says. */
export interface QuiltPatchId {
  /** Blob ID of the quilt, 32 bytes. */
  readonly blobId: Uint8Array;
  readonly startColumn: number;
  readonly endColumn: number;
}

/** Why an identifier is not allowed, or `undefined` if it is. */
export function identifierFault(identifier: string): string | undefined {
  if (identifier.length === 0) return 'identifier is empty';
  if (/\p{White_Space}$/u.test(identifier)) return 'identifier ends with white space';
  if (/\p{Cc}/u.test(identifier)) return 'identifier contains a control character';
  if (/\p{Surrogate}/u.test(identifier)) return 'identifier is not well-formed Unicode';
  return undefined;
}

/** Orders identifiers by their UTF-8 bytes (JavaScript strings compare by UTF-16 units). */
export function compareIdentifiers(a: string, b: string): number {
  const encoder = new TextEncoder();
  return compareBytes(encoder.encode(a), encoder.encode(b));
}

function stringBytes(text: string): Uint8Array {
  return new BcsWriter().string(text).toBytes();
}

/** BCS `map<string, string>`: entries ordered by serialized key. */
function tagsBytes(tags: QuiltTags): Uint8Array {
  const entries = [...tags].map(([key, value]) => ({ key: stringBytes(key), value }));
  entries.sort((a, b) => compareBytes(a.key, b.key));
  return new BcsWriter().vector(entries, (writer, { key, value }) => writer.fixed(key).string(value)).toBytes();
}

function readTags(reader: BcsReader): QuiltTags {
  const tags = new Map<string, string>();
  let previous: Uint8Array | undefined;
  reader.vector(2, () => {
    const key = reader.string();
    const serialized = stringBytes(key);
    if (previous !== undefined && compareBytes(previous, serialized) >= 0) throw reader.fault('tags are not in order');
    previous = serialized;
    tags.set(key, reader.string());
  });
  return tags;
}

/** The index area: prefix and BCS `vector<Patch>`. Its size does not depend on the column numbers. */
export function encodeQuiltIndex(patches: readonly QuiltPatch[]): Uint8Array {
  const index = new BcsWriter(64 * patches.length + 8).vector(patches, (writer, patch) => {
    writer.u16(patch.endColumn).string(patch.identifier).fixed(tagsBytes(patch.tags));
  });
  const body = index.toBytes();
  return new BcsWriter(INDEX_PREFIX_SIZE + body.length).u8(QUILT_VERSION).u32(body.length).fixed(body).toBytes();
}

/** Index columns for an index area of `size` bytes. */
export function indexColumns(size: number, columnSize: number): number {
  return Math.ceil(size / columnSize);
}

/**
 * Size of the index area announced by the first column.
 * @throws MalformedBytesError
 */
export function readIndexSize(firstColumn: Uint8Array): number {
  const reader = new BcsReader(firstColumn, 'quilt index');
  if (reader.u8() !== QUILT_VERSION) throw reader.fault('unknown quilt version');
  const size = INDEX_PREFIX_SIZE + reader.u32();
  if (size > MAX_INDEX_COLUMNS * firstColumn.length) throw reader.fault('the index is too long');
  return size;
}

/**
 * Inverse of `encodeQuiltIndex`.
 * @param area the index area, exactly
 * @param columnCount columns of the quilt (`s`)
 * @throws MalformedBytesError
 */
export function decodeQuiltIndex(area: Uint8Array, columnSize: number, columnCount: number): QuiltPatch[] {
  const reader = new BcsReader(area.subarray(INDEX_PREFIX_SIZE), 'quilt index');
  let startColumn = indexColumns(area.length, columnSize);
  const patches = reader.vector(
    4,
    () => {
      const endColumn = reader.u16();
      if (endColumn <= startColumn || endColumn > columnCount) throw reader.fault(`impossible end column ${endColumn}`);
      const identifier = reader.string();
      const patch = { identifier, tags: readTags(reader), startColumn, endColumn };
      startColumn = endColumn;
      return patch;
    },
    columnCount,
  );
  reader.end();
  return patches;
}

/** What stands before a file's content, or why the file does not fit the format. */
export function encodeFileHeader(file: QuiltFile): Uint8Array | { fault: string } {
  const identifier = stringBytes(file.identifier);
  const tags = file.tags === undefined || file.tags.size === 0 ? undefined : tagsBytes(file.tags);
  if (identifier.length > MAX_U16 - 1) return { fault: 'identifier is too long' };
  if (tags !== undefined && tags.length > MAX_U16) return { fault: 'tags are too long' };
  const length = 2 + identifier.length + (tags === undefined ? 0 : 2 + tags.length) + file.content.length;
  if (length > 0xffffffff) return { fault: 'file is too long' };
  const writer = new BcsWriter(64 + identifier.length);
  writer.u8(QUILT_VERSION).u32(length).u8(tags === undefined ? 0 : MASK_TAGS);
  writer.u16(identifier.length).fixed(identifier);
  if (tags !== undefined) writer.u16(tags.length).fixed(tags);
  return writer.toBytes();
}

/**
 * Bytes of a file area, header included, as its first bytes announce.
 * @throws MalformedBytesError if that is more than the `available` bytes of its columns
 */
export function readFileSize(firstColumn: Uint8Array, available: number): number {
  const reader = new BcsReader(firstColumn, 'quilt file');
  if (reader.u8() !== QUILT_VERSION) throw reader.fault('unknown quilt version');
  const size = FILE_HEADER_SIZE + reader.u32();
  if (size > available) throw reader.fault(`the file claims ${size} bytes of ${available}`);
  return size;
}

/**
 * A file from its whole area.
 * @throws MalformedBytesError
 */
export function decodeFile(area: Uint8Array): Required<QuiltFile> {
  const reader = new BcsReader(area, 'quilt file');
  reader.fixed(INDEX_PREFIX_SIZE);
  const mask = reader.u8();
  if (mask > MASK_TAGS) throw reader.fault(`unknown mask ${mask}`);
  const identifierReader = new BcsReader(reader.fixed(reader.u16()), 'quilt identifier');
  const identifier = identifierReader.string();
  identifierReader.end();
  const fault = identifierFault(identifier);
  if (fault !== undefined) throw new MalformedBytesError('quilt identifier', fault);
  let tags: QuiltTags = new Map();
  if (mask === MASK_TAGS) {
    const tagsReader = new BcsReader(reader.fixed(reader.u16()), 'quilt tags');
    tags = readTags(tagsReader);
    tagsReader.end();
  }
  return { identifier, tags, content: reader.fixed(reader.remaining) };
}

// ---------------------------------------------------------------- patch IDs

/** Text form of a patch ID: 50 characters of base64url. */
export function quiltPatchIdToText(id: QuiltPatchId): string {
  if (id.blobId.length !== DIGEST_SIZE) throw new RangeError('blob ID must have 32 bytes');
  const writer = new BcsWriter(PATCH_ID_SIZE).fixed(id.blobId).u8(QUILT_VERSION);
  return toBase64Url(writer.u16(id.startColumn).u16(id.endColumn).toBytes());
}

/**
 * Inverse of `quiltPatchIdToText`.
 * @throws InvalidIdError
 */
export function quiltPatchIdFromText(text: string): QuiltPatchId {
  const fail = (reason: string): InvalidIdError => new InvalidIdError('quilt patch ID', text.slice(0, 64), reason);
  const bytes = text.length === 50 ? fromBase64Url(text) : undefined;
  if (bytes === undefined) throw fail('need 50 characters of canonical base64url');
  if (bytes[DIGEST_SIZE] !== QUILT_VERSION) throw fail(`unknown version ${bytes[DIGEST_SIZE]}`);
  const u16 = (at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
  const startColumn = u16(DIGEST_SIZE + 1);
  const endColumn = u16(DIGEST_SIZE + 3);
  if (startColumn >= endColumn) throw fail('columns are not in order');
  return { blobId: bytes.slice(0, DIGEST_SIZE), startColumn, endColumn };
}
