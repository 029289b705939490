/**
 * Balance changes of a transaction: for every address and coin type, coins owned afterwards minus coins owned
 * before, plus movements of address balances; gas included (sui-rpc.md §4 "balance_changes").
 */
import type { GrpcTypes } from '@mysten/sui/grpc';
import type { ExecutedTransaction, LedgerObject } from '../ledger/types.js';
import { effectsOf, type ObjectChange } from './effects.js';
import { balanceTypeOf, coinBalance, coinTypeOf, owningAddress } from './values.js';

type AccumulatorWrite = NonNullable<ObjectChange[1]['outputState']['AccumulatorWriteV1']>;

/** Non-zero changes, sorted by address, then coin type. */
export function balanceChanges(executed: ExecutedTransaction): GrpcTypes.BalanceChange[] {
  const sums = new Map<string, { address: string; coinType: string; amount: bigint }>();
  const add = (address: string, coinType: string, amount: bigint): void => {
    const key = `${address} ${coinType}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { address, coinType, amount });
    else sum.amount += amount;
  };
  const addCoin = (object: LedgerObject | undefined, sign: bigint): void => {
    if (object?.contents === undefined) return;
    const address = owningAddress(object.owner);
    const coinType = coinTypeOf(object.type);
    if (address !== undefined && coinType !== undefined) add(address, coinType, sign * coinBalance(object.contents));
  };

  // Inputs may hold several versions of an object and objects that were only read; the effects say which count.
  const inputs = new Map(executed.inputObjects.map((object) => [`${object.id}:${object.version}`, object]));
  const outputs = new Map(executed.outputObjects.map((object) => [object.id, object]));
  for (const [id, { inputState, outputState }] of effectsOf(executed).changedObjects) {
    if (inputState.$kind === 'Exist') addCoin(inputs.get(`${id}:${inputState.Exist[0][0]}`), -1n);
    if (outputState.$kind === 'ObjectWrite') addCoin(outputs.get(id), 1n);
    if (outputState.$kind === 'AccumulatorWriteV1') addAccumulator(outputState.AccumulatorWriteV1, add);
  }
  return [...sums.values()]
    .filter(({ amount }) => amount !== 0n)
    .sort((a, b) => compareText(a.address, b.address) || compareText(a.coinType, b.coinType))
    .map(({ address, coinType, amount }) => ({ address, coinType, amount: amount.toString() }));
}

function addAccumulator(
  write: AccumulatorWrite,
  add: (address: string, coinType: string, amount: bigint) => void,
): void {
  const coinType = balanceTypeOf(write.address.ty);
  if (coinType === undefined || write.value.$kind !== 'Integer') return;
  const sign = write.operation.$kind === 'Merge' ? 1n : -1n;
  add(write.address.address, coinType, sign * BigInt(write.value.Integer));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
