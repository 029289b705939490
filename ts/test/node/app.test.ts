/** The storage node over its HTTP API, without a socket, on both stores. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import type { Hono } from 'hono';
import {
  blobIdToText,
  decodeBlobMetadataWithId,
  encodeBlobMetadata,
  pairOfShard,
  type EncodedBlob,
} from '../../src/encoding/index.js';
import { LmdbStore, MemoryStore, type NodeStore } from '../../src/node/index.js';
import { storageConfirmationMessage, verifyBls } from '../../src/protocol/index.js';
import {
  certified,
  createNode,
  encode,
  EPOCH,
  FakeChain,
  happen,
  member,
  OBJECT_ID,
  protocolKey,
  registered,
  SHARDS,
} from './fake-chain.js';

const base64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

for (const backend of ['memory', 'lmdb'] as const) {
  describe(`storage node on ${backend}`, () => {
    let directory: string;
    let store: NodeStore;
    let chain: FakeChain;
    let app: Hono;
    let defects: Error[];
    let blob: EncodedBlob;
    let root: string;

    beforeEach(async () => {
      directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-node-'));
      store = backend === 'memory' ? new MemoryStore() : new LmdbStore(directory);
      chain = new FakeChain();
      defects = [];
      app = createApp();
      blob = await encode('a walrus on the ice');
      root = `/v1/blobs/${blobIdToText(blob.blobId)}`;
    });

    afterEach(async () => {
      await store.close();
      await rm(directory, { recursive: true, force: true });
      expect(defects).to.deep.equal([]);
    });

    function createApp(): Hono {
      return createNode(store, chain, { onDefect: (error) => defects.push(error) }).app;
    }

    const put = (url: string, body: Uint8Array, type = 'application/octet-stream') =>
      app.request(url, { method: 'PUT', body: body as Uint8Array<ArrayBuffer>, headers: { 'content-type': type } });
    const pairFor = (shard: number) => pairOfShard(shard, blob.blobId, SHARDS);
    const sliverUrl = (shard: number, axis: string) => `${root}/slivers/${pairFor(shard)}/${axis}`;
    const putMetadata = () => put(`${root}/metadata`, encodeBlobMetadata(blob.metadata));

    async function putAllSlivers(): Promise<void> {
      for (const shard of member.shards) {
        const { primary, secondary } = blob.slivers[pairFor(shard)]!;
        expect((await put(sliverUrl(shard, 'primary'), primary.framed)).status).to.equal(201);
        expect((await put(sliverUrl(shard, 'secondary'), secondary.framed)).status).to.equal(201);
      }
    }

    async function expectRefusal(response: Response, code: number, reason: string): Promise<void> {
      const body = (await response.json()) as { error: { code: number; details: { reason: string }[] } };
      expect([response.status, body.error.code, body.error.details[0]!.reason]).to.deep.equal([code, code, reason]);
    }

    it('stores, serves and confirms a registered blob', async () => {
      await happen(store, blob.blobId, registered());
      const first = await putMetadata();
      expect([first.status, await first.json()]).to.deep.equal([
        201,
        { success: { code: 201, data: 'metadata successfully stored' } },
      ]);
      expect((await putMetadata()).status).to.equal(200);
      await putAllSlivers();
      const again = await put(sliverUrl(1, 'primary'), blob.slivers[pairFor(1)]!.primary.framed);
      expect(again.status).to.equal(200);

      const metadata = await app.request(`${root}/metadata`);
      expect(metadata.headers.get('content-type')).to.equal('application/octet-stream');
      expect(decodeBlobMetadataWithId(new Uint8Array(await metadata.arrayBuffer())).blobId).to.deep.equal(blob.blobId);
      const sliver = await app.request(sliverUrl(2, 'secondary'));
      expect(new Uint8Array(await sliver.arrayBuffer())).to.deep.equal(blob.slivers[pairFor(2)]!.secondary.framed);

      const answer = await app.request(`${root}/confirmation/permanent`);
      const { signed } = ((await answer.json()) as { success: { data: { signed: Record<string, string> } } }).success.data;
      const message = storageConfirmationMessage(EPOCH, blob.blobId, { kind: 'permanent' });
      expect(base64(signed['serializedMessage']!)).to.deep.equal(message);
      expect(verifyBls(protocolKey.publicKey, message, base64(signed['signature']!))).to.equal(true);
    });

    it('asks the chain again before it refuses a blob as unregistered', async () => {
      await expectRefusal(await putMetadata(), 400, 'NOT_REGISTERED');
      chain.pending.push(() => happen(store, blob.blobId, registered()));
      expect((await putMetadata()).status).to.equal(201);
    });

    it('refuses and hides a blob that has expired', async () => {
      await happen(store, blob.blobId, registered(false, EPOCH + 1));
      expect((await putMetadata()).status).to.equal(201);
      chain.state.epoch = EPOCH + 1;
      await expectRefusal(await app.request(`${root}/metadata`), 404, 'METADATA_NOT_FOUND');
      await expectRefusal(await app.request(`${root}/confirmation/permanent`), 400, 'NOT_REGISTERED');
    });

    it('refuses metadata of another blob, of other shards, and bytes that are none', async () => {
      await happen(store, blob.blobId, registered());
      const other = await encode('another blob');
      await expectRefusal(await put(`${root}/metadata`, encodeBlobMetadata(other.metadata)), 400, 'INVALID_METADATA');
      const short = { ...blob.metadata, hashes: blob.metadata.hashes.slice(1) };
      await expectRefusal(await put(`${root}/metadata`, encodeBlobMetadata(short)), 400, 'INVALID_METADATA');
      await expectRefusal(await put(`${root}/metadata`, Uint8Array.of(9, 9, 9)), 400, 'INVALID_CONTENT_TYPE');
      const trailing = Buffer.concat([encodeBlobMetadata(blob.metadata), Uint8Array.of(0)]);
      await expectRefusal(await put(`${root}/metadata`, trailing), 400, 'INVALID_CONTENT_TYPE');
      await expectRefusal(await put(`${root}/metadata`, new Uint8Array(), 'application/json'), 400, 'INVALID_CONTENT_TYPE');
      await expectRefusal(await put(`${root}/metadata`, new Uint8Array(3_000_000)), 403, 'BODY_TOO_LARGE');
    });

    it('wants metadata before slivers, and only its own slivers', async () => {
      await happen(store, blob.blobId, registered());
      const { primary, secondary } = blob.slivers[pairFor(0)]!;
      await expectRefusal(await put(sliverUrl(0, 'primary'), primary.framed), 400, 'METADATA_NOT_FOUND');
      await putMetadata();
      const foreign = blob.slivers[pairFor(5)]!.primary.framed;
      await expectRefusal(await put(sliverUrl(5, 'primary'), foreign), 400, 'SHARD_NOT_ASSIGNED');
      await expectRefusal(await put(sliverUrl(0, 'primary'), foreign), 400, 'SLIVER_INDEX_MISMATCH');
      await expectRefusal(await put(sliverUrl(0, 'secondary'), primary.framed), 400, 'SLIVER_INDEX_MISMATCH');
      await expectRefusal(await put(`${root}/slivers/7/primary`, primary.framed), 400, 'INDEX_OUT_OF_RANGE');
      expect((await put(sliverUrl(0, 'secondary'), secondary.framed)).status).to.equal(201);
    });

    it('refuses a sliver with one wrong byte anywhere', async () => {
      await happen(store, blob.blobId, registered());
      await putMetadata();
      const { framed } = blob.slivers[pairFor(0)]!.primary;
      for (let at = 1; at < framed.length - 4; at++) {
        const wrong = framed.slice();
        wrong[at]! ^= 1;
        await expectRefusal(await put(sliverUrl(0, 'primary'), wrong), 400, 'INVALID_SLIVER');
      }
      await expectRefusal(await put(sliverUrl(0, 'primary'), framed.subarray(1)), 400, 'INVALID_CONTENT_TYPE');
      await expectRefusal(await app.request(sliverUrl(0, 'primary')), 404, 'SLIVER_NOT_FOUND');
    });

    it('does not sign before every sliver of its shards is stored', async () => {
      await happen(store, blob.blobId, registered());
      await putMetadata();
      for (const shard of member.shards) {
        const { primary, secondary } = blob.slivers[pairFor(shard)]!;
        await put(sliverUrl(shard, 'primary'), primary.framed);
        await expectRefusal(await app.request(`${root}/confirmation/permanent`), 400, 'MISSING_SLIVERS');
        await put(sliverUrl(shard, 'secondary'), secondary.framed);
      }
      expect((await app.request(`${root}/confirmation/permanent`)).status).to.equal(200);
    });

    it('signs for a deletable blob only with its object', async () => {
      await happen(store, blob.blobId, registered(true));
      await putMetadata();
      await putAllSlivers();
      await expectRefusal(await app.request(`${root}/confirmation/permanent`), 400, 'NOT_REGISTERED');
      const other = `${root}/confirmation/deletable/0x${'0c'.repeat(32)}`;
      await expectRefusal(await app.request(other), 400, 'NOT_REGISTERED');
      expect((await app.request(`${root}/confirmation/deletable/${OBJECT_ID}`)).status).to.equal(200);
    });

    it('refuses a blob that was found to be inconsistent', async () => {
      await happen(store, blob.blobId, registered());
      await happen(store, blob.blobId, { kind: 'InvalidBlobID', fields: { epoch: EPOCH, blob_id: '0' } });
      await expectRefusal(await putMetadata(), 400, 'INVALID_BLOB');
    });

    it('answers status and health', async () => {
      await happen(store, blob.blobId, registered());
      await happen(store, blob.blobId, certified());
      const status = (await (await app.request(`${root}/status`)).json()) as { success: { data: object } };
      expect(status.success.data).to.nested.include({ 'permanent.isCertified': true });
      const { data } = ((await (await app.request('/v1/health')).json()) as { success: { data: object } }).success;
      expect(data).to.deep.include({ epoch: EPOCH, nodeStatus: 'Active', uptime: { secs: 1, nanos: 500_000_000 } });
      const kind = await app.request(`${sliverUrl(0, 'primary')}/status`);
      expect(await kind.json()).to.deep.equal({ success: { code: 200, data: 'nonexistent' } });
    });

    for (const url of [
      '/v1/blobs/short/metadata',
      `/v1/blobs/${'A'.repeat(43)}/slivers/abc/primary`,
      `/v1/blobs/${'A'.repeat(43)}/slivers/99999999/primary`,
      `/v1/blobs/${'A'.repeat(43)}/slivers/1/tertiary`,
      `/v1/blobs/${'A'.repeat(43)}/confirmation/deletable/0x12`,
    ]) {
      it(`answers ${url} with plain text 400`, async () => {
        const response = await app.request(url);
        expect([response.status, response.headers.get('content-type')?.split(';')[0]]).to.deep.equal([400, 'text/plain']);
      });
    }

    if (backend === 'lmdb') {
      it('has everything it acknowledged after it is opened again', async () => {
        await happen(store, blob.blobId, registered());
        await putMetadata();
        await putAllSlivers();
        const { cursor } = store;
        await store.close();
        store = new LmdbStore(directory);
        app = createApp();
        expect(store.cursor).to.equal(cursor);
        expect((await app.request(`${root}/confirmation/permanent`)).status).to.equal(200);
        expect(store.usage().sliverCount).to.equal(6);
      });
    }
  });
}
