/**
 * A node's part in storage challenges (contracts specification §14): sees to it that the blob set of each epoch is
 * committed and its samples are drawn, and answers its own samples and challenges out of its store.
 * Level-triggered: each round compares what the chain asks for with what was answered, so that a node that was
 * killed goes on where it was.
 */
import { blobIdFromU256 } from '../encoding/index.js';
import { auditStandings, sampleOf, type AuditState, type BlobSet, type Sample, type SampleAnswer } from '../protocol/index.js';
import { isRefusal, type AuditActions } from './audit-actions.js';
import { AuditAttempts } from './audit-attempts.js';
import { SymbolOpener, type Repair } from './audit-openings.js';
import { dueChallenges, planAudit, turnOf } from './audit-plan.js';
import type { AuditSets } from './audit-set.js';
import { NoAuditQuorum } from './audit-signatures.js';
import { errorFields } from './log.js';
import type { NodeContext } from './node-context.js';
import { Pump } from './pump.js';

export interface AuditorOptions {
  /** Without it a node answers with what it has. */
  readonly repair?: Repair;
  /** How long each member waits for the one before it to see to a common step, ms. */
  readonly turnMs?: number;
}

/** How a round is made. */
export interface AuditRound {
  /** Does not wait: neither for its turn nor before it tries again. */
  readonly hurry: boolean;
}

const DEFAULT_TURN_MS = 3000;
const RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/** Commit, draw, answer, and one look more. */
const MAX_STEPS = 4;

/** Samples that are opened at a time: symbols may have 64 KiB, and all of them are held until they are sent. */
const SAMPLES_AT_A_TIME = 200;

/** A sample of this node, and its blob. */
interface AskedSample extends Sample {
  readonly k: number;
  readonly blobId: Uint8Array;
}

export class Auditor {
  readonly #pump: Pump;
  readonly #opener: SymbolOpener;
  readonly #attempts = new AuditAttempts();
  #last: Promise<unknown> = Promise.resolve();
  /** First challenge that may still be open. */
  #firstChallenge = 0n;
  /** When this node saw that a common step was due, ms. */
  #dueSince: { readonly step: string; readonly atMs: number } | undefined;
  /** Epoch whose missed samples were counted. */
  #countedEpoch = -1;

  constructor(
    private readonly context: NodeContext,
    private readonly sets: AuditSets,
    private readonly actions: AuditActions,
    private readonly options: AuditorOptions = {},
  ) {
    this.#opener = new SymbolOpener(context, options.repair);
    this.#pump = new Pump(() => this.run({ hurry: false }), {
      environment: context.environment,
      retryMs: RETRY_MS,
      maxRetryMs: MAX_RETRY_MS,
      onError: (error) => context.log('warn', 'audit: trying again later', errorFields(error)),
    });
  }

  /** Looks at the audit, now or after what is under way; from then on regularly. */
  wake(): void {
    this.#pump.wake();
  }

  async stop(): Promise<void> {
    await this.#pump.stop();
    await this.#last;
  }

  /** Does what can be done now. Answers how long to wait before the next look, ms. */
  run(round: AuditRound): Promise<number> {
    const run = this.#last.then(() => this.#run(round));
    this.#last = run.catch(() => undefined); // whoever asked hears of it; the next round starts afresh
    return run;
  }

  async #run(round: AuditRound): Promise<number> {
    const { actions, context } = this;
    for (let i = 0; i < MAX_STEPS; i++) {
      const state = await actions.state();
      const pollMs = Math.min(60_000, Math.max(RETRY_MS, Number(state.epochDurationMs / 1000n)));
      if (context.epoch !== state.epoch) await context.chain.sync();
      if (context.epoch !== state.epoch) return RETRY_MS;
      this.#attempts.enter(state.epoch);
      this.#count(state);
      const step = planAudit(state, context.nodeId);
      if (step.kind === 'commit' || step.kind === 'draw') {
        const waitMs = round.hurry ? 0 : this.#turnLeftMs(state, step.kind);
        if (waitMs <= 0) {
          await this.#commonStep(step.kind);
          continue;
        }
        await this.#answerChallenges(state, round);
        // Somebody may be first, and the time for answers is short: looks again long before its own turn.
        return Math.min(waitMs, pollMs, DEFAULT_TURN_MS);
      }
      // One of them must not keep the other from being answered.
      const failures: unknown[] = [];
      const samples = step.kind === 'answer' ? step.samples : [];
      await this.#answerSamples(state, samples, round).catch((error: unknown) => failures.push(error));
      await this.#answerChallenges(state, round).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
      return Math.min(pollMs, this.#attempts.nextDelayMs(context.environment.now()) ?? pollMs);
    }
    return RETRY_MS;
  }

  /** Somebody else may be faster: then the chain refuses, and the step is no longer due. */
  async #commonStep(step: 'commit' | 'draw'): Promise<void> {
    const { actions, context } = this;
    try {
      if (step === 'commit') await actions.commitBlobSet(await this.sets.certify());
      else await actions.drawSeed();
      context.log('info', `audit: ${step}`, { epoch: context.epoch });
    } catch (error) {
      if (!(isRefusal(error) || error instanceof NoAuditQuorum)) throw error;
      if (planAudit(await actions.state(), context.nodeId).kind === step) throw error;
    }
  }

  #turnLeftMs(state: AuditState, step: string): number {
    const now = this.context.environment.now();
    const key = `${step} ${state.epoch}`;
    if (this.#dueSince?.step !== key) this.#dueSince = { step: key, atMs: now };
    const turnMs = this.options.turnMs ?? DEFAULT_TURN_MS;
    return this.#dueSince.atMs + turnOf(state, this.context.nodeId) * turnMs - now;
  }

  /** Shows how many samples wait, and counts those that were missed once their time is over. */
  #count(state: AuditState): void {
    const { context } = this;
    const { due = 0, missed = 0 } = auditStandings(state).get(context.nodeId) ?? {};
    context.metrics.auditSamplesDue.set(due);
    if (missed === 0 || this.#countedEpoch === state.epoch) return;
    this.#countedEpoch = state.epoch;
    context.metrics.auditSamples.add(missed, { outcome: 'missed' });
    context.log('error', 'audit: samples missed', { epoch: state.epoch, missed });
  }

  async #answerSamples(state: AuditState, samples: readonly number[], { hurry }: AuditRound): Promise<void> {
    const { context, actions } = this;
    const { metrics, environment } = context;
    const tried = samples.filter((k) => this.#attempts.mayTry(`sample ${k}`, environment.now(), hurry));
    if (tried.length === 0) return;
    const round = state.round!;
    const set = await this.sets.committed(round);
    const drawn = { seed: Uint8Array.from(round.seed), setCount: set.count, shardCount: state.shardCount };
    const shards = state.shards.get(context.nodeId)!;
    const asked = tried.map((k): AskedSample => {
      const sample = sampleOf(drawn, context.nodeId, shards, k);
      return { k, ...sample, blobId: set.blobIds[sample.leaf]! };
    });
    const isInvalid = ({ blobId }: AskedSample) => context.record(blobId)?.invalid !== undefined;
    const leftMs = Number(BigInt(round.deadline_ms) - state.nowMs);
    const sum = { answered: 0, excused: 0, refused: 0, lacking: 0 };
    /** What comes too late is refused one by one, for nothing, while the next epoch waits for its set. */
    const isDue = async (): Promise<boolean> => {
      const { epoch, nowMs } = await actions.state();
      return epoch === state.epoch && nowMs <= BigInt(round.deadline_ms);
    };
    for (const some of neighbours(asked.filter((sample) => !isInvalid(sample)))) {
      if (sum.answered + sum.refused > 0 && !(await isDue())) break;
      const openings = await this.#opener.open(some);
      const answers: SampleAnswer[] = [];
      some.forEach(({ k, leaf }, i) => {
        const opening = openings[i];
        if (opening === undefined) this.#attempts.failed(`sample ${k}`, environment.now(), leftMs);
        else answers.push({ k, setPath: set.path(leaf), opening });
      });
      const { answered, refused } = await actions.answer(answers, isDue);
      for (const k of refused) this.#attempts.refused(`sample ${k}`, environment.now(), leftMs);
      for (const k of answered) this.#attempts.done(`sample ${k}`);
      sum.answered += answered.length;
      sum.refused += refused.length;
      sum.lacking += some.length - answers.length;
      metrics.auditSamples.add(answered.length, { outcome: 'answered' });
      metrics.auditSamplesDue.set(samples.length - sum.answered);
    }
    sum.excused = await this.#excuse(asked.filter(isInvalid), set, leftMs);
    metrics.auditSamplesDue.set(samples.length - sum.answered - sum.excused);
    context.log(sum.lacking + sum.refused > 0 ? 'error' : 'info', 'audit: samples', { epoch: state.epoch, ...sum });
  }

  /** Has samples excused whose blob turned out to be invalid: its data is gone. Answers how many. */
  async #excuse(samples: readonly AskedSample[], set: BlobSet, leftMs: number): Promise<number> {
    const { context, actions, sets } = this;
    let count = 0;
    for (const { k, leaf, blobId } of samples) {
      const now = context.environment.now();
      try {
        await actions.excuseInvalid(k, set.path(leaf), await sets.certifyInvalid(blobId));
        this.#attempts.done(`sample ${k}`);
        context.metrics.auditSamples.add(1, { outcome: 'excused' });
        count += 1;
      } catch (error) {
        if (isRefusal(error)) this.#attempts.refused(`sample ${k}`, now, leftMs);
        else if (error instanceof NoAuditQuorum) this.#attempts.failed(`sample ${k}`, now, leftMs);
        else throw error;
        context.log('warn', 'audit: sample not excused', { sample: k, ...errorFields(error) });
      }
    }
    return count;
  }

  async #answerChallenges(state: AuditState, { hurry }: AuditRound): Promise<void> {
    const { context, actions } = this;
    const { environment, metrics } = context;
    if (state.nextChallengeId <= this.#firstChallenge) return;
    const open = await actions.openChallenges(this.#firstChallenge, state.nextChallengeId);
    const due = dueChallenges(state, open, context.nodeId);
    const name = (id: bigint) => `challenge ${id}`;
    const tried = due.filter(({ challengeId }) => this.#attempts.mayTry(name(challengeId), environment.now(), hurry));
    const targets = tried.map(({ target }) => ({
      blobId: blobIdFromU256(BigInt(target.blob_id)),
      shard: target.shard,
      axis: target.axis === 0 ? ('primary' as const) : ('secondary' as const),
      symbol: target.symbol,
    }));
    const invalid = targets.map(({ blobId }) => context.record(blobId)?.invalid !== undefined);
    const openings = await this.#opener.open(targets.filter((_, i) => !invalid[i]));
    let opened = 0;
    for (const [i, { challengeId, deadline_ms: deadline }] of tried.entries()) {
      const excused = invalid[i]!;
      const opening = excused ? undefined : openings[opened++];
      const leftMs = Number(BigInt(deadline) - state.nowMs);
      if (opening === undefined && !excused) {
        this.#attempts.failed(name(challengeId), environment.now(), leftMs);
        continue;
      }
      try {
        if (opening !== undefined) await actions.answerChallenge(challengeId, opening);
        else await actions.excuseChallenge(challengeId, await this.sets.certifyInvalid(targets[i]!.blobId));
        this.#attempts.done(name(challengeId));
        const outcome = excused ? 'excused' : 'answered';
        metrics.auditChallenges.add(1, { outcome });
        context.log('info', `audit: challenge ${outcome}`, { challenge: String(challengeId) });
      } catch (error) {
        if (error instanceof NoAuditQuorum) {
          this.#attempts.failed(name(challengeId), environment.now(), leftMs);
          context.log('warn', 'audit: challenge not excused', { challenge: String(challengeId), ...errorFields(error) });
          continue;
        }
        // Anybody may answer: then there is no such challenge any more.
        if (!isRefusal(error)) throw error;
        this.#attempts.refused(name(challengeId), environment.now(), leftMs);
        metrics.auditChallenges.add(1, { outcome: 'refused' });
        context.log('warn', 'audit: challenge not answered', { challenge: String(challengeId), ...errorFields(error) });
      }
    }
    // Numbers only grow, and what is neither answered nor due now never will be.
    this.#firstChallenge = due[0]?.challengeId ?? state.nextChallengeId;
  }
}

/** Samples a few at a time, those of one sliver together: it is read and expanded once. */
function* neighbours(samples: readonly AskedSample[]): Generator<AskedSample[]> {
  const key = ({ leaf, shard, axis }: AskedSample) => `${leaf} ${shard} ${axis}`;
  const sorted = samples.map((sample) => ({ sample, by: key(sample) })).sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0));
  for (let at = 0; at < sorted.length; at += SAMPLES_AT_A_TIME) {
    yield sorted.slice(at, at + SAMPLES_AT_A_TIME).map(({ sample }) => sample);
  }
}
