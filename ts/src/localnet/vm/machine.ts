/**
 * The state that generated code and natives share while a call runs: gas counters, the session, the
 * tracer. One per VM; calls never nest.
 */
import { OutOfGas, VmError } from './errors.js';
import { gasSlots } from './gas.js';
import type { VmGasMeter } from './gas.js';
import type { ObjectRuntime } from './types.js';
import type { VmTrace } from './trace.js';

export class Machine {
  /** Counters by `gasSlots`; generated code holds this array. */
  readonly counters = new Float64Array(8);
  private meter: VmGasMeter | undefined;
  private currentRuntime: ObjectRuntime | undefined;
  trace: VmTrace | undefined;

  /** The object runtime of the call that is running. */
  get runtime(): ObjectRuntime {
    if (this.currentRuntime === undefined) throw new VmError('no call is running');
    return this.currentRuntime;
  }

  /** Runs `body` with the meter's counters; the meter has the new counts afterwards, also when it throws. */
  run<T>(runtime: ObjectRuntime, meter: VmGasMeter, trace: VmTrace | undefined, body: () => T): T {
    if (this.meter !== undefined) throw new VmError('calls of one VM cannot nest');
    this.meter = meter;
    this.currentRuntime = runtime;
    this.trace = trace;
    this.counters.set(meter.counters);
    this.counters[gasSlots.depth] = -1;
    try {
      const result = body();
      this.sync();
      return result;
    } finally {
      meter.counters.set(this.counters);
      this.meter = undefined;
      this.currentRuntime = undefined;
      this.trace = undefined;
    }
  }

  /** Compares the counters with the budget. Throws `OutOfGas`. */
  sync(): void {
    const meter = this.meter!;
    meter.counters.set(this.counters);
    meter.check();
    this.counters[gasSlots.limit] = meter.counters[gasSlots.limit]!;
  }

  /** True if the budget is already exceeded: an abort after that point is out of gas. */
  get isOutOfGas(): boolean {
    try {
      this.sync();
      return false;
    } catch (error) {
      if (error instanceof OutOfGas) return true;
      throw error;
    }
  }

  /** Cost so far, in internal units. */
  get cost(): number {
    const meter = this.meter!;
    meter.counters.set(this.counters);
    return meter.cost();
  }

  /** Adds counts: instructions, size, other. */
  add(instructions: number, size: number, other: number): void {
    this.counters[gasSlots.instructions]! += instructions;
    this.counters[gasSlots.size]! += size;
    this.counters[gasSlots.other]! += other;
  }

  /** Charges values of a size that may be large. Throws `OutOfGas`. */
  chargePushes(pushes: number, size: number): void {
    const meter = this.meter!;
    meter.counters.set(this.counters);
    meter.chargeInstructions(0, size, pushes);
    this.counters.set(meter.counters);
  }

  /** Charges a native function. Throws `OutOfGas`. */
  chargeNative(internalUnits: number): void {
    const meter = this.meter!;
    meter.counters.set(this.counters);
    meter.chargeNative(internalUnits);
    this.counters.set(meter.counters);
  }
}
