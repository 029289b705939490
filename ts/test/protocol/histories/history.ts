/**
 * One history: calls on the network, the same calls on the model, and after each the comparison of both and
 * all invariants. A call names what it uses by numbers taken modulo what there is, so that a history stays
 * meaningful when calls are taken out of it.
 */
import type { TransactionRecord } from '../../../src/localnet/ledger/transactions.js';
import { compareWithModel } from './compare.js';
import { checkInvariants, observe, type Observation } from './invariants.js';
import { Abort, ARITHMETIC } from './model/arithmetic.js';
import { GovernanceModel } from './model/governance.js';
import { AuditModel, type AuditParams } from './model/audit.js';
import { MarketModel } from './model/market.js';
import { PoolModel } from './model/pool.js';
import { StakingModel } from './model/staking.js';
import type { Ptb } from './ptb.js';
import { EPOCH_MS, INITIAL, MAX_AHEAD, SHARDS, type Account, type Outcome, type World } from './world.js';

/** One call: a name and numbers that choose its arguments. */
export interface Call {
  readonly name: string;
  readonly args: readonly number[];
}

/** The network, the model or an invariant disagrees. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** The model's verdict that the network must not even let the transaction in. */
export class NotAdmitted extends Error {}

/** The parameters with which `walrus_audit` starts (contracts specification §14.7). */
export const DEFAULT_AUDIT_PARAMS: AuditParams = {
  samplesTotal: 4000,
  minSamples: 20,
  windowBp: 2500n,
  toleranceBp: 500n,
  slopeBp: 2000n,
  maxPenaltyBp: 1000n,
  missPenaltyBp: 10n,
  bond: 10_000_000_000n,
  bountyBp: 1000n,
  maxOpenPerNode: 20,
  principalMinBp: 5000n,
  breakerBp: 3300n,
  noSetBurnBp: 1000n,
};

/** What a call that went through left behind. */
export interface Done {
  readonly record: TransactionRecord;
  /** ID of the created object of this type. */
  readonly created: (type: string) => string;
}

export class History {
  readonly market = new MarketModel(SHARDS, MAX_AHEAD);
  readonly audit = new AuditModel(DEFAULT_AUDIT_PARAMS);
  readonly staking: StakingModel;
  readonly governance: GovernanceModel;
  /** FROST in the coin of each account. */
  readonly wallets = new Map<string, bigint>();
  /** Calls by what came of them. */
  readonly counts = { done: 0, aborted: 0, rejected: 0 };
  readonly outcomes = new Map<string, number>();
  /** What the last call did, for messages. */
  last = '';
  /** FROST that the last call put into the slots of the system. */
  charged = 0n;
  /** Deposits of operators before the last call. */
  bondsBefore: ReadonlyMap<string, bigint> = new Map();
  /** Nodes that owed nothing before the last call. */
  innocents: ReadonlySet<string> = new Set();
  before: Observation;

  constructor(readonly world: World) {
    world.reset();
    const start = world.nowMs;
    this.staking = new StakingModel(SHARDS, EPOCH_MS, EPOCH_MS + start, world.supply, start, this.audit, this.market);
    this.governance = new GovernanceModel(this.staking, this.audit);
    const { commissionBp, ...votes } = INITIAL;
    for (const { id, cap, operator, key } of world.nodes) {
      const [receiver, governance] = [{ kind: 'ObjectID', id: cap }, { kind: 'Address', id: operator }] as const;
      this.staking.pools.set(id, new PoolModel(id, cap, operator, 0, 0, commissionBp, votes, key, receiver, governance));
    }
    for (const { address, wal } of world.accounts) this.wallets.set(address, world.coinBalance(wal));
    this.before = observe(this);
  }

  get nowMs(): bigint {
    return this.world.nowMs;
  }

  /**
   * Executes what `build` writes as the sender. `predict` does the same to the model: it throws what the
   * network must answer, or changes the model.
   */
  run(sender: Account, build: (tx: Ptb) => void, predict: (done: Done) => void): void {
    const { world } = this;
    const tx = world.ptb();
    build(tx);
    const outcome = world.execute(sender, tx);
    this.#predict(outcome, predict);
  }

  #predict(outcome: Outcome, predict: (done: Done) => void): void {
    const slots = this.market.slots.map((slot) => ({ ...slot }));
    let expected = 'done';
    try {
      predict(doneOf(outcome));
    } catch (error) {
      if (error instanceof Abort) expected = error.module === ARITHMETIC ? 'MovePrimitiveRuntimeError' : `${error.module}::${error.code}`;
      else if (error instanceof NotAdmitted) expected = 'rejected';
      else if (error instanceof NotDone) expected = 'done';
      else throw error;
      this.market.slots.forEach((slot, i) => Object.assign(slot, slots[i]));
    }
    const actual = textOf(outcome);
    if (expected !== actual) throw new Violation(`expected ${expected}, got ${actual}`);
    this.counts[outcome.kind === 'done' ? 'done' : outcome.kind === 'rejected' ? 'rejected' : 'aborted'] += 1;
    const key = `${this.last} ${actual}`;
    this.outcomes.set(key, (this.outcomes.get(key) ?? 0) + 1);
  }

  /** One call, and everything that must hold after it. @throws Violation */
  step(call: Call, run: (history: History, args: readonly number[]) => void): void {
    this.last = call.name;
    this.charged = 0n;
    this.bondsBefore = new Map([...this.staking.pools].map(([id, { bond }]) => [id, bond?.funds ?? 0n]));
    this.innocents = new Set([...this.staking.committee.keys()].filter((node) => {
      const { asked, answered, open } = this.audit.duty(node);
      return asked === answered && open === 0;
    }));
    const { epoch } = this.staking;
    run(this, call.args);
    if (this.staking.epoch > epoch) this.#countLosses();
    this.check();
  }

  /** Penalties among the outcomes, so that a report shows whether there were any. */
  #countLosses(): void {
    const { losses } = this.staking.lastBoundary!;
    const note = (what: string): void => void this.outcomes.set(`boundary ${what}`, (this.outcomes.get(`boundary ${what}`) ?? 0) + 1);
    for (const { burned, bounty, principal } of losses.values()) {
      if (principal > 0n) note('principal lost');
      if (burned > 0n) note('operator lost');
      if (bounty > 0n) note('bounty');
    }
  }

  /** Everything that must hold between calls. @throws Violation */
  check(): void {
    compareWithModel(this);
    const after = observe(this);
    checkInvariants(this, this.before, after);
    this.before = after;
  }
}

/** Says that the model wants an object that only a call that went through creates. */
class NotDone extends Error {}

function doneOf(outcome: Outcome): Done {
  return {
    get record() {
      if (outcome.kind !== 'done') throw new NotDone();
      return outcome.record;
    },
    created: (type) => {
      if (outcome.kind !== 'done') throw new NotDone();
      const { inputObjects, outputObjects } = outcome.record;
      const found = outputObjects.filter((o) => o.type.endsWith(type) && !inputObjects.some(({ id }) => id === o.id));
      if (found.length !== 1) throw new Violation(`created ${found.length} objects ${type}`);
      return found[0]!.id;
    },
  };
}

function textOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done':
      return 'done';
    case 'aborted':
      return `${outcome.module}::${outcome.code}`;
    case 'failed':
      return outcome.status;
    case 'rejected':
      return 'rejected';
  }
}
