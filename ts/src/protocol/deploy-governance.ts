/**
 * Deploying audits and governance on a deployed protocol: publish both packages, lock the audit capability into
 * the registry, and everything that decides into governance: the right to set audit parameters, the right to
 * carry out decisions, and the upgrade capabilities of both packages, which from then on can only be linked to
 * later versions of the protocol (contracts specification §14.3, §15).
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import { Transaction } from '@mysten/sui/transactions';
import { publish, type CompilePackage, type Deployment } from './deploy.js';
import type { GovernanceIds } from './governance.js';
import { createdObject, execute, publishedPackage } from './transactions.js';

/** What was created beside the protocol. The package IDs are those of the first versions. */
export interface GovernanceDeployment extends GovernanceIds {
  readonly auditPackageId: string;
}

/** The signer must hold the capabilities that `deployContracts` left with it. */
export async function deployGovernance(
  client: ClientWithCoreApi,
  signer: Signer,
  compile: CompilePackage<'walrus_audit' | 'walrus_governance'>,
  deployment: Deployment,
): Promise<GovernanceDeployment> {
  const owner = signer.toSuiAddress();
  const published = {
    wal: { publishedAt: deployment.walPackageId },
    walrus: { publishedAt: deployment.packageId },
  };
  const isUpgradeCap = (type: string) => type.endsWith('::package::UpgradeCap');
  const audit = await publish(client, signer, await compile('walrus_audit', published), 'publish walrus_audit', (tx, cap) =>
    tx.transferObjects([cap], owner),
  );
  const auditPackageId = publishedPackage(audit);
  const governance = await publish(
    client,
    signer,
    await compile('walrus_governance', { ...published, walrus_audit: { publishedAt: auditPackageId } }),
    'publish walrus_governance',
    (tx, cap) => tx.transferObjects([cap], owner),
  );
  const governancePackageId = publishedPackage(governance);

  const tx = new Transaction();
  const auditAdminCap = tx.moveCall({
    target: `${auditPackageId}::audit::create`,
    arguments: [tx.object(deployment.auditCapId)],
  });
  tx.moveCall({
    target: `${governancePackageId}::governance::create`,
    arguments: [
      tx.object(deployment.governanceCapId),
      auditAdminCap,
      tx.object(deployment.upgradeManagerId),
      tx.object(createdObject(audit, isUpgradeCap, 'UpgradeCap')),
      tx.object(createdObject(governance, isUpgradeCap, 'UpgradeCap')),
    ],
  });
  const created = await execute(client, signer, tx, 'create audits and governance');
  const { packageId, upgradeManagerId, stakingObjectId, systemObjectId, treasuryObjectId, walType } = deployment;
  return {
    auditPackageId,
    governancePackageId,
    governanceObjectId: createdObject(created, (type) => type.endsWith('::governance::Governance'), 'Governance'),
    auditRegistryId: createdObject(created, (type) => type.endsWith('::audit::AuditRegistry'), 'AuditRegistry'),
    ...{ packageId, upgradeManagerId, stakingObjectId, systemObjectId, treasuryObjectId, walType },
  };
}
