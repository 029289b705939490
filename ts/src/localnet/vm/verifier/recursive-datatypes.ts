/** Recursive datatypes: no datatype holds itself, directly or inside others of the module. */
import type { Token } from '../module.js';
import { declaredFields } from './bounds.js';
import type { ModuleContext } from './context.js';
import { hasCycle } from './graph.js';

export function checkRecursiveDatatypes(context: ModuleContext): void {
  const { module } = context;
  // Datatypes of other modules cannot hold those of this one: modules do not depend on each other in circles.
  const edges: number[][] = module.datatypeHandles.map(() => []);
  for (const { handle, fields } of declaredFields(module)) for (const field of fields) collect(field.type, edges[handle]!);
  if (hasCycle(edges)) context.fail('recursive datatypes', 'RECURSIVE_DATATYPE_DEFINITION', 'a datatype holds itself');
}

function collect(token: Token, handles: number[]): void {
  switch (token.kind) {
    case 'vector':
      return collect(token.element, handles);
    case 'reference':
      return collect(token.target, handles);
    case 'datatype':
      handles.push(token.handle);
      for (const argument of token.typeArguments) collect(argument, handles);
      return;
    default:
  }
}
