/**
 * Dependencies: what a module says of the modules it uses is what they declare, it may see the functions it
 * names, and the modules of a package do not use each other in circles.
 */
import type { CompiledModule, ModuleHandle, Token } from '../module.js';
import { VerificationError } from './errors.js';
import { hasCycle } from './graph.js';
import { verifierLimits } from './limits.js';

const pass = 'dependencies';

/** The module that a handle names under the linkage of the package that is verified. */
export type ModuleLookup = (handle: ModuleHandle) => CompiledModule | undefined;

export function checkDependencies(module: CompiledModule, lookup: ModuleLookup): void {
  const fail = (status: string, detail: string): never => {
    throw new VerificationError(pass, status, detail, { module: module.self.name });
  };
  const targets = module.moduleHandles.map((handle, i) => {
    if (i === module.selfHandle) return module;
    return lookup(handle) ?? fail('MISSING_DEPENDENCY', `module ${handle.address}::${handle.name} does not exist`);
  });
  for (const handle of module.datatypeHandles) {
    const target = targets[handle.module]!;
    if (target === module) continue;
    const defined = target.datatypeByName.get(handle.name);
    if (defined === undefined) return fail('LOOKUP_FAILED', `datatype ${target.self.name}::${handle.name} does not exist`);
    const table = defined.kind === 'struct' ? target.structs : target.enums;
    const declared = target.datatypeHandles[table[defined.index]!.handle]!;
    const sameParameters =
      handle.typeParameters.length === declared.typeParameters.length &&
      handle.typeParameters.every((p, i) => {
        const own = declared.typeParameters[i]!;
        return (p.constraints & own.constraints) === own.constraints && (own.isPhantom || !p.isPhantom);
      });
    if ((handle.abilities & declared.abilities) !== handle.abilities || !sameParameters)
      fail('TYPE_MISMATCH', `${target.self.name}::${handle.name} is declared otherwise than it is used`);
  }
  for (const handle of module.functionHandles) {
    const target = targets[handle.module]!;
    if (target === module) continue;
    const definition = target.functionByName.get(handle.name);
    const isFriend = target.friends.some((f) => f.address === module.self.address && f.name === module.self.name);
    const isVisible = definition?.visibility === 'public' || (definition?.visibility === 'friend' && isFriend);
    if (definition === undefined || !isVisible) return fail('LOOKUP_FAILED', `function ${target.self.name}::${handle.name} cannot be called`);
    const declared = target.functionHandles[definition.handle]!;
    const sameConstraints =
      handle.typeParameters.length === declared.typeParameters.length &&
      handle.typeParameters.every((own, i) => (own & declared.typeParameters[i]!) === declared.typeParameters[i]);
    const sameTypes =
      sameTokens(module, handle.parameters, target, declared.parameters) && sameTokens(module, handle.returns, target, declared.returns);
    if (!sameConstraints || !sameTypes) fail('TYPE_MISMATCH', `${target.self.name}::${handle.name} has another signature than its caller expects`);
  }
}

function sameTokens(a: CompiledModule, left: readonly Token[], b: CompiledModule, right: readonly Token[]): boolean {
  return left.length === right.length && left.every((token, i) => sameToken(a, token, b, right[i]!));
}

function sameToken(a: CompiledModule, left: Token, b: CompiledModule, right: Token): boolean {
  switch (left.kind) {
    case 'vector':
      return right.kind === 'vector' && sameToken(a, left.element, b, right.element);
    case 'reference':
      return right.kind === 'reference' && left.mutable === right.mutable && sameToken(a, left.target, b, right.target);
    case 'typeParameter':
      return right.kind === 'typeParameter' && left.index === right.index;
    case 'datatype':
      return (
        right.kind === 'datatype' &&
        datatypeText(a, left.handle) === datatypeText(b, right.handle) &&
        sameTokens(a, left.typeArguments, b, right.typeArguments)
      );
    default:
      return left.kind === right.kind;
  }
}

function datatypeText(module: CompiledModule, handle: number): string {
  const { module: owner, name } = module.datatypeHandles[handle]!;
  const { address, name: moduleName } = module.moduleHandles[owner]!;
  return `${address}::${moduleName}::${name}`;
}

/** The modules of one package among each other. */
export function checkModuleCycles(modules: readonly CompiledModule[]): void {
  const byName = new Map(modules.map((m, i) => [m.self.name, i]));
  const uses = modules.map((m) =>
    m.moduleHandles.flatMap((h, i) => {
      const target = h.address === m.self.address && i !== m.selfHandle ? byName.get(h.name) : undefined;
      return target === undefined ? [] : [target];
    }),
  );
  const [first] = modules;
  if (first === undefined) return;
  const where = { module: first.self.name };
  if (hasCycle(uses)) throw new VerificationError(pass, 'CYCLIC_MODULE_DEPENDENCY', 'modules of the package use each other in a circle', where);
  const depths = new Map<number, number>();
  const depthOf = (index: number): number => {
    let depth = depths.get(index);
    if (depth === undefined) depths.set(index, (depth = 1 + uses[index]!.reduce((max, u) => Math.max(max, depthOf(u)), 0)));
    return depth;
  };
  if (modules.some((_, i) => depthOf(i) > verifierLimits.dependencyDepth))
    throw new VerificationError(pass, 'MAX_DEPENDENCY_DEPTH_REACHED', 'modules of the package use each other too deeply', where);
}
