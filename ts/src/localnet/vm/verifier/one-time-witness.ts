/**
 * One-time witness: a struct named like its module in capitals, with drop only and one bool field. Only
 * publishing makes a value of it, and hands it to `init`.
 */
import type { CompiledModule } from '../module.js';
import type { FunctionContext, ModuleContext } from './context.js';
import { SuiVerificationError } from './errors.js';
import { ability } from './type-pool.js';

const pass = 'one-time witness';

/** Handle of the witness of a module; undefined if it declares none. */
function witnessOf(module: CompiledModule): number | undefined {
  const name = module.self.name.toUpperCase();
  return module.structs.find(({ handle: index, fields }) => {
    const handle = module.datatypeHandles[index]!;
    return handle.name === name && handle.abilities === ability.drop && fields.length === 1 && fields[0]!.type.kind === 'bool';
  })?.handle;
}

export function checkOneTimeWitness({ module }: ModuleContext): void {
  const witness = witnessOf(module);
  const where = { module: module.self.name };
  if (witness !== undefined && module.datatypeHandles[witness]!.typeParameters.length > 0)
    throw new SuiVerificationError(pass, 'the one-time witness has type parameters', where);
  const init = module.functionByName.get('init');
  if (init === undefined) return;
  const { parameters } = module.functionHandles[init.handle]!;
  const inInit = { ...where, function: 'init' };
  const [first] = parameters;
  if (witness === undefined) {
    if (parameters.length > 1) throw new SuiVerificationError(pass, 'the first parameter of init is no one-time witness', inInit);
  } else if (parameters.length !== 2 || first?.kind !== 'datatype' || first.handle !== witness)
    throw new SuiVerificationError(pass, 'init does not take the one-time witness of its module first', inInit);
}

/** No code makes the witness. */
export function checkWitnessNotMade(fn: FunctionContext): void {
  const { module } = fn.context;
  const witness = witnessOf(module);
  if (witness === undefined) return;
  fn.body.code.forEach((instruction, at) => {
    if (instruction.op !== 'Pack' && instruction.op !== 'PackGeneric') return;
    if (fn.context.struct(instruction).type.index === witness) fn.failSui(pass, 'makes the one-time witness', at);
  });
}
