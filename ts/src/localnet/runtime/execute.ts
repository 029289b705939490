/**
 * Executes one transaction from resolved inputs to effects: smashing, the three passes of the
 * programmable transaction, gas, object versions (sui-execution.md §1.3, sui.md §2–3, sui-gas.md §5–6).
 * Reads the store, never writes it. A failed transaction changes nothing but gas and the versions of its
 * mutable inputs.
 */
import { OutOfGas, VmGasMeter, type MoveVm, type VmTrace } from '../vm/index.js';
import type { CommandOutput, LedgerEvent } from '../ledger/types.js';
import type { Address, MoveValue } from '../vm/types.js';
import { fullAddress } from './bytes.js';
import { GENESIS_MARKER, digestOf } from './digests.js';
import { effectsBytes, eventsBytes, type EffectsParts, type UnchangedConsensusObject } from './effects.js';
import { DENY_LIST, type DenyListReader } from './deny-list.js';
import { ZERO_GAS, meterBudget, netGas, roundUnits, splitRebate, storageCost, type GasCostSummary } from './gas.js';
import { REFERENCE_GAS_PRICE, gasPrices, limits } from './limits.js';
import { StoredObject, gasSizeBytes, type MovePackage } from './objects.js';
import { TransactionObjects, type ObjectReader } from './object-runtime.js';
import { CommandRunner, balanceOf, coinValue } from './ptb-run.js';
import { checkTransaction } from './ptb-checks.js';
import { typeTransaction } from './ptb-typing.js';
import type { Programmable, ResolvedInput, TypedTransaction } from './ptb.js';
import { ExecutionFailure, failureStatus } from './status.js';
import { coinTypeArgument, typeToText, GAS_COIN_TEXT, SUI_TYPE } from './type-tags.js';
import { accumulatorId, balanceType, fundsEffect, netFunds, type NetFunds } from './funds.js';
import { WriteSet, changesOf, resolveOwner, readCoinBalance, withCoinBalance } from './write-set.js';

/** What execution needs of the network. */
export interface ExecutionEnvironment {
  readonly vm: MoveVm;
  readonly reader: ObjectReader;
  readonly getPackage: (storageId: Address) => MovePackage | undefined;
  /** Lets the VM see packages of the running transaction; undefined forgets them. */
  readonly setTransientPackages: (packages: ReadonlyMap<Address, MovePackage> | undefined) => void;
  readonly epoch: bigint;
  readonly epochTimestampMs: bigint;
  readonly features: ReadonlySet<string>;
  readonly denyList: DenyListReader;
}

export interface ExecutionRequest {
  /** 32 bytes. */
  readonly digest: Uint8Array;
  readonly sender: Address;
  readonly gasOwner: Address;
  readonly price: bigint;
  readonly budget: bigint;
  readonly transaction: Programmable;
  readonly inputs: readonly ResolvedInput[];
  /** Payment in order; empty for system transactions. */
  readonly gasCoins: readonly StoredObject[];
  /** The gas owner's address balance pays, and what the coins hold goes there. */
  readonly paysFromBalance?: boolean;
  /** What the payment reserves of the gas owner's address balance; undefined when there is no payment. */
  readonly reservedGas?: bigint;
  /** Packages that the commands name. */
  readonly packages: readonly StoredObject[];
  /** False for development inspection and system transactions: no visibility and object-use rules. */
  readonly checks: boolean;
  /** No gas, sender 0x0. */
  readonly system: boolean;
  readonly collectOutputs: boolean;
  /** Sees every call of Move code. */
  readonly trace?: VmTrace;
}

export interface Execution {
  readonly effects: EffectsParts;
  readonly effectsBytes: Uint8Array;
  readonly effectsDigest: Uint8Array;
  readonly events: readonly LedgerEvent[];
  readonly eventsBytes: Uint8Array | undefined;
  readonly written: readonly StoredObject[];
  readonly removed: readonly Address[];
  /** Objects as they were before: inputs, gas, and everything loaded and changed. */
  readonly inputObjects: readonly StoredObject[];
  readonly failure: ExecutionFailure | undefined;
  /** Address balances that the transaction changed. */
  readonly funds: readonly NetFunds[];
  readonly outputs: readonly CommandOutput[];
  readonly debugOutput: readonly string[];
}

const SUI_TEXT = typeToText(SUI_TYPE);
const SYSTEM_PACKAGES: ReadonlySet<Address> = new Set(['0x1', '0x2', '0x3', '0xb'].map(fullAddress));

export function executeTransaction(environment: ExecutionEnvironment, request: ExecutionRequest): Execution {
  return new TransactionExecution(environment, request).run();
}

class TransactionExecution {
  readonly #env: ExecutionEnvironment;
  readonly #request: ExecutionRequest;
  readonly #objects: TransactionObjects;
  readonly #meter: VmGasMeter;
  readonly #lamport: bigint;
  readonly #gasTotal: bigint;
  readonly #inputs: readonly StoredObject[];
  #outputs: readonly CommandOutput[] = [];
  /** The gas coin of a payment from an address balance: made for the commands, an object if it is transferred. */
  #ephemeralCoin: Address | undefined;
  /** What is left in it when the commands are done; undefined when it went away. */
  #ephemeralLeft: bigint | undefined;
  /** Whom the gas coin was sent to with `coin::send_funds`: what is left of the budget follows. */
  #gasRecipient: Address | undefined;
  #received: ReadonlySet<Address> = new Set();

  constructor(environment: ExecutionEnvironment, request: ExecutionRequest) {
    this.#env = environment;
    this.#request = request;
    this.#objects = new TransactionObjects(
      {
        sender: request.sender,
        sponsor: request.gasOwner === request.sender ? undefined : request.gasOwner,
        epoch: environment.epoch,
        epochTimestampMs: environment.epochTimestampMs,
        referenceGasPrice: REFERENCE_GAS_PRICE,
        gasPrice: request.price,
        gasBudget: request.budget,
        txDigest: request.digest,
      },
      environment.reader,
      environment.vm,
      environment.features,
    );
    this.#meter = new VmGasMeter(request.system ? undefined : meterBudget(request.budget, request.price));
    this.#inputs = [
      ...request.inputs.flatMap((input) =>
        input.kind === 'object' ? [input.input.object] : input.kind === 'receiving' ? [input.object] : [],
      ),
      ...request.gasCoins,
    ];
    this.#lamport = 1n + this.#inputs.reduce((max, object) => (object.version > max ? object.version : max), 0n);
    this.#gasTotal = this.#coinTotal + (request.reservedGas ?? 0n);
    for (const object of this.#inputs) this.#objects.declareInput(object);
  }

  /** Sum of the payment's coins. */
  get #coinTotal(): bigint {
    return this.#request.gasCoins.reduce((sum, coin) => sum + readCoinBalance(coin.contents!), 0n);
  }

  /** The coin that pays and stays; without one an address balance does. */
  get #gasObject(): StoredObject | undefined {
    return this.#request.paysFromBalance ? undefined : this.#request.gasCoins[0];
  }

  run(): Execution {
    let failure: ExecutionFailure | undefined;
    let writes: WriteSet;
    const packages = new Map<Address, MovePackage>();
    this.#env.setTransientPackages(packages);
    try {
      writes = this.#runCommands(packages);
    } catch (error) {
      failure = asFailure(error);
      writes = this.#untouchedInputs();
    } finally {
      this.#env.setTransientPackages(undefined);
    }
    const charged = this.#charge(writes, failure);
    const execution = this.#finish(charged.writes, charged.gas, charged.failure);
    const size = execution.effectsBytes.length;
    if (size <= limits.effectsSizeBytes || charged.failure || this.#request.system) return execution;
    const again = this.#charge(this.#untouchedInputs(), effectsTooLarge(size));
    return this.#finish(again.writes, again.gas, again.failure);
  }

  #runCommands(packages: Map<Address, MovePackage>): WriteSet {
    const { vm, reader } = this.#env;
    const request = this.#request;
    this.#chargeInputs();
    const getPackage = (id: Address) => packages.get(id) ?? this.#env.getPackage(id);
    const typed = typeTransaction(request.transaction, {
      vm,
      inputs: request.inputs,
      hasGasCoin: request.gasCoins.length > 0 || request.reservedGas !== undefined,
      checks: request.checks,
      getPackage,
    });
    checkTransaction(typed, request.checks);
    if (typed.gas) {
      if (!this.#gasObject) this.#ephemeralCoin = this.#objects.freshId();
      typed.gas.value = coinValue(this.#gasObject?.id ?? this.#ephemeralCoin!, this.#gasTotal - request.budget);
    }
    const runner = new CommandRunner({
      vm,
      gas: this.#meter,
      objects: this.#objects,
      getPackage,
      isObject: (id) => reader.readObject(id) !== undefined,
      addPackage: (pkg) => packages.set(pkg.storageId, pkg),
      collectOutputs: request.collectOutputs,
      ...(request.trace === undefined ? {} : { trace: request.trace }),
    });
    try {
      runner.run(typed);
    } finally {
      this.#outputs = runner.outputs;
    }
    this.#gasRecipient = runner.gasRecipient;
    if (this.#ephemeralCoin !== undefined && typed.gas) this.#settleEphemeral(typed.gas.value);
    return this.#collect(typed, packages);
  }

  /** Reading inputs and translating the transaction (sui-gas.md §4.1). */
  #chargeInputs(): void {
    const { inputs, transaction, packages } = this.#request;
    let readBytes = 0;
    for (const object of [...this.#inputs, ...packages]) {
      if (!SYSTEM_PACKAGES.has(object.id)) readBytes += object.gasSizeBytes;
    }
    let translation = inputs.length;
    for (const input of inputs) translation += input.kind === 'pure' ? Math.max(1, input.bytes.length) : 0;
    translation += transaction.commands.length;
    this.#meter.charge(readBytes * gasPrices.readPerByte + translation);
  }

  /** A gas coin that was made for the commands and is still in its place vanishes. */
  #settleEphemeral(value: MoveValue | undefined): void {
    this.#ephemeralLeft = value === undefined ? undefined : (balanceOf(value)['f0'] as bigint);
    if (value !== undefined) this.#objects.deleteUid(this.#ephemeralCoin!);
  }

  /** Objects after a run that did not fail. */
  #collect(typed: TypedTransaction, packages: ReadonlyMap<Address, MovePackage>): WriteSet {
    const { vm } = this.#env;
    const results = this.#objects.finish();
    this.#received = results.received;
    const writes = new WriteSet(vm);
    for (const id of results.createdIds) writes.create(id);
    for (const outcome of results.outcomes.values()) writes.write(outcome, results.loaded.get(outcome.id));
    for (const id of results.deleted) writes.delete(id, results.loaded.get(id));
    for (const id of results.wrapped) writes.wrap(results.loaded.get(id)!);
    for (const pkg of packages.values()) writes.publish(pkg);
    for (const input of this.#request.inputs) {
      if (input.kind !== 'object' || !input.input.mutable || writes.has(input.input.object.id)) continue;
      const { object } = input.input;
      const slot = typed.objects.get(object.id);
      const changed = slot?.lentForWriting && slot.value !== undefined;
      writes.rewrite(object, changed ? vm.serialize(slot.type, slot.value!) : object.contents!);
    }
    this.#smash(writes, typed);
    return writes;
  }

  /** The first coin holds the sum, the others are deleted. */
  #smash(writes: WriteSet, typed: TypedTransaction | undefined): void {
    const first = this.#gasObject;
    for (const coin of this.#request.gasCoins) if (coin !== first) writes.delete(coin.id, coin);
    if (typed) this.#completeEphemeral(writes);
    if (!first) return;
    const gas = typed?.gas;
    const outcome = writes.get(first.id);
    if (typed && this.#gasRecipient !== undefined) {
      // Its balance, less the withheld budget, went to an address balance.
      writes.delete(first.id, first);
    } else if (outcome) {
      // The coin was transferred; the withheld budget goes with it.
      writes.patch(first.id, (contents) => withCoinBalance(contents, readCoinBalance(contents) + this.#request.budget), first);
    } else {
      const balance = gas?.value ? this.#env.vm.serialize(gas.type, gas.value) : undefined;
      const total = balance ? readCoinBalance(balance) + this.#request.budget : this.#gasTotal;
      writes.rewrite(first, withCoinBalance(first.contents!, total));
    }
  }

  /** A transferred gas coin takes the withheld budget along. */
  #completeEphemeral(writes: WriteSet): void {
    const id = this.#ephemeralCoin;
    if (id === undefined || writes.get(id) === undefined) return;
    writes.patch(id, (contents) => withCoinBalance(contents, readCoinBalance(contents) + this.#request.budget), undefined);
  }

  /** What a failed transaction writes: its mutable inputs as they were, and gas. */
  #untouchedInputs(): WriteSet {
    const writes = new WriteSet(this.#env.vm);
    for (const input of this.#request.inputs) {
      if (input.kind === 'object' && input.input.mutable) {
        writes.rewrite(input.input.object, input.input.object.contents!);
      }
    }
    this.#smash(writes, undefined);
    return writes;
  }

  #charge(
    writes: WriteSet,
    failure: ExecutionFailure | undefined,
  ): { writes: WriteSet; gas: GasCostSummary; failure: ExecutionFailure | undefined } {
    const { budget, system } = this.#request;
    failure ??= this.#checkSizes(writes) ?? this.#checkDenied(writes);
    if (failure) {
      this.#gasRecipient = undefined;
      writes = this.#untouchedInputs();
    }
    if (system) return { writes, gas: ZERO_GAS, failure };
    let computation = this.#computation(failure);
    if (computation > budget) {
      computation = budget;
      failure ??= new ExecutionFailure(failureStatus('InsufficientGas'));
      this.#gasRecipient = undefined;
      writes = this.#untouchedInputs();
    }
    let gas = storageGas(writes, computation);
    if (!affordable(gas, budget)) {
      failure ??= new ExecutionFailure(failureStatus('InsufficientGas'), { detail: 'storage is not affordable' });
      this.#gasRecipient = undefined;
      writes = this.#untouchedInputs();
      gas = storageGas(writes, computation);
      if (!affordable(gas, budget)) {
        const rebate = writes.oldRebates();
        const { returned, kept } = splitRebate(rebate);
        gas = { computationCost: budget, storageCost: 0n, storageRebate: returned, nonRefundableStorageFee: kept };
        writes.forgetStorageCost();
      }
    }
    return { writes, gas, failure };
  }

  #computation(failure: ExecutionFailure | undefined): bigint {
    const cap = gasPrices.abortedPriceFactor * REFERENCE_GAS_PRICE;
    const price = failure && this.#request.price > cap ? cap : this.#request.price;
    if (failure?.status.$kind === 'InsufficientGas') {
      const units = meterBudget(this.#request.budget, this.#request.price) / 1_000n;
      return units * price;
    }
    return roundUnits(this.#meter.used / 1_000n) * price;
  }

  #checkSizes(writes: WriteSet): ExecutionFailure | undefined {
    if (this.#request.system) return undefined;
    let total = 0;
    for (const { id, data } of writes.entries()) {
      total += gasSizeBytes(data);
      if (data.kind !== 'move' || data.contents.length <= limits.moveObjectSizeBytes) continue;
      const fields = {
        objectSize: data.contents.length.toString(),
        maxObjectSize: limits.moveObjectSizeBytes.toString(),
      };
      return new ExecutionFailure(failureStatus('MoveObjectTooBig', fields), { detail: `${typeToText(data.type)} ${id}` });
    }
    if (total <= limits.writtenObjectsSizeBytes) return undefined;
    const fields = { currentSize: total.toString(), maxSize: limits.writtenObjectsSizeBytes.toString() };
    return new ExecutionFailure(failureStatus('WrittenObjectsTooLarge', fields));
  }

  /** Regulated coins do not reach denied addresses. */
  #checkDenied(writes: WriteSet): ExecutionFailure | undefined {
    if (this.#request.system) return undefined;
    for (const { data, owner, before } of writes.entries()) {
      const coin = data.kind === 'move' ? coinTypeArgument(data.type) : undefined;
      if (!coin || typeToText(coin) === SUI_TEXT) continue;
      const to =
        owner.kind === 'address' || owner.kind === 'consensusAddress'
          ? owner.address
          : owner.kind === 'keep'
            ? before?.owner.AddressOwner
            : undefined;
      const denial = to && this.#env.denyList.find(coin, to, { epoch: this.#env.epoch });
      if (!denial) continue;
      const coinType = typeToText(coin).replaceAll('0x', '');
      return new ExecutionFailure(
        denial === 'address'
          ? failureStatus('AddressDeniedForCoin', { address: to, coinType })
          : failureStatus('CoinTypeGlobalPause', { coinType }),
      );
    }
    return undefined;
  }

  #finish(writes: WriteSet, gas: GasCostSummary, failure: ExecutionFailure | undefined): Execution {
    const request = this.#request;
    const gasCoin = this.#gasObject;
    const ephemeral = this.#ephemeralCoin;
    const transferred = ephemeral !== undefined && writes.get(ephemeral) !== undefined ? ephemeral : undefined;
    const funds = netFunds([...(failure ? [] : this.#objects.fundsChanges), ...this.#gasFunds(gas, transferred, failure)]);
    if (transferred !== undefined) {
      writes.patch(transferred, (contents) => withCoinBalance(contents, readCoinBalance(contents) - netGas(gas)), undefined);
    }
    if (gasCoin && this.#gasRecipient === undefined) {
      writes.patch(gasCoin.id, (contents) => withCoinBalance(contents, readCoinBalance(contents) - netGas(gas)), gasCoin);
    }
    const written = writes.entries().map((write) => {
      const rebate = request.system ? (write.before?.storageRebate ?? 0n) : writes.storageCostOf(write);
      const owner = resolveOwner(write.owner, write.before, this.#lamport);
      const version = write.data.kind === 'package' ? write.data.package.version : this.#lamport;
      return new StoredObject(write.id, version, owner, write.data, request.digest, rebate);
    });
    const events = failure ? [] : this.#events();
    const encodedEvents = events.length > 0 ? eventsBytes(events) : undefined;
    const parts: EffectsParts = {
      failure: failure && { error: failure.status, command: failure.command },
      executedEpoch: this.#env.epoch,
      gas,
      transactionDigest: request.digest,
      gasObject: gasCoin?.id ?? transferred,
      eventsDigest: encodedEvents && digestOf('TransactionEvents', encodedEvents),
      dependencies: this.#dependencies(),
      lamportVersion: this.#lamport,
      changes: [...changesOf(writes, written), ...funds.map(fundsEffect)],
      unchangedConsensus: this.#unchangedConsensus(written),
    };
    const bytes = effectsBytes(parts);
    const before = new Map(this.#inputs.map((object) => [object.id, object]));
    for (const write of writes.entries()) if (write.before) before.set(write.id, write.before);
    for (const removal of writes.removals()) if (removal.before) before.set(removal.id, removal.before);
    return {
      effects: parts,
      effectsBytes: bytes,
      effectsDigest: digestOf('TransactionEffects', bytes),
      events,
      eventsBytes: encodedEvents,
      written,
      removed: writes.removals().map((removal) => removal.id),
      inputObjects: [...before.values()],
      failure,
      funds,
      outputs: failure ? [] : this.#outputs,
      debugOutput: this.#objects.debugOutput,
    };
  }

  /** What gas adds to or takes from an address balance. */
  #gasFunds(gas: GasCostSummary, transferred: Address | undefined, failure: ExecutionFailure | undefined): NetFunds[] {
    const { paysFromBalance, gasOwner, budget, reservedGas = 0n } = this.#request;
    const type = balanceType(SUI_TYPE);
    const change = (owner: Address, amount: bigint) => ({ accumulator: accumulatorId(owner, type), owner, type, amount });
    const rest = budget - netGas(gas);
    const changes: NetFunds[] = [];
    if (reservedGas > 0n) changes.push(change(gasOwner, -reservedGas));
    if (this.#gasRecipient !== undefined) changes.push(change(this.#gasRecipient, rest));
    else if (paysFromBalance && transferred === undefined) changes.push(change(gasOwner, rest));
    if (paysFromBalance) {
      // What the commands did not touch: with a payment all but the withheld budget, without one what gas may not take.
      const untouched = this.#request.reservedGas === undefined ? 0n : this.#gasTotal;
      const left = failure || this.#ephemeralCoin === undefined ? untouched - budget : (this.#ephemeralLeft ?? 0n);
      changes.push(change(gasOwner, left));
    }
    return changes;
  }

  #events(): LedgerEvent[] {
    return this.#objects.events.map((event) => ({
      packageId: event.packageId,
      module: event.module,
      sender: this.#request.sender,
      type: typeToText(event.type),
      contents: event.contents,
    }));
  }

  #dependencies(): Uint8Array[] {
    const receivedOnly = (object: StoredObject) =>
      this.#request.inputs.some((input) => input.kind === 'receiving' && input.object === object) &&
      !this.#received.has(object.id);
    return [...this.#inputs, ...this.#request.packages]
      .filter((object) => !receivedOnly(object))
      .map((object) => object.previousTransactionBytes)
      .filter((digest) => Buffer.compare(digest, GENESIS_MARKER) !== 0);
  }

  #unchangedConsensus(written: readonly StoredObject[]): UnchangedConsensusObject[] {
    const unchanged: UnchangedConsensusObject[] = [];
    for (const input of this.#request.inputs) {
      if (input.kind !== 'object' || input.input.mutable || input.input.kind === 'immutable') continue;
      const { object } = input.input;
      unchanged.push({ id: object.id, root: { version: object.version, digest: object.digestBytes } });
    }
    if (!this.#request.system && written.some(isRegulatedWrite) && !unchanged.some(({ id }) => id === DENY_LIST)) {
      unchanged.push({ id: DENY_LIST });
    }
    return unchanged;
  }
}

/** An address-owned coin of another type than SUI: its deny list is looked up. */
function isRegulatedWrite(object: StoredObject): boolean {
  return (
    object.owner.AddressOwner !== undefined &&
    object.moveType !== undefined &&
    coinTypeArgument(object.moveType) !== undefined &&
    object.type !== GAS_COIN_TEXT
  );
}

function storageGas(writes: WriteSet, computationCost: bigint): GasCostSummary {
  const { returned, kept } = splitRebate(writes.oldRebates());
  return {
    computationCost,
    storageCost: writes.entries().reduce((sum, write) => sum + storageCost(gasSizeBytes(write.data)), 0n),
    storageRebate: returned,
    nonRefundableStorageFee: kept,
  };
}

function affordable(gas: GasCostSummary, budget: bigint): boolean {
  return gas.storageRebate >= gas.storageCost || budget - gas.computationCost >= gas.storageCost - gas.storageRebate;
}

function effectsTooLarge(size: number): ExecutionFailure {
  const fields = { currentSize: size.toString(), maxSize: limits.effectsSizeBytes.toString() };
  return new ExecutionFailure(failureStatus('EffectsTooLarge', fields));
}

function asFailure(error: unknown): ExecutionFailure {
  if (error instanceof ExecutionFailure) return error;
  if (error instanceof OutOfGas) return new ExecutionFailure(failureStatus('InsufficientGas'));
  throw error;
}
