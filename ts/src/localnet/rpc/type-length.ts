/**
 * Length of a BCS value of a Move type at the start of a byte string, found by walking the declarations of its
 * datatypes; used to cut the name of a dynamic field from its value.
 */
import { TypeTagSerializer } from '@mysten/sui/bcs';
import type { TypeTag } from '@mysten/sui/bcs';
import type { Ledger } from '../ledger/types.js';
import type { SignatureType } from '../vm/types.js';

const FIXED_LENGTHS: Partial<Record<string, number>> = {
  bool: 1,
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  u128: 16,
  u256: 32,
  address: 32,
  signer: 32,
};
const MAX_DEPTH = 128;

/** Number of bytes the value takes; undefined when a declaration is missing or the bytes are too short. */
export function bcsLength(ledger: Ledger, type: string, bytes: Uint8Array): number | undefined {
  const end = skip(ledger, signatureType(TypeTagSerializer.parseFromStr(type, true)), [], bytes, 0, 0);
  return end !== undefined && end <= bytes.length ? end : undefined;
}

function signatureType(tag: TypeTag): SignatureType {
  if ('vector' in tag && tag.vector !== undefined) return { kind: 'vector', element: signatureType(tag.vector) };
  if ('struct' in tag && tag.struct !== undefined) {
    const { address, module, name, typeParams } = tag.struct;
    return { kind: 'datatype', address, module, name, typeArguments: typeParams.map(signatureType) };
  }
  return { kind: Object.keys(tag).find((key) => key !== '$kind') as 'bool' };
}

/** Offset after the value; undefined when it cannot be found. */
function skip(
  ledger: Ledger,
  type: SignatureType,
  typeArguments: readonly SignatureType[],
  bytes: Uint8Array,
  offset: number,
  depth: number,
): number | undefined {
  if (depth > MAX_DEPTH || offset > bytes.length) return undefined;
  switch (type.kind) {
    case 'vector':
      return skipVector(ledger, type.element, typeArguments, bytes, offset, depth);
    case 'datatype': {
      const inner = type.typeArguments.map((argument) => substitute(argument, typeArguments));
      return skipDatatype(ledger, type, inner, bytes, offset, depth);
    }
    case 'typeParameter': {
      const argument = typeArguments[type.index];
      return argument === undefined ? undefined : skip(ledger, argument, [], bytes, offset, depth + 1);
    }
    case 'reference':
      return undefined;
    default: {
      const length = FIXED_LENGTHS[type.kind];
      return length === undefined ? undefined : offset + length;
    }
  }
}

function skipVector(
  ledger: Ledger,
  element: SignatureType,
  typeArguments: readonly SignatureType[],
  bytes: Uint8Array,
  offset: number,
  depth: number,
): number | undefined {
  const header = uleb(bytes, offset);
  if (header === undefined) return undefined;
  const fixed = FIXED_LENGTHS[element.kind];
  if (fixed !== undefined) return header.end + header.value * fixed;
  let position: number | undefined = header.end;
  for (let i = 0; i < header.value && position !== undefined; i++) {
    if (position >= bytes.length) return undefined;
    position = skip(ledger, element, typeArguments, bytes, position, depth + 1);
  }
  return position;
}

function skipDatatype(
  ledger: Ledger,
  type: Extract<SignatureType, { kind: 'datatype' }>,
  typeArguments: readonly SignatureType[],
  bytes: Uint8Array,
  offset: number,
  depth: number,
): number | undefined {
  const info = ledger.reflection.getDatatype(type.address, type.module, type.name);
  if (info === undefined) return undefined;
  let fields = info.fields;
  let position: number | undefined = offset;
  if (info.kind === 'enum') {
    const tag = uleb(bytes, offset);
    const variant = tag === undefined ? undefined : info.variants[tag.value];
    if (tag === undefined || variant === undefined) return undefined;
    fields = variant.fields;
    position = tag.end;
  }
  for (const field of fields) {
    if (position === undefined) return undefined;
    position = skip(ledger, field.type, typeArguments, bytes, position, depth + 1);
  }
  return position;
}

function substitute(type: SignatureType, typeArguments: readonly SignatureType[]): SignatureType {
  switch (type.kind) {
    case 'typeParameter':
      return typeArguments[type.index] ?? type;
    case 'vector':
      return { kind: 'vector', element: substitute(type.element, typeArguments) };
    case 'datatype':
      return { ...type, typeArguments: type.typeArguments.map((argument) => substitute(argument, typeArguments)) };
    default:
      return type;
  }
}

function uleb(bytes: Uint8Array, offset: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[offset + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: offset + i + 1 };
  }
  return undefined;
}
