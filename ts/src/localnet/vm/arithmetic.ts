/**
 * Integer instructions as JavaScript. u8, u16 and u32 are numbers, wider ones bigints; every result that
 * does not fit its type is an ARITHMETIC_ERROR (sui-execution.md §2.4).
 */
import { MalformedModuleError } from './errors.js';
import type { RuntimeType } from './runtime-type.js';
import type { BlockBuilder } from './stack.js';

type BinaryOp =
  | 'Add' | 'Sub' | 'Mul' | 'Div' | 'Mod' | 'BitOr' | 'BitAnd' | 'Xor' | 'Shl' | 'Shr' | 'Lt' | 'Gt' | 'Le' | 'Ge';

const comparisons: Readonly<Partial<Record<BinaryOp, string>>> = { Lt: '<', Gt: '>', Le: '<=', Ge: '>=' };
const bitwise: Readonly<Partial<Record<BinaryOp, string>>> = { BitOr: '|', BitAnd: '&', Xor: '^' };

/** Largest value of a type, as a literal. */
function maxLiteral(bits: number): string {
  return bits <= 32 ? String(2 ** bits - 1) : `${(1n << BigInt(bits)) - 1n}n`;
}

function widthOf(type: RuntimeType): number {
  if (type.bits === undefined) throw new MalformedModuleError('operand is no integer');
  return type.bits;
}

export function translateArithmetic(
  op: BinaryOp,
  out: BlockBuilder,
  bool: RuntimeType,
  failIf: (condition: string) => void,
): void {
  const right = out.popValue();
  const left = out.popValue();
  const { type } = left;
  const bits = widthOf(type);
  const isShift = op === 'Shl' || op === 'Shr';
  if (isShift ? right.type.kind !== 'u8' : right.type !== type)
    throw new MalformedModuleError('operands have different types');
  const locals = [...left.locals, ...right.locals];
  const comparison = comparisons[op];
  if (comparison !== undefined) return out.value(bool, `(${left.code}${comparison}${right.code})`, locals);
  const bit = bitwise[op];
  if (bit !== undefined) {
    const code = `(${left.code}${bit}${right.code})`;
    return out.value(type, bits === 32 ? `(${code}>>>0)` : unboxed(bits, code), locals);
  }
  if (isShift) {
    const by = out.simple(right);
    if (bits < 256 && !(/^\d+$/.test(by) && Number(by) < bits)) failIf(`${by}>=${bits}`);
    return out.value(type, out.temporary(shift(op, bits, left.code, by)));
  }
  const b = out.simple(right);
  const a = out.simple(left);
  const result = (expression: string): string => out.temporary(unboxed(bits, expression));
  switch (op) {
    case 'Add': {
      const sum = result(`${a}+${b}`);
      // Modulo 2^64 an overflow shows as a sum below an operand.
      failIf(bits === 64 ? `${sum}<${a}` : `${sum}>${maxLiteral(bits)}`);
      return out.value(type, sum);
    }
    case 'Sub':
      failIf(`${a}<${b}`);
      return out.value(type, result(`${a}-${b}`));
    case 'Mul': {
      const product = result(`${a}*${b}`);
      failIf(bits === 64 ? overflowOfProduct(a, b) : `${product}>${maxLiteral(bits)}`);
      return out.value(type, product);
    }
    default: {
      if (!isNonZeroLiteral(b)) failIf(`${b}===${bits > 32 ? '0n' : '0'}`);
      const quotient = bits > 32 ? `${a}/${b}` : `Math.floor(${a}/${b})`;
      return out.value(type, result(op === 'Div' ? quotient : `${a}%${b}`));
    }
  }
}

/**
 * Results that fit 64 bits anyway are wrapped in asUintN: V8 then computes them in machine words instead of
 * allocating a bigint.
 */
function unboxed(bits: number, expression: string): string {
  return bits === 64 ? `BigInt.asUintN(64,${expression})` : expression;
}

function isNonZeroLiteral(code: string): boolean {
  return /^\d+n?$/.test(code) && !/^0n?$/.test(code);
}

/** Condition under which a product of two u64 does not fit; the exact product is only computed when it may not. */
function overflowOfProduct(a: string, b: string): string {
  const max = (1n << 64n) - 1n;
  for (const [literal, other] of [[a, b], [b, a]] as const)
    if (isNonZeroLiteral(literal)) return `${other}>${max / BigInt(literal.slice(0, -1))}n`;
  return `(${a}>4294967295n||${b}>4294967295n)&&${a}*${b}>${max}n`;
}

function shift(op: 'Shl' | 'Shr', bits: number, value: string, by: string): string {
  if (bits > 32) return op === 'Shl' ? `BigInt.asUintN(${bits},${value}<<${wideShift(by)})` : unboxed(bits, `${value}>>${wideShift(by)}`);
  if (op === 'Shr') return `${value}>>>${by}`;
  return bits === 32 ? `(${value}<<${by})>>>0` : `(${value}<<${by})&${maxLiteral(bits)}`;
}

/** A shift amount as bigint. */
function wideShift(by: string): string {
  return /^\d+$/.test(by) ? `${by}n` : `BigInt(${by})`;
}

/** Converts the integer on top of the stack. */
export function castTo(target: RuntimeType, out: BlockBuilder, failIf: (condition: string) => void): void {
  const operand = out.popValue();
  const from = widthOf(operand.type);
  const to = widthOf(target);
  const value = out.simple(operand);
  if (to < from) failIf(`${value}>${from > 32 && to <= 32 ? `${maxLiteral(to)}n` : maxLiteral(to)}`);
  if (from <= 32 === to <= 32) out.value(target, value, operand.locals);
  else out.value(target, out.temporary(`${to > 32 ? 'BigInt' : 'Number'}(${value})`));
}
