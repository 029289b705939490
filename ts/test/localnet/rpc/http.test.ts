import { GrpcWebFetchTransport, SuiGrpcClient } from '@mysten/sui/grpc';
import { createRpcApp, createRpcServer } from '../../../src/localnet/rpc/index.js';
import { sdkSuite } from './sdk-suite.js';

for (const format of ['text', 'binary'] as const) {
  sdkSuite(`gRPC-web ${format} on a socket`, async (ledger) => {
    const server = await createRpcServer(ledger, { port: 0 });
    const transport = new GrpcWebFetchTransport({ baseUrl: server.url, format });
    return { client: new SuiGrpcClient({ network: 'localnet', transport }), close: () => server.close() };
  });

  sdkSuite(`gRPC-web ${format} without a socket`, async (ledger) => {
    const app = createRpcApp(ledger);
    const transport = new GrpcWebFetchTransport({
      baseUrl: 'http://localhost',
      format,
      fetch: (input, init) => Promise.resolve(app.request(input as URL, init)),
    });
    return { client: new SuiGrpcClient({ network: 'localnet', transport }), close: async () => undefined };
  });
}
