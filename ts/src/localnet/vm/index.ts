/**
 * The Move VM of the embedded network: loads published packages, translates their functions to
 * JavaScript and runs them (sui-execution.md §2–4). It owns no state: objects, events and fresh IDs
 * belong to the `ObjectRuntime` of the session, packages to the `PackageStore`.
 */
import type {
  AbilitySet,
  Address,
  CallOutcome,
  DatatypeInfo,
  FunctionInfo,
  MoveType,
  MoveValue,
  ObjectRuntime,
  PackageStore,
  PrimitiveReference,
  SignatureType,
  VmFailure,
} from './types.js';
import { CodeGenerator } from './codegen.js';
import { containedIds } from './contained-ids.js';
import type { FunctionInstance } from './codegen.js';
import { LinkError, MalformedModuleError, OutOfGas, TypeResolutionError } from './errors.js';
import type { VmGasMeter } from './gas.js';
import { Loader } from './loader.js';
import type { LoadedModule } from './loader.js';
import { Machine } from './machine.js';
import { describeModule } from './module-info.js';
import type { ModuleInfo } from './module-info.js';
import { nativeFactory } from './natives/index.js';
import { renderJson } from './render-json.js';
import type { RuntimeType } from './runtime-type.js';
import { AbortSignal, RuntimeErrorSignal, statusCodes } from './signals.js';
import type { VmTrace } from './trace.js';
import { deserializeValue, operationsOf, serializeValue } from './type-operations.js';
import { serializeTypeTag } from './type-tag.js';

export * from './types.js';
export * from './errors.js';
export { VmGasMeter } from './gas.js';
export type { ModuleInfo } from './module-info.js';
export type { TracedFunction, VmTrace } from './trace.js';

/** What a call runs in: one per transaction (or per unit test). */
export interface VmSession {
  readonly runtime: ObjectRuntime;
  readonly gas: VmGasMeter;
  readonly trace?: VmTrace;
}

/** Which function to call. `package` is a storage ID; type arguments name defining IDs. */
export interface CallTarget {
  readonly package: Address;
  readonly module: string;
  readonly function: string;
  readonly typeArguments: readonly MoveType[];
}

/** A value, or a mutable reference to a primitive. Structs, enums and vectors are their own references. */
export type CallArgument = MoveValue | PrimitiveReference;

export interface MoveVmOptions {
  readonly packages: PackageStore;
}

/** Converts what a call threw; anything that is not a Move failure is our own defect and thrown on. */
function failureOf(error: unknown, outOfGas: boolean): VmFailure {
  if (error instanceof OutOfGas || outOfGas) return { kind: 'outOfGas' };
  if (error instanceof AbortSignal)
    return { kind: 'abort', code: error.code, location: error.at.location(error.instruction) };
  if (error instanceof RuntimeErrorSignal) {
    const { status, subStatus, message } = error;
    const location = error.at.location(error.instruction);
    return { kind: 'runtimeError', status, location, message, ...(subStatus === undefined ? {} : { subStatus }) };
  }
  if (error instanceof LinkError || error instanceof MalformedModuleError || error instanceof TypeResolutionError)
    return { kind: 'linkError', message: error.message };
  throw error;
}

export class MoveVm {
  private readonly loader: Loader;
  private readonly machine = new Machine();
  private readonly plain: CodeGenerator;
  private readonly traced: CodeGenerator;
  private readonly infos = new WeakMap<LoadedModule, ModuleInfo>();

  constructor(options: MoveVmOptions) {
    this.loader = new Loader(options.packages);
    this.plain = new CodeGenerator(this.loader, this.machine, false);
    this.traced = new CodeGenerator(this.loader, this.machine, true);
  }

  /**
   * Runs a function whatever its visibility (the caller checks that) with arguments that fit its
   * parameters. `&mut` arguments are changed in place, also when the call fails.
   */
  call(session: VmSession, target: CallTarget, args: readonly CallArgument[]): CallOutcome {
    const outcome = this.run(session, target, args);
    session.trace?.onEnd?.(outcome, session.gas.cost());
    return outcome;
  }

  private run(session: VmSession, target: CallTarget, args: readonly CallArgument[]): CallOutcome {
    const { machine } = this;
    let outOfGas = false;
    let entry: FunctionInstance | undefined;
    try {
      return machine.run(session.runtime, session.gas, session.trace, () => {
        try {
          const instance = (entry = this.instance(session, target));
          if (args.length !== instance.parameters.length)
            throw new TypeError(`${target.function} takes ${instance.parameters.length} arguments, not ${args.length}`);
          const result = (instance.f as (...values: unknown[]) => unknown)(...args);
          const count = instance.returns.length;
          return { ok: true, returns: count === 0 ? [] : count === 1 ? [result as MoveValue] : (result as MoveValue[]) };
        } catch (error) {
          outOfGas = machine.isOutOfGas;
          throw error;
        }
      });
    } catch (error) {
      if (isStackOverflow(error) && entry !== undefined) {
        // JavaScript's stack ended before Move's 1024 frames: frames of very large functions.
        const message = 'call stack overflow';
        return { ok: false, failure: { kind: 'runtimeError', status: statusCodes.callStackOverflow, message, location: entry.location(0) } };
      }
      return { ok: false, failure: failureOf(error, outOfGas) };
    }
  }

  private instance(session: VmSession, target: CallTarget): FunctionInstance {
    const module = this.loader.load(target.package).module(target.module);
    const fn = module.function(target.function) ?? this.loader.fail(`function ${target.module}::${target.function} does not exist`);
    const generator = session.trace === undefined ? this.plain : this.traced;
    return generator.instantiate(fn, target.typeArguments.map((t) => this.loader.resolve(t)));
  }

  /**
   * Makes a native function `(u32)` count its calls by argument when code is traced: a coverage probe. The
   * two instructions of such a call are not charged.
   */
  countCalls(target: Omit<CallTarget, 'typeArguments'>, counts: Float64Array): void {
    const module = this.loader.load(target.package).module(target.module);
    const fn = module.function(target.function) ?? this.loader.fail(`function ${target.module}::${target.function} does not exist`);
    this.traced.instantiate(fn, []).f = ((index: number) => {
      counts[index]! += 1;
      this.machine.add(-2, -1, -1);
    }) as FunctionInstance['f'];
  }

  /** The module, or undefined. Throws `MalformedModuleError`. `packageId` is a storage ID. */
  moduleInfo(packageId: Address, module: string): ModuleInfo | undefined {
    const loaded = this.loader.find(packageId)?.findModule(module);
    if (loaded === undefined) return undefined;
    let info = this.infos.get(loaded);
    if (info === undefined) this.infos.set(loaded, (info = describeModule(loaded)));
    return info;
  }

  functionInfo(packageId: Address, module: string, name: string): FunctionInfo | undefined {
    return this.moduleInfo(packageId, module)?.functions.get(name);
  }

  /** A datatype by any package version that contains it; `address` of the answer is the defining ID. */
  datatypeInfo(packageId: Address, module: string, name: string): DatatypeInfo | undefined {
    return this.moduleInfo(packageId, module)?.datatypes.get(name);
  }

  /** Abilities of a closed type. Throws `TypeResolutionError`. */
  abilities(type: MoveType): AbilitySet {
    return this.loader.resolve(type).abilities;
  }

  /**
   * Checks a type from a transaction (existence, arity, constraints, depth) and renames its datatypes to
   * defining IDs. Throws `TypeResolutionError`.
   */
  resolveType(type: MoveType): MoveType {
    const resolved = this.loader.resolve(type);
    checkConstraints(resolved);
    return resolved.move;
  }

  /** Replaces type parameters; references are refused by `TypeError`. */
  instantiate(type: SignatureType, typeArguments: readonly MoveType[]): MoveType {
    switch (type.kind) {
      case 'typeParameter': {
        const argument = typeArguments[type.index];
        if (argument === undefined) throw new TypeError(`no type argument ${type.index}`);
        return argument;
      }
      case 'reference':
        throw new TypeError('a reference is no value type');
      case 'vector':
        return { kind: 'vector', element: this.instantiate(type.element, typeArguments) };
      case 'datatype':
        return { ...type, typeArguments: type.typeArguments.map((t) => this.instantiate(t, typeArguments)) };
      default:
        return type;
    }
  }

  /** Fields of a struct type with closed types, in order; undefined for anything that is no struct. */
  structFields(type: MoveType): readonly { readonly name: string; readonly type: MoveType }[] | undefined {
    const resolved = this.loader.resolve(type);
    return resolved.kind === 'struct' ? resolved.fields.map((f) => ({ name: f.name, type: f.type.move })) : undefined;
  }

  /** Canonical BCS. The value must fit the type. Throws `BcsError` beyond the depth limit. */
  serialize(type: MoveType, value: MoveValue): Uint8Array {
    return serializeValue(this.loader.resolve(type), value);
  }

  /** Decodes canonical BCS; every byte must be used. Throws `BcsError`. */
  deserialize(type: MoveType, bytes: Uint8Array): MoveValue {
    return deserializeValue(this.loader.resolve(type), bytes);
  }

  /** BCS of the type tag, as in `TypeTag` of the SDK. */
  serializeTypeTag(type: MoveType): Uint8Array {
    return serializeTypeTag(type);
  }

  /** Deep copy. */
  copyValue(type: MoveType, value: MoveValue): MoveValue {
    return operationsOf(this.loader.resolve(type)).copy(value) as MoveValue;
  }

  /** Deep equality. */
  valuesEqual(type: MoveType, a: MoveValue, b: MoveValue): boolean {
    return operationsOf(this.loader.resolve(type)).equal(a, b);
  }

  /** IDs of all UIDs in the value, its own first, then those of objects wrapped in it. */
  containedIds(type: MoveType, value: MoveValue): Address[] {
    return containedIds(this.loader.resolve(type), value);
  }

  /** Abstract size of a value, for gas (sui-gas.md §4). */
  abstractSize(type: MoveType, value: MoveValue): number {
    return operationsOf(this.loader.resolve(type)).size(value);
  }

  /** JSON as Sui's RPC renders Move values: u64 and wider as decimal strings, UID as its ID, strings as text. */
  renderJson(type: MoveType, value: MoveValue): unknown {
    return renderJson(this.loader.resolve(type), value);
  }

  /** Throws `LinkError` naming the first native function of the package that the VM does not have, or a broken link. */
  checkLinks(packageId: Address): void {
    const pkg = this.loader.load(packageId);
    for (const name of pkg.view.modules.keys()) {
      const module = pkg.module(name);
      const { compiled } = module;
      compiled.datatypeHandles.forEach((_, i) => module.datatype(i));
      compiled.functionHandles.forEach((_, i) => module.callee(i));
      for (const definition of compiled.functions)
        if (definition.isNative) nativeFactory(module.callee(definition.handle));
    }
  }

  /** JavaScript that was generated for a function; for people and tests. */
  generatedSource(target: CallTarget): string {
    const module = this.loader.load(target.package).module(target.module);
    const fn = module.function(target.function) ?? this.loader.fail(`function ${target.function} does not exist`);
    const types = target.typeArguments.map((t) => this.loader.resolve(t));
    return this.plain.source(this.plain.instantiate(fn, types)).text;
  }
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

function checkConstraints(type: RuntimeType): void {
  type.typeArguments.forEach((argument, i) => {
    checkConstraints(argument);
    const required = type.definition?.typeParameters[i]?.constraints ?? 0;
    if ((argument.abilities & required) !== required)
      throw new TypeResolutionError('constraint', `${argument.text} lacks an ability that ${type.text} needs`);
  });
}

/** Canonical text: full addresses, `, ` between arguments left out: `0x…::m::T<u8,bool>`. */
export { typeToText, typeFromText } from './type-text.js';
