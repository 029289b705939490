/**
 * First pass over a programmable transaction: resolves functions and types, gives every argument a slot
 * and a type (sui-execution.md §1.4–1.6). Nothing runs; failures carry the command index.
 */
import { BcsError, TypeResolutionError, type MoveVm } from '../vm/index.js';
import type { Address, FunctionInfo, MoveType, SignatureType } from '../vm/types.js';
import type { MovePackage } from './objects.js';
import {
  ABILITY,
  Slot,
  type Argument,
  type Command,
  type Programmable,
  type ResolvedInput,
  type TypedCommand,
  type TypedTransaction,
  type Use,
  type UseMode,
} from './ptb.js';
import { checkLinkage } from './linkage.js';
import { PureBytesError, isPureType, readPure } from './pure.js';
import { ExecutionFailure, fail, failArgument, failTypeArgument } from './status.js';
import {
  ADDRESS_TYPE,
  GAS_COIN_TYPE,
  SUI_ADDRESS,
  U64_TYPE,
  coinTypeArgument,
  frameworkType,
  parseType,
  singleArgument,
  typeToText,
  typesEqual,
} from './type-tags.js';

const TICKET_TYPE = frameworkType('package', 'UpgradeTicket');
const RECEIPT_TYPE = frameworkType('package', 'UpgradeReceipt');
const CAP_TYPE = frameworkType('package', 'UpgradeCap');

export interface TypingContext {
  readonly vm: MoveVm;
  readonly inputs: readonly ResolvedInput[];
  /** False when the payment has no gas coin. */
  readonly hasGasCoin: boolean;
  /** False: development inspection, where visibility and pure types are free. */
  readonly checks: boolean;
  readonly getPackage: (storageId: Address) => MovePackage | undefined;
}

/** Types a whole transaction. @throws ExecutionFailure with the command index */
export function typeTransaction(ptb: Programmable, context: TypingContext): TypedTransaction {
  const typer = new Typer(context);
  for (const [index, command] of ptb.commands.entries()) {
    try {
      typer.add(command);
    } catch (error) {
      if (error instanceof ExecutionFailure) error.command ??= index;
      throw error;
    }
  }
  return typer;
}

class Typer implements TypedTransaction {
  readonly commands: TypedCommand[] = [];
  readonly objects = new Map<Address, Slot>();
  readonly reservations: Slot[] = [];
  gas: Slot | undefined;
  readonly #context: TypingContext;
  /** Slots of inputs: one per object, one per pure input and type. */
  readonly #inputSlots = new Map<string, Slot>();

  constructor(context: TypingContext) {
    this.#context = context;
    if (context.hasGasCoin) this.gas = new Slot('gas', GAS_COIN_TYPE, ABILITY.store | ABILITY.key);
  }

  add(command: Command): void {
    this.commands.push(this.#type(command));
  }

  #type(command: Command): TypedCommand {
    switch (command.$kind) {
      case 'MoveCall':
        return this.#call(command.MoveCall);
      case 'TransferObjects':
        return this.#transfer(command.TransferObjects);
      case 'SplitCoins':
        return this.#split(command.SplitCoins);
      case 'MergeCoins':
        return this.#merge(command.MergeCoins);
      case 'MakeMoveVec':
        return this.#makeVector(command.MakeMoveVec);
      case 'Publish':
        return {
          kind: 'publish',
          uses: [],
          modules: command.Publish.modules.map(fromBase64),
          dependencies: command.Publish.dependencies,
          results: [this.#resultSlot(CAP_TYPE)],
        };
      case 'Upgrade':
        return {
          kind: 'upgrade',
          uses: [this.#use(command.Upgrade.ticket, 0, TICKET_TYPE, 'move')],
          modules: command.Upgrade.modules.map(fromBase64),
          dependencies: command.Upgrade.dependencies,
          package: command.Upgrade.package,
          results: [this.#resultSlot(RECEIPT_TYPE)],
        };
      default:
        return command satisfies never;
    }
  }

  #resultSlot(type: MoveType): Slot {
    return new Slot('result', type, this.#abilities(type));
  }

  #abilities(type: MoveType): number {
    return this.#context.vm.abilities(type);
  }

  #call(call: NonNullable<Command['MoveCall']>): TypedCommand {
    const { vm, checks } = this.#context;
    const pkg = this.#context.getPackage(call.package);
    if (!pkg) return fail('FunctionNotFound', true, `no package ${call.package}`);
    const info = vm.functionInfo(call.package, call.module, call.function);
    if (!info) fail('FunctionNotFound', true, `${call.package}::${call.module}::${call.function}`);
    const typeArguments = this.#typeArguments(info, call.typeArguments);
    const injected = info.parameters.map(isTxContextReference);
    const expected = info.parameters.length - injected.filter(Boolean).length;
    if (expected !== call.arguments.length) {
      fail('ArityMismatch', true, `${expected} arguments expected, ${call.arguments.length} given`);
    }
    let next = 0;
    const parameters = info.parameters.map((parameter, i): Use | 'context' => {
      if (injected[i]) return 'context';
      const index = next++;
      const argument = call.arguments[index]!;
      if (parameter.kind === 'reference') {
        const target = vm.instantiate(parameter.target, typeArguments);
        return this.#use(argument, index, target, parameter.mutable ? 'borrowMut' : 'borrow');
      }
      return this.#use(argument, index, vm.instantiate(parameter, typeArguments), 'move');
    });
    if (checks) checkCallable(call.package, call.module, info);
    checkLinkage(pkg, call.typeArguments, info.isEntry && info.visibility !== 'public', this.#context.getPackage);
    const returnsReference = info.returns.map((type) => type.kind === 'reference');
    const reference = returnsReference.indexOf(true);
    if (checks && reference >= 0) fail('InvalidPublicFunctionReturnType', { idx: reference });
    const results = info.returns.map((type) =>
      this.#resultSlot(vm.instantiate(type.kind === 'reference' ? type.target : type, typeArguments)),
    );
    return {
      kind: 'call',
      package: call.package,
      module: call.module,
      info,
      typeArguments,
      parameters,
      uses: parameters.filter((use): use is Use => use !== 'context'),
      returnsReference,
      results,
    };
  }

  #typeArguments(info: FunctionInfo, texts: readonly string[]): MoveType[] {
    if (texts.length !== info.typeParameters.length) {
      fail('TypeArityMismatch', true, `${info.typeParameters.length} type arguments expected, ${texts.length} given`);
    }
    return texts.map((text, index) => {
      const type = this.#resolveType(text, index);
      const constraints = info.typeParameters[index]!.constraints;
      if ((this.#abilities(type) & constraints) !== constraints) {
        failTypeArgument(index, 'ConstraintNotSatisfied', text);
      }
      return type;
    });
  }

  #resolveType(text: string, index: number): MoveType {
    try {
      return this.#context.vm.resolveType(parseType(text));
    } catch (error) {
      if (!(error instanceof TypeResolutionError)) throw error;
      switch (error.reason) {
        case 'notFound':
          return failTypeArgument(index, 'TypeNotFound', error.message);
        case 'constraint':
          return failTypeArgument(index, 'ConstraintNotSatisfied', error.message);
        case 'arity':
          return fail('TypeArityMismatch', true, error.message);
        case 'depth':
          return fail('VMVerificationOrDeserializationError', true, error.message);
      }
    }
  }

  #transfer(command: NonNullable<Command['TransferObjects']>): TypedCommand {
    const uses = command.objects.map((argument, index) => {
      const use = this.#use(argument, index, undefined, 'move');
      const needed = ABILITY.key | ABILITY.store;
      if ((use.slot.abilities & needed) !== needed) failArgument(index, 'InvalidTransferObject');
      return use;
    });
    uses.push(this.#use(command.address, uses.length, ADDRESS_TYPE, 'move'));
    return { kind: 'transfer', uses, results: [] };
  }

  #split(command: NonNullable<Command['SplitCoins']>): TypedCommand {
    const coin = this.#coinUse(command.coin, 0, 'borrowMut');
    const amounts = command.amounts.map((argument, index) => this.#use(argument, index + 1, U64_TYPE, 'move'));
    const type = coin.slot.type;
    return {
      kind: 'split',
      uses: [coin, ...amounts],
      coin: type,
      results: amounts.map(() => this.#resultSlot(type)),
    };
  }

  #merge(command: NonNullable<Command['MergeCoins']>): TypedCommand {
    const target = this.#coinUse(command.destination, 0, 'borrowMut');
    const sources = command.sources.map((argument, index) =>
      this.#use(argument, index + 1, target.slot.type, 'move'),
    );
    return { kind: 'merge', uses: [target, ...sources], results: [] };
  }

  #coinUse(argument: Argument, index: number, mode: UseMode): Use {
    const use = this.#use(argument, index, undefined, mode);
    if (!coinTypeArgument(use.slot.type)) failArgument(index, 'TypeMismatch', true, typeToText(use.slot.type));
    return use;
  }

  #makeVector(command: NonNullable<Command['MakeMoveVec']>): TypedCommand {
    let element = command.type === null ? undefined : this.#resolveType(command.type, 0);
    const uses = command.elements.map((argument, index) => {
      const use = this.#use(argument, index, element, 'move');
      if (!element && (use.slot.abilities & ABILITY.key) === 0) {
        failArgument(index, 'InvalidMakeMoveVecNonObjectArgument');
      }
      element ??= use.slot.type;
      return use;
    });
    if (!element) return fail('ArityMismatch', true, 'an empty vector needs a type');
    return { kind: 'makeVector', uses, element, results: [this.#resultSlot({ kind: 'vector', element })] };
  }

  /** One use of an argument at a type; undefined takes the type the place has. By value is `move`. */
  #use(argument: Argument, index: number, expected: MoveType | undefined, mode: UseMode): Use {
    const slot = this.#locate(argument, index, expected);
    if (expected && !typesEqual(slot.type, expected)) {
      failArgument(index, 'TypeMismatch', true, `${typeToText(expected)} expected, ${typeToText(slot.type)} given`);
    }
    const copies = mode === 'move' && (slot.abilities & ABILITY.copy) !== 0;
    return { slot, mode: copies ? 'copy' : mode, argument };
  }

  #locate(argument: Argument, index: number, expected: MoveType | undefined): Slot {
    switch (argument.$kind) {
      case 'GasCoin':
        return this.gas ?? failArgument(index, 'InvalidGasCoinUsage');
      case 'Input':
        return this.#inputSlot(argument.Input, index, expected);
      case 'Result': {
        const results = this.#resultsOf(argument.Result, index);
        if (results.length !== 1) failArgument(index, 'InvalidResultArity', { resultIdx: argument.Result });
        return results[0]!;
      }
      case 'NestedResult': {
        const [command, nested] = argument.NestedResult;
        const slot = this.#resultsOf(command, index)[nested];
        return (
          slot ?? failArgument(index, 'SecondaryIndexOutOfBounds', { resultIdx: command, secondaryIdx: nested })
        );
      }
      default:
        return argument satisfies never;
    }
  }

  #resultsOf(command: number, index: number): readonly Slot[] {
    return this.commands[command]?.results ?? failArgument(index, 'IndexOutOfBounds', { idx: command });
  }

  #inputSlot(inputIndex: number, index: number, expected: MoveType | undefined): Slot {
    const input = this.#context.inputs[inputIndex];
    if (!input) return failArgument(index, 'IndexOutOfBounds', { idx: inputIndex });
    switch (input.kind) {
      case 'pure':
        return this.#pureSlot(inputIndex, input, index, expected);
      case 'object':
        return this.#keyedSlot(`${inputIndex}`, () => {
          const type = input.input.object.moveType!;
          const slot = new Slot('object', type, this.#abilities(type), input);
          this.objects.set(input.input.object.id, slot);
          return slot;
        });
      case 'receiving': {
        const received = expected && singleArgument(expected, SUI_ADDRESS, 'transfer', 'Receiving');
        if (!expected || !received) return failArgument(index, 'TypeMismatch', true, 'a Receiving argument');
        return this.#keyedSlot(`${inputIndex}:${typeToText(expected)}`, () => {
          const slot = new Slot('receiving', expected, ABILITY.drop, input);
          slot.value = { f0: { f0: input.id }, f1: input.version };
          return slot;
        });
      }
      case 'withdrawal':
        return this.#keyedSlot(`${inputIndex}`, () => {
          if (input.coin) {
            const reserved = new Slot('reservation', input.coin, ABILITY.store | ABILITY.key, input);
            this.reservations.push(reserved);
            return reserved;
          }
          const slot = new Slot(
            'withdrawal',
            frameworkType('funds_accumulator', 'Withdrawal', [input.type]),
            ABILITY.drop,
            input,
          );
          slot.value = { f0: input.owner, f1: input.amount };
          return slot;
        });
    }
  }

  #keyedSlot(key: string, create: () => Slot): Slot {
    let slot = this.#inputSlots.get(key);
    if (!slot) {
      slot = create();
      this.#inputSlots.set(key, slot);
    }
    return slot;
  }

  #pureSlot(
    inputIndex: number,
    input: Extract<ResolvedInput, { kind: 'pure' }>,
    index: number,
    expected: MoveType | undefined,
  ): Slot {
    const type = expected ?? failArgument(index, 'InvalidUsageOfPureArg');
    return this.#keyedSlot(`${inputIndex}:${typeToText(type)}`, () => {
      const pure = isPureType(type);
      if (!pure && this.#context.checks) return failArgument(index, 'InvalidUsageOfPureArg', true, typeToText(type));
      const slot = new Slot('pure', type, this.#abilities(type), input);
      try {
        slot.value = pure ? readPure(type, input.bytes) : this.#context.vm.deserialize(type, input.bytes);
      } catch (error) {
        if (!(error instanceof PureBytesError) && !(error instanceof BcsError)) throw error;
        failArgument(index, 'InvalidBCSBytes', true, `${typeToText(type)}: ${error.message}`);
      }
      return slot;
    });
  }
}

/** `&TxContext` or `&mut TxContext`. */
export function isTxContextReference(type: SignatureType): boolean {
  return (
    type.kind === 'reference' &&
    type.target.kind === 'datatype' &&
    type.target.name === 'TxContext' &&
    type.target.module === 'tx_context' &&
    type.target.address === SUI_ADDRESS
  );
}

/** Functions whose type argument must come from the calling module: no transaction may name them. */
const PRIVATE_GENERICS: Readonly<Record<string, readonly string[]>> = {
  transfer: ['transfer', 'share_object', 'freeze_object', 'receive', 'party_transfer'],
  event: ['emit', 'emit_authenticated'],
  coin_registry: ['new_currency'],
};

function checkCallable(packageId: Address, module: string, info: FunctionInfo): void {
  if (packageId === SUI_ADDRESS && PRIVATE_GENERICS[module]?.includes(info.name)) {
    fail('NonEntryFunctionInvoked', true, `${module}::${info.name} is for the module of its type argument`);
  }
  if (info.visibility !== 'public' && !info.isEntry) {
    fail('NonEntryFunctionInvoked', true, `${module}::${info.name} is neither public nor entry`);
  }
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** Types that a transaction names, for the lookup of their packages. */
export function typeTextsOf(command: Command): readonly string[] {
  if (command.MoveCall) return command.MoveCall.typeArguments;
  return command.MakeMoveVec?.type ? [command.MakeMoveVec.type] : [];
}
