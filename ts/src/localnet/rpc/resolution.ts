/**
 * Resolution of the inputs of a structured transaction against the ledger (sui-rpc.md §5 step 1).
 *
 * A client may name an object by its ID only. The server finds its version, digest and owner, and whether the
 * transaction changes or receives it: that follows from the parameters the input is passed to.
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import { normalizeSuiAddress } from '@mysten/sui/utils';
import type { Ledger, LedgerObject } from '../ledger/types.js';
import { readReservation } from '../runtime/coin-reservations.js';
import type { SignatureType } from '../vm/types.js';
import { invalidField, missingField, notFound } from './errors.js';
import { encodeLiteral } from './literals.js';
import type { ArgumentInput, CallArgInput, CommandInput, TransactionDraft } from './transaction-requests.js';
import { parseAddress, parseDigest, parseStructType, shorten } from './values.js';

const { Input_InputKind: InputKind, Input_Mutability: Mutability, FundsWithdrawal_Source: Source } = GrpcTypes;

const FRAMEWORK = normalizeSuiAddress('0x2');
const ADDRESS_TYPE: SignatureType = { kind: 'address' };
const U64_TYPE: SignatureType = { kind: 'u64' };

/** One place where an input is used: the type expected there, if a signature says it, and whether it is changed. */
interface InputUse {
  readonly type: SignatureType | undefined;
  readonly mutable: boolean;
}

/**
 * All inputs of a draft, resolved.
 * @throws RpcError INVALID_ARGUMENT or NOT_FOUND
 */
export function resolveInputs(ledger: Ledger, draft: TransactionDraft): CallArgInput[] {
  const uses = new InputUses(ledger, draft.commands);
  return draft.inputs.map((input, index) => {
    const field = `transaction.kind.programmable_transaction.inputs[${index}]`;
    return resolveInput(ledger, field, input, () => uses.of(index));
  });
}

/** Uses of each input, looked up on demand: most transactions come with resolved inputs. */
class InputUses {
  readonly #ledger: Ledger;
  readonly #commands: readonly CommandInput[];
  #uses: Map<number, InputUse[]> | undefined;

  constructor(ledger: Ledger, commands: readonly CommandInput[]) {
    this.#ledger = ledger;
    this.#commands = commands;
  }

  of(input: number): readonly InputUse[] {
    this.#uses ??= this.#collect();
    return this.#uses.get(input) ?? [];
  }

  #collect(): Map<number, InputUse[]> {
    const uses = new Map<number, InputUse[]>();
    const add = (argument: ArgumentInput, use: InputUse): void => {
      if (!('Input' in argument) || argument.Input === undefined) return;
      const list = uses.get(argument.Input);
      if (list === undefined) uses.set(argument.Input, [use]);
      else list.push(use);
    };
    for (const command of this.#commands) this.#collectCommand(command, add);
    return uses;
  }

  #collectCommand(command: CommandInput, add: (argument: ArgumentInput, use: InputUse) => void): void {
    const changed: InputUse = { type: undefined, mutable: true };
    if ('MoveCall' in command && command.MoveCall) {
      const { package: packageId, module, function: name } = command.MoveCall;
      const parameters = parametersOf(this.#ledger, packageId as string, module, name);
      for (const [index, argument] of [...command.MoveCall.arguments].entries()) {
        const type = parameters[index];
        add(argument, { type, mutable: !(type?.kind === 'reference' && !type.mutable) });
      }
    } else if ('TransferObjects' in command && command.TransferObjects) {
      for (const argument of command.TransferObjects.objects) add(argument, changed);
      add(command.TransferObjects.address, { type: ADDRESS_TYPE, mutable: false });
    } else if ('SplitCoins' in command && command.SplitCoins) {
      add(command.SplitCoins.coin, changed);
      for (const argument of command.SplitCoins.amounts) add(argument, { type: U64_TYPE, mutable: false });
    } else if ('MergeCoins' in command && command.MergeCoins) {
      add(command.MergeCoins.destination, changed);
      for (const argument of command.MergeCoins.sources) add(argument, changed);
    } else if ('MakeMoveVec' in command && command.MakeMoveVec) {
      for (const argument of command.MakeMoveVec.elements) add(argument, changed);
    } else if ('Upgrade' in command && command.Upgrade) {
      add(command.Upgrade.ticket, changed);
    }
  }
}

function parametersOf(ledger: Ledger, packageId: string, module: string, name: string): readonly SignatureType[] {
  const info = ledger.reflection.getFunction(packageId, module, name);
  if (info === undefined)
    throw invalidField('transaction.kind', `function ${shorten(`${packageId}::${module}::${name}`)} does not exist`);
  return info.parameters;
}

function resolveInput(
  ledger: Ledger,
  field: string,
  input: GrpcTypes.Input,
  uses: () => readonly InputUse[],
): CallArgInput {
  if (input.kind === InputKind.FUNDS_WITHDRAWAL || input.fundsWithdrawal !== undefined)
    return { FundsWithdrawal: resolveWithdrawal(`${field}.funds_withdrawal`, input.fundsWithdrawal) };
  if (input.kind === InputKind.PURE || input.pure !== undefined) {
    if (input.pure === undefined) throw missingField(`${field}.pure`);
    return { Pure: { bytes: input.pure } };
  }
  if (input.literal !== undefined) return resolveLiteral(ledger, field, input, uses());
  return resolveObject(ledger, field, input, uses);
}

function resolveWithdrawal(field: string, message: GrpcTypes.FundsWithdrawal | undefined) {
  if (message?.amount === undefined) throw missingField(`${field}.amount`);
  if (message.source !== Source.SENDER && message.source !== Source.SPONSOR)
    throw invalidField(`${field}.source`, 'must be SENDER or SPONSOR');
  return {
    reservation: { MaxAmountU64: message.amount },
    typeArg: { Balance: parseStructType(`${field}.coin_type`, message.coinType) },
    withdrawFrom: message.source === Source.SENDER ? { Sender: true as const } : { Sponsor: true as const },
  };
}

/** A JSON literal: an object ID where a parameter takes an object, otherwise a pure value of the parameter's type. */
function resolveLiteral(
  ledger: Ledger,
  field: string,
  input: GrpcTypes.Input,
  uses: readonly InputUse[],
): CallArgInput {
  const literal = input.literal as NonNullable<GrpcTypes.Input['literal']>;
  const type = uses.find((use) => use.type !== undefined)?.type;
  const bytes = type === undefined ? undefined : encodeLiteral(`${field}.literal`, literal, type);
  if (bytes !== undefined) return { Pure: { bytes } };
  if (literal.kind.oneofKind !== 'stringValue')
    throw invalidField(`${field}.literal`, 'the type of the literal cannot be found out');
  return resolveObject(ledger, field, { objectId: literal.kind.stringValue }, () => uses);
}

function resolveObject(
  ledger: Ledger,
  field: string,
  input: GrpcTypes.Input,
  uses: () => readonly InputUse[],
): CallArgInput {
  const objectId = parseAddress(`${field}.object_id`, input.objectId);
  const complete = completeObject(field, input, objectId);
  if (complete !== undefined) return complete;
  const object = ledger.getObject(objectId);
  if (object === undefined) throw notFound(`Object ${objectId} not found`);
  if (object.package !== undefined) throw invalidField(field, `${objectId} is a package, not an object`);
  switch (object.owner.$kind) {
    case 'Immutable':
    case 'AddressOwner':
      return resolveOwned(field, input, object, uses());
    case 'Shared':
      return resolveShared(field, input, object, object.owner.Shared.initialSharedVersion, uses());
    case 'ConsensusAddressOwner':
      return resolveShared(field, input, object, object.owner.ConsensusAddressOwner.startVersion, uses());
    case 'ObjectOwner':
      throw invalidField(field, `${objectId} is owned by the object ${object.owner.ObjectOwner}`);
  }
}

/** An input with kind and every field set is taken as it is; execution checks it. */
function completeObject(field: string, input: GrpcTypes.Input, objectId: string): CallArgInput | undefined {
  const { version, digest } = input;
  const unkinded = input.kind === undefined || input.kind === InputKind.INPUT_KIND_UNKNOWN;
  if (unkinded && version === 0n && digest !== undefined) {
    const reference = { objectId, version, digest: parseDigest(`${field}.digest`, digest) };
    if (readReservation(reference) !== undefined) return { Object: { ImmOrOwnedObject: reference } };
  }
  switch (input.kind) {
    case InputKind.IMMUTABLE_OR_OWNED:
    case InputKind.RECEIVING: {
      if (version === undefined || digest === undefined) return undefined;
      const reference = { objectId, version, digest: parseDigest(`${field}.digest`, digest) };
      if (input.kind === InputKind.RECEIVING) return { Object: { Receiving: reference } };
      return { Object: { ImmOrOwnedObject: reference } };
    }
    case InputKind.SHARED: {
      const mutable = input.mutable ?? mutabilityFlag(field, input.mutability);
      if (version === undefined || mutable === undefined) return undefined;
      return { Object: { SharedObject: { objectId, initialSharedVersion: version, mutable } } };
    }
    case undefined:
    case InputKind.INPUT_KIND_UNKNOWN:
      return undefined;
    default:
      throw invalidField(`${field}.kind`, 'unknown kind of input');
  }
}

function mutabilityFlag(field: string, mutability: GrpcTypes.Input['mutability']): boolean | undefined {
  switch (mutability) {
    case Mutability.MUTABLE:
      return true;
    case Mutability.IMMUTABLE:
      return false;
    case Mutability.NON_EXCLUSIVE_WRITE:
      throw invalidField(`${field}.mutability`, 'NON_EXCLUSIVE_WRITE is for system transactions');
    default:
      return undefined;
  }
}

function resolveOwned(
  field: string,
  input: GrpcTypes.Input,
  object: LedgerObject,
  uses: readonly InputUse[],
): CallArgInput {
  if (input.kind === InputKind.SHARED) throw invalidField(`${field}.kind`, `${object.id} is not shared`);
  if (input.version !== undefined && input.version !== object.version)
    throw invalidField(`${field}.version`, `${object.id} has version ${object.version}, not ${input.version}`);
  if (input.digest !== undefined && input.digest !== object.digest)
    throw invalidField(`${field}.digest`, `${object.id} has digest ${object.digest}`);
  const reference = { objectId: object.id, version: object.version, digest: object.digest };
  const receiving =
    input.kind === InputKind.RECEIVING ||
    (input.kind !== InputKind.IMMUTABLE_OR_OWNED && uses.length > 0 && uses.every((use) => isReceiving(use.type)));
  return { Object: receiving ? { Receiving: reference } : { ImmOrOwnedObject: reference } };
}

function resolveShared(
  field: string,
  input: GrpcTypes.Input,
  object: LedgerObject,
  startVersion: string,
  uses: readonly InputUse[],
): CallArgInput {
  if (input.kind !== InputKind.SHARED && input.kind !== undefined && input.kind !== InputKind.INPUT_KIND_UNKNOWN)
    throw invalidField(`${field}.kind`, `${object.id} is a shared object`);
  if (input.version !== undefined && input.version !== BigInt(startVersion))
    throw invalidField(`${field}.version`, `${object.id} is shared since version ${startVersion}, not ${input.version}`);
  if (input.digest !== undefined) throw invalidField(`${field}.digest`, 'a shared object is not named by digest');
  const mutable = input.mutable === true || uses.some((use) => use.mutable);
  return { Object: { SharedObject: { objectId: object.id, initialSharedVersion: startVersion, mutable } } };
}

/** `Receiving<T>`, by value or by reference. */
function isReceiving(type: SignatureType | undefined): boolean {
  if (type?.kind === 'reference') return isReceiving(type.target);
  return (
    type?.kind === 'datatype' &&
    type.address === FRAMEWORK &&
    type.module === 'transfer' &&
    type.name === 'Receiving'
  );
}
