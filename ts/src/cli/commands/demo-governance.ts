/**
 * `haulout demo governance`: stakers decide a parameter and upgrade the protocol package of a network in this
 * process, while a client of it stores and reads blobs without a pause. Told for a person, or as one JSON line.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Signer } from '@mysten/sui/cryptography';
import colors from 'picocolors';
import { accountKey, Cluster, contractCompiler, writeLaterVersion } from '../../cluster/index.js';
import { buildPackage } from '../../move/index.js';
import {
  burnEmergencyUpgradeCap,
  castVotes,
  closeProposal,
  createdObject,
  deployGovernance,
  execute,
  executeParam,
  GOVERNED_PARAM,
  linkToProtocol,
  migrate,
  openVoterAccount,
  operatorVote,
  propose,
  publishedPackage,
  readGovernance,
  readProposal,
  stakeWithNode,
  upgradeByStakers,
  type Choice,
  type GovernanceDeployment,
  type ProposalAction,
} from '../../protocol/index.js';
import { CommandError, json, reportFailure, walText } from '../output.js';
import { Story } from '../story.js';
import { STEP_TEXT } from './demo.js';
import { BlobLoad } from './demo-load.js';

export interface DemoGovernanceOptions {
  readonly nodes: number;
  readonly shards: number;
  readonly seed: string;
  readonly framework?: string;
  readonly json?: boolean;
}

const FROST = 1_000_000_000n;
/** FROST per MiB and epoch that the stakers of the story find enough. */
const HIGHEST_STORAGE_PRICE = 5_000n;
const BAR_WIDTH = 40;

/** Who votes, and how much of everybody's stake is theirs. */
const STAKERS = [
  { name: 'Ada', walPerNode: 1_500n, choices: ['yes', 'yes'] },
  { name: 'Ben', walPerNode: 700n, choices: ['yes', 'yes'] },
  { name: 'Cleo', walPerNode: 500n, choices: ['no', 'abstain'] },
] as const satisfies readonly { name: string; walPerNode: bigint; choices: readonly [Choice, Choice] }[];

interface Staker {
  readonly name: string;
  readonly signer: Signer;
  readonly accountId: string;
  readonly stakes: readonly string[];
  readonly choices: readonly [Choice, Choice];
}

export async function demoGovernance(options: DemoGovernanceOptions): Promise<void> {
  const { nodes: nodeCount, shards: shardCount, seed } = options;
  if (nodeCount > shardCount) throw new CommandError(`${nodeCount} nodes cannot share ${shardCount} shards`);
  const story = new Story(options.json !== true);
  const build = options.framework === undefined ? {} : { framework: options.framework };
  const directory = await mkdtemp(path.join(os.tmpdir(), 'haulout-governance-'));
  story.title(`Haulout: governance by WAL stakers, on ${nodeCount} nodes with ${shardCount} shards`);
  story.tell(['All the while somebody stores and reads blobs on this network; the end says how that went.', ''], '');
  let cluster: Cluster | undefined;
  let load: BlobLoad | undefined;
  try {
    const startedAt = performance.now();
    cluster = await Cluster.start({ nodeCount, shardCount, seed, ...build, onStep: (step) => story.step(STEP_TEXT[step]) });
    story.step('publish audits and governance, lock their capabilities, give the emergency upgrade up');
    const { net, deployment, signer } = cluster;
    const ids = await deployGovernance(net.client, signer, contractCompiler(build), deployment);
    await execute(net.client, signer, burnEmergencyUpgradeCap(ids, deployment.emergencyUpgradeCapId), 'burn emergency cap');
    story.step('three stakers back every node, and put their stakes into voter accounts');
    const stakers = await addStakers(cluster, ids, seed);
    await cluster.nextEpoch();
    story.done();

    const writer = accountKey(seed, 'writer');
    await cluster.fund(writer.toSuiAddress(), { mist: 1_000n * FROST, frost: 1_000n * FROST });
    load = new BlobLoad(cluster.client(), writer, seed);
    load.start();
    const government = new Government(cluster, ids, stakers, story, seed);
    const firstEpoch = (await cluster.state()).epoch;

    const before = await cluster.state();
    await government.decide({ kind: 'param', id: GOVERNED_PARAM.maxStoragePrice, value: HIGHEST_STORAGE_PRICE }, 0);
    story.step('anybody carries it out; it holds from the next epoch on');
    await government.executeParam();
    await cluster.nextEpoch();
    const after = await cluster.state();
    story.done();
    story.tell([`price of storage  ${before.storagePrice} → ${colors.green(String(after.storagePrice))} FROST per MiB and epoch`]);
    if (after.storagePrice !== HIGHEST_STORAGE_PRICE) throw new CommandError('the parameter was not applied');

    story.step('compile version 2 of the contracts');
    await writeLaterVersion(directory, 2);
    const compiled = await buildPackage(directory, { ...build, published: { wal: { publishedAt: deployment.walPackageId } } });
    story.done();
    story.tell([`digest            ${Buffer.from(compiled.digest).toString('hex')}`]);
    await government.decide({ kind: 'upgrade', digest: compiled.digest, fromVersion: 1n }, 1);
    story.step('upgrade: the ticket is good for these bytes only');
    const newPackageId = await government.upgrade(compiled);
    story.step('migrate the shared objects to version 2; the old version ends here');
    await execute(net.client, signer, migrate(ids, newPackageId), 'migrate');
    story.step('link audits and governance to version 2');
    await government.link(newPackageId);
    story.step('enter the next epoch with version 2');
    await cluster.nextEpoch();
    story.done();
    const { packageId, epoch } = await cluster.state();
    if (packageId !== newPackageId) throw new CommandError('the network does not run the new version');
    story.tell([`contracts         ${deployment.packageId}`, `                → ${colors.green(packageId)}`]);

    story.step('read every blob of the whole time again');
    const sum = await load.finish();
    story.done();
    story.tell([
      '',
      colors.bold('The stakers changed a parameter and the code of the network while it was in use.'),
      `${sum.stored} blobs were stored and ${sum.read} reads checked in ${epoch - firstEpoch} epochs; ${
        sum.lost === 0 ? colors.green('none was lost') : colors.red(`${sum.lost} were lost`)
      }.`,
      ...sum.retried.map((reason) => colors.dim(`tried twice, because ${reason}`)),
    ]);
    if (sum.lost > 0) throw new CommandError(`${sum.lost} blobs were lost`);
    if (options.json) {
      json({
        parameterBefore: before.storagePrice,
        parameterAfter: after.storagePrice,
        packageBefore: deployment.packageId,
        packageAfter: packageId,
        digest: Buffer.from(compiled.digest).toString('hex'),
        votes: government.votes,
        epochs: epoch - firstEpoch,
        ...{ blobsStored: sum.stored, blobsRead: sum.read, blobsLost: sum.lost, retried: sum.retried.length },
        totalMs: Math.round(performance.now() - startedAt),
      });
    }
  } catch (error) {
    story.failed();
    reportFailure(error);
  } finally {
    await load?.stop();
    await cluster?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function addStakers(cluster: Cluster, ids: GovernanceDeployment, seed: string): Promise<Staker[]> {
  const { net, deployment } = cluster;
  const stakers: Staker[] = [];
  for (const { name, walPerNode, choices } of STAKERS) {
    const signer = accountKey(seed, name);
    const frost = walPerNode * FROST;
    const bondFrost = 1_000n * FROST;
    const count = BigInt(cluster.nodes.length);
    await cluster.fund(signer.toSuiAddress(), { mist: 1_000n * FROST, frost: frost * count + bondFrost });
    const stakes: string[] = [];
    for (const { nodeId } of cluster.nodes) {
      stakes.push(await stakeWithNode(net.client, signer, deployment, nodeId, frost));
    }
    const opened = await execute(net.client, signer, openVoterAccount(ids, stakes, signer.toSuiAddress()), 'open account');
    const accountId = createdObject(opened, (type) => type.endsWith('::governance::VoterAccount'), 'VoterAccount');
    stakers.push({ name, signer, accountId, stakes, choices });
  }
  return stakers;
}

/** One proposal after another, from the deposit to the execution. */
class Government {
  readonly votes: { yes: string; no: string; abstain: string; total: string }[] = [];
  #proposalId = '';

  constructor(
    private readonly cluster: Cluster,
    private ids: GovernanceDeployment,
    private readonly stakers: readonly Staker[],
    private readonly story: Story,
    private readonly seed: string,
  ) {}

  /** Proposes, votes, and waits until the proposal can be carried out. */
  async decide(action: ProposalAction, round: 0 | 1): Promise<void> {
    const { cluster, ids, story, stakers } = this;
    const { client } = cluster.net;
    const ada = stakers[0]!;
    const { params } = await readGovernance(client, ids);
    story.step(`${ada.name} proposes ${describe(action)}, with a deposit of ${walText(BigInt(params.bond))}`);
    const proposed = await execute(client, ada.signer, propose(ids, action, BigInt(params.bond)), 'propose');
    this.#proposalId = createdObject(proposed, (type) => type.endsWith('::governance::Proposal'), 'Proposal');

    story.step('stakers vote, and an operator for a part of what its stakers leave undecided');
    for (const { signer, accountId, stakes, choices } of stakers) {
      await execute(client, signer, castVotes(ids, accountId, this.#proposalId, stakes, choices[round]), 'vote');
    }
    const node = cluster.nodes[0]!;
    const operator = accountKey(this.seed, node.name);
    await execute(client, operator, operatorVote(ids, node.nodeId, this.#proposalId, 'yes'), 'operator vote');
    story.done();
    const { yes, no, abstain, total } = await readProposal(client, this.#proposalId);
    this.votes.push({ yes, no, abstain, total });
    story.tell([...bars({ yes, no, abstain }, total), ...rules(action, params)]);

    story.step(`${params.voting_epochs} epochs of voting`);
    for (let i = 0; i < params.voting_epochs; i++) await cluster.nextEpoch();
    await execute(client, cluster.signer, closeProposal(ids, this.#proposalId, action.kind), 'close');
    const { state } = await readProposal(client, this.#proposalId);
    if (state.$kind !== 'Approved') throw new CommandError(`the proposal was not approved but ${state.$kind}`);
    story.step(`approved; ${params.delay_epochs} epochs in which operators may veto and everybody can leave`);
    for (let i = 0; i < params.delay_epochs; i++) await cluster.nextEpoch();
  }

  async executeParam(): Promise<void> {
    const { net, signer } = this.cluster;
    await execute(net.client, signer, executeParam(this.ids, this.#proposalId), 'execute');
  }

  /** Answers the ID of the new version. */
  async upgrade(compiled: Parameters<typeof upgradeByStakers>[2]): Promise<string> {
    const { net, signer } = this.cluster;
    return publishedPackage(await execute(net.client, signer, upgradeByStakers(this.ids, this.#proposalId, compiled), 'upgrade'));
  }

  async link(packageId: string): Promise<void> {
    this.ids = await linkToProtocol(this.cluster.net.client, this.cluster.signer, this.ids, packageId);
  }
}

function describe(action: ProposalAction): string {
  switch (action.kind) {
    case 'param':
      return `that storage may cost at most ${action.value} FROST per MiB and epoch`;
    case 'upgrade':
      return 'an upgrade of the contracts';
    case 'ratifyOperatorUpgrade':
      return 'to let operators upgrade the contracts';
    case 'text':
      return 'a text';
    default:
      return action satisfies never;
  }
}

/** What a proposal needs to be carried. */
function rules({ kind }: ProposalAction, params: Awaited<ReturnType<typeof readGovernance>>['params']): string[] {
  const percent = (basisPoints: number) => `${basisPoints / 100} %`;
  const approval = kind === 'upgrade' ? params.approve_upgrade_bp : params.approve_param_bp;
  const needed = `needed: votes of ${percent(params.quorum_bp)} of all stake, and ${percent(approval)} of yes and no for it`;
  return [colors.dim(needed), colors.dim('the rest has not voted')];
}

/** A bar for each choice, in proportion to all power. */
function* bars(votes: Readonly<Record<Choice, string>>, total: string): Generator<string> {
  const paint = { yes: colors.green, no: colors.red, abstain: colors.dim };
  for (const choice of ['yes', 'no', 'abstain'] as const) {
    const share = Number((BigInt(votes[choice]) * 10_000n) / BigInt(total)) / 10_000;
    const full = Math.round(share * BAR_WIDTH);
    const bar = paint[choice]('█'.repeat(full)) + colors.dim('·'.repeat(BAR_WIDTH - full));
    const percent = `${(100 * share).toFixed(1)} %`.padStart(7);
    yield `${choice.padEnd(8)}${bar} ${percent}  ${walText(BigInt(votes[choice]))}`;
  }
}
