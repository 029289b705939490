/** Lengths of type tags, which some natives charge for. */
import { serializeTypeTag } from '../type-tag.js';
import type { RuntimeType } from '../runtime-type.js';

/** BCS length of the type's tag. */
export function bcsTypeTagLength(type: RuntimeType): number {
  return serializeTypeTag(type.move).length;
}
