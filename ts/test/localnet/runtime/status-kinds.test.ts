/**
 * The kinds of errors inside CommandArgumentError, TypeArgumentError and PackageUpgradeError (sui-execution.md
 * §1.12): how each is reached here, or why it cannot be.
 */
import { expect } from 'chai';
import { bcs } from '@mysten/sui/bcs';
import type { Transaction, TransactionArgument } from '@mysten/sui/transactions';
import { buildPackage } from '../../../src/move/index.js';
import { packageDigest } from '../../../src/localnet/runtime/packages.js';
import type { ArgumentErrorKind } from '../../../src/localnet/runtime/status.js';
import { Bench, FIXTURES, type Failure } from '../support/bench.js';

const FRAMEWORK = ['1', '2'].map((id) => '0x' + id.padStart(64, '0'));
const UPGRADE_KINDS = [
  'UnableToFetchPackage',
  'NotAPackage',
  'IncompatibleUpgrade',
  'DigestDoesNotMatch',
  'UnknownUpgradePolicy',
  'PackageIDDoesNotMatch',
] as const;

describe('kinds of errors inside failure statuses', function () {
  this.timeout(60_000);
  let bench: Bench;
  let snapshot: number;
  let base: Uint8Array;
  before(async () => {
    bench = await Bench.start();
    [base] = (await buildPackage(`${FIXTURES}limits/base`)).modules as [Uint8Array];
    snapshot = bench.net.snapshot();
  });
  beforeEach(() => bench.net.revert(snapshot));

  const call = (tx: Transaction, name: string, args: TransactionArgument[] = [], typeArguments: string[] = []) =>
    tx.moveCall({ target: name.startsWith('0x') ? name : bench.target(name), arguments: args, typeArguments });
  const frozen = () => bench.net.mintObject(bench.target('object_basics::Object'), bcs.u64().serialize(1).toBytes(), 'immutable').id;

  const argumentKinds: Record<ArgumentErrorKind, string | ((tx: Transaction) => void)> = {
    TypeMismatch: (tx) => call(tx, 'rules::read', [tx.gas]),
    InvalidBCSBytes: (tx) => call(tx, 'rules::read', [tx.pure(new Uint8Array(3))]),
    InvalidUsageOfPureArg: (tx) => call(tx, 'rules::eat', [tx.pure.u64(1)]),
    InvalidArgumentToPrivateEntryFunction: (tx) => {
      const potato = call(tx, 'rules::potato', [tx.pure.u64(1)]);
      call(tx, 'rules::private_entry', [call(tx, 'rules::peek', [potato])]);
      call(tx, 'rules::eat', [potato]);
    },
    IndexOutOfBounds: 'shown in commands.test.ts: the SDK does not build such a transaction',
    SecondaryIndexOutOfBounds: (tx) => {
      call(tx, 'rules::two');
      call(tx, 'rules::read', [{ $kind: 'NestedResult', NestedResult: [0, 2] }]);
    },
    InvalidResultArity: (tx) => {
      call(tx, 'rules::two');
      call(tx, 'rules::read', [{ $kind: 'Result', Result: 0 }]);
    },
    InvalidGasCoinUsage: (tx) => tx.makeMoveVec({ elements: [tx.gas] }),
    InvalidValueUsage: 'of an older runtime: values of commands are told apart by the kinds below',
    InvalidObjectByValue: (tx) => tx.transferObjects([bench.owned(tx, frozen())], '0x1'),
    InvalidObjectByMutRef: (tx) => call(tx, 'object_basics::set_value', [bench.owned(tx, frozen()), tx.pure.u64(2)]),
    SharedObjectOperationNotAllowed: 'a status of its own since objects are checked at the end of the transaction',
    InvalidArgumentArity: 'of an older runtime: ArityMismatch says it',
    InvalidTransferObject: (tx) => tx.transferObjects([call(tx, 'rules::copyable', [tx.pure.u64(1)])], '0x1'),
    InvalidMakeMoveVecNonObjectArgument: (tx) => tx.makeMoveVec({ elements: [call(tx, 'rules::copyable', [tx.pure.u64(1)])] }),
    ArgumentWithoutValue: (tx) => {
      const potato = call(tx, 'rules::potato', [tx.pure.u64(1)]);
      call(tx, 'rules::eat', [potato]);
      call(tx, 'rules::eat', [potato]);
    },
    CannotMoveBorrowedValue: (tx) => {
      const [part] = tx.splitCoins(tx.gas, [1]);
      tx.mergeCoins(part!, [part!]);
    },
    CannotWriteToExtendedReference: 'no reference outlives a command: functions that return one are refused',
    InvalidReferenceArgument: (tx) => {
      const value = tx.pure.u64(1);
      call(tx, 'rules::same', [value, value]);
    },
    InvalidTxContext: 'the context is put in by the runtime; no argument can stand for it',
  };
  for (const [kind, build] of Object.entries(argumentKinds)) {
    if (typeof build === 'string') continue;
    it(`CommandArgumentError: ${kind}`, async () => {
      const failure = await bench.fail(build);
      expect(failure.error).to.have.nested.property('CommandArgumentError.kind.$kind', kind);
    });
  }

  const typeKinds: Record<'TypeNotFound' | 'ConstraintNotSatisfied', (tx: Transaction) => void> = {
    TypeNotFound: (tx) => call(tx, 'rules::only_copy', [tx.pure.u64(1)], [bench.target('rules::Nope')]),
    ConstraintNotSatisfied: (tx) => call(tx, 'rules::only_copy', [tx.pure.u64(1)], [bench.target('rules::Potato')]),
  };
  for (const [kind, build] of Object.entries(typeKinds)) {
    it(`TypeArgumentError: ${kind}`, async () => {
      const failure = await bench.fail(build);
      expect(failure.error).to.have.nested.property('TypeArgumentError.kind.$kind', kind);
    });
  }

  describe('PackageUpgradeError', () => {
    interface Change {
      readonly target?: string;
      readonly ticketPackage?: string;
      readonly modules?: readonly Uint8Array[];
      readonly digestOf?: readonly Uint8Array[];
      readonly policy?: number;
    }
    /** An upgrade of `base` by a ticket that names `ticketPackage`, with one thing wrong. */
    async function upgrade({ target, ticketPackage, modules = [base], digestOf = modules, policy }: Change): Promise<Failure> {
      const pkg = await bench.net.publishModules([base], FRAMEWORK, bench.signer);
      let cap = pkg.upgradeCapId!;
      if (ticketPackage !== undefined || policy !== undefined) {
        // UpgradeCap { id, package, version, policy }
        const bytes = bcs.struct('Cap', { package: bcs.Address, version: bcs.u64(), policy: bcs.u8() });
        const fields = bytes.serialize({ package: ticketPackage ?? pkg.packageId, version: 1, policy: policy ?? 0 }).toBytes();
        cap = bench.net.mintObject('0x2::package::UpgradeCap', fields, bench.sender).id;
      }
      return bench.fail((tx) => {
        const capArgument = bench.owned(tx, cap);
        const digest = tx.pure.vector('u8', [...packageDigest(digestOf, FRAMEWORK)]);
        const ticket = call(tx, '0x2::package::authorize_upgrade', [capArgument, tx.pure.u8(policy ?? 0), digest]);
        const receipt = tx.upgrade({
          modules: modules.map((module) => Array.from(module)),
          dependencies: FRAMEWORK,
          package: target ?? ticketPackage ?? pkg.packageId,
          ticket,
        });
        call(tx, '0x2::package::commit_upgrade', [capArgument, receipt]);
      });
    }
    const upgrades: Record<(typeof UPGRADE_KINDS)[number], string | (() => Promise<Failure>)> = {
      UnableToFetchPackage: 'a package that does not exist is found out before: the transaction is rejected',
      NotAPackage: 'an object that is no package is found out before: the transaction is rejected',
      IncompatibleUpgrade: async () => upgrade({ modules: (await buildPackage(`${FIXTURES}gas/transfers`)).modules }),
      DigestDoesNotMatch: () => upgrade({ digestOf: [base.slice(1)] }),
      UnknownUpgradePolicy: () => upgrade({ policy: 7 }),
      PackageIDDoesNotMatch: () => upgrade({ target: bench.packageId }),
    };
    for (const kind of UPGRADE_KINDS) {
      const reached = upgrades[kind];
      if (typeof reached === 'string') continue;
      it(kind, async () => {
        const { error } = await reached();
        expect(error).to.have.nested.property('PackageUpgradeError.upgradeError.$kind', kind);
      });
    }
  });
});
