/**
 * Keys of a local network, derived from one seed: the same seed gives the same accounts, nodes and
 * digests. For local networks only: whoever knows the seed owns everything.
 */
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { BLS_SEED_BYTES, BlsKeyPair } from '../protocol/index.js';

/** Key of a Sui account. */
export function accountKey(seed: string, label: string): Ed25519Keypair {
  return Ed25519Keypair.fromSecretKey(sha256(utf8ToBytes(`haulout account ${seed} ${label}`)));
}

/** BLS key with which a node signs confirmations. */
export function protocolKey(seed: string, label: string): BlsKeyPair {
  const seedBytes = sha512(utf8ToBytes(`haulout protocol key ${seed} ${label}`));
  return BlsKeyPair.fromSeed(seedBytes.subarray(0, BLS_SEED_BYTES));
}

/** Public half of a node's network key: secp256r1, 33 bytes. */
export function networkPublicKey(seed: string, label: string): Uint8Array {
  const secret = sha256(utf8ToBytes(`haulout network key ${seed} ${label}`));
  return Secp256r1Keypair.fromSecretKey(secret).getPublicKey().toRawBytes();
}
