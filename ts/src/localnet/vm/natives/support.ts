/** Small helpers that native functions share: byte vectors, object IDs, library values. */
import type { RuntimeType } from '../runtime-type.js';
import type { Address, MoveStruct, MoveValue } from '../types.js';

/** A vector<u8> as Move holds it. */
export type MoveBytes = number[];

export const toBytes = (vector: readonly number[]): Uint8Array => Uint8Array.from(vector);
export const fromBytes = (bytes: Uint8Array): MoveBytes => Array.from(bytes);

/** ID of an object: its first field is a UID. */
export function objectId(value: MoveValue): Address {
  const uid = (value as MoveStruct)['f0'] as MoveStruct;
  return (uid['f0'] as MoveStruct)['f0'] as Address;
}

/** `Option` values. */
export const none = (): MoveStruct => ({ f0: [] });
export const some = (value: MoveValue): MoveStruct => ({ f0: [value] });

/** Length of a type's canonical text, the measure of type costs. */
export const typeUnits = (type: RuntimeType): number => type.text.length;
