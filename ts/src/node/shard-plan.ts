/**
 * What a node does with each shard (HTTP specification §4.6), decided from the committees and from what it did
 * before. Pure: the same input gives the same plan, and a plan that was carried out gives an empty one.
 */
import type { CommitteeMember } from '../protocol/index.js';
import type { ShardState, ShardStates } from './store.js';

/** A lost shard is readable for the epoch in which it moves, and gone from the second on. */
const KEPT_EPOCHS = 2;
const FIRST_BLOB_ID = '00'.repeat(32);

export interface ShardPlanInput {
  readonly nodeId: string;
  readonly epoch: number;
  readonly committee: readonly Pick<CommitteeMember, 'nodeId' | 'shards'>[];
  readonly previousCommittee: readonly Pick<CommitteeMember, 'nodeId' | 'shards'>[];
  readonly states: ShardStates;
}

export interface ShardPlan {
  /** New states, ascending by shard. */
  readonly changes: readonly (readonly [shard: number, state: ShardState])[];
  /** Shards whose slivers go. */
  readonly drop: readonly number[];
}

export function planShards(input: ShardPlanInput): ShardPlan {
  const { nodeId, epoch, committee, states } = input;
  const owned = new Set(committee.find((member) => member.nodeId === nodeId)?.shards);
  const shards = [...new Set([...owned, ...states.keys()])].sort((a, b) => a - b);
  const changes: [number, ShardState][] = [];
  const drop: number[] = [];
  for (const shard of shards) {
    const state = states.get(shard);
    if (owned.has(shard)) {
      const next = ownedState(input, shard, state);
      if (next !== state) changes.push([shard, next]);
    } else if (state !== undefined && state.status !== 'locked') {
      changes.push([shard, { status: 'locked', since: epoch }]);
    } else if (state !== undefined && epoch >= state.since + KEPT_EPOCHS) {
      drop.push(shard);
    }
  }
  return { changes, drop };
}

/** True once every owned shard is complete, so that the node may attest the epoch. */
export function holdsItsShards(shards: readonly number[], states: ShardStates): boolean {
  return shards.every((shard) => states.get(shard)?.status === 'active');
}

/** Who had a shard in the epoch before; undefined when nobody did. */
export function previousOwner<M extends Pick<CommitteeMember, 'shards'>>(committee: readonly M[], shard: number): M | undefined {
  return committee.find(({ shards }) => shards.includes(shard));
}

function ownedState({ nodeId, epoch, previousCommittee }: ShardPlanInput, shard: number, state: ShardState | undefined): ShardState {
  const source = previousOwner(previousCommittee, shard);
  const fromOther = source !== undefined && source.nodeId !== nodeId;
  switch (state?.status) {
    case 'active':
    case 'recover':
      return state;
    case 'sync':
      // Another epoch began before the transfer ended: the old owner is no longer known to have the shard.
      return fromOther && state.since === epoch ? state : { status: 'recover', since: epoch };
    case 'locked':
      // It came back: most slivers are here, the others are rebuilt.
      return { status: 'recover', since: epoch };
    case undefined:
      if (previousCommittee.length === 0) return { status: 'active', since: epoch }; // nothing was ever stored
      return fromOther
        ? { status: 'sync', since: epoch, axis: 'primary', nextBlobId: FIRST_BLOB_ID }
        : { status: 'recover', since: epoch };
  }
}
