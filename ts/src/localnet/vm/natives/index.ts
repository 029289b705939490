/** Registry of all native functions: `address::module` → natives by function name. */
import { LinkError } from '../errors.js';
import type { LoadedFunction } from '../loader.js';
import type { NativeFactory, NativeModule } from './native.js';

const shortAddress = (address: string): string => address.replace(/^0x0*/, '0x');

const modules: Readonly<Record<string, NativeModule>> = {
};

/** Factory of a native function. Throws `LinkError` naming one that the VM does not have. */
export function nativeFactory(fn: LoadedFunction): NativeFactory {
  const { self } = fn.module.compiled;
  const name = `${shortAddress(self.address)}::${self.name}`;
  const natives = Object.hasOwn(modules, name) ? modules[name]! : {};
  if (!Object.hasOwn(natives, fn.handle.name)) throw new LinkError(`native function ${name}::${fn.handle.name} is missing`);
  return natives[fn.handle.name]!;
}
