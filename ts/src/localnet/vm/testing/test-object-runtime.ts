/**
 * The object runtime of unit tests: one transaction after the other over inventories by owner, as
 * `sui::test_scenario` sees them (sui-execution.md §4.2). Holds no packages and checks no signatures.
 */
import { deriveObjectId } from '../natives/object.js';
import { objectId } from '../natives/support.js';
import type { TestContext, TestEffects, TestInventory, TestObjectRuntime } from '../natives/test-runtime.js';
import { typeToText } from '../type-text.js';
import type { Address, ChildLookup, MoveOwner, MoveType, MoveValue } from '../types.js';

/** What the runtime asks of the VM. */
export interface ValueOperations {
  copyValue(type: MoveType, value: MoveValue): MoveValue;
  valuesEqual(type: MoveType, a: MoveValue, b: MoveValue): boolean;
  containedIds(type: MoveType, value: MoveValue): Address[];
}

interface StoredObject {
  readonly type: MoveType;
  readonly value: MoveValue;
}

interface Transfer extends StoredObject {
  readonly owner: MoveOwner;
}

/** Abort codes of `test_scenario`. */
const invalidSharedOrImmutableUsage = 1n;
const objectNotFound = 4n;
const unableToAllocateTicket = 5n;
const ticketAlreadyAllocated = 6n;
const unableToDeallocateTicket = 7n;

const zeroAddress = `0x${'0'.repeat(64)}`;
/** System objects (0x5, 0x6, 0x8, 0x403, …) may be shared whenever a test creates them. */
const systemIds: ReadonlySet<Address> = new Set(
  ['5', '6', '7', '8', '9', 'a', 'c', 'd', '403', 'acc'].map((hex) => `0x${hex.padStart(64, '0')}`),
);

const inventoryKey = (from: TestInventory): string => (from.kind === 'address' ? from.owner : from.kind);

function ownerInventory(owner: MoveOwner): string | undefined {
  switch (owner.kind) {
    case 'address':
    case 'consensusAddress':
      return owner.address;
    case 'shared':
    case 'immutable':
      return owner.kind;
    case 'object':
      return undefined;
  }
}

function sameOwner(a: MoveOwner, inventory: string): boolean {
  return ownerInventory(a) === inventory;
}

export class UnitTestRuntime implements TestObjectRuntime {
  readonly isTestRuntime = true;
  /** Text of `debug::print` during this test. */
  readonly output: string[] = [];

  private context: TestContext = {
    sender: zeroAddress,
    txDigest: new Uint8Array(32),
    epoch: 0n,
    epochTimestampMs: 0n,
    idsCreated: 0n,
    referenceGasPrice: 1000n,
    gasPrice: 1000n,
    gasBudget: 50_000_000_000n,
    sponsor: undefined,
  };
  private counter = 0n;
  private readonly emitted: { readonly type: MoveType; readonly contents: Uint8Array }[] = [];
  private readonly newIds = new Set<Address>();
  private readonly deletedIds = new Set<Address>();
  private readonly transfers = new Map<Address, Transfer>();
  /** Children by parent, then by ID; they live on across transactions. */
  private readonly children = new Map<Address, Map<Address, StoredObject>>();
  /** IDs by inventory and type text, in the order in which they came. */
  private readonly inventories = new Map<string, Map<string, Set<Address>>>();
  private readonly objects = new Map<Address, StoredObject>();
  /** Objects handed out and not yet back: the inventory they came from. */
  private readonly taken = new Map<Address, string>();
  private readonly takenImmutable = new Map<Address, StoredObject>();
  private readonly tickets = new Map<Address, StoredObject & { readonly owner: Address }>();
  private readonly funds = new Map<string, bigint>();

  constructor(
    private readonly values: ValueOperations,
    /** Seed of what tests may ask as randomness. */
    private randomState: () => Uint8Array,
  ) {}

  get sender(): Address {
    return this.context.sender;
  }
  get epoch(): bigint {
    return this.context.epoch;
  }
  get epochTimestampMs(): bigint {
    return this.context.epochTimestampMs;
  }
  get sponsor(): Address | undefined {
    return this.context.sponsor;
  }
  get referenceGasPrice(): bigint {
    return this.context.referenceGasPrice;
  }
  get gasPrice(): bigint {
    return this.context.gasPrice;
  }
  get gasBudget(): bigint {
    return this.context.gasBudget;
  }
  get txDigest(): Uint8Array {
    return this.context.txDigest;
  }
  get idsCreated(): bigint {
    return this.counter;
  }
  get events(): readonly { readonly type: MoveType; readonly contents: Uint8Array }[] {
    return this.emitted;
  }

  replaceContext(context: TestContext): void {
    this.context = context;
    this.counter = context.idsCreated;
  }

  freshId(): Address {
    const id = deriveObjectId(this.context.txDigest, this.counter++);
    this.recordNewUid(id);
    return id;
  }

  recordNewUid(id: Address): void {
    this.newIds.add(id);
    this.deletedIds.delete(id);
  }

  deleteUid(id: Address): void {
    // An object that never was outside this transaction leaves no trace.
    if (!this.newIds.delete(id)) this.deletedIds.add(id);
  }

  transferObject(type: MoveType, value: MoveValue, owner: MoveOwner): bigint | undefined {
    const id = objectId(value);
    const from = this.taken.get(id);
    const mayShare = this.newIds.has(id) || systemIds.has(id) || (from !== undefined && sameOwner(owner, from));
    this.transfers.set(id, { type, value, owner });
    return owner.kind === 'shared' && !mayShare ? 0n : undefined;
  }

  receiveObject(type: MoveType, parent: Address, id: Address, version: bigint): MoveValue | bigint {
    const ticket = this.tickets.get(id);
    if (ticket === undefined || ticket.owner !== parent || version !== 1n) return 3n;
    if (typeToText(ticket.type) !== typeToText(type)) return 2n;
    this.tickets.delete(id);
    this.taken.set(id, parent);
    return this.values.copyValue(type, ticket.value);
  }

  emitEvent(type: MoveType, contents: Uint8Array): void {
    this.emitted.push({ type, contents });
  }

  addChild(parent: Address, id: Address, type: MoveType, value: MoveValue): boolean {
    let family = this.children.get(parent);
    if (family === undefined) this.children.set(parent, (family = new Map()));
    if (family.has(id)) return false;
    family.set(id, { type, value });
    return true;
  }

  borrowChild(parent: Address, id: Address, type: MoveType): ChildLookup {
    const child = this.children.get(parent)?.get(id);
    if (child === undefined) return { status: 'missing' };
    if (typeToText(child.type) !== typeToText(type)) return { status: 'typeMismatch' };
    return { status: 'found', value: child.value };
  }

  removeChild(parent: Address, id: Address, type: MoveType): ChildLookup {
    const lookup = this.borrowChild(parent, id, type);
    if (lookup.status === 'found') this.children.get(parent)!.delete(id);
    return lookup;
  }

  hasChild(parent: Address, id: Address, type: MoveType | undefined): boolean {
    const child = this.children.get(parent)?.get(id);
    return child !== undefined && (type === undefined || typeToText(child.type) === typeToText(type));
  }

  depositFunds(accumulator: Address, owner: Address, type: MoveType, value: MoveValue): void {
    const key = `${accumulator}|${owner}|${typeToText(type)}`;
    this.funds.set(key, (this.funds.get(key) ?? 0n) + ((value as { f0?: bigint }).f0 ?? 0n));
  }

  withdrawFunds(accumulator: Address, owner: Address, type: MoveType, amount: bigint): MoveValue | bigint {
    const key = `${accumulator}|${owner}|${typeToText(type)}`;
    this.funds.set(key, (this.funds.get(key) ?? 0n) - amount);
    return { f0: amount };
  }

  isFeatureEnabled(): boolean {
    return true;
  }

  debugPrint(text: string): void {
    this.output.push(text);
  }

  poison(): void {
    // Poison keeps code built in test mode off a network; here every run is a test.
  }

  randomSeed(): Uint8Array {
    return this.randomState();
  }

  takeById(type: MoveType, from: TestInventory, id: Address): MoveValue | bigint {
    const key = inventoryKey(from);
    const stored = this.objects.get(id);
    const isThere = this.inventories.get(key)?.get(typeToText(type))?.has(id) === true;
    if (!isThere || stored === undefined || this.taken.has(id)) return objectNotFound;
    this.taken.set(id, key);
    const value = this.values.copyValue(type, stored.value);
    if (from.kind === 'immutable') this.takenImmutable.set(id, { type, value: this.values.copyValue(type, stored.value) });
    return value;
  }

  wasTaken(from: TestInventory, id: Address): boolean {
    return this.taken.get(id) === inventoryKey(from);
  }

  idsIn(type: MoveType, from: TestInventory): readonly Address[] {
    const ids = this.inventories.get(inventoryKey(from))?.get(typeToText(type)) ?? [];
    return [...ids].filter((id) => !this.taken.has(id));
  }

  mostRecentId(type: MoveType, from: TestInventory): Address | undefined {
    return this.idsIn(type, from).at(-1);
  }

  allocateReceivingTicket(type: MoveType, id: Address): { readonly version: bigint } | bigint {
    if (this.tickets.has(id)) return ticketAlreadyAllocated;
    const stored = this.objects.get(id);
    const owner = [...this.inventories].find(([key, byType]) => key.startsWith('0x') && [...byType.values()].some((ids) => ids.has(id)))?.[0];
    if (stored === undefined || owner === undefined) return objectNotFound;
    if (typeToText(stored.type) !== typeToText(type)) return unableToAllocateTicket;
    this.removeFromInventories(id);
    this.tickets.set(id, { ...stored, owner });
    return { version: 1n };
  }

  deallocateReceivingTicket(id: Address): bigint | undefined {
    const ticket = this.tickets.get(id);
    if (ticket === undefined) return unableToDeallocateTicket;
    this.tickets.delete(id);
    this.insert(id, ticket.owner, ticket);
    return undefined;
  }

  endTransaction(): TestEffects | bigint {
    const transfers = [...this.transfers].filter(([id]) => !this.deletedIds.has(id));
    const childIds = new Set([...this.children.values()].flatMap((family) => [...family.keys()]));
    const misused = this.findMisuse(transfers, childIds);
    const takenBefore = new Map(this.taken);
    for (const id of [...this.deletedIds, ...transfers.map(([id]) => id), ...childIds]) {
      this.removeFromInventories(id);
      this.taken.delete(id);
    }
    const wrapped = this.findWrapped(transfers, takenBefore);
    for (const id of wrapped) {
      this.removeFromInventories(id);
      this.taken.delete(id);
    }
    if (misused || [...wrapped].some((id) => ['shared', 'immutable'].includes(takenBefore.get(id)!))) return invalidSharedOrImmutableUsage;
    for (const [id, { type, value, owner }] of transfers) {
      const before = this.takenImmutable.get(id);
      if (before !== undefined && !this.values.valuesEqual(type, before.value, value)) return invalidSharedOrImmutableUsage;
      const inventory = ownerInventory(owner);
      if (inventory !== undefined) this.insert(id, inventory, { type, value });
    }
    for (const id of [...this.deletedIds, ...wrapped]) this.objects.delete(id);
    const idsOf = (kind: MoveOwner['kind']): Address[] => transfers.filter(([, t]) => t.owner.kind === kind).map(([id]) => id);
    const effects: TestEffects = {
      created: transfers.filter(([id]) => this.newIds.has(id)).map(([id]) => id),
      written: transfers.filter(([id]) => !this.newIds.has(id)).map(([id]) => id),
      deleted: [...this.deletedIds, ...wrapped],
      transferredToAccount: transfers.flatMap(([id, t]) => ('address' in t.owner ? [[id, t.owner.address] as const] : [])),
      transferredToObject: [],
      shared: idsOf('shared'),
      frozen: idsOf('immutable'),
      userEvents: this.emitted.length,
    };
    this.newIds.clear();
    this.deletedIds.clear();
    this.transfers.clear();
    this.takenImmutable.clear();
    this.emitted.length = 0;
    return effects;
  }

  /** True if a shared or immutable object changed its kind of owner, became a child, or an immutable one was deleted. */
  private findMisuse(transfers: readonly (readonly [Address, Transfer])[], childIds: ReadonlySet<Address>): boolean {
    const owners = new Map(transfers);
    return [...this.taken].some(([id, inventory]) => {
      if (inventory !== 'shared' && inventory !== 'immutable') return false;
      const transfer = owners.get(id);
      const isMoved = transfer !== undefined && !sameOwner(transfer.owner, inventory);
      return isMoved || childIds.has(id) || (inventory === 'immutable' && this.deletedIds.has(id));
    });
  }

  /** Objects that were taken and now are inside another object. */
  private findWrapped(transfers: readonly (readonly [Address, Transfer])[], takenBefore: ReadonlyMap<Address, string>): Set<Address> {
    const held = [
      ...transfers.map(([, transfer]) => transfer),
      ...[...this.children.values()].flatMap((family) => [...family.values()]),
    ];
    const inside = held.flatMap(({ type, value }) => this.values.containedIds(type, value).slice(1));
    return new Set(inside.filter((id) => takenBefore.has(id)));
  }

  private insert(id: Address, inventory: string, object: StoredObject): void {
    let byType = this.inventories.get(inventory);
    if (byType === undefined) this.inventories.set(inventory, (byType = new Map()));
    const key = typeToText(object.type);
    let ids = byType.get(key);
    if (ids === undefined) byType.set(key, (ids = new Set()));
    ids.add(id);
    this.objects.set(id, object);
  }

  private removeFromInventories(id: Address): void {
    for (const byType of this.inventories.values()) for (const ids of byType.values()) ids.delete(id);
  }
}
