/**
 * What a network knows: objects, transactions, checkpoints, epoch and time, and how to go back. Nothing
 * is executed here; `ledger.ts` does that and appends.
 */
import type { Address } from '../vm/types.js';
import { bytesEqual } from '../runtime/bytes.js';
import { ZERO_GAS, type GasCostSummary } from '../runtime/gas.js';
import { PROTOCOL_VERSION, REFERENCE_GAS_PRICE } from '../runtime/limits.js';
import type { StoredObject, MovePackage } from '../runtime/objects.js';
import { SealedCheckpoint } from './checkpoints.js';
import { CorruptCommit, decodeCommit, encodeCommit, type LedgerCounters } from './commits.js';
import { UnknownSnapshot } from './errors.js';
import { ObjectStore, type ObjectStoreSnapshot } from './object-store.js';
import { addGas } from './payment.js';
import { PersistentMap, type FrozenMap } from './persistent-map.js';
import type { TransactionRecord } from './transactions.js';
import type { Checkpoint, EpochInfo, ExecutedTransaction, LedgerObject } from './types.js';

type Listener = (transaction: ExecutedTransaction | undefined, checkpoint: Checkpoint) => void;

/** Keeps the steps of a ledger somewhere safer than memory. */
export interface Journal {
  append(commit: Uint8Array): void;
  /** Forgets all commits from this one on. */
  truncate(count: bigint): void;
  /** Resolves when everything appended so far is safe. */
  flush(): Promise<void>;
}

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

export abstract class LedgerState {
  protected readonly objects = new ObjectStore();
  readonly #byDigest = new PersistentMap<TransactionRecord>();
  readonly #packageVersions = new PersistentMap<readonly Address[]>();
  readonly #checkpointsByDigest = new PersistentMap<SealedCheckpoint>();
  readonly #transactions: TransactionRecord[] = [];
  readonly #checkpoints: SealedCheckpoint[] = [];
  /** Counters after each checkpoint. */
  readonly #counters: LedgerCounters[] = [];
  readonly #snapshots: Snapshot[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #commitListeners = new Set<(bytes: Uint8Array) => void>();
  #journal: Journal | undefined;
  /** Epochs that are over, from 0 on. */
  readonly #pastEpochs: EpochInfo[] = [];
  #epoch: EpochInfo;
  #timestampMs: bigint;
  #epochGas: GasCostSummary = ZERO_GAS;
  /** Round of the last randomness update in this epoch. */
  protected randomRound: bigint | undefined;

  constructor(genesisTimeMs: bigint) {
    this.#timestampMs = genesisTimeMs;
    this.#epoch = {
      epoch: 0n,
      startTimestampMs: genesisTimeMs,
      firstCheckpoint: 0n,
      referenceGasPrice: REFERENCE_GAS_PRICE,
      protocolVersion: PROTOCOL_VERSION,
    };
  }

  /** Gas of the epoch so far. */
  get epochGas(): GasCostSummary {
    return this.#epochGas;
  }

  protected setTime(timestampMs: bigint): void {
    this.#timestampMs = timestampMs;
  }

  /** Takes a finished transaction over: indices, checkpoint, listeners. */
  protected append(record: TransactionRecord, gas: GasCostSummary, nextProtocolVersion?: bigint): void {
    this.#write(record);
    this.#epochGas = addGas(this.#epochGas, gas);
    const checkpoint = this.#sealCheckpoint([record], nextProtocolVersion);
    if (nextProtocolVersion !== undefined) this.#enterNextEpoch();
    this.#committed(record, checkpoint);
    for (const listener of this.#listeners) listener(record, checkpoint);
  }

  /** Seals a checkpoint without transactions. */
  protected appendEmpty(): SealedCheckpoint {
    const checkpoint = this.#sealCheckpoint([], undefined);
    this.#committed(undefined, checkpoint);
    for (const listener of this.#listeners) listener(undefined, checkpoint);
    return checkpoint;
  }

  get chainId(): string {
    return this.#checkpoints[0]!.digest;
  }

  get epoch(): EpochInfo {
    return this.#epoch;
  }

  /** Any epoch that has begun; those that are over say when and with which checkpoint they ended. */
  getEpoch(epoch: bigint): EpochInfo | undefined {
    return epoch === this.#epoch.epoch ? this.#epoch : this.#pastEpochs[Number(epoch)];
  }

  get timestampMs(): bigint {
    return this.#timestampMs;
  }

  getObject(id: Address, version?: bigint): StoredObject | undefined {
    return version === undefined ? this.objects.readObject(id) : this.objects.readVersion(id, version);
  }

  ownedObjects(owner: Address): Iterable<LedgerObject> {
    return this.objects.owned(owner);
  }

  dynamicFields(parent: Address): Iterable<LedgerObject> {
    return this.objects.children(parent);
  }

  objectsOfType(type: string): Iterable<LedgerObject> {
    return this.objects.ofType(type);
  }

  getPackage(storageId: Address): MovePackage | undefined {
    return this.objects.readObject(storageId)?.package;
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

  get checkpointCount(): bigint {
    return BigInt(this.#checkpoints.length);
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

  /** Puts objects, packages and the transaction itself into the indices. */
  #write(record: TransactionRecord): void {
    for (const id of record.removedIds) this.objects.remove(id);
    for (const object of record.outputObjects) {
      this.objects.write(object);
      if (object.package) this.#recordPackage(object.package);
    }
    this.#transactions.push(record);
    this.#byDigest.set(record.digest, record);
  }

  #enterNextEpoch(): void {
    const next = {
      ...this.#epoch,
      epoch: this.#epoch.epoch + 1n,
      startTimestampMs: this.#timestampMs,
      firstCheckpoint: BigInt(this.#checkpoints.length),
    };
    this.#endEpoch();
    this.#epoch = next;
    this.#epochGas = ZERO_GAS;
    this.randomRound = undefined;
  }

  /** The present epoch ends with the last checkpoint. */
  #endEpoch(): void {
    this.#pastEpochs.push({
      ...this.#epoch,
      endTimestampMs: this.latestCheckpoint.timestampMs,
      lastCheckpoint: this.latestCheckpoint.sequenceNumber,
    });
  }

  #committed(record: TransactionRecord | undefined, checkpoint: SealedCheckpoint): void {
    const counters = {
      epoch: this.#epoch,
      timestampMs: this.#timestampMs,
      epochGas: this.#epochGas,
      randomRound: this.randomRound,
    };
    this.#counters.push(counters);
    if (this.#commitListeners.size === 0 && !this.#journal) return;
    const bytes = encodeCommit({ ...counters, record, checkpoint });
    this.#journal?.append(bytes);
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

  /** Tells the journal every step from now on, going back included. */
  attach(journal: Journal): void {
    this.#journal = journal;
  }

  /** Resolves when everything done so far is safe: at once without a journal. */
  settled(): Promise<void> {
    return this.#journal ? this.#journal.flush() : Promise.resolve();
  }

  /** Takes over one step of another ledger. @throws CorruptCommit */
  protected apply(bytes: Uint8Array): void {
    const position = { checkpoint: BigInt(this.#checkpoints.length), index: BigInt(this.#transactions.length) };
    const commit = decodeCommit(bytes, position, (id, version) => this.objects.readVersion(id, version));
    const epochEnds = commit.endsEpoch;
    if (!epochEnds) this.#epoch = commit.epoch;
    this.#timestampMs = commit.checkpointTimestampMs;
    if (commit.transaction) {
      this.#write(commit.transaction);
      // The transaction that ends an epoch is a system transaction, which costs nothing.
      if (!epochEnds) this.#epochGas = commit.epochGas;
    }
    const records = commit.transaction ? [commit.transaction] : [];
    const checkpoint = this.#sealCheckpoint(records, epochEnds ? commit.epoch.protocolVersion : undefined);
    if (!bytesEqual(checkpoint.digestBytes, commit.checkpointDigest)) {
      throw new CorruptCommit(`checkpoint ${checkpoint.sequenceNumber} does not follow the ones before it`);
    }
    if (epochEnds) this.#endEpoch();
    this.#epoch = commit.epoch;
    this.#timestampMs = commit.timestampMs;
    this.#epochGas = commit.epochGas;
    this.randomRound = commit.randomRound;
    this.#counters.push(commit);
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
      objects: this.objects.snapshot(),
      byDigest: this.#byDigest.freeze(),
      packageVersions: this.#packageVersions.freeze(),
      checkpointsByDigest: this.#checkpointsByDigest.freeze(),
      transactionCount: this.#transactions.length,
      checkpointCount: this.#checkpoints.length,
      epoch: this.#epoch,
      timestampMs: this.#timestampMs,
      epochGas: this.#epochGas,
      randomRound: this.randomRound,
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
    this.objects.revert(snapshot.objects);
    this.#byDigest.restore(snapshot.byDigest);
    this.#packageVersions.restore(snapshot.packageVersions);
    this.#checkpointsByDigest.restore(snapshot.checkpointsByDigest);
    this.#transactions.length = snapshot.transactionCount;
    this.#checkpoints.length = snapshot.checkpointCount;
    this.#counters.length = snapshot.checkpointCount;
    this.#epoch = snapshot.epoch;
    this.#pastEpochs.length = Number(snapshot.epoch.epoch);
    this.#timestampMs = snapshot.timestampMs;
    this.#epochGas = snapshot.epochGas;
    this.randomRound = snapshot.randomRound;
    this.#journal?.truncate(BigInt(snapshot.checkpointCount));
  }
}
