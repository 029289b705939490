/**
 * What a node knows of a blob from the chain: one entry per blob object, folded from events. Pure: events
 * in, record out. The record answers whether the blob is registered or certified at an epoch, and the
 * status that the HTTP API reports (HTTP specification §2.11).
 */
import type { EventPosition, ProtocolEvent } from '../protocol/index.js';

/** One `Blob` object that registers this blob ID. */
export interface Registration {
  readonly objectId: string;
  readonly deletable: boolean;
  readonly registeredEpoch: number;
  /** First epoch in which it no longer counts. */
  readonly endEpoch: number;
  readonly certifiedEpoch: number | undefined;
  /** Storage pool that the object lives in, which decides its end epoch. */
  readonly poolId?: string;
  /** The latest event that changed it. */
  readonly event: EventPosition;
}

/** Everything known of one blob ID. */
export interface BlobRecord {
  readonly registrations: readonly Registration[];
  /** Set for ever once the network attested that the blob was encoded inconsistently. */
  readonly invalid: EventPosition | undefined;
  /** Epoch of that. */
  readonly invalidEpoch?: number;
  /** Set for ever once more than a third of the shards denied the blob. */
  readonly denied?: EventPosition;
  /** Epoch of that. */
  readonly deniedEpoch?: number;
}

export const EMPTY_RECORD: BlobRecord = { registrations: [], invalid: undefined };

/** Events that concern one blob. */
export type BlobEvent = Extract<
  ProtocolEvent,
  {
    kind:
      | 'BlobRegistered'
      | 'BlobCertified'
      | 'BlobDeleted'
      | 'PooledBlobRegistered'
      | 'PooledBlobCertified'
      | 'PooledBlobDeleted'
      | 'InvalidBlobID'
      | 'DenyListBlobDeleted';
  }
>;

export function isBlobEvent(event: ProtocolEvent): event is BlobEvent {
  return 'blob_id' in event.fields;
}

/**
 * Folds one event into a record. Applying an event twice changes nothing.
 * @param poolEndEpoch end epoch of a storage pool, for the events of pooled blobs
 */
export function applyEvent(
  record: BlobRecord,
  event: BlobEvent,
  poolEndEpoch: (poolId: string) => number | undefined = () => undefined,
): BlobRecord {
  const { position, fields } = event;
  const { registrations } = record;
  switch (event.kind) {
    case 'BlobRegistered':
    case 'PooledBlobRegistered': {
      if (registrations.some((one) => one.objectId === event.fields.object_id)) return record;
      const lifetime =
        event.kind === 'BlobRegistered'
          ? { endEpoch: event.fields.end_epoch }
          : { endEpoch: poolEndEpoch(event.fields.storage_pool_id) ?? 0, poolId: event.fields.storage_pool_id };
      const registration: Registration = {
        objectId: event.fields.object_id,
        deletable: event.fields.deletable,
        registeredEpoch: fields.epoch,
        ...lifetime,
        certifiedEpoch: undefined,
        event: position,
      };
      return { ...record, registrations: [...registrations, registration] };
    }
    case 'BlobCertified': {
      const { object_id: objectId, epoch: certifiedEpoch, end_epoch: endEpoch } = event.fields;
      const certified = (one: Registration): Registration => ({ ...one, certifiedEpoch, endEpoch, event: position });
      return { ...record, registrations: registrations.map((one) => (one.objectId === objectId ? certified(one) : one)) };
    }
    case 'PooledBlobCertified': {
      const { object_id: objectId, epoch: certifiedEpoch } = event.fields;
      const certified = (one: Registration): Registration => ({ ...one, certifiedEpoch, event: position });
      return { ...record, registrations: registrations.map((one) => (one.objectId === objectId ? certified(one) : one)) };
    }
    case 'BlobDeleted':
    case 'PooledBlobDeleted': {
      const { object_id: objectId } = event.fields;
      return { ...record, registrations: registrations.filter((one) => one.objectId !== objectId) };
    }
    case 'InvalidBlobID':
      return record.invalid === undefined ? { ...record, invalid: position, invalidEpoch: fields.epoch } : record;
    case 'DenyListBlobDeleted':
      return record.denied === undefined ? { ...record, denied: position, deniedEpoch: fields.epoch } : record;
    default:
      return event satisfies never;
  }
}

/** The record after a storage pool was extended; the same one when it has no blob there. */
export function withPoolEndEpoch(record: BlobRecord, poolId: string, endEpoch: number): BlobRecord {
  if (!record.registrations.some((one) => one.poolId === poolId)) return record;
  const registrations = record.registrations.map((one) => (one.poolId === poolId ? { ...one, endEpoch } : one));
  return { ...record, registrations };
}

/** What a node owes to a blob. */
export type BlobDuty =
  /** Certified: it must hold both slivers of each of its shards. */
  | 'hold'
  /** Registered: it keeps what is uploaded. */
  | 'keep'
  /** Invalid or denied: the record stays, the data goes. */
  | 'discard'
  /** Nothing on chain asks for it any more: record and data go. */
  | 'forget';

/** What the chain, as far as the record knows it, asks of a node at an epoch. */
export function dutyOf(record: BlobRecord | undefined, epoch: number): BlobDuty {
  if (record === undefined) return 'forget';
  if (record.invalid !== undefined || record.denied !== undefined) return 'discard';
  const registrations = live(record, epoch);
  if (registrations.length === 0) return 'forget';
  return registrations.some((one) => one.certifiedEpoch !== undefined) ? 'hold' : 'keep';
}

/** The record without registrations that have ended; undefined when nothing is left to know. */
export function withoutExpired(record: BlobRecord, epoch: number): BlobRecord | undefined {
  const registrations = live(record, epoch);
  const marked = record.invalid !== undefined || record.denied !== undefined;
  if (registrations.length === 0 && !marked) return undefined;
  return registrations.length === record.registrations.length ? record : { ...record, registrations };
}

/** Earliest epoch in which a live registration was certified; undefined when none is. */
export function initialCertifiedEpoch(record: BlobRecord, epoch: number): number | undefined {
  const epochs = live(record, epoch).flatMap((one) => (one.certifiedEpoch === undefined ? [] : [one.certifiedEpoch]));
  return epochs.length === 0 ? undefined : Math.min(...epochs);
}

function live(record: BlobRecord, epoch: number): Registration[] {
  return record.registrations.filter((one) => one.endEpoch > epoch);
}

/** True if some object registers the blob at this epoch and the blob is not invalid. */
export function isRegistered(record: BlobRecord | undefined, epoch: number): boolean {
  return record !== undefined && record.invalid === undefined && live(record, epoch).length > 0;
}

/** True if some object certifies the blob at this epoch and the blob is not invalid. */
export function isCertified(record: BlobRecord | undefined, epoch: number): boolean {
  return (
    record !== undefined &&
    record.invalid === undefined &&
    live(record, epoch).some((one) => one.certifiedEpoch !== undefined)
  );
}

/** The live registration that a deletable blob's certificate is bound to, if any. */
export function deletableRegistration(
  record: BlobRecord | undefined,
  objectId: string,
  epoch: number,
): Registration | undefined {
  if (record === undefined || record.invalid !== undefined) return undefined;
  return live(record, epoch).find((one) => one.deletable && one.objectId === objectId);
}

/** True if a live permanent registration exists. */
export function hasPermanentRegistration(record: BlobRecord | undefined, epoch: number): boolean {
  return isRegistered(record, epoch) && live(record!, epoch).some((one) => !one.deletable);
}

/** The JSON value of `GET …/status`. Key order matters: clients group answers by their text. */
export function statusJson(record: BlobRecord | undefined, epoch: number): unknown {
  if (record?.invalid !== undefined) return { invalid: { event: eventJson(record.invalid) } };
  const registrations = record === undefined ? [] : live(record, epoch);
  const deletable = registrations.filter((one) => one.deletable);
  const deletableCounts = {
    count_deletable_total: deletable.length,
    count_deletable_certified: deletable.filter((one) => one.certifiedEpoch !== undefined).length,
  };
  const certifiedSince = (record && initialCertifiedEpoch(record, epoch)) ?? null;
  const permanent = registrations
    .filter((one) => !one.deletable)
    .sort((a, b) => Number(b.certifiedEpoch !== undefined) - Number(a.certifiedEpoch !== undefined) || b.endEpoch - a.endEpoch);
  if (permanent[0] !== undefined) {
    return {
      permanent: {
        endEpoch: permanent[0].endEpoch,
        isCertified: permanent[0].certifiedEpoch !== undefined,
        statusEvent: eventJson(permanent[0].event),
        deletableCounts,
        initialCertifiedEpoch: certifiedSince,
      },
    };
  }
  if (deletable.length > 0) return { deletable: { initialCertifiedEpoch: certifiedSince, deletableCounts } };
  return 'nonexistent';
}

function eventJson(position: EventPosition): unknown {
  return { txDigest: position.txDigest, eventSeq: String(position.eventSeq) };
}
