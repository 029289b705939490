/** Storing and reading blobs. */
export { HauloutClient, type HauloutClientOptions, type ReadOptions, type StoreOptions, type StorePhase, type StoreReport } from './client.js';
export type { Download } from './download.js';
export * from './errors.js';
export { NodeClient, type Fetch, type NodeClientOptions } from './node-client.js';
export type { NodeUpload } from './upload.js';
