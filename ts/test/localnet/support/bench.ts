/**
 * A network with the `basics` fixture published and one account, for tests of the runtime. Transactions
 * are built offline, so that what is tested is the ledger and not a resolver.
 */
import { fileURLToPath } from 'node:url';
import { bcs } from '@mysten/sui/bcs';
import { Transaction } from '@mysten/sui/transactions';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { LocalNet, type LocalNetOptions } from '../../../src/localnet/index.js';
import type { TransactionRecord } from '../../../src/localnet/ledger/transactions.js';
import type { TransactionDataV1 } from '../../../src/localnet/runtime/ptb.js';
import type { StoredObject } from '../../../src/localnet/runtime/objects.js';

export const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
export const SUI = '0x' + '2'.padStart(64, '0');
export const GAS_BUDGET = 1_000_000_000n;

/** Error, command index and the words of a failed transaction; undefined for a success. */
export interface Failure {
  readonly error: unknown;
  readonly kind: string;
  readonly command: number | undefined;
}

export class Bench {
  private constructor(
    readonly net: LocalNet,
    readonly signer: Ed25519Keypair,
    readonly packageId: string,
  ) {}

  static async start(options: LocalNetOptions = {}): Promise<Bench> {
    const net = await LocalNet.start(options);
    const signer = net.createSigner('alice');
    await net.faucet(signer.toSuiAddress(), 100_000_000_000n);
    const { packageId } = await net.publish(FIXTURES + 'basics', signer);
    return new Bench(net, signer, packageId);
  }

  get ledger() {
    return this.net.ledger;
  }

  get sender(): string {
    return this.signer.toSuiAddress();
  }

  object(id: string): StoredObject {
    const object = this.ledger.getObject(id);
    if (!object) throw new Error(`no object ${id}`);
    return object;
  }

  gasCoin(owner = this.sender): StoredObject {
    const coins = [...this.ledger.ownedObjects(owner)].filter((object) => object.type.endsWith('::sui::SUI>'));
    if (coins.length === 0) throw new Error(`${owner} has no gas coin`);
    return this.object(coins[0]!.id);
  }

  /** Reference in the shape of the SDK. */
  ref(id: string): { objectId: string; version: string; digest: string } {
    const object = this.object(id);
    return { objectId: id, version: object.version.toString(), digest: object.digest };
  }

  owned(tx: Transaction, id: string) {
    return tx.object({ $kind: 'Object', Object: { $kind: 'ImmOrOwnedObject', ImmOrOwnedObject: this.ref(id) } });
  }

  receiving(tx: Transaction, id: string) {
    return tx.object({ $kind: 'Object', Object: { $kind: 'Receiving', Receiving: this.ref(id) } });
  }

  shared(tx: Transaction, id: string, mutable = true) {
    const { owner } = this.object(id);
    const initialSharedVersion =
      owner.Shared?.initialSharedVersion ?? owner.ConsensusAddressOwner?.startVersion ?? '1';
    const SharedObject = { objectId: id, initialSharedVersion, mutable };
    return tx.object({ $kind: 'Object', Object: { $kind: 'SharedObject', SharedObject } });
  }

  target(name: string): string {
    return `${this.packageId}::${name}`;
  }

  /** Fills in sender and gas where the transaction does not say. */
  async bytes(tx: Transaction, sender = this.sender, gasCoins?: string[]): Promise<Uint8Array> {
    tx.setSenderIfNotSet(sender);
    const { gasData } = tx.getData();
    if (gasData.price === null) tx.setGasPrice(1000);
    if (gasData.budget === null) tx.setGasBudget(GAS_BUDGET);
    if (gasData.payment === null) {
      tx.setGasPayment((gasCoins ?? [this.gasCoin(gasData.owner ?? sender).id]).map((id) => this.ref(id)));
    }
    return tx.build();
  }

  /** Builds, executes without signature. */
  async run(build: (tx: Transaction) => void, sender = this.sender): Promise<TransactionRecord> {
    const tx = new Transaction();
    build(tx);
    return this.ledger.executeUnsigned(await this.bytes(tx, sender));
  }

  /** As `run`, but the finished transaction is changed behind the builder's back. */
  async runChanged(
    build: (tx: Transaction) => void,
    change: (data: TransactionDataV1) => void,
  ): Promise<TransactionRecord> {
    const tx = new Transaction();
    build(tx);
    const data = bcs.TransactionData.parse(await this.bytes(tx));
    change(data.V1);
    return this.ledger.executeUnsigned(bcs.TransactionData.serialize(data).toBytes());
  }

  /** As `run`, and the transaction must succeed. */
  async succeed(build: (tx: Transaction) => void, sender = this.sender): Promise<TransactionRecord> {
    const record = await this.run(build, sender);
    if (!record.succeeded) throw new Error(record.failureDescription);
    return record;
  }

  /** As `run`, and the transaction must fail. */
  async fail(build: (tx: Transaction) => void, sender = this.sender): Promise<Failure & { record: TransactionRecord }> {
    const record = await this.run(build, sender);
    const failure = failureOf(record);
    if (!failure) throw new Error('the transaction succeeded');
    return { ...failure, record };
  }

  /** Creates an `Object` of the fixture owned by the sender and answers its ID. */
  async createObject(value: number | bigint = 1n, recipient = this.sender): Promise<string> {
    const record = await this.succeed((tx) => {
      tx.moveCall({
        target: this.target('object_basics::create'),
        arguments: [tx.pure.u64(value), tx.pure.address(recipient)],
      });
    });
    return createdId(record, '::object_basics::Object');
  }

  async createCounter(): Promise<string> {
    const record = await this.succeed((tx) => {
      tx.moveCall({ target: this.target('counter::create') });
    });
    return createdId(record, '::counter::Counter');
  }
}

export function failureOf(record: TransactionRecord): Failure | undefined {
  const failure = record.effects.V2!.status.Failure;
  if (!failure) return undefined;
  const { error, command } = failure;
  return { error, kind: error.$kind, command: command === null ? undefined : Number(command) };
}

/** ID of the object of this type (by suffix) that the transaction wrote and did not read. */
export function createdId(record: TransactionRecord, typeSuffix: string): string {
  const before = new Set(record.inputObjects.map((object) => object.id));
  const found = record.outputObjects.filter((object) => object.type.endsWith(typeSuffix) && !before.has(object.id));
  if (found.length !== 1) throw new Error(`${found.length} objects of type …${typeSuffix}`);
  return found[0]!.id;
}

/** Changed-object entry of an ID. */
export function changeOf(record: TransactionRecord, id: string) {
  return record.effects.V2!.changedObjects.find(([changed]) => changed === id)?.[1];
}
