/**
 * Requests to one storage node (HTTP specification §2). Answers are parsed and size-limited here; whether
 * they are true is for the caller to verify. `fetch` is passed in: a socket, or a node's app in memory.
 */
import { z } from 'zod';
import {
  blobIdToText,
  decodeBlobMetadataWithId,
  decodeGeneralRecoverySymbols,
  decodeSliverData,
  type Axis,
  type BlobMetadataWithId,
  type GeneralRecoverySymbol,
  type Sliver,
  type SliverTarget,
} from '../encoding/index.js';
import type { BlobPersistence, CommitteeMember } from '../protocol/index.js';
import { NodeLied, NodeRequestFailed, type NodePhase } from './errors.js';
import type { Sleep } from './requests.js';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface NodeClientOptions {
  readonly fetch: Fetch;
  /** Of a request as a whole, body included. */
  readonly timeoutMs: number;
  readonly urlScheme: 'http' | 'https';
  readonly sleep: Sleep;
}

/** Largest answer that is not a sliver; metadata of 65,535 shards fits. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

const errorAnswer = z.object({
  error: z.object({
    message: z.string().optional(),
    details: z.array(z.object({ reason: z.string().optional() })).optional(),
  }),
});
const confirmationAnswer = z.object({
  success: z.object({
    data: z.object({ signed: z.object({ serializedMessage: z.base64(), signature: z.base64() }) }),
  }),
});

const presenceAnswer = z.object({ success: z.object({ data: z.enum(['stored', 'buffered', 'nonexistent']) }) });

const event = z.object({ txDigest: z.string().max(64), eventSeq: z.string().max(20) });
const deletableCounts = z.object({
  count_deletable_total: z.number().int().nonnegative(),
  count_deletable_certified: z.number().int().nonnegative(),
});
const blobStatus = z.union([
  z.literal('nonexistent'),
  z.object({ invalid: z.object({ event }) }),
  z.object({
    permanent: z.object({
      endEpoch: z.number().int(),
      isCertified: z.boolean(),
      statusEvent: event,
      deletableCounts,
      initialCertifiedEpoch: z.number().int().nullable().optional(),
    }),
  }),
  z.object({ deletable: z.object({ initialCertifiedEpoch: z.number().int().nullable().optional(), deletableCounts }) }),
]);
const statusAnswer = z.object({ success: z.object({ data: blobStatus }) });

/** What a node knows of a blob (HTTP specification §2.11). */
export type BlobStatus = z.infer<typeof blobStatus>;

function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}

export class NodeClient {
  constructor(
    readonly member: CommitteeMember,
    private readonly options: NodeClientOptions,
  ) {}

  /** @throws NodeRequestFailed, NodeLied */
  async getMetadata(blobId: Uint8Array, signal?: AbortSignal): Promise<BlobMetadataWithId> {
    const bytes = await this.#request('metadata', undefined, `${blobPath(blobId)}/metadata`, { signal }, MAX_ANSWER_BYTES);
    return this.#parse('metadata', undefined, () => decodeBlobMetadataWithId(bytes));
  }

  /** `body` is BCS `BlobMetadata`. @throws NodeRequestFailed */
  async putMetadata(blobId: Uint8Array, body: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#put('metadata', undefined, `${blobPath(blobId)}/metadata`, body, signal);
  }

  /** @throws NodeRequestFailed, NodeLied */
  async getSliver(
    blobId: Uint8Array,
    sliver: { readonly pairIndex: number; readonly axis: Axis; readonly shard: number },
    maxBytes: number,
    signal?: AbortSignal,
  ): Promise<Sliver> {
    const path = `${blobPath(blobId)}/slivers/${sliver.pairIndex}/${sliver.axis}`;
    const bytes = await this.#request('sliver', sliver.shard, path, { signal }, maxBytes);
    return this.#parse('sliver', sliver.shard, () => decodeSliverData(sliver.axis, bytes));
  }

  /** True if the node says that it holds the sliver. @throws NodeRequestFailed, NodeLied */
  async hasSliver(
    blobId: Uint8Array,
    sliver: { readonly pairIndex: number; readonly axis: Axis; readonly shard: number },
    signal?: AbortSignal,
  ): Promise<boolean> {
    const path = `${blobPath(blobId)}/slivers/${sliver.pairIndex}/${sliver.axis}/status`;
    const bytes = await this.#request('status', sliver.shard, path, { signal }, MAX_ANSWER_BYTES);
    return this.#parse('status', sliver.shard, () => presenceAnswer.parse(jsonOf(bytes))).success.data === 'stored';
  }

  /** What the node says of the blob. @throws NodeRequestFailed, NodeLied */
  async getStatus(blobId: Uint8Array, signal?: AbortSignal): Promise<BlobStatus> {
    const bytes = await this.#request('status', undefined, `${blobPath(blobId)}/status`, { signal }, MAX_ANSWER_BYTES);
    return this.#parse('status', undefined, () => statusAnswer.parse(jsonOf(bytes))).success.data;
  }

  /** Symbols that the node's slivers share with one sliver, with proofs. @throws NodeRequestFailed, NodeLied */
  async getRecoverySymbols(
    blobId: Uint8Array,
    target: SliverTarget,
    maxBytes: number,
    signal?: AbortSignal,
  ): Promise<GeneralRecoverySymbol[]> {
    const path = `${blobPath(blobId)}/recoverySymbols?targetSliver=${target.index}&targetType=${target.axis}`;
    const bytes = await this.#request('symbols', undefined, path, { signal }, maxBytes);
    return this.#parse('symbols', undefined, () => decodeGeneralRecoverySymbols(bytes));
  }

  /** `body` is BCS `SliverData`. @throws NodeRequestFailed */
  async putSliver(
    blobId: Uint8Array,
    sliver: { readonly pairIndex: number; readonly axis: Axis; readonly shard: number },
    body: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void> {
    const path = `${blobPath(blobId)}/slivers/${sliver.pairIndex}/${sliver.axis}`;
    await this.#put('sliver', sliver.shard, path, body, signal);
  }

  /** Message and signature as the node sent them. @throws NodeRequestFailed, NodeLied */
  async getConfirmation(
    blobId: Uint8Array,
    persistence: BlobPersistence,
    signal?: AbortSignal,
  ): Promise<{ message: Uint8Array; signature: Uint8Array }> {
    const kind = persistence.kind === 'permanent' ? 'permanent' : `deletable/${persistence.objectId}`;
    const path = `${blobPath(blobId)}/confirmation/${kind}`;
    const bytes = await this.#request('confirmation', undefined, path, { signal }, MAX_ANSWER_BYTES);
    const { signed } = this.#parse('confirmation', undefined, () =>
      confirmationAnswer.parse(jsonOf(bytes)),
    ).success.data;
    return {
      message: new Uint8Array(Buffer.from(signed.serializedMessage, 'base64')),
      signature: new Uint8Array(Buffer.from(signed.signature, 'base64')),
    };
  }

  async #put(
    phase: NodePhase,
    shard: number | undefined,
    path: string,
    body: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const init = {
      method: 'PUT',
      body: body as Uint8Array<ArrayBuffer>,
      headers: { 'content-type': 'application/octet-stream' },
      signal,
    };
    await this.#request(phase, shard, path, init, MAX_ANSWER_BYTES);
  }

  async #request(
    phase: NodePhase,
    shard: number | undefined,
    path: string,
    init: Omit<RequestInit, 'signal'> & { signal?: AbortSignal | undefined },
    maxBytes: number,
  ): Promise<Uint8Array> {
    const fail = (code: number | undefined, reason: string | undefined, detail: string, cause?: unknown) =>
      new NodeRequestFailed(this.member.name, phase, shard, code, reason, detail, { cause });
    const timeout = new AbortController();
    const answered = new AbortController();
    void this.options.sleep(this.options.timeoutMs, answered.signal).then(() => timeout.abort());
    const signal = init.signal === undefined ? timeout.signal : AbortSignal.any([init.signal, timeout.signal]);
    const url = `${this.options.urlScheme}://${this.member.networkAddress}/v1/${path}`;
    let response: Response;
    let body: Uint8Array;
    try {
      response = await this.options.fetch(url, { ...init, signal });
      body = await limitedBody(response, maxBytes);
    } catch (cause) {
      if (cause instanceof AnswerTooLarge) {
        throw new NodeLied(this.member.name, phase, shard, `the answer is longer than ${maxBytes} bytes`, { cause });
      }
      init.signal?.throwIfAborted();
      const detail = timeout.signal.aborted ? `no answer within ${this.options.timeoutMs} ms` : `no answer (${describe(cause)})`;
      throw fail(undefined, undefined, detail, cause);
    } finally {
      answered.abort();
    }
    if (response.ok) return body;
    const { reason, message } = errorOf(body);
    throw fail(response.status, reason, `${response.status}${reason ? ` ${reason}` : ''}${message ? `: ${message}` : ''}`);
  }

  #parse<T>(phase: NodePhase, shard: number | undefined, parse: () => T): T {
    try {
      return parse();
    } catch (cause) {
      throw new NodeLied(this.member.name, phase, shard, `the answer does not parse: ${describe(cause)}`, { cause });
    }
  }
}

class AnswerTooLarge extends Error {}

/** Reads a body without ever holding more than the limit. */
async function limitedBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(response.headers.get('content-length') ?? 0);
  if (declared > maxBytes) {
    await response.body?.cancel();
    throw new AnswerTooLarge();
  }
  const chunks: Uint8Array[] = [];
  let total = 0;
  if (response.body !== null) {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > maxBytes) throw new AnswerTooLarge();
      chunks.push(chunk);
    }
  }
  if (chunks.length === 1) return chunks[0]!;
  const body = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/** Error bodies may be anything, plain text included. */
function errorOf(body: Uint8Array): { reason: string | undefined; message: string | undefined } {
  const text = Buffer.from(body.subarray(0, 4096)).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { reason: undefined, message: text.slice(0, 200) || undefined };
  }
  const parsed = errorAnswer.safeParse(json);
  if (!parsed.success) return { reason: undefined, message: undefined };
  return { reason: parsed.data.error.details?.[0]?.reason, message: parsed.data.error.message };
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause;
  return inner instanceof Error ? `${cause.message}: ${inner.message}` : cause.message;
}

function blobPath(blobId: Uint8Array): string {
  return `blobs/${blobIdToText(blobId)}`;
}
