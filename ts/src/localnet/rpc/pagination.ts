/**
 * Pages and cursors (sui-rpc.md §4 "Pagination", "List streams").
 *
 * A page token is opaque to clients: 8 bytes that bind it to the parameters of the request, then the key of the
 * last item of the page. Lists are ordered by key, so a page starts after that key, whatever has changed since.
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { invalidField } from './errors.js';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;
/** An answer is closed after the item that brings it above this size (about 512 KiB). */
const MAX_PAGE_BYTES = 524_288;
const BINDING_LENGTH = 8;
const MAX_KEY_LENGTH = 4_096;

/** A page request: how many items, and after which key. */
export interface Page {
  readonly size: number;
  /** Key of the last item of the page before; undefined for the first page. */
  readonly after: string | undefined;
  /** Token for the page after the item with this key. */
  tokenAfter(key: string): Uint8Array;
}

/** One page of a list and the token of the next. */
export interface PageResult<T> {
  readonly items: T[];
  readonly nextPageToken: Uint8Array | undefined;
}

/**
 * Reads size and token of a request.
 * @param parameters everything else of the request that decides about the list
 * @throws RpcError INVALID_ARGUMENT when the token is damaged or belongs to another list
 */
export function parsePage(
  request: { readonly pageSize?: number; readonly pageToken?: Uint8Array },
  parameters: readonly string[],
  limits: { readonly defaultSize: number; readonly maxSize: number } = {
    defaultSize: DEFAULT_PAGE_SIZE,
    maxSize: MAX_PAGE_SIZE,
  },
): Page {
  const size = request.pageSize === undefined || request.pageSize === 0 ? limits.defaultSize : request.pageSize;
  const binding = blake2b(new TextEncoder().encode(JSON.stringify(parameters)), { dkLen: BINDING_LENGTH });
  const token = request.pageToken;
  let after: string | undefined;
  if (token !== undefined && token.length > 0) {
    const bound = token.length > BINDING_LENGTH && token.length <= BINDING_LENGTH + MAX_KEY_LENGTH;
    if (!bound || binding.some((byte, index) => byte !== token[index]))
      throw invalidField('page_token', 'the token does not belong to this request');
    after = new TextDecoder().decode(token.subarray(BINDING_LENGTH));
  }
  return {
    size: Math.min(size, limits.maxSize),
    after,
    tokenAfter: (key) => {
      const keyBytes = new TextEncoder().encode(key);
      const next = new Uint8Array(BINDING_LENGTH + keyBytes.length);
      next.set(binding);
      next.set(keyBytes, BINDING_LENGTH);
      return next;
    },
  };
}

/**
 * Takes one page of a list that is ordered by key.
 * @param convert builds an item; its second result is about the item's size in bytes
 */
export function takePage<S, T>(
  page: Page,
  list: Iterable<S>,
  keyOf: (source: S) => string,
  convert: (source: S) => { readonly item: T; readonly sizeBytes: number },
): PageResult<T> {
  const items: T[] = [];
  let sizeBytes = 0;
  let lastKey: string | undefined;
  for (const source of list) {
    const key = keyOf(source);
    if (page.after !== undefined && key <= page.after) continue;
    if (lastKey !== undefined && (items.length >= page.size || sizeBytes >= MAX_PAGE_BYTES))
      return { items, nextPageToken: page.tokenAfter(lastKey) };
    const converted = convert(source);
    items.push(converted.item);
    sizeBytes += converted.sizeBytes;
    lastKey = key;
  }
  return { items, nextPageToken: undefined };
}
