/**
 * `TransactionData` (BCS) as `sui.rpc.v2.Transaction`: programmable transactions in full, system transactions
 * with the fields this network sets (sui-rpc.md §9).
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import { fromBase64 } from '@mysten/bcs';
import type { TransactionData } from '../ledger/types.js';
import type { ReadMask } from './mask.js';
import { bcsMessage, timestampMessage } from './values.js';

const { Argument_ArgumentKind: ArgumentKind, Input_InputKind: InputKind, Input_Mutability: Mutability } = GrpcTypes;
const { FundsWithdrawal_Source: Source, TransactionKind_Kind: Kind } = GrpcTypes;
const { TransactionExpiration_TransactionExpirationKind: ExpirationKind } = GrpcTypes;
const { EndOfEpochTransactionKind_Kind: EndOfEpochKind } = GrpcTypes;

/** Version 1 of transaction data, the only one there is. */
export type TransactionV1 = NonNullable<TransactionData['V1']>;
type BcsKind = TransactionV1['kind'];
type BcsProgrammable = Extract<BcsKind, { $kind: 'ProgrammableTransaction' }>['ProgrammableTransaction'];
type BcsInput = BcsProgrammable['inputs'][number];
type BcsCommand = BcsProgrammable['commands'][number];
type BcsArgument = Extract<BcsCommand, { $kind: 'SplitCoins' }>['SplitCoins']['coin'];
type BcsWithdrawal = Extract<BcsInput, { $kind: 'FundsWithdrawal' }>['FundsWithdrawal'];
type BcsChangeEpoch = Extract<BcsKind, { $kind: 'ChangeEpoch' }>['ChangeEpoch'];
type BcsEndOfEpoch = Extract<BcsKind, { $kind: 'EndOfEpochTransaction' }>['EndOfEpochTransaction'][number];

/** The parts of a transaction that were asked for. */
export function transactionMessage(
  transaction: { readonly data: TransactionData; readonly bytes: Uint8Array; readonly digest: string },
  mask: ReadMask,
): GrpcTypes.Transaction {
  const { V1: data } = transaction.data;
  const message: GrpcTypes.Transaction = { version: 1 };
  if (mask.has('bcs')) message.bcs = bcsMessage('TransactionData', transaction.bytes);
  if (mask.has('digest')) message.digest = transaction.digest;
  if (mask.has('kind')) message.kind = kindMessage(data.kind);
  if (mask.has('sender')) message.sender = data.sender;
  if (mask.has('gas_payment')) message.gasPayment = gasPaymentMessage(data.gasData);
  if (mask.has('expiration')) message.expiration = expirationMessage(data.expiration);
  return message;
}

function gasPaymentMessage(gas: TransactionV1['gasData']): GrpcTypes.GasPayment {
  return {
    objects: gas.payment.map((coin) => ({
      objectId: coin.objectId,
      version: BigInt(coin.version),
      digest: coin.digest,
    })),
    owner: gas.owner,
    price: BigInt(gas.price),
    budget: BigInt(gas.budget),
  };
}

function expirationMessage(expiration: TransactionV1['expiration']): GrpcTypes.TransactionExpiration {
  switch (expiration.$kind) {
    case 'None':
      return { kind: ExpirationKind.NONE };
    case 'Epoch':
      return { kind: ExpirationKind.EPOCH, epoch: BigInt(expiration.Epoch) };
    case 'ValidDuring':
      return { kind: ExpirationKind.VALID_DURING, ...validityFields(expiration.ValidDuring) };
    case 'Validity':
      return { kind: ExpirationKind.VALIDITY, ...validityFields(expiration.Validity) };
  }
}

type BcsValidDuring = Extract<TransactionV1['expiration'], { $kind: 'ValidDuring' }>['ValidDuring'];

function validityFields(valid: BcsValidDuring): GrpcTypes.TransactionExpiration {
  const message: GrpcTypes.TransactionExpiration = { chain: valid.chain, nonce: valid.nonce };
  if (valid.minEpoch !== null) message.minEpoch = BigInt(valid.minEpoch);
  if (valid.maxEpoch !== null) message.epoch = BigInt(valid.maxEpoch);
  if (valid.minTimestamp !== null) message.minTimestamp = timestampMessage(BigInt(valid.minTimestamp));
  if (valid.maxTimestamp !== null) message.maxTimestamp = timestampMessage(BigInt(valid.maxTimestamp));
  return message;
}

function kindMessage(kind: BcsKind): GrpcTypes.TransactionKind {
  switch (kind.$kind) {
    case 'ProgrammableTransaction':
      return programmableKind(Kind.PROGRAMMABLE_TRANSACTION, kind.ProgrammableTransaction);
    case 'ProgrammableSystemTransaction':
      return programmableKind(Kind.PROGRAMMABLE_SYSTEM_TRANSACTION, kind.ProgrammableSystemTransaction);
    case 'ChangeEpoch':
      return {
        kind: Kind.CHANGE_EPOCH,
        data: { oneofKind: 'changeEpoch', changeEpoch: changeEpochMessage(kind.ChangeEpoch) },
      };
    case 'Genesis':
      // The objects of genesis are in the BCS of the transaction and readable one by one.
      return { kind: Kind.GENESIS, data: { oneofKind: 'genesis', genesis: { objects: [] } } };
    case 'ConsensusCommitPrologue':
      return prologueKind(Kind.CONSENSUS_COMMIT_PROLOGUE_V1, kind.ConsensusCommitPrologue);
    case 'ConsensusCommitPrologueV2':
      return prologueKind(Kind.CONSENSUS_COMMIT_PROLOGUE_V2, kind.ConsensusCommitPrologueV2);
    case 'ConsensusCommitPrologueV3':
      return prologueKind(Kind.CONSENSUS_COMMIT_PROLOGUE_V3, kind.ConsensusCommitPrologueV3);
    case 'ConsensusCommitPrologueV4':
      return prologueKind(Kind.CONSENSUS_COMMIT_PROLOGUE_V4, kind.ConsensusCommitPrologueV4);
    case 'RandomnessStateUpdate': {
      const update = kind.RandomnessStateUpdate;
      return {
        kind: Kind.RANDOMNESS_STATE_UPDATE,
        data: {
          oneofKind: 'randomnessStateUpdate',
          randomnessStateUpdate: {
            epoch: BigInt(update.epoch),
            randomnessRound: BigInt(update.randomnessRound),
            randomBytes: Uint8Array.from(update.randomBytes),
            randomnessObjectInitialSharedVersion: BigInt(update.randomnessObjInitialSharedVersion),
          },
        },
      };
    }
    case 'EndOfEpochTransaction':
      return {
        kind: Kind.END_OF_EPOCH,
        data: {
          oneofKind: 'endOfEpoch',
          endOfEpoch: { transactions: kind.EndOfEpochTransaction.map(endOfEpochMessage) },
        },
      };
    case 'AuthenticatorStateUpdate':
      return { kind: Kind.AUTHENTICATOR_STATE_UPDATE, data: { oneofKind: undefined } };
  }
}

function prologueKind(
  kind: GrpcTypes.TransactionKind_Kind,
  prologue: {
    readonly epoch: string;
    readonly round: string;
    readonly commitTimestampMs: string;
    readonly consensusCommitDigest?: string;
    readonly subDagIndex?: string | null;
    readonly additionalStateDigest?: string;
  },
): GrpcTypes.TransactionKind {
  const message: GrpcTypes.ConsensusCommitPrologue = {
    epoch: BigInt(prologue.epoch),
    round: BigInt(prologue.round),
    commitTimestamp: timestampMessage(BigInt(prologue.commitTimestampMs)),
  };
  if (prologue.consensusCommitDigest !== undefined) message.consensusCommitDigest = prologue.consensusCommitDigest;
  if (prologue.additionalStateDigest !== undefined) message.additionalStateDigest = prologue.additionalStateDigest;
  if (prologue.subDagIndex !== undefined && prologue.subDagIndex !== null)
    message.subDagIndex = BigInt(prologue.subDagIndex);
  return { kind, data: { oneofKind: 'consensusCommitPrologue', consensusCommitPrologue: message } };
}

function changeEpochMessage(change: BcsChangeEpoch): GrpcTypes.ChangeEpoch {
  return {
    epoch: BigInt(change.epoch),
    protocolVersion: BigInt(change.protocolVersion),
    storageCharge: BigInt(change.storageCharge),
    computationCharge: BigInt(change.computationCharge),
    storageRebate: BigInt(change.storageRebate),
    nonRefundableStorageFee: BigInt(change.nonRefundableStorageFee),
    epochStartTimestamp: timestampMessage(BigInt(change.epochStartTimestampMs)),
    systemPackages: change.systemPackages.map(([version, modules, dependencies]) => ({
      version: BigInt(version),
      modules: modules.map((module) => Uint8Array.from(module)),
      dependencies,
    })),
  };
}

/** Steps of an end of epoch that carry no data of interest to clients. */
const END_OF_EPOCH_KINDS: Record<BcsEndOfEpoch['$kind'], GrpcTypes.EndOfEpochTransactionKind_Kind> = {
  ChangeEpoch: EndOfEpochKind.CHANGE_EPOCH,
  AuthenticatorStateCreate: EndOfEpochKind.AUTHENTICATOR_STATE_CREATE,
  AuthenticatorStateExpire: EndOfEpochKind.AUTHENTICATOR_STATE_EXPIRE,
  RandomnessStateCreate: EndOfEpochKind.RANDOMNESS_STATE_CREATE,
  DenyListStateCreate: EndOfEpochKind.DENY_LIST_STATE_CREATE,
  BridgeStateCreate: EndOfEpochKind.BRIDGE_STATE_CREATE,
  BridgeCommitteeInit: EndOfEpochKind.BRIDGE_COMMITTEE_INIT,
  StoreExecutionTimeObservations: EndOfEpochKind.STORE_EXECUTION_TIME_OBSERVATIONS,
  AccumulatorRootCreate: EndOfEpochKind.ACCUMULATOR_ROOT_CREATE,
  CoinRegistryCreate: EndOfEpochKind.COIN_REGISTRY_CREATE,
  DisplayRegistryCreate: EndOfEpochKind.DISPLAY_REGISTRY_CREATE,
  AddressAliasStateCreate: EndOfEpochKind.ADDRESS_ALIAS_STATE_CREATE,
  WriteAccumulatorStorageCost: EndOfEpochKind.WRITE_ACCUMULATOR_STORAGE_COST,
  ForwardingAddressRegistryCreate: EndOfEpochKind.KIND_UNKNOWN,
};

function endOfEpochMessage(step: BcsEndOfEpoch): GrpcTypes.EndOfEpochTransactionKind {
  const kind = END_OF_EPOCH_KINDS[step.$kind];
  if (step.$kind !== 'ChangeEpoch') return { kind, data: { oneofKind: undefined } };
  return { kind, data: { oneofKind: 'changeEpoch', changeEpoch: changeEpochMessage(step.ChangeEpoch) } };
}

function programmableKind(
  kind: GrpcTypes.TransactionKind_Kind,
  transaction: BcsProgrammable,
): GrpcTypes.TransactionKind {
  const programmableTransaction = {
    inputs: transaction.inputs.map(inputMessage),
    commands: transaction.commands.map(commandMessage),
  };
  return { kind, data: { oneofKind: 'programmableTransaction', programmableTransaction } };
}

function inputMessage(input: BcsInput): GrpcTypes.Input {
  switch (input.$kind) {
    case 'Pure':
      return { kind: InputKind.PURE, pure: fromBase64(input.Pure.bytes) };
    case 'FundsWithdrawal':
      return { kind: InputKind.FUNDS_WITHDRAWAL, fundsWithdrawal: withdrawalMessage(input.FundsWithdrawal) };
    case 'Object':
      switch (input.Object.$kind) {
        case 'ImmOrOwnedObject':
          return { kind: InputKind.IMMUTABLE_OR_OWNED, ...referenceFields(input.Object.ImmOrOwnedObject) };
        case 'Receiving':
          return { kind: InputKind.RECEIVING, ...referenceFields(input.Object.Receiving) };
        case 'SharedObject': {
          const { objectId, initialSharedVersion, mutable } = input.Object.SharedObject;
          const mutability = mutable ? Mutability.MUTABLE : Mutability.IMMUTABLE;
          return { kind: InputKind.SHARED, objectId, version: BigInt(initialSharedVersion), mutable, mutability };
        }
      }
  }
}

function referenceFields(reference: { objectId: string; version: string; digest: string }) {
  return { objectId: reference.objectId, version: BigInt(reference.version), digest: reference.digest };
}

function withdrawalMessage(withdrawal: BcsWithdrawal): GrpcTypes.FundsWithdrawal {
  const message: GrpcTypes.FundsWithdrawal = {
    amount: BigInt(withdrawal.reservation.MaxAmountU64),
    coinType: withdrawal.typeArg.Balance,
  };
  switch (withdrawal.withdrawFrom.$kind) {
    case 'Sender':
      message.source = Source.SENDER;
      break;
    case 'Sponsor':
      message.source = Source.SPONSOR;
      break;
    case 'SenderAllowance':
      message.source = Source.SENDER_ALLOWANCE;
      message.funder = withdrawal.withdrawFrom.SenderAllowance.funder;
      message.allowance = withdrawal.withdrawFrom.SenderAllowance.allowance;
      break;
  }
  return message;
}

/** An argument of a command as a message. */
export function argumentMessage(argument: BcsArgument): GrpcTypes.Argument {
  switch (argument.$kind) {
    case 'GasCoin':
      return { kind: ArgumentKind.GAS };
    case 'Input':
      return { kind: ArgumentKind.INPUT, input: argument.Input };
    case 'Result':
      return { kind: ArgumentKind.RESULT, result: argument.Result };
    case 'NestedResult':
      return { kind: ArgumentKind.RESULT, result: argument.NestedResult[0], subresult: argument.NestedResult[1] };
  }
}

function commandMessage(command: BcsCommand): GrpcTypes.Command {
  switch (command.$kind) {
    case 'MoveCall': {
      const { package: packageId, module, function: name, typeArguments, arguments: list } = command.MoveCall;
      const moveCall = { package: packageId, module, function: name, typeArguments, arguments: list.map(argumentMessage) };
      return { command: { oneofKind: 'moveCall', moveCall } };
    }
    case 'TransferObjects': {
      const { objects, address } = command.TransferObjects;
      const transferObjects = { objects: objects.map(argumentMessage), address: argumentMessage(address) };
      return { command: { oneofKind: 'transferObjects', transferObjects } };
    }
    case 'SplitCoins': {
      const { coin, amounts } = command.SplitCoins;
      const splitCoins = { coin: argumentMessage(coin), amounts: amounts.map(argumentMessage) };
      return { command: { oneofKind: 'splitCoins', splitCoins } };
    }
    case 'MergeCoins': {
      const { destination, sources } = command.MergeCoins;
      const mergeCoins = { coin: argumentMessage(destination), coinsToMerge: sources.map(argumentMessage) };
      return { command: { oneofKind: 'mergeCoins', mergeCoins } };
    }
    case 'Publish': {
      const { modules, dependencies } = command.Publish;
      return { command: { oneofKind: 'publish', publish: { modules: modules.map(fromBase64), dependencies } } };
    }
    case 'MakeMoveVec': {
      const { type, elements } = command.MakeMoveVec;
      const makeMoveVector: GrpcTypes.MakeMoveVector = { elements: elements.map(argumentMessage) };
      if (type !== null) makeMoveVector.elementType = type;
      return { command: { oneofKind: 'makeMoveVector', makeMoveVector } };
    }
    case 'Upgrade': {
      const { modules, dependencies, package: packageId, ticket } = command.Upgrade;
      const upgrade = {
        modules: modules.map(fromBase64),
        dependencies,
        package: packageId,
        ticket: argumentMessage(ticket),
      };
      return { command: { oneofKind: 'upgrade', upgrade } };
    }
  }
}
