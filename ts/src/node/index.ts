/** The storage node: rules, store, chain follower, maintenance, HTTP API. */
export { createNodeApp, METRICS_CONTENT_TYPE, type NodeAppOptions, type NodeServices } from './app.js';
export { createChainActions, type ActionDeployment, type ChainActions } from './chain-actions.js';
export { ChainFollower, type ChainFollowerOptions } from './chain-follower.js';
export { processEnvironment, sleep, type Fetch, type NodeEnvironment, type Schedule } from './environment.js';
export { epochEndsAtMs, votingEndsAtMs } from './epoch-clock.js';
export { NodeApiError, PeerRequestFailed, RecoveryFailed, StoreWriteFailed } from './errors.js';
export { LmdbStore } from './lmdb-store.js';
export { errorFields, jsonLog, silent, type Log, type LogFields, type LogLevel } from './log.js';
export { DEFAULT_MAINTENANCE, type MaintenanceOptions } from './maintenance.js';
export { MemoryStore } from './memory-store.js';
export { NodeMetrics } from './metrics.js';
export { NodeContext, type ChainView, type NodeChainState, type NodeContextOptions } from './node-context.js';
export { NodeRuntime, type NodeRuntimeOptions } from './runtime.js';
export { serveApp, type RunningServer } from './server.js';
export { ShardSource } from './shard-source.js';
export { StorageNode, type Confirmation, type PutOutcome, type StorageNodeOptions } from './storage-node.js';
export type { NodeStore, ShardState, ShardStates, SliverKey, StoreBatch } from './store.js';
export { SymbolSource } from './symbols.js';
