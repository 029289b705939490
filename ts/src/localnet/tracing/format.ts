/** A trace as a tree of text. */
import path from 'node:path';
import { describeVmFailure } from './failure.js';
import type { AbortMeaning } from './failure.js';
import { shortName } from './gas-report.js';
import type { PackageNames } from './gas-report.js';
import type { TracedCall, TracedRoot } from './call-tracer.js';
import type { LineLookup, SourceLine } from './source-map.js';
import type { ShownArgument, ShownValue } from './values.js';

export interface FormatOptions {
  readonly lines?: LineLookup;
  /** Names of packages by the address that code calls them by. */
  readonly names?: PackageNames;
  /** What an abort code means, if it is known. */
  readonly meaning?: AbortMeaning;
  /** Longest text of one value. */
  readonly maxValueLength?: number;
  /** Paths of sources are shown from here. */
  readonly from?: string;
}

const contextType = /^&(mut )?0x0*2::tx_context::TxContext$/;

/** `sources/m.move:12`, from a folder. */
export function sourceText({ directory, path: file, line }: SourceLine, from: string | undefined): string {
  const place = from === undefined ? file : path.relative(from, path.join(directory, file));
  return `${place}:${line}`;
}

/** A tree per call from outside, and under it how a failure came about. */
export function formatTrace(roots: readonly TracedRoot[], options: FormatOptions = {}): string {
  return roots.map((root) => formatRoot(root, options)).join('\n');
}

function formatRoot({ call, failure, stack }: TracedRoot, options: FormatOptions): string {
  const lines: string[] = [];
  if (call !== undefined) formatCall(call, '', '', lines, options);
  if (failure === undefined) return lines.join('\n');
  lines.push(`failed: ${describeVmFailure(failure, options.meaning)}`);
  for (const at of stack) {
    const line = options.lines?.(at);
    const place = line === undefined ? '' : ` (${sourceText(line, options.from)})`;
    lines.push(`  at ${shortName(`${at.moduleAddress}::${at.module}::${at.functionName}`, options.names)}, instruction ${at.instruction}${place}`);
  }
  return lines.join('\n');
}

function formatCall(call: TracedCall, first: string, rest: string, lines: string[], options: FormatOptions): void {
  const { at, typeArguments, isNative, results, gas, calls, omittedCalls, calledFrom } = call;
  const types = typeArguments.length === 0 ? '' : `<${typeArguments.map((one) => shortName(one, options.names)).join(', ')}>`;
  const name = shortName(`${at.moduleAddress}::${at.module}::${at.functionName}`, options.names) + types;
  const args = call.arguments.map((one) => argumentText(one, options)).join(', ');
  const end = results === undefined ? ' ✗' : results.length === 0 ? '' : ` → ${results.map((one) => argumentText(one, options)).join(', ')}`;
  const cost = gas.own === gas.total ? `${gas.total}` : `${gas.total}, own ${gas.own}`;
  const line = calledFrom === undefined ? options.lines?.(at) : options.lines?.(calledFrom);
  const place = line === undefined ? '' : `  ${sourceText(line, options.from)}`;
  lines.push(`${first}${isNative ? 'native ' : ''}${name}(${args})${end}  [${cost}]${place}`);
  calls.forEach((inner, i) => {
    const isLast = i === calls.length - 1 && omittedCalls === 0;
    formatCall(inner, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`, lines, options);
  });
  if (omittedCalls > 0) lines.push(`${rest}└─ … ${omittedCalls} more calls`);
}

function argumentText({ type, value }: ShownArgument, options: FormatOptions): string {
  if (contextType.test(type)) return 'ctx';
  const limit = options.maxValueLength ?? 100;
  const text = valueText(value);
  const prefix = /^&(mut )?/.exec(type)?.[0] ?? '';
  return `${prefix}${text.length > limit ? `${text.slice(0, limit)}…` : text}`;
}

function valueText(value: ShownValue): string {
  if (value === null) return 'none';
  if (typeof value === 'string') {
    if (/^0x[0-9a-f]{64}$/.test(value)) return shortName(value);
    return /^(0x|…)/.test(value) ? value : JSON.stringify(value);
  }
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${(value as ShownValue[]).map(valueText).join(', ')}]`;
  return `{${Object.entries(value as Record<string, ShownValue>).map(([field, one]) => `${field}: ${valueText(one)}`).join(', ')}}`;
}
