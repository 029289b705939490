/**
 * Control-flow graph of a function body: basic blocks, reverse postorder, dominators, loops. Unreachable
 * code is left out.
 */
import { MalformedModuleError } from './errors.js';
import type { FunctionBody } from './module.js';
import type { Instruction } from './opcodes.js';

export interface Block {
  /** Offset of the first instruction, and of the one after the last. */
  readonly start: number;
  readonly end: number;
  /**
   * Offsets control may continue at: none after Ret and Abort, [taken, else] after a conditional branch,
   * one per variant after VariantSwitch.
   */
  readonly successors: readonly number[];
}

export interface ControlFlowGraph {
  /** Reachable blocks in reverse postorder; the entry is the first. */
  readonly blocks: readonly Block[];
  /** Position in `blocks` by start offset. */
  readonly order: ReadonlyMap<number, number>;
  /** Immediate dominator of each block (the entry: itself). */
  readonly dominators: readonly number[];
  /** Number of forward edges into each block, each edge counted. */
  readonly forwardEdges: readonly number[];
  /** Blocks of the natural loop, by header. */
  readonly loops: ReadonlyMap<number, ReadonlySet<number>>;
  /** False if some back edge enters a loop not by its header. */
  readonly reducible: boolean;
}

/** Most basic blocks that are translated; the verifier allows 1024. */
const maxBlocks = 16_384;

function successorsOf(body: FunctionBody, offset: number): readonly number[] | undefined {
  const { op, operand } = body.code[offset]!;
  switch (op) {
    case 'Ret':
    case 'Abort':
      return [];
    case 'Branch':
      return [operand];
    case 'BrTrue':
    case 'BrFalse':
      return [operand, offset + 1];
    case 'VariantSwitch':
      return body.jumpTables[operand]!.targets;
    default:
      return undefined;
  }
}

function findLeaders(body: FunctionBody): Set<number> {
  const leaders = new Set([0]);
  body.code.forEach((_: Instruction, offset) => {
    const successors = successorsOf(body, offset);
    if (successors === undefined) return;
    for (const target of successors) leaders.add(target);
    leaders.add(offset + 1);
  });
  return leaders;
}

function blockAt(body: FunctionBody, leaders: ReadonlySet<number>, start: number): Block {
  for (let offset = start; offset < body.code.length; offset++) {
    const successors = successorsOf(body, offset);
    if (successors !== undefined) return { start, end: offset + 1, successors };
    if (leaders.has(offset + 1) && offset + 1 < body.code.length)
      return { start, end: offset + 1, successors: [offset + 1] };
  }
  throw new MalformedModuleError('code runs past its end');
}

/** Blocks reachable from the entry, in reverse postorder. */
function orderBlocks(body: FunctionBody): Block[] {
  const leaders = findLeaders(body);
  const seen = new Set([0]);
  const postorder: Block[] = [];
  const stack: { block: Block; next: number }[] = [{ block: blockAt(body, leaders, 0), next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const target = top.block.successors[top.next++];
    if (target === undefined) {
      postorder.push(top.block);
      stack.pop();
    } else if (!seen.has(target)) {
      if (seen.size >= maxBlocks) throw new MalformedModuleError('too many basic blocks');
      seen.add(target);
      stack.push({ block: blockAt(body, leaders, target), next: 0 });
    }
  }
  return postorder.reverse();
}

/** Immediate dominators by the iteration of Cooper, Harvey and Kennedy. */
function findDominators(predecessors: readonly (readonly number[])[]): number[] {
  const dominators: number[] = [0];
  const intersect = (a: number, b: number): number => {
    let [x, y] = [a, b];
    while (x !== y) {
      while (x > y) x = dominators[x]!;
      while (y > x) y = dominators[y]!;
    }
    return x;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 1; i < predecessors.length; i++) {
      const known = predecessors[i]!.filter((p) => dominators[p] !== undefined);
      const dominator = known.reduce(intersect);
      if (dominators[i] !== dominator) {
        dominators[i] = dominator;
        changed = true;
      }
    }
  }
  return dominators;
}

export function buildControlFlow(body: FunctionBody): ControlFlowGraph {
  const blocks = orderBlocks(body);
  const order = new Map(blocks.map((b, i) => [b.start, i]));
  const predecessors: number[][] = blocks.map(() => []);
  blocks.forEach((b, i) => {
    for (const target of b.successors) predecessors[order.get(target)!]!.push(i);
  });
  const dominators = findDominators(predecessors);
  const dominates = (a: number, b: number): boolean => {
    let at = b;
    while (at > a) at = dominators[at]!;
    return at === a;
  };
  const loops = new Map<number, Set<number>>();
  let reducible = true;
  predecessors.forEach((sources, header) => {
    for (const source of sources.filter((s) => s >= header)) {
      if (!dominates(header, source)) reducible = false;
      const members = loops.get(header) ?? new Set([header]);
      loops.set(header, members);
      for (const work = [source]; work.length > 0; ) {
        const block = work.pop()!;
        if (members.has(block)) continue;
        members.add(block);
        work.push(...predecessors[block]!);
      }
    }
  });
  const forwardEdges = predecessors.map((sources, i) => sources.filter((s) => s < i).length);
  return { blocks, order, dominators, forwardEdges, loops, reducible };
}
