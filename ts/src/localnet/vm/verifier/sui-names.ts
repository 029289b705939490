/** Names of the Sui framework that the Sui passes know, and how to recognise them in a module. */
import type { CompiledModule, FunctionHandle, Token } from '../module.js';
import type { Address } from '../types.js';

const address = (n: number): Address => `0x${n.toString(16).padStart(64, '0')}`;
export const STD = address(1);
export const SUI = address(2);
/** Packages of the system: they may do what the Sui passes forbid to others. */
export const SYSTEM_ADDRESSES: ReadonlySet<Address> = new Set([STD, SUI, address(3), address(0xb)]);

/** Whether the token is this datatype of the Sui framework. */
export function isSuiDatatype(module: CompiledModule, token: Token | undefined, moduleName: string, name: string): boolean {
  if (token?.kind !== 'datatype') return false;
  const handle = module.datatypeHandles[token.handle]!;
  const owner = module.moduleHandles[handle.module]!;
  return handle.name === name && owner.name === moduleName && owner.address === SUI;
}

/** Whether the token is a reference to this datatype; `mutable` undefined: of either kind. */
export function isSuiReference(module: CompiledModule, token: Token | undefined, moduleName: string, name: string, mutable?: boolean): boolean {
  if (token?.kind !== 'reference' || (mutable !== undefined && token.mutable !== mutable)) return false;
  return isSuiDatatype(module, token.target, moduleName, name);
}

/** `module::function` under its address. */
export function functionText(module: CompiledModule, handle: FunctionHandle): string {
  const owner = module.moduleHandles[handle.module]!;
  return `${owner.address}::${owner.name}::${handle.name}`;
}
