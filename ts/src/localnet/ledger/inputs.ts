/**
 * Looks up what a transaction names: object inputs, payment, packages, each against the current store
 * (sui-execution.md §1.2, tables of §1.2 and sui.md §2.1).
 */
import type { Address, MoveType } from '../vm/types.js';
import { fullAddress } from '../runtime/bytes.js';
import { accumulatorId, balanceType, readFunds } from '../runtime/funds.js';
import type { DenyListReader } from '../runtime/deny-list.js';
import { maskReservationId, readReservation, type CoinReservation } from '../runtime/coin-reservations.js';
import {
  GAS_COIN_TEXT,
  GAS_COIN_TYPE,
  SUI_ADDRESS,
  SUI_TYPE,
  coinTypeArgument,
  frameworkType,
  parseType,
  singleArgument,
  typeToText,
  typesEqual,
} from '../runtime/type-tags.js';
import type { StoredObject } from '../runtime/objects.js';
import { typeTextsOf } from '../runtime/ptb-typing.js';
import type { CallArg, Programmable, ResolvedInput, TransactionDataV1 } from '../runtime/ptb.js';
import { readCoinBalance } from '../runtime/write-set.js';
import { TransactionRejected } from './errors.js';
import type { ObjectStore } from './object-store.js';
import type { ChainState } from './validity.js';

const CLOCK = fullAddress('0x6');
const AUTHENTICATOR_STATE = fullAddress('0x7');
const RANDOM = fullAddress('0x8');

interface ObjectRef {
  readonly objectId: Address;
  readonly version: string | bigint | number;
  readonly digest: string;
}

export class InputResolver {
  readonly #store: ObjectStore;
  /** False: development inspection; owners and digests are not checked. */
  readonly #checks: boolean;

  readonly #denyList: DenyListReader;
  readonly #chain: ChainState;

  constructor(store: ObjectStore, checks: boolean, denyList: DenyListReader, chain: ChainState) {
    this.#chain = chain;
    this.#store = store;
    this.#checks = checks;
    this.#denyList = denyList;
  }

  /** Everything the transaction names, or the reason why it may not run. @throws TransactionRejected */
  resolveAll(data: TransactionDataV1, ptb: Programmable, mockCoin?: StoredObject) {
    const { coins: gasCoins, reserved } = mockCoin ? { coins: [mockCoin], reserved: 0n } : this.resolvePayment(data);
    const inputs = this.resolveInputs(ptb, data.sender, data.gasData.owner);
    const [first] = data.gasData.payment;
    const paysFromBalance = !mockCoin && (first === undefined || readReservation(first) !== undefined);
    if (this.#checks) {
      this.#checkFunds(inputs, data, first === undefined && !mockCoin ? BigInt(data.gasData.budget) : reserved);
      this.#checkDenied(inputs, data.sender);
    }
    const reservedGas = first === undefined ? undefined : reserved;
    return { gasCoins, paysFromBalance, reservedGas, inputs, packages: this.resolvePackages(ptb) };
  }

  resolveInputs(ptb: Programmable, sender: Address, gasOwner: Address): ResolvedInput[] {
    return ptb.inputs.map((input) => this.#resolve(input, sender, gasOwner));
  }

  #resolve(input: CallArg, sender: Address, gasOwner: Address): ResolvedInput {
    if (input.Pure) return { kind: 'pure', bytes: new Uint8Array(Buffer.from(input.Pure.bytes, 'base64')) };
    if (input.FundsWithdrawal) {
      const { reservation, typeArg, withdrawFrom } = input.FundsWithdrawal;
      if (withdrawFrom.SenderAllowance) throw new TransactionRejected('Unsupported', 'withdrawal from an allowance');
      return {
        kind: 'withdrawal',
        type: balanceType(parseType(typeArg.Balance)),
        owner: withdrawFrom.Sponsor ? gasOwner : sender,
        amount: BigInt(reservation.MaxAmountU64),
      };
    }
    const object = input.Object;
    switch (object.$kind) {
      case 'ImmOrOwnedObject':
        return this.#ownedOrImmutable(object.ImmOrOwnedObject, sender);
      case 'SharedObject':
        return this.#consensus(object.SharedObject, sender);
      case 'Receiving': {
        const found = this.#exact(object.Receiving);
        if (this.#checks && found.owner.AddressOwner === undefined) throw wrongOwner(found, 'NotOwnedObjectError');
        return { kind: 'receiving', id: found.id, version: found.version, object: found };
      }
      default:
        return object satisfies never;
    }
  }

  /** Withdrawals and gas together must not exceed what the address balances hold. */
  #checkFunds(inputs: readonly ResolvedInput[], data: TransactionDataV1, gas: bigint): void {
    const needed = new Map<Address, { owner: Address; type: MoveType; amount: bigint }>();
    const need = (owner: Address, type: MoveType, amount: bigint) => {
      const id = accumulatorId(owner, type);
      needed.set(id, { owner, type, amount: (needed.get(id)?.amount ?? 0n) + amount });
    };
    for (const input of inputs) {
      if (input.kind !== 'withdrawal') continue;
      if (input.amount === 0n) throw new TransactionRejected('InvalidWithdrawReservation', 'a withdrawal of nothing');
      need(input.owner, input.type, input.amount);
    }
    if (gas > 0n) need(data.gasData.owner, balanceType(SUI_TYPE), gas);
    for (const { owner, type, amount } of needed.values()) {
      const available = readFunds(this.#store, owner, type);
      if (available < amount) {
        throw new TransactionRejected(
          gas > 0n && data.gasData.payment.length === 0 ? 'GasBalanceTooLow' : 'InvalidWithdrawReservation',
          `${owner} holds ${available} of ${typeToText(type)} outside coins, ${amount} needed`,
        );
      }
    }
  }

  /** A denied sender may not use coins of the type at all. */
  #checkDenied(inputs: readonly ResolvedInput[], sender: Address): void {
    for (const input of inputs) {
      const object = input.kind === 'object' ? input.input.object : input.kind === 'receiving' ? input.object : undefined;
      const coin = object?.moveType && coinTypeArgument(object.moveType);
      if (!coin) continue;
      const denial = this.#denyList.find(coin, sender, 'newest');
      if (denial === 'address') {
        throw new TransactionRejected('AddressDeniedForCoin', `${sender} may not use ${typeToText(coin)}`, object.id);
      }
      if (denial === 'pause') throw new TransactionRejected('CoinTypeGlobalPause', `${typeToText(coin)} is paused`, object.id);
    }
  }

  #find(id: Address): StoredObject {
    const object = this.#store.readObject(id);
    if (!object) {
      const reason = this.#store.wasRemoved(id) ? 'ObjectDeleted' : 'ObjectNotFound';
      throw new TransactionRejected(reason, `object ${id} does not exist`, id);
    }
    if (object.data.kind === 'package') {
      throw new TransactionRejected('MovePackageAsObject', `${id} is a package`, id);
    }
    return object;
  }

  #exact(ref: ObjectRef): StoredObject {
    const object = this.#find(ref.objectId);
    if (!this.#checks) return object;
    if (BigInt(ref.version) !== object.version) {
      throw new TransactionRejected(
        'ObjectVersionUnavailableForConsumption',
        `object ${ref.objectId} is at version ${object.version}, not ${ref.version}`,
        ref.objectId,
      );
    }
    if (ref.digest !== object.digest) {
      throw new TransactionRejected('InvalidObjectDigest', `object ${ref.objectId} has digest ${object.digest}`, ref.objectId);
    }
    return object;
  }

  /** A coin reservation as the withdrawal that it stands for. @throws TransactionRejected */
  #reserved(ref: ObjectRef, { amount, epoch }: CoinReservation, owner: Address) {
    const refused = (message: string) => new TransactionRejected('InvalidWithdrawReservation', message, ref.objectId);
    const id = maskReservationId(ref.objectId, this.#chain.chainId);
    const type = this.#store.readObject(id)?.moveType;
    const key = type?.kind === 'datatype' ? type.typeArguments[0] : undefined;
    const balance = key && singleArgument(key, SUI_ADDRESS, 'accumulator', 'Key');
    const coin = balance && singleArgument(balance, SUI_ADDRESS, 'balance', 'Balance');
    if (!balance || !coin) throw refused(`${id} is no balance of an address`);
    if (accumulatorId(owner, balance) !== id) throw refused(`the balance ${id} is not of ${owner}`);
    if (this.#checks && epoch !== this.#chain.epoch) {
      throw new TransactionRejected('TransactionExpired', `reserved for epoch ${epoch}`, ref.objectId);
    }
    return { kind: 'withdrawal', type: balance, owner, amount, coin: frameworkType('coin', 'Coin', [coin]) } as const;
  }

  #ownedOrImmutable(ref: ObjectRef, sender: Address): ResolvedInput {
    const reservation = readReservation(ref);
    if (reservation) return this.#reserved(ref, reservation, sender);
    const object = this.#exact(ref);
    switch (object.owner.$kind) {
      case 'Immutable':
        return { kind: 'object', input: { object, kind: 'immutable', mutable: false } };
      case 'AddressOwner':
        if (this.#checks && object.owner.AddressOwner !== sender) {
          throw wrongOwner(object, 'IncorrectUserSignature');
        }
        return { kind: 'object', input: { object, kind: 'owned', mutable: true } };
      case 'ObjectOwner':
        throw wrongOwner(object, 'InvalidChildObjectArgument');
      default:
        throw wrongOwner(object, 'NotImmutableOrOwnedObjectError');
    }
  }

  #consensus(
    ref: { objectId: Address; initialSharedVersion: string | bigint | number; mutable: boolean },
    sender: Address,
  ): ResolvedInput {
    if (this.#checks && ref.objectId === AUTHENTICATOR_STATE) {
      throw new TransactionRejected('InaccessibleSystemObject', `object ${ref.objectId}`, ref.objectId);
    }
    if (this.#checks && ref.mutable && (ref.objectId === CLOCK || ref.objectId === RANDOM)) {
      throw new TransactionRejected('ImmutableParameterExpectedError', `object ${ref.objectId} is read only`, ref.objectId);
    }
    const object = this.#find(ref.objectId);
    const shared = object.owner.Shared;
    const party = object.owner.ConsensusAddressOwner;
    if (!shared && !party) throw wrongOwner(object, 'NotSharedObjectError');
    const start = BigInt(shared?.initialSharedVersion ?? party!.startVersion);
    if (this.#checks && start !== BigInt(ref.initialSharedVersion)) {
      throw new TransactionRejected(
        'SharedObjectStartingVersionMismatch',
        `object ${ref.objectId} was shared at version ${start}, not ${ref.initialSharedVersion}`,
        ref.objectId,
      );
    }
    if (this.#checks && party && party.owner !== sender) throw wrongOwner(object, 'IncorrectUserSignature');
    return { kind: 'object', input: { object, kind: shared ? 'shared' : 'consensus', mutable: ref.mutable } };
  }

  /** Payment coins and what is reserved of the owner's balance, checked to cover the budget. */
  resolvePayment(data: TransactionDataV1): { coins: StoredObject[]; reserved: bigint } {
    const { payment, owner, budget } = data.gasData;
    let reserved = 0n;
    const coins = payment.flatMap((ref) => {
      const reservation = readReservation(ref);
      if (reservation) {
        const { coin, amount } = this.#reserved(ref, reservation, owner);
        if (!typesEqual(coin, GAS_COIN_TYPE)) {
          throw new TransactionRejected('InvalidGasObject', `${ref.objectId} reserves no SUI`, ref.objectId);
        }
        if (amount === 0n) throw new TransactionRejected('InvalidWithdrawReservation', 'a withdrawal of nothing');
        reserved += amount;
        return [];
      }
      const coin = this.#exact(ref);
      if (coin.type !== GAS_COIN_TEXT) throw new TransactionRejected('InvalidGasObject', `${coin.id} is no SUI coin`, coin.id);
      if (coin.owner.AddressOwner === undefined) throw wrongOwner(coin, 'GasObjectNotOwnedObject');
      if (this.#checks && coin.owner.AddressOwner !== owner) throw wrongOwner(coin, 'IncorrectUserSignature');
      return [coin];
    });
    const total = coins.reduce((sum, coin) => sum + readCoinBalance(coin.contents!), reserved);
    if (payment.length > 0 && total < BigInt(budget)) {
      throw new TransactionRejected('GasBalanceTooLow', `${total} MIST in the payment, budget ${budget}`);
    }
    return { coins, reserved };
  }

  /** Packages that commands name, in order, each once. */
  resolvePackages(ptb: Programmable): StoredObject[] {
    const packages = new Map<Address, StoredObject>();
    const add = (id: Address) => {
      if (packages.has(id)) return;
      const object = this.#store.readObject(id);
      if (!object) throw new TransactionRejected('DependentPackageNotFound', `package ${id} does not exist`, id);
      if (object.data.kind !== 'package') throw new TransactionRejected('MoveObjectAsPackage', `${id} is no package`, id);
      packages.set(id, object);
    };
    for (const command of ptb.commands) {
      if (command.MoveCall) add(command.MoveCall.package);
      for (const text of typeTextsOf(command)) for (const [address] of text.matchAll(/0x[0-9a-f]+/g)) add(fullAddress(address));
      const listed = command.Publish ?? command.Upgrade;
      listed?.dependencies.forEach(add);
      if (command.Upgrade) add(command.Upgrade.package);
    }
    return [...packages.values()];
  }
}

function wrongOwner(object: StoredObject, reason: ConstructorParameters<typeof TransactionRejected>[0]): TransactionRejected {
  return new TransactionRejected(reason, `object ${object.id} is owned by ${ownerText(object)}`, object.id);
}

function ownerText(object: StoredObject): string {
  const { owner } = object;
  switch (owner.$kind) {
    case 'AddressOwner':
      return `address ${owner.AddressOwner}`;
    case 'ObjectOwner':
      return `object ${owner.ObjectOwner}`;
    case 'ConsensusAddressOwner':
      return `party ${owner.ConsensusAddressOwner.owner}`;
    case 'Shared':
      return 'everybody (shared)';
    case 'Immutable':
      return 'nobody (immutable)';
    default:
      return owner satisfies never;
  }
}
