/**
 * What a tracer sees of a call: functions entered and left, basic blocks. Traced code is translated
 * separately, so that calls without a tracer pay nothing.
 */
import type { CodeLocation } from './types.js';

export interface TracedFunction {
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
}
