/**
 * Random values of Move types, made from the declarations in published bytecode: their BCS, and what a reader of
 * this BCS must say. No layout of ours or of the SDK has a part in it.
 */
import type { MoveVm } from '../../src/localnet/vm/index.js';
import type { MoveType } from '../../src/localnet/vm/types.js';
import { typeToText } from '../../src/localnet/runtime/type-tags.js';

/** A value in the form that `readable` gives to what readers say. */
export type Readable = string | boolean | null | readonly Readable[] | { readonly [field: string]: Readable };

export interface Sample {
  readonly bytes: Uint8Array;
  readonly value: Readable;
}

/** @param next random numbers from 0 to 2^32 − 1 */
export function sampleOf(vm: MoveVm, type: MoveType, next: () => number): Sample {
  const sample = (t: MoveType): Sample => sampleOf(vm, t, next);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => next() & 255);
  switch (type.kind) {
    case 'bool':
      return next() % 2 === 0 ? { bytes: Uint8Array.of(0), value: false } : { bytes: Uint8Array.of(1), value: true };
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'u128':
    case 'u256': {
      const raw = bytes(Number(type.kind.slice(1)) / 8);
      return { bytes: raw, value: BigInt(`0x${Buffer.from(raw).reverse().toString('hex')}`).toString() };
    }
    case 'address':
    case 'signer': {
      const raw = bytes(32);
      return { bytes: raw, value: `0x${Buffer.from(raw).toString('hex')}` };
    }
    case 'vector': {
      if (type.element.kind === 'u8') {
        const raw = bytes(1 + (next() % 100));
        return { bytes: Uint8Array.of(raw.length, ...raw), value: `hex ${Buffer.from(raw).toString('hex')}` };
      }
      const elements = Array.from({ length: next() % 4 }, () => sample(type.element));
      return { bytes: join(Uint8Array.of(elements.length), ...elements.map((e) => e.bytes)), value: elements.map((e) => e.value) };
    }
    case 'datatype':
      return datatype(vm, type, next);
  }
}

function datatype(vm: MoveVm, type: MoveType & { kind: 'datatype' }, next: () => number): Sample {
  const text = typeToText(type);
  if (/::string::String$/.test(text)) {
    const letters = Array.from({ length: next() % 20 }, () => String.fromCharCode(97 + (next() % 26))).join('');
    return { bytes: Uint8Array.of(letters.length, ...Buffer.from(letters)), value: letters };
  }
  if (/^0x0*1::option::Option</.test(text)) {
    if (next() % 2 === 0) return { bytes: Uint8Array.of(0), value: null };
    const inner = sampleOf(vm, type.typeArguments[0]!, next);
    return { bytes: join(Uint8Array.of(1), inner.bytes), value: inner.value };
  }
  const fields = vm.structFields(type);
  if (fields !== undefined) {
    const samples = fields.map(({ name, type: field }) => [name, sampleOf(vm, field, next)] as const);
    return { bytes: join(...samples.map(([, s]) => s.bytes)), value: record(samples.map(([name, s]) => [name, s.value])) };
  }
  const { variants } = vm.datatypeInfo(type.address, type.module, type.name)!;
  const index = next() % variants.length;
  const variant = variants[index]!;
  const samples = variant.fields.map((f) => [f.name, sampleOf(vm, vm.instantiate(f.type, type.typeArguments), next)] as const);
  const value = samples.length === 0 ? true : record(samples.map(([name, s]) => [name, s.value]));
  return { bytes: join(Uint8Array.of(index), ...samples.map(([, s]) => s.bytes)), value: { [variant.name]: value } };
}

/** A struct of nothing but a position, an ID, a UID or a balance reads as that field. */
function record(fields: readonly (readonly [string, Readable])[]): Readable {
  const [name, value] = fields.length === 1 ? fields[0]! : ['', null];
  const isWrapper = ['pos0', 'id', 'value'].includes(name) || (name === 'bytes' && !String(value).startsWith('hex '));
  return isWrapper ? value : Object.fromEntries(fields);
}

/** What a reader of BCS said, in the same form. */
export function readable(value: unknown): Readable {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return `hex ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(readable);
  const fields = Object.entries(value as Record<string, unknown>).filter(([name]) => name !== '$kind');
  return record(fields.map(([name, field]) => [name, readable(field)] as const));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
