/**
 * Governance by stakers (contracts specification §15). Tallies are not kept but counted from all ballots and
 * operators' choices whenever they are asked for, which is what the contract's incremental ones must agree with.
 */
import { ensure, max, min, sum, U64_MAX, WAL } from './arithmetic.js';
import type { AuditModel, AuditParams } from './audit.js';
import type { Holder } from './pool.js';
import type { StakingModel } from './staking.js';

const MODULE = 'governance';
const ONE = 10_000n;
/** Length of a digest and of a hash. */
const DIGEST_BYTES = 32;

/** Rules of proposals in the order of their numbers, from 200 on. */
export const RULES = ['bond', 'maxActive', 'votingEpochs', 'delayEpochs', 'executeEpochs', 'quorumBp', 'approveParamBp', 'approveUpgradeBp', 'stakerVetoBp', 'defaultWeightBp', 'burnBelowBp'] as const;
export type Rules = Readonly<Record<(typeof RULES)[number], bigint>>;

/** §15.4; with a deposit of 100 WAL. */
export const DEFAULT_RULES: Rules = {
  bond: 100n * WAL,
  maxActive: 16n,
  votingEpochs: 2n,
  delayEpochs: 2n,
  executeEpochs: 2n,
  quorumBp: 3000n,
  approveParamBp: 5000n,
  approveUpgradeBp: 6670n,
  stakerVetoBp: 2000n,
  defaultWeightBp: 2000n,
  burnBelowBp: 500n,
};

/** Lowest and highest value of each rule. */
const RULE_BOUNDS: Readonly<Record<keyof Rules, readonly [bigint, bigint]>> = {
  bond: [WAL, 1_000_000n * WAL],
  maxActive: [1n, 64n],
  votingEpochs: [1n, 14n],
  delayEpochs: [2n, 16n],
  executeEpochs: [1n, 16n],
  quorumBp: [2000n, 6000n],
  approveParamBp: [5000n, 9000n],
  approveUpgradeBp: [6000n, 9000n],
  stakerVetoBp: [1000n, 5000n],
  defaultWeightBp: [0n, 65_535n],
  burnBelowBp: [0n, 65_535n],
};

/** Parameters of audits in the order of their numbers, from 0 on. */
export const AUDIT_FIELDS = ['samplesTotal', 'minSamples', 'windowBp', 'toleranceBp', 'slopeBp', 'maxPenaltyBp', 'missPenaltyBp', 'bond', 'bountyBp', 'maxOpenPerNode', 'principalMinBp', 'breakerBp', 'noSetBurnBp'] as const satisfies readonly (keyof AuditParams)[];

/** Parameters of the protocol, from 100 on. */
export const PROTOCOL_PARAM = { burnShareBp: 100, durationMs: 101, activeSetLimit: 102, threshold: 103, minStorage: 104, maxStorage: 105, minWrite: 106, maxWrite: 107 } as const;

export type Action =
  | { readonly kind: 'Param'; readonly id: number; readonly value: bigint }
  | { readonly kind: 'Upgrade' | 'RatifyOperatorUpgrade'; readonly digest: Uint8Array; readonly fromVersion: bigint }
  | { readonly kind: 'Text'; readonly hash: Uint8Array };

export type ProposalState =
  | { readonly kind: 'Open' | 'Rejected' | 'Vetoed' | 'Executed' | 'Expired' }
  | { readonly kind: 'Approved'; readonly from: number; readonly until: number };

export interface Ballot {
  readonly account: string;
  readonly stake: string;
  readonly node: string;
  readonly power: bigint;
  choice: number;
}

export interface Proposal {
  readonly action: Action;
  readonly proposer: string;
  readonly snapshot: number;
  readonly total: bigint;
  readonly rules: Rules;
  closes: number;
  state: ProposalState;
  isExtended: boolean;
  /** Ballots that count, by stake. */
  readonly ballots: Map<string, Ballot>;
  /** Votes at the close: what is cleared afterwards changes nothing. */
  closed: Tally | undefined;
  readonly operators: Map<string, number>;
  /** Power of the nodes that were ever voted for. */
  readonly pools: Map<string, bigint>;
  /** Node → shards at its veto. */
  readonly vetoes: Map<string, number>;
  bond: bigint;
}

/** Yes, no, abstain. */
export type Tally = readonly [bigint, bigint, bigint];

export interface VoterAccount {
  readonly owner: string;
  readonly stakes: Set<string>;
  /** `proposal stake` of all ballots, those on closed proposals too. */
  readonly ballots: Map<string, Ballot>;
}

const key = (proposal: string, stake: string): string => `${proposal} ${stake}`;
const isPart = (power: bigint, total: bigint, partBp: bigint): boolean => power * ONE >= total * partBp;

export class GovernanceModel {
  /** Undefined until it is created: until then the audit parameters are set by a capability. */
  id: string | undefined;
  rules: Rules = DEFAULT_RULES;
  readonly proposals = new Map<string, Proposal>();
  readonly accounts = new Map<string, VoterAccount>();
  forfeited = 0n;
  /** Coins in which deposits were given back. */
  readonly returned = new Map<string, { readonly owner: string; readonly amount: bigint }>();
  /** Deposits paid, given back and burned so far. */
  readonly bonds = { paid: 0n, returned: 0n, burned: 0n };

  constructor(
    readonly staking: StakingModel,
    readonly audit: AuditModel,
  ) {}

  get open(): string[] {
    return [...this.proposals].filter(([, { state }]) => state.kind === 'Open').map(([id]) => id);
  }

  proposal(id: string): Proposal {
    ensure(this.proposals.has(id), MODULE, 6);
    return this.proposals.get(id)!;
  }

  /** A proposal that is voted on. */
  #voting(id: string): Proposal {
    const proposal = this.proposal(id);
    ensure(proposal.state.kind === 'Open' && this.staking.epoch < proposal.closes, MODULE, 7);
    return proposal;
  }

  // Voter accounts

  deposit(account: string, stake: string): void {
    this.accounts.get(account)!.stakes.add(stake);
    this.staking.stakes.get(stake)!.owner = '';
  }

  take(account: string, stake: string): void {
    const { stakes, ballots, owner } = this.accounts.get(account)!;
    ensure(stakes.has(stake), MODULE, 16);
    ensure(![...ballots.values()].some((ballot) => ballot.stake === stake), MODULE, 17);
    stakes.delete(stake);
    this.staking.stakes.get(stake)!.owner = owner;
  }

  destroyAccount(account: string): void {
    ensure(this.accounts.get(account)!.stakes.size === 0, 'object_table', 0);
    this.accounts.delete(account);
  }

  // Proposals

  checkPropose(action: Action, bond: bigint): void {
    ensure(this.staking.snapshots.has(this.staking.epoch), MODULE, 5);
    this.#checkAction(action);
    ensure(BigInt(this.open.length) < this.rules.maxActive, MODULE, 4);
    ensure(bond === this.rules.bond, MODULE, 3);
  }

  propose(id: string, proposer: string, action: Action, bond: bigint): void {
    const { epoch } = this.staking;
    const { total } = this.staking.snapshots.get(epoch)!;
    const { rules } = this;
    const closes = epoch + Number(rules.votingEpochs);
    this.bonds.paid += bond;
    this.proposals.set(id, {
      ...{ action, proposer, snapshot: epoch, total, rules, closes, bond },
      ...{ state: { kind: 'Open' }, isExtended: false, closed: undefined },
      ...{ ballots: new Map(), operators: new Map(), pools: new Map(), vetoes: new Map() },
    });
  }

  #checkAction(action: Action): void {
    if (action.kind !== 'Param') ensure((action.kind === 'Text' ? action.hash : action.digest).length === DIGEST_BYTES, MODULE, 2);
    else if (action.id >= 200) this.#ruled(action.id, action.value);
    else if (action.id >= 100 && action.id <= 107) this.#checkProtocol(action.id, action.value);
    // The bounds of one parameter do not depend on the others.
    else this.#audited(action.id, action.value);
  }

  /** The rules with one replaced. Operators alone must never make a quorum. */
  #ruled(id: number, value: bigint): Rules {
    const name = RULES[id - 200];
    ensure(name !== undefined, MODULE, 1);
    const rules = { ...this.rules, [name!]: value };
    const isWithin = RULES.every((rule) => rules[rule] >= RULE_BOUNDS[rule][0] && rules[rule] <= RULE_BOUNDS[rule][1]);
    ensure(isWithin && rules.defaultWeightBp < rules.quorumBp && rules.burnBelowBp <= rules.quorumBp, MODULE, 1);
    return rules;
  }

  /** §15.5: penalties at most 20 %, tolerance at least 1 %, windows between 1 % and a half of the epoch. */
  #audited(id: number, value: bigint): AuditParams {
    const name = AUDIT_FIELDS[id];
    ensure(name !== undefined, 'param_rules', 0);
    ensure(name === 'bond' || value <= 65_535n, 'param_rules', 1);
    const bounds: Partial<Record<keyof AuditParams, readonly [bigint, bigint]>> = {
      windowBp: [100n, 5000n],
      toleranceBp: [100n, ONE],
      maxPenaltyBp: [0n, 2000n],
      bountyBp: [0n, ONE],
      principalMinBp: [0n, ONE],
      breakerBp: [0n, ONE],
      noSetBurnBp: [0n, ONE],
    };
    const [lowest, highest] = bounds[name!] ?? [0n, U64_MAX];
    ensure(value >= lowest && value <= highest, 'penalty_ledger', 1);
    return { ...this.audit.params, [name!]: typeof this.audit.params[name!] === 'number' ? Number(value) : value };
  }

  #checkProtocol(id: number, value: bigint): void {
    const p = PROTOCOL_PARAM;
    const { nextParams, snapshots, epoch } = this.staking;
    const within = (lowest: bigint, highest: bigint): boolean => value >= lowest && value <= highest;
    const hour = 3_600_000n;
    const rule: Readonly<Record<number, () => boolean>> = {
      [p.burnShareBp]: () => within(0n, 1000n),
      [p.durationMs]: () => within(hour, 60n * 24n * hour),
      [p.activeSetLimit]: () => within(1n, 150n),
      [p.threshold]: () => within(0n, snapshots.get(epoch)!.total / 1000n),
      [p.minStorage]: () => within(0n, min(WAL, nextParams.get(p.maxStorage) ?? U64_MAX)),
      [p.minWrite]: () => within(0n, min(WAL, nextParams.get(p.maxWrite) ?? U64_MAX)),
      [p.maxStorage]: () => within(max(1n, nextParams.get(p.minStorage) ?? 0n), U64_MAX),
      [p.maxWrite]: () => within(max(1n, nextParams.get(p.minWrite) ?? 0n), U64_MAX),
    };
    ensure(rule[id]!(), 'param_rules', 1);
  }

  // Votes

  /** Power of a node's stake in the proposal's epoch, from its first vote on. */
  #poolOf(proposal: Proposal, node: string): bigint {
    const power = this.staking.snapshots.get(proposal.snapshot)!.powers.get(node);
    ensure(power !== undefined, MODULE, 13);
    return power!;
  }

  direct(proposal: Proposal, node: string): bigint {
    return sum([...proposal.ballots.values()].filter((ballot) => ballot.node === node).map(({ power }) => power));
  }

  /** What the operator of a node adds. */
  share(proposal: Proposal, node: string): bigint {
    return (max(0n, proposal.pools.get(node)! - this.direct(proposal, node)) * proposal.rules.defaultWeightBp) / ONE;
  }

  tally(proposal: Proposal): Tally {
    if (proposal.closed !== undefined) return proposal.closed;
    const votes: [bigint, bigint, bigint] = [0n, 0n, 0n];
    for (const { choice, power } of proposal.ballots.values()) votes[choice]! += power;
    for (const [node, choice] of proposal.operators) votes[choice]! += this.share(proposal, node);
    return votes;
  }

  /** §15.4. A tie does not carry. */
  isCarried(proposal: Proposal): boolean {
    const { rules, total, action } = proposal;
    const [yes, no, abstain] = this.tally(proposal);
    if (action.kind === 'RatifyOperatorUpgrade') return !isPart(no, total, rules.stakerVetoBp);
    const approveBp = action.kind === 'Upgrade' ? rules.approveUpgradeBp : rules.approveParamBp;
    return isPart(yes + no + abstain, total, rules.quorumBp) && yes > no && isPart(yes, yes + no, approveBp);
  }

  /** Votes change; if that turns the outcome in the last tenth of the last epoch, one more epoch is added, once. */
  #voted(proposal: Proposal, nowMs: bigint, change: () => void): void {
    const { state, epoch, durationMs } = this.staking;
    const before = this.isCarried(proposal);
    change();
    const turned = this.isCarried(proposal) !== before;
    const isLast = state.kind !== 'EpochChangeSync' && nowMs >= state.at + durationMs - durationMs / 10n;
    if (!turned || !isLast || epoch + 1 !== proposal.closes || proposal.isExtended) return;
    proposal.isExtended = true;
    proposal.closes += 1;
  }

  vote(accountId: string, id: string, stakeId: string, choice: number, nowMs: bigint): void {
    const account = this.accounts.get(accountId)!;
    ensure(account.stakes.has(stakeId), MODULE, 16);
    ensure(!account.ballots.has(key(id, stakeId)), MODULE, 14);
    const stake = this.staking.stakes.get(stakeId)!;
    ensure(stake.withdraw === undefined, MODULE, 11);
    const proposal = this.#voting(id);
    ensure(stake.activation <= proposal.snapshot, MODULE, 12);
    const pool = this.#poolOf(proposal, stake.node);
    const value = this.staking.pool(stake.node).claim(stake.principal, stake.activation, proposal.snapshot);
    const power = min(value, pool - this.direct(proposal, stake.node));
    ensure(power > 0n, MODULE, 23);
    ensure(choice <= 2, MODULE, 10);
    const ballot: Ballot = { account: accountId, stake: stakeId, node: stake.node, power, choice };
    this.#voted(proposal, nowMs, () => {
      proposal.pools.set(stake.node, pool);
      proposal.ballots.set(stakeId, ballot);
    });
    account.ballots.set(key(id, stakeId), ballot);
  }

  retract(accountId: string, id: string, stakeId: string, nowMs: bigint): void {
    const { ballots } = this.accounts.get(accountId)!;
    ensure(ballots.has(key(id, stakeId)), MODULE, 15);
    const proposal = this.#voting(id);
    this.#voted(proposal, nowMs, () => void proposal.ballots.delete(stakeId));
    ballots.delete(key(id, stakeId));
  }

  change(accountId: string, id: string, stakeId: string, choice: number, nowMs: bigint): void {
    const ballot = this.accounts.get(accountId)!.ballots.get(key(id, stakeId));
    ensure(ballot !== undefined, MODULE, 15);
    const proposal = this.#voting(id);
    ensure(choice <= 2, MODULE, 10);
    this.#voted(proposal, nowMs, () => void (ballot!.choice = choice));
  }

  clear(accountId: string, id: string, stakeId: string): void {
    ensure(this.proposal(id).state.kind !== 'Open', MODULE, 8);
    const { ballots } = this.accounts.get(accountId)!;
    ensure(ballots.has(key(id, stakeId)), MODULE, 15);
    ballots.delete(key(id, stakeId));
  }

  #checkRight(node: string, by: Holder): void {
    const { governance } = this.staking.pool(node);
    ensure(governance.kind === by.kind && governance.id === by.id, MODULE, 18);
  }

  operatorVote(node: string, by: Holder, id: string, choice: number, nowMs: bigint): void {
    this.#checkRight(node, by);
    ensure(choice <= 2, MODULE, 10);
    const proposal = this.#voting(id);
    const pool = this.#poolOf(proposal, node);
    this.#voted(proposal, nowMs, () => {
      proposal.pools.set(node, pool);
      proposal.operators.set(node, choice);
    });
  }

  // Closing and carrying out

  /** @param coin ID of the coin that gives the deposit back */
  close(id: string, isRatification: boolean, coin: () => string): void {
    const proposal = this.proposal(id);
    const { rules, total, closes, bond, proposer, action } = proposal;
    ensure((action.kind === 'RatifyOperatorUpgrade') === isRatification, MODULE, 9);
    ensure(proposal.state.kind === 'Open', MODULE, 7);
    ensure(this.staking.epoch >= closes, MODULE, 8);
    proposal.closed = this.tally(proposal);
    const from = closes + Number(rules.delayEpochs);
    if (!this.isCarried(proposal)) proposal.state = { kind: 'Rejected' };
    else if (action.kind === 'Text' || isRatification) proposal.state = { kind: 'Executed' };
    else proposal.state = { kind: 'Approved', from, until: from + Number(rules.executeEpochs) };
    proposal.bond = 0n;
    if (isPart(sum(proposal.closed), total, rules.burnBelowBp)) {
      this.bonds.returned += bond;
      this.returned.set(coin(), { owner: proposer, amount: bond });
    } else this.forfeited += bond;
  }

  burnForfeited(): void {
    this.staking.supply -= this.forfeited;
    this.bonds.burned += this.forfeited;
    this.forfeited = 0n;
  }

  #approved(proposal: Proposal): { from: number; until: number } {
    const { state } = proposal;
    ensure(state.kind === 'Approved', MODULE, 19);
    return state as { from: number; until: number };
  }

  veto(node: string, by: Holder, id: string): void {
    this.#checkRight(node, by);
    ensure(this.staking.committee.has(node), MODULE, 24);
    const proposal = this.proposal(id);
    ensure(this.staking.epoch < this.#approved(proposal).from, MODULE, 20);
    ensure(!proposal.vetoes.has(node), MODULE, 21);
    proposal.vetoes.set(node, this.staking.weight(node));
    const weight = [...proposal.vetoes.values()].reduce((a, b) => a + b, 0);
    if (3 * weight >= this.staking.shards) proposal.state = { kind: 'Vetoed' };
  }

  expire(id: string): void {
    const proposal = this.proposal(id);
    ensure(this.staking.epoch >= this.#approved(proposal).until, MODULE, 20);
    proposal.state = { kind: 'Expired' };
  }

  executeParam(id: string): void {
    const proposal = this.proposal(id);
    const { from, until } = this.#approved(proposal);
    const { epoch, nextParams } = this.staking;
    ensure(epoch >= from && epoch < until, MODULE, 20);
    const { action } = proposal;
    if (action.kind !== 'Param') return ensure(false, MODULE, 9);
    if (action.id >= 200) this.rules = this.#ruled(action.id, action.value);
    else if (action.id >= 100) {
      this.#checkProtocol(action.id, action.value);
      nextParams.set(action.id, action.value);
    } else this.audit.params = this.#audited(action.id, action.value);
    proposal.state = { kind: 'Executed' };
  }
}
