/** Struct with key: an object starts with `id: UID`; enums are no objects. */
import type { ModuleContext } from './context.js';
import { SuiVerificationError } from './errors.js';
import { isSuiDatatype } from './sui-names.js';
import { ability } from './type-pool.js';

const pass = 'struct with key';

export function checkStructsWithKey({ module, location }: ModuleContext): void {
  const hasKey = (handle: number): boolean => (module.datatypeHandles[handle]!.abilities & ability.key) !== 0;
  for (const { handle, fields } of module.structs) {
    if (!hasKey(handle)) continue;
    const [first] = fields;
    if (first?.name !== 'id' || !isSuiDatatype(module, first.type, 'object', 'UID'))
      throw new SuiVerificationError(pass, `the first field of ${module.datatypeHandles[handle]!.name}, which has key, is not id: UID`, location);
  }
  for (const { handle } of module.enums)
    if (hasKey(handle)) throw new SuiVerificationError(pass, `enum ${module.datatypeHandles[handle]!.name} has key`, location);
}
