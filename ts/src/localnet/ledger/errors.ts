/** Why a transaction may not run at all: it has no effects and costs no gas (sui-execution.md §1.2). */

/** Names of Sui's `UserInputError` and neighbouring errors that the ledger reports. */
export type RejectionReason =
  | 'InvalidTransactionBytes'
  | 'InvalidSignature'
  | 'SignerSignatureAbsent'
  | 'SignerSignatureNumberMismatch'
  | 'IncorrectUserSignature'
  | 'TransactionExpired'
  | 'InvalidExpiration'
  | 'InvalidChainId'
  | 'Unsupported'
  | 'SizeLimitExceeded'
  | 'EmptyCommandInput'
  | 'MaxPublishCountExceeded'
  | 'InvalidIdentifier'
  | 'DuplicateObjectRefInput'
  | 'MutableObjectUsedMoreThanOnce'
  | 'PostRandomCommandRestrictions'
  | 'ObjectInputArityViolation'
  | 'MissingGasPayment'
  | 'GasPriceUnderRGP'
  | 'GasPriceTooHigh'
  | 'GasBudgetTooLow'
  | 'GasBudgetTooHigh'
  | 'GasBalanceTooLow'
  | 'GasObjectNotOwnedObject'
  | 'InvalidGasObject'
  | 'ObjectNotFound'
  | 'ObjectDeleted'
  | 'ObjectVersionUnavailableForConsumption'
  | 'InvalidObjectDigest'
  | 'InvalidChildObjectArgument'
  | 'NotOwnedObjectError'
  | 'NotSharedObjectError'
  | 'NotImmutableOrOwnedObjectError'
  | 'SharedObjectStartingVersionMismatch'
  | 'MovePackageAsObject'
  | 'MoveObjectAsPackage'
  | 'DependentPackageNotFound'
  | 'ImmutableParameterExpectedError'
  | 'InaccessibleSystemObject'
  | 'AddressDeniedForCoin'
  | 'CoinTypeGlobalPause'
  | 'InvalidWithdrawReservation'
  | 'InsufficientFundsForWithdraw';

/** The transaction is refused; nothing was changed. */
export class TransactionRejected extends Error {
  override readonly name = 'TransactionRejected';
  readonly reason: RejectionReason;
  /** Object that the reason is about. */
  readonly objectId: string | undefined;

  constructor(reason: RejectionReason, message: string, objectId?: string) {
    super(`${reason}: ${message}`);
    this.reason = reason;
    this.objectId = objectId;
  }
}

/** A snapshot ID that this network does not have (any more). */
export class UnknownSnapshot extends Error {
  override readonly name = 'UnknownSnapshot';
  constructor(readonly snapshotId: number) {
    super(`no snapshot ${snapshotId}: it was never taken, or an earlier one was restored`);
  }
}

/** The network cannot do what was asked. */
export class LocalNetError extends Error {
  override readonly name: string = 'LocalNetError';
}

/** The directory of a persistent network cannot be used; the message says what to do. */
export class DataDirectoryError extends LocalNetError {
  override readonly name: string = 'DataDirectoryError';
  constructor(
    readonly directory: string,
    problem: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${directory}: ${problem}; ${remedy}`, options);
  }
}

/** Another process has the directory open. */
export class DataDirectoryInUse extends DataDirectoryError {
  override readonly name = 'DataDirectoryInUse';
  constructor(
    directory: string,
    readonly pid: number,
  ) {
    super(directory, `process ${pid} runs this network`, 'end it, or choose another directory');
  }
}

/** The directory cannot be made, read or written. */
export class DataDirectoryUnusable extends DataDirectoryError {
  override readonly name = 'DataDirectoryUnusable';
  constructor(directory: string, cause: unknown) {
    super(directory, reasonOf(cause), 'choose a directory that this user may write', { cause });
  }
}

/** The directory holds something else than a network. */
export class ForeignDataDirectory extends DataDirectoryError {
  override readonly name = 'ForeignDataDirectory';
  constructor(directory: string, problem: string, options?: ErrorOptions) {
    super(directory, problem, 'choose an empty directory, or one that is not there yet', options);
  }
}

/** The network in the directory was written by a later version. */
export class NewerDataDirectory extends DataDirectoryError {
  override readonly name = 'NewerDataDirectory';
  constructor(
    directory: string,
    readonly format: number,
    readonly knownFormat: number,
  ) {
    super(
      directory,
      `written in format ${format}, this version knows formats up to ${knownFormat}`,
      'use a newer version of haulout, or start a new network in another directory',
    );
  }
}

/** The network in the directory is damaged. */
export class CorruptDataDirectory extends DataDirectoryError {
  override readonly name = 'CorruptDataDirectory';
  constructor(directory: string, problem: string, options?: ErrorOptions) {
    super(directory, problem, 'bring it back from a copy, or remove it and start a new network', options);
  }
}

/** The network in the directory was started with another seed. */
export class SeedMismatch extends DataDirectoryError {
  override readonly name = 'SeedMismatch';
  constructor(directory: string) {
    super(directory, 'its network was started with another seed', 'leave the seed out, or choose another directory');
  }
}

/** A step of the ledger could not be written to disk. What was acknowledged before is safe; nothing after it was. */
export class LedgerNotPersisted extends DataDirectoryError {
  override readonly name = 'LedgerNotPersisted';
  constructor(directory: string, cause: unknown) {
    super(directory, `cannot be written (${reasonOf(cause)})`, 'make room on the disk and start the network again', { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
