/** Natives of `0x1::type_name`: types as text without `0x`, by defining or by original IDs. */
import type { RuntimeType } from '../runtime-type.js';
import type { Address, MoveStruct } from '../types.js';
import type { NativeFactory, NativeModule } from './native.js';

/** ENonModuleType. */
const nonModuleType = 0;

/** Text of a type with the IDs that `idOf` chooses, without `0x`. */
export function typeNameText(type: RuntimeType, idOf: 'definingId' | 'originalId'): string {
  const list = type.typeArguments.map((t) => typeNameText(t, idOf)).join();
  if (type.kind === 'vector') return `vector<${list}>`;
  const { definition } = type;
  if (definition === undefined) return type.kind;
  const name = `${definition[idOf].slice(2)}::${definition.module}::${definition.name}`;
  return list === '' ? name : `${name}<${list}>`;
}

const typeName = (idOf: 'definingId' | 'originalId'): NativeFactory => (env, [type]) => {
  const bytes = Array.from(new TextEncoder().encode(typeNameText(type!, idOf)));
  return (): MoveStruct => {
    env.charge(52 + 2 * bytes.length);
    return { f0: { f0: bytes.slice() } };
  };
};

const packageId = (idOf: 'definingId' | 'originalId'): NativeFactory => (env, [type]) => (): Address => {
  env.charge(52);
  return type!.definition?.[idOf] ?? env.abort(nonModuleType);
};

export const type_name: NativeModule = {
  with_defining_ids: typeName('definingId'),
  with_original_ids: typeName('originalId'),
  // The names of the two before they were renamed, for older frameworks.
  get: typeName('definingId'),
  get_with_original_ids: typeName('originalId'),
  defining_id: packageId('definingId'),
  original_id: packageId('originalId'),
};
