/**
 * The new owner's side of a shard transfer (HTTP specification §4.6): takes slivers over from the previous owner,
 * page by page, verifies each, and remembers how far it got.
 */
import { hexToBytes, bytesToHex } from '@noble/hashes/utils.js';
import { blobIdToText, encodeSliverData, EncodingError, pairOfShard, sliverOfPair, type Axis } from '../encoding/index.js';
import { compareBytes } from '../encoding/bcs.js';
import type { CommitteeMember } from '../protocol/index.js';
import type { BlobRecovery } from './blob-recovery.js';
import { PeerRequestFailed, RecoveryFailed } from './errors.js';
import { errorFields } from './log.js';
import type { NodeContext } from './node-context.js';
import type { Peers } from './peers.js';
import { dutyOf } from './records.js';
import { nextBlobId } from './shard-source.js';
import { previousOwner } from './shard-plan.js';
import type { ShardState } from './store.js';
import type { SyncedSliver } from './sync-messages.js';

/** Slivers of one request (`sliver_count_per_sync_request`). */
const SLIVERS_PER_REQUEST = 1000n;
const FIRST_BLOB_ID = '00'.repeat(32);

type Syncing = ShardState & { readonly status: 'sync' };

export class ShardTransfer {
  constructor(
    private readonly context: NodeContext,
    private readonly peers: Peers,
    private readonly recovery: BlobRecovery,
  ) {}

  /**
   * Goes on until the previous owner has no more slivers; the shard's state is `recover` then.
   * @throws PeerRequestFailed
   */
  async run(shard: number): Promise<void> {
    const { context } = this;
    const { epoch } = context;
    let state = context.store.shardStates().get(shard);
    while (state?.status === 'sync' && context.epoch === epoch) {
      const source = previousOwner(context.state.previousCommittee, shard);
      if (source === undefined) break;
      const request = {
        shard,
        axis: state.axis,
        startingBlobId: hexToBytes(state.nextBlobId),
        sliverCount: SLIVERS_PER_REQUEST,
        epoch,
      };
      const page = await this.peers.syncShard(source, request, context.protocolKey);
      await this.#take(source, shard, state, page);
      state = afterPage(state, page);
      await context.store.commit({ shards: [[shard, state]] });
    }
  }

  /** Stores the slivers of a page that are what they should be; the others are rebuilt later. */
  async #take(source: CommitteeMember, shard: number, { axis, nextBlobId: from }: Syncing, page: readonly SyncedSliver[]): Promise<void> {
    const { context } = this;
    let last: Uint8Array | undefined;
    for (const { blobId, sliver } of page) {
      const ascending = last === undefined ? compareBytes(blobId, hexToBytes(from)) >= 0 : compareBytes(blobId, last) > 0;
      if (!ascending) throw new PeerRequestFailed(source.name, 'syncShard', 200, undefined, 'blob IDs are not ascending');
      last = blobId;
      const duty = dutyOf(context.record(blobId), context.epoch);
      if ((duty !== 'hold' && duty !== 'keep') || context.store.hasSliver({ blobId, shard, axis })) continue;
      try {
        const expected = sliverOfPair(axis, pairOfShard(shard, blobId, context.shardCount), context.shardCount);
        if (sliver.axis !== axis || sliver.index !== expected) throw new EncodingError(`not the ${axis} sliver ${expected}`);
        await context.encoder.verifySliver(await this.recovery.metadata(blobId, [source]), sliver);
      } catch (error) {
        if (!(error instanceof EncodingError || error instanceof RecoveryFailed)) throw error;
        const fields = { peer: source.name, shard, axis, blobId: blobIdToText(blobId), ...errorFields(error) };
        context.log('warn', 'sliver of another node does not verify', fields);
        continue;
      }
      await context.storeSliver({ blobId: blobId.slice(), shard, axis }, encodeSliverData(sliver));
      context.metrics.syncedSlivers.add(1, { sliver_type: axis });
    }
  }
}

/** Where a transfer stands after a page: an empty one ends an axis. */
function afterPage(state: Syncing, page: readonly SyncedSliver[]): ShardState {
  const last = page.at(-1);
  const next = last === undefined ? undefined : nextBlobId(last.blobId);
  if (next !== undefined) return { ...state, nextBlobId: bytesToHex(next) };
  const nextAxis: Axis | undefined = state.axis === 'primary' ? 'secondary' : undefined;
  return nextAxis === undefined
    ? { status: 'recover', since: state.since }
    : { ...state, axis: nextAxis, nextBlobId: FIRST_BLOB_ID };
}
