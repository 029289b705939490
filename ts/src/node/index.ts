/** The storage node: rules, store, chain follower, HTTP API. */
export { createNodeApp, type NodeAppOptions } from './app.js';
export { ChainFollower, type ChainFollowerOptions, type Schedule } from './chain-follower.js';
export { NodeApiError } from './errors.js';
export { LmdbStore } from './lmdb-store.js';
export { MemoryStore } from './memory-store.js';
export { serveApp, type RunningServer } from './server.js';
export { StorageNode, type ChainView, type Confirmation, type StorageNodeOptions } from './storage-node.js';
export type { NodeStore, SliverKey } from './store.js';
