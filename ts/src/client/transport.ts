/**
 * The way of one request to a storage node and of its answer back: over sockets of this process, which stay open
 * between requests, or through any `fetch`. Answers are bounded while they arrive. The platform's `fetch` costs
 * several times what Node's own HTTP client does, and a store of a small blob is little more than 220 requests.
 */
import http from 'node:http';
import https from 'node:https';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface TransportRequest {
  readonly method: 'GET' | 'PUT';
  /** Octets; of a PUT. */
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
  /** Longest answer that is taken. */
  readonly maxBytes: number;
}

export interface TransportAnswer {
  /** HTTP code. */
  readonly status: number;
  readonly body: Uint8Array;
}

/**
 * Rejects with `AnswerTooLarge`, with the signal's reason, or with whatever keeps an answer away. Redirections are
 * not followed over sockets: nodes give none.
 */
export type Transport = (url: string, request: TransportRequest) => Promise<TransportAnswer>;

/** The answer is longer than the request allows. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

const OCTETS = { 'content-type': 'application/octet-stream' };
/** Connections to one node at a time; further requests wait for one. */
const MAX_SOCKETS_PER_NODE = 64;

/** Idle connections do not keep the process alive. */
const agents = {
  http: new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS_PER_NODE }),
  https: new https.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS_PER_NODE }),
};

/** Requests over sockets of this process. */
export const socketTransport: Transport = async (url, request) => {
  try {
    return await exchange(url, request);
  } catch (error) {
    // The node may close a connection that was idle just when it is used again: nothing was lost but the request.
    if (!(error instanceof StaleConnection) || request.signal.aborted) throw error;
    return exchange(url, request).catch((again: unknown) => {
      throw again instanceof StaleConnection ? again.cause : again;
    });
  }
};

/** A connection that was used before ended before any answer. */
class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}

function exchange(url: string, { method, body, signal, maxBytes }: TransportRequest): Promise<TransportAnswer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const headers = body === undefined ? {} : { ...OCTETS, 'content-length': body.length };
    const secure = url.startsWith('https:');
    const request = (secure ? https : http).request(url, { method, headers, agent: secure ? agents.https : agents.http });
    let answered = false;
    const giveUp = (reason: unknown): void => {
      reject(reason);
      request.destroy();
    };
    const onAbort = (): void => giveUp(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    request.on('close', () => signal.removeEventListener('abort', onAbort));
    request.on('error', (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && !answered && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    request.on('response', (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      let total = 0;
      const bound = (bytes: number): void => {
        if (bytes > maxBytes) giveUp(new AnswerTooLarge(`more than ${maxBytes} bytes`));
      };
      bound(Number(response.headers['content-length'] ?? 0));
      response.on('data', (chunk: Buffer) => {
        total += chunk.length;
        chunks.push(chunk);
        bound(total);
      });
      response.on('end', () => resolve({ status: response.statusCode!, body: joined(chunks, total) }));
      response.on('error', reject);
    });
    request.end(body);
  });
}

/** Requests through a `fetch`: a node's app in memory, a simulated network, a browser's. */
export function fetchTransport(fetch: Fetch): Transport {
  return async (url, { method, body, signal, maxBytes }) => {
    const sent = body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer>, headers: OCTETS };
    const response = await fetch(url, { method, ...sent, signal });
    const declared = Number(response.headers.get('content-length') ?? 0);
    if (declared > maxBytes) {
      await response.body?.cancel();
      throw new AnswerTooLarge(`${declared} bytes`);
    }
    const chunks: Uint8Array[] = [];
    let total = 0;
    if (response.body !== null) {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        total += chunk.length;
        if (total > maxBytes) throw new AnswerTooLarge(`more than ${maxBytes} bytes`);
        chunks.push(chunk);
      }
    }
    return { status: response.status, body: joined(chunks, total) };
  };
}

function joined(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const [first] = chunks;
  const body = chunks.length === 1 ? first! : Buffer.concat(chunks, total);
  return new Uint8Array(body.buffer, body.byteOffset, body.length); // no Buffer, whose slices are views
}
