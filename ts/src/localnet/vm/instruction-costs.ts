/**
 * Static part of instruction costs (sui-gas.md §4): pushes, and the size they add. What depends on values
 * or counts (copies, ReadRef, WriteRef, Eq, LdConst, Pack, Unpack, MoveLoc) is charged by the translator.
 */
import type { Instruction, Opcode } from './opcodes.js';

interface Cost {
  readonly pushes: number;
  readonly size: number;
}

const nothing: Cost = { pushes: 0, size: 0 };
const primitive: Cost = { pushes: 1, size: 1 };
const reference: Cost = { pushes: 1, size: 8 };

const costs: Partial<Record<Opcode, Cost>> = {
  FreezeRef: reference, MutBorrowLoc: reference, ImmBorrowLoc: reference,
  MutBorrowField: reference, MutBorrowFieldGeneric: reference,
  ImmBorrowField: reference, ImmBorrowFieldGeneric: reference,
  VecPack: reference, VecImmBorrow: reference, VecMutBorrow: reference,
  VecLen: primitive, VecPopBack: { pushes: 1, size: 0 },
};

for (const op of [
  'LdU8', 'LdU16', 'LdU32', 'LdU64', 'LdU128', 'LdU256', 'LdTrue', 'LdFalse', 'Add', 'Sub', 'Mul', 'Mod', 'Div',
  'BitOr', 'BitAnd', 'Xor', 'Shl', 'Shr', 'Or', 'And', 'Not', 'Lt', 'Gt', 'Le', 'Ge',
  'CastU8', 'CastU16', 'CastU32', 'CastU64', 'CastU128', 'CastU256',
] as const)
  costs[op] = primitive;

export function instructionCost(instruction: Instruction): Cost {
  return costs[instruction.op] ?? nothing;
}
