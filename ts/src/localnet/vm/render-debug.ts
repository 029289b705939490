/** Text of a Move value for a developer, as `debug::print` shows it. */
import type { RuntimeType } from './runtime-type.js';
import type { MoveStruct, MoveValue } from './types.js';

const std = `0x${'1'.padStart(64, '0')}`;
const shortAddress = (address: string): string => address.replace(/^0x0+(?=.)/, '0x');

/** Deepest nesting that is shown. */
const maxDepth = 32;

function render(type: RuntimeType, value: MoveValue, indent: string): string {
  if (indent.length > 2 * maxDepth) return '…';
  if (type.kind === 'address' || type.kind === 'signer') return `@${shortAddress(value as string)}`;
  if (type.isPrimitive) return String(value);
  if (type.kind === 'vector') {
    const list = value as MoveValue[];
    if (type.element.kind === 'u8') return `0x${Buffer.from(list as number[]).toString('hex')}`;
    if (list.length === 0) return '[]';
    const items = list.map((v) => `${indent}  ${render(type.element, v, `${indent}  `)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const definition = type.definition!;
  const fields = value as MoveStruct;
  const isString = definition.name === 'String' && definition.originalId === std;
  if (isString) return JSON.stringify(Buffer.from(fields['f0'] as number[]).toString('utf8'));
  const variant = type.variants[type.kind === 'enum' ? (fields['$'] as number) : 0]!;
  const name = `${shortAddress(definition.definingId)}::${definition.module}::${definition.name}`;
  const title = type.kind === 'enum' ? `${name}::${variant.name}` : name;
  const lines = variant.fields.map((f, i) => `${indent}  ${f.name}: ${render(f.type, fields[`f${i}`]!, `${indent}  `)}`);
  return `${title} {${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n${indent}`}}`;
}

export function renderDebug(type: RuntimeType, value: MoveValue): string {
  return render(type, value, '');
}
