/**
 * What the contracts say to signatures that do not verify. The Move unit tests cannot ask: the signature
 * natives of the compiler's test runner accept everything. Here BLS is real.
 */
import { expect } from 'chai';
import { Cluster, protocolKey } from '../../src/cluster/index.js';
import { BlobEncoder, bytesToU256 } from '../../src/encoding/index.js';
import {
  aggregateSignatures,
  ChainReader,
  certifyBlob,
  createdObject,
  execute,
  registerBlob,
  registerNode,
  signersBitmap,
  storageConfirmationMessage,
  storageCost,
  type BlsKeyPair,
  type Calls,
  type ChainState,
} from '../../src/protocol/index.js';

const SEED = 'signatures';
const SHARDS = 10;

async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected the chain to refuse');
}

describe('signatures on chain', function () {
  let cluster: Cluster;
  let state: ChainState;
  let calls: Calls;
  let blobId: Uint8Array;
  let objectId: string;
  let keys: BlsKeyPair[];

  before(async function () {
    this.timeout(120_000);
    cluster = await Cluster.start({ nodeCount: 5, shardCount: SHARDS, transport: 'memory', seed: SEED });
    state = await cluster.state();
    const reader = new ChainReader(cluster.net.client, cluster.deployment);
    calls = { ids: cluster.deployment, packageId: state.packageId, walType: await reader.walType() };
    keys = state.committee.map(({ name }) => protocolKey(SEED, name));
    const computed = await new BlobEncoder(SHARDS).computeMetadata(Uint8Array.of(1, 2, 3));
    blobId = computed.blobId;
    const registration = registerBlob(calls, storageCost(state, 3n, 1), {
      blobId: bytesToU256(blobId),
      rootHash: bytesToU256(computed.rootHash),
      sizeBytes: 3n,
      epochs: 1,
      deletable: false,
      owner: cluster.signer.toSuiAddress(),
    });
    const executed = await execute(cluster.net.client, cluster.signer, registration, 'register');
    objectId = createdObject(executed, (type) => type.endsWith('::blob::Blob'), 'Blob');
  });
  after(() => cluster.stop());

  const message = () => storageConfirmationMessage(state.epoch, blobId, { kind: 'permanent' });
  const certify = (signers: number[], change: { message?: Uint8Array; signature?: Uint8Array; bitmap?: Uint8Array } = {}) => {
    const certificate = {
      message: message(),
      signature: aggregateSignatures(signers.map((index) => keys[index]!.sign(message()))),
      bitmap: signersBitmap(signers, keys.length),
      ...change,
    };
    return execute(cluster.net.client, cluster.signer, certifyBlob(calls, objectId, certificate), 'certify');
  };
  const aborts = (module: string, code: number) => new RegExp(`abort code: ${code}, in '0x[0-9a-f]{64}::${module}::`);
  /** bls_aggregate::ESigVerification and staking_pool::EInvalidProofOfPossession. */
  const [badSignature, badProof] = [aborts('bls_aggregate', 1), aborts('staking_pool', 4)];

  it('refuses an aggregate that lacks a signer of the bitmap', async () => {
    const signature = aggregateSignatures([0, 1, 2].map((index) => keys[index]!.sign(message())));
    expect(await failureOf(certify([0, 1, 2, 3], { signature }))).to.match(badSignature);
  });

  it('refuses an aggregate with a signer too many', async () => {
    const signature = aggregateSignatures(keys.map((key) => key.sign(message())));
    expect(await failureOf(certify([0, 1, 2, 3], { signature }))).to.match(badSignature);
  });

  it('refuses signatures over another message', async () => {
    const other = storageConfirmationMessage(state.epoch, new Uint8Array(32).fill(7), { kind: 'permanent' });
    const signature = aggregateSignatures([0, 1, 2, 3].map((index) => keys[index]!.sign(other)));
    expect(await failureOf(certify([0, 1, 2, 3], { signature }))).to.match(badSignature);
  });

  it('refuses a key outside the committee and bytes that are no point', async () => {
    const stranger = protocolKey('stranger', 'x').sign(message());
    const signature = aggregateSignatures([...[0, 1, 2].map((index) => keys[index]!.sign(message())), stranger]);
    expect(await failureOf(certify([0, 1, 2, 3], { signature }))).to.match(badSignature);
    const noPoint = new Uint8Array(96).fill(0x11);
    expect(await failureOf(certify([0, 1, 2, 3], { signature: noPoint }))).to.match(badSignature);
  });

  it('refuses too little weight, bits of nobody, and certificates of other epochs', async () => {
    expect(await failureOf(certify([0, 1, 2]))).to.match(aborts('bls_aggregate', 2));
    expect(await failureOf(certify([0, 1, 2, 3], { bitmap: Uint8Array.of(0xff) }))).to.match(aborts('bls_aggregate', 0));
    const old = storageConfirmationMessage(state.epoch - 1, blobId, { kind: 'permanent' });
    const signature = aggregateSignatures([0, 1, 2, 3].map((index) => keys[index]!.sign(old)));
    expect(await failureOf(certify([0, 1, 2, 3], { message: old, signature }))).to.match(aborts('messages', 1));
  });

  it('accepts any quorum, once', async () => {
    await certify([1, 2, 3, 4]);
    const blob = await new ChainReader(cluster.net.client, cluster.deployment).blob(objectId);
    expect(blob.certified_epoch).to.equal(state.epoch);
    expect(await failureOf(certify([0, 1, 2, 3]))).to.match(aborts('blob', 5));
  });

  it('registers no node without the secret of its key', async () => {
    const signer = cluster.net.createSigner('thief');
    await cluster.fund(signer.toSuiAddress(), { mist: 10_000_000_000n, frost: 2_000_000_000n });
    const key = protocolKey('thief', 'own');
    // announces somebody else's public key, signs with its own
    const stolen = Object.create(key, { publicKey: { value: keys[0]!.publicKey } }) as BlsKeyPair;
    Object.defineProperty(stolen, 'sign', { value: (bytes: Uint8Array) => key.sign(bytes) });
    const registration = registerNode(cluster.net.client, cluster.deployment, {
      name: 'thief',
      networkAddress: 'thief.local:1',
      protocolKey: stolen,
      networkPublicKey: new Uint8Array(33).fill(2),
      signer,
      stakeFrost: 1_000_000_000n,
      commissionBasisPoints: 0,
      storagePrice: 1n,
      writePrice: 1n,
      capacityBytes: 1n,
    });
    expect(await failureOf(registration)).to.match(badProof);
  });
});
