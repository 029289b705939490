/** Constants: primitives, addresses and vectors of them, and their bytes are the canonical BCS of the type. */
import { BcsReader } from '../bcs.js';
import { BcsError } from '../errors.js';
import type { Token } from '../module.js';
import type { ModuleContext } from './context.js';

export function checkConstants(context: ModuleContext): void {
  for (const [index, { type, data }] of context.module.constants.entries()) {
    if (!isConstantType(type)) context.fail('constants', 'INVALID_CONSTANT_TYPE', `constant ${index} has a type that constants cannot have`);
    try {
      const reader = new BcsReader(data);
      skip(reader, type);
      reader.end();
    } catch (error) {
      if (!(error instanceof BcsError)) throw error;
      context.fail('constants', 'MALFORMED_CONSTANT_DATA', `constant ${index}: ${error.message}`);
    }
  }
}

function isConstantType(type: Token): boolean {
  switch (type.kind) {
    case 'vector':
      return isConstantType(type.element);
    case 'signer':
    case 'datatype':
    case 'typeParameter':
    case 'reference':
      return false;
    default:
      return true;
  }
}

/** Reads a value and forgets it. Throws `BcsError`. */
function skip(reader: BcsReader, type: Token): void {
  switch (type.kind) {
    case 'vector': {
      // Every element takes at least a byte, so the length is bounded by the bytes there are.
      const length = reader.vectorLength(1);
      for (let i = 0; i < length; i++) skip(reader, type.element);
      return;
    }
    case 'bool': case 'u8': case 'u16': case 'u32': case 'u64': case 'u128': case 'u256': case 'address':
      reader[type.kind]();
      return;
    default:
      throw new TypeError(`${type.kind} is no constant type`);
  }
}
