/**
 * The storage node's HTTP API (HTTP specification §2): handlers parse, call, format. Built with Hono because its
 * apps answer `Request` objects without a socket, which is how simulations and tests talk to a node.
 */
import { Hono, type Context } from 'hono';
import { cors } from 'hono/cors';
import { matchedRoutes } from 'hono/route';
import {
  blobIdFromText,
  encodeDecodingSymbolListing,
  encodeGeneralRecoverySymbols,
  InvalidIdError,
  type Axis,
} from '../encoding/index.js';
import { BLS_PUBLIC_KEY_BYTES, type BlobPersistence } from '../protocol/index.js';
import { NodeApiError, StoreWriteFailed } from './errors.js';
import { DEFAULT_REQUEST_LIMITS, RequestGate, type RequestKind, type RequestLimits } from './limits.js';
import { errorFields } from './log.js';
import { serveOpenApi } from './openapi.js';
import type { PutOutcome, StorageNode } from './storage-node.js';
import type { ShardSource } from './shard-source.js';
import type { SymbolSource } from './symbols.js';
import { BadRequest, limitedBody, queryOf, symbolQueryOf, targetsOf, type Query } from './requests.js';
import type { SignedMessage } from './sync-messages.js';

/** Body limit of every route but sliver upload. */
const DEFAULT_BODY_BYTES = 2 * 1024 * 1024;

/** What the app speaks for. */
export interface NodeServices {
  readonly node: StorageNode;
  readonly symbols: SymbolSource;
  readonly shards: ShardSource;
  /** JSON of `GET /v1/health`. */
  readonly health: (detailed: boolean) => unknown;
}

export interface NodeAppOptions {
  readonly limits?: Partial<RequestLimits>;
  /** Serves `/metrics` here too; set to false when it has an address of its own. */
  readonly metrics?: boolean;
  /** Told about defects: answers with code 500. */
  readonly onDefect: (error: Error) => void;
}

export function createNodeApp({ node, symbols, shards, health }: NodeServices, options: NodeAppOptions): Hono {
  const { metrics, environment, log } = node.context;
  const gate = new RequestGate({ ...DEFAULT_REQUEST_LIMITS, ...options.limits }, metrics);
  const limited = (kind: RequestKind, handle: (c: Context) => Promise<Response> | Response) => (c: Context) =>
    gate.run(kind, async () => handle(c));
  /** The limit is on the request with its body, so that bodies are not read for nothing. */
  const receiving =
    (kind: RequestKind, maxBytes: () => number, handle: (c: Context, body: Uint8Array) => Promise<Response>) => (c: Context) =>
      gate.run(kind, async () => {
        const body = await limitedBody(c.req.raw, maxBytes());
        return body === undefined ? tooLarge() : handle(c, body);
      });
  const smallBody = () => DEFAULT_BODY_BYTES;

  const app = new Hono();
  const preflight = cors({ origin: '*' });
  app.use(async (c, next) => {
    if (c.req.method === 'OPTIONS') return preflight(c, next);
    const startedAt = environment.now();
    await next();
    // The middleware would do it before, on a response that it makes only to be copied.
    c.res.headers.set('access-control-allow-origin', '*');
    const labels = { method: c.req.method, route: routeOf(c), status: c.res.status };
    metrics.requests.observe((environment.now() - startedAt) / 1000, labels);
  });
  app.onError((error, c) => {
    if (error instanceof BadRequest) return c.text(error.message, error.code);
    if (error instanceof InvalidIdError) return c.text(error.message, 400);
    if (error instanceof NodeApiError) return refusal(error);
    log('error', 'request failed', { method: c.req.method, path: c.req.path, ...errorFields(error) });
    if (!(error instanceof StoreWriteFailed)) options.onDefect(error);
    return internalError();
  });

  app.get(
    '/v1/blobs/:blobId/metadata',
    limited('read', (c) => {
      queryOf(c, []);
      return octets(node.getMetadata(blobIdOf(c)));
    }),
  );
  app.put(
    '/v1/blobs/:blobId/metadata',
    receiving('write', smallBody, async (c, body) => {
      const pending = flag(queryOf(c, ['pending']), 'pending');
      const blobId = blobIdOf(c);
      requireOctets(c);
      return stored(await node.putMetadata(blobId, body, pending), 'metadata', 'metadata successfully stored');
    }),
  );
  app.get('/v1/blobs/:blobId/metadata/status', (c) => {
    queryOf(c, []);
    return success(200, node.hasMetadata(blobIdOf(c)) ? 'stored' : 'nonexistent');
  });

  const sliver = '/v1/blobs/:blobId/slivers/:pairIndex/:axis';
  app.get(
    sliver,
    limited('read', (c) => {
      queryOf(c, []);
      return octets(node.getSliver(blobIdOf(c), pairIndexOf(c), axisOf(c, 'axis')));
    }),
  );
  app.put(
    sliver,
    receiving('write', () => node.maxSliverBodyBytes, async (c, body) => {
      const pending = flag(queryOf(c, ['pending']), 'pending');
      const outcome = await node.putSliver(blobIdOf(c), pairIndexOf(c), axisOf(c, 'axis'), body, pending);
      return stored(outcome, 'sliver', 'sliver stored successfully');
    }),
  );
  app.get(`${sliver}/status`, (c) => {
    queryOf(c, []);
    return success(200, node.sliverStatus(blobIdOf(c), pairIndexOf(c), axisOf(c, 'axis')));
  });

  const confirm = async (c: Context, persistence: BlobPersistence): Promise<Response> => {
    const query = queryOf(c, ['wait_for_registration', 'wait_millis']);
    const waitMs = flag(query, 'wait_for_registration') ? wholeNumber(query, 'wait_millis', 0) : 0;
    return success(200, { signed: signedJson(await node.confirm(blobIdOf(c), persistence, waitMs)) });
  };
  app.get('/v1/blobs/:blobId/confirmation/permanent', limited('read', (c) => confirm(c, { kind: 'permanent' })));
  app.get(
    '/v1/blobs/:blobId/confirmation/deletable/:objectId',
    limited('read', (c) => confirm(c, { kind: 'deletable', objectId: objectIdOf(c) })),
  );
  app.get('/v1/blobs/:blobId/status', (c) => {
    queryOf(c, []);
    return success(200, node.status(blobIdOf(c)));
  });

  app.get(
    '/v1/blobs/:blobId/recoverySymbols',
    limited('symbols', async (c) => {
      const blobId = blobIdOf(c);
      const query = queryOf(c, ['id', 'targetSliver', 'targetType', 'proofAxis']);
      node.context.requireReadable(blobId);
      return octets(encodeGeneralRecoverySymbols(await symbols.recoverySymbols(blobId, symbolQueryOf(query))));
    }),
  );
  app.get(
    '/v1/blobs/:blobId/decodingSymbols',
    limited('symbols', async (c) => {
      const blobId = blobIdOf(c);
      const query = queryOf(c, ['targetSlivers', 'targetType']);
      node.context.requireReadable(blobId);
      const { axis, targets } = targetsOf(query);
      return octets(encodeDecodingSymbolListing(await symbols.decodingSymbols(blobId, axis, targets)));
    }),
  );
  app.post(
    '/v1/blobs/:blobId/inconsistencyProof/:axis',
    receiving('proof', smallBody, async (c, body) => {
      queryOf(c, []);
      return success(200, signedJson(await symbols.attestInconsistency(blobIdOf(c), axisOf(c, 'axis'), body)));
    }),
  );
  app.post(
    '/v1/migrate/sync_shard',
    receiving('transfer', smallBody, async (c, body) => {
      queryOf(c, []);
      const key = requesterKeyOf(c);
      requireOctets(c);
      return octets(await shards.serve(key, body));
    }),
  );

  app.get('/v1/api', (c) => {
    queryOf(c, []);
    return serveOpenApi(c.req.header('accept'));
  });
  app.get('/v1/health', (c) => success(200, health(flag(queryOf(c, ['detailed']), 'detailed'))));
  if (options.metrics !== false) {
    app.get('/metrics', () => new Response(metrics.render(), { headers: { 'content-type': METRICS_CONTENT_TYPE } }));
  }
  return app;
}

/** What Hono calls the path of middleware. */
const EVERY_PATH = '/*';

/** Content type of the Prometheus text format. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Template of the route that answered, not its parameters: metrics must not grow with requests. */
function routeOf(c: Context): string {
  const { path } = matchedRoutes(c).at(-1)!;
  return path === EVERY_PATH ? 'none' : path;
}

function blobIdOf(c: Context): Uint8Array {
  return blobIdFromText(c.req.param('blobId') ?? '');
}

function pairIndexOf(c: Context): number {
  const text = c.req.param('pairIndex') ?? '';
  const index = Number(text);
  if (!/^\d{1,5}$/.test(text) || index > 0xffff) throw new BadRequest(`invalid sliver pair index: ${text}`);
  return index;
}

function axisOf(c: Context, name: string): Axis {
  const text = c.req.param(name);
  if (text !== 'primary' && text !== 'secondary') throw new BadRequest(`invalid sliver type: ${text}`);
  return text;
}

function objectIdOf(c: Context): string {
  const text = c.req.param('objectId') ?? '';
  if (!/^0x[0-9a-f]{64}$/i.test(text)) throw new BadRequest(`invalid object ID: ${text}`);
  return text.toLowerCase();
}

/** The bare base64 of a protocol public key, without a scheme. */
function requesterKeyOf(c: Context): Uint8Array {
  const text = c.req.header('authorization');
  if (text === undefined) throw new BadRequest('the Authorization header is missing', 401);
  const key = Buffer.from(text, 'base64');
  if (key.length !== BLS_PUBLIC_KEY_BYTES || key.toString('base64') !== text) {
    throw new BadRequest('the Authorization header is not the base64 of a protocol public key');
  }
  return new Uint8Array(key);
}

function requireOctets(c: Context): void {
  const type = c.req.header('content-type');
  if (type !== undefined && type.split(';')[0]!.trim().toLowerCase() !== 'application/octet-stream') {
    throw new NodeApiError('INVALID_ARGUMENT', 'INVALID_CONTENT_TYPE', `content type ${type} is not application/octet-stream`);
  }
}

function flag(query: Query, name: string): boolean {
  const text = query.get(name)?.[0] ?? 'false';
  if (text !== 'true' && text !== 'false') throw new BadRequest(`${name}: expected true or false, got ${text}`);
  return text === 'true';
}

function wholeNumber(query: Query, name: string, otherwise: number): number {
  const text = query.get(name)?.[0] ?? String(otherwise);
  if (!/^\d{1,15}$/.test(text)) throw new BadRequest(`${name}: expected a whole number, got ${text}`);
  return Number(text);
}

function octets(bytes: Uint8Array): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/octet-stream' } });
}

function stored(outcome: PutOutcome, what: string, fresh: string): Response {
  switch (outcome) {
    case 'stored':
      return success(201, fresh);
    case 'buffered':
      return success(202, `${what} buffered pending registration`);
    case 'alreadyStored':
      return success(200, `${what} already stored`);
  }
}

function success(code: number, data: unknown): Response {
  return Response.json({ success: { code, data } }, { status: code });
}

function signedJson({ message, signature }: SignedMessage): { serializedMessage: string; signature: string } {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return { serializedMessage: base64(message), signature: base64(signature) };
}

function tooLarge(): Response {
  return refusal(new NodeApiError('SIZE_EXCEEDED', 'BODY_TOO_LARGE', 'the request body is too large'));
}

function internalError(): Response {
  const message = 'an internal error has occurred, please report it';
  const error = new NodeApiError('INTERNAL', 'INTERNAL_ERROR', message, {}, { domain: 'global' });
  return refusal(error, [{ '@type': 'DebugInfo', stackEntries: [], detail: '' }]);
}

function refusal({ status, httpCode, message, reason, domain, metadata }: NodeApiError, more: readonly unknown[] = []): Response {
  const details = [{ '@type': 'ErrorInfo', reason, domain, metadata }, ...more];
  return Response.json({ error: { status, code: httpCode, message, details } }, { status: httpCode });
}
