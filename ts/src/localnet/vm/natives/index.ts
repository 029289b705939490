/** Registry of all native functions: `address::module` → natives by function name. */
import { LinkError } from '../errors.js';
import type { LoadedFunction } from '../loader.js';
import { bls12381 } from './bls12381.js';
import { dynamic_field } from './dynamic-field.js';
import { ecvrf } from './ecvrf.js';
import { groth16 } from './groth16.js';
import { group_ops } from './group-ops.js';
import { hash as suiHash, hmac } from './hashes.js';
import type { NativeFactory, NativeModule } from './native.js';
import { address, object, tx_context, types } from './object.js';
import { poseidon } from './poseidon.js';
import { ecdsa_k1, ecdsa_r1, ed25519 } from './signatures.js';
import { bcs, debug, hash, string, vector } from './std.js';
import { accumulator, accumulator_settlement, config, funds_accumulator, protocol_config } from './system.js';
import { random, test_scenario, test_utils, unit_test } from './testing.js';
import { event, transfer } from './transfer.js';
import { type_name } from './type-name.js';
import { nitro_attestation, rangeproofs, vdf, zklogin_verified_id, zklogin_verified_issuer } from './unsupported.js';

const shortAddress = (id: string): string => id.replace(/^0x0*/, '0x');

const modules: Readonly<Record<string, NativeModule>> = {
  '0x1::bcs': bcs,
  '0x1::debug': debug,
  '0x1::hash': hash,
  '0x1::string': string,
  '0x1::type_name': type_name,
  '0x1::unit_test': unit_test,
  '0x1::vector': vector,
  '0x2::accumulator': accumulator,
  '0x2::accumulator_settlement': accumulator_settlement,
  '0x2::address': address,
  '0x2::bls12381': bls12381,
  '0x2::config': config,
  '0x2::dynamic_field': dynamic_field,
  '0x2::ecdsa_k1': ecdsa_k1,
  '0x2::ecdsa_r1': ecdsa_r1,
  '0x2::ecvrf': ecvrf,
  '0x2::ed25519': ed25519,
  '0x2::event': event,
  '0x2::funds_accumulator': funds_accumulator,
  '0x2::groth16': groth16,
  '0x2::group_ops': group_ops,
  '0x2::hash': suiHash,
  '0x2::hmac': hmac,
  '0x2::nitro_attestation': nitro_attestation,
  '0x2::object': object,
  '0x2::poseidon': poseidon,
  '0x2::protocol_config': protocol_config,
  '0x2::random': random,
  '0x2::rangeproofs': rangeproofs,
  '0x2::test_scenario': test_scenario,
  '0x2::test_utils': test_utils,
  '0x2::transfer': transfer,
  '0x2::tx_context': tx_context,
  '0x2::types': types,
  '0x2::vdf': vdf,
  '0x2::zklogin_verified_id': zklogin_verified_id,
  '0x2::zklogin_verified_issuer': zklogin_verified_issuer,
};

/** Factory of a native function. Throws `LinkError` naming one that the VM does not have. */
export function nativeFactory(fn: LoadedFunction): NativeFactory {
  const { self } = fn.module.compiled;
  const name = `${shortAddress(self.address)}::${self.name}`;
  const natives = Object.hasOwn(modules, name) ? modules[name]! : {};
  if (!Object.hasOwn(natives, fn.handle.name)) throw new LinkError(`native function ${name}::${fn.handle.name} is missing`);
  return natives[fn.handle.name]!;
}
