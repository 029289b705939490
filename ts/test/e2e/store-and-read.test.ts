/**
 * A blob stored, certified, half lost and read back: contracts on the embedded chain, nodes, client. Nodes
 * are reached in memory, so that each can be made to fail or lie in its own way.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  InvalidStoreRequest,
  MetadataUnavailable,
  NodeLied,
  NodeRequestFailed,
  NotEnoughConfirmations,
  NotEnoughSlivers,
} from '../../src/client/index.js';
import { Cluster, protocolKey, type Handler } from '../../src/cluster/index.js';
import { BlobEncoder, blobIdFromText, decodeSliverData, encodeSliverData } from '../../src/encoding/index.js';
import { TransactionFailed } from '../../src/protocol/index.js';

const NODES = 7;
const SHARDS = 14; // two each; f = 4, so two nodes may fail

type Fault = (request: Request, honest: Handler) => Promise<Response>;

async function failure<E extends Error>(promise: Promise<unknown>, type: abstract new (...args: never[]) => E): Promise<E> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(type);
    return error as E;
  }
  throw new Error(`expected ${type.name}`);
}

describe('a network of seven nodes', function () {
  let cluster: Cluster;
  const faults = new Map<string, Fault>();
  const content = (size: number) => Uint8Array.from({ length: size }, (_, i) => (31 * i + 7) % 256);

  before(async function () {
    this.timeout(120_000);
    cluster = await Cluster.start({
      nodeCount: NODES,
      shardCount: SHARDS,
      transport: 'memory',
      seed: 'store-and-read',
      intercept: (name, honest) => async (request) => {
        const fault = faults.get(name);
        return fault === undefined ? honest(request) : fault(request, honest);
      },
    });
  });
  after(() => cluster.stop());
  afterEach(async () => {
    faults.clear();
    for (const { name } of cluster.nodes) await cluster.startNode(name);
  });

  const client = () => cluster.client({ tailMs: 50, timeoutMs: 5000 });
  const store = (blob: Uint8Array, options: { deletable?: boolean; epochs?: number } = {}) =>
    client().store(blob, { signer: cluster.signer, ...options });

  it('has a committee that partitions the shards', async () => {
    const { committee, epoch, epochState, shardCount } = await cluster.state();
    expect({ epoch, epochState, shardCount }).to.deep.equal({ epoch: 1, epochState: 'done', shardCount: SHARDS });
    const shards = committee.flatMap((member) => member.shards).sort((a, b) => a - b);
    expect(shards).to.deep.equal(Array.from({ length: SHARDS }, (_, i) => i));
    const ids = committee.map(({ nodeId }) => nodeId);
    expect(ids).to.deep.equal([...ids].sort());
  });

  for (const size of [0, 1, 1000, 300_000]) {
    it(`stores ${size} bytes and reads them with two nodes gone`, async () => {
      const blob = content(size);
      const report = await store(blob);
      expect(report).to.include({ sizeBytes: size, certifiedEpoch: 1, endEpoch: 2, shardCount: SHARDS });
      const { blobId } = await new BlobEncoder(SHARDS).computeMetadata(blob);
      expect(bytesToHex(blobIdFromText(report.blobId))).to.equal(bytesToHex(blobId));
      const object = await cluster.client().chain.blob(report.objectId);
      expect([object.certified_epoch, object.size, object.deletable]).to.deep.equal([1, String(size), false]);
      await cluster.stopNode('node-1');
      await cluster.stopNode('node-4');
      expect(await client().read(report.blobId, { check: 'strict' })).to.deep.equal(blob);
    });
  }

  it('charges exactly the prices of the chain', async () => {
    const { storagePrice, writePrice } = await cluster.state();
    const walOf = async () => {
      const { balance } = await cluster.net.client.core.getBalance({
        owner: cluster.signer.toSuiAddress(),
        coinType: cluster.deployment.walType,
      });
      return BigInt(balance.balance);
    };
    const before = await walOf();
    const report = await store(content(5000), { epochs: 3 });
    // 14 shards: one unit of 1 MiB
    expect(report.walFrost).to.equal(3n * storagePrice + writePrice);
    expect(before - (await walOf())).to.equal(report.walFrost);
  });

  it('extends and deletes', async () => {
    const permanent = await store(content(64));
    const extended = await client().extend(permanent.objectId, 2, cluster.signer);
    expect(extended.storage.end_epoch).to.equal(permanent.endEpoch + 2);
    const refused = await failure(client().delete(permanent.objectId, cluster.signer), Error);
    expect(refused.message).to.match(/EBlobNotDeletable|abort code: 1|MoveAbort/);
    const deletable = await store(content(65), { deletable: true });
    await client().delete(deletable.objectId, cluster.signer);
    await failure(client().chain.blob(deletable.objectId), Error);
    // nodes hear of the deletion with their next poll
    let served = true;
    for (let attempt = 0; served && attempt < 50; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      served = await client().read(deletable.blobId).then(
        () => true,
        (error: unknown) => !(error instanceof MetadataUnavailable),
      );
    }
    expect(served).to.equal(false);
  });

  it('says how many shards are missing when too many nodes are gone', async () => {
    const report = await store(content(2000));
    for (const name of ['node-0', 'node-1', 'node-2', 'node-3', 'node-4']) await cluster.stopNode(name);
    const error = await failure(client().read(report.blobId), NotEnoughSlivers);
    expect([error.receivedShards, error.neededShards, error.missingShards.length, error.shortOf]).to.deep.equal([4, 6, 10, 2]);
    expect(error.message).to.contain('10 shards are missing').and.to.contain('node-3');
    for (const name of ['node-5', 'node-6']) await cluster.stopNode(name);
    await failure(client().read(report.blobId), MetadataUnavailable);
  });

  it('does not certify without a quorum, and names the nodes that failed', async () => {
    for (const name of ['node-0', 'node-1', 'node-2']) await cluster.stopNode(name);
    const error = await failure(store(content(77)), NotEnoughConfirmations);
    expect([error.confirmedShards, error.neededShards]).to.deep.equal([8, 10]);
    expect(error.failures.map(({ node }) => node).sort()).to.deep.equal(['node-0', 'node-1', 'node-2']);
    expect(error.failures.every((one) => one instanceof NodeRequestFailed && one.phase === 'metadata')).to.equal(true);
  });

  it('writes with two nodes gone and reads with two others gone', async () => {
    const blob = content(4321);
    await cluster.stopNode('node-2');
    await cluster.stopNode('node-3');
    const report = await store(blob);
    expect(report.confirmedShards).to.equal(10);
    await cluster.stopNode('node-5');
    await cluster.stopNode('node-6');
    expect(await client().read(report.blobId)).to.deep.equal(blob);
  });

  const sliverRequest = (request: Request) => request.method === 'GET' && request.url.includes('/slivers/');
  const lies: Record<string, Fault> = {
    'wrong bytes': async (request, honest) => {
      const response = await honest(request);
      if (!sliverRequest(request) || !response.ok) return response;
      const sliver = decodeSliverData('primary', new Uint8Array(await response.arrayBuffer()));
      sliver.data[0]! ^= 1;
      return new Response(encodeSliverData(sliver) as Uint8Array<ArrayBuffer>);
    },
    'the sliver of another index': async (request, honest) => {
      const response = await honest(request);
      if (!sliverRequest(request) || !response.ok) return response;
      const sliver = decodeSliverData('primary', new Uint8Array(await response.arrayBuffer()));
      return new Response(encodeSliverData({ ...sliver, index: (sliver.index + 1) % SHARDS }) as Uint8Array<ArrayBuffer>);
    },
    'bytes without end': async (request, honest) =>
      sliverRequest(request)
        ? new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 16)) }))
        : honest(request),
    'no BCS': async (request, honest) => (request.method === 'GET' ? new Response('hello') : honest(request)),
    'a server error': async () => new Response('down', { status: 500 }),
  };
  for (const [name, lie] of Object.entries(lies)) {
    it(`works around a node that answers reads with ${name}`, async () => {
      const blob = content(2500);
      const report = await store(blob);
      for (const liar of ['node-0', 'node-5']) faults.set(liar, lie);
      const { blob: found, failures } = await client().download(report.blobId);
      expect(found).to.deep.equal(blob);
      for (const one of failures) expect(['node-0', 'node-5']).to.include(one.node);
    });
  }

  it('detects every lie of a read: the liar is named with its shard', async () => {
    const report = await store(content(2600));
    const honest = ['node-0', 'node-1', 'node-2'];
    for (const { name } of cluster.nodes) if (!honest.includes(name)) faults.set(name, lies['wrong bytes']!);
    // three honest nodes hold six shards: exactly enough
    const { failures } = await client().download(report.blobId);
    for (const lie of failures) {
      expect(lie).to.be.instanceOf(NodeLied);
      expect(lie.phase).to.equal('sliver');
      expect(lie.shard).to.be.a('number');
    }
    faults.set('node-0', lies['wrong bytes']!);
    const error = await failure(client().read(report.blobId), NotEnoughSlivers);
    expect(error.failures.filter((one) => one instanceof NodeLied)).to.have.length(10);
  });

  it('works around metadata of another blob', async () => {
    const [one, other] = [await store(content(100)), await store(content(200))];
    for (const { name } of cluster.nodes.slice(0, 4)) {
      faults.set(name, async (request, honest) =>
        request.method === 'GET' && request.url.endsWith('/metadata')
          ? honest(new Request(request.url.replace(one.blobId, other.blobId)))
          : honest(request),
      );
    }
    expect(await client().read(one.blobId)).to.deep.equal(content(100));
  });

  const confirmationOf = (change: (signed: { serializedMessage: string; signature: string }) => void): Fault =>
    async (request, honest) => {
      const response = await honest(request);
      if (!request.url.includes('/confirmation/') || !response.ok) return response;
      const body = (await response.json()) as { success: { data: { signed: { serializedMessage: string; signature: string } } } };
      change(body.success.data.signed);
      return Response.json(body);
    };
  const badConfirmations: Record<string, Fault> = {
    'a signature by another key': confirmationOf((signed) => {
      const message = Buffer.from(signed.serializedMessage, 'base64');
      signed.signature = Buffer.from(protocolKey('other', 'node').sign(message)).toString('base64');
    }),
    'a signature over another message': confirmationOf((signed) => {
      const message = Buffer.from(signed.serializedMessage, 'base64');
      message[8]! ^= 1;
      signed.serializedMessage = message.toString('base64');
    }),
    'a signature that is no point': confirmationOf((signed) => {
      signed.signature = Buffer.alloc(96, 1).toString('base64');
    }),
    'something that is no confirmation': async (request, honest) =>
      request.url.includes('/confirmation/') ? Response.json({ success: { data: { signed: 7 } } }) : honest(request),
  };
  for (const [name, lie] of Object.entries(badConfirmations)) {
    it(`certifies without a node that sends ${name}`, async () => {
      faults.set('node-6', lie);
      const report = await store(new TextEncoder().encode(name));
      expect(report.confirmedShards).to.equal(SHARDS - 2);
      const liar = report.nodes.find(({ node }) => node === 'node-6')!;
      expect(liar.confirmed).to.equal(false);
      expect(liar.failure).to.contain('node-6, confirmation');
    });
  }

  it('refuses requests that the chain would refuse', async () => {
    for (const epochs of [0, -1, 1.5, 54]) await failure(store(content(1), { epochs }), InvalidStoreRequest);
    const error = await failure(client().read('not a blob ID'), Error);
    expect(error.message).to.contain('not a blob ID');
  });

  it('reports a transaction that fails on chain', async () => {
    const poor = cluster.net.createSigner('poor');
    await cluster.net.faucet(poor.toSuiAddress(), 1_000_000_000n);
    const error = await failure(client().store(content(3), { signer: poor }), Error);
    expect(error.message).to.match(/balance|WAL|coin/i);
    expect(error).to.not.be.instanceOf(TransactionFailed);
  });

  it('reads back whatever was stored', async () => {
    const bytes = fc.uint8Array({ maxLength: 3000 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.subarray([...cluster.nodes.keys()], { minLength: 0, maxLength: 2 }), async (blob, gone) => {
        const report = await store(blob);
        for (const index of gone) await cluster.stopNode(`node-${index}`);
        expect(await client().read(report.blobId)).to.deep.equal(blob);
        for (const index of gone) await cluster.startNode(`node-${index}`);
      }),
      { numRuns: 4 },
    );
  });
});
