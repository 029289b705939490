/**
 * Third pass: runs the commands of a typed and checked transaction (sui-execution.md §1.5–1.9). Values
 * live in slots; objects that stay in their slots are written back by `finishSlots`.
 */
import {
  MalformedModuleError,
  LinkError,
  ObjectLimitReached,
  type MoveVm,
  type VmFailure,
  type VmGasMeter,
  type VmSession,
  type VmTrace,
} from '../vm/index.js';
import type { CommandOutput, CommandValue } from '../ledger/types.js';
import type { Address, MoveStruct, MoveType, MoveValue, PrimitiveReference } from '../vm/types.js';
import type { CompiledModule } from '../vm/module.js';
import { accumulatorId } from './funds.js';
import { findIncompatibility, isUpgradePolicy } from './compatibility.js';
import { gasPrices } from './limits.js';
import type { MovePackage } from './objects.js';
import { objectIdOf, type TransactionObjects } from './object-runtime.js';
import { createPackage, packageDigest, type NewPackage } from './packages.js';
import { bytesEqual } from './bytes.js';
import { parseModule } from '../vm/module.js';
import type { Slot, TypedCommand, TypedTransaction, Use } from './ptb.js';
import { ExecutionFailure, fail, failUpgrade, failureStatus, moveLocation } from './status.js';
import { typeToText } from './type-tags.js';
import { isTxContextReference } from './ptb-typing.js';

export interface RunContext {
  readonly vm: MoveVm;
  readonly gas: VmGasMeter;
  readonly objects: TransactionObjects;
  readonly getPackage: (storageId: Address) => MovePackage | undefined;
  readonly isObject: (id: Address) => boolean;
  /** Makes a new package visible to the VM for the rest of the transaction. */
  readonly addPackage: (pkg: MovePackage) => void;
  /** Wants the outputs of every command (simulation). */
  readonly collectOutputs: boolean;
  /** Sees every call of Move code. */
  readonly trace?: VmTrace;
}

/** What a moved or borrowed value adds to the size of the stack. */
const MOVED_SIZE = 8;
const MAX_U64 = (1n << 64n) - 1n;

export class CommandRunner {
  readonly outputs: CommandOutput[] = [];
  /** Set when the gas coin itself went to an address balance. */
  gasRecipient: Address | undefined;
  /** The struct behind `&TxContext`; natives answer most getters. */
  readonly #txContext: MoveStruct;
  readonly #context: RunContext;

  constructor(context: RunContext) {
    this.#context = context;
    const { objects } = context;
    this.#txContext = {
      f0: objects.sender,
      f1: Array.from(objects.txDigest),
      f2: objects.epoch,
      f3: objects.epochTimestampMs,
      f4: 0n,
    };
  }

  /** Runs all commands. @throws ExecutionFailure with the command index */
  run(transaction: TypedTransaction): void {
    for (const slot of transaction.reservations) this.#redeem(slot);
    for (const [index, command] of transaction.commands.entries()) {
      try {
        this.#command(command);
      } catch (error) {
        const failure = error instanceof ObjectLimitReached ? limitFailure(error) : error;
        if (failure instanceof ExecutionFailure) failure.command ??= index;
        throw failure;
      }
    }
    for (const slot of transaction.reservations) this.#giveBack(slot);
  }

  /** A reserved coin is there before the first command. */
  #redeem(slot: Slot): void {
    const { objects } = this.#context;
    if (slot.input?.kind !== 'withdrawal') return;
    const { owner, type, amount } = slot.input;
    objects.withdrawFunds(accumulatorId(owner, type), owner, type, amount);
    slot.value = coinValue(objects.freshId(), amount);
  }

  /** What is left in a reserved coin that stayed in its place goes back to the balance it came from. */
  #giveBack(slot: Slot): void {
    if (slot.input?.kind !== 'withdrawal' || slot.value === undefined) return;
    const { owner, type } = slot.input;
    const { objects } = this.#context;
    objects.deleteUid(objectIdOf(slot.value));
    objects.depositFunds(accumulatorId(owner, type), owner, type, balanceOf(slot.value));
    slot.value = undefined;
  }

  #command(command: TypedCommand): void {
    this.#context.gas.chargeInstructions(1, 0);
    const results = this.#dispatch(command);
    results.forEach((value, index) => {
      command.results[index]!.value = value;
    });
    if (this.#context.collectOutputs) this.outputs.push(this.#output(command));
  }

  #dispatch(command: TypedCommand): readonly MoveValue[] {
    switch (command.kind) {
      case 'call':
        return this.#call(command);
      case 'transfer':
        return this.#transfer(command.uses);
      case 'split':
        return this.#split(command.uses);
      case 'merge':
        return this.#merge(command.uses);
      case 'makeVector':
        return [command.uses.map((use) => this.#take(use))];
      case 'publish':
        return this.#publish(command);
      case 'upgrade':
        return this.#upgrade(command);
    }
  }

  /** Value for an argument by value or by reference to something that is not a primitive. */
  #take(use: Use): MoveValue {
    const { slot } = use;
    const value = this.#load(slot);
    this.#chargeUse(use, value);
    switch (use.mode) {
      case 'move':
        slot.value = undefined;
        if (slot.input?.kind === 'object') this.#context.objects.takeInput(slot.input.input.object);
        return value;
      case 'copy':
        return this.#context.vm.copyValue(slot.type, value);
      case 'borrow':
      case 'borrowMut':
        if (use.mode === 'borrowMut') slot.lentForWriting = true;
        return value;
    }
  }

  /** Object values are decoded when they are first touched. */
  #load(slot: Slot): MoveValue {
    if (slot.value === undefined && slot.input?.kind === 'object') {
      slot.value = this.#context.vm.deserialize(slot.type, slot.input.input.object.contents!);
    }
    if (slot.value === undefined) return fail('InvariantViolation', true, `empty slot of ${typeToText(slot.type)}`);
    return slot.value;
  }

  /** An argument is an instruction: a copy of the value's size, or a move or borrow (sui-gas.md §4.1). */
  #chargeUse({ slot, mode }: Use, value: MoveValue): void {
    const { gas, vm } = this.#context;
    gas.chargeInstructions(1, mode === 'copy' ? vm.abstractSize(slot.type, value) : MOVED_SIZE, 1);
  }

  #argument(use: Use): MoveValue | PrimitiveReference {
    if (use.mode !== 'borrowMut' || !isPrimitive(use.slot.type)) return this.#take(use);
    this.#chargeUse(use, this.#load(use.slot));
    use.slot.lentForWriting = true;
    return { container: use.slot as unknown as Record<string, unknown>, key: 'value' };
  }

  #call(command: Extract<TypedCommand, { kind: 'call' }>): readonly MoveValue[] {
    const { vm, objects } = this.#context;
    const args = command.parameters.map((parameter) =>
      parameter === 'context' ? this.#txContext : this.#argument(parameter),
    );
    const [first] = command.parameters;
    // Only `coin::send_funds` may take the gas coin by value (ptb-checks.ts); its second argument is the recipient.
    if (typeof first === 'object' && first.slot.source === 'gas' && first.mode === 'move') {
      this.gasRecipient = args[1] as Address;
    }
    objects.setEventModule(command.package, command.module);
    const { module, typeArguments } = command;
    const outcome = vm.call(
      this.#session(),
      { package: command.package, module, function: command.info.name, typeArguments },
      args,
    );
    if (!outcome.ok) throw vmFailure(outcome.failure);
    return outcome.returns.map((value, index) =>
      command.returnsReference[index] ? this.#dereference(command.results[index]!.type, value) : value,
    );
  }

  #session(): VmSession {
    const { objects, gas, trace } = this.#context;
    return { runtime: objects, gas, ...(trace === undefined ? {} : { trace }) };
  }

  #dereference(type: MoveType, value: MoveValue): MoveValue {
    const { vm } = this.#context;
    if (isPrimitive(type) && typeof value === 'object') {
      const reference = value as unknown as PrimitiveReference;
      return reference.container[reference.key] as MoveValue;
    }
    return vm.copyValue(type, value);
  }

  #transfer(uses: readonly Use[]): readonly MoveValue[] {
    const { objects } = this.#context;
    const address = this.#take(uses.at(-1)!) as Address;
    for (const use of uses.slice(0, -1)) {
      const value = this.#take(use);
      objects.transferObject(use.slot.type, value, { kind: 'address', address });
    }
    return [];
  }

  #split(uses: readonly Use[]): readonly MoveValue[] {
    const { objects } = this.#context;
    const balance = balanceOf(this.#take(uses[0]!));
    const amounts = uses.slice(1).map((use) => this.#take(use) as bigint);
    const total = amounts.reduce((sum, amount) => sum + amount, 0n);
    if (total > MAX_U64) fail('CoinBalanceOverflow');
    const available = balance['f0'] as bigint;
    if (available < total) {
      fail('InsufficientCoinBalance', true, `${total} requested, ${available} available`);
    }
    balance['f0'] = available - total;
    return amounts.map((amount) => coinValue(objects.freshId(), amount));
  }

  #merge(uses: readonly Use[]): readonly MoveValue[] {
    const { objects } = this.#context;
    const balance = balanceOf(this.#take(uses[0]!));
    for (const use of uses.slice(1)) {
      const source = this.#take(use);
      const total = (balance['f0'] as bigint) + (balanceOf(source)['f0'] as bigint);
      if (total > MAX_U64) fail('CoinBalanceOverflow');
      balance['f0'] = total;
      objects.deleteUid(objectIdOf(source));
    }
    return [];
  }

  #publish(command: Extract<TypedCommand, { kind: 'publish' }>): readonly MoveValue[] {
    const { objects, gas, getPackage } = this.#context;
    gas.charge(command.modules.reduce((sum, module) => sum + module.length, 0) * gasPrices.publishPerByte);
    const id = objects.freshId();
    objects.deleteUid(id);
    const created = createPackage(id, command.modules, command.dependencies, getPackage);
    this.#install(created);
    for (const module of created.modules) this.#init(id, module);
    const cap = { f0: { f0: { f0: objects.freshId() } }, f1: { f0: id }, f2: 1n, f3: 0 };
    return [cap];
  }

  /** Links the new package; natives that the VM does not have are refused before anything runs. */
  #install(created: NewPackage): void {
    const { addPackage, vm } = this.#context;
    addPackage(created.package);
    this.#verified(() => vm.checkLinks(created.package.storageId));
  }

  /** Bytecode that cannot be read or linked is the sender's fault. */
  #verified<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof LinkError) && !(error instanceof MalformedModuleError)) throw error;
      return fail('VMVerificationOrDeserializationError', true, error.message);
    }
  }

  #init(packageId: Address, module: CompiledModule): void {
    const { vm, objects } = this.#context;
    const name = module.self.name;
    const info = vm.functionInfo(packageId, name, 'init');
    if (!info) return;
    const args = info.parameters.map((parameter): MoveValue =>
      // The one-time witness that the runtime makes holds `true`, one that code packs holds `false`.
      isTxContextReference(parameter) ? this.#txContext : { f0: true },
    );
    objects.setEventModule(packageId, name);
    const target = { package: packageId, module: name, function: 'init', typeArguments: [] };
    const outcome = vm.call(this.#session(), target, args);
    if (!outcome.ok) throw vmFailure(outcome.failure);
  }

  #upgrade(command: Extract<TypedCommand, { kind: 'upgrade' }>): readonly MoveValue[] {
    const { objects, gas, getPackage, isObject } = this.#context;
    const ticket = this.#take(command.uses[0]!) as MoveStruct;
    const capId = ticket['f0'];
    const ticketPackage = (ticket['f1'] as MoveStruct)['f0'] as Address;
    const policy = ticket['f2'] as number;
    const ticketDigest = Uint8Array.from(ticket['f3'] as number[]);
    if (ticketPackage !== command.package) {
      failUpgrade('PackageIDDoesNotMatch', { packageId: command.package, ticketId: ticketPackage });
    }
    const digest = packageDigest(command.modules, command.dependencies);
    if (!bytesEqual(digest, ticketDigest)) failUpgrade('DigestDoesNotMatch', { digest });
    gas.charge(command.modules.reduce((sum, module) => sum + module.length, 0) * gasPrices.publishPerByte);
    const previous = getPackage(command.package);
    if (!previous) {
      if (isObject(command.package)) failUpgrade('NotAPackage', { objectId: command.package });
      return failUpgrade('UnableToFetchPackage', { packageId: command.package });
    }
    if (!isUpgradePolicy(policy)) return failUpgrade('UnknownUpgradePolicy', { policy });
    const id = objects.freshId();
    objects.deleteUid(id);
    const created = createPackage(id, command.modules, command.dependencies, getPackage, previous);
    const before = [...previous.modules.values()].map(parseModule);
    const problem = findIncompatibility(before, created.modules, policy);
    if (problem) failUpgrade('IncompatibleUpgrade', true, problem);
    const oldNames = new Set(before.map((module) => module.self.name));
    const newInit = created.modules.find((m) => !oldNames.has(m.self.name) && m.functionByName.has('init'));
    if (newInit) fail('FeatureNotYetSupported', true, `init of new module ${newInit.self.name}`);
    this.#install(created);
    return [{ f0: capId, f1: { f0: id } }];
  }

  #output(command: TypedCommand): CommandOutput {
    const { vm } = this.#context;
    const value = (type: MoveType, content: MoveValue): CommandValue => ({
      type: typeToText(type),
      bytes: vm.serialize(type, content),
    });
    return {
      returnValues: command.results.map((slot) => value(slot.type, slot.value!)),
      mutatedByReference: command.uses
        .filter((use) => use.mode === 'borrowMut' && use.slot.value !== undefined)
        .map((use) => ({ argument: use.argument, ...value(use.slot.type, use.slot.value!) })),
    };
  }
}

/** A limit that a command meets outside Move code has no location. */
function limitFailure(error: ObjectLimitReached): ExecutionFailure {
  return new ExecutionFailure(failureStatus('MovePrimitiveRuntimeError', null), { detail: error.message });
}

/** `Balance` inside a `Coin` value. */
export function balanceOf(coin: MoveValue): MoveStruct {
  return (coin as MoveStruct)['f1'] as MoveStruct;
}

/** A `Coin<T>` value. */
export function coinValue(id: Address, amount: bigint): MoveStruct {
  return { f0: { f0: { f0: id } }, f1: { f0: amount } };
}

function isPrimitive(type: MoveType): boolean {
  return type.kind !== 'datatype' && type.kind !== 'vector';
}

/** Status of a call that did not return (sui-execution.md §1.13). */
export function vmFailure(failure: VmFailure): ExecutionFailure {
  switch (failure.kind) {
    case 'abort':
      return new ExecutionFailure(
        failureStatus('MoveAbort', [moveLocation(failure.location, failure.location.package), failure.code.toString()]),
        { location: failure.location },
      );
    case 'runtimeError':
      return new ExecutionFailure(
        failureStatus('MovePrimitiveRuntimeError', moveLocation(failure.location, failure.location.moduleAddress)),
        { location: failure.location, detail: failure.message },
      );
    case 'outOfGas':
      return new ExecutionFailure(failureStatus('InsufficientGas'), failure.location ? { location: failure.location } : {});
    case 'linkError':
      return new ExecutionFailure(failureStatus('VMVerificationOrDeserializationError'), { detail: failure.message });
    case 'invariantViolation':
      return new ExecutionFailure(failureStatus('VMInvariantViolation'), { detail: failure.message });
  }
}

