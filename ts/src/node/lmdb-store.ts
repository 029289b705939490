/**
 * A node's store on disk, in one LMDB environment. LMDB gives atomic multi-table transactions and reads
 * without copying; a write is acknowledged when its transaction has been synced to disk.
 */
import { open, type Database, type RootDatabase } from 'lmdb';
import { z } from 'zod';
import type { BlobRecord } from './records.js';
import type { NodeStore, SliverKey } from './store.js';

const AXIS_CODE = { primary: 0, secondary: 1 } as const;
const CURSOR_KEY = Buffer.from('cursor');

const position = z.strictObject({ txDigest: z.string(), eventSeq: z.number().int().nonnegative() });
const recordSchema = z.strictObject({
  registrations: z.array(
    z.strictObject({
      objectId: z.string(),
      deletable: z.boolean(),
      registeredEpoch: z.number().int(),
      endEpoch: z.number().int(),
      certifiedEpoch: z.number().int().optional(),
      event: position,
    }),
  ),
  invalid: position.optional(),
});

export class LmdbStore implements NodeStore {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #metadata: Database<Buffer, Buffer>;
  readonly #slivers: Database<Buffer, Buffer>;
  readonly #records: Database<Buffer, Buffer>;
  readonly #state: Database<Buffer, Buffer>;

  /** Opens or creates the store in a folder. */
  constructor(directory: string) {
    this.#root = open<Buffer, Buffer>({
      path: directory,
      encoding: 'binary',
      keyEncoding: 'binary',
      maxDbs: 8,
      // A commit is reported only after it has been synced; the default reports it before.
      overlappingSync: false,
    });
    const table = (name: string) =>
      this.#root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
    this.#metadata = table('metadata');
    this.#slivers = table('slivers');
    this.#records = table('records');
    this.#state = table('state');
  }

  get cursor(): string | undefined {
    return this.#state.get(CURSOR_KEY)?.toString('utf8');
  }

  getMetadata(blobId: Uint8Array): Uint8Array | undefined {
    return this.#metadata.get(Buffer.from(blobId));
  }

  async putMetadata(blobId: Uint8Array, metadata: Uint8Array): Promise<void> {
    await this.#metadata.put(Buffer.from(blobId), viewAsBuffer(metadata));
  }

  getSliver(key: SliverKey): Uint8Array | undefined {
    return this.#slivers.get(sliverKeyBytes(key));
  }

  hasSliver(key: SliverKey): boolean {
    return this.#slivers.doesExist(sliverKeyBytes(key));
  }

  async putSliver(key: SliverKey, sliver: Uint8Array): Promise<void> {
    await this.#slivers.put(sliverKeyBytes(key), viewAsBuffer(sliver));
  }

  getRecord(blobId: Uint8Array): BlobRecord | undefined {
    const stored = this.#records.get(Buffer.from(blobId));
    if (stored === undefined) return undefined;
    const { registrations, invalid } = recordSchema.parse(JSON.parse(stored.toString('utf8')));
    return {
      invalid,
      registrations: registrations.map((one) => ({ ...one, certifiedEpoch: one.certifiedEpoch })),
    };
  }

  async putRecords(
    records: readonly (readonly [blobId: Uint8Array, record: BlobRecord])[],
    cursor: string,
  ): Promise<void> {
    await this.#root.transaction(() => {
      for (const [blobId, record] of records) {
        void this.#records.put(Buffer.from(blobId), Buffer.from(JSON.stringify(record), 'utf8'));
      }
      void this.#state.put(CURSOR_KEY, Buffer.from(cursor, 'utf8'));
    });
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
}

/** shard u16 big endian ‖ axis ‖ blob ID: slivers of one shard lie together, ordered by blob ID. */
function sliverKeyBytes({ blobId, shard, axis }: SliverKey): Buffer {
  const key = Buffer.alloc(3 + blobId.length);
  key.writeUInt16BE(shard, 0);
  key[2] = AXIS_CODE[axis];
  key.set(blobId, 3);
  return key;
}

function viewAsBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
