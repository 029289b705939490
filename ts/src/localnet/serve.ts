/**
 * The embedded network for other processes: gRPC-web and the faucet on TCP ports (sui-rpc.md §2, §7), with a
 * clock that runs.
 */
import type { Hono } from 'hono';
import type { LocalNet } from './local-net.js';
import { createFaucetApp, createRpcApp, serveApp } from './rpc/index.js';

export interface ServeOptions {
  /** Port of the gRPC services; 0, the default, lets the system choose. */
  readonly port?: number;
  /** Port of the faucet; 0 likewise. */
  readonly faucetPort?: number;
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /**
   * A clock, ms. The network's own clock is moved by what passed on this one before each transaction is
   * simulated or executed, so it runs without filling an idle ledger. Without it the network's clock stands
   * still until it is moved.
   */
  readonly nowMs?: () => number;
}

/** A network that answers on its ports. */
export interface ServedNetwork {
  /** `http://host:port`, for `SuiGrpcClient`. */
  readonly rpcUrl: string;
  readonly faucetUrl: string;
  /** Ends streams and connections; the network itself goes on. */
  close(): Promise<void>;
}

const EXECUTION_PATH = '/sui.rpc.v2.TransactionExecutionService/';
/** Methods whose answers are written while the ledger may go on. */
const STREAMING_PATH = /^\/sui\.rpc\.v2\.(SubscriptionService\/|LedgerService\/List)/;

/** Serves a network; both ports answer when it resolves. Rejects when one cannot be had, leaving none open. */
export async function serveLocalNet(net: LocalNet, options: ServeOptions = {}): Promise<ServedNetwork> {
  const host = options.host === undefined ? {} : { host: options.host };
  const tick = options.nowMs === undefined ? () => undefined : followClock(net, options.nowMs);
  const closing = new AbortController();
  const services = createRpcApp(net.ledger, { signal: closing.signal });
  const ticking = {
    fetch: async (request: Request) => {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith(EXECUTION_PATH)) tick();
      const response = await services.fetch(request);
      if (STREAMING_PATH.test(pathname)) return settledStream(net, response);
      return net.settled().then(() => response, unavailable);
    },
  };
  const rpc = await serveApp(ticking, { port: options.port ?? 0, ...host }, () => closing.abort());
  const faucet = await serveApp(faucetApp(net), { port: options.faucetPort ?? 0, ...host }).catch(async (error: unknown) => {
    await rpc.close();
    throw error;
  });
  return {
    rpcUrl: rpc.url,
    faucetUrl: faucet.url,
    close: async () => {
      await Promise.all([rpc.close(), faucet.close()]);
    },
  };
}

/** The answer to a call whose outcome could not be kept: gRPC status UNAVAILABLE. */
function unavailable(error: unknown): Response {
  const words = error instanceof Error ? error.message : String(error);
  const headers = {
    'content-type': 'application/grpc-web+proto',
    'grpc-status': '14',
    'grpc-message': encodeURIComponent(words),
    'access-control-allow-origin': '*',
    'access-control-expose-headers': '*',
  };
  return new Response(null, { headers });
}

/**
 * A response whose every part waits for the disk: what a client has heard of, and what it has read, is never
 * taken back by a crash.
 */
function settledStream(net: LocalNet, response: Response): Response {
  const waiting = new TransformStream<Uint8Array, Uint8Array>({
    transform: async (part, controller) => {
      await net.settled();
      controller.enqueue(part);
    },
  });
  return new Response(response.body?.pipeThrough(waiting) ?? null, response);
}

/** Moves the network's clock by what passed since the last call. Time travel in between stays. */
export function followClock(net: LocalNet, nowMs: () => number): () => void {
  let last = nowMs();
  return () => {
    const passed = Math.floor(nowMs() - last);
    if (passed <= 0) return; // a wall clock may be set back; the network's never is
    last += passed;
    net.clock.advance(passed);
  };
}

/** Every coin is split off the coin that the one before left, so requests are served one after another. */
function faucetApp(net: LocalNet): Hono {
  let last: Promise<unknown> = Promise.resolve();
  return createFaucetApp({
    send: (recipient, amountMist) => {
      const sent = last.then(async () => {
        const { coinId, digest } = await net.faucet(recipient, amountMist);
        return { amount: amountMist, id: coinId, transferTxDigest: digest };
      });
      last = sent.catch(() => undefined); // the one who asked hears of it; the next one starts afresh
      return sent;
    },
  });
}
