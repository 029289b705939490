/**
 * Moves a local network through its epochs: closes voting, changes the epoch, waits for the nodes to attest that
 * they hold their shards (contracts specification §9.4). By the chain's clock, or at once by moving that clock.
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import { epochEndsAtMs, votingEndsAtMs, type Schedule } from '../node/index.js';
import { changeEpoch, endVoting, type ChainState, type Deployment } from '../protocol/index.js';

/** A node as far as epochs concern it. */
export interface EpochMember {
  readonly name: string;
  readonly nodeId: string;
  readonly running: boolean;
  /** Lets the node do what it can for its shards now. Answers the last epoch that it attested. */
  settleShards(): Promise<number>;
}

/** What the driver works on. */
export interface EpochHost {
  readonly client: ClientWithCoreApi;
  readonly deployment: Deployment;
  /** Pays for the calls that anybody may make. */
  readonly signer: Signer;
  members(): readonly EpochMember[];
  state(): Promise<ChainState>;
  /** The chain's clock, ms. */
  nowMs(): bigint;
  advanceClock(ms: bigint): void;
  /** Timers of the process. */
  readonly schedule: Schedule;
}

/** How an epoch began. */
export interface EpochReport {
  readonly epoch: number;
  /** False while nodes with more than a third of the shards have not attested. */
  readonly synced: boolean;
  readonly attested: readonly string[];
  /** Nodes that still lack slivers of their shards; they go on trying. */
  readonly withheld: readonly string[];
  /** Stopped nodes of the committee. */
  readonly stopped: readonly string[];
}

/** The epoch that is under way has not been synced by a quorum, so the next one cannot begin. */
export class EpochNotSynced extends Error {
  override readonly name = 'EpochNotSynced';
  constructor(readonly report: EpochReport) {
    const { epoch, withheld, stopped } = report;
    const reasons = [
      ...(stopped.length > 0 ? [`stopped: ${stopped.join(', ')}`] : []),
      ...(withheld.length > 0 ? [`without slivers of their shards: ${withheld.join(', ')}`] : []),
    ];
    super(`too few nodes have attested that they hold their shards of epoch ${epoch} (${reasons.join('; ')})`);
  }
}

/** Rounds in which nodes may fail to take a shard over before they rebuild it, and one more. */
const ATTEMPTS = 4;

/**
 * How long nodes are waited for in all, ms. Behind a partition that swallows requests each waits for its time-out;
 * those who need longer go on by themselves.
 */
export const SETTLE_LIMIT_MS = 300_000;

/** Calls must not overlap. */
export class EpochDriver {
  readonly #host: EpochHost;

  constructor(host: EpochHost) {
    this.#host = host;
  }

  /** Does what the chain's clock allows now, at most one transition. Answers the new epoch's report when one began. */
  async step(): Promise<EpochReport | undefined> {
    const state = await this.#host.state();
    switch (state.epochState) {
      case 'sync':
        await this.#settle(state, 1);
        return undefined;
      case 'done':
        if (this.#host.nowMs() >= votingEndsAtMs(state)) await this.#endVoting(state);
        return undefined;
      case 'nextParamsSelected':
        if (this.#host.nowMs() < epochEndsAtMs(state)) return undefined;
        return this.#change(state);
      default:
        return state.epochState satisfies never;
    }
  }

  /** Enters the next epoch now, moving the chain's clock as far as that needs. @throws EpochNotSynced */
  async next(): Promise<EpochReport> {
    let state = await this.#host.state();
    if (state.epochState === 'sync') {
      const report = await this.#settle(state, ATTEMPTS);
      if (!report.synced) throw new EpochNotSynced(report);
      state = await this.#host.state();
    }
    if (state.epochState === 'done') {
      this.#waitUntil(votingEndsAtMs(state));
      await this.#endVoting(state);
    }
    this.#waitUntil(epochEndsAtMs(state));
    return this.#change(state);
  }

  #waitUntil(timeMs: bigint): void {
    const missing = timeMs - this.#host.nowMs();
    if (missing > 0n) this.#host.advanceClock(missing);
  }

  async #endVoting(state: ChainState): Promise<void> {
    await endVoting(this.#host.client, this.#host.signer, this.#deployment(state));
  }

  async #change(state: ChainState): Promise<EpochReport> {
    await changeEpoch(this.#host.client, this.#host.signer, this.#deployment(state));
    return this.#settle(await this.#host.state(), ATTEMPTS);
  }

  /** The package that receives calls may have been upgraded since it was deployed. */
  #deployment({ packageId }: ChainState): Deployment {
    return { ...this.#host.deployment, packageId };
  }

  /** Lets every running node deal with the epoch, several times when some fail, for a limited time. */
  async #settle(state: ChainState, attempts: number): Promise<EpochReport> {
    const inCommittee = new Set(state.committee.map(({ nodeId }) => nodeId));
    const members = this.#host.members().filter(({ nodeId }) => inCommittee.has(nodeId));
    const attested = new Set<string>();
    const limit = limitOf(this.#host.schedule, SETTLE_LIMIT_MS);
    try {
      for (let attempt = 1; attempt <= attempts && !limit.isOver(); attempt++) {
        const waiting = members.filter(({ name, running }) => running && !attested.has(name));
        const round = waiting.map(async (member) => {
          if ((await member.settleShards()) >= state.epoch) attested.add(member.name);
        });
        await Promise.race([Promise.all(round), limit.over]);
        if (waiting.every(({ name }) => attested.has(name))) break;
      }
    } finally {
      limit.cancel();
    }
    const names = (of: (member: EpochMember) => boolean) => members.filter(of).map(({ name }) => name);
    const { epoch, epochState } = await this.#host.state();
    return {
      epoch: state.epoch,
      synced: epoch > state.epoch || epochState !== 'sync',
      attested: names(({ name }) => attested.has(name)),
      withheld: names(({ name, running }) => running && !attested.has(name)),
      stopped: names(({ running }) => !running),
    };
  }
}

function limitOf(schedule: Schedule, limitMs: number): { readonly over: Promise<void>; isOver(): boolean; cancel(): void } {
  let isOver = false;
  let cancel = () => {};
  const over = new Promise<void>((resolve) => {
    cancel = schedule(() => {
      isOver = true;
      resolve();
    }, limitMs);
  });
  return { over, isOver: () => isOver, cancel: () => cancel() };
}
