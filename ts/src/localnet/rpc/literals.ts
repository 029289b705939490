/**
 * JSON literals as transaction inputs: a `google.protobuf.Value` encoded for the type of the parameter it is
 * passed to (sui-rpc.md §5). The SDK never sends them; other clients may.
 */
import type { GrpcTypes } from '@mysten/sui/grpc';
import { bcs } from '@mysten/sui/bcs';
import { fromBase64 } from '@mysten/bcs';
import { isValidSuiAddress, normalizeSuiAddress } from '@mysten/sui/utils';
import type { SignatureType } from '../vm/types.js';
import { invalidField } from './errors.js';

type Literal = NonNullable<GrpcTypes.Input['literal']>;

const MOVE_STDLIB = normalizeSuiAddress('0x1');
const FRAMEWORK = normalizeSuiAddress('0x2');
const MAX_DEPTH = 16;

/**
 * BCS of a literal for a type; undefined when values of this type are not pure (objects, type parameters).
 * @throws RpcError INVALID_ARGUMENT when the literal does not fit the type
 */
export function encodeLiteral(field: string, literal: Literal, type: SignatureType, depth = 0): Uint8Array | undefined {
  if (depth > MAX_DEPTH) throw invalidField(field, 'literal nested too deeply');
  switch (type.kind) {
    case 'bool':
      if (literal.kind.oneofKind !== 'boolValue') throw invalidField(field, 'expected a boolean');
      return bcs.bool().serialize(literal.kind.boolValue).toBytes();
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'u128':
    case 'u256':
      return encodeInteger(field, literal, Number(type.kind.slice(1)));
    case 'address':
      return encodeAddress(field, literal);
    case 'vector':
      return encodeVector(field, literal, type.element, depth);
    case 'datatype':
      return encodeDatatype(field, literal, type, depth);
    case 'reference':
      return encodeLiteral(field, literal, type.target, depth + 1);
    case 'signer':
    case 'typeParameter':
      return undefined;
  }
}

function encodeInteger(field: string, literal: Literal, bits: number): Uint8Array {
  let value: bigint | undefined;
  if (literal.kind.oneofKind === 'numberValue' && Number.isSafeInteger(literal.kind.numberValue))
    value = BigInt(literal.kind.numberValue);
  if (literal.kind.oneofKind === 'stringValue' && /^\d{1,78}$/.test(literal.kind.stringValue))
    value = BigInt(literal.kind.stringValue);
  if (value === undefined || value < 0n || value >> BigInt(bits) !== 0n) throw invalidField(field, `expected a u${bits}`);
  const bytes = new Uint8Array(bits / 8);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return bytes;
}

function encodeAddress(field: string, literal: Literal): Uint8Array {
  if (literal.kind.oneofKind !== 'stringValue' || literal.kind.stringValue.length > 66)
    throw invalidField(field, 'expected an address');
  const address = normalizeSuiAddress(literal.kind.stringValue);
  if (!isValidSuiAddress(address)) throw invalidField(field, 'expected an address');
  return bcs.Address.serialize(address).toBytes();
}

function encodeVector(field: string, literal: Literal, element: SignatureType, depth: number): Uint8Array | undefined {
  if (element.kind === 'u8' && literal.kind.oneofKind === 'stringValue') {
    try {
      return bcs.byteVector().serialize(fromBase64(literal.kind.stringValue)).toBytes();
    } catch (error) {
      throw Object.assign(invalidField(field, 'expected Base64'), { cause: error });
    }
  }
  if (literal.kind.oneofKind !== 'listValue') throw invalidField(field, 'expected a list');
  const parts: Uint8Array[] = [bcs.uleb128().serialize(literal.kind.listValue.values.length).toBytes()];
  for (const [index, item] of literal.kind.listValue.values.entries()) {
    const part = encodeLiteral(`${field}[${index}]`, item, element, depth + 1);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return concat(parts);
}

function encodeDatatype(
  field: string,
  literal: Literal,
  type: Extract<SignatureType, { kind: 'datatype' }>,
  depth: number,
): Uint8Array | undefined {
  const path = `${type.module}::${type.name}`;
  if (type.address === FRAMEWORK && path === 'object::ID') return encodeAddress(field, literal);
  if (type.address !== MOVE_STDLIB) return undefined;
  if (path === 'string::String' || path === 'ascii::String') {
    if (literal.kind.oneofKind !== 'stringValue') throw invalidField(field, 'expected a string');
    return bcs.string().serialize(literal.kind.stringValue).toBytes();
  }
  const [inner] = type.typeArguments;
  if (path !== 'option::Option' || inner === undefined) return undefined;
  if (literal.kind.oneofKind === 'nullValue') return Uint8Array.of(0);
  const some = encodeLiteral(field, literal, inner, depth + 1);
  return some === undefined ? undefined : concat([Uint8Array.of(1), some]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
