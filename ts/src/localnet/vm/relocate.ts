/** Moves a module to another address: publishing replaces the self address 0x0 (sui-execution.md §1.8). */
import { deserialize, serialize } from '@mysten/move-bytecode-template';
import type { Address } from './types.js';

interface ModuleJson {
  self_module_handle_idx: number;
  module_handles: { address: number }[];
  address_identifiers: string[];
}

/** The module with its self address replaced. The bytes must be a valid module. */
export function relocateModule(bytes: Uint8Array, address: Address): Uint8Array {
  const json = deserialize(bytes) as ModuleJson;
  const self = json.module_handles[json.self_module_handle_idx]!;
  json.address_identifiers[self.address] = address.slice(2);
  return serialize(json) as Uint8Array;
}
