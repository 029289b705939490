/** One staking pool, written from contracts specification §8 and §14.6. Amounts in FROST. */
import { Abort, ensure, max, min, sum } from './arithmetic.js';

/** Epoch → amount. */
export type Pending = Map<number, bigint>;

/** WAL and shares; flat (one to one) without shares. */
export interface Rate {
  readonly wal: bigint;
  readonly shares: bigint;
}

export const FLAT: Rate = { wal: 0n, shares: 0n };
export const sharesOf = (rate: Rate, wal: bigint): bigint => (rate.shares === 0n ? wal : (wal * rate.shares) / rate.wal);
export const walOf = (rate: Rate, shares: bigint): bigint => (rate.shares === 0n ? shares : (shares * rate.wal) / rate.shares);

/** Who holds a right. */
export interface Holder {
  readonly kind: 'Address' | 'ObjectID';
  readonly id: string;
}

/** What a node loses at a boundary (§14.6). */
export interface Penalty {
  /** Billionths of the stake. */
  readonly fraction: bigint;
  readonly missed: number;
  readonly principalMinBp: bigint;
  readonly bountyBp: bigint;
}

export interface Loss {
  readonly burned: bigint;
  readonly bounty: bigint;
  readonly principal: bigint;
}

const BILLION = 1_000_000_000n;
/** Index of a pool without penalties. */
const INDEX_ONE = 10n ** 18n;
/** Fewer shares are dust (§8.6). */
const MIN_SHARES = 1000n;

export const add = (map: Pending, epoch: number, value: bigint): void => void map.set(epoch, (map.get(epoch) ?? 0n) + value);
const upTo = (map: Pending, epoch: number): bigint => sum([...map].filter(([key]) => key <= epoch).map(([, v]) => v));
const flush = (map: Pending, epoch: number): void => [...map.keys()].filter((k) => k <= epoch).forEach((k) => map.delete(k));

export class PoolModel {
  latest: number;
  wal = 0n;
  shares = 0n;
  readonly pendingStake: Pending = new Map();
  readonly pendingShares: Pending = new Map();
  readonly preActive: Pending = new Map();
  readonly pendingRates = new Map<number, number>();
  readonly rates = new Map<number, Rate>();
  rewards = 0n;
  commission = 0n;
  blocked = 0n;
  outstanding = 0n;
  bond: { funds: bigint; release: number | undefined } | undefined;
  /** Changes of the slash index, by epoch. */
  readonly index = new Map<number, bigint>();
  /** Sum of what penalties took from the principal, less what payouts and sweeps moved into the vault. */
  unrealisedLoss = 0n;
  publicKey: string;
  nextKey: string | undefined;
  lastSync = 0;

  constructor(
    readonly id: string,
    readonly cap: string,
    readonly operator: string,
    readonly activation: number,
    epoch: number,
    public commissionBp: number,
    public votes: { storage: bigint; write: bigint; capacity: bigint },
    key: string,
    public receiver: Holder,
    public governance: Holder,
  ) {
    this.latest = epoch;
    this.publicKey = key;
    this.rates.set(activation, FLAT);
  }

  get currentRate(): Rate {
    return { wal: this.wal, shares: this.shares };
  }

  /** The rate of an epoch; a gap has the rate that the pool was left with, which the next entry records. */
  rateAt(epoch: number): Rate {
    if (epoch < this.activation) return FLAT;
    for (let e = epoch; e <= this.latest; e += 1) if (this.rates.has(e)) return this.rates.get(e)!;
    return this.currentRate;
  }

  sharesAt(principal: bigint, epoch: number): bigint {
    return sharesOf(this.rateAt(epoch), principal);
  }

  claim(principal: bigint, activation: number, withdraw: number): bigint {
    return walOf(this.rateAt(withdraw), this.sharesAt(principal, activation));
  }

  indexAt(epoch: number): bigint {
    const last = [...this.index].filter(([e]) => e <= epoch).at(-1);
    return last === undefined ? INDEX_ONE : last[1];
  }

  /** What a stake is worth when it leaves: its claim, at least what penalties left of the principal. */
  worth(principal: bigint, activation: number, withdraw: number): bigint {
    const [from, to] = [this.indexAt(activation), this.indexAt(withdraw)];
    const left = from === 0n ? 0n : (principal * to) / from;
    return max(this.claim(principal, activation, withdraw), left);
  }

  /** Shares that leave up to an epoch. */
  leaving(epoch: number): bigint {
    const early = [...this.preActive].filter(([k]) => k <= epoch).map(([k, p]) => this.sharesAt(p, k - 1));
    return upTo(this.pendingShares, epoch) + sum(early);
  }

  /** Stake at an epoch as the active set counts it: dust, with a margin, is nothing. */
  balanceAt(epoch: number): bigint {
    const balance = this.wal + upTo(this.pendingStake, epoch) - walOf(this.currentRate, this.leaving(epoch));
    return balance <= 0n || sharesOf(this.currentRate, balance) < 2n * MIN_SHARES ? 0n : balance;
  }

  get isDepreciated(): boolean {
    return 2n * this.wal < this.shares;
  }

  /** Schedules shares to leave; the caller has checked everything else. */
  scheduleShares(principal: bigint, activation: number, epoch: number): void {
    const shares = this.sharesAt(principal, activation);
    ensure(shares > 0n, 'staking_pool', 18);
    add(this.pendingShares, epoch, shares);
  }

  /** What penalties left in the rewards once nobody has a stake. */
  sweep(): bigint {
    if (this.outstanding > 0n || this.index.size === 0) return 0n;
    const swept = this.rewards;
    this.rewards = 0n;
    return swept;
  }

  /** Steps 1–9 of §8.6, with §14.6 between 4 and 5. */
  advance(epoch: number, reward: bigint, key: string | undefined, penalty: Penalty | undefined, spare: boolean): Loss {
    ensure(epoch > this.latest, 'staking_pool', 0);
    ensure(reward === 0n || this.wal > 0n, 'staking_pool', 2);
    const commission = (reward * BigInt(this.commissionBp)) / 10_000n;
    this.commission += commission;
    this.blocked += commission;
    const due = [...this.pendingRates.keys()].filter((k) => k <= epoch);
    if (due.length > 0) this.commissionBp = this.pendingRates.get(Math.max(...due))!;
    due.forEach((k) => this.pendingRates.delete(k));
    this.rewards += reward - commission;
    this.wal += reward - commission;
    this.latest = epoch;
    const loss = penalty === undefined ? { burned: 0n, bounty: 0n, principal: 0n } : this.#penalise(penalty, spare, epoch);
    if (key !== undefined) {
      this.publicKey = key;
      if (this.nextKey === key) this.nextKey = undefined;
    }
    const rate = this.currentRate;
    this.rates.set(epoch, rate.shares === 0n ? FLAT : rate);
    const leaving = this.leaving(epoch);
    this.wal += upTo(this.pendingStake, epoch);
    flush(this.pendingStake, epoch);
    flush(this.pendingShares, epoch);
    flush(this.preActive, epoch);
    const gone = walOf(rate, leaving);
    if (gone > this.wal) throw new Abort('staking_pool', 1);
    this.wal -= gone;
    this.shares = sharesOf(rate, this.wal);
    if (this.shares < MIN_SHARES) {
      this.shares = 0n;
      this.wal = 0n;
    }
    return loss;
  }

  #penalise(penalty: Penalty, spare: boolean, epoch: number): Loss {
    const loss = (penalty.fraction * this.wal) / BILLION;
    const commission = min(loss, this.commission);
    this.commission -= commission;
    this.blocked = min(this.blocked, this.commission);
    const bond = this.bond === undefined ? 0n : min(loss - commission, this.bond.funds);
    if (this.bond !== undefined) this.bond.funds -= bond;
    const seized = commission + bond;
    const principal = spare ? 0n : max(loss - seized, (loss * penalty.principalMinBp) / 10_000n);
    if (principal > 0n) {
      const before = this.wal;
      this.wal -= principal;
      this.index.set(epoch, (this.indexAt(epoch) * this.wal) / before);
      this.unrealisedLoss += principal;
    }
    const bounty = penalty.missed === 0 ? 0n : (seized * penalty.bountyBp) / 10_000n;
    return { burned: seized - bounty, bounty, principal };
  }
}
