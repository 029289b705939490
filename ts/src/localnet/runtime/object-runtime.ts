/**
 * What natives may do to objects during one transaction, and what became of every object at its end
 * (sui-execution.md §2.8, sui.md §2.3–2.5). Nothing reaches the store from here: `finish` answers a list.
 */
import type {
  Address,
  ChildLookup,
  MoveOwner,
  MoveStruct,
  MoveType,
  MoveValue,
  ObjectRuntime,
} from '../vm/types.js';
import { ObjectLimitReached } from '../vm/index.js';
import { bytesEqual, fullAddress } from './bytes.js';
import { deriveObjectId } from './digests.js';
import { limits } from './limits.js';
import type { StoredObject } from './objects.js';
import { fail } from './status.js';
import { typesEqual } from './type-tags.js';

/** The part of the VM that values need to become bytes and back. */
export interface ValueCodec {
  serialize(type: MoveType, value: MoveValue): Uint8Array;
  deserialize(type: MoveType, bytes: Uint8Array): MoveValue;
}

/** Latest live version of an object. */
export interface ObjectReader {
  readObject(id: Address): StoredObject | undefined;
}

/** Facts about the transaction that Move code may ask for. */
export interface TransactionFacts {
  readonly sender: Address;
  readonly sponsor: Address | undefined;
  readonly epoch: bigint;
  readonly epochTimestampMs: bigint;
  readonly referenceGasPrice: bigint;
  readonly gasPrice: bigint;
  readonly gasBudget: bigint;
  /** 32 bytes. */
  readonly txDigest: Uint8Array;
}

/** An event with the module that the transaction called. */
export interface EmittedEvent {
  readonly type: MoveType;
  readonly contents: Uint8Array;
  readonly packageId: Address;
  readonly module: string;
}

/** A deposit to (positive) or withdrawal from (negative) an address balance. */
export interface FundsChange {
  readonly accumulator: Address;
  readonly owner: Address;
  /** `Balance<T>`. */
  readonly type: MoveType;
  readonly amount: bigint;
}

/** An object that the transaction leaves behind with new contents or a new owner. */
export interface Outcome {
  readonly id: Address;
  readonly type: MoveType;
  readonly owner: MoveOwner;
  readonly contents: Uint8Array;
}

export interface ObjectResults {
  readonly outcomes: ReadonlyMap<Address, Outcome>;
  /** Objects that existed before and are gone: their UID was deleted. */
  readonly deleted: ReadonlySet<Address>;
  /** Objects that existed before and now live inside another one. */
  readonly wrapped: ReadonlySet<Address>;
  /** IDs created here and not deleted again. */
  readonly createdIds: ReadonlySet<Address>;
  /** Every object that existed before and was taken, changed or received. */
  readonly loaded: ReadonlyMap<Address, StoredObject>;
  readonly received: ReadonlySet<Address>;
}

interface Child {
  readonly parent: Address;
  readonly type: MoveType;
  /** Undefined after removal. */
  value: MoveValue | undefined;
}

interface Transfer {
  readonly type: MoveType;
  readonly value: MoveValue;
  readonly owner: MoveOwner;
}

/** Singletons of the framework that may be shared although they exist already. */
const FRAMEWORK_SINGLETONS: ReadonlySet<Address> = new Set(
  ['0x5', '0x6', '0x7', '0x8', '0x9', '0xa', '0xc', '0xd', '0x403', '0xacc'].map(fullAddress),
);

const E_SHARED_NON_NEW_OBJECT = 0n;
const E_RECEIVING_TYPE_MISMATCH = 2n;
const E_UNABLE_TO_RECEIVE = 3n;

/** ID of an object value: field 0 is `UID { id: ID { bytes } }`. */
export function objectIdOf(value: MoveValue): Address {
  const uid = (value as MoveStruct)['f0'] as MoveStruct;
  return (uid['f0'] as MoveStruct)['f0'] as Address;
}

export class TransactionObjects implements ObjectRuntime {
  readonly sender: Address;
  readonly sponsor: Address | undefined;
  readonly epoch: bigint;
  readonly epochTimestampMs: bigint;
  readonly referenceGasPrice: bigint;
  readonly gasPrice: bigint;
  readonly gasBudget: bigint;
  readonly txDigest: Uint8Array;
  readonly events: EmittedEvent[] = [];
  readonly fundsChanges: FundsChange[] = [];
  readonly debugOutput: string[] = [];

  readonly #reader: ObjectReader;
  readonly #codec: ValueCodec;
  readonly #features: ReadonlySet<string>;
  /** Inputs of the transaction by ID. */
  readonly #inputs = new Map<Address, StoredObject>();
  readonly #loaded = new Map<Address, StoredObject>();
  /** Loaded objects whose value left its place (input by value, child removed, received). */
  readonly #taken = new Set<Address>();
  readonly #received = new Set<Address>();
  readonly #newIds = new Set<Address>();
  readonly #deletedIds = new Set<Address>();
  readonly #transfers = new Map<Address, Transfer>();
  readonly #children = new Map<Address, Child>();
  /** Fields that the store was asked for. */
  readonly #asked = new Set<Address>();
  #counter = 0n;
  #eventsSizeBytes = 0;
  #eventPackage: Address = fullAddress('0x2');
  #eventModule = '';

  constructor(facts: TransactionFacts, reader: ObjectReader, codec: ValueCodec, features: ReadonlySet<string>) {
    this.sender = facts.sender;
    this.sponsor = facts.sponsor;
    this.epoch = facts.epoch;
    this.epochTimestampMs = facts.epochTimestampMs;
    this.referenceGasPrice = facts.referenceGasPrice;
    this.gasPrice = facts.gasPrice;
    this.gasBudget = facts.gasBudget;
    this.txDigest = facts.txDigest;
    this.#reader = reader;
    this.#codec = codec;
    this.#features = features;
  }

  get idsCreated(): bigint {
    return this.#counter;
  }

  /** Events from now on belong to this module: the one a MoveCall names, or whose `init` runs. */
  setEventModule(packageId: Address, module: string): void {
    this.#eventPackage = packageId;
    this.#eventModule = module;
  }

  /** Declares an input object, so that re-sharing and re-owning know what it was. */
  declareInput(object: StoredObject): void {
    this.#inputs.set(object.id, object);
  }

  /** The value of an input object leaves its place. */
  takeInput(object: StoredObject): void {
    this.#loaded.set(object.id, object);
    this.#taken.add(object.id);
  }

  freshId(): Address {
    const id = deriveObjectId(this.txDigest, this.#counter);
    this.#counter += 1n;
    this.recordNewUid(id);
    return id;
  }

  recordNewUid(id: Address): void {
    // A derived or dynamic-field ID may come back after its object was deleted in this very transaction.
    if (!this.#deletedIds.delete(id)) this.#newIds.add(id);
    if (this.#newIds.size > limits.newIds) throw new ObjectLimitReached('newIds', `creating more than ${limits.newIds} IDs`);
  }

  deleteUid(id: Address): void {
    if (!this.#newIds.delete(id)) this.#deletedIds.add(id);
    if (this.#deletedIds.size > limits.deletedIds) throw new ObjectLimitReached('deletedIds', `deleting more than ${limits.deletedIds} IDs`);
  }

  /** Whether the ID was created in this transaction. */
  isNew(id: Address): boolean {
    return this.#newIds.has(id);
  }

  transferObject(type: MoveType, value: MoveValue, owner: MoveOwner): bigint | undefined {
    const id = objectIdOf(value);
    if (owner.kind === 'shared' && !this.#newIds.has(id) && !FRAMEWORK_SINGLETONS.has(id)) {
      if (this.#inputs.get(id)?.owner.Shared === undefined) return E_SHARED_NON_NEW_OBJECT;
    }
    this.#transfers.set(id, { type, value, owner });
    if (this.#transfers.size > limits.transferredIds) throw new ObjectLimitReached('transferredIds', `transferring more than ${limits.transferredIds} objects`);
    return undefined;
  }

  receiveObject(type: MoveType, parent: Address, id: Address, version: bigint): MoveValue | bigint {
    const object = this.#reader.readObject(id);
    if (!object || object.version !== version || object.owner.AddressOwner !== parent || this.#received.has(id)) {
      return E_UNABLE_TO_RECEIVE;
    }
    if (object.data.kind !== 'move' || !typesEqual(object.data.type, type)) return E_RECEIVING_TYPE_MISMATCH;
    this.#received.add(id);
    this.takeInput(object);
    return this.#codec.deserialize(type, object.data.contents);
  }

  emitEvent(type: MoveType, contents: Uint8Array, size: number): void {
    this.#eventsSizeBytes += size;
    if (this.#eventsSizeBytes > limits.eventsTotalSizeBytes) {
      throw new ObjectLimitReached('eventsTotalSize', `events of ${this.#eventsSizeBytes} bytes in all`);
    }
    this.events.push({ type, contents, packageId: this.#eventPackage, module: this.#eventModule });
  }

  addChild(parent: Address, id: Address, type: MoveType, value: MoveValue): boolean {
    if (this.#lookup(parent, id)) return false;
    this.#transfers.delete(id);
    this.#children.set(id, { parent, type, value });
    return true;
  }

  borrowChild(parent: Address, id: Address, type: MoveType): ChildLookup {
    const child = this.#lookup(parent, id);
    if (!child) return { status: 'missing' };
    if (!typesEqual(child.type, type)) return { status: 'typeMismatch' };
    return { status: 'found', value: child.value! };
  }

  removeChild(parent: Address, id: Address, type: MoveType): ChildLookup {
    const found = this.borrowChild(parent, id, type);
    if (found.status === 'found') {
      this.#children.get(id)!.value = undefined;
      if (this.#loaded.has(id)) this.#taken.add(id);
    }
    return found;
  }

  hasChild(parent: Address, id: Address, type: MoveType | undefined): boolean {
    const cached = this.#children.get(id);
    if (cached?.value !== undefined && cached.parent === parent) {
      return type === undefined || typesEqual(cached.type, type);
    }
    if (cached || this.#taken.has(id)) return false;
    const object = this.#readChild(id);
    if (object?.owner.ObjectOwner !== parent || object.data.kind !== 'move') return false;
    return type === undefined || typesEqual(object.data.type, type);
  }

  depositFunds(accumulator: Address, owner: Address, type: MoveType, value: MoveValue): void {
    const amount = (value as MoveStruct)['f0'] as bigint;
    this.fundsChanges.push({ accumulator, owner, type, amount });
  }

  withdrawFunds(accumulator: Address, owner: Address, type: MoveType, amount: bigint): MoveValue | bigint {
    this.fundsChanges.push({ accumulator, owner, type, amount: -amount });
    return { f0: amount };
  }

  isFeatureEnabled(name: string): boolean {
    return this.#features.has(name);
  }

  debugPrint(text: string): void {
    this.debugOutput.push(text);
  }

  /** Asks the store for a field, there or not; each ID counts once. */
  #readChild(id: Address): StoredObject | undefined {
    if (!this.#asked.has(id) && this.#asked.size >= limits.childObjectCacheEntries) {
      throw new ObjectLimitReached('cachedObjects', `more than ${limits.childObjectCacheEntries} dynamic fields`);
    }
    this.#asked.add(id);
    return this.#reader.readObject(id);
  }

  /** A live child, loaded from the store on first use. */
  #lookup(parent: Address, id: Address): Child | undefined {
    const cached = this.#children.get(id);
    if (cached?.value !== undefined && cached.parent === parent) return cached;
    if (cached || this.#taken.has(id) || this.#newIds.has(id)) return undefined;
    const object = this.#readChild(id);
    if (object?.owner.ObjectOwner !== parent || object.data.kind !== 'move') return undefined;
    const child: Child = {
      parent,
      type: object.data.type,
      value: this.#codec.deserialize(object.data.type, object.data.contents),
    };
    this.#children.set(id, child);
    this.#loaded.set(id, object);
    return child;
  }

  /** What became of the objects. Outcomes of inputs that stayed in place are the caller's business. */
  finish(): ObjectResults {
    const outcomes = new Map<Address, Outcome>();
    for (const [id, transfer] of this.#transfers) {
      if (this.#deletedIds.has(id)) continue;
      outcomes.set(id, this.#outcome(id, transfer.type, transfer.owner, transfer.value));
    }
    for (const [id, child] of this.#children) {
      if (child.value === undefined || outcomes.has(id)) continue;
      const outcome = this.#outcome(id, child.type, { kind: 'object', parent: child.parent }, child.value);
      const before = this.#loaded.get(id);
      const unchanged =
        before?.owner.ObjectOwner === child.parent &&
        before.contents !== undefined &&
        bytesEqual(before.contents, outcome.contents);
      if (unchanged) {
        this.#taken.delete(id);
        this.#loaded.delete(id);
      } else outcomes.set(id, outcome);
    }
    const wrapped = new Set<Address>();
    for (const id of this.#taken) {
      if (!outcomes.has(id) && !this.#deletedIds.has(id)) wrapped.add(id);
    }
    for (const [id] of this.#loaded) {
      if (!outcomes.has(id) && !this.#deletedIds.has(id) && !wrapped.has(id)) this.#loaded.delete(id);
    }
    for (const id of this.#deletedIds) this.#loadDeleted(id);
    this.#checkSharedInputs(outcomes);
    this.#checkCycles(outcomes);
    return {
      outcomes,
      deleted: this.#deletedIds,
      wrapped,
      createdIds: this.#newIds,
      loaded: this.#loaded,
      received: this.#received,
    };
  }

  #outcome(id: Address, type: MoveType, owner: MoveOwner, value: MoveValue): Outcome {
    const contents = this.#codec.serialize(type, value);
    return { id, type, owner, contents };
  }

  /** A UID can be deleted without its object having been read through this runtime (an input by value). */
  #loadDeleted(id: Address): void {
    if (this.#loaded.has(id)) return;
    const input = this.#inputs.get(id);
    if (input) this.#loaded.set(id, input);
  }

  /** A shared object taken by value ends up shared or deleted, nothing else. */
  #checkSharedInputs(outcomes: ReadonlyMap<Address, Outcome>): void {
    for (const id of this.#taken) {
      if (this.#inputs.get(id)?.owner.Shared === undefined || this.#deletedIds.has(id)) continue;
      if (outcomes.get(id)?.owner.kind !== 'shared') fail('SharedObjectOperationNotAllowed');
    }
  }

  /** An object must not own itself through a chain of parents. */
  #checkCycles(outcomes: ReadonlyMap<Address, Outcome>): void {
    for (const start of outcomes.values()) {
      const seen = new Set<Address>([start.id]);
      let current: Outcome | undefined = start;
      while (current?.owner.kind === 'object') {
        const parent: Address = current.owner.parent;
        if (seen.has(parent)) fail('CircularObjectOwnership', { object: parent });
        seen.add(parent);
        current = outcomes.get(parent);
      }
    }
  }
}
