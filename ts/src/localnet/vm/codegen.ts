/**
 * Functions as JavaScript, one per type instantiation, generated when first called. The source holds only
 * numbers and identifiers made here; everything else reaches it as an argument of its factory. Loops over
 * integers alone become WebAssembly instead (`wasm/`), unless somebody traces.
 */
import { buildControlFlow } from './cfg.js';
import type { ControlFlowGraph } from './cfg.js';
import { LinkError, ObjectLimitReached, objectLimits } from './errors.js';
import { closeOperand, FunctionScope } from './function-scope.js';
import type { CalleeScope } from './function-scope.js';
import type { LoadedFunction, Loader } from './loader.js';
import type { FunctionBody } from './module.js';
import type { Machine } from './machine.js';
import { nativeFactory } from './natives/index.js';
import type { RuntimeType } from './runtime-type.js';
import { AbortSignal, describeStatus, RuntimeErrorSignal, statusCodes } from './signals.js';
import type { LocationSource } from './signals.js';
import type { OperandType } from './stack.js';
import { structureBody } from './structure.js';
import { BlockTranslator } from './translate.js';
import type { TracedFunction } from './trace.js';
import { operationsOf } from './type-operations.js';
import type { CodeLocation, MoveValue } from './types.js';
import { IntegerTier } from './wasm/integer-tier.js';

type Callable = (...args: never[]) => unknown;

/** Abstract size of a reference (sui-gas.md §4). */
const REFERENCE_SIZE = 8;

/** Most type nodes of the type arguments of one call. */
const maxInstantiationNodes = 256;

/** Modules of 0x2 whose natives may meet a limit on objects. */
const LIMITED_MODULES: ReadonlySet<string> = new Set(['dynamic_field', 'event', 'object', 'transfer', 'tx_context']);

/** A limit that a native meets is a run-time error at that native. */
function guardLimits(
  instance: FunctionInstance,
  native: (...args: unknown[]) => unknown,
): (...args: unknown[]) => unknown {
  if (!LIMITED_MODULES.has(instance.fn.module.compiled.self.name)) return native;
  return (...args) => {
    try {
      return native(...args);
    } catch (error) {
      if (!(error instanceof ObjectLimitReached)) throw error;
      throw fail(instance, 0, statusCodes.memoryLimitExceeded, objectLimits[error.limit]);
    }
  };
}

/** A function with its type arguments; `f` runs it. */
export class FunctionInstance implements CalleeScope, LocationSource, TracedFunction {
  readonly isNative: boolean;
  readonly parameters: readonly OperandType[];
  readonly returns: readonly OperandType[];
  /** Translates itself on the first call. */
  f: Callable;

  constructor(
    readonly fn: LoadedFunction,
    readonly typeArguments: readonly RuntimeType[],
    compile: (instance: FunctionInstance) => Callable,
  ) {
    this.isNative = fn.definition.isNative;
    this.parameters = fn.handle.parameters.map((t) => closeOperand(fn, t, typeArguments));
    this.returns = fn.handle.returns.map((t) => closeOperand(fn, t, typeArguments));
    this.f = (...args) => {
      this.f = compile(this);
      return this.f(...args);
    };
  }

  get instance(): object {
    return this;
  }

  get typeArgumentTexts(): readonly string[] {
    return this.typeArguments.map((t) => t.text);
  }

  location(instruction: number): CodeLocation {
    const { module, definition, handle } = this.fn;
    return {
      package: module.pkg.view.storageId,
      moduleAddress: module.compiled.self.address,
      module: module.compiled.self.name,
      function: definition.index,
      functionName: handle.name,
      instruction,
    };
  }
}

/** A primitive local that is borrowed mutably: its own `PrimitiveReference`. */
class Box {
  readonly container: Box;
  readonly key = 'v';
  constructor(public v: unknown) {
    this.container = this;
  }
}

function fail(at: LocationSource, instruction: number, status: number, subStatus?: number): RuntimeErrorSignal {
  return new RuntimeErrorSignal(at, instruction, status, subStatus, describeStatus(status, subStatus));
}

function bad(): Error {
  return new Error('generated code reached a place it never should');
}

/** Whether a block of the loop with this header calls anything. */
function callsInLoop(cfg: ControlFlowGraph, header: number, { code }: FunctionBody): boolean {
  for (const member of cfg.loops.get(header) ?? []) {
    const { start, end } = cfg.blocks[member]!;
    for (let at = start; at < end; at++) if (code[at]!.op.startsWith('Call')) return true;
  }
  return false;
}

/** Generates and keeps the functions of one VM, with or without trace probes. */
export class CodeGenerator {
  private readonly instances = new Map<LoadedFunction['definition'], Map<LoadedFunction['module'], Map<string, FunctionInstance>>>();
  private readonly probe = {
    block: (fn: FunctionInstance, start: number, end: number): void => this.machine.trace?.onBlock?.(fn, start, end),
    enter: (fn: FunctionInstance, args: readonly unknown[]): void =>
      this.machine.trace?.onEnter?.(fn, args, this.machine.cost),
    leave: (fn: FunctionInstance, result: unknown): unknown => {
      const returns = fn.returns.length === 1 ? [result] : ((result ?? []) as unknown[]);
      this.machine.trace?.onLeave?.(fn, returns, this.machine.cost);
      return result;
    },
  };

  private readonly integerTier: IntegerTier;

  constructor(
    private readonly loader: Loader,
    private readonly machine: Machine,
    private readonly probes: boolean,
  ) {
    this.integerTier = new IntegerTier(machine, (instance) => this.scope(instance as FunctionInstance, false));
  }

  /** The last three arguments are gas sums that the function kept in locals. */
  private readonly abort = (at: LocationSource, pc: number, code: bigint, i = 0, s = 0, p = 0): AbortSignal => {
    this.machine.add(i, s, p);
    return new AbortSignal(at, pc, code);
  };

  private readonly fail = (
    at: LocationSource, pc: number, status: number, subStatus: number | undefined, i = 0, s = 0, p = 0,
  ): RuntimeErrorSignal => {
    this.machine.add(i, s, p);
    return fail(at, pc, status, subStatus);
  };

  /** The function with these type arguments. A native that the VM lacks fails with `LinkError` when called. */
  instantiate(fn: LoadedFunction, typeArguments: readonly RuntimeType[]): FunctionInstance {
    if (typeArguments.length !== fn.handle.typeParameters.length)
      throw new LinkError(`${fn.handle.name} takes ${fn.handle.typeParameters.length} type arguments`);
    let byModule = this.instances.get(fn.definition);
    if (byModule === undefined) this.instances.set(fn.definition, (byModule = new Map()));
    let byTypes = byModule.get(fn.module);
    if (byTypes === undefined) byModule.set(fn.module, (byTypes = new Map()));
    const key = typeArguments.map((t) => t.text).join();
    let instance = byTypes.get(key);
    if (instance === undefined) {
      instance = new FunctionInstance(fn, typeArguments, (i) => this.compile(i));
      byTypes.set(key, instance);
    }
    return instance;
  }

  private compile(instance: FunctionInstance): Callable {
    if (instance.isNative) return this.bindNative(instance);
    const { typeArguments } = instance;
    if (typeArguments.reduce((sum, t) => sum + t.nodes, 0) > maxInstantiationNodes) {
      return () => {
        throw fail(instance, 0, statusCodes.typeNodesReached);
      };
    }
    const integer = this.probes ? undefined : this.integerTier.compile(instance);
    if (integer !== undefined) return integer as Callable;
    const source = this.source(instance);
    const names = ['F', 'g', 'sync', 'abort', 'fail', 'bad', 'Box', 'probe', ...source.constants.map((_, i) => `c${i}`)];
    const factory = new Function(...names, source.text) as (...values: unknown[]) => Callable;
    return factory(
      instance, this.machine.counters, () => this.machine.sync(), this.abort, this.fail, bad, Box, this.probe, ...source.constants,
    );
  }

  /** JavaScript of a function, and the values it refers to as c0, c1, …. */
  source(instance: FunctionInstance): { readonly text: string; readonly constants: readonly unknown[] } {
    const { fn } = instance;
    const cfg = buildControlFlow(fn.definition.body()!);
    const localGas = cfg.blocks.length > 1 || cfg.loops.size > 0;
    const isLeaf = !fn.definition.body()!.code.some((i) => i.op === 'Call' || i.op === 'CallGeneric');
    const scope = this.scope(instance, localGas, isLeaf);
    const body = structureBody(cfg, (index) => {
      const block = cfg.blocks[index]!;
      const translated = new BlockTranslator(scope).translate(block.start, block.end);
      // Every cycle goes through a loop header, so checking there (and where recursion enters) bounds what runs unpaid.
      // A loop with calls flushes its sums at each call, and a callee without calls does not look at the budget.
      const due = callsInLoop(cfg, index, fn.definition.body()!) ? 'gi>500||g[0]>g[3]' : 'gi>500';
      const check = cfg.loops.has(index) ? `if(${due}){${scope.flushGas}if(g[0]>g[3])sync();}` : '';
      return { ...translated, statements: check + translated.statements };
    });
    const parameterCount = scope.parameters.length;
    const parameters = Array.from({ length: parameterCount }, (_, i) => (scope.isBoxed(i) ? `p${i}` : `l${i}`));
    const declarations: string[] = [];
    for (let i = 0; i < scope.localCount; i++) {
      if (scope.isBoxed(i)) declarations.push(`const l${i}=new Box(${i < parameterCount ? `p${i}` : '0'});`);
      else if (i >= parameterCount) declarations.push(`let l${i}${scope.initialValue(i)};`);
    }
    const enter = this.probes ? `probe.enter(F,[${parameters.join(',')}]);` : '';
    const depth = isLeaf ? '' : 'g[4]++;if(g[0]>g[3])sync();';
    if (localGas) declarations.push('let gi=0,gs=0,gp=0;');
    const text = `"use strict";return function(${parameters.join(',')}){${enter}${depth}${declarations.join('')}${body}};`;
    return { text, constants: scope.constants };
  }

  private scope({ fn, typeArguments }: FunctionInstance, localGas: boolean, isLeaf = false): FunctionScope {
    return new FunctionScope(fn, typeArguments, this.loader.types.primitives, this.loader.types, {
      instantiate: (callee, types) => this.instantiate(callee, types),
      probes: this.probes,
      isLeaf,
      localGas,
    });
  }

  /** What a native returns is pushed on the stack: its size counts like that of any other push. */
  private chargeResults(
    instance: FunctionInstance,
    native: (...args: unknown[]) => unknown,
  ): (...args: unknown[]) => unknown {
    const { machine } = this;
    const { returns } = instance;
    if (returns.length === 0) return native;
    const sizes = returns.map(({ type, reference }) =>
      reference === 'value' ? (operationsOf(type).fixedSize ?? operationsOf(type).size) : REFERENCE_SIZE,
    );
    if (sizes.every((size) => typeof size === 'number')) {
      const total = sizes.reduce((sum, size) => sum + size, 0);
      return (...args) => {
        const result = native(...args);
        machine.add(0, total, returns.length);
        return result;
      };
    }
    return (...args) => {
      const result = native(...args);
      const values = returns.length === 1 ? [result] : (result as unknown[]);
      const total = sizes.reduce<number>((sum, size, i) => sum + (typeof size === 'number' ? size : size(values[i] as MoveValue)), 0);
      machine.chargePushes(returns.length, total);
      return result;
    };
  }

  private bindNative(instance: FunctionInstance): Callable {
    const native = nativeFactory(instance.fn)(
      {
        machine: this.machine,
        types: this.loader.types,
        loader: this.loader,
        charge: (units) => this.machine.chargeNative(units),
        abort: (code) => {
          throw new AbortSignal(instance, 0, BigInt(code));
        },
        fail: (status, subStatus) => {
          throw fail(instance, 0, status, subStatus);
        },
      },
      instance.typeArguments,
    ) as (...args: unknown[]) => unknown;
    const charged = this.chargeResults(instance, guardLimits(instance, native));
    if (!this.probes) return charged as Callable;
    return ((...args: unknown[]) => {
      this.probe.enter(instance, args);
      return this.probe.leave(instance, charged(...args));
    }) as Callable;
  }
}
