/** What the passes know of the module and the function they look at. Tables are resolved once per module. */
import type { ControlFlowGraph } from '../cfg.js';
import type { CompiledModule, FunctionBody, FunctionDefinition, FunctionHandle, Instantiation, Token } from '../module.js';
import type { Instruction } from '../opcodes.js';
import type { AbilitySet } from '../types.js';
import { SuiVerificationError, VerificationError } from './errors.js';
import type { VerificationLocation, VerifierPass } from './errors.js';
import type { VerifierMeter } from './meter.js';
import { AbilityTable, TypePool } from './type-pool.js';
import type { PooledType } from './type-pool.js';

/** A struct or one variant of an enum with its type arguments. */
export interface ResolvedDatatype {
  readonly type: PooledType;
  readonly fields: readonly PooledType[];
  /** Name of a field inside its datatype for the borrow graph; fields of different variants differ. */
  readonly fieldLabels: readonly number[];
}

export interface ResolvedField {
  readonly owner: PooledType;
  readonly type: PooledType;
  readonly label: number;
}

export interface ResolvedCall {
  readonly handle: FunctionHandle;
  readonly handleIndex: number;
  readonly typeArguments: readonly PooledType[];
  readonly parameters: readonly PooledType[];
  readonly returns: readonly PooledType[];
}

export class ModuleContext {
  readonly pool = new TypePool();
  private readonly structs = new Map<string, ResolvedDatatype>();
  private readonly fields = new Map<string, ResolvedField>();
  private readonly variants = new Map<string, ResolvedDatatype>();
  private readonly calls = new Map<string, ResolvedCall>();

  constructor(
    readonly module: CompiledModule,
    readonly meter: VerifierMeter,
  ) {}

  get location(): VerificationLocation {
    return { module: this.module.self.name };
  }

  fail(pass: VerifierPass, status: string, detail: string): never {
    throw new VerificationError(pass, status, detail, this.location);
  }

  types(tokens: readonly Token[]): PooledType[] {
    return tokens.map((t) => this.pool.of(t));
  }

  datatypeName(handle: number): string {
    return this.module.datatypeHandles[handle]!.name;
  }

  private instantiation(table: readonly Instantiation[], generic: boolean, operand: number): { target: number; typeArguments: PooledType[] } {
    if (!generic) return { target: operand, typeArguments: [] };
    const { target, typeArguments } = table[operand]!;
    return { target, typeArguments: this.types(typeArguments) };
  }

  /** Struct of Pack, Unpack and their generic forms. */
  struct({ op, operand }: Instruction): ResolvedDatatype {
    const generic = op.endsWith('Generic');
    return memo(this.structs, `${generic}${operand}`, () => {
      const { target, typeArguments } = this.instantiation(this.module.structInstantiations, generic, operand);
      const definition = this.module.structs[target]!;
      return {
        type: this.pool.datatype(definition.handle, typeArguments),
        fields: definition.fields.map((f) => this.pool.substitute(this.pool.of(f.type), typeArguments)),
        fieldLabels: definition.fields.map((_, i) => i),
      };
    });
  }

  /** Field of the BorrowField instructions. */
  field({ op, operand }: Instruction): ResolvedField {
    const generic = op.endsWith('Generic');
    return memo(this.fields, `${generic}${operand}`, () => {
      const { target, typeArguments } = this.instantiation(this.module.fieldInstantiations, generic, operand);
      const handle = this.module.fieldHandles[target]!;
      const definition = this.module.structs[handle.struct]!;
      return {
        owner: this.pool.datatype(definition.handle, typeArguments),
        type: this.pool.substitute(this.pool.of(definition.fields[handle.field]!.type), typeArguments),
        label: handle.field,
      };
    });
  }

  /** Variant of the PackVariant and UnpackVariant instructions. */
  variant({ op, operand }: Instruction): ResolvedDatatype {
    const generic = op.includes('Generic');
    return memo(this.variants, `${generic}${operand}`, () => {
      const { module, pool } = this;
      const instance = generic ? module.variantInstantiations[operand]! : undefined;
      const variant = instance?.variant ?? module.variantHandles[operand]!.variant;
      const { target, typeArguments } = this.instantiation(
        module.enumInstantiations, generic, instance?.enumInstantiation ?? module.variantHandles[operand]!.enum,
      );
      const definition = module.enums[target]!;
      const { fields } = definition.variants[variant]!;
      return {
        type: pool.datatype(definition.handle, typeArguments),
        fields: fields.map((f) => pool.substitute(pool.of(f.type), typeArguments)),
        fieldLabels: fields.map((_, i) => variant * 65_536 + i),
      };
    });
  }

  call({ op, operand }: Instruction): ResolvedCall {
    const generic = op === 'CallGeneric';
    return memo(this.calls, `${generic}${operand}`, () => {
      const { target, typeArguments } = this.instantiation(this.module.functionInstantiations, generic, operand);
      const handle = this.module.functionHandles[target]!;
      const close = (t: Token): PooledType => this.pool.substitute(this.pool.of(t), typeArguments);
      return { handle, handleIndex: target, typeArguments, parameters: handle.parameters.map(close), returns: handle.returns.map(close) };
    });
  }
}

function memo<T>(table: Map<string, T>, key: string, create: () => T): T {
  let value = table.get(key);
  if (value === undefined) table.set(key, (value = create()));
  return value;
}

/** A function that has a body. */
export class FunctionContext {
  readonly handle: FunctionHandle;
  readonly returns: readonly PooledType[];
  /** Parameters, then declared locals. */
  readonly locals: readonly PooledType[];
  readonly parameterCount: number;
  readonly abilities: AbilityTable;

  constructor(
    readonly context: ModuleContext,
    readonly definition: FunctionDefinition,
    readonly body: FunctionBody,
    readonly cfg: ControlFlowGraph,
  ) {
    this.handle = context.module.functionHandles[definition.handle]!;
    this.returns = context.types(this.handle.returns);
    this.parameterCount = this.handle.parameters.length;
    this.locals = [...context.types(this.handle.parameters), ...context.types(body.locals)];
    this.abilities = new AbilityTable(context.module.datatypeHandles, this.handle.typeParameters);
  }

  location(instruction?: number): VerificationLocation {
    return { module: this.context.module.self.name, function: this.handle.name, ...(instruction === undefined ? {} : { instruction }) };
  }

  fail(pass: VerifierPass, status: string, detail: string, instruction?: number): never {
    throw new VerificationError(pass, status, detail, this.location(instruction));
  }

  failSui(pass: VerifierPass, detail: string, instruction?: number): never {
    throw new SuiVerificationError(pass, detail, this.location(instruction));
  }

  charge(ticks: number, pass: VerifierPass): void {
    this.context.meter.charge(ticks, pass, this.location());
  }

  localHas(index: number, bit: AbilitySet): boolean {
    return this.abilities.has(this.locals[index]!, bit);
  }

  /** How many operands the instruction takes from the stack, and how many it leaves. */
  stackEffect(instruction: Instruction): readonly [pops: number, pushes: number] {
    const { context } = this;
    switch (instruction.op) {
      case 'Nop':
      case 'Branch':
        return [0, 0];
      case 'Pop':
      case 'BrTrue':
      case 'BrFalse':
      case 'StLoc':
      case 'Abort':
      case 'VariantSwitch':
        return [1, 0];
      case 'Ret':
        return [this.returns.length, 0];
      case 'LdU8': case 'LdU16': case 'LdU32': case 'LdU64': case 'LdU128': case 'LdU256':
      case 'LdTrue': case 'LdFalse': case 'LdConst':
      case 'CopyLoc': case 'MoveLoc': case 'MutBorrowLoc': case 'ImmBorrowLoc':
        return [0, 1];
      case 'MutBorrowField': case 'ImmBorrowField': case 'MutBorrowFieldGeneric': case 'ImmBorrowFieldGeneric':
      case 'ReadRef': case 'FreezeRef': case 'Not': case 'VecLen': case 'VecPopBack':
      case 'CastU8': case 'CastU16': case 'CastU32': case 'CastU64': case 'CastU128': case 'CastU256':
        return [1, 1];
      case 'Add': case 'Sub': case 'Mul': case 'Mod': case 'Div': case 'BitOr': case 'BitAnd': case 'Xor':
      case 'Shl': case 'Shr': case 'Or': case 'And': case 'Eq': case 'Neq': case 'Lt': case 'Gt': case 'Le': case 'Ge':
      case 'VecImmBorrow': case 'VecMutBorrow':
        return [2, 1];
      case 'WriteRef':
      case 'VecPushBack':
        return [2, 0];
      case 'VecSwap':
        return [3, 0];
      case 'VecPack':
        return [Number(instruction.wide), 1];
      case 'VecUnpack':
        return [1, Number(instruction.wide)];
      case 'Call': case 'CallGeneric': {
        const { parameters, returns } = context.call(instruction);
        return [parameters.length, returns.length];
      }
      case 'Pack': case 'PackGeneric':
        return [context.struct(instruction).fields.length, 1];
      case 'Unpack': case 'UnpackGeneric':
        return [1, context.struct(instruction).fields.length];
      case 'PackVariant': case 'PackVariantGeneric':
        return [context.variant(instruction).fields.length, 1];
      case 'UnpackVariant': case 'UnpackVariantGeneric':
      case 'UnpackVariantImmRef': case 'UnpackVariantGenericImmRef':
      case 'UnpackVariantMutRef': case 'UnpackVariantGenericMutRef':
        return [1, context.variant(instruction).fields.length];
    }
  }
}
