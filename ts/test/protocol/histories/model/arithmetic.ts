/** Numbers and rules that stand alone: selections, apportionment, sizes (contracts specification §5.5, §6, §9). */

/** The model's verdict that a call must fail in this module with this code. */
export class Abort extends Error {
  constructor(
    readonly module: string,
    readonly code: number,
  ) {
    super(`${module}::${code}`);
  }
}

/** The model's verdict that an arithmetic operation leaves its type. */
export const ARITHMETIC = 'arithmetic';

export function ensure(condition: boolean, module: string, code: number): void {
  if (!condition) throw new Abort(module, code);
}

export const U64_MAX = (1n << 64n) - 1n;
export const WAL = 1_000_000_000n;

/** Fails as a u64 multiplication or addition does. */
export function u64(value: bigint): bigint {
  if (value < 0n || value > U64_MAX) throw new Abort(ARITHMETIC, 0);
  return value;
}

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
export const sum = (values: Iterable<bigint>): bigint => [...values].reduce((total, value) => total + value, 0n);

export const isQuorum = (weight: number, shards: number): boolean => 3 * weight >= 2 * shards + 1;
export const hasCorrectNode = (weight: number, shards: number): boolean => 3 * weight >= shards + 1;

/** §9.3, by trying every candidate. */
export function largestWithQuorum(votes: readonly bigint[], weights: readonly number[], shards: number): bigint {
  const good = votes.filter((v) => isQuorum(weights.filter((_, i) => votes[i]! >= v).reduce((a, b) => a + b, 0), shards));
  return good.reduce(max);
}

export function smallestWithQuorum(votes: readonly bigint[], weights: readonly number[], shards: number): bigint {
  const good = votes.filter((v) => isQuorum(weights.filter((_, i) => votes[i]! <= v).reduce((a, b) => a + b, 0), shards));
  return good.reduce(min);
}

/** Most shards of one node among `nodes` (§9.1). */
export function shardCap(nodes: number, shards: number): number {
  return nodes >= 20 ? Math.floor(shards / 10) : Math.ceil((2 * shards) / nodes);
}

/** D'Hondt with a cap, by its definition: one shard after the other to the largest quotient (§9.1). */
export function apportion(stakes: readonly bigint[], shards: number): number[] {
  const cap = shardCap(stakes.length, shards);
  const divisor = sum(stakes) / BigInt(shards + 1) + 1n;
  const seats = stakes.map((stake) => Math.min(Number(stake / divisor), cap));
  const quotient = (i: number): bigint => (stakes[i]! << 64n) / BigInt(seats[i]! + 1);
  for (let given = seats.reduce((a, b) => a + b, 0); given < shards; given += 1) {
    let best = -1;
    for (let i = 0; i < stakes.length; i += 1) {
      if (seats[i]! < cap && (best < 0 || quotient(i) > quotient(best))) best = i;
    }
    seats[best]! += 1;
  }
  return seats;
}

/** Units of 1 MiB. */
export const units = (bytes: bigint): bigint => (bytes + (1n << 20n) - 1n) >> 20n;

/** §6.1; undefined where the symbol size leaves 16 bits. */
export function encodedSize(size: bigint, shards: number): bigint | undefined {
  const n = BigInt(shards);
  const f = (n - 1n) / 3n;
  const [k1, k2] = [n - 2n * f, n - f];
  let symbol = (max(size, 1n) - 1n) / (k1 * k2) + 1n;
  symbol += symbol % 2n;
  return symbol > 65_534n ? undefined : n * ((k1 + k2) * symbol + 64n * n + 32n);
}
