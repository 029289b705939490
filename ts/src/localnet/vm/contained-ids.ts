/** Finds the object IDs inside a value: its own UID and those of objects wrapped in it. */
import type { RuntimeType } from './runtime-type.js';
import type { Address, MoveStruct, MoveValue } from './types.js';

const sui = `0x${'2'.padStart(64, '0')}`;

const holdsIds = new WeakMap<RuntimeType, boolean>();

function isUid(type: RuntimeType): boolean {
  const definition = type.definition;
  return definition !== undefined && definition.name === 'UID' && definition.module === 'object' && definition.originalId === sui;
}

/** Whether values of the type may contain a UID. */
function mayHoldIds(type: RuntimeType): boolean {
  let known = holdsIds.get(type);
  if (known === undefined) {
    const inner = type.kind === 'vector' ? [type.element] : type.variants.flatMap((v) => v.fields.map((f) => f.type));
    known = isUid(type) || inner.some(mayHoldIds);
    holdsIds.set(type, known);
  }
  return known;
}

/** IDs of all UIDs in the value, outermost first. */
export function containedIds(type: RuntimeType, value: MoveValue): Address[] {
  if (type.isPrimitive || !mayHoldIds(type)) return [];
  if (type.kind === 'vector') return (value as MoveValue[]).flatMap((v) => containedIds(type.element, v));
  const fields = value as MoveStruct;
  if (isUid(type)) return [(fields['f0'] as MoveStruct)['f0'] as Address];
  const variant = type.variants[type.kind === 'enum' ? (fields['$'] as number) : 0]!;
  return variant.fields.flatMap((f, i) => containedIds(f.type, fields[`f${i}`]!));
}
