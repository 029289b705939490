/** What a node does by itself about an audit (contracts specification §14.4, §14.5), on a chain that is not there. */
import { expect } from 'chai';
import { encodeBlobMetadata, pairOfShard, type EncodedBlob } from '../../src/encoding/index.js';
import { AuditSets } from '../../src/node/audit-set.js';
import { Auditor, MemoryStore, processEnvironment, RecoveryFailed, type NodeContext } from '../../src/node/index.js';
import { Peers } from '../../src/node/peers.js';
import { invalidBlobIdMessage, verifyBls } from '../../src/protocol/index.js';
import { certified, createNode, encode, EPOCH, FakeChain, happen, member, protocolKey, registered, SHARDS } from './fake-chain.js';
import { FakeAudits, refusal } from './fake-audits.js';

const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => shard);
const ASKED = 30;
const hurry = { hurry: true };
const axes = ['primary', 'secondary'] as const;

describe('auditor of a storage node', () => {
  let store: MemoryStore;
  let chain: FakeChain;
  let context: NodeContext;
  let audits: FakeAudits;
  let blobs: EncodedBlob[];
  let nowMs: number;
  let logged: { readonly level: string; readonly message: string }[];
  let repairs: { readonly shard: number }[];
  let repair: (blobId: Uint8Array, shard: number) => Promise<unknown>;

  beforeEach(async () => {
    [store, chain, audits] = [new MemoryStore(), new FakeChain(), new FakeAudits(ASKED)];
    [nowMs, logged, repairs] = [0, [], []];
    // One node is the whole committee: then its own signature is a quorum.
    chain.state = { ...chain.state, committee: [{ ...member, shards: ALL_SHARDS }], epoch: EPOCH - 1 };
    const environment = { ...processEnvironment, now: () => nowMs, fetch: () => Promise.reject(new Error('no network')) };
    const log = (level: string, message: string) => void logged.push({ level, message });
    ({ context } = createNode(store, chain, { environment, log }));
    blobs = await Promise.all(['one walrus', 'two walruses on ice', 'a herd'].map(encode));
    for (const { blobId, metadata } of blobs) {
      await happen(store, blobId, registered());
      await happen(store, blobId, { ...certified(), fields: { ...certified().fields, epoch: EPOCH - 1 } } as ReturnType<typeof certified>);
      await store.putMetadata(blobId, encodeBlobMetadata(metadata));
      for (const shard of ALL_SHARDS) for (const axis of axes) await restore(blobId, shard, axis);
    }
    await store.commit({ shards: ALL_SHARDS.map((shard) => [shard, { status: 'active', since: 1 }]) });
    chain.state = { ...chain.state, epoch: EPOCH };
    repair = async (blobId, shard) => {
      repairs.push({ shard });
      for (const axis of axes) await restore(blobId, shard, axis);
    };
  });

  async function restore(blobId: Uint8Array, shard: number, axis: (typeof axes)[number]): Promise<void> {
    const blob = blobs.find((one) => one.blobId === blobId || Buffer.compare(one.blobId, blobId) === 0)!;
    await store.putSliver({ blobId, shard, axis }, blob.slivers[pairOfShard(shard, blobId, SHARDS)]![axis].framed);
  }
  /** A node as it is after a start: nothing but store and chain is left of the one before. */
  const auditor = (withRepair = true) => {
    const sets = new AuditSets(context, new Peers(context.environment, context.metrics, 'http'));
    return new Auditor(context, sets, audits, withRepair ? { repair: (blobId, shard) => repair(blobId, shard) } : {});
  };
  const lose = async (shards: readonly number[]) => {
    for (const { blobId } of blobs) for (const shard of shards) for (const axis of axes) await store.removeSliver({ blobId, shard, axis });
  };
  const counted = (outcome: string) => context.metrics.auditSamples.get({ outcome });
  const all = Array.from({ length: ASKED }, (_, k) => k);

  it('commits, draws and answers in one go', async () => {
    await auditor().run(hurry);
    expect(audits.committed).to.have.length(1);
    const { message, signature } = audits.committed[0]!;
    expect(verifyBls(protocolKey.publicKey, message, signature)).to.equal(true);
    expect(audits.current.round!.set_count).to.equal('3');
    expect(audits.answered).to.deep.equal(all);
    expect([counted('answered'), counted('missed'), context.metrics.auditSamplesDue.get()]).to.deep.equal([ASKED, 0, 0]);
  });

  it('waits for its turn with common steps, but never long', async () => {
    chain.state.committee = [{ ...member, nodeId: `0x${'00'.repeat(32)}`, shards: [] }, { ...member, shards: ALL_SHARDS }];
    const shards = new Map([[`0x${'00'.repeat(32)}`, []], [member.nodeId, ALL_SHARDS]]);
    for (const epoch of [EPOCH, EPOCH + 1]) {
      chain.state.epoch = epoch;
      audits = new FakeAudits(ASKED);
      audits.current = { ...audits.current, epoch, shards, epochDurationMs: 1_000_000_000n, syncedAtMs: 20_000n };
      const waitMs = await auditor().run({ hurry: false });
      const isFirst = audits.committed.length === 1;
      expect(isFirst ? 0 : waitMs).to.equal(isFirst ? 0 : 3000);
      if (isFirst) return;
    }
    expect.fail('it was never the first');
  });

  it('answers after a restart what was committed and drawn before it', async () => {
    await audits.commitBlobSet(await new AuditSets(context, new Peers(context.environment, context.metrics, 'http')).certify());
    await audits.drawSeed();
    audits.challenge(7n, blobs[0]!.blobId, 3);
    await auditor().run({ hurry: false });
    expect([audits.answered.length, audits.challenges]).to.deep.equal([ASKED, []]);
    expect(audits.committed).to.have.length(1);
  });

  it('sends what is not marked when it does not know whether an answer arrived', async () => {
    audits.failure = { error: new Error('connection lost'), when: 'after' };
    const one = auditor();
    await one.run(hurry).then(
      () => expect.fail('the failure is told'),
      (error: Error) => expect(error.message).to.equal('connection lost'),
    );
    expect(audits.answered).to.deep.equal(all);
    await one.run(hurry);
    expect(audits.calls).to.have.length(1);
  });

  it('answers all samples again when none arrived, and challenges meanwhile', async () => {
    audits.failure = { error: new Error('no gas'), when: 'before' };
    audits.challenge(1n, blobs[1]!.blobId, 0);
    const one = auditor();
    await one.run(hurry).then(
      () => expect.fail('the failure is told'),
      (error: Error) => expect(error.message).to.equal('no gas'),
    );
    expect([audits.answered, audits.challenges]).to.deep.equal([[], []]);
    await one.run(hurry);
    expect(audits.answered).to.deep.equal(all);
  });

  it('tries what the chain refuses three times, later and later, and goes on with the rest', async () => {
    audits.refused = new Set([4]);
    const one = auditor();
    for (let i = 0; i < 8; i++) {
      await one.run({ hurry: false });
      nowMs += 60_000;
    }
    expect(audits.calls.slice(1)).to.deep.equal([[4], [4]]);
    expect(audits.answered).to.deep.equal(all.filter((k) => k !== 4));
    audits.current = { ...audits.current, nowMs: 45_001n };
    await one.run(hurry);
    await one.run(hurry);
    expect([counted('answered'), counted('missed')], 'counted once').to.deep.equal([ASKED - 1, 1]);
  });

  it('stops when time is over: there are other things to do', async () => {
    audits = new FakeAudits(450);
    audits.onAnswer = () => (audits.current = { ...audits.current, nowMs: 45_001n });
    const one = auditor();
    await one.run(hurry);
    expect(audits.calls).to.have.length(1);
    expect(audits.calls[0]!.length).to.be.within(1, 200);
    expect(counted('answered')).to.equal(audits.calls[0]!.length);
    await one.run(hurry);
    expect(audits.calls).to.have.length(1);
    expect(counted('answered') + counted('missed')).to.equal(450);
  });

  it('rebuilds what it finds missing or corrupt, each sliver once', async () => {
    await lose([0, 1]);
    const { blobId, slivers } = blobs[0]!;
    const bytes = slivers[pairOfShard(2, blobId, SHARDS)]!.primary.framed.slice();
    bytes[bytes.length - 5]! ^= 1;
    await store.putSliver({ blobId, shard: 2, axis: 'primary' }, bytes);
    await auditor().run(hurry);
    expect(audits.answered).to.deep.equal(all);
    expect(repairs.map(({ shard }) => shard)).to.include.members([0, 1]);
    const byShard = repairs.filter(({ shard }) => shard === 0).length;
    expect(byShard, 'a shard has three blobs').to.be.at.most(blobs.length);
  });

  it('goes on trying while slivers are on their way, and answers in time', async () => {
    await lose([0, 1, 2]);
    await store.commit({ shards: [[0, { status: 'recover', since: EPOCH }], [1, { status: 'recover', since: EPOCH }], [2, { status: 'recover', since: EPOCH }]] });
    const before = repair;
    repair = () => Promise.reject(new RecoveryFailed('blob', 'nobody gives symbols'));
    const one = auditor();
    const waitMs = await one.run({ hurry: false });
    const partial = audits.answered.length;
    expect(partial).to.be.within(1, ASKED - 1);
    expect(waitMs).to.be.at.most(1000);
    expect(logged.filter(({ message }) => message === 'audit: a sliver is missing'), 'no alarm for shards on their way').to.deep.equal([]);
    await one.run({ hurry: false });
    expect(audits.calls, 'not before it is time').to.have.length(1);
    repair = before;
    nowMs += waitMs;
    await one.run({ hurry: false });
    expect(audits.answered).to.deep.equal(all);
    expect(counted('missed')).to.equal(0);
  });

  it('shows what it has when it may not repair, and says what it misses', async () => {
    await lose([0, 1, 2, 3]);
    await auditor(false).run(hurry);
    expect(audits.answered.length).to.be.within(1, ASKED - 1);
    expect(repairs).to.deep.equal([]);
    expect(logged).to.deep.include({ level: 'error', message: 'audit: a sliver is missing' });
    expect(context.metrics.auditSamplesDue.get()).to.equal(ASKED - audits.answered.length);
  });

  it('does not let a sliver that cannot be written keep it from showing the others', async () => {
    await lose([5]);
    repair = () => Promise.reject(new Error('disk full'));
    await auditor().run(hurry);
    expect(audits.answered.length).to.be.within(1, ASKED - 1);
    expect(logged).to.deep.include({ level: 'error', message: 'audit: a sliver cannot be opened' });
  });

  it('has samples excused whose blob was found invalid after they were drawn', async () => {
    const sets = new AuditSets(context, new Peers(context.environment, context.metrics, 'http'));
    await audits.commitBlobSet(await sets.certify());
    await audits.drawSeed();
    const { blobId } = blobs[0]!;
    await happen(store, blobId, { kind: 'InvalidBlobID', fields: { epoch: EPOCH, blob_id: '0' } });
    for (const shard of ALL_SHARDS) for (const axis of axes) await store.removeSliver({ blobId, shard, axis });
    await auditor().run(hurry);
    expect(audits.answered, 'the set is the same for a node that looks late').to.deep.equal(all);
    expect(audits.excused.length).to.be.within(1, ASKED - 1);
    for (const { certificate } of audits.excused) {
      expect(certificate.message).to.deep.equal(invalidBlobIdMessage(EPOCH, blobId));
      expect(verifyBls(protocolKey.publicKey, certificate.message, certificate.signature)).to.equal(true);
    }
    expect([counted('excused'), counted('answered')]).to.deep.equal([audits.excused.length, ASKED - audits.excused.length]);
    expect(repairs).to.deep.equal([]);
  });

  it('has challenges closed whose blob was found invalid', async () => {
    const { blobId } = blobs[0]!;
    await happen(store, blobId, { kind: 'InvalidBlobID', fields: { epoch: EPOCH, blob_id: '0' } });
    audits.challenge(3n, blobId, 2);
    audits.challenge(4n, blobs[1]!.blobId, 2);
    await auditor().run(hurry);
    expect(audits.challenges).to.deep.equal([]);
    expect(audits.excusedChallenges.map(({ challengeId }) => challengeId)).to.deep.equal([3n]);
    const { certificate } = audits.excusedChallenges[0]!;
    expect(certificate.message).to.deep.equal(invalidBlobIdMessage(EPOCH, blobId));
    expect(verifyBls(protocolKey.publicKey, certificate.message, certificate.signature)).to.equal(true);
    expect(repairs).to.deep.equal([]);
  });

  it('leaves a blob out that was invalid before the epoch, and signs for nobody that a good one is', async () => {
    const { blobId } = blobs[0]!;
    await happen(store, blobId, { kind: 'InvalidBlobID', fields: { epoch: EPOCH - 1, blob_id: '0' } });
    const sets = new AuditSets(context, new Peers(context.environment, context.metrics, 'http'));
    expect((await sets.own()).blobIds).to.have.length(2);
    expect(sets.signInvalid(EPOCH, blobId)).to.not.equal(undefined);
    expect(sets.signInvalid(EPOCH + 1, blobId)).to.equal(undefined);
    expect(sets.signInvalid(EPOCH, blobs[1]!.blobId)).to.equal(undefined);
  });

  it('derives its set from all that was before, even if it has not seen that yet', async () => {
    const late = await encode('certified while it looked away');
    chain.pending.push(async () => {
      await happen(store, late.blobId, registered());
      await happen(store, late.blobId, { ...certified(), fields: { ...certified().fields, epoch: EPOCH - 1 } } as ReturnType<typeof certified>);
    });
    const sets = new AuditSets(context, new Peers(context.environment, context.metrics, 'http'));
    expect((await sets.own()).count).to.equal(4n);
  });

  it('lets somebody else be faster', async () => {
    const commit = audits.commitBlobSet.bind(audits);
    audits.commitBlobSet = async (certificate) => {
      await commit(certificate);
      throw refusal();
    };
    await auditor().run(hurry);
    expect(audits.answered).to.deep.equal(all);
  });
});
