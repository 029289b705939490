/** Serves a node's app on a socket: the thin shell around `app.ts`. */
import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import type { Hono } from 'hono';

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** `host:port`, as it is registered on chain. */
  readonly address: string;
  /** Stops accepting, drops open connections and waits. */
  close(): Promise<void>;
}

/** A client that computes for long, as one that encodes a large blob, still finds its idle connections open after it. */
const IDLE_CONNECTION_MS = 120_000;

/** Listens; port 0 takes a free one. Rejects when the address is not to be had. */
export function serveApp(app: Pick<Hono, 'fetch'>, host = '127.0.0.1', port = 0): Promise<RunningServer> {
  return new Promise((resolve, reject) => {
    const server: ServerType = serve({ fetch: app.fetch, hostname: host, port, overrideGlobalObjects: false }, (info: AddressInfo) => {
      server.off('error', reject);
      resolve({
        host,
        port: info.port,
        address: `${host}:${info.port}`,
        close: () =>
          new Promise<void>((done, failed) => {
            server.close((error) => (error ? failed(error) : done()));
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    if ('keepAliveTimeout' in server) server.keepAliveTimeout = IDLE_CONNECTION_MS;
    server.once('error', reject);
  });
}
