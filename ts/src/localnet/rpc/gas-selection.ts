/**
 * Gas of a transaction that a client did not finish: budget estimation and choice of payment (sui-rpc.md §5
 * step 4, sui-gas.md §8).
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { normalizeSuiAddress } from '@mysten/sui/utils';
import type { ExecutedTransaction, Ledger, LedgerObject, Simulation, TransactionData } from '../ledger/types.js';
import { maskReservationId, readReservation, reservationReference } from '../runtime/coin-reservations.js';
import { accumulatorId, balanceType } from '../runtime/funds.js';
import { parseType } from '../runtime/type-tags.js';
import { addressBalance } from './address-balances.js';
import { effectsOf } from './effects.js';
import { rpcError } from './errors.js';
import type { TransactionV1 } from './transaction-messages.js';
import { serializeTransaction, type DraftGas, type ObjectReference } from './transaction-requests.js';
import { coinBalance, coinTypeOf } from './values.js';

/** Largest gas budget, MIST (sui-gas.md §1). */
export const MAX_GAS_BUDGET = 50_000_000_000_000n;
const MAX_PAYMENT_COINS = 256;
/** Added to every estimate, gas units. */
const SAFE_OVERHEAD_UNITS = 1_000n;
/** Internal units for loading one more gas coin: 40 bytes at 15 each; 1,000 internal units are a gas unit. */
const COIN_LOAD_INTERNAL_UNITS = 40 * 15;
const UNIT_ROUNDING = 1_000;

const SUI_TYPE = `${normalizeSuiAddress('0x2')}::sui::SUI`;

/** Everything of a transaction but its gas, which `withGas` completes. */
export interface UnpaidTransaction {
  readonly kind: TransactionV1['kind'];
  readonly sender: string;
  readonly expiration: TransactionV1['expiration'];
  readonly gas: DraftGas;
}

/** The transaction with a payment and budget. */
export function withGas(
  transaction: UnpaidTransaction,
  gas: { payment: readonly ObjectReference[]; price: bigint; budget: bigint; expiration?: TransactionV1['expiration'] },
): TransactionData {
  const data: TransactionData = {
    $kind: 'V1',
    V1: {
      kind: transaction.kind,
      sender: transaction.sender,
      gasData: {
        payment: [...gas.payment],
        owner: transaction.gas.owner,
        price: gas.price.toString(),
        budget: gas.budget.toString(),
      },
      expiration: gas.expiration ?? transaction.expiration,
    },
  };
  return data;
}

/**
 * Simulates, estimates the budget unless it is given, chooses a payment unless it is given, and simulates again
 * with both. A transaction that fails with an unlimited gas coin is answered with that failure.
 * @throws RpcError INVALID_ARGUMENT when the owner cannot pay
 */
export function simulateWithGasSelection(ledger: Ledger, transaction: UnpaidTransaction, price: bigint): Simulation {
  const probe = ledger.simulate(withGas(transaction, { payment: [], price, budget: MAX_GAS_BUDGET }), {
    checks: true,
    mockGasCoin: true,
  });
  if (effectsOf(probe.transaction).status.$kind !== 'Success') return probe;
  const estimate = transaction.gas.budget ?? estimateBudget(probe.transaction, price);
  const paid =
    transaction.gas.payment.length > 0
      ? payGiven(transaction, price, estimate)
      : payFromOwner(ledger, transaction, price, estimate);
  return ledger.simulate(paid, { checks: true });
}

/** Budget that covers what a simulation with a mock gas coin used. */
export function estimateBudget(executed: ExecutedTransaction, price: bigint): bigint {
  const { gasUsed } = effectsOf(executed);
  const computation = BigInt(gasUsed.computationCost);
  const net = BigInt(gasUsed.storageCost) - mockCoinStorage(executed) - BigInt(gasUsed.storageRebate);
  return capBudget(computation + (net > 0n ? net : 0n) + SAFE_OVERHEAD_UNITS * price);
}

/** Storage fee of the mock coin, which a real coin brings along as its rebate. */
function mockCoinStorage(executed: ExecutedTransaction): bigint {
  const effects = effectsOf(executed);
  const gasId = effects.gasObjectIndex === null ? undefined : effects.changedObjects[effects.gasObjectIndex]?.[0];
  return executed.outputObjects.find((object) => object.id === gasId)?.storageRebate ?? 0n;
}

function capBudget(budget: bigint): bigint {
  return budget > MAX_GAS_BUDGET ? MAX_GAS_BUDGET : budget;
}

function loadCost(coins: number, price: bigint): bigint {
  if (coins <= 1) return 0n;
  const units = Math.ceil(((coins - 1) * COIN_LOAD_INTERNAL_UNITS) / 1_000 / UNIT_ROUNDING) * UNIT_ROUNDING;
  return BigInt(units) * price;
}

function payGiven(transaction: UnpaidTransaction, price: bigint, estimate: bigint): TransactionData {
  const { payment, budget } = transaction.gas;
  return withGas(transaction, {
    payment,
    price,
    budget: budget ?? capBudget(estimate + loadCost(payment.length, price)),
  });
}

/**
 * The address balance where it suffices, otherwise coins: the order of Sui's servers.
 * @throws RpcError INVALID_ARGUMENT when neither suffices
 */
function payFromOwner(ledger: Ledger, transaction: UnpaidTransaction, price: bigint, estimate: bigint): TransactionData {
  const funded = payFromAddressBalance(ledger, transaction, price, estimate);
  if (funded !== undefined) return funded;
  const { payment, balance, budget } = chooseCoins(ledger, transaction, price, estimate);
  if (payment.length > 0 && balance >= budget) {
    const reserves = payment.some((one) => readReservation(one) !== undefined);
    const expiration =
      reserves && transaction.expiration.$kind === 'None' ? validThisEpoch(ledger, transaction, price, budget) : transaction.expiration;
    return withGas(transaction, { payment, price, budget, expiration });
  }
  throw rpcError(
    'INVALID_ARGUMENT',
    `Insufficient gas balance: ${transaction.gas.owner} holds ${balance} MIST in ${payment.length} usable coins, ` +
      `the transaction needs a budget of ${budget} MIST`,
  );
}

/** Payment from the address balance: possible when nothing needs a gas coin and the balance suffices. */
function payFromAddressBalance(
  ledger: Ledger,
  transaction: UnpaidTransaction,
  price: bigint,
  budget: bigint,
): TransactionData | undefined {
  const { expiration } = transaction;
  if (usesGasCoin(transaction) || (expiration.$kind !== 'None' && expiration.$kind !== 'ValidDuring')) return undefined;
  const available = addressBalance(ledger, transaction.gas.owner, SUI_TYPE) - withdrawnByInputs(ledger, transaction);
  if (available < budget) return undefined;
  const bounded = expiration.$kind === 'ValidDuring' ? expiration : validThisEpoch(ledger, transaction, price, budget);
  return withGas(transaction, { payment: [], price, budget, expiration: bounded });
}

/**
 * Expiration that keeps a transaction without gas coin from being replayed. The nonce is derived from the
 * transaction and the number of transactions so far, so that the same calls give the same digests.
 */
function validThisEpoch(
  ledger: Ledger,
  transaction: UnpaidTransaction,
  price: bigint,
  budget: bigint,
): TransactionV1['expiration'] {
  const { bytes } = serializeTransaction(withGas(transaction, { payment: [], price, budget }));
  const order = new TextEncoder().encode(ledger.transactionCount.toString());
  const hash = blake2b.create({ dkLen: 4 }).update(order).update(bytes).digest();
  const { epoch } = ledger.epoch;
  return {
    $kind: 'ValidDuring',
    ValidDuring: {
      minEpoch: epoch.toString(),
      maxEpoch: (epoch + 1n).toString(),
      minTimestamp: null,
      maxTimestamp: null,
      chain: ledger.chainId,
      nonce: new DataView(hash.buffer, hash.byteOffset).getUint32(0, true),
    },
  };
}

/** SUI that the inputs already take from the gas owner's address balance. */
function withdrawnByInputs(ledger: Ledger, transaction: UnpaidTransaction): bigint {
  if (transaction.kind.$kind !== 'ProgrammableTransaction') return 0n;
  const own = accumulatorId(transaction.gas.owner, balanceType(parseType(SUI_TYPE)));
  let total = 0n;
  for (const input of transaction.kind.ProgrammableTransaction.inputs) {
    const reference = input.Object?.ImmOrOwnedObject;
    const reservation = reference && readReservation(reference);
    if (reservation && maskReservationId(reference.objectId, ledger.chainId) === own) total += reservation.amount;
    if (input.$kind !== 'FundsWithdrawal' || input.FundsWithdrawal.typeArg.Balance !== SUI_TYPE) continue;
    const fromSender = input.FundsWithdrawal.withdrawFrom.$kind === 'Sender';
    if (!fromSender || transaction.sender === transaction.gas.owner)
      total += BigInt(input.FundsWithdrawal.reservation.MaxAmountU64);
  }
  return total;
}

/** A payment with coins; its balance may be below its budget. */
interface CoinPayment {
  readonly payment: readonly ObjectReference[];
  readonly balance: bigint;
  readonly budget: bigint;
}

/**
 * The owner's largest coins that are not inputs; all of them when the gas coin itself is used, and before them a
 * reservation of the whole address balance.
 */
function chooseCoins(ledger: Ledger, transaction: UnpaidTransaction, price: bigint, estimate: bigint): CoinPayment {
  const givenBudget = transaction.gas.budget;
  const takeAll = usesGasCoin(transaction);
  const payment: ObjectReference[] = [];
  let balance = 0n;
  let budget = givenBudget ?? estimate;
  const { owner } = transaction.gas;
  const available = takeAll ? addressBalance(ledger, owner, SUI_TYPE) - withdrawnByInputs(ledger, transaction) : 0n;
  if (available > 0n) {
    const reservation = { amount: available, epoch: ledger.epoch.epoch };
    payment.push(reservationReference(reservation, owner, balanceType(parseType(SUI_TYPE)), ledger.chainId));
    balance = available;
  }
  const reservations = payment.length;
  for (const coin of spendableCoins(ledger, transaction).slice(0, MAX_PAYMENT_COINS - reservations)) {
    if (!takeAll && payment.length > 0 && balance >= budget) break;
    payment.push({ objectId: coin.object.id, version: coin.object.version.toString(), digest: coin.object.digest });
    balance += coin.balance;
    budget = givenBudget ?? capBudget(estimate + loadCost(payment.length - reservations, price));
  }
  return { payment, balance, budget };
}

function spendableCoins(
  ledger: Ledger,
  transaction: UnpaidTransaction,
): { readonly object: LedgerObject; readonly balance: bigint }[] {
  const used = inputObjects(transaction);
  const coins: { object: LedgerObject; balance: bigint }[] = [];
  for (const object of ledger.ownedObjects(transaction.gas.owner)) {
    if (object.owner.$kind !== 'AddressOwner' || object.contents === undefined) continue;
    if (coinTypeOf(object.type) === SUI_TYPE && !used.has(object.id))
      coins.push({ object, balance: coinBalance(object.contents) });
  }
  // Largest first; the ledger's order by ID decides among equals.
  return coins.sort((a, b) => (a.balance > b.balance ? -1 : a.balance < b.balance ? 1 : 0));
}

function inputObjects(transaction: UnpaidTransaction): Set<string> {
  const ids = new Set<string>();
  if (transaction.kind.$kind !== 'ProgrammableTransaction') return ids;
  for (const input of transaction.kind.ProgrammableTransaction.inputs) {
    if (input.$kind !== 'Object') continue;
    if (input.Object.$kind === 'ImmOrOwnedObject') ids.add(input.Object.ImmOrOwnedObject.objectId);
    if (input.Object.$kind === 'Receiving') ids.add(input.Object.Receiving.objectId);
  }
  return ids;
}

function usesGasCoin(transaction: UnpaidTransaction): boolean {
  if (transaction.kind.$kind !== 'ProgrammableTransaction') return false;
  return transaction.kind.ProgrammableTransaction.commands.some((command) => {
    switch (command.$kind) {
      case 'MoveCall':
        return command.MoveCall.arguments.some(isGasCoin);
      case 'TransferObjects':
        return command.TransferObjects.objects.some(isGasCoin);
      case 'SplitCoins':
        return isGasCoin(command.SplitCoins.coin);
      case 'MergeCoins':
        return isGasCoin(command.MergeCoins.destination) || command.MergeCoins.sources.some(isGasCoin);
      case 'MakeMoveVec':
        return command.MakeMoveVec.elements.some(isGasCoin);
      case 'Upgrade':
        return isGasCoin(command.Upgrade.ticket);
      case 'Publish':
        return false;
    }
  });
}

function isGasCoin(argument: { readonly $kind: string }): boolean {
  return argument.$kind === 'GasCoin';
}

/** Sum of the reservations of a payment and of its coins that exist and are SUI; the budget of a payment without one cannot be larger. */
export function paymentBalance(ledger: Ledger, payment: readonly ObjectReference[]): bigint {
  let total = 0n;
  for (const reference of payment) {
    const reservation = readReservation(reference);
    if (reservation) total += reservation.amount;
    const coin = ledger.getObject(reference.objectId);
    if (coin?.contents !== undefined && coinTypeOf(coin.type) === SUI_TYPE) total += coinBalance(coin.contents);
  }
  return total;
}
