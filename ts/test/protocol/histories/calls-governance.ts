/** Proposals, votes and decisions of stakers (contracts specification §15). */
import { accountOf, authenticate, nodeOf, operatorOf, payIn } from './calls-staking.js';
import { pick, UNKNOWN_ID, type CallTable } from './calls.js';
import type { Done, History } from './history.js';
import { by, must } from './market-calls.js';
import { AUDIT_FIELDS, PROTOCOL_PARAM, RULES, type Action, type Proposal, type ProposalState, type VoterAccount } from './model/governance.js';
import type { Holder } from './model/pool.js';
import type { Argument, Ptb } from './ptb.js';
import type { Account } from './world.js';

const CLOCK = '0x6';
/** Beyond yes, no and abstain. */
const NO_CHOICE = 3;
/** Most voter accounts, and proposals, of a history. */
const MAX_ACCOUNTS = 8;

const target = (h: History, name: string): string => `${h.world.governancePackageId}::governance::${name}`;
const governance = (h: History, tx: Ptb): Argument => tx.object(h.governance.id!);
const staking = (h: History, tx: Ptb): Argument => tx.object(h.world.deployment.stakingObjectId);

const CAN_DECIDE = { audit: AUDIT_FIELDS.length, protocol: Object.keys(PROTOCOL_PARAM).length, rules: RULES.length } as const;

/** Does nothing before there is governance. */
const governed = (weight: number, run: (h: History, a: readonly number[]) => void): CallTable[string] => ({
  weight,
  run: (h, a) => {
    if (h.governance.id !== undefined) run(h, a);
  },
});

/** A proposal, mostly in this state; seldom one that there is not. */
function proposalOf(h: History, number: number, kind: ProposalState['kind'], fits: (proposal: Proposal) => boolean = () => true): string {
  const all = [...h.governance.proposals];
  const fitting = all.filter(([, proposal]) => proposal.state.kind === kind && fits(proposal));
  if (all.length === 0 || number % 40 === 39) return UNKNOWN_ID;
  return pick(fitting.length === 0 || number % 12 === 11 ? all : fitting, number)[0];
}

/** Whether a call on proposals in this state would mostly be refused: then it is seldom made. */
const isIdle = (h: History, kind: ProposalState['kind'], number: number, fits: (proposal: Proposal) => boolean = () => true): boolean =>
  number % 5 > 0 && ![...h.governance.proposals.values()].some((proposal) => proposal.state.kind === kind && fits(proposal));

/** Mostly yes, so that there is something to carry out. */
const choiceOf = (number: number): number => [NO_CHOICE, 1, 1, 2][number % 14] ?? 0;

type Found = readonly [string, VoterAccount];
const voterOf = (h: History, number: number): Found | undefined => (h.governance.accounts.size === 0 ? undefined : pick([...h.governance.accounts], number));

/** Mostly an account with a stake that can vote on the proposal, as far as its account knows. */
function electorOf(h: History, proposal: string, number: number): Found | undefined {
  const { snapshot } = h.governance.proposals.get(proposal) ?? {};
  const powers = h.staking.snapshots.get(snapshot ?? -1)?.powers;
  const canVote = (account: VoterAccount, id: string): boolean => {
    const { node, activation, withdraw } = h.staking.stakes.get(id)!;
    return withdraw === undefined && activation <= snapshot! && powers!.has(node) && !account.ballots.has(`${proposal} ${id}`);
  };
  const able = [...h.governance.accounts].filter(([, account]) => powers !== undefined && [...account.stakes].some((id) => canVote(account, id)));
  if (able.length === 0) return number % 4 === 0 ? voterOf(h, number) : undefined;
  return number % 12 === 11 ? voterOf(h, number) : pick(able, number);
}

/** Mostly an account with ballots on open proposals, and one of these. */
function castOf(h: History, accountNumber: number, proposalNumber: number): { account: Found; proposal: string } | undefined {
  const cast = [...h.governance.accounts].flatMap((account) =>
    [...account[1].ballots.keys()].map((key) => ({ account, proposal: key.split(' ')[0]! })).filter(({ proposal }) => h.governance.proposals.get(proposal)!.state.kind === 'Open'),
  );
  if (cast.length > 0 && proposalNumber % 8 > 0) return pick(cast, accountNumber);
  const account = voterOf(h, accountNumber);
  return account === undefined || proposalNumber % 4 > 0 ? undefined : { account, proposal: proposalOf(h, proposalNumber, 'Open') };
}

/** What is proposed: some value within, at or beyond its bounds. */
function actionOf(h: History, a: readonly number[]): Action {
  const bytes = new Uint8Array(a[2]! % 15 === 0 ? 31 : 32).fill(a[2]! % 256);
  const kind = a[0]! % 10;
  if (kind === 0) return { kind: 'Text', hash: bytes };
  if (kind === 1) return { kind: 'Upgrade', digest: bytes, fromVersion: BigInt(a[2]! % 3) };
  if (kind === 2) return { kind: 'RatifyOperatorUpgrade', digest: bytes, fromVersion: BigInt(a[2]! % 3) };
  if (kind < 5) return { kind: 'Param', id: a[1]! % (CAN_DECIDE.audit + 1), value: auditValue(a) };
  if (kind < 8) return { kind: 'Param', ...protocolValue(h, a) };
  return { kind: 'Param', ...ruleValue(a) };
}

function auditValue(a: readonly number[]): bigint {
  const name = AUDIT_FIELDS[a[1]! % (CAN_DECIDE.audit + 1)];
  // Few samples and small deposits, as the other calls on audits need them.
  if (name === 'samplesTotal' || name === 'minSamples' || name === 'maxOpenPerNode') return BigInt(1 + (a[2]! % 10));
  if (name === 'bond') return BigInt(a[2]!);
  return [0n, 99n, 100n, 2000n, 2001n, 5000n, 5001n, 10_000n, 10_001n, 65_536n][a[2]! % 20] ?? BigInt(100 + (a[3]! % 1900));
}

function protocolValue(h: History, a: readonly number[]): { id: number; value: bigint } {
  const names = Object.keys(PROTOCOL_PARAM) as (keyof typeof PROTOCOL_PARAM)[];
  const name = pick(names, a[1]!);
  const threshold = (h.staking.snapshots.get(h.staking.epoch)?.total ?? 0n) / 1000n;
  const hour = 3_600_000n;
  const edges = {
    burnShareBp: [0n, 1000n, 1001n],
    durationMs: [hour - 1n, hour, hour + 1n, 1440n * hour, 1440n * hour + 1n],
    activeSetLimit: [0n, 3n, 5n, 6n, 7n, 150n, 151n],
    threshold: [0n, threshold, threshold + 1n],
    minStorage: [0n, 1_000_000_000n, 1_000_000_001n],
    minWrite: [0n, 1_000_000_000n, 1_000_000_001n],
    maxStorage: [0n, 1n, (1n << 64n) - 1n],
    maxWrite: [0n, 1n, (1n << 64n) - 1n],
  }[name];
  const usual = name === 'durationMs' ? hour + BigInt(a[3]! % 10_000_000) : name === 'activeSetLimit' ? BigInt(4 + (a[3]! % 8)) : BigInt(a[3]! % 1000);
  return { id: PROTOCOL_PARAM[name], value: a[2]! % 3 === 0 ? pick(edges, a[4]!) : usual };
}

function ruleValue(a: readonly number[]): { id: number; value: bigint } {
  const at = a[1]! % (CAN_DECIDE.rules + 1);
  const small = BigInt(a[3]! % 4);
  // Short times, so that there is time to carry something out.
  const usual = { bond: 1_000_000_000n * (1n + small), maxActive: 2n + small * 3n, votingEpochs: 1n + (small % 2n), delayEpochs: 2n, executeEpochs: 1n + small }[RULES[at] as string] ?? 2000n + 500n * small;
  const edge = [0n, 1n, 14n, 15n, 1999n, 2001n, 5000n, 9000n, 9001n, 65_535n, 65_536n, 10n ** 15n, 10n ** 15n + 1n][a[4]! % 13]!;
  return { id: 200 + at, value: a[2]! % 3 === 0 ? edge : usual };
}

function argumentOf(h: History, tx: Ptb, action: Action): Argument {
  if (action.kind === 'Param') return tx.call(target(h, 'param_action'), [tx.u16(action.id), tx.u64(action.value)]);
  if (action.kind === 'Text') return tx.call(target(h, 'text_action'), [tx.bytes(action.hash)]);
  return tx.call(target(h, action.kind === 'Upgrade' ? 'upgrade_action' : 'ratify_action'), [tx.bytes(action.digest), tx.u64(action.fromVersion)]);
}

/** Brings the clock to where a vote can extend the voting, or just before. */
function lateVote(h: History, proposal: string, number: number): void {
  const { state, epoch, durationMs } = h.staking;
  if (number % 6 > 1 || state.kind === 'EpochChangeSync' || h.governance.proposals.get(proposal)?.closes !== epoch + 1) return;
  const at = state.at + durationMs - durationMs / 10n - BigInt(number % 2);
  if (at > h.nowMs) h.world.advance(at - h.nowMs);
}

/** A call on an account by its owner; sometimes by someone else. */
function withVoter(h: History, account: Found, number: number, build: (tx: Ptb, argument: Argument, sender: Account) => void, predict: (done: Done) => void): void {
  const [id, { owner }] = account;
  const sender = by(h, owner, number);
  h.run(
    sender,
    (tx) => build(tx, tx.object(id), sender),
    (done) => {
      must(sender.address === owner);
      predict(done);
    },
  );
}

/** A stake in the account, seldom another; mostly one that has (or has not) voted on the proposal. */
function ballotOf(h: History, [, account]: Found, proposal: string, hasVoted: boolean, number: number): string {
  if (account.stakes.size === 0 || number % 30 === 29) return h.staking.stakes.size === 0 ? UNKNOWN_ID : pick([...h.staking.stakes.keys()], number);
  const fitting = [...account.stakes].filter((stake) => account.ballots.has(`${proposal} ${stake}`) === hasVoted);
  return pick(fitting.length === 0 || number % 9 === 8 ? [...account.stakes] : fitting, number);
}

/** A call with the governance right of a node, mostly one of the members. */
function withNode(h: History, a: readonly number[], build: (tx: Ptb, right: Argument, node: string) => void, predict: (node: string, holder: Holder) => void, members = [...h.staking.committee.keys()]): void {
  const node = members.length > 0 && a[0]! % 3 > 0 ? pick(members, a[0]!) : nodeOf(h, a[0]!);
  const sender = operatorOf(h, node, a[1]!);
  let holder: Holder | undefined;
  h.run(
    sender,
    (tx) => {
      const right = authenticate(h, tx, sender, h.staking.pools.get(node), 'governance', a[2]!);
      holder = right.holder;
      build(tx, right.argument, node);
    },
    () => predict(node, holder!),
  );
}

/** A call by anybody on a proposal. */
function onProposal(h: History, sender: number, build: (tx: Ptb) => void, predict: (done: Done) => void): void {
  h.run(accountOf(h, sender), build, predict);
}

function close(h: History, a: readonly number[]): void {
  const { epoch } = h.staking;
  if (isIdle(h, 'Open', a[4]!, ({ closes }) => closes <= epoch)) return;
  const proposal = proposalOf(h, a[0]!, 'Open', ({ closes }) => closes <= epoch || a[2]! % 10 === 0);
  const isRatification = (h.governance.proposals.get(proposal)?.action.kind === 'RatifyOperatorUpgrade') !== (a[3]! % 10 === 0);
  const manager = (tx: Ptb): Argument[] => (isRatification ? [tx.object(h.world.deployment.upgradeManagerId)] : []);
  onProposal(
    h,
    a[1]!,
    (tx) => tx.call(target(h, isRatification ? 'close_ratification' : 'close'), [governance(h, tx), ...manager(tx), staking(h, tx), tx.id(proposal)]),
    ({ created }) => h.governance.close(proposal, isRatification, () => created(`::coin::Coin<${h.world.deployment.walType}>`)),
  );
}

export const governanceCalls: CallTable = {
  /** Locks what decides into governance; before that, audit parameters are set by a capability. */
  create_governance: {
    weight: 0.3,
    run: (h, a) => {
      if (h.governance.id !== undefined && a[1]! % 10 > 0) return;
      const sender = a[0]! % 5 === 4 ? accountOf(h, a[0]!) : h.world.accounts[0]!;
      const [decide, linkAudit, linkGovernance] = h.world.governanceCaps;
      h.run(
        sender,
        (tx) =>
          tx.call(target(h, 'create'), [
            tx.object(decide!),
            tx.object(h.world.auditAdminCapId),
            tx.object(h.world.deployment.upgradeManagerId),
            tx.object(linkAudit!),
            tx.object(linkGovernance!),
          ]),
        ({ created }) => {
          must(sender === h.world.accounts[0] && h.governance.id === undefined);
          h.governance.id = created('::governance::Governance');
        },
      );
    },
  },
  new_account: governed(0.6, (h, a) => {
    if (h.governance.accounts.size >= MAX_ACCOUNTS) return;
    const sender = accountOf(h, a[0]!);
    h.run(
      sender,
      (tx) => tx.transfer([tx.call(target(h, 'new_account'), [])], sender.address),
      ({ created }) => void h.governance.accounts.set(created('::governance::VoterAccount'), { owner: sender.address, stakes: new Set(), ballots: new Map() }),
    );
  }),
  deposit: governed(2, (h, a) => {
    const account = voterOf(h, a[1]!);
    if (account === undefined) return;
    const own = [...h.staking.stakes].filter(([, { owner }]) => owner === account[1].owner);
    const stakes = own.length === 0 || a[0]! % 20 === 19 ? [...h.staking.stakes] : own;
    if (stakes.length === 0) return;
    const [id, { owner }] = pick(stakes, a[0]!);
    withVoter(
      h,
      account,
      a[2]!,
      (tx, argument) => tx.call(target(h, 'deposit'), [argument, tx.object(id)]),
      () => {
        must(owner === account[1].owner);
        h.governance.deposit(account[0], id);
      },
    );
  }),
  take: governed(1.2, (h, a) => {
    const account = voterOf(h, a[1]!);
    if (account === undefined) return;
    const stake = ballotOf(h, account, UNKNOWN_ID, false, a[0]!);
    withVoter(
      h,
      account,
      a[2]!,
      (tx, argument, { address }) => tx.transfer([tx.call(target(h, 'take'), [argument, tx.id(stake)])], address),
      () => h.governance.take(account[0], stake),
    );
  }),
  destroy_account: governed(0.2, (h, a) => {
    const account = voterOf(h, a[1]!);
    if (account === undefined) return;
    withVoter(h, account, a[2]!, (tx, argument) => tx.call(target(h, 'destroy_account'), [argument]), () => h.governance.destroyAccount(account[0]));
  }),
  propose: governed(3, (h, a) => {
    const action = actionOf(h, a);
    const sender = accountOf(h, a[3]!);
    const bond = h.governance.rules.bond + (a[4]! % 15 === 0 ? 1n : a[4]! % 15 === 1 ? -1n : 0n);
    h.run(
      sender,
      (tx) => tx.call(target(h, 'propose'), [governance(h, tx), staking(h, tx), argumentOf(h, tx, action), tx.split(tx.object(sender.wal), bond)]),
      ({ created }) => {
        h.governance.checkPropose(action, bond);
        h.governance.propose(created('::governance::Proposal'), sender.address, action, bond);
        payIn(h, sender, -bond);
      },
    );
  }),
  vote: governed(9, (h, a) => {
    const { epoch } = h.staking;
    const proposal = proposalOf(h, a[0]!, 'Open', ({ closes }) => closes > epoch);
    const account = electorOf(h, proposal, a[1]!);
    if (account === undefined) return;
    const stake = ballotOf(h, account, proposal, false, a[2]!);
    lateVote(h, proposal, a[4]!);
    const choice = choiceOf(a[3]!);
    withVoter(
      h,
      account,
      a[4]!,
      (tx, argument) => tx.call(target(h, 'vote'), [governance(h, tx), staking(h, tx), argument, tx.id(proposal), tx.id(stake), tx.u8(choice), tx.object(CLOCK)]),
      () => h.governance.vote(account[0], proposal, stake, choice, h.nowMs),
    );
  }),
  change: governed(3, (h, a) => {
    const found = castOf(h, a[1]!, a[0]!);
    if (found === undefined) return;
    const { account, proposal } = found;
    const stake = ballotOf(h, account, proposal, true, a[2]!);
    lateVote(h, proposal, a[4]!);
    const choice = a[3]! % 4;
    withVoter(
      h,
      account,
      a[4]!,
      (tx, argument) => tx.call(target(h, 'change'), [governance(h, tx), staking(h, tx), argument, tx.id(proposal), tx.id(stake), tx.u8(choice), tx.object(CLOCK)]),
      () => h.governance.change(account[0], proposal, stake, choice, h.nowMs),
    );
  }),
  retract: governed(2.5, (h, a) => {
    const found = castOf(h, a[1]!, a[0]!);
    if (found === undefined) return;
    const { account, proposal } = found;
    const stake = ballotOf(h, account, proposal, true, a[2]!);
    lateVote(h, proposal, a[4]!);
    withVoter(
      h,
      account,
      a[4]!,
      (tx, argument) => tx.call(target(h, 'retract'), [governance(h, tx), staking(h, tx), argument, tx.id(proposal), tx.id(stake), tx.object(CLOCK)]),
      () => h.governance.retract(account[0], proposal, stake, h.nowMs),
    );
  }),
  clear: governed(2, (h, a) => {
    const account = voterOf(h, a[1]!);
    if (account === undefined) return;
    // Mostly a ballot on a proposal that is closed.
    const past = [...account[1].ballots.keys()].map((key) => key.split(' ') as [string, string]).filter(([id]) => h.governance.proposals.get(id)!.state.kind !== 'Open');
    const other = proposalOf(h, a[0]!, 'Open');
    const [proposal, stake] = past.length > 0 && a[3]! % 8 > 0 ? pick(past, a[2]!) : [other, ballotOf(h, account, other, true, a[2]!)];
    withVoter(
      h,
      account,
      a[4]!,
      (tx, argument) => tx.call(target(h, 'clear'), [argument, governance(h, tx), tx.id(proposal), tx.id(stake)]),
      () => h.governance.clear(account[0], proposal, stake),
    );
  }),
  operator_vote: governed(3, (h, a) => {
    const { epoch } = h.staking;
    if (isIdle(h, 'Open', a[4]!, ({ closes }) => closes > epoch)) return;
    const proposal = proposalOf(h, a[3]!, 'Open', ({ closes }) => closes > epoch);
    const choice = choiceOf(a[4]!);
    lateVote(h, proposal, a[4]!);
    withNode(
      h,
      a,
      (tx, right, node) => tx.call(target(h, 'operator_vote'), [governance(h, tx), staking(h, tx), right, tx.id(node), tx.id(proposal), tx.u8(choice), tx.object(CLOCK)]),
      (node, holder) => h.governance.operatorVote(node, holder, proposal, choice, h.nowMs),
      // Mostly where stakers vote too: what the operator adds must follow them.
      [...(h.governance.proposals.get(proposal)?.pools.keys() ?? [])],
    );
  }),
  close: governed(5, close),
  node_veto: governed(1.2, (h, a) => {
    if (isIdle(h, 'Approved', a[4]!)) return;
    // Operators agree on what they are against, or nothing would ever be vetoed.
    const proposal = proposalOf(h, a[3]! % 9 === 0 ? a[3]! : 0, 'Approved', ({ action }) => action.kind === 'Upgrade' || a[4]! % 3 === 0);
    withNode(
      h,
      a,
      (tx, right, node) => tx.call(target(h, 'node_veto'), [governance(h, tx), staking(h, tx), right, tx.id(node), tx.id(proposal)]),
      (node, holder) => h.governance.veto(node, holder, proposal),
    );
  }),
  execute_param: governed(5, (h, a) => {
    const { epoch } = h.staking;
    const isDue = ({ state, action }: Proposal): boolean => state.kind === 'Approved' && action.kind === 'Param' && epoch >= state.from && epoch < state.until;
    if (isIdle(h, 'Approved', a[4]!, isDue)) return;
    const proposal = proposalOf(h, a[0]!, 'Approved', (p) => isDue(p) || a[2]! % 10 === 0);
    const { systemObjectId } = h.world.deployment;
    onProposal(
      h,
      a[1]!,
      (tx) => tx.call(target(h, 'execute_param'), [governance(h, tx), staking(h, tx), tx.object(systemObjectId), tx.object(h.world.registryId), tx.id(proposal)]),
      () => h.governance.executeParam(proposal),
    );
  }),
  expire: governed(0.8, (h, a) => {
    if (isIdle(h, 'Approved', a[4]!)) return;
    const proposal = proposalOf(h, a[0]!, 'Approved');
    onProposal(h, a[1]!, (tx) => tx.call(target(h, 'expire'), [governance(h, tx), staking(h, tx), tx.id(proposal)]), () => h.governance.expire(proposal));
  }),
  burn_forfeited_bonds: governed(0.4, (h, a) =>
    onProposal(h, a[0]!, (tx) => tx.call(target(h, 'burn_forfeited_bonds'), [governance(h, tx), tx.object(h.world.deployment.treasuryObjectId)]), () => h.governance.burnForfeited()),
  ),
};
