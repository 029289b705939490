/**
 * The shapes the Move VM shares with the rest of the embedded network: types, values, packages, the
 * object runtime that natives call, gas and outcomes. No behaviour lives here.
 *
 * Addresses and object IDs are strings `0x` + 64 lower-case hex digits everywhere inside the network.
 */

/** An address or object ID: `0x` followed by 64 lower-case hex digits. */
export type Address = string;

/** Move primitive types by name. */
export type PrimitiveName = 'bool' | 'u8' | 'u16' | 'u32' | 'u64' | 'u128' | 'u256' | 'address' | 'signer';

/** A closed Move type. Datatypes are named by the package version that introduced them (defining ID). */
export type MoveType =
  | { readonly kind: PrimitiveName }
  | { readonly kind: 'vector'; readonly element: MoveType }
  | {
      readonly kind: 'datatype';
      readonly address: Address;
      readonly module: string;
      readonly name: string;
      readonly typeArguments: readonly MoveType[];
    };

/**
 * A Move value at run time.
 * bool → boolean; u8, u16, u32 → number; u64, u128, u256 → bigint; address, signer → Address string;
 * vector → JavaScript array (vector<u8> too); struct → object with fields `f0`, `f1`, … in declaration
 * order; enum → the same with the variant tag in `$`.
 * A reference to a struct, enum or vector is the object itself; an immutable reference to a primitive is
 * the primitive; a mutable reference to a primitive is a `PrimitiveReference`.
 */
export type MoveValue = boolean | number | bigint | string | MoveValue[] | MoveStruct;

export interface MoveStruct {
  [field: string]: MoveValue | undefined;
}

/** A mutable reference to a primitive: a slot `container[key]`. */
export interface PrimitiveReference {
  readonly container: Record<string | number, unknown>;
  readonly key: string | number;
}

/** Abilities as the bytecode's bit set: copy 1, drop 2, store 4, key 8. */
export type AbilitySet = number;

/** One published package version, as the VM needs it. */
export interface PackageView {
  /** ID under which this version is stored. */
  readonly storageId: Address;
  /** ID of the first version: the address that bytecode names. */
  readonly originalId: Address;
  readonly version: bigint;
  /** Module name → bytecode, self address = originalId. */
  readonly modules: ReadonlyMap<string, Uint8Array>;
  /** originalId of each dependency → storageId to run. */
  readonly linkage: ReadonlyMap<Address, Address>;
  /** `module::Datatype` → storage ID of the version that introduced it. */
  readonly typeOrigins: ReadonlyMap<string, Address>;
}

/** Where the VM finds packages; undefined when there is none under this storage ID. */
export interface PackageStore {
  getPackage(storageId: Address): PackageView | undefined;
}

/** Where an object goes at the end of a transaction. */
export type MoveOwner =
  | { readonly kind: 'address'; readonly address: Address }
  | { readonly kind: 'object'; readonly parent: Address }
  | { readonly kind: 'shared' }
  | { readonly kind: 'immutable' }
  | { readonly kind: 'consensusAddress'; readonly address: Address };

/** Result of looking up a child object by natives of `sui::dynamic_field`. */
export type ChildLookup =
  | { readonly status: 'found'; readonly value: MoveValue }
  | { readonly status: 'missing' }
  | { readonly status: 'typeMismatch' };

/** What natives may ask of the transaction that is running. Implemented by the runtime and by the unit-test runner. */
export interface ObjectRuntime {
  readonly sender: Address;
  readonly epoch: bigint;
  readonly epochTimestampMs: bigint;
  readonly sponsor: Address | undefined;
  readonly referenceGasPrice: bigint;
  readonly gasPrice: bigint;
  readonly gasBudget: bigint;
  /** 32 bytes. */
  readonly txDigest: Uint8Array;
  /** Number of fresh IDs handed out so far. */
  readonly idsCreated: bigint;
  /** Next object ID of this transaction (sui.md §1.2); counts it. */
  freshId(): Address;
  /** `object::record_new_uid`. */
  recordNewUid(id: Address): void;
  /** `object::delete_impl`. */
  deleteUid(id: Address): void;
  /**
   * `transfer::*_impl`: the last call on an object wins. Returns an abort code when the transfer is not
   * allowed (0: sharing an object that was not created in this transaction), undefined when it was recorded.
   */
  transferObject(type: MoveType, value: MoveValue, owner: MoveOwner): bigint | undefined;
  /** `transfer::receive_impl`; a bigint is the abort code (2 type, 3 not receivable). */
  receiveObject(type: MoveType, parent: Address, id: Address, version: bigint): MoveValue | bigint;
  /** `event::emit`. `contents` is the BCS of the value. */
  /** `size` is what limits count: value and type tag. */
  emitEvent(type: MoveType, contents: Uint8Array, size: number): void;
  /** Events of this transaction so far, for the test natives of `sui::event`. */
  readonly events: readonly { readonly type: MoveType; readonly contents: Uint8Array }[];
  /** `dynamic_field::add_child_object`: takes ownership of `value`. False if the child already exists. */
  addChild(parent: Address, id: Address, type: MoveType, value: MoveValue): boolean;
  /** `dynamic_field::borrow_child_object(_mut)`: the live value; mutations through it are noticed at the end. */
  borrowChild(parent: Address, id: Address, type: MoveType): ChildLookup;
  /** `dynamic_field::remove_child_object`: the value leaves the parent. */
  removeChild(parent: Address, id: Address, type: MoveType): ChildLookup;
  /** `has_child_object` (type undefined) and `has_child_object_with_ty`. */
  hasChild(parent: Address, id: Address, type: MoveType | undefined): boolean;
  /** `funds_accumulator`: a deposit to, or a withdrawal from, an address balance; a bigint is the abort code. */
  depositFunds(accumulator: Address, owner: Address, type: MoveType, value: MoveValue): void;
  withdrawFunds(accumulator: Address, owner: Address, type: MoveType, amount: bigint): MoveValue | bigint;
  /** `protocol_config::is_feature_enabled`. */
  isFeatureEnabled(name: string): boolean;
  /** `debug::print`; the text is rendered by the VM. */
  debugPrint(text: string): void;
}

/** Where code was when it aborted or failed. */
export interface CodeLocation {
  /** Storage ID of the package version that ran. */
  readonly package: Address;
  /** Address of the module as bytecode names it (original ID). */
  readonly moduleAddress: Address;
  readonly module: string;
  /** Function definition index. */
  readonly function: number;
  readonly functionName: string;
  /** Code offset of the instruction; 0 inside a native. */
  readonly instruction: number;
}

/** Why a call did not return. Our own defects are thrown instead. */
export type VmFailure =
  | { readonly kind: 'abort'; readonly code: bigint; readonly location: CodeLocation }
  | {
      /** Status codes 4000–4999 of sui-execution.md §2.4, e.g. 4017 ARITHMETIC_ERROR. */
      readonly kind: 'runtimeError';
      readonly status: number;
      readonly subStatus?: number;
      readonly location: CodeLocation;
      readonly message: string;
    }
  | { readonly kind: 'outOfGas'; readonly location?: CodeLocation }
  | { readonly kind: 'linkError'; readonly message: string }
  | { readonly kind: 'invariantViolation'; readonly message: string };

export type CallOutcome =
  | { readonly ok: true; readonly returns: readonly MoveValue[] }
  | { readonly ok: false; readonly failure: VmFailure };

/** Meter of one transaction; units are internal units (1/1000 gas unit), sui-gas.md §4. */
export interface GasMeter {
  /** Internal units charged so far. */
  readonly used: bigint;
  /** Charges units outside bytecode (input loading, publishing, natives). Throws `OutOfGas` of the VM when the budget is exceeded. */
  charge(internalUnits: number): void;
}

/** A parameter, return or field type as declared: may hold references and type parameters. */
export type SignatureType =
  | { readonly kind: PrimitiveName }
  | { readonly kind: 'vector'; readonly element: SignatureType }
  | {
      readonly kind: 'datatype';
      readonly address: Address;
      readonly module: string;
      readonly name: string;
      readonly typeArguments: readonly SignatureType[];
    }
  | { readonly kind: 'typeParameter'; readonly index: number }
  | { readonly kind: 'reference'; readonly mutable: boolean; readonly target: SignatureType };

export interface TypeParameterInfo {
  readonly constraints: AbilitySet;
  readonly isPhantom: boolean;
}

/** A function as declared, for the programmable-transaction checks and for reflection. */
export interface FunctionInfo {
  readonly name: string;
  /** Function definition index in its module. */
  readonly index: number;
  readonly visibility: 'private' | 'public' | 'friend';
  readonly isEntry: boolean;
  readonly isNative: boolean;
  readonly typeParameters: readonly TypeParameterInfo[];
  /** Datatypes are named by defining ID under the linkage of the package that was asked. */
  readonly parameters: readonly SignatureType[];
  readonly returns: readonly SignatureType[];
}

/** A struct or enum as declared. */
export interface DatatypeInfo {
  readonly kind: 'struct' | 'enum';
  /** Defining ID. */
  readonly address: Address;
  readonly module: string;
  readonly name: string;
  readonly abilities: AbilitySet;
  readonly typeParameters: readonly TypeParameterInfo[];
  /** Fields of a struct; empty for an enum. */
  readonly fields: readonly { readonly name: string; readonly type: SignatureType }[];
  readonly variants: readonly {
    readonly name: string;
    readonly fields: readonly { readonly name: string; readonly type: SignatureType }[];
  }[];
}
