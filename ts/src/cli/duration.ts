/** Durations as people write them: `500ms`, `30s`, `5m`, `2h`, `1d`. */
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a text, undefined when it is no duration or longer than a century. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,10}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const ms = Math.round(Number(digits) * UNITS_MS[unit]!);
  return ms <= 100 * 365 * UNITS_MS.d! ? ms : undefined;
}
