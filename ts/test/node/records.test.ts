/** Blob records folded from events: registration, certification, expiry, deletion, invalidation. */
import { expect } from 'chai';
import fc from 'fast-check';
import {
  applyEvent,
  deletableRegistration,
  EMPTY_RECORD,
  hasPermanentRegistration,
  isCertified,
  isRegistered,
  statusJson,
  type BlobEvent,
  type BlobRecord,
} from '../../src/node/records.js';

const objects = ['0x0a', '0x0b', '0x0c'];
let eventSeq = 0;
const at = () => ({ txDigest: 'tx', eventSeq: eventSeq++ });
const fields = { epoch: 2, blob_id: '1', end_epoch: 6, deletable: false, object_id: '0x0a' };
const register = (change: Partial<typeof fields> = {}): BlobEvent => ({
  kind: 'BlobRegistered',
  position: at(),
  fields: { ...fields, size: '1', encoding_type: 1, ...change },
});
const certify = (change: Partial<typeof fields> = {}): BlobEvent => ({
  kind: 'BlobCertified',
  position: at(),
  fields: { ...fields, is_extension: false, ...change },
});
const remove = (object_id: string): BlobEvent => ({
  kind: 'BlobDeleted',
  position: at(),
  fields: { epoch: 2, blob_id: '1', end_epoch: 6, object_id, was_certified: true },
});
const invalidate = (): BlobEvent => ({ kind: 'InvalidBlobID', position: at(), fields: { epoch: 2, blob_id: '1' } });
const fold = (...events: BlobEvent[]): BlobRecord => events.reduce((record, event) => applyEvent(record, event), EMPTY_RECORD);

describe('blob records', () => {
  it('know a registration until its end epoch', () => {
    const record = fold(register());
    expect([5, 6].map((epoch) => isRegistered(record, epoch))).to.deep.equal([true, false]);
    expect(isCertified(record, 3)).to.equal(false);
    expect(isCertified(fold(register(), certify()), 3)).to.equal(true);
  });

  it('follow an extension', () => {
    const record = fold(register(), certify(), certify({ end_epoch: 9 }));
    expect(isCertified(record, 8)).to.equal(true);
  });

  it('forget a deleted object and keep the others', () => {
    const record = fold(
      register({ deletable: true }),
      register({ deletable: true, object_id: '0x0b' }),
      remove('0x0a'),
    );
    expect(deletableRegistration(record, '0x0a', 3)).to.equal(undefined);
    expect(deletableRegistration(record, '0x0b', 3)?.objectId).to.equal('0x0b');
    expect(hasPermanentRegistration(record, 3)).to.equal(false);
  });

  it('stay invalid for ever', () => {
    const record = fold(register(), invalidate(), certify(), register({ object_id: '0x0b' }));
    expect(isRegistered(record, 3)).to.equal(false);
    expect(deletableRegistration(record, '0x0b', 3)).to.equal(undefined);
    expect(statusJson(record, 3)).to.have.property('invalid');
  });

  it('report the status of HTTP specification §2.11', () => {
    expect(statusJson(undefined, 3)).to.equal('nonexistent');
    expect(statusJson(fold(register()), 7)).to.equal('nonexistent');
    const permanent = certify();
    expect(statusJson(fold(register(), permanent), 3)).to.deep.equal({
      permanent: {
        endEpoch: 6,
        isCertified: true,
        statusEvent: { txDigest: 'tx', eventSeq: String(permanent.position.eventSeq) },
        deletableCounts: { count_deletable_total: 0, count_deletable_certified: 0 },
        initialCertifiedEpoch: 2,
      },
    });
    expect(statusJson(fold(register({ deletable: true })), 3)).to.deep.equal({
      deletable: {
        initialCertifiedEpoch: null,
        deletableCounts: { count_deletable_total: 1, count_deletable_certified: 0 },
      },
    });
  });

  it('prefer a certified permanent object over a longer registered one', () => {
    const record = fold(register({ end_epoch: 20 }), register({ object_id: '0x0b' }), certify({ object_id: '0x0b' }));
    expect(statusJson(record, 3)).to.nested.include({ 'permanent.isCertified': true, 'permanent.endEpoch': 6 });
  });

  it('do not change when an event is handled twice', () => {
    const event = fc.oneof(
      fc.record({ object_id: fc.constantFrom(...objects), deletable: fc.boolean() }).map(register),
      fc.record({ object_id: fc.constantFrom(...objects) }).map(certify),
      fc.constantFrom(...objects).map(remove),
      fc.constant(null).map(invalidate),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        let record = EMPTY_RECORD;
        for (const one of events) {
          record = applyEvent(record, one);
          expect(applyEvent(record, one)).to.deep.equal(record);
        }
      }),
    );
  });
});
