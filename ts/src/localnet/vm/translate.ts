/**
 * Translates the instructions of one basic block to JavaScript statements (sui-execution.md §2.4). The
 * values' JavaScript forms are those of `types.ts`. Arithmetic is in `arithmetic.ts`.
 */
import { castTo, translateArithmetic } from './arithmetic.js';
import { MalformedModuleError } from './errors.js';
import { instructionCost } from './instruction-costs.js';
import type { FunctionScope } from './function-scope.js';
import type { Instruction } from './opcodes.js';
import { maxValueDepth } from './runtime-type.js';
import type { RuntimeType } from './runtime-type.js';
import { statusCodes, vectorErrors } from './signals.js';
import { BlockBuilder } from './stack.js';
import type { Operand, OperandType } from './stack.js';
import type { Terminator, TranslatedBlock } from './structure.js';
import { literal, operationsOf } from './type-operations.js';

/** Longest Move vector (§1.1). */
const maxVectorLength = 262_144;

export class BlockTranslator {
  private readonly out: BlockBuilder;
  private pc = 0;
  /** Static gas of the block: instructions, pushes, size. */
  private readonly gas = { instructions: 0, pushes: 0, size: 0 };

  constructor(private readonly scope: FunctionScope) {
    this.out = new BlockBuilder(() => scope.nextTemporary());
  }

  /** Translates code[start, end). */
  translate(start: number, end: number): TranslatedBlock {
    const { code } = this.scope.body;
    let terminator: Terminator = { kind: 'jump' };
    for (this.pc = start; this.pc < end; this.pc++) {
      const instruction = code[this.pc]!;
      terminator = this.instruction(instruction);
      const cost = instructionCost(instruction);
      this.gas.instructions += 1;
      this.gas.pushes += cost.pushes;
      this.gas.size += cost.size;
    }
    if (this.out.depth !== 0) this.malformed('operand stack is not empty at the end of a block');
    const { instructions, pushes, size } = this.gas;
    const charge = this.scope.charge(instructions, size, pushes);
    return { statements: charge + this.scope.blockProbe(start, end) + this.out.source, terminator };
  }

  private malformed(message: string): never {
    throw new MalformedModuleError(`${this.scope.name} at ${this.pc}: ${message}`);
  }

  /** A statement that throws a run-time error when the condition holds. */
  private failIf(condition: string, status: number, subStatus?: number): void {
    this.out.emit(`if(${condition})throw fail(F,${this.pc},${status},${subStatus ?? 'undefined'}${this.scope.pendingGas});`);
  }

  /** Charges the size of a value: statically when its type has one size. */
  private chargeSize(type: RuntimeType, code: string): void {
    const { fixedSize } = operationsOf(type);
    if (fixedSize !== undefined) this.gas.size += fixedSize;
    else this.out.emit(`g[1]+=${this.scope.constant(operationsOf(type).size)}(${code});`);
  }

  private chargeStatic(pushes: number, size: number): void {
    this.gas.pushes += pushes;
    this.gas.size += size;
  }

  private copyOf(type: RuntimeType, code: string): string {
    return `${this.scope.constant(operationsOf(type).copy)}(${code})`;
  }

  private instruction(instruction: Instruction): Terminator {
    const { op, operand } = instruction;
    const { out, scope } = this;
    const { types } = scope;
    switch (op) {
      case 'Nop':
        break;
      case 'Pop':
        out.pop();
        break;
      case 'LdU8':
        out.value(types.u8, String(operand));
        break;
      case 'LdU16':
        out.value(types.u16, String(operand));
        break;
      case 'LdU32':
        out.value(types.u32, String(operand));
        break;
      case 'LdU64':
        out.value(types.u64, `${instruction.wide}n`);
        break;
      case 'LdU128':
        out.value(types.u128, `${instruction.wide}n`);
        break;
      case 'LdU256':
        out.value(types.u256, `${instruction.wide}n`);
        break;
      case 'LdTrue':
      case 'LdFalse':
        out.value(types.bool, String(op === 'LdTrue'));
        break;
      case 'LdConst':
        this.loadConstant(operand);
        break;
      case 'CopyLoc':
      case 'MoveLoc':
        this.loadLocal(operand, op === 'CopyLoc');
        break;
      case 'StLoc':
        this.storeLocal(operand);
        break;
      case 'MutBorrowLoc':
      case 'ImmBorrowLoc':
        this.borrowLocal(operand, op === 'MutBorrowLoc');
        break;
      case 'MutBorrowField':
      case 'ImmBorrowField':
      case 'MutBorrowFieldGeneric':
      case 'ImmBorrowFieldGeneric':
        this.borrowField(scope.field(op, operand), op.startsWith('Mut'));
        break;
      case 'Call':
      case 'CallGeneric':
        this.call(op === 'Call' ? scope.callee(operand) : scope.genericCallee(operand));
        break;
      case 'Pack':
      case 'PackGeneric':
        this.pack(scope.struct(op, operand), 0);
        break;
      case 'PackVariant':
      case 'PackVariantGeneric': {
        const { type, variant } = scope.variant(op, operand);
        this.pack(type, variant);
        break;
      }
      case 'Unpack':
      case 'UnpackGeneric':
        this.unpack(scope.struct(op, operand), 0);
        break;
      case 'UnpackVariant':
      case 'UnpackVariantGeneric': {
        const { type, variant } = scope.variant(op, operand);
        this.unpack(type, variant);
        break;
      }
      case 'UnpackVariantImmRef':
      case 'UnpackVariantGenericImmRef':
      case 'UnpackVariantMutRef':
      case 'UnpackVariantGenericMutRef': {
        const { type, variant } = scope.variant(op, operand);
        this.unpackReference(type, variant, op.endsWith('MutRef'));
        break;
      }
      case 'ReadRef':
        this.readReference(out.popReference());
        break;
      case 'WriteRef':
        this.writeReference();
        break;
      case 'FreezeRef': {
        const reference = out.popReference('mutable');
        if (reference.type.isPrimitive) out.push({ ...reference, reference: 'immutable' }, this.readSlot(reference));
        else out.push({ ...reference, reference: 'immutable' }, reference.code, reference.locals);
        break;
      }
      case 'Add':
      case 'Sub':
      case 'Mul':
      case 'Div':
      case 'Mod':
      case 'BitOr':
      case 'BitAnd':
      case 'Xor':
      case 'Shl':
      case 'Shr':
      case 'Lt':
      case 'Gt':
      case 'Le':
      case 'Ge':
        translateArithmetic(op, out, types.bool, (condition) => this.failIf(condition, statusCodes.arithmeticError));
        break;
      case 'CastU8':
      case 'CastU16':
      case 'CastU32':
      case 'CastU64':
      case 'CastU128':
      case 'CastU256': {
        const target = types[`u${op.slice(5)}` as 'u8' | 'u16' | 'u32' | 'u64' | 'u128' | 'u256'];
        castTo(target, out, (condition) => this.failIf(condition, statusCodes.arithmeticError));
        break;
      }
      case 'And':
      case 'Or': {
        const right = out.popValue(types.bool);
        const left = out.popValue(types.bool);
        const code = `(${left.code}${op === 'And' ? '&&' : '||'}${right.code})`;
        out.value(types.bool, code, [...left.locals, ...right.locals]);
        break;
      }
      case 'Not': {
        const value = out.popValue(types.bool);
        out.value(types.bool, `!${value.code}`, value.locals);
        break;
      }
      case 'Eq':
      case 'Neq':
        this.compare(op === 'Eq');
        break;
      case 'VecPack':
      case 'VecUnpack':
      case 'VecLen':
      case 'VecImmBorrow':
      case 'VecMutBorrow':
      case 'VecPushBack':
      case 'VecPopBack':
      case 'VecSwap':
        this.vector(op, scope.vectorOf(operand), Number(instruction.wide));
        break;
      case 'Abort': {
        const code = out.popValue(types.u64);
        out.emit(`throw abort(F,${this.pc},${code.code}${this.scope.pendingGas});`);
        return { kind: 'leave' };
      }
      case 'Ret':
        this.leave();
        return { kind: 'leave' };
      case 'BrTrue':
      case 'BrFalse': {
        const condition = out.popValue(types.bool).code;
        return { kind: 'branch', condition: op === 'BrTrue' ? condition : `!${condition}` };
      }
      case 'VariantSwitch': {
        const subject = out.popReference();
        if (!scope.isSwitchOf(operand, subject.type)) this.malformed('switch over another enum');
        return { kind: 'switch', tag: `${out.simple(subject)}.$` };
      }
      case 'Branch':
        break;
    }
    return { kind: 'jump' };
  }

  private loadConstant(index: number): void {
    const { type, value } = this.scope.constantValue(index);
    this.chargeStatic(1, this.scope.constantSize(index));
    if (type.isPrimitive) {
      const text = typeof value === 'bigint' ? `${value}n` : String(value);
      this.out.value(type, typeof value === 'string' ? this.scope.constant(value) : text);
    } else this.out.value(type, this.out.temporary(this.copyOf(type, this.scope.constant(value))));
  }

  private loadLocal(index: number, copy: boolean): void {
    const local = this.scope.local(index);
    const code = this.scope.localCode(index);
    const { type, reference } = local;
    if (copy) {
      this.chargeStatic(1, 0);
      if (reference === 'value') this.chargeSize(type, code);
      else this.chargeStatic(0, 8);
    } else this.chargeStatic(1, 8);
    if (reference === 'value' && copy && !type.isPrimitive) this.out.push(local, this.out.temporary(this.copyOf(type, code)));
    else if (this.scope.isBoxed(index)) this.out.push(local, this.out.temporary(code));
    else this.out.push(local, code, [index]);
  }

  private storeLocal(index: number): void {
    const local = this.scope.local(index);
    const value = this.out.pop();
    if (value.type !== local.type || value.reference !== local.reference) this.malformed('local has another type');
    this.out.settle(index);
    this.out.emit(`${this.scope.localCode(index)}=${value.code};`);
  }

  private borrowLocal(index: number, mutable: boolean): void {
    const { type, reference } = this.scope.local(index);
    if (reference !== 'value') this.malformed('reference to a reference');
    const kind = mutable ? 'mutable' : 'immutable';
    if (!type.isPrimitive) this.out.push({ type, reference: kind }, `l${index}`, [index]);
    else if (mutable) this.out.pushSlot(type, `l${index}`, 'v', []);
    else if (this.scope.isBoxed(index)) this.out.push({ type, reference: kind }, this.out.temporary(`l${index}.v`));
    else this.out.push({ type, reference: kind }, `l${index}`, [index]);
  }

  private borrowField(field: { owner: RuntimeType; index: number; type: RuntimeType }, mutable: boolean): void {
    const owner = this.out.popReference(mutable ? 'mutable' : undefined, field.owner);
    const kind = mutable ? 'mutable' : 'immutable';
    if (mutable && field.type.isPrimitive) {
      // The owner may be a temporary expression; a slot needs a name.
      const base = this.out.simple(owner);
      this.out.pushSlot(field.type, base, `f${field.index}`, owner.locals);
      return;
    }
    this.out.push({ type: field.type, reference: kind }, this.out.temporary(`${owner.code}.f${field.index}`));
  }

  /** Reads through a mutable reference to a primitive. */
  private readSlot(reference: Operand): string {
    if (reference.slot !== undefined) return this.out.temporary(reference.slot);
    const name = this.out.simple(reference);
    return this.out.temporary(`${name}.container[${name}.key]`);
  }

  private readReference(reference: Operand): void {
    const { type } = reference;
    this.chargeStatic(1, 0);
    if (!type.isPrimitive) {
      const source = this.out.simple(reference);
      this.chargeSize(type, source);
      this.out.value(type, this.out.temporary(this.copyOf(type, source)));
      return;
    }
    this.chargeSize(type, '');
    if (reference.reference === 'mutable') this.out.value(type, this.readSlot(reference));
    else this.out.value(type, reference.code, reference.locals);
  }

  private writeReference(): void {
    const { out } = this;
    const reference = out.popReference('mutable');
    const value = out.popValue(reference.type);
    const { type } = reference;
    if (!type.isPrimitive) {
      const source = out.simple(value);
      this.chargeSize(type, source);
      out.emit(`${this.scope.constant(operationsOf(type).assign)}(${reference.code},${source});`);
      return;
    }
    this.chargeSize(type, '');
    if (reference.slot !== undefined) out.emit(`${reference.slot}=${value.code};`);
    else {
      const name = out.simple(reference);
      out.emit(`${name}.container[${name}.key]=${value.code};`);
    }
  }

  private call(callee: ReturnType<FunctionScope['callee']>): void {
    const { out } = this;
    const args: string[] = [];
    for (const parameter of [...callee.parameters].reverse()) {
      const argument = out.pop();
      const fits =
        argument.type === parameter.type &&
        (argument.reference === parameter.reference ||
          (parameter.reference === 'immutable' && argument.reference === 'mutable' && !parameter.type.isPrimitive));
      if (!fits) this.malformed('argument has the wrong type');
      args.unshift(argument.code);
    }
    if (!callee.isNative) this.failIf('g[4]>=1024', statusCodes.callStackOverflow);
    out.emit(this.scope.flushGas);
    const call = `${this.scope.constant(callee.instance)}.f(${args.join(',')})`;
    const { returns } = callee;
    if (returns.length === 0) out.emit(`${call};`);
    else if (returns.length === 1) out.push(returns[0]!, out.temporary(call));
    else {
      const list = out.temporary(call);
      returns.forEach((type, i) => out.push(type, out.temporary(`${list}[${i}]`)));
    }
  }

  private checkDepth(type: RuntimeType): void {
    if (type.valueDepth > maxValueDepth) this.failIf('true', statusCodes.valueDepthReached);
  }

  private pack(type: RuntimeType, variant: number): void {
    const { fields } = type.variants[variant]!;
    const values = [...fields].reverse().map((f) => this.out.popValue(f.type).code).reverse();
    this.chargeStatic(1, 2);
    this.checkDepth(type);
    const tag = type.kind === 'enum' ? variant : undefined;
    this.out.value(type, this.out.temporary(literal(type, tag, values)));
  }

  private checkTag(type: RuntimeType, name: string, variant: number): void {
    if (type.kind === 'enum') this.failIf(`${name}.$!==${variant}`, statusCodes.variantTagMismatch);
  }

  private unpack(type: RuntimeType, variant: number): void {
    const name = this.out.simple(this.out.popValue(type));
    this.checkTag(type, name, variant);
    const { fields } = type.variants[variant]!;
    this.chargeStatic(fields.length, 0);
    fields.forEach((f, i) => this.out.value(f.type, this.out.temporary(`${name}.f${i}`)));
  }

  private unpackReference(type: RuntimeType, variant: number, mutable: boolean): void {
    const subject = this.out.popReference(mutable ? 'mutable' : undefined, type);
    const name = this.out.simple(subject);
    this.checkTag(type, name, variant);
    const { fields } = type.variants[variant]!;
    this.chargeStatic(fields.length, 0);
    fields.forEach((f, i) => {
      if (mutable && f.type.isPrimitive) this.out.pushSlot(f.type, name, `f${i}`, subject.locals);
      else this.out.push({ type: f.type, reference: mutable ? 'mutable' : 'immutable' }, this.out.temporary(`${name}.f${i}`));
    });
  }

  /** The compared value of an operand: what a reference points to. */
  private comparable(operand: Operand): string {
    const isSlot = operand.reference === 'mutable' && operand.type.isPrimitive;
    return isSlot ? this.readSlot(operand) : operand.code;
  }

  private compare(equal: boolean): void {
    const { out } = this;
    const right = out.pop();
    const left = out.pop();
    const { type } = left;
    const mixed = (left.reference === 'value') !== (right.reference === 'value');
    if (right.type !== type || mixed) this.malformed('comparison of different types');
    this.chargeStatic(1, 1);
    if (type.isPrimitive) {
      const rightCode = this.comparable(right);
      const leftCode = this.comparable(left);
      this.chargeStatic(0, 2 * operationsOf(type).fixedSize!);
      const code = `(${leftCode}${equal ? '===' : '!=='}${rightCode})`;
      out.value(this.scope.types.bool, code, [...left.locals, ...right.locals]);
      return;
    }
    const [a, b] = [out.simple(left), out.simple(right)];
    this.chargeSize(type, a);
    this.chargeSize(type, b);
    const test = `${this.scope.constant(operationsOf(type).equal)}(${a},${b})`;
    out.value(this.scope.types.bool, out.temporary(equal ? test : `!${test}`));
  }

  private vector(op: Instruction['op'], type: RuntimeType, count: number): void {
    const { out } = this;
    const { element } = type;
    const { u64 } = this.scope.types;
    const vectorError = statusCodes.vectorOperationError;
    /** Checks an index and gives it as a number. */
    const indexInto = (vector: string, index: Operand): string => {
      const number = /^\d+n$/.test(index.code) ? out.temporary(index.code.slice(0, -1)) : out.temporary(`Number(${index.code})`);
      this.failIf(`${number}>=${vector}.length`, vectorError, vectorErrors.indexOutOfBounds);
      return number;
    };
    switch (op) {
      case 'VecPack': {
        const values = Array.from({ length: count }, () => out.popValue(element).code).reverse();
        this.checkDepth(type);
        out.value(type, out.temporary(`[${values.join(',')}]`));
        return;
      }
      case 'VecUnpack': {
        const vector = out.simple(out.popValue(type));
        this.failIf(`${vector}.length!==${count}`, vectorError, vectorErrors.unpackLength);
        this.chargeStatic(count, 0);
        for (let i = 0; i < count; i++) out.value(element, out.temporary(`${vector}[${i}]`));
        return;
      }
      case 'VecLen':
        out.value(u64, out.temporary(`BigInt(${out.popReference(undefined, type).code}.length)`));
        return;
      case 'VecImmBorrow':
      case 'VecMutBorrow': {
        const index = out.popValue(u64);
        const mutable = op === 'VecMutBorrow';
        const reference = out.popReference(mutable ? 'mutable' : undefined, type);
        const vector = out.simple(reference);
        const at = indexInto(vector, index);
        if (mutable && element.isPrimitive) out.pushSlot(element, vector, at, reference.locals);
        else out.push({ type: element, reference: mutable ? 'mutable' : 'immutable' }, out.temporary(`${vector}[${at}]`));
        return;
      }
      case 'VecPushBack': {
        const value = out.popValue(element);
        const vector = out.simple(out.popReference('mutable', type));
        this.failIf(`${vector}.length>=${maxVectorLength}`, vectorError, vectorErrors.sizeLimit);
        out.emit(`${vector}.push(${value.code});`);
        return;
      }
      case 'VecPopBack': {
        const vector = out.simple(out.popReference('mutable', type));
        this.failIf(`${vector}.length===0`, vectorError, vectorErrors.popEmpty);
        out.value(element, out.temporary(`${vector}.pop()`));
        return;
      }
      default: {
        const second = out.popValue(u64);
        const first = out.popValue(u64);
        const vector = out.simple(out.popReference('mutable', type));
        const i = indexInto(vector, first);
        const j = indexInto(vector, second);
        const held = out.temporary(`${vector}[${i}]`);
        out.emit(`${vector}[${i}]=${vector}[${j}];${vector}[${j}]=${held};`);
      }
    }
  }

  private leave(): void {
    const { returns } = this.scope;
    const values = [...returns]
      .reverse()
      .map((type: OperandType) => {
        const value = this.out.pop();
        if (value.type !== type.type || value.reference !== type.reference) this.malformed('wrong return type');
        return value.code;
      })
      .reverse();
    // Operands are pure, but a call inside one would be a defect: they are evaluated after the depth is restored.
    const result = values.length === 0 ? '' : values.length === 1 ? values[0]! : `[${values.join(',')}]`;
    this.out.emit(this.scope.leave(result));
  }
}
