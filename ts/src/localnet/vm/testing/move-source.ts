/**
 * Reads the test attributes of Move sources and rewrites the sources so that an ordinary build contains
 * the tests: the compiler keeps no attributes in bytecode and refuses to hand out code built in test mode.
 * Line numbers stay as they are.
 */
import { tokenize } from './move-tokens.js';
import type { Token } from './move-tokens.js';

/** One `#[test]` or `#[random_test]` function. */
export interface TestDeclaration {
  readonly module: string;
  readonly name: string;
  readonly isRandom: boolean;
  /** Text inside `expected_failure(...)`, empty for the bare attribute; undefined when none is expected. */
  readonly expectedFailure: string | undefined;
  /** Text inside `test(...)`: the old way to give arguments. */
  readonly argumentsText: string | undefined;
  /** 1-based line of the function name. */
  readonly line: number;
  /** What `use` declarations of the file call things: alias → full path. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** `const NAME: type = value;` of a module, as text. */
export interface ConstantDeclaration {
  readonly module: string;
  readonly name: string;
  readonly value: string;
  readonly isError: boolean;
}

export interface TestSource {
  /** Source for an ordinary build. */
  readonly text: string;
  readonly tests: readonly TestDeclaration[];
  readonly constants: readonly ConstantDeclaration[];
}

interface Attribute {
  readonly name: string;
  /** Text inside parentheses, or undefined. */
  readonly body: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** Attributes of one `#[...]`; `at` is the index of `#`. */
function readAttributes(source: string, tokens: readonly Token[], at: number): { list: Attribute[]; next: number } {
  const list: Attribute[] = [];
  let depth = 0;
  let first = at + 2;
  for (let i = at + 2; i < tokens.length; i++) {
    const { text, start } = tokens[i]!;
    if ('([{'.includes(text)) depth++;
    const isEnd = depth === 0 && (text === ']' || text === ',');
    if (isEnd) {
      if (i > first) {
        const inner = tokens[first + 1]?.text === '(' ? source.slice(tokens[first + 1]!.start + 1, start) : undefined;
        const body = inner === undefined ? undefined : inner.slice(0, inner.lastIndexOf(')'));
        list.push({ name: tokens[first]!.text, body, start: tokens[first]!.start, end: start });
      }
      first = i + 1;
      if (text === ']') return { list, next: i + 1 };
    } else if (')]}'.includes(text)) depth--;
  }
  return { list, next: tokens.length };
}

const testAttributes: ReadonlySet<string> = new Set(['test', 'test_only', 'random_test', 'expected_failure']);

/** `mode(test)` is the new spelling of test_only. */
function isTestAttribute(attribute: Attribute): boolean {
  return testAttributes.has(attribute.name) || (attribute.name === 'mode' && attribute.body?.trim() === 'test');
}

/** What `fun init` is called in the rewritten source: the compiler refuses calls of `init` outside test mode. */
const initName = 'init_in_tests';

/** Reads one source file. `hasTests` is false for dependencies, whose tests are left out. */
export function readTestSource(source: string, hasTests: boolean): TestSource {
  const tokens = tokenize(source);
  const edits: { start: number; end: number; text: string }[] = [];
  const tests: TestDeclaration[] = [];
  const aliases = new Map<string, string>();
  const constants: ConstantDeclaration[] = [];
  let module = '';
  let pending: Attribute[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const { text, start } = tokens[i]!;
    const next = tokens[i + 1];
    const previous = tokens[i - 1]?.text;
    if (text === '#' && next?.text === '[') {
      const { list, next: after } = readAttributes(source, tokens, i);
      pending.push(...list);
      const end = after < tokens.length ? tokens[after - 1]!.start + 1 : source.length;
      const isTest = list.some((a) => a.name === 'test' || a.name === 'random_test');
      // Tests of dependencies keep their attributes, and so the compiler leaves them out.
      if (list.some(isTestAttribute) && (hasTests || !isTest)) {
        const kept = list.filter((a) => !isTestAttribute(a)).map((a) => source.slice(a.start, a.end).trim());
        edits.push({ start, end, text: kept.length === 0 ? '' : `#[${kept.join(', ')}]` });
      }
      i = after - 1;
      continue;
    }
    if (text === 'module' && /^[A-Za-z_0]/.test(next?.text ?? '') && tokens[i + 2]?.text === '::') {
      module = tokens[i + 3]?.text ?? '';
      pending = [];
    } else if (text === 'fun' && next !== undefined) {
      const test = pending.find((a) => a.name === 'test' || a.name === 'random_test');
      const failure = pending.find((a) => a.name === 'expected_failure');
      if (test !== undefined && hasTests)
        tests.push({
          module,
          name: next.text,
          isRandom: test.name === 'random_test',
          expectedFailure: failure === undefined ? undefined : (failure.body ?? ''),
          argumentsText: test.body,
          aliases,
          line: source.slice(0, next.start).split('\n').length,
        });
      pending = [];
    } else if (text === 'const' && next !== undefined) {
      const end = tokens.findIndex((t, j) => j > i && t.text === ';');
      const assign = tokens.findIndex((t, j) => j > i && t.text === '=');
      if (end > assign && assign > 0)
        constants.push({
          module,
          name: next.text,
          value: source.slice(tokens[assign]!.start + 1, tokens[end]!.start).trim(),
          isError: pending.some((a) => a.name === 'error'),
        });
      pending = [];
    } else if (text === 'use') {
      readUse(tokens, i + 1, [], aliases);
      pending = [];
    } else if (['struct', 'enum', 'friend'].includes(text)) pending = [];
    // Test mode lets any module call entry functions.
    if (text === 'entry' && next?.text === 'fun' && previous !== 'public' && previous !== ')')
      edits.push({ start, end: start + text.length, text: 'public entry' });
    if (text === 'init' && hasTests && (previous === 'fun' || (next?.text === '(' && previous !== '.')))
      edits.push({ start, end: start + text.length, text: initName });
    // Only test mode lets code pack a one-time witness; the test framework has a function for it.
    const isWitness = hasTests && module !== '' && text === module.toUpperCase() && next?.text === '{';
    if (isWitness && !isDeclarationOrPattern(tokens, i)) {
      const close = tokens.findIndex((t, j) => j > i && t.text === '}');
      const isEmpty = close === i + 2 || (close === i + 5 && tokens[i + 2]!.text === 'dummy_field');
      if (isEmpty)
        edits.push({
          start,
          end: tokens[close]!.start + 1,
          text: `sui::test_utils::create_one_time_witness<${text}>()`,
        });
    }
  }
  return { text: applyEdits(source, edits), tests, constants };
}

/** Reads `a::b::{Self as c, D}` from `at` on; returns the index behind it. */
function readUse(tokens: readonly Token[], at: number, prefix: readonly string[], aliases: Map<string, string>): number {
  const path = [...prefix];
  let i = at;
  for (; i < tokens.length; i++) {
    const { text } = tokens[i]!;
    if (text === '{') {
      do i = readUse(tokens, i + 1, path, aliases);
      while (tokens[i]?.text === ',');
      return i + 1;
    }
    if (text === 'as' || text === ',' || text === '}' || text === ';') break;
    if (text !== '::' && text !== 'fun') path.push(text);
  }
  const target = path.filter((part) => part !== 'Self');
  const hasAlias = tokens[i]?.text === 'as';
  const name = hasAlias ? tokens[i + 1]?.text : target[target.length - 1];
  if (name !== undefined && target.length > prefix.length - 1) aliases.set(name, target.join('::'));
  return hasAlias ? i + 2 : i;
}

/** `struct X {`, `let X { … } = …` and `has drop {`. */
function isDeclarationOrPattern(tokens: readonly Token[], at: number): boolean {
  const previous = tokens[at - 1]?.text ?? '';
  if (['struct', 'let', 'has', 'enum', '::'].includes(previous)) return true;
  const close = tokens.findIndex((t, j) => j > at && t.text === '}');
  const after = tokens[close + 1]?.text;
  return after === '=>' || (after === '=' && tokens[close + 2]?.text !== '=');
}

/** Replaces ranges; what a range loses in lines is put back behind its replacement. */
function applyEdits(source: string, edits: readonly { start: number; end: number; text: string }[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.start < at) continue;
    const lines = source.slice(edit.start, edit.end).split('\n').length - 1;
    result += source.slice(at, edit.start) + edit.text + '\n'.repeat(lines);
    at = edit.end;
  }
  return result + source.slice(at);
}
