/**
 * Functions that compute with integers of at most 64 bits and booleans alone, as WebAssembly text
 * (sui-execution.md §2.4): there V8 computes a u64 in a machine word, where JavaScript's bigints allocate
 * for every comparison. u8, u16, u32 and bool are i32, zero-extended; u64 is i64. A function that does
 * anything else has no such form, and runs as JavaScript.
 *
 * Gas is summed as the JavaScript form sums it: per block, in locals where there are loops, in globals
 * (0 instructions, 1 size, 2 pushes) across calls, handed over at loop headers every 500 instructions and
 * at the end. Global 3 is the call depth.
 */
import { buildControlFlow } from '../cfg.js';
import type { ControlFlowGraph } from '../cfg.js';
import type { FunctionScope } from '../function-scope.js';
import { instructionCost } from '../instruction-costs.js';
import type { Instruction } from '../opcodes.js';
import type { RuntimeType } from '../runtime-type.js';
import { statusCodes } from '../signals.js';
import { structureReducible } from '../structure.js';
import type { StructureSyntax, Terminator, TranslatedBlock } from '../structure.js';
import type { OperandType } from '../stack.js';
import type { FunctionCode, FunctionType, ValueType } from './assembler.js';

/** Indices of the imported functions that code refers to. */
export const imports: Readonly<Record<'fail' | 'abort' | 'flush', FunctionType>> = {
  /** Function, instruction, status. Throws. */
  fail: { parameters: ['i32', 'i32', 'i32'], results: [] },
  /** Function, instruction, abort code. Throws. */
  abort: { parameters: ['i32', 'i32', 'i64'], results: [] },
  /** Takes the gas of the globals. Throws when the budget is exceeded. */
  flush: { parameters: [], results: [] },
};
const importIndex = { fail: 0, abort: 1, flush: 2 } as const;
export const firstFunction = 3;
export const depthGlobal = 3;

/** Not expressible: the function runs as JavaScript, which also reports what is malformed. */
export class NotIntegerCode extends Error {}

/** What one function calls: the number of a callee among the functions of its module. */
export type CalleeNumber = (callee: ReturnType<FunctionScope['callee']>) => number;

/** WebAssembly type of a Move type, if it has one. */
export function valueTypeOf({ type, reference }: OperandType): ValueType | undefined {
  if (reference !== 'value') return undefined;
  if (type.kind === 'bool') return 'i32';
  if (type.bits === undefined || type.bits > 64) return undefined;
  return type.bits === 64 ? 'i64' : 'i32';
}

function requiredType(operand: OperandType): ValueType {
  return valueTypeOf(operand) ?? refuse(`${operand.reference} of ${operand.type.text}`);
}

function refuse(what: string): never {
  throw new NotIntegerCode(what);
}

const wasmSyntax: StructureSyntax = {
  block: (label, body) => `block $B${label} ${body}end `,
  loop: (label, body) => `loop $L${label} ${body}end `,
  leaveBlock: (label) => `br $B${label} `,
  repeat: (label) => `br $L${label} `,
  branch: (condition, then, otherwise) => `${condition}if ${then}end ${otherwise}`,
  not: (condition) => `${condition}i32.eqz `,
  choose: () => refuse('switch'),
};

const comparisons: Readonly<Record<string, string>> = { Lt: 'lt_u', Gt: 'gt_u', Le: 'le_u', Ge: 'ge_u', Eq: 'eq', Neq: 'ne' };
const bitwise: Readonly<Record<string, string>> = { BitOr: 'or', BitAnd: 'and', Xor: 'xor' };
const logical: Readonly<Record<string, string>> = { And: 'and', Or: 'or' };

/** Code of the function; throws `NotIntegerCode`. `self` is its number in the module. */
export function integerCode(scope: FunctionScope, self: number, calleeNumber: CalleeNumber): FunctionCode {
  const cfg = buildControlFlow(scope.body);
  if (!cfg.reducible) refuse('irreducible control flow');
  return new IntegerTranslator(scope, cfg, self, calleeNumber).function();
}

class IntegerTranslator {
  private readonly stack: RuntimeType[] = [];
  private text = '';
  private pc = 0;
  private readonly hasLoops: boolean;
  private readonly isLeaf: boolean;
  /** Indices of locals made here: two scratch values per width, and the three gas sums. */
  private readonly scratch: Readonly<Record<ValueType, readonly [number, number]>>;
  private readonly gasLocals: readonly number[];
  private readonly localTypes: readonly ValueType[];

  constructor(
    private readonly scope: FunctionScope,
    private readonly cfg: ControlFlowGraph,
    private readonly self: number,
    private readonly calleeNumber: CalleeNumber,
  ) {
    this.hasLoops = cfg.loops.size > 0;
    this.isLeaf = !scope.body.code.some(({ op }) => op === 'Call' || op === 'CallGeneric');
    this.localTypes = Array.from({ length: scope.localCount }, (_, i) => requiredType(scope.local(i)));
    const next = scope.localCount;
    this.scratch = { i32: [next, next + 1], i64: [next + 2, next + 3] };
    this.gasLocals = [next + 4, next + 5, next + 6];
  }

  function(): FunctionCode {
    const { scope } = this;
    const parameters = this.localTypes.slice(0, scope.parameters.length);
    const results = scope.returns.map(requiredType);
    const enter = this.isLeaf ? '' : `global.get 3 i32.const 1 i32.add global.set 3 global.get 0 i32.const 500 i32.gt_u if call ${importIndex.flush} end `;
    const body = structureReducible(this.cfg, (block) => this.block(block), wasmSyntax);
    return {
      parameters,
      results,
      locals: [...this.localTypes.slice(parameters.length), 'i32', 'i32', 'i64', 'i64', 'i32', 'i32', 'i32'],
      text: `${enter}${body}unreachable`,
    };
  }

  private block(index: number): TranslatedBlock {
    const { start, end } = this.cfg.blocks[index]!;
    const gas = { instructions: 0, pushes: 0, size: 0 };
    let terminator: Terminator = { kind: 'jump' };
    this.text = '';
    for (this.pc = start; this.pc < end; this.pc++) {
      const instruction = this.scope.body.code[this.pc]!;
      terminator = this.instruction(instruction);
      const cost = this.cost(instruction);
      gas.instructions += 1;
      gas.pushes += cost.pushes;
      gas.size += cost.size;
    }
    if (this.stack.length !== 0) refuse('operands across blocks');
    // A call spills the local sums: what loops with calls have spent is in the global.
    const sum = `local.get ${this.gasLocals[0]}${this.isLeaf ? '' : ' global.get 0 i32.add'}`;
    const check = this.cfg.loops.has(index)
      ? `${sum} i32.const 500 i32.gt_u if ${this.spill()}call ${importIndex.flush} end `
      : '';
    return { statements: check + this.charge([gas.instructions, gas.size, gas.pushes]) + this.text, terminator };
  }

  /** Static cost with what the JavaScript translator adds for primitives. */
  private cost(instruction: Instruction): { pushes: number; size: number } {
    const { op, operand } = instruction;
    if (op === 'CopyLoc' || op === 'MoveLoc') return { pushes: 1, size: 8 };
    if (op === 'Eq' || op === 'Neq') return { pushes: 1, size: 17 };
    if (op === 'LdConst') return { pushes: 1, size: this.scope.constantSize(operand) };
    return instructionCost(instruction);
  }

  private charge(sums: readonly [number, number, number]): string {
    return sums
      .map((sum, i) => {
        if (sum === 0) return '';
        const [kind, at] = this.hasLoops ? ['local', this.gasLocals[i]] : ['global', i];
        return `${kind}.get ${at} i32.const ${sum} i32.add ${kind}.set ${at} `;
      })
      .join('');
  }

  /** Brings the sums of this function's locals to the globals. */
  private spill(): string {
    if (!this.hasLoops) return '';
    return this.gasLocals
      .map((local, i) => `global.get ${i} local.get ${local} i32.add global.set ${i} i32.const 0 local.set ${local} `)
      .join('');
  }

  private emit(text: string): void {
    this.text += `${text} `;
  }

  private push(type: RuntimeType, text: string): void {
    this.emit(text);
    this.stack.push(type);
  }

  private pop(expected?: RuntimeType): RuntimeType {
    const type = this.stack.pop();
    if (type === undefined || (expected !== undefined && type !== expected)) return refuse('operand types');
    return type;
  }

  /** With the condition on the stack: the run-time error of this place. */
  private failIf(condition: string, status: number = statusCodes.arithmeticError): void {
    this.emit(`${condition} if ${this.spill()}i32.const ${this.self} i32.const ${this.pc} i32.const ${status} call ${importIndex.fail} unreachable end`);
  }

  private instruction(instruction: Instruction): Terminator {
    const { op, operand } = instruction;
    const { scope } = this;
    const { types } = scope;
    switch (op) {
      case 'Nop':
        break;
      case 'Pop':
        this.pop();
        this.emit('drop');
        break;
      case 'LdU8':
      case 'LdU16':
      case 'LdU32':
        this.push(types[op === 'LdU8' ? 'u8' : op === 'LdU16' ? 'u16' : 'u32'], `i32.const ${operand}`);
        break;
      case 'LdU64':
        this.push(types.u64, `i64.const ${instruction.wide}`);
        break;
      case 'LdTrue':
      case 'LdFalse':
        this.push(types.bool, `i32.const ${op === 'LdTrue' ? 1 : 0}`);
        break;
      case 'LdConst': {
        const { type, value } = scope.constantValue(operand);
        const width = requiredType({ type, reference: 'value' });
        this.push(type, `${width}.const ${typeof value === 'boolean' ? Number(value) : String(value)}`);
        break;
      }
      case 'CopyLoc':
      case 'MoveLoc':
        this.push(scope.local(operand).type, `local.get ${operand}`);
        break;
      case 'StLoc':
        this.pop(scope.local(operand).type);
        this.emit(`local.set ${operand}`);
        break;
      case 'Call':
      case 'CallGeneric':
        this.call(op === 'Call' ? scope.callee(operand) : scope.genericCallee(operand));
        break;
      case 'Not':
        this.pop(types.bool);
        this.push(types.bool, 'i32.eqz');
        break;
      case 'CastU8':
      case 'CastU16':
      case 'CastU32':
      case 'CastU64':
        this.cast(types[`u${op.slice(5)}` as 'u8' | 'u16' | 'u32' | 'u64']);
        break;
      case 'Abort': {
        this.pop(types.u64);
        const [code] = this.scratch.i64;
        this.emit(`local.set ${code} ${this.spill()}i32.const ${this.self} i32.const ${this.pc} local.get ${code} call ${importIndex.abort} unreachable`);
        return { kind: 'leave' };
      }
      case 'Ret':
        for (const { type } of [...scope.returns].reverse()) this.pop(type);
        this.emit(`${this.spill()}${this.isLeaf ? '' : 'global.get 3 i32.const 1 i32.sub global.set 3 '}return`);
        return { kind: 'leave' };
      case 'BrTrue':
      case 'BrFalse':
        this.pop(types.bool);
        return { kind: 'branch', condition: op === 'BrTrue' ? '' : 'i32.eqz ' };
      case 'Branch':
        break;
      default:
        this.binary(op);
    }
    return { kind: 'jump' };
  }

  private call(callee: ReturnType<FunctionScope['callee']>): void {
    if (callee.isNative) refuse('native function');
    const number = this.calleeNumber(callee);
    for (const { type } of [...callee.parameters].reverse()) this.pop(type);
    this.failIf('global.get 3 i32.const 1024 i32.ge_u', statusCodes.callStackOverflow);
    this.emit(`${this.spill()}call ${firstFunction + number}`);
    for (const { type } of callee.returns) this.stack.push(type);
  }

  private binary(op: Instruction['op']): void {
    const { bool, u8 } = this.scope.types;
    const right = this.pop();
    const type = this.pop();
    const width = requiredType({ type, reference: 'value' });
    const shifts = op === 'Shl' || op === 'Shr';
    if (shifts ? right !== u8 : right !== type) refuse('operand types');
    if (type === bool && logical[op] !== undefined) return this.push(bool, `i32.${logical[op]}`);
    const isEquality = op === 'Eq' || op === 'Neq';
    const bits = type.bits ?? (isEquality ? 1 : refuse('arithmetic on booleans'));
    const comparison = comparisons[op];
    if (comparison !== undefined) return this.push(bool, `${width}.${comparison}`);
    const bit = bitwise[op];
    if (bit !== undefined) return this.push(type, `${width}.${bit}`);
    if (shifts) return this.shift(op, type, bits, width);
    const [a, b] = this.scratch[width];
    this.emit(`local.set ${b} local.set ${a}`);
    switch (op) {
      case 'Add':
      case 'Mul':
        this.arithmetic(op, bits, width, a, b);
        break;
      case 'Sub':
        this.failIf(`local.get ${a} local.get ${b} ${width}.lt_u`);
        this.emit(`local.get ${a} local.get ${b} ${width}.sub`);
        break;
      case 'Div':
      case 'Mod':
        this.failIf(`local.get ${b} ${width}.eqz`);
        this.emit(`local.get ${a} local.get ${b} ${width}.${op === 'Div' ? 'div_u' : 'rem_u'}`);
        break;
      default:
        refuse(op);
    }
    this.stack.push(type);
  }

  /** a + b or a · b, left on the stack; fails when it does not fit. */
  private arithmetic(op: 'Add' | 'Mul', bits: number, width: ValueType, a: number, b: number): void {
    const both = `local.get ${a} local.get ${b} `;
    const instruction = `${width}.${op.toLowerCase()}`;
    if (bits < 32) {
      // The exact result fits 32 bits.
      this.emit(`${both}${instruction} local.tee ${a}`);
      this.failIf(`i32.const ${2 ** bits - 1} i32.gt_u`);
      this.emit(`local.get ${a}`);
    } else if (op === 'Add') {
      // Modulo 2^bits an overflow shows as a sum below an operand.
      this.emit(`${both}${instruction} local.tee ${b}`);
      this.failIf(`local.get ${a} ${width}.lt_u`);
      this.emit(`local.get ${b}`);
    } else if (bits === 32) {
      const [product] = this.scratch.i64;
      this.emit(`local.get ${a} i64.extend_i32_u local.get ${b} i64.extend_i32_u i64.mul local.tee ${product}`);
      this.failIf('i64.const 4294967295 i64.gt_u');
      this.emit(`local.get ${product} i32.wrap_i64`);
    } else {
      // Only factors beyond 32 bits can overflow; then the quotient tells.
      this.emit(`${both}i64.or i64.const 32 i64.shr_u i64.eqz i32.eqz if local.get ${a} i64.eqz i32.eqz if`);
      this.failIf(`${both}i64.mul local.get ${a} i64.div_u local.get ${b} i64.ne`);
      this.emit(`end end ${both}i64.mul`);
    }
  }

  private shift(op: 'Shl' | 'Shr', type: RuntimeType, bits: number, width: ValueType): void {
    const by = this.scratch.i32[1];
    this.emit(`local.tee ${by}`);
    this.failIf(`i32.const ${bits} i32.ge_u`);
    const amount = `local.get ${by}${width === 'i64' ? ' i64.extend_i32_u' : ''}`;
    const mask = op === 'Shl' && bits < 32 ? ` i32.const ${2 ** bits - 1} i32.and` : '';
    this.push(type, `${amount} ${width}.${op === 'Shl' ? 'shl' : 'shr_u'}${mask}`);
  }

  private cast(target: RuntimeType): void {
    const source = this.pop();
    const from = source.bits ?? refuse('cast of a boolean');
    const to = target.bits!;
    const width = requiredType({ type: source, reference: 'value' });
    if (to < from) {
      const [value] = this.scratch[width];
      this.emit(`local.tee ${value}`);
      this.failIf(`${width}.const ${2n ** BigInt(to) - 1n} ${width}.gt_u`);
      this.emit(`local.get ${value}`);
    }
    if (width === 'i64' && to < 64) this.emit('i32.wrap_i64');
    if (width === 'i32' && to === 64) this.emit('i64.extend_i32_u');
    this.stack.push(target);
  }
}
