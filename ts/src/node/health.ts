/** What a node says of itself (HTTP specification §2.12). */
import type { NodeContext } from './node-context.js';
import type { ShardState } from './store.js';

type ShardHealth = 'unknown' | 'ready' | 'inTransfer' | 'inRecovery' | 'readOnly';

export interface HealthInput {
  readonly uptimeMs: number;
  /** Checkpoint of the last event that was seen. */
  readonly checkpoint: number;
}

/** JSON of `GET /v1/health`. */
export function healthReport(context: NodeContext, { uptimeMs, checkpoint }: HealthInput, detailed: boolean): unknown {
  const states = context.store.shardStates();
  const owned = context.shards.map((shard) => ({ shard, status: shardHealth(states.get(shard)) }));
  const other = [...states.keys()]
    .filter((shard) => !context.shards.includes(shard))
    .sort((a, b) => a - b)
    .map((shard) => ({ shard, status: 'readOnly' as const }));
  const count = (status: ShardHealth) => owned.filter((one) => one.status === status).length;
  const persisted = context.store.milestone('events');
  return {
    uptime: { secs: Math.floor(uptimeMs / 1000), nanos: Math.floor((uptimeMs % 1000) * 1e6) },
    epoch: context.epoch,
    publicKey: Buffer.from(context.protocolKey.publicKey).toString('base64'),
    nodeStatus: nodeStatus(context),
    eventProgress: { persisted, pending: 0, highestFinishedEventIndex: Math.max(0, persisted - 1) },
    shardSummary: {
      owned: owned.length,
      ownedShardStatus: {
        unknown: count('unknown'),
        ready: count('ready'),
        inTransfer: count('inTransfer'),
        inRecovery: count('inRecovery'),
      },
      readOnly: other.length,
    },
    ...(detailed ? { shardDetail: { owned, other } } : {}),
    latestCheckpointSequenceNumber: checkpoint,
  };
}

/** `RecoveryInProgress` names the epoch that waits for it; in the sync of an epoch, transfers are normal. */
export function nodeStatus({ shards, store, epoch, state }: NodeContext): string {
  if (shards.length === 0) return 'Standby';
  const rebuilding = shards.some((shard) => store.shardStates().get(shard)?.status === 'recover');
  return rebuilding && state.epochState !== 'sync' ? `RecoveryInProgress (${epoch})` : 'Active';
}

function shardHealth(state: ShardState | undefined): ShardHealth {
  switch (state?.status) {
    case 'sync':
      return 'inTransfer';
    case 'recover':
      return 'inRecovery';
    case 'active':
      return 'ready';
    default:
      return 'unknown';
  }
}
