/** Giving a shard away: the signed request, its checks in order, and the pages of the answer (HTTP specification §2.13). */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Hono } from 'hono';
import { encodeBlobMetadata, MalformedBytesError, pairOfShard, type EncodedBlob } from '../../src/encoding/index.js';
import { MemoryStore } from '../../src/node/index.js';
import {
  decodeSignedMessage,
  decodeSyncShardMessage,
  decodeSyncShardResponse,
  encodeSignedMessage,
  encodeSyncShardMessage,
  encodeSyncShardResponse,
  type SyncShardRequest,
} from '../../src/node/sync-messages.js';
import { BlsKeyPair, type CommitteeMember } from '../../src/protocol/index.js';
import { certified, createNode, encode, EPOCH, FakeChain, happen, member, registered, SHARDS } from './fake-chain.js';

const FIRST = new Uint8Array(32);
const newKey = BlsKeyPair.fromSeed(new Uint8Array(48).fill(7));
const strangerKey = BlsKeyPair.fromSeed(new Uint8Array(48).fill(8));
const newOwner: CommitteeMember = { ...member, index: 1, nodeId: `0x${'02'.repeat(32)}`, publicKey: newKey.publicKey, shards: [0, 3] };

describe('giving a shard away', () => {
  let store: MemoryStore;
  let chain: FakeChain;
  let app: Hono;
  let blobs: EncodedBlob[];

  before(async () => {
    blobs = await Promise.all(['one', 'two', 'three', 'four'].map(encode));
    blobs.sort((a, b) => Buffer.compare(a.blobId, b.blobId));
  });

  /** Shard 0 has moved to the new owner; this node had 0, 1 and 2. */
  beforeEach(async () => {
    store = new MemoryStore();
    chain = new FakeChain();
    chain.state.committee = [{ ...member, shards: [1, 2] }, newOwner];
    app = createNode(store, chain).app;
    await store.commit({ shards: [[0, { status: 'locked', since: EPOCH }]] });
    for (const blob of blobs) {
      await happen(store, blob.blobId, registered());
      await happen(store, blob.blobId, certifiedBefore());
      await store.putMetadata(blob.blobId, encodeBlobMetadata(blob.metadata));
      await store.putSliver({ blobId: blob.blobId, shard: 0, axis: 'primary' }, sliverOf(blob).framed);
    }
  });

  const certifiedBefore = () => {
    const event = certified();
    return { ...event, fields: { ...event.fields, epoch: EPOCH - 1 } };
  };
  const sliverOf = (blob: EncodedBlob) => blob.slivers[pairOfShard(0, blob.blobId, SHARDS)]!.primary;
  const request = (change: Partial<SyncShardRequest> = {}): SyncShardRequest => ({
    ...{ shard: 0, axis: 'primary', startingBlobId: FIRST, sliverCount: 10n, epoch: EPOCH },
    ...change,
  });
  const signedBody = (what: SyncShardRequest, key = newKey) => {
    const message = encodeSyncShardMessage(what);
    return encodeSignedMessage({ message, signature: key.sign(message) });
  };
  const send = (body: Uint8Array, authorization: string | undefined = keyText(newKey), type = 'application/octet-stream') =>
    app.request('/v1/migrate/sync_shard', {
      method: 'POST',
      body: body as Uint8Array<ArrayBuffer>,
      headers: { 'content-type': type, ...(authorization === '' ? {} : { authorization }) },
    });
  const keyText = (key: BlsKeyPair) => Buffer.from(key.publicKey).toString('base64');
  async function expectRefusal(response: Response, code: number, reason: string): Promise<void> {
    const { error } = (await response.json()) as { error: { code: number; details: { reason: string }[] } };
    expect([response.status, error.details[0]!.reason]).to.deep.equal([code, reason]);
  }
  async function given(what: SyncShardRequest) {
    const response = await send(signedBody(what));
    expect(response.status).to.equal(200);
    return decodeSyncShardResponse(new Uint8Array(await response.arrayBuffer()), 100);
  }

  it('gives slivers of certified blobs in ascending order, page by page, to the end', async () => {
    const all = await given(request());
    expect(all.map(({ blobId }) => blobId)).to.deep.equal(blobs.map(({ blobId }) => blobId));
    for (const [index, { sliver }] of all.entries()) {
      const { axis, index: position, symbolSize, data } = sliverOf(blobs[index]!);
      expect(sliver).to.deep.equal({ axis, index: position, symbolSize, data });
    }
    const first = await given(request({ sliverCount: 3n }));
    expect(first).to.deep.equal(all.slice(0, 3));
    expect(await given(request({ startingBlobId: blobs[2]!.blobId }))).to.deep.equal(all.slice(2));
    expect(await given(request({ startingBlobId: new Uint8Array(32).fill(255) }))).to.deep.equal([]);
    expect(await given(request({ axis: 'secondary' }))).to.deep.equal([]);
  });

  it('leaves out blobs of this epoch, uncertified, ended, and those whose sliver is missing', async () => {
    await happen(store, blobs[0]!.blobId, { kind: 'InvalidBlobID', fields: { epoch: EPOCH, blob_id: '0' } });
    await store.removeSliver({ blobId: blobs[1]!.blobId, shard: 0, axis: 'primary' });
    const fresh = await encode('certified in this epoch');
    await happen(store, fresh.blobId, registered());
    await happen(store, fresh.blobId, certified());
    await store.putSliver({ blobId: fresh.blobId, shard: 0, axis: 'primary' }, sliverOf(fresh).framed);
    expect((await given(request())).map(({ blobId }) => blobId)).to.deep.equal([blobs[2]!.blobId, blobs[3]!.blobId]);
  });

  it('refuses, in the order of the specification', async () => {
    expect((await send(signedBody(request()), '')).status).to.equal(401);
    for (const text of ['Bearer x', 'AAAA', `${keyText(newKey)}=`]) expect((await send(signedBody(request()), text)).status, text).to.equal(400);
    await expectRefusal(await send(signedBody(request()), keyText(newKey), 'text/plain'), 400, 'INVALID_CONTENT_TYPE');
    await expectRefusal(await send(Uint8Array.of(1, 2, 3)), 400, 'INVALID_CONTENT_TYPE');
    await expectRefusal(await send(signedBody(request(), strangerKey), keyText(strangerKey)), 403, 'REQUEST_UNAUTHORIZED');
    await expectRefusal(await send(signedBody(request(), strangerKey)), 400, 'MESSAGE_VERIFICATION_FAILED');
    const tampered = signedBody(request());
    tampered[12]! ^= 1;
    await expectRefusal(await send(tampered), 400, 'MESSAGE_VERIFICATION_FAILED');
    const late = await send(signedBody(request({ epoch: EPOCH + 1 })));
    const { error } = (await late.json()) as { error: { details: { reason: string; metadata: object }[] } };
    expect(error.details[0]).to.deep.include({
      ...{ reason: 'INVALID_EPOCH', metadata: { request_epoch: String(EPOCH + 1), server_epoch: String(EPOCH) } },
    });
    await expectRefusal(await send(signedBody(request({ epoch: EPOCH - 1 }))), 400, 'INVALID_EPOCH');
    await expectRefusal(await send(signedBody(request({ shard: 1 }))), 403, 'REQUEST_UNAUTHORIZED');
    await expectRefusal(await send(signedBody(request({ sliverCount: 100_001n }))), 400, 'SLIVER_COUNT_EXCEEDS_LIMIT');
    await expectRefusal(await send(signedBody(request({ shard: 3 }))), 400, 'SHARD_NOT_ASSIGNED');
  });

  it('asks the chain before it refuses a request from the next epoch', async () => {
    chain.pending.push(async () => {
      chain.state.epoch = EPOCH + 1;
    });
    expect(await given(request({ epoch: EPOCH + 1 }))).to.have.length(4);
  });

  describe('messages', () => {
    it('have the layout of §1: intent 3, version 0, app 3, epoch, V1, shard, axis, blob ID, count, epoch', () => {
      const message = encodeSyncShardMessage(request({ shard: 0x0102, axis: 'secondary', sliverCount: 5n, epoch: 9 }));
      const expected = ['03000309000000', '00', '0201', '01', '00'.repeat(32), '0500000000000000', '09000000'].join('');
      expect(Buffer.from(message).toString('hex')).to.equal(expected);
      const signed = encodeSignedMessage({ message, signature: new Uint8Array(96).fill(1) });
      expect([signed.length, signed[0]]).to.deep.equal([message.length + 97, message.length]);
    });

    it('come back as they were, and no other bytes do', () => {
      const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
      const any = fc.record({
        ...{ shard: fc.nat(65535), axis: fc.constantFrom('primary' as const, 'secondary' as const), startingBlobId: bytes32 },
        ...{ sliverCount: fc.bigInt(0n, (1n << 64n) - 1n), epoch: fc.nat(1 << 30) },
      });
      fc.assert(
        fc.property(any, fc.nat(54), (what, cut) => {
          const message = encodeSyncShardMessage(what);
          expect(decodeSyncShardMessage(message)).to.deep.equal(what);
          expect(() => decodeSyncShardMessage(message.subarray(0, cut))).to.throw(MalformedBytesError);
          expect(() => decodeSyncShardMessage(Uint8Array.of(...message, 0))).to.throw(MalformedBytesError);
        }),
      );
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
          for (const decode of [decodeSignedMessage, decodeSyncShardMessage, (b: Uint8Array) => decodeSyncShardResponse(b, 9)]) {
            try {
              decode(bytes);
            } catch (error) {
              expect(error).to.be.instanceOf(MalformedBytesError);
            }
          }
        }),
      );
    });

    it('have answers no longer than was asked for', () => {
      const entries = blobs.map((blob) => ({ blobId: blob.blobId, sliverData: sliverOf(blob).framed }));
      const answer = encodeSyncShardResponse('primary', entries);
      expect(decodeSyncShardResponse(answer, 4)).to.have.length(4);
      expect(() => decodeSyncShardResponse(answer, 3)).to.throw(MalformedBytesError);
    });
  });
});
