/**
 * Failed executions as `sui.rpc.v2.ExecutionError`: `ExecutionFailureStatus` of the effects (BCS) mapped to the
 * kinds and details of the messages (sui-rpc.md §9 "Enums", sui-execution.md §1.12).
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import { toBase58 } from '@mysten/bcs';
import type { CleverError, ExecutedTransaction, TransactionEffects } from '../ledger/types.js';

const { ExecutionError_ExecutionErrorKind: Kind } = GrpcTypes;
const { CommandArgumentError_CommandArgumentErrorKind: ArgumentKind } = GrpcTypes;
const { PackageUpgradeError_PackageUpgradeErrorKind: UpgradeKind } = GrpcTypes;
const { TypeArgumentError_TypeArgumentErrorKind: TypeArgumentKind } = GrpcTypes;

type Effects = NonNullable<TransactionEffects['V2']>;
type Failure = Extract<Effects['status'], { $kind: 'Failure' }>['Failure'];
type FailureStatus = Failure['error'];
type Details = GrpcTypes.ExecutionError['errorDetails'];
type BcsMoveLocation = Extract<FailureStatus, { $kind: 'MoveAbort' }>['MoveAbort'][0];
type BcsArgumentError = Extract<FailureStatus, { $kind: 'CommandArgumentError' }>['CommandArgumentError'];
type BcsUpgradeError = Extract<FailureStatus, { $kind: 'PackageUpgradeError' }>['PackageUpgradeError']['upgradeError'];

/** Status of an executed transaction: success, or the error with its details. */
export function executionStatus(executed: ExecutedTransaction, effects: Effects): GrpcTypes.ExecutionStatus {
  if (effects.status.$kind === 'Success') return { success: true };
  return { success: false, error: executionError(effects.status.Failure, executed) };
}

function executionError(failure: Failure, executed: ExecutedTransaction): GrpcTypes.ExecutionError {
  const { kind, details } = kindAndDetails(failure.error, executed.cleverError);
  const error: GrpcTypes.ExecutionError = {
    description: executed.failureDescription ?? describe(failure),
    kind,
    errorDetails: details,
  };
  if (failure.command !== null) error.command = BigInt(failure.command);
  return error;
}

const NO_DETAILS: Details = { oneofKind: undefined };

/** Kinds that carry no details, by the name of the BCS variant. */
const PLAIN_KINDS: Partial<Record<FailureStatus['$kind'], GrpcTypes.ExecutionError_ExecutionErrorKind>> = {
  InsufficientGas: Kind.INSUFFICIENT_GAS,
  InvalidGasObject: Kind.INVALID_GAS_OBJECT,
  InvariantViolation: Kind.INVARIANT_VIOLATION,
  FeatureNotYetSupported: Kind.FEATURE_NOT_YET_SUPPORTED,
  InsufficientCoinBalance: Kind.INSUFFICIENT_COIN_BALANCE,
  CoinBalanceOverflow: Kind.COIN_BALANCE_OVERFLOW,
  PublishErrorNonZeroAddress: Kind.PUBLISH_ERROR_NON_ZERO_ADDRESS,
  SuiMoveVerificationError: Kind.SUI_MOVE_VERIFICATION_ERROR,
  VMVerificationOrDeserializationError: Kind.VM_VERIFICATION_OR_DESERIALIZATION_ERROR,
  VMInvariantViolation: Kind.VM_INVARIANT_VIOLATION,
  FunctionNotFound: Kind.FUNCTION_NOT_FOUND,
  ArityMismatch: Kind.ARITY_MISMATCH,
  TypeArityMismatch: Kind.TYPE_ARITY_MISMATCH,
  NonEntryFunctionInvoked: Kind.NON_ENTRY_FUNCTION_INVOKED,
  InvalidTransferObject: Kind.INVALID_TRANSFER_OBJECT,
  PublishUpgradeMissingDependency: Kind.PUBLISH_UPGRADE_MISSING_DEPENDENCY,
  PublishUpgradeDependencyDowngrade: Kind.PUBLISH_UPGRADE_DEPENDENCY_DOWNGRADE,
  CertificateDenied: Kind.CERTIFICATE_DENIED,
  SuiMoveVerificationTimedout: Kind.SUI_MOVE_VERIFICATION_TIMEDOUT,
  SharedObjectOperationNotAllowed: Kind.CONSENSUS_OBJECT_OPERATION_NOT_ALLOWED,
  InputObjectDeleted: Kind.INPUT_OBJECT_DELETED,
  ExecutionCancelledDueToRandomnessUnavailable: Kind.EXECUTION_CANCELED_DUE_TO_RANDOMNESS_UNAVAILABLE,
  InvalidLinkage: Kind.INVALID_LINKAGE,
  InsufficientBalanceForWithdraw: Kind.INSUFFICIENT_FUNDS_FOR_WITHDRAW,
};

function kindAndDetails(
  status: FailureStatus,
  clever: CleverError | undefined,
): { kind: GrpcTypes.ExecutionError_ExecutionErrorKind; details: Details } {
  switch (status.$kind) {
    case 'MoveAbort': {
      const [location, code] = status.MoveAbort;
      const abort: GrpcTypes.MoveAbort = { abortCode: BigInt(code), location: moveLocation(location) };
      if (clever !== undefined) abort.cleverError = cleverErrorMessage(clever);
      return { kind: Kind.MOVE_ABORT, details: { oneofKind: 'abort', abort } };
    }
    case 'MovePrimitiveRuntimeError': {
      const location = status.MovePrimitiveRuntimeError;
      if (location === null) return { kind: Kind.MOVE_PRIMITIVE_RUNTIME_ERROR, details: NO_DETAILS };
      const abort: GrpcTypes.MoveAbort = { location: moveLocation(location) };
      return { kind: Kind.MOVE_PRIMITIVE_RUNTIME_ERROR, details: { oneofKind: 'abort', abort } };
    }
    case 'MoveObjectTooBig':
      return sizeError(Kind.OBJECT_TOO_BIG, status.MoveObjectTooBig.objectSize, status.MoveObjectTooBig.maxObjectSize);
    case 'MovePackageTooBig':
      return sizeError(
        Kind.PACKAGE_TOO_BIG,
        status.MovePackageTooBig.objectSize,
        status.MovePackageTooBig.maxObjectSize,
      );
    case 'EffectsTooLarge':
      return sizeError(Kind.EFFECTS_TOO_LARGE, status.EffectsTooLarge.currentSize, status.EffectsTooLarge.maxSize);
    case 'WrittenObjectsTooLarge':
      return sizeError(
        Kind.WRITTEN_OBJECTS_TOO_LARGE,
        status.WrittenObjectsTooLarge.currentSize,
        status.WrittenObjectsTooLarge.maxSize,
      );
    case 'MoveVectorElemTooBig':
      return sizeError(
        Kind.MOVE_VECTOR_ELEM_TOO_BIG,
        status.MoveVectorElemTooBig.valueSize,
        status.MoveVectorElemTooBig.maxScaledSize,
      );
    case 'MoveRawValueTooBig':
      return sizeError(
        Kind.MOVE_RAW_VALUE_TOO_BIG,
        status.MoveRawValueTooBig.valueSize,
        status.MoveRawValueTooBig.maxScaledSize,
      );
    case 'CircularObjectOwnership':
      return objectIdError(Kind.CIRCULAR_OBJECT_OWNERSHIP, status.CircularObjectOwnership.object);
    case 'NonExclusiveWriteInputObjectModified':
      return objectIdError(
        Kind.NON_EXCLUSIVE_WRITE_INPUT_OBJECT_MODIFIED,
        status.NonExclusiveWriteInputObjectModified.id,
      );
    case 'CommandArgumentError':
      return {
        kind: Kind.COMMAND_ARGUMENT_ERROR,
        details: { oneofKind: 'commandArgumentError', commandArgumentError: argumentError(status.CommandArgumentError) },
      };
    case 'TypeArgumentError': {
      const { argumentIdx, kind } = status.TypeArgumentError;
      const typeArgumentKind =
        kind.$kind === 'TypeNotFound' ? TypeArgumentKind.TYPE_NOT_FOUND : TypeArgumentKind.CONSTRAINT_NOT_SATISFIED;
      const typeArgumentError = { typeArgument: argumentIdx, kind: typeArgumentKind };
      return { kind: Kind.TYPE_ARGUMENT_ERROR, details: { oneofKind: 'typeArgumentError', typeArgumentError } };
    }
    case 'UnusedValueWithoutDrop': {
      const { resultIdx, secondaryIdx } = status.UnusedValueWithoutDrop;
      const indexError = { index: resultIdx, subresult: secondaryIdx };
      return { kind: Kind.UNUSED_VALUE_WITHOUT_DROP, details: { oneofKind: 'indexError', indexError } };
    }
    case 'InvalidPublicFunctionReturnType': {
      const indexError = { index: status.InvalidPublicFunctionReturnType.idx };
      return { kind: Kind.INVALID_PUBLIC_FUNCTION_RETURN_TYPE, details: { oneofKind: 'indexError', indexError } };
    }
    case 'PackageUpgradeError': {
      const packageUpgradeError = upgradeError(status.PackageUpgradeError.upgradeError);
      return { kind: Kind.PACKAGE_UPGRADE_ERROR, details: { oneofKind: 'packageUpgradeError', packageUpgradeError } };
    }
    case 'ExecutionCancelledDueToSharedObjectCongestion': {
      const objects = status.ExecutionCancelledDueToSharedObjectCongestion.congested_objects;
      return {
        kind: Kind.EXECUTION_CANCELED_DUE_TO_CONSENSUS_OBJECT_CONGESTION,
        details: { oneofKind: 'congestedObjects', congestedObjects: { objects } },
      };
    }
    case 'AddressDeniedForCoin': {
      const { address, coinType } = status.AddressDeniedForCoin;
      return {
        kind: Kind.ADDRESS_DENIED_FOR_COIN,
        details: { oneofKind: 'coinDenyListError', coinDenyListError: { address, coinType } },
      };
    }
    case 'CoinTypeGlobalPause': {
      const { coinType } = status.CoinTypeGlobalPause;
      return {
        kind: Kind.COIN_TYPE_GLOBAL_PAUSE,
        details: { oneofKind: 'coinDenyListError', coinDenyListError: { coinType } },
      };
    }
    default:
      return { kind: PLAIN_KINDS[status.$kind] ?? Kind.EXECUTION_ERROR_KIND_UNKNOWN, details: NO_DETAILS };
  }
}

function sizeError(kind: GrpcTypes.ExecutionError_ExecutionErrorKind, size: string, maxSize: string) {
  const details: Details = { oneofKind: 'sizeError', sizeError: { size: BigInt(size), maxSize: BigInt(maxSize) } };
  return { kind, details };
}

function objectIdError(kind: GrpcTypes.ExecutionError_ExecutionErrorKind, objectId: string) {
  const details: Details = { oneofKind: 'objectId', objectId };
  return { kind, details };
}

function moveLocation(location: BcsMoveLocation): GrpcTypes.MoveLocation {
  const message: GrpcTypes.MoveLocation = {
    package: location.module.address,
    module: location.module.name,
    function: location.function,
    instruction: location.instruction,
  };
  if (location.functionName !== null) message.functionName = location.functionName;
  return message;
}

function cleverErrorMessage(clever: CleverError): GrpcTypes.CleverError {
  const message: GrpcTypes.CleverError = { value: { oneofKind: undefined } };
  if (clever.errorCode !== undefined) message.errorCode = BigInt(clever.errorCode);
  if (clever.lineNumber !== undefined) message.lineNumber = BigInt(clever.lineNumber);
  if (clever.constantName !== undefined) message.constantName = clever.constantName;
  if (clever.constantType !== undefined) message.constantType = clever.constantType;
  if (clever.rendered !== undefined) message.value = { oneofKind: 'rendered', rendered: clever.rendered };
  else if (clever.raw !== undefined) message.value = { oneofKind: 'raw', raw: clever.raw.slice() };
  return message;
}

const ARGUMENT_KINDS: Record<BcsArgumentError['kind']['$kind'], GrpcTypes.CommandArgumentError_CommandArgumentErrorKind> =
  {
    TypeMismatch: ArgumentKind.TYPE_MISMATCH,
    InvalidBCSBytes: ArgumentKind.INVALID_BCS_BYTES,
    InvalidUsageOfPureArg: ArgumentKind.INVALID_USAGE_OF_PURE_ARGUMENT,
    InvalidArgumentToPrivateEntryFunction: ArgumentKind.INVALID_ARGUMENT_TO_PRIVATE_ENTRY_FUNCTION,
    IndexOutOfBounds: ArgumentKind.INDEX_OUT_OF_BOUNDS,
    SecondaryIndexOutOfBounds: ArgumentKind.SECONDARY_INDEX_OUT_OF_BOUNDS,
    InvalidResultArity: ArgumentKind.INVALID_RESULT_ARITY,
    InvalidGasCoinUsage: ArgumentKind.INVALID_GAS_COIN_USAGE,
    InvalidValueUsage: ArgumentKind.INVALID_VALUE_USAGE,
    InvalidObjectByValue: ArgumentKind.INVALID_OBJECT_BY_VALUE,
    InvalidObjectByMutRef: ArgumentKind.INVALID_OBJECT_BY_MUT_REF,
    SharedObjectOperationNotAllowed: ArgumentKind.CONSENSUS_OBJECT_OPERATION_NOT_ALLOWED,
    InvalidArgumentArity: ArgumentKind.INVALID_ARGUMENT_ARITY,
    InvalidTransferObject: ArgumentKind.INVALID_TRANSFER_OBJECT,
    InvalidMakeMoveVecNonObjectArgument: ArgumentKind.INVALID_MAKE_MOVE_VEC_NON_OBJECT_ARGUMENT,
    ArgumentWithoutValue: ArgumentKind.ARGUMENT_WITHOUT_VALUE,
    CannotMoveBorrowedValue: ArgumentKind.CANNOT_MOVE_BORROWED_VALUE,
    CannotWriteToExtendedReference: ArgumentKind.CANNOT_WRITE_TO_EXTENDED_REFERENCE,
    InvalidReferenceArgument: ArgumentKind.INVALID_REFERENCE_ARGUMENT,
    InvalidTxContext: ArgumentKind.INVALID_TX_CONTEXT,
  };

function argumentError(error: BcsArgumentError): GrpcTypes.CommandArgumentError {
  const message: GrpcTypes.CommandArgumentError = { argument: error.argIdx, kind: ARGUMENT_KINDS[error.kind.$kind] };
  switch (error.kind.$kind) {
    case 'IndexOutOfBounds':
      message.indexError = { index: error.kind.IndexOutOfBounds.idx };
      break;
    case 'SecondaryIndexOutOfBounds': {
      const { resultIdx, secondaryIdx } = error.kind.SecondaryIndexOutOfBounds;
      message.indexError = { index: resultIdx, subresult: secondaryIdx };
      break;
    }
    case 'InvalidResultArity':
      message.indexError = { index: error.kind.InvalidResultArity.resultIdx };
      break;
  }
  return message;
}

function upgradeError(error: BcsUpgradeError): GrpcTypes.PackageUpgradeError {
  switch (error.$kind) {
    case 'UnableToFetchPackage':
      return { kind: UpgradeKind.UNABLE_TO_FETCH_PACKAGE, packageId: error.UnableToFetchPackage.packageId };
    case 'NotAPackage':
      return { kind: UpgradeKind.NOT_A_PACKAGE, packageId: error.NotAPackage.objectId };
    case 'IncompatibleUpgrade':
      return { kind: UpgradeKind.INCOMPATIBLE_UPGRADE };
    case 'DigestDoesNotMatch': {
      const digest = toBase58(Uint8Array.from(error.DigestDoesNotMatch.digest));
      return { kind: UpgradeKind.DIGEST_DOES_NOT_MATCH, digest };
    }
    case 'UnknownUpgradePolicy':
      return { kind: UpgradeKind.UNKNOWN_UPGRADE_POLICY, policy: error.UnknownUpgradePolicy.policy };
    case 'PackageIDDoesNotMatch': {
      const { packageId, ticketId } = error.PackageIDDoesNotMatch;
      return { kind: UpgradeKind.PACKAGE_ID_DOES_NOT_MATCH, packageId, ticketId };
    }
  }
}

/** A plain sentence when the ledger gave none: the variant's name, its fields and the command. */
function describe(failure: Failure): string {
  const { $kind, ...fields } = failure.error;
  const value = (fields as Record<string, unknown>)[$kind];
  const text = typeof value === 'object' && value !== null ? ` ${JSON.stringify(value)}` : '';
  const place = failure.command === null ? '' : ` in command ${failure.command}`;
  return `${$kind}${text}${place}`;
}
