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
} from './types.js';
import type { VmGasMeter } from './gas.js';

export * from './types.js';
export * from './errors.js';
export { VmGasMeter } from './gas.js';

/** What a call runs in: one per transaction (or per unit test). */
export interface VmSession {
  readonly runtime: ObjectRuntime;
  readonly gas: VmGasMeter;
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

/** A function of one module by name, with what the transaction rules ask of it. */
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

export interface MoveVmOptions {
  readonly packages: PackageStore;
}

export class MoveVm {
  constructor(options: MoveVmOptions) {
    void options;
  }

  /**
   * Runs a function whatever its visibility (the caller checks that) with arguments that fit its
   * parameters. `&mut` arguments are changed in place, also when the call fails.
   */
  call(session: VmSession, target: CallTarget, args: readonly CallArgument[]): CallOutcome {
    void session; void target; void args;
    throw new Error('VM is being built');
  }

  /** The module, or undefined. Throws `MalformedModuleError`. `packageId` is a storage ID. */
  moduleInfo(packageId: Address, module: string): ModuleInfo | undefined {
    void packageId; void module;
    throw new Error('VM is being built');
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
    void type;
    throw new Error('VM is being built');
  }

  /**
   * Checks a type from a transaction (existence, arity, constraints, depth) and renames its datatypes to
   * defining IDs. Throws `TypeResolutionError`.
   */
  resolveType(type: MoveType): MoveType {
    void type;
    throw new Error('VM is being built');
  }

  /** Replaces type parameters; references are refused by `TypeError`. */
  instantiate(type: SignatureType, typeArguments: readonly MoveType[]): MoveType {
    void type; void typeArguments;
    throw new Error('VM is being built');
  }

  /** Fields of a struct type with closed types, in order; undefined for anything that is no struct. */
  structFields(type: MoveType): readonly { readonly name: string; readonly type: MoveType }[] | undefined {
    void type;
    throw new Error('VM is being built');
  }

  /** Canonical BCS. The value must fit the type. Throws `BcsError` beyond the depth limit. */
  serialize(type: MoveType, value: MoveValue): Uint8Array {
    void type; void value;
    throw new Error('VM is being built');
  }

  /** Decodes canonical BCS; every byte must be used. Throws `BcsError`. */
  deserialize(type: MoveType, bytes: Uint8Array): MoveValue {
    void type; void bytes;
    throw new Error('VM is being built');
  }

  /** BCS of the type tag, as in `TypeTag` of the SDK. */
  serializeTypeTag(type: MoveType): Uint8Array {
    void type;
    throw new Error('VM is being built');
  }

  /** Deep copy. */
  copyValue(type: MoveType, value: MoveValue): MoveValue {
    void type; void value;
    throw new Error('VM is being built');
  }

  /** Deep equality. */
  valuesEqual(type: MoveType, a: MoveValue, b: MoveValue): boolean {
    void type; void a; void b;
    throw new Error('VM is being built');
  }

  /** JSON as Sui's RPC renders Move values: u64 and wider as decimal strings, UID as its ID, strings as text. */
  renderJson(type: MoveType, value: MoveValue): unknown {
    void type; void value;
    throw new Error('VM is being built');
  }

  /** Throws `LinkError` naming the first native function of the package that the VM does not have, or a broken link. */
  checkLinks(packageId: Address): void {
    void packageId;
    throw new Error('VM is being built');
  }
}

/** Canonical text: full addresses, `, ` between arguments left out: `0x…::m::T<u8,bool>`. */
export { typeToText, typeFromText } from './type-text.js';
