/** The SDK suite over HTTP. Both formats on a socket are in `local-net.test.ts`. */
import { GrpcWebFetchTransport, SuiGrpcClient } from '@mysten/sui/grpc';
import { createRpcApp, createRpcServer } from '../../../src/localnet/rpc/index.js';
import { sdkSuite } from './sdk-suite.js';

sdkSuite('gRPC-web text on a socket', async (ledger) => {
  const server = await createRpcServer(ledger, { port: 0 });
  // The client's own default transport and format.
  return { client: new SuiGrpcClient({ network: 'localnet', baseUrl: server.url }), close: () => server.close() };
});

sdkSuite('gRPC-web binary without a socket', async (ledger) => {
  const app = createRpcApp(ledger);
  const transport = new GrpcWebFetchTransport({
    baseUrl: 'http://localhost',
    format: 'binary',
    fetch: (input, init) => Promise.resolve(app.request(input as URL, init)),
  });
  return { client: new SuiGrpcClient({ network: 'localnet', transport }), close: async () => undefined };
});
