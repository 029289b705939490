/** Natives of 0x1: `bcs`, `hash`, `string`, `vector`, `debug` (sui-execution.md §4.1). */
import { sha256 } from '@noble/hashes/sha2.js';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { BcsError } from '../errors.js';
import { renderDebug } from '../render-debug.js';
import { statusCodes, vectorErrors } from '../signals.js';
import { serializeValue } from '../type-operations.js';
import type { MoveValue, PrimitiveReference } from '../types.js';
import type { NativeModule } from './native.js';
import { fromBytes, toBytes } from './support.js';
import type { MoveBytes } from './support.js';

/** Abort code of `bcs::to_bytes` when a value cannot be serialised. */
const bcsSerializationFailure = 0x1c5;

export const bcs: NativeModule = {
  to_bytes: (env, [type]) => (value: MoveValue): MoveBytes => {
    try {
      const bytes = serializeValue(type!, value);
      env.charge(Math.max(1, 2 * bytes.length));
      return fromBytes(bytes);
    } catch (error) {
      if (!(error instanceof BcsError)) throw error;
      env.charge(52);
      return env.abort(bcsSerializationFailure);
    }
  },
};

export const hash: NativeModule = {
  sha2_256: (env) => (data: MoveBytes): MoveBytes => {
    env.charge(52 + 2 * data.length);
    return fromBytes(sha256(toBytes(data)));
  },
  sha3_256: (env) => (data: MoveBytes): MoveBytes => {
    env.charge(52 + 2 * data.length);
    return fromBytes(sha3_256(toBytes(data)));
  },
};

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function isUtf8(bytes: readonly number[]): boolean {
  if (bytes.every((b) => b < 0x80)) return true;
  try {
    strictUtf8.decode(toBytes(bytes));
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

export const string: NativeModule = {
  internal_check_utf8: (env) => (bytes: MoveBytes): boolean => {
    env.charge(52 + 2 * bytes.length);
    return isUtf8(bytes);
  },
  internal_is_char_boundary: (env) => (bytes: MoveBytes, index: bigint): boolean => {
    env.charge(52);
    const at = Number(index);
    if (at === 0 || at === bytes.length) return true;
    return at < bytes.length && (bytes[at]! & 0xc0) !== 0x80;
  },
  internal_sub_string: (env) => (bytes: MoveBytes, from: bigint, to: bigint): MoveBytes => {
    const part = bytes.slice(Number(from), Number(to));
    env.charge(52 + 2 * part.length);
    return part;
  },
  internal_index_of: (env) => (bytes: MoveBytes, pattern: MoveBytes): bigint => {
    env.charge(52 + 2 * bytes.length);
    const at = Buffer.from(bytes).indexOf(Buffer.from(pattern));
    return BigInt(at === -1 ? bytes.length : at);
  },
};

/** Callers compile to instructions; these serve calls by name, e.g. from a transaction. */
export const vector: NativeModule = {
  empty: (env) => (): MoveValue[] => (env.charge(52), []),
  length: (env) => (v: MoveValue[]): bigint => (env.charge(52), BigInt(v.length)),
  borrow: (env) => (v: MoveValue[], index: bigint): MoveValue => {
    env.charge(52);
    return v[Number(index)] ?? env.fail(statusCodes.vectorOperationError, vectorErrors.indexOutOfBounds);
  },
  borrow_mut: (env, [type]) => (v: MoveValue[], index: bigint): MoveValue | PrimitiveReference => {
    env.charge(52);
    const key = Number(index);
    const value = v[key] ?? env.fail(statusCodes.vectorOperationError, vectorErrors.indexOutOfBounds);
    return type!.isPrimitive ? { container: v as unknown as Record<number, unknown>, key } : value;
  },
  push_back: (env) => (v: MoveValue[], value: MoveValue): void => {
    env.charge(52);
    v.push(value);
  },
  pop_back: (env) => (v: MoveValue[]): MoveValue => {
    env.charge(52);
    return v.pop() ?? env.fail(statusCodes.vectorOperationError, vectorErrors.popEmpty);
  },
  destroy_empty: (env) => (v: MoveValue[]): void => {
    env.charge(52);
    if (v.length !== 0) env.fail(statusCodes.vectorOperationError, vectorErrors.unpackLength);
  },
  swap: (env) => (v: MoveValue[], i: bigint, j: bigint): void => {
    env.charge(52);
    const [a, b] = [Number(i), Number(j)];
    if (a >= v.length || b >= v.length) env.fail(statusCodes.vectorOperationError, vectorErrors.indexOutOfBounds);
    [v[a], v[b]] = [v[b]!, v[a]!];
  },
};

export const debug: NativeModule = {
  print: (env, [type]) => (value: MoveValue): void => {
    env.charge(52);
    env.machine.runtime.debugPrint(`[debug] ${renderDebug(type!, value)}`);
  },
  print_stack_trace: (env) => (): void => {
    env.charge(52);
    env.machine.runtime.debugPrint('[debug] stack trace is not recorded');
  },
};
