/**
 * Structured logs: one JSON object per line, written by a sink that is passed in. Fields are plain values; blob
 * IDs in text form. Keys never get here: they are private to their classes, and nothing logs a configuration.
 */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Values of a log line. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly (string | number)[] | undefined>>;

export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export const silent: Log = () => undefined;

/**
 * A log that writes JSON lines of at least `minLevel`.
 * @param wallTime ISO 8601
 */
export function jsonLog(write: (line: string) => void, wallTime: () => string, minLevel: LogLevel = 'info'): Log {
  return (level, message, fields = {}) => {
    if (ORDER.indexOf(level) < ORDER.indexOf(minLevel)) return;
    write(JSON.stringify({ time: wallTime(), level, message, ...fields }));
  };
}

/** What a log line says of an error: its class and its message, not its stack. */
export function errorFields(error: unknown): LogFields {
  return error instanceof Error ? { error: error.name, detail: error.message } : { error: 'unknown', detail: String(error) };
}
