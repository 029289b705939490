/** Building stones of the node's OpenAPI 3.1 document: parameters, bodies, answers, schemas. */

/** A JSON value of the document. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

const ref = (section: string, name: string): JsonObject => ({ $ref: `#/components/${section}/${name}` });
const octetStream = 'application/octet-stream';

export const schema = (name: string): JsonObject => ref('schemas', name);
export const parameter = (name: string): JsonObject => ref('parameters', name);

export function query(name: string, description: string, type: JsonObject, extra: JsonObject = {}): JsonObject {
  return { name, in: 'query', description, schema: type, ...extra };
}

/** A request body in BCS. */
export function bcsBody(layout: string): JsonObject {
  return { required: true, description: `BCS \`${layout}\``, content: { [octetStream]: { schema: { type: 'string', format: 'binary' } } } };
}

export function bcsAnswer(layout: string): JsonObject {
  return { description: `BCS \`${layout}\``, content: { [octetStream]: { schema: { type: 'string', format: 'binary' } } } };
}

/** `{"success":{"code","data"}}`. */
export function jsonAnswer(description: string, data: JsonObject): JsonObject {
  const success = { type: 'object', required: ['code', 'data'], properties: { code: { type: 'integer' }, data } };
  return {
    description,
    content: { 'application/json': { schema: { type: 'object', required: ['success'], properties: { success } } } },
  };
}

export function textAnswer(description: string): JsonObject {
  return { description, content: { 'text/plain': { schema: { type: 'string' } } } };
}

/** `{"error":…}` with one of the reasons; 400 may be plain text as well, for what does not parse. */
export function refusal(...reasons: readonly string[]): JsonObject {
  return {
    description: `Refused: ${reasons.map((reason) => `\`${reason}\``).join(', ')}`,
    content: { 'application/json': { schema: schema('Error') }, 'text/plain': { schema: { type: 'string' } } },
  };
}

const text = (description: string, pattern: string): JsonObject => ({ type: 'string', description, pattern });
const inPath = (name: string, description: string, type: JsonObject): JsonObject => ({
  ...{ name, in: 'path', required: true, description, schema: type },
});
const integer = { type: 'integer', minimum: 0 };
const base64 = (description: string): JsonObject => ({ type: 'string', contentEncoding: 'base64', description });
const object = (properties: JsonObject, optional: readonly string[] = []): JsonObject => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});
const event = object({ txDigest: { type: 'string' }, eventSeq: { type: 'string', description: 'decimal' } });
const deletableCounts = object({ count_deletable_total: integer, count_deletable_certified: integer });
const certifiedSince = { type: ['integer', 'null'], description: 'earliest epoch since which the blob is certified' };
const shardStatus = object({
  shard: integer,
  status: { enum: ['unknown', 'ready', 'inTransfer', 'inRecovery', 'readOnly'] },
});

export const components: JsonObject = {
  parameters: {
    blobId: inPath('blobId', 'Blob ID: 32 bytes in base64url without padding', text('blob ID', '^[A-Za-z0-9_-]{43}$')),
    pairIndex: inPath('pairIndex', 'Index of the sliver pair, below the number of shards', { ...integer, maximum: 65_535 }),
    axis: inPath('axis', 'Axis of the sliver', schema('Axis')),
    objectId: inPath('objectId', 'Object of the deletable blob', text('object ID', '^0x[0-9a-fA-F]{64}$')),
    epoch: inPath('epoch', 'Epoch of the committee', integer),
    pending: query('pending', 'Buffer the data if the blob is not registered yet', { type: 'boolean', default: false }),
  },
  schemas: {
    Axis: { enum: ['primary', 'secondary'] },
    Error: object({
      error: object({
        status: { type: 'string', description: 'status of google.rpc.Code, and some beside it' },
        code: { type: 'integer', description: 'the HTTP status' },
        message: { type: 'string' },
        details: {
          type: 'array',
          items: object(
            {
              '@type': { type: 'string' },
              reason: { type: 'string' },
              domain: { type: 'string' },
              metadata: { type: 'object', additionalProperties: { type: 'string' } },
            },
            ['reason', 'domain', 'metadata'],
          ),
        },
      }),
    }),
    SignedMessage: object({ serializedMessage: base64('the BCS message that was signed'), signature: base64('96 bytes, BLS12-381') }),
    BlobStatus: {
      oneOf: [
        { const: 'nonexistent' },
        object({ invalid: object({ event }) }),
        object({
          permanent: object({
            ...{ endEpoch: integer, isCertified: { type: 'boolean' }, statusEvent: event, deletableCounts },
            initialCertifiedEpoch: certifiedSince,
          }),
        }),
        object({ deletable: object({ initialCertifiedEpoch: certifiedSince, deletableCounts }) }),
      ],
    },
    Health: object(
      {
        uptime: object({ secs: integer, nanos: integer }),
        epoch: integer,
        publicKey: base64('protocol key, 48 bytes'),
        nodeStatus: { type: 'string', description: '`Standby`, `Active` or `RecoveryInProgress (<epoch>)`' },
        eventProgress: object({ persisted: integer, pending: integer, highestFinishedEventIndex: integer }),
        shardSummary: object({
          owned: integer,
          ownedShardStatus: object({ unknown: integer, ready: integer, inTransfer: integer, inRecovery: integer }),
          readOnly: integer,
        }),
        shardDetail: object({ owned: { type: 'array', items: shardStatus }, other: { type: 'array', items: shardStatus } }),
        latestCheckpointSequenceNumber: integer,
      },
      ['shardDetail'],
    ),
  },
};
