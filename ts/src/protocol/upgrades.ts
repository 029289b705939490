/**
 * Upgrades of the protocol package on both routes, migration, and linking of the packages that depend on it
 * (contracts specification §10.3, §15.4).
 *
 * An upgrade is one transaction: the contracts give a ticket, the network publishes what the ticket's digest
 * says, the contracts take the receipt. Until the migration the old version keeps working.
 */
import { fromHex, normalizeSuiAddress } from '@mysten/sui/utils';
import { Transaction, type TransactionResult } from '@mysten/sui/transactions';
import { blake2b } from '@noble/hashes/blake2.js';
import type { CompiledPackage } from './deploy.js';
import type { GovernanceIds } from './governance.js';

/** A compiled package with the digest that is voted on: of its modules and dependencies. */
export interface CompiledUpgrade extends CompiledPackage {
  /** 32 bytes. */
  readonly digest: Uint8Array;
}

type Ids = Pick<GovernanceIds, 'packageId' | 'upgradeManagerId' | 'stakingObjectId' | 'systemObjectId'>;

/** Votes for a package in the name of a node; the sender has its governance right. */
export function voteForUpgrade(ids: Ids, nodeId: string, digest: Uint8Array): Transaction {
  const tx = new Transaction();
  const authenticated = tx.moveCall({ target: `${ids.packageId}::auth::authenticate_sender` });
  tx.moveCall({
    target: `${ids.packageId}::upgrade::vote_for_upgrade`,
    arguments: [
      tx.object(ids.upgradeManagerId),
      tx.object(ids.stakingObjectId),
      authenticated,
      tx.pure.id(nodeId),
      tx.pure.vector('u8', digest),
    ],
  });
  return tx;
}

/** Upgrades to what a quorum of nodes voted for in this epoch. */
export function upgradeByOperators(ids: Ids, compiled: CompiledUpgrade): Transaction {
  const tx = new Transaction();
  const ticket = tx.moveCall({
    target: `${ids.packageId}::upgrade::authorize_upgrade`,
    arguments: [tx.object(ids.upgradeManagerId), tx.object(ids.stakingObjectId), tx.pure.vector('u8', compiled.digest)],
  });
  completeUpgrade(ids, tx, ticket, compiled);
  return tx;
}

/** Upgrades to what the stakers approved. */
export function upgradeByStakers(ids: GovernanceIds, proposalId: string, compiled: CompiledUpgrade): Transaction {
  const tx = new Transaction();
  const ticket = tx.moveCall({
    target: `${ids.governancePackageId}::governance::authorize_staker_upgrade`,
    arguments: [
      tx.object(ids.governanceObjectId),
      tx.object(ids.upgradeManagerId),
      tx.object(ids.stakingObjectId),
      tx.pure.id(proposalId),
    ],
  });
  completeUpgrade(ids, tx, ticket, compiled);
  return tx;
}

function completeUpgrade(ids: Ids, tx: Transaction, ticket: TransactionResult, compiled: CompiledUpgrade): void {
  const receipt = tx.upgrade({ ...encoded(compiled), package: ids.packageId, ticket });
  tx.moveCall({
    target: `${ids.packageId}::upgrade::commit_upgrade`,
    arguments: [
      tx.object(ids.upgradeManagerId),
      tx.object(ids.stakingObjectId),
      tx.object(ids.systemObjectId),
      receipt,
    ],
  });
}

/** Moves the shared objects to the version of a new package. From then on older versions abort. */
export function migrate(
  ids: Pick<GovernanceIds, 'stakingObjectId' | 'systemObjectId'>,
  newPackageId: string,
): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: `${newPackageId}::init::migrate_v2`,
    arguments: [tx.object(ids.stakingObjectId), tx.object(ids.systemObjectId)],
  });
  return tx;
}

/** A package that governance can link to another version of the protocol. */
export interface LinkedPackage {
  /** First version, by which governance knows it. */
  readonly originalId: string;
  /** Latest version. */
  readonly packageId: string;
}

/** Publishes the same code of a package with other dependencies. Anybody can. */
export function relink(
  ids: Pick<GovernanceIds, 'governancePackageId' | 'governanceObjectId'>,
  linked: LinkedPackage,
  compiled: CompiledUpgrade,
): Transaction {
  const tx = new Transaction();
  const governance = tx.object(ids.governanceObjectId);
  const originalId = tx.pure.id(linked.originalId);
  const ticket = tx.moveCall({
    target: `${ids.governancePackageId}::governance::relink`,
    arguments: [governance, originalId, tx.pure.vector('u8', compiled.digest)],
  });
  const receipt = tx.upgrade({ ...encoded(compiled), package: linked.packageId, ticket });
  tx.moveCall({
    target: `${ids.governancePackageId}::governance::commit_relink`,
    arguments: [governance, originalId, receipt],
  });
  return tx;
}

/**
 * The same modules with other versions of their dependencies. Modules name dependencies by their first versions,
 * so nothing has to be compiled.
 */
export function withDependencies(compiled: CompiledPackage, versions: ReadonlyMap<string, string>): CompiledUpgrade {
  const dependencies = compiled.dependencies.map((id) => versions.get(id) ?? id);
  return { modules: compiled.modules, dependencies, digest: packageDigest(compiled.modules, dependencies) };
}

/** What a ticket is bound to: a hash of the sorted hashes of the modules and IDs of the dependencies. */
function packageDigest(modules: readonly Uint8Array[], dependencies: readonly string[]): Uint8Array {
  const hash = (data: Uint8Array) => blake2b(data, { dkLen: 32 });
  const parts = [...modules.map(hash), ...dependencies.map((id) => fromHex(normalizeSuiAddress(id)))];
  return hash(Buffer.concat(parts.sort(Buffer.compare)));
}

/** Gives up the right to upgrade without a vote, for ever. */
export function burnEmergencyUpgradeCap(ids: Pick<GovernanceIds, 'packageId'>, capId: string): Transaction {
  const tx = new Transaction();
  tx.moveCall({
    target: `${ids.packageId}::upgrade::burn_emergency_upgrade_cap`,
    arguments: [tx.object(capId)],
  });
  return tx;
}

function encoded({ modules, dependencies }: CompiledPackage): { modules: string[]; dependencies: string[] } {
  return {
    modules: modules.map((module) => Buffer.from(module).toString('base64')),
    dependencies: [...dependencies],
  };
}
