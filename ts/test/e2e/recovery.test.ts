/**
 * A network of 100 shards that repairs itself: a wiped node, slivers that were never uploaded, a writer who lies,
 * and what becomes of blobs that ended.
 */
import { WalrusClient } from '@mysten/walrus';
import { expect } from 'chai';
import { BlobInvalid, NotEnoughSlivers } from '../../src/client/index.js';
import { Cluster } from '../../src/cluster/index.js';
import {
  BlobEncoder,
  blobIdFromText,
  blobIdToText,
  bytesToU256,
  computeRootHash,
  deriveBlobId,
  encodeBlobMetadata,
  encodeBlobMetadataWithId,
  encodeSliverData,
  MerkleTree,
  pairOfShard,
  pairOfSliver,
  type BlobMetadata,
  type Sliver,
} from '../../src/encoding/index.js';
import {
  aggregateSignatures,
  certifyBlob,
  createdObject,
  execute,
  registerBlob,
  signersBitmap,
  storageConfirmationMessage,
  storageCost,
} from '../../src/protocol/index.js';

const NODES = 10;
const SHARDS = 100;
const encoder = new BlobEncoder(SHARDS);

describe('a network that repairs itself', function () {
  this.timeout(60_000);
  let cluster: Cluster;

  before(async function () {
    this.timeout(180_000);
    cluster = await Cluster.start({
      ...{ nodeCount: NODES, shardCount: SHARDS, transport: 'memory', seed: 'recovery', pollMs: 100 },
      maintenance: { uploadGraceMs: 200, retryMs: 100 },
    });
  });
  after(() => cluster.stop());

  const content = (sizeBytes: number, seed: number) => {
    let state = seed;
    return Uint8Array.from({ length: sizeBytes }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24);
  };
  const store = (blob: Uint8Array, options: { deletable?: boolean; epochs?: number } = {}) =>
    cluster.client({ tailMs: 2000 }).store(blob, { signer: cluster.signer, epochs: 10, ...options });
  const at = (index: number) => cluster.nodes[index]!;
  const reasonOf = async (index: number, path: string, init: RequestInit = {}) => {
    const response = await cluster.fetch(`http://${at(index).address}/v1/${path}`, init);
    const { error } = (await response.json()) as { error?: { details: { reason: string }[] } };
    return [response.status, error?.details[0]?.reason];
  };
  /** The settled state of all nodes. */
  async function settled(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 300)); // the grace that uploads have
    await cluster.settle();
  }

  function expectSlivers(index: number, blobId: Uint8Array, expected: (shard: number) => { primary: Sliver; secondary: Sliver }): void {
    for (const shard of at(index).node.shards) {
      for (const axis of ['primary', 'secondary'] as const) {
        const stored = at(index).store.getSliver({ blobId, shard, axis });
        expect(Buffer.compare(stored ?? new Uint8Array(), encodeSliverData(expected(shard)[axis])), `shard ${shard}, ${axis}`).to.equal(0);
      }
    }
  }

  it('gives a wiped node all its slivers back, moving at most 5 % of a blob per sliver pair', async () => {
    const blob = content(4_000_000, 1);
    const { blobId } = await store(blob);
    await settled();
    await cluster.wipeNode('node-3');
    await settled();
    const { slivers } = await encoder.encode(blob);
    const id = blobIdFromText(blobId);
    expectSlivers(3, id, (shard) => slivers[pairOfShard(shard, id, SHARDS)]!);
    const { receivedBytes, recoveredSlivers } = at(3).node.context.metrics;
    const pairs = at(3).node.shards.length;
    expect(['primary', 'secondary'].map((axis) => recoveredSlivers.get({ sliver_type: axis }))).to.deep.equal([pairs, pairs]);
    const moved = receivedBytes.get({ request: 'recoverySymbols' });
    const symbolBytes = slivers[0]!.primary.symbolSize;
    // 67 symbols per primary sliver; 34 per secondary one, less those that the node's own primary slivers hold.
    expect(moved).to.be.at.least(pairs * (67 + 34 - pairs) * symbolBytes);
    expect(moved / pairs / blob.length).to.be.at.most(0.05);
    expect(receivedBytes.get({ request: 'syncShard' })).to.equal(0);
  });

  it('rebuilds the slivers of a certified blob that a node missed', async () => {
    await cluster.stopNode('node-7');
    const blob = content(20_000, 2);
    const { blobId } = await store(blob);
    await cluster.startNode('node-7');
    await settled();
    const id = blobIdFromText(blobId);
    const { slivers } = await encoder.encode(blob);
    expectSlivers(7, id, (shard) => slivers[pairOfShard(shard, id, SHARDS)]!);
  });

  it('rebuilds with f shards gone and a node that lies', async () => {
    const blob = content(30_000, 3);
    const { blobId } = await store(blob);
    await settled();
    const id = blobIdFromText(blobId);
    const liar = at(5);
    for (const shard of liar.node.shards) {
      for (const axis of ['primary', 'secondary'] as const) {
        const sliver = liar.store.getSliver({ blobId: id, shard, axis })!.slice();
        sliver[10]! ^= 1;
        await liar.store.putSliver({ blobId: id, shard, axis }, sliver);
      }
    }
    await cluster.stopNode('node-0');
    await cluster.stopNode('node-1');
    // 60 shards of honest nodes answer, 67 are needed for a primary sliver: nothing wrong is stored meanwhile.
    await cluster.wipeNode('node-2');
    await settled();
    const own = at(2).node.shards.map((shard) => at(2).store.hasSliver({ blobId: id, shard, axis: 'primary' }));
    expect(own).to.deep.equal(Array(10).fill(false));
    await cluster.startNode('node-0');
    await settled();
    await cluster.startNode('node-1');
    await settled();
    const { slivers } = await encoder.encode(blob);
    expectSlivers(2, id, (shard) => slivers[pairOfShard(shard, id, SHARDS)]!);
  });

  describe('a writer who lies about a sliver', () => {
    const victim = 4;
    const blob = content(5000, 4);
    let blobId: Uint8Array;
    let text: string;
    let metadata: BlobMetadata;

    /** Certifies a blob of which the sliver in the victim's first shard is not what the others say. */
    before(async () => {
      const encoded = await encoder.encode(blob);
      const { slivers } = encoded;
      // The victim's shard of a pair depends on the blob ID, which depends on the lie: try until they meet.
      let pair = 0;
      let wrong: Sliver;
      for (;;) {
        const honest = slivers[pair]!.primary;
        wrong = { ...honest, data: honest.data.map((byte) => byte ^ 0x55) };
        const expanded = await encoder.expandSliver(wrong);
        const { symbolSize } = wrong;
        const leaves = Array.from({ length: SHARDS }, (_, i) => expanded.slice(i * symbolSize, (i + 1) * symbolSize));
        const primaryHash = MerkleTree.ofLeaves(leaves).root;
        metadata = { ...encoded.metadata, hashes: encoded.metadata.hashes.map((one, i) => (i === pair ? { ...one, primaryHash } : one)) };
        blobId = deriveBlobId(metadata.unencodedLength, computeRootHash(metadata));
        if (at(victim).node.shards.some((shard) => pairOfShard(shard, blobId, SHARDS) === pair)) break;
        pair += 1;
      }
      text = blobIdToText(blobId);
      await cluster.stopNode('node-4');
      const state = await cluster.state();
      const calls = { ids: cluster.deployment, packageId: state.packageId, walType: cluster.deployment.walType };
      const registration = registerBlob(calls, storageCost(state, BigInt(blob.length), 5), {
        ...{ blobId: bytesToU256(blobId), rootHash: bytesToU256(computeRootHash(metadata)), sizeBytes: BigInt(blob.length) },
        ...{ epochs: 5, deletable: false, owner: cluster.signer.toSuiAddress() },
      });
      const registered = await execute(cluster.net.client, cluster.signer, registration, 'register');
      const objectId = createdObject(registered, (type) => type.endsWith('::blob::Blob'), 'Blob');
      const signatures: { index: number; signature: Uint8Array }[] = [];
      for (const member of state.committee) {
        if (member.name === 'node-4') continue;
        const url = `http://${member.networkAddress}/v1/blobs/${text}`;
        const put = async (path: string, body: Uint8Array) => {
          const { status } = await cluster.fetch(`${url}/${path}`, { method: 'PUT', body: body as Uint8Array<ArrayBuffer> });
          expect(status).to.equal(201);
        };
        await put('metadata', encodeBlobMetadata(metadata));
        for (const shard of member.shards) {
          const index = pairOfShard(shard, blobId, SHARDS);
          await put(`slivers/${index}/primary`, encodeSliverData(slivers[index]!.primary));
          await put(`slivers/${index}/secondary`, encodeSliverData(slivers[index]!.secondary));
        }
        const answer = (await (await cluster.fetch(`${url}/confirmation/permanent`, {})).json()) as {
          success: { data: { signed: { signature: string } } };
        };
        signatures.push({ index: member.index, signature: new Uint8Array(Buffer.from(answer.success.data.signed.signature, 'base64')) });
      }
      const certificate = {
        message: storageConfirmationMessage(state.epoch, blobId, { kind: 'permanent' }),
        signature: aggregateSignatures(signatures.map(({ signature }) => signature)),
        bitmap: signersBitmap(
          signatures.map(({ index }) => index),
          state.committee.length,
        ),
      };
      await execute(cluster.net.client, cluster.signer, certifyBlob(calls, objectId, certificate), 'certify');
      expect(pairOfSliver('primary', pair, SHARDS)).to.equal(pair);
    });

    it('is caught by the node that rebuilds it: proof, quorum, and the chain knows', async () => {
      expect(await reasonOf(1, `blobs/${text}/metadata/status`)).to.deep.equal([200, undefined]);
      await cluster.startNode('node-4');
      await settled();
      await cluster.settle();
      expect(at(victim).node.context.metrics.inconsistentBlobs.get({ role: 'found' })).to.equal(1);
      for (const { node } of cluster.nodes) expect(node.status(blobId)).to.have.property('invalid');
    });

    it('leaves nothing behind but the mark', async () => {
      for (const [index, { node }] of cluster.nodes.entries()) {
        expect(node.hasMetadata(blobId)).to.equal(false);
        for (const shard of node.shards) expect(at(index).store.hasSliver({ blobId, shard, axis: 'primary' })).to.equal(false);
      }
      expect(await reasonOf(0, `blobs/${text}/metadata`)).to.deep.equal([404, 'METADATA_NOT_FOUND']);
      expect(await reasonOf(0, `blobs/${text}/slivers/0/primary`)).to.deep.equal([404, 'SLIVER_NOT_FOUND']);
      expect(await reasonOf(0, `blobs/${text}/confirmation/permanent`)).to.deep.equal([400, 'NOT_REGISTERED']);
      const put = { method: 'PUT', body: Uint8Array.of(0) };
      expect(await reasonOf(0, `blobs/${text}/metadata`, put)).to.deep.equal([400, 'INVALID_BLOB']);
    });

    it('is told of by the public SDK', async () => {
      const walrus = new WalrusClient({
        suiClient: cluster.net.client,
        packageConfig: { systemObjectId: cluster.deployment.systemObjectId, stakingPoolId: cluster.deployment.stakingObjectId },
        storageNodeUrlScheme: 'http',
        storageNodeClientOptions: { fetch: (url, init) => cluster.fetch(String(url instanceof Request ? url.url : url), init ?? {}) },
      });
      expect(await walrus.getVerifiedBlobStatus({ blobId: text })).to.deep.include({ type: 'invalid' });
    });

    it('is told of by our client', async () => {
      const failure = await cluster.client().read(text).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(BlobInvalid);
    });

    it('is told of by our client also while a node still gives metadata', async () => {
      const late = new Response(encodeBlobMetadataWithId({ blobId, metadata }) as Uint8Array<ArrayBuffer>);
      const fetch = (url: string, init: RequestInit) =>
        url.startsWith(`http://${at(0).address}/`) && url.endsWith('/metadata') ? Promise.resolve(late.clone()) : cluster.fetch(url, init);
      const client = cluster.client({ fetch });
      for (const read of [client.read(text), client.readTo(text, () => undefined)]) {
        const failure = await read.then(() => undefined, (error: unknown) => error);
        expect(failure).to.be.instanceOf(BlobInvalid);
        expect(failure).to.have.property('cause').which.is.instanceOf(NotEnoughSlivers);
      }
    });
  });

  describe('blobs that end', () => {
    const isHeld = (blobId: Uint8Array) =>
      cluster.nodes.map(({ store: kept, node }) =>
        node.shards.some((shard) => kept.hasSliver({ blobId, shard, axis: 'primary' })) || kept.getRecord(blobId) !== undefined,
      );
    const all = (value: boolean) => Array<boolean>(NODES).fill(value);

    it('are removed when they are deleted, unless another object still asks for them', async () => {
      const [blob, shared] = [content(3000, 5), content(3000, 6)];
      const one = await store(blob, { deletable: true });
      const two = await store(shared, { deletable: true });
      await store(shared);
      await settled();
      for (const { objectId } of [one, two]) await cluster.client().delete(objectId, cluster.signer);
      await settled();
      expect(isHeld(blobIdFromText(one.blobId))).to.deep.equal(all(false));
      expect(isHeld(blobIdFromText(two.blobId))).to.deep.equal(all(true));
      expect(await cluster.client().read(two.blobId)).to.deep.equal(shared);
    });

    it('are removed when their last epoch is over, and can be stored again', async () => {
      const blob = content(2000, 7);
      const short = await store(blob, { epochs: 1 });
      const long = await store(content(2000, 8), { epochs: 2 });
      await settled();
      await cluster.nextEpoch();
      await cluster.settle();
      expect(isHeld(blobIdFromText(short.blobId))).to.deep.equal(all(false));
      expect(isHeld(blobIdFromText(long.blobId))).to.deep.equal(all(true));
      const again = await store(blob);
      expect(await cluster.client().read(again.blobId)).to.deep.equal(blob);
    });

    it('stay when they are extended in time', async () => {
      const blob = content(1000, 9);
      const report = await store(blob, { epochs: 1 });
      await cluster.client().extend(report.objectId, 3, cluster.signer);
      await cluster.nextEpoch();
      await cluster.settle();
      expect(await cluster.client().read(report.blobId)).to.deep.equal(blob);
    });
  });
});
