/**
 * Where the nodes stand in the audit of an epoch, and what the boundary would charge them (contracts specification
 * §14.4, §14.6). Reckoned from what the chain says; pure but for the reading of past penalties.
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import { fromBase64 } from '@mysten/sui/utils';
import { decodeAuditEvent, type AuditEvent } from './audit-objects.js';
import type { AuditParamValues, AuditState, DutyState } from './audit-reader.js';

const N_BASIS_POINTS = 10_000n;
/** Penalties are in billionths. */
const ONE = 1_000_000_000n;
const PARTS_PER_BASIS_POINT = ONE / N_BASIS_POINTS;
const EVENTS_PER_PAGE = 50;

/** One node in the audit of the current epoch. */
export interface AuditStanding {
  /** Samples; 0 before they are drawn, and when there is no blob to sample. */
  readonly asked: number;
  readonly answered: number;
  /** Samples that can still be answered. */
  readonly due: number;
  /** Samples that can be answered no more. */
  readonly missed: number;
  /** Challenges that are not answered. */
  readonly openChallenges: number;
  /** What the boundary will take if nothing more is missed, and no open challenge answered: billionths of the stake. */
  readonly penaltyBillionths: bigint;
}

/** A penalty that was charged. */
export type ChargedPenalty = Extract<AuditEvent, { kind: 'NodePenalized' }>['fields'];

/** Standings of the members of the committee, by node. */
export function auditStandings(state: AuditState): Map<string, AuditStanding> {
  const { round, nowMs, duties, params, ledgerParams = params } = state;
  const isOver = round === undefined || nowMs > BigInt(round.deadline_ms);
  return new Map(
    [...state.shards.keys()].map((nodeId) => {
      const { asked, answered, open } = duties.get(nodeId) ?? { asked: 0, answered: 0, open: 0 };
      const unanswered = asked - answered;
      const missed = isOver ? unanswered : 0;
      const settled = { asked, answered: asked - missed, open };
      const penaltyBillionths = penaltyOf(ledgerParams, settled);
      return [nodeId, { asked, answered, due: unanswered - missed, missed, openChallenges: open, penaltyBillionths }];
    }),
  );
}

/** The part of its stake that a node loses at the boundary, billionths: every step rounds down. */
export function penaltyOf(params: AuditParamValues, { asked, answered, open }: DutyState): bigint {
  const rate = asked === 0 ? 0n : (BigInt(asked - answered) * ONE) / BigInt(asked);
  const tolerance = BigInt(params.tolerance_bp) * PARTS_PER_BASIS_POINT;
  const audit = rate <= tolerance ? 0n : ((rate - tolerance) * BigInt(params.slope_bp)) / N_BASIS_POINTS;
  const challenges = BigInt(open) * BigInt(params.miss_penalty_bp) * PARTS_PER_BASIS_POINT;
  const most = BigInt(params.max_penalty_bp) * PARTS_PER_BASIS_POINT;
  return audit + challenges < most ? audit + challenges : most;
}

/**
 * All penalties that were charged, in order.
 * @param originalPackageId first version of the protocol package: events keep its name
 */
export async function chargedPenalties(client: ClientWithCoreApi, originalPackageId: string): Promise<ChargedPenalty[]> {
  const found: ChargedPenalty[] = [];
  for (let after: string | undefined; ; ) {
    const page = await client.core.listEvents({
      filter: { eventType: `${originalPackageId}::penalty_events` },
      limit: EVENTS_PER_PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const { eventType, bcs } of page.events) {
      const event = decodeAuditEvent(eventType, typeof bcs === 'string' ? fromBase64(bcs) : bcs);
      if (event?.kind === 'NodePenalized') found.push(event.fields);
    }
    if (!page.hasNextPage || page.endCursor === null) return found;
    after = page.endCursor;
  }
}
