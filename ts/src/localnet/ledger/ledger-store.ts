/**
 * A ledger on disk: its commits in order, in one LMDB environment, each with a checksum. Commits made before
 * the event loop turns are written in one LMDB transaction, so a crash leaves all of them or none, and many
 * transactions share one sync. Only one process may have the directory open.
 *
 * Keys: `header` (JSON, once), `owner` (process ID), `published` (JSON), and one u64 big endian per commit.
 */
import { accessSync, closeSync, constants, fstatSync, mkdirSync, openSync, readSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { open, type RootDatabase } from 'lmdb';
import { z } from 'zod';
import {
  CorruptDataDirectory,
  DataDirectoryInUse,
  DataDirectoryUnusable,
  ForeignDataDirectory,
  LedgerNotPersisted,
  NewerDataDirectory,
} from './errors.js';
import type { Journal } from './ledger-state.js';

/** Version of what is written here. */
const FORMAT = 1;
const HEADER = Buffer.from('header');
const OWNER = Buffer.from('owner');
const PUBLISHED = Buffer.from('published');
const COMMIT_KEY_BYTES = 8;
const CHECKSUM_BYTES = 4;
const FIRST_COMMIT = commitKey(0n);
const AFTER_COMMITS = Buffer.alloc(COMMIT_KEY_BYTES + 1, 0xff);
const DATA_FILE = 'data.mdb';
const LMDB_FILES: ReadonlySet<string> = new Set([DATA_FILE, 'lock.mdb']);

/** What a network was started with. */
export interface LedgerHeader {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly genesisTimeMs: number;
  readonly epochMs: number | undefined;
  readonly features: readonly string[];
}

/** A package published under a name. */
export interface PublishedName {
  readonly name: string;
  readonly packageId: string;
}

const formatSchema = z.object({ network: z.literal('haulout'), format: z.number().int().positive() });
const headerSchema = formatSchema.extend({
  seed: z.string().regex(/^[0-9a-f]{64}$/),
  genesisTimeMs: z.number().int().nonnegative(),
  epochMs: z.number().int().positive().optional(),
  features: z.array(z.string()),
});
const publishedSchema = z.array(z.strictObject({ name: z.string(), packageId: z.string() }));

type Write =
  | { readonly kind: 'put'; readonly key: Buffer; readonly value: Buffer }
  /** Forgets the commits from this one on. */
  | { readonly kind: 'truncate'; readonly count: bigint };

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: LedgerNotPersisted) => void;
}

/** Directories open in this process. */
const openDirectories = new Set<string>();

export class LedgerStore implements Journal {
  readonly directory: string;
  /** Undefined: nothing has been written yet. */
  readonly header: LedgerHeader | undefined;
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #realPath: string;
  readonly #onFailure: (error: LedgerNotPersisted) => void;
  #next = 0n;
  #queue: Write[] = [];
  #waiters: Waiter[] = [];
  #scheduled = false;
  #failure: LedgerNotPersisted | undefined;

  private constructor(
    directory: string,
    realPath: string,
    root: RootDatabase<Buffer, Buffer>,
    onFailure: (error: LedgerNotPersisted) => void,
  ) {
    this.directory = directory;
    this.#realPath = realPath;
    this.#root = root;
    this.#onFailure = onFailure;
    this.header = root.transactionSync(() => this.#own());
  }

  /**
   * Opens a directory, which is made when it is missing, and becomes its owner.
   * @param onFailure called once when writing fails; nothing is written after that
   * @throws DataDirectoryError
   */
  static open(directory: string, onFailure: (error: LedgerNotPersisted) => void = () => undefined): LedgerStore {
    prepare(directory);
    const realPath = realpathSync(directory);
    if (openDirectories.has(realPath)) throw new DataDirectoryInUse(directory, process.pid);
    const root = openEnvironment(directory);
    try {
      const store = new LedgerStore(directory, realPath, root, onFailure);
      openDirectories.add(realPath);
      return store;
    } catch (error) {
      void root.close();
      throw error;
    }
  }

  /** Checks that the directory is ours to use and marks it so; runs inside a write transaction. */
  #own(): LedgerHeader | undefined {
    const stored = this.#root.get(HEADER);
    if (stored === undefined && [...this.#root.getKeys({ limit: 2 })].some((key) => !key.equals(OWNER))) {
      throw new ForeignDataDirectory(this.directory, 'its database was written by another program');
    }
    const header = stored && parseHeader(this.directory, stored);
    const owner = Number(this.#root.get(OWNER)?.toString('utf8') ?? 0);
    this.#root.readerCheck(); // LMDB knows by locks which processes are gone
    if (owner !== process.pid && livePids(this.#root.readerList()).has(owner)) {
      throw new DataDirectoryInUse(this.directory, owner);
    }
    this.#root.putSync(OWNER, Buffer.from(String(process.pid), 'utf8'));
    return header;
  }

  /** Writes the header of a new network, together with the commits that are appended next. */
  initialize(header: LedgerHeader): void {
    const stored = { network: 'haulout', format: FORMAT, ...header, seed: Buffer.from(header.seed).toString('hex') };
    this.#write({ kind: 'put', key: HEADER, value: Buffer.from(JSON.stringify(stored), 'utf8') });
  }

  /** The commits on disk, from genesis on. To be read to the end before anything is appended. @throws CorruptDataDirectory */
  *commits(): Iterable<Uint8Array> {
    this.#next = 0n;
    for (const { key, value } of this.#root.getRange({ start: FIRST_COMMIT, end: AFTER_COMMITS })) {
      if (key.length !== COMMIT_KEY_BYTES) continue;
      const index = key.readBigUInt64BE(0);
      if (index !== this.#next) throw new CorruptDataDirectory(this.directory, `commit ${this.#next} is missing`);
      const bytes = value.subarray(CHECKSUM_BYTES);
      if (value.length < CHECKSUM_BYTES || value.readUInt32LE(0) !== crc32(bytes)) {
        throw new CorruptDataDirectory(this.directory, `commit ${index} has been changed`);
      }
      this.#next++;
      yield Uint8Array.from(bytes); // LMDB's memory is only valid while the iteration stands here
    }
  }

  append(commit: Uint8Array): void {
    const value = Buffer.alloc(CHECKSUM_BYTES + commit.length);
    value.writeUInt32LE(crc32(commit), 0);
    value.set(commit, CHECKSUM_BYTES);
    this.#write({ kind: 'put', key: commitKey(this.#next), value });
    this.#next++;
  }

  truncate(count: bigint): void {
    this.#write({ kind: 'truncate', count });
    this.#next = count;
  }

  published(): readonly PublishedName[] {
    const stored = this.#root.get(PUBLISHED);
    return stored ? publishedSchema.parse(JSON.parse(stored.toString('utf8'))) : [];
  }

  putPublished(names: readonly PublishedName[]): void {
    this.#write({ kind: 'put', key: PUBLISHED, value: Buffer.from(JSON.stringify(names), 'utf8') });
  }

  /** Resolves when everything appended so far has been synced to disk. Rejects with LedgerNotPersisted. */
  flush(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Writes what is left and gives the directory free. @throws LedgerNotPersisted when writing failed */
  async close(): Promise<void> {
    openDirectories.delete(this.#realPath);
    await this.flush(); // after a failed write LMDB is left alone: its state in memory is in doubt
    await this.#root.close();
  }

  #write(write: Write): void {
    if (this.#failure) throw this.#failure;
    this.#queue.push(write);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#drain());
  }

  /** One LMDB transaction for everything that has been queued. */
  #drain(): void {
    this.#scheduled = false;
    const group = this.#queue;
    const waiters = this.#waiters;
    this.#queue = [];
    this.#waiters = [];
    try {
      this.#root.transactionSync(() => {
        for (const write of group) this.#apply(write);
      });
    } catch (cause) {
      this.#failure = new LedgerNotPersisted(this.directory, cause);
      for (const { reject } of waiters) reject(this.#failure);
      this.#onFailure(this.#failure);
      return;
    }
    for (const { resolve } of waiters) resolve();
  }

  #apply(write: Write): void {
    if (write.kind === 'put') {
      this.#root.putSync(write.key, write.value);
      return;
    }
    const keys = [...this.#root.getKeys({ start: commitKey(write.count), end: AFTER_COMMITS })];
    for (const key of keys) if (key.length === COMMIT_KEY_BYTES) this.#root.removeSync(key);
  }
}

/** Makes the directory and looks at its files before LMDB does, which trusts what it maps. @throws DataDirectoryError */
function prepare(directory: string): void {
  let names: string[];
  try {
    mkdirSync(directory, { recursive: true });
    names = readdirSync(directory);
    accessSync(directory, constants.R_OK | constants.W_OK);
    for (const name of names) {
      if (LMDB_FILES.has(name)) accessSync(path.join(directory, name), constants.R_OK | constants.W_OK);
    }
  } catch (cause) {
    throw new DataDirectoryUnusable(directory, cause);
  }
  if (names.includes(DATA_FILE)) checkDataFile(directory);
  else if (names.some((name) => !LMDB_FILES.has(name))) {
    throw new ForeignDataDirectory(directory, 'it holds other files and no ledger');
  }
}

/** LMDB's meta page: magic at 24, version at 28, page size at 48, last page at 144, transaction at 152. */
const META_BYTES = 160;
const LMDB_MAGIC = 0xbeefc0de;

/** A file that is no LMDB file or was cut off crashes the process once it is mapped. @throws DataDirectoryError */
function checkDataFile(directory: string): void {
  const file = openSync(path.join(directory, DATA_FILE), 'r');
  try {
    const { size } = fstatSync(file);
    if (size === 0) return; // killed before anything was written
    const first = readMeta(file, 0);
    if (!first) throw new ForeignDataDirectory(directory, `${DATA_FILE} is no LMDB file`);
    const second = readMeta(file, first.pageSizeBytes);
    const latest = second && second.transaction > first.transaction ? second : first;
    if (BigInt(size) < (latest.lastPage + 1n) * BigInt(latest.pageSizeBytes)) {
      throw new CorruptDataDirectory(directory, `${DATA_FILE} has been cut off`);
    }
  } finally {
    closeSync(file);
  }
}

function readMeta(file: number, offset: number) {
  const page = Buffer.alloc(META_BYTES);
  if (readSync(file, page, 0, META_BYTES, offset) < META_BYTES || page.readUInt32LE(24) !== LMDB_MAGIC) return undefined;
  return { pageSizeBytes: page.readUInt32LE(48), lastPage: page.readBigUInt64LE(144), transaction: page.readBigUInt64LE(152) };
}

function openEnvironment(directory: string): RootDatabase<Buffer, Buffer> {
  try {
    const root = open<Buffer, Buffer>({
      path: directory,
      encoding: 'binary',
      keyEncoding: 'binary',
      // A commit is reported only after it has been synced; the default reports it before.
      overlappingSync: false,
    });
    root.get(HEADER); // takes a place in the table of readers, which is how other processes see this one
    return root;
  } catch (cause) {
    throw new DataDirectoryUnusable(directory, cause);
  }
}

/** Process IDs of LMDB's table of readers: a heading, then `pid thread transaction`. */
function livePids(list: string): ReadonlySet<number> {
  return new Set([...list.matchAll(/^\s*(\d+)\s/gm)].map((match) => Number(match[1])));
}

function parseHeader(directory: string, stored: Buffer): LedgerHeader {
  let json: unknown;
  try {
    json = JSON.parse(stored.toString('utf8'));
  } catch (cause) {
    throw new ForeignDataDirectory(directory, 'its header is not ours', { cause });
  }
  const kind = formatSchema.safeParse(json);
  if (!kind.success) throw new ForeignDataDirectory(directory, 'its header is not ours');
  if (kind.data.format > FORMAT) throw new NewerDataDirectory(directory, kind.data.format, FORMAT);
  const parsed = headerSchema.safeParse(json);
  if (!parsed.success) throw new CorruptDataDirectory(directory, 'its header is damaged');
  const { seed, genesisTimeMs, epochMs, features } = parsed.data;
  return { seed: new Uint8Array(Buffer.from(seed, 'hex')), genesisTimeMs, epochMs, features };
}

function commitKey(index: bigint): Buffer {
  const key = Buffer.alloc(COMMIT_KEY_BYTES);
  key.writeBigUInt64BE(index);
  return key;
}
