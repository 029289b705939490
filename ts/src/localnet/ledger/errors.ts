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
