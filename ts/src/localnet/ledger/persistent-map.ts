/**
 * A map from strings that can be frozen in O(1): a hash array mapped trie whose nodes are changed in place
 * while they belong to the current owner and copied otherwise. `freeze` hands out the root and gives the
 * map a new owner, so a snapshot costs the same whatever the size.
 */

/** Nodes may be changed in place by the map that carries the same token. */
interface OwnerToken {
  readonly map: true;
}

interface Branch<V> {
  readonly owner: OwnerToken;
  /** Which of the 32 children exist. */
  bitmap: number;
  readonly children: (Branch<V> | Leaf<V> | Collision<V>)[];
}

interface Leaf<V> {
  readonly hash: number;
  readonly key: string;
  readonly value: V;
}

/** Keys whose 32-bit hashes are equal. */
interface Collision<V> {
  readonly hash: number;
  readonly leaves: readonly Leaf<V>[];
}

type Node<V> = Branch<V> | Leaf<V> | Collision<V>;

/** What `freeze` answers. */
export interface FrozenMap<V> {
  readonly root: Branch<V> | undefined;
  readonly size: number;
}

/** FNV-1a over UTF-16 code units. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function countBits(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function isBranch<V>(node: Node<V>): node is Branch<V> {
  return 'bitmap' in node;
}

function isCollision<V>(node: Node<V>): node is Collision<V> {
  return 'leaves' in node;
}

export class PersistentMap<V> {
  #root: Branch<V> | undefined;
  #size = 0;
  #owner: OwnerToken = { map: true };

  constructor(frozen?: FrozenMap<V>) {
    this.#root = frozen?.root;
    this.#size = frozen?.size ?? 0;
  }

  get size(): number {
    return this.#size;
  }

  /** The present contents, which no later change touches. */
  freeze(): FrozenMap<V> {
    this.#owner = { map: true };
    return { root: this.#root, size: this.#size };
  }

  /** Goes back to frozen contents. */
  restore(frozen: FrozenMap<V>): void {
    this.#owner = { map: true };
    this.#root = frozen.root;
    this.#size = frozen.size;
  }

  get(key: string): V | undefined {
    if (!this.#root) return undefined;
    const hash = hashOf(key);
    let node: Node<V> = this.#root;
    let shift = 0;
    while (isBranch(node)) {
      const bit = 1 << ((hash >>> shift) & 31);
      if ((node.bitmap & bit) === 0) return undefined;
      node = node.children[countBits(node.bitmap & (bit - 1))]!;
      shift += 5;
    }
    if (isCollision(node)) return node.leaves.find((leaf) => leaf.key === key)?.value;
    return node.key === key ? node.value : undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: V): void {
    const leaf: Leaf<V> = { hash: hashOf(key), key, value };
    this.#root = this.#insert(this.#root ?? this.#branch(0, []), leaf, 0);
  }

  delete(key: string): boolean {
    if (!this.#root || this.get(key) === undefined) return false;
    this.#root = this.#remove(this.#root, hashOf(key), key, 0) as Branch<V> | undefined;
    this.#size--;
    return true;
  }

  *entries(): IterableIterator<[string, V]> {
    if (this.#root) yield* walk(this.#root);
  }

  *keys(): IterableIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  #branch(bitmap: number, children: Node<V>[]): Branch<V> {
    return { owner: this.#owner, bitmap, children };
  }

  /** The branch itself when it may be changed, otherwise a copy that may. */
  #editable(branch: Branch<V>): Branch<V> {
    return branch.owner === this.#owner ? branch : this.#branch(branch.bitmap, branch.children.slice());
  }

  #insert(branch: Branch<V>, leaf: Leaf<V>, shift: number): Branch<V> {
    const edit = this.#editable(branch);
    const bit = 1 << ((leaf.hash >>> shift) & 31);
    const at = countBits(edit.bitmap & (bit - 1));
    if ((edit.bitmap & bit) === 0) {
      edit.bitmap |= bit;
      edit.children.splice(at, 0, leaf);
      this.#size++;
      return edit;
    }
    edit.children[at] = this.#insertInto(edit.children[at]!, leaf, shift + 5);
    return edit;
  }

  #insertInto(node: Node<V>, leaf: Leaf<V>, shift: number): Node<V> {
    if (isBranch(node)) return this.#insert(node, leaf, shift);
    if (isCollision(node)) {
      if (node.hash === leaf.hash) {
        const others = node.leaves.filter((other) => other.key !== leaf.key);
        if (others.length === node.leaves.length) this.#size++;
        return { hash: node.hash, leaves: [...others, leaf] };
      }
    } else {
      if (node.key === leaf.key) return leaf;
      if (node.hash === leaf.hash) {
        this.#size++;
        return { hash: leaf.hash, leaves: [node, leaf] };
      }
    }
    const bit = 1 << ((node.hash >>> shift) & 31);
    return this.#insert(this.#branch(bit, [node]), leaf, shift);
  }

  #remove(node: Node<V>, hash: number, key: string, shift: number): Node<V> | undefined {
    if (isBranch(node)) {
      const edit = this.#editable(node);
      const bit = 1 << ((hash >>> shift) & 31);
      const at = countBits(edit.bitmap & (bit - 1));
      const child = this.#remove(edit.children[at]!, hash, key, shift + 5);
      if (child) edit.children[at] = child;
      else {
        edit.bitmap &= ~bit;
        edit.children.splice(at, 1);
        if (edit.children.length === 0) return undefined;
      }
      return edit;
    }
    if (!isCollision(node)) return undefined;
    const rest = node.leaves.filter((leaf) => leaf.key !== key);
    return rest.length === 1 ? rest[0] : { hash: node.hash, leaves: rest };
  }
}

function* walk<V>(node: Node<V>): IterableIterator<[string, V]> {
  if (isBranch(node)) for (const child of node.children) yield* walk(child);
  else if (isCollision(node)) for (const leaf of node.leaves) yield [leaf.key, leaf.value];
  else yield [node.key, node.value];
}
