/**
 * The byte strings that storage nodes sign, and what a certificate needs besides the signature
 * (contracts specification §5.2–5.5). Header: intent type, version 0, app 3, epoch u32 little endian.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { fromHex } from '@mysten/bcs';

const INTENT_VERSION = 0;
const APP_ID = 3;
const HEADER_BYTES = 7;

/** Intent types by what they certify. */
export const INTENT = {
  proofOfPossession: 0,
  blobCertificate: 1,
  invalidBlobId: 2,
  syncShard: 3,
  denyListUpdate: 4,
  denyListBlobDeleted: 5,
  protocolVersion: 6,
  blobSet: 7,
} as const;

/** How a blob is registered: a permanent blob cannot be deleted, a deletable one is bound to its object. */
export type BlobPersistence =
  | { readonly kind: 'permanent' }
  | { readonly kind: 'deletable'; /** `0x` + 64 hex digits. */ readonly objectId: string };

/** Header of a protocol message. */
export interface MessageHeader {
  readonly intent: number;
  readonly epoch: number;
}

function header(intent: number, epoch: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set([intent, INTENT_VERSION, APP_ID]);
  new DataView(bytes.buffer).setUint32(3, epoch, true);
  return bytes;
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Storage confirmation: 40 bytes for a permanent blob, 72 for a deletable one. */
export function storageConfirmationMessage(
  epoch: number,
  blobId: Uint8Array,
  persistence: BlobPersistence,
): Uint8Array {
  const tail =
    persistence.kind === 'permanent' ? Uint8Array.of(0) : concat(Uint8Array.of(1), addressBytes(persistence.objectId));
  return concat(header(INTENT.blobCertificate, epoch), blobId, tail);
}

/** Attestation that a blob ID belongs to no consistent encoding: 39 bytes. */
export function invalidBlobIdMessage(epoch: number, blobId: Uint8Array): Uint8Array {
  return concat(header(INTENT.invalidBlobId, epoch), blobId);
}

/** Proof that the registrant holds the key: 87 bytes, bound to the sender of the registration. */
export function proofOfPossessionMessage(epoch: number, sender: string, publicKey: Uint8Array): Uint8Array {
  return concat(header(INTENT.proofOfPossession, epoch), addressBytes(sender), publicKey);
}

/** Agreement on the blobs that an epoch's audit can sample: 51 bytes. `root` is 32 bytes. */
export function blobSetMessage(epoch: number, root: Uint8Array, count: bigint): Uint8Array {
  const numbers = new DataView(new ArrayBuffer(12));
  numbers.setUint32(0, epoch, true);
  numbers.setBigUint64(4, count, true);
  const bytes = new Uint8Array(numbers.buffer);
  return concat(header(INTENT.blobSet, epoch), bytes.subarray(0, 4), root, bytes.subarray(4));
}

/** Reads the header; undefined when the bytes are too short or of another app or version. */
export function parseMessageHeader(message: Uint8Array): MessageHeader | undefined {
  if (message.length < HEADER_BYTES || message[1] !== INTENT_VERSION || message[2] !== APP_ID) return undefined;
  return {
    intent: message[0]!,
    epoch: new DataView(message.buffer, message.byteOffset, message.length).getUint32(3, true),
  };
}

/** 32 bytes of an address or object ID given as text. @throws RangeError */
export function addressBytes(address: string): Uint8Array {
  const bytes = fromHex(address);
  if (bytes.length !== 32) throw new RangeError(`${address} is not 32 bytes of hex`);
  return bytes;
}

/** `0x` + 64 hex digits of 32 bytes. */
export function addressText(bytes: Uint8Array): string {
  return `0x${bytesToHex(bytes)}`;
}

/** Largest number of shards that may misbehave: ⌊(n − 1) / 3⌋. */
export function faultyShards(shardCount: number): number {
  return Math.floor((shardCount - 1) / 3);
}

/** True if shards of this weight certify: 3w ≥ 2n + 1. */
export function isQuorum(weight: number, shardCount: number): boolean {
  return 3 * weight >= 2 * shardCount + 1;
}

/** True if at least one of the shards is correct: 3w ≥ n + 1. */
export function hasCorrectShard(weight: number, shardCount: number): boolean {
  return 3 * weight >= shardCount + 1;
}

/** Signers bitmap: bit j of byte i is member 8i + j; ⌈m / 8⌉ bytes. @throws RangeError */
export function signersBitmap(signers: readonly number[], memberCount: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(memberCount / 8));
  for (const signer of signers) {
    if (!Number.isInteger(signer) || signer < 0 || signer >= memberCount) {
      throw new RangeError(`signer ${signer} is not one of ${memberCount} members`);
    }
    bitmap[signer >> 3]! |= 1 << (signer & 7);
  }
  return bitmap;
}
