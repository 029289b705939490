/** Reading storage challenges from the chain: the audit of the current epoch, duties, open challenges (§14.3). */
import { bcs } from '@mysten/sui/bcs';
import type { ClientWithCoreApi } from '@mysten/sui/client';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { deriveDynamicFieldID } from '@mysten/sui/utils';
import type { AuditIds } from './audit.js';
import {
  AuditInnerV1,
  AuditRegistry,
  AuditRound,
  Challenge,
  EmptyKey,
  entryOf,
  PenaltyLedger,
  type AuditParams,
  type Duty,
} from './audit-objects.js';
import { ObjectMissing } from './errors.js';
import { fieldOf, Staking, StakingInnerV1 } from './objects.js';

export type AuditParamValues = typeof AuditParams.$inferType;
export type AuditRoundState = typeof AuditRound.$inferType;
export type DutyState = typeof Duty.$inferType;
export type OpenChallenge = typeof Challenge.$inferType & { readonly challengeId: bigint };

/** Challenges per request for objects. */
const CHALLENGES_PER_READ = 50;
/** Longest range of numbers that is gone through one by one. */
const MAX_CHALLENGES_BY_NUMBER = 200n;
const CLOCK = '0x0000000000000000000000000000000000000000000000000000000000000006';
const Clock = bcs.struct('Clock', { id: bcs.Address, timestamp_ms: bcs.u64() });

/** The audit of the current epoch as one node sees it. */
export interface AuditState {
  readonly epoch: number;
  /** The chain's clock, ms. */
  readonly nowMs: bigint;
  /** When the epoch's shards had arrived, ms; undefined before. */
  readonly syncedAtMs: bigint | undefined;
  readonly epochDurationMs: bigint;
  readonly shardCount: number;
  /** Parameters of the rounds to come. */
  readonly params: AuditParamValues;
  /** Undefined until the blob set is committed. */
  readonly round: AuditRoundState | undefined;
  /** Parameters by which the duties of this epoch are settled; undefined before the first audit. */
  readonly ledgerParams: AuditParamValues | undefined;
  readonly duties: ReadonlyMap<string, DutyState>;
  /** Shards by node, in the order in which the contracts list them. */
  readonly shards: ReadonlyMap<string, readonly number[]>;
  /** Number that the next challenge will have. */
  readonly nextChallengeId: bigint;
}

/** Reads audits. Holds no cache: every call asks the network. */
export class AuditReader {
  constructor(
    readonly client: ClientWithCoreApi,
    readonly ids: Pick<AuditIds, 'auditRegistryId' | 'stakingObjectId'>,
  ) {}

  /** @throws ObjectMissing */
  async state(): Promise<AuditState> {
    const { auditRegistryId, stakingObjectId } = this.ids;
    const [registry, staking, clock] = await this.#contents([auditRegistryId, stakingObjectId, CLOCK]);
    const { version } = AuditRegistry.parse(required('AuditRegistry', auditRegistryId, registry).content);
    const stakingObject = required('Staking', stakingObjectId, staking);
    const innerId = inner(auditRegistryId, version);
    const stakingInnerId = inner(stakingObjectId, Staking.parse(stakingObject.content).version);
    const ledgerId = ledgerIdOf(stakingObjectId, stakingObject.type);
    const [innerObject, stakingInner, ledger] = await this.#contents([innerId, stakingInnerId, ledgerId]);
    const { params, rounds, next_id: nextId } = fieldOf(AuditInnerV1).parse(
      required('Audit state', innerId, innerObject).content,
    ).value;
    const state = fieldOf(StakingInnerV1).parse(required('Staking state', stakingInnerId, stakingInner).content).value;
    const [round] = await this.#contents([deriveDynamicFieldID(rounds.id, 'u32', bcs.u32().serialize(state.epoch).toBytes())]);
    const { epoch_state: epochState } = state;
    const syncedAt = epochState.EpochChangeDone ?? epochState.NextParamsSelected;
    return {
      epoch: state.epoch,
      nowMs: BigInt(Clock.parse(required('Clock', CLOCK, clock).content).timestamp_ms),
      syncedAtMs: syncedAt === undefined ? undefined : BigInt(syncedAt),
      epochDurationMs: BigInt(state.epoch_duration),
      shardCount: state.n_shards,
      params,
      round: round && entryOf(bcs.u32(), AuditRound).parse(round.content).value,
      ...ledgerOf(ledger?.content),
      shards: new Map(state.committee.contents.map(({ key, value }) => [key, value])),
      nextChallengeId: BigInt(nextId),
    };
  }

  /** Challenges from number `from` on that are neither answered nor claimed, up to `until` (exclusive). */
  async openChallenges(from: bigint, until: bigint): Promise<OpenChallenge[]> {
    const { auditRegistryId } = this.ids;
    const [registry] = await this.#contents([auditRegistryId]);
    const innerId = inner(auditRegistryId, AuditRegistry.parse(required('AuditRegistry', auditRegistryId, registry).content).version);
    const [innerObject] = await this.#contents([innerId]);
    const { challenges } = fieldOf(AuditInnerV1).parse(required('Audit state', innerId, innerObject).content).value;
    const found: OpenChallenge[] = [];
    // What is answered or claimed is gone from the table: after a long time it is shorter than the range.
    const listed = until - from > MAX_CHALLENGES_BY_NUMBER ? await this.#challengeNumbers(challenges.id, from, until) : undefined;
    const wanted = listed ?? Array.from({ length: Number(until - from) }, (_, i) => from + BigInt(i));
    for (let at = 0; at < wanted.length; at += CHALLENGES_PER_READ) {
      const numbers = wanted.slice(at, at + CHALLENGES_PER_READ);
      const objects = await this.#contents(
        numbers.map((number) => deriveDynamicFieldID(challenges.id, 'u64', bcs.u64().serialize(number).toBytes())),
      );
      objects.forEach((object, i) => {
        if (object === undefined) return;
        found.push({ ...entryOf(bcs.u64(), Challenge).parse(object.content).value, challengeId: numbers[i]! });
      });
    }
    return found;
  }

  /** Numbers of the challenges that are in the table, ascending. */
  async #challengeNumbers(tableId: string, from: bigint, until: bigint): Promise<bigint[]> {
    const numbers: bigint[] = [];
    for (let cursor: string | null = null; ; ) {
      const page: { dynamicFields: { name: { bcs: Uint8Array } }[]; hasNextPage: boolean; cursor: string | null } =
        await this.client.core.listDynamicFields({ parentId: tableId, cursor });
      numbers.push(...page.dynamicFields.map(({ name }) => BigInt(bcs.u64().parse(name.bcs))));
      if (!page.hasNextPage) break;
      cursor = page.cursor;
    }
    return numbers.filter((number) => number >= from && number < until).sort((a, b) => (a < b ? -1 : 1));
  }

  /** Undefined where there is no such object. */
  async #contents(objectIds: string[]) {
    const { objects } = await this.client.core.getObjects({ objectIds, include: { content: true } });
    return objects.map((object) => (object instanceof Error ? undefined : object));
  }
}

/**
 * The latest version of the package, which links the current version of the protocol. Only gRPC can ask for it; with
 * any other client the package stays the one that is given.
 */
export async function latestAuditPackage(client: ClientWithCoreApi, auditPackageId: string): Promise<string> {
  if (!(client instanceof SuiGrpcClient)) return auditPackageId;
  let latest = { packageId: auditPackageId, version: 0n };
  for (let pageToken: Uint8Array | undefined; ; ) {
    const request = { packageId: auditPackageId, ...(pageToken === undefined ? {} : { pageToken }) };
    const { response } = await client.movePackageService.listPackageVersions(request);
    for (const { packageId, version = 0n } of response.versions) {
      if (packageId !== undefined && version > latest.version) latest = { packageId, version };
    }
    if (response.nextPageToken === undefined || response.nextPageToken.length === 0) return latest.packageId;
    pageToken = response.nextPageToken;
  }
}

function required<T>(role: string, objectId: string, object: T | undefined): T {
  if (object === undefined) throw new ObjectMissing(role, objectId);
  return object;
}

function inner(parent: string, version: string): string {
  return deriveDynamicFieldID(parent, 'u64', bcs.u64().serialize(version).toBytes());
}

function ledgerIdOf(stakingObjectId: string, stakingType: string): string {
  const key = EmptyKey.serialize({ dummy_field: false }).toBytes();
  return deriveDynamicFieldID(stakingObjectId, `${stakingType.split('::')[0]!}::staking::PenaltyLedgerKey`, key);
}

function ledgerOf(content: Uint8Array | undefined): Pick<AuditState, 'ledgerParams' | 'duties'> {
  if (content === undefined) return { ledgerParams: undefined, duties: new Map() }; // before the first audit
  const { by_node: duties, params } = entryOf(EmptyKey, PenaltyLedger).parse(content).value;
  return { ledgerParams: params, duties: new Map(duties.contents.map(({ key, value }) => [key, value])) };
}
