/**
 * What the translator needs to know about one function with its type arguments: locals, what its table
 * indices mean, and the constants its source refers to.
 */
import { MalformedModuleError } from './errors.js';
import type { LoadedFunction } from './loader.js';
import type { FunctionBody, Token } from './module.js';
import type { Opcode } from './opcodes.js';
import type { RuntimeType, TypeTable } from './runtime-type.js';
import type { OperandType } from './stack.js';
import { deserializeValue } from './type-operations.js';
import type { MoveValue } from './types.js';

/** A callee with closed types. */
export interface CalleeScope {
  readonly instance: object;
  readonly isNative: boolean;
  readonly parameters: readonly OperandType[];
  readonly returns: readonly OperandType[];
}

/** Closes a parameter, return or local type. */
export function closeOperand(fn: LoadedFunction, token: Token, typeArguments: readonly RuntimeType[]): OperandType {
  if (token.kind !== 'reference') return { type: fn.module.close(token, typeArguments), reference: 'value' };
  return {
    type: fn.module.close(token.target, typeArguments),
    reference: token.mutable ? 'mutable' : 'immutable',
  };
}

export class FunctionScope {
  readonly body: FunctionBody;
  readonly name: string;
  readonly parameters: readonly OperandType[];
  readonly returns: readonly OperandType[];
  private readonly locals: readonly OperandType[];
  private readonly boxed = new Set<number>();
  private readonly constantNames = new Map<unknown, string>();
  private temporaries = 0;

  constructor(
    readonly fn: LoadedFunction,
    readonly typeArguments: readonly RuntimeType[],
    readonly types: TypeTable['primitives'],
    private readonly table: TypeTable,
    private readonly options: {
      readonly instantiate: (callee: LoadedFunction, typeArguments: readonly RuntimeType[]) => CalleeScope;
      readonly probes: boolean;
      readonly isLeaf: boolean;
      /** True if gas is summed in local variables: functions with more than one block. */
      readonly localGas: boolean;
    },
  ) {
    const { handle, definition } = fn;
    this.name = handle.name;
    this.body = definition.body()!;
    const close = (token: Token): OperandType => closeOperand(fn, token, typeArguments);
    this.parameters = handle.parameters.map(close);
    this.returns = handle.returns.map(close);
    this.locals = [...this.parameters, ...this.body.locals.map(close)];
    for (const { op, operand } of this.body.code)
      if (op === 'MutBorrowLoc' && this.locals[operand]!.type.isPrimitive) this.boxed.add(operand);
  }

  get localCount(): number {
    return this.locals.length;
  }

  nextTemporary(): number {
    return this.temporaries++;
  }

  /** Name of a value inside the generated source. */
  constant(value: unknown): string {
    let name = this.constantNames.get(value);
    if (name === undefined) {
      name = `c${this.constantNames.size}`;
      this.constantNames.set(value, name);
    }
    return name;
  }

  get constants(): readonly unknown[] {
    return [...this.constantNames.keys()];
  }

  local(index: number): OperandType {
    return this.locals[index]!;
  }

  /** A primitive local whose address is taken mutably lives in a box. */
  isBoxed(index: number): boolean {
    return this.boxed.has(index);
  }

  localCode(index: number): string {
    return this.isBoxed(index) ? `l${index}.v` : `l${index}`;
  }

  private get module(): LoadedFunction['module'] {
    return this.fn.module;
  }

  private close(tokens: readonly Token[]): RuntimeType[] {
    return tokens.map((t) => this.module.close(t, this.typeArguments));
  }

  private datatype(handle: number, typeArguments: readonly Token[]): RuntimeType {
    const type = this.table.datatype(this.module.datatype(handle), this.close(typeArguments));
    const module = this.module.compiled.moduleHandles[this.module.compiled.datatypeHandles[handle]!.module]!;
    const { self } = this.module.compiled;
    if (module.address !== self.address || module.name !== self.name)
      throw new MalformedModuleError('a datatype of another module is taken apart', self.name);
    return type;
  }

  struct(op: Opcode, operand: number): RuntimeType {
    const { compiled } = this.module;
    if (!op.endsWith('Generic')) return this.datatype(compiled.structs[operand]!.handle, []);
    const { target, typeArguments } = compiled.structInstantiations[operand]!;
    return this.datatype(compiled.structs[target]!.handle, typeArguments);
  }

  field(op: Opcode, operand: number): { owner: RuntimeType; index: number; type: RuntimeType } {
    const { compiled } = this.module;
    const generic = op.endsWith('Generic') ? compiled.fieldInstantiations[operand]! : undefined;
    const handle = compiled.fieldHandles[generic?.target ?? operand]!;
    const owner = this.datatype(compiled.structs[handle.struct]!.handle, generic?.typeArguments ?? []);
    return { owner, index: handle.field, type: owner.fields[handle.field]!.type };
  }

  variant(op: Opcode, operand: number): { type: RuntimeType; variant: number } {
    const { compiled } = this.module;
    if (!op.includes('Generic')) {
      const handle = compiled.variantHandles[operand]!;
      return { type: this.datatype(compiled.enums[handle.enum]!.handle, []), variant: handle.variant };
    }
    const handle = compiled.variantInstantiations[operand]!;
    const { target, typeArguments } = compiled.enumInstantiations[handle.enumInstantiation]!;
    return { type: this.datatype(compiled.enums[target]!.handle, typeArguments), variant: handle.variant };
  }

  /** True if a jump table switches over this type. */
  isSwitchOf(table: number, type: RuntimeType): boolean {
    const { compiled } = this.module;
    const definition = compiled.enums[this.body.jumpTables[table]!.enumDefinition]!;
    return type.definition === this.module.datatype(definition.handle);
  }

  /** The vector type whose element a signature of one type names. */
  vectorOf(signature: number): RuntimeType {
    const tokens = this.module.compiled.signatures[signature]!;
    if (tokens.length !== 1) throw new MalformedModuleError('element signature is not one type');
    return this.table.vector(this.module.close(tokens[0]!, this.typeArguments));
  }

  callee(handle: number): CalleeScope {
    return this.options.instantiate(this.module.callee(handle), []);
  }

  genericCallee(instantiation: number): CalleeScope {
    const { target, typeArguments } = this.module.compiled.functionInstantiations[instantiation]!;
    return this.options.instantiate(this.module.callee(target), this.close(typeArguments));
  }

  constantValue(index: number): { type: RuntimeType; value: MoveValue } {
    const constant = this.module.compiled.constants[index]!;
    const type = this.module.close(constant.type, []);
    return { type, value: deserializeValue(type, constant.data) };
  }

  /** Size of a constant in bytes, for gas. */
  constantSize(index: number): number {
    return this.module.compiled.constants[index]!.data.length;
  }

  /** Charges a block. Order does not matter to the cost, so that the sums may stay in locals for a while. */
  charge(instructions: number, size: number, pushes: number): string {
    const [i, s, p] = this.options.localGas ? ['gi', 'gs', 'gp'] : ['g[0]', 'g[1]', 'g[2]'];
    return `${i}+=${instructions};${size > 0 ? `${s}+=${size};` : ''}${pushes > 0 ? `${p}+=${pushes};` : ''}`;
  }

  /** Brings sums in locals to the counters: before calls, which may not return, and before leaving. */
  get flushGas(): string {
    return this.options.localGas ? 'g[0]+=gi;g[1]+=gs;g[2]+=gp;gi=gs=gp=0;' : '';
  }

  /** Extra arguments of `abort` and `fail`: sums that are still in locals. */
  get pendingGas(): string {
    return this.options.localGas ? ',gi,gs,gp' : '';
  }

  /** JavaScript value of a local before it is assigned; of the right type, so that V8 need not widen it. */
  initialValue(index: number): string {
    const { type, reference } = this.locals[index]!;
    if (reference === 'value' && type.bits !== undefined) return type.bits > 32 ? '=0n' : '=0';
    return '';
  }

  /** Statement at the start of a block when traced. */
  blockProbe(start: number, end: number): string {
    return this.options.probes ? `probe.block(F,${start},${end});` : '';
  }

  /** Statements that return `result` (an expression, or empty). */
  leave(result: string): string {
    const flush = this.options.localGas ? 'g[0]+=gi;g[1]+=gs;g[2]+=gp;' : '';
    const depth = `${flush}${this.options.isLeaf ? '' : 'g[4]--;'}`;
    if (!this.options.probes) return `${depth}return ${result};`;
    return `${depth}return probe.leave(F,${result === '' ? 'undefined' : result});`;
  }
}
