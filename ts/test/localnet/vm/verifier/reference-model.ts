/**
 * A concrete model of references: random programs of borrows, copies, writes, branches and loops over one
 * struct, and a run of them on references that know their exact paths. In a program that the verifier
 * accepts none may be used after what it points to, or into, was overwritten through another one.
 */
import { VerificationError, readModule, verifyModule } from '../../../../src/localnet/vm/verifier/index.js';
import { ModuleEditor, mutable, reference } from './module-editor.js';
import type { Code } from './module-editor.js';
import type { Random } from './mutation.js';

type Shape = 'Pair' | 'Plain' | 'U64';
interface Slot {
  readonly shape: Shape;
  readonly mutable: boolean;
}
/** Local 0 holds a `Pair`, local 1 a bool that branches read, the others references: two of every kind. */
const firstSlot = 2;
const slots: readonly Slot[] = (['Pair', 'Plain', 'U64'] as const).flatMap((shape) => [true, true, false, false].map((m) => ({ shape, mutable: m })));
const fieldsOf: Readonly<Record<Shape, readonly (readonly [name: string, shape: Shape])[]>> = {
  Pair: [['left', 'Plain'], ['right', 'Plain']],
  Plain: [['a', 'U64']],
  U64: [],
};

/** One step of a program; each leaves the operand stack empty. */
export type Step =
  | { readonly kind: 'borrow'; readonly to: number }
  | { readonly kind: 'derive'; readonly from: number; readonly to: number; readonly move: boolean; readonly field: string | undefined; readonly call: boolean }
  | { readonly kind: 'write' | 'read' | 'drop'; readonly from: number }
  | { readonly kind: 'assign' }
  | { readonly kind: 'branch'; readonly to: number };

function randomStep(random: Random, count: number): Step {
  const any = (): number => random.below(slots.length);
  const like = (test: (s: Slot) => boolean): number => random.pick([...slots.keys()].filter((i) => test(slots[i]!)));
  switch (random.below(10)) {
    case 0:
    case 1:
      return { kind: 'borrow', to: like((s) => s.shape === 'Pair') };
    case 2:
    case 3:
    case 4:
    case 5: {
      const from = any();
      const source = slots[from]!;
      const fields = fieldsOf[source.shape];
      const field = fields.length > 0 && random.below(3) > 0 ? random.pick(fields) : undefined;
      const to = like((s) => s.shape === (field?.[1] ?? source.shape) && (source.mutable || !s.mutable));
      return { kind: 'derive', from, to, move: random.below(3) === 0, field: field?.[0], call: random.below(4) === 0 };
    }
    case 6:
      return random.below(4) === 0 ? { kind: 'assign' } : { kind: 'write', from: like((s) => s.mutable) };
    case 7:
      return { kind: 'read', from: any() };
    case 8:
      return { kind: 'drop', from: any() };
    default:
      return { kind: 'branch', to: random.below(count + 1) };
  }
}

const valueOf = (m: ModuleEditor, shape: Shape): Code[] => {
  if (shape === 'U64') return [{ LdU64: 7n }];
  if (shape === 'Plain') return [{ LdU64: 7n }, 'LdTrue', { Pack: m.struct('Plain') }];
  return [...valueOf(m, 'Plain'), ...valueOf(m, 'Plain'), { Pack: m.struct('Pair') }];
};

function instructions(m: ModuleEditor, step: Step, offsetOf: (step: number) => number): Code[] {
  switch (step.kind) {
    case 'borrow':
      return [{ [slots[step.to]!.mutable ? 'MutBorrowLoc' : 'ImmBorrowLoc']: 0 }, { StLoc: step.to + firstSlot }];
    case 'derive': {
      const [source, target] = [slots[step.from]!, slots[step.to]!];
      const code: Code[] = [{ [step.move ? 'MoveLoc' : 'CopyLoc']: step.from + firstSlot }];
      if (step.field !== undefined) code.push({ [target.mutable ? 'MutBorrowField' : 'ImmBorrowField']: m.field(source.shape, step.field) });
      else if (source.mutable && !target.mutable) code.push('FreezeRef');
      const type = target.shape === 'U64' ? 'U64' : m.type(target.shape);
      if (step.call) code.push({ CallGeneric: m.functionInstance(target.mutable ? 'pick_mut' : 'pick', type) });
      return [...code, { StLoc: step.to + firstSlot }];
    }
    case 'write':
      return [...valueOf(m, slots[step.from]!.shape), { CopyLoc: step.from + firstSlot }, 'WriteRef'];
    case 'read':
      return [{ CopyLoc: step.from + firstSlot }, 'ReadRef', 'Pop'];
    case 'drop':
      return [{ MoveLoc: step.from + firstSlot }, 'Pop'];
    case 'assign':
      return [...valueOf(m, 'Pair'), { StLoc: 0 }];
    case 'branch':
      return [{ CopyLoc: 1 }, { BrTrue: offsetOf(step.to) }];
  }
}

function assemble(m: ModuleEditor, steps: readonly Step[]): void {
  const sizes = steps.map((s) => instructions(m, s, () => 0).length);
  const offsetOf = (step: number): number => sizes.slice(0, step).reduce((a, b) => a + b, 0);
  m.set('slot', {
    parameters: [m.type('Pair'), 'Bool'],
    locals: slots.map((s) => {
      const type = s.shape === 'U64' ? 'U64' : m.type(s.shape);
      return s.mutable ? mutable(type) : reference(type);
    }),
    code: [...steps.flatMap((s) => instructions(m, s, offsetOf)), 'Ret'],
  });
}

interface Pointer {
  readonly path: readonly string[];
  valid: boolean;
}

const isPrefix = (a: readonly string[], b: readonly string[]): boolean => a.every((label, i) => b[i] === label);

/** Runs the program with random branches; the sentence of the first violation, or undefined. */
export function violation(steps: readonly Step[], random: Random): string | undefined {
  const held = new Map<number, Pointer>();
  const use = (slot: number): Pointer => {
    const pointer = held.get(slot);
    if (pointer === undefined) throw new Error(`slot ${slot} is empty`);
    return pointer;
  };
  /** Everything below the path has changed, and what immutable references see. */
  const overwrite = (path: readonly string[], by: number | undefined): void => {
    for (const [slot, pointer] of held) {
      if (slot === by) continue;
      const isBelow = isPrefix(path, pointer.path) && (pointer.path.length > path.length || by === undefined);
      const isSeen = !slots[slot]!.mutable && (isPrefix(path, pointer.path) || isPrefix(pointer.path, path));
      if (isBelow || isSeen) pointer.valid = false;
    }
  };
  let at = 0;
  for (let i = 0; i < 60 && at < steps.length; i++) {
    const step = steps[at]!;
    at++;
    switch (step.kind) {
      case 'borrow':
        held.set(step.to, { path: [], valid: true });
        break;
      case 'derive': {
        const { path, valid } = use(step.from);
        if (!valid) return `step ${at - 1} uses slot ${step.from}`;
        if (step.move) held.delete(step.from);
        held.set(step.to, { path: step.field === undefined ? path : [...path, step.field], valid: true });
        break;
      }
      case 'write':
      case 'read':
      case 'drop': {
        const { path, valid } = use(step.from);
        if (!valid) return `step ${at - 1} uses slot ${step.from}`;
        if (step.kind === 'write') overwrite(path, step.from);
        if (step.kind === 'drop') held.delete(step.from);
        break;
      }
      case 'assign':
        overwrite([], undefined);
        break;
      case 'branch':
        if (random.below(2) === 0) at = step.to;
    }
  }
  return undefined;
}

/** Whether the program passes, as the body of a function of the fixture module. */
export function isAccepted(rules: Uint8Array, steps: readonly Step[]): boolean {
  const m = new ModuleEditor(rules);
  assemble(m, steps);
  try {
    verifyModule(readModule(m.bytes()));
    return true;
  } catch (error) {
    if (error instanceof VerificationError) return false;
    throw error;
  }
}

/** Grows a program step by step, keeping only steps that the verifier accepts. */
export function growProgram(rules: Uint8Array, random: Random, tries: number): Step[] {
  let steps: Step[] = [];
  for (let i = 0; i < tries; i++) {
    const at = random.below(steps.length + 1);
    const shifted = steps.map((s) => (s.kind === 'branch' && s.to > at ? { ...s, to: s.to + 1 } : s));
    const next = [...shifted.slice(0, at), randomStep(random, steps.length), ...shifted.slice(at)];
    if (isAccepted(rules, next)) steps = next;
  }
  return steps;
}
