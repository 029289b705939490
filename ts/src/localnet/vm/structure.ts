/**
 * Turns a control-flow graph into nested code: labelled blocks for joins, loops for loop headers
 * (after Ramsey, "Beyond Relooper", 2022). Every piece ends in an explicit transfer of control, so pieces
 * can be put one after the other. In JavaScript an irreducible graph becomes a loop around a switch.
 */
import type { ControlFlowGraph } from './cfg.js';

/** How the target language spells structured control flow. */
export interface StructureSyntax {
  block(label: number, body: string): string;
  loop(label: number, body: string): string;
  /** Leaves the block of this label. */
  leaveBlock(label: number): string;
  /** Goes back to the head of the loop of this label. */
  repeat(label: number): string;
  branch(condition: string, then: string, otherwise: string): string;
  not(condition: string): string;
  choose(tag: string, cases: readonly string[]): string;
}

const javaScript: StructureSyntax = {
  block: (label, body) => `B${label}:{${body}}`,
  loop: (label, body) => `L${label}:for(;;){${body}}`,
  leaveBlock: (label) => `break B${label};`,
  repeat: (label) => `continue L${label};`,
  branch: (condition, then, otherwise) => `if(${condition}){${then}}${otherwise}`,
  not: (condition) => `!(${condition})`,
  choose: (tag, cases) => `switch(${tag}){${cases.map((code, i) => `case ${i}:{${code}}`).join('')}}throw bad();`,
};

/** How a block ends, in terms of expressions of the target language. */
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

/** JavaScript of the whole body. `translate` is called once per block. */
export function structureBody(cfg: ControlFlowGraph, translate: (block: number) => TranslatedBlock): string {
  return cfg.reducible ? structureReducible(cfg, translate, javaScript) : switchLoop(cfg, translate);
}

/** The whole body of a reducible graph in another language. */
export function structureReducible(
  cfg: ControlFlowGraph, translate: (block: number) => TranslatedBlock, syntax: StructureSyntax,
): string {
  return new Structurer(cfg, translate, syntax).tree(0);
}

function emitTerminator(
  { terminator }: TranslatedBlock, successors: readonly number[], go: (to: number) => string, syntax: StructureSyntax,
): string {
  switch (terminator.kind) {
    case 'leave':
      return '';
    case 'jump':
      return go(successors[0]!);
    case 'branch':
      return syntax.branch(terminator.condition, go(successors[0]!), go(successors[1]!));
    case 'switch':
      return syntax.choose(terminator.tag, successors.map(go));
  }
}

class Structurer {
  private readonly children: number[][];

  constructor(
    private readonly cfg: ControlFlowGraph,
    private readonly translate: (block: number) => TranslatedBlock,
    private readonly syntax: StructureSyntax,
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
    if (loop !== undefined) source = this.syntax.loop(block, source);
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
      wrapped = this.syntax.block(follower, wrapped) + this.tree(follower);
    return wrapped;
  }

  private endOf(block: number, translated: TranslatedBlock, successors: readonly number[]): string {
    const go = (to: number): string => {
      if (to <= block) return this.syntax.repeat(to);
      return this.following.has(to) ? this.syntax.leaveBlock(to) : this.tree(to);
    };
    const { terminator } = translated;
    // The piece that is not a mere jump goes last and is not nested.
    if (terminator.kind === 'branch' && this.isInline(block, successors[0]!) && !this.isInline(block, successors[1]!)) {
      const condition = this.syntax.not(terminator.condition);
      const swapped = { ...translated, terminator: { kind: 'branch', condition } as const };
      return emitTerminator(swapped, [successors[1]!, successors[0]!], go, this.syntax);
    }
    return emitTerminator(translated, successors, go, this.syntax);
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
    return `case ${i}:{${translated.statements}${emitTerminator(translated, successors, go, javaScript)}}`;
  });
  return `let at=0;D:for(;;)switch(at){${cases.join('')}}`;
}
