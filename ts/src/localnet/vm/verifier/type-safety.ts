/**
 * Type safety: every instruction finds operands of the types it takes. The stack is empty between blocks
 * and locals keep their types, so each block is checked for itself, unreachable ones too.
 */
import type { Instruction } from '../opcodes.js';
import type { PrimitiveName } from '../types.js';
import type { FunctionContext, ResolvedDatatype } from './context.js';
import { splitBlocks } from './control-flow.js';
import { ability, isInteger, isMutableReference, isReference, targetOf } from './type-pool.js';
import type { PooledType } from './type-pool.js';

const pass = 'type safety';

export function checkTypeSafety(fn: FunctionContext): void {
  for (const { start, end } of splitBlocks(fn.body)) {
    const block = new BlockTypes(fn);
    for (let at = start; at < end; at++) block.step(fn.body.code[at]!, at);
  }
}

class BlockTypes {
  private readonly stack: PooledType[] = [];
  private at = 0;

  constructor(private readonly fn: FunctionContext) {}

  private fail(status: string, detail: string): never {
    return this.fn.fail(pass, status, detail, this.at);
  }

  private push(type: PooledType): void {
    // Large types cost more: they are made by substitution.
    this.fn.charge(type.nodes, pass);
    this.stack.push(type);
  }

  private pushPrimitive(kind: PrimitiveName): void {
    this.push(this.fn.context.pool.primitive(kind));
  }

  private pop(): PooledType {
    return this.stack.pop() ?? this.fail('NEGATIVE_STACK_SIZE_WITHIN_BLOCK', 'operand stack is empty');
  }

  /** Pops a value of exactly this type. */
  private expect(type: PooledType, status: string): void {
    if (this.pop() !== type) this.fail(status, `operand has another type than the ${type.kind} expected`);
  }

  private expectPrimitive(kind: PrimitiveName, status: string): void {
    this.expect(this.fn.context.pool.primitive(kind), status);
  }

  private expectAll(types: readonly PooledType[], status: string): void {
    for (let i = types.length - 1; i >= 0; i--) this.expect(types[i]!, status);
  }

  /** Pops an integer of any width. */
  private integer(): PooledType {
    const type = this.pop();
    if (!isInteger(type)) this.fail('INTEGER_OP_TYPE_MISMATCH_ERROR', `${type.kind} is no integer`);
    return type;
  }

  private has(type: PooledType, bit: number): boolean {
    return this.fn.abilities.has(type, bit);
  }

  step(instruction: Instruction, at: number): void {
    this.at = at;
    this.fn.charge(1, pass);
    const { op, operand } = instruction;
    const { context, locals } = this.fn;
    switch (op) {
      case 'Nop':
      case 'Branch':
        return;
      case 'Pop': {
        if (!this.has(this.pop(), ability.drop)) this.fail('POP_WITHOUT_DROP_ABILITY', 'a value without drop is dropped');
        return;
      }
      case 'Ret':
        return this.expectAll(this.fn.returns, 'RET_TYPE_MISMATCH_ERROR');
      case 'BrTrue':
      case 'BrFalse':
        return this.expectPrimitive('bool', 'BR_TYPE_MISMATCH_ERROR');
      case 'Abort':
        return this.expectPrimitive('u64', 'ABORT_TYPE_MISMATCH_ERROR');
      case 'LdU8': case 'LdU16': case 'LdU32': case 'LdU64': case 'LdU128': case 'LdU256':
        return this.pushPrimitive(`u${op.slice(3)}` as PrimitiveName);
      case 'LdTrue':
      case 'LdFalse':
        return this.pushPrimitive('bool');
      case 'LdConst':
        return this.push(context.pool.of(context.module.constants[operand]!.type));
      case 'CopyLoc':
        if (!this.has(locals[operand]!, ability.copy)) this.fail('COPYLOC_WITHOUT_COPY_ABILITY', `local ${operand} has no copy`);
        return this.push(locals[operand]!);
      case 'MoveLoc':
        return this.push(locals[operand]!);
      case 'StLoc':
        return this.expect(locals[operand]!, 'STLOC_TYPE_MISMATCH_ERROR');
      case 'MutBorrowLoc':
      case 'ImmBorrowLoc':
        if (isReference(locals[operand]!)) this.fail('BORROWLOC_REFERENCE_ERROR', `local ${operand} is a reference already`);
        return this.push(context.pool.reference(locals[operand]!, op === 'MutBorrowLoc'));
      case 'MutBorrowField': case 'ImmBorrowField': case 'MutBorrowFieldGeneric': case 'ImmBorrowFieldGeneric':
        return this.borrowField(instruction);
      case 'FreezeRef': {
        const type = this.pop();
        if (!isMutableReference(type)) this.fail('FREEZEREF_TYPE_MISMATCH_ERROR', `${type.kind} is no mutable reference`);
        return this.push(context.pool.reference(targetOf(type), false));
      }
      case 'ReadRef': {
        const type = this.pop();
        if (!isReference(type)) this.fail('READREF_TYPE_MISMATCH_ERROR', `${type.kind} is no reference`);
        if (!this.has(targetOf(type), ability.copy)) this.fail('READREF_WITHOUT_COPY_ABILITY', 'what is read has no copy');
        return this.push(targetOf(type));
      }
      case 'WriteRef':
        return this.writeRef();
      case 'Call':
      case 'CallGeneric': {
        const { parameters, returns } = context.call(instruction);
        this.expectAll(parameters, 'CALL_TYPE_MISMATCH_ERROR');
        for (const type of returns) this.push(type);
        return;
      }
      case 'Pack':
      case 'PackGeneric':
        return this.pack(context.struct(instruction));
      case 'PackVariant':
      case 'PackVariantGeneric':
        return this.pack(context.variant(instruction));
      case 'Unpack':
      case 'UnpackGeneric':
        return this.unpack(context.struct(instruction));
      case 'UnpackVariant':
      case 'UnpackVariantGeneric':
        return this.unpack(context.variant(instruction));
      case 'UnpackVariantImmRef': case 'UnpackVariantGenericImmRef':
      case 'UnpackVariantMutRef': case 'UnpackVariantGenericMutRef':
        return this.unpackReference(context.variant(instruction), op.endsWith('MutRef'));
      case 'VariantSwitch':
        return this.variantSwitch(operand);
      case 'Add': case 'Sub': case 'Mul': case 'Mod': case 'Div': case 'BitOr': case 'BitAnd': case 'Xor': {
        const type = this.integer();
        this.expect(type, 'INTEGER_OP_TYPE_MISMATCH_ERROR');
        return this.push(type);
      }
      case 'Shl':
      case 'Shr':
        this.expectPrimitive('u8', 'INTEGER_OP_TYPE_MISMATCH_ERROR');
        return this.push(this.integer());
      case 'Lt': case 'Gt': case 'Le': case 'Ge':
        this.expect(this.integer(), 'INTEGER_OP_TYPE_MISMATCH_ERROR');
        return this.pushPrimitive('bool');
      case 'CastU8': case 'CastU16': case 'CastU32': case 'CastU64': case 'CastU128': case 'CastU256':
        this.integer();
        return this.pushPrimitive(`u${op.slice(5)}` as PrimitiveName);
      case 'And':
      case 'Or':
        this.expectPrimitive('bool', 'BOOLEAN_OP_TYPE_MISMATCH_ERROR');
        this.expectPrimitive('bool', 'BOOLEAN_OP_TYPE_MISMATCH_ERROR');
        return this.pushPrimitive('bool');
      case 'Not':
        this.expectPrimitive('bool', 'BOOLEAN_OP_TYPE_MISMATCH_ERROR');
        return this.pushPrimitive('bool');
      case 'Eq':
      case 'Neq': {
        const type = this.pop();
        if (this.pop() !== type || !this.has(type, ability.drop))
          this.fail('EQUALITY_OP_TYPE_MISMATCH_ERROR', 'what is compared differs in type or has no drop');
        return this.pushPrimitive('bool');
      }
      case 'VecPack': case 'VecUnpack': case 'VecLen': case 'VecImmBorrow': case 'VecMutBorrow':
      case 'VecPushBack': case 'VecPopBack': case 'VecSwap':
        return this.vector(instruction);
    }
  }

  private borrowField(instruction: Instruction): void {
    const { owner, type } = this.fn.context.field(instruction);
    const mutable = instruction.op.startsWith('Mut');
    this.expectReferenceTo(owner, mutable, 'BORROWFIELD_TYPE_MISMATCH_ERROR');
    this.push(this.fn.context.pool.reference(type, mutable));
  }

  /** Pops a reference; where an immutable one is wanted, a mutable one does too. */
  private expectReferenceTo(target: PooledType, mutable: boolean, status: string): void {
    const type = this.pop();
    if (!isReference(type) || targetOf(type) !== target || (mutable && !isMutableReference(type)))
      this.fail(status, 'operand is not the reference expected');
  }

  private writeRef(): void {
    const reference = this.pop();
    const value = this.pop();
    if (!isMutableReference(reference)) this.fail('WRITEREF_NO_MUTABLE_REFERENCE_ERROR', `${reference.kind} is no mutable reference`);
    const target = targetOf(reference);
    if (!this.has(target, ability.drop)) this.fail('WRITEREF_WITHOUT_DROP_ABILITY', 'what is overwritten has no drop');
    if (value !== target) this.fail('WRITEREF_TYPE_MISMATCH_ERROR', 'the value has another type than the reference');
  }

  private pack({ type, fields }: ResolvedDatatype): void {
    this.expectAll(fields, 'PACK_TYPE_MISMATCH_ERROR');
    this.push(type);
  }

  private unpack({ type, fields }: ResolvedDatatype): void {
    this.expect(type, 'UNPACK_TYPE_MISMATCH_ERROR');
    for (const field of fields) this.push(field);
  }

  private unpackReference({ type, fields }: ResolvedDatatype, mutable: boolean): void {
    const { pool } = this.fn.context;
    this.expect(pool.reference(type, mutable), 'UNPACK_TYPE_MISMATCH_ERROR');
    for (const field of fields) this.push(pool.reference(field, mutable));
  }

  private variantSwitch(table: number): void {
    const { module } = this.fn.context;
    const subject = this.pop();
    const { handle } = module.enums[this.fn.body.jumpTables[table]!.enumDefinition]!;
    const isEnum = targetOf(subject).kind === 'datatype' && targetOf(subject).index === handle;
    if (!isReference(subject) || isMutableReference(subject) || !isEnum)
      this.fail('ENUM_TYPE_MISMATCH', 'a switch over something else than an immutable reference to its enum');
  }

  private vector({ op, operand, wide }: Instruction): void {
    const { context } = this.fn;
    const { pool } = context;
    const element = pool.of(context.module.signatures[operand]![0]!);
    const whole = pool.vector(element);
    const status = 'TYPE_MISMATCH';
    switch (op) {
      case 'VecPack':
        for (let i = 0n; i < wide; i++) this.expect(element, status);
        return this.push(whole);
      case 'VecUnpack':
        this.expect(whole, status);
        for (let i = 0n; i < wide; i++) this.push(element);
        return;
      case 'VecLen':
        this.expect(pool.reference(whole, false), status);
        return this.pushPrimitive('u64');
      case 'VecImmBorrow':
      case 'VecMutBorrow': {
        const mutable = op === 'VecMutBorrow';
        this.expectPrimitive('u64', status);
        this.expect(pool.reference(whole, mutable), status);
        return this.push(pool.reference(element, mutable));
      }
      case 'VecPushBack':
        this.expect(element, status);
        return this.expect(pool.reference(whole, true), status);
      case 'VecPopBack':
        this.expect(pool.reference(whole, true), status);
        return this.push(element);
      default:
        this.expectPrimitive('u64', status);
        this.expectPrimitive('u64', status);
        return this.expect(pool.reference(whole, true), status);
    }
  }
}
