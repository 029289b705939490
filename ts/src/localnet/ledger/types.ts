/**
 * What the ledger offers to the services on top of it (gRPC, faucet, `LocalNet`): objects, executed
 * transactions, checkpoints, execution and simulation. No behaviour lives here.
 *
 * Digests are Base58 text, addresses `0x` + 64 hex digits, u64 are bigint.
 */
import type { bcs } from '@mysten/sui/bcs';
import type { VmTrace } from '../vm/trace.js';
import type { Address, DatatypeInfo, FunctionInfo, PackageView } from '../vm/types.js';

/** Owner in the shape of the SDK's `bcs.Owner` (one key of the enum set). */
export type Owner = typeof bcs.Owner.$inferType;
/** `TransactionData` as the SDK's BCS parses it. */
export type TransactionData = typeof bcs.TransactionData.$inferType;
/** `TransactionEffects` (V2) as the SDK's BCS parses it. */
export type TransactionEffects = typeof bcs.TransactionEffects.$inferType;

/** One version of one object. */
export interface LedgerObject {
  readonly id: Address;
  readonly version: bigint;
  readonly digest: string;
  readonly owner: Owner;
  /** Canonical type text with full addresses, or `package`. */
  readonly type: string;
  /** BCS of the Move struct; undefined for packages. */
  readonly contents: Uint8Array | undefined;
  readonly package: PackageView | undefined;
  readonly hasPublicTransfer: boolean;
  readonly previousTransaction: string;
  readonly storageRebate: bigint;
  /** BCS of the whole object (`bcs.Object`). */
  readonly bcs: Uint8Array;
}

export interface LedgerEvent {
  readonly packageId: Address;
  readonly module: string;
  readonly sender: Address;
  /** Canonical type text with full addresses. */
  readonly type: string;
  readonly contents: Uint8Array;
}

/** A transaction that was executed, successfully or not. */
export interface ExecutedTransaction {
  readonly digest: string;
  readonly data: TransactionData;
  /** BCS of `TransactionData`. */
  readonly bytes: Uint8Array;
  readonly signatures: readonly Uint8Array[];
  readonly effects: TransactionEffects;
  readonly effectsBytes: Uint8Array;
  readonly effectsDigest: string;
  readonly events: readonly LedgerEvent[];
  /** BCS of `TransactionEvents`; undefined without events. */
  readonly eventsBytes: Uint8Array | undefined;
  /** Sequence number of the checkpoint that holds it. */
  readonly checkpoint: bigint;
  /** Position in the order of all transactions of the network. */
  readonly index: bigint;
  readonly timestampMs: bigint;
  /** Objects before (inputs, loaded and changed) and after, for balance changes and object types. */
  readonly inputObjects: readonly LedgerObject[];
  readonly outputObjects: readonly LedgerObject[];
  /** Human sentence for a failed execution: clever error decoded, command, function and source line where known. */
  readonly failureDescription: string | undefined;
  /** Decoded clever abort code, when the failure was an abort that carries one. */
  readonly cleverError: CleverError | undefined;
}

export interface CleverError {
  readonly errorCode: number | undefined;
  readonly lineNumber: number | undefined;
  readonly constantName: string | undefined;
  readonly constantType: string | undefined;
  /** Text of the constant when it is UTF-8, otherwise its BCS bytes in `raw`. */
  readonly rendered: string | undefined;
  readonly raw: Uint8Array | undefined;
}

export interface Checkpoint {
  readonly sequenceNumber: bigint;
  readonly digest: string;
  readonly epoch: bigint;
  readonly timestampMs: bigint;
  /** BCS of `CheckpointSummary` and of `CheckpointContents`. */
  readonly summaryBytes: Uint8Array;
  readonly contentsBytes: Uint8Array;
  readonly contentsDigest: string;
  readonly previousDigest: string | undefined;
  readonly networkTotalTransactions: bigint;
  readonly transactionDigests: readonly string[];
}

export interface EpochInfo {
  readonly epoch: bigint;
  readonly startTimestampMs: bigint;
  readonly firstCheckpoint: bigint;
  readonly referenceGasPrice: bigint;
  readonly protocolVersion: bigint;
  /** When it ended; unknown for the present epoch. */
  readonly endTimestampMs?: bigint;
  readonly lastCheckpoint?: bigint;
}

/** One value that a command returned or changed through a reference. */
export interface CommandValue {
  /** Canonical type text. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface CommandOutput {
  readonly returnValues: readonly CommandValue[];
  /** Arguments that were borrowed mutably, with their value afterwards. */
  readonly mutatedByReference: readonly (CommandValue & { readonly argument: typeof bcs.Argument.$inferType })[];
}

export interface SimulationOptions {
  /** False: development inspection — no ownership, gas or visibility checks; any function, any return type. */
  readonly checks: boolean;
  /** Adds a gas coin of unlimited balance when the payment is empty. */
  readonly mockGasCoin?: boolean;
  /** Sees every call of Move code. */
  readonly trace?: VmTrace;
}

export interface Simulation {
  readonly transaction: ExecutedTransaction;
  readonly commandOutputs: readonly CommandOutput[];
}

/** The state of one network and the only way to change it. */
export interface Ledger {
  /** Base58 of the genesis checkpoint digest. */
  readonly chainId: string;
  readonly epoch: EpochInfo;
  /** Any epoch that has begun. */
  getEpoch(epoch: bigint): EpochInfo | undefined;
  /** Time of the network's clock, ms. */
  readonly timestampMs: bigint;
  /** Latest version, or an exact one if it is kept; undefined when unknown, deleted or wrapped. */
  getObject(id: Address, version?: bigint): LedgerObject | undefined;
  /** Live objects whose owner is this address (AddressOwner or ConsensusAddressOwner), ordered by ID. */
  ownedObjects(owner: Address): Iterable<LedgerObject>;
  /** Live dynamic-field objects (`Field<…>`) of a parent, ordered by ID. */
  dynamicFields(parent: Address): Iterable<LedgerObject>;
  /** All live objects of an exact type (Display, CoinMetadata, …); may scan. */
  objectsOfType(type: string): Iterable<LedgerObject>;
  getPackage(storageId: Address): PackageView | undefined;
  /** Versions of the package that this ID (any version) belongs to, oldest first. */
  packageVersions(storageId: Address): readonly PackageView[];
  getTransaction(digest: string): ExecutedTransaction | undefined;
  transactionByIndex(index: bigint): ExecutedTransaction | undefined;
  readonly transactionCount: bigint;
  getCheckpoint(sequenceNumber: bigint): Checkpoint | undefined;
  getCheckpointByDigest(digest: string): Checkpoint | undefined;
  readonly latestCheckpoint: Checkpoint;
  /**
   * Checks signatures and inputs, executes, writes effects and a checkpoint.
   * @throws TransactionRejected when the transaction may not run at all (no effects, no gas).
   * A failed execution is an `ExecutedTransaction` whose effects say so.
   */
  execute(bytes: Uint8Array, signatures: readonly Uint8Array[]): Promise<ExecutedTransaction>;
  /** Executes without storing anything and without signatures. @throws TransactionRejected */
  simulate(data: TransactionData, options: SimulationOptions): Simulation;
  /** Signature of a function or datatype under a package's own linkage, for resolution and reflection. */
  readonly reflection: PackageReflection;
  /** Called after each checkpoint, with its transaction unless it is empty. Returns the unsubscriber. */
  subscribe(listener: (transaction: ExecutedTransaction | undefined, checkpoint: Checkpoint) => void): () => void;
  /** Moves the clock forward with one system transaction; returns its digest. */
  advanceClock(milliseconds: bigint): { readonly timestampMs: bigint; readonly digest: string };
  /** Writes an empty checkpoint. */
  advanceCheckpoint(): Checkpoint;
  /** Enters the next epoch. */
  advanceEpoch(): EpochInfo;
}

/** Reading declarations of published code. */
export interface PackageReflection {
  getFunction(storageId: Address, module: string, name: string): FunctionInfo | undefined;
  getDatatype(storageId: Address, module: string, name: string): DatatypeInfo | undefined;
  /** Functions and datatypes of a module, in definition order. */
  getModule(
    storageId: Address,
    module: string,
  ):
    | {
        readonly functions: readonly FunctionInfo[];
        readonly datatypes: readonly DatatypeInfo[];
      }
    | undefined;
  /** Abilities of a closed type given as text; 0 when unknown. */
  abilitiesOf(type: string): number;
  /** JSON of a value for the `json` fields (sui-rpc.md §6). */
  renderJson(type: string, bytes: Uint8Array): unknown;
}
