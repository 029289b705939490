/**
 * Gas meter of one transaction (sui-gas.md §4). Instructions and sizes are counted, cost follows from the
 * totals: cost = F(instructions) + S(size) + rest, where F and S are the piecewise linear tier tables. So
 * generated code only adds static sums per basic block.
 */
import { OutOfGas } from './errors.js';
import type { GasMeter } from './types.js';

/** Slots of the counter array that generated code updates. */
export const gasSlots = { instructions: 0, size: 1, other: 2, limit: 3, depth: 4, natives: 5 } as const;

const instructionTiers: readonly (readonly [number, number])[] = [
  [0, 1], [20_000, 2], [50_000, 10], [100_000, 50], [200_000, 100], [10_000_000, 1000],
];
const sizeTiers: readonly (readonly [number, number])[] = [
  [0, 1], [100_000, 2], [500_000, 5], [1_000_000, 100], [100_000_000, 1000],
];

function tieredCost(count: number, tiers: readonly (readonly [number, number])[]): number {
  let cost = 0;
  for (let i = 0; i < tiers.length; i++) {
    const [from, multiplier] = tiers[i]!;
    if (count <= from) break;
    const to = tiers[i + 1]?.[0] ?? Infinity;
    cost += (Math.min(count, to) - from) * multiplier;
  }
  return cost;
}

/** What a charge costs beyond the sum of its parts, because all of it is paid at the tier where it ends. */
function crossingCost(before: number, added: number, tiers: readonly (readonly [number, number])[]): number {
  if (added === 0) return 0;
  const after = before + added;
  const multiplier = tiers.findLast(([from]) => after > from)?.[1] ?? tiers[0]![1];
  return added * multiplier - (tieredCost(after, tiers) - tieredCost(before, tiers));
}

/** Natives beyond this many calls per transaction are charged as instructions, through the tiers. */
const cheapNativeCalls = 700;
/** How many instructions may pass between two looks at the budget. */
const checkInterval = 10_000;

export class VmGasMeter implements GasMeter {
  /** Counters, indexed by `gasSlots`. Copied into the VM's own array while code runs. */
  readonly counters = new Float64Array(8);

  /** `budget` in internal units; undefined meters without limit. */
  constructor(readonly budget: bigint | undefined) {
    this.limit = budget === undefined ? Infinity : Number(budget);
    this.check();
  }

  private readonly limit: number;

  get used(): bigint {
    return BigInt(Math.min(this.cost(), Number.MAX_SAFE_INTEGER));
  }

  /** Internal units so far, as a number. */
  cost(): number {
    const c = this.counters;
    return (
      tieredCost(c[gasSlots.instructions]!, instructionTiers) +
      tieredCost(c[gasSlots.size]!, sizeTiers) +
      c[gasSlots.other]!
    );
  }

  charge(internalUnits: number): void {
    this.counters[gasSlots.other]! += internalUnits;
    this.check();
  }

  /** Cost of a native function beyond the call instruction. */
  chargeNative(internalUnits: number): void {
    const calls = ++this.counters[gasSlots.natives]!;
    if (calls > cheapNativeCalls) this.chargeInstructions(internalUnits, 0);
    else this.charge(internalUnits);
  }

  /**
   * One charge through the tiers. A charge that crosses into a tier is paid at that tier as a whole, which
   * shows when it is large; generated code, whose charges are small, pays each part at its own.
   */
  chargeInstructions(instructions: number, size: number, pushes = 0): void {
    const c = this.counters;
    c[gasSlots.other]! +=
      pushes +
      crossingCost(c[gasSlots.instructions]!, instructions, instructionTiers) +
      crossingCost(c[gasSlots.size]!, size, sizeTiers);
    c[gasSlots.instructions]! += instructions;
    c[gasSlots.size]! += size;
    this.check();
  }

  /** Throws `OutOfGas` beyond the budget; else sets the instruction count of the next look. */
  check(): void {
    const cost = this.cost();
    if (cost > this.limit) throw new OutOfGas();
    const step = Math.min(checkInterval, Math.max(1, this.limit - cost));
    this.counters[gasSlots.limit] = this.counters[gasSlots.instructions]! + step;
  }
}
