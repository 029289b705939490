/** Storage, blobs, pools of blobs and the ring of future epochs (contracts specification §6, §10.1, §10.2). */
import { Abort, encodedSize, ensure, isQuorum, max, u64, units } from './arithmetic.js';
import type { CommitteeModel } from './staking.js';

export interface Slot {
  readonly epoch: number;
  used: bigint;
  rewards: bigint;
}

export interface StorageModel {
  owner: string;
  start: number;
  end: number;
  size: bigint;
}

/** Fixed facts of a blob that some client encoded. */
export interface Content {
  readonly blobId: bigint;
  readonly rootHash: bigint;
  readonly size: bigint;
}

export interface BlobModel {
  owner: string;
  readonly content: Content;
  readonly registered: number;
  certified: number | undefined;
  readonly deletable: boolean;
  start: number;
  end: number;
  readonly size: bigint;
  /** Funds, once it is shared. */
  funds: bigint | undefined;
  attributes: [string, string][] | undefined;
}

export interface PooledBlob {
  readonly id: string;
  readonly content: Content;
  readonly registered: number;
  certified: number | undefined;
  readonly deletable: boolean;
}

export interface StoragePoolModel {
  owner: string;
  start: number;
  end: number;
  reserved: bigint;
  readonly blobs: Map<bigint, PooledBlob>;
}

const STATE = 'system_state_inner';

export class MarketModel {
  readonly slots: Slot[];
  capacity = 0n;
  storagePrice = 0n;
  writePrice = 0n;
  readonly storages = new Map<string, StorageModel>();
  readonly blobs = new Map<string, BlobModel>();
  readonly pools = new Map<string, StoragePoolModel>();
  readonly denySizes = new Map<string, bigint>();
  readonly denySequences = new Map<string, bigint>();
  latestEventCheckpoint: bigint | undefined;
  readonly tallies = new Map<string, number>();
  readonly attestations = new Map<string, { checkpoint: bigint; epoch: number }>();

  constructor(
    readonly shards: number,
    readonly maxAhead: number,
  ) {
    this.slots = Array.from({ length: maxAhead }, (_, epoch) => ({ epoch, used: 0n, rewards: 0n }));
  }

  get epoch(): number {
    return this.slots[0]!.epoch;
  }

  encoded(content: Content): bigint {
    return encodedSize(content.size, this.shards)!;
  }

  /** Pays units · price into each slot and takes it from `coin`; checks go with the payment as in §4.2. */
  #pay(size: bigint, from: number, to: number, coin: Wallet): void {
    const price = u64(units(size) * this.storagePrice);
    for (let i = from; i < to; i += 1) {
      coin.take(price);
      this.slots[i]!.rewards += price;
    }
  }

  #account(size: bigint, from: number, to: number, limit: bigint | undefined): void {
    for (let i = from; i < to; i += 1) {
      const slot = this.slots[i]!;
      slot.used = u64(slot.used + size);
      if (limit !== undefined) ensure(slot.used <= limit, STATE, 1);
    }
  }

  /** `reserve_space_for_epochs`; returns start and end. */
  reserve(size: bigint, start: number, end: number, coin: Wallet): { start: number; end: number } {
    const first = Math.max(start, this.epoch);
    ensure(first < end && end - this.epoch <= this.maxAhead, STATE, 2);
    this.#pay(size, first - this.epoch, end - this.epoch, coin);
    ensure(size > 0n, STATE, 11);
    this.#account(size, first - this.epoch, end - this.epoch, this.capacity);
    return { start: first, end };
  }

  payWrite(encoded: bigint, coin: Wallet): void {
    const price = u64(units(encoded) * this.writePrice);
    coin.take(price);
    this.slots[0]!.rewards += price;
  }

  /** Preconditions of a registration (§6.5). */
  checkRegistration(storage: Pick<StorageModel, 'start' | 'end' | 'size'>, content: Content, isDerived: boolean): void {
    ensure(storage.start <= this.epoch && this.epoch < storage.end, 'blob', 2);
    ensure(this.encoded(content) <= storage.size, 'blob', 3);
    ensure(isDerived, 'blob', 6);
  }

  /** Pays and accounts for later epochs of something that ends at `end`. */
  extend(size: bigint, end: number, epochs: number, coin: Wallet): void {
    const from = end - this.epoch;
    ensure(epochs > 0 && from + epochs <= this.maxAhead, STATE, 2);
    this.#pay(size, from, from + epochs, coin);
    this.#account(size, from, from + epochs, this.capacity);
  }

  increase(pool: StoragePoolModel, size: bigint, coin: Wallet): void {
    ensure(size > 0n, STATE, 11);
    const to = pool.end - this.epoch;
    this.#pay(size, 0, to, coin);
    this.#account(size, 0, to, this.capacity);
    pool.reserved += size;
  }

  assertStored(blob: BlobModel): void {
    ensure(blob.certified !== undefined, 'blob', 0);
    ensure(this.epoch < blob.end, 'blob', 2);
  }

  assertLive(pool: StoragePoolModel): void {
    ensure(this.epoch < pool.end, 'storage_pool', 1);
  }

  poolUsed(pool: StoragePoolModel): bigint {
    return [...pool.blobs.values()].reduce((total, { content }) => total + this.encoded(content), 0n);
  }

  // Event blobs (§10.1)

  /** One attestation; true if it certified the blob. */
  attest(node: string, weight: number, content: Content, checkpoint: bigint, epoch: number, isDerived: boolean): boolean {
    ensure(weight > 0, STATE, 8);
    ensure(epoch === this.epoch, STATE, 3);
    const last = this.attestations.get(node);
    const latest = this.latestEventCheckpoint;
    if (last !== undefined && last.epoch >= epoch) {
      ensure(checkpoint > last.checkpoint, STATE, 7);
      ensure(latest !== undefined && last.checkpoint <= latest, STATE, 6);
    }
    const key = `${content.blobId}:${checkpoint}`;
    const total = (this.tallies.get(key) ?? 0) + weight;
    const counts = latest === undefined || latest < checkpoint;
    const certifies = counts && isQuorum(total, this.shards);
    if (certifies) {
      ensure(isDerived, 'blob', 6);
      this.#account(this.encoded(content), 0, this.maxAhead, undefined);
      this.latestEventCheckpoint = checkpoint;
      this.tallies.clear();
    } else if (counts) {
      this.tallies.set(key, total);
    }
    this.attestations.set(node, { checkpoint, epoch });
    return certifies;
  }

  // Subsidies

  subsidise(amount: bigint, epochs: number): void {
    ensure(epochs > 0 && epochs <= this.maxAhead, STATE, 2);
    const each = amount / BigInt(epochs);
    for (let i = 0; i < epochs; i += 1) this.slots[i]!.rewards += each;
    this.slots[0]!.rewards += amount - each * BigInt(epochs);
  }

  /** Step 3 of §9.5, and §9.6. `pot` is what the ended epoch collected, after the burn. */
  advance(committee: CommitteeModel, pot: bigint, capacity: bigint): { rewards: Map<string, bigint>; carried: bigint } {
    const ended = this.slots.shift()!;
    this.slots.push({ epoch: ended.epoch + this.maxAhead, used: 0n, rewards: 0n });
    this.tallies.clear();
    this.capacity = max(capacity, this.slots[0]!.used);
    const stored = [...committee].map(([node, own]) => {
      const denied = this.denySizes.get(node) ?? 0n;
      return [node, BigInt(own.length) * (denied > ended.used ? 0n : ended.used - denied)] as const;
    });
    const total = stored.reduce((a, [, v]) => a + v, 0n) || 1n;
    const rewards = new Map(stored.map(([node, v]) => [node, (pot * v) / total]));
    const carried = pot - [...rewards.values()].reduce((a, b) => a + b, 0n);
    this.slots[0]!.rewards += carried;
    return { rewards, carried };
  }
}

/** A coin that a call may take from. */
export class Wallet {
  constructor(public balance: bigint) {}

  take(amount: bigint): void {
    if (amount > this.balance) throw new Abort('balance', 2);
    this.balance -= amount;
  }
}
