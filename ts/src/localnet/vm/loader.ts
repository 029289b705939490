/**
 * Loads packages and resolves what bytecode names (sui-execution.md §2.6): modules through the linkage
 * of the package that was called, datatypes to their defining IDs. Packages never change, so nothing that
 * is cached here ever goes stale.
 */
import { LinkError, TypeResolutionError } from './errors.js';
import { parseModule } from './module.js';
import type { CompiledModule, FunctionDefinition, FunctionHandle, Token } from './module.js';
import { TypeTable } from './runtime-type.js';
import type { DatatypeDefinition, RuntimeType } from './runtime-type.js';
import type { Address, MoveType, PackageStore, PackageView, SignatureType } from './types.js';

/** A package version together with the versions of its dependencies that run with it. */
export class LoadedPackage {
  private readonly modules = new Map<string, LoadedModule>();
  private readonly dependencies = new Map<Address, LoadedPackage>();

  constructor(
    private readonly loader: Loader,
    readonly view: PackageView,
    /** original ID → storage ID, as the package that was called resolves it. */
    readonly linkage: ReadonlyMap<Address, Address>,
  ) {}

  /** The module, or undefined. Throws `MalformedModuleError`. */
  findModule(name: string): LoadedModule | undefined {
    let module = this.modules.get(name);
    if (module === undefined) {
      const bytes = this.view.modules.get(name);
      if (bytes === undefined) return undefined;
      module = new LoadedModule(this.loader, this, parseModule(bytes));
      this.modules.set(name, module);
    }
    return module;
  }

  module(name: string): LoadedModule {
    return (
      this.findModule(name) ?? this.loader.fail(`module ${name} does not exist in package ${this.view.storageId}`)
    );
  }

  /** The package that bytecode of this one names by its original ID. */
  dependency(originalId: Address): LoadedPackage {
    if (originalId === this.view.originalId) return this;
    let found = this.dependencies.get(originalId);
    if (found === undefined) {
      // System packages are never upgraded, so a missing entry can only mean the ID itself.
      found = this.loader.load(this.linkage.get(originalId) ?? originalId, this.linkage);
      this.dependencies.set(originalId, found);
    }
    return found;
  }
}

/** A function of a loaded module, before its type parameters are chosen. */
export interface LoadedFunction {
  readonly module: LoadedModule;
  readonly definition: FunctionDefinition;
  readonly handle: FunctionHandle;
}

export class LoadedModule {
  private readonly datatypes: (DatatypeDefinition | undefined)[] = [];
  private readonly callees: (LoadedFunction | undefined)[] = [];
  private readonly closed = new Map<Token, RuntimeType>();

  constructor(
    private readonly loader: Loader,
    readonly pkg: LoadedPackage,
    readonly compiled: CompiledModule,
  ) {}

  /** Definition that a datatype handle of this module names. */
  datatype(handleIndex: number): DatatypeDefinition {
    return (this.datatypes[handleIndex] ??= this.resolveDatatype(handleIndex));
  }

  private resolveDatatype(handleIndex: number): DatatypeDefinition {
    const handle = this.compiled.datatypeHandles[handleIndex]!;
    const module = this.compiled.moduleHandles[handle.module]!;
    const { view } = this.pkg.dependency(module.address);
    const definition = this.loader.datatype(view.storageId, module.name, handle.name);
    if (definition.typeParameters.length !== handle.typeParameters.length)
      this.loader.fail(`${module.name}::${handle.name} has another number of type parameters than its user expects`);
    return definition;
  }

  /** Function that a function handle of this module names. */
  callee(handleIndex: number): LoadedFunction {
    return (this.callees[handleIndex] ??= this.resolveCallee(handleIndex));
  }

  private resolveCallee(handleIndex: number): LoadedFunction {
    const handle = this.compiled.functionHandles[handleIndex]!;
    const target = this.compiled.moduleHandles[handle.module]!;
    const module = this.pkg.dependency(target.address).module(target.name);
    const found = module.function(handle.name);
    if (found === undefined) this.loader.fail(`function ${target.address}::${target.name}::${handle.name} does not exist`);
    const same =
      found.handle.parameters.length === handle.parameters.length &&
      found.handle.returns.length === handle.returns.length &&
      found.handle.typeParameters.length === handle.typeParameters.length;
    if (!same) this.loader.fail(`function ${target.name}::${handle.name} has another signature than its caller expects`);
    return found;
  }

  function(name: string): LoadedFunction | undefined {
    const definition = this.compiled.functionByName.get(name);
    if (definition === undefined) return undefined;
    return { module: this, definition, handle: this.compiled.functionHandles[definition.handle]! };
  }

  /** Closes a type of this module. References are refused: callers strip them first. */
  close(token: Token, typeArguments: readonly RuntimeType[]): RuntimeType {
    const known = this.closed.get(token);
    if (known !== undefined) return known;
    const { types } = this.loader;
    switch (token.kind) {
      case 'vector':
        return this.remember(token, types.vector(this.close(token.element, typeArguments)));
      case 'datatype':
        return this.remember(
          token,
          types.datatype(this.datatype(token.handle), token.typeArguments.map((t) => this.close(t, typeArguments))),
        );
      case 'typeParameter':
        return typeArguments[token.index] ?? this.loader.fail(`type parameter ${token.index} does not exist`);
      case 'reference':
        return this.loader.fail('reference inside a type');
      default:
        return types.primitives[token.kind];
    }
  }

  /** Remembers types without type parameters; those with them depend on the arguments. */
  private remember(token: Token, type: RuntimeType): RuntimeType {
    if (!hasTypeParameter(token)) this.closed.set(token, type);
    return type;
  }

  /** The declared type with datatypes named by defining IDs. */
  describe(token: Token): SignatureType {
    switch (token.kind) {
      case 'vector':
        return { kind: 'vector', element: this.describe(token.element) };
      case 'reference':
        return { kind: 'reference', mutable: token.mutable, target: this.describe(token.target) };
      case 'typeParameter':
        return token;
      case 'datatype': {
        const { definingId: address, module, name } = this.datatype(token.handle);
        return { kind: 'datatype', address, module, name, typeArguments: token.typeArguments.map((t) => this.describe(t)) };
      }
      default:
        return token;
    }
  }
}

function hasTypeParameter(token: Token): boolean {
  switch (token.kind) {
    case 'typeParameter':
      return true;
    case 'vector':
      return hasTypeParameter(token.element);
    case 'reference':
      return hasTypeParameter(token.target);
    case 'datatype':
      return token.typeArguments.some(hasTypeParameter);
    default:
      return false;
  }
}

export class Loader {
  readonly types = new TypeTable();
  private readonly packages = new Map<string, LoadedPackage>();
  private readonly definitions = new Map<string, DatatypeDefinition>();

  constructor(private readonly store: PackageStore) {}

  fail(message: string): never {
    throw new LinkError(message);
  }

  /**
   * A package version, run under the linkage of the package that was called (its own when omitted).
   * Callers whose linkage agrees on what this package needs share one instance. Throws `LinkError`.
   */
  load(storageId: Address, rootLinkage?: ReadonlyMap<Address, Address>): LoadedPackage {
    const view = this.store.getPackage(storageId) ?? this.fail(`package ${storageId} does not exist`);
    const linkage = new Map(view.linkage);
    let key = storageId;
    if (rootLinkage !== undefined)
      for (const [originalId, own] of view.linkage) {
        const chosen = rootLinkage.get(originalId) ?? own;
        if (chosen === own) continue;
        linkage.set(originalId, chosen);
        key += `|${originalId}=${chosen}`;
      }
    let loaded = this.packages.get(key);
    if (loaded === undefined) {
      loaded = new LoadedPackage(this, view, linkage);
      this.packages.set(key, loaded);
    }
    return loaded;
  }

  find(storageId: Address): LoadedPackage | undefined {
    return this.store.getPackage(storageId) === undefined ? undefined : this.load(storageId);
  }

  /** A datatype by any package version that contains it. Throws `LinkError`. */
  datatype(storageId: Address, module: string, name: string): DatatypeDefinition {
    const view = this.store.getPackage(storageId) ?? this.fail(`package ${storageId} does not exist`);
    const definingId =
      view.typeOrigins.get(`${module}::${name}`) ?? this.fail(`type ${storageId}::${module}::${name} does not exist`);
    const key = `${definingId}::${module}::${name}`;
    let definition = this.definitions.get(key);
    if (definition === undefined) {
      definition = this.define(definingId, module, name);
      this.definitions.set(key, definition);
    }
    return definition;
  }

  private define(definingId: Address, moduleName: string, name: string): DatatypeDefinition {
    const pkg = this.load(definingId);
    const module = pkg.module(moduleName);
    const { compiled } = module;
    const found =
      compiled.datatypeByName.get(name) ?? this.fail(`type ${definingId}::${moduleName}::${name} does not exist`);
    const declaration = found.kind === 'struct' ? compiled.structs[found.index]! : compiled.enums[found.index]!;
    const handle = compiled.datatypeHandles[declaration.handle]!;
    return {
      kind: found.kind,
      definingId,
      originalId: pkg.view.originalId,
      module: moduleName,
      name,
      abilities: handle.abilities,
      typeParameters: handle.typeParameters,
      variants: 'variants' in declaration ? declaration.variants : [{ name, fields: declaration.fields }],
      close: (token, typeArguments) => module.close(token, typeArguments),
    };
  }

  /** Interns a type; datatypes may be named by any version that contains them. Throws `TypeResolutionError`. */
  resolve(type: MoveType, depth = 0): RuntimeType {
    if (depth > 32) throw new TypeResolutionError('depth', 'type is nested too deeply');
    if (type.kind === 'vector') return this.types.vector(this.resolve(type.element, depth + 1));
    if (type.kind !== 'datatype') return this.types.primitives[type.kind];
    let definition: DatatypeDefinition;
    try {
      definition = this.datatype(type.address, type.module, type.name);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      throw new TypeResolutionError('notFound', error.message, type.address);
    }
    return this.types.datatype(definition, type.typeArguments.map((t) => this.resolve(t, depth + 1)));
  }
}
