/**
 * The state of one network and the only way to change it: checks, executes, stores, seals one checkpoint
 * per transaction. Deterministic: time, seed and framework come from outside, nothing else does.
 */
import { MoveVm } from '../vm/index.js';
import type { Address } from '../vm/types.js';
import { bcs } from '@mysten/sui/bcs';
import { addressToBytes, bytesEqual, fullAddress } from '../runtime/bytes.js';
import { blake2b256, deriveObjectId, digestOf, toBase58 } from '../runtime/digests.js';
import { DenyListReader } from '../runtime/deny-list.js';
import { describeFailure } from '../runtime/clever-errors.js';
import { executeTransaction, type Execution, type ExecutionEnvironment } from '../runtime/execute.js';
import { ZERO_GAS, type GasCostSummary } from '../runtime/gas.js';
import { PROTOCOL_VERSION, REFERENCE_GAS_PRICE } from '../runtime/limits.js';
import { StoredObject, type MovePackage } from '../runtime/objects.js';
import { ABILITY, type Programmable, type ResolvedInput, type TransactionDataV1 } from '../runtime/ptb.js';
import { ACCUMULATOR_ROOT, balanceType, type NetFunds } from '../runtime/funds.js';
import { SUI_ADDRESS, SUI_TYPE, parseType, typeToText } from '../runtime/type-tags.js';
import { SealedCheckpoint } from './checkpoints.js';
import { CorruptCommit, decodeCommit, encodeCommit, type LedgerCounters } from './commits.js';
import { directWrite } from './direct-write.js';
import { TransactionRejected, UnknownSnapshot } from './errors.js';
import { createGenesis, type GenesisOptions } from './genesis.js';
import { InputResolver } from './inputs.js';
import { ObjectStore, type ObjectStoreSnapshot } from './object-store.js';
import { PersistentMap, type FrozenMap } from './persistent-map.js';
import { addGas, checkPayment, mockGasCoin, u128Bytes, u64Bytes, withUsableGas } from './payment.js';
import { VmReflection } from './reflection.js';
import { verifySignatures } from './signatures.js';
import {
  SYSTEM_SENDER,
  clockTransaction,
  decreeTransaction,
  epochTransaction,
  inputArgument,
  randomnessTransaction,
  settlementTransaction,
  systemCall,
  type SystemTransaction,
} from './system-transactions.js';
import { TransactionRecord } from './transactions.js';
import type {
  Checkpoint,
  EpochInfo,
  ExecutedTransaction,
  Ledger,
  LedgerObject,
  Owner,
  Simulation,
  SimulationOptions,
  TransactionData,
} from './types.js';
import { checkExpiration, checkGasTerms, checkProgrammable, inputObjectId, parseTransaction, userTransaction } from './validity.js';

export interface LedgerOptions extends GenesisOptions {
  /** Features that `protocol_config::is_feature_enabled` answers true for. */
  readonly features?: readonly string[];
}

const CLOCK = fullAddress('0x6');
const RANDOM = fullAddress('0x8');

type Listener = (transaction: ExecutedTransaction, checkpoint: Checkpoint) => void;

/** Everything that `revert` puts back. */
interface Snapshot {
  readonly objects: ObjectStoreSnapshot;
  readonly byDigest: FrozenMap<TransactionRecord>;
  readonly packageVersions: FrozenMap<readonly Address[]>;
  readonly checkpointsByDigest: FrozenMap<SealedCheckpoint>;
  readonly transactionCount: number;
  readonly checkpointCount: number;
  readonly epoch: EpochInfo;
  readonly timestampMs: bigint;
  readonly epochGas: GasCostSummary;
  readonly randomRound: bigint | undefined;
}

export class LocalLedger implements Ledger {
  readonly vm: MoveVm;
  readonly reflection: VmReflection;
  readonly #objects = new ObjectStore();
  readonly #byDigest = new PersistentMap<TransactionRecord>();
  readonly #packageVersions = new PersistentMap<readonly Address[]>();
  readonly #checkpointsByDigest = new PersistentMap<SealedCheckpoint>();
  readonly #transactions: TransactionRecord[] = [];
  readonly #checkpoints: SealedCheckpoint[] = [];
  /** Counters after each checkpoint. */
  readonly #counters: LedgerCounters[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #commitListeners = new Set<(bytes: Uint8Array) => void>();
  readonly #snapshots: Snapshot[] = [];
  readonly #environment: ExecutionEnvironment;
  readonly #denyList = new DenyListReader(this.#objects, (id) => this.getPackage(id));
  readonly #seed: Uint8Array;
  #transient: ReadonlyMap<Address, MovePackage> | undefined;
  #epoch: EpochInfo;
  #timestampMs: bigint;
  #epochGas: GasCostSummary = ZERO_GAS;
  /** Round of the last randomness update in this epoch. */
  #randomRound: bigint | undefined;

  /**
   * @param commits what a ledger with the same options has done so far (`commits()`); genesis without them
   * @throws CorruptCommit
   */
  constructor(options: LedgerOptions, commits?: Iterable<Uint8Array>) {
    this.#seed = options.seed;
    this.#timestampMs = options.timestampMs;
    this.#epoch = {
      epoch: 0n,
      startTimestampMs: options.timestampMs,
      firstCheckpoint: 0n,
      referenceGasPrice: REFERENCE_GAS_PRICE,
      protocolVersion: PROTOCOL_VERSION,
    };
    this.vm = new MoveVm({ packages: { getPackage: (id) => this.#transient?.get(id) ?? this.getPackage(id) } });
    this.reflection = new VmReflection(this.vm);
    this.#environment = this.#createEnvironment(new Set(options.features ?? []));
    if (commits) for (const commit of commits) this.#apply(commit);
    if (this.#checkpoints.length === 0) this.#createGenesis(options);
  }

  #createGenesis(options: LedgerOptions): void {
    const empty = this.#objects.snapshot();
    const { transaction, execution } = createGenesis(this.#objects, this.#environment, options);
    this.#objects.revert(empty);
    this.#commit(transaction.data, transaction.bytes, transaction.digest, [], execution);
  }

  #createEnvironment(features: ReadonlySet<string>): ExecutionEnvironment {
    // The getters below read the ledger, not the environment.
    const epoch = () => this.#epoch;
    return {
      vm: this.vm,
      reader: this.#objects,
      getPackage: (id) => this.getPackage(id),
      setTransientPackages: (packages) => {
        this.#transient = packages;
      },
      get epoch() {
        return epoch().epoch;
      },
      get epochTimestampMs() {
        return epoch().startTimestampMs;
      },
      features,
      denyList: this.#denyList,
    };
  }

  get chainId(): string {
    return this.#checkpoints[0]!.digest;
  }

  get epoch(): EpochInfo {
    return this.#epoch;
  }

  get timestampMs(): bigint {
    return this.#timestampMs;
  }

  getObject(id: Address, version?: bigint): StoredObject | undefined {
    return version === undefined ? this.#objects.readObject(id) : this.#objects.readVersion(id, version);
  }

  ownedObjects(owner: Address): Iterable<LedgerObject> {
    return this.#objects.owned(owner);
  }

  dynamicFields(parent: Address): Iterable<LedgerObject> {
    return this.#objects.children(parent);
  }

  objectsOfType(type: string): Iterable<LedgerObject> {
    return this.#objects.ofType(type);
  }

  getPackage(storageId: Address): MovePackage | undefined {
    return this.#objects.readObject(storageId)?.package;
  }

  packageVersions(storageId: Address): readonly MovePackage[] {
    const pkg = this.getPackage(storageId);
    const ids = pkg ? (this.#packageVersions.get(pkg.originalId) ?? []) : [];
    return ids.map((id) => this.getPackage(id)!);
  }

  getTransaction(digest: string): TransactionRecord | undefined {
    return this.#byDigest.get(digest);
  }

  transactionByIndex(index: bigint): TransactionRecord | undefined {
    return this.#transactions[Number(index)];
  }

  get transactionCount(): bigint {
    return BigInt(this.#transactions.length);
  }

  getCheckpoint(sequenceNumber: bigint): SealedCheckpoint | undefined {
    return this.#checkpoints[Number(sequenceNumber)];
  }

  getCheckpointByDigest(digest: string): SealedCheckpoint | undefined {
    return this.#checkpointsByDigest.get(digest);
  }

  get latestCheckpoint(): SealedCheckpoint {
    return this.#checkpoints.at(-1)!;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async execute(bytes: Uint8Array, signatures: readonly Uint8Array[]): Promise<TransactionRecord> {
    const data = parseTransaction(bytes);
    const v1 = data.V1;
    const required = new Set([v1.sender, v1.gasData.owner]);
    await verifySignatures(bytes, signatures, required);
    return this.#executeChecked(data, bytes, signatures);
  }

  /** Executes without signatures, as whoever the transaction names. @throws TransactionRejected */
  executeUnsigned(bytes: Uint8Array): TransactionRecord {
    return this.#executeChecked(parseTransaction(bytes), bytes, []);
  }

  #executeChecked(data: TransactionData, bytes: Uint8Array, signatures: readonly Uint8Array[]): TransactionRecord {
    const digest = digestOf('TransactionData', bytes);
    const known = this.#byDigest.get(toBase58(digest));
    if (known) return known;
    const v1 = data.V1;
    const ptb = userTransaction(v1);
    checkExpiration(v1, { epoch: this.#epoch.epoch, chainId: this.chainId });
    checkGasTerms(v1);
    checkProgrammable(v1, ptb);
    checkPayment(v1);
    const resolver = new InputResolver(this.#objects, true, this.#denyList);
    if (ptb.inputs.some((input) => inputObjectId(input) === RANDOM)) {
      // Only a transaction that will run is worth an update.
      resolver.resolveAll(v1, ptb);
      this.#updateRandomness();
    }
    const execution = this.#run(v1, ptb, digest, resolver, undefined, false);
    const record = this.#commit(data, bytes, digest, signatures, execution);
    if (execution.funds.length > 0) this.#settle(execution.funds);
    return record;
  }

  #run(
    data: TransactionDataV1,
    ptb: Programmable,
    digest: Uint8Array,
    resolver: InputResolver,
    mockCoin: StoredObject | undefined,
    collectOutputs: boolean,
    checks = true,
  ): Execution {
    const { sender, gasData } = data;
    const { inputs, gasCoins, paysFromBalance, packages } = resolver.resolveAll(data, ptb, mockCoin);
    return executeTransaction(this.#environment, {
      digest,
      sender,
      gasOwner: gasData.owner,
      price: BigInt(gasData.price),
      budget: BigInt(gasData.budget),
      transaction: ptb,
      inputs,
      gasCoins,
      paysFromBalance,
      packages,
      checks,
      system: false,
      collectOutputs,
    });
  }

  simulate(data: TransactionData, options: SimulationOptions): Simulation {
    const v1 = options.checks ? data.V1 : withUsableGas(data.V1);
    const ptb = userTransaction(v1);
    const bytes = bcs.TransactionData.serialize({ V1: v1 }).toBytes();
    const digest = digestOf('TransactionData', bytes);
    if (options.checks) {
      checkExpiration(v1, { epoch: this.#epoch.epoch, chainId: this.chainId });
      checkGasTerms(v1);
      checkProgrammable(v1, ptb);
    }
    let mockCoin: StoredObject | undefined;
    if (v1.gasData.payment.length === 0) {
      if (!options.checks || options.mockGasCoin) mockCoin = mockGasCoin(digest, v1.gasData.owner);
      else checkPayment(v1);
    }
    const resolver = new InputResolver(this.#objects, options.checks, this.#denyList);
    const execution = this.#run(v1, ptb, digest, resolver, mockCoin, true, options.checks);
    return {
      transaction: this.#record({ $kind: 'V1', V1: v1 }, bytes, digest, [], execution),
      commandOutputs: execution.outputs,
    };
  }

  advanceClock(milliseconds: bigint): { timestampMs: bigint; digest: string } {
    if (milliseconds < 0n) throw new RangeError('milliseconds must not be negative: time does not go back');
    const timestampMs = this.#timestampMs + milliseconds;
    const transaction = clockTransaction(this.#epoch.epoch, this.transactionCount, timestampMs);
    const clock = this.#sharedInput(CLOCK);
    this.#timestampMs = timestampMs;
    const bytes = u64Bytes(timestampMs);
    const call = systemCall(SUI_ADDRESS, 'clock', 'consensus_commit_prologue', [inputArgument(0), inputArgument(1)]);
    const record = this.#executeSystem(transaction, [call], [clock, { kind: 'pure', bytes }]);
    return { timestampMs, digest: record.digest };
  }

  advanceCheckpoint(): Checkpoint {
    const checkpoint = this.#sealCheckpoint([], undefined);
    this.#committed(undefined, checkpoint);
    return checkpoint;
  }

  advanceEpoch(): EpochInfo {
    const next = this.#epoch.epoch + 1n;
    const transaction = epochTransaction(next, this.#epochGas, this.#timestampMs);
    this.#executeSystem(transaction, [], [], PROTOCOL_VERSION);
    return this.#epoch;
  }

  /**
   * Puts an object on the network that no code created, for tests. `fields` is the BCS of everything behind
   * its ID.
   * @throws TypeError when the type is unknown, has no key, or the bytes do not fit it
   */
  createObject(type: string, fields: Uint8Array, owner: Owner): StoredObject {
    const moveType = this.vm.resolveType(parseType(type));
    const abilities = this.vm.abilities(moveType);
    if ((abilities & ABILITY.key) === 0) throw new TypeError(`${type} is no object type`);
    const label = new TextEncoder().encode(`create ${type}`);
    const transaction = decreeTransaction([label, fields, u64Bytes(this.transactionCount)]);
    const id = deriveObjectId(transaction.digest, 0n);
    const contents = new Uint8Array([...addressToBytes(id), ...fields]);
    this.vm.deserialize(moveType, contents);
    const hasPublicTransfer = (abilities & ABILITY.store) !== 0;
    const data = { kind: 'move' as const, type: moveType, hasPublicTransfer, contents };
    const object = new StoredObject(id, 1n, owner, data, transaction.digest, 0n);
    const execution = directWrite([object], transaction.digest, this.#epoch.epoch);
    this.#commit(transaction.data, transaction.bytes, transaction.digest, [], execution);
    return object;
  }

  /** Fresh randomness before a transaction that reads it (sui.md §4.3). */
  #updateRandomness(): void {
    const random = this.#objects.readObject(RANDOM);
    if (!random?.owner.Shared) return;
    const round = this.#randomRound === undefined ? 0n : this.#randomRound + 1n;
    const material = new Uint8Array(this.#seed.length + 16);
    material.set(this.#seed);
    new DataView(material.buffer).setBigUint64(this.#seed.length, this.#epoch.epoch, true);
    new DataView(material.buffer).setBigUint64(this.#seed.length + 8, round, true);
    const randomBytes = blake2b256(material);
    const initial = BigInt(random.owner.Shared.initialSharedVersion);
    const transaction = randomnessTransaction(this.#epoch.epoch, round, randomBytes, initial);
    const call = systemCall(SUI_ADDRESS, 'random', 'update_randomness_state', [0, 1, 2].map(inputArgument));
    this.#randomRound = round;
    this.#executeSystem(transaction, [call], [
      this.#sharedInput(RANDOM),
      { kind: 'pure', bytes: u64Bytes(round) },
      { kind: 'pure', bytes: new Uint8Array([randomBytes.length, ...randomBytes]) },
    ]);
  }

  /** Writes changed address balances into the fields under 0xacc, in a system transaction of its own. */
  #settle(funds: readonly NetFunds[]): void {
    const root = this.#sharedInput(ACCUMULATOR_ROOT);
    const height = BigInt(this.#checkpoints.length);
    const sui = typeToText(balanceType(SUI_TYPE));
    const moved = (sign: bigint) =>
      funds.reduce((sum, { type, amount }) => (typeToText(type) === sui && amount * sign > 0n ? sum + amount * sign : sum), 0n);
    // Epoch, height and index also make the digests of two equal settlements differ.
    const pures: Uint8Array[] = [this.#epoch.epoch, height, 0n, moved(1n), moved(-1n)].map(u64Bytes);
    const commands = [
      systemCall(SUI_ADDRESS, 'accumulator_settlement', 'settlement_prologue', [0, 1, 2, 3, 4, 5].map(inputArgument)),
    ];
    for (const { owner, type, amount } of funds) {
      const first = 1 + pures.length;
      pures.push(addressToBytes(owner), u128Bytes(amount > 0n ? amount : 0n), u128Bytes(amount < 0n ? -amount : 0n));
      const args = [0, first, first + 1, first + 2].map(inputArgument);
      commands.push(systemCall(SUI_ADDRESS, 'accumulator_settlement', 'settle_u128', args, [typeToText(type)]));
    }
    const { owner } = this.#objects.readObject(ACCUMULATOR_ROOT)!;
    const transaction = settlementTransaction(commands, ACCUMULATOR_ROOT, owner.Shared!.initialSharedVersion, pures);
    this.#executeSystem(transaction, commands, [root, ...pures.map((bytes) => ({ kind: 'pure' as const, bytes }))]);
  }

  #sharedInput(id: Address): ResolvedInput {
    const object = this.#objects.readObject(id);
    if (!object) throw new TransactionRejected('ObjectNotFound', `the framework of this network has no object ${id}`, id);
    return { kind: 'object', input: { object, kind: 'shared', mutable: true } };
  }

  #executeSystem(
    transaction: SystemTransaction,
    commands: Programmable['commands'],
    inputs: readonly ResolvedInput[],
    nextProtocolVersion?: bigint,
  ): TransactionRecord {
    const execution = executeTransaction(this.#environment, {
      digest: transaction.digest,
      sender: SYSTEM_SENDER,
      gasOwner: SYSTEM_SENDER,
      price: 1n,
      budget: 0n,
      transaction: { inputs: [], commands },
      inputs,
      gasCoins: [],
      packages: [],
      checks: false,
      system: true,
      collectOutputs: false,
    });
    if (execution.failure) throw execution.failure;
    return this.#commit(transaction.data, transaction.bytes, transaction.digest, [], execution, nextProtocolVersion);
  }

  /** Writes what an execution did and seals its checkpoint. */
  #commit(
    data: TransactionData,
    bytes: Uint8Array,
    digest: Uint8Array,
    signatures: readonly Uint8Array[],
    execution: Execution,
    nextProtocolVersion?: bigint,
  ): TransactionRecord {
    const record = this.#record(data, bytes, digest, signatures, execution);
    this.#write(record);
    this.#epochGas = addGas(this.#epochGas, execution.effects.gas);
    const checkpoint = this.#sealCheckpoint([record], nextProtocolVersion);
    if (nextProtocolVersion !== undefined) this.#enterNextEpoch();
    this.#committed(record, checkpoint);
    for (const listener of this.#listeners) listener(record, checkpoint);
    return record;
  }

  #committed(record: TransactionRecord | undefined, checkpoint: SealedCheckpoint): void {
    const counters = {
      epoch: this.#epoch,
      timestampMs: this.#timestampMs,
      epochGas: this.#epochGas,
      randomRound: this.#randomRound,
    };
    this.#counters.push(counters);
    if (this.#commitListeners.size === 0) return;
    const bytes = encodeCommit({ ...counters, record, checkpoint });
    for (const listener of this.#commitListeners) listener(bytes);
  }

  /** Every step of this ledger from genesis on, each as bytes. */
  *commits(): Iterable<Uint8Array> {
    let next = 0;
    for (const [index, checkpoint] of this.#checkpoints.entries()) {
      const candidate = this.#transactions[next];
      const record = candidate?.checkpoint === checkpoint.sequenceNumber ? candidate : undefined;
      if (record) next++;
      yield encodeCommit({ ...this.#counters[index]!, record, checkpoint });
    }
  }

  /** Called with each new commit before the call that made it returns. Returns the unsubscriber. */
  onCommit(listener: (bytes: Uint8Array) => void): () => void {
    this.#commitListeners.add(listener);
    return () => this.#commitListeners.delete(listener);
  }

  /** Takes over one step of another ledger. @throws CorruptCommit */
  #apply(bytes: Uint8Array): void {
    const position = { checkpoint: BigInt(this.#checkpoints.length), index: BigInt(this.#transactions.length) };
    const commit = decodeCommit(bytes, position, (id, version) => this.#objects.readVersion(id, version));
    const epochEnds = commit.endsEpoch;
    if (!epochEnds) this.#epoch = commit.epoch;
    this.#timestampMs = commit.checkpointTimestampMs;
    if (commit.transaction) {
      this.#write(commit.transaction);
      const { gasUsed } = commit.transaction.effects.V2!;
      this.#epochGas = addGas(this.#epochGas, {
        computationCost: BigInt(gasUsed.computationCost),
        storageCost: BigInt(gasUsed.storageCost),
        storageRebate: BigInt(gasUsed.storageRebate),
        nonRefundableStorageFee: BigInt(gasUsed.nonRefundableStorageFee),
      });
    }
    const records = commit.transaction ? [commit.transaction] : [];
    const checkpoint = this.#sealCheckpoint(records, epochEnds ? commit.epoch.protocolVersion : undefined);
    if (!bytesEqual(checkpoint.digestBytes, commit.checkpointDigest)) {
      throw new CorruptCommit(`checkpoint ${checkpoint.sequenceNumber} does not follow the ones before it`);
    }
    this.#epoch = commit.epoch;
    this.#timestampMs = commit.timestampMs;
    this.#epochGas = commit.epochGas;
    this.#randomRound = commit.randomRound;
    this.#counters.push(commit);
  }

  /** Puts objects, packages and the transaction itself into the indices. */
  #write(record: TransactionRecord): void {
    for (const id of record.removedIds) this.#objects.remove(id);
    for (const object of record.outputObjects) {
      this.#objects.write(object);
      if (object.package) this.#recordPackage(object.package);
    }
    this.#transactions.push(record);
    this.#byDigest.set(record.digest, record);
  }

  #enterNextEpoch(): void {
    this.#epoch = {
      ...this.#epoch,
      epoch: this.#epoch.epoch + 1n,
      startTimestampMs: this.#timestampMs,
      firstCheckpoint: BigInt(this.#checkpoints.length),
    };
    this.#epochGas = ZERO_GAS;
    this.#randomRound = undefined;
  }

  #record(
    data: TransactionData,
    bytes: Uint8Array,
    digest: Uint8Array,
    signatures: readonly Uint8Array[],
    execution: Execution,
  ): TransactionRecord {
    const failure = describeFailure(execution, this.vm);
    return new TransactionRecord({
      digest,
      data,
      bytes,
      signatures,
      effectsBytes: execution.effectsBytes,
      effectsDigest: execution.effectsDigest,
      events: execution.events,
      eventsBytes: execution.eventsBytes,
      checkpoint: BigInt(this.#checkpoints.length),
      index: BigInt(this.#transactions.length),
      timestampMs: this.#timestampMs,
      inputObjects: execution.inputObjects,
      outputObjects: execution.written,
      removedIds: execution.removed,
      succeeded: execution.failure === undefined,
      failureDescription: failure.sentence,
      cleverError: failure.cleverError,
    });
  }

  #sealCheckpoint(records: readonly TransactionRecord[], nextProtocolVersion: bigint | undefined): SealedCheckpoint {
    const checkpoint = new SealedCheckpoint({
      epoch: this.#epoch.epoch,
      sequenceNumber: BigInt(this.#checkpoints.length),
      networkTotalTransactions: BigInt(this.#transactions.length),
      previous: this.#checkpoints.at(-1),
      epochGas: this.#epochGas,
      timestampMs: this.#timestampMs,
      transactions: records.map((record) => ({
        digest: record.digestBytes,
        effectsDigest: record.effectsDigestBytes,
        signatures: record.signatures,
      })),
      nextProtocolVersion,
    });
    this.#checkpoints.push(checkpoint);
    this.#checkpointsByDigest.set(checkpoint.digest, checkpoint);
    return checkpoint;
  }

  #recordPackage(pkg: MovePackage): void {
    const versions = this.#packageVersions.get(pkg.originalId) ?? [];
    this.#packageVersions.set(pkg.originalId, [...versions, pkg.storageId]);
  }

  /** Remembers the present state; the answer goes to `revert`. Costs the same whatever the state. */
  snapshot(): number {
    this.#snapshots.push({
      objects: this.#objects.snapshot(),
      byDigest: this.#byDigest.freeze(),
      packageVersions: this.#packageVersions.freeze(),
      checkpointsByDigest: this.#checkpointsByDigest.freeze(),
      transactionCount: this.#transactions.length,
      checkpointCount: this.#checkpoints.length,
      epoch: this.#epoch,
      timestampMs: this.#timestampMs,
      epochGas: this.#epochGas,
      randomRound: this.#randomRound,
    });
    return this.#snapshots.length;
  }

  /**
   * Goes back to a snapshot. It stays usable; later ones are forgotten.
   * @throws UnknownSnapshot
   */
  revert(id: number): void {
    const snapshot = this.#snapshots[id - 1];
    if (!snapshot) throw new UnknownSnapshot(id);
    this.#snapshots.length = id;
    this.#objects.revert(snapshot.objects);
    this.#byDigest.restore(snapshot.byDigest);
    this.#packageVersions.restore(snapshot.packageVersions);
    this.#checkpointsByDigest.restore(snapshot.checkpointsByDigest);
    this.#transactions.length = snapshot.transactionCount;
    this.#checkpoints.length = snapshot.checkpointCount;
    this.#counters.length = snapshot.checkpointCount;
    this.#epoch = snapshot.epoch;
    this.#timestampMs = snapshot.timestampMs;
    this.#epochGas = snapshot.epochGas;
    this.#randomRound = snapshot.randomRound;
  }
}
