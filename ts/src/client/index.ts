/** Storing and reading blobs. */
export { HauloutClient, type HauloutClientOptions, type QuiltReport, type ReadOptions } from './client.js';
export type { Download, RangeSink, ReadPhase, ReadReport } from './download.js';
export * from './errors.js';
export { NodeClient, type BlobStatus, type NodeClientOptions } from './node-client.js';
export type { RetryPolicy, Sleep } from './requests.js';
export type { StoreInput } from './slivers.js';
export type { StoreCheckpoint, StoreOptions, StorePhase, StoreReport } from './store.js';
export type { NodeUpload } from './upload.js';
export type { Fetch } from './transport.js';
