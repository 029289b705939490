/**
 * The storage node's HTTP API (HTTP specification §2): handlers parse, call `StorageNode`, format. Built
 * with Hono because its apps answer `Request` objects without a socket, which is how simulations and tests
 * talk to a node.
 */
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { blobIdFromText, InvalidIdError, type Axis } from '../encoding/index.js';
import type { BlobPersistence } from '../protocol/index.js';
import { NodeApiError } from './errors.js';
import type { PutOutcome, StorageNode } from './storage-node.js';

/** Body limit of every route but sliver upload. */
const DEFAULT_BODY_BYTES = 2 * 1024 * 1024;
const DOMAIN = 'storage.walrus.space';

export interface NodeAppOptions {
  /** Told about defects: answers with code 500. */
  readonly onDefect: (error: Error) => void;
  /** Milliseconds since the node started. */
  readonly uptimeMs: () => number;
}

/** A path parameter that does not parse; answered in plain text. */
class BadPath extends Error {}

export function createNodeApp(node: StorageNode, options: NodeAppOptions): Hono {
  const app = new Hono();
  app.use(cors({ origin: '*' }));
  app.onError((error, c) => {
    if (error instanceof BadPath || error instanceof InvalidIdError) return c.text(error.message, 400);
    if (error instanceof NodeApiError) return refusal(error);
    options.onDefect(error);
    return refusal(
      new NodeApiError('INTERNAL', 'INTERNAL_ERROR', 'an internal error has occurred, please report it'),
      'global',
    );
  });

  const tooLarge = () => refusal(new NodeApiError('SIZE_EXCEEDED', 'BODY_TOO_LARGE', 'the request body is too large'));
  const smallBody = bodyLimit({ maxSize: DEFAULT_BODY_BYTES, onError: tooLarge });

  app.get('/v1/blobs/:blobId/metadata', (c) => octets(node.getMetadata(blobIdOf(c))));
  app.put('/v1/blobs/:blobId/metadata', smallBody, async (c) => {
    requireOctets(c);
    return stored(await node.putMetadata(blobIdOf(c), await bodyOf(c)), 'metadata successfully stored', 'metadata already stored');
  });
  app.get('/v1/blobs/:blobId/metadata/status', (c) =>
    success(200, node.hasMetadata(blobIdOf(c)) ? 'stored' : 'nonexistent'),
  );

  const sliver = '/v1/blobs/:blobId/slivers/:pairIndex/:axis';
  app.get(sliver, (c) => octets(node.getSliver(blobIdOf(c), pairIndexOf(c), axisOf(c))));
  app.put(
    sliver,
    async (c, next) => bodyLimit({ maxSize: node.maxSliverBodyBytes, onError: tooLarge })(c, next),
    async (c) =>
      stored(
        await node.putSliver(blobIdOf(c), pairIndexOf(c), axisOf(c), await bodyOf(c)),
        'sliver stored successfully',
        'sliver already stored',
      ),
  );
  app.get(`${sliver}/status`, (c) =>
    success(200, node.hasSliver(blobIdOf(c), pairIndexOf(c), axisOf(c)) ? 'stored' : 'nonexistent'),
  );

  app.get('/v1/blobs/:blobId/confirmation/permanent', (c) => confirmation(node, blobIdOf(c), { kind: 'permanent' }));
  app.get('/v1/blobs/:blobId/confirmation/deletable/:objectId', (c) =>
    confirmation(node, blobIdOf(c), { kind: 'deletable', objectId: objectIdOf(c) }),
  );
  app.get('/v1/blobs/:blobId/status', (c) => success(200, node.status(blobIdOf(c))));
  app.get('/v1/health', () => {
    const uptimeMs = options.uptimeMs();
    const owned = node.shards.length;
    return success(200, {
      uptime: { secs: Math.floor(uptimeMs / 1000), nanos: Math.floor((uptimeMs % 1000) * 1e6) },
      epoch: node.epoch,
      publicKey: Buffer.from(node.protocolPublicKey).toString('base64'),
      nodeStatus: owned > 0 ? 'Active' : 'Standby',
      shardSummary: {
        owned,
        ownedShardStatus: { unknown: 0, ready: owned, inTransfer: 0, inRecovery: 0 },
        readOnly: 0,
      },
    });
  });
  return app;
}

async function confirmation(node: StorageNode, blobId: Uint8Array, persistence: BlobPersistence): Promise<Response> {
  const { message, signature } = await node.confirm(blobId, persistence);
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return success(200, { signed: { serializedMessage: base64(message), signature: base64(signature) } });
}

function blobIdOf(c: Context): Uint8Array {
  return blobIdFromText(c.req.param('blobId') ?? '');
}

function pairIndexOf(c: Context): number {
  const text = c.req.param('pairIndex') ?? '';
  const index = Number(text);
  if (!/^\d{1,5}$/.test(text) || index > 0xffff) throw new BadPath(`invalid sliver pair index: ${text}`);
  return index;
}

function axisOf(c: Context): Axis {
  const text = c.req.param('axis');
  if (text !== 'primary' && text !== 'secondary') throw new BadPath(`invalid sliver type: ${text}`);
  return text;
}

function objectIdOf(c: Context): string {
  const text = c.req.param('objectId') ?? '';
  if (!/^0x[0-9a-f]{64}$/i.test(text)) throw new BadPath(`invalid object ID: ${text}`);
  return text.toLowerCase();
}

function requireOctets(c: Context): void {
  const type = c.req.header('content-type');
  if (type !== undefined && type.split(';')[0]!.trim().toLowerCase() !== 'application/octet-stream') {
    throw new NodeApiError('INVALID_ARGUMENT', 'INVALID_CONTENT_TYPE', `content type ${type} is not application/octet-stream`);
  }
}

async function bodyOf(c: Context): Promise<Uint8Array> {
  return new Uint8Array(await c.req.arrayBuffer());
}

function octets(bytes: Uint8Array): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/octet-stream' } });
}

function stored(outcome: PutOutcome, fresh: string, already: string): Response {
  return outcome === 'stored' ? success(201, fresh) : success(200, already);
}

function success(code: number, data: unknown): Response {
  return Response.json({ success: { code, data } }, { status: code });
}

function refusal(error: NodeApiError, domain = DOMAIN): Response {
  return Response.json(
    {
      error: {
        status: error.status,
        code: error.httpCode,
        message: error.message,
        details: [{ '@type': 'ErrorInfo', reason: error.reason, domain, metadata: error.metadata }],
      },
    },
    { status: error.httpCode },
  );
}
