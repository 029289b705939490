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
  type TraceOptions,
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
export {
  coverageHtml,
  coverageTable,
  gasReport,
  gasTable,
  lcov,
  MoveTestRun,
  percent,
  runMoveTests,
  Trace,
  type BranchCoverage,
  type CoverageReport,
  type FileCoverage,
  type FunctionCoverage,
  type GasRow,
  type LineCoverage,
  type ModuleCoverage,
  type MoveTestOptions,
  type MoveTestResult,
  type SourceLine,
  type Tally,
  type Totals,
  type TracedCall,
  type TracedRoot,
  type TraceLimits,
  type UnitTestResult,
} from './testing.js';
export { NotTraceable } from './tracing/errors.js';
export { TransactionTrace } from './tracing/transaction-trace.js';
