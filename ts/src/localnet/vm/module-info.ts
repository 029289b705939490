/** Reflection: a module's functions, datatypes and constants as declared. */
import type { LoadedModule } from './loader.js';
import type { Field } from './module.js';
import type { Address, DatatypeInfo, FunctionInfo, SignatureType } from './types.js';

/** A module as the transaction rules and the services see it. */
export interface ModuleInfo {
  /** Original ID of the package. */
  readonly address: Address;
  readonly name: string;
  /** Functions by name, in definition order. */
  readonly functions: ReadonlyMap<string, FunctionInfo>;
  /** Datatypes by name: structs, then enums, in definition order. */
  readonly datatypes: ReadonlyMap<string, DatatypeInfo>;
  /** BCS of each constant with its type; a clever abort code points here. */
  readonly constants: readonly { readonly type: SignatureType; readonly data: Uint8Array }[];
}

export function describeModule(module: LoadedModule): ModuleInfo {
  const { compiled } = module;
  const functions = compiled.functions.map((definition): FunctionInfo => {
    const handle = compiled.functionHandles[definition.handle]!;
    return {
      name: handle.name,
      index: definition.index,
      visibility: definition.visibility,
      isEntry: definition.isEntry,
      isNative: definition.isNative,
      typeParameters: handle.typeParameters.map((constraints) => ({ constraints, isPhantom: false })),
      parameters: handle.parameters.map((t) => module.describe(t)),
      returns: handle.returns.map((t) => module.describe(t)),
    };
  });
  const fieldsOf = (fields: readonly Field[]): { name: string; type: SignatureType }[] =>
    fields.map((f) => ({ name: f.name, type: module.describe(f.type) }));
  const datatypeOf = (
    kind: 'struct' | 'enum',
    handleIndex: number,
    content: Pick<DatatypeInfo, 'fields' | 'variants'>,
  ): DatatypeInfo => {
    const handle = compiled.datatypeHandles[handleIndex]!;
    const { definingId } = module.datatype(handleIndex);
    const { name, abilities, typeParameters } = handle;
    return { kind, address: definingId, module: compiled.self.name, name, abilities, typeParameters, ...content };
  };
  const datatypes = [
    ...compiled.structs.map((s) => datatypeOf('struct', s.handle, { fields: fieldsOf(s.fields), variants: [] })),
    ...compiled.enums.map((e) =>
      datatypeOf('enum', e.handle, {
        fields: [],
        variants: e.variants.map((v) => ({ name: v.name, fields: fieldsOf(v.fields) })),
      }),
    ),
  ];
  return {
    address: compiled.self.address,
    name: compiled.self.name,
    functions: new Map(functions.map((f) => [f.name, f])),
    datatypes: new Map(datatypes.map((d) => [d.name, d])),
    constants: compiled.constants.map((c) => ({ type: module.describe(c.type), data: c.data })),
  };
}
