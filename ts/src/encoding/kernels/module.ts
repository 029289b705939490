/** Loads the compiled kernel module, once per process, when it is first needed. */

import { EncodingError } from '../errors.js';
import { createRuntime } from './runtime.js';
import type { KernelRuntime } from './runtime.js';
import { createSliverOutput } from './sliver-output.js';

/** The generated kernel module is not there: the package has not been built. */
export class KernelsNotBuiltError extends EncodingError {
  constructor(options: ErrorOptions) {
    super('the WebAssembly kernels are missing; run `npm run build:kernels`', options);
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

async function load(): Promise<WebAssembly.Module> {
  let base64: string;
  try {
    ({ KERNELS_BASE64: base64 } = await import('./generated/kernels.js'));
  } catch (cause) {
    throw new KernelsNotBuiltError({ cause });
  }
  return WebAssembly.compile(fromBase64(base64));
}

let loading: Promise<WebAssembly.Module> | undefined;

/** The compiled module; it can be sent to workers. */
export function kernelModule(): Promise<WebAssembly.Module> {
  loading ??= load();
  return loading;
}

let local: Promise<KernelRuntime> | undefined;
let loaded: KernelRuntime | undefined;

/** The runtime of the calling thread. */
export function localRuntime(): Promise<KernelRuntime> {
  local ??= kernelModule().then((module) => (loaded = createRuntime(module, createSliverOutput)));
  return local;
}

/** The same if somebody has waited for it before. */
export function runtimeIfLoaded(): KernelRuntime | undefined {
  return loaded;
}
