/**
 * Execution status as effects carry it (sui-execution.md §1.12) in the value shapes of the SDK, its BCS,
 * and the exception that carries a failure from where it is found to where effects are built.
 */
import { bcs } from '@mysten/sui/bcs';
import type { TransactionEffects } from '../ledger/types.js';
import type { Address, CodeLocation } from '../vm/types.js';

type EffectsV2 = NonNullable<TransactionEffects['V2']>;
/** Success, or Failure with error and command index. */
export type ExecutionStatus = EffectsV2['status'];
/** What effects hold about a failure. */
export type ExecutionFailureStatus = NonNullable<ExecutionStatus['Failure']>['error'];
type Kinds<E> = E extends { $kind: infer K } ? K : never;
export type FailureKind = Kinds<ExecutionFailureStatus>;
type CommandArgumentErrorValue = NonNullable<ExecutionFailureStatus['CommandArgumentError']>['kind'];
export type ArgumentErrorKind = Kinds<CommandArgumentErrorValue>;

const sized = (name: string, current: string, max: string) =>
  bcs.struct(name, { [current]: bcs.u64(), [max]: bcs.u64() });

const MoveLocation = bcs.struct('MoveLocation', {
  module: bcs.struct('ModuleId', { address: bcs.Address, name: bcs.string() }),
  function: bcs.u16(),
  instruction: bcs.u16(),
  functionName: bcs.option(bcs.string()),
});

const CommandArgumentError = bcs.enum('CommandArgumentError', {
  TypeMismatch: null,
  InvalidBCSBytes: null,
  InvalidUsageOfPureArg: null,
  InvalidArgumentToPrivateEntryFunction: null,
  IndexOutOfBounds: bcs.struct('IndexOutOfBounds', { idx: bcs.u16() }),
  SecondaryIndexOutOfBounds: bcs.struct('SecondaryIndexOutOfBounds', {
    resultIdx: bcs.u16(),
    secondaryIdx: bcs.u16(),
  }),
  InvalidResultArity: bcs.struct('InvalidResultArity', { resultIdx: bcs.u16() }),
  InvalidGasCoinUsage: null,
  InvalidValueUsage: null,
  InvalidObjectByValue: null,
  InvalidObjectByMutRef: null,
  SharedObjectOperationNotAllowed: null,
  InvalidArgumentArity: null,
  InvalidTransferObject: null,
  InvalidMakeMoveVecNonObjectArgument: null,
  ArgumentWithoutValue: null,
  CannotMoveBorrowedValue: null,
  CannotWriteToExtendedReference: null,
  InvalidReferenceArgument: null,
  InvalidTxContext: null,
});

const PackageUpgradeError = bcs.enum('PackageUpgradeError', {
  UnableToFetchPackage: bcs.struct('UnableToFetchPackage', { packageId: bcs.Address }),
  NotAPackage: bcs.struct('NotAPackage', { objectId: bcs.Address }),
  IncompatibleUpgrade: null,
  DigestDoesNotMatch: bcs.struct('DigestDoesNotMatch', { digest: bcs.byteVector() }),
  UnknownUpgradePolicy: bcs.struct('UnknownUpgradePolicy', { policy: bcs.u8() }),
  PackageIDDoesNotMatch: bcs.struct('PackageIDDoesNotMatch', { packageId: bcs.Address, ticketId: bcs.Address }),
});

const FailureStatus = bcs.enum('ExecutionFailureStatus', {
  InsufficientGas: null,
  InvalidGasObject: null,
  InvariantViolation: null,
  FeatureNotYetSupported: null,
  MoveObjectTooBig: sized('MoveObjectTooBig', 'objectSize', 'maxObjectSize'),
  MovePackageTooBig: sized('MovePackageTooBig', 'objectSize', 'maxObjectSize'),
  CircularObjectOwnership: bcs.struct('CircularObjectOwnership', { object: bcs.Address }),
  InsufficientCoinBalance: null,
  CoinBalanceOverflow: null,
  PublishErrorNonZeroAddress: null,
  SuiMoveVerificationError: null,
  MovePrimitiveRuntimeError: bcs.option(MoveLocation),
  MoveAbort: bcs.tuple([MoveLocation, bcs.u64()]),
  VMVerificationOrDeserializationError: null,
  VMInvariantViolation: null,
  FunctionNotFound: null,
  ArityMismatch: null,
  TypeArityMismatch: null,
  NonEntryFunctionInvoked: null,
  CommandArgumentError: bcs.struct('CommandArgumentError', { argIdx: bcs.u16(), kind: CommandArgumentError }),
  TypeArgumentError: bcs.struct('TypeArgumentError', {
    argumentIdx: bcs.u16(),
    kind: bcs.enum('TypeArgumentErrorKind', { TypeNotFound: null, ConstraintNotSatisfied: null }),
  }),
  UnusedValueWithoutDrop: bcs.struct('UnusedValueWithoutDrop', { resultIdx: bcs.u16(), secondaryIdx: bcs.u16() }),
  InvalidPublicFunctionReturnType: bcs.struct('InvalidPublicFunctionReturnType', { idx: bcs.u16() }),
  InvalidTransferObject: null,
  EffectsTooLarge: sized('EffectsTooLarge', 'currentSize', 'maxSize'),
  PublishUpgradeMissingDependency: null,
  PublishUpgradeDependencyDowngrade: null,
  PackageUpgradeError: bcs.struct('PackageUpgradeErrorBox', { upgradeError: PackageUpgradeError }),
  WrittenObjectsTooLarge: sized('WrittenObjectsTooLarge', 'currentSize', 'maxSize'),
  CertificateDenied: null,
  SuiMoveVerificationTimedout: null,
  SharedObjectOperationNotAllowed: null,
  InputObjectDeleted: null,
  ExecutionCancelledDueToSharedObjectCongestion: bcs.struct('Congestion', {
    congested_objects: bcs.vector(bcs.Address),
  }),
  AddressDeniedForCoin: bcs.struct('AddressDeniedForCoin', { address: bcs.Address, coinType: bcs.string() }),
  CoinTypeGlobalPause: bcs.struct('CoinTypeGlobalPause', { coinType: bcs.string() }),
  ExecutionCancelledDueToRandomnessUnavailable: null,
  MoveVectorElemTooBig: sized('MoveVectorElemTooBig', 'valueSize', 'maxScaledSize'),
  MoveRawValueTooBig: sized('MoveRawValueTooBig', 'valueSize', 'maxScaledSize'),
  InvalidLinkage: null,
  InsufficientBalanceForWithdraw: null,
  NonExclusiveWriteInputObjectModified: bcs.struct('NonExclusiveWrite', { id: bcs.Address }),
});

/** BCS of the failure of effects. */
export function failureStatusBytes(status: ExecutionFailureStatus): Uint8Array {
  return FailureStatus.serialize(status as unknown as typeof FailureStatus.$inferInput).toBytes();
}

/**
 * A transaction fails with this status. Thrown inside the runtime only; effects carry it out.
 */
export class ExecutionFailure extends Error {
  override readonly name = 'ExecutionFailure';
  readonly status: ExecutionFailureStatus;
  /** Code location of an abort or run-time error. */
  readonly location: CodeLocation | undefined;
  /** More words for the person who reads the failure; not part of effects. */
  readonly detail: string | undefined;
  /** Index of the command; filled in where commands are looped over. */
  command: number | undefined;

  constructor(status: ExecutionFailureStatus, options: { location?: CodeLocation; detail?: string } = {}) {
    super(`${status.$kind}${options.detail ? `: ${options.detail}` : ''}`);
    this.status = status;
    this.location = options.location;
    this.detail = options.detail;
  }
}

/** A failure without fields: `fail('ArityMismatch')`; fields are given in the SDK's shape. */
export function fail(kind: FailureKind, fields: unknown = true, detail?: string): never {
  throw new ExecutionFailure(failureStatus(kind, fields), detail === undefined ? {} : { detail });
}

export function failureStatus(kind: FailureKind, fields: unknown = true): ExecutionFailureStatus {
  return { $kind: kind, [kind]: fields } as unknown as ExecutionFailureStatus;
}

/** Argument `index` of the command may not be used the way it is. */
export function failArgument(index: number, kind: ArgumentErrorKind, fields: unknown = true, detail?: string): never {
  return fail('CommandArgumentError', { argIdx: index, kind: { $kind: kind, [kind]: fields } }, detail);
}

export function failTypeArgument(index: number, kind: 'TypeNotFound' | 'ConstraintNotSatisfied', detail?: string): never {
  return fail('TypeArgumentError', { argumentIdx: index, kind: { $kind: kind, [kind]: true } }, detail);
}

export function failUpgrade(kind: string, fields: unknown = true, detail?: string): never {
  return fail('PackageUpgradeError', { upgradeError: { $kind: kind, [kind]: fields } }, detail);
}

/** `MoveLocation` of effects; `address` is chosen by the caller (storage or original ID). */
export function moveLocation(location: CodeLocation, address: Address) {
  return {
    module: { address, name: location.module },
    function: location.function,
    instruction: location.instruction,
    functionName: location.functionName,
  };
}
