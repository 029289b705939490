/**
 * Regulated coins (sui-execution.md §1.11, sui.md §4.5): whether an address may receive or send coins of a
 * type. Reads the per-type configuration under 0x403; a coin type without one is not regulated.
 */
import type { Address, MoveType } from '../vm/types.js';
import { BcsWriter, addressToBytes, bytesToAddress, fullAddress } from './bytes.js';
import { deriveDynamicFieldId } from './digests.js';
import type { MovePackage } from './objects.js';
import type { ObjectReader } from './object-runtime.js';
import { frameworkType, typeTagBytes, typeToText } from './type-tags.js';

export const DENY_LIST = fullAddress('0x403');
const COIN_INDEX = 0n;

const CONFIG_KEY_TAG = typeTagBytes(
  frameworkType('dynamic_object_field', 'Wrapper', [frameworkType('deny_list', 'ConfigKey')]),
);
const ADDRESS_KEY_TAG = typeTagBytes(frameworkType('deny_list', 'AddressKey'));
const GLOBAL_PAUSE_KEY_TAG = typeTagBytes(frameworkType('deny_list', 'GlobalPauseKey'));
/** An empty struct holds one `false`. */
const GLOBAL_PAUSE_KEY = new Uint8Array([0]);

export type Denial = 'address' | 'pause';

/** Whose values count: those in force in an epoch, or the newest (as signing asks). */
export type DenyMoment = { readonly epoch: bigint } | 'newest';

export class DenyListReader {
  readonly #reader: ObjectReader;
  readonly #getPackage: (id: Address) => MovePackage | undefined;

  constructor(reader: ObjectReader, getPackage: (id: Address) => MovePackage | undefined) {
    this.#reader = reader;
    this.#getPackage = getPackage;
  }

  /** Why `address` may not use coins of this type now; undefined when it may. */
  find(coin: MoveType, address: Address, moment: DenyMoment): Denial | undefined {
    const config = this.#config(coin);
    if (!config) return undefined;
    if (this.#setting(config, addressToBytes(address), ADDRESS_KEY_TAG, moment)) return 'address';
    if (this.#setting(config, GLOBAL_PAUSE_KEY, GLOBAL_PAUSE_KEY_TAG, moment)) return 'pause';
    return undefined;
  }

  /** ID of the `Config` of a coin type: the value of a dynamic object field of 0x403. */
  #config(coin: MoveType): Address | undefined {
    const key = new BcsWriter(256).u64(COIN_INDEX).string(this.#originalText(coin)).finish();
    const field = this.#reader.readObject(deriveDynamicFieldId(DENY_LIST, key, CONFIG_KEY_TAG));
    // `Field { id, name, value: ID }`
    return field?.contents && bytesToAddress(field.contents, field.contents.length - 32);
  }

  /** `type_name::with_original_ids`: without 0x, each address the first version of its package. */
  #originalText(coin: MoveType): string {
    return typeToText(coin).replace(/0x([0-9a-f]{64})/g, (address) =>
      (this.#getPackage(address)?.originalId ?? address).slice(2),
    );
  }

  #setting(config: Address, key: Uint8Array, keyTag: Uint8Array, moment: DenyMoment): boolean {
    const contents = this.#reader.readObject(deriveDynamicFieldId(config, key, keyTag))?.contents;
    return contents !== undefined && readSetting(contents.subarray(32 + key.length), moment);
  }
}

/** `Setting<bool>`: Option { newer_value_epoch: u64, newer_value: Option<bool>, older_value_opt: Option<bool> }. */
function readSetting(bytes: Uint8Array, moment: DenyMoment): boolean {
  if (bytes[0] !== 1) return false;
  const newerEpoch = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(1, true);
  const hasNewer = bytes[9] === 1;
  const newer = hasNewer && bytes[10] === 1;
  if (moment === 'newest' || moment.epoch > newerEpoch) return newer;
  const older = hasNewer ? 11 : 10;
  return bytes[older] === 1 && bytes[older + 1] === 1;
}
