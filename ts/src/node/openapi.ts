/**
 * The node's HTTP API as an OpenAPI 3.1 document (HTTP specification §0.4, §2), served at `GET /v1/api`: as JSON, or
 * as a page for people. A test holds it against the routes that are mounted.
 */
import {
  bcsAnswer,
  bcsBody,
  components,
  jsonAnswer,
  parameter,
  query,
  refusal,
  schema,
  textAnswer,
  type JsonObject,
} from './openapi-parts.js';

/** Reasons that many answers share. */
const BLOCKED = { '451': refusal('FORBIDDEN_BLOB') };
const BUSY = { '429': refusal('RESOURCE_EXHAUSTED') };
const FAILED = { '500': refusal('INTERNAL_ERROR') };

const blob = [parameter('blobId')];
const sliver = [...blob, parameter('pairIndex'), parameter('axis')];
const flag = { type: 'boolean', default: false };
const index = { type: 'integer', minimum: 0, maximum: 65_535 };

interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly tag: 'blobs' | 'recovery' | 'node' | 'audits';
  readonly parameters?: readonly JsonObject[];
  readonly requestBody?: JsonObject;
  readonly responses: JsonObject;
}

const confirmation = (id: string, summary: string, more: readonly JsonObject[]): Operation => ({
  ...{ id, summary, tag: 'blobs' },
  parameters: [
    ...blob,
    ...more,
    query('wait_for_registration', 'Wait for the registration of data that is buffered', flag),
    query('wait_millis', 'Longest wait; the node has a limit of its own', { type: 'integer', minimum: 0 }),
  ],
  responses: {
    '200': jsonAnswer('The confirmation', { type: 'object', required: ['signed'], properties: { signed: schema('SignedMessage') } }),
    '400': refusal('NOT_REGISTERED', 'MISSING_SLIVERS'),
    ...BUSY,
  },
});

/** Operations by path and method; a path in braces is a route's with colons. */
const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/v1/blobs/{blobId}/metadata': {
    get: {
      ...{ id: 'getMetadata', summary: 'Metadata of a blob', tag: 'blobs', parameters: blob },
      responses: { '200': bcsAnswer('BlobMetadataWithId'), '404': refusal('METADATA_NOT_FOUND'), ...BLOCKED, ...BUSY },
    },
    put: {
      ...{ id: 'putMetadata', summary: 'Store metadata, which is checked against the blob ID', tag: 'blobs' },
      parameters: [...blob, parameter('pending')],
      requestBody: bcsBody('BlobMetadata'),
      responses: {
        '200': jsonAnswer('It was stored or buffered before', { type: 'string' }),
        '201': jsonAnswer('Stored, on disk', { type: 'string' }),
        '202': jsonAnswer('Buffered until the blob is registered', { type: 'string' }),
        '400': refusal('INVALID_BLOB', 'UNSUPPORTED_ENCODING_TYPE', 'INVALID_METADATA', 'NOT_REGISTERED', 'CACHE_SATURATED', 'INVALID_CONTENT_TYPE'),
        '403': refusal('BODY_TOO_LARGE'),
        ...BUSY,
      },
    },
  },
  '/v1/blobs/{blobId}/metadata/status': {
    get: {
      ...{ id: 'getMetadataStatus', summary: 'Whether metadata is stored', tag: 'blobs', parameters: blob },
      responses: { '200': jsonAnswer('The state', { enum: ['stored', 'nonexistent'] }) },
    },
  },
  '/v1/blobs/{blobId}/slivers/{pairIndex}/{axis}': {
    get: {
      ...{ id: 'getSliver', summary: 'A sliver', tag: 'blobs', parameters: sliver },
      responses: {
        '200': bcsAnswer('SliverData'),
        '400': refusal('INDEX_OUT_OF_RANGE', 'SHARD_NOT_ASSIGNED'),
        '404': refusal('SLIVER_NOT_FOUND'),
        ...BLOCKED,
        ...BUSY,
      },
    },
    put: {
      ...{ id: 'putSliver', summary: 'Store a sliver, which is checked against the metadata', tag: 'blobs' },
      parameters: [...sliver, parameter('pending')],
      requestBody: bcsBody('SliverData'),
      responses: {
        '200': jsonAnswer('It was stored or buffered before', { type: 'string' }),
        '201': jsonAnswer('Stored, on disk', { type: 'string' }),
        '202': jsonAnswer('Buffered until the blob is registered', { type: 'string' }),
        '400': refusal(
          ...['INDEX_OUT_OF_RANGE', 'SLIVER_INDEX_MISMATCH', 'METADATA_NOT_FOUND', 'NOT_REGISTERED'],
          ...['SHARD_NOT_ASSIGNED', 'INVALID_SLIVER', 'CACHE_SATURATED', 'INVALID_CONTENT_TYPE'],
        ),
        '403': refusal('BODY_TOO_LARGE'),
        ...BUSY,
      },
    },
  },
  '/v1/blobs/{blobId}/slivers/{pairIndex}/{axis}/status': {
    get: {
      ...{ id: 'getSliverStatus', summary: 'Whether a sliver is stored', tag: 'blobs', parameters: sliver },
      responses: {
        '200': jsonAnswer('The state', { enum: ['stored', 'buffered', 'nonexistent'] }),
        '400': refusal('INDEX_OUT_OF_RANGE', 'SHARD_NOT_ASSIGNED'),
      },
    },
  },
  '/v1/blobs/{blobId}/confirmation/permanent': {
    get: confirmation('confirmPermanent', 'Signed confirmation that all slivers of a permanent blob are stored', []),
  },
  '/v1/blobs/{blobId}/confirmation/deletable/{objectId}': {
    get: confirmation('confirmDeletable', 'The same for a deletable blob, bound to its object', [parameter('objectId')]),
  },
  '/v1/blobs/{blobId}/status': {
    get: {
      ...{ id: 'getBlobStatus', summary: 'What the chain says of a blob', tag: 'blobs', parameters: blob },
      responses: { '200': jsonAnswer('The status', schema('BlobStatus')) },
    },
  },
  '/v1/blobs/{blobId}/recoverySymbols': {
    get: {
      ...{ id: 'getRecoverySymbols', summary: 'Symbols with proofs, to rebuild slivers', tag: 'recovery' },
      parameters: [
        ...blob,
        query('id', 'Symbols `<primary>-<secondary>`; may be repeated', { type: 'array', items: { type: 'string', pattern: '^\\d{1,5}-\\d{1,5}$' } }),
        query('targetSliver', 'All symbols for this sliver, in place of id', index),
        query('targetType', 'Its axis', schema('Axis')),
        query('proofAxis', 'Axis of the slivers that the proofs are of', schema('Axis')),
      ],
      responses: {
        '200': bcsAnswer('vec<GeneralRecoverySymbol>'),
        '400': refusal('NO_SYMBOLS_SPECIFIED', 'INVALID_FILTER', 'INDEX_OUT_OF_RANGE', 'SYMBOL_NOT_PRESENT_AT_SHARDS', 'SHARD_NOT_ASSIGNED'),
        '404': refusal('SLIVER_NOT_FOUND'),
        ...BLOCKED,
        '503': refusal('UNAVAILABLE'),
      },
    },
  },
  '/v1/blobs/{blobId}/decodingSymbols': {
    get: {
      ...{ id: 'getDecodingSymbols', summary: 'Symbols without proofs, to decode systematic slivers', tag: 'recovery' },
      parameters: [
        ...blob,
        query('targetSlivers', 'Sliver to decode; may be repeated', { type: 'array', items: index }, { required: true }),
        query('targetType', 'Axis of these slivers', schema('Axis'), { required: true }),
      ],
      responses: {
        '200': bcsAnswer('map<u16, vec<EitherDecodingSymbol>>'),
        '400': refusal('NO_TARGET_SLIVERS_SPECIFIED', 'INVALID_FILTER', 'RECOVERY_SYMBOL_OUT_OF_RANGE'),
        '404': refusal('SLIVER_NOT_FOUND'),
        ...BLOCKED,
        '503': refusal('UNAVAILABLE'),
      },
    },
  },
  '/v1/blobs/{blobId}/inconsistencyProof/{axis}': {
    post: {
      ...{ id: 'attestInconsistency', summary: 'Signature that a blob was encoded inconsistently, against a proof', tag: 'recovery' },
      parameters: [...blob, parameter('axis')],
      requestBody: bcsBody('InconsistencyProof'),
      responses: {
        '200': jsonAnswer('The attestation', schema('SignedMessage')),
        '400': refusal('METADATA_NOT_FOUND', 'INVALID_PROOF', 'INVALID_CONTENT_TYPE'),
        '403': refusal('BODY_TOO_LARGE'),
        ...BUSY,
      },
    },
  },
  '/v1/migrate/sync_shard': {
    post: {
      ...{ id: 'syncShard', summary: 'Slivers of a shard for its new owner', tag: 'recovery' },
      parameters: [
        { name: 'authorization', in: 'header', required: true, description: 'base64 of the protocol key, without a scheme', schema: { type: 'string' } },
      ],
      requestBody: bcsBody('SignedMessage<ProtocolMessage<SyncShardRequest>>'),
      responses: {
        '200': bcsAnswer('SyncShardResponse'),
        '400': refusal('MESSAGE_VERIFICATION_FAILED', 'INVALID_EPOCH', 'SLIVER_COUNT_EXCEEDS_LIMIT', 'SHARD_NOT_ASSIGNED', 'INVALID_CONTENT_TYPE'),
        '401': textAnswer('The header is missing'),
        '403': refusal('REQUEST_UNAUTHORIZED', 'BODY_TOO_LARGE'),
        ...BUSY,
      },
    },
  },
  '/v1/audit/{epoch}/signature': {
    get: {
      ...{ id: 'signBlobSet', summary: "Signature over the blob set of an epoch's audit", tag: 'audits', parameters: [parameter('epoch')] },
      responses: { '200': bcsAnswer('signature, 96 bytes'), '404': textAnswer('The node is not in that epoch') },
    },
  },
  '/v1/audit/{epoch}/blob_ids': {
    get: {
      ...{ id: 'listBlobSet', summary: 'That blob set: IDs of 32 bytes, ascending', tag: 'audits', parameters: [parameter('epoch')] },
      responses: { '200': bcsAnswer('blob IDs one after another'), '404': textAnswer('The node is not in that epoch') },
    },
  },
  '/v1/audit/{epoch}/invalid/{blobId}': {
    get: {
      ...{ id: 'signInvalid', summary: 'Signature that the chain has marked a blob as invalid', tag: 'audits' },
      parameters: [parameter('epoch'), ...blob],
      responses: { '200': bcsAnswer('signature, 96 bytes'), '404': textAnswer('The blob is not invalid, or the epoch another one') },
    },
  },
  '/v1/health': {
    get: {
      ...{ id: 'getHealth', summary: 'What the node says of itself', tag: 'node' },
      parameters: [query('detailed', 'Name each shard', flag)],
      responses: { '200': jsonAnswer('Health', schema('Health')) },
    },
  },
  '/v1/api': {
    get: {
      ...{ id: 'getApi', summary: 'This document; a page for people when HTML is asked for', tag: 'node' },
      responses: {
        '200': { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } }, 'text/html': { schema: { type: 'string' } } } },
      },
    },
  },
  '/metrics': {
    get: {
      ...{ id: 'getMetrics', summary: 'Metrics in the Prometheus text format, unless they have an address of their own', tag: 'node' },
      responses: { '200': textAnswer('Version 0.0.4') },
    },
  },
};

/** The document. */
export const OPENAPI: JsonObject = {
  openapi: '3.1.0',
  info: {
    title: 'Walrus storage node',
    version: '1',
    description:
      'Metadata and slivers of blobs, confirmations that they are stored, recovery symbols, shard transfer, and the ' +
      'agreement of nodes on storage audits. Unknown query parameters are refused with 400.',
  },
  tags: [
    { name: 'blobs', description: 'Storing and reading' },
    { name: 'recovery', description: 'Rebuilding slivers and moving shards' },
    { name: 'audits', description: 'Between nodes of networks with storage challenges' },
    { name: 'node', description: 'The node itself' },
  ],
  paths: Object.fromEntries(
    Object.entries(OPERATIONS).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, { id, summary, tag, parameters, requestBody, responses }]) => [
          method,
          {
            ...{ operationId: id, summary, tags: [tag] },
            ...(parameters === undefined ? {} : { parameters }),
            ...(requestBody === undefined ? {} : { requestBody }),
            responses: { ...responses, ...FAILED },
          },
        ]),
      ),
    ]),
  ),
  components,
};

/** Answers `GET /v1/api`. */
export function serveOpenApi(accept: string | undefined): Response {
  if (accept?.includes('text/html') !== true) return Response.json(OPENAPI);
  return new Response(page(), { headers: { 'content-type': 'text/html; charset=utf-8' } });
}

/** A table of the operations: all text is ours, but escaped all the same. */
function page(): string {
  const rows = Object.entries(OPERATIONS).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { summary, responses }]) =>
        `<tr><td>${method.toUpperCase()}</td><td><code>${escaped(path)}</code></td><td>${escaped(summary)}</td>` +
        `<td>${Object.keys(responses).join(', ')}</td></tr>`,
    ),
  );
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Walrus storage node</title>',
    '<style>body{font-family:sans-serif;margin:2em}td,th{text-align:left;padding:.3em 1em .3em 0;vertical-align:top}</style>',
    '<h1>Walrus storage node</h1>',
    '<p>The whole of it, with parameters, bodies and answers, is the OpenAPI 3.1 document that this address answers to ',
    'requests that do not ask for HTML: <code>curl …/v1/api</code></p>',
    '<table><tr><th>Method</th><th>Path</th><th></th><th>Status</th></tr>',
    ...rows,
    '</table></html>\n',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
