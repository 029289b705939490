/**
 * Natives that need systems this network does not have: verifiable delay functions, Nitro attestation,
 * zkLogin proofs of identity, range proofs. They abort with the code by which their module says that a
 * check cannot be made, see docs: "differences from Sui".
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { bytesToAddress } from '../bcs.js';
import type { Address } from '../types.js';
import type { NativeFactory, NativeModule } from './native.js';
import { toBytes } from './support.js';
import type { MoveBytes } from './support.js';

const refuse =
  (code: number, cost: number): NativeFactory =>
  (env) =>
  () => {
    env.charge(cost);
    return env.abort(code);
  };

/** EInvalidInput. */
export const vdf: NativeModule = {
  hash_to_input_internal: refuse(0, 100),
  vdf_verify_internal: refuse(0, 1500),
};

/** ENotSupportedError. */
export const nitro_attestation: NativeModule = { load_nitro_attestation_internal: refuse(0, 2650) };

/** EFunctionDisabled. */
export const zklogin_verified_id: NativeModule = { check_zklogin_id_internal: refuse(0, 200) };

export const zklogin_verified_issuer: NativeModule = {
  // The address follows from issuer and seed alone: blake2b256(0x05 ‖ len(iss) ‖ iss ‖ seed, 32 bytes big endian).
  check_zklogin_issuer_internal: (env) => (address: Address, seed: bigint, issuer: MoveBytes): boolean => {
    env.charge(200);
    if (issuer.length > 255) return false;
    const seedBytes = Buffer.from(seed.toString(16).padStart(64, '0'), 'hex');
    const hash = blake2b(Uint8Array.from([5, issuer.length, ...toBytes(issuer), ...seedBytes]), { dkLen: 32 });
    return bytesToAddress(hash) === address;
  },
};

/** ENotSupported. */
export const rangeproofs: NativeModule = { verify_bulletproofs_ristretto255_internal: refuse(0, 100) };
