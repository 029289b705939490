/** Move values as data for people: fields by name, long vectors and bytes cut short. */
import type { RuntimeType } from '../vm/runtime-type.js';
import type { OperandType } from '../vm/stack.js';
import type { MoveStruct, MoveValue, PrimitiveReference } from '../vm/types.js';

/** How much of a value is kept. */
export interface ValueLimits {
  /** Elements of a vector. */
  readonly elements: number;
  readonly bytes: number;
  /** Characters of a string. */
  readonly characters: number;
  /** Nesting of structs and vectors. */
  readonly depth: number;
}

export const DEFAULT_VALUE_LIMITS: ValueLimits = { elements: 8, bytes: 32, characters: 80, depth: 5 };

/**
 * A shown value: booleans and numbers up to u32 as they are, wider ones bigint; addresses, object IDs and
 * bytes as `0x…`; strings as text; vectors as arrays, whose last element may say how many were left out; structs
 * as objects; variants as `{ variant, fields… }`; Option as its value or null.
 */
export type ShownValue = boolean | number | bigint | string | null | readonly ShownValue[] | { readonly [field: string]: ShownValue };

export interface ShownArgument {
  /** Canonical text, with `&` or `&mut ` in front. */
  readonly type: string;
  readonly value: ShownValue;
}

const std = `0x${'1'.padStart(64, '0')}`;
const sui = `0x${'2'.padStart(64, '0')}`;

/** An argument or result at this moment; later changes behind references do not show. */
export function showOperand(operand: OperandType, value: unknown, limits: ValueLimits): ShownArgument {
  const { type, reference } = operand;
  const prefix = reference === 'value' ? '' : reference === 'mutable' ? '&mut ' : '&';
  const isSlot = reference === 'mutable' && type.isPrimitive;
  const slot = value as PrimitiveReference;
  const read = isSlot ? slot.container[slot.key] : value;
  return { type: `${prefix}${type.text}`, value: show(type, read as MoveValue, limits, 0) };
}

function show(type: RuntimeType, value: MoveValue, limits: ValueLimits, depth: number): ShownValue {
  if (type.isPrimitive) return value as boolean | number | bigint | string;
  if (type.kind === 'vector' && type.element.kind === 'u8') return showBytes(value as number[], limits);
  if (depth >= limits.depth) return '…';
  if (type.kind === 'vector') {
    const list = value as MoveValue[];
    const shown = list.slice(0, limits.elements).map((one) => show(type.element, one, limits, depth + 1));
    return list.length > shown.length ? [...shown, `… ${list.length - shown.length} more`] : shown;
  }
  return showDatatype(type, value as MoveStruct, limits, depth);
}

function showBytes(bytes: readonly number[], limits: ValueLimits): string {
  const shown = `0x${Buffer.from(bytes.slice(0, limits.bytes)).toString('hex')}`;
  return bytes.length > limits.bytes ? `${shown}… (${bytes.length} bytes)` : shown;
}

function showDatatype(type: RuntimeType, value: MoveStruct, limits: ValueLimits, depth: number): ShownValue {
  const { originalId, module, name } = type.definition!;
  const path = originalId === std ? `std::${module}::${name}` : originalId === sui ? `sui::${module}::${name}` : '';
  switch (path) {
    case 'std::string::String':
    case 'std::ascii::String': {
      const bytes = value['f0'] as number[];
      const text = Buffer.from(bytes.slice(0, 4 * limits.characters)).toString('utf8');
      return text.length > limits.characters || bytes.length > 4 * limits.characters ? `${text.slice(0, limits.characters)}…` : text;
    }
    case 'std::option::Option': {
      const [inner] = value['f0'] as MoveValue[];
      return inner === undefined ? null : show(type.typeArguments[0]!, inner, limits, depth + 1);
    }
    case 'sui::object::ID':
      return value['f0'] as string;
    case 'sui::object::UID':
      return (value['f0'] as MoveStruct)['f0'] as string;
  }
  const variant = type.variants[type.kind === 'enum' ? (value['$'] as number) : 0]!;
  const fields = variant.fields.map(({ name: field, type: fieldType }, i): [string, ShownValue] => [
    field,
    show(fieldType, value[`f${i}`]!, limits, depth + 1),
  ]);
  return Object.fromEntries(type.kind === 'enum' ? [['variant', variant.name], ...fields] : fields);
}
