/**
 * Writing BCS by hand for the shapes on the hot path (objects, effects, checkpoints) and conversions
 * between addresses as text and as bytes. Everything is little endian as BCS says.
 */
import type { Address } from '../vm/types.js';

const NIBBLE = new Uint8Array(128).fill(255);
for (let i = 0; i < 16; i++) {
  NIBBLE[i.toString(16).charCodeAt(0)] = i;
  NIBBLE[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}

const textEncoder = new TextEncoder();

/** Writes the 32 bytes of `address` (full form, 66 characters) into `target` at `offset`. */
export function writeAddress(address: Address, target: Uint8Array, offset: number): void {
  for (let i = 0; i < 32; i++) {
    const at = 2 + 2 * i;
    target[offset + i] = (NIBBLE[address.charCodeAt(at)]! << 4) | NIBBLE[address.charCodeAt(at + 1)]!;
  }
}

/** 32 bytes of an address in full form. */
export function addressToBytes(address: Address): Uint8Array {
  const bytes = new Uint8Array(32);
  writeAddress(address, bytes, 0);
  return bytes;
}

/** `0x` + 64 hex digits of the 32 bytes at `offset`. */
export function bytesToAddress(bytes: Uint8Array, offset = 0): Address {
  return '0x' + Buffer.from(bytes.buffer, bytes.byteOffset + offset, 32).toString('hex');
}

/** Full form of a short address such as `0x2`. */
export function fullAddress(text: string): Address {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  return '0x' + digits.toLowerCase().padStart(64, '0');
}

/** Lexicographic order of byte strings, shorter first among equals. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** Number of bytes of `value` as ULEB128. */
export function ulebLength(value: number): number {
  let length = 1;
  while (value >= 128) {
    value = Math.floor(value / 128);
    length++;
  }
  return length;
}

/** Reads a ULEB128 at `offset`; undefined when it is cut off, longer than 5 bytes or not minimal. */
export function readUleb(bytes: Uint8Array, offset: number): { value: number; next: number } | undefined {
  let value = 0;
  let factor = 1;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[offset + i];
    if (byte === undefined) return undefined;
    value += (byte & 127) * factor;
    if (byte < 128) {
      if (i > 0 && byte === 0) return undefined;
      return value > 0xffffffff ? undefined : { value, next: offset + i + 1 };
    }
    factor *= 128;
  }
  return undefined;
}

/** A growing BCS buffer. */
export class BcsWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 512) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  #reserve(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = needed;
    return start;
  }

  u8(value: number): this {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  u16(value: number): this {
    const at = this.#reserve(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32(value: number): this {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  u64(value: bigint): this {
    const at = this.#reserve(8);
    this.#view.setBigUint64(at, value, true);
    return this;
  }

  uleb(value: number): this {
    while (value >= 128) {
      this.u8((value % 128) | 128);
      value = Math.floor(value / 128);
    }
    return this.u8(value);
  }

  /** Raw bytes without a length. */
  raw(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** A byte vector: length, then bytes. Digests are written this way. */
  byteVector(bytes: Uint8Array): this {
    return this.uleb(bytes.length).raw(bytes);
  }

  string(text: string): this {
    return this.byteVector(textEncoder.encode(text));
  }

  address(address: Address): this {
    const at = this.#reserve(32);
    writeAddress(address, this.#bytes, at);
    return this;
  }

  option<T>(value: T | undefined | null, write: (value: T) => void): this {
    if (value === undefined || value === null) return this.u8(0);
    this.u8(1);
    write(value);
    return this;
  }

  vector<T>(values: readonly T[], write: (value: T) => void): this {
    this.uleb(values.length);
    for (const value of values) write(value);
    return this;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
