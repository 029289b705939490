/**
 * Turns a control-flow graph into nested JavaScript: labelled blocks for joins, loops for loop headers
 * (after Ramsey, "Beyond Relooper", 2022). Every piece ends in an explicit transfer of control, so pieces
 * can be put one after the other. An irreducible graph becomes a loop around a switch.
 */
import type { ControlFlowGraph } from './cfg.js';

/** How a block ends, in terms of JavaScript expressions. */
export type Terminator =
  | { readonly kind: 'leave' }
  | { readonly kind: 'jump' }
  | { readonly kind: 'branch'; readonly condition: string }
  | { readonly kind: 'switch'; readonly tag: string };

export interface TranslatedBlock {
  readonly statements: string;
  /** `jump`: first successor. `branch`: first successor if the condition holds, else the second. */
  readonly terminator: Terminator;
}

/** Source of the whole body. `translate` is called once per block. */
export function structureBody(cfg: ControlFlowGraph, translate: (block: number) => TranslatedBlock): string {
  return cfg.reducible ? new Structurer(cfg, translate).tree(0) : switchLoop(cfg, translate);
}

function emitTerminator(block: TranslatedBlock, successors: readonly number[], go: (to: number) => string): string {
  const { terminator } = block;
  switch (terminator.kind) {
    case 'leave':
      return '';
    case 'jump':
      return go(successors[0]!);
    case 'branch':
      return `if(${terminator.condition}){${go(successors[0]!)}}${go(successors[1]!)}`;
    case 'switch': {
      const cases = successors.map((to, tag) => `case ${tag}:{${go(to)}}`);
      return `switch(${terminator.tag}){${cases.join('')}}throw bad();`;
    }
  }
}

class Structurer {
  private readonly children: number[][];

  constructor(
    private readonly cfg: ControlFlowGraph,
    private readonly translate: (block: number) => TranslatedBlock,
  ) {
    this.children = cfg.blocks.map(() => []);
    cfg.dominators.forEach((dominator, i) => {
      if (i !== 0) this.children[dominator]!.push(i);
    });
  }

  /** Blocks that are reached by `break` because they follow their dominator's labelled block. */
  private readonly following = new Set<number>();

  /** The block and everything it dominates. */
  tree(block: number): string {
    const loop = this.cfg.loops.get(block);
    const joins = this.children[block]!.filter((c) => this.cfg.forwardEdges[c]! > 1);
    // Exits of a loop go behind it, so that code after a loop is not nested in it.
    const exits = loop === undefined ? [] : this.children[block]!.filter((c) => !loop.has(c));
    for (const follower of [...joins, ...exits]) this.following.add(follower);
    const inside = joins.filter((j) => !exits.includes(j));
    let source = this.within(block, inside);
    if (loop !== undefined) source = `L${block}:for(;;){${source}}`;
    return this.wrap(source, exits);
  }

  private within(block: number, joins: readonly number[]): string {
    const translated = this.translate(block);
    const successors = this.cfg.blocks[block]!.successors.map((s) => this.cfg.order.get(s)!);
    const end = this.endOf(block, translated, successors);
    return this.wrap(translated.statements + end, joins);
  }

  private wrap(source: string, followers: readonly number[]): string {
    let wrapped = source;
    for (const follower of [...followers].sort((a, b) => a - b))
      wrapped = `B${follower}:{${wrapped}}${this.tree(follower)}`;
    return wrapped;
  }

  private endOf(block: number, translated: TranslatedBlock, successors: readonly number[]): string {
    const go = (to: number): string => {
      if (to <= block) return `continue L${to};`;
      return this.following.has(to) ? `break B${to};` : this.tree(to);
    };
    const { terminator } = translated;
    // The piece that is not a mere jump goes last and is not nested.
    if (terminator.kind === 'branch' && this.isInline(block, successors[0]!) && !this.isInline(block, successors[1]!)) {
      const swapped = { ...translated, terminator: { kind: 'branch', condition: `!(${terminator.condition})` } as const };
      return emitTerminator(swapped, [successors[1]!, successors[0]!], go);
    }
    return emitTerminator(translated, successors, go);
  }

  private isInline(block: number, to: number): boolean {
    return to > block && !this.following.has(to);
  }
}

function switchLoop(cfg: ControlFlowGraph, translate: (block: number) => TranslatedBlock): string {
  const go = (to: number): string => `at=${to};continue D;`;
  const cases = cfg.blocks.map((block, i) => {
    const translated = translate(i);
    const successors = block.successors.map((s) => cfg.order.get(s)!);
    return `case ${i}:{${translated.statements}${emitTerminator(translated, successors, go)}}`;
  });
  return `let at=0;D:for(;;)switch(at){${cases.join('')}}`;
}
