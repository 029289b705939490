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
    return out.value(type, bits === 32 ? `(${code}>>>0)` : code, locals);
  }
  if (isShift) {
    const by = out.simple(right);
    if (bits < 256) failIf(`${by}>=${bits}`);
    return out.value(type, out.temporary(shift(op, bits, left.code, by)));
  }
  const b = out.simple(right);
  const a = out.simple(left);
  const isWide = bits > 32;
  switch (op) {
    case 'Add': {
      // The asUintN form lets V8 keep 64-bit values unboxed.
      const sum = out.temporary(bits === 64 ? `BigInt.asUintN(64,${a}+${b})` : `${a}+${b}`);
      failIf(bits === 64 ? `${sum}<${a}` : `${sum}>${maxLiteral(bits)}`);
      return out.value(type, sum);
    }
    case 'Sub':
      failIf(`${a}<${b}`);
      return out.value(type, out.temporary(`${a}-${b}`));
    case 'Mul': {
      const product = out.temporary(`${a}*${b}`);
      failIf(`${product}>${maxLiteral(bits)}`);
      return out.value(type, product);
    }
    default: {
      failIf(`${b}===${isWide ? '0n' : '0'}`);
      const quotient = isWide ? `${a}/${b}` : `Math.floor(${a}/${b})`;
      return out.value(type, out.temporary(op === 'Div' ? quotient : `${a}%${b}`));
    }
  }
}

function shift(op: 'Shl' | 'Shr', bits: number, value: string, by: string): string {
  if (bits > 32) return op === 'Shl' ? `BigInt.asUintN(${bits},${value}<<BigInt(${by}))` : `${value}>>BigInt(${by})`;
  if (op === 'Shr') return `${value}>>>${by}`;
  return bits === 32 ? `(${value}<<${by})>>>0` : `(${value}<<${by})&${maxLiteral(bits)}`;
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
