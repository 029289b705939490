/** Uploads that come before their registration, waiting for it, limits, health and metrics (HTTP specification §2). */
import { expect } from 'chai';
import type { Hono } from 'hono';
import { blobIdToText, encodeBlobMetadata, pairOfShard, type EncodedBlob } from '../../src/encoding/index.js';
import { MemoryStore, StoreWriteFailed, type StorageNode } from '../../src/node/index.js';
import { DEFAULT_PENDING_LIMITS } from '../../src/node/pending-cache.js';
import { createNode, encode, EPOCH, FakeChain, happen, member, registered, SHARDS } from './fake-chain.js';

describe('uploads before registration', () => {
  let store: MemoryStore;
  let chain: FakeChain;
  let node: StorageNode;
  let app: Hono;
  let blob: EncodedBlob;
  let root: string;
  let nowMs: number;
  let timers: { action: () => void; atMs: number }[];

  function boot(options: Parameters<typeof createNode>[2] = {}): void {
    const environment = {
      ...{ now: () => nowMs, random: () => 0, fetch: () => Promise.reject(new Error('no network')) },
      schedule: (action: () => void, delayMs: number) => {
        const timer = { action, atMs: nowMs + delayMs };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), 1);
      },
    };
    ({ node, app } = createNode(store, chain, { environment, ...options }));
  }

  beforeEach(async () => {
    store = new MemoryStore();
    chain = new FakeChain();
    nowMs = 0;
    timers = [];
    boot();
    blob = await encode('not registered yet');
    root = `/v1/blobs/${blobIdToText(blob.blobId)}`;
  });

  const put = async (url: string, body: Uint8Array) => {
    const response = await app.request(url, { method: 'PUT', body: body as Uint8Array<ArrayBuffer> });
    const json = (await response.json()) as { success?: { data: string }; error?: { details: { reason: string }[] } };
    return [response.status, json.success?.data ?? json.error!.details[0]!.reason];
  };
  const sliverUrl = (shard: number, axis: string) => `${root}/slivers/${pairOfShard(shard, blob.blobId, SHARDS)}/${axis}`;
  const sliver = (shard: number, axis: 'primary' | 'secondary') => blob.slivers[pairOfShard(shard, blob.blobId, SHARDS)]![axis].framed;
  const putMetadata = (query = '') => put(`${root}/metadata${query}`, encodeBlobMetadata(blob.metadata));
  async function putSlivers(query: string): Promise<unknown[]> {
    const outcomes = [];
    for (const shard of member.shards) {
      for (const axis of ['primary', 'secondary'] as const) outcomes.push(await put(`${sliverUrl(shard, axis)}${query}`, sliver(shard, axis)));
    }
    return outcomes;
  }

  it('are buffered when asked for, and stored once the blob is registered', async () => {
    expect(await putMetadata()).to.deep.equal([400, 'NOT_REGISTERED']);
    expect(await put(`${sliverUrl(0, 'primary')}?pending=true`, sliver(0, 'primary'))).to.deep.equal([400, 'METADATA_NOT_FOUND']);
    expect(await putMetadata('?pending=true')).to.deep.equal([202, 'metadata buffered pending registration']);
    expect(await putMetadata('?pending=true')).to.deep.equal([200, 'metadata already stored']);
    expect(await put(sliverUrl(0, 'primary'), sliver(0, 'primary'))).to.deep.equal([400, 'NOT_REGISTERED']);
    expect(await putSlivers('?pending=true')).to.deep.equal(Array(6).fill([202, 'sliver buffered pending registration']));
    expect(await (await app.request(`${sliverUrl(1, 'primary')}/status`)).json()).to.deep.include({ success: { code: 200, data: 'buffered' } });
    expect(store.usage().sliverCount).to.equal(0);
    expect((await app.request(`${root}/confirmation/permanent`)).status).to.equal(400);

    await happen(store, blob.blobId, registered());
    await node.flushPending(blob.blobId);
    expect(store.usage().sliverCount).to.equal(6);
    expect(await putSlivers('')).to.deep.equal(Array(6).fill([200, 'sliver already stored']));
    expect((await app.request(`${root}/confirmation/permanent`)).status).to.equal(200);
  });

  it('are verified as any other', async () => {
    await putMetadata('?pending=true');
    const wrong = sliver(0, 'primary').slice();
    wrong[2]! ^= 1;
    expect(await put(`${sliverUrl(0, 'primary')}?pending=true`, wrong)).to.deep.equal([400, 'INVALID_SLIVER']);
    expect(await put(`${sliverUrl(5, 'primary')}?pending=true`, sliver(5, 'primary'))).to.deep.equal([400, 'SHARD_NOT_ASSIGNED']);
  });

  it('are refused when there is no room, and forgotten after their time', async () => {
    boot({ pendingLimits: { ...DEFAULT_PENDING_LIMITS, blobs: 1, slivers: 2, ttlMs: 1000 } });
    expect((await putMetadata('?pending=true'))[0]).to.equal(202);
    const other = await encode('another');
    const otherUrl = `/v1/blobs/${blobIdToText(other.blobId)}/metadata?pending=true`;
    expect(await put(otherUrl, encodeBlobMetadata(other.metadata))).to.deep.equal([400, 'CACHE_SATURATED']);
    const outcomes = (await putSlivers('?pending=true')) as [number, string][];
    expect(outcomes.map(([code]) => code)).to.deep.equal([202, 202, 400, 400, 400, 400]);
    nowMs = 1000;
    expect(await put(`${sliverUrl(0, 'primary')}?pending=true`, sliver(0, 'primary'))).to.deep.equal([400, 'METADATA_NOT_FOUND']);
    expect((await put(otherUrl, encodeBlobMetadata(other.metadata)))[0]).to.equal(202);
  });

  it('are confirmed as soon as the registration arrives, to those who wait for it', async () => {
    await putMetadata('?pending=true');
    await putSlivers('?pending=true');
    const url = `${root}/confirmation/permanent?wait_for_registration=true&wait_millis=60000`;
    const waiting = Promise.resolve(app.request(url));
    while (timers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(timers.map(({ atMs }) => atMs)).to.deep.equal([5000]); // capped by the server
    await happen(store, blob.blobId, registered());
    await node.flushPending(blob.blobId);
    expect((await waiting).status).to.equal(200);
    expect(timers).to.deep.equal([]);
  });

  it('are not waited for in vain', async () => {
    expect((await app.request(`${root}/confirmation/permanent?wait_for_registration=true&wait_millis=60000`)).status).to.equal(400);
    await putMetadata('?pending=true');
    const waiting = Promise.resolve(app.request(`${root}/confirmation/permanent?wait_for_registration=true&wait_millis=10`));
    while (timers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    timers[0]!.action();
    expect((await waiting).status).to.equal(400);
  });

  it('refuse query parameters that mean nothing', async () => {
    for (const url of [`${root}/metadata?x=1`, `${root}/metadata?pending=yes`, `${root}/status?pending=true`, '/v1/health?detailed=1']) {
      const method = url.includes('pending') && !url.includes('status') ? 'PUT' : 'GET';
      const response = await app.request(url, { method, ...(method === 'PUT' ? { body: 'x' } : {}) });
      expect([response.status, response.headers.get('content-type')?.split(';')[0]], url).to.deep.equal([400, 'text/plain']);
    }
  });

  it('metadata of the retired encoding is refused by name', async () => {
    const retired = encodeBlobMetadata(blob.metadata);
    retired[1] = 0;
    expect(await put(`${root}/metadata`, retired)).to.deep.equal([400, 'UNSUPPORTED_ENCODING_TYPE']);
  });

  it('a write that the disk refuses is an internal error, and nothing is kept', async () => {
    await happen(store, blob.blobId, registered());
    store.putMetadata = () => Promise.reject(new StoreWriteFailed(new Error('no space left on device')));
    expect(await putMetadata()).to.deep.equal([500, 'INTERNAL_ERROR']);
    expect((await app.request(`${root}/metadata`)).status).to.equal(404);
  });

  it('too many writes at a time are refused with 429', async () => {
    boot({ limits: { write: 1 } });
    const answers = await Promise.all([putMetadata('?pending=true'), putMetadata('?pending=true')]);
    expect(answers).to.deep.include([429, 'RESOURCE_EXHAUSTED']);
  });

  it('health tells of shards, in detail when asked', async () => {
    await store.commit({
      shards: [
        [0, { status: 'active', since: EPOCH }],
        [1, { status: 'recover', since: EPOCH }],
        [2, { status: 'sync', since: EPOCH, axis: 'primary', nextBlobId: '00'.repeat(32) }],
        [6, { status: 'locked', since: EPOCH }],
      ],
      milestones: [['events', 12]],
    });
    const health = async (query: string) =>
      ((await (await app.request(`/v1/health${query}`)).json()) as { success: { data: Record<string, unknown> } }).success.data;
    const brief = await health('');
    expect(brief).to.not.have.property('shardDetail');
    expect(brief).to.deep.include({
      nodeStatus: `RecoveryInProgress (${EPOCH})`,
      eventProgress: { persisted: 12, pending: 0, highestFinishedEventIndex: 11 },
      latestCheckpointSequenceNumber: 7,
      shardSummary: { owned: 3, ownedShardStatus: { unknown: 0, ready: 1, inTransfer: 1, inRecovery: 1 }, readOnly: 1 },
    });
    expect((await health('?detailed=true'))['shardDetail']).to.deep.equal({
      owned: [
        { shard: 0, status: 'ready' },
        { shard: 1, status: 'inRecovery' },
        { shard: 2, status: 'inTransfer' },
      ],
      other: [{ shard: 6, status: 'readOnly' }],
    });
    chain.state.committee = [];
    expect((await health(''))['nodeStatus']).to.equal('Standby');
  });

  it('metrics are in the text format of Prometheus', async () => {
    await happen(store, blob.blobId, registered());
    await putMetadata();
    await putSlivers('');
    await app.request(`${root}/confirmation/permanent`);
    const response = await app.request('/metrics');
    expect(response.headers.get('content-type')).to.equal('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    for (const line of [
      '# TYPE walrus_slivers_stored_total counter',
      'walrus_slivers_stored_total{sliver_type="primary"} 3',
      'walrus_storage_confirmations_issued_total 1',
      'http_server_request_duration_seconds_count{method="PUT",route="/v1/blobs/:blobId/metadata",status="201"} 1',
    ]) {
      expect(text).to.contain(`${line}\n`);
    }
    const sample = /^[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? [0-9.e+-]+$/;
    for (const line of text.trimEnd().split('\n')) if (!line.startsWith('#')) expect(line).to.match(sample);
  });
});
