/** Duplication: every table names a thing once, and definitions belong to the module that holds them. */
import type { CompiledModule } from '../module.js';
import type { ModuleContext } from './context.js';

const pass = 'duplication';

export function checkDuplication(context: ModuleContext): void {
  const { module, pool } = context;
  const types = (tokens: CompiledModule['signatures'][number]): string => context.types(tokens).map((t) => t.id).join();
  const instances = (table: readonly { target: number; typeArguments: CompiledModule['signatures'][number] }[]): string[] =>
    table.map((i) => `${i.target}<${types(i.typeArguments)}>`);
  const unique = (what: string, keys: readonly string[]): void => {
    if (new Set(keys).size !== keys.length) context.fail(pass, 'DUPLICATE_ELEMENT', `${what} given twice`);
  };
  unique('identifier', module.identifiers);
  unique('address', module.addresses);
  unique('constant', module.constants.map((c) => `${pool.of(c.type).id}:${Buffer.from(c.data).toString('latin1')}`));
  unique('signature', module.signatures.map(types));
  unique('module handle', module.moduleHandles.map((h) => `${h.address}::${h.name}`));
  unique('friend', module.friends.map((h) => `${h.address}::${h.name}`));
  unique('datatype handle', module.datatypeHandles.map((h) => `${h.module}::${h.name}`));
  unique('function handle', module.functionHandles.map((h) => `${h.module}::${h.name}`));
  unique('field handle', module.fieldHandles.map((h) => `${h.struct}.${h.field}`));
  unique('variant handle', module.variantHandles.map((h) => `${h.enum}.${h.variant}`));
  unique('function instantiation', instances(module.functionInstantiations));
  unique('struct instantiation', instances(module.structInstantiations));
  unique('field instantiation', instances(module.fieldInstantiations));
  unique('enum instantiation', instances(module.enumInstantiations));
  unique('variant instantiation', module.variantInstantiations.map((h) => `${h.enumInstantiation}.${h.variant}`));
  const datatypes = [...module.structs, ...module.enums].map((d) => d.handle);
  unique('datatype definition', datatypes.map(String));
  unique('function definition', module.functions.map((f) => String(f.handle)));
  for (const { fields } of module.structs) unique('field', fields.map((f) => f.name));
  for (const { variants } of module.enums) {
    unique('variant', variants.map((v) => v.name));
    for (const { fields } of variants) unique('field', fields.map((f) => f.name));
  }
  checkDefinitions(context, datatypes);
}

/** Definitions are of handles of this module, and each such handle has its definition. */
function checkDefinitions(context: ModuleContext, datatypes: readonly number[]): void {
  const { module } = context;
  for (const { fields, handle } of module.structs)
    if (fields.length === 0) context.fail(pass, 'ZERO_SIZED_STRUCT', `struct ${context.datatypeName(handle)} has no field`);
  const check = (what: string, handles: readonly { module: number; name: string }[], defined: readonly number[]): void => {
    for (const index of defined)
      if (handles[index]!.module !== module.selfHandle)
        context.fail(pass, 'INVALID_MODULE_HANDLE', `${what} ${handles[index]!.name} is defined for another module`);
    const known = new Set(defined);
    handles.forEach((handle, index) => {
      if (handle.module === module.selfHandle && !known.has(index))
        context.fail(pass, 'UNIMPLEMENTED_HANDLE', `${what} ${handle.name} is not defined`);
    });
  };
  check('datatype', module.datatypeHandles, datatypes);
  check('function', module.functionHandles, module.functions.map((f) => f.handle));
}
