/** The embedded Sui network. */
export {
  DEFAULT_GENESIS_TIME_MS,
  LocalNet,
  NetworkClock,
  NoGasCoin,
  TransactionFailed,
  UnpublishedDependencies,
  type LocalNetOptions,
  type PublishResult,
} from './local-net.js';
export { LocalLedger, type LedgerOptions } from './ledger/ledger.js';
export { CorruptCommit } from './ledger/commits.js';
export {
  CorruptDataDirectory,
  DataDirectoryError,
  DataDirectoryInUse,
  DataDirectoryUnusable,
  ForeignDataDirectory,
  LedgerNotPersisted,
  LocalNetError,
  NewerDataDirectory,
  SeedMismatch,
  TransactionRejected,
  UnknownSnapshot,
  type RejectionReason,
} from './ledger/errors.js';
export type {
  Checkpoint,
  CleverError,
  CommandOutput,
  CommandValue,
  EpochInfo,
  ExecutedTransaction,
  Ledger,
  LedgerEvent,
  LedgerObject,
  Owner,
  PackageReflection,
  Simulation,
  SimulationOptions,
  TransactionData,
  TransactionEffects,
} from './ledger/types.js';
export { createFaucetApp, createInProcessTransport, createRpcApp, createRpcServer } from './rpc/index.js';
export { followClock, serveLocalNet, type ServedNetwork, type ServeOptions } from './serve.js';
export { runMoveTests, type MoveTestOptions, type UnitTestResult } from './testing.js';
