/**
 * Deploying audits and governance on a deployed protocol: publish both packages, lock the audit capability into
 * the registry, and everything that decides into governance: the right to set audit parameters, the right to
 * carry out decisions, and the upgrade capabilities of both packages, which from then on can only be linked to
 * later versions of the protocol (contracts specification §14.3, §15).
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import { Transaction } from '@mysten/sui/transactions';
import { DEFAULT_AUDIT_PARAMS, setAuditParams, type AuditIds, type AuditParamInput } from './audit.js';
import { directly, publication, type CompiledPackage, type CompilePackage, type Deployment, type RunStep } from './deploy.js';
import type { GovernanceIds } from './governance.js';
import { createdObject, execute, publishedPackage } from './transactions.js';
import { relink, withDependencies } from './upgrades.js';

/** What was created beside the protocol. */
export interface GovernanceDeployment extends GovernanceIds, AuditIds {
  /** The packages as they were first published. */
  readonly first: {
    readonly packageId: string;
    readonly auditPackageId: string;
    readonly governancePackageId: string;
    readonly audit: CompiledPackage;
    readonly governance: CompiledPackage;
  };
}

/**
 * The signer must hold the capabilities that `deployContracts` left with it.
 * @param auditParams parameters of audits that are not the suggested ones; later on only proposals change them
 */
export async function deployGovernance(
  client: ClientWithCoreApi,
  signer: Signer,
  compile: CompilePackage<'walrus_audit' | 'walrus_governance'>,
  deployment: Deployment,
  { auditParams = {}, run = directly(client, signer) }: { readonly auditParams?: Partial<AuditParamInput>; readonly run?: RunStep } = {},
): Promise<GovernanceDeployment> {
  const owner = signer.toSuiAddress();
  const published = {
    wal: { publishedAt: deployment.walPackageId },
    walrus: { publishedAt: deployment.packageId },
  };
  const isUpgradeCap = (type: string) => type.endsWith('::package::UpgradeCap');
  const compiledAudit = await compile('walrus_audit', published);
  const audit = await run('publish walrus_audit', async () =>
    publication(compiledAudit, (tx, cap) => tx.transferObjects([cap], owner)),
  );
  const auditPackageId = publishedPackage(audit);
  const compiledGovernance = await compile('walrus_governance', {
    ...published,
    walrus_audit: { publishedAt: auditPackageId },
  });
  const governance = await run('publish walrus_governance', async () =>
    publication(compiledGovernance, (tx, cap) => tx.transferObjects([cap], owner)),
  );
  const governancePackageId = publishedPackage(governance);

  const audits = await run('create audits', async () => {
    const tx = new Transaction();
    const adminCap = tx.moveCall({
      target: `${auditPackageId}::audit::create`,
      arguments: [tx.object(deployment.auditCapId)],
    });
    tx.transferObjects([adminCap], owner);
    return tx;
  });
  const auditRegistryId = createdObject(audits, (type) => type.endsWith('::audit::AuditRegistry'), 'AuditRegistry');
  const adminCapId = createdObject(audits, (type) => type.endsWith('::audit::AuditAdminCap'), 'AuditAdminCap');
  const { packageId, upgradeManagerId, stakingObjectId, systemObjectId, treasuryObjectId, walType } = deployment;
  const auditIds = { auditPackageId, auditRegistryId, stakingObjectId, systemObjectId, walType };
  if (Object.keys(auditParams).length > 0) {
    await run('set audit parameters', async () =>
      setAuditParams(auditIds, packageId, adminCapId, { ...DEFAULT_AUDIT_PARAMS, ...auditParams }),
    );
  }
  const created = await run('create governance', async () => {
    const tx = new Transaction();
    tx.moveCall({
      target: `${governancePackageId}::governance::create`,
      arguments: [
        tx.object(deployment.governanceCapId),
        tx.object(adminCapId),
        tx.object(deployment.upgradeManagerId),
        tx.object(createdObject(audit, isUpgradeCap, 'UpgradeCap')),
        tx.object(createdObject(governance, isUpgradeCap, 'UpgradeCap')),
      ],
    });
    return tx;
  });
  return {
    governancePackageId,
    governanceObjectId: createdObject(created, (type) => type.endsWith('::governance::Governance'), 'Governance'),
    ...auditIds,
    ...{ packageId, upgradeManagerId, treasuryObjectId },
    first: { packageId, auditPackageId, governancePackageId, audit: compiledAudit, governance: compiledGovernance },
  };
}

/**
 * Links audits and governance to a version of the protocol. Until then their calls abort after its migration.
 * Anybody can; answers with the packages that receive calls from then on.
 */
export async function linkToProtocol(
  client: ClientWithCoreApi,
  signer: Signer,
  ids: GovernanceDeployment,
  packageId: string,
): Promise<GovernanceDeployment> {
  const { first } = ids;
  const protocol = [first.packageId, packageId] as const;
  const auditPackageId = publishedPackage(
    await execute(
      client,
      signer,
      relink(
        ids,
        { originalId: first.auditPackageId, packageId: ids.auditPackageId },
        withDependencies(first.audit, new Map([protocol])),
      ),
      'link walrus_audit',
    ),
  );
  const versions = new Map([protocol, [first.auditPackageId, auditPackageId]]);
  const governancePackageId = publishedPackage(
    await execute(
      client,
      signer,
      relink(
        ids,
        { originalId: first.governancePackageId, packageId: ids.governancePackageId },
        withDependencies(first.governance, versions),
      ),
      'link walrus_governance',
    ),
  );
  return { ...ids, packageId, auditPackageId, governancePackageId };
}
