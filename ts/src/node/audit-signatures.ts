/** Signatures of the committee over one message, for the certificates that audits need (contracts specification §5.5). */
import {
  aggregateSignatures,
  signersBitmap,
  verifyBls,
  type Certificate,
  type CommitteeMember,
} from '../protocol/index.js';
import { PeerRequestFailed } from './errors.js';
import { errorFields } from './log.js';
import type { NodeContext } from './node-context.js';
import { inLanes } from './pump.js';

const LANES = 20;

/** Too few nodes signed the same; asking again later may help. */
export class NoAuditQuorum extends Error {
  override readonly name = 'NoAuditQuorum';
  constructor(
    /** What was to be signed. */
    readonly what: string,
    readonly epoch: number,
    readonly signedShards: number,
    readonly shardCount: number,
  ) {
    super(`${signedShards} of ${shardCount} shards signed the ${what} of epoch ${epoch}`);
  }
}

/** What is to be signed, and by how many. */
export interface Certification {
  /** For the log. */
  readonly what: string;
  readonly message: Uint8Array;
  /** `isQuorum` or `hasCorrectShard`. */
  readonly isEnough: (weight: number, shardCount: number) => boolean;
  readonly ask: (member: CommitteeMember) => Promise<Uint8Array>;
}

/**
 * Asks every other member for its signature over the message, which this node signs too.
 * @throws NoAuditQuorum
 */
export async function certify(context: NodeContext, { what, message, isEnough, ask }: Certification): Promise<Certificate> {
  const { committee, epoch, shardCount } = context.state;
  const signed: { readonly member: CommitteeMember; readonly signature: Uint8Array }[] = [];
  await inLanes(committee, LANES, async (member) => {
    if (member.nodeId === context.nodeId) {
      signed.push({ member, signature: context.protocolKey.sign(message) });
      return;
    }
    try {
      const signature = await askTwice(member, ask);
      if (verifyBls(member.publicKey, message, signature)) signed.push({ member, signature });
      else context.log('warn', `another node has another ${what}`, { peer: member.name, epoch });
    } catch (error) {
      if (!(error instanceof PeerRequestFailed)) throw error;
      context.log('info', `no signature of the ${what}`, { peer: member.name, ...errorFields(error) });
    }
  });
  const weight = signed.reduce((sum, { member }) => sum + member.shards.length, 0);
  if (!isEnough(weight, shardCount)) throw new NoAuditQuorum(what, epoch, weight, shardCount);
  signed.sort((a, b) => a.member.index - b.member.index);
  return {
    message,
    signature: aggregateSignatures(signed.map(({ signature }) => signature)),
    bitmap: signersBitmap(signed.map(({ member }) => member.index), committee.length),
  };
}

/** Once more when there was no answer: between epochs connections lie idle, and the other side may have closed them. */
async function askTwice(member: CommitteeMember, ask: (member: CommitteeMember) => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await ask(member);
  } catch (error) {
    if (!(error instanceof PeerRequestFailed) || error.httpCode !== undefined) throw error;
    return ask(member);
  }
}
