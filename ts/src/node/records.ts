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
  /** The latest event that changed it. */
  readonly event: EventPosition;
}

/** Everything known of one blob ID. */
export interface BlobRecord {
  readonly registrations: readonly Registration[];
  /** Set for ever once the network attested that the blob was encoded inconsistently. */
  readonly invalid: EventPosition | undefined;
}

export const EMPTY_RECORD: BlobRecord = { registrations: [], invalid: undefined };

/** Events that concern one blob. */
export type BlobEvent = Extract<
  ProtocolEvent,
  { kind: 'BlobRegistered' | 'BlobCertified' | 'BlobDeleted' | 'InvalidBlobID' }
>;

export function isBlobEvent(event: ProtocolEvent): event is BlobEvent {
  return 'blob_id' in event.fields;
}

/** Folds one event into a record. Applying an event twice changes nothing. */
export function applyEvent(record: BlobRecord, event: BlobEvent): BlobRecord {
  const { position } = event;
  switch (event.kind) {
    case 'BlobRegistered': {
      const { fields } = event;
      const known = record.registrations.some((one) => one.objectId === fields.object_id);
      if (known) return record;
      const registration: Registration = {
        objectId: fields.object_id,
        deletable: fields.deletable,
        registeredEpoch: fields.epoch,
        endEpoch: fields.end_epoch,
        certifiedEpoch: undefined,
        event: position,
      };
      return { ...record, registrations: [...record.registrations, registration] };
    }
    case 'BlobCertified': {
      const { fields } = event;
      return {
        ...record,
        registrations: record.registrations.map((one) =>
          one.objectId === fields.object_id
            ? { ...one, certifiedEpoch: fields.epoch, endEpoch: fields.end_epoch, event: position }
            : one,
        ),
      };
    }
    case 'BlobDeleted': {
      const { fields } = event;
      return { ...record, registrations: record.registrations.filter((one) => one.objectId !== fields.object_id) };
    }
    case 'InvalidBlobID':
      return { ...record, invalid: record.invalid ?? position };
    default:
      return event satisfies never;
  }
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
  const certifiedEpochs = registrations.flatMap((one) => (one.certifiedEpoch === undefined ? [] : [one.certifiedEpoch]));
  const initialCertifiedEpoch = certifiedEpochs.length === 0 ? null : Math.min(...certifiedEpochs);
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
        initialCertifiedEpoch,
      },
    };
  }
  if (deletable.length > 0) return { deletable: { initialCertifiedEpoch, deletableCounts } };
  return 'nonexistent';
}

function eventJson(position: EventPosition): unknown {
  return { txDigest: position.txDigest, eventSeq: String(position.eventSeq) };
}
