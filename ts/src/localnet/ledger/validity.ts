/**
 * Checks of a transaction that need no state but epoch and chain: counts, identifiers, duplicates,
 * expiration, price and budget (sui-execution.md §1.1–1.2).
 */
import { bcs } from '@mysten/sui/bcs';
import { REFERENCE_GAS_PRICE, gasPrices, limits } from '../runtime/limits.js';
import { bytesEqual, fullAddress } from '../runtime/bytes.js';
import { readReservation } from '../runtime/coin-reservations.js';
import type { Address } from '../vm/types.js';
import type { CallArg, Command, Programmable, TransactionDataV1 } from '../runtime/ptb.js';
import { TransactionRejected } from './errors.js';
import type { TransactionData } from './types.js';

const IDENTIFIER = /^(?:[A-Za-z][A-Za-z0-9_]*|_[A-Za-z0-9_]+)$/;
const MAX_IDENTIFIER_LENGTH = 128;
const RANDOM = fullAddress('0x8');

/** Reads canonical BCS of `TransactionData`. @throws TransactionRejected */
export function parseTransaction(bytes: Uint8Array): TransactionData {
  if (bytes.length > limits.transactionSizeBytes) {
    throw new TransactionRejected('SizeLimitExceeded', `a transaction of ${bytes.length} bytes`);
  }
  let data: TransactionData;
  let again: Uint8Array;
  try {
    data = bcs.TransactionData.parse(bytes);
    again = bcs.TransactionData.serialize(data).toBytes();
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new TransactionRejected('InvalidTransactionBytes', words);
  }
  if (!bytesEqual(bytes, again)) {
    throw new TransactionRejected('InvalidTransactionBytes', 'the encoding is not canonical');
  }
  return data;
}

/** The programmable transaction of a user's transaction. @throws TransactionRejected for system kinds */
export function userTransaction(data: TransactionDataV1): Programmable {
  const programmable = data.kind.ProgrammableTransaction;
  if (!programmable) {
    throw new TransactionRejected('Unsupported', `users may not send a ${data.kind.$kind} transaction`);
  }
  return programmable;
}

export interface ChainState {
  readonly epoch: bigint;
  /** Base58 digest of the genesis checkpoint. */
  readonly chainId: string;
}

export function checkExpiration(data: TransactionDataV1, chain: ChainState): void {
  const { expiration } = data;
  switch (expiration.$kind) {
    case 'None':
      return;
    case 'Epoch':
      if (BigInt(expiration.Epoch) < chain.epoch) {
        throw new TransactionRejected('TransactionExpired', `epoch ${expiration.Epoch} is over`);
      }
      return;
    case 'ValidDuring': {
      const { minEpoch, maxEpoch, minTimestamp, maxTimestamp, chain: chainId } = expiration.ValidDuring;
      if (minTimestamp !== null || maxTimestamp !== null) {
        throw new TransactionRejected('InvalidExpiration', 'validity by timestamp is not supported');
      }
      if (minEpoch === null || maxEpoch === null || BigInt(maxEpoch) - BigInt(minEpoch) > 1n || BigInt(maxEpoch) < BigInt(minEpoch)) {
        throw new TransactionRejected('InvalidExpiration', 'both epochs are needed, at most one apart');
      }
      if (chainId !== chain.chainId) throw new TransactionRejected('InvalidChainId', `chain ${chainId}`);
      if (chain.epoch < BigInt(minEpoch) || chain.epoch > BigInt(maxEpoch)) {
        throw new TransactionRejected('TransactionExpired', `valid in epochs ${minEpoch} to ${maxEpoch}`);
      }
      return;
    }
    case 'Validity':
      throw new TransactionRejected('Unsupported', 'expiration kind Validity');
    default:
      expiration satisfies never;
  }
}

export function checkGasTerms(data: TransactionDataV1): void {
  const price = BigInt(data.gasData.price);
  const budget = BigInt(data.gasData.budget);
  if (price < REFERENCE_GAS_PRICE) {
    throw new TransactionRejected('GasPriceUnderRGP', `price ${price} is below ${REFERENCE_GAS_PRICE}`);
  }
  if (price >= gasPrices.maxPrice) throw new TransactionRejected('GasPriceTooHigh', `price ${price}`);
  if (budget > gasPrices.maxBudget) {
    throw new TransactionRejected('GasBudgetTooHigh', `budget ${budget} is above ${gasPrices.maxBudget}`);
  }
  if (budget < gasPrices.minimumUnits * price) {
    throw new TransactionRejected('GasBudgetTooLow', `budget ${budget} is below ${gasPrices.minimumUnits * price}`);
  }
  if (data.gasData.payment.length > limits.gasPaymentObjects) {
    throw new TransactionRejected('SizeLimitExceeded', `${data.gasData.payment.length} gas objects`);
  }
}

/** ID of an object input. */
export function inputObjectId(input: CallArg): Address | undefined {
  const object = input.Object;
  if (!object) return undefined;
  return (object.ImmOrOwnedObject ?? object.SharedObject ?? object.Receiving)!.objectId;
}

/** Counts, identifiers and the shape of each command. */
export function checkProgrammable(data: TransactionDataV1, ptb: Programmable): void {
  checkInputs(data, ptb);
  if (ptb.commands.length >= limits.commands) {
    throw new TransactionRejected('SizeLimitExceeded', `${ptb.commands.length} commands`);
  }
  let publishes = 0;
  for (const command of ptb.commands) {
    checkCommand(command);
    if (command.Publish || command.Upgrade) publishes++;
  }
  if (publishes > limits.publishCommands) {
    throw new TransactionRejected('MaxPublishCountExceeded', `${publishes} publish and upgrade commands`);
  }
  checkRandomness(ptb);
}

function checkInputs(data: TransactionDataV1, ptb: Programmable): void {
  const seen = new Set<Address>();
  for (const input of ptb.inputs) {
    if (input.Pure && Buffer.byteLength(input.Pure.bytes, 'base64') > limits.pureArgumentSizeBytes) {
      throw new TransactionRejected('SizeLimitExceeded', 'a pure argument is too large');
    }
    const id = inputObjectId(input);
    if (id === undefined || isReservation(input.Object?.ImmOrOwnedObject)) continue;
    if (seen.has(id)) throw new TransactionRejected('DuplicateObjectRefInput', `object ${id} is given twice`, id);
    seen.add(id);
  }
  for (const payment of data.gasData.payment) {
    if (isReservation(payment)) continue;
    if (seen.has(payment.objectId)) {
      throw new TransactionRejected('MutableObjectUsedMoreThanOnce', `gas object ${payment.objectId}`, payment.objectId);
    }
    seen.add(payment.objectId);
  }
  for (const command of ptb.commands) if (command.MoveCall) seen.add(fullAddress(command.MoveCall.package));
  if (seen.size > limits.inputObjects) throw new TransactionRejected('SizeLimitExceeded', `${seen.size} input objects`);
}

/** Several reservations of one balance have the same ID. */
function isReservation(reference: Parameters<typeof readReservation>[0] | undefined): boolean {
  return reference !== undefined && readReservation(reference) !== undefined;
}

function checkCommand(command: Command): void {
  const args = argumentCount(command);
  if (args >= limits.argumentsPerCommand) {
    throw new TransactionRejected('SizeLimitExceeded', `${args} arguments in one command`);
  }
  switch (command.$kind) {
    case 'MoveCall': {
      const call = command.MoveCall;
      for (const name of [call.module, call.function]) {
        if (name.length > MAX_IDENTIFIER_LENGTH || !IDENTIFIER.test(name)) {
          throw new TransactionRejected('InvalidIdentifier', JSON.stringify(name.slice(0, MAX_IDENTIFIER_LENGTH)));
        }
      }
      if (call.typeArguments.length > limits.typeArguments) {
        throw new TransactionRejected('SizeLimitExceeded', `${call.typeArguments.length} type arguments`);
      }
      call.typeArguments.forEach(checkTypeDepth);
      return;
    }
    case 'TransferObjects':
      if (command.TransferObjects.objects.length === 0) throw emptyCommand('TransferObjects');
      return;
    case 'SplitCoins':
      if (command.SplitCoins.amounts.length === 0) throw emptyCommand('SplitCoins');
      return;
    case 'MergeCoins':
      if (command.MergeCoins.sources.length === 0) throw emptyCommand('MergeCoins');
      return;
    case 'MakeMoveVec':
      if (command.MakeMoveVec.type === null && command.MakeMoveVec.elements.length === 0) throw emptyCommand('MakeMoveVec');
      if (command.MakeMoveVec.type !== null) checkTypeDepth(command.MakeMoveVec.type);
      return;
    case 'Publish':
      checkModules('Publish', command.Publish.modules.length, command.Publish.dependencies.length);
      return;
    case 'Upgrade':
      checkModules('Upgrade', command.Upgrade.modules.length, command.Upgrade.dependencies.length);
      return;
    default:
      command satisfies never;
  }
}

function argumentCount(command: Command): number {
  switch (command.$kind) {
    case 'MoveCall':
      return command.MoveCall.arguments.length;
    case 'TransferObjects':
      return command.TransferObjects.objects.length;
    case 'SplitCoins':
      return command.SplitCoins.amounts.length;
    case 'MergeCoins':
      return command.MergeCoins.sources.length;
    case 'MakeMoveVec':
      return command.MakeMoveVec.elements.length;
    default:
      return 0;
  }
}

/** Nesting depth of a type from its text. */
function checkTypeDepth(text: string): void {
  let depth = 1;
  let deepest = 1;
  for (const letter of text) {
    if (letter === '<') deepest = Math.max(deepest, ++depth);
    else if (letter === '>') depth--;
  }
  if (deepest > limits.typeArgumentDepth) {
    throw new TransactionRejected('SizeLimitExceeded', `a type argument ${deepest} levels deep`);
  }
}

function checkModules(kind: string, modules: number, dependencies: number): void {
  if (modules === 0) throw emptyCommand(kind);
  if (modules >= limits.modulesPerPublish) throw new TransactionRejected('SizeLimitExceeded', `${modules} modules`);
  if (dependencies > limits.packageDependencies) {
    throw new TransactionRejected('SizeLimitExceeded', `${dependencies} package dependencies`);
  }
}

function emptyCommand(kind: string): TransactionRejected {
  return new TransactionRejected('EmptyCommandInput', `${kind} without input`);
}

/** After a command that takes the random object, only transfers and merges may follow. */
function checkRandomness(ptb: Programmable): void {
  const random = ptb.inputs.findIndex((input) => inputObjectId(input) === RANDOM);
  if (random < 0) return;
  let used = false;
  for (const command of ptb.commands) {
    if (used && !command.TransferObjects && !command.MergeCoins) {
      throw new TransactionRejected('PostRandomCommandRestrictions', `${command.$kind} after a command that uses randomness`);
    }
    used ||= command.MoveCall?.arguments.some((argument) => argument.Input === random) ?? false;
  }
}
