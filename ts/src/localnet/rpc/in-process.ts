/**
 * A protobuf-ts transport that calls the services in the same process: `new SuiGrpcClient({ network, transport })`
 * works without socket, encoding or copies (sui-rpc.md §1.2). Nothing is cached: every call reads the ledger.
 */
import type { RpcError } from '@mysten/sui/grpc';
import {
  mergeRpcOptions,
  RpcOutputStreamController,
  ServerStreamingCall,
  UnaryCall,
  type MethodInfo,
  type RpcOptions,
  type RpcStatus,
  type RpcTransport,
} from '@protobuf-ts/runtime-rpc';
import type { Ledger } from '../ledger/types.js';
import { rpcError, toRpcError } from './errors.js';
import { findMethod, type ServiceMethod } from './router.js';

/** Longest deadline that a timer can hold, ms. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const OK: RpcStatus = { code: 'OK', detail: '' };

/** A transport over a ledger. */
export function createInProcessTransport(ledger: Ledger): RpcTransport {
  return new InProcessTransport(ledger);
}

class InProcessTransport implements RpcTransport {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  mergeOptions(options?: Partial<RpcOptions>): RpcOptions {
    return mergeRpcOptions({}, options);
  }

  unary<I extends object, O extends object>(
    method: MethodInfo<I, O>,
    input: I,
    options: RpcOptions,
  ): UnaryCall<I, O> {
    const response = this.#callUnary(method, input, options);
    return new UnaryCall<I, O>(
      method,
      options.meta ?? {},
      input,
      Promise.resolve({}),
      response,
      statusAfter(response),
      Promise.resolve({}),
    );
  }

  async #callUnary<I extends object, O extends object>(
    method: MethodInfo<I, O>,
    input: I,
    options: RpcOptions,
  ): Promise<O> {
    try {
      throwIfAborted(options.abort);
      const target = lookup(method, 'unary');
      // `create` fills in what a caller may leave out (lists, oneofs) and keeps our hands off the caller's object.
      const answer = await target.call(this.#ledger, target.input.create(input));
      throwIfAborted(options.abort);
      return answer as O;
    } catch (error) {
      throw named(toRpcError(error), method);
    }
  }

  serverStreaming<I extends object, O extends object>(
    method: MethodInfo<I, O>,
    input: I,
    options: RpcOptions,
  ): ServerStreamingCall<I, O> {
    const abort = new AbortController();
    const output = new AbandonableStream<O>(abort);
    const done = this.#pump(method, input, options, output, abort);
    return new ServerStreamingCall<I, O>(
      method,
      options.meta ?? {},
      input,
      Promise.resolve({}),
      output,
      done,
      Promise.resolve({}),
    );
  }

  /** Feeds the stream; the result is its status, which never rejects: the stream itself carries the error. */
  async #pump<I extends object, O extends object>(
    method: MethodInfo<I, O>,
    input: I,
    options: RpcOptions,
    output: RpcOutputStreamController<O>,
    abort: AbortController,
  ): Promise<RpcStatus> {
    const onAbort = (): void => abort.abort(options.abort?.reason);
    options.abort?.addEventListener('abort', onAbort, { once: true });
    const deadline = startDeadline(options.timeout, abort);
    try {
      throwIfAborted(options.abort);
      const target = lookup(method, 'stream');
      const stream = target.call(this.#ledger, target.input.create(input), abort.signal);
      for await (const message of stream) {
        throwIfAborted(abort.signal);
        output.notifyMessage(message as O);
      }
      throwIfAborted(abort.signal);
      output.notifyComplete();
      return OK;
    } catch (error) {
      const failure = named(toRpcError(error), method);
      output.notifyError(failure);
      return { code: failure.code, detail: failure.message };
    } finally {
      clearTimeout(deadline);
      abort.abort();
      options.abort?.removeEventListener('abort', onAbort);
    }
  }

  clientStreaming(): never {
    throw rpcError('UNIMPLEMENTED', 'no method takes a stream');
  }

  duplex(): never {
    throw rpcError('UNIMPLEMENTED', 'no method takes a stream');
  }
}

/** A stream whose reader cancels the call by leaving its loop; otherwise frames would gather for nobody. */
class AbandonableStream<T extends object> extends RpcOutputStreamController<T> {
  readonly #abort: AbortController;

  constructor(abort: AbortController) {
    super();
    this.#abort = abort;
  }

  override [Symbol.asyncIterator](): AsyncIterator<T> {
    const frames = super[Symbol.asyncIterator]();
    return {
      next: () => frames.next(),
      return: async () => {
        this.#abort.abort();
        return { done: true, value: undefined };
      },
    };
  }
}

/** Aborts the call when its deadline, milliseconds from now or a date, passes. */
function startDeadline(timeout: RpcOptions['timeout'], abort: AbortController): NodeJS.Timeout | undefined {
  if (timeout === undefined) return undefined;
  const delayMs = typeof timeout === 'number' ? timeout : timeout.getTime() - Date.now();
  const reason = new DOMException('the deadline has passed', 'TimeoutError');
  return setTimeout(() => abort.abort(reason), Math.min(Math.max(0, delayMs), MAX_TIMEOUT_MS));
}

function lookup<K extends ServiceMethod['kind']>(method: MethodInfo, kind: K): Extract<ServiceMethod, { kind: K }> {
  const path = `${method.service.typeName}/${method.name}`;
  const target = findMethod(path);
  if (target?.kind !== kind) throw rpcError('UNIMPLEMENTED', `method ${path} is not served`);
  return target as Extract<ServiceMethod, { kind: K }>;
}

/** Status of a call, known with its response. It does not reject: a failed call is reported by its response. */
function statusAfter(response: Promise<unknown>): Promise<RpcStatus> {
  return response.then(
    () => OK,
    (error: RpcError) => ({ code: error.code, detail: error.message }),
  );
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const { reason } = signal as { reason: unknown };
  const isTimeout = reason instanceof Error && reason.name === 'TimeoutError';
  const message = reason instanceof Error ? reason.message : 'the call was cancelled';
  throw rpcError(isTimeout ? 'DEADLINE_EXCEEDED' : 'CANCELLED', message, reason);
}

function named(error: RpcError, method: MethodInfo): RpcError {
  error.methodName = method.name;
  error.serviceName = method.service.typeName;
  return error;
}
