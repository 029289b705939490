/** Stake with a node and its commission: what an operator takes back, and when that is possible (contracts specification §8.5). */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import { Transaction } from '@mysten/sui/transactions';
import type { ChainState } from './chain.js';
import type { NodeDeployment } from './node-operations.js';
import { StakedWal } from './objects.js';
import { execute, type Executed } from './transactions.js';

/** A `StakedWal` object. */
export interface Stake {
  readonly objectId: string;
  readonly nodeId: string;
  readonly principalFrost: bigint;
  readonly activationEpoch: number;
  /** From which epoch on it is payable, once that was asked for. */
  readonly withdrawEpoch: number | undefined;
}

/** What can be done next to get a stake back. */
export type StakeStep =
  /** Ask for it: it goes on backing the node until it is payable. */
  | { readonly kind: 'request' }
  /** Take it. */
  | { readonly kind: 'withdraw' }
  /** Wait for this epoch. */
  | { readonly kind: 'wait'; readonly untilEpoch: number };

/** Stakes of an account with a node. */
export async function ownedStakes(
  client: ClientWithCoreApi,
  originalPackageId: string,
  owner: string,
  nodeId: string,
): Promise<Stake[]> {
  const stakes: Stake[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof client.core.listOwnedObjects<{ content: true }>>> = await client.core.listOwnedObjects({
      ...{ owner, type: `${originalPackageId}::staked_wal::StakedWal`, cursor, include: { content: true } },
    });
    for (const { objectId, content } of page.objects) {
      const { node_id, principal, activation_epoch: activationEpoch, state } = StakedWal.parse(content);
      const withdrawEpoch = state.Withdrawing?.withdraw_epoch;
      stakes.push({ objectId, nodeId: node_id, principalFrost: BigInt(principal.value), activationEpoch, withdrawEpoch });
    }
    if (!page.hasNextPage) return stakes.filter((stake) => stake.nodeId === nodeId);
    cursor = page.cursor;
  }
}

/** Decides from the epoch and the committees. */
export function nextStakeStep(
  { nodeId, activationEpoch, withdrawEpoch }: Stake,
  { epoch, committee, nextCommittee }: Pick<ChainState, 'epoch' | 'committee' | 'nextCommittee'>,
): StakeStep {
  if (withdrawEpoch !== undefined) return withdrawEpoch <= epoch ? { kind: 'withdraw' } : { kind: 'wait', untilEpoch: withdrawEpoch };
  const isCurrent = committee.some((member) => member.nodeId === nodeId);
  const isNext = nextCommittee?.some((member) => member.nodeId === nodeId) === true;
  if (activationEpoch > epoch) {
    return activationEpoch === epoch + 1 && isNext ? { kind: 'request' } : { kind: 'withdraw' };
  }
  return isCurrent || isNext ? { kind: 'request' } : { kind: 'withdraw' };
}

/** Takes stakes that can be taken, with their rewards, to the signer. */
export async function withdrawStakes(
  client: ClientWithCoreApi,
  signer: Signer,
  deployment: NodeDeployment,
  stakedWalIds: readonly string[],
): Promise<Executed> {
  const tx = new Transaction();
  for (const stakedWalId of stakedWalIds) {
    const coin = tx.moveCall({
      target: `${deployment.packageId}::staking::withdraw_stake`,
      arguments: [tx.object(deployment.stakingObjectId), tx.object(stakedWalId)],
    });
    tx.transferObjects([coin], signer.toSuiAddress());
  }
  return execute(client, signer, tx, 'withdraw stake');
}

/** Pays a node's commission out to the signer, who has the right to it. */
export async function collectCommission(
  client: ClientWithCoreApi,
  signer: Signer,
  deployment: NodeDeployment,
  nodeId: string,
): Promise<Executed> {
  const tx = new Transaction();
  const authenticated = tx.moveCall({ target: `${deployment.packageId}::auth::authenticate_sender` });
  const coin = tx.moveCall({
    target: `${deployment.packageId}::staking::collect_commission`,
    arguments: [tx.object(deployment.stakingObjectId), tx.pure.id(nodeId), authenticated],
  });
  tx.transferObjects([coin], signer.toSuiAddress());
  return execute(client, signer, tx, 'collect commission');
}
