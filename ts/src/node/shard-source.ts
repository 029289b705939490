/**
 * The old owner's side of a shard transfer (HTTP specification §2.13): checks the signed request of the new
 * owner and gives the slivers of certified blobs in ascending order of blob ID.
 */
import { equalBytes } from '../encoding/hash.js';
import { MalformedBytesError } from '../encoding/index.js';
import { verifyBls } from '../protocol/index.js';
import * as errors from './errors.js';
import type { NodeContext } from './node-context.js';
import { initialCertifiedEpoch, isCertified } from './records.js';
import { decodeSignedMessage, decodeSyncShardMessage, encodeSyncShardResponse } from './sync-messages.js';

/** Largest `sliver_count`. */
export const MAX_SYNC_SLIVERS = 100_000;
/** An answer ends with the sliver that passes this; the requester asks on from there. */
const ANSWER_BYTES = 16 << 20;
/** Records that are read at a time. */
const RECORDS_PER_PAGE = 500;

export class ShardSource {
  constructor(readonly context: NodeContext) {}

  /**
   * BCS `SyncShardResponse`; empty when the shard has no slivers from there on.
   * @param requesterKey protocol key from the `Authorization` header
   * @throws NodeApiError in the order of §2.13
   */
  async serve(requesterKey: Uint8Array, body: Uint8Array): Promise<Uint8Array> {
    const { context } = this;
    const signed = decoded(() => decodeSignedMessage(body));
    const { committee, previousCommittee, nextCommittee } = context.state;
    const known = [...committee, ...previousCommittee, ...(nextCommittee ?? [])];
    if (!known.some(({ publicKey }) => equalBytes(publicKey, requesterKey))) {
      throw errors.unauthorized('the key belongs to no member of the current, previous or next committee');
    }
    if (!verifyBls(requesterKey, signed.message, signed.signature)) throw errors.badSignature();
    const request = decoded(() => decodeSyncShardMessage(signed.message));
    if (request.epoch > context.epoch) await context.chain.sync();
    if (request.epoch !== context.epoch) throw errors.invalidEpoch(request.epoch, context.epoch);
    const owner = context.state.committee.find(({ shards }) => shards.includes(request.shard));
    if (owner === undefined || !equalBytes(owner.publicKey, requesterKey)) {
      throw errors.unauthorized(`shard ${request.shard} does not belong to the requester`);
    }
    if (request.sliverCount > BigInt(MAX_SYNC_SLIVERS)) throw errors.tooManySlivers(request.sliverCount, MAX_SYNC_SLIVERS);
    if (!context.hasShard(request.shard)) throw errors.shardNotAssigned(request.shard, context.epoch);

    const slivers: { blobId: Uint8Array; sliverData: Uint8Array }[] = [];
    let size = 0;
    let from: Uint8Array | undefined = request.startingBlobId;
    while (from !== undefined && slivers.length < request.sliverCount && size < ANSWER_BYTES) {
      const page = context.store.records(from, RECORDS_PER_PAGE);
      from = page.length < RECORDS_PER_PAGE ? undefined : nextBlobId(page.at(-1)![0]);
      for (const [blobId, record] of page) {
        if (slivers.length >= request.sliverCount || size >= ANSWER_BYTES) break;
        if (!isCertified(record, context.epoch) || initialCertifiedEpoch(record, context.epoch)! >= request.epoch) continue;
        const sliverData = context.store.getSliver({ blobId, shard: request.shard, axis: request.axis });
        if (sliverData === undefined) continue;
        slivers.push({ blobId, sliverData });
        size += sliverData.length;
      }
    }
    return encodeSyncShardResponse(request.axis, slivers);
  }
}

/** The blob ID behind this one; undefined behind the last. */
export function nextBlobId(blobId: Uint8Array): Uint8Array | undefined {
  const next = blobId.slice();
  for (let at = next.length - 1; at >= 0; at--) {
    next[at] = (next[at]! + 1) & 0xff;
    if (next[at] !== 0) return next;
  }
  return undefined;
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof MalformedBytesError) throw errors.malformedBody(cause);
    throw cause;
  }
}
