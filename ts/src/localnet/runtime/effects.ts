/**
 * Transaction effects V2: BCS of sui.md §3 and the events that go with them. Changes are given sorted or
 * not; the writer sorts.
 */
import type { LedgerEvent, Owner } from '../ledger/types.js';
import type { Address, MoveType } from '../vm/types.js';
import { BcsWriter, compareBytes } from './bytes.js';
import type { GasCostSummary } from './gas.js';
import { writeOwner } from './objects.js';
import { failureStatusBytes, type ExecutionFailureStatus } from './status.js';
import { parseType, writeStructTag, writeTypeTag } from './type-tags.js';

/** State of an object before the transaction. */
export interface ObjectBefore {
  readonly version: bigint;
  readonly digest: Uint8Array;
  readonly owner: Owner;
}

export type ObjectAfter =
  | { readonly kind: 'notExist' }
  | { readonly kind: 'object'; readonly digest: Uint8Array; readonly owner: Owner }
  | { readonly kind: 'package'; readonly version: bigint; readonly digest: Uint8Array }
  | {
      readonly kind: 'accumulator';
      readonly address: Address;
      /** `Balance<T>`. */
      readonly type: MoveType;
      readonly operation: 'merge' | 'split';
      readonly amount: bigint;
    };

export interface ObjectChange {
  readonly id: Address;
  readonly before: ObjectBefore | undefined;
  readonly after: ObjectAfter;
  readonly idOperation: 'none' | 'created' | 'deleted';
}

/** A consensus object that was read and not changed. */
export interface UnchangedConsensusObject {
  readonly id: Address;
  /** Absent: the per-epoch configuration (deny list). */
  readonly root?: { readonly version: bigint; readonly digest: Uint8Array };
}

export interface EffectsParts {
  readonly failure: { readonly error: ExecutionFailureStatus; readonly command: number | undefined } | undefined;
  readonly executedEpoch: bigint;
  readonly gas: GasCostSummary;
  readonly transactionDigest: Uint8Array;
  readonly gasObject: Address | undefined;
  readonly eventsDigest: Uint8Array | undefined;
  /** Digests of 32 bytes, any order, duplicates allowed. */
  readonly dependencies: readonly Uint8Array[];
  readonly lamportVersion: bigint;
  readonly changes: readonly ObjectChange[];
  readonly unchangedConsensus: readonly UnchangedConsensusObject[];
}

const ID_OPERATIONS = { none: 0, created: 1, deleted: 2 } as const;

/** BCS of `TransactionEffects::V2`. */
export function effectsBytes(parts: EffectsParts): Uint8Array {
  const writer = new BcsWriter(1024);
  writer.u8(1);
  if (parts.failure) {
    writer.u8(1).raw(failureStatusBytes(parts.failure.error));
    writer.option(parts.failure.command, (command) => writer.u64(BigInt(command)));
  } else writer.u8(0);
  writer.u64(parts.executedEpoch);
  writer.u64(parts.gas.computationCost).u64(parts.gas.storageCost);
  writer.u64(parts.gas.storageRebate).u64(parts.gas.nonRefundableStorageFee);
  writer.byteVector(parts.transactionDigest);
  const changes = [...parts.changes].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const gasIndex = parts.gasObject === undefined ? -1 : changes.findIndex((change) => change.id === parts.gasObject);
  writer.option(gasIndex < 0 ? undefined : gasIndex, (index) => writer.u32(index));
  writer.option(parts.eventsDigest, (digest) => writer.byteVector(digest));
  writer.vector(sortedDigests(parts.dependencies), (digest) => writer.byteVector(digest));
  writer.u64(parts.lamportVersion);
  writer.vector(changes, (change) => writeChange(writer, change));
  const unchanged = [...parts.unchangedConsensus].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  writer.vector(unchanged, (object) => {
    writer.address(object.id);
    if (object.root) writer.u8(0).u64(object.root.version).byteVector(object.root.digest);
    else writer.u8(4);
  });
  writer.u8(0);
  return writer.finish();
}

function sortedDigests(digests: readonly Uint8Array[]): Uint8Array[] {
  const sorted = [...digests].sort(compareBytes);
  return sorted.filter((digest, i) => i === 0 || compareBytes(digest, sorted[i - 1]!) !== 0);
}

function writeChange(writer: BcsWriter, change: ObjectChange): void {
  writer.address(change.id);
  if (change.before) {
    writer.u8(1).u64(change.before.version).byteVector(change.before.digest);
    writeOwner(writer, change.before.owner);
  } else writer.u8(0);
  const after = change.after;
  switch (after.kind) {
    case 'notExist':
      writer.u8(0);
      break;
    case 'object':
      writer.u8(1).byteVector(after.digest);
      writeOwner(writer, after.owner);
      break;
    case 'package':
      writer.u8(2).u64(after.version).byteVector(after.digest);
      break;
    case 'accumulator':
      writer.u8(3).address(after.address);
      writeTypeTag(writer, after.type);
      writer.u8(after.operation === 'merge' ? 0 : 1).u8(0).u64(after.amount);
      break;
  }
  writer.u8(ID_OPERATIONS[change.idOperation]);
}

/** BCS of `TransactionEvents`. */
export function eventsBytes(events: readonly LedgerEvent[]): Uint8Array {
  const writer = new BcsWriter(1024);
  writer.vector(events, (event) => {
    writer.address(event.packageId).string(event.module).address(event.sender);
    const type = parseType(event.type);
    if (type.kind !== 'datatype') throw new TypeError(`not the type of an event: ${event.type}`);
    writeStructTag(writer, type);
    writer.byteVector(event.contents);
  });
  return writer.finish();
}
