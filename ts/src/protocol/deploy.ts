/**
 * Deploying the contracts: publish the WAL coin and the protocol, create the shared objects, register the
 * storage nodes with their stake, and enter epoch 1 with the committee they form.
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import { Transaction } from '@mysten/sui/transactions';
import type { BlsKeyPair } from './bls.js';
import { ChainReader, type DeploymentIds } from './chain.js';
import { proofOfPossessionMessage } from './messages.js';
import { createdObject, execute, publishedPackage, type Executed, type Outcome } from './transactions.js';

/** Compiled modules of a package, ready to publish. */
export interface CompiledPackage {
  readonly modules: readonly Uint8Array[];
  readonly dependencies: readonly string[];
}

/** Where a dependency is published: the version to link, and the first one if that is another. */
export interface PublishedAt {
  readonly publishedAt: string;
  readonly originalId?: string;
}

/** Compiles a package against published dependencies. The toolchain is passed in. */
export type CompilePackage<Name extends string = 'wal' | 'walrus'> = (
  name: Name,
  published: Readonly<Record<string, PublishedAt>>,
) => Promise<CompiledPackage>;

/** Parameters that a deployment fixes. */
export interface ProtocolParameters {
  readonly shardCount: number;
  readonly epochDurationMs: bigint;
  /** How long epoch 0, in which nodes register, lasts at least. */
  readonly epochZeroDurationMs: bigint;
  readonly maxEpochsAhead: number;
}

/** Everything a deployment created. */
export interface Deployment extends DeploymentIds {
  readonly walPackageId: string;
  readonly packageId: string;
  readonly treasuryObjectId: string;
  readonly upgradeManagerId: string;
  readonly slashingManagerId: string;
  /** Capabilities of the deployer: of audits and governance, until those are deployed, and of upgrades without a vote. */
  readonly auditCapId: string;
  readonly governanceCapId: string;
  readonly emergencyUpgradeCapId: string;
  readonly walType: string;
  readonly chainId: string;
}

/** A storage node to register. */
export interface NodeRegistration {
  readonly name: string;
  /** `host:port`. */
  readonly networkAddress: string;
  readonly protocolKey: BlsKeyPair;
  /** secp256r1 public key, 33 bytes. */
  readonly networkPublicKey: Uint8Array;
  /** Pays gas and owns the node's capability. */
  readonly signer: Signer;
  readonly stakeFrost: bigint;
  readonly commissionBasisPoints: number;
  readonly storagePrice: bigint;
  readonly writePrice: bigint;
  readonly capacityBytes: bigint;
}

export interface RegisteredNode {
  readonly nodeId: string;
  /** Object ID of the `StorageNodeCap`. */
  readonly capId: string;
  /** The `StakedWal` object of its first stake, which the node's signer owns. */
  readonly stakedWalId: string;
}

const CLOCK = '0x6';

/** Carries out one transaction of a deployment, or says what it did when it was carried out before. */
export type RunStep = (purpose: string, build: () => Promise<Transaction>) => Promise<Outcome>;

/** Executes every step now. */
export function directly(client: ClientWithCoreApi, signer: Signer): RunStep {
  return async (purpose, build) => execute(client, signer, await build(), purpose);
}

/** Publishes both packages and creates the shared objects. The signer pays and receives the WAL supply. */
export async function deployContracts(
  client: ClientWithCoreApi,
  signer: Signer,
  compile: CompilePackage,
  parameters: ProtocolParameters,
  run: RunStep = directly(client, signer),
): Promise<Deployment> {
  const wal = await run('publish wal', async () =>
    publication(await compile('wal', {}), (tx, cap) => {
      // Nobody may ever upgrade the coin: its supply is fixed.
      tx.moveCall({ target: '0x2::package::make_immutable', arguments: [cap] });
    }),
  );
  const walPackageId = publishedPackage(wal);
  const treasuryObjectId = createdObject(wal, (type) => type.endsWith('::wal::ProtectedTreasury'), 'ProtectedTreasury');
  const walrus = await run('publish walrus', async () =>
    publication(await compile('walrus', { wal: { publishedAt: walPackageId } }), (tx, cap) =>
      tx.transferObjects([cap], signer.toSuiAddress()),
    ),
  );
  const packageId = publishedPackage(walrus);
  const created = (name: string) => createdObject(walrus, (type) => type.endsWith(`::${name}`), name);

  const initialized = await run('initialize walrus', async () => {
    const tx = new Transaction();
    const emergencyCap = tx.moveCall({
      target: `${packageId}::init::initialize_walrus`,
      arguments: [
        tx.object(created('init::InitCap')),
        tx.object(created('package::UpgradeCap')),
        tx.pure.u64(parameters.epochZeroDurationMs),
        tx.pure.u64(parameters.epochDurationMs),
        tx.pure.u16(parameters.shardCount),
        tx.pure.u32(parameters.maxEpochsAhead),
        tx.object(CLOCK),
      ],
    });
    tx.transferObjects([emergencyCap], signer.toSuiAddress());
    return tx;
  });
  const shared = (name: string) => createdObject(initialized, (type) => type.endsWith(`::${name}`), name);
  return {
    walPackageId,
    packageId,
    treasuryObjectId,
    systemObjectId: shared('system::System'),
    stakingObjectId: shared('staking::Staking'),
    upgradeManagerId: shared('upgrade::UpgradeManager'),
    slashingManagerId: shared('slashing::SlashingManager'),
    auditCapId: shared('audit_cap::AuditCap'),
    governanceCapId: shared('governed::GovernanceCap'),
    emergencyUpgradeCapId: shared('upgrade::EmergencyUpgradeCap'),
    walType: `${walPackageId}::wal::WAL`,
    chainId: (await client.core.getChainIdentifier()).chainIdentifier,
  };
}

/**
 * Registers a storage node and stakes with it. The WAL to stake must already belong to the node's signer.
 */
export async function registerNode(
  client: ClientWithCoreApi,
  deployment: Deployment,
  node: NodeRegistration,
): Promise<RegisteredNode> {
  const { packageId, stakingObjectId, walType } = deployment;
  const sender = node.signer.toSuiAddress();
  const { epoch } = await new ChainReader(client, deployment).state();
  const proof = node.protocolKey.sign(proofOfPossessionMessage(epoch, sender, node.protocolKey.publicKey));
  const coins = await client.core.listCoins({ owner: sender, coinType: walType });

  const tx = new Transaction();
  const metadata = tx.moveCall({
    target: `${packageId}::node_metadata::new`,
    arguments: [tx.pure.string(''), tx.pure.string(''), tx.pure.string(`Storage node ${node.name}`)],
  });
  const cap = tx.moveCall({
    target: `${packageId}::staking::register_candidate`,
    arguments: [
      tx.object(stakingObjectId),
      tx.pure.string(node.name),
      tx.pure.string(node.networkAddress),
      metadata,
      tx.pure.vector('u8', node.protocolKey.publicKey),
      tx.pure.vector('u8', node.networkPublicKey),
      tx.pure.vector('u8', proof),
      tx.pure.u16(node.commissionBasisPoints),
      tx.pure.u64(node.storagePrice),
      tx.pure.u64(node.writePrice),
      tx.pure.u64(node.capacityBytes),
    ],
  });
  const nodeId = tx.moveCall({ target: `${packageId}::storage_node::node_id`, arguments: [cap] });
  const [first, ...rest] = coins.objects.map((coin) => tx.object(coin.objectId));
  if (first === undefined) throw new RangeError(`${sender} owns no WAL to stake for ${node.name}`);
  if (rest.length > 0) tx.mergeCoins(first, rest);
  const [stake] = tx.splitCoins(first, [node.stakeFrost]);
  const staked = tx.moveCall({
    target: `${packageId}::staking::stake_with_pool`,
    arguments: [tx.object(stakingObjectId), stake!, nodeId],
  });
  tx.transferObjects([cap, staked], sender);
  const executed = await execute(client, node.signer, tx, `register node ${node.name}`);
  return {
    nodeId: createdObject(executed, (type) => type.endsWith('::staking_pool::StakingPool'), 'StakingPool'),
    capId: createdObject(executed, (type) => type.endsWith('::storage_node::StorageNodeCap'), 'StorageNodeCap'),
    stakedWalId: createdObject(executed, (type) => type.endsWith('::staked_wal::StakedWal'), 'StakedWal'),
  };
}

/** Closes voting: the next committee is selected from the staked nodes. Anyone may call it when it is time. */
export async function endVoting(client: ClientWithCoreApi, signer: Signer, deployment: Deployment): Promise<Executed> {
  const tx = new Transaction();
  tx.moveCall({
    target: `${deployment.packageId}::staking::voting_end`,
    arguments: [tx.object(deployment.stakingObjectId), tx.object(CLOCK)],
  });
  return execute(client, signer, tx, 'end voting');
}

/** Enters the next epoch. Anyone may call it when the epoch is over. */
export async function changeEpoch(
  client: ClientWithCoreApi,
  signer: Signer,
  deployment: Deployment,
): Promise<Executed> {
  const tx = new Transaction();
  tx.moveCall({
    target: `${deployment.packageId}::staking::initiate_epoch_change_v2`,
    arguments: [
      tx.object(deployment.stakingObjectId),
      tx.object(deployment.systemObjectId),
      tx.object(deployment.treasuryObjectId),
      tx.object(CLOCK),
    ],
  });
  return execute(client, signer, tx, 'change epoch');
}

/** Attests that a node holds its shards of the epoch. */
export async function attestSync(
  client: ClientWithCoreApi,
  deployment: Pick<Deployment, 'packageId' | 'stakingObjectId'>,
  node: { readonly signer: Signer; readonly capId: string },
  epoch: number,
): Promise<Executed> {
  const tx = new Transaction();
  tx.moveCall({
    target: `${deployment.packageId}::staking::epoch_sync_done`,
    arguments: [tx.object(deployment.stakingObjectId), tx.object(node.capId), tx.pure.u32(epoch), tx.object(CLOCK)],
  });
  return execute(client, node.signer, tx, 'attest sync');
}

/** Sends SUI (MIST) and WAL (FROST) from one sender to many, in one transaction. */
export async function fund(
  client: ClientWithCoreApi,
  signer: Signer,
  walType: string,
  recipients: readonly { readonly address: string; readonly mist: bigint; readonly frost: bigint }[],
): Promise<Executed> {
  const tx = new Transaction();
  const coins = await client.core.listCoins({ owner: signer.toSuiAddress(), coinType: walType });
  const [first, ...rest] = coins.objects.map((coin) => tx.object(coin.objectId));
  if (first === undefined) throw new RangeError(`${signer.toSuiAddress()} owns no WAL to give`);
  if (rest.length > 0) tx.mergeCoins(first, rest);
  for (const { address, mist, frost } of recipients) {
    const [wal] = tx.splitCoins(first, [frost]);
    const [sui] = tx.splitCoins(tx.gas, [mist]);
    tx.transferObjects([wal!, sui!], address);
  }
  return execute(client, signer, tx, 'fund accounts');
}

/** A transaction that publishes a package and does with its upgrade capability as the caller says. */
export function publication(
  compiled: CompiledPackage,
  keepCap: (tx: Transaction, cap: ReturnType<Transaction['publish']>) => void,
): Transaction {
  const tx = new Transaction();
  const cap = tx.publish({
    modules: compiled.modules.map((module) => Buffer.from(module).toString('base64')),
    dependencies: [...compiled.dependencies],
  });
  keepCap(tx, cap);
  return tx;
}
