/**
 * The blobs that the audit of an epoch samples, and the agreement on them: every node derives the same list from
 * the chain's events and signs it for the others; a quorum of signatures goes on chain. Nodes sign for each other too
 * that a blob is invalid, which excuses samples of it (contracts specification §14.4).
 */
import type { Hono } from 'hono';
import { blobIdFromText, blobIdToText } from '../encoding/index.js';
import { equalBytes } from '../encoding/hash.js';
import {
  blobSetMessage,
  BlobSet,
  hasCorrectShard,
  invalidBlobIdMessage,
  isQuorum,
  type AuditRoundState,
  type Certificate,
  type CommitteeMember,
} from '../protocol/index.js';
import { isSampled } from './audit-plan.js';
import { certify, NoAuditQuorum } from './audit-signatures.js';
import { PeerRequestFailed } from './errors.js';
import { errorFields } from './log.js';
import type { NodeContext } from './node-context.js';
import type { Peers } from './peers.js';
import { queryOf } from './requests.js';

const ID_BYTES = 32;
const RECORDS_PER_PAGE = 5000;
/** Most blob IDs that are taken from another node. */
const MAX_IDS = 1 << 20;

export class AuditSets {
  /** Set of the latest epoch that was asked for. */
  #current: { readonly epoch: number; readonly set: BlobSet } | undefined;

  constructor(
    private readonly context: NodeContext,
    private readonly peers: Peers,
  ) {}

  /** The set of the current epoch, as this node derives it once it has seen all that was before. Kept. */
  async own(): Promise<BlobSet> {
    const { context } = this;
    if (this.#current?.epoch !== context.epoch) {
      await context.chain.sync();
      const { epoch } = context;
      this.#current = { epoch, set: new BlobSet([...this.#sampledIds(epoch)]) };
    }
    return this.#current.set;
  }

  /** The set that the chain has; from another node if this one derives another. @throws NoAuditQuorum */
  async committed(round: AuditRoundState): Promise<BlobSet> {
    const root = Uint8Array.from(round.set_root);
    const own = await this.own();
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
    throw new NoAuditQuorum('blob set', round.epoch, 0, context.shardCount);
  }

  /** This node's signature over its blob set, if it is in that epoch. */
  async sign(epoch: number): Promise<Uint8Array | undefined> {
    const message = await this.#message(epoch);
    return message && this.context.protocolKey.sign(message);
  }

  /** Signatures of a quorum over this node's set. @throws NoAuditQuorum */
  async certify(): Promise<Certificate> {
    const { context, peers } = this;
    const { epoch } = context;
    const message = await this.#message(epoch);
    if (message === undefined) throw new NoAuditQuorum('blob set', epoch, 0, context.shardCount);
    const ask = (member: CommitteeMember) => peers.auditSignature(member, epoch);
    return certify(context, { what: 'blob set', message, isEnough: isQuorum, ask });
  }

  /** This node's signature that a blob is invalid, if the chain has said so. */
  signInvalid(epoch: number, blobId: Uint8Array): Uint8Array | undefined {
    const { context } = this;
    if (epoch !== context.epoch || context.member === undefined) return undefined;
    if (context.record(blobId)?.invalid === undefined) return undefined;
    return context.protocolKey.sign(invalidBlobIdMessage(epoch, blobId));
  }

  /** Signatures over that, of so many that one of them is correct. @throws NoAuditQuorum */
  async certifyInvalid(blobId: Uint8Array): Promise<Certificate> {
    const { context, peers } = this;
    const { epoch } = context;
    const what = `invalidity of ${blobIdToText(blobId)}`;
    if (this.signInvalid(epoch, blobId) === undefined) throw new NoAuditQuorum(what, epoch, 0, context.shardCount);
    const ask = (member: CommitteeMember) => peers.auditInvalid(member, epoch, blobId);
    return certify(context, { what, message: invalidBlobIdMessage(epoch, blobId), isEnough: hasCorrectShard, ask });
  }

  async #message(epoch: number): Promise<Uint8Array | undefined> {
    const { context } = this;
    const { root, count } = await this.own();
    if (epoch !== context.epoch || epoch !== this.#current?.epoch || context.member === undefined) return undefined;
    return blobSetMessage(epoch, root, count);
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
  const octets = (bytes: Uint8Array | undefined, missing: string): Response =>
    bytes === undefined
      ? new Response(missing, { status: 404 })
      : new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/octet-stream' } });
  const inEpoch = async (text: string): Promise<number | undefined> => {
    if (!/^\d{1,10}$/.test(text)) return undefined;
    const epoch = Number(text);
    if (context.epoch < epoch) await context.chain.sync();
    return context.epoch === epoch ? epoch : undefined;
  };
  const noSet = 'no blob set of that epoch here';
  app.get('/v1/audit/:epoch/signature', async (c) => {
    queryOf(c, []);
    const epoch = await inEpoch(c.req.param('epoch'));
    return octets(epoch === undefined ? undefined : await sets.sign(epoch), noSet);
  });
  app.get('/v1/audit/:epoch/blob_ids', async (c) => {
    queryOf(c, []);
    const epoch = await inEpoch(c.req.param('epoch'));
    return octets(epoch === undefined ? undefined : new Uint8Array(Buffer.concat((await sets.own()).blobIds)), noSet);
  });
  app.get('/v1/audit/:epoch/invalid/:blobId', async (c) => {
    queryOf(c, []);
    const epoch = await inEpoch(c.req.param('epoch'));
    const blobId = blobIdFromText(c.req.param('blobId'));
    // The other node has seen it: so will this one when it looks.
    if (epoch !== undefined && context.record(blobId)?.invalid === undefined) await context.chain.sync();
    return octets(epoch === undefined ? undefined : sets.signInvalid(epoch, blobId), 'not invalid in that epoch here');
  });
}
