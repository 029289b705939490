/**
 * Transactions that a storage node or its operator sends besides registration (contracts specification §3.5):
 * invalid blobs, stake, keys and addresses.
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import { Transaction } from '@mysten/sui/transactions';
import type { BlsKeyPair } from './bls.js';
import { ChainReader } from './chain.js';
import type { Deployment } from './deploy.js';
import { proofOfPossessionMessage } from './messages.js';
import { createdObject, execute, type Executed } from './transactions.js';

/** What the calls need of a deployment. */
export type NodeDeployment = Pick<Deployment, 'packageId' | 'systemObjectId' | 'stakingObjectId'>;

/** Who signs for a node, and with which capability. */
export interface NodeOperator {
  readonly signer: Signer;
  /** Object ID of the `StorageNodeCap`. */
  readonly capId: string;
}

/** Signatures of the committee over one message. */
export interface Certificate {
  /** 96 bytes. */
  readonly signature: Uint8Array;
  readonly bitmap: Uint8Array;
  readonly message: Uint8Array;
}

/** Marks a blob ID invalid for ever, with the signatures of nodes that saw the proof. */
export async function invalidateBlob(
  client: ClientWithCoreApi,
  signer: Signer,
  deployment: NodeDeployment,
  certificate: Certificate,
): Promise<Executed> {
  const tx = new Transaction();
  tx.moveCall({
    target: `${deployment.packageId}::system::invalidate_blob_id`,
    arguments: [
      tx.object(deployment.systemObjectId),
      tx.pure.vector('u8', certificate.signature),
      tx.pure.vector('u8', certificate.bitmap),
      tx.pure.vector('u8', certificate.message),
    ],
  });
  return execute(client, signer, tx, 'invalidate blob');
}

/** Stakes the signer's WAL with a node. Answers the `StakedWal` object, which the signer owns. */
export async function stakeWithNode(
  client: ClientWithCoreApi,
  signer: Signer,
  deployment: NodeDeployment & Pick<Deployment, 'walType'>,
  nodeId: string,
  frost: bigint,
): Promise<string> {
  const sender = signer.toSuiAddress();
  const coins = await client.core.listCoins({ owner: sender, coinType: deployment.walType });
  const tx = new Transaction();
  const [first, ...rest] = coins.objects.map((coin) => tx.object(coin.objectId));
  if (first === undefined) throw new RangeError(`${sender} owns no WAL to stake`);
  if (rest.length > 0) tx.mergeCoins(first, rest);
  const [stake] = tx.splitCoins(first, [frost]);
  const staked = tx.moveCall({
    target: `${deployment.packageId}::staking::stake_with_pool`,
    arguments: [tx.object(deployment.stakingObjectId), stake!, tx.pure.id(nodeId)],
  });
  tx.transferObjects([staked], sender);
  const executed = await execute(client, signer, tx, 'stake');
  return createdObject(executed, (type) => type.endsWith('::staked_wal::StakedWal'), 'StakedWal');
}

/** Asks for stake back; it counts until the epoch in which it leaves. */
export async function requestStakeWithdrawal(
  client: ClientWithCoreApi,
  signer: Signer,
  deployment: NodeDeployment,
  stakedWalId: string,
): Promise<Executed> {
  const tx = new Transaction();
  tx.moveCall({
    target: `${deployment.packageId}::staking::request_withdraw_stake`,
    arguments: [tx.object(deployment.stakingObjectId), tx.object(stakedWalId)],
  });
  return execute(client, signer, tx, 'request stake withdrawal');
}

/** Publishes another address of a node; peers and clients use it at once. */
export async function setNetworkAddress(
  client: ClientWithCoreApi,
  deployment: NodeDeployment,
  operator: NodeOperator,
  networkAddress: string,
): Promise<Executed> {
  const tx = new Transaction();
  tx.moveCall({
    target: `${deployment.packageId}::staking::set_network_address`,
    arguments: [tx.object(deployment.stakingObjectId), tx.object(operator.capId), tx.pure.string(networkAddress)],
  });
  return execute(client, operator.signer, tx, 'set network address');
}

/** Publishes the protocol key that a node uses from the next committee selection on. */
export async function setNextProtocolKey(
  client: ClientWithCoreApi,
  deployment: NodeDeployment,
  operator: NodeOperator,
  key: BlsKeyPair,
): Promise<Executed> {
  const { epoch } = await new ChainReader(client, deployment).state();
  const proof = key.sign(proofOfPossessionMessage(epoch, operator.signer.toSuiAddress(), key.publicKey));
  const tx = new Transaction();
  tx.moveCall({
    target: `${deployment.packageId}::staking::set_next_public_key`,
    arguments: [
      tx.object(deployment.stakingObjectId),
      tx.object(operator.capId),
      tx.pure.vector('u8', key.publicKey),
      tx.pure.vector('u8', proof),
    ],
  });
  return execute(client, operator.signer, tx, 'set next protocol key');
}
