/**
 * Types of one module, interned: equal types are the same object, so the passes compare by identity.
 * Datatypes are named by their handle, which the duplication pass makes unique; type parameters by index.
 */
import type { AbilitySet, PrimitiveName } from '../types.js';
import type { DatatypeHandle, Token } from '../module.js';

/** Bits of an ability set. */
export const ability = { copy: 1, drop: 2, store: 4, key: 8 } as const;
const { copy, drop, store, key } = ability;
/** What a value must have for its container to have the ability: key asks for store of what is inside. */
const requirements: readonly (readonly [has: number, needs: number])[] = [[copy, copy], [drop, drop], [store, store], [key, store]];

export interface PooledType {
  readonly id: number;
  readonly kind: PrimitiveName | 'vector' | 'datatype' | 'typeParameter' | 'reference';
  /** Datatype handle, index of a type parameter, 1 for a mutable reference; 0 otherwise. */
  readonly index: number;
  /** Type arguments; the element of a vector; the target of a reference. */
  readonly inner: readonly PooledType[];
  /** Nodes of the type written out. */
  readonly nodes: number;
  readonly hasTypeParameter: boolean;
}

export const isReference = (type: PooledType): boolean => type.kind === 'reference';
export const isMutableReference = (type: PooledType): boolean => type.kind === 'reference' && type.index === 1;
export const isInteger = (type: PooledType): boolean => type.kind.startsWith('u');
/** What a reference points to; the type itself when it is none. */
export const targetOf = (type: PooledType): PooledType => (type.kind === 'reference' ? type.inner[0]! : type);

/** Abilities that something with `abilities` needs of what it holds. */
export function requiredOfContent(abilities: AbilitySet): AbilitySet {
  return requirements.reduce((sum, [has, needs]) => ((abilities & has) === 0 ? sum : sum | needs), 0);
}

export class TypePool {
  private readonly types = new Map<string, PooledType>();
  private readonly byToken = new Map<Token, PooledType>();
  private readonly substituted = new Map<string, PooledType>();

  private intern(kind: PooledType['kind'], index: number, inner: readonly PooledType[]): PooledType {
    const text = `${kind}${index}<${inner.map((t) => t.id).join()}>`;
    let type = this.types.get(text);
    if (type === undefined) {
      type = {
        id: this.types.size,
        kind,
        index,
        inner,
        nodes: inner.reduce((sum, t) => sum + t.nodes, 1),
        hasTypeParameter: kind === 'typeParameter' || inner.some((t) => t.hasTypeParameter),
      };
      this.types.set(text, type);
    }
    return type;
  }

  primitive(kind: PrimitiveName): PooledType {
    return this.intern(kind, 0, []);
  }

  vector(element: PooledType): PooledType {
    return this.intern('vector', 0, [element]);
  }

  reference(target: PooledType, mutable: boolean): PooledType {
    return this.intern('reference', mutable ? 1 : 0, [target]);
  }

  datatype(handle: number, typeArguments: readonly PooledType[]): PooledType {
    return this.intern('datatype', handle, typeArguments);
  }

  of(token: Token): PooledType {
    let type = this.byToken.get(token);
    if (type === undefined) this.byToken.set(token, (type = this.create(token)));
    return type;
  }

  private create(token: Token): PooledType {
    switch (token.kind) {
      case 'vector':
        return this.vector(this.of(token.element));
      case 'reference':
        return this.reference(this.of(token.target), token.mutable);
      case 'datatype':
        return this.datatype(token.handle, token.typeArguments.map((t) => this.of(t)));
      case 'typeParameter':
        return this.intern('typeParameter', token.index, []);
      default:
        return this.primitive(token.kind);
    }
  }

  /** Replaces type parameters. Indices must be in range: the bounds pass has checked them. */
  substitute(type: PooledType, typeArguments: readonly PooledType[]): PooledType {
    if (!type.hasTypeParameter) return type;
    if (type.kind === 'typeParameter') return typeArguments[type.index]!;
    const text = `${type.id}:${typeArguments.map((t) => t.id).join()}`;
    let result = this.substituted.get(text);
    if (result === undefined) {
      result = this.intern(type.kind, type.index, type.inner.map((t) => this.substitute(t, typeArguments)));
      this.substituted.set(text, result);
    }
    return result;
  }
}

/** Abilities of types whose type parameters have the abilities given. */
export class AbilityTable {
  private readonly known = new Map<PooledType, AbilitySet>();

  constructor(
    private readonly handles: readonly DatatypeHandle[],
    private readonly typeParameters: readonly AbilitySet[],
  ) {}

  of(type: PooledType): AbilitySet {
    let abilities = this.known.get(type);
    if (abilities === undefined) this.known.set(type, (abilities = this.compute(type)));
    return abilities;
  }

  has(type: PooledType, bit: AbilitySet): boolean {
    return (this.of(type) & bit) === bit;
  }

  private compute(type: PooledType): AbilitySet {
    switch (type.kind) {
      case 'reference':
        return copy | drop;
      case 'signer':
        return drop;
      case 'typeParameter':
        return this.typeParameters[type.index]!;
      case 'vector':
        return this.of(type.inner[0]!) & (copy | drop | store);
      case 'datatype': {
        const { abilities, typeParameters } = this.handles[type.index]!;
        const content = type.inner.reduce((all, t, i) => (typeParameters[i]!.isPhantom ? all : all & this.of(t)), 15);
        return requirements.reduce((sum, [has, needs]) => ((abilities & has) !== 0 && (content & needs) !== 0 ? sum | has : sum), 0);
      }
      default:
        return copy | drop | store;
    }
  }
}
