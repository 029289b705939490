/**
 * Building and reading quilts (encoding specification §11). A reader needs only the columns that carry
 * what it reads; columns are secondary slivers, wherever they come from.
 */

import { InvalidQuiltInputError, MalformedBytesError, QuiltPatchNotFoundError } from './errors.js';
import { encodingParameters, MAX_SYMBOL_SIZE } from './parameters.js';
import type { EncodingParameters } from './parameters.js';
import {
  compareIdentifiers,
  decodeFile,
  decodeQuiltIndex,
  encodeFileHeader,
  encodeQuiltIndex,
  identifierFault,
  indexColumns,
  MAX_INDEX_COLUMNS,
  readFileSize,
  readIndexSize,
} from './quilt-layout.js';
import type { QuiltFile, QuiltPatch } from './quilt-layout.js';

/** A quilt ready to be encoded and stored like any blob. */
export interface BuiltQuilt {
  /** Exactly `p · s · q` bytes. */
  readonly blob: Uint8Array;
  readonly symbolSize: number;
  /** Where each file lies, in order of identifiers. */
  readonly patches: readonly QuiltPatch[];
}

/** A file's areas before they are placed: header and content, joined only in the quilt. */
interface Area {
  readonly parts: readonly Uint8Array[];
  readonly size: number;
}

const areaOf = (parts: readonly Uint8Array[]): Area => ({
  parts,
  size: parts.reduce((sum, part) => sum + part.length, 0),
});

/** Smallest even symbol size at which all areas fit into the columns, or `undefined`. */
function quiltSymbolSize(parameters: EncodingParameters, sizes: readonly number[]): number | undefined {
  const { primarySymbols: p, secondarySymbols: s } = parameters;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const lowest = Math.max(Math.ceil(total / (p * s)), Math.ceil(sizes[0]! / (MAX_INDEX_COLUMNS * p)), Math.ceil(5 / p));
  const fits = (half: number): boolean =>
    sizes.reduce((columns, size) => columns + Math.ceil(size / (p * 2 * half)), 0) <= s;
  let low = Math.ceil(lowest / 2);
  let high = MAX_SYMBOL_SIZE / 2;
  if (low > high || !fits(high)) return undefined;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}

/** Calls `visit` for each run of column bytes that is contiguous in the quilt. */
function forEachRun(
  parameters: EncodingParameters,
  symbolSize: number,
  column: number,
  visit: (inColumn: number, inQuilt: number) => void,
): void {
  const { primarySymbols, secondarySymbols } = parameters;
  for (let row = 0; row < primarySymbols; row++) {
    visit(row * symbolSize, (row * secondarySymbols + column) * symbolSize);
  }
}

function writeArea(parameters: EncodingParameters, symbolSize: number, quilt: Uint8Array, column: number, area: Area): void {
  const columnSize = parameters.primarySymbols * symbolSize;
  const joined = new Uint8Array(Math.ceil(area.size / columnSize) * columnSize);
  let at = 0;
  for (const part of area.parts) {
    joined.set(part, at);
    at += part.length;
  }
  for (let from = 0; from < joined.length; from += columnSize, column++) {
    forEachRun(parameters, symbolSize, column, (inColumn, inQuilt) => {
      quilt.set(joined.subarray(from + inColumn, from + inColumn + symbolSize), inQuilt);
    });
  }
}

/**
 * Puts files into a quilt, sorted by identifier.
 * @throws InvalidQuiltInputError identifiers not allowed or not distinct, or the files do not fit
 * @throws InvalidShardCountError
 */
export function buildQuilt(shardCount: number, files: readonly QuiltFile[]): BuiltQuilt {
  const parameters = encodingParameters(shardCount);
  const { primarySymbols: p, secondarySymbols: s } = parameters;
  if (files.length > s - 1) throw new InvalidQuiltInputError(undefined, `${files.length} files, at most ${s - 1} fit`);
  const sorted = [...files].sort((a, b) => compareIdentifiers(a.identifier, b.identifier));
  const areas = sorted.map((file, i) => {
    const { identifier } = file;
    const fault = identifierFault(identifier);
    if (fault !== undefined) throw new InvalidQuiltInputError(identifier, fault);
    if (i > 0 && sorted[i - 1]!.identifier === identifier) {
      throw new InvalidQuiltInputError(identifier, 'identifier occurs twice');
    }
    const header = encodeFileHeader(file);
    if (!(header instanceof Uint8Array)) throw new InvalidQuiltInputError(identifier, header.fault);
    return areaOf([header, file.content]);
  });

  const place = (startColumn: number, columnSize: number): QuiltPatch[] => {
    let next = startColumn;
    return sorted.map(({ identifier, tags = new Map() }, i) => {
      const patch = { identifier, tags, startColumn: next, endColumn: next + Math.ceil(areas[i]!.size / columnSize) };
      next = patch.endColumn;
      return patch;
    });
  };
  const indexSize = encodeQuiltIndex(place(0, Infinity)).length;
  const symbolSize = quiltSymbolSize(parameters, [indexSize, ...areas.map(({ size }) => size)]);
  if (symbolSize === undefined) throw new InvalidQuiltInputError(undefined, 'the files do not fit');

  const columnSize = p * symbolSize;
  const patches = place(indexColumns(indexSize, columnSize), columnSize);
  const blob = new Uint8Array(p * s * symbolSize);
  writeArea(parameters, symbolSize, blob, 0, areaOf([encodeQuiltIndex(patches)]));
  patches.forEach(({ startColumn }, i) => writeArea(parameters, symbolSize, blob, startColumn, areas[i]!));
  return { blob, symbolSize, patches };
}

/** Gives the payload of secondary sliver `column`: `p · q` bytes. */
export type ColumnSource = (column: number) => Uint8Array | Promise<Uint8Array>;

/**
 * Reads a quilt of which only the columns that are asked for need to be there. Nothing in them is
 * trusted: what does not follow the format is a `MalformedBytesError`. Whether a column is authentic is
 * the source's business (verify slivers before handing them over).
 */
export class QuiltReader {
  private readonly parameters: EncodingParameters;
  private index: Promise<readonly QuiltPatch[]> | undefined;

  constructor(
    shardCount: number,
    private readonly symbolSize: number,
    private readonly source: ColumnSource,
  ) {
    this.parameters = encodingParameters(shardCount);
  }

  /**
   * Reader of a whole quilt.
   * @throws MalformedBytesError the length is not that of a quilt
   */
  static ofBlob(shardCount: number, blob: Uint8Array): QuiltReader {
    const parameters = encodingParameters(shardCount);
    const { primarySymbols, secondarySymbols } = parameters;
    const symbolSize = blob.length / (primarySymbols * secondarySymbols);
    if (!Number.isInteger(symbolSize) || symbolSize < 2 || symbolSize % 2 !== 0 || symbolSize > MAX_SYMBOL_SIZE) {
      throw new MalformedBytesError('quilt', `${blob.length} bytes do not fill ${primarySymbols} × ${secondarySymbols} symbols`);
    }
    return new QuiltReader(shardCount, symbolSize, (column) => {
      const bytes = new Uint8Array(primarySymbols * symbolSize);
      forEachRun(parameters, symbolSize, column, (inColumn, inQuilt) => {
        bytes.set(blob.subarray(inQuilt, inQuilt + symbolSize), inColumn);
      });
      return bytes;
    });
  }

  private get columnSize(): number {
    return this.parameters.primarySymbols * this.symbolSize;
  }

  private async column(column: number): Promise<Uint8Array> {
    const bytes = await this.source(column);
    if (bytes.length !== this.columnSize) {
      throw new MalformedBytesError('quilt column', `column ${column} has ${bytes.length} bytes, expected ${this.columnSize}`);
    }
    return bytes;
  }

  /** The first `size` bytes of the area that starts at `startColumn`, whose first column is known. */
  private async area(startColumn: number, first: Uint8Array, size: number): Promise<Uint8Array> {
    const count = Math.ceil(size / this.columnSize);
    const rest = Array.from({ length: count - 1 }, (_, i) => this.column(startColumn + 1 + i));
    const columns = [first, ...(await Promise.all(rest))];
    const area = new Uint8Array(count * this.columnSize);
    columns.forEach((column, i) => area.set(column, i * this.columnSize));
    return area.subarray(0, size);
  }

  private async readIndex(): Promise<readonly QuiltPatch[]> {
    const first = await this.column(0);
    const size = readIndexSize(first);
    const { secondarySymbols } = this.parameters;
    if (indexColumns(size, this.columnSize) > secondarySymbols) {
      throw new MalformedBytesError('quilt index', 'the index is longer than the quilt');
    }
    return decodeQuiltIndex(await this.area(0, first, size), this.columnSize, secondarySymbols);
  }

  /** All files in the quilt, in the order of the index. Read once. @throws MalformedBytesError */
  patches(): Promise<readonly QuiltPatch[]> {
    this.index ??= this.readIndex();
    return this.index;
  }

  /** Patches with a tag, in the order of the index. */
  async patchesWithTag(key: string, value: string): Promise<QuiltPatch[]> {
    return (await this.patches()).filter(({ tags }) => tags.get(key) === value);
  }

  /**
   * Reads the file in columns `startColumn … endColumn − 1`, touching only the columns it fills. The
   * index is not needed; a patch ID carries these numbers.
   * @throws MalformedBytesError
   */
  async readColumns(startColumn: number, endColumn: number): Promise<Required<QuiltFile>> {
    const { secondarySymbols } = this.parameters;
    if (!(startColumn >= 1 && startColumn < endColumn && endColumn <= secondarySymbols)) {
      throw new MalformedBytesError('quilt patch', `no columns ${startColumn} to ${endColumn}`);
    }
    const first = await this.column(startColumn);
    const size = readFileSize(first, (endColumn - startColumn) * this.columnSize);
    return decodeFile(await this.area(startColumn, first, size));
  }

  /**
   * Reads the first file with this identifier.
   * @throws QuiltPatchNotFoundError, MalformedBytesError
   */
  async read(identifier: string): Promise<Required<QuiltFile>> {
    const patch = (await this.patches()).find((entry) => entry.identifier === identifier);
    if (patch === undefined) throw new QuiltPatchNotFoundError(identifier);
    const file = await this.readColumns(patch.startColumn, patch.endColumn);
    if (file.identifier !== identifier) {
      throw new MalformedBytesError('quilt file', 'its identifier is not that of the index');
    }
    return file;
  }
}
