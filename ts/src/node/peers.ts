/**
 * Requests to other storage nodes: metadata, recovery symbols, shard transfer, inconsistency proofs (HTTP
 * specification §2). Answers are limited in size and parsed; whether they are true is for the caller to verify.
 */
import { z } from 'zod';
import {
  blobIdToText,
  decodeBlobMetadataWithId,
  decodeGeneralRecoverySymbols,
  encodeInconsistencyProof,
  symbolIdToText,
  type Axis,
  type BlobMetadata,
  type GeneralRecoverySymbol,
  type InconsistencyProof,
  type SymbolId,
} from '../encoding/index.js';
import { BLS_SIGNATURE_BYTES, type BlsKeyPair, type CommitteeMember } from '../protocol/index.js';
import type { NodeEnvironment } from './environment.js';
import { PeerRequestFailed } from './errors.js';
import type { NodeMetrics } from './metrics.js';
import {
  decodeSyncShardResponse,
  encodeSignedMessage,
  encodeSyncShardMessage,
  type SignedMessage,
  type SyncedSliver,
  type SyncShardRequest,
} from './sync-messages.js';

/** Kinds of requests, for errors and metrics. */
export type PeerRequest = 'metadata' | 'recoverySymbols' | 'syncShard' | 'inconsistencyProof' | 'auditSignature' | 'auditBlobIds' | 'auditInvalid';

/** Metadata of 65,535 shards fits. */
const MAX_METADATA_BYTES = 8 << 20;
const MAX_PROOF_ANSWER_BYTES = 64 << 10;
/** The other side stops behind 16 MiB and one sliver. */
const MAX_SYNC_ANSWER_BYTES = 128 << 20;
/** Bytes of a symbol's answer besides the symbol: indices, lengths, a proof of at most 16 nodes. */
const SYMBOL_OVERHEAD_BYTES = 16 + 16 * 33;
const MAX_ERROR_BYTES = 64 << 10;

const TIMEOUT_MS: Readonly<Record<PeerRequest, number>> = {
  metadata: 5000,
  recoverySymbols: 45_000,
  syncShard: 60_000,
  inconsistencyProof: 60_000,
  auditSignature: 10_000,
  auditBlobIds: 60_000,
  auditInvalid: 10_000,
};

const errorAnswer = z.object({ error: z.object({ details: z.array(z.object({ reason: z.string().optional() })).min(1) }) });
const signedAnswer = z.object({
  success: z.object({ data: z.object({ serializedMessage: z.base64(), signature: z.base64() }) }),
});

export type Peer = Pick<CommitteeMember, 'nodeId' | 'name' | 'networkAddress'>;

/** All of them: @throws PeerRequestFailed */
export class Peers {
  constructor(
    private readonly environment: Pick<NodeEnvironment, 'fetch' | 'schedule'>,
    private readonly metrics: NodeMetrics,
    private readonly urlScheme: 'http' | 'https',
  ) {}

  async metadata(peer: Peer, blobId: Uint8Array): Promise<BlobMetadata> {
    const bytes = await this.#request(peer, 'metadata', `${blobPath(blobId)}/metadata`, {}, MAX_METADATA_BYTES);
    return this.#parse(peer, 'metadata', () => decodeBlobMetadataWithId(bytes).metadata);
  }

  /** The cells that the peer has, from its slivers of `sourceAxis`. */
  async recoverySymbols(
    peer: Peer,
    blobId: Uint8Array,
    ids: readonly SymbolId[],
    sourceAxis: Axis,
    symbolSize: number,
  ): Promise<GeneralRecoverySymbol[]> {
    const query = [...ids.map((id) => `id=${symbolIdToText(id)}`), `proofAxis=${sourceAxis}`].join('&');
    const maxBytes = ids.length * (symbolSize + SYMBOL_OVERHEAD_BYTES) + 16;
    const bytes = await this.#request(peer, 'recoverySymbols', `${blobPath(blobId)}/recoverySymbols?${query}`, {}, maxBytes);
    return this.#parse(peer, 'recoverySymbols', () => decodeGeneralRecoverySymbols(bytes));
  }

  /** The next slivers of a shard; none when there are no more. */
  async syncShard(peer: Peer, request: SyncShardRequest, key: BlsKeyPair): Promise<SyncedSliver[]> {
    const message = encodeSyncShardMessage(request);
    const init = {
      method: 'POST',
      body: encodeSignedMessage({ message, signature: key.sign(message) }) as Uint8Array<ArrayBuffer>,
      headers: {
        'content-type': 'application/octet-stream',
        authorization: Buffer.from(key.publicKey).toString('base64'),
      },
    };
    const bytes = await this.#request(peer, 'syncShard', 'migrate/sync_shard', init, MAX_SYNC_ANSWER_BYTES);
    return this.#parse(peer, 'syncShard', () => decodeSyncShardResponse(bytes, Number(request.sliverCount)));
  }

  /** The peer's signature that the blob is inconsistent. */
  async inconsistencyProof(peer: Peer, blobId: Uint8Array, proof: InconsistencyProof): Promise<SignedMessage> {
    const init = {
      method: 'POST',
      body: encodeInconsistencyProof(proof) as Uint8Array<ArrayBuffer>,
      headers: { 'content-type': 'application/octet-stream' },
    };
    const path = `${blobPath(blobId)}/inconsistencyProof/${proof.targetAxis}`;
    const bytes = await this.#request(peer, 'inconsistencyProof', path, init, MAX_PROOF_ANSWER_BYTES);
    return this.#parse(peer, 'inconsistencyProof', () => {
      const { data } = signedAnswer.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).success;
      const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
      return { message: bytesOf(data.serializedMessage), signature: bytesOf(data.signature) };
    });
  }

  /** The peer's signature over the blob set of an epoch's audit. */
  async auditSignature(peer: Peer, epoch: number): Promise<Uint8Array> {
    return this.#request(peer, 'auditSignature', `audit/${epoch}/signature`, {}, BLS_SIGNATURE_BYTES);
  }

  /** The blob IDs of that set, 32 bytes each. */
  async auditBlobIds(peer: Peer, epoch: number, maxBytes: number): Promise<Uint8Array> {
    return this.#request(peer, 'auditBlobIds', `audit/${epoch}/blob_ids`, {}, maxBytes);
  }

  /** The peer's signature that the chain has marked a blob as invalid. */
  async auditInvalid(peer: Peer, epoch: number, blobId: Uint8Array): Promise<Uint8Array> {
    return this.#request(peer, 'auditInvalid', `audit/${epoch}/invalid/${blobIdToText(blobId)}`, {}, BLS_SIGNATURE_BYTES);
  }

  async #request(peer: Peer, request: PeerRequest, path: string, init: RequestInit, maxBytes: number): Promise<Uint8Array> {
    const stop = new AbortController();
    const cancel = this.environment.schedule(() => stop.abort(), TIMEOUT_MS[request]);
    const url = `${this.urlScheme}://${peer.networkAddress}/v1/${path}`;
    let response: Response;
    let body: Uint8Array;
    try {
      response = await this.environment.fetch(url, { ...init, signal: stop.signal });
      body = await limitedBody(response, response.ok ? maxBytes : MAX_ERROR_BYTES);
    } catch (cause) {
      const why = stop.signal.aborted ? `no answer within ${TIMEOUT_MS[request]} ms` : describe(cause);
      throw new PeerRequestFailed(peer.name, request, undefined, undefined, why, { cause });
    } finally {
      cancel();
    }
    this.metrics.receivedBytes.add(body.length, { request });
    if (response.ok) return body;
    const reason = reasonOf(body);
    throw new PeerRequestFailed(peer.name, request, response.status, reason, `${response.status} ${reason ?? ''}`.trim());
  }

  #parse<T>(peer: Peer, request: PeerRequest, parse: () => T): T {
    try {
      return parse();
    } catch (cause) {
      throw new PeerRequestFailed(peer.name, request, 200, undefined, `the answer does not parse: ${describe(cause)}`, { cause });
    }
  }
}

/** Reads a body without ever holding more than the limit. */
async function limitedBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  if (response.body !== null) {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > maxBytes) throw new RangeError(`the answer is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  }
  return chunks.length === 1 ? chunks[0]! : new Uint8Array(Buffer.concat(chunks));
}

/** Error bodies may be anything, plain text included. */
function reasonOf(body: Uint8Array): string | undefined {
  const text = Buffer.from(body).toString('utf8');
  if (!text.startsWith('{')) return undefined;
  const parsed = z.string().transform(parseJson).pipe(errorAnswer).safeParse(text);
  return parsed.success ? parsed.data.error.details[0]!.reason : undefined;
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    context.addIssue({ code: 'custom', message: describe(error) });
    return z.NEVER;
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function blobPath(blobId: Uint8Array): string {
  return `blobs/${blobIdToText(blobId)}`;
}
