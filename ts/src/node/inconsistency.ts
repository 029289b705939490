/**
 * Getting a blob ID marked invalid (HTTP specification §4.5): the proof goes to every node of the committee;
 * their signatures, a quorum of them, go on chain.
 */
import { blobIdToText, type InconsistencyProof } from '../encoding/index.js';
import { equalBytes } from '../encoding/hash.js';
import {
  aggregateSignatures,
  invalidBlobIdMessage,
  isQuorum,
  signersBitmap,
  verifyBls,
  type CommitteeMember,
} from '../protocol/index.js';
import type { ChainActions } from './chain-actions.js';
import { RecoveryFailed } from './errors.js';
import { errorFields } from './log.js';
import type { NodeContext } from './node-context.js';
import type { Peers } from './peers.js';
import { inLanes } from './pump.js';

const LANES = 20;

interface Signed {
  readonly member: CommitteeMember;
  readonly signature: Uint8Array;
}

/** Resolves once the chain knows. @throws RecoveryFailed when too few nodes signed */
export async function reportInconsistency(
  context: NodeContext,
  peers: Peers,
  actions: ChainActions,
  blobId: Uint8Array,
  proof: InconsistencyProof,
): Promise<void> {
  const { committee, epoch, shardCount } = context.state;
  const message = invalidBlobIdMessage(epoch, blobId);
  const signed: Signed[] = [];
  const weight = () => signed.reduce((sum, { member }) => sum + member.shards.length, 0);
  context.metrics.inconsistentBlobs.add(1, { role: 'found' });
  context.log('warn', 'blob is inconsistent', { blobId: blobIdToText(blobId), axis: proof.targetAxis, sliver: proof.targetIndex });
  await inLanes(committee, LANES, async (member) => {
    if (member.nodeId === context.nodeId) {
      signed.push({ member, signature: context.protocolKey.sign(message) });
      return;
    }
    try {
      const answer = await peers.inconsistencyProof(member, blobId, proof);
      const valid = equalBytes(answer.message, message) && verifyBls(member.publicKey, message, answer.signature);
      if (valid) signed.push({ member, signature: answer.signature });
      else context.log('warn', 'invalid attestation of an inconsistent blob', { peer: member.name });
    } catch (error) {
      context.log('info', 'no attestation of an inconsistent blob', { peer: member.name, ...errorFields(error) });
    }
  });
  await context.chain.sync();
  if (context.record(blobId)?.invalid !== undefined) return; // another node was faster
  if (!isQuorum(weight(), shardCount)) {
    throw new RecoveryFailed(blobIdToText(blobId), `${weight()} of ${shardCount} shards attested that it is inconsistent`);
  }
  signed.sort((a, b) => a.member.index - b.member.index);
  await actions.invalidateBlob({
    message,
    signature: aggregateSignatures(signed.map(({ signature }) => signature)),
    bitmap: signersBitmap(
      signed.map(({ member }) => member.index),
      committee.length,
    ),
  });
}
