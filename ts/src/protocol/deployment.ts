/**
 * A whole deployment in resumable steps: the coin, the protocol, audits and governance, and the packages beside
 * them. Every transaction is written to a journal before it is sent, so that an interrupted deployment finds
 * out what it did, and a finished one does nothing.
 */
import type { ClientWithCoreApi } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import { Transaction, TransactionDataBuilder } from '@mysten/sui/transactions';
import { z } from 'zod';
import type { AuditParamInput } from './audit.js';
import { deployGovernance, type GovernanceDeployment } from './deploy-governance.js';
import { deployContracts, publication, type CompilePackage, type Deployment, type ProtocolParameters, type RunStep } from './deploy.js';
import { ProtocolError, TransactionFailed } from './errors.js';
import { createdObject, publishedPackage, type Outcome } from './transactions.js';

/** Packages that stand beside the protocol. */
const SIDE_PACKAGES = ['wal_exchange', 'walrus_subsidies', 'blob_bucket'] as const;

export type DeployedPackage = 'wal' | 'walrus' | 'walrus_audit' | 'walrus_governance' | (typeof SIDE_PACKAGES)[number];

const changedObject = z.looseObject({ objectId: z.string(), idOperation: z.string(), outputState: z.string() });
const gasUsed = z.object({
  computationCost: z.string(), storageCost: z.string(), storageRebate: z.string(), nonRefundableStorageFee: z.string(),
});
const outcome = z.object({
  digest: z.string(),
  effects: z.object({ changedObjects: z.array(changedObject), gasUsed }),
  objectTypes: z.record(z.string(), z.string()),
});

/** What a journal keeps: JSON. */
export const journalSchema = z.object({
  chainId: z.string(),
  sender: z.string(),
  parameters: z.object({
    shardCount: z.number().int(), epochDurationMs: z.string(), epochZeroDurationMs: z.string(), maxEpochsAhead: z.number().int(),
  }),
  /** By purpose: the transaction that was or may have been sent, and what it did once that is known. */
  steps: z.record(z.string(), z.object({ digest: z.string(), outcome: outcome.optional() })),
});

export type JournalRecord = z.infer<typeof journalSchema>;

/** Where the journal is kept. `save` returns once the record is durable. */
export interface Journal {
  load(): Promise<JournalRecord | undefined>;
  save(record: JournalRecord): Promise<void>;
}

/** The journal belongs to another network, account or set of parameters. */
export class JournalMismatch extends ProtocolError {
  override readonly name = 'JournalMismatch';
  constructor(readonly field: 'chain' | 'sender' | 'parameters', readonly recorded: string, readonly actual: string) {
    const what = { chain: 'is on another chain', sender: 'belongs to another account', parameters: 'has other parameters' }[field];
    super(`the deployment that was begun here ${what}: ${recorded}, not ${actual}`);
  }
}

/** What a step did, in the order of the deployment. */
export interface StepReport {
  readonly purpose: string;
  readonly digest: string;
  /** True if it had been carried out before. */
  readonly isOld: boolean;
  /** Gas it took, MIST. */
  readonly gasMist: bigint;
}

export interface FullDeployment extends Deployment {
  readonly governance: GovernanceDeployment;
  readonly sidePackageIds: Readonly<Record<(typeof SIDE_PACKAGES)[number], string>>;
  readonly exchangeObjectId: string | undefined;
  readonly subsidiesObjectId: string;
  /** Upgrade capabilities that the deployer keeps, by package. */
  readonly upgradeCapIds: Readonly<Record<string, string>>;
}

export interface DeployOptions {
  readonly client: ClientWithCoreApi;
  readonly signer: Signer;
  readonly compile: CompilePackage<DeployedPackage>;
  readonly parameters: ProtocolParameters;
  readonly journal: Journal;
  /** Parameters of audits that are not the suggested ones. */
  readonly auditParams?: Partial<AuditParamInput>;
  /** FROST to put into an exchange for test networks; none is made without. */
  readonly exchangeFrost?: bigint;
  readonly onStep?: (step: StepReport) => void;
}

/** @throws JournalMismatch, TransactionFailed, ProtocolError */
export async function deployEverything(options: DeployOptions): Promise<FullDeployment> {
  const { client, signer, compile, parameters, auditParams = {} } = options;
  const run = await journaled(options);
  const owner = signer.toSuiAddress();
  const deployment = await deployContracts(client, signer, compile, parameters, run);
  const governance = await deployGovernance(client, signer, compile, deployment, { auditParams, run });
  const published = { wal: { publishedAt: deployment.walPackageId }, walrus: { publishedAt: deployment.packageId } };
  const sidePackageIds: Partial<Record<(typeof SIDE_PACKAGES)[number], string>> = {};
  const upgradeCapIds: Record<string, string> = {};
  for (const name of SIDE_PACKAGES) {
    const outcome = await run(`publish ${name}`, async () =>
      publication(await compile(name, published), (tx, cap) => tx.transferObjects([cap], owner)),
    );
    sidePackageIds[name] = publishedPackage(outcome);
    upgradeCapIds[name] = createdObject(outcome, (type) => type.endsWith('::package::UpgradeCap'), 'UpgradeCap');
  }
  const ids = sidePackageIds as Record<(typeof SIDE_PACKAGES)[number], string>;
  const exchangeObjectId = await createExchange(options, run, ids.wal_exchange, deployment.walType);
  const subsidies = await run('create subsidies', async () => {
    const tx = new Transaction();
    const cap = tx.moveCall({
      target: `${ids.walrus_subsidies}::walrus_subsidies::new`,
      arguments: [tx.object(deployment.systemObjectId), tx.object(deployment.stakingObjectId), tx.pure.u32(0), tx.pure.u64(0), tx.pure.u64(0)],
    });
    tx.transferObjects([cap], owner);
    return tx;
  });
  const subsidiesObjectId = createdObject(subsidies, (type) => type.endsWith('::walrus_subsidies::WalrusSubsidies'), 'WalrusSubsidies');
  return { ...deployment, governance, sidePackageIds: ids, exchangeObjectId, subsidiesObjectId, upgradeCapIds };
}

async function createExchange(
  { client, signer, exchangeFrost }: DeployOptions, run: RunStep, packageId: string, walType: string,
): Promise<string | undefined> {
  if (exchangeFrost === undefined) return undefined;
  const owner = signer.toSuiAddress();
  const outcome = await run('create exchange', async () => {
    const coins = await client.core.listCoins({ owner, coinType: walType });
    const tx = new Transaction();
    const [first, ...rest] = coins.objects.map((coin) => tx.object(coin.objectId));
    if (first === undefined) throw new ProtocolError(`${owner} owns no WAL for the exchange`);
    if (rest.length > 0) tx.mergeCoins(first, rest);
    const cap = tx.moveCall({ target: `${packageId}::wal_exchange::new_funded`, arguments: [first, tx.pure.u64(exchangeFrost)] });
    tx.transferObjects([cap], owner);
    return tx;
  });
  return createdObject(outcome, (type) => type.endsWith('::wal_exchange::Exchange'), 'Exchange');
}

/** Steps that are remembered, found on the network, or carried out: in this order. */
async function journaled(options: DeployOptions): Promise<RunStep> {
  const { client, signer, journal, onStep } = options;
  const { chainIdentifier } = await client.core.getChainIdentifier();
  const record = (await journal.load()) ?? newRecord(options, chainIdentifier);
  const expected = newRecord(options, chainIdentifier);
  requireSame('chain', record.chainId, expected.chainId);
  requireSame('sender', record.sender, expected.sender);
  requireSame('parameters', JSON.stringify(record.parameters), JSON.stringify(expected.parameters));

  const finish = async (purpose: string, done: Outcome, isOld: boolean): Promise<Outcome> => {
    const { digest, effects, objectTypes } = done;
    const kept = { digest, effects: { changedObjects: effects.changedObjects, gasUsed: effects.gasUsed }, objectTypes };
    record.steps[purpose] = { digest, outcome: outcome.parse(JSON.parse(JSON.stringify(kept))) };
    await journal.save(record);
    onStep?.({ purpose, digest, isOld, gasMist: gasOf(done) });
    return done;
  };

  return async (purpose, build) => {
    const step = record.steps[purpose];
    if (step?.outcome !== undefined) {
      const known = step.outcome as unknown as Outcome;
      onStep?.({ purpose, digest: step.digest, isOld: true, gasMist: gasOf(known) });
      return known;
    }
    if (step !== undefined) {
      // It may have been sent: the network knows.
      const found = await executedBefore(client, step.digest);
      if (found !== undefined) return finish(purpose, found, true);
    }
    const tx = await build();
    tx.setSenderIfNotSet(signer.toSuiAddress());
    const bytes = await tx.build({ client });
    record.steps[purpose] = { digest: TransactionDataBuilder.getDigestFromBytes(bytes) };
    await journal.save(record);
    const { signature } = await signer.signTransaction(bytes);
    const result = await client.core.executeTransaction({
      transaction: bytes, signatures: [signature], include: { effects: true, objectTypes: true },
    });
    const executed = result.Transaction ?? result.FailedTransaction;
    if (!executed.status.success) {
      delete record.steps[purpose]; // what failed changed nothing, and may be tried again
      await journal.save(record);
      throw new TransactionFailed(purpose, executed.digest, executed.status.error.message);
    }
    await client.core.waitForTransaction({ digest: executed.digest });
    return finish(purpose, executed, false);
  };
}

async function executedBefore(client: ClientWithCoreApi, digest: string): Promise<Outcome | undefined> {
  const found = await client.core
    .getTransaction({ digest, include: { effects: true, objectTypes: true } })
    .catch((error: unknown) => {
      if (/not.?found|could not find/i.test(String(error))) return undefined;
      throw error;
    });
  const executed = found?.Transaction ?? found?.FailedTransaction;
  return executed?.status.success === true ? executed : undefined;
}

function newRecord({ signer, parameters }: DeployOptions, chainId: string): JournalRecord {
  const { shardCount, epochDurationMs, epochZeroDurationMs, maxEpochsAhead } = parameters;
  return {
    chainId,
    sender: signer.toSuiAddress(),
    parameters: { shardCount, epochDurationMs: String(epochDurationMs), epochZeroDurationMs: String(epochZeroDurationMs), maxEpochsAhead },
    steps: {},
  };
}

function requireSame(field: JournalMismatch['field'], recorded: string, actual: string): void {
  if (recorded !== actual) throw new JournalMismatch(field, recorded, actual);
}

function gasOf({ effects }: Outcome): bigint {
  const { computationCost, storageCost, storageRebate } = effects.gasUsed;
  return BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
}
