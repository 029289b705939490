/** Declarations of published code and JSON of values, as services ask for them. */
import { MalformedModuleError, TypeResolutionError, TypeSyntaxError, type ModuleInfo, type MoveVm } from '../vm/index.js';
import type { Address, DatatypeInfo, FunctionInfo } from '../vm/types.js';
import { parseType } from '../runtime/type-tags.js';
import type { PackageReflection } from './types.js';

export class VmReflection implements PackageReflection {
  readonly #vm: MoveVm;

  constructor(vm: MoveVm) {
    this.#vm = vm;
  }

  #module(storageId: Address, module: string): ModuleInfo | undefined {
    try {
      return this.#vm.moduleInfo(storageId, module);
    } catch (error) {
      if (error instanceof MalformedModuleError) return undefined;
      throw error;
    }
  }

  getFunction(storageId: Address, module: string, name: string): FunctionInfo | undefined {
    return this.#module(storageId, module)?.functions.get(name);
  }

  getDatatype(storageId: Address, module: string, name: string): DatatypeInfo | undefined {
    return this.#module(storageId, module)?.datatypes.get(name);
  }

  getModule(storageId: Address, module: string) {
    const info = this.#module(storageId, module);
    return info && { functions: [...info.functions.values()], datatypes: [...info.datatypes.values()] };
  }

  abilitiesOf(type: string): number {
    try {
      return this.#vm.abilities(this.#vm.resolveType(parseType(type)));
    } catch (error) {
      if (error instanceof TypeSyntaxError || error instanceof TypeResolutionError) return 0;
      throw error;
    }
  }

  renderJson(type: string, bytes: Uint8Array): unknown {
    const resolved = this.#vm.resolveType(parseType(type));
    return this.#vm.renderJson(resolved, this.#vm.deserialize(resolved, bytes));
  }
}
