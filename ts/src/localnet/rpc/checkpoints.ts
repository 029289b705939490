/**
 * Checkpoints as messages (sui-rpc.md §9). The network has no validators: checkpoints carry no signature.
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import type { Checkpoint, ExecutedTransaction, Ledger } from '../ledger/types.js';
import type { ReadMask } from './mask.js';
import { executedTransactionMessage, signatureMessage } from './transactions.js';
import { bcsMessage, timestampMessage } from './values.js';

/** The parts of a checkpoint that were asked for. */
export function checkpointMessage(ledger: Ledger, checkpoint: Checkpoint, mask: ReadMask): GrpcTypes.Checkpoint {
  const message: GrpcTypes.Checkpoint = {
    sequenceNumber: checkpoint.sequenceNumber,
    digest: checkpoint.digest,
    transactions: [],
  };
  if (mask.has('summary')) message.summary = summaryMessage(checkpoint);
  if (mask.has('contents') || mask.has('transactions') || mask.has('objects')) {
    const executed = transactionsOf(ledger, checkpoint);
    if (mask.has('contents')) message.contents = contentsMessage(checkpoint, executed);
    if (mask.has('transactions')) {
      const below = mask.child('transactions');
      message.transactions = executed.map((transaction) => executedTransactionMessage(ledger, transaction, below));
    }
    if (mask.has('objects')) message.objects = objectsMessage(ledger, executed, mask);
  }
  return mask.apply(GrpcTypes.Checkpoint, message);
}

function transactionsOf(ledger: Ledger, checkpoint: Checkpoint): ExecutedTransaction[] {
  return checkpoint.transactionDigests
    .map((digest) => ledger.getTransaction(digest))
    .filter((executed) => executed !== undefined);
}

function summaryMessage(checkpoint: Checkpoint): GrpcTypes.CheckpointSummary {
  const message: GrpcTypes.CheckpointSummary = {
    bcs: bcsMessage('CheckpointSummary', checkpoint.summaryBytes),
    digest: checkpoint.digest,
    epoch: checkpoint.epoch,
    sequenceNumber: checkpoint.sequenceNumber,
    totalNetworkTransactions: checkpoint.networkTotalTransactions,
    contentDigest: checkpoint.contentsDigest,
    timestamp: timestampMessage(checkpoint.timestampMs),
    commitments: [],
  };
  if (checkpoint.previousDigest !== undefined) message.previousDigest = checkpoint.previousDigest;
  return message;
}

function contentsMessage(checkpoint: Checkpoint, executed: readonly ExecutedTransaction[]): GrpcTypes.CheckpointContents {
  return {
    bcs: bcsMessage('CheckpointContents', checkpoint.contentsBytes),
    digest: checkpoint.contentsDigest,
    version: 1,
    transactions: executed.map((transaction) => ({
      transaction: transaction.digest,
      effects: transaction.effectsDigest,
      signatures: transaction.signatures.map(signatureMessage),
      addressAliasesVersions: [],
    })),
  };
}

/** Objects of all transactions of the checkpoint, without repetition, sorted by ID and version. */
function objectsMessage(
  ledger: Ledger,
  executed: readonly ExecutedTransaction[],
  mask: ReadMask,
): GrpcTypes.ObjectSet {
  const unique = new Map<string, GrpcTypes.Object>();
  for (const transaction of executed) {
    const part = executedTransactionMessage(ledger, transaction, mask);
    for (const object of part.objects?.objects ?? []) unique.set(`${object.objectId}:${object.version}`, object);
  }
  return { objects: [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object) };
}
