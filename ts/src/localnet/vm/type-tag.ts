/** BCS of type tags, as `TypeTag` of the SDK encodes them. */
import { BcsWriter } from './bcs.js';
import type { MoveType } from './types.js';

const tags = { bool: 0, u8: 1, u64: 2, u128: 3, address: 4, signer: 5, vector: 6, datatype: 7, u16: 8, u32: 9, u256: 10 };

function writeText(writer: BcsWriter, text: string): void {
  writer.byteVector(new TextEncoder().encode(text));
}

function writeTag(writer: BcsWriter, type: MoveType): void {
  writer.uleb(tags[type.kind]);
  if (type.kind === 'vector') writeTag(writer, type.element);
  if (type.kind !== 'datatype') return;
  writer.address(type.address);
  writeText(writer, type.module);
  writeText(writer, type.name);
  writer.uleb(type.typeArguments.length);
  for (const argument of type.typeArguments) writeTag(writer, argument);
}

export function serializeTypeTag(type: MoveType): Uint8Array {
  const writer = new BcsWriter();
  writeTag(writer, type);
  return writer.take();
}
