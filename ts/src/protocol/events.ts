/** Events of the contracts that storage nodes follow, with their BCS layouts (contracts specification §2.5). */
import { bcs } from '@mysten/sui/bcs';

const layouts = {
  BlobRegistered: bcs.struct('BlobRegistered', {
    epoch: bcs.u32(),
    blob_id: bcs.u256(),
    size: bcs.u64(),
    encoding_type: bcs.u8(),
    end_epoch: bcs.u32(),
    deletable: bcs.bool(),
    object_id: bcs.Address,
  }),
  BlobCertified: bcs.struct('BlobCertified', {
    epoch: bcs.u32(),
    blob_id: bcs.u256(),
    end_epoch: bcs.u32(),
    deletable: bcs.bool(),
    object_id: bcs.Address,
    is_extension: bcs.bool(),
  }),
  BlobDeleted: bcs.struct('BlobDeleted', {
    epoch: bcs.u32(),
    blob_id: bcs.u256(),
    end_epoch: bcs.u32(),
    object_id: bcs.Address,
    was_certified: bcs.bool(),
  }),
  InvalidBlobID: bcs.struct('InvalidBlobID', { epoch: bcs.u32(), blob_id: bcs.u256() }),
  DenyListBlobDeleted: bcs.struct('DenyListBlobDeleted', { epoch: bcs.u32(), blob_id: bcs.u256() }),
  StoragePoolCreated: bcs.struct('StoragePoolCreated', {
    epoch: bcs.u32(),
    storage_pool_id: bcs.Address,
    reserved_encoded_capacity_bytes: bcs.u64(),
    start_epoch: bcs.u32(),
    end_epoch: bcs.u32(),
  }),
  StoragePoolExtended: bcs.struct('StoragePoolExtended', {
    epoch: bcs.u32(),
    storage_pool_id: bcs.Address,
    new_end_epoch: bcs.u32(),
  }),
  PooledBlobRegistered: bcs.struct('PooledBlobRegistered', {
    epoch: bcs.u32(),
    blob_id: bcs.u256(),
    unencoded_size: bcs.u64(),
    encoding_type: bcs.u8(),
    deletable: bcs.bool(),
    object_id: bcs.Address,
    storage_pool_id: bcs.Address,
  }),
  PooledBlobCertified: bcs.struct('PooledBlobCertified', {
    epoch: bcs.u32(),
    blob_id: bcs.u256(),
    deletable: bcs.bool(),
    object_id: bcs.Address,
    storage_pool_id: bcs.Address,
  }),
  PooledBlobDeleted: bcs.struct('PooledBlobDeleted', {
    epoch: bcs.u32(),
    blob_id: bcs.u256(),
    object_id: bcs.Address,
    was_certified: bcs.bool(),
    storage_pool_id: bcs.Address,
  }),
  EpochParametersSelected: bcs.struct('EpochParametersSelected', { next_epoch: bcs.u32() }),
  EpochChangeStart: bcs.struct('EpochChangeStart', { epoch: bcs.u32() }),
  EpochChangeDone: bcs.struct('EpochChangeDone', { epoch: bcs.u32() }),
} as const;

type Layouts = typeof layouts;

/** Where an event stands: the transaction and its place among that transaction's events. */
export interface EventPosition {
  readonly txDigest: string;
  readonly eventSeq: number;
}

/** A decoded event, tagged by its type name. */
export type ProtocolEvent = {
  [Name in keyof Layouts]: {
    readonly kind: Name;
    readonly position: EventPosition;
    readonly fields: Layouts[Name]['$inferType'];
  };
}[keyof Layouts];

/** Decodes an event of the contracts; undefined for those that nodes need not act on. */
export function decodeEvent(
  eventType: string,
  contents: Uint8Array,
  position: EventPosition,
): ProtocolEvent | undefined {
  const [, module, name] = eventType.split('::');
  if (module !== 'events' || name === undefined || !Object.hasOwn(layouts, name)) return undefined;
  const kind = name as keyof Layouts;
  return { kind, position, fields: layouts[kind].parse(contents) } as ProtocolEvent;
}
