/**
 * A programmable transaction between its checks and its run: typed commands whose arguments point to
 * slots (sui-execution.md §1.4). A slot is one place that holds a value: the gas coin, an input used at
 * one type, or one result of a command.
 */
import type { TransactionData } from '../ledger/types.js';
import type { Address, FunctionInfo, MoveType, MoveValue } from '../vm/types.js';
import type { StoredObject } from './objects.js';

export type TransactionDataV1 = NonNullable<TransactionData['V1']>;
export type Programmable = NonNullable<TransactionDataV1['kind']['ProgrammableTransaction']>;
export type Command = Programmable['commands'][number];
export type Argument = NonNullable<Command['MoveCall']>['arguments'][number];
export type CallArg = Programmable['inputs'][number];

/** An input object as the transaction may use it. */
export interface InputObject {
  readonly object: StoredObject;
  readonly kind: 'owned' | 'immutable' | 'shared' | 'consensus';
  /** May be changed: owned objects always, consensus objects when declared so. */
  readonly mutable: boolean;
}

/** Inputs after they were looked up in the store. */
export type ResolvedInput =
  | { readonly kind: 'pure'; readonly bytes: Uint8Array }
  | { readonly kind: 'object'; readonly input: InputObject }
  | { readonly kind: 'receiving'; readonly id: Address; readonly version: bigint; readonly object: StoredObject }
  | {
      readonly kind: 'withdrawal';
      /** `Balance<T>`. */
      readonly type: MoveType;
      readonly owner: Address;
      readonly amount: bigint;
      /** `Coin<T>` when the transaction names a coin reservation: its uses see that coin. */
      readonly coin?: MoveType;
    };

export class Slot {
  /** Holds a value while the commands run. */
  value: MoveValue | undefined;
  /** Object slots: was lent out for writing, so contents may have changed. */
  lentForWriting = false;
  /** The static checks have seen its value move out. */
  moved = false;

  constructor(
    readonly source: 'gas' | 'object' | 'receiving' | 'pure' | 'withdrawal' | 'reservation' | 'result',
    readonly type: MoveType,
    readonly abilities: number,
    readonly input?: ResolvedInput,
  ) {}
}

export type UseMode = 'move' | 'copy' | 'borrow' | 'borrowMut';

/** One use of a slot by a command. */
export interface Use {
  readonly slot: Slot;
  /** `copy` becomes `move` at the last use of a result. */
  mode: UseMode;
  readonly argument: Argument;
}

export type TypedCommand = { readonly results: readonly Slot[] } & (
  | {
      readonly kind: 'call';
      readonly package: Address;
      readonly module: string;
      readonly info: FunctionInfo;
      readonly typeArguments: readonly MoveType[];
      /** In parameter order; `context` is where the runtime puts the TxContext. */
      readonly parameters: readonly (Use | 'context')[];
      readonly uses: readonly Use[];
      /** Types of results, of what references point to where they are references. */
      readonly returnsReference: readonly boolean[];
    }
  | { readonly kind: 'transfer'; readonly uses: readonly Use[] }
  | { readonly kind: 'split'; readonly uses: readonly Use[]; readonly coin: MoveType }
  | { readonly kind: 'merge'; readonly uses: readonly Use[] }
  | { readonly kind: 'makeVector'; readonly uses: readonly Use[]; readonly element: MoveType }
  | {
      readonly kind: 'publish';
      readonly uses: readonly Use[];
      readonly modules: readonly Uint8Array[];
      readonly dependencies: readonly Address[];
    }
  | {
      readonly kind: 'upgrade';
      readonly uses: readonly Use[];
      readonly modules: readonly Uint8Array[];
      readonly dependencies: readonly Address[];
      readonly package: Address;
    }
);

export interface TypedTransaction {
  readonly commands: readonly TypedCommand[];
  readonly gas: Slot | undefined;
  /** Slots of object inputs that some command uses, by object ID. */
  readonly objects: ReadonlyMap<Address, Slot>;
  /** Slots of coin reservations that some command uses. */
  readonly reservations: readonly Slot[];
}

export const ABILITY = { copy: 1, drop: 2, store: 4, key: 8 } as const;
