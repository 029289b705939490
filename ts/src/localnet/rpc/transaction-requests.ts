/**
 * `sui.rpc.v2.Transaction` of a request as a draft: commands, sender, gas and expiration in the SDK's BCS input
 * shapes, inputs still as sent (they may be unresolved, sui-rpc.md §5).
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import { bcs } from '@mysten/sui/bcs';
import type { TransactionData } from '../ledger/types.js';
import { invalidField, missingField } from './errors.js';
import { parseAddress, parseDigest } from './values.js';

const { Argument_ArgumentKind: ArgumentKind, TransactionExpiration_TransactionExpirationKind: ExpirationKind } =
  GrpcTypes;

type DataInput = typeof bcs.TransactionData.$inferInput;
/** Command in the shape `bcs.Command` takes. */
export type CommandInput = typeof bcs.Command.$inferInput;
/** Argument in the shape `bcs.Argument` takes. */
export type ArgumentInput = typeof bcs.Argument.$inferInput;
/** Resolved input in the shape `bcs.CallArg` takes. */
export type CallArgInput = typeof bcs.CallArg.$inferInput;
type ExpirationInput = typeof bcs.TransactionExpiration.$inferInput;
/** Reference of an object as `bcs.SuiObjectRef` takes it. */
export type ObjectReference = { objectId: string; version: string; digest: string };

/** Gas payment of a draft; what is undefined is for the server to choose. */
export interface DraftGas {
  readonly payment: readonly ObjectReference[];
  readonly owner: string;
  readonly price: bigint | undefined;
  readonly budget: bigint | undefined;
}

/** A structured transaction as sent. */
export interface TransactionDraft {
  readonly inputs: readonly GrpcTypes.Input[];
  readonly commands: readonly CommandInput[];
  readonly sender: string;
  readonly gas: DraftGas;
  readonly expiration: ExpirationInput;
}

/** Largest transaction that Sui accepts (sui-execution.md §1.1), with room for structured forms. */
const MAX_TRANSACTION_BYTES = 131_072;
/** Indices are u16 on chain. */
const MAX_INDEX = 0xffff;

/**
 * Parses BCS `TransactionData`, canonical encodings only.
 * @throws RpcError INVALID_ARGUMENT
 */
export function parseTransactionBytes(field: string, bytes: Uint8Array): TransactionData {
  if (bytes.length > MAX_TRANSACTION_BYTES)
    throw invalidField(field, `transaction of ${bytes.length} bytes is larger than ${MAX_TRANSACTION_BYTES}`);
  let data: TransactionData;
  let canonical: Uint8Array;
  try {
    data = bcs.TransactionData.parse(bytes);
    canonical = bcs.TransactionData.serialize(data).toBytes();
  } catch (error) {
    throw Object.assign(invalidField(field, `invalid TransactionData: ${(error as Error).message}`), { cause: error });
  }
  if (!equalBytes(bytes, canonical)) throw invalidField(field, 'TransactionData is not canonical BCS');
  return data;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Serializes a transaction whose inputs are resolved. @throws RpcError INVALID_ARGUMENT */
export function serializeTransaction(data: DataInput): { readonly data: TransactionData; readonly bytes: Uint8Array } {
  let bytes: Uint8Array;
  try {
    bytes = bcs.TransactionData.serialize(data, { maxSize: MAX_TRANSACTION_BYTES * 8 }).toBytes();
  } catch (error) {
    throw Object.assign(invalidField('transaction', `cannot be encoded: ${(error as Error).message}`), {
      cause: error,
    });
  }
  return { data: bcs.TransactionData.parse(bytes), bytes };
}

/**
 * Reads the structured form of a programmable transaction.
 * @throws RpcError INVALID_ARGUMENT
 */
export function parseTransactionMessage(message: GrpcTypes.Transaction): TransactionDraft {
  const kind = message.kind?.data;
  if (kind === undefined || kind.oneofKind === undefined) throw missingField('transaction.kind');
  if (kind.oneofKind !== 'programmableTransaction')
    throw invalidField('transaction.kind', 'only programmable transactions can be sent');
  const sender = parseAddress('transaction.sender', message.sender);
  return {
    inputs: kind.programmableTransaction.inputs,
    commands: kind.programmableTransaction.commands.map(parseCommand),
    sender,
    gas: parseGas(message.gasPayment, sender),
    expiration: parseExpiration(message.expiration),
  };
}

function parseGas(message: GrpcTypes.GasPayment | undefined, sender: string): DraftGas {
  const field = 'transaction.gas_payment';
  return {
    payment: (message?.objects ?? []).map((object, index) => parseReference(`${field}.objects[${index}]`, object)),
    owner: message?.owner === undefined ? sender : parseAddress(`${field}.owner`, message.owner),
    price: message?.price,
    budget: message?.budget,
  };
}

/** A complete object reference. @throws RpcError INVALID_ARGUMENT */
export function parseReference(field: string, message: GrpcTypes.ObjectReference): ObjectReference {
  if (message.version === undefined) throw missingField(`${field}.version`);
  return {
    objectId: parseAddress(`${field}.object_id`, message.objectId),
    version: message.version.toString(),
    digest: parseDigest(`${field}.digest`, message.digest),
  };
}

function parseExpiration(message: GrpcTypes.TransactionExpiration | undefined): ExpirationInput {
  const field = 'transaction.expiration';
  switch (message?.kind) {
    case undefined:
    case ExpirationKind.TRANSACTION_EXPIRATION_KIND_UNKNOWN:
    case ExpirationKind.NONE:
      return { None: true };
    case ExpirationKind.EPOCH: {
      if (message.epoch === undefined) throw missingField(`${field}.epoch`);
      return { Epoch: Number(message.epoch) };
    }
    case ExpirationKind.VALID_DURING:
      return {
        ValidDuring: {
          minEpoch: message.minEpoch ?? null,
          maxEpoch: message.epoch ?? null,
          minTimestamp: milliseconds(message.minTimestamp),
          maxTimestamp: milliseconds(message.maxTimestamp),
          chain: parseDigest(`${field}.chain`, message.chain),
          nonce: message.nonce ?? 0,
        },
      };
    default:
      throw invalidField(`${field}.kind`, 'unsupported kind of expiration');
  }
}

function milliseconds(timestamp: GrpcTypes.Epoch['start']): bigint | null {
  return timestamp === undefined ? null : timestamp.seconds * 1000n + BigInt(Math.floor(timestamp.nanos / 1_000_000));
}

function parseCommand(message: GrpcTypes.Command, index: number): CommandInput {
  const field = `transaction.kind.programmable_transaction.commands[${index}]`;
  const { command } = message;
  switch (command.oneofKind) {
    case 'moveCall': {
      const { moveCall } = command;
      if (moveCall.module === undefined) throw missingField(`${field}.module`);
      if (moveCall.function === undefined) throw missingField(`${field}.function`);
      return {
        MoveCall: {
          package: parseAddress(`${field}.package`, moveCall.package),
          module: moveCall.module,
          function: moveCall.function,
          typeArguments: moveCall.typeArguments,
          arguments: parseArguments(`${field}.arguments`, moveCall.arguments),
        },
      };
    }
    case 'transferObjects': {
      const objects = parseArguments(`${field}.objects`, command.transferObjects.objects);
      return { TransferObjects: { objects, address: parseArgument(`${field}.address`, command.transferObjects.address) } };
    }
    case 'splitCoins': {
      const coin = parseArgument(`${field}.coin`, command.splitCoins.coin);
      return { SplitCoins: { coin, amounts: parseArguments(`${field}.amounts`, command.splitCoins.amounts) } };
    }
    case 'mergeCoins': {
      const destination = parseArgument(`${field}.coin`, command.mergeCoins.coin);
      const sources = parseArguments(`${field}.coins_to_merge`, command.mergeCoins.coinsToMerge);
      return { MergeCoins: { destination, sources } };
    }
    case 'makeMoveVector': {
      const elements = parseArguments(`${field}.elements`, command.makeMoveVector.elements);
      return { MakeMoveVec: { type: command.makeMoveVector.elementType ?? null, elements } };
    }
    case 'publish':
      return {
        Publish: {
          modules: command.publish.modules,
          dependencies: parseDependencies(field, command.publish.dependencies),
        },
      };
    case 'upgrade':
      return {
        Upgrade: {
          modules: command.upgrade.modules,
          dependencies: parseDependencies(field, command.upgrade.dependencies),
          package: parseAddress(`${field}.package`, command.upgrade.package),
          ticket: parseArgument(`${field}.ticket`, command.upgrade.ticket),
        },
      };
    default:
      throw missingField(field);
  }
}

function parseDependencies(field: string, dependencies: readonly string[]): string[] {
  return dependencies.map((id, index) => parseAddress(`${field}.dependencies[${index}]`, id));
}

function parseArguments(field: string, list: readonly GrpcTypes.Argument[]): ArgumentInput[] {
  return list.map((argument, index) => parseArgument(`${field}[${index}]`, argument));
}

function parseArgument(field: string, message: GrpcTypes.Argument | undefined): ArgumentInput {
  if (message === undefined) throw missingField(field);
  switch (message.kind) {
    case ArgumentKind.GAS:
      return { GasCoin: true };
    case ArgumentKind.INPUT:
      return { Input: parseIndex(`${field}.input`, message.input) };
    case ArgumentKind.RESULT: {
      const result = parseIndex(`${field}.result`, message.result);
      if (message.subresult === undefined) return { Result: result };
      return { NestedResult: [result, parseIndex(`${field}.subresult`, message.subresult)] };
    }
    default:
      throw invalidField(`${field}.kind`, 'unknown kind of argument');
  }
}

function parseIndex(field: string, index: number | undefined): number {
  if (index === undefined) throw missingField(field);
  if (index > MAX_INDEX) throw invalidField(field, `index ${index} is larger than ${MAX_INDEX}`);
  return index;
}
