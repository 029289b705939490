/**
 * Binary Canonical Serialization, the small part the encoding needs: little-endian integers, ULEB128
 * lengths, byte vectors, strings, ordered maps. The reader accepts canonical bytes only and never
 * allocates for a length it has not checked against the bytes that are there.
 */

import { MalformedBytesError } from './errors.js';

/** Longest vector BCS allows. */
const MAX_LENGTH = 0x7fffffff;

/** Bytes of `value` as ULEB128 (`0 ≤ value < 2^32`). */
export function ulebSize(value: number): number {
  let size = 1;
  while (value >= 128) {
    value = Math.floor(value / 128);
    size++;
  }
  return size;
}

/** Orders byte strings as BCS orders serialized map keys. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Appends BCS values to a growing buffer. */
export class BcsWriter {
  private buffer: Uint8Array;
  private length = 0;

  constructor(expectedSize = 64) {
    this.buffer = new Uint8Array(expectedSize);
  }

  private reserve(size: number): number {
    const at = this.length;
    if (at + size > this.buffer.length) {
      const grown = new Uint8Array(Math.max(at + size, 2 * this.buffer.length));
      grown.set(this.buffer.subarray(0, at));
      this.buffer = grown;
    }
    this.length += size;
    return at;
  }

  u8(value: number): this {
    const at = this.reserve(1); // may replace the buffer
    this.buffer[at] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8(value & 0xff).u8(value >>> 8);
  }

  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }

  u64(value: bigint): this {
    if (value < 0n || value >= 1n << 64n) throw new RangeError(`not a u64: ${value}`);
    return this.u32(Number(value & 0xffffffffn)).u32(Number(value >> 32n));
  }

  uleb(value: number): this {
    while (value >= 128) {
      this.u8((value % 128) | 128);
      value = Math.floor(value / 128);
    }
    return this.u8(value);
  }

  /** Bytes as they are, without a length. */
  fixed(bytes: Uint8Array): this {
    const at = this.reserve(bytes.length); // may replace the buffer
    this.buffer.set(bytes, at);
    return this;
  }

  /** `vector<u8>`. */
  bytes(bytes: Uint8Array): this {
    return this.uleb(bytes.length).fixed(bytes);
  }

  string(text: string): this {
    return this.bytes(new TextEncoder().encode(text));
  }

  vector<T>(items: readonly T[], write: (writer: BcsWriter, item: T) => void): this {
    this.uleb(items.length);
    for (const item of items) write(this, item);
    return this;
  }

  /** The bytes written so far (a copy of exact size). */
  toBytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

/** Reads canonical BCS; every method throws `MalformedBytesError` on bytes that are not. */
export class BcsReader {
  private at = 0;

  /** @param what name of the outer type, for error messages */
  constructor(
    private readonly source: Uint8Array,
    private readonly what: string,
  ) {}

  /** Bytes not read yet. */
  get remaining(): number {
    return this.source.length - this.at;
  }

  /** The error to throw for a fault at the current position. */
  fault(reason: string): MalformedBytesError {
    return new MalformedBytesError(this.what, reason, this.at);
  }

  /** The next `size` bytes as a view into the source. */
  fixed(size: number): Uint8Array {
    if (size > this.remaining) throw this.fault(`need ${size} bytes, ${this.remaining} left`);
    this.at += size;
    return this.source.subarray(this.at - size, this.at);
  }

  u8(): number {
    return this.fixed(1)[0]!;
  }

  u16(): number {
    const bytes = this.fixed(2);
    return bytes[0]! | (bytes[1]! << 8);
  }

  u32(): number {
    const low = this.u16();
    return low + this.u16() * 65536;
  }

  u64(): bigint {
    const low = BigInt(this.u32());
    return low | (BigInt(this.u32()) << 32n);
  }

  /** A length: at most 31 bits, in the shortest form. */
  uleb(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) {
        if (byte === 0 && shift > 0) throw this.fault('length is not in its shortest form');
        if (value > MAX_LENGTH) break;
        return value;
      }
    }
    throw this.fault('length is too large');
  }

  /** `vector<u8>` of at most `maxSize` bytes, as a view into the source. */
  bytes(maxSize = MAX_LENGTH): Uint8Array {
    const size = this.uleb();
    if (size > maxSize) throw this.fault(`${size} bytes where at most ${maxSize} are allowed`);
    return this.fixed(size);
  }

  string(maxSize = MAX_LENGTH): string {
    const bytes = this.bytes(maxSize);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (cause) {
      throw new MalformedBytesError(this.what, `string is not UTF-8 (${String(cause)})`, this.at);
    }
  }

  /**
   * A vector whose items take at least `minItemSize` bytes each, which bounds its length before
   * anything is allocated.
   */
  vector<T>(minItemSize: number, read: (reader: BcsReader) => T, maxLength = MAX_LENGTH): T[] {
    const length = this.uleb();
    if (length > maxLength) throw this.fault(`${length} items where at most ${maxLength} are allowed`);
    if (length * minItemSize > this.remaining) throw this.fault(`${length} items do not fit the bytes left`);
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(read(this));
    return items;
  }

  /** An enum variant index; one of `0 … count − 1`. */
  variant(count: number): number {
    const index = this.uleb();
    if (index >= count) throw this.fault(`unknown variant ${index}`);
    return index;
  }

  /** Asserts that nothing is left. */
  end(): void {
    if (this.remaining > 0) throw this.fault(`${this.remaining} bytes after the end`);
  }
}

/** Reads one value that must fill `bytes` completely. */
export function decodeBcs<T>(what: string, bytes: Uint8Array, read: (reader: BcsReader) => T): T {
  const reader = new BcsReader(bytes, what);
  const value = read(reader);
  reader.end();
  return value;
}
