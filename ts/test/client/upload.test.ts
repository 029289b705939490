/** Uploads to nodes that are quick, slow or lying, on a clock that only the test moves: who is waited for, who counts. */
import { expect } from 'chai';
import { NodeClient, NotEnoughConfirmations } from '../../src/client/index.js';
import { CertificateBuilder } from '../../src/client/certificate.js';
import { DEFAULT_RETRY, NodeMemory } from '../../src/client/requests.js';
import { encodeInput, type SliverSource } from '../../src/client/slivers.js';
import { uploadBlob, type Upload } from '../../src/client/upload.js';
import { BlobEncoder } from '../../src/encoding/index.js';
import {
  aggregateSignatures,
  BlsKeyPair,
  loadFastBls,
  storageConfirmationMessage,
  verifyAggregate,
  type CommitteeMember,
} from '../../src/protocol/index.js';
import { VirtualClock } from './virtual-clock.js';

const NODES = 7;
const EPOCH = 3;
const persistence = { kind: 'permanent' } as const;
const keys = Array.from({ length: NODES }, (_, index) => BlsKeyPair.fromSeed(new Uint8Array(48).fill(index + 1)));
const members = keys.map(({ publicKey }, index): CommitteeMember => {
  const name = `node-${index}`;
  return { index, nodeId: name, name, networkAddress: `${name}.local:1`, publicKey, shards: [index] };
});

describe('uploads', () => {
  const TAIL_MS = 500;
  let slivers: SliverSource;
  let message: Uint8Array;
  let clock: VirtualClock;

  before(async () => {
    await loadFastBls();
    slivers = await encodeInput(new BlobEncoder(NODES), Buffer.from('a walrus on seven floes'));
    message = storageConfirmationMessage(EPOCH, slivers.blobId, persistence);
  });
  beforeEach(() => {
    clock = new VirtualClock();
  });

  /** How each node confirms: after how long, and with what. */
  interface Manner {
    readonly delayMs?: number;
    readonly lies?: boolean;
  }

  async function upload(manners: Readonly<Record<number, Manner>>): Promise<Upload> {
    const fetch = async (url: string, init: RequestInit): Promise<Response> => {
      if (!url.includes('/confirmation/')) return new Response(null, { status: 201 });
      const index = Number(/node-(\d)/.exec(url)![1]);
      const { delayMs = 10, lies = false } = manners[index] ?? {};
      await clock.sleep(delayMs, init.signal!);
      init.signal!.throwIfAborted();
      const signature = keys[index]!.sign(lies ? Uint8Array.of(1, ...message) : message);
      const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
      return Response.json({ success: { code: 200, data: { signed: { serializedMessage: base64(message), signature: base64(signature) } } } });
    };
    const options = { fetch, timeoutMs: 60_000, urlScheme: 'http' as const, sleep: clock.sleep };
    return clock.run(
      uploadBlob(
        { slivers, persistence, epoch: EPOCH, shardCount: NODES, isResumed: false },
        {
          ...clock.surroundings,
          nodes: members.map((member) => new NodeClient(member, options)),
          memory: new NodeMemory(() => clock.nowMs),
          retry: DEFAULT_RETRY,
          tailMs: TAIL_MS,
          inFlightBytes: 1e6,
          signal: new AbortController().signal,
        },
      ),
    );
  }

  function expectValid(certificate: Upload, signers: readonly number[]): void {
    expect(certificate.signers.map(({ index }) => index)).to.deep.equal(signers);
    expect(certificate.nodes.filter(({ confirmed }) => confirmed).map(({ node }) => node)).to.deep.equal(signers.map((index) => `node-${index}`));
    expect(verifyAggregate(certificate.signers.map(({ publicKey }) => publicKey), message, certificate.signature)).to.equal(true);
  }

  it('end when all have confirmed, without a wait', async () => {
    expectValid(await upload({}), [0, 1, 2, 3, 4, 5, 6]);
    expect(clock.nowMs).to.equal(10);
  });

  it('wait a tail for slow nodes, then go on without them', async () => {
    const certificate = await upload({ 2: { delayMs: 400 }, 5: { delayMs: 50_000 } });
    expectValid(certificate, [0, 1, 2, 3, 4, 6]);
    expect(clock.nowMs).to.equal(10 + TAIL_MS + 5);
    expect(certificate.nodes[5]!.failure).to.match(/^cut off/);
  });

  it('cut nobody off whose signature is needed in place of a lie', async () => {
    const certificate = await upload({ 0: { lies: true }, 5: { delayMs: 20_000 }, 6: { delayMs: 50_000 } });
    expectValid(certificate, [1, 2, 3, 4, 5]);
    expect(certificate.nodes[0]!.failure).to.match(/does not verify/);
    expect(certificate.nodes[6]!.failure).to.match(/^cut off/);
  });

  it('do not wait any longer once all have answered, lies among them', async () => {
    expectValid(await upload({ 3: { lies: true }, 4: { lies: true } }), [0, 1, 2, 5, 6]);
    expect(clock.nowMs).to.equal(10);
  });

  it('fail when lies leave too few', async () => {
    const failure = await upload({ 1: { lies: true }, 3: { lies: true }, 4: { lies: true } }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(NotEnoughConfirmations);
    expect(failure).to.include({ confirmedShards: 4, neededShards: 5 });
  });
});

describe('certificates', () => {
  before(loadFastBls);

  const message = Uint8Array.from({ length: 60 }, (_, i) => i);
  const other = Uint8Array.of(...message, 1);
  const honest = (index: number) => [members[index]!, keys[index]!.sign(message)] as const;
  const lie = (index: number) => [members[index]!, keys[index]!.sign(other)] as const;

  const cases: { readonly name: string; readonly batches: readonly (readonly (readonly [CommitteeMember, Uint8Array])[])[]; readonly liars: readonly number[] }[] = [
    { name: 'one batch', batches: [[0, 1, 2, 3, 4].map(honest)], liars: [] },
    { name: 'several batches', batches: [[4, 3].map(honest), [6].map(honest), [0, 1, 2].map(honest)], liars: [] },
    { name: 'one by one', batches: [0, 1, 2, 3, 4].map((index) => [honest(index)]), liars: [] },
    { name: 'a lie in a batch', batches: [[...[0, 1, 2].map(honest), lie(5)], [3, 4].map(honest)], liars: [5] },
    { name: 'a lie alone', batches: [[lie(2)], [0, 1, 3, 4, 5, 6].map(honest)], liars: [2] },
    { name: 'no point', batches: [[...[0, 1, 2, 3, 4].map(honest), [members[6]!, new Uint8Array(96)]]], liars: [6] },
  ];
  for (const { name, batches, liars } of cases) {
    it(`carry the sum of what verifies: ${name}`, () => {
      const builder = new CertificateBuilder(message, NODES, NODES);
      const found = batches.flatMap((batch) => {
        for (const [member, signature] of batch) builder.add(member, signature);
        return builder.check().map(({ index }) => index);
      });
      expect(found).to.deep.equal(liars);
      const certificate = builder.build()!;
      const signers = batches.flat().map(([{ index }]) => index).filter((index) => !liars.includes(index)).sort();
      expect(certificate.signers.map(({ index }) => index)).to.deep.equal(signers);
      expect(certificate.signature).to.deep.equal(aggregateSignatures(signers.map((index) => honest(index)[1])));
      expect(certificate.bitmap).to.deep.equal(Uint8Array.of(signers.reduce((bits, index) => bits | (1 << index), 0)));
    });
  }

  it('do not come about without a quorum', () => {
    const builder = new CertificateBuilder(message, NODES, NODES);
    for (const index of [0, 1, 2, 3]) builder.add(...honest(index));
    expect([builder.check(), builder.build()]).to.deep.equal([[], undefined]);
  });
});
