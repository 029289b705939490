/** A deployment that is interrupted at every step, before and after the network has carried it out. */
import { expect } from 'chai';
import { contractCompiler } from '../../src/cluster/index.js';
import { LocalNet } from '../../src/localnet/index.js';
import {
  AuditReader,
  ChainReader,
  DEFAULT_AUDIT_PARAMS,
  deployEverything,
  JournalMismatch,
  type DeployOptions,
  type FullDeployment,
  type Journal,
  type JournalRecord,
  type StepReport,
} from '../../src/protocol/index.js';

const STEPS = [
  'publish wal', 'publish walrus', 'initialize walrus', 'publish walrus_audit', 'publish walrus_governance',
  'create audits', 'create governance', 'publish wal_exchange', 'publish walrus_subsidies', 'publish blob_bucket',
  'create exchange', 'create subsidies',
];

class PowerCut extends Error {}

/** A journal whose record goes through JSON, as on disk. */
function journalInMemory(): Journal & { text: string | undefined } {
  return {
    text: undefined,
    async load() {
      return this.text === undefined ? undefined : (JSON.parse(this.text) as JournalRecord);
    },
    async save(record) {
      this.text = JSON.stringify(record);
    },
  };
}

describe('deploying everything', function () {
  this.timeout(120_000);
  let net: LocalNet;
  let options: Omit<DeployOptions, 'journal'>;
  let deployment: FullDeployment;
  const journal = journalInMemory();

  before(async () => {
    net = await LocalNet.start({ seed: 'deployment' });
    const signer = net.createSigner('deployer');
    await net.faucet(signer.toSuiAddress(), 100_000_000_000n);
    options = {
      client: net.client,
      signer,
      compile: contractCompiler(),
      parameters: { shardCount: 50, epochDurationMs: 86_400_000n, epochZeroDurationMs: 1000n, maxEpochsAhead: 53 },
      exchangeFrost: 1_000_000_000n,
    };
  });
  after(() => net.stop());

  /** The client, with a cut at the first transaction: before it is sent, or once it is carried out. */
  function cutOff(when: 'before' | 'after'): DeployOptions['client'] {
    const { core } = net.client;
    const execute: typeof core.executeTransaction = async (input) => {
      if (when === 'after') await core.executeTransaction(input);
      throw new PowerCut();
    };
    const cut = new Proxy(core, { get: (target, key) => (key === 'executeTransaction' ? execute : bound(target, key)) });
    return new Proxy(net.client, { get: (target, key) => (key === 'core' ? cut : bound(target, key)) });
  }

  function bound(target: object, key: string | symbol): unknown {
    const value = Reflect.get(target, key) as unknown;
    return typeof value === 'function' ? (value.bind(target) as unknown) : value;
  }

  it('resumes wherever it is cut off, and does nothing twice', async () => {
    const before = net.ledger.latestCheckpoint.sequenceNumber;
    let cuts = 0;
    const done: StepReport[] = [];
    for (const [i, step] of STEPS.entries()) {
      // Compiling takes its time: two steps stand for all where nothing was sent.
      const cutsBefore = step === 'publish wal' || step === 'create exchange' ? (['before'] as const) : [];
      for (const when of [...cutsBefore, 'after'] as const) {
        const error = await deployEverything({ ...options, client: cutOff(when), journal }).catch((cause: unknown) => cause);
        expect(error, `step ${i}, cut ${when}`).to.be.instanceOf(PowerCut);
        cuts += 1;
      }
    }
    deployment = await deployEverything({ ...options, journal, onStep: (step) => done.push(step) });
    expect(cuts).to.equal(STEPS.length + 2);
    expect(done.map(({ purpose }) => purpose)).to.deep.equal(STEPS);
    // Every transaction was carried out by a run that did not live to hear of it; one checkpoint each.
    expect(done.every(({ isOld, gasMist }) => isOld && gasMist > 0n)).to.equal(true);
    expect(net.ledger.latestCheckpoint.sequenceNumber - before).to.equal(BigInt(STEPS.length));
  });

  it('gives a protocol that works: state, locked capabilities, exchange, subsidies', async () => {
    const state = await new ChainReader(net.client, deployment).state();
    expect(state).to.include({ epoch: 0, shardCount: 50, packageId: deployment.packageId });
    for (const id of [deployment.governance.governanceObjectId, deployment.governance.auditRegistryId, deployment.exchangeObjectId!, deployment.subsidiesObjectId]) {
      expect(net.ledger.getObject(id)?.owner, id).to.have.property('Shared');
    }
    for (const spent of [deployment.auditCapId, deployment.governanceCapId]) {
      const owner = net.ledger.getObject(spent)?.owner;
      expect(owner?.AddressOwner, spent).to.equal(undefined);
    }
  });

  it('does nothing when everything is there', async () => {
    const before = net.ledger.latestCheckpoint.sequenceNumber;
    expect(await deployEverything({ ...options, journal })).to.deep.equal(deployment);
    expect(net.ledger.latestCheckpoint.sequenceNumber).to.equal(before);
  });

  it('refuses the journal of another chain, account or shape', async () => {
    const other = net.createSigner('somebody else');
    const wrong: Record<JournalMismatch['field'], Partial<DeployOptions>> = {
      sender: { signer: other },
      parameters: { parameters: { ...options.parameters, shardCount: 51 } },
      chain: { journal: { ...journal, load: async () => ({ ...(JSON.parse(journal.text!) as JournalRecord), chainId: 'x' }) } },
    };
    for (const [field, change] of Object.entries(wrong)) {
      const error = await deployEverything({ ...options, journal, ...change }).catch((cause: unknown) => cause);
      expect(error).to.be.instanceOf(JournalMismatch).and.to.have.property('field', field);
    }
  });

  it('tries a step again that failed on the network, and sets parameters of audits before they are locked away', async () => {
    const poor = net.createSigner('poor');
    await net.faucet(poor.toSuiAddress(), 30_000_000n);
    const own = journalInMemory();
    const purposes: string[] = [];
    const auditParams = { samples_total: 70, bond: 5n };
    const run = { ...options, signer: poor, journal: own, auditParams, onStep: ({ purpose }: StepReport) => purposes.push(purpose) };
    expect(await deployEverything(run).catch((error: unknown) => error)).to.be.instanceOf(Error);
    expect(purposes).to.deep.equal(['publish wal']);
    await net.faucet(poor.toSuiAddress(), 100_000_000_000n);
    const { governance } = await deployEverything(run);
    expect(purposes.slice(1)).to.deep.equal(STEPS.flatMap((step) => (step === 'create audits' ? [step, 'set audit parameters'] : [step])));
    const { params } = await new AuditReader(net.client, governance).state();
    expect(params).to.include({ ...auditParams, bond: '5', min_samples: DEFAULT_AUDIT_PARAMS.min_samples });
    const caps = await net.client.core.listOwnedObjects({ owner: poor.toSuiAddress(), type: `${governance.auditPackageId}::audit::AuditAdminCap` });
    expect(caps.objects).to.deep.equal([]);
  });
});
