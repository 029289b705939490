/**
 * Edits compiled modules for tests: names are resolved to table indices, missing table entries are added.
 * What comes out is bytecode, as an attacker would send it.
 */
import { deserialize, serialize } from '@mysten/move-bytecode-template';

/** A type in the parser's JSON. */
export type JsonType = string | { readonly [kind: string]: unknown };
/** An instruction in the parser's JSON. */
export type Code = string | { readonly [op: string]: unknown };

interface Handle {
  module: number;
  name: number;
}
interface DatatypeHandle extends Handle {
  abilities: number;
  type_parameters: { constraints: number; is_phantom: boolean }[];
}
interface FunctionHandle extends Handle {
  parameters: number;
  return_: number;
  type_parameters: number[];
}
export interface JsonField {
  name: number;
  signature: JsonType;
}
export interface JsonCode {
  locals: number;
  code: Code[];
  jump_tables: { head_enum: number; jump_table: { Full: number[] } }[];
}
interface FunctionDefinition {
  function: number;
  visibility: string;
  is_entry: boolean;
  acquires_global_resources: number[];
  code: JsonCode | null;
}
interface Instantiation {
  type_parameters: number;
}

export interface JsonModule {
  version: number;
  self_module_handle_idx: number;
  module_handles: { address: number; name: number }[];
  datatype_handles: DatatypeHandle[];
  function_handles: FunctionHandle[];
  field_handles: { owner: number; field: number }[];
  friend_decls: { address: number; name: number }[];
  struct_def_instantiations: (Instantiation & { def: number })[];
  function_instantiations: (Instantiation & { handle: number })[];
  field_instantiations: (Instantiation & { handle: number })[];
  signatures: JsonType[][];
  identifiers: string[];
  address_identifiers: string[];
  constant_pool: { type_: JsonType; data: number[] }[];
  struct_defs: { struct_handle: number; field_information: { Declared: JsonField[] } }[];
  function_defs: FunctionDefinition[];
  enum_defs: { enum_handle: number; variants: { variant_name: number; fields: JsonField[] }[] }[];
  enum_def_instantiations: (Instantiation & { def: number })[];
  variant_handles: { enum_def: number; variant: number }[];
  variant_instantiation_handles: { enum_def: number; variant: number }[];
}

export interface FunctionEdit {
  readonly parameters?: readonly JsonType[];
  readonly returns?: readonly JsonType[];
  /** Constraints of each type parameter. */
  readonly typeParameters?: readonly number[];
  readonly locals?: readonly JsonType[];
  readonly code: readonly Code[];
  /** Enum by name and offset per variant. */
  readonly jumpTables?: readonly { readonly of: string; readonly targets: readonly number[] }[];
}

export const reference = (type: JsonType): JsonType => ({ Reference: type });
export const mutable = (type: JsonType): JsonType => ({ MutableReference: type });
export const vector = (type: JsonType): JsonType => ({ Vector: type });
export const parameter = (index: number): JsonType => ({ TypeParameter: index });

function found(index: number, what: string): number {
  if (index < 0) throw new Error(`the module has no ${what}`);
  return index;
}

export class ModuleEditor {
  readonly json: JsonModule;

  constructor(bytes: Uint8Array) {
    this.json = deserialize(bytes) as JsonModule;
  }

  bytes(): Uint8Array {
    return serialize(this.json) as Uint8Array;
  }

  get name(): string {
    const { json } = this;
    return json.identifiers[json.module_handles[json.self_module_handle_idx]!.name]!;
  }

  identifier(name: string): number {
    const index = this.json.identifiers.indexOf(name);
    return index >= 0 ? index : this.json.identifiers.push(name) - 1;
  }

  signature(types: readonly JsonType[]): number {
    return this.entry(this.json.signatures, [...types]);
  }

  /** Index of an entry that is equal, or of a new one. */
  private entry<T>(table: T[], value: T): number {
    const text = JSON.stringify(value);
    const index = table.findIndex((v) => JSON.stringify(v) === text);
    return index >= 0 ? index : table.push(value) - 1;
  }

  datatypeHandle(name: string): number {
    const { datatype_handles: handles, identifiers } = this.json;
    return found(handles.findIndex((h) => identifiers[h.name] === name), `datatype ${name}`);
  }

  /** A type by name, with type arguments. */
  type(name: string, ...args: JsonType[]): JsonType {
    const handle = this.datatypeHandle(name);
    return args.length === 0 ? { Datatype: handle } : { DatatypeInstantiation: [handle, args] };
  }

  struct(name: string): number {
    const handle = this.datatypeHandle(name);
    return found(this.json.struct_defs.findIndex((s) => s.struct_handle === handle), `struct ${name}`);
  }

  structInstance(name: string, ...args: JsonType[]): number {
    return this.entry(this.json.struct_def_instantiations, { def: this.struct(name), type_parameters: this.signature(args) });
  }

  fields(name: string): JsonField[] {
    return this.json.struct_defs[this.struct(name)]!.field_information.Declared;
  }

  field(struct: string, field: string): number {
    const index = this.fields(struct).findIndex((f) => this.json.identifiers[f.name] === field);
    return this.entry(this.json.field_handles, { owner: this.struct(struct), field: found(index, `field ${field}`) });
  }

  fieldInstance(struct: string, field: string, ...args: JsonType[]): number {
    return this.entry(this.json.field_instantiations, { handle: this.field(struct, field), type_parameters: this.signature(args) });
  }

  enum(name: string): number {
    const handle = this.datatypeHandle(name);
    return found(this.json.enum_defs.findIndex((e) => e.enum_handle === handle), `enum ${name}`);
  }

  variant(name: string, variant: number): number {
    return this.entry(this.json.variant_handles, { enum_def: this.enum(name), variant });
  }

  variantInstance(name: string, variant: number, ...args: JsonType[]): number {
    const instance = this.entry(this.json.enum_def_instantiations, { def: this.enum(name), type_parameters: this.signature(args) });
    return this.entry(this.json.variant_instantiation_handles, { enum_def: instance, variant });
  }

  functionHandle(name: string): number {
    const { function_handles: handles, identifiers } = this.json;
    return found(handles.findIndex((h) => identifiers[h.name] === name), `function ${name}`);
  }

  functionInstance(name: string, ...args: JsonType[]): number {
    return this.entry(this.json.function_instantiations, { handle: this.functionHandle(name), type_parameters: this.signature(args) });
  }

  definition(name: string): FunctionDefinition {
    const handle = this.functionHandle(name);
    const definition = this.json.function_defs.find((f) => f.function === handle);
    if (definition === undefined) throw new Error(`function ${name} is not defined here`);
    return definition;
  }

  code(name: string): JsonCode {
    const { code } = this.definition(name);
    if (code === null) throw new Error(`function ${name} is native`);
    return code;
  }

  /** Replaces a function; what is left out is empty. */
  set(name: string, edit: FunctionEdit): void {
    const handle = this.json.function_handles[this.functionHandle(name)]!;
    handle.parameters = this.signature(edit.parameters ?? []);
    handle.return_ = this.signature(edit.returns ?? []);
    handle.type_parameters = [...(edit.typeParameters ?? [])];
    this.definition(name).code = {
      locals: this.signature(edit.locals ?? []),
      code: [...edit.code],
      jump_tables: (edit.jumpTables ?? []).map(({ of, targets }) => ({ head_enum: this.enum(of), jump_table: { Full: [...targets] } })),
    };
  }
}
