/**
 * The public SDK, unmodified: `WalrusClient` of `@mysten/walrus` over `SuiGrpcClient`, both over HTTP, against
 * our contracts and storage nodes. No fetch override, no patch (HTTP specification §3, §11).
 *
 * Eleven nodes with one shard each: the SDK's metadata fallback does not work with fewer. f = 3, and eight
 * nodes that are left are one more than a quorum, which is what its status query needs.
 */
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Transaction } from '@mysten/sui/transactions';
import { BlobNotCertifiedError, NotEnoughBlobConfirmationsError, WalrusClient, WalrusFile, type WriteBlobStep } from '@mysten/walrus';
import { expect } from 'chai';
import { Cluster } from '../../src/cluster/index.js';
import { BlobEncoder, blobIdToText } from '../../src/encoding/index.js';
import { createRpcServer, type RunningServer } from '../../src/localnet/rpc/index.js';

const NODES = 11;
const SHARDS = 11;
const FAULTY = 3;

const content = (size: number, salt = 7) => Uint8Array.from({ length: size }, (_, i) => (31 * i + salt) % 256);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const utf8 = (words: string) => new TextEncoder().encode(words);

async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error('expected a rejection');
  return outcome;
}

describe('the public SDK on a network of ours', function () {
  this.timeout(30_000);
  let cluster: Cluster;
  let rpc: RunningServer;
  let walrus: WalrusClient;

  before(async function () {
    this.timeout(120_000);
    cluster = await Cluster.start({ nodeCount: NODES, shardCount: SHARDS, seed: 'walrus-sdk' });
    rpc = await createRpcServer(cluster.net.ledger, { port: 0 });
    walrus = connect();
  });
  after(async () => {
    await rpc?.close();
    await cluster?.stop();
  });

  function connect(): WalrusClient {
    const { systemObjectId, stakingObjectId } = cluster.deployment;
    return new WalrusClient({
      suiClient: new SuiGrpcClient({ network: 'localnet', baseUrl: rpc.url }),
      packageConfig: { systemObjectId, stakingPoolId: stakingObjectId },
      storageNodeUrlScheme: 'http',
    });
  }

  const write = (blob: Uint8Array, options: { deletable?: boolean; epochs?: number; attributes?: Record<string, string> } = {}) =>
    walrus.writeBlob({ blob, deletable: false, epochs: 2, signer: cluster.signer, ...options });

  async function withNodesDown(count: number, action: () => Promise<void>): Promise<void> {
    const names = cluster.nodes.slice(0, count).map(({ name }) => name);
    for (const name of names) await cluster.stopNode(name);
    try {
      await action();
    } finally {
      for (const name of names) await cluster.startNode(name);
    }
  }

  /** Tries until the nodes, which poll the chain, have seen its last events. */
  async function eventually<T>(check: () => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < 50; attempt++) {
      const result = await check().then(
        (value) => ({ value }),
        () => undefined,
      );
      if (result !== undefined) return result.value;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return check();
  }

  it('finds the network in the two objects', async () => {
    const [system, state, staking] = [await walrus.systemObject(), await walrus.systemState(), await walrus.stakingState()];
    expect(system.package_id).to.equal(cluster.deployment.packageId);
    expect([state.committee.epoch, state.committee.n_shards, state.committee.members.length]).to.deep.equal([1, SHARDS, NODES]);
    expect([staking.epoch, staking.epoch_state.$kind]).to.deep.equal([1, 'EpochChangeDone']);
    expect(await walrus.getBlobType()).to.equal(`${cluster.deployment.packageId}::blob::Blob`);
  });

  for (const { name, size, deletable } of [
    { name: 'a permanent blob', size: 30_000, deletable: false },
    { name: 'a deletable blob', size: 1, deletable: true },
    { name: 'an empty blob', size: 0, deletable: false },
  ]) {
    it(`writes and reads ${name} of ${size} bytes`, async () => {
      const blob = content(size);
      const { blobId, blobObject } = await write(blob, { deletable });
      expect(blobId).to.equal(blobIdToText((await new BlobEncoder(SHARDS).computeMetadata(blob)).blobId));
      expect(blobObject).to.include({ certified_epoch: 1, deletable, size: String(size) });
      expect(blobObject.storage.end_epoch).to.equal(3);
      expect(await walrus.readBlob({ blobId })).to.deep.equal(blob);
      const expected = { type: deletable ? 'deletable' : 'permanent', initialCertifiedEpoch: 1 };
      await eventually(async () => expect(await walrus.getVerifiedBlobStatus({ blobId })).to.deep.include(expected));
    });
  }

  it('is read by our client, and reads what our client wrote', async () => {
    const ours = cluster.client();
    const [one, other] = [content(2000, 1), content(2000, 2)];
    const { blobId } = await write(one);
    expect(await ours.read(blobId, { check: 'strict' })).to.deep.equal(one);
    const report = await ours.store(other, { signer: cluster.signer });
    expect(await walrus.readBlob({ blobId: report.blobId })).to.deep.equal(other);
  });

  it('writes files as a quilt and reads them back one by one', async () => {
    const files = [
      { identifier: 'readme.md', contents: utf8('# read me'), tags: { kind: 'text', lang: 'en' } },
      { identifier: 'data.bin', contents: content(3000), tags: { kind: 'binary' } },
      { identifier: 'empty', contents: new Uint8Array(0), tags: {} as Record<string, string> },
    ];
    const written = await walrus.writeFiles({
      files: files.map((file) => WalrusFile.from(file)),
      deletable: true,
      epochs: 1,
      signer: cluster.signer,
    });
    expect(written).to.have.length(files.length);
    const quilt = await walrus.getBlob({ blobId: written[0]!.blobId });
    const found = await quilt.files();
    for (const file of found) {
      const identifier = await file.getIdentifier();
      const expected = files.find((one) => one.identifier === identifier)!;
      expect(await file.bytes(), `${identifier}`).to.deep.equal(expected.contents);
      expect(await file.getTags()).to.deep.equal(expected.tags);
    }
    expect(found).to.have.length(files.length);
    const [readme] = await quilt.files({ identifiers: ['readme.md'] });
    expect(await readme!.text()).to.equal('# read me');
    const binary = await quilt.files({ tags: [{ kind: 'binary' }] });
    expect(await Promise.all(binary.map((file) => file.getIdentifier()))).to.deep.equal(['data.bin']);
    const byId = await walrus.getFiles({ ids: written.map(({ id }) => id) });
    const identifiers = await Promise.all(byId.map((file) => file.getIdentifier()));
    expect(identifiers.sort()).to.deep.equal(['data.bin', 'empty', 'readme.md']);
    expect(await walrus.readBlobAttributes({ blobObjectId: written[0]!.blobObject.id })).to.deep.equal({
      _walrusBlobType: 'quilt',
    });
  });

  it('writes a quilt of blobs, reads the whole of it and a patch of it', async () => {
    // The SDK asks for too few columns when what it reads begins inside a column and ends in a later one
    // (`#readBytesFromSlivers`): the first blob makes the columns long enough for the second one.
    const blobs = [
      { identifier: 'a', contents: content(3000) },
      { identifier: 'b', contents: utf8('second'), tags: { n: '2' } },
    ];
    const { blobId, index } = await walrus.writeQuilt({ blobs, deletable: false, epochs: 1, signer: cluster.signer });
    expect(index.patches.map(({ identifier }) => identifier)).to.deep.equal(['a', 'b']);
    const { quilt } = await walrus.encodeQuilt({ blobs });
    expect(await (await walrus.getBlob({ blobId })).asFile().bytes()).to.deep.equal(quilt);
    const [b] = await walrus.getFiles({ ids: [index.patches[1]!.patchId] });
    expect(text(await b!.bytes())).to.equal('second');
    expect(await b!.getTags()).to.deep.equal({ n: '2' });
  });

  it('extends a permanent blob by epochs and up to an epoch, and does not delete it', async () => {
    const walOf = async () => {
      const owner = cluster.signer.toSuiAddress();
      const { balance } = await cluster.net.client.core.getBalance({ owner, coinType: cluster.deployment.walType });
      return BigInt(balance.balance);
    };
    const { totalCost } = await walrus.storageCost(10, 2);
    const before = await walOf();
    const { blobId, blobObject } = await write(content(10));
    expect(before - (await walOf()), 'exactly the price that the SDK computes').to.equal(totalCost);
    await walrus.executeExtendBlobTransaction({ blobObjectId: blobObject.id, epochs: 3, signer: cluster.signer });
    walrus.reset();
    expect((await walrus.getBlobObject(blobObject.id)).storage.end_epoch).to.equal(6);
    await walrus.executeExtendBlobTransaction({ blobObjectId: blobObject.id, endEpoch: 10, signer: cluster.signer });
    walrus.reset();
    expect((await walrus.getBlobObject(blobObject.id)).storage.end_epoch).to.equal(10);
    await eventually(async () => expect(await (await walrus.getBlob({ blobId })).storedUntil()).to.equal(10));
    const refused = walrus.executeDeleteBlobTransaction({ blobObjectId: blobObject.id, signer: cluster.signer });
    expect((await rejection(refused)).message).to.match(/EBlobNotDeletable|MoveAbort/);
    const tooFar = walrus.executeExtendBlobTransaction({ blobObjectId: blobObject.id, epochs: 60, signer: cluster.signer });
    expect((await rejection(tooFar)).message).to.match(/EInvalidEpochsAhead|MoveAbort/);
  });

  it('deletes a deletable blob, after which nobody serves it', async () => {
    const { blobId, blobObject } = await write(content(11), { deletable: true });
    await walrus.executeDeleteBlobTransaction({ blobObjectId: blobObject.id, signer: cluster.signer });
    await eventually(async () => expect(await (await walrus.getBlob({ blobId })).exists()).to.equal(false));
    expect(await rejection(walrus.readBlob({ blobId }))).to.be.instanceOf(BlobNotCertifiedError);
    const again = walrus.executeDeleteBlobTransaction({ blobObjectId: blobObject.id, signer: cluster.signer });
    await rejection(again);
  });

  it('writes, changes and removes attributes', async () => {
    const { blobObject } = await write(content(13), { attributes: { name: 'thirteen', colour: 'red' } });
    const blobObjectId = blobObject.id;
    expect(await walrus.readBlobAttributes({ blobObjectId })).to.deep.equal({ name: 'thirteen', colour: 'red' });
    await walrus.executeWriteBlobAttributesTransaction({
      blobObjectId,
      attributes: { colour: null, name: 'XIII', size: 'small' },
      signer: cluster.signer,
    });
    expect(await walrus.readBlobAttributes({ blobObjectId })).to.deep.equal({ name: 'XIII', size: 'small' });
  });

  it('writes step by step, with the bytes of each transaction signed by the caller', async () => {
    const blob = content(1500);
    const owner = cluster.signer.toSuiAddress();
    const flow = walrus.writeBlobFlow({ blob });
    const { blobId } = await flow.encode();
    const suiClient = new SuiGrpcClient({ network: 'localnet', baseUrl: rpc.url });
    const registered = await cluster.signer.signAndExecuteTransaction({
      transaction: flow.register({ epochs: 2, deletable: true, owner }),
      client: suiClient,
    });
    expect(registered.$kind).to.equal('Transaction');
    expect((await walrus.getVerifiedBlobStatus({ blobId })).type).to.be.oneOf(['nonexistent', 'deletable']);
    await flow.upload({ digest: registered.Transaction!.digest });
    await cluster.signer.signAndExecuteTransaction({ transaction: flow.certify(), client: suiClient });
    const { blobObject } = await flow.getBlob();
    expect(blobObject).to.include({ certified_epoch: 1, deletable: true });
    expect(await walrus.readBlob({ blobId })).to.deep.equal(blob);
  });

  for (const stopAfter of ['encoded', 'registered', 'uploaded'] as const) {
    it(`resumes a write that stopped when it was ${stopAfter}`, async () => {
      const blob = utf8(`stopped after ${stopAfter}`);
      const options = { signer: cluster.signer, epochs: 1, deletable: true };
      let saved: WriteBlobStep | undefined;
      for await (const step of walrus.writeBlobFlow({ blob }).run(options)) {
        saved = step;
        if (step.step === stopAfter) break;
      }
      const steps: string[] = [];
      const other = connect();
      for await (const step of other.writeBlobFlow({ blob, resume: saved! }).run(options)) steps.push(step.step);
      expect(steps.at(-1)).to.equal('certified');
      expect(await other.readBlob({ blobId: saved!.blobId })).to.deep.equal(blob);
    });
  }

  it('takes the parts apart: storage, registration, slivers, confirmations, certificate', async () => {
    const blob = content(900, 3);
    const owner = cluster.signer.toSuiAddress();
    const { blobId, rootHash, metadata, sliversByNode } = await walrus.encodeBlob(blob);
    const { blob: object } = await walrus.executeRegisterBlobTransaction({
      ...{ blobId, rootHash, size: blob.length, epochs: 1, deletable: false, owner, signer: cluster.signer },
    });
    await walrus.writeEncodedBlobToNodes({ blobId, metadata, sliversByNode, deletable: false });
    const confirmations = await walrus.getStorageConfirmations({ blobId, deletable: false });
    expect(confirmations.filter((one) => one !== null)).to.have.length(NODES);
    await walrus.executeCertifyBlobTransaction({
      ...{ blobId, blobObjectId: object.id, confirmations, deletable: false, signer: cluster.signer },
    });
    expect(await walrus.readBlob({ blobId })).to.deep.equal(blob);
    expect(await walrus.getSecondarySliver({ blobId, index: 0 })).to.be.instanceOf(Uint8Array);
    const tx = walrus.createStorageTransaction({ size: 1000, epochs: 1, owner });
    const { $kind } = await cluster.signer.signAndExecuteTransaction({ transaction: tx, client: cluster.net.client });
    expect($kind).to.equal('Transaction');
    const composed = new Transaction();
    composed.transferObjects([walrus.deleteBlob({ blobObjectId: (await write(content(5), { deletable: true })).blobObject.id })], owner);
    const deleted = await cluster.signer.signAndExecuteTransaction({ transaction: composed, client: cluster.net.client });
    expect(deleted.$kind).to.equal('Transaction');
  });

  it(`reads and verifies a status with ${FAULTY} of ${NODES} nodes down`, async () => {
    const blob = content(5000);
    const { blobId } = await write(blob);
    const expected = { type: 'permanent', isCertified: true, initialCertifiedEpoch: 1, endEpoch: 3 };
    const verify = async () => expect(await walrus.getVerifiedBlobStatus({ blobId })).to.deep.include(expected);
    await eventually(verify);
    await withNodesDown(FAULTY, async () => {
      // The SDK asks nodes in a random order.
      for (let run = 0; run < 3; run++) expect(await connect().readBlob({ blobId })).to.deep.equal(blob);
      // Those that answered before may be the ones that are down; the others look at the chain in turn.
      await eventually(verify);
    });
  });

  it(`writes with ${FAULTY} nodes down, and is refused with one more`, async () => {
    const blob = utf8('with nodes down');
    await withNodesDown(FAULTY, async () => {
      const { blobId, blobObject } = await write(blob);
      expect(blobObject.certified_epoch).to.equal(1);
      expect(await walrus.readBlob({ blobId })).to.deep.equal(blob);
    });
    await withNodesDown(FAULTY + 1, async () => {
      expect(await rejection(write(utf8('too many')))).to.be.instanceOf(NotEnoughBlobConfirmationsError);
    });
  });

  it('says that a blob does not exist', async () => {
    const { blobId } = await new BlobEncoder(SHARDS).computeMetadata(utf8('never stored'));
    const unknown = blobIdToText(blobId);
    expect(await rejection(walrus.readBlob({ blobId: unknown }))).to.be.instanceOf(BlobNotCertifiedError);
    expect((await walrus.getVerifiedBlobStatus({ blobId: unknown })).type).to.equal('nonexistent');
  });

  it('reads and writes across an epoch change, after which what was not paid for is gone', async () => {
    const [kept, expiring] = [utf8('two epochs'), utf8('one epoch')];
    const { blobId, blobObject } = await write(kept);
    const { blobId: expiringId } = await write(expiring, { epochs: 1 });
    const { epoch, synced, attested, withheld } = await cluster.nextEpoch();
    expect([epoch, synced, attested.length, withheld]).to.deep.equal([2, true, NODES, []]);
    expect(await walrus.readBlob({ blobId }), 'with what it remembers of epoch 1').to.deep.equal(kept);
    walrus.reset();
    expect((await walrus.systemState()).committee.epoch).to.equal(2);
    expect(await walrus.readBlob({ blobId })).to.deep.equal(kept);
    expect(await rejection(walrus.readBlob({ blobId: expiringId }))).to.be.instanceOf(BlobNotCertifiedError);
    const later = await write(utf8('written in epoch 2'), { deletable: true });
    expect(later.blobObject).to.deep.include({ certified_epoch: 2 });
    expect(later.blobObject.storage).to.include({ start_epoch: 2, end_epoch: 4 });
    await walrus.executeExtendBlobTransaction({ blobObjectId: blobObject.id, epochs: 1, signer: cluster.signer });
  });
});
