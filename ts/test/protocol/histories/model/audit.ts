/** Audits, challenges and penalties (contracts specification §14). */
import { blake2b } from '@noble/hashes/blake2.js';
import { ensure, min } from './arithmetic.js';
import type { Penalty } from './pool.js';
import type { CommitteeModel } from './staking.js';

export interface AuditParams {
  readonly samplesTotal: number;
  readonly minSamples: number;
  readonly windowBp: bigint;
  readonly toleranceBp: bigint;
  readonly slopeBp: bigint;
  readonly maxPenaltyBp: bigint;
  readonly missPenaltyBp: bigint;
  readonly bond: bigint;
  readonly bountyBp: bigint;
  readonly maxOpenPerNode: number;
  readonly principalMinBp: bigint;
  readonly breakerBp: bigint;
  readonly noSetBurnBp: bigint;
}

/** What one symbol to be opened is. */
export interface Sample {
  readonly leaf: number;
  readonly shard: number;
  readonly axis: 0 | 1;
  readonly symbol: number;
}

export interface Round {
  /** Blob IDs that can be sampled, in the order of the tree. */
  readonly set: readonly bigint[];
  seed: Uint8Array | undefined;
  deadlineMs: bigint;
  readonly answered: Map<string, Set<number>>;
}

export interface Challenge {
  readonly epoch: number;
  readonly node: string;
  readonly blobId: bigint;
  readonly sample: Sample;
  readonly deadlineMs: bigint;
  readonly challenger: string;
  readonly bond: bigint;
  readonly heldBlob: string | undefined;
}

interface Duty {
  asked: number;
  answered: number;
  open: number;
}

const BP = 100_000n;
const BILLION = 1_000_000_000n;

export class AuditModel {
  /** Absent before the first audit. */
  ledger: { epoch: number; seeded: boolean; params: AuditParams; readonly duties: Map<string, Duty> } | undefined;
  readonly rounds = new Map<number, Round>();
  readonly challenges = new Map<bigint, Challenge>();
  nextId = 0n;

  constructor(public params: AuditParams) {}

  /** The ledger for change: it begins with the first duty, and takes parameters over while it has none. */
  open(epoch: number): NonNullable<AuditModel['ledger']> {
    this.ledger ??= { epoch, seeded: false, params: this.params, duties: new Map() };
    if (this.ledger.duties.size === 0) this.ledger.params = this.params;
    return this.ledger;
  }

  duty(node: string): Duty {
    return this.ledger?.duties.get(node) ?? { asked: 0, answered: 0, open: 0 };
  }

  round(epoch: number): Round {
    ensure(this.rounds.has(epoch), 'audit', 3);
    return this.rounds.get(epoch)!;
  }

  /** Time for answers. */
  windowMs(durationMs: bigint): bigint {
    return (durationMs * this.params.windowBp) / 10_000n;
  }

  commit(epoch: number, set: readonly bigint[]): void {
    ensure(!this.rounds.has(epoch), 'audit', 2);
    this.rounds.set(epoch, { set, seed: undefined, deadlineMs: 0n, answered: new Map() });
    this.open(epoch);
  }

  checkDraw(epoch: number, syncedAtMs: bigint | undefined, nowMs: bigint, durationMs: bigint): void {
    const round = this.round(epoch);
    ensure(round.seed === undefined, 'audit', 4);
    ensure(syncedAtMs !== undefined, 'audit', 5);
    ensure(nowMs + this.windowMs(durationMs) <= syncedAtMs! + durationMs / 2n, 'audit', 5);
  }

  drawn(epoch: number, seed: Uint8Array, nowMs: bigint, durationMs: bigint, committee: CommitteeModel, shards: number): void {
    const round = this.round(epoch);
    round.seed = seed;
    round.deadlineMs = nowMs + this.windowMs(durationMs);
    const ledger = this.open(epoch);
    const open = new Map([...ledger.duties].map(([node, duty]) => [node, duty.open]));
    ledger.duties.clear();
    for (const [node, own] of round.set.length === 0 ? [] : committee) {
      const share = Math.ceil((ledger.params.samplesTotal * own.length) / shards);
      ledger.duties.set(node, { asked: Math.max(ledger.params.minSamples, share), answered: 0, open: open.get(node) ?? 0 });
    }
    ledger.seeded = true;
  }

  /** §14.4, step 3. */
  sample(epoch: number, node: string, k: number, shards: readonly number[], shardCount: number): Sample {
    const round = this.round(epoch);
    ensure(round.seed !== undefined, 'audit', 3);
    ensure(k < this.duty(node).asked, 'audit', 7);
    const input = Buffer.concat([round.seed!, Buffer.from(node.slice(2), 'hex'), Uint8Array.of(k & 255, k >> 8)]);
    const hash = Buffer.from(blake2b(input, { dkLen: 32 }));
    return {
      leaf: Number(hash.readBigUInt64LE(0) % BigInt(round.set.length)),
      shard: shards[hash.readUInt32LE(8) % shards.length]!,
      axis: (hash[12]! % 2) as 0 | 1,
      symbol: hash.readUInt32LE(13) % shardCount,
    };
  }

  /** `isSampled` says whether blob and set path fit, `opens` whether the symbol is what it should be. */
  answer(epoch: number, node: string, k: number, nowMs: bigint, isSampled: boolean, opens: boolean): void {
    const round = this.round(epoch);
    ensure(nowMs <= round.deadlineMs, 'audit', 6);
    ensure(isSampled, 'audit', 9);
    const answered = round.answered.get(node) ?? new Set<number>();
    ensure(!answered.has(k), 'audit', 8);
    ensure(opens, 'opening', 3);
    round.answered.set(node, answered.add(k));
    this.ledger!.duties.get(node)!.answered += 1;
  }

  checkChallenge(node: string, bond: bigint): void {
    ensure(bond === this.params.bond, 'audit', 14);
    ensure(this.duty(node).open < this.params.maxOpenPerNode, 'audit', 13);
  }

  challenged(challenge: Challenge): void {
    const ledger = this.open(challenge.epoch);
    const duty = ledger.duties.get(challenge.node) ?? { asked: 0, answered: 0, open: 0 };
    duty.open += 1;
    ledger.duties.set(challenge.node, duty);
    this.challenges.set(this.nextId, challenge);
    this.nextId += 1n;
  }

  /** What the nodes lose for the epoch, and whether the breaker spares their stakers (§14.6). */
  settle(committee: CommitteeModel, shards: number): { penalties: Map<string, Penalty>; spare: boolean } {
    const penalties = new Map<string, Penalty>();
    const { ledger } = this;
    if (ledger === undefined) return { penalties, spare: false };
    const { params } = ledger;
    let penalised = 0n;
    for (const [node, { asked, answered, open }] of ledger.duties) {
      const missed = asked === 0 ? 0n : (BigInt(asked - answered) * BILLION) / BigInt(asked);
      const tolerance = params.toleranceBp * BP;
      const audit = missed <= tolerance ? 0n : ((missed - tolerance) * params.slopeBp) / 10_000n;
      const fraction = min(params.maxPenaltyBp * BP, audit + BigInt(open) * params.missPenaltyBp * BP);
      const weight = committee.get(node)?.length ?? 0;
      if (fraction === 0n || weight === 0) continue;
      penalised += BigInt(weight);
      penalties.set(node, { fraction, missed: open, principalMinBp: params.principalMinBp, bountyBp: params.bountyBp });
    }
    return { penalties, spare: penalised * 10_000n > BigInt(shards) * params.breakerBp };
  }

  /** Part of a reward that is lost because no audit took place. */
  unauditedPart(reward: bigint): bigint {
    const { ledger } = this;
    return ledger === undefined || ledger.seeded ? 0n : (reward * ledger.params.noSetBurnBp) / 10_000n;
  }

  beginEpoch(epoch: number): void {
    if (this.ledger === undefined) return;
    this.ledger.epoch = epoch;
    this.ledger.seeded = false;
    this.ledger.duties.clear();
  }
}
