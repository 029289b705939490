/**
 * Governance end to end (contracts specification §10.3, §15): stakers decide a parameter, stakers upgrade the
 * protocol package, operators upgrade it with the stakers' consent; blobs are stored and read all along, by our
 * client and by the unmodified public SDK. The tests are one story and build on each other.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bcs } from '@mysten/sui/bcs';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Transaction } from '@mysten/sui/transactions';
import { WalrusClient } from '@mysten/walrus';
import { expect } from 'chai';
import { accountKey, Cluster, contractCompiler, writeLaterVersion } from '../../src/cluster/index.js';
import { createRpcServer, type RunningServer } from '../../src/localnet/rpc/index.js';
import { buildPackage } from '../../src/move/index.js';
import {
  burnEmergencyUpgradeCap,
  castVotes,
  changeVotes,
  clearVotes,
  closeProposal,
  createdObject,
  deployGovernance,
  execute,
  executeParam,
  expireProposal,
  GOVERNED_PARAM,
  latestAuditPackage,
  linkToProtocol,
  migrate,
  nodeVeto,
  openVoterAccount,
  operatorVote,
  propose,
  publishedPackage,
  readGovernance,
  readProposal,
  retractVotes,
  stakeWithNode,
  takeStakes,
  upgradeByOperators,
  upgradeByStakers,
  voteForUpgrade,
  type CompiledUpgrade,
  type Executed,
  type GovernanceDeployment,
  type ProposalAction,
} from '../../src/protocol/index.js';

const SEED = 'governance';
const NODES = 5;
const SHARDS = 10;
const WAL = 1_000_000_000n;

const content = (size: number, salt: number) => Uint8Array.from({ length: size }, (_, i) => (31 * i + salt) % 256);

async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error('expected a rejection');
  return outcome;
}

describe('governance of a network of ours', function () {
  this.timeout(60_000);
  let cluster: Cluster;
  let rpc: RunningServer;
  let ids: GovernanceDeployment;
  let directory: string;
  let accountId: string;
  let bond: bigint;
  const stakes: string[] = [];
  /** Staker with as much stake at every node as its operator. */
  let staker: Ed25519Keypair;
  const operator = (index: number) => accountKey(SEED, `node-${index}`);

  const run = (transaction: Transaction, purpose: string, signer = staker): Promise<Executed> =>
    execute(cluster.net.client, signer, transaction, purpose);
  const refused = async (transaction: Transaction, reason: string): Promise<void> => {
    expect((await rejection(run(transaction, 'refused'))).message).to.contain(reason);
  };
  /** Aborts of the contracts. */
  const refusedWith = async (transaction: Transaction, code: number, where: string): Promise<void> => {
    const { message } = await rejection(run(transaction, 'refused'));
    expect(message).to.match(new RegExp(`abort code: ${code}, in '0x[0-9a-f]+::${where}'`));
  };
  const state = async (proposalId: string) => (await readProposal(cluster.net.client, proposalId)).state;
  const toEpoch = async (epoch: number) => {
    while ((await cluster.state()).epoch < epoch) await cluster.nextEpoch();
  };
  async function make(action: ProposalAction): Promise<string> {
    const executed = await run(propose(ids, action, bond), 'propose');
    return createdObject(executed, (type) => type.endsWith('::governance::Proposal'), 'Proposal');
  }
  const storeAndRead = async (salt: number) => {
    const blob = content(3000 + salt, salt);
    const client = cluster.client();
    const { blobId } = await client.store(blob, { signer: cluster.signer, epochs: 2 });
    expect((await client.download(blobId, { check: 'strict' })).blob).to.deep.equal(blob);
  };
  const storeAndReadWithSdk = async (salt: number) => {
    const walrus = new WalrusClient({
      suiClient: new SuiGrpcClient({ network: 'localnet', baseUrl: rpc.url }),
      packageConfig: { systemObjectId: ids.systemObjectId, stakingPoolId: ids.stakingObjectId },
      storageNodeUrlScheme: 'http',
    });
    const blob = content(2000 + salt, salt);
    const { blobId } = await walrus.writeBlob({ blob, deletable: false, epochs: 2, signer: cluster.signer });
    expect(await walrus.readBlob({ blobId })).to.deep.equal(blob);
  };
  /** A later version of the protocol, linked to the published coin. */
  async function laterVersion(version: number): Promise<CompiledUpgrade> {
    const folder = path.join(directory, `v${version}`);
    await writeLaterVersion(folder, version);
    return buildPackage(folder, { published: { wal: { publishedAt: cluster.deployment.walPackageId } } });
  }
  /** Links audits and governance to the given version of the protocol. */
  const linkTo = async (packageId: string) => {
    ids = await linkToProtocol(cluster.net.client, staker, ids, packageId);
  };

  before(async function () {
    this.timeout(240_000);
    directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-governance-'));
    cluster = await Cluster.start({ nodeCount: NODES, shardCount: SHARDS, seed: SEED });
    rpc = await createRpcServer(cluster.net.ledger, { port: 0 });
    const { net, deployment } = cluster;
    ids = await deployGovernance(net.client, cluster.signer, contractCompiler(), deployment);
    staker = accountKey(SEED, 'staker');
    await cluster.fund(staker.toSuiAddress(), { mist: 1_000n * WAL, frost: 20_000n * WAL });
    for (const { nodeId } of cluster.nodes) {
      stakes.push(await stakeWithNode(net.client, staker, deployment, nodeId, 1_000n * WAL));
    }
    const opened = await run(openVoterAccount(ids, stakes, staker.toSuiAddress()), 'open account');
    accountId = createdObject(opened, (type) => type.endsWith('::governance::VoterAccount'), 'VoterAccount');
    bond = BigInt((await readGovernance(net.client, ids)).params.bond);
    await toEpoch(2);
  });
  after(async () => {
    await rpc?.close();
    await cluster?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('gives the right to upgrade without a vote up', async () => {
    const { emergencyUpgradeCapId } = cluster.deployment;
    await run(burnEmergencyUpgradeCap(ids, emergencyUpgradeCapId), 'burn emergency cap', cluster.signer);
    const { objects } = await cluster.net.client.core.getObjects({ objectIds: [emergencyUpgradeCapId] });
    expect(objects[0]).to.be.instanceOf(Error);
  });

  it('lets stakers decide a parameter', async () => {
    const before = await cluster.state();
    const value = 5_000n;
    const proposal = await make({ kind: 'param', id: GOVERNED_PARAM.maxStoragePrice, value });
    const { snapshot, total, closes } = await readProposal(cluster.net.client, proposal);
    expect([snapshot, total, closes]).to.deep.equal([2, (10_000n * WAL).toString(), 4]);
    expect((await readGovernance(cluster.net.client, ids)).active.contents).to.deep.equal([proposal]);

    // One operator is against it, and a staker of its own node takes half of its weight away again.
    await run(operatorVote(ids, cluster.nodes[0]!.nodeId, proposal, 'no'), 'operator vote', operator(0));
    expect((await readProposal(cluster.net.client, proposal)).no).to.equal((400n * WAL).toString());
    await run(castVotes(ids, accountId, proposal, stakes.slice(0, 4), 'no'), 'vote');
    await run(changeVotes(ids, accountId, proposal, stakes.slice(0, 4), 'yes'), 'change');
    await run(retractVotes(ids, accountId, proposal, [stakes[3]!]), 'retract');
    const { yes, no, abstain } = await readProposal(cluster.net.client, proposal);
    expect([yes, no, abstain]).to.deep.equal([(3_000n * WAL).toString(), (200n * WAL).toString(), '0']);
    await refusedWith(takeStakes(ids, accountId, [stakes[0]!], staker.toSuiAddress()), 17, 'governance::take');
    await refusedWith(closeProposal(ids, proposal, 'param'), 8, 'governance::conclude');

    await toEpoch(4);
    await run(closeProposal(ids, proposal, 'param'), 'close', cluster.signer);
    expect(await state(proposal)).to.deep.include({ $kind: 'Approved', Approved: { from: 6, until: 8 } });
    await refusedWith(executeParam(ids, proposal), 20, 'governance::execute');
    await run(nodeVeto(ids, cluster.nodes[1]!.nodeId, proposal), 'veto', operator(1));
    await run(clearVotes(ids, accountId, proposal, stakes.slice(0, 3)), 'clear');

    await toEpoch(6);
    await run(executeParam(ids, proposal), 'execute', cluster.signer);
    expect((await state(proposal)).$kind).to.equal('Executed');
    expect((await cluster.state()).storagePrice, 'until the next epoch').to.equal(before.storagePrice);
    await toEpoch(7);
    expect((await cluster.state()).storagePrice).to.equal(value);
    await storeAndRead(1);
  });

  it('lets operators veto, and what is not carried out expire', async () => {
    const [vetoed, forgotten] = [await make({ kind: 'param', id: 100, value: 0n }), await make({ kind: 'param', id: 100, value: 1n })];
    for (const proposal of [vetoed, forgotten]) await run(castVotes(ids, accountId, proposal, stakes, 'yes'), 'vote');
    await toEpoch(9);
    for (const proposal of [vetoed, forgotten]) {
      await run(closeProposal(ids, proposal, 'param'), 'close');
      await run(clearVotes(ids, accountId, proposal, stakes), 'clear');
    }
    // f = 3 of 10 shards; every node has two.
    for (const index of [0, 1]) {
      await run(nodeVeto(ids, cluster.nodes[index]!.nodeId, vetoed), 'veto', operator(index));
    }
    expect((await state(vetoed)).$kind).to.equal('Vetoed');
    await toEpoch(11);
    await refusedWith(executeParam(ids, vetoed), 19, 'governance::execution_time');
    await toEpoch(13);
    await run(expireProposal(ids, forgotten), 'expire');
    expect((await state(forgotten)).$kind).to.equal('Expired');
  });

  it('lets stakers upgrade the protocol, and everything goes on', async function () {
    this.timeout(180_000);
    const v2 = await laterVersion(2);
    const { epoch } = await cluster.state();
    const proposal = await make({ kind: 'upgrade', digest: v2.digest, fromVersion: 1n });
    await run(castVotes(ids, accountId, proposal, stakes, 'yes'), 'vote');
    await toEpoch(epoch + 2);
    await run(closeProposal(ids, proposal, 'upgrade'), 'close');
    await refusedWith(upgradeByStakers(ids, proposal, v2), 20, 'governance::execute');
    await toEpoch(epoch + 4);
    const blob = content(5000, 9);
    const { blobId } = await cluster.client().store(blob, { signer: cluster.signer, epochs: 10 });

    // Somebody else's modules do not fit the digest.
    const other = { ...v2, modules: v2.modules.slice(0, -1) };
    await refused(upgradeByStakers(ids, proposal, other), 'PackageUpgradeError');
    const newPackageId = publishedPackage(await run(upgradeByStakers(ids, proposal, v2), 'upgrade', cluster.signer));
    expect(newPackageId).to.not.equal(ids.packageId);

    // Published, but not in force: the old version keeps working until the migration.
    expect((await cluster.state()).packageId).to.equal(ids.packageId);
    await storeAndRead(2);
    await run(migrate(ids, newPackageId), 'migrate');
    expect(await cluster.state()).to.include({ packageId: newPackageId, originalPackageId: ids.first.packageId });
    await refusedWith(propose(ids, { kind: 'text', hash: new Uint8Array(32) }, bond), 1, 'staking::inner');
    await refusedWith(migrate(ids, newPackageId), 0, 'system::migrate');

    // What was stored before is there, and storing goes on.
    expect((await cluster.client().download(blobId, { check: 'strict' })).blob).to.deep.equal(blob);
    await storeAndRead(3);
    await storeAndReadWithSdk(4);
    const called = new Transaction();
    called.moveCall({ target: `${newPackageId}::system::answer` });
    await run(called, 'call what is new');

    // The next epoch comes, and with new links so do proposals.
    await linkTo(newPackageId);
    await cluster.nextEpoch();
    await run(clearVotes(ids, accountId, proposal, stakes), 'clear');
    await storeAndReadWithSdk(5);
  });

  it('lets operators upgrade the protocol to what stakers ratify', async function () {
    this.timeout(180_000);
    const v3 = await laterVersion(3);
    const operators = cluster.nodes.map(({ nodeId }, index) => ({ nodeId, signer: operator(index) }));
    const voteAll = async () => {
      for (const { nodeId, signer } of operators) await run(voteForUpgrade(ids, nodeId, v3.digest), 'vote for upgrade', signer);
    };
    await voteAll();
    await refusedWith(upgradeByOperators(ids, v3), 8, 'upgrade::check_ratification');

    const { epoch } = await cluster.state();
    const proposal = await make({ kind: 'ratifyOperatorUpgrade', digest: v3.digest, fromVersion: 2n });
    await run(castVotes(ids, accountId, proposal, [stakes[0]!], 'yes'), 'vote');
    await toEpoch(epoch + 2);
    await run(closeProposal(ids, proposal, 'ratifyOperatorUpgrade'), 'close');
    await refusedWith(upgradeByOperators(ids, v3), 5, 'upgrade::authorize_upgrade');
    await voteAll();
    const newPackageId = publishedPackage(await run(upgradeByOperators(ids, v3), 'upgrade'));
    await run(migrate(ids, newPackageId), 'migrate');
    expect((await cluster.state()).packageId).to.equal(newPackageId);
    await storeAndRead(6);
    await storeAndReadWithSdk(7);
    await linkTo(newPackageId);
    await cluster.nextEpoch();
    const { params, active } = await readGovernance(cluster.net.client, ids);
    expect([BigInt(params.bond), active.contents]).to.deep.equal([bond, []]);
    await run(clearVotes(ids, accountId, proposal, [stakes[0]!]), 'clear');
    await run(takeStakes(ids, accountId, stakes, staker.toSuiAddress()), 'take');
    const { objects } = await cluster.net.client.core.getObjects({ objectIds: [stakes[0]!], include: { content: true } });
    const object = objects[0]!;
    if (object instanceof Error) throw object;
    expect(bcs.Address.parse(object.content.subarray(0, 32))).to.equal(stakes[0]);
  });

  it('lets nodes join, grow, change and leave by the calls of the current version', async function () {
    this.timeout(120_000);
    const { first, auditPackageId } = ids;
    expect(auditPackageId).to.not.equal(first.auditPackageId);
    for (const version of [first.auditPackageId, auditPackageId]) {
      expect(await latestAuditPackage(cluster.net.client, version)).to.equal(auditPackageId);
    }
    const name = await cluster.addNode();
    await cluster.stake(name, 100n * WAL);
    await cluster.rotateKey('node-1');
    await cluster.moveNode('node-2');
    await cluster.unstake('node-4');
    expect((await cluster.nextEpoch()).synced).to.equal(true);
    const { committee } = await cluster.state();
    expect(committee.map((member) => member.name)).to.include(name);
    expect(committee.find((member) => member.name === 'node-2')!.networkAddress).to.equal(cluster.nodes[2]!.address);
    await storeAndRead(8);
  });
});
