/**
 * Nodes, stakes, committees and epochs (contracts specification §8, §9). The model does not choose which
 * shards move: it takes the assignment that the contract made after checking it against §9.2.
 */
import { Abort, apportion, ensure, isQuorum, largestWithQuorum, max, min, smallestWithQuorum, sum, U64_MAX, WAL } from './arithmetic.js';
import type { AuditModel } from './audit.js';
import type { MarketModel } from './market.js';
import type { PoolModel} from './pool.js';
import { add, type Holder, type Loss } from './pool.js';

export interface Stake {
  owner: string;
  readonly node: string;
  principal: bigint;
  readonly activation: number;
  withdraw: number | undefined;
}

/** Node → shards, ascending by node. */
export type CommitteeModel = ReadonlyMap<string, readonly number[]>;

export type EpochState =
  | { readonly kind: 'EpochChangeSync'; readonly weight: number }
  | { readonly kind: 'EpochChangeDone'; readonly at: bigint }
  | { readonly kind: 'NextParamsSelected'; readonly at: bigint };

/** What one boundary did, for the invariants of whole boundaries. */
export interface Boundary {
  readonly popped: bigint;
  readonly burned: bigint;
  /** Part of the rewards that was to be burned, in basis points. */
  readonly burnBp: bigint;
  readonly carried: bigint;
  readonly rewards: ReadonlyMap<string, bigint>;
  readonly unaudited: bigint;
  readonly losses: ReadonlyMap<string, Loss>;
}

const PRICE_WITHOUT_COMMITTEE = U64_MAX;
const MODULE = 'staking_inner';
const BURN_BP = 300n;
/** Snapshots that are kept (§15.2). */
const SNAPSHOTS = 16;

export class StakingModel {
  readonly pools = new Map<string, PoolModel>();
  readonly stakes = new Map<string, Stake>();
  /** In the order of the contract: what ties are broken by. */
  readonly activeSet: { node: string; stake: bigint }[] = [];
  epoch = 0;
  state: EpochState;
  committee: CommitteeModel = new Map();
  previous: CommitteeModel = new Map();
  next: CommitteeModel | undefined;
  nextCapacity = 0n;
  nextKeys = new Map<string, string>();
  vault = 0n;
  /** `epoch:node` → what challengers may claim. */
  readonly bounties = new Map<string, { funds: bigint; missed: number }>();
  readonly slashings = new Map<string, { epoch: number; weight: number; voters: Set<string> }>();
  /** Parameters that governance decided (§15.5), by number: those in force, and those of the next epoch. */
  params: ReadonlyMap<number, bigint> = new Map();
  readonly nextParams = new Map<number, bigint>();
  /** Stakes of the committees at the beginning of their epochs. */
  readonly snapshots = new Map<number, { readonly total: bigint; readonly powers: ReadonlyMap<string, bigint> }>();
  supply: bigint;
  lastBoundary: Boundary | undefined;

  constructor(
    readonly shards: number,
    public durationMs: bigint,
    readonly firstEpochStartMs: bigint,
    supply: bigint,
    startMs: bigint,
    readonly audit: AuditModel,
    readonly market: MarketModel,
  ) {
    this.supply = supply;
    this.state = { kind: 'EpochChangeDone', at: startMs };
  }

  pool(node: string): PoolModel {
    const pool = this.pools.get(node);
    if (pool === undefined) throw new Abort(MODULE, 8);
    return pool;
  }

  weight(node: string): number {
    return this.committee.get(node)?.length ?? 0;
  }

  /** Epoch in which stake of now becomes active, which is the epoch of the next selection. */
  get activationEpoch(): number {
    return this.epoch + (this.next === undefined ? 1 : 2);
  }

  #refresh(node: string, epoch = this.activationEpoch): void {
    const stake = this.pool(node).balanceAt(epoch);
    const at = this.activeSet.findIndex((entry) => entry.node === node);
    if (stake > 0n && stake >= (this.params.get(103) ?? 0n)) {
      if (at >= 0) this.activeSet[at]!.stake = stake;
      else if (this.activeSet.length < this.#activeSetLimit) this.activeSet.push({ node, stake });
      else {
        const smallest = this.#smallest();
        if (this.activeSet[smallest]!.stake < stake) this.activeSet[smallest] = { node, stake };
      }
    } else if (at >= 0) this.#leave(at);
  }

  get #activeSetLimit(): number {
    return Number(this.params.get(102) ?? 1000n);
  }

  /** Place of the first entry with the smallest stake. */
  #smallest(): number {
    const stakes = this.activeSet.map(({ stake }) => stake);
    return stakes.indexOf(stakes.reduce(min));
  }

  /** The last entry takes the place of one that leaves. */
  #leave(at: number): void {
    const last = this.activeSet.pop()!;
    if (at < this.activeSet.length) this.activeSet[at] = last;
  }

  /** What was decided in the epoch that ended is in force. */
  #beginParams(): void {
    this.params = new Map(this.nextParams);
    this.durationMs = this.params.get(101) ?? this.durationMs;
    while (this.activeSet.length > 0) {
      const at = this.#smallest();
      if (this.activeSet.length <= this.#activeSetLimit && this.activeSet[at]!.stake >= (this.params.get(103) ?? 0n)) break;
      this.#leave(at);
    }
  }

  #remember(): void {
    const powers = new Map([...this.committee.keys()].map((node) => [node, this.pool(node).wal]));
    this.snapshots.set(this.epoch, { total: sum(powers.values()), powers });
    this.snapshots.delete(this.epoch - SNAPSHOTS);
  }

  tryJoin(node: string): void {
    this.#refresh(node);
  }

  // Stakes (§8.4, §8.5)

  /** Checks a stake before its object is known. */
  checkStake(node: string, amount: bigint): void {
    const pool = this.pool(node);
    ensure(!pool.isDepreciated, 'staking_pool', 6);
    ensure(amount > 0n, 'staking_pool', 7);
    ensure(amount >= WAL, 'staked_wal', 7);
  }

  addStake(id: string, owner: string, node: string, amount: bigint): void {
    const pool = this.pool(node);
    const activation = this.activationEpoch;
    this.stakes.set(id, { owner, node, principal: amount, activation, withdraw: undefined });
    add(pool.pendingStake, activation, amount);
    pool.outstanding += amount;
    this.#refresh(node);
  }

  isEarly(stake: Stake): boolean {
    const { activation, node, withdraw } = stake;
    const next = this.next?.has(node) ?? false;
    return withdraw === undefined && (activation === this.epoch + 2 || (activation === this.epoch + 1 && !next));
  }

  requestWithdraw(id: string): void {
    const stake = this.stakes.get(id)!;
    const pool = this.pool(stake.node);
    const [current, next] = [this.committee.has(stake.node), this.next?.has(stake.node) ?? false];
    ensure(stake.withdraw === undefined, 'staking_pool', 8);
    ensure(!this.isEarly(stake), 'staking_pool', 13);
    if (stake.activation > this.epoch) {
      ensure(stake.activation === this.epoch + 1 && next, 'staking_pool', 12);
      stake.withdraw = stake.activation + 1;
      add(pool.preActive, stake.withdraw, stake.principal);
    } else {
      ensure(current || next, 'staking_pool', 13);
      const withdraw = this.epoch + (next ? 2 : 1);
      pool.scheduleShares(stake.principal, stake.activation, withdraw);
      stake.withdraw = withdraw;
    }
    this.#refresh(stake.node);
  }

  /** Pays a stake out. Returns the payout. */
  withdraw(id: string): bigint {
    const stake = this.stakes.get(id)!;
    const { node, principal, activation } = stake;
    const pool = this.pool(node);
    let [payout, lost] = [principal, 0n];
    if (this.isEarly(stake)) {
      const left = pool.pendingStake.get(activation)! - principal;
      if (left === 0n) pool.pendingStake.delete(activation);
      else pool.pendingStake.set(activation, left);
    } else {
      let withdraw = stake.withdraw;
      if (withdraw === undefined && !this.committee.has(node) && !(this.next?.has(node) ?? false)) {
        ensure(activation <= this.epoch, 'staking_pool', 12);
        withdraw = this.epoch;
        pool.scheduleShares(principal, activation, withdraw);
      }
      ensure(withdraw !== undefined, 'staking_pool', 10);
      ensure(withdraw! <= this.epoch, 'staking_pool', 11);
      ensure(activation <= this.epoch, 'staking_pool', 12);
      const worth = pool.worth(principal, activation, withdraw!);
      if (worth < principal) {
        [payout, lost] = [worth, principal - worth];
      } else {
        const rewards = min(worth - principal, pool.rewards);
        pool.rewards -= rewards;
        payout = principal + rewards;
      }
    }
    pool.outstanding -= principal;
    this.vault += lost + pool.sweep();
    this.stakes.delete(id);
    this.#refresh(node);
    return payout;
  }

  // Epochs (§9.4, §9.5)

  votingEnd(nowMs: bigint): void {
    const { state } = this;
    if (state.kind !== 'EpochChangeDone') throw new Abort(MODULE, 0);
    const earliest = this.epoch === 0 ? this.firstEpochStartMs : state.at + this.durationMs / 2n;
    ensure(nowMs >= earliest, MODULE, 0);
    ensure(this.activeSet.length > 0, MODULE, 3);
    const weights = this.nextWeights();
    const nodes = [...weights.keys()].sort();
    const votes = nodes.map((node) => min((this.pool(node).votes.capacity * BigInt(this.shards)) / BigInt(weights.get(node)!), U64_MAX));
    this.nextCapacity = largestWithQuorum(votes, nodes.map((node) => weights.get(node)!), this.shards);
    this.nextKeys = new Map(nodes.map((node) => [node, this.pool(node).nextKey ?? this.pool(node).publicKey]));
    this.state = { kind: 'NextParamsSelected', at: state.at };
    for (const node of this.previous.keys()) this.pool(node).blocked = 0n;
  }

  /** Shards of the committee that would be selected now; nodes without shards are no members. */
  nextWeights(): Map<string, number> {
    const seats = apportion(this.activeSet.map(({ stake }) => stake), this.shards);
    return new Map(this.activeSet.map(({ node }, i) => [node, seats[i]!] as const).filter(([, seat]) => seat > 0));
  }

  /** Takes the assignment over that the contract made. */
  adopt(committee: CommitteeModel): void {
    this.next = committee;
  }

  changeEpoch(nowMs: bigint): void {
    const { state } = this;
    if (state.kind !== 'NextParamsSelected') throw new Abort(MODULE, 0);
    const earliest = this.epoch === 0 ? this.firstEpochStartMs : state.at + this.durationMs;
    ensure(nowMs >= earliest, MODULE, 0);

    const { penalties, spare } = this.audit.settle(this.committee, this.shards);
    const popped = this.market.slots[0]!.rewards;
    const burnBp = this.params.get(100) ?? BURN_BP;
    const burned = (popped * burnBp) / 10_000n;
    const { rewards, carried } = this.market.advance(this.committee, popped - burned, this.nextCapacity);
    let unaudited = 0n;
    for (const [node, reward] of rewards) {
      const part = this.audit.unauditedPart(reward);
      unaudited += part;
      rewards.set(node, reward - part);
    }
    this.epoch += 1;
    this.previous = this.committee;
    this.committee = this.next!;
    this.next = undefined;
    this.state = { kind: 'EpochChangeSync', weight: 0 };

    const losses = new Map<string, Loss>();
    for (const node of this.previous.keys()) {
      losses.set(node, this.#advance(node, rewards.get(node)!, penalties.get(node), spare));
    }
    for (const node of this.committee.keys()) if (!this.previous.has(node)) this.#advance(node, 0n, undefined, false);
    for (const [node, { bounty }] of losses) {
      if (bounty > 0n) this.bounties.set(`${this.epoch - 1}:${node}`, { funds: bounty, missed: penalties.get(node)!.missed });
    }
    this.audit.beginEpoch(this.epoch);
    this.supply -= burned + unaudited + sum([...losses.values()].map((loss) => loss.burned)) + this.vault;
    this.vault = 0n;
    this.nextKeys = new Map();
    this.lastBoundary = { popped, burned, burnBp, carried, rewards, unaudited, losses };
    this.#beginParams();
    this.#remember();
    this.applyPrices();
  }

  #advance(node: string, reward: bigint, penalty: Parameters<PoolModel['advance']>[3], spare: boolean): Loss {
    const loss = this.pool(node).advance(this.epoch, reward, this.nextKeys.get(node), penalty, spare);
    this.#refresh(node, this.epoch + 1);
    return loss;
  }

  syncDone(node: string, epoch: number, nowMs: bigint): void {
    const pool = this.pool(node);
    ensure(epoch === this.epoch, MODULE, 1);
    ensure(pool.lastSync < this.epoch, MODULE, 2);
    ensure(this.committee.has(node), MODULE, 4);
    pool.lastSync = epoch;
    if (this.state.kind !== 'EpochChangeSync') return;
    const weight = this.state.weight + this.weight(node);
    this.state = isQuorum(weight, this.shards)
      ? { kind: 'EpochChangeDone', at: nowMs }
      : { kind: 'EpochChangeSync', weight };
  }

  applyPrices(): void {
    const nodes = [...this.committee.keys()];
    const weights = nodes.map((node) => this.weight(node));
    const price = (of: 'storage' | 'write', bound: number): bigint => {
      const voted = nodes.length === 0 ? PRICE_WITHOUT_COMMITTEE : smallestWithQuorum(nodes.map((node) => this.pool(node).votes[of]), weights, this.shards);
      return min(max(voted, this.params.get(bound) ?? 0n), this.params.get(bound + 1) ?? U64_MAX);
    };
    this.market.storagePrice = price('storage', 104);
    this.market.writePrice = price('write', 106);
  }

  // Commission, rights, votes (§4.5, §8.7, §10.4)

  setNextCommission(node: string, basisPoints: number): void {
    ensure(basisPoints <= 10_000, 'staking_pool', 14);
    this.pool(node).pendingRates.set(this.epoch + 2, basisPoints);
  }

  checkRight(node: string, right: 'receiver' | 'governance', by: Holder): PoolModel {
    const pool = this.pool(node);
    const holder = pool[right];
    ensure(holder.kind === by.kind && holder.id === by.id, 'staking_pool', 15);
    return pool;
  }

  collectCommission(node: string, by: Holder): bigint {
    const pool = this.checkRight(node, 'receiver', by);
    const amount = pool.commission > pool.blocked ? pool.commission - pool.blocked : 0n;
    pool.commission -= amount;
    return amount;
  }

  addCommission(node: string, amount: bigint): void {
    ensure(this.previous.has(node), MODULE, 4);
    const pool = this.pool(node);
    pool.commission += amount;
    if (this.state.kind !== 'NextParamsSelected') pool.blocked += amount;
  }

  voteSlashing(voter: string, candidate: string, by: Holder): void {
    const { governance } = this.pool(voter);
    ensure(governance.kind === by.kind && governance.id === by.id, 'slashing', 0);
    ensure(this.committee.has(voter), MODULE, 4);
    let proposal = this.slashings.get(candidate);
    if (proposal === undefined || proposal.epoch !== this.epoch) proposal = { epoch: this.epoch, weight: 0, voters: new Set() };
    ensure(!proposal.voters.has(voter), 'slashing', 1);
    proposal.voters.add(voter);
    proposal.weight += this.weight(voter);
    this.slashings.set(candidate, proposal);
  }

  executeSlashing(candidate: string): void {
    const proposal = this.slashings.get(candidate);
    if (proposal === undefined) throw new Abort('slashing', 2);
    ensure(proposal.epoch === this.epoch, 'slashing', 3);
    ensure(isQuorum(proposal.weight, this.shards), 'slashing', 4);
    const pool = this.pool(candidate);
    this.slashings.delete(candidate);
    this.supply -= pool.commission;
    pool.commission = 0n;
    pool.blocked = 0n;
  }

  // Deposit of the operator (§14.3)

  addBond(node: string, amount: bigint): void {
    const pool = this.pool(node);
    pool.bond = { funds: (pool.bond?.funds ?? 0n) + amount, release: undefined };
  }

  requestBondRelease(node: string, by: Holder): void {
    const { bond } = this.checkRight(node, 'receiver', by);
    if (bond === undefined) throw new Abort('dynamic_field', 1);
    bond.release ??= this.epoch + 2;
  }

  withdrawBond(node: string, by: Holder): bigint {
    const { bond } = this.checkRight(node, 'receiver', by);
    if (bond === undefined) throw new Abort('dynamic_field', 1);
    ensure(bond.release !== undefined && bond.release <= this.epoch, 'operator_bond', 0);
    const { funds } = bond;
    bond.funds = 0n;
    bond.release = undefined;
    return funds;
  }
}
