/** Publish and upgrade (sui-execution.md §1.8, §1.9). */
import { expect } from 'chai';
import { Transaction } from '@mysten/sui/transactions';
import { bcs } from '@mysten/sui/bcs';
import { buildPackage, type BuiltPackage } from '../../../src/move/index.js';
import { addressToBytes, bytesToAddress } from '../../../src/localnet/runtime/bytes.js';
import { packageDigest, selfAddressOffset, withSelfAddress } from '../../../src/localnet/runtime/packages.js';
import { packageSizeBytes } from '../../../src/localnet/runtime/objects.js';
import { Bench, FIXTURES, changeOf, createdId } from '../support/bench.js';

const FRAMEWORK = ['0x1', '0x2'].map((id) => '0x' + id.slice(2).padStart(64, '0'));

describe('publish and upgrade', () => {
  let bench: Bench;
  let snapshot: number;
  let upgrades: BuiltPackage;
  /** One module each, all under the name `release_a`: versions of one package. */
  const releases = new Map<string, Uint8Array>();
  before(async () => {
    bench = await Bench.start();
    upgrades = await buildPackage(`${FIXTURES}upgrade`);
    for (const module of upgrades.modules) {
      const text = Buffer.from(module).toString('latin1');
      const [name] = /release_[a-e]/.exec(text)!;
      releases.set(name, new Uint8Array(Buffer.from(text.replaceAll(name, 'release_a'), 'latin1')));
    }
    snapshot = bench.net.snapshot();
  });
  beforeEach(() => bench.net.revert(snapshot));

  const publish = () => bench.net.publishModules([releases.get('release_a')!], FRAMEWORK, bench.signer);

  function upgrade(
    tx: Transaction,
    capId: string,
    packageId: string,
    name: string,
    options: { policy?: number; digest?: Uint8Array; target?: string } = {},
  ): void {
    const modules = [releases.get(name)!];
    const digest = packageDigest(modules, FRAMEWORK);
    const cap = bench.owned(tx, capId);
    const ticket = tx.moveCall({
      target: '0x2::package::authorize_upgrade',
      arguments: [cap, tx.pure.u8(options.policy ?? 0), tx.pure.vector('u8', [...(options.digest ?? digest)])],
    });
    const receipt = tx.upgrade({
      modules: modules.map((bytes) => Array.from(bytes)),
      dependencies: FRAMEWORK,
      package: options.target ?? packageId,
      ticket,
    });
    tx.moveCall({ target: '0x2::package::commit_upgrade', arguments: [cap, receipt] });
  }

  it('agrees with the compiler on package digests', () => {
    const { modules, dependencies, digest } = upgrades;
    expect([...packageDigest(modules, dependencies)]).to.deep.equal([...digest]);
  });

  it('finds and replaces the self address', () => {
    const module = releases.get('release_a')!;
    const offset = selfAddressOffset(module);
    expect(bytesToAddress(module, offset)).to.equal('0x' + '0'.repeat(64));
    const address = '0x' + 'ab'.repeat(32);
    expect([...withSelfAddress(module, address).subarray(offset, offset + 32)]).to.deep.equal([...addressToBytes(address)]);
  });

  it('publishes: package object, upgrade cap, linkage, type origins', async () => {
    const { packageId, upgradeCapId, transaction } = await publish();
    const pkg = bench.ledger.getPackage(packageId)!;
    expect(pkg.version).to.equal(1n);
    expect(pkg.originalId).to.equal(packageId);
    expect(Object.fromEntries(pkg.linkage)).to.deep.equal(Object.fromEntries(FRAMEWORK.map((id) => [id, id])));
    expect([...pkg.typeOrigins]).to.deep.equal([['release_a::Box', packageId]]);
    expect(bench.object(packageId).owner.$kind).to.equal('Immutable');
    expect(changeOf(transaction, packageId)!.outputState.$kind).to.equal('PackageWrite');
    const cap = bench.object(upgradeCapId!).contents!;
    expect(bytesToAddress(cap, 32)).to.equal(packageId);
    expect([...cap.subarray(64)]).to.deep.equal([1, 0, 0, 0, 0, 0, 0, 0, 0]);
    const bytes = [...pkg.modules.values()][0]!.length;
    expect(packageSizeBytes(pkg)).to.equal(8 + 9 + bytes + (9 + 3 + 32) + 2 * 72);
  });

  it('runs init with a one-time witness', async () => {
    const { created } = (await bench.net.publish(FIXTURES + 'basics', bench.signer)) as { created: readonly { type: string }[] };
    const types = created.map((object) => object.type.replace(/0x[0-9a-f]{64}/g, '')).sort();
    expect(types.filter((type) => !type.includes('REGULATED'))).to.deep.equal([
      '::coin::CoinMetadata<::fake::FAKE>',
      '::coin::TreasuryCap<::fake::FAKE>',
      '::package::UpgradeCap',
    ]);
  });

  it('refuses a package that cannot be loaded', async () => {
    const modules = [releases.get('release_a')!];
    const run = (list: readonly Uint8Array[], dependencies = FRAMEWORK) =>
      bench.fail((tx) => {
        const cap = tx.publish({ modules: list.map((bytes) => Array.from(bytes)), dependencies });
        tx.transferObjects([cap], bench.sender);
      });
    expect((await run([modules[0]!.slice(0, 40)])).kind).to.equal('VMVerificationOrDeserializationError');
    expect((await run([new Uint8Array([1, 2, 3])])).kind).to.equal('VMVerificationOrDeserializationError');
    expect((await run([modules[0]!, modules[0]!])).kind).to.equal('VMVerificationOrDeserializationError');
    expect((await run([withSelfAddress(modules[0]!, '0x' + '7'.repeat(64))])).kind).to.equal('PublishErrorNonZeroAddress');
    expect((await run(modules, [FRAMEWORK[0]!])).kind).to.equal('VMVerificationOrDeserializationError');
    expect((await run(modules, [FRAMEWORK[1]!])).kind).to.equal('PublishUpgradeMissingDependency');
  });

  it('upgrades: new storage ID, old types keep their origin, new ones get theirs', async () => {
    const first = await publish();
    const made = await bench.succeed((tx) => {
      const box = tx.moveCall({ target: `${first.packageId}::release_a::make`, arguments: [tx.pure.u64(5)] });
      tx.transferObjects([box], bench.sender);
    });
    const box = createdId(made, '::release_a::Box');
    const record = await bench.succeed((tx) => upgrade(tx, first.upgradeCapId!, first.packageId, 'release_b'));
    const second = record.outputObjects.find((object) => object.type === 'package')!.package!;
    expect(second.version).to.equal(2n);
    expect(second.originalId).to.equal(first.packageId);
    expect(Object.fromEntries(second.typeOrigins)).to.deep.equal({
      'release_a::Box': first.packageId,
      'release_a::Lid': second.storageId,
    });
    expect(bench.ledger.packageVersions(second.storageId).map((pkg) => pkg.storageId)).to.deep.equal([
      first.packageId,
      second.storageId,
    ]);
    const cap = bench.object(first.upgradeCapId!).contents!;
    expect(bytesToAddress(cap, 32)).to.equal(second.storageId);
    expect(cap[64]).to.equal(2);
    // Old code and new code, the same object.
    const simulate = async (packageId: string) => {
      const tx = new Transaction();
      tx.moveCall({ target: `${packageId}::release_a::open`, arguments: [bench.owned(tx, box)] });
      tx.moveCall({ target: `${packageId}::release_a::version` });
      const data = bcs.TransactionData.parse(await bench.bytes(tx));
      const { commandOutputs } = bench.ledger.simulate(data, { checks: true });
      return commandOutputs.map((output) => output.returnValues[0]!.bytes[0]);
    };
    expect(await simulate(first.packageId)).to.deep.equal([5, 1]);
    expect(await simulate(second.storageId)).to.deep.equal([6, 2]);
    const lid = await bench.succeed((tx) => {
      tx.moveCall({ target: `${second.storageId}::release_a::lid`, arguments: [tx.pure.u64(1)] });
    });
    expect(lid.events[0]!.type).to.equal(`${second.storageId}::release_a::Lid`);
    expect(lid.events[0]!.packageId).to.equal(second.storageId);
  });

  it('refuses incompatible upgrades', async () => {
    const { packageId, upgradeCapId } = await publish();
    const upgradeError = async (name: string, options = {}) => {
      const { error } = await bench.fail((tx) => upgrade(tx, upgradeCapId!, packageId, name, options));
      return (error as { PackageUpgradeError: { upgradeError: { $kind: string } } }).PackageUpgradeError.upgradeError;
    };
    expect(await upgradeError('release_c')).to.have.property('$kind', 'IncompatibleUpgrade');
    expect(await upgradeError('release_d')).to.have.property('$kind', 'IncompatibleUpgrade');
    expect(await upgradeError('release_b', { policy: 128 })).to.have.property('$kind', 'IncompatibleUpgrade');
    expect(await upgradeError('release_e', { policy: 192 })).to.have.property('$kind', 'IncompatibleUpgrade');
    expect(await upgradeError('release_b', { policy: 7 })).to.deep.equal({
      $kind: 'UnknownUpgradePolicy',
      UnknownUpgradePolicy: { policy: 7 },
    });
    expect(await upgradeError('release_b', { digest: new Uint8Array(32) })).to.have.property('$kind', 'DigestDoesNotMatch');
    expect(await upgradeError('release_b', { target: bench.packageId })).to.have.property('$kind', 'PackageIDDoesNotMatch');
  });

  it('allows additive and dependency-only upgrades under their policies', async () => {
    const { packageId, upgradeCapId } = await publish();
    const fresh = bench.net.snapshot();
    await bench.succeed((tx) => upgrade(tx, upgradeCapId!, packageId, 'release_e', { policy: 128 }));
    bench.net.revert(fresh);
    await bench.succeed((tx) => upgrade(tx, upgradeCapId!, packageId, 'release_a', { policy: 192 }));
  });

  it('keeps a raised policy', async () => {
    const { packageId, upgradeCapId } = await publish();
    await bench.succeed((tx) => {
      tx.moveCall({ target: '0x2::package::only_additive_upgrades', arguments: [bench.owned(tx, upgradeCapId!)] });
    });
    const { error } = await bench.fail((tx) => upgrade(tx, upgradeCapId!, packageId, 'release_b'));
    expect((error as { MoveAbort: [unknown, string] }).MoveAbort[1]).to.equal('1');
  });
});
