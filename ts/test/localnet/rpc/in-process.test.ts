import { SuiGrpcClient } from '@mysten/sui/grpc';
import { createInProcessTransport } from '../../../src/localnet/rpc/index.js';
import { sdkSuite } from './sdk-suite.js';

sdkSuite('the in-process transport', async (ledger) => ({
  client: new SuiGrpcClient({ network: 'localnet', transport: createInProcessTransport(ledger) }),
  close: async () => undefined,
}));
