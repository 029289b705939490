/**
 * A pool of worker threads that share the tasks of a job (see `runtime.ts`). Workers are started when
 * the first large job comes, in Node.js as `worker_threads`, in browsers as Web Workers, and do not keep
 * a process alive while they are idle.
 *
 * Data goes to workers through shared memory. Finished slivers come back as transferred buffers, because
 * they must not lie in shared memory (`fetch` and `crypto.subtle` refuse that).
 */

import { kernelModule } from './module.js';
import { createRuntime } from './runtime.js';
import type { Job, KernelRuntime, TimeProfile } from './runtime.js';
import { SharedArena } from './shared-memory.js';
import { createSliverOutput } from './sliver-output.js';
import type { Part, SliverSlab } from './sliver-output.js';

const DEFAULT_IDLE_BYTES = 32 << 20;
const DEFAULT_IDLE_MS = 2000;
/** Idle arenas to keep; more are needed only by calls that run at the same time. */
const MAX_IDLE_ARENAS = 2;

type ToWorker = { readonly job: Job; readonly part: Part };

type FromWorker =
  | { readonly type: 'inputTaken' }
  | { readonly type: 'done'; readonly slabs: readonly SliverSlab[]; readonly profile: TimeProfile; readonly memorySize: number }
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
  create: typeof createRuntime,
  createOutput: typeof createSliverOutput,
): void {
  let runtime: KernelRuntime | undefined;
  port.onMessage(({ job, part }) => {
    try {
      runtime ??= create(module, createOutput);
      const slabs = runtime.run(job, part, () => port.post({ type: 'inputTaken' }, []));
      const message = { type: 'done', slabs, profile: runtime.takeProfile(), memorySize: runtime.memorySize() } as const;
      port.post(message, slabs.map(({ buffer }) => buffer));
    } catch (error) {
      port.post({ type: 'failed', message: String(error) }, []);
    }
  });
}

const PROGRAM = [
  `const create = ${createRuntime.toString()};`,
  `const createOutput = ${createSliverOutput.toString()};`,
  `const main = ${workerMain.toString()};\n`,
].join('\n');

const NODE_PROGRAM = `${PROGRAM}
const { parentPort, workerData } = require('node:worker_threads');
main(
  { post: (message, transfer) => parentPort.postMessage(message, transfer), onMessage: (handler) => parentPort.on('message', handler) },
  workerData,
  create,
  createOutput,
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
    createOutput,
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
  readonly slabs: readonly SliverSlab[];
}

export interface PoolOptions {
  /** Without a job for so long, workers and arenas are let go, 2 s by default … */
  readonly idleMs?: number;
  /** … if together they hold more than this, 32 MiB by default. */
  readonly idleBytes?: number;
  /** Calls `callback` after `delayMs` unless the function it returns was called before. */
  readonly schedule?: (callback: () => void, delayMs: number) => () => void;
}

/** The platform's timer; it does not keep a process alive. */
function startTimer(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs);
  (timer as Partial<NodeJS.Timeout>).unref?.(); // browsers give a number
  return () => clearTimeout(timer);
}

export class WorkerPool {
  private readonly idleMs: number;
  private readonly idleBytes: number;
  private readonly schedule: NonNullable<PoolOptions['schedule']>;
  private workers: WorkerHandle[] = [];
  private queue: Promise<unknown> = Promise.resolve();
  private idleArenas: SharedArena[] = [];
  /** Linear memory of the workers, by worker. */
  private memorySizes: number[] = [];
  private waiting = 0;
  private cancelRelease: () => void = () => undefined;

  constructor(options: PoolOptions = {}) {
    this.idleMs = options.idleMs ?? DEFAULT_IDLE_MS;
    this.idleBytes = options.idleBytes ?? DEFAULT_IDLE_BYTES;
    this.schedule = options.schedule ?? startTimer;
  }

  /** Workers that are running, busy or not. */
  get workerCount(): number {
    return this.workers.length;
  }

  /** Bytes that the workers and the idle arenas hold. */
  get heldBytes(): number {
    const held = [...this.memorySizes, ...this.idleArenas.map(({ sizeBytes }) => sizeBytes)];
    return held.reduce((sum, size) => sum + size, 0);
  }

  /** Lends an arena for the time of `use`. */
  async withArena<T>(use: (arena: SharedArena) => Promise<T>): Promise<T> {
    const arena = this.idleArenas.pop() ?? new SharedArena();
    const result = await use(arena); // if this fails, threads may still write to the arena: it is lost
    arena.reset();
    if (this.idleArenas.length < MAX_IDLE_ARENAS) this.idleArenas.push(arena);
    return result;
  }

  /**
   * Runs a job on `threads` workers, after the jobs before it.
   * @param feed called when the workers have their job, and when a slot of the input feed is free again
   */
  run(job: Job, threads: number, feed?: () => void): Promise<PoolResult> {
    this.cancelRelease();
    this.waiting++;
    const result = this.queue.then(() => this.runNow(job, threads, feed));
    this.queue = result.then(() => this.finished(), () => this.finished());
    return result;
  }

  private finished(): void {
    if (--this.waiting > 0) return;
    this.cancelRelease = this.schedule(() => this.release(), this.idleMs);
  }

  /** Gives memory back after a large job: what a worker has seen of it is only freed with the worker. */
  private release(): void {
    if (this.heldBytes > this.idleBytes) this.stop();
  }

  /** Stops all workers and lets all memory go; a job that is running then never ends. */
  stop(): void {
    for (const worker of this.workers) worker.terminate();
    this.workers = [];
    this.memorySizes = [];
    this.idleArenas = [];
  }

  private async runNow(job: Job, threads: number, feed?: () => void): Promise<PoolResult> {
    const module = await kernelModule();
    const threadsOfNode = nodeThreads();
    while (this.workers.length < threads) {
      this.workers.push(threadsOfNode ? startNodeWorker(threadsOfNode, module) : startWebWorker(module));
    }
    const active = this.workers.slice(0, threads);
    try {
      const working = active.map((worker, index) => this.work(worker, job, { index, count: threads }, feed));
      feed?.();
      const results = await Promise.all(working);
      const profile = { hashing: 0, arithmetic: 0, copying: 0 };
      results.forEach((result, index) => {
        profile.hashing += result.profile.hashing;
        profile.arithmetic += result.profile.arithmetic;
        profile.copying += result.profile.copying;
        this.memorySizes[index] = result.memorySize;
      });
      const memorySize = results.reduce((sum, result) => sum + result.memorySize, 0);
      return { profile, memorySize, slabs: results.flatMap(({ slabs }) => slabs) };
    } catch (error) {
      // Others may wait for tasks the failed worker had claimed; a fresh pool is the only safe state.
      this.stop();
      throw error;
    } finally {
      for (const worker of this.workers) worker.hold(false);
    }
  }

  private work(worker: WorkerHandle, job: Job, part: Part, feed?: () => void): Promise<PoolResult> {
    return new Promise((resolve, reject) => {
      worker.onError = reject;
      worker.onMessage = (message) => {
        switch (message.type) {
          case 'inputTaken':
            feed?.();
            break;
          case 'done':
            resolve(message);
            break;
          case 'failed':
            reject(new Error(`encoding worker failed: ${message.message}`));
        }
      };
      worker.hold(true);
      worker.post({ job, part });
    });
  }
}

/** The one pool of the process. */
export const sharedPool = new WorkerPool();
