/** Errors of simulations. */

/** Base class. */
export class SimulationError extends Error {
  override readonly name: string = 'SimulationError';
}

/** What was waited for did not happen within its limit of virtual time. */
export class SimulationStuck extends SimulationError {
  override readonly name = 'SimulationStuck';
  constructor(
    readonly nowMs: number,
    /** Timers that were still set; with none of them nothing can ever happen. */
    readonly timerCount: number,
  ) {
    super(`nothing came of it until ${nowMs} ms of virtual time (${timerCount} timers are set)`);
  }
}

/** A text that names no fault. */
export class UnknownFault extends SimulationError {
  override readonly name = 'UnknownFault';
  constructor(
    readonly text: string,
    known: readonly string[],
  ) {
    super(`${text} is no fault; expected <node>=<fault> with one of ${known.join(', ')}`);
  }
}
