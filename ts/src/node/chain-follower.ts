/**
 * Follows the contracts' events and keeps the node's records and its view of the committee current (HTTP
 * specification §4.4). Events are handled in order; records, marks of what is left to do, and the cursor are
 * stored together, so a restart repeats nothing and skips nothing.
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import { fromBase64 } from '@mysten/sui/utils';
import { blobIdFromU256, blobIdToText } from '../encoding/index.js';
import { ChainReader, decodeEvent, type ChainState, type DeploymentIds, type ProtocolEvent } from '../protocol/index.js';
import type { NodeEnvironment } from './environment.js';
import { errorFields, type Log } from './log.js';
import type { NodeMetrics } from './metrics.js';
import type { ChainView } from './node-context.js';
import { applyEvent, EMPTY_RECORD, isBlobEvent, withPoolEndEpoch, type BlobEvent, type BlobRecord } from './records.js';
import type { NodeStore } from './store.js';

const EVENTS_PER_PAGE = 50;
const RECORDS_PER_PAGE = 1000;
/** Addresses of nodes change without an event: the committee is read again after so long (`cache_ttl_secs`). */
const STATE_TTL_MS = 10_000;
const FIRST_BLOB_ID = new Uint8Array(32);

export interface ChainFollowerOptions {
  readonly client: ClientWithCoreApi;
  readonly ids: DeploymentIds;
  readonly store: NodeStore;
  readonly environment: NodeEnvironment;
  readonly metrics: NodeMetrics;
  readonly log: Log;
  /** Told of blobs that were registered, once that is stored. */
  readonly onRegistered?: (blobIds: readonly Uint8Array[]) => void;
  /** Told when a round stored something or read another committee. */
  readonly onAdvance?: () => void;
}

/** Changes of one page of events. */
interface PageChanges {
  readonly records: Map<string, readonly [Uint8Array, BlobRecord]>;
  readonly attention: Map<string, Uint8Array>;
  readonly registered: Map<string, Uint8Array>;
  readonly pools: Map<string, number>;
  committeeChanged: boolean;
}

/** A node's eyes on the chain. */
export class ChainFollower implements ChainView {
  readonly reader: ChainReader;
  readonly #options: ChainFollowerOptions;
  #state: ChainState | undefined;
  #stateReadAtMs = 0;
  #checkpoint = 0;
  #running: Promise<void> | undefined;
  #again: Promise<void> | undefined;
  #stopPolling: (() => void) | undefined;

  constructor(options: ChainFollowerOptions) {
    this.#options = options;
    this.reader = new ChainReader(options.client, options.ids);
  }

  /** Committee and epoch as last read. @throws Error before the first `sync` */
  get state(): ChainState {
    if (this.#state === undefined) throw new Error('the chain follower has not synced yet');
    return this.#state;
  }

  /** Checkpoint of the last event that was seen. */
  get checkpoint(): number {
    return this.#checkpoint;
  }

  /**
   * Catches up with everything that was on chain when this was called. Calls share work: one that comes
   * while another is under way waits for one more round, since the running one may have passed its events.
   */
  sync(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#catchUp().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#again ??= this.#running
      .catch(() => undefined) // its own callers hear of it; this round starts afresh
      .then(() => {
        this.#again = undefined;
        return this.sync();
      });
    return this.#again;
  }

  /** Polls until `stop`. */
  start(intervalMs: number): void {
    const { environment, log } = this.#options;
    let stopped = false;
    let cancel = () => {};
    const poll = () => {
      this.sync()
        .catch((error: unknown) => log('warn', 'cannot follow the chain; trying again', errorFields(error)))
        .finally(() => {
          if (!stopped) cancel = environment.schedule(poll, intervalMs);
        });
    };
    this.#stopPolling = () => {
      stopped = true;
      cancel();
    };
    poll();
  }

  /** Stops polling and waits for the round that is under way. */
  async stop(): Promise<void> {
    this.#stopPolling?.();
    await Promise.allSettled([this.#running, this.#again]);
  }

  async #catchUp(): Promise<void> {
    const { client, store, environment, metrics } = this.#options;
    const startedAt = environment.now();
    let advanced = await this.#refresh(false);
    for (;;) {
      const page = await client.core.listEvents({
        filter: { eventType: `${this.state.originalPackageId}::events` },
        limit: EVENTS_PER_PAGE,
        ...(store.cursor === undefined ? {} : { after: store.cursor }),
      });
      const events = page.events.flatMap((entry) => {
        this.#checkpoint = Math.max(this.#checkpoint, Number(entry.checkpoint ?? 0));
        const position = { txDigest: entry.transactionDigest, eventSeq: entry.eventIndex };
        return decodeEvent(entry.eventType, eventBytes(entry.bcs), position) ?? [];
      });
      const changes = this.#fold(events);
      // The committee is read before the cursor moves on: a crash in between reads it again.
      if (changes.committeeChanged) await this.#refresh(true);
      if (page.endCursor !== null && page.endCursor !== store.cursor) {
        await store.commit({
          records: [...changes.records.values()],
          attention: [...changes.attention.values()],
          pools: [...changes.pools],
          milestones: [['events', store.milestone('events') + page.events.length]],
          cursor: page.endCursor,
        });
        advanced = true;
        for (const { kind } of events) metrics.events.add(1, { event_type: kind });
        if (changes.registered.size > 0) this.#options.onRegistered?.([...changes.registered.values()]);
      }
      if (!page.hasNextPage) break;
    }
    metrics.followDuration.observe((environment.now() - startedAt) / 1000);
    if (advanced) this.#options.onAdvance?.();
  }

  /** Reads the committee when asked to, or when it may have new addresses. Answers whether it did. */
  async #refresh(always: boolean): Promise<boolean> {
    const now = this.#options.environment.now();
    if (!always && this.#state !== undefined && now - this.#stateReadAtMs < STATE_TTL_MS) return false;
    this.#state = await this.reader.state();
    this.#stateReadAtMs = now;
    return true;
  }

  /** Folds events into the records they change. */
  #fold(events: readonly ProtocolEvent[]): PageChanges {
    const changes: PageChanges = {
      records: new Map(),
      attention: new Map(),
      registered: new Map(),
      pools: new Map(),
      committeeChanged: false,
    };
    for (const event of events) {
      switch (event.kind) {
        case 'StoragePoolCreated':
          changes.pools.set(event.fields.storage_pool_id, event.fields.end_epoch);
          break;
        case 'StoragePoolExtended':
          this.#extendPool(event.fields.storage_pool_id, event.fields.new_end_epoch, changes);
          break;
        case 'EpochParametersSelected':
        case 'EpochChangeStart':
        case 'EpochChangeDone':
          changes.committeeChanged = true;
          break;
        default:
          if (isBlobEvent(event)) this.#foldBlobEvent(event, changes);
      }
    }
    return changes;
  }

  #foldBlobEvent(event: BlobEvent, changes: PageChanges): void {
    const { store } = this.#options;
    const blobId = blobIdFromU256(BigInt(event.fields.blob_id));
    const key = blobIdToText(blobId);
    const record = changes.records.get(key)?.[1] ?? store.getRecord(blobId) ?? EMPTY_RECORD;
    const poolEndEpoch = (poolId: string) => changes.pools.get(poolId) ?? store.poolEndEpoch(poolId);
    changes.records.set(key, [blobId, applyEvent(record, event, poolEndEpoch)]);
    const registers = event.kind === 'BlobRegistered' || event.kind === 'PooledBlobRegistered';
    (registers ? changes.registered : changes.attention).set(key, blobId);
  }

  /** Blobs of a pool share its lifetime: all records are looked through, since extensions are rare. */
  #extendPool(poolId: string, endEpoch: number, changes: PageChanges): void {
    changes.pools.set(poolId, endEpoch);
    const extend = (blobId: Uint8Array, record: BlobRecord) => {
      const extended = withPoolEndEpoch(record, poolId, endEpoch);
      if (extended !== record) changes.records.set(blobIdToText(blobId), [blobId, extended]);
    };
    for (let from: Uint8Array = FIRST_BLOB_ID; ; ) {
      const page = this.#options.store.records(from, RECORDS_PER_PAGE + 1);
      for (const [blobId, record] of page) if (!changes.records.has(blobIdToText(blobId))) extend(blobId, record);
      if (page.length <= RECORDS_PER_PAGE) break;
      from = page.at(-1)![0];
    }
    for (const [blobId, record] of [...changes.records.values()]) extend(blobId, record);
  }
}

function eventBytes(bcs: Uint8Array | string): Uint8Array {
  return typeof bcs === 'string' ? fromBase64(bcs) : bcs;
}
