/** Objects, effects and statuses in BCS, against the SDK's schemas. */
import { expect } from 'chai';
import fc from 'fast-check';
import { bcs } from '@mysten/sui/bcs';
import { effectsBytes, type EffectsParts, type ObjectChange } from '../../../src/localnet/runtime/effects.js';
import { StoredObject, owners } from '../../../src/localnet/runtime/objects.js';
import { failureStatus, type ExecutionFailureStatus } from '../../../src/localnet/runtime/status.js';
import { parseType } from '../../../src/localnet/runtime/type-tags.js';
import { bytesToAddress } from '../../../src/localnet/runtime/bytes.js';
import { toBase58 } from '../../../src/localnet/runtime/digests.js';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const address = bytes32.map((bytes) => bytesToAddress(bytes));
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const owner = fc.oneof(
  address.map(owners.address),
  address.map(owners.object),
  u64.map(owners.shared),
  fc.constant(owners.immutable),
  fc.tuple(u64, address).map(([version, a]) => owners.consensusAddress(version, a)),
);
const location = {
  module: { address: '0x' + '7'.repeat(64), name: 'm' },
  function: 3,
  instruction: 9,
  functionName: 'f',
};
const big = { objectSize: '5', maxObjectSize: '4' };
const sized = { currentSize: '5', maxSize: '4' };
const vector = { valueSize: '5', maxScaledSize: '4' };
const id = '0x' + '6'.repeat(64);
const argumentError = (kind: string, fields: unknown = true) =>
  failureStatus('CommandArgumentError', { argIdx: 2, kind: { $kind: kind, [kind]: fields } });
const upgradeError = (kind: string, fields: unknown = true) =>
  failureStatus('PackageUpgradeError', { upgradeError: { $kind: kind, [kind]: fields } });

const STATUSES: ExecutionFailureStatus[] = [
  ...(
    [
      'InsufficientGas', 'InvalidGasObject', 'InvariantViolation', 'FeatureNotYetSupported', 'InsufficientCoinBalance',
      'CoinBalanceOverflow', 'PublishErrorNonZeroAddress', 'SuiMoveVerificationError',
      'VMVerificationOrDeserializationError', 'VMInvariantViolation', 'FunctionNotFound', 'ArityMismatch',
      'TypeArityMismatch', 'NonEntryFunctionInvoked', 'InvalidTransferObject', 'PublishUpgradeMissingDependency',
      'PublishUpgradeDependencyDowngrade', 'CertificateDenied', 'SuiMoveVerificationTimedout',
      'SharedObjectOperationNotAllowed', 'InputObjectDeleted', 'ExecutionCancelledDueToRandomnessUnavailable',
      'InvalidLinkage', 'InsufficientBalanceForWithdraw',
    ] as const
  ).map((kind) => failureStatus(kind)),
  failureStatus('MoveObjectTooBig', big),
  failureStatus('MovePackageTooBig', big),
  failureStatus('CircularObjectOwnership', { object: id }),
  failureStatus('MovePrimitiveRuntimeError', location),
  failureStatus('MoveAbort', [location, '77']),
  failureStatus('TypeArgumentError', { argumentIdx: 1, kind: { $kind: 'TypeNotFound', TypeNotFound: true } }),
  failureStatus('UnusedValueWithoutDrop', { resultIdx: 1, secondaryIdx: 2 }),
  failureStatus('InvalidPublicFunctionReturnType', { idx: 3 }),
  failureStatus('EffectsTooLarge', sized),
  failureStatus('WrittenObjectsTooLarge', sized),
  failureStatus('ExecutionCancelledDueToSharedObjectCongestion', { congested_objects: [id] }),
  failureStatus('AddressDeniedForCoin', { address: id, coinType: '0x2::sui::SUI' }),
  failureStatus('CoinTypeGlobalPause', { coinType: '0x2::sui::SUI' }),
  failureStatus('MoveVectorElemTooBig', vector),
  failureStatus('MoveRawValueTooBig', vector),
  failureStatus('NonExclusiveWriteInputObjectModified', { id }),
  argumentError('TypeMismatch'),
  argumentError('IndexOutOfBounds', { idx: 4 }),
  argumentError('SecondaryIndexOutOfBounds', { resultIdx: 4, secondaryIdx: 5 }),
  argumentError('InvalidResultArity', { resultIdx: 4 }),
  argumentError('InvalidTxContext'),
  upgradeError('UnableToFetchPackage', { packageId: id }),
  upgradeError('NotAPackage', { objectId: id }),
  upgradeError('IncompatibleUpgrade'),
  upgradeError('UnknownUpgradePolicy', { policy: 3 }),
  upgradeError('PackageIDDoesNotMatch', { packageId: id, ticketId: id }),
];

const change: fc.Arbitrary<ObjectChange> = fc.record({
  id: address,
  before: fc.option(fc.record({ version: u64, digest: bytes32, owner }), { nil: undefined }),
  after: fc.oneof(
    fc.constant({ kind: 'notExist' as const }),
    fc.record({ kind: fc.constant('object' as const), digest: bytes32, owner }),
    fc.record({ kind: fc.constant('package' as const), version: u64, digest: bytes32 }),
    fc.record({
      kind: fc.constant('accumulator' as const),
      address,
      type: fc.constant(parseType('0x2::balance::Balance<0x2::sui::SUI>')),
      operation: fc.constantFrom('merge' as const, 'split' as const),
      amount: u64,
    }),
  ),
  idOperation: fc.constantFrom('none' as const, 'created' as const, 'deleted' as const),
});

const parts: fc.Arbitrary<EffectsParts> = fc.record({
  failure: fc.option(
    fc.record({ error: fc.constantFrom(...STATUSES), command: fc.option(fc.nat(1023), { nil: undefined }) }),
    { nil: undefined },
  ),
  executedEpoch: u64,
  gas: fc.record({ computationCost: u64, storageCost: u64, storageRebate: u64, nonRefundableStorageFee: u64 }),
  transactionDigest: bytes32,
  gasObject: fc.constant(undefined),
  eventsDigest: fc.option(bytes32, { nil: undefined }),
  dependencies: fc.array(bytes32, { maxLength: 4 }),
  lamportVersion: u64,
  changes: fc.array(change, { maxLength: 5 }),
  unchangedConsensus: fc.array(
    fc.oneof(fc.record({ id: address }), fc.record({ id: address, root: fc.record({ version: u64, digest: bytes32 }) })),
    { maxLength: 3 },
  ),
});

describe('effects', () => {
  it('read back by the SDK, byte for byte', () => {
    fc.assert(
      fc.property(parts, (value) => {
        const bytes = effectsBytes(value);
        const parsed = bcs.TransactionEffects.parse(bytes);
        expect(Buffer.compare(bcs.TransactionEffects.serialize(parsed).toBytes(), bytes)).to.equal(0);
        const effects = parsed.V2!;
        expect(effects.transactionDigest).to.equal(toBase58(value.transactionDigest));
        expect(effects.lamportVersion).to.equal(value.lamportVersion.toString());
        expect(effects.changedObjects.map(([changed]) => changed)).to.deep.equal(
          value.changes.map((entry) => entry.id).sort(),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('carry every status as it was given', () => {
    const [sample] = fc.sample(parts, 1);
    for (const error of STATUSES) {
      const bytes = effectsBytes({ ...sample!, failure: { error, command: 1 } });
      expect(bcs.TransactionEffects.parse(bytes).V2!.status).to.deep.equal({
        $kind: 'Failure',
        Failure: { error, command: '1' },
      });
    }
  });

  it('carry a run-time error without location', () => {
    const [sample] = fc.sample(parts, 1);
    const error = failureStatus('MovePrimitiveRuntimeError', null);
    const bytes = effectsBytes({ ...sample!, failure: { error, command: 1 } });
    // The SDK reads the missing location as `true` and cannot write that back; the bytes are index 11, none.
    expect([...bytes.subarray(0, 4)]).to.deep.equal([1, 1, 11, 0]);
    expect(bcs.TransactionEffects.parse(bytes).V2!.status.Failure!.error.$kind).to.equal('MovePrimitiveRuntimeError');
  });

  it('sort and deduplicate dependencies', () => {
    const [sample] = fc.sample(parts, 1);
    const a = new Uint8Array(32).fill(1);
    const b = new Uint8Array(32).fill(2);
    const effects = bcs.TransactionEffects.parse(effectsBytes({ ...sample!, dependencies: [b, a, b] })).V2!;
    expect(effects.dependencies).to.deep.equal([toBase58(a), toBase58(b)]);
  });
});

describe('objects', () => {
  const types = [
    '0x2::coin::Coin<0x2::sui::SUI>',
    '0x3::staking_pool::StakedSui',
    '0x2::coin::Coin<0x7::m::T<u8>>',
    '0x7::m::Object<vector<u8>>',
  ];
  it('read back by the SDK, byte for byte', () => {
    fc.assert(
      fc.property(
        fc.tuple(address, u64, owner, fc.constantFrom(...types), fc.boolean(), fc.uint8Array(), bytes32, u64),
        ([objectId, version, objectOwner, type, hasPublicTransfer, contents, previous, rebate]) => {
          const object = new StoredObject(
            objectId,
            version,
            objectOwner,
            { kind: 'move', type: parseType(type), hasPublicTransfer, contents },
            previous,
            rebate,
          );
          const parsed = bcs.Object.parse(object.bcs);
          expect(Buffer.compare(bcs.Object.serialize(parsed).toBytes(), object.bcs)).to.equal(0);
          expect(parsed.owner).to.deep.equal(objectOwner);
          expect(parsed.data.Move!.version).to.equal(version.toString());
          const kind = parsed.data.Move!.type.$kind;
          expect(kind).to.equal(['GasCoin', 'StakedSui', 'Coin', 'Other'][types.indexOf(type)]);
        },
      ),
    );
  });

  it('have the sizes of the gas sheet', () => {
    const coin = (type: string) =>
      new StoredObject(id, 1n, owners.address(id), {
        kind: 'move',
        type: parseType(type),
        hasPublicTransfer: true,
        contents: new Uint8Array(40),
      }, new Uint8Array(32), 0n).gasSizeBytes;
    expect(coin('0x2::coin::Coin<0x2::sui::SUI>')).to.equal(130);
    expect(coin('0x7::object_basics::Object')).to.equal(184);
    expect(coin('0x2::coin::Coin<0x7::fake::FAKE>')).to.equal(174);
  });
});
