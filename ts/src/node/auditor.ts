/**
 * A node's part in storage challenges (contracts specification §14): sees to it that the blob set of each epoch is
 * committed and its samples are drawn, and answers its own samples and challenges out of its store.
 * Level-triggered: each round compares what the chain asks for with what was answered.
 */
import { blobIdFromU256, blobIdToText, decodeSliverData } from '../encoding/index.js';
import {
  BlobOpenings,
  sampleOf,
  type AuditState,
  type BlobSet,
  type Opening,
  type SampleAnswer,
  type SymbolPosition,
} from '../protocol/index.js';
import { isRefusal, type AuditActions } from './audit-actions.js';
import { dueChallenges, planAudit, turnOf } from './audit-plan.js';
import { BlobSetDisputed, type AuditSets } from './audit-set.js';
import { RecoveryFailed } from './errors.js';
import { errorFields } from './log.js';
import type { NodeContext } from './node-context.js';
import { Pump } from './pump.js';

export interface AuditorOptions {
  /** Rebuilds slivers of a blob in one shard. @throws RecoveryFailed. Without it a node answers with what it has. */
  readonly repair?: (blobId: Uint8Array, shard: number) => Promise<unknown>;
  /** How long each member waits for the one before it to see to a common step, ms. */
  readonly turnMs?: number;
}

/** How a round is made. */
export interface AuditRound {
  /** Does not wait for its turn. */
  readonly hurry: boolean;
}

const DEFAULT_TURN_MS = 3000;
const RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/** Commit, draw, answer, and one look more. */
const MAX_STEPS = 4;

/** A symbol to open. */
interface Wanted extends SymbolPosition {
  readonly blobId: Uint8Array;
}

export class Auditor {
  readonly #pump: Pump;
  #last: Promise<unknown> = Promise.resolve();
  /** First challenge that may still be open. */
  #firstChallenge = 0n;
  /** Samples and challenges of `epoch` that cannot be answered; they are not tried again. */
  readonly #givenUp = { epoch: -1, duties: new Set<string>() };
  /** When this node saw that a common step was due, ms. */
  #dueSince: { readonly step: string; readonly atMs: number } | undefined;

  constructor(
    private readonly context: NodeContext,
    private readonly sets: AuditSets,
    private readonly actions: AuditActions,
    private readonly options: AuditorOptions = {},
  ) {
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

  async #run({ hurry }: AuditRound): Promise<number> {
    const { actions, context } = this;
    for (let i = 0; i < MAX_STEPS; i++) {
      const state = await actions.state();
      const pollMs = Math.min(60_000, Math.max(RETRY_MS, Number(state.epochDurationMs / 1000n)));
      if (context.epoch !== state.epoch) await context.chain.sync();
      if (context.epoch !== state.epoch) return RETRY_MS;
      this.#forgetOlderThan(state.epoch);
      await this.#answerChallenges(state);
      const step = planAudit(state, context.nodeId);
      if (step.kind === 'wait') return pollMs;
      if (step.kind === 'answer') {
        const samples = step.samples.filter((k) => !this.#givenUp.duties.has(`sample ${k}`));
        if (samples.length > 0) await this.#answerSamples(state, samples);
        return pollMs;
      }
      const waitMs = hurry ? 0 : this.#turnLeftMs(state, step.kind);
      // Somebody may be first, and the time for answers is short: looks again long before its own turn.
      if (waitMs > 0) return Math.min(waitMs, pollMs, DEFAULT_TURN_MS);
      await this.#commonStep(step.kind);
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
      if (!(isRefusal(error) || error instanceof BlobSetDisputed)) throw error;
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

  async #answerSamples(state: AuditState, samples: readonly number[]): Promise<void> {
    const { context, actions } = this;
    const round = state.round!;
    const set: BlobSet = await this.sets.committed(round);
    const drawn = { seed: Uint8Array.from(round.seed), setCount: set.count, shardCount: state.shardCount };
    const shards = state.shards.get(context.nodeId)!;
    const asked = samples.map((k) => ({ k, ...sampleOf(drawn, context.nodeId, shards, k) }));
    const openings = await this.#open(asked.map((one) => ({ ...one, blobId: set.blobIds[one.leaf]! })));
    const answers: SampleAnswer[] = [];
    asked.forEach(({ k, leaf }, i) => {
      const opening = openings[i];
      if (opening === undefined) this.#giveUp(`sample ${k}`);
      else answers.push({ k, setPath: set.path(leaf), opening });
    });
    const refused = await actions.answer(answers);
    for (const k of refused) this.#giveUp(`sample ${k}`);
    const missed = samples.length - answers.length + refused.length;
    context.metrics.auditSamples.add(answers.length - refused.length, { outcome: 'answered' });
    context.metrics.auditSamples.add(missed, { outcome: 'missed' });
    context.log(missed > 0 ? 'error' : 'info', 'audit: samples', { epoch: state.epoch, answered: answers.length - refused.length, missed });
  }

  async #answerChallenges(state: AuditState): Promise<void> {
    const { context, actions } = this;
    if (state.nextChallengeId <= this.#firstChallenge) return;
    const open = await actions.openChallenges(this.#firstChallenge, state.nextChallengeId);
    const due = dueChallenges(state, open, context.nodeId);
    const wanted = due.filter(({ challengeId }) => !this.#givenUp.duties.has(`challenge ${challengeId}`));
    const openings = await this.#open(
      wanted.map(({ target }) => ({
        blobId: blobIdFromU256(BigInt(target.blob_id)),
        shard: target.shard,
        axis: target.axis === 0 ? 'primary' : 'secondary',
        symbol: target.symbol,
      })),
    );
    for (const [i, { challengeId }] of wanted.entries()) {
      const opening = openings[i];
      if (opening === undefined) {
        this.#giveUp(`challenge ${challengeId}`);
        continue;
      }
      try {
        await actions.answerChallenge(challengeId, opening);
        context.log('info', 'audit: challenge answered', { challenge: String(challengeId) });
      } catch (error) {
        // Anybody may answer: then there is no such challenge any more.
        if (!isRefusal(error)) throw error;
        this.#giveUp(`challenge ${challengeId}`);
        context.log('warn', 'audit: challenge not answered', { challenge: String(challengeId), ...errorFields(error) });
      }
    }
    // Numbers only grow, and what is neither answered nor due now never will be.
    this.#firstChallenge = due[0]?.challengeId ?? state.nextChallengeId;
  }

  /** Opens symbols out of the store, each sliver expanded once; undefined where the node has nothing to show. */
  async #open(wanted: readonly Wanted[]): Promise<(Opening | undefined)[]> {
    const openings: (Opening | undefined)[] = wanted.map(() => undefined);
    const bySliver = new Map<string, number[]>();
    wanted.forEach(({ blobId, shard, axis }, i) => {
      const key = `${blobIdToText(blobId)} ${shard} ${axis}`;
      bySliver.set(key, [...(bySliver.get(key) ?? []), i]);
    });
    const blobs = new Map<string, BlobOpenings | undefined>();
    for (const positions of bySliver.values()) {
      const cells = positions.map((i) => wanted[i]!);
      const found = (await this.#openSliver(cells, blobs)) ?? (await this.#openRepaired(cells, blobs));
      if (found !== undefined) positions.forEach((position, i) => (openings[position] = found[i]));
    }
    return openings;
  }

  /** Symbols of one sliver; undefined when it, or the metadata, is not here or not what it should be. */
  async #openSliver(
    cells: readonly Wanted[],
    blobs: Map<string, BlobOpenings | undefined>,
  ): Promise<Opening[] | undefined> {
    const { context } = this;
    const { blobId, shard, axis } = cells[0]!;
    const id = blobIdToText(blobId);
    if (blobs.get(id) === undefined) {
      const metadata = context.metadata(blobId);
      blobs.set(id, metadata && new BlobOpenings(blobId, metadata));
    }
    const stored = context.store.getSliver({ blobId, shard, axis });
    const blob = blobs.get(id);
    if (stored === undefined || blob === undefined) return undefined;
    const targets = cells.map(({ symbol }) => symbol);
    const symbols = await context.encoder.recoverySymbols(decodeSliverData(axis, stored), targets);
    const opened = cells.flatMap((cell, i) => blob.open(cell, symbols[i]!) ?? []);
    if (opened.length === cells.length) return opened;
    context.log('error', 'stored sliver is corrupt', { blobId: id, shard, axis });
    await context.store.removeSliver({ blobId, shard, axis });
    return undefined;
  }

  /** What a node finds missing it gets back from the others while there is time. */
  async #openRepaired(
    cells: readonly Wanted[],
    blobs: Map<string, BlobOpenings | undefined>,
  ): Promise<Opening[] | undefined> {
    const { repair } = this.options;
    const { blobId, shard, axis } = cells[0]!;
    const fields = { blobId: blobIdToText(blobId), shard, axis };
    this.context.log('error', 'audit: a sliver is missing', fields);
    if (repair === undefined) return undefined;
    try {
      await repair(blobId, shard);
    } catch (error) {
      if (!(error instanceof RecoveryFailed)) throw error;
      this.context.log('error', 'audit: the sliver cannot be rebuilt', { ...fields, ...errorFields(error) });
      return undefined;
    }
    return this.#openSliver(cells, blobs);
  }

  #giveUp(duty: string): void {
    this.#givenUp.duties.add(duty);
  }

  #forgetOlderThan(epoch: number): void {
    if (this.#givenUp.epoch === epoch) return;
    this.#givenUp.epoch = epoch;
    this.#givenUp.duties.clear();
  }
}
