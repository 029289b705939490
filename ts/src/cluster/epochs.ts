/**
 * Moves a local network through its epochs: closes voting, changes the epoch, lets the nodes attest that they
 * hold their shards (contracts specification §9.4). By the chain's clock, or at once by moving that clock.
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import { attestSync, changeEpoch, endVoting, type ChainState, type Deployment } from '../protocol/index.js';

/** A node as far as epochs concern it. */
export interface EpochMember {
  readonly name: string;
  readonly nodeId: string;
  readonly running: boolean;
  readonly signer: Signer;
  readonly capId: string;
  /** Lets the node see the chain as it is now. */
  sync(): Promise<void>;
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
}

/** How an epoch began. */
export interface EpochReport {
  readonly epoch: number;
  /** False while nodes with more than a third of the shards have not attested. */
  readonly synced: boolean;
  readonly attested: readonly string[];
  /** Nodes that were given shards whose slivers they do not hold; they must not attest. */
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
      ...(withheld.length > 0 ? [`without the slivers of their new shards: ${withheld.join(', ')}`] : []),
    ];
    super(`too few nodes have attested that they hold their shards of epoch ${epoch} (${reasons.join('; ')})`);
  }
}

/** Calls must not overlap. */
export class EpochDriver {
  readonly #host: EpochHost;
  /** Shards of the committee before the current one, by node ID; undefined when it did not change under us. */
  #before: ReadonlyMap<string, readonly number[]> | undefined;
  /** Last epoch that each node attested. */
  readonly #attested = new Map<string, number>();

  constructor(host: EpochHost) {
    this.#host = host;
  }

  /** Does what the chain's clock allows now, at most one transition. Answers the new epoch's report when one began. */
  async step(): Promise<EpochReport | undefined> {
    const state = await this.#host.state();
    switch (state.epochState) {
      case 'sync':
        await this.#attest(state);
        return undefined;
      case 'done':
        if (this.#host.nowMs() >= votingEndsAtMs(state)) await this.#endVoting();
        return undefined;
      case 'nextParamsSelected':
        if (this.#host.nowMs() < endsAtMs(state)) return undefined;
        return this.#change(state);
      default:
        return state.epochState satisfies never;
    }
  }

  /** Enters the next epoch now, moving the chain's clock as far as that needs. @throws EpochNotSynced */
  async next(): Promise<EpochReport> {
    let state = await this.#host.state();
    if (state.epochState === 'sync') {
      const report = await this.#attest(state);
      if (!report.synced) throw new EpochNotSynced(report);
      state = await this.#host.state();
    }
    if (state.epochState === 'done') {
      this.#waitUntil(votingEndsAtMs(state));
      await this.#endVoting();
    }
    this.#waitUntil(endsAtMs(state));
    return this.#change(state);
  }

  #waitUntil(timeMs: bigint): void {
    const missing = timeMs - this.#host.nowMs();
    if (missing > 0n) this.#host.advanceClock(missing);
  }

  async #endVoting(): Promise<void> {
    await endVoting(this.#host.client, this.#host.signer, this.#host.deployment);
  }

  async #change(state: ChainState): Promise<EpochReport> {
    await changeEpoch(this.#host.client, this.#host.signer, this.#host.deployment);
    this.#before = new Map(state.committee.map(({ nodeId, shards }) => [nodeId, shards]));
    return this.#attest(await this.#host.state());
  }

  async #attest(state: ChainState): Promise<EpochReport> {
    const { client, deployment } = this.#host;
    const attested: string[] = [];
    const withheld: string[] = [];
    const stopped: string[] = [];
    for (const member of this.#host.members()) {
      const shards = state.committee.find(({ nodeId }) => nodeId === member.nodeId)?.shards;
      if (shards === undefined) continue;
      if (!member.running) {
        stopped.push(member.name);
      } else if (!this.#holds(state.epoch, member.nodeId, shards)) {
        withheld.push(member.name);
      } else {
        await member.sync();
        if (this.#attested.get(member.name) !== state.epoch) {
          await attestSync(client, deployment, member, state.epoch);
          this.#attested.set(member.name, state.epoch);
        }
        attested.push(member.name);
      }
    }
    const { epochState } = await this.#host.state();
    return { epoch: state.epoch, synced: epochState !== 'sync', attested, withheld, stopped };
  }

  /** Nothing is stored before epoch 1; from then on a node holds the shards it had before. */
  #holds(epoch: number, nodeId: string, shards: readonly number[]): boolean {
    if (epoch <= 1 || this.#before === undefined) return true;
    const had = new Set(this.#before.get(nodeId));
    return shards.every((shard) => had.has(shard));
  }
}

/** Epoch 0 ends as soon as its parameters say; later ones last from the time their committee had synced. */
function votingEndsAtMs({ epoch, syncedAtMs = 0n, epochDurationMs }: ChainState): bigint {
  return epoch === 0 ? 0n : syncedAtMs + epochDurationMs / 2n;
}

function endsAtMs({ epoch, syncedAtMs = 0n, epochDurationMs }: ChainState): bigint {
  return epoch === 0 ? 0n : syncedAtMs + epochDurationMs;
}
