/**
 * Second pass over a typed transaction: how input objects may be used, values that are moved or borrowed,
 * values that may not be dropped, and the hot-potato rule of private entry functions
 * (sui-execution.md §1.4, §1.5). Each rule runs over the whole transaction before the next one.
 */
import { ABILITY, type Slot, type TypedCommand, type TypedTransaction, type Use } from './ptb.js';
import { ExecutionFailure, fail, failArgument } from './status.js';
import { SUI_ADDRESS } from './type-tags.js';

/** @throws ExecutionFailure with the command index where there is one */
export function checkTransaction(transaction: TypedTransaction, checks: boolean): void {
  if (checks) eachCommand(transaction, checkInputObjects);
  eachCommand(transaction, checkMoves);
  markLastUses(transaction);
  if (checks) {
    checkDrops(transaction);
    const cliques = new Cliques();
    eachCommand(transaction, (command) => cliques.add(command));
  }
}

function eachCommand(transaction: TypedTransaction, check: (command: TypedCommand) => void): void {
  for (const [index, command] of transaction.commands.entries()) {
    try {
      check(command);
    } catch (error) {
      if (error instanceof ExecutionFailure) error.command ??= index;
      throw error;
    }
  }
}

/** Immutable and read-only inputs are only read; the gas coin moves only in a transfer. */
function checkInputObjects(command: TypedCommand): void {
  for (const [index, use] of command.uses.entries()) {
    const input = use.slot.input?.kind === 'object' ? use.slot.input.input : undefined;
    if (input && !input.mutable) {
      if (use.mode === 'move' || use.mode === 'copy') failArgument(index, 'InvalidObjectByValue');
      if (use.mode === 'borrowMut') failArgument(index, 'InvalidObjectByMutRef');
    }
    if (use.slot.source === 'gas' && use.mode === 'move' && command.kind !== 'transfer' && !isSendFunds(command)) {
      failArgument(index, 'InvalidGasCoinUsage');
    }
  }
}

function isSendFunds(command: TypedCommand): boolean {
  return (
    command.kind === 'call' &&
    command.package === SUI_ADDRESS &&
    command.module === 'coin' &&
    command.info.name === 'send_funds'
  );
}

function checkMoves(command: TypedCommand): void {
  const borrowed = new Map<Slot, { readonly index: number; readonly mutable: boolean }>();
  for (const [index, use] of command.uses.entries()) {
    const { slot, mode } = use;
    if (slot.moved) failArgument(index, 'ArgumentWithoutValue');
    const earlier = borrowed.get(slot);
    switch (mode) {
      case 'move':
        if (earlier) failArgument(index, 'CannotMoveBorrowedValue');
        slot.moved = true;
        break;
      case 'copy':
        break;
      case 'borrow':
      case 'borrowMut': {
        const mutable = mode === 'borrowMut';
        if (earlier && (earlier.mutable || mutable)) {
          failArgument(earlier.mutable ? earlier.index : index, 'InvalidReferenceArgument');
        }
        borrowed.set(slot, { index, mutable });
        break;
      }
    }
  }
}

/** The last use of a copyable result by value moves it, so that nothing is left to drop. */
function markLastUses(transaction: TypedTransaction): void {
  const usedLater = new Set<Slot>();
  for (const command of [...transaction.commands].reverse()) {
    for (const use of [...command.uses].reverse()) {
      const { slot } = use;
      if (use.mode === 'copy' && slot.source === 'result' && !usedLater.has(slot) && !borrowedIn(command.uses, slot)) {
        use.mode = 'move';
        slot.moved = true;
      }
      usedLater.add(slot);
    }
  }
}

function borrowedIn(uses: readonly Use[], slot: Slot): boolean {
  return uses.some((use) => use.slot === slot && (use.mode === 'borrow' || use.mode === 'borrowMut'));
}

function checkDrops(transaction: TypedTransaction): void {
  for (const [resultIdx, command] of transaction.commands.entries()) {
    for (const [secondaryIdx, slot] of command.results.entries()) {
      if (!slot.moved && (slot.abilities & ABILITY.drop) === 0) {
        fail('UnusedValueWithoutDrop', { resultIdx, secondaryIdx });
      }
    }
  }
}

/** Values that flowed together, and how many of them are hot. Union–find with a count at the root. */
class Cliques {
  readonly #root = new Map<Slot, Clique>();

  add(command: TypedCommand): void {
    const own = command.uses.map((use) => this.#of(use.slot));
    const heatBefore = own.map((clique) => find(clique).heat);
    const merged = own.reduce<Clique>((left, right) => unite(left, right), { parent: undefined, heat: 0 });
    for (const use of command.uses) {
      if (use.mode !== 'move') continue;
      if (isHot(use.slot)) find(merged).heat--;
      if (use.slot.input?.kind === 'object' && use.slot.input.input.kind === 'shared') find(merged).heat = Infinity;
    }
    const isPrivateEntry = command.kind === 'call' && command.info.isEntry && command.info.visibility !== 'public';
    if (isPrivateEntry && find(merged).heat > 0) {
      const index = heatBefore.findIndex((heat) => heat > 0);
      failArgument(Math.max(index, 0), 'InvalidArgumentToPrivateEntryFunction');
    }
    for (const slot of command.results) {
      this.#root.set(slot, merged);
      if (isHot(slot)) find(merged).heat++;
    }
  }

  #of(slot: Slot): Clique {
    let clique = this.#root.get(slot);
    if (!clique) {
      clique = { parent: undefined, heat: 0 };
      this.#root.set(slot, clique);
    }
    return clique;
  }
}

interface Clique {
  parent: Clique | undefined;
  heat: number;
}

function find(clique: Clique): Clique {
  let root = clique;
  while (root.parent) root = root.parent;
  return root;
}

function unite(left: Clique, right: Clique): Clique {
  const a = find(left);
  const b = find(right);
  if (a !== b) {
    b.parent = a;
    a.heat += b.heat;
  }
  return a;
}

/** A value that must be consumed and cannot be kept: neither `store` nor `drop`. */
function isHot(slot: Slot): boolean {
  return slot.source === 'result' && (slot.abilities & (ABILITY.store | ABILITY.drop)) === 0;
}

