/**
 * The instruction set (sui-execution.md §2.3): which operand each opcode takes and how it is checked.
 * Deprecated global-storage opcodes are not in the table, so modules that use them are refused.
 */
import { MalformedModuleError } from './errors.js';

/** One instruction. `operand` is a table index, a code offset, a local or a small literal; 0 when there is none. */
export interface Instruction {
  readonly op: Opcode;
  readonly operand: number;
  /** Value of LdU64/LdU128/LdU256; element count of VecPack/VecUnpack. */
  readonly wide: bigint;
}

/** Sizes of the tables that operands index. */
export interface OperandLimits {
  readonly constants: number;
  readonly signatures: number;
  readonly functionHandles: number;
  readonly functionInstantiations: number;
  readonly structs: number;
  readonly structInstantiations: number;
  readonly fieldHandles: number;
  readonly fieldInstantiations: number;
  readonly variantHandles: number;
  readonly variantInstantiations: number;
  readonly code: number;
  readonly locals: number;
  readonly jumpTables: number;
}

type OperandKind = 'none' | 'u8' | 'u16' | 'u32' | 'u64' | 'u128' | 'u256' | 'vector' | keyof OperandLimits;

const operands = {
  Pop: 'none', Ret: 'none', BrTrue: 'code', BrFalse: 'code', Branch: 'code',
  LdU8: 'u8', LdU16: 'u16', LdU32: 'u32', LdU64: 'u64', LdU128: 'u128', LdU256: 'u256',
  LdConst: 'constants', LdTrue: 'none', LdFalse: 'none',
  CopyLoc: 'locals', MoveLoc: 'locals', StLoc: 'locals', MutBorrowLoc: 'locals', ImmBorrowLoc: 'locals',
  MutBorrowField: 'fieldHandles', MutBorrowFieldGeneric: 'fieldInstantiations',
  ImmBorrowField: 'fieldHandles', ImmBorrowFieldGeneric: 'fieldInstantiations',
  Call: 'functionHandles', CallGeneric: 'functionInstantiations',
  Pack: 'structs', PackGeneric: 'structInstantiations', Unpack: 'structs', UnpackGeneric: 'structInstantiations',
  ReadRef: 'none', WriteRef: 'none', FreezeRef: 'none',
  Add: 'none', Sub: 'none', Mul: 'none', Mod: 'none', Div: 'none', BitOr: 'none', BitAnd: 'none', Xor: 'none',
  Shl: 'none', Shr: 'none', Or: 'none', And: 'none', Not: 'none', Eq: 'none', Neq: 'none',
  Lt: 'none', Gt: 'none', Le: 'none', Ge: 'none', Abort: 'none', Nop: 'none',
  CastU8: 'none', CastU16: 'none', CastU32: 'none', CastU64: 'none', CastU128: 'none', CastU256: 'none',
  VecPack: 'vector', VecUnpack: 'vector', VecLen: 'signatures', VecImmBorrow: 'signatures',
  VecMutBorrow: 'signatures', VecPushBack: 'signatures', VecPopBack: 'signatures', VecSwap: 'signatures',
  PackVariant: 'variantHandles', PackVariantGeneric: 'variantInstantiations',
  UnpackVariant: 'variantHandles', UnpackVariantGeneric: 'variantInstantiations',
  UnpackVariantImmRef: 'variantHandles', UnpackVariantGenericImmRef: 'variantInstantiations',
  UnpackVariantMutRef: 'variantHandles', UnpackVariantGenericMutRef: 'variantInstantiations',
  VariantSwitch: 'jumpTables',
} as const satisfies Readonly<Record<string, OperandKind>>;

export type Opcode = keyof typeof operands;

const smallLimits: Readonly<Record<string, number>> = { u8: 256, u16: 65_536, u32: 4_294_967_296 };
const wideBits: Readonly<Record<string, bigint>> = { u64: 64n, u128: 128n, u256: 256n };
/** VecPack of more elements cannot be reached: the operand stack holds 1024 values. */
const maxVectorPack = 1024n;

function fail(op: string, operand: unknown): never {
  throw new MalformedModuleError(`operand ${String(operand).slice(0, 40)} does not fit ${op}`, undefined, 'INDEX_OUT_OF_BOUNDS');
}

function checkedIndex(op: string, value: unknown, limit: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= limit) fail(op, value);
  return value;
}

function wideValue(op: string, kind: string, value: unknown): bigint {
  if (typeof value === 'bigint' || typeof value === 'number') {
    const wide = BigInt(value);
    if (wide < 0n || wide >> wideBits[kind]! !== 0n) fail(op, value);
    return wide;
  }
  if (!Array.isArray(value) || value.length !== 32) fail(op, value);
  return (value as unknown[]).reduceRight<bigint>((sum, byte) => (sum << 8n) | BigInt(checkedIndex(op, byte, 256)), 0n);
}

/** Turns one parsed instruction into an `Instruction`, its operand checked. Throws `MalformedModuleError`. */
export function checkInstruction(json: unknown, limits: OperandLimits): Instruction {
  const [name, operand] =
    typeof json === 'string' ? [json, undefined] : (Object.entries(json as object)[0] ?? ['', undefined]);
  if (!Object.hasOwn(operands, name)) throw new MalformedModuleError(`opcode ${name.slice(0, 40)} is not allowed`, undefined, 'DEPRECATED_BYTECODE_FORMAT');
  const op = name as Opcode;
  const kind: OperandKind = operands[op];
  if (kind === 'none') return { op, operand: 0, wide: 0n };
  if (kind in smallLimits) return { op, operand: checkedIndex(op, operand, smallLimits[kind]!), wide: 0n };
  if (kind in wideBits) return { op, operand: 0, wide: wideValue(op, kind, operand) };
  if (kind === 'vector') {
    const [signature, count] = operand as [unknown, unknown];
    const wide = wideValue(op, 'u64', count);
    if (wide > maxVectorPack) fail(op, count);
    return { op, operand: checkedIndex(op, signature, limits.signatures), wide };
  }
  return { op, operand: checkedIndex(op, operand, limits[kind as keyof OperandLimits]), wide: 0n };
}
