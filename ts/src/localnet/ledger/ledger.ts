/**
 * The state of one network and the only way to change it: checks, executes, stores, seals one checkpoint
 * per transaction. Deterministic: time, seed and framework come from outside, nothing else does.
 */
import { MoveVm, type VmTrace } from '../vm/index.js';
import type { Address } from '../vm/types.js';
import { bcs } from '@mysten/sui/bcs';
import { addressToBytes, fullAddress } from '../runtime/bytes.js';
import { blake2b256, deriveObjectId, digestOf, toBase58 } from '../runtime/digests.js';
import { DenyListReader } from '../runtime/deny-list.js';
import { describeFailure } from '../runtime/clever-errors.js';
import { executeTransaction, type Execution, type ExecutionEnvironment } from '../runtime/execute.js';
import { PROTOCOL_VERSION } from '../runtime/limits.js';
import { StoredObject, type MovePackage } from '../runtime/objects.js';
import { ABILITY, type Programmable, type ResolvedInput, type TransactionDataV1 } from '../runtime/ptb.js';
import { ACCUMULATOR_ROOT, balanceType, type NetFunds } from '../runtime/funds.js';
import { SUI_ADDRESS, SUI_TYPE, parseType, typeToText } from '../runtime/type-tags.js';
import { directWrite } from './direct-write.js';
import { TransactionRejected } from './errors.js';
import { createGenesis, type GenesisOptions } from './genesis.js';
import { InputResolver } from './inputs.js';
import { LedgerState } from './ledger-state.js';
import { checkPayment, mockGasCoin, u128Bytes, u64Bytes, withUsableGas } from './payment.js';
import { VmReflection } from './reflection.js';
import { verifySignatures } from './signatures.js';
import {
  clockTransaction,
  decreeTransaction,
  epochTransaction,
  executeSystem,
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
  Ledger,
  Owner,
  Simulation,
  SimulationOptions,
  TransactionData,
} from './types.js';
import {
  checkExpiration,
  checkGasTerms,
  checkProgrammable,
  inputObjectId,
  parseTransaction,
  userTransaction,
  type ChainState,
} from './validity.js';

export interface LedgerOptions extends GenesisOptions {
  /** Features that `protocol_config::is_feature_enabled` answers true for. */
  readonly features?: readonly string[];
}

const CLOCK = fullAddress('0x6');
const RANDOM = fullAddress('0x8');

export class LocalLedger extends LedgerState implements Ledger {
  readonly vm: MoveVm;
  readonly reflection: VmReflection;
  readonly #environment: ExecutionEnvironment;
  readonly #denyList = new DenyListReader(this.objects, (id) => this.getPackage(id));
  readonly #seed: Uint8Array;
  #transient: ReadonlyMap<Address, MovePackage> | undefined;

  /**
   * @param commits what a ledger with the same options has done so far (`commits()`); genesis without them
   * @throws CorruptCommit
   */
  constructor(options: LedgerOptions, commits?: Iterable<Uint8Array>) {
    super(options.timestampMs);
    this.#seed = options.seed;
    this.vm = new MoveVm({ packages: { getPackage: (id) => this.#transient?.get(id) ?? this.getPackage(id) } });
    this.reflection = new VmReflection(this.vm);
    this.#environment = this.#createEnvironment(new Set(options.features ?? []));
    if (commits) for (const commit of commits) this.apply(commit);
    if (this.checkpointCount === 0n) this.#createGenesis(options);
  }

  #createGenesis(options: LedgerOptions): void {
    const empty = this.objects.snapshot();
    const { transaction, execution } = createGenesis(this.objects, this.#environment, options);
    this.objects.revert(empty);
    this.#commit(transaction.data, transaction.bytes, transaction.digest, [], execution);
  }

  #createEnvironment(features: ReadonlySet<string>): ExecutionEnvironment {
    // The getters below read the ledger, not the environment.
    const epoch = () => this.epoch;
    return {
      vm: this.vm,
      reader: this.objects,
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

  async execute(bytes: Uint8Array, signatures: readonly Uint8Array[]): Promise<TransactionRecord> {
    const data = parseTransaction(bytes);
    const v1 = data.V1;
    const required = new Set([v1.sender, v1.gasData.owner]);
    await verifySignatures(bytes, signatures, required);
    const record = this.#executeChecked(data, bytes, signatures);
    await this.settled();
    return record;
  }

  /** Executes without signatures, as whoever the transaction names. @throws TransactionRejected */
  executeUnsigned(bytes: Uint8Array): TransactionRecord {
    return this.#executeChecked(parseTransaction(bytes), bytes, []);
  }

  #executeChecked(data: TransactionData, bytes: Uint8Array, signatures: readonly Uint8Array[]): TransactionRecord {
    const digest = digestOf('TransactionData', bytes);
    const known = this.getTransaction(toBase58(digest));
    if (known) return known;
    const v1 = data.V1;
    const ptb = userTransaction(v1);
    checkExpiration(v1, this.#chain);
    checkGasTerms(v1);
    checkProgrammable(v1, ptb);
    checkPayment(v1);
    const resolver = new InputResolver(this.objects, true, this.#denyList, this.#chain);
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

  get #chain(): ChainState {
    return { epoch: this.epoch.epoch, chainId: this.chainId };
  }

  #run(
    data: TransactionDataV1,
    ptb: Programmable,
    digest: Uint8Array,
    resolver: InputResolver,
    mockCoin: StoredObject | undefined,
    collectOutputs: boolean,
    checks = true,
    trace?: VmTrace,
  ): Execution {
    const { sender, gasData } = data;
    const { inputs, gasCoins, paysFromBalance, reservedGas, packages } = resolver.resolveAll(data, ptb, mockCoin);
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
      ...(reservedGas === undefined ? {} : { reservedGas }),
      packages,
      checks,
      system: false,
      collectOutputs,
      ...(trace === undefined ? {} : { trace }),
    });
  }

  simulate(data: TransactionData, options: SimulationOptions): Simulation {
    const v1 = options.checks ? data.V1 : withUsableGas(data.V1);
    const ptb = userTransaction(v1);
    const bytes = bcs.TransactionData.serialize({ V1: v1 }).toBytes();
    const digest = digestOf('TransactionData', bytes);
    if (options.checks) {
      checkExpiration(v1, this.#chain);
      checkGasTerms(v1);
      checkProgrammable(v1, ptb);
    }
    let mockCoin: StoredObject | undefined;
    if (v1.gasData.payment.length === 0) {
      if (!options.checks || options.mockGasCoin) mockCoin = mockGasCoin(digest, v1.gasData.owner);
      else checkPayment(v1);
    }
    const resolver = new InputResolver(this.objects, options.checks, this.#denyList, this.#chain);
    const execution = this.#run(v1, ptb, digest, resolver, mockCoin, true, options.checks, options.trace);
    return {
      transaction: this.#record({ $kind: 'V1', V1: v1 }, bytes, digest, [], execution),
      commandOutputs: execution.outputs,
    };
  }

  advanceClock(milliseconds: bigint): { timestampMs: bigint; digest: string } {
    if (milliseconds < 0n) throw new RangeError('milliseconds must not be negative: time does not go back');
    const timestampMs = this.timestampMs + milliseconds;
    const transaction = clockTransaction(this.epoch.epoch, this.transactionCount, timestampMs);
    const clock = this.#sharedInput(CLOCK);
    this.setTime(timestampMs);
    const bytes = u64Bytes(timestampMs);
    const call = systemCall(SUI_ADDRESS, 'clock', 'consensus_commit_prologue', [inputArgument(0), inputArgument(1)]);
    const record = this.#executeSystem(transaction, [call], [clock, { kind: 'pure', bytes }]);
    return { timestampMs, digest: record.digest };
  }

  advanceCheckpoint(): Checkpoint {
    return this.appendEmpty();
  }

  advanceEpoch(): EpochInfo {
    const next = this.epoch.epoch + 1n;
    const transaction = epochTransaction(next, this.epochGas, this.timestampMs);
    this.#executeSystem(transaction, [], [], PROTOCOL_VERSION);
    return this.epoch;
  }

  /**
   * Puts an object on the network that no code created, for tests. `fields` is the BCS of everything behind
   * its ID.
   * @throws TypeError when the type has no key, TypeResolutionError when it is unknown, BcsError when the bytes do not fit
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
    const execution = directWrite([object], transaction.digest, this.epoch.epoch);
    this.#commit(transaction.data, transaction.bytes, transaction.digest, [], execution);
    return object;
  }

  /** Fresh randomness before a transaction that reads it (sui.md §4.3). */
  #updateRandomness(): void {
    const random = this.objects.readObject(RANDOM);
    if (!random?.owner.Shared) return;
    const round = this.randomRound === undefined ? 0n : this.randomRound + 1n;
    const material = new Uint8Array(this.#seed.length + 16);
    material.set(this.#seed);
    new DataView(material.buffer).setBigUint64(this.#seed.length, this.epoch.epoch, true);
    new DataView(material.buffer).setBigUint64(this.#seed.length + 8, round, true);
    const randomBytes = blake2b256(material);
    const initial = BigInt(random.owner.Shared.initialSharedVersion);
    const transaction = randomnessTransaction(this.epoch.epoch, round, randomBytes, initial);
    const call = systemCall(SUI_ADDRESS, 'random', 'update_randomness_state', [0, 1, 2].map(inputArgument));
    this.randomRound = round;
    this.#executeSystem(transaction, [call], [
      this.#sharedInput(RANDOM),
      { kind: 'pure', bytes: u64Bytes(round) },
      { kind: 'pure', bytes: new Uint8Array([randomBytes.length, ...randomBytes]) },
    ]);
  }

  /** Writes changed address balances into the fields under 0xacc, in a system transaction of its own. */
  #settle(funds: readonly NetFunds[]): void {
    const root = this.#sharedInput(ACCUMULATOR_ROOT);
    const height = this.checkpointCount;
    const sui = typeToText(balanceType(SUI_TYPE));
    const moved = (sign: bigint) =>
      funds.reduce((sum, { type, amount }) => (typeToText(type) === sui && amount * sign > 0n ? sum + amount * sign : sum), 0n);
    // Epoch, height and index also make the digests of two equal settlements differ.
    const pures: Uint8Array[] = [this.epoch.epoch, height, 0n, moved(1n), moved(-1n)].map(u64Bytes);
    const commands = [
      systemCall(SUI_ADDRESS, 'accumulator_settlement', 'settlement_prologue', [0, 1, 2, 3, 4, 5].map(inputArgument)),
    ];
    for (const { owner, type, amount } of funds) {
      const first = 1 + pures.length;
      pures.push(addressToBytes(owner), u128Bytes(amount > 0n ? amount : 0n), u128Bytes(amount < 0n ? -amount : 0n));
      const args = [0, first, first + 1, first + 2].map(inputArgument);
      commands.push(systemCall(SUI_ADDRESS, 'accumulator_settlement', 'settle_u128', args, [typeToText(type)]));
    }
    const { owner } = this.objects.readObject(ACCUMULATOR_ROOT)!;
    const transaction = settlementTransaction(commands, ACCUMULATOR_ROOT, owner.Shared!.initialSharedVersion, pures);
    this.#executeSystem(transaction, commands, [root, ...pures.map((bytes) => ({ kind: 'pure' as const, bytes }))]);
  }

  #sharedInput(id: Address): ResolvedInput {
    const object = this.objects.readObject(id);
    if (!object) throw new TransactionRejected('ObjectNotFound', `the framework of this network has no object ${id}`, id);
    return { kind: 'object', input: { object, kind: 'shared', mutable: true } };
  }

  #executeSystem(
    transaction: SystemTransaction,
    commands: Programmable['commands'],
    inputs: readonly ResolvedInput[],
    nextProtocolVersion?: bigint,
  ): TransactionRecord {
    const execution = executeSystem(this.#environment, transaction.digest, commands, inputs);
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
    this.append(record, execution.effects.gas, nextProtocolVersion);
    return record;
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
      checkpoint: this.checkpointCount,
      index: this.transactionCount,
      timestampMs: this.timestampMs,
      inputObjects: execution.inputObjects,
      outputObjects: execution.written,
      removedIds: execution.removed,
      succeeded: execution.failure === undefined,
      failureDescription: failure.sentence,
      cleverError: failure.cleverError,
    });
  }
}
