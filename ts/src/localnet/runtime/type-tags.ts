/**
 * Types as text, as `TypeTag` BCS and as the compressed `MoveObjectType` of stored objects
 * (sui.md §1.4). Canonical text: full addresses, type arguments separated by a comma without a space.
 */
import { typeFromText } from '../vm/type-text.js';
import type { Address, MoveType, PrimitiveName } from '../vm/types.js';
import { BcsWriter, fullAddress } from './bytes.js';

export const STD_ADDRESS = fullAddress('0x1');
export const SUI_ADDRESS = fullAddress('0x2');

const textCache = new WeakMap<object, string>();

/** Canonical text of a closed type. */
export function typeToText(type: MoveType): string {
  if (type.kind !== 'datatype' && type.kind !== 'vector') return type.kind;
  let text = textCache.get(type);
  if (text === undefined) {
    text = type.kind === 'vector' ? `vector<${typeToText(type.element)}>` : datatypeText(type);
    textCache.set(type, text);
  }
  return text;
}

function datatypeText(type: Extract<MoveType, { kind: 'datatype' }>): string {
  const name = `${type.address}::${type.module}::${type.name}`;
  return type.typeArguments.length === 0 ? name : `${name}<${type.typeArguments.map(typeToText).join(',')}>`;
}

export function typesEqual(a: MoveType, b: MoveType): boolean {
  return a === b || typeToText(a) === typeToText(b);
}

const PRIMITIVE_TAG: Record<PrimitiveName, number> = {
  bool: 0,
  u8: 1,
  u64: 2,
  u128: 3,
  address: 4,
  signer: 5,
  u16: 8,
  u32: 9,
  u256: 10,
};

/** Writes the BCS of `TypeTag`. */
export function writeTypeTag(writer: BcsWriter, type: MoveType): void {
  switch (type.kind) {
    case 'vector':
      writer.u8(6);
      writeTypeTag(writer, type.element);
      return;
    case 'datatype':
      writer.u8(7);
      writeStructTag(writer, type);
      return;
    default:
      writer.u8(PRIMITIVE_TAG[type.kind]);
  }
}

/** Writes the BCS of `StructTag`. */
export function writeStructTag(writer: BcsWriter, type: Extract<MoveType, { kind: 'datatype' }>): void {
  writer.address(type.address).string(type.module).string(type.name).uleb(type.typeArguments.length);
  for (const argument of type.typeArguments) writeTypeTag(writer, argument);
}

export function typeTagBytes(type: MoveType): Uint8Array {
  const writer = new BcsWriter(128);
  writeTypeTag(writer, type);
  return writer.finish();
}

const parsed = new Map<string, MoveType>();
const PARSED_SIZE = 10_000;

/** Reads a type; equal texts give the same object. @throws TypeSyntaxError of the VM */
export function parseType(text: string): MoveType {
  const known = parsed.get(text);
  if (known) return known;
  const type = typeFromText(text);
  if (parsed.size >= PARSED_SIZE) parsed.clear();
  parsed.set(text, type);
  return type;
}

/** A datatype of the framework: `frameworkType('coin', 'Coin', [t])`. */
export function frameworkType(module: string, name: string, typeArguments: readonly MoveType[] = []): MoveType {
  return { kind: 'datatype', address: SUI_ADDRESS, module, name, typeArguments };
}

export const SUI_TYPE = frameworkType('sui', 'SUI');
export const GAS_COIN_TYPE = frameworkType('coin', 'Coin', [SUI_TYPE]);
export const U64_TYPE: MoveType = { kind: 'u64' };
export const ADDRESS_TYPE: MoveType = { kind: 'address' };
/** Canonical text of `0x2::coin::Coin<0x2::sui::SUI>`. */
export const GAS_COIN_TEXT = typeToText(GAS_COIN_TYPE);

/** `T` when the type is `address::module::name<T>` with exactly one argument. */
export function singleArgument(type: MoveType, address: Address, module: string, name: string): MoveType | undefined {
  return type.kind === 'datatype' &&
    type.name === name &&
    type.module === module &&
    type.address === address &&
    type.typeArguments.length === 1
    ? type.typeArguments[0]
    : undefined;
}

/** `T` of `Coin<T>`, undefined for other types. */
export function coinTypeArgument(type: MoveType): MoveType | undefined {
  return singleArgument(type, SUI_ADDRESS, 'coin', 'Coin');
}

const objectTypeCache = new Map<string, Uint8Array>();
const OBJECT_TYPE_CACHE_SIZE = 10_000;

/** BCS of `MoveObjectType` for the type of a stored object. */
export function moveObjectTypeBytes(type: MoveType): Uint8Array {
  const key = typeToText(type);
  const cached = objectTypeCache.get(key);
  if (cached) return cached;
  const writer = new BcsWriter(128);
  writeMoveObjectType(writer, type);
  const bytes = writer.finish();
  if (objectTypeCache.size >= OBJECT_TYPE_CACHE_SIZE) objectTypeCache.clear();
  objectTypeCache.set(key, bytes);
  return bytes;
}

function writeMoveObjectType(writer: BcsWriter, type: MoveType): void {
  if (type.kind !== 'datatype') throw new TypeError(`not the type of an object: ${typeToText(type)}`);
  const text = typeToText(type);
  if (text === GAS_COIN_TEXT) {
    writer.u8(1);
    return;
  }
  if (text === STAKED_SUI_TEXT) {
    writer.u8(2);
    return;
  }
  const coin = coinTypeArgument(type);
  if (coin) {
    writer.u8(3);
    writeTypeTag(writer, coin);
    return;
  }
  if (text === SUI_BALANCE_FIELD_TEXT) {
    writer.u8(4);
    return;
  }
  writer.u8(0);
  writeStructTag(writer, type);
}

const STAKED_SUI_TEXT = `${fullAddress('0x3')}::staking_pool::StakedSui`;

/** Type of the dynamic field under 0xacc that holds the address balance of `coin`. */
export function addressBalanceFieldType(coin: MoveType): MoveType {
  return frameworkType('dynamic_field', 'Field', [
    frameworkType('accumulator', 'Key', [frameworkType('balance', 'Balance', [coin])]),
    frameworkType('accumulator', 'U128'),
  ]);
}

const SUI_BALANCE_FIELD_TEXT = typeToText(addressBalanceFieldType(SUI_TYPE));
