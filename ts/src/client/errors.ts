/** Errors of the client. Each names what was being done, and with which node and shard where there is one. */

/** Base class. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
}

/** Trying again may help: nodes or the chain may have moved on. */
export class RetryableError extends ClientError {
  override readonly name: string = 'RetryableError';
}

/** What the client was doing with a node. */
export type NodePhase = 'metadata' | 'sliver' | 'confirmation' | 'status' | 'symbols';

/** One request to one node that did not give what was asked. */
export class NodeRequestFailed extends RetryableError {
  override readonly name = 'NodeRequestFailed';
  constructor(
    /** Name of the node as registered on chain. */
    readonly node: string,
    readonly phase: NodePhase,
    /** Shard concerned, if the request was about one. */
    readonly shard: number | undefined,
    /** HTTP code; undefined when there was no answer. */
    readonly httpCode: number | undefined,
    /** `reason` of the node's error answer, if it gave one. */
    readonly reason: string | undefined,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`node ${node}, ${phase}${shard === undefined ? '' : ` of shard ${shard}`}: ${detail}`, options);
  }

  /** True when the node did not answer at all. */
  get unreachable(): boolean {
    return this.httpCode === undefined;
  }
}

/** A node answered with data or a signature that does not verify. */
export class NodeLied extends ClientError {
  override readonly name = 'NodeLied';
  constructor(
    readonly node: string,
    readonly phase: NodePhase,
    readonly shard: number | undefined,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`node ${node}, ${phase}${shard === undefined ? '' : ` of shard ${shard}`}: ${detail}`, options);
  }
}

/** What went wrong with a node. */
export type NodeFailure = NodeRequestFailed | NodeLied;

/** Too few shards confirmed for a certificate. */
export class NotEnoughConfirmations extends RetryableError {
  override readonly name = 'NotEnoughConfirmations';
  constructor(
    readonly blobId: string,
    readonly confirmedShards: number,
    readonly neededShards: number,
    readonly failures: readonly NodeFailure[],
  ) {
    super(
      `blob ${blobId}: ${confirmedShards} shards confirmed storage, ${neededShards} are needed ` +
        `(${neededShards - confirmedShards} missing)${listFailures(failures)}`,
    );
  }
}

/** No node gave metadata that verifies. */
export class MetadataUnavailable extends RetryableError {
  override readonly name = 'MetadataUnavailable';
  constructor(
    readonly blobId: string,
    readonly failures: readonly NodeFailure[],
  ) {
    super(`blob ${blobId}: no node gave its metadata${listFailures(failures)}`);
  }
}

/** Too few slivers could be fetched to rebuild the blob. */
export class NotEnoughSlivers extends RetryableError {
  override readonly name = 'NotEnoughSlivers';
  constructor(
    readonly blobId: string,
    readonly receivedShards: number,
    readonly neededShards: number,
    /** Shards that gave no sliver, ascending. */
    readonly missingShards: readonly number[],
    readonly failures: readonly NodeFailure[],
  ) {
    super(
      `blob ${blobId} cannot be rebuilt: ${receivedShards} of the ${neededShards} slivers needed were found; ` +
        `${missingShards.length} shards are missing, at least ${neededShards - receivedShards} of them must come back` +
        listFailures(failures),
    );
  }

  /** Shards that have to come back before the blob can be read. */
  get shortOf(): number {
    return this.neededShards - this.receivedShards;
  }
}

/** Nodes hold the blob to be wrongly encoded: its bytes can never be read. */
export class BlobInvalid extends ClientError {
  override readonly name = 'BlobInvalid';
  constructor(readonly blobId: string, options?: ErrorOptions) {
    super(`blob ${blobId} was marked invalid: its writer encoded it wrongly, so there is nothing to read`, options);
  }
}

/** More than a third of the shards say that they may not serve the blob. */
export class BlobBlocked extends ClientError {
  override readonly name = 'BlobBlocked';
  constructor(readonly blobId: string) {
    super(`blob ${blobId} is on the deny lists of the nodes that hold it`);
  }
}

/** A resumed store does not fit what was begun. */
export class CheckpointMismatch extends ClientError {
  override readonly name = 'CheckpointMismatch';
  constructor(readonly field: 'blobId' | 'deletable', readonly expected: string, readonly actual: string) {
    super(`the checkpoint is of another store: its ${field} is ${expected}, that of the input ${actual}`);
  }
}

/** No f + 1 shards agree on what the blob's status is. */
export class StatusUncertain extends RetryableError {
  override readonly name = 'StatusUncertain';
  constructor(readonly blobId: string, readonly failures: readonly NodeFailure[]) {
    super(`blob ${blobId}: too few nodes agree on its status${listFailures(failures)}`);
  }
}

/** The reservation would not fit the rules of the chain. */
export class InvalidStoreRequest extends ClientError {
  override readonly name = 'InvalidStoreRequest';
}

function listFailures(failures: readonly NodeFailure[]): string {
  if (failures.length === 0) return '';
  const byNode = new Map<string, NodeFailure>();
  for (const failure of failures) if (!byNode.has(failure.node)) byNode.set(failure.node, failure);
  return `\n${[...byNode.values()].map((failure) => `  - ${failure.message}`).join('\n')}`;
}
