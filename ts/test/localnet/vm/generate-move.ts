/**
 * Generates well-typed Move functions without parameters that return u64: integers of all widths, locals,
 * references, vectors, structs, enums, branches, loops and calls. The same seed gives the same functions.
 */

const allWidths = [8, 16, 32, 64, 128, 256] as const;
type Width = (typeof allWidths)[number];

export interface GeneratedFunction {
  readonly name: string;
  readonly source: string;
}

class Generator {
  private state: number;
  protected locals: { name: string; width: Width }[] = [];
  private vectors: string[] = [];
  private counter = 0;

  constructor(
    seed: number,
    protected readonly widths: readonly Width[] = allWidths,
  ) {
    this.state = seed >>> 0;
  }

  protected random(limit: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }

  protected pick<T>(items: readonly T[]): T {
    return items[this.random(items.length)]!;
  }

  protected fresh(prefix: string): string {
    return `${prefix}${this.counter++}`;
  }

  protected literal(width: Width): string {
    const max = (1n << BigInt(width)) - 1n;
    const value = [0n, 1n, 2n, 7n, 100n, max, max - 1n, max / 2n, BigInt(this.random(2 ** 31)) & max];
    // Small values are likelier, so that most functions return.
    return `${this.random(4) > 0 ? BigInt(this.random(20)) : this.pick(value)}u${width}`;
  }

  /** An expression of this width. */
  protected expression(width: Width, depth: number): string {
    if (depth <= 0) return this.leaf(width);
    const sub = (w: Width = width): string => this.expression(w, depth - 1);
    switch (this.random(12)) {
      case 0:
      case 1:
        return `(${sub()} + ${sub()})`;
      case 2:
        return `(${sub()} - ${sub()})`;
      case 3:
        return `(${sub()} * ${sub()})`;
      case 4:
        return `(${sub()} ${this.pick(['/', '%'])} (${sub()} | 1))`;
      case 5:
        return `(${sub()} ${this.pick(['|', '&', '^'])} ${sub()})`;
      case 6:
        return `(${sub()} ${this.pick(['<<', '>>'])} ((${sub(8)} % ${width === 256 ? 255 : width + (this.random(8) === 0 ? 1 : 0)})))`;
      case 7: {
        const from = this.pick(this.widths);
        return from > width ? `((${sub(from)} & ${(1n << BigInt(width)) - 1n}u${from}) as u${width})` : `(${sub(from)} as u${width})`;
      }
      case 8:
        return `(if (${this.condition(depth - 1)}) ${sub()} else ${sub()})`;
      case 9:
        return this.vectors.length > 0 && width === 64 ? this.element(depth) : this.leaf(width);
      case 10:
        return `{ let ${'x'}: u${width} = ${sub()}; x }`;
      default:
        return this.leaf(width);
    }
  }

  private element(depth: number): string {
    const vector = this.pick(this.vectors);
    // Never beyond 32 bits: the WebAssembly build fails there with an invariant violation instead of a vector error.
    const index = `(${this.expression(64, depth - 1)} % ${this.random(10) === 0 ? 1000 : 3})`;
    return `${vector}[${index}]`;
  }

  private leaf(width: Width): string {
    const fitting = this.locals.filter((l) => l.width === width);
    return fitting.length > 0 && this.random(3) > 0 ? this.pick(fitting).name : this.literal(width);
  }

  protected condition(depth: number): string {
    const width = this.pick(this.widths);
    const compare = (): string =>
      `(${this.expression(width, depth - 1)} ${this.pick(['<', '>', '<=', '>=', '==', '!='])} ${this.expression(width, depth - 1)})`;
    switch (this.random(4)) {
      case 0:
        return `(${compare()} && ${compare()})`;
      case 1:
        return `(!${compare()} || ${compare()})`;
      default:
        return compare();
    }
  }

  protected statement(depth: number): string {
    const local = this.pick(this.locals);
    const value = (): string => this.expression(local.width, 2);
    switch (this.random(10)) {
      case 0:
        return `${local.name} = ${value()};`;
      case 1:
        return `{ let r = &mut ${local.name}; *r = *r / 2 + ${this.literal(local.width)} % 5; };`;
      case 2:
        return `if (${this.condition(2)}) { ${this.block(depth - 1)} } else { ${this.block(depth - 1)} };`;
      case 3: {
        const i = this.fresh('i');
        return `{ let mut ${i} = 0u64; while (${i} < ${this.random(5)}) { ${i} = ${i} + 1; if (${this.condition(1)}) ${this.pick(['break', 'continue'])}; ${this.block(depth - 1)} }; };`;
      }
      case 4:
        return `{ let e = ${this.expression(64, 2)}; ${this.pick(this.vectors)}.push_back(e); };`;
      case 5:
        return `if (${this.pick(this.vectors)}.length() > ${this.random(4)}) { ${this.pick(this.vectors)}.pop_back(); };`;
      case 6:
        return `{ let e = &mut ${this.pick(this.vectors)}[${this.random(3)}]; *e = *e % 1000 + ${this.random(50)}; };`;
      case 7:
        return `pair.left = (pair.left ^ ${this.expression(64, 1)}) % 65536; let tail = (pair.left % 256) as u8; pair.right.push_back(tail);`;
      case 8:
        return `choice = match (choice) { Choice::None => Choice::One(${this.expression(64, 1)} % 100), Choice::One(n) if (*n > 50) => Choice::Two { a: n - 50, b: true }, Choice::One(n) => Choice::Two { a: n, b: false }, Choice::Two { a: _, b: true } => Choice::None, Choice::Two { a, b: _ } => Choice::One(a + 1) };`;
      default:
        return this.random(12) === 0 ? `if (${this.condition(1)}) abort ${this.random(100)};` : `swap_first(&mut ${this.pick(this.vectors)});`;
    }
  }

  protected block(depth: number): string {
    if (depth <= 0) return '';
    return Array.from({ length: 1 + this.random(3) }, () => this.statement(depth)).join(' ');
  }

  function(name: string): GeneratedFunction {
    this.locals = [];
    this.vectors = [];
    const lines: string[] = [];
    for (const width of this.widths) {
      const local = this.fresh('n');
      lines.push(`let mut ${local} = ${this.literal(width)};`);
      this.locals.push({ name: local, width });
    }
    for (let i = 0; i < 2; i++) {
      const vector = this.fresh('v');
      lines.push(`let mut ${vector} = vector[${this.literal(64)}, ${this.literal(64)}, ${this.literal(64)}];`);
      this.vectors.push(vector);
    }
    lines.push('let mut pair = Pair { left: 3, right: b"" };', 'let mut choice = Choice::None;');
    for (let i = 0; i < 6; i++) lines.push(this.statement(3));
    // Everything flows into the result.
    const parts = this.locals.map((l) => (l.width > 64 ? `((${l.name} % 65521) as u64)` : `((${l.name} as u64) % 65521)`));
    const sums = this.vectors.map((v) => `sum(&${v})`);
    const rest = ['pair.left % 65521', 'pair.right.length()', 'weight(&choice)', `(${this.expression(64, 3)}) % 65521`];
    lines.push([...parts, ...sums, ...rest].join(' + '));
    return { name, source: `fun ${name}(): u64 {\n    ${lines.join('\n    ')}\n}` };
  }
}

/** Functions of integers and booleans alone, with parameters, loops, calls and several results. */
class IntegerGenerator extends Generator {
  constructor(seed: number) {
    super(seed, [8, 16, 32, 64]);
  }

  protected override statement(depth: number): string {
    const local = this.pick(this.locals);
    switch (this.random(6)) {
      case 0:
        return `if (${this.condition(2)}) { ${this.block(depth - 1)} n8 = n8 | 1; } else { ${this.block(depth - 1)} n32 = n32 ^ 5; };`;
      case 1: {
        const i = this.fresh('i');
        // Something after the jump: the compiler's optimizer stops at jumps to nowhere.
        return `{ let mut ${i} = 0u64; while (${i} < ${this.random(900)}) { ${i} = ${i} + 1; if (${this.condition(1)}) ${this.pick(['break', 'continue'])}; ${this.block(depth - 1)} n16 = n16 ^ 1; }; };`;
      }
      case 2:
        return `flag = ${this.condition(1)} ${this.pick(['&&', '||'])} !flag;`;
      case 3:
        return this.random(9) === 0 ? `if (flag && ${this.condition(1)}) abort LIMIT;` : `n64 = halves(n64, ${this.random(70)});`;
      default:
        return `${local.name} = ${this.expression(local.width, 2)};`;
    }
  }

  override function(name: string): GeneratedFunction {
    this.locals = this.widths.map((width) => ({ name: `n${width}`, width }));
    const body = [
      'while (n8 > 1) { n8 = n8 / 2;', this.statement(2), '};',
      ...Array.from({ length: 5 }, () => this.statement(3)),
      '(n8, n16, n32, n64, flag)',
    ];
    const parameters = this.locals.map((l) => `mut ${l.name}: u${l.width}`).join(', ');
    return { name, source: `public fun ${name}(${parameters}, mut flag: bool): (u8, u16, u32, u64, bool) {\n    ${body.join('\n    ')}\n}` };
  }
}

const integerHelpers = `const LIMIT: u64 = 18446744073709551615;
fun halves(mut n: u64, steps: u64): u64 { if (steps == 0 || n == 0) return n; let mut i = 0; while (i < 3) { i = i + 1; n = n - n / 3 }; halves(n, steps - 1) }
`;

/** A module body of `count` functions `f0`, `f1`, … with parameters u8, u16, u32, u64, bool. */
export function generateIntegerLoops(seed: number, count: number): string {
  const generator = new IntegerGenerator(seed);
  return integerHelpers + Array.from({ length: count }, (_, i) => generator.function(`f${i}`).source).join('\n');
}

const helpers = `public struct Pair has copy, drop { left: u64, right: vector<u8> }
public enum Choice has copy, drop { None, One(u64), Two { a: u64, b: bool } }
fun swap_first<T>(v: &mut vector<T>) { if (v.length() > 1) v.swap(0, 1) }
fun sum(v: &vector<u64>): u64 { let mut i = 0; let mut s = 0; while (i < v.length()) { s = (s + v[i] % 65521) % 65521; i = i + 1 }; s }
fun weight(c: &Choice): u64 { match (c) { Choice::None => 1, Choice::One(n) => *n % 65521, Choice::Two { a, b } => if (*b) *a % 65521 else 2 } }
`;

/** The helpers come with the first function. */
export function generateFunctions(seed: number, count: number): GeneratedFunction[] {
  const generator = new Generator(seed);
  const functions = Array.from({ length: count }, (_, i) => generator.function(`f${i}`));
  return functions.map((f, i) => (i === 0 ? { ...f, source: helpers + f.source } : f));
}
