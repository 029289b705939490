/** What a node does on chain (HTTP specification §4.5, §4.6): one transaction after another, since its coins pay. */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Transaction } from '@mysten/sui/transactions';
import {
  attestSync,
  changeEpoch,
  ChainReader,
  endVoting,
  execute,
  invalidateBlob,
  objects,
  type Certificate,
  type Deployment,
  type NodeOperator,
} from '../protocol/index.js';

/** What the calls need of a deployment. */
export type ActionDeployment = Pick<Deployment, 'systemObjectId' | 'stakingObjectId' | 'treasuryObjectId'>;

/** The transactions of a node. */
export interface ChainActions {
  /** Last epoch that this node attested. */
  attestedEpoch(): Promise<number>;
  attestSync(epoch: number): Promise<void>;
  invalidateBlob(certificate: Certificate): Promise<void>;
  /** The two calls that move epochs on; anybody may make them when it is time. */
  endVoting(): Promise<void>;
  changeEpoch(): Promise<void>;
}

/** The same, and any other transaction in the same line. */
export interface OperatorActions extends ChainActions {
  /** @throws TransactionFailed */
  send(transaction: Transaction, purpose: string): Promise<void>;
}

export function createChainActions(
  client: ClientWithCoreApi,
  ids: ActionDeployment,
  operator: NodeOperator,
): OperatorActions {
  const reader = new ChainReader(client, ids);
  let last: Promise<unknown> = Promise.resolve();
  const serially = <T>(task: () => Promise<T>): Promise<T> => {
    const run = last.then(task);
    last = run.catch(() => undefined); // whoever asked hears of it; the next task starts afresh
    return run;
  };
  /** The package that receives calls may have been upgraded since the last one. */
  const act = (task: (deployment: Deployment) => Promise<unknown>): Promise<void> =>
    serially(async () => {
      const system = await reader.read('System', ids.systemObjectId, objects.System);
      await task({ ...ids, packageId: system.package_id } as Deployment);
    });
  return {
    attestedEpoch: async () => (await reader.read('StorageNodeCap', operator.capId, objects.StorageNodeCap)).last_epoch_sync_done,
    attestSync: (epoch) => act((deployment) => attestSync(client, deployment, operator, epoch)),
    invalidateBlob: (certificate) => act((deployment) => invalidateBlob(client, operator.signer, deployment, certificate)),
    endVoting: () => act((deployment) => endVoting(client, operator.signer, deployment)),
    send: (transaction, purpose) => serially(async () => void (await execute(client, operator.signer, transaction, purpose))),
    changeEpoch: () => act((deployment) => changeEpoch(client, operator.signer, deployment)),
  };
}
