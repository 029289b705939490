/**
 * Writer and reader of BCS primitives, used by the functions generated per type. Integers are little
 * endian, lengths and enum tags ULEB128 of at most 32 bits in their shortest form.
 */
import { BcsError } from './errors.js';
import type { Address } from './types.js';

const hexDigits = /^0x[0-9a-f]{64}$/;
const mask64 = (1n << 64n) - 1n;

/** 32 bytes of an address. */
export function addressToBytes(address: Address): Uint8Array {
  if (!hexDigits.test(address)) throw new TypeError(`not a full address: ${address}`);
  return Uint8Array.from(Buffer.from(address.slice(2), 'hex'));
}

/** Address of 32 bytes. */
export function bytesToAddress(bytes: Uint8Array): Address {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, 32).toString('hex')}`;
}

export class BcsWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  /** Copy of what was written; the writer may be used again. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  /** Forgets what was written, e.g. after an error. */
  clear(): void {
    this.length = 0;
  }

  private reserve(count: number): number {
    const at = this.length;
    this.length = at + count;
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length));
      grown.set(this.bytes.subarray(0, at));
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }

  bool(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  u8(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  u16(value: number): void {
    const at = this.reserve(2);
    this.view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }

  u64(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigUint64(at, value, true);
  }

  u128(value: bigint): void {
    this.u64(value & mask64);
    this.u64(value >> 64n);
  }

  u256(value: bigint): void {
    this.u128(value & ((1n << 128n) - 1n));
    this.u128(value >> 128n);
  }

  address(value: Address): void {
    if (value.length !== 66) throw new TypeError(`not a full address: ${value}`);
    const at = this.reserve(32);
    for (let i = 0; i < 32; i++) this.bytes[at + i] = parseInt(value.slice(2 + 2 * i, 4 + 2 * i), 16);
  }

  uleb(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.u8(rest);
  }

  /** Length-prefixed vector<u8>. */
  byteVector(value: readonly number[] | Uint8Array): void {
    this.uleb(value.length);
    const at = this.reserve(value.length);
    this.bytes.set(value, at);
  }
}

export class BcsReader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  fail(message: string): never {
    throw new BcsError(message, this.at);
  }

  private advance(count: number): number {
    const at = this.at;
    if (count > this.bytes.length - at) this.fail('unexpected end');
    this.at = at + count;
    return at;
  }

  bool(): boolean {
    const value = this.u8();
    if (value > 1) this.fail('bool is neither 0 nor 1');
    return value === 1;
  }

  u8(): number {
    return this.bytes[this.advance(1)]!;
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.advance(8), true);
  }

  u128(): bigint {
    const low = this.u64();
    return low | (this.u64() << 64n);
  }

  u256(): bigint {
    const low = this.u128();
    return low | (this.u128() << 128n);
  }

  address(): Address {
    const at = this.advance(32);
    return `0x${Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at, 32).toString('hex')}`;
  }

  uleb(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if ((byte === 0 && shift > 0) || value > 0xffff_ffff) this.fail('ULEB128 is not canonical');
        return value;
      }
    }
    return this.fail('ULEB128 is too long');
  }

  /** Length of a vector whose elements take at least `elementBytes` each. */
  vectorLength(elementBytes: number): number {
    const length = this.uleb();
    if (length * elementBytes > this.remaining) this.fail(`vector of ${length} elements is longer than the bytes`);
    return length;
  }

  byteVector(): number[] {
    const length = this.vectorLength(1);
    const at = this.advance(length);
    return Array.from(this.bytes.subarray(at, at + length));
  }

  /** Every byte must have been read. */
  end(): void {
    if (this.remaining !== 0) this.fail('trailing bytes');
  }
}
