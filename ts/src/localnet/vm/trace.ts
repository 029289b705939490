/**
 * What a tracer sees of a call: functions entered and left, basic blocks. Traced code is translated
 * separately, so that calls without a tracer pay nothing.
 */
import type { LoadedFunction } from './loader.js';
import type { OperandType } from './stack.js';
import type { CallOutcome, CodeLocation } from './types.js';

export interface TracedFunction {
  /** Its module, definition and handle. */
  readonly fn: LoadedFunction;
  /** Types under this instantiation. */
  readonly parameters: readonly OperandType[];
  readonly returns: readonly OperandType[];
  /** Location of an instruction of the function. */
  location(instruction: number): CodeLocation;
  /** Canonical texts of the type arguments. */
  readonly typeArgumentTexts: readonly string[];
  readonly isNative: boolean;
}

/** All members are optional; `gasUsed` is in internal units. A call that fails is never left. */
export interface VmTrace {
  onEnter?(fn: TracedFunction, args: readonly unknown[], gasUsed: number): void;
  onLeave?(fn: TracedFunction, returns: readonly unknown[], gasUsed: number): void;
  /** The block that starts at this code offset (up to `end`) is about to run. */
  onBlock?(fn: TracedFunction, start: number, end: number): void;
  /** The call that came from outside has returned or failed. */
  onEnd?(outcome: CallOutcome, gasUsed: number): void;
}
