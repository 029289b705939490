/**
 * Transactions of the protocol, built as the public SDK builds them (contracts specification §3.2, §3.3),
 * and one place that executes them and turns a failed execution into an error.
 */
import type { ClientWithCoreApi, SuiClientTypes } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import { coinWithBalance, Transaction, type TransactionObjectArgument } from '@mysten/sui/transactions';
import { encodedSize, storageUnits } from '../encoding/index.js';
import type { ChainState, DeploymentIds } from './chain.js';
import { ProtocolError, TransactionFailed } from './errors.js';

/** What every transaction builder needs. */
export interface Calls {
  readonly ids: DeploymentIds;
  readonly packageId: string;
  readonly walType: string;
}

export interface RegisterBlobArguments {
  /** u256 of the blob ID, little endian. */
  readonly blobId: bigint;
  readonly rootHash: bigint;
  readonly sizeBytes: bigint;
  readonly epochs: number;
  readonly deletable: boolean;
  readonly owner: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What a registration costs, in FROST, and how much storage it reserves. */
export interface StorageCost {
  /** Bytes that the reservation covers. */
  readonly encodedSizeBytes: bigint;
  readonly storageFrost: bigint;
  readonly writeFrost: bigint;
}

/** Exact cost of storing `sizeBytes` for `epochs`: units · price · epochs, and units · write price. */
export function storageCost(
  state: Pick<ChainState, 'shardCount' | 'storagePrice' | 'writePrice'>,
  sizeBytes: bigint,
  epochs: number,
): StorageCost {
  const encodedSizeBytes = encodedSize(state.shardCount, sizeBytes);
  const units = storageUnits(encodedSizeBytes);
  return {
    encodedSizeBytes,
    storageFrost: units * state.storagePrice * BigInt(epochs),
    writeFrost: units * state.writePrice,
  };
}

/** Reserves storage, registers a blob and gives the blob object to its owner. */
export function registerBlob(calls: Calls, cost: StorageCost, blob: RegisterBlobArguments): Transaction {
  const tx = new Transaction();
  const system = tx.object(calls.ids.systemObjectId);
  const writeCoin = tx.add(coinWithBalance({ type: calls.walType, balance: cost.writeFrost }));
  const storageCoin = tx.add(coinWithBalance({ type: calls.walType, balance: cost.storageFrost }));
  const storage = tx.moveCall({
    target: `${calls.packageId}::system::reserve_space`,
    arguments: [system, tx.pure.u64(cost.encodedSizeBytes), tx.pure.u32(blob.epochs), storageCoin],
  });
  destroyZero(tx, calls.walType, storageCoin);
  const object = tx.moveCall({
    target: `${calls.packageId}::system::register_blob`,
    arguments: [
      system,
      storage,
      tx.pure.u256(blob.blobId),
      tx.pure.u256(blob.rootHash),
      tx.pure.u64(blob.sizeBytes),
      tx.pure.u8(1),
      tx.pure.bool(blob.deletable),
      writeCoin,
    ],
  });
  const attributes = Object.entries(blob.attributes ?? {});
  if (attributes.length > 0) {
    const metadata = tx.moveCall({ target: `${calls.packageId}::metadata::new` });
    tx.moveCall({ target: `${calls.packageId}::blob::add_metadata`, arguments: [object, metadata] });
    for (const [key, value] of attributes) {
      tx.moveCall({
        target: `${calls.packageId}::blob::insert_or_update_metadata_pair`,
        arguments: [object, tx.pure.string(key), tx.pure.string(value)],
      });
    }
  }
  destroyZero(tx, calls.walType, writeCoin);
  tx.transferObjects([object], blob.owner);
  return tx;
}

/** Puts a certificate on chain. */
export function certifyBlob(
  calls: Calls,
  blobObjectId: string,
  certificate: { readonly signature: Uint8Array; readonly bitmap: Uint8Array; readonly message: Uint8Array },
): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: `${calls.packageId}::system::certify_blob`,
    arguments: [
      tx.object(calls.ids.systemObjectId),
      tx.object(blobObjectId),
      tx.pure.vector('u8', certificate.signature),
      tx.pure.vector('u8', certificate.bitmap),
      tx.pure.vector('u8', certificate.message),
    ],
  });
  return tx;
}

/** Extends a certified blob by some epochs, paying from the sender's WAL. */
export function extendBlob(calls: Calls, blobObjectId: string, epochs: number, costFrost: bigint): Transaction {
  const tx = new Transaction();
  const coin = tx.add(coinWithBalance({ type: calls.walType, balance: costFrost }));
  tx.moveCall({
    target: `${calls.packageId}::system::extend_blob`,
    arguments: [tx.object(calls.ids.systemObjectId), tx.object(blobObjectId), tx.pure.u32(epochs), coin],
  });
  destroyZero(tx, calls.walType, coin);
  return tx;
}

/** Deletes a deletable blob; the storage goes back to its owner. */
export function deleteBlob(calls: Calls, blobObjectId: string, owner: string): Transaction {
  const tx = new Transaction();
  const storage = tx.moveCall({
    target: `${calls.packageId}::system::delete_blob`,
    arguments: [tx.object(calls.ids.systemObjectId), tx.object(blobObjectId)],
  });
  tx.transferObjects([storage], owner);
  return tx;
}

/** Sets attributes of a blob object, which gets a metadata field when it has none; `null` removes one that is there. */
export function updateAttributes(
  calls: Calls,
  blobObjectId: string,
  attributes: Readonly<Record<string, string | null>>,
): Transaction {
  const tx = new Transaction();
  const object = tx.object(blobObjectId);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null) {
      tx.moveCall({ target: `${calls.packageId}::blob::remove_metadata_pair`, arguments: [object, tx.pure.string(key)] });
    } else {
      const call = `${calls.packageId}::blob::insert_or_update_metadata_pair`;
      tx.moveCall({ target: call, arguments: [object, tx.pure.string(key), tx.pure.string(value)] });
    }
  }
  return tx;
}

function destroyZero(tx: Transaction, walType: string, coin: TransactionObjectArgument): void {
  tx.moveCall({ target: '0x2::coin::destroy_zero', typeArguments: [walType], arguments: [coin] });
}

/** An executed transaction with the parts that callers look at. */
export type Executed = SuiClientTypes.Transaction<{ effects: true; objectTypes: true; events: true }>;

/** Signs, executes and waits. @throws TransactionFailed naming the purpose and the network's reason */
export async function execute(
  client: ClientWithCoreApi,
  signer: Signer,
  transaction: Transaction,
  purpose: string,
): Promise<Executed> {
  transaction.setSenderIfNotSet(signer.toSuiAddress());
  const result = await client.core.signAndExecuteTransaction({
    transaction,
    signer,
    include: { effects: true, objectTypes: true, events: true },
  });
  const executed = result.Transaction ?? result.FailedTransaction;
  if (!executed.status.success) throw new TransactionFailed(purpose, executed.digest, executed.status.error.message);
  await client.core.waitForTransaction({ digest: executed.digest });
  return executed;
}

/** What later steps need to know of an executed transaction. */
export interface Outcome {
  readonly digest: string;
  readonly effects: { readonly changedObjects: Executed['effects']['changedObjects']; readonly gasUsed: Executed['effects']['gasUsed'] };
  readonly objectTypes: Executed['objectTypes'];
}

/** ID of the one object of this type that the transaction created. @throws ProtocolError */
export function createdObject(executed: Outcome, isType: (type: string) => boolean, role: string): string {
  const found = executed.effects.changedObjects.filter(
    (change) =>
      change.idOperation === 'Created' &&
      change.outputState === 'ObjectWrite' &&
      isType(executed.objectTypes[change.objectId] ?? ''),
  );
  if (found.length !== 1) {
    throw new ProtocolError(`transaction ${executed.digest} created ${found.length} ${role} objects, expected one`);
  }
  return found[0]!.objectId;
}

/** ID of the package that the transaction published. @throws ProtocolError */
export function publishedPackage(executed: Outcome): string {
  const found = executed.effects.changedObjects.find((change) => change.outputState === 'PackageWrite');
  if (found === undefined) throw new ProtocolError(`transaction ${executed.digest} published no package`);
  return found.objectId;
}
