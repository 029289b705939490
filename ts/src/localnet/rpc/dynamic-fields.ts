/**
 * Dynamic fields as `sui.rpc.v2.DynamicField` (sui-rpc.md §3, sui.md §1.2).
 *
 * A field object has type `0x2::dynamic_field::Field<Name, Value>` and contents ID ‖ name ‖ value. A dynamic
 * object field has `Name` = `0x2::dynamic_object_field::Wrapper<K>` and `Value` = `0x2::object::ID`; it is shown
 * with the key type K and the type of the child object.
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import { TypeTagSerializer } from '@mysten/sui/bcs';
import { deriveDynamicFieldID, normalizeSuiAddress } from '@mysten/sui/utils';
import { toHex } from '@mysten/bcs';
import type { Ledger, LedgerObject } from '../ledger/types.js';
import type { ReadMask } from './mask.js';
import { objectMessage } from './objects.js';
import { bcsLength } from './type-length.js';
import { bcsMessage, canonicalType } from './values.js';

const { DynamicField_DynamicFieldKind: FieldKind } = GrpcTypes;

const FRAMEWORK = normalizeSuiAddress('0x2');
const FIELD_PREFIX = `${FRAMEWORK}::dynamic_field::Field<`;
const WRAPPER_PREFIX = `${FRAMEWORK}::dynamic_object_field::Wrapper<`;
const ID_LENGTH = 32;
/** Longest name that is searched by hash; each guess hashes the name. */
const MAX_GUESSED_LENGTH = 1_024;

/** A field object taken apart. */
interface FieldParts {
  readonly nameType: string;
  readonly name: Uint8Array;
  readonly valueType: string;
  readonly value: Uint8Array;
  /** ID of the child of a dynamic object field. */
  readonly childId: string | undefined;
}

/** One dynamic field; undefined when the object is not a `Field<…>`. */
export function dynamicFieldMessage(
  ledger: Ledger,
  parent: string,
  object: LedgerObject,
  mask: ReadMask,
): GrpcTypes.DynamicField | undefined {
  const parts = fieldParts(ledger, parent, object);
  if (parts === undefined) return undefined;
  const child = parts.childId === undefined ? undefined : ledger.getObject(parts.childId);
  const message: GrpcTypes.DynamicField = {
    kind: parts.childId === undefined ? FieldKind.FIELD : FieldKind.OBJECT,
    parent,
    fieldId: object.id,
  };
  if (mask.has('field_object')) message.fieldObject = objectMessage(ledger, object, mask.child('field_object'));
  if (mask.has('name')) message.name = bcsMessage(parts.nameType, parts.name);
  const valueType = parts.childId === undefined ? parts.valueType : child?.type;
  if (valueType !== undefined) message.valueType = valueType;
  if (parts.childId !== undefined) message.childId = parts.childId;
  if (mask.has('value')) {
    if (parts.childId === undefined) message.value = bcsMessage(parts.valueType, parts.value);
    else if (child?.contents !== undefined) message.value = bcsMessage(child.type, child.contents);
  }
  if (child !== undefined && mask.has('child_object'))
    message.childObject = objectMessage(ledger, child, mask.child('child_object'));
  return mask.apply(GrpcTypes.DynamicField, message);
}

function fieldParts(ledger: Ledger, parent: string, object: LedgerObject): FieldParts | undefined {
  const types = fieldTypes(object.type);
  if (types === undefined || object.contents === undefined) return undefined;
  const rest = object.contents.subarray(ID_LENGTH);
  const nameLength = splitName(ledger, parent, object.id, types, rest);
  const isObject = types[0].startsWith(WRAPPER_PREFIX);
  const value = rest.subarray(nameLength);
  return {
    nameType: isObject ? types[0].slice(WRAPPER_PREFIX.length, -1) : types[0],
    name: rest.subarray(0, nameLength),
    valueType: types[1],
    value,
    childId: isObject ? `0x${toHex(value.subarray(0, ID_LENGTH))}` : undefined,
  };
}

/** `Name` and `Value` of `Field<Name, Value>`. */
function fieldTypes(type: string): readonly [string, string] | undefined {
  const text = canonicalType(type);
  if (!text.startsWith(FIELD_PREFIX)) return undefined;
  const inner = text.slice(FIELD_PREFIX.length, -1);
  let depth = 0;
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] === '<') depth++;
    else if (inner[i] === '>') depth--;
    else if (inner[i] === ',' && depth === 0) return [inner.slice(0, i), inner.slice(i + 1)];
  }
  return undefined;
}

/**
 * Length of the name's BCS. A walk over the declared types finds it; where a type cannot be walked, the right
 * length is the one whose hash gives the ID of the field.
 */
function splitName(
  ledger: Ledger,
  parent: string,
  fieldId: string,
  [nameType, valueType]: readonly [string, string],
  bytes: Uint8Array,
): number {
  if (nameType.startsWith(WRAPPER_PREFIX)) return bytes.length - ID_LENGTH;
  const walked = bcsLength(ledger, nameType, bytes);
  if (walked !== undefined) return walked;
  const tag = TypeTagSerializer.parseFromStr(nameType);
  const longest = Math.min(bytes.length, MAX_GUESSED_LENGTH);
  for (let length = 0; length <= longest; length++)
    if (deriveDynamicFieldID(parent, tag, bytes.subarray(0, length)) === fieldId) return length;
  throw new RangeError(`the name of dynamic field ${fieldId} (${nameType}, ${valueType}) cannot be told from its value`);
}
