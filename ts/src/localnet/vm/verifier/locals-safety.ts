/** Locals safety: a local is used only while it surely holds a value, and what is dropped has drop. */
import type { Block } from '../cfg.js';
import type { FunctionContext } from './context.js';
import { runForward } from './dataflow.js';
import type { Analysis } from './dataflow.js';
import { ability } from './type-pool.js';

const pass = 'locals safety';

/** What a local may hold, as a bit set: 1 nothing, 2 a value, 3 either. */
type LocalStates = Uint8Array;
const empty = 1;
const full = 2;

export function checkLocalsSafety(fn: FunctionContext): void {
  runForward(fn, new LocalsAnalysis(fn));
}

class LocalsAnalysis implements Analysis<LocalStates> {
  constructor(private readonly fn: FunctionContext) {}

  entry(): LocalStates {
    return Uint8Array.from(this.fn.locals, (_, i) => (i < this.fn.parameterCount ? full : empty));
  }

  copy(state: LocalStates): LocalStates {
    this.fn.charge(state.length, pass);
    return state.slice();
  }

  join(into: LocalStates, from: LocalStates): boolean {
    this.fn.charge(into.length, pass);
    let changed = false;
    from.forEach((s, i) => {
      if ((into[i]! | s) === into[i]) return;
      into[i] = into[i]! | s;
      changed = true;
    });
    return changed;
  }

  run(state: LocalStates, block: Block): void {
    const { fn } = this;
    fn.charge(block.end - block.start, pass);
    for (let at = block.start; at < block.end; at++) {
      const { op, operand } = fn.body.code[at]!;
      const need = (status: string): void => {
        if (state[operand] !== full) fn.fail(pass, status, `local ${operand} may hold no value`, at);
      };
      switch (op) {
        case 'CopyLoc':
          need('COPYLOC_UNAVAILABLE_ERROR');
          break;
        case 'MoveLoc':
          need('MOVELOC_UNAVAILABLE_ERROR');
          state[operand] = empty;
          break;
        case 'MutBorrowLoc':
        case 'ImmBorrowLoc':
          need('BORROWLOC_UNAVAILABLE_ERROR');
          break;
        case 'StLoc':
          if (state[operand] !== empty && !fn.localHas(operand, ability.drop))
            fn.fail(pass, 'STLOC_UNSAFE_TO_DESTROY_ERROR', `local ${operand} may hold a value without drop`, at);
          state[operand] = full;
          break;
        case 'Ret':
          state.forEach((s, i) => {
            if (s !== empty && !fn.localHas(i, ability.drop))
              fn.fail(pass, 'UNSAFE_RET_UNUSED_VALUES_WITHOUT_DROP', `local ${i} may hold a value without drop`, at);
          });
          break;
        default:
      }
    }
  }
}
