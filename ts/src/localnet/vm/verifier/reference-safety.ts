/**
 * Reference safety: no dangling references, no writes under a reference that is still in use. Abstract
 * interpretation over the borrow graph; the earlier passes have made types, stack and locals certain.
 */
import type { Block } from '../cfg.js';
import type { Instruction } from '../opcodes.js';
import { BorrowGraph, FRAME } from './borrow-graph.js';
import type { FunctionContext, ResolvedDatatype } from './context.js';
import { runForward } from './dataflow.js';
import type { Analysis } from './dataflow.js';
import { isMutableReference, isReference } from './type-pool.js';
import type { PooledType } from './type-pool.js';

const pass = 'reference safety';

/** Ticks of a look at an edge of the graph: hash tables and short-lived objects take longer than other steps. */
const graphItemTicks = 8;

/** In place of a reference: a value on the stack, a local that holds a value or nothing. */
const VALUE = -1;

interface ReferenceState {
  readonly graph: BorrowGraph;
  /** Reference in each local, or `VALUE`. */
  readonly locals: number[];
}

export function checkReferenceSafety(fn: FunctionContext): void {
  runForward(fn, new ReferenceAnalysis(fn));
}

/** Between blocks the reference in local `i` has this ID, so that states can be compared. */
const idOfLocal = (local: number): number => local + 1;

class ReferenceAnalysis implements Analysis<ReferenceState> {
  private readonly spend = (ticks: number): void => this.fn.charge(graphItemTicks * ticks, pass);

  constructor(private readonly fn: FunctionContext) {}

  entry(): ReferenceState {
    const graph = new BorrowGraph(this.spend);
    const locals = this.fn.locals.map((type, i) =>
      i < this.fn.parameterCount && isReference(type) ? graph.create(isMutableReference(type)) : VALUE,
    );
    const state = { graph, locals };
    canonicalize(state);
    return state;
  }

  copy({ graph, locals }: ReferenceState): ReferenceState {
    this.fn.charge(locals.length, pass);
    return { graph: graph.copy(), locals: [...locals] };
  }

  join(into: ReferenceState, from: ReferenceState): boolean {
    this.fn.charge(into.locals.length, pass);
    let changed = false;
    let other = from.graph;
    into.locals.forEach((id, i) => {
      const isHere = id !== VALUE;
      if (isHere === (from.locals[i] !== VALUE)) return;
      // Held on one side only: nobody can use it any more.
      if (isHere) {
        into.graph.release(idOfLocal(i));
        into.locals[i] = VALUE;
        changed = true;
      } else {
        if (other === from.graph) other = from.graph.copy();
        other.release(idOfLocal(i));
      }
    });
    return into.graph.union(other) || changed;
  }

  run(state: ReferenceState, block: Block): void {
    const step = new BlockReferences(this.fn, state);
    for (let at = block.start; at < block.end; at++) step.step(this.fn.body.code[at]!, at);
    if (block.successors.length > 0) canonicalize(state);
  }
}

function canonicalize(state: ReferenceState): void {
  const rename = new Map<number, number>();
  state.locals.forEach((id, i) => {
    if (id === VALUE) return;
    rename.set(id, idOfLocal(i));
    state.locals[i] = idOfLocal(i);
  });
  state.graph.rename(rename);
}

class BlockReferences {
  private readonly stack: number[] = [];
  private readonly graph: BorrowGraph;
  private at = 0;

  constructor(
    private readonly fn: FunctionContext,
    private readonly state: ReferenceState,
  ) {
    this.graph = state.graph;
  }

  private failIf(condition: boolean, status: string, detail: string): void {
    if (condition) this.fn.fail(pass, status, detail, this.at);
  }

  private pop(): number {
    return this.stack.pop()!;
  }

  private release(id: number): void {
    if (id !== VALUE) this.graph.release(id);
  }

  step(instruction: Instruction, at: number): void {
    this.at = at;
    this.fn.charge(1, pass);
    const { op, operand } = instruction;
    const { graph } = this;
    switch (op) {
      case 'CopyLoc':
        return this.copyLocal(operand);
      case 'MoveLoc':
        return this.moveLocal(operand);
      case 'StLoc':
        return this.storeLocal(operand);
      case 'MutBorrowLoc':
      case 'ImmBorrowLoc':
        return this.borrowLocal(operand, op === 'MutBorrowLoc');
      case 'FreezeRef': {
        const id = this.pop();
        this.failIf(graph.isMutablyBorrowed(id), 'FREEZEREF_EXISTS_MUTABLE_BORROW_ERROR', 'a mutable borrow of it is in use');
        return this.derive(id, [[[], false]]);
      }
      case 'ReadRef':
        return this.read();
      case 'Eq':
      case 'Neq':
        return this.compare();
      case 'WriteRef': {
        const id = this.pop();
        this.pop();
        this.failIf(graph.isBorrowed(id), 'WRITEREF_EXISTS_BORROW_ERROR', 'what is overwritten is borrowed');
        return this.release(id);
      }
      case 'MutBorrowField': case 'ImmBorrowField': case 'MutBorrowFieldGeneric': case 'ImmBorrowFieldGeneric':
        return this.borrowFields([this.fn.context.field(instruction).label], op.startsWith('Mut'));
      case 'UnpackVariantImmRef': case 'UnpackVariantGenericImmRef':
      case 'UnpackVariantMutRef': case 'UnpackVariantGenericMutRef':
        return this.unpackReference(this.fn.context.variant(instruction), op.endsWith('MutRef'));
      case 'VecImmBorrow':
      case 'VecMutBorrow':
        return this.borrowElement(op === 'VecMutBorrow');
      case 'VecPushBack':
        this.pop();
        return this.updateVector();
      case 'VecPopBack':
        this.updateVector();
        this.stack.push(VALUE);
        return;
      case 'VecSwap':
        this.pop();
        this.pop();
        return this.updateVector();
      case 'Call':
      case 'CallGeneric': {
        const { parameters, returns } = this.fn.context.call(instruction);
        return this.call(parameters.length, returns);
      }
      case 'Ret':
        return this.leave();
      default: {
        // Everything else takes and leaves values only, or drops a reference.
        const [pops, pushes] = this.fn.stackEffect(instruction);
        for (let i = 0; i < pops; i++) this.release(this.pop());
        for (let i = 0; i < pushes; i++) this.stack.push(VALUE);
      }
    }
  }

  private copyLocal(local: number): void {
    const id = this.state.locals[local]!;
    if (id === VALUE) {
      this.failIf(this.graph.isLabelMutablyBorrowed(FRAME, local), 'COPYLOC_EXISTS_BORROW_ERROR', `local ${local} is mutably borrowed`);
      this.stack.push(VALUE);
      return;
    }
    const copy = this.graph.create(this.graph.isMutable(id));
    this.graph.borrow(id, [], copy);
    this.stack.push(copy);
  }

  private moveLocal(local: number): void {
    const id = this.state.locals[local]!;
    if (id === VALUE) this.failIf(this.graph.isLabelBorrowed(FRAME, local), 'MOVELOC_EXISTS_BORROW_ERROR', `local ${local} is borrowed`);
    this.state.locals[local] = VALUE;
    this.stack.push(id);
  }

  private storeLocal(local: number): void {
    const old = this.state.locals[local]!;
    if (old === VALUE) this.failIf(this.graph.isLabelBorrowed(FRAME, local), 'STLOC_UNSAFE_TO_DESTROY_ERROR', `local ${local} is borrowed`);
    this.release(old);
    this.state.locals[local] = this.pop();
  }

  private borrowLocal(local: number, mutable: boolean): void {
    if (!mutable)
      this.failIf(this.graph.isLabelMutablyBorrowed(FRAME, local), 'BORROWLOC_EXISTS_BORROW_ERROR', `local ${local} is mutably borrowed`);
    const id = this.graph.create(mutable);
    this.graph.borrow(FRAME, [local], id);
    this.stack.push(id);
  }

  private read(): void {
    const id = this.pop();
    this.failIf(this.graph.isMutablyBorrowed(id), 'READREF_EXISTS_MUTABLE_BORROW_ERROR', 'what is read is mutably borrowed');
    this.release(id);
    this.stack.push(VALUE);
  }

  private compare(): void {
    const operands = [this.pop(), this.pop()].filter((id) => id !== VALUE);
    for (const id of operands)
      this.failIf(this.graph.isMutablyBorrowed(id), 'READREF_EXISTS_MUTABLE_BORROW_ERROR', 'what is compared is mutably borrowed');
    for (const id of operands) this.release(id);
    this.stack.push(VALUE);
  }

  /** Replaces a reference by references borrowed from it along the paths. */
  private derive(from: number, targets: readonly (readonly [labels: readonly number[], mutable: boolean])[]): void {
    for (const [labels, mutable] of targets) {
      const id = this.graph.create(mutable);
      this.graph.borrow(from, labels, id);
      this.stack.push(id);
    }
    this.release(from);
  }

  private borrowFields(labels: readonly number[], mutable: boolean): void {
    const id = this.pop();
    const { graph } = this;
    const status = 'BORROWFIELD_EXISTS_MUTABLE_BORROW_ERROR';
    if (mutable) this.failIf(graph.isWhollyBorrowed(id), status, 'the whole of it is borrowed');
    else for (const label of labels) this.failIf(graph.isLabelMutablyBorrowed(id, label), status, 'the field is mutably borrowed');
    this.derive(id, labels.map((label) => [[label], mutable]));
  }

  private unpackReference({ fieldLabels }: ResolvedDatatype, mutable: boolean): void {
    this.borrowFields(fieldLabels, mutable);
  }

  private borrowElement(mutable: boolean): void {
    this.pop();
    const vector = this.pop();
    const isTaken = mutable ? this.graph.isBorrowed(vector) : this.graph.isMutablyBorrowed(vector);
    this.failIf(isTaken, 'VEC_BORROW_ELEMENT_EXISTS_MUTABLE_BORROW_ERROR', 'an element is borrowed');
    const id = this.graph.create(mutable);
    this.graph.borrowSomewhere(vector, id);
    this.release(vector);
    this.stack.push(id);
  }

  private updateVector(): void {
    const id = this.pop();
    this.failIf(this.graph.isBorrowed(id), 'VEC_UPDATE_EXISTS_MUTABLE_BORROW_ERROR', 'an element is borrowed');
    this.release(id);
  }

  /** A callee may return references into what its arguments point to, mutable ones only into mutable ones. */
  private call(parameterCount: number, returns: readonly PooledType[]): void {
    const { graph } = this;
    const args = this.stack.splice(this.stack.length - parameterCount).filter((id) => id !== VALUE);
    for (const id of args)
      this.failIf(graph.isMutable(id) && graph.isBorrowed(id), 'CALL_BORROWED_MUTABLE_REFERENCE_ERROR', 'a mutable argument is borrowed');
    for (const type of returns) {
      if (!isReference(type)) {
        this.stack.push(VALUE);
        continue;
      }
      const mutable = isMutableReference(type);
      const id = graph.create(mutable);
      for (const arg of args) if (!mutable || graph.isMutable(arg)) graph.borrowSomewhere(arg, id);
      this.stack.push(id);
    }
    for (const id of args) graph.release(id);
  }

  private leave(): void {
    const { graph } = this;
    for (const id of this.state.locals) this.release(id);
    this.failIf(graph.isBorrowed(FRAME), 'UNSAFE_RET_LOCAL_OR_RESOURCE_STILL_BORROWED', 'a returned reference points into the frame');
    for (const id of this.stack)
      this.failIf(id !== VALUE && graph.isMutable(id) && graph.isBorrowed(id), 'RET_BORROWED_MUTABLE_REFERENCE_ERROR', 'a returned mutable reference is borrowed');
    this.stack.length = 0;
  }
}
