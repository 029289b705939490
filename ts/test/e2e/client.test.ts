/** What the client does beyond a plain store and read: resuming, calling off, streaming, parts, quilts, status. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { CheckpointMismatch, type StoreCheckpoint } from '../../src/client/index.js';
import { Cluster, type Handler } from '../../src/cluster/index.js';
import { fileSource } from '../../src/encoding/index.js';

const SHARDS = 14; // seven nodes of two; f = 4

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error,
  );
}

describe('the client', function () {
  let cluster: Cluster;
  const faults = new Map<string, (request: Request, honest: Handler) => Promise<Response>>();
  const requests: string[] = [];
  const content = (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) % 251);

  before(async function () {
    this.timeout(120_000);
    cluster = await Cluster.start({
      nodeCount: 7,
      shardCount: SHARDS,
      transport: 'memory',
      seed: 'client',
      intercept: (name, honest) => async (request) => {
        requests.push(`${request.method} ${new URL(request.url).pathname}`);
        const fault = faults.get(name);
        return fault === undefined ? honest(request) : fault(request, honest);
      },
    });
  });
  after(() => cluster.stop());
  afterEach(() => faults.clear());

  const client = (options = {}) => cluster.client({ tailMs: 50, timeoutMs: 20_000, hedgeMs: 200, ...options });
  const hang = (request: Request) =>
    new Promise<Response>((_, reject) => request.signal.addEventListener('abort', () => reject(new Error('hung up'))));

  it('resumes a store that was called off, without paying or sending again', async () => {
    const blob = content(20_000);
    const controller = new AbortController();
    let checkpoint: StoreCheckpoint | undefined;
    const interrupted = client().store(blob, {
      signer: cluster.signer,
      signal: controller.signal,
      onCheckpoint: (value) => void (checkpoint = value),
      onProgress: (phase, done) => {
        if (phase === 'upload' && done === 10) controller.abort(new Error('power cut'));
      },
    });
    expect(await failure(interrupted)).to.have.property('message', 'power cut');
    const saved = JSON.parse(JSON.stringify(checkpoint)) as StoreCheckpoint;
    expect((await cluster.client().chain.blob(saved.objectId)).certified_epoch).to.equal(null);
    requests.length = 0;
    const report = await client().store(blob, { signer: cluster.signer, resume: saved });
    expect(report).to.include({ objectId: saved.objectId, certifiedEpoch: 1, walFrost: 0n });
    expect(requests.filter((one) => one.startsWith('PUT') && one.includes('/slivers/')).length).to.be.at.most(2 * SHARDS - 10);
    expect(await client().read(report.blobId)).to.deep.equal(blob);
    const again = await client().store(blob, { signer: cluster.signer, resume: saved });
    expect(again).to.include({ certifyDigest: undefined, sentBytes: 0 });
    const other = await failure(client().store(content(20_001), { signer: cluster.signer, resume: saved }));
    expect(other).to.be.instanceOf(CheckpointMismatch).and.to.include({ field: 'blobId', expected: saved.blobId });
  });

  it('stores a file through a temporary one, as the same blob', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'haulout-client-'));
    const blob = content(700_001);
    await writeFile(path.join(directory, 'file'), blob);
    const source = await fileSource(path.join(directory, 'file'));
    const report = await client().store(source, { signer: cluster.signer, deletable: true });
    await source.close();
    await rm(directory, { recursive: true });
    expect(report.sizeBytes).to.equal(blob.length);
    expect(await client().read(report.blobId, { check: 'strict' })).to.deep.equal(blob);
    expect(report.blobId).to.equal((await client().store(blob, { signer: cluster.signer })).blobId);
  });

  it('reads parts, also when the nodes that hold them are gone', async () => {
    const blob = content(100_003);
    const { blobId } = await client().store(blob, { signer: cluster.signer });
    const part = async (start?: number, end?: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array((end ?? blob.length) - (start ?? 0));
      let next = start ?? 0;
      await client().readTo(blobId, (offset, piece) => {
        expect(offset).to.equal(next);
        next += piece.length;
        bytes.set(piece, offset - (start ?? 0));
      }, { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) });
      expect(next).to.equal(end ?? blob.length);
      return bytes;
    };
    for (const gone of [[], ['node-0', 'node-1'], ['node-3', 'node-6']]) {
      for (const name of gone) await cluster.stopNode(name);
      expect(await part()).to.deep.equal(blob);
      for (const [start, end] of [[0, 1], [99_999, 100_003], [16_000, 17_500], [5, 5]] as const)
        expect(await part(start, end)).to.deep.equal(blob.subarray(start, end));
      for (const name of gone) await cluster.startNode(name);
    }
    expect(await failure(part(0, 100_004))).to.be.instanceOf(RangeError);
    expect(await failure(part(-1, 4))).to.be.instanceOf(RangeError);
  });

  it('does not wait for nodes that hang', async () => {
    const blob = content(3000);
    const { blobId } = await client().store(blob, { signer: cluster.signer });
    for (const name of ['node-1', 'node-4']) faults.set(name, hang);
    // Far below the timeout of 20 s that waiting for them would take: the runner's own limit is 10 s.
    expect(await client().read(blobId)).to.deep.equal(blob);
    const report = await client().store(content(3001), { signer: cluster.signer });
    expect(report.confirmedShards).to.equal(10);
    expect(report.nodes.filter(({ confirmed }) => !confirmed).map(({ node }) => node)).to.have.members(['node-1', 'node-4']);
  }).timeout(10_000);

  it('is called off while it reads', async () => {
    const { blobId } = await client().store(content(100), { signer: cluster.signer });
    for (const { name } of cluster.nodes) faults.set(name, hang);
    const controller = new AbortController();
    const reading = failure(client().read(blobId, { signal: controller.signal }));
    setTimeout(() => controller.abort(new Error('changed my mind')), 100);
    expect(await reading).to.have.property('message', 'changed my mind');
  });

  it('stores quilts and reads single files of them', async () => {
    const files = ['a.txt', 'b/c.bin', 'déjà.md'].map((identifier, i) => ({
      identifier, content: content(300 * i + 5), tags: new Map([['number', String(i)]]),
    }));
    const report = await client().storeQuilt(files, { signer: cluster.signer });
    expect((await client().quiltFiles(report.blobId)).map(({ identifier }) => identifier)).to.deep.equal(['a.txt', 'b/c.bin', 'déjà.md']);
    for (const { identifier, content: expected, tags } of files) {
      const found = await client().readQuiltFile(report.blobId, identifier);
      expect([found.content, [...found.tags]]).to.deep.equal([expected, [...tags]]);
      const { patchId } = report.files.find((one) => one.identifier === identifier)!;
      expect((await client().readPatch(patchId)).content).to.deep.equal(expected);
    }
    await cluster.stopNode('node-2');
    await cluster.stopNode('node-5');
    for (const { identifier, content: expected } of files)
      expect((await client().readQuiltFile(report.blobId, identifier)).content).to.deep.equal(expected);
    await cluster.startNode('node-2');
    await cluster.startNode('node-5');
  });

  it('says what the network holds of a blob, and keeps attributes', async () => {
    const { blobId, objectId } = await client().store(content(50), { signer: cluster.signer, epochs: 3 });
    let status = await client().status(blobId);
    // Nodes hear of the certificate with their next look at the chain.
    for (let look = 0; look < 50 && !JSON.stringify(status).includes('"isCertified":true'); look++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      status = await client().status(blobId);
    }
    expect(status).to.have.nested.property('permanent.isCertified', true);
    expect(status).to.have.nested.property('permanent.endEpoch', 4);
    expect(await client().status('A'.repeat(43))).to.equal('nonexistent');
    await client().setAttributes(objectId, { title: 'dune', author: 'F. H.' }, cluster.signer);
    await client().setAttributes(objectId, { author: null, title: 'Dune' }, cluster.signer);
    const { dynamicFields } = await cluster.net.client.core.listDynamicFields({ parentId: objectId });
    expect(dynamicFields).to.have.length(1);
  });

  it('finishes a store that an epoch change overtakes', async () => {
    const { epoch } = await cluster.state();
    let change: Promise<unknown> | undefined;
    for (const { name } of cluster.nodes)
      faults.set(name, async (request, honest) => {
        if (request.url.includes('/confirmation/')) await (change ??= cluster.nextEpoch());
        return honest(request);
      });
    const blob = content(4000);
    const storer = cluster.net.createSigner('storer');
    await cluster.fund(storer.toSuiAddress(), { mist: 10_000_000_000n, frost: 10_000_000_000n });
    const { blobId, registeredEpoch, certifiedEpoch, confirmedShards } = await client().store(blob, { signer: storer, epochs: 4 });
    expect({ registeredEpoch, certifiedEpoch }).to.deep.equal({ registeredEpoch: epoch, certifiedEpoch: epoch + 1 });
    expect(confirmedShards).to.be.at.least(10);
    faults.clear();
    expect(await client().read(blobId)).to.deep.equal(blob);
  });

  it('reports what a read took from whom', async () => {
    const blob = content(10_000);
    const { blobId } = await client().store(blob, { signer: cluster.signer });
    const report = await client().download(blobId);
    expect(report.receivedSlivers).to.equal(6);
    expect(Object.values(report.bytesByNode).reduce((sum, bytes) => sum + bytes, 0)).to.equal(report.receivedBytes);
    expect(Object.keys(report.phasesMs)).to.deep.equal(['metadata', 'slivers', 'decode']);
  });
});
