/** Natives of `0x2::bls12381` (sui-execution.md §4.3): signatures in the NUL ciphersuites. */
import { verifyBls as verifyIn } from '../../../bls/index.js';
import type { BlsSuite } from '../../../bls/index.js';
import type { NativeFactory, NativeModule } from './native.js';
import { LruCache } from './lru-cache.js';
import { toBytes } from './support.js';
import type { MoveBytes } from './support.js';

const suites = {
  minSig: { signatureBytes: 48, publicKeyBytes: 96, cost: 44_064 },
  minPk: { signatureBytes: 96, publicKeyBytes: 48, cost: 49_282 },
} as const;

/** Verdicts of recent checks: clients simulate a transaction before they execute it. */
const verdicts = new LruCache<string, boolean>(1024);

/** Checks a BLS signature in a NUL suite; bad bytes are no signature. */
export function verifyBls(suite: BlsSuite, signature: Uint8Array, publicKey: Uint8Array, message: Uint8Array): boolean {
  const key = [suite, ...[signature, publicKey, message].map((b) => Buffer.from(b).toString('base64'))].join();
  return verdicts.getOrCreate(key, () => verifyIn(suite, publicKey, message, signature));
}

const verify =
  (suiteName: BlsSuite): NativeFactory =>
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
