/** `haulout node` after registration: `info`, `rotate-key`, `set-address`, `collect-commission`, `unstake`. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import colors from 'picocolors';
import {
  AuditReader,
  auditStandings,
  BLS_SEED_BYTES,
  BlsKeyPair,
  ChainReader,
  collectCommission,
  nextStakeStep,
  objects,
  ownedStakes,
  requestStakeWithdrawal,
  setNetworkAddress,
  setNextProtocolKey,
  withdrawStakes,
  type NodeDeployment,
} from '../../protocol/index.js';
import { registeredNode, requireFunds, type RegisteredNode } from '../node-account.js';
import { keyFileText, loadNodeConfig, readProtocolKey, writeNewSecret, type NodeConfig } from '../node-config.js';
import { CommandError, json, line, walText } from '../output.js';
import type { NodeOptions } from './node.js';

const NEXT_KEY_FILE = 'next-protocol.key';

/** What chain and account say of the node. */
export async function nodeInfo(options: NodeOptions): Promise<void> {
  const { config, node, reader, state } = await open(options);
  const { client, signer, nodeId } = node;
  const pool = await reader.read('StakingPool', nodeId, objects.StakingPool);
  const owner = signer.toSuiAddress();
  const balanceOf = async (coinType?: string) => {
    const { balance } = await client.core.getBalance({ owner, ...(coinType === undefined ? {} : { coinType }) });
    return BigInt(balance.balance);
  };
  const [mist, frost] = await Promise.all([balanceOf(), balanceOf(await reader.walType())]);
  const ownStakes = await ownedStakes(client, state.originalPackageId, owner, nodeId);
  const member = state.committee.find((one) => one.nodeId === nodeId);
  const isIn = (members: readonly { readonly nodeId: string }[] | undefined) => members?.some((one) => one.nodeId === nodeId) ?? null;
  const info = {
    ...{ name: pool.node_info.name, nodeId, account: owner, mist, frost },
    ...{ networkAddress: pool.node_info.network_address, epoch: state.epoch, shards: member?.shards.length ?? 0 },
    inNextCommittee: isIn(state.nextCommittee),
    stakedFrost: BigInt(pool.wal_balance),
    ownStakeFrost: ownStakes.reduce((sum, { principalFrost }) => sum + principalFrost, 0n),
    commissionFrost: BigInt(pool.commission.value),
    commissionBasisPoints: pool.commission_rate,
    audit: await auditOf(config, node),
  };
  if (options.json) return json(info);
  line(`${colors.bold(info.name)} (${nodeId}) at ${info.networkAddress}`);
  line(`account     ${owner}: ${walText(mist).replace('WAL', 'SUI')}, ${walText(frost)}`);
  line(`stake       ${walText(info.stakedFrost)}, ${walText(info.ownStakeFrost)} of it put in by this account`);
  line(`commission  ${walText(info.commissionFrost)} to collect; rate ${info.commissionBasisPoints / 100} %`);
  line(`epoch ${info.epoch}     ${info.shards} shards${info.inNextCommittee === null ? '' : info.inNextCommittee ? '; in the next committee' : '; not in the next committee'}`);
  if (info.audit !== null) {
    const { answered, asked, missed, openChallenges } = info.audit;
    line(`audit       ${answered} of ${asked} samples answered, ${missed} missed, ${openChallenges} open challenges`);
  }
}

/** Makes the key that takes over, or publishes the one that the configuration names. */
export async function nodeRotateKey(options: NodeOptions): Promise<void> {
  const config = await loadNodeConfig(options.config);
  const { next_protocol_key_pair: nextKeyFile } = config;
  if (nextKeyFile === undefined) {
    const file = path.join(path.dirname(path.resolve(options.config)), NEXT_KEY_FILE);
    await writeNewSecret(file, keyFileText('protocol', BlsKeyPair.fromSeed(new Uint8Array(randomBytes(BLS_SEED_BYTES))).exportSecretKey()));
    if (options.json) return json({ keyFile: file, published: false });
    line(`a new protocol key is in ${file}; nothing is published yet`);
    line(`write into the configuration, before any [section]: next_protocol_key_pair = "${NEXT_KEY_FILE}"`);
    return line('then restart the node, and run this command again');
  }
  const { node, deployment, state } = await open(options);
  const key = await readProtocolKey(nextKeyFile);
  await requireFunds(node);
  await setNextProtocolKey(node.client, deployment, node, key);
  if (options.json) return json({ keyFile: nextKeyFile, published: true, epoch: state.epoch });
  line('the key is published: the node signs with it once a committee knows it');
  line(`later on make it the protocol_key_pair, and take next_protocol_key_pair out`);
}

/** Publishes the address of the configuration. */
export async function nodeSetAddress(options: NodeOptions): Promise<void> {
  const { config, node, deployment } = await open(options);
  const networkAddress = `${config.public_host}:${config.public_port}`;
  await requireFunds(node);
  await setNetworkAddress(node.client, deployment, node, networkAddress);
  if (options.json) return json({ networkAddress });
  line(`${config.name} is known at ${networkAddress} from now on`);
}

/** Has the commission paid out to the node's account. */
export async function nodeCollectCommission(options: NodeOptions): Promise<void> {
  const { node, deployment, reader } = await open(options);
  const commission = async () => BigInt((await reader.read('StakingPool', node.nodeId, objects.StakingPool)).commission.value);
  const before = await commission();
  if (before === 0n) throw new CommandError('there is no commission to collect yet');
  await requireFunds(node);
  await collectCommission(node.client, node.signer, deployment, node.nodeId);
  const collectedFrost = before - (await commission());
  if (options.json) return json({ collectedFrost });
  line(`${walText(collectedFrost)} collected`);
}

/** Takes the account's stake with the node back, as far as that is possible now; without stake the node leaves. */
export async function nodeUnstake(options: NodeOptions): Promise<void> {
  const { node, deployment, state } = await open(options);
  const { client, signer, nodeId } = node;
  const stakes = await ownedStakes(client, state.originalPackageId, signer.toSuiAddress(), nodeId);
  if (stakes.length === 0) throw new CommandError('this account has no stake with its node');
  await requireFunds(node);
  const planned = stakes.map((stake) => ({ ...stake, step: nextStakeStep(stake, state) }));
  const withdrawn = planned.filter(({ step }) => step.kind === 'withdraw');
  if (withdrawn.length > 0) await withdrawStakes(client, signer, deployment, withdrawn.map(({ objectId }) => objectId));
  for (const { objectId, step } of planned) {
    if (step.kind === 'request') await requestStakeWithdrawal(client, signer, deployment, objectId);
  }
  const left = (await ownedStakes(client, state.originalPackageId, signer.toSuiAddress(), nodeId)).map(
    ({ objectId, principalFrost, withdrawEpoch }) => ({ objectId, principalFrost, withdrawEpoch: withdrawEpoch ?? null }),
  );
  const withdrawnFrost = withdrawn.reduce((sum, { principalFrost }) => sum + principalFrost, 0n);
  if (options.json) return json({ epoch: state.epoch, withdrawnFrost, left });
  if (withdrawn.length > 0) line(`${walText(withdrawnFrost)} and its rewards are back in the account`);
  for (const { principalFrost, withdrawEpoch } of left) line(`${walText(principalFrost)} can be taken from epoch ${withdrawEpoch} on`);
  if (left.length > 0) line(`this is epoch ${state.epoch}: keep the node running, and run this command again then`);
}

interface OpenNode {
  readonly config: NodeConfig;
  readonly node: RegisteredNode;
  readonly reader: ChainReader;
  readonly state: Awaited<ReturnType<ChainReader['state']>>;
  readonly deployment: NodeDeployment;
}

async function open({ config: configFile }: NodeOptions): Promise<OpenNode> {
  const config = await loadNodeConfig(configFile);
  const node = await registeredNode(config, configFile);
  const reader = new ChainReader(node.client, node.ids);
  const state = await reader.state();
  return { config, node, reader, state, deployment: { ...node.ids, packageId: state.packageId } };
}

/** Null outside the committee, and on networks without audits. */
async function auditOf({ sui }: NodeConfig, { client, nodeId }: RegisteredNode) {
  if (sui.audit_registry === undefined) return null;
  const reader = new AuditReader(client, { auditRegistryId: sui.audit_registry, stakingObjectId: sui.staking_object });
  const standing = auditStandings(await reader.state()).get(nodeId);
  return standing === undefined ? null : { ...standing, penaltyBillionths: Number(standing.penaltyBillionths) };
}
