/**
 * Requests to one storage node (HTTP specification §2). Answers are parsed and size-limited here; whether
 * they are true is for the caller to verify.
 */
import { setMaxListeners } from 'node:events';
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
import { AnswerTooLarge, fetchTransport, socketTransport, type Fetch, type Transport, type TransportAnswer } from './transport.js';

export interface NodeClientOptions {
  /** How the node is reached; without it, over sockets of this process. */
  readonly fetch?: Fetch | undefined;
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

/** Reasons that nobody reads: an abort without one makes an error with its stack trace, per request. */
const ANSWERED = 'answered';
const TIMED_OUT = 'timed out';

export class NodeClient {
  readonly #transport: Transport;

  constructor(
    readonly member: CommitteeMember,
    private readonly options: NodeClientOptions,
  ) {
    this.#transport = options.fetch === undefined ? socketTransport : fetchTransport(options.fetch);
  }

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
    await this.#request(phase, shard, path, { body, signal }, MAX_ANSWER_BYTES);
  }

  /** A GET, or with a body a PUT. Gives the body of the answer. */
  async #request(
    phase: NodePhase,
    shard: number | undefined,
    path: string,
    { body, signal }: { readonly body?: Uint8Array; readonly signal: AbortSignal | undefined },
    maxBytes: number,
  ): Promise<Uint8Array> {
    const { sleep, timeoutMs, urlScheme } = this.options;
    const fail = (code: number | undefined, reason: string | undefined, detail: string, cause?: unknown) =>
      new NodeRequestFailed(this.member.name, phase, shard, code, reason, detail, { cause });
    signal?.throwIfAborted();
    const stop = new AbortController();
    const answered = new AbortController();
    void sleep(timeoutMs, answered.signal).then(() => {
      if (!answered.signal.aborted) stop.abort(TIMED_OUT);
    });
    const callOff = () => stop.abort(signal?.reason);
    if (signal !== undefined) {
      // One signal calls off all requests of an operation, of which there may be hundreds.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', callOff, { once: true });
    }
    const url = `${urlScheme}://${this.member.networkAddress}/v1/${path}`;
    let answer: TransportAnswer;
    try {
      const sent = body === undefined ? { method: 'GET' as const } : { method: 'PUT' as const, body };
      answer = await this.#transport(url, { ...sent, signal: stop.signal, maxBytes });
    } catch (cause) {
      if (cause instanceof AnswerTooLarge) {
        throw new NodeLied(this.member.name, phase, shard, `the answer is longer than ${maxBytes} bytes`, { cause });
      }
      signal?.throwIfAborted();
      const detail = stop.signal.aborted ? `no answer within ${timeoutMs} ms` : `no answer (${describe(cause)})`;
      throw fail(undefined, undefined, detail, cause);
    } finally {
      answered.abort(ANSWERED);
      signal?.removeEventListener('abort', callOff);
    }
    const { status } = answer;
    if (status >= 200 && status < 300) return answer.body;
    const { reason, message } = errorOf(answer.body);
    throw fail(status, reason, `${status}${reason ? ` ${reason}` : ''}${message ? `: ${message}` : ''}`);
  }

  #parse<T>(phase: NodePhase, shard: number | undefined, parse: () => T): T {
    try {
      return parse();
    } catch (cause) {
      throw new NodeLied(this.member.name, phase, shard, `the answer does not parse: ${describe(cause)}`, { cause });
    }
  }
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
  if (inner instanceof Error) return `${cause.message}: ${inner.message}`;
  return cause.message || ((cause as NodeJS.ErrnoException).code ?? cause.name); // several addresses failed: no message
}

function blobPath(blobId: Uint8Array): string {
  return `blobs/${blobIdToText(blobId)}`;
}
