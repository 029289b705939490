/**
 * A pool of worker threads that share the tasks of a job (see `runtime.ts`). Workers are started when
 * the first large job comes, in Node.js as `worker_threads`, in browsers as Web Workers, and do not keep
 * a process alive while they are idle.
 *
 * Data goes to workers through shared memory. Finished secondary slivers come back as transferred
 * buffers; parity rows come back through a few shared slots per worker, because a primary sliver is put
 * together from the stripes of all workers and must not itself lie in shared memory (`fetch` and
 * `crypto.subtle` refuse that).
 */

import { kernelModule } from './module.js';
import { createRuntime } from './runtime.js';
import type { Job, KernelRuntime, SliverSink, TimeProfile } from './runtime.js';

/** Shared memory through which a worker hands over parity rows; `state[i]` is 1 while slot `i` is full. */
export interface Slots {
  readonly state: Int32Array;
  readonly data: Uint8Array;
  readonly slotSize: number;
}

type ToWorker = { readonly job: Job; readonly slots: Slots };

type FromWorker =
  | { readonly type: 'secondary'; readonly first: number; readonly count: number; readonly framed: Uint8Array }
  | { readonly type: 'parityRows'; readonly first: number; readonly count: number; readonly slot: number; readonly size: number }
  | { readonly type: 'done'; readonly profile: TimeProfile; readonly memorySize: number }
  | { readonly type: 'failed'; readonly message: string };

/** What worker code needs of its environment. */
interface Port {
  post(message: FromWorker, transfer: ArrayBuffer[]): void;
  onMessage(handler: (message: ToWorker) => void): void;
}

/** The worker program. Self-contained like `createRuntime`: it is passed to workers as text. */
function workerMain(
  port: Port,
  module: WebAssembly.Module,
  create: (module: WebAssembly.Module) => KernelRuntime,
): void {
  let runtime: KernelRuntime | undefined;

  function sinkFor(slots: Slots): SliverSink {
    let turn = 0;
    return {
      putSecondary(first, count, framed) {
        const copy = new Uint8Array(framed);
        port.post({ type: 'secondary', first, count, framed: copy }, [copy.buffer]);
      },
      putParityRows(first, count, cells) {
        const slot = turn++ % slots.state.length;
        while (Atomics.load(slots.state, slot) === 1) Atomics.wait(slots.state, slot, 1);
        slots.data.set(cells, slot * slots.slotSize);
        Atomics.store(slots.state, slot, 1);
        port.post({ type: 'parityRows', first, count, slot, size: cells.length }, []);
      },
    };
  }

  port.onMessage(({ job, slots }) => {
    try {
      runtime ??= create(module);
      runtime.run(job, sinkFor(slots));
      port.post({ type: 'done', profile: runtime.takeProfile(), memorySize: runtime.memorySize() }, []);
    } catch (error) {
      port.post({ type: 'failed', message: String(error) }, []);
    }
  });
}

const PROGRAM = `const create = ${createRuntime.toString()};\nconst main = ${workerMain.toString()};\n`;

const NODE_PROGRAM = `${PROGRAM}
const { parentPort, workerData } = require('node:worker_threads');
main(
  { post: (message, transfer) => parentPort.postMessage(message, transfer), onMessage: (handler) => parentPort.on('message', handler) },
  workerData,
  create,
);`;

const WEB_PROGRAM = `${PROGRAM}
self.onmessage = ({ data: module }) => {
  main(
    {
      post: (message, transfer) => self.postMessage(message, transfer),
      onMessage: (handler) => { self.onmessage = (event) => handler(event.data); },
    },
    module,
    create,
  );
};`;

/** One worker, whatever the platform. */
interface WorkerHandle {
  post(message: ToWorker): void;
  /** Set while a job runs. */
  onMessage: (message: FromWorker) => void;
  onError: (error: Error) => void;
  /** Keeps the process alive (`true`) or lets it end (`false`); nothing in browsers. */
  hold(active: boolean): void;
  terminate(): void;
}

type NodeThreads = typeof import('node:worker_threads');

function nodeThreads(): NodeThreads | undefined {
  return typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:worker_threads');
}

function startNodeWorker({ Worker }: NodeThreads, module: WebAssembly.Module): WorkerHandle {
  // No inherited flags: a loader given with --import would be started again in every worker.
  const worker = new Worker(NODE_PROGRAM, { eval: true, workerData: module, execArgv: [], name: 'haulout-encoding' });
  const handle: WorkerHandle = {
    post: (message) => worker.postMessage(message),
    onMessage: () => undefined,
    onError: () => undefined,
    hold: (active) => (active ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
  worker.on('message', (message: FromWorker) => handle.onMessage(message));
  worker.on('error', (error) => handle.onError(error));
  worker.unref();
  return handle;
}

function startWebWorker(module: WebAssembly.Module): WorkerHandle {
  const url = URL.createObjectURL(new Blob([WEB_PROGRAM], { type: 'text/javascript' }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  const handle: WorkerHandle = {
    post: (message) => worker.postMessage(message),
    onMessage: () => undefined,
    onError: () => undefined,
    hold: () => undefined,
    terminate: () => worker.terminate(),
  };
  worker.onmessage = (event: MessageEvent<FromWorker>) => handle.onMessage(event.data);
  worker.onerror = (event) => handle.onError(new Error(event.message));
  worker.postMessage(module);
  return handle;
}

/** True when threads can share memory here: Node.js, or a cross-origin isolated page. */
export function threadsAvailable(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  if (nodeThreads() !== undefined) return true;
  return typeof Worker !== 'undefined' && globalThis.crossOriginIsolated === true;
}

/** Threads worth using: one per processor the process may run on, at most 16. */
export function defaultThreads(): number {
  if (!threadsAvailable()) return 1;
  const processors = globalThis.navigator?.hardwareConcurrency;
  const available =
    nodeThreads() === undefined ? processors : process.getBuiltinModule('node:os').availableParallelism();
  return Math.min(available ?? 1, 16);
}

export interface PoolResult {
  readonly profile: TimeProfile;
  /** Linear memory of all workers of the job, in bytes. */
  readonly memorySize: number;
}

export class WorkerPool {
  private workers: WorkerHandle[] = [];
  private queue: Promise<unknown> = Promise.resolve();

  /**
   * Runs a job on `threads` workers, after the jobs before it.
   * @param sink receives slivers on this thread; what `putSecondary` gets belongs to it
   * @param slotSize bytes of the largest `putParityRows` call; 0 if there are none
   * @param feed called when the workers have started, to fill the shared input
   */
  run(job: Job, threads: number, sink: SliverSink, slotSize: number, feed?: () => void): Promise<PoolResult> {
    const result = this.queue.then(() => this.runNow(job, threads, sink, slotSize, feed));
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async runNow(
    job: Job,
    threads: number,
    sink: SliverSink,
    slotSize: number,
    feed?: () => void,
  ): Promise<PoolResult> {
    const module = await kernelModule();
    const threadsOfNode = nodeThreads();
    while (this.workers.length < threads) {
      this.workers.push(threadsOfNode ? startNodeWorker(threadsOfNode, module) : startWebWorker(module));
    }
    const active = this.workers.slice(0, threads);
    try {
      const working = active.map((worker) => this.work(worker, job, sink, slotSize));
      feed?.();
      const results = await Promise.all(working);
      const profile = { hashing: 0, arithmetic: 0, copying: 0 };
      let memorySize = 0;
      for (const result of results) {
        profile.hashing += result.profile.hashing;
        profile.arithmetic += result.profile.arithmetic;
        profile.copying += result.profile.copying;
        memorySize += result.memorySize;
      }
      return { profile, memorySize };
    } catch (error) {
      // Others may wait for tasks the failed worker had claimed; a fresh pool is the only safe state.
      for (const worker of this.workers) worker.terminate();
      this.workers = [];
      throw error;
    } finally {
      for (const worker of this.workers) worker.hold(false);
    }
  }

  private work(worker: WorkerHandle, job: Job, sink: SliverSink, slotSize: number): Promise<PoolResult> {
    const slotCount = slotSize === 0 ? 0 : Math.max(1, Math.min(4, Math.floor((16 << 20) / slotSize)));
    const slots: Slots = {
      state: new Int32Array(new SharedArrayBuffer(4 * slotCount)),
      data: new Uint8Array(new SharedArrayBuffer(slotSize * slotCount)),
      slotSize,
    };
    return new Promise((resolve, reject) => {
      worker.onError = reject;
      worker.onMessage = (message) => {
        switch (message.type) {
          case 'secondary':
            sink.putSecondary(message.first, message.count, message.framed);
            break;
          case 'parityRows': {
            const at = message.slot * slotSize;
            sink.putParityRows(message.first, message.count, slots.data.subarray(at, at + message.size));
            Atomics.store(slots.state, message.slot, 0);
            Atomics.notify(slots.state, message.slot);
            break;
          }
          case 'done':
            resolve({ profile: message.profile, memorySize: message.memorySize });
            break;
          case 'failed':
            reject(new Error(`encoding worker failed: ${message.message}`));
        }
      };
      worker.hold(true);
      worker.post({ job, slots });
    });
  }
}

/** The one pool of the process. */
export const sharedPool = new WorkerPool();
