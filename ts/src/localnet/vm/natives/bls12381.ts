/**
 * Natives of `0x2::bls12381` (sui-execution.md §4.3): signatures in the NUL ciphersuites. `@chainsafe/blst`
 * cannot serve here, since its domain tag is fixed to the proof-of-possession suite.
 */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import type { NativeFactory, NativeModule } from './native.js';
import { LruCache } from './lru-cache.js';
import { toBytes } from './support.js';
import type { MoveBytes } from './support.js';

const suites = {
  minSig: { tag: 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_', signatureBytes: 48, publicKeyBytes: 96, cost: 44_064 },
  minPk: { tag: 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_', signatureBytes: 96, publicKeyBytes: 48, cost: 49_282 },
} as const;

type SuiteName = keyof typeof suites;

/** Verdicts of recent checks: clients simulate a transaction before they execute it. */
const verdicts = new LruCache<string, boolean>(1024);

/** Checks a BLS signature in a NUL suite; bad bytes are no signature. */
export function verifyBls(
  suiteName: SuiteName,
  signature: Uint8Array,
  publicKey: Uint8Array,
  message: Uint8Array,
): boolean {
  const suite = suites[suiteName];
  if (signature.length !== suite.signatureBytes || publicKey.length !== suite.publicKeyBytes) return false;
  const key = [suiteName, ...[signature, publicKey, message].map((b) => Buffer.from(b).toString('base64'))].join();
  return verdicts.getOrCreate(key, () => {
    try {
      const scheme = suiteName === 'minSig' ? bls12_381.shortSignatures : bls12_381.longSignatures;
      const tag = new TextEncoder().encode(suite.tag);
      // Both schemes check that points are in the prime-order subgroup and refuse the identity as a key.
      return (scheme.verify as (s: Uint8Array, m: unknown, k: Uint8Array) => boolean)(
        signature, scheme.hash(message, tag), publicKey,
      );
    } catch (error) {
      if (error instanceof Error) return false;
      throw error;
    }
  });
}

const verify =
  (suiteName: SuiteName): NativeFactory =>
  (env) =>
  (signature: MoveBytes, publicKey: MoveBytes, message: MoveBytes): boolean => {
    const suite = suites[suiteName];
    const fits = signature.length === suite.signatureBytes && publicKey.length === suite.publicKeyBytes;
    env.charge(fits ? suite.cost + 2 * message.length + 2 * Math.ceil(message.length / 64) : 100);
    return fits && verifyBls(suiteName, toBytes(signature), toBytes(publicKey), toBytes(message));
  };

export const bls12381: NativeModule = {
  bls12381_min_sig_verify: verify('minSig'),
  bls12381_min_pk_verify: verify('minPk'),
};
