/** Gas per function. Own gas of a call is what it used less what the calls in it used. */

export interface GasRow {
  /** `address::module::function`, without type arguments. */
  readonly function: string;
  readonly calls: number;
  /** Own gas of the cheapest call, of an average one and of the dearest, in gas units (thousandths are possible). */
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** Own gas of all calls. */
  readonly total: number;
}

/** Sums while calls are running; amounts in internal units, thousandths of a gas unit. */
export interface GasSum {
  calls: number;
  min: number;
  max: number;
  total: number;
}

/** Sums per function. */
export class GasTable {
  readonly #sums = new Map<string, GasSum>();

  add(name: string, own: number): void {
    const sum = this.#sums.get(name);
    if (sum === undefined) {
      this.#sums.set(name, { calls: 1, min: own, max: own, total: own });
      return;
    }
    sum.calls += 1;
    sum.total += own;
    if (own < sum.min) sum.min = own;
    if (own > sum.max) sum.max = own;
  }

  addAll(other: GasTable): void {
    for (const [name, { calls, min, max, total }] of other.#sums) {
      const sum = this.#sums.get(name);
      if (sum === undefined) this.#sums.set(name, { calls, min, max, total });
      else {
        sum.calls += calls;
        sum.total += total;
        sum.min = Math.min(sum.min, min);
        sum.max = Math.max(sum.max, max);
      }
    }
  }

  /** Dearest first. */
  rows(): GasRow[] {
    return [...this.#sums]
      .map(([name, { calls, min, max, total }]) => ({
        function: name,
        calls,
        min: min / 1000,
        mean: Math.round(total / calls) / 1000,
        max: max / 1000,
        total: total / 1000,
      }))
      .sort((a, b) => b.total - a.total || (a.function < b.function ? -1 : 1));
  }
}

/** The functions of one trace or of several together. */
export function gasReport(traces: { readonly gas: GasTable } | readonly { readonly gas: GasTable }[]): GasRow[] {
  const all = new GasTable();
  for (const { gas } of Array.isArray(traces) ? (traces as { readonly gas: GasTable }[]) : [traces as { readonly gas: GasTable }])
    all.addAll(gas);
  return all.rows();
}

/** Names of packages by address, for texts. */
export type PackageNames = ReadonlyMap<string, string>;

/** Rows as a table; addresses become names, or are cut to what tells them apart. */
export function gasTable(rows: readonly GasRow[], names?: PackageNames): string {
  const amount = (value: number): string => value.toFixed(3).replace(/\.?0+$/, '');
  const cells = [
    ['function', 'calls', 'min', 'mean', 'max', 'total'],
    ...rows.map((row) => [
      shortName(row.function, names), String(row.calls), amount(row.min), amount(row.mean), amount(row.max), amount(row.total),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((i) => Math.max(...cells.map((one) => one[i]!.length)));
  return cells
    .map((one) => one.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[i]!))).join('  '))
    .join('\n');
}

/** Addresses of packages become names; of others zeros in front go, and long ones are cut: `0x5f3c…::m::f`. */
export function shortName(text: string, names?: PackageNames): string {
  return text.replace(/(0x[0-9a-f]{64})(::)?/g, (_, address: string, path: string | undefined) => {
    const name = path === undefined ? undefined : (names?.get(address) ?? FRAMEWORK_NAMES.get(address));
    if (name !== undefined) return `${name}::`;
    const digits = address.slice(2).replace(/^0+(?=.)/, '');
    return `${digits.length > 12 ? `0x${address.slice(2, 6)}…` : `0x${digits}`}${path ?? ''}`;
  });
}

const FRAMEWORK_NAMES: PackageNames = new Map([
  [`0x${'1'.padStart(64, '0')}`, 'std'],
  [`0x${'2'.padStart(64, '0')}`, 'sui'],
]);
