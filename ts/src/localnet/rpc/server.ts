/**
 * HTTP servers around the applications: the gRPC services and the faucet on a TCP port. HTTP/1.1 and HTTP/2 without
 * TLS are served on the same port.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Ledger } from '../ledger/types.js';
import { acceptHttp2 } from './native-grpc.js';
import { createRpcApp } from './rpc-app.js';

/** Where a server listens. */
export interface ListenOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** 127.0.0.1 unless given: the network has no secrets, but it is nobody else's either. */
  readonly host?: string;
}

/** A running server. */
export interface RunningServer {
  /** `http://host:port`, without slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends streams and connections; resolves when the port is free. */
  close(): Promise<void>;
}

const DEFAULT_HOST = '127.0.0.1';
/** A client that computes for long, as one that encodes a large blob, still finds its idle connections open after it. */
const IDLE_CONNECTION_MS = 120_000;

/** Serves the gRPC services of a ledger. Rejects when the port cannot be had. */
export async function createRpcServer(ledger: Ledger, options: ListenOptions): Promise<RunningServer> {
  const closing = new AbortController();
  const app = createRpcApp(ledger, { signal: closing.signal });
  return serveApp(app, options, () => closing.abort());
}

/** Serves any application. Rejects when the port cannot be had. */
export async function serveApp(
  app: Pick<Hono, 'fetch'>,
  options: ListenOptions,
  beforeClose: () => void = () => undefined,
): Promise<RunningServer> {
  const host = options.host ?? DEFAULT_HOST;
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  // Streams of subscriptions have no natural end, so no overall limit on requests; slow headers are still refused.
  server.requestTimeout = 0;
  server.keepAliveTimeout = IDLE_CONNECTION_MS;
  const endConnections = acceptHttp2(server, app);
  server.listen(options.port, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close: async () => {
      beforeClose();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      endConnections();
      await closed;
    },
  };
}
