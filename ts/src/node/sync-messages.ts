/**
 * What nodes say to each other when a shard moves (HTTP specification §1, §2.13): the signed request of the new
 * owner and the answer of the old one. Decoders accept canonical bytes only and check lengths first.
 */
import { BcsWriter, decodeBcs, type BcsReader } from '../encoding/bcs.js';
import { DIGEST_SIZE } from '../encoding/hash.js';
import type { Axis, Sliver } from '../encoding/index.js';
import { BLS_SIGNATURE_BYTES, INTENT, parseMessageHeader } from '../protocol/index.js';
import { AXES, axisTag } from './axes.js';

/** Version tag of request and answer. */
const V1 = 0;
const HEADER_BYTES = 7;
const REQUEST_BYTES = 48;
/** Smallest entry: blob ID, axis, empty sliver. */
const MIN_ENTRY_BYTES = DIGEST_SIZE + 1 + 1 + 4;

/** Which slivers of a shard are asked for. */
export interface SyncShardRequest {
  readonly shard: number;
  readonly axis: Axis;
  /** First blob ID, inclusive. */
  readonly startingBlobId: Uint8Array;
  /** At most so many slivers (u64). */
  readonly sliverCount: bigint;
  readonly epoch: number;
}

/** One sliver of an answer. */
export interface SyncedSliver {
  readonly blobId: Uint8Array;
  readonly sliver: Sliver;
}

/** Bytes as they are signed, and their signature. */
export interface SignedMessage {
  readonly message: Uint8Array;
  /** 96 bytes. */
  readonly signature: Uint8Array;
}

/** The message that the requester signs: header of intent 3 and the request. */
export function encodeSyncShardMessage(request: SyncShardRequest): Uint8Array {
  return new BcsWriter(HEADER_BYTES + REQUEST_BYTES)
    .fixed(Uint8Array.of(INTENT.syncShard, 0, 3))
    .u32(request.epoch)
    .uleb(V1)
    .u16(request.shard)
    .uleb(axisTag(request.axis))
    .fixed(request.startingBlobId)
    .u64(request.sliverCount)
    .u32(request.epoch)
    .toBytes();
}

/** Inverse of `encodeSyncShardMessage`. @throws MalformedBytesError */
export function decodeSyncShardMessage(message: Uint8Array): SyncShardRequest {
  return decodeBcs('shard sync request', message, (reader) => {
    const header = parseMessageHeader(reader.fixed(HEADER_BYTES));
    if (header?.intent !== INTENT.syncShard) throw reader.fault('not the header of a shard sync request');
    reader.variant(V1 + 1);
    const shard = reader.u16();
    const axis = AXES[reader.variant(2)]!;
    const startingBlobId = reader.fixed(DIGEST_SIZE);
    const sliverCount = reader.u64();
    const epoch = reader.u32();
    if (epoch !== header.epoch) throw reader.fault(`epoch ${epoch} in a message of epoch ${header.epoch}`);
    return { shard, axis, startingBlobId, sliverCount, epoch };
  });
}

/** `SignedMessage`. */
export function encodeSignedMessage({ message, signature }: SignedMessage): Uint8Array {
  return new BcsWriter(message.length + 98).bytes(message).fixed(signature).toBytes();
}

/** Inverse of `encodeSignedMessage`. @throws MalformedBytesError */
export function decodeSignedMessage(bytes: Uint8Array): SignedMessage {
  return decodeBcs('signed message', bytes, (reader) => {
    const message = reader.bytes();
    return { message, signature: reader.fixed(BLS_SIGNATURE_BYTES) };
  });
}

/** `SyncShardResponse` of slivers given as BCS `SliverData`. */
export function encodeSyncShardResponse(
  axis: Axis,
  slivers: readonly { readonly blobId: Uint8Array; readonly sliverData: Uint8Array }[],
): Uint8Array {
  const size = slivers.reduce((sum, { sliverData }) => sum + DIGEST_SIZE + 1 + sliverData.length, 0);
  return new BcsWriter(size + 6)
    .uleb(V1)
    .vector(slivers, (writer, { blobId, sliverData }) => writer.fixed(blobId).uleb(axisTag(axis)).fixed(sliverData))
    .toBytes();
}

/** Inverse of `encodeSyncShardResponse`; at most `maxSlivers`. @throws MalformedBytesError */
export function decodeSyncShardResponse(bytes: Uint8Array, maxSlivers: number): SyncedSliver[] {
  return decodeBcs('shard sync answer', bytes, (reader) => {
    reader.variant(V1 + 1);
    return reader.vector(MIN_ENTRY_BYTES, readSyncedSliver, maxSlivers);
  });
}

function readSyncedSliver(reader: BcsReader): SyncedSliver {
  const blobId = reader.fixed(DIGEST_SIZE);
  const axis = AXES[reader.variant(2)]!;
  const data = reader.bytes();
  const symbolSize = reader.u16();
  return { blobId, sliver: { axis, index: reader.u16(), symbolSize, data } };
}

