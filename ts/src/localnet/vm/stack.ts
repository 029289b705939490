/**
 * The operand stack at translation time. It is empty at block boundaries, so within a block every operand
 * is a JavaScript expression: a literal, a local, a constant temporary or a pure combination of these.
 */
import { MalformedModuleError } from './errors.js';
import type { RuntimeType } from './runtime-type.js';

export type ReferenceKind = 'value' | 'immutable' | 'mutable';

/** Type of a local or operand: a closed type, by value or by reference. */
export interface OperandType {
  readonly type: RuntimeType;
  readonly reference: ReferenceKind;
}

export interface Operand extends OperandType {
  /** Expression without side effects; used exactly once. */
  readonly code: string;
  /** Locals the expression reads: it must be evaluated before one of them changes. */
  readonly locals: readonly number[];
  /** A mutable reference to a primitive that was not materialised: the slot `base.key` or `base[key]`. */
  readonly slot: string | undefined;
  readonly slotParts: readonly [base: string, key: string] | undefined;
}

const simpleCode = /^([a-z]\d+|-?\d+n?|true|false)$/;

/** Statements of one block, and the operands that are on the stack. */
export class BlockBuilder {
  private readonly lines: string[] = [];
  private readonly operands: Operand[] = [];

  /** `nextTemporary` numbers temporaries across the blocks of one function. */
  constructor(private readonly nextTemporary: () => number) {}

  get source(): string {
    return this.lines.join('');
  }

  get depth(): number {
    return this.operands.length;
  }

  emit(line: string): void {
    this.lines.push(line);
  }

  /** Evaluates an expression now. */
  temporary(expression: string): string {
    const name = `t${this.nextTemporary()}`;
    this.lines.push(`const ${name}=${expression};`);
    return name;
  }

  push(type: OperandType, code: string, locals: readonly number[] = []): void {
    this.operands.push({
      type: type.type, reference: type.reference, code, locals, slot: undefined, slotParts: undefined,
    });
  }

  value(type: RuntimeType, code: string, locals: readonly number[] = []): void {
    this.push({ type, reference: 'value' }, code, locals);
  }

  /** A mutable reference to a primitive field, element or box; `key` is a field name or a simple expression. */
  pushSlot(type: RuntimeType, base: string, key: string, locals: readonly number[]): void {
    const isField = /^[a-z]\d*$/.test(key) && (key.startsWith('f') || key === 'v');
    this.operands.push({
      type,
      reference: 'mutable',
      code: `{container:${base},key:${isField ? `"${key}"` : key}}`,
      locals,
      slot: isField ? `${base}.${key}` : `${base}[${key}]`,
      slotParts: [base, key],
    });
  }

  pop(): Operand {
    const operand = this.operands.pop();
    if (operand === undefined) throw new MalformedModuleError('operand stack is empty');
    return operand;
  }

  /** Pops a value; its type must be exactly `type` when given. */
  popValue(type?: RuntimeType): Operand {
    const operand = this.pop();
    if (operand.reference !== 'value' || (type !== undefined && operand.type !== type))
      throw new MalformedModuleError(`operand has the wrong type, expected ${type?.text ?? 'a value'}`);
    return operand;
  }

  /** Pops a reference of any kind, or of the kind given. */
  popReference(kind?: ReferenceKind, type?: RuntimeType): Operand {
    const operand = this.pop();
    const fits = operand.reference !== 'value' && (kind === undefined || kind === operand.reference);
    if (!fits || (type !== undefined && operand.type !== type))
      throw new MalformedModuleError(`operand is not the reference expected (${type?.text ?? 'any type'})`);
    return operand;
  }

  /** Code that may be written twice: a literal, local or temporary. */
  simple(operand: Operand): string {
    return simpleCode.test(operand.code) ? operand.code : this.temporary(operand.code);
  }

  /** Evaluates operands below that read a local, because it is about to change. */
  settle(local: number): void {
    this.operands.forEach((operand, i) => {
      if (!operand.locals.includes(local)) return;
      if (operand.slotParts !== undefined) {
        const [base, key] = operand.slotParts;
        const settled = this.temporary(base);
        const isField = operand.slot!.includes('.');
        this.operands[i] = {
          ...operand,
          locals: [],
          code: operand.code.replace(base, settled),
          slot: isField ? `${settled}.${key}` : `${settled}[${key}]`,
          slotParts: [settled, key],
        };
        return;
      }
      this.operands[i] = { ...operand, code: this.temporary(operand.code), locals: [] };
    });
  }
}
