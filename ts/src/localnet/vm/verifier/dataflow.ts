/** Forward abstract interpretation over the reachable blocks, until nothing changes. */
import type { Block } from '../cfg.js';
import type { FunctionContext } from './context.js';

/** `State` is mutable; states that are kept are never handed to `run`. */
export interface Analysis<State> {
  entry(): State;
  copy(state: State): State;
  /** Runs a block on the state, in place. */
  run(state: State, block: Block): void;
  /** Adds what `from` allows to `into`; true if that changed it. Must only ever grow. */
  join(into: State, from: State): boolean;
}

export function runForward<State>(fn: FunctionContext, analysis: Analysis<State>): void {
  const { blocks, order } = fn.cfg;
  const states = new Array<State | undefined>(blocks.length).fill(undefined);
  const pending = new Array<boolean>(blocks.length).fill(false);
  states[0] = analysis.entry();
  pending[0] = true;
  // Reverse postorder: a block comes after its predecessors except along back edges.
  for (let index = 0; index < blocks.length; ) {
    if (!pending[index]) {
      index++;
      continue;
    }
    pending[index] = false;
    const block = blocks[index]!;
    const state = analysis.copy(states[index]!);
    analysis.run(state, block);
    let next = index + 1;
    for (const start of new Set(block.successors)) {
      const to = order.get(start)!;
      const known = states[to];
      if (known === undefined) states[to] = analysis.copy(state);
      else if (!analysis.join(known, state)) continue;
      pending[to] = true;
      next = Math.min(next, to);
    }
    index = next;
  }
}
