/** Entry points: the shape of `init`, which only publishing calls; what entry functions may not take. */
import type { CompiledModule, FunctionDefinition } from '../module.js';
import type { FunctionContext, ModuleContext } from './context.js';
import { SuiVerificationError } from './errors.js';
import { isSuiReference } from './sui-names.js';

const pass = 'entry points';
/** Shared objects of the system that entry functions may only read. */
const readOnly: readonly (readonly [module: string, name: string])[] = [['random', 'Random'], ['clock', 'Clock']];

export function checkEntryPoints({ module }: ModuleContext): void {
  for (const definition of module.functions) {
    const handle = module.functionHandles[definition.handle]!;
    const where = { module: module.self.name, function: handle.name };
    if (handle.name === 'init') {
      const problem = problemOfInit(module, definition);
      if (problem !== undefined) throw new SuiVerificationError(pass, problem, where);
    }
    if (!definition.isEntry) continue;
    for (const parameter of handle.parameters)
      for (const [moduleName, name] of readOnly)
        if (isSuiReference(module, parameter, moduleName, name, true))
          throw new SuiVerificationError(pass, `an entry function takes &mut ${name}`, where);
  }
}

function problemOfInit(module: CompiledModule, definition: FunctionDefinition): string | undefined {
  const { parameters, returns, typeParameters } = module.functionHandles[definition.handle]!;
  if (definition.visibility !== 'private') return 'init is not private';
  if (definition.isEntry) return 'init is an entry function';
  if (typeParameters.length > 0) return 'init has type parameters';
  if (returns.length > 0) return 'init returns something';
  if (parameters.length < 1 || parameters.length > 2 || !isSuiReference(module, parameters.at(-1), 'tx_context', 'TxContext'))
    return 'init does not take a context as its last of at most two parameters';
  return undefined;
}

/** Code of the module does not call its `init`. */
export function checkInitNotCalled(fn: FunctionContext): void {
  const { module } = fn.context;
  fn.body.code.forEach((instruction, at) => {
    if (instruction.op !== 'Call' && instruction.op !== 'CallGeneric') return;
    const { handle } = fn.context.call(instruction);
    if (handle.module === module.selfHandle && handle.name === 'init') fn.failSui(pass, 'calls init', at);
  });
}
