/** Gas arithmetic: rounding, storage cost and rebate (sui-gas.md §2, §3). No state. */
import { gasPrices } from './limits.js';

export interface GasCostSummary {
  readonly computationCost: bigint;
  readonly storageCost: bigint;
  /** What the payer gets back. */
  readonly storageRebate: bigint;
  readonly nonRefundableStorageFee: bigint;
}

export const ZERO_GAS: GasCostSummary = {
  computationCost: 0n,
  storageCost: 0n,
  storageRebate: 0n,
  nonRefundableStorageFee: 0n,
};

/** What the payer pays on balance; negative when the rebate is larger. */
export function netGas(gas: GasCostSummary): bigint {
  return gas.computationCost + gas.storageCost - gas.storageRebate;
}

/** Half-digits rounding of gas units, at least the minimum. */
export function roundUnits(units: bigint): bigint {
  if (units <= gasPrices.minimumUnits) return gasPrices.minimumUnits;
  const digits = units.toString().length - 1;
  const step = 10n ** BigInt(Math.floor(digits / 2));
  return ((units + step - 1n) / step) * step;
}

/** MIST for storing an object of `sizeBytes` as gas counts it. */
export function storageCost(sizeBytes: number): bigint {
  return BigInt(sizeBytes) * gasPrices.storageMistPerByte;
}

/** Splits the rebates of overwritten objects into what is returned (nearest integer) and what is kept. */
export function splitRebate(total: bigint, rate: bigint = gasPrices.rebateRate): { returned: bigint; kept: bigint } {
  const returned = (total * rate + 5_000n) / 10_000n;
  return { returned, kept: total - returned };
}

/** Meter budget in internal units for a gas budget and price in MIST. */
export function meterBudget(budget: bigint, price: bigint): bigint {
  const cap = gasPrices.maxComputationUnits * price;
  return ((budget < cap ? budget : cap) / price) * 1_000n;
}
