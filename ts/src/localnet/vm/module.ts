/**
 * Compiled modules as typed tables (sui-execution.md §2.1–2.3). Bytes are parsed with
 * `@mysten/move-bytecode-template`; every index is then checked against its table, so that later stages
 * may follow indices without asking. Function bodies are decoded when first asked for.
 */
import { createHash } from 'node:crypto';
import { deserialize } from '@mysten/move-bytecode-template';
import { MalformedModuleError } from './errors.js';
import { checkInstruction } from './opcodes.js';
import type { Instruction, OperandLimits } from './opcodes.js';
import type { AbilitySet, Address, PrimitiveName } from './types.js';

/** A type as bytecode spells it: indices into the module's own tables. */
export type Token =
  | { readonly kind: PrimitiveName }
  | { readonly kind: 'vector'; readonly element: Token }
  | { readonly kind: 'datatype'; readonly handle: number; readonly typeArguments: readonly Token[] }
  | { readonly kind: 'typeParameter'; readonly index: number }
  | { readonly kind: 'reference'; readonly mutable: boolean; readonly target: Token };

export interface ModuleHandle {
  readonly address: Address;
  readonly name: string;
}

export interface DatatypeHandle {
  readonly module: number;
  readonly name: string;
  readonly abilities: AbilitySet;
  readonly typeParameters: readonly { readonly constraints: AbilitySet; readonly isPhantom: boolean }[];
}

export interface FunctionHandle {
  readonly module: number;
  readonly name: string;
  readonly parameters: readonly Token[];
  readonly returns: readonly Token[];
  readonly typeParameters: readonly AbilitySet[];
}

export interface Field {
  readonly name: string;
  readonly type: Token;
}

export interface StructDefinition {
  readonly handle: number;
  readonly fields: readonly Field[];
}

export interface EnumDefinition {
  readonly handle: number;
  readonly variants: readonly { readonly name: string; readonly fields: readonly Field[] }[];
}

/** A body: locals beyond the parameters, instructions, jump tables (offset per variant tag). */
export interface FunctionBody {
  readonly locals: readonly Token[];
  readonly code: readonly Instruction[];
  readonly jumpTables: readonly { readonly enumDefinition: number; readonly targets: readonly number[] }[];
}

export interface FunctionDefinition {
  readonly index: number;
  readonly handle: number;
  readonly visibility: 'private' | 'public' | 'friend';
  readonly isEntry: boolean;
  readonly isNative: boolean;
  /** Undefined for a native function. */
  body(): FunctionBody | undefined;
}

/** An instantiation: index of the definition or handle, and the type arguments it is used with. */
export interface Instantiation {
  readonly target: number;
  readonly typeArguments: readonly Token[];
}

export interface CompiledModule {
  readonly version: number;
  readonly self: ModuleHandle;
  readonly selfHandle: number;
  readonly moduleHandles: readonly ModuleHandle[];
  readonly friends: readonly ModuleHandle[];
  /** The table of addresses, which handles and friends name. */
  readonly addresses: readonly Address[];
  readonly datatypeHandles: readonly DatatypeHandle[];
  readonly functionHandles: readonly FunctionHandle[];
  readonly functionInstantiations: readonly Instantiation[];
  readonly signatures: readonly (readonly Token[])[];
  readonly constants: readonly { readonly type: Token; readonly data: Uint8Array }[];
  readonly identifiers: readonly string[];
  readonly structs: readonly StructDefinition[];
  readonly structInstantiations: readonly Instantiation[];
  readonly fieldHandles: readonly { readonly struct: number; readonly field: number }[];
  readonly fieldInstantiations: readonly Instantiation[];
  readonly enums: readonly EnumDefinition[];
  readonly enumInstantiations: readonly Instantiation[];
  readonly variantHandles: readonly { readonly enum: number; readonly variant: number }[];
  readonly variantInstantiations: readonly { readonly enumInstantiation: number; readonly variant: number }[];
  readonly functions: readonly FunctionDefinition[];
  readonly functionByName: ReadonlyMap<string, FunctionDefinition>;
  /** Struct or enum definition by name. */
  readonly datatypeByName: ReadonlyMap<string, { readonly kind: 'struct' | 'enum'; readonly index: number }>;
}

/** Largest module that is parsed. Publishing allows 102,400 bytes (§1.1), but modules with their unit tests may be larger. */
const maxModuleBytes = 1_048_576;
/** Deepest type token; types in signatures have at most 256 nodes. */
const maxTokenDepth = 256;

type Json = Record<string, unknown>;

const primitiveTokens: Readonly<Record<string, PrimitiveName>> = {
  Bool: 'bool', U8: 'u8', U16: 'u16', U32: 'u32', U64: 'u64', U128: 'u128', U256: 'u256',
  Address: 'address', Signer: 'signer',
};

/** Reads one parsed module; the methods check what they return. */
class Reader {
  readonly identifiers: readonly string[];
  private readonly handleCount: number;

  constructor(private readonly json: Json) {
    this.identifiers = this.list('identifiers') as unknown as string[];
    this.handleCount = this.list('datatype_handles').length;
  }

  fail(message: string, status?: string): never {
    throw new MalformedModuleError(message, undefined, status);
  }

  list(name: string): Json[] {
    const value = this.json[name] ?? [];
    if (!Array.isArray(value)) this.fail(`${name} is no table`);
    return value as Json[];
  }

  index(value: unknown, length: number, what: string): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= length)
      this.fail(`${what} index ${String(value)} out of range ${length}`, 'INDEX_OUT_OF_BOUNDS');
    return value;
  }

  abilities(value: unknown): AbilitySet {
    return this.index(value, 16, 'ability set');
  }

  identifier(value: unknown): string {
    return this.identifiers[this.index(value, this.identifiers.length, 'identifier')]!;
  }

  token(value: unknown, depth = 0): Token {
    if (depth > maxTokenDepth) this.fail('type nested too deeply');
    if (typeof value === 'string') {
      const kind = Object.hasOwn(primitiveTokens, value) ? primitiveTokens[value] : undefined;
      return { kind: kind ?? this.fail('unknown type') };
    }
    if (typeof value !== 'object' || value === null) this.fail('unknown type');
    const [[kind, operand] = ['', undefined]] = Object.entries(value) as [string, unknown][];
    switch (kind) {
      case 'Vector':
        return { kind: 'vector', element: this.token(operand, depth + 1) };
      case 'Reference':
      case 'MutableReference':
        return { kind: 'reference', mutable: kind === 'MutableReference', target: this.token(operand, depth + 1) };
      case 'TypeParameter':
        return { kind: 'typeParameter', index: this.index(operand, 65_536, 'type parameter') };
      case 'Datatype':
        return { kind: 'datatype', handle: this.index(operand, this.handleCount, 'datatype'), typeArguments: [] };
      case 'DatatypeInstantiation': {
        const [handle, args] = operand as [unknown, unknown[]];
        return {
          kind: 'datatype',
          handle: this.index(handle, this.handleCount, 'datatype'),
          typeArguments: args.map((t) => this.token(t, depth + 1)),
        };
      }
      default:
        return this.fail('unknown type');
    }
  }

  fields(value: unknown): Field[] {
    if (!Array.isArray(value)) this.fail('fields missing');
    return (value as Json[]).map((f) => ({ name: this.identifier(f['name']), type: this.token(f['signature']) }));
  }
}

function readFunctions(
  read: Reader,
  tables: { handles: number; signatures: readonly (readonly Token[])[]; enums: readonly EnumDefinition[] },
  limits: Omit<OperandLimits, 'code' | 'locals' | 'jumpTables'>,
  handles: readonly FunctionHandle[],
): FunctionDefinition[] {
  const visibilities: Readonly<Record<string, FunctionDefinition['visibility']>> = {
    Private: 'private', Public: 'public', Friend: 'friend',
  };
  return read.list('function_defs').map((f, index) => {
    const handle = read.index(f['function'], tables.handles, 'function handle');
    const visibility = visibilities[String(f['visibility'])] ?? read.fail('unknown visibility');
    const code = f['code'] as Json | null | undefined;
    const acquires = f['acquires_global_resources'];
    if (Array.isArray(acquires) && acquires.length > 0)
      read.fail('global storage is deprecated', 'DEPRECATED_BYTECODE_FORMAT');
    let body: FunctionBody | undefined;
    const decode = (): FunctionBody => {
      const raw = code!['code'] as unknown[];
      const locals = tables.signatures[read.index(code!['locals'], tables.signatures.length, 'signature')]!;
      const jumpTables = ((code!['jump_tables'] ?? []) as Json[]).map((table) => {
        const enumDefinition = read.index(table['head_enum'], tables.enums.length, 'enum');
        const full = (table['jump_table'] as { Full?: unknown[] }).Full ?? read.fail('jump table is not full');
        const targets = full.map((t) => read.index(t, raw.length, 'jump target'));
        if (targets.length !== tables.enums[enumDefinition]!.variants.length)
          read.fail('jump table does not cover the variants', 'INVALID_ENUM_SWITCH');
        return { enumDefinition, targets };
      });
      if (raw.length === 0) read.fail('empty function body', 'EMPTY_CODE_UNIT');
      const inFunction = {
        ...limits,
        code: raw.length,
        locals: handles[handle]!.parameters.length + locals.length,
        jumpTables: jumpTables.length,
      };
      return { locals, jumpTables, code: raw.map((i) => checkInstruction(i, inFunction)) };
    };
    return {
      index,
      handle,
      visibility,
      isEntry: f['is_entry'] === true,
      isNative: code === null || code === undefined,
      body: () => (code === null || code === undefined ? undefined : (body ??= decode())),
    };
  });
}

function readModule(json: Json): CompiledModule {
  const read = new Reader(json);
  const addresses = read.list('address_identifiers').map((a) => `0x${String(a).toLowerCase()}`);
  const handleOf = (h: Json): ModuleHandle => ({
    address: addresses[read.index(h['address'], addresses.length, 'address')]!,
    name: read.identifier(h['name']),
  });
  const moduleHandles = read.list('module_handles').map(handleOf);
  const selfHandle = read.index(json['self_module_handle_idx'], moduleHandles.length, 'self module');
  const signatures = (read.list('signatures') as unknown as unknown[][]).map((s) => s.map((t) => read.token(t)));
  const signature = (value: unknown): readonly Token[] =>
    signatures[read.index(value, signatures.length, 'signature')]!;
  const datatypeHandles = read.list('datatype_handles').map((h) => ({
    module: read.index(h['module'], moduleHandles.length, 'module'),
    name: read.identifier(h['name']),
    abilities: read.abilities(h['abilities']),
    typeParameters: (h['type_parameters'] as Json[]).map((p) => ({
      constraints: read.abilities(p['constraints']),
      isPhantom: p['is_phantom'] === true,
    })),
  }));
  const functionHandles = read.list('function_handles').map((h) => ({
    module: read.index(h['module'], moduleHandles.length, 'module'),
    name: read.identifier(h['name']),
    parameters: signature(h['parameters']),
    returns: signature(h['return_']),
    typeParameters: (h['type_parameters'] as unknown[]).map((a) => read.abilities(a)),
  }));
  const structs = read.list('struct_defs').map((s) => {
    const information = s['field_information'] as { Declared?: unknown };
    if (typeof information !== 'object' || information.Declared === undefined) read.fail('native struct');
    return {
      handle: read.index(s['struct_handle'], datatypeHandles.length, 'datatype'),
      fields: read.fields(information.Declared),
    };
  });
  const enums = read.list('enum_defs').map((e) => ({
    handle: read.index(e['enum_handle'], datatypeHandles.length, 'datatype'),
    variants: (e['variants'] as Json[]).map((v) => ({
      name: read.identifier(v['variant_name']),
      fields: read.fields(v['fields']),
    })),
  }));
  const fieldHandles = read.list('field_handles').map((f) => {
    const struct = read.index(f['owner'], structs.length, 'struct');
    return { struct, field: read.index(f['field'], structs[struct]!.fields.length, 'field') };
  });
  const instantiations = (name: string, key: string, length: number): Instantiation[] =>
    read.list(name).map((i) => ({
      target: read.index(i[key], length, name),
      typeArguments: signature(i['type_parameters']),
    }));
  const functionInstantiations = instantiations('function_instantiations', 'handle', functionHandles.length);
  const structInstantiations = instantiations('struct_def_instantiations', 'def', structs.length);
  const fieldInstantiations = instantiations('field_instantiations', 'handle', fieldHandles.length);
  const enumInstantiations = instantiations('enum_def_instantiations', 'def', enums.length);
  const variantHandles = read.list('variant_handles').map((v) => {
    const index = read.index(v['enum_def'], enums.length, 'enum');
    return { enum: index, variant: read.index(v['variant'], enums[index]!.variants.length, 'variant') };
  });
  const variantInstantiations = read.list('variant_instantiation_handles').map((v) => {
    const enumInstantiation = read.index(v['enum_def'], enumInstantiations.length, 'enum instantiation');
    const definition = enums[enumInstantiations[enumInstantiation]!.target]!;
    return { enumInstantiation, variant: read.index(v['variant'], definition.variants.length, 'variant') };
  });
  const constants = read.list('constant_pool').map((c) => ({
    type: read.token(c['type_']),
    data: Uint8Array.from(c['data'] as number[]),
  }));
  const functions = readFunctions(
    read,
    { handles: functionHandles.length, signatures, enums },
    {
      constants: constants.length,
      signatures: signatures.length,
      functionHandles: functionHandles.length,
      functionInstantiations: functionInstantiations.length,
      structs: structs.length,
      structInstantiations: structInstantiations.length,
      fieldHandles: fieldHandles.length,
      fieldInstantiations: fieldInstantiations.length,
      variantHandles: variantHandles.length,
      variantInstantiations: variantInstantiations.length,
    },
    functionHandles,
  );
  const datatypes: [string, { kind: 'struct' | 'enum'; index: number }][] = [
    ...structs.map((s, index) => [datatypeHandles[s.handle]!.name, { kind: 'struct' as const, index }] as const),
    ...enums.map((e, index) => [datatypeHandles[e.handle]!.name, { kind: 'enum' as const, index }] as const),
  ].map(([name, value]) => [name, value]);
  const datatypeByName = new Map(datatypes);
  const functionByName = new Map(functions.map((f) => [functionHandles[f.handle]!.name, f]));
  if (datatypeByName.size !== datatypes.length) read.fail('datatype defined twice', 'DUPLICATE_ELEMENT');
  if (functionByName.size !== functions.length) read.fail('function defined twice', 'DUPLICATE_ELEMENT');
  return {
    version: Number(json['version']), self: moduleHandles[selfHandle]!, selfHandle, moduleHandles,
    friends: read.list('friend_decls').map(handleOf), addresses, datatypeHandles, functionHandles, functionInstantiations,
    signatures, constants, identifiers: read.identifiers, structs, structInstantiations, fieldHandles,
    fieldInstantiations, enums, enumInstantiations, variantHandles, variantInstantiations, functions,
    functionByName, datatypeByName,
  };
}

/** Parsed modules by SHA-256 of their bytes; modules never change, the oldest are dropped at the limit. */
const cache = new Map<string, CompiledModule>();
const cacheLimit = 4096;

/** Parses a module. Throws `MalformedModuleError`. */
export function parseModule(bytes: Uint8Array): CompiledModule {
  if (bytes.length > maxModuleBytes) throw new MalformedModuleError(`module of ${bytes.length} bytes is too large`);
  const key = createHash('sha256').update(bytes).digest('base64');
  const known = cache.get(key);
  if (known !== undefined) return known;
  let json: Json;
  try {
    json = deserialize(bytes) as Json;
  } catch (error) {
    // The parser throws plain objects whose message names the Move status; a trap is an Error of the engine.
    const text = String((error as { message?: unknown }).message ?? error).slice(0, 300);
    throw new MalformedModuleError(`bytes do not deserialise: ${text}`, undefined, /with status (\w+)/.exec(text)?.[1]);
  }
  const module = readModule(json);
  if (cache.size >= cacheLimit) cache.delete(cache.keys().next().value!);
  cache.set(key, module);
  return module;
}
