/**
 * JSON of Move values as Sui's services show it (sui-rpc.md §6): wide integers as decimal strings, byte
 * vectors as base64, well-known library types in their short form.
 */
import type { RuntimeType } from './runtime-type.js';
import type { MoveStruct, MoveValue } from './types.js';

/** Deepest nesting that is rendered; deeper values become null. */
const maxDepth = 80;

const std = `0x${'1'.padStart(64, '0')}`;
const sui = `0x${'2'.padStart(64, '0')}`;

type Render = (type: RuntimeType, value: MoveStruct, depth: number) => unknown;

const text = (bytes: unknown): string => Buffer.from(bytes as number[]).toString('utf8');
/** The only field of a wrapper. */
const inner: Render = (type, value, depth) => render(type.fields[0]!.type, value['f0']!, depth);

/** Library types by `address::module::Name`. */
const wellKnown: Readonly<Record<string, Render>> = {
  [`${std}::string::String`]: (_type, value) => text(value['f0']),
  [`${std}::ascii::String`]: (_type, value) => text(value['f0']),
  [`${std}::type_name::TypeName`]: inner,
  [`${sui}::url::Url`]: inner,
  [`${sui}::object::ID`]: inner,
  [`${sui}::object::UID`]: inner,
  [`${sui}::balance::Balance`]: inner,
  [`${std}::option::Option`]: (type, value, depth) => {
    const list = value['f0'] as MoveValue[];
    return list.length === 0 ? null : render(type.typeArguments[0]!, list[0]!, depth);
  },
};

function renderFields(type: RuntimeType, value: MoveStruct, depth: number): Record<string, unknown> {
  const variant = type.variants[type.kind === 'enum' ? (value['$'] as number) : 0]!;
  const fields = variant.fields.map((f, i): [string, unknown] => [f.name, render(f.type, value[`f${i}`]!, depth + 1)]);
  if (type.kind === 'enum') fields.unshift(['@variant', variant.name]);
  // fromEntries defines own properties, so a field named __proto__ is an ordinary field.
  return Object.fromEntries(fields);
}

function render(type: RuntimeType, value: MoveValue, depth: number): unknown {
  if (depth > maxDepth) return null;
  if (typeof value === 'bigint') return value.toString();
  if (type.isPrimitive) return value;
  if (type.kind === 'vector') {
    const list = value as MoveValue[];
    if (type.element.kind === 'u8') return Buffer.from(list as number[]).toString('base64');
    return list.map((v) => render(type.element, v, depth + 1));
  }
  const definition = type.definition!;
  const key = `${definition.originalId}::${definition.module}::${definition.name}`;
  const special = Object.hasOwn(wellKnown, key) ? wellKnown[key]! : renderFields;
  return special(type, value as MoveStruct, depth);
}

/** JSON value (no bigints inside) of a Move value. */
export function renderJson(type: RuntimeType, value: MoveValue): unknown {
  return render(type, value, 0);
}
