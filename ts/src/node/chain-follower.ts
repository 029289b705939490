/**
 * Follows the contracts' events and keeps the node's records and its view of the committee current. Events
 * are handled in order; records and cursor are stored together, so a restart repeats nothing and skips
 * nothing. The clock is passed in: `start` takes the function that schedules the next poll.
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import { fromBase64 } from '@mysten/sui/utils';
import { blobIdFromU256, blobIdToText } from '../encoding/index.js';
import { ChainReader, decodeEvent, type ChainState, type DeploymentIds } from '../protocol/index.js';
import { applyEvent, EMPTY_RECORD, isBlobEvent, type BlobRecord } from './records.js';
import type { NodeStore } from './store.js';

const EVENTS_PER_PAGE = 50;

/** Runs `action` after a delay; returns the function that cancels it. */
export type Schedule = (action: () => void, delayMs: number) => () => void;

export interface ChainFollowerOptions {
  readonly client: ClientWithCoreApi;
  readonly ids: DeploymentIds;
  readonly store: NodeStore;
  /** Told about polls that failed; the next poll tries again. */
  readonly onError: (error: unknown) => void;
}

/** A node's eyes on the chain. */
export class ChainFollower {
  readonly #reader: ChainReader;
  readonly #options: ChainFollowerOptions;
  #state: ChainState | undefined;
  #running: Promise<void> | undefined;
  #again: Promise<void> | undefined;
  #stopPolling: (() => void) | undefined;

  constructor(options: ChainFollowerOptions) {
    this.#options = options;
    this.#reader = new ChainReader(options.client, options.ids);
  }

  /** Committee and epoch as last read. @throws Error before the first `sync` */
  get state(): ChainState {
    if (this.#state === undefined) throw new Error('the chain follower has not synced yet');
    return this.#state;
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
  start(schedule: Schedule, intervalMs: number): void {
    let stopped = false;
    let cancel = () => {};
    const poll = () => {
      this.sync()
        .catch(this.#options.onError)
        .finally(() => {
          if (!stopped) cancel = schedule(poll, intervalMs);
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
    this.#state ??= await this.#reader.state();
    const { client, store } = this.#options;
    for (;;) {
      const page = await client.core.listEvents({
        filter: { eventType: `${this.#state.originalPackageId}::events` },
        limit: EVENTS_PER_PAGE,
        ...(store.cursor === undefined ? {} : { after: store.cursor }),
      });
      const changed = new Map<string, readonly [Uint8Array, BlobRecord]>();
      let epochChanged = false;
      for (const entry of page.events) {
        const position = { txDigest: entry.transactionDigest, eventSeq: entry.eventIndex };
        const event = decodeEvent(entry.eventType, eventBytes(entry.bcs), position);
        if (event === undefined) continue;
        if (isBlobEvent(event)) {
          const blobId = blobIdFromU256(BigInt(event.fields.blob_id));
          const key = blobIdToText(blobId);
          const record = changed.get(key)?.[1] ?? store.getRecord(blobId) ?? EMPTY_RECORD;
          changed.set(key, [blobId, applyEvent(record, event)]);
        } else if (event.kind === 'EpochChangeStart' || event.kind === 'EpochChangeDone') {
          epochChanged = true;
        }
      }
      // The committee is read before the cursor moves on: a crash in between reads it again.
      if (epochChanged) this.#state = await this.#reader.state();
      if (page.endCursor !== null && page.endCursor !== store.cursor) {
        await store.putRecords([...changed.values()], page.endCursor);
      }
      if (!page.hasNextPage) return;
    }
  }
}

function eventBytes(bcs: Uint8Array | string): Uint8Array {
  return typeof bcs === 'string' ? fromBase64(bcs) : bcs;
}
