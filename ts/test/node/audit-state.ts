/** States of audits for tests: an epoch of 100 s, synced at 10 s, now 20 s. */
import { DEFAULT_AUDIT_PARAMS, type AuditParamValues, type AuditRoundState, type AuditState } from '../../src/protocol/index.js';
import { EPOCH, SHARDS } from './fake-chain.js';

export const PARAMS: AuditParamValues = { ...DEFAULT_AUDIT_PARAMS, bond: DEFAULT_AUDIT_PARAMS.bond.toString() };

export function auditState(change: Partial<AuditState>): AuditState {
  return {
    ...{ epoch: EPOCH, nowMs: 20_000n, syncedAtMs: 10_000n, epochDurationMs: 100_000n, shardCount: SHARDS },
    ...{ params: PARAMS, ledgerParams: PARAMS, round: undefined, duties: new Map(), shards: new Map(), nextChallengeId: 0n },
    ...change,
  };
}

/** A committed round of three blobs, not drawn. */
export function roundOf(change: Partial<AuditRoundState>): AuditRoundState {
  return { epoch: EPOCH, set_root: new Uint8Array(), set_count: '3', seed: new Uint8Array(), deadline_ms: '0', answered: { contents: [] }, ...change };
}
