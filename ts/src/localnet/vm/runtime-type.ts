/**
 * Closed types at run time, interned: two equal types are the same object, so types are compared by
 * identity. Layout facts (fields, abilities, nesting) are computed when first asked for.
 */
import { TypeResolutionError } from './errors.js';
import type { Field, Token } from './module.js';
import type { AbilitySet, Address, MoveType, PrimitiveName, TypeParameterInfo } from './types.js';
import type { TypeOperations } from './type-operations.js';

export const abilityBits = { copy: 1, drop: 2, store: 4, key: 8 } as const;

/** A datatype as its defining package declares it; identity is (defining ID, module, name). */
export interface DatatypeDefinition {
  readonly kind: 'struct' | 'enum';
  readonly definingId: Address;
  readonly originalId: Address;
  readonly module: string;
  readonly name: string;
  readonly abilities: AbilitySet;
  readonly typeParameters: readonly TypeParameterInfo[];
  /** One entry for a struct; one per variant for an enum. */
  readonly variants: readonly { readonly name: string; readonly fields: readonly Field[] }[];
  /** Closes a field type of this declaration. */
  readonly close: (token: Token, typeArguments: readonly RuntimeType[]) => RuntimeType;
}

export interface RuntimeField {
  readonly name: string;
  readonly type: RuntimeType;
}

export interface RuntimeVariant {
  readonly name: string;
  readonly fields: readonly RuntimeField[];
}

/** Deepest value (§1.1) and the nesting of types that is followed at all. */
export const maxValueDepth = 128;
const maxTypeDepth = 256;

export class RuntimeType {
  /** Type nodes in this type. */
  readonly nodes: number;
  /** Nesting of this type's text. */
  readonly depth: number;
  /** Generated copy, equality, BCS … functions; owned by `type-operations.ts`. */
  operations: TypeOperations | undefined;

  private variantsCache: readonly RuntimeVariant[] | undefined;
  private valueDepthCache: number | undefined;
  private abilitiesCache: AbilitySet | undefined;

  constructor(
    readonly kind: PrimitiveName | 'vector' | 'struct' | 'enum',
    /** Canonical text with defining IDs. */
    readonly text: string,
    readonly move: MoveType,
    readonly definition: DatatypeDefinition | undefined,
    /** Type arguments; the element of a vector. */
    readonly typeArguments: readonly RuntimeType[],
  ) {
    this.nodes = typeArguments.reduce((sum, t) => sum + t.nodes, 1);
    this.depth = 1 + typeArguments.reduce((max, t) => Math.max(max, t.depth), 0);
  }

  get element(): RuntimeType {
    return this.typeArguments[0]!;
  }

  /** True when values are JavaScript primitives: references to them need a slot. */
  get isPrimitive(): boolean {
    return this.definition === undefined && this.kind !== 'vector';
  }

  /** Integer width, or undefined. */
  get bits(): number | undefined {
    return this.kind.startsWith('u') ? Number(this.kind.slice(1)) : undefined;
  }

  /** Variants with closed field types; a struct has one. */
  get variants(): readonly RuntimeVariant[] {
    return (this.variantsCache ??= (this.definition?.variants ?? []).map((v) => ({
      name: v.name,
      fields: v.fields.map((f) => ({ name: f.name, type: this.definition!.close(f.type, this.typeArguments) })),
    })));
  }

  /** Fields of a struct. */
  get fields(): readonly RuntimeField[] {
    return this.variants[0]!.fields;
  }

  /** Deepest nesting of a value of this type: 1 for a primitive. */
  get valueDepth(): number {
    if (this.valueDepthCache !== undefined) return this.valueDepthCache;
    // Set before the fields are visited, so that a (malformed) recursive type ends here.
    this.valueDepthCache = maxTypeDepth;
    const inner =
      this.kind === 'vector' ? [this.element] : this.variants.flatMap((v) => v.fields.map((f) => f.type));
    return (this.valueDepthCache = 1 + inner.reduce((max, t) => Math.max(max, t.valueDepth), 0));
  }

  get abilities(): AbilitySet {
    return (this.abilitiesCache ??= this.computeAbilities());
  }

  has(ability: keyof typeof abilityBits): boolean {
    return (this.abilities & abilityBits[ability]) !== 0;
  }

  private computeAbilities(): AbilitySet {
    const { copy, drop, store, key } = abilityBits;
    if (this.kind === 'signer') return drop;
    if (this.kind === 'vector') return this.element.abilities & (copy | drop | store);
    const definition = this.definition;
    if (definition === undefined) return copy | drop | store;
    let abilities = definition.abilities;
    this.typeArguments.forEach((argument, i) => {
      if (definition.typeParameters[i]!.isPhantom) return;
      abilities &= (argument.abilities & (copy | drop | store)) | (argument.abilities & store ? key : 0);
    });
    return abilities;
  }

  toString(): string {
    return this.text;
  }
}

const primitiveNames: readonly PrimitiveName[] = [
  'bool', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'address', 'signer',
];

/** All closed types of one VM. */
export class TypeTable {
  private readonly types = new Map<string, RuntimeType>();
  readonly primitives = Object.fromEntries(
    primitiveNames.map((name) => {
      const type = new RuntimeType(name, name, { kind: name }, undefined, []);
      this.types.set(name, type);
      return [name, type];
    }),
  ) as Readonly<Record<PrimitiveName, RuntimeType>>;

  vector(element: RuntimeType): RuntimeType {
    return this.intern(`vector<${element.text}>`, (text) => {
      const move: MoveType = { kind: 'vector', element: element.move };
      return new RuntimeType('vector', text, move, undefined, [element]);
    });
  }

  datatype(definition: DatatypeDefinition, typeArguments: readonly RuntimeType[]): RuntimeType {
    const args = typeArguments.length === 0 ? '' : `<${typeArguments.map((t) => t.text).join(',')}>`;
    const { definingId: address, module, name } = definition;
    if (typeArguments.length !== definition.typeParameters.length)
      throw new TypeResolutionError(
        'arity',
        `${module}::${name} takes ${definition.typeParameters.length} type arguments, not ${typeArguments.length}`,
        address,
      );
    return this.intern(`${address}::${module}::${name}${args}`, (text) => {
      const move: MoveType = { kind: 'datatype', address, module, name, typeArguments: typeArguments.map((t) => t.move) };
      return new RuntimeType(definition.kind, text, move, definition, typeArguments);
    });
  }

  private intern(text: string, create: (text: string) => RuntimeType): RuntimeType {
    let type = this.types.get(text);
    if (type === undefined) {
      type = create(text);
      if (type.depth > maxTypeDepth) throw new TypeResolutionError('depth', 'type is nested too deeply');
      this.types.set(text, type);
    }
    return type;
  }
}
