/** The services of the embedded network: gRPC v2 in process and over HTTP, and the faucet. */
export { createInProcessTransport } from './in-process.js';
export { methodPaths } from './router.js';
