/**
 * Instantiation loops: generic functions that call each other must not do so with ever larger types. Nodes
 * are the type parameters of the module's functions; a parameter used inside a larger type argument makes a
 * growing edge, and no cycle may have one.
 */
import type { Token } from '../module.js';
import type { FunctionContext, ModuleContext } from './context.js';
import { stronglyConnected } from './graph.js';

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly grows: boolean;
}

export function checkInstantiationLoops(context: ModuleContext, functions: readonly FunctionContext[]): void {
  const { module } = context;
  // First node of the type parameters of each function handle.
  const firstNode: number[] = [];
  let nodes = 0;
  for (const handle of module.functionHandles) {
    firstNode.push(nodes);
    nodes += handle.typeParameters.length;
  }
  const edges: Edge[] = [];
  for (const fn of functions)
    for (const { op, operand } of fn.body.code) {
      if (op !== 'CallGeneric') continue;
      const { target, typeArguments } = module.functionInstantiations[operand]!;
      if (module.functionHandles[target]!.module !== module.selfHandle) continue;
      typeArguments.forEach((argument, i) => {
        const to = firstNode[target]! + i;
        for (const parameter of parametersIn(argument))
          edges.push({ from: firstNode[fn.definition.handle]! + parameter, to, grows: argument.kind !== 'typeParameter' });
      });
    }
  const targets: number[][] = Array.from({ length: nodes }, () => []);
  for (const { from, to } of edges) targets[from]!.push(to);
  const component = stronglyConnected(targets);
  if (edges.some((e) => e.grows && component[e.from] === component[e.to]))
    context.fail('instantiation loops', 'LOOP_IN_INSTANTIATION_GRAPH', 'generic functions call each other with growing types');
}

function parametersIn(token: Token): number[] {
  switch (token.kind) {
    case 'typeParameter':
      return [token.index];
    case 'vector':
      return parametersIn(token.element);
    case 'reference':
      return parametersIn(token.target);
    case 'datatype':
      return token.typeArguments.flatMap(parametersIn);
    default:
      return [];
  }
}
