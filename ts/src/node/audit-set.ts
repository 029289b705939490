/**
 * The blobs that the audit of an epoch samples, and the agreement on them: every node derives the same list from
 * the chain's events and signs it for the others; a quorum of signatures goes on chain.
 */
import type { Hono } from 'hono';
import { equalBytes } from '../encoding/hash.js';
import {
  aggregateSignatures,
  blobSetMessage,
  BlobSet,
  isQuorum,
  signersBitmap,
  verifyBls,
  type AuditRoundState,
  type Certificate,
  type CommitteeMember,
} from '../protocol/index.js';
import { isSampled } from './audit-plan.js';
import { PeerRequestFailed } from './errors.js';
import { errorFields } from './log.js';
import type { NodeContext } from './node-context.js';
import type { Peers } from './peers.js';
import { inLanes } from './pump.js';
import type { SignedMessage } from './sync-messages.js';

const LANES = 20;
const ID_BYTES = 32;
const RECORDS_PER_PAGE = 5000;
/** Most blob IDs that are taken from another node. */
const MAX_IDS = 1 << 20;

/** Too few nodes signed the same set; asking again later may help. */
export class BlobSetDisputed extends Error {
  override readonly name = 'BlobSetDisputed';
  constructor(
    readonly epoch: number,
    readonly signedShards: number,
    readonly shardCount: number,
  ) {
    super(`${signedShards} of ${shardCount} shards signed the blob set of epoch ${epoch}`);
  }
}

export class AuditSets {
  /** Set of the latest epoch that was asked for. */
  #current: { readonly epoch: number; readonly set: BlobSet } | undefined;

  constructor(
    private readonly context: NodeContext,
    private readonly peers: Peers,
  ) {}

  /** The set of the current epoch, as this node derives it. Kept: later events do not change it. */
  own(): BlobSet {
    const { epoch } = this.context;
    if (this.#current?.epoch !== epoch) this.#current = { epoch, set: new BlobSet([...this.#sampledIds(epoch)]) };
    return this.#current.set;
  }

  /** The set that the chain has; from another node if this one derives another. @throws BlobSetDisputed */
  async committed(round: AuditRoundState): Promise<BlobSet> {
    const root = Uint8Array.from(round.set_root);
    const own = this.own();
    if (equalBytes(own.root, root)) return own;
    const { context } = this;
    context.log('warn', 'the committed blob set is another one', { epoch: round.epoch, own: String(own.count), committed: round.set_count });
    const count = Number(round.set_count);
    for (const member of count > MAX_IDS ? [] : this.#others()) {
      try {
        const bytes = await this.peers.auditBlobIds(member, round.epoch, count * ID_BYTES);
        const set = new BlobSet(Array.from({ length: count }, (_, i) => bytes.subarray(i * ID_BYTES, (i + 1) * ID_BYTES)));
        if (bytes.length !== count * ID_BYTES || !equalBytes(set.root, root)) continue;
        this.#current = { epoch: round.epoch, set };
        return set;
      } catch (error) {
        if (!(error instanceof PeerRequestFailed)) throw error;
        context.log('info', 'no blob set', { peer: member.name, ...errorFields(error) });
      }
    }
    throw new BlobSetDisputed(round.epoch, 0, context.shardCount);
  }

  /** This node's signature, if it is in that epoch. */
  sign(epoch: number): SignedMessage | undefined {
    const { context } = this;
    if (epoch !== context.epoch || context.member === undefined) return undefined;
    const { root, count } = this.own();
    const message = blobSetMessage(epoch, root, count);
    return { message, signature: context.protocolKey.sign(message) };
  }

  /** Signatures of a quorum over this node's set. @throws BlobSetDisputed */
  async certify(): Promise<Certificate> {
    const { context } = this;
    const { committee, epoch, shardCount } = context.state;
    const own = this.sign(epoch);
    if (own === undefined) throw new BlobSetDisputed(epoch, 0, shardCount);
    const { message } = own;
    const signed: { readonly member: CommitteeMember; readonly signature: Uint8Array }[] = [];
    await inLanes(committee, LANES, async (member) => {
      if (member.nodeId === context.nodeId) {
        signed.push({ member, signature: own.signature });
        return;
      }
      try {
        const signature = await this.#signatureOf(member, epoch);
        if (verifyBls(member.publicKey, message, signature)) signed.push({ member, signature });
        else context.log('warn', 'another node has another blob set', { peer: member.name, epoch });
      } catch (error) {
        if (!(error instanceof PeerRequestFailed)) throw error;
        context.log('info', 'no signature of the blob set', { peer: member.name, ...errorFields(error) });
      }
    });
    const weight = signed.reduce((sum, { member }) => sum + member.shards.length, 0);
    if (!isQuorum(weight, shardCount)) throw new BlobSetDisputed(epoch, weight, shardCount);
    signed.sort((a, b) => a.member.index - b.member.index);
    const indices = signed.map(({ member }) => member.index);
    return {
      message,
      signature: aggregateSignatures(signed.map(({ signature }) => signature)),
      bitmap: signersBitmap(indices, committee.length),
    };
  }

  /** Asks once more when there was no answer: between epochs connections lie idle, and the other side may have closed them. */
  async #signatureOf(member: CommitteeMember, epoch: number): Promise<Uint8Array> {
    try {
      return await this.peers.auditSignature(member, epoch);
    } catch (error) {
      if (!(error instanceof PeerRequestFailed) || error.httpCode !== undefined) throw error;
      return this.peers.auditSignature(member, epoch);
    }
  }

  #others(): CommitteeMember[] {
    return this.context.state.committee.filter(({ nodeId }) => nodeId !== this.context.nodeId);
  }

  *#sampledIds(epoch: number): Iterable<Uint8Array> {
    for (let from: Uint8Array = new Uint8Array(ID_BYTES), isFirst = true; ; isFirst = false) {
      const page = this.context.store.records(from, RECORDS_PER_PAGE);
      for (const [blobId, record] of isFirst ? page : page.slice(1)) if (isSampled(record, epoch)) yield blobId;
      if (page.length < RECORDS_PER_PAGE) return;
      from = page.at(-1)![0];
    }
  }
}

/** Serves signatures and lists of blob sets to the other nodes. A node that is an epoch behind looks at the chain first. */
export function mountAuditRoutes(app: Hono, context: NodeContext, sets: AuditSets): void {
  const octets = (bytes: Uint8Array | undefined): Response =>
    bytes === undefined
      ? new Response('no blob set of that epoch here', { status: 404 })
      : new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/octet-stream' } });
  const inEpoch = async (text: string): Promise<number | undefined> => {
    if (!/^\d{1,10}$/.test(text)) return undefined;
    const epoch = Number(text);
    if (context.epoch < epoch) await context.chain.sync();
    return context.epoch === epoch ? epoch : undefined;
  };
  app.get('/v1/audit/:epoch/signature', async (c) => {
    const epoch = await inEpoch(c.req.param('epoch'));
    return octets(epoch === undefined ? undefined : sets.sign(epoch)?.signature);
  });
  app.get('/v1/audit/:epoch/blob_ids', async (c) => {
    const epoch = await inEpoch(c.req.param('epoch'));
    return octets(epoch === undefined ? undefined : new Uint8Array(Buffer.concat(sets.own().blobIds)));
  });
}
