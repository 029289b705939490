/** `#[expected_failure(...)]`: what a test must fail with, and whether a failure is that. */
import { typeFromText } from '../type-text.js';
import type { VmFailure } from '../types.js';

export type ExpectedFailure =
  | { readonly kind: 'any' }
  | { readonly kind: 'abort'; readonly code: bigint; readonly module: string | undefined }
  /** A constant with `#[error]`: the abort code points at its name. */
  | { readonly kind: 'namedError'; readonly name: string; readonly module: string }
  | { readonly kind: 'status'; readonly status: number; readonly subStatus: number | undefined; readonly module: string | undefined };

/** How constants named in attributes are found: by module (undefined for the test's own) and name. */
export interface ConstantLookup {
  find(module: string, name: string): { readonly value: string; readonly isError: boolean } | undefined;
}

const statusByWord: Readonly<Record<string, number>> = { arithmetic_error: 4017, vector_error: 4018, out_of_gas: 4002 };

/** Value of an integer expression over literals and constants of one module. Undefined when it is more than that. */
function evaluate(text: string, module: string, constants: ConstantLookup, depth = 0): bigint | undefined {
  if (depth > 16) return undefined;
  const tokens = text.match(/0x[0-9a-fA-F_]+|\d[\d_]*|[A-Za-z_]\w*|<<|>>|\S/g) ?? [];
  let at = 0;
  const primary = (): bigint | undefined => {
    const token = tokens[at++] ?? '';
    if (token === '(') {
      const value = sum();
      at++;
      return value;
    }
    const literal = /^(0x[0-9a-fA-F]+|\d+)/.exec(token.replace(/_/g, ''));
    if (literal !== null) {
      // A suffix such as u64 is part of the decimal token's tail.
      if (/^u(8|16|32|64|128|256)$/.test(tokens[at] ?? '')) at++;
      return BigInt(literal[1]!);
    }
    const constant = constants.find(module, token);
    return constant === undefined ? undefined : evaluate(constant.value, module, constants, depth + 1);
  };
  const operations: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
    '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b,
    '|': (a, b) => a | b, '&': (a, b) => a & b, '^': (a, b) => a ^ b, '<<': (a, b) => a << b, '>>': (a, b) => a >> b,
  };
  const levels = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/', '%']];
  const level = (n: number): bigint | undefined => {
    if (n === levels.length) return primary();
    let left = level(n + 1);
    while (levels[n]!.includes(tokens[at] ?? '')) {
      const operation = operations[tokens[at++]!]!;
      const right = level(n + 1);
      left = left === undefined || right === undefined ? undefined : operation(left, right);
    }
    return left;
  };
  function sum(): bigint | undefined {
    return level(0);
  }
  return sum();
}

/** Module name of `addr::module`, `Self` or a full path. */
function moduleOf(path: string, ownModule: string): string {
  const parts = path.split('::').map((p) => p.trim());
  return parts[0] === 'Self' ? ownModule : parts[parts.length - 1]!;
}

/** Parses the text inside the attribute. `ownModule` is the test's module. Throws `SyntaxError`. */
export function parseExpectation(
  text: string,
  ownModule: string,
  aliases: ReadonlyMap<string, string>,
  constants: ConstantLookup,
): ExpectedFailure {
  const parts = text.split(',').map((p) => p.trim()).filter((p) => p !== '');
  if (parts.length === 0) return { kind: 'any' };
  const settings = new Map(parts.map((p) => {
    const [key, ...value] = p.split('=');
    return [key!.trim(), value.join('=').trim()];
  }));
  const locationText = settings.get('location');
  const location = locationText === undefined ? undefined : moduleOf(aliases.get(locationText) ?? locationText, ownModule);
  const minor = settings.get('minor_status');
  const subStatus = minor === undefined ? undefined : Number(minor);
  for (const [word, status] of Object.entries(statusByWord))
    if (settings.has(word)) return { kind: 'status', status, subStatus, module: location };
  const major = settings.get('major_status');
  if (major !== undefined) return { kind: 'status', status: Number(major), subStatus, module: location };
  const code = settings.get('abort_code');
  if (code === undefined) throw new SyntaxError(`expected_failure(${text}) is not understood`);
  if (/^[0-9]/.test(code)) return { kind: 'abort', code: evaluate(code, ownModule, constants)!, module: location };
  const path = code.split('::').map((p) => p.trim());
  const prefix = path[path.length - 2];
  const member = aliases.get(path[path.length - 1]!)?.split('::');
  const name = prefix === undefined && member !== undefined ? member[member.length - 1]! : path[path.length - 1]!;
  const module =
    prefix === undefined ? (member?.[member.length - 2] ?? ownModule) : moduleOf(aliases.get(prefix) ?? prefix, ownModule);
  const constant = constants.find(module, name);
  if (constant === undefined) throw new SyntaxError(`constant ${code} of expected_failure is not known`);
  if (constant.isError && !/^\s*\d/.test(constant.value)) return { kind: 'namedError', name, module };
  const value = evaluate(constant.value, module, constants);
  if (value === undefined) throw new SyntaxError(`value of constant ${code} is not understood`);
  return { kind: 'abort', code: value, module: location ?? module };
}

/** The clever abort code's constant name, or undefined (sui-execution.md §1.14). */
export type CleverName = (failure: VmFailure & { readonly kind: 'abort' }) => string | undefined;

/** Whether a failure is the expected one. */
export function matchesExpectation(expected: ExpectedFailure, failure: VmFailure, cleverName: CleverName): boolean {
  const module = 'location' in failure ? failure.location?.module : undefined;
  switch (expected.kind) {
    case 'any':
      return true;
    case 'abort':
      return (
        failure.kind === 'abort' && failure.code === expected.code && (expected.module === undefined || module === expected.module)
      );
    case 'namedError':
      return failure.kind === 'abort' && module === expected.module && cleverName(failure) === expected.name;
    case 'status': {
      if (expected.status === 4002) return failure.kind === 'outOfGas';
      if (failure.kind === 'abort') return expected.status === 4016 && Number(failure.code) === (expected.subStatus ?? Number(failure.code));
      if (failure.kind !== 'runtimeError' || failure.status !== expected.status) return false;
      const fitsModule = expected.module === undefined || module === expected.module;
      return fitsModule && (expected.subStatus === undefined || failure.subStatus === expected.subStatus);
    }
  }
}

/** Parses `name = value` arguments of the old `#[test(a = @0x1)]` form: addresses in declaration order. */
export function parseTestArguments(text: string): string[] {
  return text.split(',').map((part) => {
    const value = part.split('=')[1]?.trim() ?? '';
    const type = typeFromText(`${value.replace(/^@/, '')}::m::T`);
    return type.kind === 'datatype' ? type.address : '';
  });
}
