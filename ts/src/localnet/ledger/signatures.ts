/**
 * Signatures of transactions (sui.md §1.3): each required signer has signed, nobody else has. Ed25519 goes
 * through Node's own implementation first, since it is on the path of nearly every transaction; what it
 * refuses is asked again under the ZIP-215 rules that Sui uses.
 */
import { createPublicKey, verify as verifyNative, type KeyObject } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { verifyTransactionSignature } from '@mysten/sui/verify';
import type { Address } from '../vm/types.js';
import { bytesToAddress } from '../runtime/bytes.js';
import { blake2b256 } from '../runtime/digests.js';
import { TransactionRejected } from './errors.js';

const FLAG_ED25519 = 0;
const FLAG_ZKLOGIN = 5;
const ED25519_SIZE_BYTES = 1 + 64 + 32;
/** Multisig and passkey signatures are well below this. */
const MAX_SIGNATURE_SIZE_BYTES = 16_384;

/** What a signer signs: Blake2b of the intent (transaction, version 0, Sui) and the bytes. */
export function signingDigest(transactionBytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(3 + transactionBytes.length);
  message.set(transactionBytes, 3);
  return blake2b256(message);
}

/**
 * Checks that the signatures are exactly those of `required`, in any order.
 * @throws TransactionRejected
 */
export async function verifySignatures(
  transactionBytes: Uint8Array,
  signatures: readonly Uint8Array[],
  required: ReadonlySet<Address>,
): Promise<void> {
  if (signatures.length !== required.size) {
    throw new TransactionRejected(
      'SignerSignatureNumberMismatch',
      `${required.size} signatures expected, ${signatures.length} given`,
    );
  }
  const signers = new Set<Address>();
  let digest: Uint8Array | undefined;
  for (const signature of signatures) {
    if (signature.length === 0 || signature.length > MAX_SIGNATURE_SIZE_BYTES) {
      throw new TransactionRejected('InvalidSignature', `a signature of ${signature.length} bytes`);
    }
    if (signature[0] === FLAG_ED25519) {
      digest ??= signingDigest(transactionBytes);
      signers.add(verifyEd25519(digest, signature));
    } else signers.add(await verifyOther(transactionBytes, signature));
  }
  for (const signer of required) {
    if (!signers.has(signer)) throw new TransactionRejected('SignerSignatureAbsent', `no signature of ${signer}`);
  }
}

function verifyEd25519(digest: Uint8Array, serialized: Uint8Array): Address {
  if (serialized.length !== ED25519_SIZE_BYTES) {
    throw new TransactionRejected('InvalidSignature', `an Ed25519 signature of ${serialized.length} bytes`);
  }
  const signature = serialized.subarray(1, 65);
  const publicKey = serialized.subarray(65);
  const valid =
    verifyNative(null, digest, nativeKey(publicKey), signature) ||
    ed25519.verify(signature, digest, publicKey, { zip215: true });
  if (!valid) throw new TransactionRejected('InvalidSignature', 'the Ed25519 signature does not verify');
  const message = new Uint8Array(33);
  message.set(publicKey, 1);
  return bytesToAddress(blake2b256(message));
}

/** DER header of an Ed25519 public key. */
const ED25519_DER = Buffer.from('302a300506032b6570032100', 'hex');
const keys = new Map<string, KeyObject>();
const MAX_CACHED_KEYS = 1_000;

function nativeKey(publicKey: Uint8Array): KeyObject {
  const text = Buffer.from(publicKey).toString('hex');
  let key = keys.get(text);
  if (!key) {
    key = createPublicKey({ key: Buffer.concat([ED25519_DER, publicKey]), format: 'der', type: 'spki' });
    if (keys.size >= MAX_CACHED_KEYS) keys.clear();
    keys.set(text, key);
  }
  return key;
}

/** secp256k1, secp256r1, multisig and passkey, as the SDK verifies them. */
async function verifyOther(transactionBytes: Uint8Array, signature: Uint8Array): Promise<Address> {
  if (signature[0] === FLAG_ZKLOGIN) {
    throw new TransactionRejected('Unsupported', 'zkLogin signatures need keys of an identity provider');
  }
  try {
    const publicKey = await verifyTransactionSignature(transactionBytes, Buffer.from(signature).toString('base64'));
    return publicKey.toSuiAddress();
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new TransactionRejected('InvalidSignature', words);
  }
}

