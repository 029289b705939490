/** Objects that a transaction is about to write or remove, before versions and rebates are known. */
import type { MoveVm } from '../vm/index.js';
import type { Owner } from '../ledger/types.js';
import type { Address, MoveOwner } from '../vm/types.js';
import type { ObjectChange } from './effects.js';
import { storageCost } from './gas.js';
import { gasSizeBytes, owners, type MovePackage, type ObjectData, type StoredObject } from './objects.js';
import type { Outcome } from './object-runtime.js';
import { ABILITY } from './ptb.js';
import { fail } from './status.js';

export interface PendingWrite {
  readonly id: Address;
  readonly data: ObjectData;
  /** An `Owner` is kept as it is; a `MoveOwner` gets its versions at the end. */
  readonly owner: MoveOwner | { readonly kind: 'keep' };
  readonly before: StoredObject | undefined;
}

export interface Removal {
  readonly id: Address;
  readonly before: StoredObject | undefined;
  /** False: wrapped. */
  readonly deleted: boolean;
}

export class WriteSet {
  readonly #vm: MoveVm;
  readonly #writes = new Map<Address, PendingWrite>();
  readonly #removals = new Map<Address, Removal>();
  readonly #created = new Set<Address>();
  #storageFree = false;

  constructor(vm: MoveVm) {
    this.#vm = vm;
  }

  /** The ID came into being in this transaction. */
  create(id: Address): void {
    this.#created.add(id);
  }

  write(outcome: Outcome, before: StoredObject | undefined): void {
    const data: ObjectData = {
      kind: 'move',
      type: outcome.type,
      hasPublicTransfer: (this.#vm.abilities(outcome.type) & ABILITY.store) !== 0,
      contents: outcome.contents,
    };
    this.#writes.set(outcome.id, { id: outcome.id, data, owner: outcome.owner, before });
  }

  /** A mutable input that stays where it is. */
  rewrite(before: StoredObject, contents: Uint8Array): void {
    if (before.data.kind !== 'move') throw new TypeError(`package ${before.id} cannot be a mutable input`);
    const data: ObjectData = { ...before.data, contents };
    this.#writes.set(before.id, { id: before.id, data, owner: { kind: 'keep' }, before });
  }

  publish(pkg: MovePackage): void {
    this.#created.add(pkg.storageId);
    this.#writes.set(pkg.storageId, {
      id: pkg.storageId,
      data: { kind: 'package', package: pkg },
      owner: { kind: 'immutable' },
      before: undefined,
    });
  }

  delete(id: Address, before: StoredObject | undefined): void {
    this.#removals.set(id, { id, before, deleted: true });
  }

  wrap(before: StoredObject): void {
    this.#removals.set(before.id, { id: before.id, before, deleted: false });
  }

  /** Changes the contents of something that will be written; `before` fills in where it was unknown. */
  patch(id: Address, change: (contents: Uint8Array) => Uint8Array, before: StoredObject | undefined): void {
    const write = this.#writes.get(id);
    if (!write || write.data.kind !== 'move') return fail('InvariantViolation', true, `gas coin ${id} is gone`);
    const data: ObjectData = { ...write.data, contents: change(write.data.contents) };
    this.#writes.set(id, { ...write, data, before: write.before ?? before });
  }

  get(id: Address): PendingWrite | undefined {
    return this.#writes.get(id);
  }

  /** Whether the fate of this object is decided already. */
  has(id: Address): boolean {
    return this.#writes.has(id) || this.#removals.has(id);
  }

  entries(): PendingWrite[] {
    return [...this.#writes.values()];
  }

  removals(): Removal[] {
    return [...this.#removals.values()];
  }

  isCreated(id: Address): boolean {
    return this.#created.has(id);
  }

  /** IDs that came into being and are no object of their own: wrapped at once. */
  createdWithoutWrite(): Address[] {
    return [...this.#created].filter((id) => !this.has(id));
  }

  /** Rebates of everything that is overwritten or removed. */
  oldRebates(): bigint {
    let total = 0n;
    for (const { before } of this.#writes.values()) total += before?.storageRebate ?? 0n;
    for (const { before } of this.#removals.values()) total += before?.storageRebate ?? 0n;
    return total;
  }

  /** Storage could not be paid: written objects carry no rebate. */
  forgetStorageCost(): void {
    this.#storageFree = true;
  }

  storageCostOf(write: PendingWrite): bigint {
    return this.#storageFree ? 0n : storageCost(gasSizeBytes(write.data));
  }
}

/** Owner with its versions: re-shared objects and unchanged party owners keep theirs. */
export function resolveOwner(owner: PendingWrite['owner'], before: StoredObject | undefined, lamport: bigint): Owner {
  switch (owner.kind) {
    case 'keep':
      return before!.owner;
    case 'address':
      return owners.address(owner.address);
    case 'object':
      return owners.object(owner.parent);
    case 'immutable':
      return owners.immutable;
    case 'shared':
      return before?.owner.Shared ? before.owner : owners.shared(lamport);
    case 'consensusAddress':
      return before?.owner.ConsensusAddressOwner?.owner === owner.address
        ? before.owner
        : owners.consensusAddress(lamport, owner.address);
  }
}

/** Value of a `Coin`: bytes 32–39 of its contents. */
export function readCoinBalance(contents: Uint8Array): bigint {
  return new DataView(contents.buffer, contents.byteOffset, contents.byteLength).getBigUint64(32, true);
}

export function withCoinBalance(contents: Uint8Array, balance: bigint): Uint8Array {
  const copy = new Uint8Array(contents);
  new DataView(copy.buffer).setBigUint64(32, balance, true);
  return copy;
}

/** Entries of the effects; `written` are the final objects in the order of `writes.entries()`. */
export function changesOf(writes: WriteSet, written: readonly StoredObject[]): ObjectChange[] {
  const changes: ObjectChange[] = [];
  const entries = writes.entries();
  written.forEach((object, index) => {
    const { before, data } = entries[index]!;
    changes.push({
      id: object.id,
      before: before && { version: before.version, digest: before.digestBytes, owner: before.owner },
      after:
        data.kind === 'package'
          ? { kind: 'package', version: object.version, digest: object.digestBytes }
          : { kind: 'object', digest: object.digestBytes, owner: object.owner },
      idOperation: writes.isCreated(object.id) ? 'created' : 'none',
    });
  });
  for (const { id, before, deleted } of writes.removals()) {
    changes.push({
      id,
      before: before && { version: before.version, digest: before.digestBytes, owner: before.owner },
      after: { kind: 'notExist' },
      idOperation: deleted ? 'deleted' : 'none',
    });
  }
  for (const id of writes.createdWithoutWrite()) {
    changes.push({ id, before: undefined, after: { kind: 'notExist' }, idOperation: 'created' });
  }
  return changes;
}
