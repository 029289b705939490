/**
 * Native gRPC: HTTP/2 without TLS on the port that speaks gRPC-web over HTTP/1.1. The first bytes of a connection
 * tell which it is. The message frames of both protocols are the same, so a native call is answered by the
 * gRPC-web application; only the trailers move from the last frame into HTTP/2 trailers.
 *
 * Left out: compression (answered with UNIMPLEMENTED by the application) and HTTP/2 upgrades of HTTP/1.1 requests.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Hono } from 'hono';

/** What every HTTP/2 client sends first (RFC 9113 §3.4); no HTTP/1.1 method begins like it. */
const PREFACE_START = Buffer.from('PRI');
/** How long a new connection may say nothing, ms: as long as a HTTP/1.1 client may take for its headers. */
const SILENCE_LIMIT_MS = 60_000;
const NATIVE_TYPE = 'application/grpc';
const WEB_TYPE = 'application/grpc-web+proto';
const FRAME_HEADER_BYTES = 5;
const TRAILERS_FLAG = 0x80;

/** Header fields that belong to one connection or one protocol. */
const NOT_COPIED: ReadonlySet<string> = new Set(['te', 'connection', 'content-type', 'content-length', 'transfer-encoding']);

/**
 * Lets an HTTP/1.1 server answer HTTP/2 connections too.
 * @returns ends all HTTP/2 connections
 */
export function acceptHttp2(server: Server, app: Pick<Hono, 'fetch'>): () => void {
  const http2 = createServer();
  http2.on('stream', (stream, headers) => {
    stream.on('error', () => stream.destroy()); // a client that goes away; nothing is left to answer
    void answer(app, stream, headers).catch(() => stream.destroy());
  });
  const open = new Set<Socket>();
  const onHttp1 = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.once('error', () => socket.destroy());
    void firstBytes(socket).then((isHttp2) => {
      if (isHttp2) http2.emit('connection', socket);
      else for (const listener of onHttp1) listener.call(server, socket);
    });
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}

/** Looks at the first bytes of a connection and puts them back. Ends connections that send nothing. */
async function firstBytes(socket: Socket): Promise<boolean> {
  const onSilence = (): void => void socket.destroy();
  socket.setTimeout(SILENCE_LIMIT_MS, onSilence);
  let seen = Buffer.alloc(0);
  while (seen.length < PREFACE_START.length && PREFACE_START.subarray(0, seen.length).equals(seen)) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) seen = Buffer.concat([seen, chunk]);
    else if (socket.destroyed || socket.readableEnded) break;
    else await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
  }
  socket.setTimeout(0);
  socket.removeListener('timeout', onSilence);
  if (seen.length > 0) socket.unshift(seen);
  return seen.subarray(0, PREFACE_START.length).equals(PREFACE_START);
}

/** Answers one HTTP/2 request by the application; a native call in the form it knows. */
async function answer(app: Pick<Hono, 'fetch'>, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
  const gone = new AbortController();
  stream.once('close', () => gone.abort());
  const [type] = (headers['content-type'] ?? '').split(';') as [string];
  const isNative = type === NATIVE_TYPE || type === `${NATIVE_TYPE}+proto`;
  const method = headers[':method'] ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const request = new Request(`http://localhost${headers[':path'] ?? '/'}`, {
    method,
    headers: copiedHeaders(headers, isNative ? WEB_TYPE : headers['content-type']),
    signal: gone.signal,
    ...(hasBody ? { body: bodyOf(stream), duplex: 'half' } : {}),
  } as RequestInit);
  const response = await app.fetch(request);
  const isFrames = isNative && response.headers.get('content-type') === WEB_TYPE;
  if (isFrames) await sendFrames(stream, response);
  else await sendPlain(stream, response, isNative);
}

/** The body of a request, read no faster than it is wanted. What is not wanted is thrown away. */
function bodyOf(stream: ServerHttp2Stream): ReadableStream<Uint8Array> {
  let isOpen = true;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const end = (): void => {
        if (isOpen) controller.close();
        isOpen = false;
      };
      stream.on('data', (chunk: Buffer) => {
        if (!isOpen) return;
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) stream.pause();
      });
      stream.once('end', end);
      stream.once('close', end);
    },
    pull: () => void stream.resume(),
    cancel() {
      isOpen = false;
      stream.resume();
    },
  });
}

function copiedHeaders(headers: IncomingHttpHeaders, contentType: string | undefined): Headers {
  const copy = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (!name.startsWith(':') && !NOT_COPIED.has(name) && value !== undefined) copy.set(name, String(value));
  if (contentType !== undefined) copy.set('content-type', contentType);
  return copy;
}

/** Message frames as they are, the frame of trailers as trailers. */
async function sendFrames(stream: ServerHttp2Stream, response: Response): Promise<void> {
  let trailers: Record<string, string> = {};
  stream.respond({ ':status': 200, 'content-type': NATIVE_TYPE }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  let rest = Buffer.alloc(0);
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    rest = Buffer.concat([rest, value]);
    while (rest.length >= FRAME_HEADER_BYTES) {
      const end = FRAME_HEADER_BYTES + rest.readUInt32BE(1);
      if (rest.length < end) break;
      const frame = rest.subarray(0, end);
      rest = rest.subarray(end);
      if (frame[0] === TRAILERS_FLAG) trailers = parseTrailers(frame.subarray(FRAME_HEADER_BYTES));
      else if (!stream.write(frame) && !stream.destroyed) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
      if (stream.destroyed) return void (await reader.cancel());
    }
  }
  stream.end();
}

/** Lines `name:value` of a frame of trailers. */
function parseTrailers(payload: Uint8Array): Record<string, string> {
  const lines = new TextDecoder('latin1').decode(payload).split('\r\n');
  return Object.fromEntries(
    lines.filter((line) => line.includes(':')).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}

/** An answer that is not gRPC-web: as it is, with HTTP 200 for a native client, which looks at `grpc-status`. */
async function sendPlain(stream: ServerHttp2Stream, response: Response, isNative: boolean): Promise<void> {
  const headers: Record<string, string | number> = { ':status': response.status };
  response.headers.forEach((value, name) => {
    if (!NOT_COPIED.has(name) || name === 'content-type') headers[name] = value;
  });
  if (isNative && response.headers.has('grpc-status')) Object.assign(headers, { ':status': 200, 'content-type': NATIVE_TYPE });
  const body = isNative ? Buffer.alloc(0) : Buffer.from(await response.arrayBuffer());
  stream.respond(headers, { endStream: body.length === 0 });
  if (body.length > 0) stream.end(body);
}
