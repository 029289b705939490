/**
 * One step of a ledger as bytes: a transaction with everything it wrote, its checkpoint, and the counters
 * after it. A ledger is its commits in order, so they are both the dump format and what a disk store keeps.
 * BCS; the schema below is the format.
 */
import { bcs } from '@mysten/sui/bcs';
import { bytesToAddress } from '../runtime/bytes.js';
import { fromBase58, digestOf } from '../runtime/digests.js';
import type { GasCostSummary } from '../runtime/gas.js';
import { StoredObject, type MovePackage, type ObjectData } from '../runtime/objects.js';
import { selfAddressOffset } from '../runtime/packages.js';
import { GAS_COIN_TYPE, SUI_TYPE, addressBalanceFieldType, frameworkType, parseType } from '../runtime/type-tags.js';
import { fullAddress } from '../runtime/bytes.js';
import type { Address, MoveType } from '../vm/types.js';
import type { CleverError, EpochInfo } from './types.js';
import type { SealedCheckpoint } from './checkpoints.js';
import { TransactionRecord, typeTextOf } from './transactions.js';

/** Counters of a ledger after a commit. */
export interface LedgerCounters {
  readonly epoch: EpochInfo;
  readonly timestampMs: bigint;
  readonly epochGas: GasCostSummary;
  readonly randomRound: bigint | undefined;
}

export interface Commit extends LedgerCounters {
  /** Undefined for an empty checkpoint. */
  readonly record: TransactionRecord | undefined;
  readonly checkpoint: SealedCheckpoint;
}

/** Bytes are no commit, or do not follow the commits before them. */
export class CorruptCommit extends Error {
  override readonly name = 'CorruptCommit';
}

const Bytes = bcs.byteVector();
const ObjectVersion = bcs.struct('ObjectVersion', { id: bcs.Address, version: bcs.u64() });
const CommitSchema = bcs.struct('Commit', {
  transaction: bcs.option(
    bcs.struct('CommittedTransaction', {
      bytes: Bytes,
      signatures: bcs.vector(Bytes),
      effects: Bytes,
      events: bcs.option(Bytes),
      written: bcs.vector(Bytes),
      removed: bcs.vector(bcs.Address),
      inputs: bcs.vector(ObjectVersion),
      failure: bcs.option(bcs.string()),
    }),
  ),
  checkpointDigest: Bytes,
  checkpointTimestampMs: bcs.u64(),
  endsEpoch: bcs.bool(),
  epoch: bcs.u64(),
  epochStartMs: bcs.u64(),
  firstCheckpoint: bcs.u64(),
  referenceGasPrice: bcs.u64(),
  protocolVersion: bcs.u64(),
  timestampMs: bcs.u64(),
  epochGas: bcs.fixedArray(4, bcs.u64()),
  randomRound: bcs.option(bcs.u64()),
});

interface StoredFailure {
  readonly sentence: string | undefined;
  readonly clever: (Omit<CleverError, 'raw'> & { readonly raw: string | undefined }) | undefined;
}

export function encodeCommit(commit: Commit): Uint8Array {
  const { record, checkpoint, epoch, epochGas } = commit;
  return CommitSchema.serialize({
    transaction: record && {
      bytes: record.bytes,
      signatures: [...record.signatures],
      effects: record.effectsBytes,
      events: record.eventsBytes,
      written: record.outputObjects.map((object) => object.bcs),
      removed: [...record.removedIds],
      inputs: record.inputObjects.map(({ id, version }) => ({ id, version })),
      failure: record.succeeded ? null : JSON.stringify(storedFailure(record)),
    },
    checkpointDigest: checkpoint.digestBytes,
    checkpointTimestampMs: checkpoint.timestampMs,
    endsEpoch: checkpoint.endsEpoch,
    epoch: epoch.epoch,
    epochStartMs: epoch.startTimestampMs,
    firstCheckpoint: epoch.firstCheckpoint,
    referenceGasPrice: epoch.referenceGasPrice,
    protocolVersion: epoch.protocolVersion,
    timestampMs: commit.timestampMs,
    epochGas: [
      epochGas.computationCost,
      epochGas.storageCost,
      epochGas.storageRebate,
      epochGas.nonRefundableStorageFee,
    ],
    randomRound: commit.randomRound,
  }).toBytes();
}

/** What a commit says, before it is put behind the others. */
export interface DecodedCommit extends LedgerCounters {
  readonly transaction: TransactionRecord | undefined;
  readonly checkpointDigest: Uint8Array;
  readonly checkpointTimestampMs: bigint;
  readonly endsEpoch: boolean;
}

/**
 * @param findVersion an object version of an earlier commit
 * @throws CorruptCommit
 */
export function decodeCommit(
  bytes: Uint8Array,
  position: { readonly checkpoint: bigint; readonly index: bigint },
  findVersion: (id: Address, version: bigint) => StoredObject | undefined,
): DecodedCommit {
  let parsed: ReturnType<typeof CommitSchema.parse>;
  try {
    parsed = CommitSchema.parse(bytes);
  } catch (cause) {
    throw new CorruptCommit('the bytes are no commit', { cause });
  }
  const [computationCost, storageCost, storageRebate, nonRefundableStorageFee] = parsed.epochGas.map(BigInt);
  const counters = {
    epoch: {
      epoch: BigInt(parsed.epoch),
      startTimestampMs: BigInt(parsed.epochStartMs),
      firstCheckpoint: BigInt(parsed.firstCheckpoint),
      referenceGasPrice: BigInt(parsed.referenceGasPrice),
      protocolVersion: BigInt(parsed.protocolVersion),
    },
    timestampMs: BigInt(parsed.timestampMs),
    epochGas: {
      computationCost: computationCost!,
      storageCost: storageCost!,
      storageRebate: storageRebate!,
      nonRefundableStorageFee: nonRefundableStorageFee!,
    },
    randomRound: parsed.randomRound === null ? undefined : BigInt(parsed.randomRound),
  };
  const checkpointTimestampMs = BigInt(parsed.checkpointTimestampMs);
  return {
    ...counters,
    transaction: decodeTransaction(parsed.transaction, position, checkpointTimestampMs, findVersion),
    checkpointDigest: parsed.checkpointDigest,
    checkpointTimestampMs,
    endsEpoch: parsed.endsEpoch,
  };
}

function decodeTransaction(
  stored: ReturnType<typeof CommitSchema.parse>['transaction'],
  position: { readonly checkpoint: bigint; readonly index: bigint },
  timestampMs: bigint,
  findVersion: (id: Address, version: bigint) => StoredObject | undefined,
): TransactionRecord | undefined {
  if (!stored) return undefined;
  const failure = stored.failure === null ? undefined : (JSON.parse(stored.failure) as StoredFailure);
  const inputObjects = stored.inputs.map(({ id, version }) => {
    const object = findVersion(id, BigInt(version));
    if (!object) throw new CorruptCommit(`object ${id} at version ${version} is missing`);
    return object;
  });
  return new TransactionRecord({
    digest: digestOf('TransactionData', stored.bytes),
    bytes: stored.bytes,
    signatures: stored.signatures,
    effectsBytes: stored.effects,
    effectsDigest: digestOf('TransactionEffects', stored.effects),
    eventsBytes: stored.events ?? undefined,
    ...position,
    timestampMs,
    inputObjects,
    outputObjects: stored.written.map(decodeObject),
    removedIds: stored.removed,
    succeeded: failure === undefined,
    failureDescription: failure?.sentence,
    cleverError: failure?.clever && restoreCleverError(failure.clever),
  });
}

/** JSON leaves out what is undefined. */
function restoreCleverError(stored: NonNullable<StoredFailure['clever']>): CleverError {
  return {
    errorCode: stored.errorCode,
    lineNumber: stored.lineNumber,
    constantName: stored.constantName,
    constantType: stored.constantType,
    rendered: stored.rendered,
    raw: stored.raw === undefined ? undefined : new Uint8Array(Buffer.from(stored.raw, 'base64')),
  };
}

function storedFailure(record: TransactionRecord): StoredFailure {
  const clever = record.cleverError;
  return {
    sentence: record.failureDescription,
    clever: clever && { ...clever, raw: clever.raw && Buffer.from(clever.raw).toString('base64') },
  };
}

/** An object from its BCS. */
export function decodeObject(bytes: Uint8Array): StoredObject {
  const { data, owner, previousTransaction, storageRebate } = bcs.Object.parse(bytes);
  const previous = fromBase58(previousTransaction);
  const rebate = BigInt(storageRebate);
  if (data.Move) {
    const { type, hasPublicTransfer, version, contents } = data.Move;
    const content: ObjectData = { kind: 'move', type: objectType(type), hasPublicTransfer, contents };
    return new StoredObject(bytesToAddress(contents), BigInt(version), owner, content, previous, rebate);
  }
  const pkg = decodePackage(data.Package);
  return new StoredObject(pkg.storageId, pkg.version, owner, { kind: 'package', package: pkg }, previous, rebate);
}

type PackageData = NonNullable<ReturnType<typeof bcs.Object.parse>['data']['Package']>;
type ObjectTypeData = NonNullable<ReturnType<typeof bcs.Object.parse>['data']['Move']>['type'];

function decodePackage(data: PackageData): MovePackage {
  const modules = new Map([...data.moduleMap].map(([name, bytes]) => [name, Uint8Array.from(bytes)]));
  const [first] = modules.values();
  return {
    storageId: data.id,
    originalId: first ? bytesToAddress(first, selfAddressOffset(first)) : data.id,
    version: BigInt(data.version),
    modules,
    linkage: new Map([...data.linkageTable].map(([original, { upgradedId }]) => [original, upgradedId])),
    linkageVersions: new Map(
      [...data.linkageTable].map(([original, { upgradedVersion }]) => [original, BigInt(upgradedVersion)]),
    ),
    typeOrigins: new Map(
      data.typeOriginTable.map((origin) => [`${origin.moduleName}::${origin.datatypeName}`, origin.package]),
    ),
  };
}

function objectType(type: ObjectTypeData): MoveType {
  switch (type.$kind) {
    case 'Other':
      return parseType(typeTextOf({ struct: type.Other }));
    case 'GasCoin':
      return GAS_COIN_TYPE;
    case 'StakedSui':
      return { kind: 'datatype', address: fullAddress('0x3'), module: 'staking_pool', name: 'StakedSui', typeArguments: [] };
    case 'Coin':
      return frameworkType('coin', 'Coin', [parseType(type.Coin)]);
    case 'AccumulatorBalanceWrapper':
      return addressBalanceFieldType(SUI_TYPE);
    default:
      return type satisfies never;
  }
}
