/**
 * The Move calls that the bindings write, read from their sources: which function, and what is known of its
 * arguments without running anything. So no call escapes the comparison with the compiled modules.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';

export interface SourceCall {
  /** File and line. */
  readonly at: string;
  /** Text in front of `::module::function`, or the file for those that `target` completes. */
  readonly package: string;
  readonly module: string;
  /** Several where the source chooses. */
  readonly functions: readonly string[];
  /** `object`, the kind of a plain value such as `u64` or `vector u8`, or undefined for anything else. */
  readonly arguments: readonly (string | undefined)[];
  /** False when arguments follow that only a run knows. */
  readonly isComplete: boolean;
}

/** Module that the function `target` of a file stands for. */
const TARGET_MODULES: Readonly<Record<string, string>> = { 'audit.ts': 'audit', 'governance.ts': 'governance' };

export async function callsIn(directory: string): Promise<SourceCall[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.ts'));
  const sources = await Promise.all(
    files.map(async (name) => ts.createSourceFile(name, await readFile(path.join(directory, name), 'utf8'), ts.ScriptTarget.ESNext, true)),
  );
  return sources.flatMap(callsOf);
}

function callsOf(file: ts.SourceFile): SourceCall[] {
  const calls: SourceCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /\.moveCall$/.test(node.expression.getText())) calls.push(callOf(file, node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return calls;
}

function callOf(file: ts.SourceFile, node: ts.CallExpression): SourceCall {
  const at = `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const input = node.arguments[0];
  if (input === undefined || !ts.isObjectLiteralExpression(input)) throw new Error(`${at}: the call cannot be read`);
  const property = (name: string): ts.Expression | undefined => {
    const found = input.properties.find((one) => one.name?.getText() === name);
    if (found !== undefined && ts.isShorthandPropertyAssignment(found)) return found.name;
    return found !== undefined && ts.isPropertyAssignment(found) ? found.initializer : undefined;
  };
  const list = property('arguments');
  const known = list === undefined ? { arguments: [], isComplete: true } : argumentsOf(list);
  return { at, ...targetOf(file, at, property('target')!), ...known };
}

function targetOf(file: ts.SourceFile, at: string, target: ts.Expression): Pick<SourceCall, 'package' | 'module' | 'functions'> {
  if (ts.isCallExpression(target) && target.expression.getText() === 'target') {
    const module = TARGET_MODULES[file.fileName];
    if (module === undefined) throw new Error(`${at}: which module is meant?`);
    return { package: file.fileName, module, functions: namesIn(file, target.arguments[1]!) };
  }
  const expression = ts.isIdentifier(target) ? declarationOf(file, target.text) : target;
  const match = /^[`'](?:\$\{([\w.]+)\}|(0x\w+))::(\w+)::(\w+)[`']$/.exec(expression?.getText() ?? '');
  if (match === null) throw new Error(`${at}: the target cannot be read`);
  return { package: match[1] ?? match[2]!, module: match[3]!, functions: [match[4]!] };
}

/** The texts that an expression can be: its own, or those of what it names. */
function namesIn(file: ts.SourceFile, expression: ts.Expression): string[] {
  if (ts.isStringLiteral(expression)) return [expression.text];
  if (ts.isConditionalExpression(expression)) return [...namesIn(file, expression.whenTrue), ...namesIn(file, expression.whenFalse)];
  const name = ts.isElementAccessExpression(expression) ? expression.expression.getText() : expression.getText();
  const declared = declarationOf(file, name);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  if (declared !== undefined) visit(declared);
  if (texts.length === 0) throw new Error(`${file.fileName}: what is ${name}?`);
  return texts;
}

/** Initial value of a constant, or the type of a parameter. */
function declarationOf(file: ts.SourceFile, name: string): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name) found ??= node.initializer;
    else if (ts.isParameter(node) && node.name.getText() === name && node.type !== undefined && ts.isUnionTypeNode(node.type)) found ??= node.type;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function argumentsOf(list: ts.Expression): Pick<SourceCall, 'arguments' | 'isComplete'> {
  if (!ts.isArrayLiteralExpression(list)) return { arguments: [], isComplete: false };
  const known: (string | undefined)[] = [];
  for (const element of list.elements) {
    if (!ts.isSpreadElement(element)) known.push(kindOf(element));
    else {
      const inner = argumentsOf(element.expression);
      known.push(...inner.arguments);
      if (!inner.isComplete) return { arguments: known, isComplete: false };
    }
  }
  return { arguments: known, isComplete: true };
}

function kindOf(argument: ts.Expression): string | undefined {
  const [, what, kind, element] = /^tx\.(object|pure)(?:\.(\w+))?\((?:'(\w+)')?/.exec(argument.getText()) ?? [];
  if (what === 'object') return 'object';
  return what === 'pure' && kind !== undefined ? [kind, ...(kind === 'vector' || kind === 'option' ? [element] : [])].join(' ') : undefined;
}
