/**
 * Objects of one network: latest versions, their history, and the indices by owner, by parent and by
 * type. Everything is in persistent maps, so a snapshot is a handful of pointers.
 */
import type { Address } from '../vm/types.js';
import type { StoredObject } from '../runtime/objects.js';
import type { Owner } from './types.js';
import { PersistentMap, type FrozenMap } from './persistent-map.js';

/** One version of an object and a way back to the earlier ones. */
interface ObjectRecord {
  /** Undefined: deleted or wrapped at this point. */
  readonly object: StoredObject | undefined;
  readonly previous: ObjectRecord | undefined;
}

/** IDs under one key: an own small map, frozen together with the store. */
type IdSet = FrozenMap<true>;

export interface ObjectStoreSnapshot {
  readonly records: FrozenMap<ObjectRecord>;
  readonly byOwner: FrozenMap<IdSet>;
  readonly byParent: FrozenMap<IdSet>;
  readonly byType: FrozenMap<IdSet>;
}

export class ObjectStore {
  readonly #records = new PersistentMap<ObjectRecord>();
  readonly #byOwner = new IdIndex();
  readonly #byParent = new IdIndex();
  readonly #byType = new IdIndex();

  snapshot(): ObjectStoreSnapshot {
    return {
      records: this.#records.freeze(),
      byOwner: this.#byOwner.freeze(),
      byParent: this.#byParent.freeze(),
      byType: this.#byType.freeze(),
    };
  }

  revert(snapshot: ObjectStoreSnapshot): void {
    this.#records.restore(snapshot.records);
    this.#byOwner.restore(snapshot.byOwner);
    this.#byParent.restore(snapshot.byParent);
    this.#byType.restore(snapshot.byType);
  }

  /** Latest live version. */
  readObject(id: Address): StoredObject | undefined {
    return this.#records.get(id)?.object;
  }

  /** A version that existed, live or not. */
  readVersion(id: Address, version: bigint): StoredObject | undefined {
    for (let record = this.#records.get(id); record; record = record.previous) {
      if (record.object?.version === version) return record.object;
    }
    return undefined;
  }

  /** Whether an object with this ID existed at some time and exists no more. */
  wasRemoved(id: Address): boolean {
    const record = this.#records.get(id);
    return record !== undefined && record.object === undefined;
  }

  write(object: StoredObject): void {
    const record = this.#records.get(object.id);
    const before = record?.object;
    this.#records.set(object.id, { object, previous: record });
    if (before?.owner !== object.owner) {
      if (before) this.#unindexOwner(before);
      this.#indexOwner(object);
    }
    if (!before) this.#byType.add(object.type, object.id);
  }

  remove(id: Address): void {
    const record = this.#records.get(id);
    if (!record?.object) return;
    this.#unindexOwner(record.object);
    this.#byType.remove(record.object.type, id);
    this.#records.set(id, { object: undefined, previous: record });
  }

  owned(owner: Address): Iterable<StoredObject> {
    return this.#live(this.#byOwner.ids(owner));
  }

  children(parent: Address): Iterable<StoredObject> {
    return this.#live(this.#byParent.ids(parent));
  }

  ofType(type: string): Iterable<StoredObject> {
    return this.#live(this.#byType.ids(type));
  }

  /** All live objects, in no particular order. */
  *all(): Iterable<StoredObject> {
    for (const record of this.#records.values()) if (record.object) yield record.object;
  }

  *#live(ids: readonly Address[]): Iterable<StoredObject> {
    for (const id of ids) {
      const object = this.readObject(id);
      if (object) yield object;
    }
  }

  #indexOwner(object: StoredObject): void {
    const address = ownerAddress(object.owner);
    if (address !== undefined) this.#byOwner.add(address, object.id);
    if (object.owner.ObjectOwner !== undefined) this.#byParent.add(object.owner.ObjectOwner, object.id);
  }

  #unindexOwner(object: StoredObject): void {
    const address = ownerAddress(object.owner);
    if (address !== undefined) this.#byOwner.remove(address, object.id);
    if (object.owner.ObjectOwner !== undefined) this.#byParent.remove(object.owner.ObjectOwner, object.id);
  }
}

/** Address of an address-owned or party object. */
export function ownerAddress(owner: Owner): Address | undefined {
  return owner.AddressOwner ?? owner.ConsensusAddressOwner?.owner;
}

/**
 * Key → set of IDs. Sets in use stay open as `PersistentMap`s; freezing writes them back, so it costs as
 * many steps as there were keys touched since the last freeze.
 */
class IdIndex {
  readonly #frozen = new PersistentMap<IdSet>();
  readonly #open = new Map<string, PersistentMap<true>>();

  freeze(): FrozenMap<IdSet> {
    this.#flush();
    return this.#frozen.freeze();
  }

  restore(frozen: FrozenMap<IdSet>): void {
    this.#open.clear();
    this.#frozen.restore(frozen);
  }

  add(key: string, id: Address): void {
    this.#edit(key).set(id, true);
  }

  remove(key: string, id: Address): void {
    this.#edit(key).delete(id);
  }

  /** Sorted IDs. */
  ids(key: string): Address[] {
    const open = this.#open.get(key);
    if (open) return [...open.keys()].sort();
    const frozen = this.#frozen.get(key);
    return frozen ? [...new PersistentMap(frozen).keys()].sort() : [];
  }

  #edit(key: string): PersistentMap<true> {
    let set = this.#open.get(key);
    if (!set) {
      if (this.#open.size >= MAX_OPEN_SETS) this.#flush();
      set = new PersistentMap(this.#frozen.get(key));
      this.#open.set(key, set);
    }
    return set;
  }

  #flush(): void {
    for (const [key, set] of this.#open) {
      if (set.size > 0) this.#frozen.set(key, set.freeze());
      else this.#frozen.delete(key);
    }
    this.#open.clear();
  }
}

/** Bounds the work of a freeze. */
const MAX_OPEN_SETS = 1_024;
