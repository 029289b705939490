/**
 * Errors of the storage node as its HTTP API reports them (HTTP specification §0.2): a Google-style status,
 * the HTTP code that belongs to it, and the reason that clients switch on.
 */

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
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;

export type ApiStatus = keyof typeof HTTP_CODE;

/** A request that the node refuses, with everything the answer says. */
export class NodeApiError extends Error {
  override readonly name = 'NodeApiError';
  readonly httpCode: number;
  constructor(
    readonly status: ApiStatus,
    readonly reason: string,
    message: string,
    readonly metadata: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.httpCode = HTTP_CODE[status];
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
