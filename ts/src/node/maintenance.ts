/**
 * What a node does by itself (HTTP specification §4.4–4.7): shards that come and go, slivers that are missing,
 * blobs that ended, the attestation of an epoch. Level-triggered: each round compares what the chain asks for
 * with what is stored, so a crash anywhere is made good by the next round.
 */
import { blobIdToText } from '../encoding/index.js';
import type { BlobRecovery } from './blob-recovery.js';
import type { ChainActions } from './chain-actions.js';
import { errorFields } from './log.js';
import type { NodeContext } from './node-context.js';
import { inLanes, Pump } from './pump.js';
import { dutyOf, initialCertifiedEpoch, withoutExpired, type BlobRecord } from './records.js';
import { holdsItsShards, planShards } from './shard-plan.js';
import type { ShardTransfer } from './shard-transfer.js';
import type { Settlement, ShardStates } from './store.js';

export interface MaintenanceOptions {
  /** Blobs that are rebuilt at a time. */
  readonly blobLanes: number;
  /** Shards that are taken over at a time. */
  readonly shardLanes: number;
  /** After so many failures in a row a shard is rebuilt from all nodes instead of taken over from its old owner. */
  readonly transferAttempts: number;
  /** A blob that has just been certified may still be uploaded here: how long that is waited for, ms. */
  readonly uploadGraceMs: number;
  readonly retryMs: number;
  readonly maxRetryMs: number;
}

export const DEFAULT_MAINTENANCE: MaintenanceOptions = {
  blobLanes: 8,
  shardLanes: 10,
  transferAttempts: 3,
  uploadGraceMs: 15_000,
  retryMs: 1000,
  maxRetryMs: 60_000,
};

const RECORDS_PER_PAGE = 5000;
const FIRST_BLOB_ID = new Uint8Array(32);

export class Maintenance {
  readonly #shards: Pump;
  readonly #blobs: Pump;
  /** Failed transfers in a row, by shard. */
  readonly #failedTransfers = new Map<number, number>();
  /** When blobs that lack slivers were first looked at, ms. */
  readonly #firstSeen = new Map<string, number>();
  #planning: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: NodeContext,
    private readonly transfer: ShardTransfer,
    private readonly recovery: BlobRecovery,
    private readonly actions: ChainActions,
    private readonly options: MaintenanceOptions,
  ) {
    const pump = (what: string, work: () => Promise<number | undefined>) =>
      new Pump(work, {
        environment: context.environment,
        retryMs: options.retryMs,
        maxRetryMs: options.maxRetryMs,
        onError: (error) => context.log('warn', `${what}: trying again later`, errorFields(error)),
      });
    this.#shards = pump('shards', () => this.#shardRound());
    this.#blobs = pump('blobs', () => this.#blobRound());
  }

  /** Looks at everything, now or after what is under way. */
  wake(): void {
    this.#shards.wake();
    this.#blobs.wake();
  }

  /** Looks at everything from now on; resolves when all is done, or waits for a retry. */
  async settle(): Promise<void> {
    await Promise.all([this.#shards.settle(), this.#blobs.settle()]);
  }

  /** The same; resolves when shards have been dealt with as far as possible: the epoch is attested, or waits for a retry. */
  async settleShards(): Promise<void> {
    this.#blobs.wake();
    await this.#shards.settle();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#shards.stop(), this.#blobs.stop()]);
  }

  // ---------------------------------------------------------------- shards

  async #shardRound(): Promise<undefined> {
    const { context } = this;
    const { epoch } = context;
    await this.#plan();
    const inStatus = (status: string) => {
      const states = context.store.shardStates();
      return context.shards.filter((shard) => states.get(shard)?.status === status);
    };
    let failure: unknown;
    const keep = (error: unknown) => (failure ??= error);
    await inLanes(inStatus('sync'), this.options.shardLanes, (shard) => this.#transferShard(shard)).catch(keep);
    await this.#rebuildShards(inStatus('recover')).catch(keep);
    if (context.epoch === epoch && holdsItsShards(context.shards, context.store.shardStates())) await this.#attest(epoch);
    if (failure !== undefined) throw failure;
    return undefined;
  }

  /** Brings the states of shards in line with the committee; before anything else looks at them. */
  #plan(): Promise<void> {
    const { context } = this;
    this.#planning = this.#planning
      .catch(() => undefined) // whoever asked hears of it; this plan starts afresh
      .then(async () => {
        const { state, store, nodeId } = context;
        const plan = planShards({ ...state, nodeId, states: store.shardStates() });
        if (plan.changes.length > 0) {
          await store.commit({ shards: plan.changes });
          for (const [shard, { status }] of plan.changes) context.log('info', 'shard', { shard, status, epoch: state.epoch });
        }
        for (const shard of plan.drop) {
          await store.dropShard(shard);
          context.log('info', 'shard removed', { shard, epoch: state.epoch });
        }
      });
    return this.#planning;
  }

  async #transferShard(shard: number): Promise<void> {
    const { context } = this;
    try {
      await this.transfer.run(shard);
      this.#failedTransfers.delete(shard);
      context.metrics.shardSyncs.add(1, { status: 'success' });
    } catch (error) {
      const failures = (this.#failedTransfers.get(shard) ?? 0) + 1;
      this.#failedTransfers.set(shard, failures);
      context.metrics.shardSyncs.add(1, { status: 'failure' });
      const state = context.store.shardStates().get(shard);
      if (failures < this.options.transferAttempts || state?.status !== 'sync') throw error;
      context.log('warn', 'shard is rebuilt instead of taken over', { shard, ...errorFields(error) });
      this.#failedTransfers.delete(shard);
      await context.store.commit({ shards: [[shard, { status: 'recover', since: state.since }]] });
    }
  }

  /** Rebuilds what the shards lack of every blob that was certified before they came. */
  async #rebuildShards(shards: readonly number[]): Promise<void> {
    if (shards.length === 0) return;
    const { store } = this.context;
    const since = Math.max(...shards.map((shard) => store.shardStates().get(shard)!.since));
    await inLanes(this.#olderBlobs(since), this.options.blobLanes, async (blobId) => {
      if (this.recovery.missing(blobId, shards).length > 0) await this.recovery.recover(blobId, shards);
    });
    const changes = shards
      .map((shard) => [shard, store.shardStates().get(shard)] as const)
      .filter(([, state]) => state?.status === 'recover')
      .map(([shard, state]) => [shard, { status: 'active', since: state!.since }] as const);
    await store.commit({ shards: changes });
  }

  /** Certified blobs that the events of this epoch need not have told of. */
  *#olderBlobs(since: number): Iterable<Uint8Array> {
    for (const [blobId, record] of this.#records()) {
      const { epoch } = this.context;
      const older = dutyOf(record, epoch) === 'hold' && initialCertifiedEpoch(record, epoch)! < since;
      if (older && !this.context.isBlocked(blobId)) yield blobId;
    }
  }

  *#records(): Iterable<readonly [Uint8Array, BlobRecord]> {
    for (let from: Uint8Array = FIRST_BLOB_ID, first = true; ; first = false) {
      const page = this.context.store.records(from, RECORDS_PER_PAGE + 1);
      yield* first ? page : page.slice(1);
      if (page.length <= RECORDS_PER_PAGE) return;
      from = page.at(-1)![0];
    }
  }

  async #attest(epoch: number): Promise<void> {
    const { context } = this;
    if (context.member === undefined || context.store.milestone('attested') >= epoch) return;
    if ((await this.actions.attestedEpoch()) < epoch) await this.actions.attestSync(epoch);
    await context.store.commit({ milestones: [['attested', epoch]] });
    context.log('info', 'attested the epoch', { epoch, shards: context.shards.length });
  }

  // ---------------------------------------------------------------- blobs

  async #blobRound(): Promise<number | undefined> {
    await this.#plan();
    await this.#markExpired();
    const waits: number[] = [];
    await inLanes(this.#attention(), this.options.blobLanes, async (blobId) => {
      const waitMs = await this.#lookAt(blobId);
      if (waitMs !== undefined) waits.push(waitMs);
    });
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  *#attention(): Iterable<Uint8Array> {
    for (let after: Uint8Array | undefined; ; ) {
      const page = this.context.store.attention(after, RECORDS_PER_PAGE);
      yield* page;
      if (page.length < RECORDS_PER_PAGE) return;
      after = page.at(-1);
    }
  }

  /** Marks blobs of which a registration has ended: the chain does not tell of it (§4.7). */
  async #markExpired(): Promise<void> {
    const { store, epoch, metrics } = this.context;
    if (store.milestone('collected') >= epoch) return;
    const expired: Uint8Array[] = [];
    for (const [blobId, record] of this.#records()) if (withoutExpired(record, epoch) !== record) expired.push(blobId);
    await store.commit({ attention: expired, milestones: [['collected', epoch]] });
    metrics.collectedEpoch.set(epoch);
  }

  /** Does what a blob's record asks for. Answers how long to wait when it is too early. */
  async #lookAt(blobId: Uint8Array): Promise<number | undefined> {
    const { context } = this;
    const { metrics, store } = context;
    if (dutyOf(context.record(blobId), context.epoch) === 'hold' && !context.isBlocked(blobId)) {
      const shards = attendedShards(context.shards, store.shardStates(), initialCertifiedEpoch(context.record(blobId)!, context.epoch)!);
      if (this.recovery.missing(blobId, shards).length > 0) {
        const waitMs = this.#graceLeftMs(blobId);
        if (waitMs > 0) return waitMs;
        const outcome = await this.recovery.recover(blobId, shards);
        metrics.blobRecoveries.add(1, { outcome });
      }
    }
    this.#firstSeen.delete(blobIdToText(blobId));
    const { epoch } = context;
    let discarded = false;
    await store.settle(blobId, (record) => {
      const settlement = settle(record, epoch);
      discarded = settlement.discard;
      return settlement;
    });
    if (discarded) metrics.discardedBlobs.add(1);
    return undefined;
  }

  #graceLeftMs(blobId: Uint8Array): number {
    const now = this.context.environment.now();
    const id = blobIdToText(blobId);
    const seen = this.#firstSeen.get(id) ?? now;
    this.#firstSeen.set(id, seen);
    return seen + this.options.uploadGraceMs - now;
  }
}

/**
 * Shards in which a blob is looked after one by one. A shard that is being taken over has its own way to older
 * blobs; only what was certified since then is left to this one.
 */
function attendedShards(shards: readonly number[], states: ShardStates, certifiedEpoch: number): number[] {
  return shards.filter((shard) => {
    const state = states.get(shard);
    return state !== undefined && (state.status !== 'sync' || certifiedEpoch >= state.since);
  });
}

/** What becomes of a blob whose record was looked at. */
function settle(record: BlobRecord | undefined, epoch: number): Settlement {
  const duty = dutyOf(record, epoch);
  return {
    record: record && withoutExpired(record, epoch),
    discard: duty === 'discard' || duty === 'forget',
    settled: true,
  };
}
