/** Who a configured node is on chain: its network, its account, and which of the account's nodes it is. */
import { SuiGrpcClient } from '@mysten/sui/grpc';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { ChainReader, objects, type DeploymentIds } from '../protocol/index.js';
import { readWallet, type NodeConfig } from './node-config.js';
import { CommandError, walText } from './output.js';

/** Less does not pay for a transaction of an operator. */
const LEAST_MIST = 50_000_000n;

export interface NodeAccount {
  readonly client: SuiGrpcClient;
  readonly ids: DeploymentIds;
  readonly signer: Ed25519Keypair;
}

export interface RegisteredNode extends NodeAccount {
  readonly nodeId: string;
  readonly capId: string;
}

export async function connect({ sui }: NodeConfig): Promise<NodeAccount> {
  const client = new SuiGrpcClient({ network: 'custom', baseUrl: sui.rpc });
  const ids = { systemObjectId: sui.system_object, stakingObjectId: sui.staking_object };
  return { client, ids, signer: await readWallet(sui.wallet) };
}

/** Nodes that the account has registered in this deployment, or the one that the configuration names. */
export async function ownedCaps(
  config: NodeConfig,
  { client, ids, signer }: NodeAccount,
): Promise<{ readonly capId: string; readonly nodeId: string }[]> {
  const reader = new ChainReader(client, ids);
  const nodeOf = async (capId: string) => ({ capId, nodeId: (await reader.read('StorageNodeCap', capId, objects.StorageNodeCap)).node_id });
  const state = await reader.state().catch((cause: unknown) => {
    throw new CommandError(`the network does not answer at ${config.sui.rpc}`, 'are the RPC URL and the objects right?', { cause });
  });
  if (config.storage_node_cap !== undefined) return [await nodeOf(config.storage_node_cap)];
  const type = `${state.originalPackageId}::storage_node::StorageNodeCap`;
  const owned = await client.core.listOwnedObjects({ owner: signer.toSuiAddress(), type });
  return Promise.all(owned.objects.map(({ objectId }) => nodeOf(objectId)));
}

/** @throws CommandError when the account cannot pay for a transaction, or has less WAL than it is to stake */
export async function requireFunds({ client, ids, signer }: NodeAccount, frost = 0n): Promise<void> {
  const owner = signer.toSuiAddress();
  const { balance: sui } = await client.core.getBalance({ owner });
  if (BigInt(sui.balance) < LEAST_MIST) {
    throw new CommandError(`the account ${owner} has no SUI for gas`, 'send it some; on a network of haulout up: haulout fund <account>');
  }
  if (frost === 0n) return;
  const { balance: wal } = await client.core.getBalance({ owner, coinType: await new ChainReader(client, ids).walType() });
  if (BigInt(wal.balance) < frost) {
    throw new CommandError(`the account ${owner} has ${walText(BigInt(wal.balance))}, and is to stake ${walText(frost)}`, 'send it WAL, or name a smaller --stake');
  }
}

/** @throws CommandError when the account has no node, or more than one to choose from */
export async function registeredNode(config: NodeConfig, configFile: string): Promise<RegisteredNode> {
  const account = await connect(config);
  const caps = await ownedCaps(config, account);
  if (caps.length === 0) throw new CommandError('this account has registered no node', `haulout node register --config ${configFile}`);
  if (caps.length > 1) throw new CommandError('this account has registered several nodes', 'choose one with storage_node_cap');
  return { ...account, ...caps[0]! };
}
