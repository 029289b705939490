/** BCS layouts and events of audits and penalties (contracts specification §14.3). Field order is normative. */
import { bcs, type BcsType } from '@mysten/sui/bcs';
import { Blob } from './objects.js';

const id = bcs.Address;
const table = bcs.struct('Table', { id, size: bcs.u64() });

function vecMap<V, VI>(value: BcsType<V, VI>) {
  return bcs.struct('VecMap', { contents: bcs.vector(bcs.struct('Entry', { key: id, value })) });
}

/** `Field<K, V>`: an entry of a table, or a dynamic field. */
export function entryOf<K, KI, V, VI>(key: BcsType<K, KI>, value: BcsType<V, VI>) {
  return bcs.struct('Field', { id, name: key, value });
}

/** Key of a dynamic field whose name has no fields of its own. */
export const EmptyKey = bcs.struct('EmptyKey', { dummy_field: bcs.bool() });

export const AuditRegistry = bcs.struct('AuditRegistry', { id, version: bcs.u64() });

/** Rates are in basis points, the bond in FROST. */
export const AuditParams = bcs.struct('AuditParams', {
  samples_total: bcs.u16(),
  min_samples: bcs.u16(),
  window_bp: bcs.u16(),
  tolerance_bp: bcs.u16(),
  slope_bp: bcs.u16(),
  max_penalty_bp: bcs.u16(),
  miss_penalty_bp: bcs.u16(),
  bond: bcs.u64(),
  bounty_bp: bcs.u16(),
  max_open_per_node: bcs.u16(),
  principal_min_bp: bcs.u16(),
  breaker_bp: bcs.u16(),
  no_set_burn_bp: bcs.u16(),
});

/** Under the version key of `AuditRegistry`. */
export const AuditInnerV1 = bcs.struct('AuditInnerV1', {
  cap: bcs.struct('AuditCap', { id }),
  params: AuditParams,
  rounds: table,
  challenges: table,
  next_id: bcs.u64(),
  deny_lists: table,
});

export const AuditRound = bcs.struct('AuditRound', {
  epoch: bcs.u32(),
  set_root: bcs.byteVector(),
  set_count: bcs.u64(),
  seed: bcs.byteVector(),
  deadline_ms: bcs.u64(),
  /** A bitmap per node: sample `k` is bit `k mod 8` of byte `k div 8`. */
  answered: vecMap(bcs.byteVector()),
});

export const Challenge = bcs.struct('Challenge', {
  epoch: bcs.u32(),
  node_id: id,
  target: bcs.struct('Target', { blob_id: bcs.u256(), shard: bcs.u16(), axis: bcs.u8(), symbol: bcs.u16() }),
  deadline_ms: bcs.u64(),
  challenger: id,
  bond: bcs.u64(),
  held_blob: bcs.option(Blob),
});

export const Duty = bcs.struct('Duty', { asked: bcs.u16(), answered: bcs.u16(), open: bcs.u16() });

/** Under `PenaltyLedgerKey` on `Staking`. */
export const PenaltyLedger = bcs.struct('PenaltyLedger', {
  epoch: bcs.u32(),
  seeded: bcs.bool(),
  by_node: vecMap(Duty),
  params: AuditParams,
});

const events = {
  BlobSetCommitted: bcs.struct('BlobSetCommitted', { epoch: bcs.u32(), root: bcs.byteVector(), count: bcs.u64() }),
  AuditSeedDrawn: bcs.struct('AuditSeedDrawn', { epoch: bcs.u32(), seed: bcs.byteVector(), deadline_ms: bcs.u64() }),
  SampleAnswered: bcs.struct('SampleAnswered', {
    epoch: bcs.u32(), node_id: id, sample: bcs.u16(), excused: bcs.bool(),
  }),
  ChallengeOpened: bcs.struct('ChallengeOpened', {
    epoch: bcs.u32(),
    challenge_id: bcs.u64(),
    node_id: id,
    blob_id: bcs.u256(),
    shard: bcs.u16(),
    axis: bcs.u8(),
    symbol: bcs.u16(),
    deadline_ms: bcs.u64(),
  }),
  ChallengeAnswered: bcs.struct('ChallengeAnswered', { epoch: bcs.u32(), challenge_id: bcs.u64(), node_id: id }),
  ChallengeExcused: bcs.struct('ChallengeExcused', { epoch: bcs.u32(), challenge_id: bcs.u64(), node_id: id }),
  ChallengeClaimed: bcs.struct('ChallengeClaimed', {
    epoch: bcs.u32(), challenge_id: bcs.u64(), node_id: id, bounty: bcs.u64(),
  }),
  NodePenalized: bcs.struct('NodePenalized', {
    epoch: bcs.u32(),
    node_id: id,
    /** Billionths of the stake. */
    fraction: bcs.u64(),
    seized_from_operator: bcs.u64(),
    lost_by_stakers: bcs.u64(),
  }),
  PenaltyBreakerTripped: bcs.struct('PenaltyBreakerTripped', { epoch: bcs.u32(), n_nodes: bcs.u64() }),
} as const;

type Events = typeof events;

/** A decoded event, tagged by its type name. */
export type AuditEvent = {
  [Name in keyof Events]: { readonly kind: Name; readonly fields: Events[Name]['$inferType'] };
}[keyof Events];

/** Decodes an event of audits or penalties; undefined for any other. */
export function decodeAuditEvent(eventType: string, contents: Uint8Array): AuditEvent | undefined {
  const [, module, name] = eventType.split('::');
  if ((module !== 'audit_events' && module !== 'penalty_events') || name === undefined) return undefined;
  if (!Object.hasOwn(events, name)) return undefined;
  const kind = name as keyof Events;
  return { kind, fields: events[kind].parse(contents) } as AuditEvent;
}
