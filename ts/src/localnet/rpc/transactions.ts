/**
 * Executed transactions, their events and signatures as messages (sui-rpc.md §3 "Transaction mask", §9).
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import { toBase58 } from '@mysten/bcs';
import { blake2b } from '@noble/hashes/blake2.js';
import type { ExecutedTransaction, Ledger, LedgerEvent, LedgerObject } from '../ledger/types.js';
import { balanceChanges } from './balance-changes.js';
import { effectsMessage } from './effects.js';
import type { ReadMask } from './mask.js';
import { objectMessage } from './objects.js';
import { transactionMessage } from './transaction-messages.js';
import { bcsMessage, timestampMessage, valueMessage } from './values.js';

/** The parts of an executed transaction that were asked for. */
export function executedTransactionMessage(
  ledger: Ledger,
  executed: ExecutedTransaction,
  mask: ReadMask,
): GrpcTypes.ExecutedTransaction {
  const message = simulatedTransactionMessage(ledger, executed, mask);
  if (mask.has('signatures')) message.signatures = executed.signatures.map(signatureMessage);
  if (mask.has('checkpoint')) message.checkpoint = executed.checkpoint;
  if (mask.has('timestamp')) message.timestamp = timestampMessage(executed.timestampMs);
  if (mask.has('transaction_index')) message.transactionIndex = indexInCheckpoint(ledger, executed);
  return message;
}

/** The same for a simulation, which has no signatures, checkpoint, time or place in the order. */
export function simulatedTransactionMessage(
  ledger: Ledger,
  executed: ExecutedTransaction,
  mask: ReadMask,
): GrpcTypes.ExecutedTransaction {
  const message: GrpcTypes.ExecutedTransaction = { signatures: [], balanceChanges: [] };
  if (mask.has('digest')) message.digest = executed.digest;
  if (mask.has('transaction')) message.transaction = transactionMessage(executed, mask.child('transaction'));
  if (mask.has('effects')) message.effects = effectsMessage(executed, mask.child('effects'));
  if (mask.has('events') && executed.events.length > 0)
    message.events = eventsMessage(ledger, executed, mask.child('events'));
  if (mask.has('balance_changes')) message.balanceChanges = balanceChanges(executed);
  if (mask.has('objects')) message.objects = objectSet(ledger, executed, mask.child('objects'));
  return mask.apply(GrpcTypes.ExecutedTransaction, message);
}

/** Position of a transaction within its checkpoint. */
export function indexInCheckpoint(ledger: Ledger, executed: ExecutedTransaction): bigint {
  const digests = ledger.getCheckpoint(executed.checkpoint)?.transactionDigests ?? [];
  return BigInt(Math.max(0, digests.indexOf(executed.digest)));
}

function eventsMessage(ledger: Ledger, executed: ExecutedTransaction, mask: ReadMask): GrpcTypes.TransactionEvents {
  const message: GrpcTypes.TransactionEvents = { events: [] };
  if (executed.eventsBytes !== undefined) {
    if (mask.has('bcs')) message.bcs = bcsMessage('TransactionEvents', executed.eventsBytes);
    if (mask.has('digest')) message.digest = eventsDigest(executed.eventsBytes);
  }
  if (mask.has('events')) {
    const below = mask.child('events');
    message.events = executed.events.map((event, index) => ({
      ...eventMessage(ledger, event, below),
      transactionDigest: executed.digest,
      eventIndex: index,
    }));
  }
  return message;
}

const EVENTS_PREFIX = new TextEncoder().encode('TransactionEvents::');

/** Digest of BCS `TransactionEvents` (sui.md §1.1). */
function eventsDigest(bytes: Uint8Array): string {
  return toBase58(blake2b.create({ dkLen: 32 }).update(EVENTS_PREFIX).update(bytes).digest());
}

/** The fields of an event that do not depend on where it was emitted. */
export function eventMessage(ledger: Ledger, event: LedgerEvent, mask: ReadMask): GrpcTypes.Event {
  const message: GrpcTypes.Event = {
    packageId: event.packageId,
    module: event.module,
    sender: event.sender,
    eventType: event.type,
  };
  if (mask.has('contents')) message.contents = bcsMessage(event.type, event.contents);
  if (mask.has('json')) message.json = valueMessage(ledger.reflection.renderJson(event.type, event.contents));
  return message;
}

/** An event with its place in the ledger, for event streams. */
export function locatedEventMessage(
  ledger: Ledger,
  executed: ExecutedTransaction,
  index: number,
  mask: ReadMask,
): GrpcTypes.Event {
  const message = eventMessage(ledger, executed.events[index] as LedgerEvent, mask);
  message.checkpoint = executed.checkpoint;
  message.transactionDigest = executed.digest;
  if (mask.has('transaction_index')) message.transactionIndex = indexInCheckpoint(ledger, executed);
  message.eventIndex = index;
  return mask.apply(GrpcTypes.Event, message);
}

function objectSet(ledger: Ledger, executed: ExecutedTransaction, mask: ReadMask): GrpcTypes.ObjectSet {
  if (!mask.has('objects')) return { objects: [] };
  const unique = new Map<string, LedgerObject>();
  for (const object of executed.inputObjects) unique.set(`${object.id}:${object.version}`, object);
  for (const object of executed.outputObjects) unique.set(`${object.id}:${object.version}`, object);
  const below = mask.child('objects');
  const objects = [...unique.values()].sort(byIdThenVersion).map((object) => objectMessage(ledger, object, below));
  return { objects };
}

function byIdThenVersion(a: LedgerObject, b: LedgerObject): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.version < b.version ? -1 : a.version > b.version ? 1 : 0;
}

const { SignatureScheme: Scheme } = GrpcTypes;

/** Lengths of signature and public key by flag (sui.md §1.3). */
const SIMPLE_SCHEMES = new Map([
  [Scheme.ED25519, { signatureLength: 64, publicKeyLength: 32 }],
  [Scheme.SECP256K1, { signatureLength: 64, publicKeyLength: 33 }],
  [Scheme.SECP256R1, { signatureLength: 64, publicKeyLength: 33 }],
]);

/** A serialized user signature; simple schemes are also taken apart. */
export function signatureMessage(bytes: Uint8Array): GrpcTypes.UserSignature {
  const scheme = bytes[0] as GrpcTypes.SignatureScheme;
  const message: GrpcTypes.UserSignature = {
    bcs: bcsMessage('UserSignatureBytes', bytes),
    signature: { oneofKind: undefined },
  };
  if (Scheme[scheme] === undefined) return message;
  message.scheme = scheme;
  const lengths = SIMPLE_SCHEMES.get(scheme);
  if (lengths !== undefined && bytes.length === 1 + lengths.signatureLength + lengths.publicKeyLength) {
    const signature = bytes.slice(1, 1 + lengths.signatureLength);
    const publicKey = bytes.slice(1 + lengths.signatureLength);
    message.signature = { oneofKind: 'simple', simple: { scheme, signature, publicKey } };
  }
  return message;
}
