/**
 * Puts probes into Move 2024 sources, as coverage tools for other languages do: a call before every
 * statement, arms and bodies that are bare expressions put into braces, an `else` where there is none. Lines
 * stay where they are. Grammar after the Move reference (docs of the language); only what matters for
 * statements and arms is parsed, and what does not fit is refused rather than guessed.
 */
import { LineIndex, tokenize } from '../vm/testing/move-tokens.js';
import type { Token } from '../vm/testing/move-tokens.js';
import { PROBE_FUNCTION, PROBE_MODULE, SourceNotUnderstood } from './probe-map.js';
import type { BranchProbes, FileProbes, FunctionProbe, StatementProbe } from './probe-map.js';

export interface InstrumentOptions {
  /** Path inside the package, for the map. */
  readonly path: string;
  /**
   * `coverage`: code that is not test code, with probes for branches that no code stands for. `lines`: all
   * code, and no control flow that was not there.
   */
  readonly mode: 'coverage' | 'lines';
  /** Address of the probe module as code of this file may write it, e.g. `::walrus` or `0x2`. */
  readonly address: string;
  /** The next free probe number. */
  readonly nextProbe: () => number;
}

export interface InstrumentedSource {
  readonly text: string;
  readonly probes: FileProbes;
}

/** Attributes of code that an ordinary build leaves out, or that is there for tests only. */
const excludedAttributes: ReadonlySet<string> = new Set([
  'test', 'test_only', 'random_test', 'expected_failure', 'mode', 'verify_only', 'spec_only', 'spec',
]);
/** Words behind which an operand follows. */
const prefixWords: ReadonlySet<string> = new Set(['return', 'abort', 'break', 'continue', 'move', 'copy', 'mut']);
/** Tokens that end an expression. */
const stops: ReadonlySet<string> = new Set([',', ';', ')', ']', '}', ':', '=>', 'else']);
/** What the tokens just read leave behind: an operator, an operand, or a name that `{` may follow. */
type Behind = 'prefix' | 'operand' | 'path';

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const nowhere: Token = { kind: 'symbol', text: '', start: 0, end: 0 };

/** The first module address of a source, as written: `walrus` of `module walrus::blob`. */
export function addressOfModules(source: string): string | undefined {
  const tokens = tokenize(source);
  const at = tokens.findIndex((t, i) => t.text === 'module' && tokens[i + 2]?.text === '::');
  return at < 0 ? undefined : tokens[at + 1]!.text;
}

/** @throws SourceNotUnderstood */
export function instrument(source: string, options: InstrumentOptions): InstrumentedSource {
  return new Instrumenter(source, options).run();
}

class Instrumenter {
  private readonly tokens: readonly Token[];
  private readonly lines: LineIndex;
  private readonly edits: { readonly at: number; readonly text: string }[] = [];
  private readonly functions: FunctionProbe[] = [];
  private readonly statements: StatementProbe[] = [];
  private readonly branches: BranchProbes[] = [];
  private i = 0;

  constructor(
    private readonly source: string,
    private readonly options: InstrumentOptions,
  ) {
    this.tokens = tokenize(source);
    this.lines = new LineIndex(source);
  }

  run(): InstrumentedSource {
    while (this.i < this.tokens.length) this.moduleOrAddress(false);
    const { functions, statements, branches } = this;
    const probes = { path: this.options.path, source: this.source, functions, statements, branches };
    return { text: applyInsertions(this.source, this.edits), probes };
  }

  // Tokens

  private at(text: string, ahead = 0): boolean {
    return this.tokens[this.i + ahead]?.text === text;
  }

  private get token(): Token {
    return this.tokens[this.i] ?? this.fail('the file ends too early');
  }

  private get previous(): Token {
    return this.tokens[this.i - 1] ?? nowhere;
  }

  private expect(text: string): Token {
    const { token } = this;
    if (token.text !== text) this.fail(`expected ${text}, found ${token.text}`);
    this.i++;
    return token;
  }

  private fail(message: string): never {
    throw new SourceNotUnderstood(message, this.lines.line((this.tokens[this.i] ?? this.previous).start));
  }

  /** Index of the bracket that closes the one at `from`. */
  private closeOf(from: number): number {
    const open: string[] = [];
    for (let i = from; i < this.tokens.length; i++) {
      const { text, kind } = this.tokens[i]!;
      if (kind !== 'symbol') continue;
      if (closing[text] !== undefined) open.push(closing[text]);
      else if (text === ')' || text === ']' || text === '}') {
        if (open.pop() !== text) break;
        if (open.length === 0) return i;
      }
    }
    this.i = from;
    return this.fail(`${this.tokens[from]!.text} is not closed`);
  }

  /** Goes behind the next `end`, over brackets. */
  private skipBehind(end: string): void {
    while (!this.at(end)) {
      if (closing[this.token.text] !== undefined && this.token.kind === 'symbol') this.i = this.closeOf(this.i);
      this.i++;
    }
    this.i++;
  }

  // Probes

  private insert(at: number, text: string): void {
    this.edits.push({ at, text });
  }

  private call(probe: number): string {
    return `${this.options.address}::${PROBE_MODULE}::${PROBE_FUNCTION}(${probe}u32);`;
  }

  /** A probe for the place of a token. */
  private probeAt(token: Token): StatementProbe {
    const { start } = token;
    return { probe: this.options.nextProbe(), line: this.lines.line(start), column: this.lines.column(start) };
  }

  /** A probe before the statement that starts here. */
  private statement(): StatementProbe {
    const probe = this.probeAt(this.token);
    this.insert(this.token.start, this.call(probe.probe));
    this.statements.push(probe);
    return probe;
  }

  // Modules

  /** Attribute names before an item; the position is behind them. */
  private attributes(): string[] {
    const names: string[] = [];
    while (this.at('#') && this.at('[', 1)) {
      const end = this.closeOf(this.i + 1);
      for (let j = this.i + 2; j < end; j++) {
        names.push(this.tokens[j]!.text);
        while (j < end && this.tokens[j]!.text !== ',') j = this.tokens[j]!.text === '(' ? this.closeOf(j) + 1 : j + 1;
      }
      this.i = end + 1;
    }
    return names;
  }

  private isExcluded(attributes: readonly string[]): boolean {
    return this.options.mode === 'coverage' && attributes.some((name) => excludedAttributes.has(name));
  }

  private moduleOrAddress(excluded: boolean): void {
    const skipped = this.isExcluded(this.attributes()) || excluded;
    if (this.at('address')) {
      while (!this.at('{')) this.i++;
      this.i++;
      while (!this.at('}')) this.moduleOrAddress(skipped);
      this.i++;
      return;
    }
    if (this.at('extend')) this.i++;
    if (!this.at('module')) this.fail('expected a module');
    let name = '';
    while (!this.at(';') && !this.at('{')) {
      name = this.token.text;
      this.i++;
    }
    const isBlock = this.at('{');
    this.i++;
    while (this.i < this.tokens.length && !(isBlock && this.at('}'))) {
      if (!isBlock && this.startsModule()) return;
      this.member(name, skipped);
    }
    if (isBlock) this.expect('}');
  }

  /** Behind a `module x::y;` another one may follow, with attributes. */
  private startsModule(): boolean {
    let j = this.i;
    while (this.tokens[j]?.text === '#' && this.tokens[j + 1]?.text === '[') j = this.closeOf(j + 1) + 1;
    return this.tokens[j]?.text === 'module';
  }

  private member(module: string, excluded: boolean): void {
    const attributes = this.attributes();
    const skipped = excluded || this.isExcluded(attributes);
    for (;;) {
      const { text } = this.token;
      switch (text) {
        case 'public':
        case 'entry':
        case 'native':
        case 'macro':
        case 'inline':
          this.i++;
          if (text === 'public' && this.at('(')) this.i = this.closeOf(this.i) + 1;
          continue;
        case 'fun':
          return this.function(module, skipped);
        case 'use':
        case 'friend':
        case 'const':
          return this.skipBehind(';');
        case 'struct':
        case 'enum':
        case 'spec':
          return this.declaration();
        default:
          return this.fail(`${text} starts no member of a module`);
      }
    }
  }

  /** `struct`, `enum` or `spec`: up to its body, and abilities behind that. */
  private declaration(): void {
    while (!this.at('{') && !this.at(';')) this.i = this.at('(') ? this.closeOf(this.i) + 1 : this.i + 1;
    if (this.at(';')) this.i++;
    else {
      this.i = this.closeOf(this.i) + 1;
      if (this.at('has')) this.skipBehind(';');
    }
  }

  private function(module: string, excluded: boolean): void {
    this.expect('fun');
    const name = this.token;
    while (!this.at('{') && !this.at(';')) this.i = this.at('(') ? this.closeOf(this.i) + 1 : this.i + 1;
    if (this.at(';')) {
      this.i++;
      return;
    }
    const close = this.closeOf(this.i);
    if (excluded) {
      this.i = close + 1;
      return;
    }
    const { probe } = this.armBlock();
    const line = this.lines.line(name.start);
    const endLine = this.lines.line(this.tokens[close]!.start);
    this.functions.push({ module, name: name.text, line, endLine, probe });
  }

  // Blocks and arms

  /** A block; answers the probe of its first statement, if it has one. */
  private block(): StatementProbe | undefined {
    this.expect('{');
    let first: StatementProbe | undefined;
    while (!this.at('}')) {
      if (this.at('use')) this.skipBehind(';');
      else if (this.at('spec') && this.at('{', 1)) {
        this.i = this.closeOf(this.i + 1) + 1;
        if (this.at(';')) this.i++;
      } else {
        const probe = this.statement();
        first ??= probe;
        if (this.at('let')) this.binding();
        else this.expression();
        if (this.at(';')) this.i++;
        else if (!this.at('}')) this.fail(`expected ; or }, found ${this.token.text}`);
      }
    }
    this.i++;
    return first;
  }

  /** A block whose entry must be known: an empty one gets a probe of its own. */
  private armBlock(): StatementProbe {
    const open = this.token;
    const first = this.block();
    if (first !== undefined) return first;
    const probe = this.probeAt(open);
    this.insert(open.end, this.call(probe.probe));
    return probe;
  }

  /** `let pattern: type = value`. */
  private binding(): void {
    this.i++;
    while (!this.at('=') && !this.at(';') && !this.at('}'))
      this.i = this.token.kind === 'symbol' && closing[this.token.text] !== undefined ? this.closeOf(this.i) + 1 : this.i + 1;
    if (!this.at('=')) return;
    this.i++;
    this.expression();
  }

  /** Body of `if`, `else`, `while` or `loop`: a block is the whole of it. */
  private controlArm(): StatementProbe {
    return this.at('{') ? this.armBlock() : this.expressionArm();
  }

  /** Body of a lambda or a match arm: an expression that may only begin with a block. */
  private openArm(inMatch: boolean): StatementProbe {
    if (!this.at('{')) return this.expressionArm();
    const after = this.tokens[this.closeOf(this.i) + 1];
    const isAll = after === undefined || stops.has(after.text) || (inMatch && after.kind !== 'symbol');
    return isAll ? this.armBlock() : this.expressionArm();
  }

  /** A bare expression, put into braces behind its probe. */
  private expressionArm(): StatementProbe {
    this.insert(this.token.start, '{ ');
    const probe = this.statement();
    this.expression();
    this.insert(this.previous.end, ' }');
    return probe;
  }

  // Expressions

  /** Everything up to a token that ends an expression. It may be empty. */
  private expression(): void {
    let isOperandNext = true;
    /** A `{` here packs a struct. */
    let canPack = false;
    while (this.i < this.tokens.length) {
      const { kind, text } = this.token;
      if (kind !== 'string' && stops.has(text)) return;
      if (kind === 'word') {
        const behind: Behind = isOperandNext ? this.word() : this.cast();
        isOperandNext = behind === 'prefix';
        canPack = behind === 'path';
      } else if (kind === 'number' || kind === 'string') {
        if (!isOperandNext) this.fail('two operands follow each other');
        this.i++;
        isOperandNext = canPack = false;
      } else if (kind === 'label') {
        this.i++;
        if (this.at(':')) this.i++;
      } else {
        const behind: Behind = this.symbol(isOperandNext, canPack);
        isOperandNext = behind === 'prefix';
        canPack = behind === 'path';
      }
    }
  }

  /** `as type` behind an operand. */
  private cast(): 'operand' {
    this.expect('as');
    this.path();
    return 'operand';
  }

  private word(): Behind {
    const { text } = this.token;
    if (prefixWords.has(text)) {
      this.i++;
      return 'prefix';
    }
    const isCall = this.at('(', 1);
    if (text === 'if' && isCall) this.conditional();
    else if (text === 'while' && isCall) this.whileLoop();
    else if (text === 'loop' && !this.at('::', 1)) {
      this.i++;
      this.controlArm();
    } else if (text === 'match' && isCall && this.tokens[this.closeOf(this.i + 1) + 1]?.text === '{') this.match();
    else {
      this.path();
      return 'path';
    }
    return 'operand';
  }

  /** `a::b<T>::c`, with the `!` of a macro call. */
  private path(): void {
    for (;;) {
      if (this.token.kind !== 'word' && this.token.kind !== 'number') this.fail(`expected a name, found ${this.token.text}`);
      this.i++;
      if (this.at('!') && (this.at('(', 1) || this.at('<', 1))) this.i++;
      this.typeArguments();
      if (!this.at('::')) return;
      this.i++;
    }
  }

  /** `<…>` directly behind a name; with a space before it, `<` compares. */
  private typeArguments(): void {
    if (!this.at('<') || this.token.start !== this.previous.end) return;
    let depth = 0;
    for (let j = this.i; j < this.tokens.length; j++) {
      const { text } = this.tokens[j]!;
      if (text === '<') depth++;
      else if (text === '>' && --depth === 0) {
        this.i = j + 1;
        return;
      } else if (text === ';' || text === '{' || text === '}') return;
    }
  }

  private symbol(isOperandNext: boolean, canPack: boolean): Behind {
    const { text } = this.token;
    switch (text) {
      case '(':
      case '[':
        this.list();
        return 'operand';
      case '{':
        if (isOperandNext) this.block();
        else if (canPack) this.list();
        else this.fail('a block follows an operand');
        return 'operand';
      case '.':
        this.i++;
        this.path();
        return 'operand';
      case '::':
        this.i++;
        this.path();
        return 'path';
      case '@':
        this.i++;
        this.path();
        return 'operand';
      case '..':
        this.i++;
        return 'operand';
      case '|':
      case '||':
        if (isOperandNext) {
          this.lambda();
          return 'operand';
        }
        this.i++;
        return 'prefix';
      case '#':
        return this.fail('an attribute inside an expression');
      default:
        // The rest are operators; one before an operand is unary.
        this.i++;
        return 'prefix';
    }
  }

  /** Expressions between brackets, with `name:` before them or `: type` behind. */
  private list(): void {
    const close = this.closeOf(this.i);
    this.i++;
    while (this.i < close) {
      this.expression();
      if (this.i < close && !this.at(',') && !this.at(':')) this.fail(`${this.token.text} inside brackets`);
      if (this.i < close) this.i++;
    }
    this.i = close + 1;
  }

  private lambda(): void {
    if (this.at('||')) this.i++;
    else {
      this.i++;
      while (!this.at('|')) this.i = closing[this.token.text] !== undefined ? this.closeOf(this.i) + 1 : this.i + 1;
      this.i++;
    }
    if (this.at('->')) {
      this.i++;
      while (this.at('&') || this.at('mut')) this.i++;
      if (this.at('(')) this.i = this.closeOf(this.i) + 1;
      else this.path();
    }
    this.openArm(false);
  }

  private conditional(): void {
    const start = this.probePlace(this.token);
    this.i++;
    this.list();
    const then = this.controlArm();
    if (this.at('else')) {
      this.i++;
      this.branches.push({ ...start, kind: 'if', arms: [then, this.controlArm()] });
      return;
    }
    if (this.options.mode === 'lines') return;
    const missing = this.probeAt(this.previous);
    this.insert(this.previous.end, ` else { ${this.call(missing.probe)} }`);
    this.branches.push({ ...start, kind: 'if', arms: [then, missing] });
  }

  private whileLoop(): void {
    const start = this.probePlace(this.token);
    this.i++;
    const open = this.token;
    if (this.options.mode === 'coverage') this.insert(open.end, '(');
    this.list();
    const left = this.probeAt(open);
    if (this.options.mode === 'coverage')
      this.insert(this.previous.start, `) || { ${this.call(left.probe)} false }`);
    this.branches.push({ ...start, kind: 'while', arms: [this.controlArm(), left] });
  }

  private match(): void {
    const start = this.probePlace(this.token);
    this.i++;
    this.list();
    const close = this.closeOf(this.i);
    this.i++;
    const arms: StatementProbe[] = [];
    while (this.i < close) {
      this.skipBehind('=>');
      arms.push(this.openArm(true));
      if (this.at(',')) this.i++;
    }
    this.expect('}');
    this.branches.push({ ...start, kind: 'match', arms });
  }

  private probePlace(token: Token): { line: number; column: number } {
    return { line: this.lines.line(token.start), column: this.lines.column(token.start) };
  }
}

/** Inserts texts; those for one place stand in the order in which they were asked for. */
function applyInsertions(source: string, edits: readonly { readonly at: number; readonly text: string }[]): string {
  const ordered = edits.map((edit, order) => ({ ...edit, order })).sort((a, b) => a.at - b.at || a.order - b.order);
  const parts: string[] = [];
  let at = 0;
  for (const edit of ordered) {
    parts.push(source.slice(at, edit.at), edit.text);
    at = edit.at;
  }
  return parts.join('') + source.slice(at);
}
