/**
 * The services over HTTP as gRPC-web (sui-rpc.md §2): a Hono application, called by tests without a socket and by
 * the server with one.
 *
 * Statuses: unknown method UNIMPLEMENTED, wrong content type HTTP 415 with INVALID_ARGUMENT, wrong HTTP method 405,
 * body over the limit RESOURCE_EXHAUSTED, damaged frame or protobuf INVALID_ARGUMENT, deadline DEADLINE_EXCEEDED.
 */
import { Hono, type Context } from 'hono';
import { cors } from 'hono/cors';
import type { RpcError } from '@mysten/sui/grpc';
import type { Ledger } from '../ledger/types.js';
import { BodyTooLarge, readBody } from './body.js';
import { rpcError, STATUS_DETAILS_KEY, toRpcError } from './errors.js';
import {
  contentTypeOf,
  decodeRequest,
  encodeMessage,
  encodeTrailers,
  formatOf,
  statusHeaders,
  type WebFormat,
} from './grpc-web.js';
import { SERVER_NAME } from './ledger-service.js';
import { findMethod, type ServiceMethod, type StreamMethod, type UnaryMethod } from './router.js';

/** Largest request message; gRPC servers take 4 MiB unless told otherwise. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** Base64 of a frame with such a message. */
const MAX_BODY_BYTES = { binary: MAX_MESSAGE_BYTES + 5, text: Math.ceil((MAX_MESSAGE_BYTES + 5) / 3) * 4 + 64 };
/** Longest deadline that a timer can hold, ms. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Options of the HTTP services. */
export interface RpcAppOptions {
  /** Cancels all running streams, so that a server can close. */
  readonly signal?: AbortSignal;
}

/** The HTTP application over a ledger. */
export function createRpcApp(ledger: Ledger, options: RpcAppOptions = {}): Hono {
  const app = new Hono();
  app.use(
    cors({
      origin: '*',
      allowMethods: ['POST', 'GET', 'OPTIONS'],
      exposeHeaders: ['grpc-status', 'grpc-message', STATUS_DETAILS_KEY],
      maxAge: 86_400,
    }),
  );
  app.get('/', (context) => context.text(SERVER_NAME));
  app.get('/health', (context) => context.text('OK'));
  app.post('/:service/:method', (context) => serve(ledger, context, options.signal));
  app.notFound((context) => {
    const path = context.req.path.slice(1);
    if (context.req.method !== 'POST' && findMethod(path) !== undefined)
      return context.text('gRPC methods are called with POST', 405, { allow: 'POST, OPTIONS' });
    return context.text('not found', 404, statusHeaders(rpcError('UNIMPLEMENTED', `method ${path} is not served`)));
  });
  return app;
}

async function serve(ledger: Ledger, context: Context, closing: AbortSignal | undefined): Promise<Response> {
  const format = formatOf(context.req.header('content-type'));
  if (format === undefined) {
    const error = rpcError('INVALID_ARGUMENT', 'the content type must be gRPC-web with protobuf');
    return new Response(null, { status: 415, headers: statusHeaders(error) });
  }
  const call = new CallContext(context, closing);
  try {
    const path = `${context.req.param('service')}/${context.req.param('method')}`;
    const method = findMethod(path);
    if (method === undefined) throw rpcError('UNIMPLEMENTED', `method ${path} is not served`);
    const request = await readRequest(context, method, format);
    if (method.kind === 'stream') return streamResponse(ledger, method, request, format, call);
    return await unaryResponse(ledger, method, request, format, call);
  } catch (error) {
    call.finish();
    return failureResponse(toRpcError(error), format);
  }
}

/** Deadline and cancellation of one call. */
class CallContext {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #sources: AbortSignal[];

  constructor(context: Context, closing: AbortSignal | undefined) {
    this.#sources = [context.req.raw.signal, ...(closing === undefined ? [] : [closing])];
    for (const source of this.#sources) {
      if (source.aborted) this.#abort.abort();
      source.addEventListener('abort', this.#cancel, { once: true });
    }
    const timeoutMs = parseTimeout(context.req.header('grpc-timeout'));
    if (timeoutMs !== undefined)
      this.#timer = setTimeout(
        () => this.#abort.abort(rpcError('DEADLINE_EXCEEDED', `the deadline of ${timeoutMs} ms has passed`)),
        timeoutMs,
      );
  }

  readonly #cancel = (): void => this.#abort.abort();

  /** Aborted when the caller is gone, the deadline has passed or the server closes. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Rejects when the call is aborted. */
  aborted(): Promise<never> {
    return new Promise((_resolve, reject) => {
      const onAbort = (): void => reject(this.reason());
      if (this.#abort.signal.aborted) onAbort();
      else this.#abort.signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Status of an aborted call. */
  reason(): RpcError {
    const { reason } = this.#abort.signal as { reason: unknown };
    const isStatus = reason instanceof Error && reason.name === 'RpcError';
    return isStatus ? (reason as RpcError) : rpcError('CANCELLED', 'the call was cancelled');
  }

  finish(): void {
    clearTimeout(this.#timer);
    for (const source of this.#sources) source.removeEventListener('abort', this.#cancel);
  }
}

const TIMEOUT_UNITS_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** `grpc-timeout` in milliseconds: up to eight digits and a unit. Something else is no deadline. */
function parseTimeout(text: string | undefined): number | undefined {
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(text ?? '') ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return Math.min(MAX_TIMEOUT_MS, Math.ceil(Number(digits) * (TIMEOUT_UNITS_MS[unit] as number)));
}

async function readRequest(context: Context, method: ServiceMethod, format: WebFormat): Promise<object> {
  let body: Uint8Array;
  try {
    body = await readBody(context.req.raw, MAX_BODY_BYTES[format]);
  } catch (error) {
    if (error instanceof BodyTooLarge)
      throw rpcError('RESOURCE_EXHAUSTED', `a message may have at most ${MAX_MESSAGE_BYTES} bytes`, error);
    throw error;
  }
  const message = decodeRequest(body, format);
  try {
    return method.input.fromBinary(message);
  } catch (error) {
    throw rpcError('INVALID_ARGUMENT', `the message is not a ${method.input.typeName}: ${(error as Error).message}`, error);
  }
}

async function unaryResponse(
  ledger: Ledger,
  method: UnaryMethod,
  request: object,
  format: WebFormat,
  call: CallContext,
): Promise<Response> {
  const answer = await Promise.race([method.call(ledger, request), call.aborted()]);
  const message = encodeMessage(method.output.toBinary(answer), format);
  const trailers = encodeTrailers(undefined, format);
  call.finish();
  const body = new Uint8Array(message.length + trailers.length);
  body.set(message);
  body.set(trailers, message.length);
  return new Response(body, { headers: { 'content-type': contentTypeOf(format) } });
}

/** A failed call is HTTP 200 with a trailer frame alone; the status is in the headers too, where proxies look. */
function failureResponse(error: RpcError, format: WebFormat): Response {
  const headers = { 'content-type': contentTypeOf(format), ...statusHeaders(error) };
  return new Response(encodeTrailers(error, format), { headers });
}

function streamResponse(
  ledger: Ledger,
  method: StreamMethod,
  request: object,
  format: WebFormat,
  call: CallContext,
): Response {
  const cancelled = new AbortController();
  call.signal.addEventListener('abort', () => cancelled.abort(), { once: true });
  if (call.signal.aborted) cancelled.abort();
  const frames = method.call(ledger, request, cancelled.signal)[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await frames.next();
        if (next.done !== true) {
          controller.enqueue(encodeMessage(method.output.toBinary(next.value), format));
          return;
        }
        controller.enqueue(encodeTrailers(call.signal.aborted ? call.reason() : undefined, format));
      } catch (error) {
        controller.enqueue(encodeTrailers(toRpcError(error), format));
      }
      call.finish();
      controller.close();
    },
    async cancel() {
      cancelled.abort();
      call.finish();
      await frames.return?.();
    },
  });
  return new Response(body, { headers: { 'content-type': contentTypeOf(format), 'cache-control': 'no-store' } });
}
