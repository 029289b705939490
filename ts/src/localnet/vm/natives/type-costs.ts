/** Lengths of type tags, which some natives charge for. */
import { serializeTypeTag } from '../type-tag.js';
import type { RuntimeType } from '../runtime-type.js';
import type { MoveType } from '../types.js';

/** BCS length of the type's tag. */
export function bcsTypeTagLength(type: RuntimeType): number {
  return serializeTypeTag(type.move).length;
}

/** Abstract size of a datatype's tag: what events are charged and limited by besides their value. */
export function abstractTagSize(type: MoveType): number {
  switch (type.kind) {
    case 'datatype':
      return type.typeArguments.reduce(
        (sum, argument) => sum + abstractTagSize(argument) + (argument.kind === 'datatype' ? 1 : 0),
        32 + type.module.length + type.name.length,
      );
    case 'vector':
      return 1 + abstractTagSize(type.element) + (type.element.kind === 'datatype' ? 1 : 0);
    default:
      return 1;
  }
}
