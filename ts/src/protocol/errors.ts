/** Errors of the protocol bindings. */

/** Base class. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError';
}

/** An object that the protocol needs is not on this network. */
export class ObjectMissing extends ProtocolError {
  override readonly name = 'ObjectMissing';
  constructor(
    readonly role: string,
    readonly objectId: string,
    options?: ErrorOptions,
  ) {
    super(`${role} ${objectId} is not on this network`, options);
  }
}

/** A transaction was executed and failed. */
export class TransactionFailed extends ProtocolError {
  override readonly name = 'TransactionFailed';
  constructor(
    /** What the transaction was for, e.g. `register blob`. */
    readonly purpose: string,
    readonly digest: string,
    readonly reason: string,
  ) {
    super(`${purpose}: transaction ${digest} failed: ${reason}`);
  }
}

/** The sender has not enough WAL for what it asked. */
export class NotEnoughWal extends ProtocolError {
  override readonly name = 'NotEnoughWal';
  constructor(
    readonly owner: string,
    readonly neededFrost: bigint,
    readonly ownedFrost: bigint,
  ) {
    super(`${owner} owns ${ownedFrost} FROST but ${neededFrost} are needed (1 WAL = 1,000,000,000 FROST)`);
  }
}
