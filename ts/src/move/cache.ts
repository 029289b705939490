/** Build results on disk, by content hash. A damaged or unwritable cache only costs a rebuild. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** `HAULOUT_CACHE_DIR`, else `haulout` in the user's cache folder. */
export function defaultCacheDirectory(): string {
  const base = process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache');
  return process.env['HAULOUT_CACHE_DIR'] || path.join(base, 'haulout');
}

/** SHA-256 over length-prefixed parts, hex; no two different lists of parts give the same input. */
export function contentKey(parts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = Buffer.from(part, 'utf8');
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex');
}

/** Returns what was stored under the key, or undefined when there is nothing usable. */
export async function readCache(directory: string, key: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path.join(directory, `${key}.json`), 'utf8');
  } catch {
    return undefined; // absent or unreadable: the caller builds
  }
  const newline = text.indexOf('\n');
  const body = text.slice(newline + 1);
  if (newline < 0 || text.slice(0, newline) !== contentKey([body])) return undefined;
  return JSON.parse(body) as unknown;
}

/** Stores a value under the key, whole or not at all. Returns false when the folder cannot be written. */
export async function writeCache(directory: string, key: string, value: unknown): Promise<boolean> {
  const body = JSON.stringify(value);
  const temporary = path.join(directory, `${key}.${randomUUID()}.tmp`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(temporary, `${contentKey([body])}\n${body}`);
    await rename(temporary, path.join(directory, `${key}.json`));
    return true;
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined); // nothing to remove is fine
    return false;
  }
}
