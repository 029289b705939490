/**
 * Every ExecutionFailureStatus of sui-execution.md §1.12: how it is reached here, or why it cannot be. Those
 * that take seconds are in statuses.slow.test.ts, the kinds inside three of them in status-kinds.test.ts.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { bcs } from '@mysten/sui/bcs';
import type { Transaction, TransactionArgument } from '@mysten/sui/transactions';
import { buildPackage } from '../../../src/move/index.js';
import type { PublishResult } from '../../../src/localnet/index.js';
import { packageDigest, withSelfAddress } from '../../../src/localnet/runtime/packages.js';
import type { FailureKind } from '../../../src/localnet/runtime/status.js';
import { Bench, FIXTURES, type Failure } from '../support/bench.js';

const FRAMEWORK = ['0x1', '0x2'].map((id) => '0x' + id.slice(2).padStart(64, '0'));
const BUDGET_MIST = 90_000_000_000n;
const toBytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const toText = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** Numbers that statuses carry. */
const NUMBERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  MoveObjectTooBig: { objectSize: '256001', maxObjectSize: '256000' },
  MovePackageTooBig: { maxObjectSize: '102400' },
};

describe('execution failure statuses', function () {
  this.timeout(60_000);
  let bench: Bench;
  let transfers: PublishResult;
  let bigObjects: PublishResult;
  let snapshot: number;
  /** A coin for what is expensive. */
  let treasure: string;
  let base: Uint8Array;
  before(async () => {
    bench = await Bench.start();
    transfers = await bench.net.publish(`${FIXTURES}gas/transfers`, bench.signer);
    bigObjects = await bench.net.publish(`${FIXTURES}gas/big_objects`, bench.signer);
    [base] = (await buildPackage(`${FIXTURES}limits/base`)).modules as [Uint8Array];
    treasure = bench.net.mintCoin('0x2::sui::SUI', BUDGET_MIST * 2n, bench.sender).id;
    snapshot = bench.net.snapshot();
  });
  beforeEach(() => bench.net.revert(snapshot));

  const call = (tx: Transaction, name: string, args: TransactionArgument[] = [], typeArguments: string[] = []) =>
    tx.moveCall({ target: name.startsWith('0x') ? name : bench.target(name), arguments: args, typeArguments });
  const failing = (build: (tx: Transaction) => void) =>
    bench.fail((tx) => {
      tx.setGasPayment([bench.ref(treasure)]);
      build(tx);
    });
  /** Loops up to a limit cost more than the coin of the others has. */
  const expensive = (build: (tx: Transaction) => void) =>
    bench.fail((tx) => {
      tx.setGasPayment([bench.ref(treasure)]);
      tx.setGasBudget(BUDGET_MIST);
      build(tx);
    });
  const publishing = (modules: readonly Uint8Array[], dependencies: readonly string[] = FRAMEWORK) =>
    failing((tx) => {
      const cap = tx.publish({ modules: modules.map((module) => Array.from(module)), dependencies: [...dependencies] });
      tx.transferObjects([cap], bench.sender);
    });
  function upgrade(tx: Transaction, pkg: PublishResult, modules: readonly Uint8Array[], target = pkg.packageId, policy = 0) {
    const cap = bench.owned(tx, pkg.upgradeCapId!);
    const digest = tx.pure.vector('u8', [...packageDigest(modules, FRAMEWORK)]);
    const ticket = call(tx, '0x2::package::authorize_upgrade', [cap, tx.pure.u8(policy), digest]);
    const list = modules.map((module) => Array.from(module));
    const receipt = tx.upgrade({ modules: list, dependencies: FRAMEWORK, package: target, ticket });
    call(tx, '0x2::package::commit_upgrade', [cap, receipt]);
  }
  const publishBase = () => bench.net.publishModules([base], FRAMEWORK, bench.signer);
  /** `base` in two versions and `top`, which links to the second. */
  async function versions() {
    const first = await publishBase();
    const record = await bench.succeed((tx) => upgrade(tx, first, [base]));
    const second = record.outputObjects.find(({ type }) => type === 'package')!.id;
    const built = await buildPackage(`${FIXTURES}limits/top`, { published: { base: { publishedAt: second, originalId: first.packageId } } });
    const dependencies = [...FRAMEWORK, second];
    return { first, second, top: await bench.net.publishModules(built.modules, dependencies, bench.signer), built };
  }
  async function objectOf(sizeBytes: number): Promise<string> {
    const contents = bcs.byteVector().serialize(new Uint8Array(sizeBytes - 32 - 3)).toBytes();
    return bench.net.mintObject(`${bigObjects.packageId}::M1::S`, contents, bench.sender).id;
  }
  /** Builds a package of one folder of sources. */
  async function compiled(sources: Readonly<Record<string, string>>): Promise<readonly Uint8Array[]> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'haulout-limits-'));
    try {
      await mkdir(path.join(folder, 'sources'));
      await writeFile(path.join(folder, 'Move.toml'), '[package]\nname = "p"\nedition = "2024"\n[addresses]\np = "0x0"\n');
      for (const [name, source] of Object.entries(sources)) await writeFile(path.join(folder, 'sources', `${name}.move`), source);
      return (await buildPackage(folder)).modules;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const big = (name: string) => `module p::${name}; public fun f(): vector<u8> { x"${'ab'.repeat(55_000)}" }`;

  /** How each status is reached, or why it cannot be. */
  const statuses: Record<FailureKind, string | (() => Promise<Failure>)> = {
    InsufficientGas: () =>
      failing((tx) => {
        tx.setGasBudget(2_000_000);
        call(tx, 'rules::burn_gas', [tx.pure.u64(10_000_000)]);
      }),
    InvalidGasObject: 'payment is checked before execution: the transaction is rejected',
    InvariantViolation: 'a defect of the runtime itself; no transaction is known to cause one',
    FeatureNotYetSupported: async () => {
      const first = await publishBase();
      const [added] = await compiled({ late: 'module p::late; fun init(_: &mut TxContext) {}' });
      return failing((tx) => upgrade(tx, first, [base, added!]));
    },
    MoveObjectTooBig: async () => {
      const id = await objectOf(256_000);
      return failing((tx) => call(tx, `${bigObjects.packageId}::M1::add_byte`, [bench.owned(tx, id)]));
    },
    MovePackageTooBig: async () => publishing(await compiled({ one: big('one'), two: big('two') })),
    CircularObjectOwnership: 'Move cannot write it: a child is only reached through its parent. The check stands in object-runtime.ts',
    InsufficientCoinBalance: () => failing((tx) => tx.transferObjects([tx.splitCoins(tx.gas, [1n << 60n])[0]!], '0x1')),
    CoinBalanceOverflow: () =>
      failing((tx) => {
        const parts = tx.splitCoins(tx.gas, [(1n << 64n) - 1n, 1n]);
        tx.transferObjects([parts[0]!, parts[1]!], '0x1');
      }),
    PublishErrorNonZeroAddress: () => publishing([withSelfAddress(base, '0x' + '7'.repeat(64))]),
    // An object whose first field is not called `id`.
    SuiMoveVerificationError: async () => {
      const [module] = (await buildPackage(`${FIXTURES}gas/transfers`)).modules;
      return publishing([toBytes(toText(module!).replace('\x02id', '\x02ie'))]);
    },
    MovePrimitiveRuntimeError: () => failing((tx) => call(tx, 'rules::divide', [tx.pure.u64(1), tx.pure.u64(0)])),
    MoveAbort: () => failing((tx) => call(tx, 'rules::abort_plain')),
    VMVerificationOrDeserializationError: () => publishing([base.slice(0, 40)]),
    VMInvariantViolation: 'a defect of the VM itself; limits on objects and events are run-time errors',
    FunctionNotFound: () => failing((tx) => call(tx, 'rules::missing')),
    ArityMismatch: () => failing((tx) => call(tx, 'rules::read')),
    TypeArityMismatch: () => failing((tx) => call(tx, 'rules::read', [tx.pure.u64(1)], ['u64'])),
    NonEntryFunctionInvoked: () => failing((tx) => call(tx, 'rules::hidden', [tx.pure.u64(1)])),
    CommandArgumentError: () => failing((tx) => call(tx, 'rules::read', [tx.pure(new Uint8Array(3))])),
    TypeArgumentError: () => failing((tx) => call(tx, 'rules::only_copy', [tx.pure.u64(1)], [bench.target('rules::Nope')])),
    UnusedValueWithoutDrop: () => failing((tx) => call(tx, 'rules::potato', [tx.pure.u64(1)])),
    InvalidPublicFunctionReturnType: () => failing((tx) => call(tx, 'rules::reference', [tx.pure.u64(1)])),
    InvalidTransferObject: 'reported as a CommandArgumentError of that kind',
    EffectsTooLarge: 'reached in statuses.slow.test.ts',
    PublishUpgradeMissingDependency: () => publishing([base], [FRAMEWORK[1]!]),
    PublishUpgradeDependencyDowngrade: async () => {
      const { first, top } = await versions();
      return publishing([base], [...FRAMEWORK, first.packageId, top.packageId]);
    },
    PackageUpgradeError: async () => {
      const first = await publishBase();
      return failing((tx) => upgrade(tx, first, [base], transfers.packageId));
    },
    WrittenObjectsTooLarge: 'reached in statuses.slow.test.ts',
    CertificateDenied: 'validators refuse by configuration; there are none',
    SuiMoveVerificationTimedout: 'validators refuse before they sign; here verification has no deadline',
    SharedObjectOperationNotAllowed: async () => {
      const shared = bench.net.mintObject(bench.target('object_basics::Object'), bcs.u64().serialize(1).toBytes(), 'shared');
      return failing((tx) => tx.transferObjects([bench.shared(tx, shared.id)], '0x1'));
    },
    InputObjectDeleted: 'transactions run in the order of submission: a deleted input is rejected',
    ExecutionCancelledDueToSharedObjectCongestion: 'one process orders transactions: nothing is congested',
    AddressDeniedForCoin: 'shown in ledger/deny-list.test.ts, which needs an epoch to pass',
    CoinTypeGlobalPause: 'shown in ledger/deny-list.test.ts as the rejection of its inputs; as a status after a pause by the epoch',
    ExecutionCancelledDueToRandomnessUnavailable: 'randomness comes from the seed and is always there',
    MoveVectorElemTooBig: 'raised by older protocol versions; since values live in the VM, gas bounds them (gas.md, large_vector)',
    MoveRawValueTooBig: 'the same',
    // A type whose package needs a newer version than the one that is called.
    InvalidLinkage: async () => {
      const { first, top } = await versions();
      return failing((tx) => {
        const value = call(tx, `${top.packageId}::top::top`);
        call(tx, `${first.packageId}::base::look`, [value], [`${top.packageId}::top::Top`]);
      });
    },
    InsufficientBalanceForWithdraw: 'funds are settled after each transaction, so what is missing is known before: rejected',
    NonExclusiveWriteInputObjectModified: 'only settlements have such inputs; users cannot name them',
  };

  for (const [kind, reached] of Object.entries(statuses)) {
    if (typeof reached === 'string') continue;
    it(kind, async () => {
      const failure = await reached();
      expect(failure.kind).to.equal(kind);
      const fields = (failure.error as Record<string, unknown>)[kind];
      if (kind in NUMBERS) expect(fields).to.include(NUMBERS[kind]);
    });
  }

  describe('of a call that meets a limit on objects or events are run-time errors where it happens', () => {
    const limitOf = async (build: (tx: Transaction) => void) => {
      const { error, record } = await expensive(build);
      const location = (error as { MovePrimitiveRuntimeError: { functionName: string | null } | null }).MovePrimitiveRuntimeError;
      return { native: location?.functionName ?? null, words: record.failureDescription };
    };

    it('1,000 dynamic fields', async () => {
      const fields = await bench.net.publish(`${FIXTURES}gas/many_fields`, bench.signer);
      const { native } = await limitOf((tx) => call(tx, `${fields.packageId}::m::add_n_items`, [tx.pure.u64(1_001)]));
      expect(native).to.equal('has_child_object');
    });

    it('1,024 events, 256,000 bytes each, type included', async () => {
      const events = await bench.net.publish(`${FIXTURES}gas/events`, bench.signer);
      const emit = (name: string, count: number) =>
        limitOf((tx) => call(tx, `${events.packageId}::M1::${name}`, [tx.pure.u64(count)]));
      expect((await emit('emit_n_small_events', 1_025)).native).to.equal('emit');
      // The published figure for this call: an event of 256,002 bytes.
      expect((await emit('emit_event_with_size', 256_000)).native).to.equal('emit');
    });
  });
});
