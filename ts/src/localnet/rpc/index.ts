/** The services of the embedded network: gRPC v2 in process and over HTTP, and the faucet. */
export { createFaucetApp, type FaucetOptions, type SentCoin } from './faucet-app.js';
export { createInProcessTransport } from './in-process.js';
export { methodPaths } from './router.js';
export { createRpcApp, type RpcAppOptions } from './rpc-app.js';
export { createRpcServer, serveApp, type ListenOptions, type RunningServer } from './server.js';
