/**
 * Follows a call through the VM: a tree of calls with arguments, results and gas, and sums of gas per
 * function. Memory is bounded: calls beyond the limits are counted, not kept; their gas is summed all the same.
 */
import type { TracedFunction, VmTrace } from '../vm/trace.js';
import type { CallOutcome, CodeLocation, VmFailure } from '../vm/types.js';
import { GasTable } from './gas-report.js';
import { DEFAULT_VALUE_LIMITS, showOperand } from './values.js';
import type { ShownArgument, ValueLimits } from './values.js';

export interface TraceLimits {
  /** Calls that are kept in the tree. */
  readonly maxCalls: number;
  /** Nesting of kept calls. */
  readonly maxDepth: number;
  readonly values: ValueLimits;
}

export const DEFAULT_TRACE_LIMITS: TraceLimits = { maxCalls: 10_000, maxDepth: 64, values: DEFAULT_VALUE_LIMITS };

/** Gas units; thousandths are possible. */
export interface CallGas {
  /** Of the call itself. */
  readonly own: number;
  /** With the calls in it. */
  readonly total: number;
}

export interface TracedCall {
  /** The function; `instruction` is 0. */
  readonly at: CodeLocation;
  readonly typeArguments: readonly string[];
  readonly isNative: boolean;
  /** Where in the caller the call stands; undefined for a call from outside. */
  readonly calledFrom: CodeLocation | undefined;
  /** As they were when the call began. */
  readonly arguments: readonly ShownArgument[];
  /** Undefined if the call failed. */
  readonly results: readonly ShownArgument[] | undefined;
  readonly gas: CallGas;
  readonly calls: readonly TracedCall[];
  /** Calls below this one that the limits kept out of the tree. */
  readonly omittedCalls: number;
}

/** A call from outside and how it ended. */
export interface TracedRoot {
  /** Undefined if the function could not even be entered. */
  readonly call: TracedCall | undefined;
  readonly failure: VmFailure | undefined;
  /** Innermost first: where each call stood when it failed. Empty after success. */
  readonly stack: readonly CodeLocation[];
}

type Node = { -readonly [K in keyof TracedCall]: TracedCall[K] } & { calls: Node[] };

interface Frame {
  readonly fn: TracedFunction;
  readonly name: string;
  readonly gasAtEntry: number;
  /** The call in the tree, or the nearest kept one above it. */
  readonly node: Node | undefined;
  readonly isKept: boolean;
  gasOfCalls: number;
  blockStart: number;
  callsInBlock: number;
}

/** Offsets of the call instructions of a function. */
const callOffsets = new WeakMap<object, readonly number[]>();

function callOffsetsOf(fn: TracedFunction): readonly number[] {
  const { definition } = fn.fn;
  let offsets = callOffsets.get(definition);
  if (offsets === undefined) {
    const code = definition.body()?.code ?? [];
    offsets = code.flatMap(({ op }, i) => (op === 'Call' || op === 'CallGeneric' ? [i] : []));
    callOffsets.set(definition, offsets);
  }
  return offsets;
}

/** The call instruction at which a frame stands: the last of those that its block has made. */
function positionOf(frame: Frame): CodeLocation {
  const offsets = callOffsetsOf(frame.fn);
  const first = offsets.findIndex((offset) => offset >= frame.blockStart);
  return frame.fn.location(offsets[first + frame.callsInBlock - 1] ?? frame.blockStart);
}

export class CallTracer implements VmTrace {
  /** Calls from outside, in order. */
  readonly roots: TracedRoot[] = [];
  readonly gas = new GasTable();
  private readonly frames: Frame[] = [];
  private readonly names = new WeakMap<TracedFunction, string>();
  private keptCalls = 0;
  private lastGas = 0;
  private root: Node | undefined;

  /** Without limits only gas is summed. */
  constructor(private readonly limits: TraceLimits | undefined) {}

  onEnter(fn: TracedFunction, args: readonly unknown[], gasUsed: number): void {
    const caller = this.frames.at(-1);
    this.lastGas = gasUsed;
    if (caller !== undefined) caller.callsInBlock += 1;
    const node = this.keep(fn, args, caller);
    this.frames.push({
      fn,
      name: this.nameOf(fn),
      gasAtEntry: gasUsed,
      node: node ?? caller?.node,
      isKept: node !== undefined,
      gasOfCalls: 0,
      blockStart: 0,
      callsInBlock: 0,
    });
  }

  onBlock(_: TracedFunction, start: number): void {
    const frame = this.frames.at(-1);
    if (frame === undefined) return;
    frame.blockStart = start;
    frame.callsInBlock = 0;
  }

  onLeave(fn: TracedFunction, returns: readonly unknown[], gasUsed: number): void {
    const frame = this.close(gasUsed);
    if (frame?.isKept)
      frame.node!.results = fn.returns.map((type, i) => showOperand(type, returns[i], this.limits!.values));
  }

  onEnd(outcome: CallOutcome, gasUsed: number): void {
    const stack: CodeLocation[] = [];
    const failure = outcome.ok ? undefined : outcome.failure;
    if (failure !== undefined) {
      this.frames.forEach((frame) => stack.unshift(positionOf(frame)));
      // The innermost place is known better than by the last call.
      const place = 'location' in failure ? failure.location : undefined;
      if (place !== undefined && stack[0]?.functionName === place.functionName && stack[0].module === place.module) stack[0] = place;
    }
    while (this.frames.length > 0) this.close(gasUsed);
    this.roots.push({ call: this.root, failure, stack });
    this.root = undefined;
  }

  /** Ends what a limit of the transaction stopped from outside the VM. Returns the tracer. */
  finish(): this {
    if (this.frames.length > 0) {
      const failure = { kind: 'invariantViolation', message: 'stopped by a limit of the transaction' } as const;
      this.onEnd({ ok: false, failure }, this.lastGas);
    }
    return this;
  }

  private nameOf(fn: TracedFunction): string {
    let name = this.names.get(fn);
    if (name === undefined) {
      const { moduleAddress, module, functionName } = fn.location(0);
      name = `${moduleAddress}::${module}::${functionName}`;
      this.names.set(fn, name);
    }
    return name;
  }

  private keep(fn: TracedFunction, args: readonly unknown[], caller: Frame | undefined): Node | undefined {
    const { limits } = this;
    if (limits === undefined) return undefined;
    const isBelowOmitted = caller !== undefined && !caller.isKept;
    if (isBelowOmitted || this.keptCalls >= limits.maxCalls || this.frames.length >= limits.maxDepth) {
      if (caller?.node !== undefined) caller.node.omittedCalls += 1;
      return undefined;
    }
    this.keptCalls += 1;
    const node: Node = {
      at: fn.location(0),
      typeArguments: fn.typeArgumentTexts,
      isNative: fn.isNative,
      calledFrom: caller === undefined ? undefined : positionOf(caller),
      arguments: fn.parameters.map((type, i) => showOperand(type, args[i], limits.values)),
      results: undefined,
      gas: { own: 0, total: 0 },
      calls: [],
      omittedCalls: 0,
    };
    if (caller === undefined) this.root = node;
    else caller.node!.calls.push(node);
    return node;
  }

  /** Ends the innermost frame and books its gas. */
  private close(gasUsed: number): Frame | undefined {
    const frame = this.frames.pop();
    if (frame === undefined) return undefined;
    const total = gasUsed - frame.gasAtEntry;
    const own = total - frame.gasOfCalls;
    this.gas.add(frame.name, own);
    if (frame.isKept) frame.node!.gas = { own: own / 1000, total: total / 1000 };
    const caller = this.frames.at(-1);
    if (caller !== undefined) caller.gasOfCalls += total;
    return frame;
  }
}
