/**
 * Errors of the storage node as its HTTP API reports them (HTTP specification §0.2): a Google-style status,
 * the HTTP code that belongs to it, and the reason that clients switch on.
 */

const NODE_DOMAIN = 'storage.walrus.space';

/** Status → HTTP code. */
export const HTTP_CODE = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  SIZE_EXCEEDED: 403,
  NOT_FOUND: 404,
  UNAVAILABLE_FOR_LEGAL_REASONS: 451,
  RESOURCE_EXHAUSTED: 429,
  RANGE_NOT_SATISFIABLE: 416,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;

export type ApiStatus = keyof typeof HTTP_CODE;

/** A request that the node refuses, with everything the answer says. */
export class NodeApiError extends Error {
  override readonly name = 'NodeApiError';
  readonly httpCode: number;
  /** Who defines the reason. */
  readonly domain: string;
  constructor(
    readonly status: ApiStatus,
    readonly reason: string,
    message: string,
    readonly metadata: Readonly<Record<string, string>> = {},
    options: ErrorOptions & { readonly domain?: string } = {},
  ) {
    super(message, options);
    this.httpCode = HTTP_CODE[status];
    this.domain = options.domain ?? NODE_DOMAIN;
  }
}

/** The store could not make a write durable: the disk is full or fails. Nothing of the write is kept. */
export class StoreWriteFailed extends Error {
  override readonly name = 'StoreWriteFailed';
  constructor(cause: unknown) {
    super(`the store cannot write: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Another node did not give what it was asked for; asking again later, or another one, may help. */
export class PeerRequestFailed extends Error {
  override readonly name = 'PeerRequestFailed';
  constructor(
    /** Name of the other node as registered on chain. */
    readonly peer: string,
    readonly request: string,
    /** HTTP code; undefined when there was no answer. */
    readonly httpCode: number | undefined,
    readonly reason: string | undefined,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`node ${peer}, ${request}: ${detail}`, options);
  }
}

/** Too few nodes gave what is needed to rebuild slivers; tried again later. */
export class RecoveryFailed extends Error {
  override readonly name = 'RecoveryFailed';
  constructor(
    /** Text form. */
    readonly blobId: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`blob ${blobId}: ${detail}`, options);
  }
}

export const notRegistered = () =>
  new NodeApiError('FAILED_PRECONDITION', 'NOT_REGISTERED', 'the blob is not registered at the current epoch');

export const invalidBlob = () =>
  new NodeApiError('FAILED_PRECONDITION', 'INVALID_BLOB', 'the blob ID was marked invalid');

export const metadataNotFound = () =>
  new NodeApiError('NOT_FOUND', 'METADATA_NOT_FOUND', 'the blob is not registered or its metadata is not stored');

/** For sliver uploads: the metadata has to come first. */
export const metadataRequired = () =>
  new NodeApiError('FAILED_PRECONDITION', 'METADATA_NOT_FOUND', 'the metadata of the blob is not stored yet');

export const sliverNotFound = () =>
  new NodeApiError('NOT_FOUND', 'SLIVER_NOT_FOUND', 'the sliver is not stored here or its blob is not registered');

export const indexOutOfRange = (index: number, shardCount: number) =>
  new NodeApiError('INVALID_ARGUMENT', 'INDEX_OUT_OF_RANGE', `index ${index} is not below the ${shardCount} shards`);

export const shardNotAssigned = (shard: number, epoch: number) =>
  new NodeApiError(
    'INVALID_ARGUMENT',
    'SHARD_NOT_ASSIGNED',
    `shard ${shard} is not assigned to this node in epoch ${epoch}`,
  );

export const sliverIndexMismatch = (index: number, pairIndex: number) =>
  new NodeApiError(
    'INVALID_ARGUMENT',
    'SLIVER_INDEX_MISMATCH',
    `sliver index ${index} does not belong to pair ${pairIndex} on this axis`,
  );

export const invalidMetadata = (cause: Error) =>
  new NodeApiError('INVALID_ARGUMENT', 'INVALID_METADATA', cause.message, {}, { cause });

export const invalidSliver = (cause: Error) =>
  new NodeApiError('INVALID_ARGUMENT', 'INVALID_SLIVER', cause.message, {}, { cause });

export const malformedBody = (cause: Error) =>
  new NodeApiError('INVALID_ARGUMENT', 'INVALID_CONTENT_TYPE', 'unable to decode request body as BCS', {}, { cause });

export const missingSlivers = (missing: number) =>
  new NodeApiError(
    'FAILED_PRECONDITION',
    'MISSING_SLIVERS',
    `the required slivers are not all stored: ${missing} missing`,
  );

export const unsupportedEncoding = () =>
  new NodeApiError('INVALID_ARGUMENT', 'UNSUPPORTED_ENCODING_TYPE', 'only encoding type 1 (RS2) is supported');

export const cacheSaturated = () =>
  new NodeApiError('INVALID_ARGUMENT', 'CACHE_SATURATED', 'there is no room for data of blobs that are not registered yet');

export const forbiddenBlob = () =>
  new NodeApiError('UNAVAILABLE_FOR_LEGAL_REASONS', 'FORBIDDEN_BLOB', 'the blob is blocked on this node');

export const overloaded = () =>
  new NodeApiError('UNAVAILABLE', 'UNAVAILABLE', 'the node is serving as many of these requests as it can', {}, { domain: 'global' });

export const tooManyRequests = () =>
  new NodeApiError('RESOURCE_EXHAUSTED', 'RESOURCE_EXHAUSTED', 'too many requests of this kind; try again later', {}, { domain: 'global' });

export const symbolNotPresent = (symbol: string) =>
  new NodeApiError(
    'INVALID_ARGUMENT',
    'SYMBOL_NOT_PRESENT_AT_SHARDS',
    `symbol ${symbol} belongs to no sliver of the shards of this node`,
  );

export const noSymbolsSpecified = () =>
  new NodeApiError('FAILED_PRECONDITION', 'NO_SYMBOLS_SPECIFIED', 'name the symbols by id, or by targetSliver and targetType');

export const invalidFilter = (detail: string) => new NodeApiError('INVALID_ARGUMENT', 'INVALID_FILTER', detail);

export const noTargetSlivers = () =>
  new NodeApiError('FAILED_PRECONDITION', 'NO_TARGET_SLIVERS_SPECIFIED', 'name at least one of targetSlivers');

export const targetOutOfRange = (index: number, count: number) =>
  new NodeApiError(
    'INVALID_ARGUMENT',
    'RECOVERY_SYMBOL_OUT_OF_RANGE',
    `target sliver ${index} is not one of the ${count} systematic ones`,
  );

export const invalidProof = (cause: Error) =>
  new NodeApiError('INVALID_ARGUMENT', 'INVALID_PROOF', cause.message, {}, { cause });

export const unauthorized = (why: string) => new NodeApiError('PERMISSION_DENIED', 'REQUEST_UNAUTHORIZED', why);

export const badSignature = () =>
  new NodeApiError('INVALID_ARGUMENT', 'MESSAGE_VERIFICATION_FAILED', 'the signature of the request does not verify');

export const invalidEpoch = (requestEpoch: number, serverEpoch: number) =>
  new NodeApiError(
    'INVALID_ARGUMENT',
    'INVALID_EPOCH',
    `the request is for epoch ${requestEpoch}, this node is in epoch ${serverEpoch}`,
    { request_epoch: String(requestEpoch), server_epoch: String(serverEpoch) },
  );

export const tooManySlivers = (count: bigint, limit: number) =>
  new NodeApiError('INVALID_ARGUMENT', 'SLIVER_COUNT_EXCEEDS_LIMIT', `${count} slivers asked for, at most ${limit} allowed`);
