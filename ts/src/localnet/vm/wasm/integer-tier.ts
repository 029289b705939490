/**
 * Functions with loops over integers and booleans alone, compiled to WebAssembly with all they call. The
 * module knows the VM only by three imports: report a run-time error, abort, hand over gas. What cannot be
 * expressed (`NotIntegerCode`) stays with the JavaScript generator.
 */
import { gasSlots } from '../gas.js';
import type { FunctionScope } from '../function-scope.js';
import type { Machine } from '../machine.js';
import { AbortSignal, describeStatus, RuntimeErrorSignal } from '../signals.js';
import type { LocationSource } from '../signals.js';
import type { OperandType } from '../stack.js';
import { assembleModule } from './assembler.js';
import type { FunctionCode } from './assembler.js';
import { depthGlobal, firstFunction, imports, integerCode, NotIntegerCode, valueTypeOf } from './integer-code.js';

/** A function with its type arguments, as the tier needs it. */
export interface IntegerFunction extends LocationSource {
  readonly isNative: boolean;
  readonly parameters: readonly OperandType[];
  readonly returns: readonly OperandType[];
  readonly fn: { readonly definition: { body(): { readonly code: readonly { readonly op: string; readonly operand: number }[] } | undefined } };
}

/** Functions of one module; beyond this, JavaScript. */
const maxFunctions = 64;
const maxInstructions = 20_000;

type Raw = (...args: unknown[]) => unknown;

function loops(instance: IntegerFunction): boolean {
  const { code } = instance.fn.definition.body()!;
  return code.some(({ op, operand }, at) => (op === 'Branch' || op === 'BrTrue' || op === 'BrFalse') && operand <= at);
}

/** A result as the VM's JavaScript form: WebAssembly has no booleans and no unsigned integers. */
function converter({ type }: OperandType): (value: unknown) => unknown {
  if (type.kind === 'bool') return (value) => value !== 0;
  if (type.bits === 64) return (value) => BigInt.asUintN(64, value as bigint);
  return type.bits === 32 ? (value) => (value as number) >>> 0 : (value) => value;
}

export class IntegerTier {
  constructor(
    private readonly machine: Machine,
    private readonly scopeOf: (instance: IntegerFunction) => FunctionScope,
  ) {}

  /** The function as WebAssembly, called with the VM's values; undefined when it has no such form or no loop. */
  compile(instance: IntegerFunction): Raw | undefined {
    if (![...instance.parameters, ...instance.returns].every((t) => valueTypeOf(t) !== undefined) || !loops(instance)) return undefined;
    const members: IntegerFunction[] = [instance];
    const functions: FunctionCode[] = [];
    try {
      for (let i = 0; i < members.length; i++) functions.push(this.translate(members, i));
    } catch (error) {
      if (error instanceof NotIntegerCode) return undefined;
      throw error;
    }
    return this.link(instance, members, functions);
  }

  private translate(members: IntegerFunction[], index: number): FunctionCode {
    const member = members[index]!;
    if (member.fn.definition.body()!.code.length > maxInstructions) throw new NotIntegerCode('too long');
    return integerCode(this.scopeOf(member), index, (callee) => {
      const target = callee.instance as IntegerFunction;
      const known = members.indexOf(target);
      if (known >= 0) return known;
      if (members.length >= maxFunctions) throw new NotIntegerCode('too many functions');
      return members.push(target) - 1;
    });
  }

  private link(instance: IntegerFunction, members: readonly IntegerFunction[], functions: readonly FunctionCode[]): Raw {
    const bytes = assembleModule({ imports, functions, globals: depthGlobal + 1, run: firstFunction });
    const { machine } = this;
    const { counters } = machine;
    /** Gas that the module has summed goes to the machine. */
    const collect = (): void => {
      const [i, s, p] = [globals[0]!, globals[1]!, globals[2]!];
      machine.add(i.value, s.value, p.value);
      i.value = s.value = p.value = 0;
    };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      m: {
        fail: (member: number, pc: number, status: number) => {
          collect();
          throw new RuntimeErrorSignal(members[member]!, pc, status, undefined, describeStatus(status, undefined));
        },
        abort: (member: number, pc: number, code: bigint) => {
          collect();
          throw new AbortSignal(members[member]!, pc, BigInt.asUintN(64, code));
        },
        flush: () => {
          collect();
          if (counters[gasSlots.instructions]! > counters[gasSlots.limit]!) machine.sync();
        },
      },
    });
    const globals = Array.from({ length: depthGlobal }, (_, i) => exports[`g${i}`] as WebAssembly.Global<'i32'>);
    const depth = exports[`g${depthGlobal}`] as WebAssembly.Global<'i32'>;
    const run = exports.run as Raw;
    const converters = instance.returns.map(converter);
    return (...args) => {
      // A call that ended in JavaScript's own stack overflow left its sums behind.
      for (const global of globals) global.value = 0;
      depth.value = counters[gasSlots.depth]!;
      const result = run(...args);
      collect();
      if (converters.length === 1) return converters[0]!(result);
      return converters.length === 0 ? undefined : (result as unknown[]).map((value, i) => converters[i]!(value));
    };
  }
}
