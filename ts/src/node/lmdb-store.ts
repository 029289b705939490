/**
 * A node's store on disk, in one LMDB environment. LMDB gives atomic multi-table transactions and reads
 * without copying; a write is acknowledged when its transaction has been synced to disk.
 */
import { open, type Database, type RootDatabase } from 'lmdb';
import { z } from 'zod';
import { AXES, axisTag } from './axes.js';
import { StoreWriteFailed } from './errors.js';
import type { BlobRecord, Registration } from './records.js';
import type { Milestone, NodeStore, Settlement, ShardState, ShardStates, SliverKey, StoreBatch } from './store.js';

const CURSOR_KEY = Buffer.from('cursor');
/** Slivers that one transaction removes when a shard is dropped. */
const DROP_BATCH = 500;
const EMPTY = Buffer.alloc(0);
/** Records that are kept parsed. */
const PARSED_RECORDS = 32;

const position = z.strictObject({ txDigest: z.string(), eventSeq: z.number().int().nonnegative() });
const recordSchema = z.strictObject({
  registrations: z.array(
    z.strictObject({
      objectId: z.string(),
      deletable: z.boolean(),
      registeredEpoch: z.number().int(),
      endEpoch: z.number().int(),
      certifiedEpoch: z.number().int().optional(),
      poolId: z.string().optional(),
      event: position,
    }),
  ),
  invalid: position.optional(),
  invalidEpoch: z.number().int().optional(),
  denied: position.optional(),
  deniedEpoch: z.number().int().optional(),
});
const shardSchema = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('sync'),
    since: z.number().int(),
    axis: z.enum(['primary', 'secondary']),
    nextBlobId: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.strictObject({ status: z.enum(['recover', 'active', 'locked']), since: z.number().int() }),
]);

export class LmdbStore implements NodeStore {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #metadata: Database<Buffer, Buffer>;
  readonly #slivers: Database<Buffer, Buffer>;
  readonly #records: Database<Buffer, Buffer>;
  readonly #attention: Database<Buffer, Buffer>;
  readonly #shards: Database<Buffer, Buffer>;
  readonly #state: Database<Buffer, Buffer>;
  /** Shard states are asked for with every request: kept here too. */
  readonly #shardStates: Map<number, ShardState>;
  /** So are records of the blobs that are being uploaded: by what is stored of them, the oldest first. */
  readonly #parsedRecords = new Map<string, BlobRecord>();

  /** Opens or creates the store in a folder. */
  constructor(directory: string) {
    this.#root = open<Buffer, Buffer>({
      path: directory,
      encoding: 'binary',
      keyEncoding: 'binary',
      maxDbs: 8,
      // A commit is reported only after it has been synced; the default reports it before.
      overlappingSync: false,
      // Batches of an event turn have a promise of their own that nobody can catch when the disk is full.
      eventTurnBatching: false,
    });
    const table = (name: string) =>
      this.#root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
    this.#metadata = table('metadata');
    this.#slivers = table('slivers');
    this.#records = table('records');
    this.#attention = table('attention');
    this.#shards = table('shards');
    this.#state = table('state');
    this.#shardStates = new Map(
      [...this.#shards.getRange({})].map(({ key, value }) => [key.readUInt16BE(0), shardSchema.parse(json(value))]),
    );
  }

  get cursor(): string | undefined {
    return this.#state.get(CURSOR_KEY)?.toString('utf8');
  }

  getMetadata(blobId: Uint8Array): Uint8Array | undefined {
    return this.#metadata.get(viewAsBuffer(blobId));
  }

  async putMetadata(blobId: Uint8Array, metadata: Uint8Array): Promise<void> {
    await written(this.#metadata.put(Buffer.from(blobId), viewAsBuffer(metadata)));
  }

  getSliver(key: SliverKey): Uint8Array | undefined {
    return this.#slivers.get(sliverKeyBytes(key));
  }

  hasSliver(key: SliverKey): boolean {
    return this.#slivers.doesExist(sliverKeyBytes(key));
  }

  async putSliver(key: SliverKey, sliver: Uint8Array): Promise<void> {
    await written(this.#slivers.put(sliverKeyBytes(key), viewAsBuffer(sliver)));
  }

  async removeSliver(key: SliverKey): Promise<void> {
    await written(this.#slivers.remove(sliverKeyBytes(key)));
  }

  getRecord(blobId: Uint8Array): BlobRecord | undefined {
    const stored = this.#records.get(viewAsBuffer(blobId))?.toString('utf8');
    if (stored === undefined) return undefined;
    const known = this.#parsedRecords.get(stored);
    if (known !== undefined) return known;
    const record = recordOf(stored);
    if (this.#parsedRecords.size >= PARSED_RECORDS) this.#parsedRecords.delete(this.#parsedRecords.keys().next().value!);
    this.#parsedRecords.set(stored, record);
    return record;
  }

  records(from: Uint8Array, limit: number): readonly (readonly [Uint8Array, BlobRecord])[] {
    const range = this.#records.getRange({ start: viewAsBuffer(from), limit });
    return [...range].map(({ key, value }) => [new Uint8Array(key), recordOf(value.toString('utf8'))]);
  }

  attention(after: Uint8Array | undefined, limit: number): readonly Uint8Array[] {
    const start = after === undefined ? {} : { start: viewAsBuffer(after), exclusiveStart: true };
    return [...this.#attention.getKeys({ ...start, limit })].map((key) => new Uint8Array(key));
  }

  poolEndEpoch(poolId: string): number | undefined {
    const stored = this.#state.get(poolKey(poolId));
    return stored === undefined ? undefined : Number(stored.toString('utf8'));
  }

  shardStates(): ShardStates {
    return this.#shardStates;
  }

  milestone(milestone: Milestone): number {
    return Number(this.#state.get(Buffer.from(milestone))?.toString('utf8') ?? 0);
  }

  async commit(batch: StoreBatch): Promise<void> {
    await this.#transaction(() => {
      for (const [blobId, record] of batch.records ?? []) this.#putRecord(Buffer.from(blobId), record);
      for (const blobId of batch.attention ?? []) void this.#attention.put(Buffer.from(blobId), EMPTY);
      for (const [poolId, endEpoch] of batch.pools ?? []) void this.#state.put(poolKey(poolId), text(endEpoch));
      for (const [shard, state] of batch.shards ?? []) {
        if (state === undefined) void this.#shards.remove(shardKey(shard));
        else void this.#shards.put(shardKey(shard), text(JSON.stringify(state)));
      }
      for (const [milestone, epoch] of batch.milestones ?? []) void this.#state.put(text(milestone), text(epoch));
      if (batch.cursor !== undefined) void this.#state.put(CURSOR_KEY, text(batch.cursor));
    });
    for (const [shard, state] of batch.shards ?? []) {
      if (state === undefined) this.#shardStates.delete(shard);
      else this.#shardStates.set(shard, state);
    }
  }

  async settle(blobId: Uint8Array, decide: (record: BlobRecord | undefined) => Settlement): Promise<void> {
    const id = Buffer.from(blobId);
    await this.#transaction(() => {
      const { record, discard, settled } = decide(this.getRecord(id));
      this.#putRecord(id, record);
      if (discard) {
        void this.#metadata.remove(id);
        for (const shard of this.#shardsWithSlivers()) {
          for (const axis of AXES) void this.#slivers.remove(sliverKeyBytes({ blobId, shard, axis }));
        }
      }
      if (settled) void this.#attention.remove(id);
    });
  }

  async dropShard(shard: number): Promise<void> {
    const range = { start: shardKey(shard), end: shardKey(shard + 1), limit: DROP_BATCH };
    for (;;) {
      const keys = [...this.#slivers.getKeys(range)].map((key) => Buffer.from(key));
      if (keys.length === 0) break;
      await this.#transaction(() => {
        for (const key of keys) void this.#slivers.remove(key);
      });
    }
    await this.commit({ shards: [[shard, undefined]] });
  }

  usage(): { sliverCount: number; sliverBytes: number } {
    let sliverCount = 0;
    let sliverBytes = 0;
    for (const { value } of this.#slivers.getRange({ snapshot: false })) {
      sliverCount += 1;
      sliverBytes += value.length;
    }
    return { sliverCount, sliverBytes };
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  /** Shards of which there are slivers, found by skipping from one to the next. */
  #shardsWithSlivers(): number[] {
    const shards: number[] = [];
    for (let next = 0; ; ) {
      const [key] = this.#slivers.getKeys({ start: shardKey(next), limit: 1 });
      if (key === undefined) return shards;
      const shard = key.readUInt16BE(0);
      shards.push(shard);
      if (shard === 0xffff) return shards;
      next = shard + 1;
    }
  }

  #putRecord(id: Buffer, record: BlobRecord | undefined): void {
    if (record === undefined) void this.#records.remove(id);
    else void this.#records.put(id, text(JSON.stringify(record)));
  }

  /** Runs `work` in a write transaction; resolves when it is on disk. What `work` throws undoes all of it. */
  async #transaction(work: () => void): Promise<void> {
    await written(this.#root.transaction(work));
  }
}

/** @throws StoreWriteFailed */
async function written(promise: Promise<unknown>): Promise<void> {
  try {
    await promise;
  } catch (cause) {
    throw new StoreWriteFailed(await reasonOf(cause));
  }
}

/** A failed commit names its reason in a promise of its own, which rejects with it. */
async function reasonOf(cause: unknown): Promise<unknown> {
  const { commitError } = cause as { commitError?: Promise<never> };
  return commitError === undefined ? cause : commitError.catch((reason: unknown) => reason);
}

function recordOf(stored: string): BlobRecord {
  const { registrations, invalid, invalidEpoch, denied, deniedEpoch } = recordSchema.parse(JSON.parse(stored));
  return {
    invalid,
    ...(invalidEpoch === undefined ? {} : { invalidEpoch }),
    ...(denied === undefined ? {} : { denied }),
    ...(deniedEpoch === undefined ? {} : { deniedEpoch }),
    registrations: registrations.map(({ poolId, ...one }): Registration => ({
      ...one,
      certifiedEpoch: one.certifiedEpoch,
      ...(poolId === undefined ? {} : { poolId }),
    })),
  };
}

function json(stored: Buffer): unknown {
  return JSON.parse(stored.toString('utf8'));
}

function text(value: string | number): Buffer {
  return Buffer.from(String(value), 'utf8');
}

function poolKey(poolId: string): Buffer {
  return text(`pool ${poolId}`);
}

function shardKey(shard: number): Buffer {
  if (shard > 0xffff) return Buffer.of(0xff, 0xff, 0xff);
  const key = Buffer.alloc(2);
  key.writeUInt16BE(shard, 0);
  return key;
}

/** shard u16 big endian ‖ axis ‖ blob ID: slivers of one shard lie together, ordered by blob ID. */
function sliverKeyBytes({ blobId, shard, axis }: SliverKey): Buffer {
  const key = Buffer.alloc(3 + blobId.length);
  key.writeUInt16BE(shard, 0);
  key[2] = axisTag(axis);
  key.set(blobId, 3);
  return key;
}


function viewAsBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
