/** Ability field requirements: the fields of a datatype have what its abilities ask of them. */
import { declaredFields } from './bounds.js';
import type { ModuleContext } from './context.js';
import { AbilityTable, requiredOfContent } from './type-pool.js';

/** A type parameter counts as having every ability: the datatype has its own only if the argument has them. */
const allAbilities = 15;

export function checkFieldAbilities(context: ModuleContext): void {
  const { module, pool } = context;
  for (const { handle, name, fields } of declaredFields(module)) {
    const { abilities, typeParameters } = module.datatypeHandles[handle]!;
    const required = requiredOfContent(abilities);
    const table = new AbilityTable(module.datatypeHandles, typeParameters.map(() => allAbilities));
    for (const field of fields)
      if (!table.has(pool.of(field.type), required))
        context.fail('field abilities', 'FIELD_MISSING_TYPE_ABILITY', `field ${field.name} of ${name} lacks an ability of ${name}`);
  }
}
