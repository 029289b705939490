/**
 * Storage challenges end to end (contracts specification §14): nodes commit the blobs of each epoch, draw samples
 * and answer them out of their stores. One node loses slivers behind its back, misses samples and a challenge, and
 * its stake shrinks at the boundary by what the specification says, computed here; honest nodes lose nothing, and
 * whoever challenges one of them loses the deposit. The tests are one story and build on each other.
 */
import { expect } from 'chai';
import { accountKey, Cluster, type ClusterNode } from '../../src/cluster/index.js';
import {
  AuditReader,
  auditStandings,
  chargedPenalties,
  claimChallenge,
  cleanupRounds,
  decodeAuditEvent,
  execute,
  GOVERNED_PARAM,
  objects,
  openChallenge,
  propose,
  readGovernance,
  type AuditEvent,
  type AuditState,
  type Executed,
} from '../../src/protocol/index.js';

const SEED = 'slashing';
const NODES = 5;
const SHARDS = 10;
const WAL = 1_000_000_000n;
const BOND = 10n * WAL;
const ONE = 1_000_000_000n;
const BASIS_POINT = 100_000n;
/** Samples of every node: the least that §14.7 suggests. */
const ASKED = 20;

const content = (size: number, salt: number) => Uint8Array.from({ length: size }, (_, i) => (37 * i + salt) % 256);

/** §14.6 in billionths: what lies above the tolerance, times the slope, and a part for each missed challenge. */
function penalty(missed: number, openChallenges: number): bigint {
  const rate = (BigInt(missed) * ONE) / BigInt(ASKED);
  const tolerance = 500n * BASIS_POINT;
  const audit = rate <= tolerance ? 0n : ((rate - tolerance) * 2000n) / 10_000n;
  const fraction = audit + BigInt(openChallenges) * 10n * BASIS_POINT;
  return fraction > 1000n * BASIS_POINT ? 1000n * BASIS_POINT : fraction;
}

describe('storage challenges of a network of ours', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let faulty: ClusterNode;
  let honest: ClusterNode;
  let reader: AuditReader;
  const challenger = accountKey(SEED, 'challenger');
  const blobs: { readonly objectId: string; readonly blobId: string; readonly bytes: Uint8Array }[] = [];
  let challengeId = 0n;

  const pool = async (nodeId: string) => {
    const { objects: found } = await cluster.net.client.core.getObjects({ objectIds: [nodeId], include: { content: true } });
    const object = found[0];
    if (object === undefined || object instanceof Error) throw new Error(`no pool ${nodeId}`);
    const { wal_balance: stake, commission } = objects.StakingPool.parse(object.content);
    return { stake: BigInt(stake), commission: BigInt(commission.value) };
  };
  const pools = async () => new Map(await Promise.all(cluster.nodes.map(async ({ nodeId }) => [nodeId, await pool(nodeId)] as const)));
  const wal = async (owner: string) => {
    const { balance } = await cluster.net.client.core.getBalance({ owner, coinType: cluster.deployment.walType });
    return BigInt(balance.balance);
  };
  const eventsOf = ({ events }: Executed): AuditEvent[] => events.flatMap(({ eventType, bcs }) => decodeAuditEvent(eventType, bcs) ?? []);
  const challenge = async (node: ClusterNode, state: AuditState): Promise<bigint> => {
    const shard = state.shards.get(node.nodeId)![0]!;
    const blob = { kind: 'permanent', objectId: blobs[0]!.objectId } as const;
    const executed = await execute(cluster.net.client, challenger, openChallenge(cluster.audits!, blob, node.nodeId, shard, BOND), 'challenge');
    const opened = eventsOf(executed).find(({ kind }) => kind === 'ChallengeOpened');
    if (opened?.kind !== 'ChallengeOpened') throw new Error('no challenge was opened');
    return BigInt(opened.fields.challenge_id);
  };

  before(async function () {
    this.timeout(240_000);
    cluster = await Cluster.start({
      nodeCount: NODES,
      shardCount: SHARDS,
      seed: SEED,
      transport: 'memory',
      audits: { params: { samples_total: ASKED, min_samples: ASKED }, repairs: false },
    });
    reader = new AuditReader(cluster.net.client, cluster.audits!);
    [faulty, honest] = [cluster.nodes[2]!, cluster.nodes[0]!];
    await cluster.fund(challenger.toSuiAddress(), { mist: 1_000n * WAL, frost: 1_000n * WAL });
    const client = cluster.client();
    for (const salt of [1, 2, 3]) {
      const bytes = content(3000 * salt, salt);
      const { blobId, objectId } = await client.store(bytes, { signer: challenger, epochs: 20 });
      blobs.push({ blobId, objectId, bytes });
    }
    await client.store(content(100, 4), { signer: challenger, epochs: 20, deletable: true });
    await cluster.settle();
  });
  after(() => cluster?.stop());

  it('leaves the parameters of audits to governance', async () => {
    const { client } = cluster.net;
    const change = { kind: 'param', id: GOVERNED_PARAM.samplesTotal, value: 8n } as const;
    const { params, active } = await readGovernance(client, cluster.governance!);
    expect(active.contents).to.deep.equal([]);
    await execute(client, cluster.signer, propose(cluster.governance!, change, BigInt(params.bond)), 'propose');
    expect((await readGovernance(client, cluster.governance!)).active.contents).to.have.length(1);
  });

  it('answers every sample of the permanent blobs, and nobody loses anything', async () => {
    await cluster.nextEpoch();
    const { round, duties, epoch } = await reader.state();
    expect(round).to.include({ epoch, set_count: '3' });
    expect([...duties.values()]).to.deep.equal(cluster.nodes.map(() => ({ asked: ASKED, answered: ASKED, open: 0 })));
    const before = await pools();
    await cluster.nextEpoch();
    for (const [nodeId, { stake }] of await pools()) expect(stake > before.get(nodeId)!.stake, 'rewards').to.equal(true);
  });

  it('takes the deposit of whoever challenges an honest node', async () => {
    const state = await reader.state();
    // After the grace for new shards, a quarter of the epoch.
    cluster.net.clock.advance(state.epochDurationMs / 4n);
    const [commission, funds] = [(await pool(honest.nodeId)).commission, await wal(challenger.toSuiAddress())];
    const id = await challenge(honest, state);
    expect((await reader.state()).duties.get(honest.nodeId)!.open).to.equal(1);
    await cluster.settleAudits();
    expect((await reader.state()).duties.get(honest.nodeId)!.open).to.equal(0);
    expect(await reader.openChallenges(id, id + 1n)).to.deep.equal([]);
    expect((await pool(honest.nodeId)).commission - commission).to.equal(BOND);
    expect(funds - (await wal(challenger.toSuiAddress()))).to.equal(BOND);
  });

  it('finds out a node that lost the slivers of its shards', async () => {
    const { shards } = await reader.state();
    let lost = 0;
    for (const [blobId] of faulty.store.records(new Uint8Array(32), 100)) {
      for (const shard of shards.get(faulty.nodeId)!) {
        for (const axis of ['primary', 'secondary'] as const) {
          await faulty.store.removeSliver({ blobId, shard, axis });
          lost += 1;
        }
      }
    }
    expect(lost).to.equal(4 * 2 * 2);
    await cluster.nextEpoch();
    const state = await reader.state();
    expect(state.duties.get(faulty.nodeId)).to.deep.equal({ asked: ASKED, answered: 0, open: 0 });
    for (const { nodeId } of cluster.nodes.filter((node) => node !== faulty)) {
      expect(state.duties.get(nodeId)!.answered).to.equal(ASKED);
    }
    cluster.net.clock.advance(state.epochDurationMs / 4n);
    challengeId = await challenge(faulty, state);
    await cluster.settleAudits();
    expect((await reader.state()).duties.get(faulty.nodeId)!.open).to.equal(1);
    // By number, and as a node looks that has been away for long.
    for (const until of [challengeId + 1n, 1_000_000n]) {
      expect((await reader.openChallenges(0n, until)).map((one) => one.challengeId)).to.deep.equal([challengeId]);
    }
    expect(await reader.openChallenges(challengeId + 1n, 1_000_000n)).to.deep.equal([]);
    const standings = auditStandings(await reader.state());
    expect(standings.get(faulty.nodeId)).to.include({ due: ASKED, openChallenges: 1, penaltyBillionths: penalty(0, 1) });
    expect(standings.get(honest.nodeId)).to.include({ missed: 0, penaltyBillionths: 0n });
  });

  it('shrinks its stake at the boundary by what the specification says', async () => {
    const before = await pools();
    const fundsBefore = await wal(challenger.toSuiAddress());
    const { epoch } = await reader.state();
    const { events } = await cluster.net.client.core.listEvents({
      filter: { eventType: `${cluster.deployment.packageId}::penalty_events` }, limit: 50,
    });
    expect(events, 'no penalty so far').to.deep.equal([]);
    await cluster.nextEpoch();
    const after = await pools();
    const page = await cluster.net.client.core.listEvents({
      filter: { eventType: `${cluster.deployment.packageId}::penalty_events` }, limit: 50,
    });
    const penalties = page.events.flatMap(({ eventType, bcs }) => decodeAuditEvent(eventType, bcs as Uint8Array) ?? []);
    expect(penalties).to.have.length(1);
    if (penalties[0]!.kind !== 'NodePenalized') throw new Error(penalties[0]!.kind);
    const { fields } = penalties[0];

    // An honest node with as many shards and the same stake had the same rewards.
    const twin = cluster.nodes.find((node) => before.get(node.nodeId)!.stake === before.get(faulty.nodeId)!.stake && node !== faulty)!;
    const gain = (nodeId: string) => ({
      stake: after.get(nodeId)!.stake - before.get(nodeId)!.stake,
      commission: after.get(nodeId)!.commission - before.get(nodeId)!.commission,
    });
    const rewards = gain(twin.nodeId);
    const fraction = penalty(ASKED, 1);
    const stakeWithRewards = before.get(faulty.nodeId)!.stake + rewards.stake;
    const loss = (stakeWithRewards * fraction) / ONE;
    const commission = before.get(faulty.nodeId)!.commission + rewards.commission;
    const seized = commission < loss ? commission : loss;
    const uncovered = loss - seized;
    const principalLoss = uncovered > loss / 2n ? uncovered : (loss * 5000n) / 10_000n;

    expect(await chargedPenalties(cluster.net.client, cluster.deployment.packageId)).to.deep.equal([fields]);
    expect(fields).to.deep.equal({
      epoch: epoch + 1,
      node_id: faulty.nodeId,
      fraction: fraction.toString(),
      seized_from_operator: seized.toString(),
      lost_by_stakers: principalLoss.toString(),
    });
    expect(after.get(faulty.nodeId)).to.deep.equal({
      stake: stakeWithRewards - principalLoss,
      commission: commission - seized,
    });
    for (const { nodeId } of cluster.nodes) {
      if (nodeId !== faulty.nodeId) expect(gain(nodeId).stake >= 0n && gain(nodeId).commission >= 0n).to.equal(true);
    }

    const claimed = await execute(cluster.net.client, cluster.signer, claimChallenge(cluster.audits!, challengeId), 'claim');
    const bounty = (seized * 1000n) / 10_000n;
    expect(eventsOf(claimed)).to.deep.equal([
      {
        kind: 'ChallengeClaimed',
        fields: { epoch, challenge_id: challengeId.toString(), node_id: faulty.nodeId, bounty: bounty.toString() },
      },
    ]);
    expect((await wal(challenger.toSuiAddress())) - fundsBefore).to.equal(BOND + bounty);
  });

  it('keeps every blob readable, and forgets audits that are over', async () => {
    for (const { blobId, bytes } of blobs) {
      expect((await cluster.client().download(blobId, { check: 'strict' })).blob).to.deep.equal(bytes);
    }
    const { epoch } = await reader.state();
    await execute(cluster.net.client, cluster.signer, cleanupRounds(cluster.audits!, [epoch - 1, epoch]), 'clean up');
    expect((await reader.state()).round, 'the current round stays').to.include({ epoch });
  });
});
