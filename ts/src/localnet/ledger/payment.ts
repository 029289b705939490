/** Gas terms of transactions that are not ordinary, and small encodings the ledger needs. */
import { blake2b256 } from '../runtime/digests.js';
import type { GasCostSummary } from '../runtime/gas.js';
import { REFERENCE_GAS_PRICE, gasPrices } from '../runtime/limits.js';
import { StoredObject, owners } from '../runtime/objects.js';
import type { TransactionDataV1 } from '../runtime/ptb.js';
import { GAS_COIN_TYPE } from '../runtime/type-tags.js';
import { withCoinBalance } from '../runtime/write-set.js';
import type { Address } from '../vm/types.js';
import { TransactionRejected } from './errors.js';

/** Balance of the coin that pays in simulations: 10^18 MIST. */
const MOCK_COIN_BALANCE = 1_000_000_000_000_000_000n;

/** Without gas coins the address balance pays, which needs a window of validity against replay. */
export function checkPayment(data: TransactionDataV1): void {
  if (data.gasData.payment.length === 0 && data.expiration.$kind !== 'ValidDuring') {
    throw new TransactionRejected('MissingGasPayment', 'without gas coins the expiration must be ValidDuring');
  }
}

export function u64Bytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

export function u128Bytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, value & ((1n << 64n) - 1n), true);
  view.setBigUint64(8, value >> 64n, true);
  return bytes;
}

/** Inspection works with any price and budget: what cannot be used is replaced. */
export function withUsableGas(data: TransactionDataV1): TransactionDataV1 {
  const price = BigInt(data.gasData.price) < REFERENCE_GAS_PRICE ? REFERENCE_GAS_PRICE : BigInt(data.gasData.price);
  const budget = BigInt(data.gasData.budget) < gasPrices.minimumUnits * price ? gasPrices.maxBudget : BigInt(data.gasData.budget);
  return { ...data, gasData: { ...data.gasData, price: price.toString(), budget: budget.toString() } };
}

export function mockGasCoin(digest: Uint8Array, owner: Address): StoredObject {
  const id = blake2b256(digest);
  const contents = withCoinBalance(Buffer.concat([id, new Uint8Array(8)]), MOCK_COIN_BALANCE);
  return new StoredObject(
    '0x' + Buffer.from(id).toString('hex'),
    1n,
    owners.address(owner),
    { kind: 'move', type: GAS_COIN_TYPE, hasPublicTransfer: true, contents },
    new Uint8Array(32),
    0n,
  );
}

export function addGas(a: GasCostSummary, b: GasCostSummary): GasCostSummary {
  return {
    computationCost: a.computationCost + b.computationCost,
    storageCost: a.storageCost + b.storageCost,
    storageRebate: a.storageRebate + b.storageRebate,
    nonRefundableStorageFee: a.nonRefundableStorageFee + b.nonRefundableStorageFee,
  };
}

