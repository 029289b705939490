/**
 * ID leak: an object is made with a UID that was made for it. Abstract interpretation that follows which
 * values on the stack and in locals surely come from the functions that make UIDs; what is unpacked,
 * returned by other functions or read from elsewhere does not count.
 */
import type { Block } from '../cfg.js';
import type { FunctionContext } from './context.js';
import { runForward } from './dataflow.js';
import type { Analysis } from './dataflow.js';
import { functionText, SUI } from './sui-names.js';
import { ability } from './type-pool.js';

const pass = 'id leak';

/** Functions whose result is a UID that nobody else has. */
const makers: ReadonlySet<string> = new Set([
  `${SUI}::object::new`,
  `${SUI}::object::new_uid_from_hash`,
  `${SUI}::derived_object::claim`,
  `${SUI}::test_scenario::new_object`,
]);

/** Per local: 1 if it surely holds a fresh UID. */
type FreshLocals = Uint8Array;

export function checkIdLeak(fn: FunctionContext): void {
  const { module } = fn.context;
  const packsObjects = fn.body.code.some((i) => {
    if (i.op !== 'Pack' && i.op !== 'PackGeneric') return false;
    return (module.datatypeHandles[fn.context.struct(i).type.index]!.abilities & ability.key) !== 0;
  });
  if (packsObjects) runForward(fn, new FreshAnalysis(fn));
}

class FreshAnalysis implements Analysis<FreshLocals> {
  constructor(private readonly fn: FunctionContext) {}

  entry(): FreshLocals {
    return new Uint8Array(this.fn.locals.length);
  }

  copy(state: FreshLocals): FreshLocals {
    this.fn.charge(state.length, pass);
    return state.slice();
  }

  join(into: FreshLocals, from: FreshLocals): boolean {
    this.fn.charge(into.length, pass);
    let changed = false;
    into.forEach((fresh, i) => {
      if (fresh === 0 || from[i] === 1) return;
      into[i] = 0;
      changed = true;
    });
    return changed;
  }

  run(state: FreshLocals, block: Block): void {
    const { fn } = this;
    const { module } = fn.context;
    const stack: boolean[] = [];
    fn.charge(block.end - block.start, pass);
    for (let at = block.start; at < block.end; at++) {
      const instruction = fn.body.code[at]!;
      const { op, operand } = instruction;
      const [pops, pushes] = fn.stackEffect(instruction);
      const popped = stack.splice(stack.length - pops);
      let fresh = false;
      switch (op) {
        case 'MoveLoc':
          fresh = state[operand] === 1;
          state[operand] = 0;
          break;
        case 'StLoc':
          state[operand] = popped[0] ? 1 : 0;
          break;
        case 'Call':
        case 'CallGeneric':
          fresh = makers.has(functionText(module, fn.context.call(instruction).handle));
          break;
        case 'Pack':
        case 'PackGeneric': {
          const { abilities, name } = module.datatypeHandles[fn.context.struct(instruction).type.index]!;
          if ((abilities & ability.key) !== 0 && !popped[0])
            fn.failSui(pass, `${name} is made with a UID that does not come straight from object::new`, at);
          break;
        }
        default:
      }
      for (let i = 0; i < pushes; i++) stack.push(fresh);
    }
  }
}
