/**
 * Who may not do what: every public function that takes a capability, or a proof of who calls, is named in
 * docs/security.md; and whoever does not own a capability is not let in with it, in any package.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { makeHistory, runHistory } from './histories/run.js';
import { World } from './histories/world.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const move = path.join(root, 'move');

/** Parameters that give a right. */
const RIGHTS = /\b(?:\w+Cap|Authenticated|VoterAccount)\b/;
/** Those of them that are objects: whoever does not own one cannot name it. */
const OBJECT_RIGHTS = /\b(?:\w+Cap|VoterAccount)\b/;

async function moveFiles(part: 'sources' | 'tests'): Promise<string[]> {
  const found = [];
  for (const entry of await readdir(move, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const parts = path.relative(move, file).split(path.sep);
    if (!entry.isFile() || !file.endsWith('.move') || !parts.includes(part)) continue;
    if (!['framework', 'build', 'test_support'].some((folder) => parts.includes(folder))) found.push(file);
  }
  return found;
}

/** `module::function` of everything that other packages and transactions can call with one of these rights. */
async function guardedFunctions(rights = RIGHTS): Promise<string[]> {
  const found: string[] = [];
  for (const file of await moveFiles('sources')) {
    const text = await readFile(file, 'utf8');
    const module = /^module \w+::(\w+)/m.exec(text)![1]!;
    for (const match of text.matchAll(/((?:#\[[^\]]*\]\s*)*)^(public |public\(package\) )?(entry )?fun (\w+)(?:<[^>]*>)?\(([^)]*)\)/gm)) {
      const [, attributes, visibility, entry, name, parameters] = match;
      const callable = visibility === 'public ' || entry !== undefined;
      if (callable && !attributes!.includes('test_only') && rights.test(parameters!)) found.push(`${module}::${name!}`);
    }
  }
  return found;
}

/** The functions that docs/security.md names under this heading. */
async function capabilityTable(): Promise<string[]> {
  const text = await readFile(path.join(root, 'docs/security.md'), 'utf8');
  const section = text.split('## Functions that take a capability')[1]!.split('\n## ')[0]!;
  const rows = section.split('\n').filter((line) => line.startsWith('|')).slice(2);
  return rows.flatMap((row) => [...row.split('|')[2]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
}

describe('capabilities', () => {
  it('are named with every function that takes one in docs/security.md', async () => {
    const guarded = await guardedFunctions();
    expect(guarded.length).to.be.greaterThan(50);
    expect((await capabilityTable()).sort()).to.deep.equal([...new Set(guarded)].sort());
  });

  describe('of others', function () {
    this.timeout(120_000);

    it('are refused before a call runs, in every function of every package', async () => {
      const world = await World.start({ directory: move });
      // Somewhere in a later epoch, when storage can be bought, but before governance takes its capabilities.
      const calls = makeHistory(1, 120).filter(({ name }) => name !== 'create_governance');
      expect(runHistory(world, calls).failure).to.equal(undefined);
      const packages = [world.packageId, world.auditPackageId, world.governancePackageId, ...(await addSidePackages(world))];
      const stranger = world.accounts.at(-2)!;
      const owned = ownedObjects(world, stranger.address);
      const unknown: string[] = [];
      const tried = new Set<string>();
      for (const packageId of packages) {
        for (const module of world.net.ledger.getPackage(packageId)!.modules.keys()) {
          for (const { name, parameters, visibility, isEntry } of world.net.ledger.reflection.getModule(packageId, module)!.functions) {
            if (visibility !== 'public' && !isEntry) continue;
            for (const parameter of parameters) {
              const type = parameter.kind === 'reference' ? parameter.target : parameter;
              if (type.kind !== 'datatype' || !OBJECT_RIGHTS.test(type.name)) continue;
              const id = owned.get(`${type.address}::${type.module}::${type.name}`);
              if (id === undefined) {
                unknown.push(`${type.name} of ${module}::${name}`);
                continue;
              }
              const tx = world.ptb();
              tx.call(`${packageId}::${module}::${name}`, [tx.object(id)]);
              const outcome = world.execute(stranger, tx);
              expect(outcome, `${module}::${name}`).to.deep.equal({ kind: 'rejected', reason: 'IncorrectUserSignature' });
              tried.add(`${module}::${name}`);
            }
          }
        }
      }
      // Spent by the deployment, or locked into the registry of audits: nobody owns them.
      const locked = ['staking::ledger_mut', 'staking::take_bounty', 'staking::pay_commission', 'audit::create'];
      expect(unknown.sort()).to.deep.equal(['InitCap of init::initialize_walrus', ...locked.map((name) => `AuditCap of ${name}`)].sort());
      const sources = (await guardedFunctions(OBJECT_RIGHTS)).filter((name) => !locked.includes(name));
      expect([...tried].sort()).to.deep.equal([...new Set(sources)].sort());
    });
  });
});

/** Publishes the packages beside the protocol, and makes one of each object that gives a right. Returns the packages. */
async function addSidePackages(world: World): Promise<string[]> {
  const { net, deployment } = world;
  const signer = net.createSigner('side packages');
  await net.faucet(signer.toSuiAddress(), 100_000_000_000n);
  const published = { wal: { publishedAt: deployment.walPackageId }, walrus: { publishedAt: deployment.packageId } };
  const ids: string[] = [];
  for (const name of ['wal_exchange', 'walrus_subsidies', 'blob_bucket']) {
    ids.push((await net.publish(path.join(move, name), signer, { published })).packageId);
  }
  const [exchange, subsidies, bucket] = ids;
  const root = world.accounts.at(-1)!;
  const tx = world.ptb();
  const [system, staking] = [tx.object(deployment.systemObjectId), tx.object(deployment.stakingObjectId)];
  const caps = [
    tx.call(`${world.governancePackageId}::governance::new_account`, []),
    tx.call(`${exchange!}::wal_exchange::new`, []),
    tx.call(`${subsidies!}::walrus_subsidies::new`, [system, staking, tx.u32(0), tx.u64(0n), tx.u64(0n)]),
    tx.call(`${bucket!}::blob_bucket::new`, [system, tx.u64(1n), tx.u32(1), tx.object(root.wal)]),
  ];
  tx.transfer(caps, root.address);
  expect(world.execute(root, tx).kind).to.equal('done');
  return ids;
}

/** Type → an object of it that belongs to somebody else. */
function ownedObjects(world: World, stranger: string): Map<string, string> {
  const { ledger } = world.net;
  const found = new Map<string, string>();
  for (let i = 0n; i < ledger.transactionCount; i += 1n) {
    for (const { id } of ledger.transactionByIndex(i)!.outputObjects) {
      const object = ledger.getObject(id);
      const owner = object?.owner.AddressOwner;
      if (typeof owner === 'string' && owner !== stranger) found.set(object!.type, id);
    }
  }
  return found;
}
