/**
 * A ledger small enough to read, for tests of the services alone: SUI coins and a few objects, transactions made
 * of SplitCoins, MergeCoins and TransferObjects, fixed gas, one checkpoint per transaction. No signatures, no Move.
 */
import { bcs } from '@mysten/sui/bcs';
import { fromBase64, fromHex, toBase58 } from '@mysten/bcs';
import { normalizeSuiAddress } from '@mysten/sui/utils';
import { blake2b } from '@noble/hashes/blake2.js';
import type {
  Checkpoint,
  CommandOutput,
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
} from '../../../src/localnet/ledger/types.js';
import { TransactionRejected } from '../../../src/localnet/ledger/errors.js';
import type { DatatypeInfo, FunctionInfo, PackageView } from '../../../src/localnet/vm/types.js';

export const FRAMEWORK = normalizeSuiAddress('0x2');
export const SUI_TYPE = `${FRAMEWORK}::sui::SUI`;
export const SUI_COIN_TYPE = `${FRAMEWORK}::coin::Coin<${SUI_TYPE}>`;
export const DEMO_PACKAGE = normalizeSuiAddress('0xde30');
export const DEMO_EVENT_TYPE = `${DEMO_PACKAGE}::demo::Split`;

const COMPUTATION_COST = 1_000_000n;
const COIN_STORAGE_COST = 988_000n;

export function hash(tag: string, ...parts: Uint8Array[]): Uint8Array {
  const hasher = blake2b.create({ dkLen: 32 }).update(new TextEncoder().encode(`${tag}::`));
  for (const part of parts) hasher.update(part);
  return hasher.digest();
}

interface NewObject {
  id: string;
  type: string;
  contents: Uint8Array;
  owner: Owner;
  version?: bigint;
  previousTransaction?: string;
}

export function addressOwner(address: string): Owner {
  return { $kind: 'AddressOwner', AddressOwner: normalizeSuiAddress(address) };
}

export class FakeLedger implements Ledger {
  readonly chainId = toBase58(hash('CheckpointSummary', Uint8Array.of(1)));
  epoch: EpochInfo = {
    epoch: 3n,
    startTimestampMs: 1_700_000_000_000n,
    firstCheckpoint: 0n,
    referenceGasPrice: 1000n,
    protocolVersion: 123n,
  };
  timestampMs = 1_700_000_000_123n;
  readonly objects = new Map<string, LedgerObject>();
  readonly history = new Map<string, LedgerObject>();
  readonly transactions: ExecutedTransaction[] = [];
  readonly checkpoints: Checkpoint[] = [];
  readonly packages = new Map<string, PackageView>();
  readonly functions = new Map<string, FunctionInfo>();
  readonly datatypes = new Map<string, DatatypeInfo>();
  /** JSON by type, for `renderJson`. */
  readonly json = new Map<string, (bytes: Uint8Array) => unknown>();
  readonly listeners = new Set<(transaction: ExecutedTransaction | undefined, checkpoint: Checkpoint) => void>();
  /** Set to make the next execution fail with this status. */
  failure: NonNullable<ExecutedTransaction['effects']['V2']>['status'] | undefined;

  constructor() {
    this.#writeCheckpoint([]);
    this.json.set(SUI_COIN_TYPE, (bytes) => ({
      id: `0x${Buffer.from(bytes.subarray(0, 32)).toString('hex')}`,
      balance: new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(32, true).toString(),
    }));
    this.json.set(DEMO_EVENT_TYPE, (bytes) => ({ parts: bytes[0] }));
  }

  put(object: NewObject): LedgerObject {
    const version = object.version ?? 1n;
    const entry: LedgerObject = {
      id: normalizeSuiAddress(object.id),
      version,
      digest: toBase58(hash('Object', object.contents, bcs.u64().serialize(version).toBytes())),
      owner: object.owner,
      type: object.type,
      contents: object.contents,
      package: undefined,
      hasPublicTransfer: true,
      previousTransaction: object.previousTransaction ?? toBase58(new Uint8Array(32)),
      storageRebate: COIN_STORAGE_COST,
      bcs: Uint8Array.of(0, ...object.contents),
    };
    this.objects.set(entry.id, entry);
    this.history.set(`${entry.id}:${version}`, entry);
    return entry;
  }

  putCoin(id: string, owner: string, balance: bigint, coinType = SUI_TYPE): LedgerObject {
    return this.put({
      id,
      type: `${FRAMEWORK}::coin::Coin<${coinType}>`,
      contents: coinContents(normalizeSuiAddress(id), balance),
      owner: addressOwner(owner),
    });
  }

  putPackage(view: PackageView): void {
    this.packages.set(view.storageId, view);
    this.objects.set(view.storageId, {
      id: view.storageId,
      version: view.version,
      digest: toBase58(hash('Object', fromHex(view.storageId))),
      owner: { $kind: 'Immutable', Immutable: true },
      type: 'package',
      contents: undefined,
      package: view,
      hasPublicTransfer: false,
      previousTransaction: toBase58(new Uint8Array(32)),
      storageRebate: 0n,
      bcs: Uint8Array.of(1),
    });
  }

  getObject(id: string, version?: bigint): LedgerObject | undefined {
    return version === undefined ? this.objects.get(id) : this.history.get(`${id}:${version}`);
  }

  *#sorted(keep: (object: LedgerObject) => boolean): Iterable<LedgerObject> {
    yield* [...this.objects.values()].filter(keep).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  ownedObjects(owner: string): Iterable<LedgerObject> {
    return this.#sorted(
      ({ owner: o }) => o.AddressOwner === owner || (o.ConsensusAddressOwner?.owner ?? undefined) === owner,
    );
  }

  dynamicFields(parent: string): Iterable<LedgerObject> {
    return this.#sorted(({ owner }) => owner.ObjectOwner === parent);
  }

  objectsOfType(type: string): Iterable<LedgerObject> {
    return this.#sorted((object) => object.type === type);
  }

  getPackage(storageId: string): PackageView | undefined {
    return this.packages.get(storageId);
  }

  packageVersions(storageId: string): readonly PackageView[] {
    const original = this.packages.get(storageId)?.originalId;
    return [...this.packages.values()]
      .filter((view) => view.originalId === original)
      .sort((a, b) => (a.version < b.version ? -1 : 1));
  }

  getTransaction(digest: string): ExecutedTransaction | undefined {
    return this.transactions.find((executed) => executed.digest === digest);
  }

  transactionByIndex(index: bigint): ExecutedTransaction | undefined {
    return this.transactions[Number(index)];
  }

  get transactionCount(): bigint {
    return BigInt(this.transactions.length);
  }

  getCheckpoint(sequenceNumber: bigint): Checkpoint | undefined {
    return this.checkpoints[Number(sequenceNumber)];
  }

  getCheckpointByDigest(digest: string): Checkpoint | undefined {
    return this.checkpoints.find((checkpoint) => checkpoint.digest === digest);
  }

  get latestCheckpoint(): Checkpoint {
    return this.checkpoints.at(-1) as Checkpoint;
  }

  async execute(bytes: Uint8Array, signatures: readonly Uint8Array[]): Promise<ExecutedTransaction> {
    if (signatures.length === 0) throw new TransactionRejected('SignerSignatureAbsent', 'no signature');
    const data = bcs.TransactionData.parse(bytes);
    const { executed, outputs } = this.#run(data, signatures, false);
    for (const [id, object] of outputs) {
      if (object === undefined) this.objects.delete(id);
      else this.put({ ...object, contents: object.contents as Uint8Array });
    }
    this.transactions.push(executed);
    const checkpoint = this.#writeCheckpoint([executed.digest]);
    for (const listener of this.listeners) listener(executed, checkpoint);
    return executed;
  }

  simulate(data: TransactionData, options: SimulationOptions): Simulation {
    const run = this.#run(data, [], options.mockGasCoin === true);
    return { transaction: run.executed, commandOutputs: run.commandOutputs };
  }

  #run(data: TransactionData, signatures: readonly Uint8Array[], mockGasCoin: boolean) {
    const bytes = bcs.TransactionData.serialize(data).toBytes();
    const digest = toBase58(hash('TransactionData', bytes));
    const { sender, gasData, kind } = data.V1;
    const program = kind.ProgrammableTransaction;
    if (program === undefined) throw new TransactionRejected('Unsupported', 'only programmable transactions');
    const inputs = new Map<string, LedgerObject>();
    const balances = new Map<string, bigint>();
    const owners = new Map<string, Owner>();
    const load = (id: string): void => {
      const object = this.objects.get(id);
      if (object === undefined) throw new TransactionRejected('ObjectNotFound', `Object ${id} not found`, id);
      inputs.set(id, object);
      owners.set(id, object.owner);
      if (object.type === SUI_COIN_TYPE && object.contents !== undefined)
        balances.set(id, new DataView(object.contents.buffer, object.contents.byteOffset).getBigUint64(32, true));
    };
    const payment = gasData.payment.map((coin) => coin.objectId);
    const mockId = normalizeSuiAddress('0x60c');
    if (payment.length === 0 && mockGasCoin) {
      balances.set(mockId, 1n << 63n);
      owners.set(mockId, addressOwner(gasData.owner));
    } else payment.forEach(load);
    const gasId = payment[0] ?? mockId;
    for (const id of payment.slice(1)) {
      balances.set(gasId, (balances.get(gasId) as bigint) + (balances.get(id) as bigint));
      balances.delete(id);
    }
    if ((balances.get(gasId) ?? 0n) < BigInt(gasData.budget) && !mockGasCoin)
      throw new TransactionRejected('GasBalanceTooLow', `Balance of gas object ${balances.get(gasId)} is lower than the needed amount`);
    const inputIds = program.inputs.map((input) => {
      const id = input.Object?.ImmOrOwnedObject?.objectId ?? input.Object?.SharedObject?.objectId;
      if (id !== undefined) load(id);
      return id;
    });

    const status = this.failure ?? { $kind: 'Success' as const, Success: true as const };
    const results: string[][] = [];
    const created: string[] = [];
    const commandOutputs: CommandOutput[] = [];
    const pure = (index: number) => fromBase64(program.inputs[index]?.Pure?.bytes as string);
    if (status.$kind === 'Success') {
      for (const command of program.commands) {
        const resolve = (argument: { $kind: string; Input?: number; Result?: number; NestedResult?: [number, number] }) =>
          argument.$kind === 'GasCoin'
            ? gasId
            : argument.$kind === 'Input'
              ? (inputIds[argument.Input as number] as string)
              : (results[argument.Result ?? (argument.NestedResult?.[0] as number)]?.[
                  argument.NestedResult?.[1] ?? 0
                ] as string);
        const outputs: string[] = [];
        if (command.SplitCoins) {
          const coin = resolve(command.SplitCoins.coin);
          for (const amountArgument of command.SplitCoins.amounts) {
            const amount = bcs.u64().parse(pure(amountArgument.Input as number));
            const id = `0x${Buffer.from(hash('id', bytes, Uint8Array.of(created.length))).toString('hex')}`;
            created.push(id);
            balances.set(coin, (balances.get(coin) as bigint) - BigInt(amount));
            balances.set(id, BigInt(amount));
            owners.set(id, addressOwner(sender));
            outputs.push(id);
          }
        } else if (command.TransferObjects) {
          const to = bcs.Address.parse(pure(command.TransferObjects.address.Input as number));
          for (const argument of command.TransferObjects.objects) owners.set(resolve(argument), addressOwner(to));
        }
        results.push(outputs);
        commandOutputs.push({
          returnValues: outputs.map((id) => ({ type: SUI_COIN_TYPE, bytes: coinContents(id, balances.get(id) as bigint) })),
          mutatedByReference: command.SplitCoins
            ? [
                {
                  type: SUI_COIN_TYPE,
                  bytes: coinContents(gasId, balances.get(gasId) as bigint),
                  argument: command.SplitCoins.coin,
                },
              ]
            : [],
        });
      }
    }
    const storage = COIN_STORAGE_COST * BigInt(1 + created.length);
    const rebate = COIN_STORAGE_COST * BigInt(payment.length);
    balances.set(gasId, (balances.get(gasId) as bigint) - COMPUTATION_COST - storage + rebate);

    const lamport = [...inputs.values()].reduce((max, { version }) => (version > max ? version : max), 0n) + 1n;
    const outputs = new Map<string, LedgerObject | undefined>();
    const scratch = new FakeScratch(lamport, digest);
    for (const id of new Set([...inputs.keys(), gasId, ...created])) {
      const before = inputs.get(id);
      if (before !== undefined && before.owner.$kind !== 'AddressOwner') continue;
      if (before?.type === SUI_COIN_TYPE && !balances.has(id)) outputs.set(id, undefined);
      else
        outputs.set(
          id,
          scratch.object({
            id,
            type: before?.type ?? SUI_COIN_TYPE,
            contents: balances.has(id) ? coinContents(id, balances.get(id) as bigint) : (before?.contents as Uint8Array),
            owner: owners.get(id) as Owner,
          }),
        );
    }
    const changedIds = [...outputs.keys()].sort();
    const events: LedgerEvent[] =
      created.length === 0
        ? []
        : [
            {
              packageId: DEMO_PACKAGE,
              module: 'demo',
              sender,
              type: DEMO_EVENT_TYPE,
              contents: Uint8Array.of(created.length),
            },
          ];
    const eventsBytes = events.length === 0 ? undefined : Uint8Array.of(events.length);
    const effects = bcs.TransactionEffects.parse(
      bcs.TransactionEffects.serialize({
        V2: {
          status,
          executedEpoch: this.epoch.epoch,
          gasUsed: {
            computationCost: COMPUTATION_COST,
            storageCost: storage,
            storageRebate: rebate,
            nonRefundableStorageFee: 0,
          },
          transactionDigest: digest,
          gasObjectIndex: changedIds.indexOf(gasId),
          eventsDigest: eventsBytes === undefined ? null : toBase58(hash('TransactionEvents', eventsBytes)),
          dependencies: [],
          lamportVersion: lamport,
          changedObjects: changedIds.map((id) => {
            const before = inputs.get(id);
            const after = outputs.get(id);
            return [
              id,
              {
                inputState:
                  before === undefined ? { NotExist: true } : { Exist: [[before.version, before.digest], before.owner] },
                outputState: after === undefined ? { NotExist: true } : { ObjectWrite: [after.digest, after.owner] },
                idOperation:
                  before === undefined ? { Created: true } : after === undefined ? { Deleted: true } : { None: true },
              },
            ];
          }),
          unchangedConsensusObjects: [],
          auxDataDigest: null,
        },
      }).toBytes(),
    );
    const effectsBytes = bcs.TransactionEffects.serialize(effects).toBytes();
    const executed: ExecutedTransaction = {
      digest,
      data,
      bytes,
      signatures,
      effects,
      effectsBytes,
      effectsDigest: toBase58(hash('TransactionEffects', effectsBytes)),
      events,
      eventsBytes,
      checkpoint: BigInt(this.checkpoints.length),
      index: BigInt(this.transactions.length),
      timestampMs: this.timestampMs,
      inputObjects: [...inputs.values()],
      outputObjects: [...outputs.values()].filter((object) => object !== undefined),
      failureDescription: undefined,
      cleverError: undefined,
    };
    return { executed, outputs, commandOutputs };
  }

  readonly reflection: PackageReflection = {
    getFunction: (id, module, name) => this.functions.get(`${id}::${module}::${name}`),
    getDatatype: (id, module, name) => this.datatypes.get(`${id}::${module}::${name}`),
    getModule: (id, module) => {
      const prefix = `${id}::${module}::`;
      const pick = <T>(map: Map<string, T>): T[] =>
        [...map].filter(([path]) => path.startsWith(prefix)).map(([, info]) => info);
      return { functions: pick(this.functions), datatypes: pick(this.datatypes) };
    },
    abilitiesOf: () => 0,
    renderJson: (type, bytes) => this.json.get(type)?.(bytes) ?? null,
  };

  subscribe(listener: (transaction: ExecutedTransaction | undefined, checkpoint: Checkpoint) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  advanceClock(milliseconds: bigint): { timestampMs: bigint; digest: string } {
    this.timestampMs += milliseconds;
    const digest = toBase58(hash('clock', bcs.u64().serialize(this.timestampMs).toBytes()));
    return { timestampMs: this.timestampMs, digest };
  }

  advanceCheckpoint(): Checkpoint {
    const checkpoint = this.#writeCheckpoint([]);
    for (const listener of this.listeners) listener(undefined, checkpoint);
    return checkpoint;
  }

  advanceEpoch(): EpochInfo {
    this.epoch = { ...this.epoch, epoch: this.epoch.epoch + 1n };
    return this.epoch;
  }

  getEpoch(epoch: bigint): EpochInfo | undefined {
    return epoch === this.epoch.epoch ? this.epoch : undefined;
  }

  #writeCheckpoint(transactionDigests: string[]): Checkpoint {
    const sequenceNumber = BigInt(this.checkpoints.length);
    const summaryBytes = bcs.u64().serialize(sequenceNumber).toBytes();
    const checkpoint: Checkpoint = {
      sequenceNumber,
      digest: toBase58(hash('CheckpointSummary', summaryBytes)),
      epoch: this.epoch.epoch,
      timestampMs: this.timestampMs,
      summaryBytes,
      contentsBytes: Uint8Array.of(0),
      contentsDigest: toBase58(hash('CheckpointContents', summaryBytes)),
      previousDigest: this.checkpoints.at(-1)?.digest,
      networkTotalTransactions: BigInt(this.transactions.length),
      transactionDigests,
    };
    this.checkpoints.push(checkpoint);
    return checkpoint;
  }
}

/** Builds objects of one transaction without storing them. */
class FakeScratch {
  readonly #ledgerVersion: bigint;
  readonly #digest: string;

  constructor(version: bigint, digest: string) {
    this.#ledgerVersion = version;
    this.#digest = digest;
  }

  object(object: NewObject): LedgerObject {
    const contents = object.contents;
    return {
      id: object.id,
      version: this.#ledgerVersion,
      digest: toBase58(hash('Object', contents, bcs.u64().serialize(this.#ledgerVersion).toBytes())),
      owner: object.owner,
      type: object.type,
      contents,
      package: undefined,
      hasPublicTransfer: true,
      previousTransaction: this.#digest,
      storageRebate: COIN_STORAGE_COST,
      bcs: Uint8Array.of(0, ...contents),
    };
  }
}

export function coinContents(id: string, balance: bigint): Uint8Array {
  return Uint8Array.of(...fromHex(id), ...bcs.u64().serialize(balance).toBytes());
}
