/**
 * Pure arguments: which types they may have and how their bytes become values (sui-execution.md §1.4).
 * Decoding is canonical: every byte used, minimal lengths, valid UTF-8 and ASCII.
 */
import type { MoveType, MoveValue } from '../vm/types.js';
import { bytesToAddress, readUleb } from './bytes.js';
import { STD_ADDRESS, SUI_ADDRESS, singleArgument } from './type-tags.js';

/** Bytes do not encode a value of the type. */
export class PureBytesError extends Error {
  override readonly name = 'PureBytesError';
}

function isDatatype(type: MoveType, address: string, module: string, name: string): boolean {
  return type.kind === 'datatype' && type.name === name && type.module === module && type.address === address;
}

/** `T` of `Option<T>`. */
function optionArgument(type: MoveType): MoveType | undefined {
  return singleArgument(type, STD_ADDRESS, 'option', 'Option');
}

/** Whether bytes alone may stand for a value of this type. */
export function isPureType(type: MoveType): boolean {
  switch (type.kind) {
    case 'signer':
      return false;
    case 'vector':
      return isPureType(type.element);
    case 'datatype': {
      const inner = optionArgument(type);
      if (inner) return isPureType(inner);
      return (
        isDatatype(type, SUI_ADDRESS, 'object', 'ID') ||
        isDatatype(type, STD_ADDRESS, 'string', 'String') ||
        isDatatype(type, STD_ADDRESS, 'ascii', 'String')
      );
    }
    default:
      return true;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const WIDTH = { u8: 1, u16: 2, u32: 4, u64: 8, u128: 16, u256: 32 } as const;

class Cursor {
  at = 0;
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(count: number): number {
    const start = this.at;
    if (start + count > this.bytes.length) throw new PureBytesError(`${count} bytes expected at ${start}`);
    this.at += count;
    return start;
  }

  number(width: 1 | 2 | 4): number {
    const at = this.take(width);
    if (width === 1) return this.#view.getUint8(at);
    return width === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  bigint(width: 8 | 16 | 32): bigint {
    const at = this.take(width);
    let value = 0n;
    for (let i = width - 8; i >= 0; i -= 8) value = (value << 64n) | this.#view.getBigUint64(at + i, true);
    return value;
  }

  length(): number {
    const read = readUleb(this.bytes, this.at);
    if (!read) throw new PureBytesError(`length expected at ${this.at}`);
    this.at = read.next;
    return read.value;
  }

  byteVector(): Uint8Array {
    const length = this.length();
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }
}

/** The value that pure bytes stand for. The type must be pure. @throws PureBytesError */
export function readPure(type: MoveType, bytes: Uint8Array): MoveValue {
  const cursor = new Cursor(bytes);
  const value = read(type, cursor);
  if (cursor.at !== bytes.length) throw new PureBytesError(`${bytes.length - cursor.at} bytes left over`);
  return value;
}

function read(type: MoveType, cursor: Cursor): MoveValue {
  switch (type.kind) {
    case 'bool': {
      const byte = cursor.number(1);
      if (byte > 1) throw new PureBytesError(`${byte} is no bool`);
      return byte === 1;
    }
    case 'u8':
    case 'u16':
    case 'u32':
      return cursor.number(WIDTH[type.kind]);
    case 'u64':
    case 'u128':
    case 'u256':
      return cursor.bigint(WIDTH[type.kind]);
    case 'address':
      return bytesToAddress(cursor.bytes, cursor.take(32));
    case 'signer':
      throw new PureBytesError('a signer has no bytes');
    case 'vector':
      return readVector(type.element, cursor);
    case 'datatype':
      return readDatatype(type, cursor);
  }
}

function readVector(element: MoveType, cursor: Cursor): MoveValue[] {
  if (element.kind === 'u8') return Array.from(cursor.byteVector());
  const length = cursor.length();
  // Every element takes at least one byte, so a length beyond the rest is hostile.
  if (length > cursor.bytes.length - cursor.at) throw new PureBytesError(`vector of ${length} does not fit`);
  const values: MoveValue[] = [];
  for (let i = 0; i < length; i++) values.push(read(element, cursor));
  return values;
}

function readDatatype(type: Extract<MoveType, { kind: 'datatype' }>, cursor: Cursor): MoveValue {
  const inner = optionArgument(type);
  if (inner) {
    const values = readVector(inner, cursor);
    if (values.length > 1) throw new PureBytesError('an option holds one value at most');
    return { f0: values };
  }
  if (type.name === 'ID') return { f0: bytesToAddress(cursor.bytes, cursor.take(32)) };
  const bytes = cursor.byteVector();
  if (type.module === 'ascii') {
    if (bytes.some((byte) => byte > 127)) throw new PureBytesError('not ASCII');
  } else {
    try {
      utf8.decode(bytes);
    } catch (cause) {
      throw new PureBytesError('not UTF-8', { cause });
    }
  }
  return { f0: Array.from(bytes) };
}
