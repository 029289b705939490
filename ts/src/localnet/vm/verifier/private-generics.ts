/** Private generics: some framework functions take only types that the calling module declares. */
import type { FunctionContext } from './context.js';
import { functionText, STD, SUI } from './sui-names.js';

/** Functions whose first type argument must be a datatype of the calling module. */
const privateGenerics: ReadonlySet<string> = new Set([
  ...['transfer', 'share_object', 'freeze_object', 'receive', 'party_transfer'].map((f) => `${SUI}::transfer::${f}`),
  ...['emit', 'emit_authenticated'].map((f) => `${SUI}::event::${f}`),
  `${SUI}::coin_registry::new_currency`,
  `${STD}::internal::permit`,
]);

export function checkPrivateGenerics(fn: FunctionContext): void {
  const { module } = fn.context;
  fn.body.code.forEach((instruction, at) => {
    if (instruction.op !== 'CallGeneric') return;
    const { handle, typeArguments } = fn.context.call(instruction);
    const called = functionText(module, handle);
    if (!privateGenerics.has(called)) return;
    const [type] = typeArguments;
    const isOwn = type?.kind === 'datatype' && module.datatypeHandles[type.index]!.module === module.selfHandle;
    if (!isOwn) fn.failSui('private generics', `calls ${handle.name} with a type that this module does not declare`, at);
  });
}
