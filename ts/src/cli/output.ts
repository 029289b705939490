/**
 * What commands print. Results go to standard output, everything else (progress, errors) to standard error,
 * so that output can be piped.
 */
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import colors from 'picocolors';

/** A failure that the user can do something about: printed as a sentence, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  constructor(
    message: string,
    /** What to do next. */
    readonly advice?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Turns "port taken" and "port not allowed" into a sentence; any other error stays as it is. */
export function portFailure(error: unknown, advice: string): unknown {
  const { code, port, address } = error as { code?: unknown; port?: unknown; address?: unknown };
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  const why = code === 'EADDRINUSE' ? 'is taken' : 'may not be used';
  return new CommandError(`port ${String(port)} on ${String(address)} ${why}`, advice, { cause: error });
}

/** Whoever reads the output may have seen enough (`haulout status | head -1`): that is no failure of the command. */
export function allowEarlyEnd(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

export function line(text = ''): void {
  process.stdout.write(`${text}\n`);
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function json(value: unknown): void {
  line(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one)));
}

/** Prints an error and sets exit code 1. Errors that are not ours keep their stack: they are defects. */
export function reportFailure(error: unknown): void {
  process.exitCode = 1;
  if (!(error instanceof Error)) {
    note(colors.red(`error: ${String(error)}`));
    return;
  }
  const expected = error instanceof CommandError || KNOWN_BASES.some((base) => inherits(error, base));
  note(`${colors.red('error:')} ${expected ? error.message : (error.stack ?? error.message)}`);
  if (error instanceof CommandError && error.advice !== undefined) note(`${colors.cyan('next:')} ${error.advice}`);
}

/** Base classes of the components' errors, by name: importing them all would slow every command down. */
const KNOWN_BASES = ['MoveToolError', 'ClientError', 'ProtocolError', 'EncodingError', 'LocalNetError', 'SuiClientError'];

function inherits(error: Error, base: string): boolean {
  for (let proto: unknown = error; proto !== null; proto = Object.getPrototypeOf(proto)) {
    if ((proto as { constructor?: { name?: string } }).constructor?.name === base) return true;
  }
  return false;
}

/** A progress bar on standard error; silent when that is no terminal. */
export class Progress {
  readonly #bars: MultiBar | undefined;
  #bar: SingleBar | undefined;
  #name = '';

  constructor(enabled: boolean) {
    if (!enabled || !process.stderr.isTTY) return;
    this.#bars = new MultiBar(
      { format: '  {bar} {name} {value}/{total}', clearOnComplete: true, hideCursor: true, stream: process.stderr },
      Presets.shades_classic,
    );
  }

  update(name: string, value: number, total: number): void {
    if (this.#bars === undefined) return;
    if (this.#bar === undefined || this.#name !== name) {
      if (this.#bar !== undefined) this.#bars.remove(this.#bar);
      this.#bar = this.#bars.create(total, value, { name });
      this.#name = name;
    }
    this.#bar.update(value, { name });
  }

  stop(): void {
    this.#bars?.stop();
    this.#bar = undefined;
  }
}

export function bytesText(bytes: number | bigint): string {
  let value = Number(bytes);
  for (const unit of ['B', 'KiB', 'MiB']) {
    if (value < 1024) return unit === 'B' ? `${value} B` : `${value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return `${value.toFixed(2)} GiB`;
}

export function millisecondsText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** 1 WAL = 10⁹ FROST. */
export function walText(frost: bigint): string {
  const whole = frost / 1_000_000_000n;
  const rest = (frost % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${whole}${rest ? `.${rest}` : ''} WAL`;
}
