/** Calls that drive the epochs (contracts specification §9.4), to the millisecond. */
import type { CommitteeModel } from './model/staking.js';
import { Violation, type History } from './history.js';
import { mapOf } from './state.js';
import { auditStep } from './calls-audit.js';
import { accountOf, announceKey } from './calls-staking.js';
import { pick, type CallTable } from './calls.js';

/** The time from which the next step is due. */
function dueMs(h: History): bigint | undefined {
  const { state, epoch, firstEpochStartMs, durationMs } = h.staking;
  if (state.kind === 'EpochChangeSync') return undefined;
  if (epoch === 0) return firstEpochStartMs;
  return state.at + (state.kind === 'EpochChangeDone' ? durationMs / 2n : durationMs);
}

function advanceTo(h: History, ms: bigint): void {
  if (ms > h.nowMs) h.world.advance(ms - h.nowMs);
}

function votingEnd(h: History, number: number): void {
  h.run(
    accountOf(h, number),
    (tx) => tx.call('staking::voting_end', [tx.object(h.world.deployment.stakingObjectId), tx.object('0x6')]),
    (done) => {
      h.staking.votingEnd(h.nowMs);
      if (done.record.succeeded) h.staking.adopt(selected(h));
    },
  );
}

/** The assignment that the contract made, after the checks that do not depend on its choice (§9.2). */
function selected(h: History): CommitteeModel {
  const next = h.world.staking().next_committee[0];
  if (next === undefined) throw new Violation('voting_end selected no committee');
  const committee = mapOf(next.pos0);
  const expected = h.staking.nextWeights();
  const weights = new Map([...committee].map(([node, shards]) => [node, shards.length]));
  const show = (map: ReadonlyMap<string, number>): string => JSON.stringify([...map].sort());
  if (show(weights) !== show(expected)) throw new Violation(`committee has ${show(weights)}, apportionment gives ${show(expected)}`);
  return committee;
}

function changeEpoch(h: History, number: number): void {
  const { stakingObjectId, systemObjectId, treasuryObjectId } = h.world.deployment;
  h.run(
    accountOf(h, number),
    (tx) =>
      tx.call('staking::initiate_epoch_change_v2', [tx.object(stakingObjectId), tx.object(systemObjectId), tx.object(treasuryObjectId), tx.object('0x6')]),
    () => h.staking.changeEpoch(h.nowMs),
  );
}

function syncDone(h: History, node: string, epoch: number): void {
  const pool = h.staking.pool(node);
  const sender = h.world.accounts.find(({ address }) => address === pool.operator)!;
  h.run(
    sender,
    (tx) => tx.call('staking::epoch_sync_done', [tx.object(h.world.deployment.stakingObjectId), tx.object(pool.cap), tx.u32(epoch), tx.object('0x6')]),
    () => h.staking.syncDone(node, epoch, h.nowMs),
  );
}

/** Nodes of the committee that have not attested. */
const unsynced = (h: History): string[] => [...h.staking.committee.keys()].filter((node) => h.staking.pool(node).lastSync < h.staking.epoch);

export const epochCalls: CallTable = {
  /** The step that is next, mostly as early as it can be. */
  drive: {
    weight: 18,
    run: (h, a) => {
      const due = dueMs(h);
      if (due === undefined) {
        const waiting = unsynced(h);
        if (waiting.length > 0) syncDone(h, pick(waiting, a[0]!), h.staking.epoch);
        return;
      }
      // Audits take place before the voting ends, or not at all.
      if (a[4]! % 5 > 0 && auditStep(h, [...a.slice(1), a[0]!])) return;
      // A key that comes after the selection must wait for the next one.
      if (h.staking.state.kind === 'NextParamsSelected' && a[3]! % 2 === 0) {
        const member = pick([...h.staking.next!.keys()], a[0]!);
        announceKey(h, [[...h.staking.pools.keys()].indexOf(member), ...a.slice(1)]);
        return;
      }
      const early = a[1]! % 10 === 0 ? 1n : 0n;
      const late = a[1]! % 10 === 1 ? BigInt(a[2]! % 100_000) : 0n;
      advanceTo(h, due - early + late);
      if (h.staking.state.kind === 'EpochChangeDone') votingEnd(h, a[0]!);
      else changeEpoch(h, a[0]!);
    },
  },
  advance_clock: { weight: 3, run: (h, a) => advanceTo(h, h.nowMs + BigInt(a[0]! % (a[1]! % 2 === 0 ? 600_000 : 6000))) },
  voting_end: { weight: 1, run: (h, a) => votingEnd(h, a[0]!) },
  initiate_epoch_change: { weight: 1, run: (h, a) => changeEpoch(h, a[0]!) },
  epoch_sync_done: {
    weight: 1.5,
    run: (h, a) => {
      const nodes = [...h.staking.pools.keys()];
      const epoch = h.staking.epoch + ([-1, 1][a[1]! % 6] ?? 0);
      if (nodes.length > 0) syncDone(h, pick(nodes, a[0]!), Math.max(0, epoch));
    },
  },
  update_prices: {
    weight: 1,
    run: (h, a) => {
      const { stakingObjectId, systemObjectId } = h.world.deployment;
      h.run(
        accountOf(h, a[0]!),
        (tx) => tx.call('staking::update_prices', [tx.object(stakingObjectId), tx.object(systemObjectId)]),
        () => h.staking.applyPrices(),
      );
    },
  },
};
