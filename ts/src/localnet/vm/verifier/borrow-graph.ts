/**
 * The borrow graph of reference safety (after Blackshear et al., "The Move Borrow Checker", 2022). Nodes
 * are references; an edge says that the child may point to what its parent points to, or into it, along one
 * of the edge's paths. Node 0 stands for the frame: its paths begin with a local.
 *
 * What holds between operations: a live reference that points into another is reached from it by edges.
 * Borrowing again puts the new reference between the old one and those already borrowed along that path
 * ("factoring"), so that whoever is written through later has all of them below it.
 */

/** Field labels from the parent; an open path may go on for any number of labels. */
export interface BorrowPath {
  readonly labels: readonly number[];
  readonly open: boolean;
}

export const FRAME = 0;

/** Paths by their text. Shared between copies of a graph, so never changed once made. */
type Paths = ReadonlyMap<string, BorrowPath>;

interface Node {
  readonly mutable: boolean;
  readonly children: Map<number, Paths>;
  readonly parents: Set<number>;
}

const textOf = ({ labels, open }: BorrowPath): string => `${labels.join('.')}${open ? '*' : ''}`;

function startsWith(path: BorrowPath, prefix: readonly number[]): boolean {
  return path.labels.length >= prefix.length && prefix.every((label, i) => path.labels[i] === label);
}

/** First along `a`, then along `b`. */
function concatenate(a: BorrowPath, b: BorrowPath): BorrowPath {
  return a.open ? a : { labels: [...a.labels, ...b.labels], open: b.open };
}

export class BorrowGraph {
  private nodes = new Map<number, Node>([[FRAME, { mutable: true, children: new Map(), parents: new Set() }]]);
  private nextId = 1;

  /** `spend` is told of every edge or path that is looked at. */
  constructor(private readonly spend: (ticks: number) => void) {}

  private node(id: number): Node {
    return this.nodes.get(id)!;
  }

  isMutable(id: number): boolean {
    return this.node(id).mutable;
  }

  create(mutable: boolean): number {
    const id = this.nextId++;
    this.nodes.set(id, { mutable, children: new Map(), parents: new Set() });
    return id;
  }

  /** Adds a path; true if it was not there. A reference does not borrow from itself. */
  private addPath(parent: number, path: BorrowPath, child: number): boolean {
    if (parent === child) return false;
    const { children } = this.node(parent);
    const paths = children.get(child);
    const text = textOf(path);
    if (paths?.has(text)) return false;
    this.spend(1 + path.labels.length + (paths?.size ?? 0));
    if (paths === undefined) this.node(child).parents.add(parent);
    children.set(child, new Map(paths).set(text, path));
    return true;
  }

  /** The child points exactly along the labels. What was borrowed along them is then borrowed from a mutable child. */
  borrow(parent: number, labels: readonly number[], child: number): void {
    if (this.isMutable(child)) this.factor(parent, labels, child);
    this.addPath(parent, { labels, open: false }, child);
  }

  /** The child points to somewhere in what the parent points to. */
  borrowSomewhere(parent: number, child: number): void {
    this.addPath(parent, { labels: [], open: true }, child);
  }

  private factor(parent: number, labels: readonly number[], child: number): void {
    const { children } = this.node(parent);
    for (const [other, paths] of children) {
      this.spend(paths.size);
      const rest = new Map(paths);
      for (const [text, path] of paths) {
        if (!startsWith(path, labels)) continue;
        rest.delete(text);
        this.addPath(child, { labels: path.labels.slice(labels.length), open: path.open }, other);
      }
      if (rest.size === paths.size) continue;
      if (rest.size > 0) children.set(other, rest);
      else {
        children.delete(other);
        this.node(other).parents.delete(parent);
      }
    }
  }

  /** The reference is gone: what was borrowed from it is borrowed from what it was borrowed from. */
  release(id: number): void {
    const { children, parents } = this.node(id);
    for (const parent of parents) {
      const paths = this.node(parent).children.get(id)!;
      this.node(parent).children.delete(id);
      for (const [child, below] of children) {
        this.spend(paths.size * below.size);
        for (const first of paths.values()) for (const then of below.values()) this.addPath(parent, concatenate(first, then), child);
      }
    }
    for (const child of children.keys()) this.node(child).parents.delete(id);
    this.nodes.delete(id);
  }

  /** Whether a child for which `matches` holds has a path for which `along` holds. */
  private some(id: number, matches: (child: Node) => boolean, along: (path: BorrowPath) => boolean): boolean {
    for (const [child, paths] of this.node(id).children) {
      this.spend(paths.size);
      if (!matches(this.node(child))) continue;
      for (const path of paths.values()) if (along(path)) return true;
    }
    return false;
  }

  /** Anything borrowed from it: it cannot be written through. */
  isBorrowed(id: number): boolean {
    return this.some(id, () => true, () => true);
  }

  /** Anything borrowed mutably from it: it cannot be read through. */
  isMutablyBorrowed(id: number): boolean {
    return this.some(id, (child) => child.mutable, () => true);
  }

  /** A child that may point to all of what this one points to. */
  isWhollyBorrowed(id: number): boolean {
    return this.some(id, () => true, (path) => path.labels.length === 0);
  }

  /** Anything borrowed mutably along the label, or of the whole. */
  isLabelMutablyBorrowed(id: number, label: number): boolean {
    return this.some(id, (child) => child.mutable, (path) => path.labels.length === 0 || path.labels[0] === label);
  }

  /** Anything borrowed along the label. */
  isLabelBorrowed(id: number, label: number): boolean {
    return this.some(id, () => true, (path) => path.labels.length === 0 || path.labels[0] === label);
  }

  copy(): BorrowGraph {
    const graph = new BorrowGraph(this.spend);
    graph.nextId = this.nextId;
    graph.nodes = new Map(
      [...this.nodes].map(([id, { mutable, children, parents }]) => {
        this.spend(1 + children.size);
        return [id, { mutable, children: new Map(children), parents: new Set(parents) }];
      }),
    );
    return graph;
  }

  /** Gives every reference the ID that `rename` has for it; the IDs must cover all that are live. */
  rename(rename: ReadonlyMap<number, number>): void {
    if ([...rename].every(([from, to]) => from === to)) return;
    this.spend(rename.size);
    const to = (id: number): number => (id === FRAME ? FRAME : rename.get(id)!);
    this.nodes = new Map(
      [...this.nodes].map(([id, { mutable, children, parents }]) => [
        to(id),
        { mutable, children: new Map(Array.from(children, ([c, paths]) => [to(c), paths])), parents: new Set(Array.from(parents, to)) },
      ]),
    );
    this.nextId = Math.max(0, ...this.nodes.keys()) + 1;
  }

  /** Adds the edges of a graph with the same nodes; true if there was a new one. */
  union(other: BorrowGraph): boolean {
    let changed = false;
    for (const [parent, { children }] of other.nodes)
      for (const [child, paths] of children) {
        this.spend(paths.size);
        if (this.node(parent).children.get(child) === paths) continue;
        for (const path of paths.values()) if (this.addPath(parent, path, child)) changed = true;
      }
    return changed;
  }
}
