/**
 * What a node owes to the audit of an epoch (contracts specification §14.4, §14.5): decided from the state of the
 * chain alone. Pure: no clock, no store, no network.
 */
import { isAnswered, type AuditState, type OpenChallenge } from '../protocol/index.js';
import type { BlobRecord } from './records.js';

/** What can be done next. */
export type AuditStep =
  /** Nothing, at least for now. */
  | { readonly kind: 'wait' }
  /** The blob set of the epoch is to be agreed on. */
  | { readonly kind: 'commit' }
  /** Its samples are to be drawn. */
  | { readonly kind: 'draw' }
  /** These samples of the node are to be answered. */
  | { readonly kind: 'answer'; readonly samples: readonly number[] };

const N_BASIS_POINTS = 10_000n;

/** Time for answers, ms. */
export function auditWindowMs({ params, epochDurationMs }: Pick<AuditState, 'params' | 'epochDurationMs'>): bigint {
  return (epochDurationMs * BigInt(params.window_bp)) / N_BASIS_POINTS;
}

/** The next step of a node. A node outside the committee owes nothing. */
export function planAudit(state: AuditState, nodeId: string): AuditStep {
  const { round, nowMs, syncedAtMs, epochDurationMs } = state;
  if (!state.shards.has(nodeId) || syncedAtMs === undefined) return { kind: 'wait' };
  const canDraw = nowMs + auditWindowMs(state) <= syncedAtMs + epochDurationMs / 2n;
  // Without a draw the set would be of no use.
  if (round === undefined) return { kind: canDraw ? 'commit' : 'wait' };
  if (round.seed.length === 0) return { kind: canDraw ? 'draw' : 'wait' };
  if (nowMs > BigInt(round.deadline_ms)) return { kind: 'wait' };
  const entry = round.answered.contents.find(({ key }) => key === nodeId);
  const bitmap = entry && Uint8Array.from(entry.value);
  const asked = state.duties.get(nodeId)?.asked ?? 0;
  const samples = Array.from({ length: asked }, (_, k) => k).filter((k) => !isAnswered(bitmap, k));
  return samples.length === 0 ? { kind: 'wait' } : { kind: 'answer', samples };
}

/** Challenges of a node that can still be answered. */
export function dueChallenges(
  state: Pick<AuditState, 'epoch' | 'nowMs'>,
  challenges: readonly OpenChallenge[],
  nodeId: string,
): OpenChallenge[] {
  return challenges.filter(
    (one) => one.node_id === nodeId && one.epoch === state.epoch && BigInt(one.deadline_ms) >= state.nowMs,
  );
}

/**
 * How many members of the committee are before this one in the order in which they see to the epoch's common
 * steps; another one begins every epoch.
 */
export function turnOf(state: Pick<AuditState, 'epoch' | 'shards'>, nodeId: string): number {
  const members = [...state.shards.keys()];
  const index = members.indexOf(nodeId);
  return (index + members.length - (state.epoch % members.length)) % members.length;
}

/**
 * Whether the audit of an epoch samples the blob: some permanent registration was certified before the epoch
 * began and lasts beyond its beginning, and the blob was neither invalid nor denied by the network then. What
 * happens during the epoch changes nothing: nodes that look early and nodes that look late have to agree.
 */
export function isSampled(record: BlobRecord, epoch: number): boolean {
  const { invalid, invalidEpoch = 0, denied, deniedEpoch = 0 } = record;
  if ((invalid !== undefined && invalidEpoch < epoch) || (denied !== undefined && deniedEpoch < epoch)) return false;
  return record.registrations.some(
    ({ deletable, certifiedEpoch, endEpoch }) =>
      !deletable && certifiedEpoch !== undefined && certifiedEpoch < epoch && endEpoch > epoch,
  );
}
