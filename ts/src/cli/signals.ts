/** Waiting for Ctrl-C, so that a command can end what it started. */

/** Signals that ask a process to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a shell answers for a process that Ctrl-C ended. */
const INTERRUPTED_EXIT_CODE = 130;

/** Thrown by `check`. Not a failure: the user wanted it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super('interrupted');
  }
}

export interface Interruption {
  /** Resolves with the first signal. */
  readonly received: Promise<void>;
  /** Resolves `received` without a signal. */
  stop(): void;
  /** For long work, between its steps. @throws Interrupted once a signal was received */
  check(): void;
}

/** Catches the signals from now on. A second one ends the process at once, in case ending cleanly hangs. */
export function catchInterruption(): Interruption {
  let stop = () => {};
  const received = new Promise<void>((resolve) => {
    stop = resolve;
  });
  let count = 0;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      count += 1;
      if (count > 1) process.exit(INTERRUPTED_EXIT_CODE);
      stop();
    });
  }
  const check = () => {
    if (count > 0) throw new Interrupted();
  };
  return { received, stop: () => stop(), check };
}
