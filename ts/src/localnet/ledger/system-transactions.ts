/**
 * Transactions that the network itself sends: sender 0x0, no gas, no signatures (sui.md §4.2, §4.3). Each
 * has the BCS of its kind and the Move calls that it stands for.
 */
import { bcs } from '@mysten/sui/bcs';
import { fullAddress } from '../runtime/bytes.js';
import { digestOf, toBase58 } from '../runtime/digests.js';
import { executeTransaction, type Execution, type ExecutionEnvironment } from '../runtime/execute.js';
import { PROTOCOL_VERSION } from '../runtime/limits.js';
import type { GasCostSummary } from '../runtime/gas.js';
import type { Argument, Command, Programmable, ResolvedInput, TransactionDataV1 } from '../runtime/ptb.js';
import type { Address } from '../vm/types.js';
import type { TransactionData } from './types.js';

const SYSTEM_SENDER = fullAddress('0x0');
const ZERO_DIGEST = toBase58(new Uint8Array(32));

export interface SystemTransaction {
  readonly data: TransactionData;
  readonly bytes: Uint8Array;
  /** 32 bytes. */
  readonly digest: Uint8Array;
}

type Kind = TransactionDataV1['kind'];

/** `TransactionData` of a system transaction. */
export function systemTransaction(kind: Kind): SystemTransaction {
  const input = {
    V1: {
      kind,
      sender: SYSTEM_SENDER,
      gasData: {
        payment: [{ objectId: SYSTEM_SENDER, version: '0', digest: ZERO_DIGEST }],
        owner: SYSTEM_SENDER,
        price: '1',
        budget: '0',
      },
      expiration: { $kind: 'None' as const, None: true as const },
    },
  };
  const bytes = bcs.TransactionData.serialize(input).toBytes();
  return { data: bcs.TransactionData.parse(bytes), bytes, digest: digestOf('TransactionData', bytes) };
}

/** Sets the clock. `commitDigest` tells two commits of the same time apart. */
export function clockTransaction(epoch: bigint, round: bigint, timestampMs: bigint): SystemTransaction {
  const kind = {
    $kind: 'ConsensusCommitPrologueV4',
    ConsensusCommitPrologueV4: {
      epoch: epoch.toString(),
      round: round.toString(),
      subDagIndex: null,
      commitTimestampMs: timestampMs.toString(),
      consensusCommitDigest: ZERO_DIGEST,
      consensusDeterminedVersionAssignments: {
        $kind: 'CancelledTransactionsV2',
        CancelledTransactionsV2: [],
      },
      additionalStateDigest: ZERO_DIGEST,
    },
  };
  return systemTransaction(kind as unknown as Kind);
}

export function randomnessTransaction(
  epoch: bigint,
  round: bigint,
  randomBytes: Uint8Array,
  initialSharedVersion: bigint,
): SystemTransaction {
  const kind = {
    $kind: 'RandomnessStateUpdate',
    RandomnessStateUpdate: {
      epoch: epoch.toString(),
      randomnessRound: round.toString(),
      randomBytes,
      randomnessObjInitialSharedVersion: initialSharedVersion.toString(),
    },
  };
  return systemTransaction(kind as unknown as Kind);
}

export function epochTransaction(nextEpoch: bigint, gas: GasCostSummary, startTimestampMs: bigint): SystemTransaction {
  const changeEpoch = {
    $kind: 'ChangeEpoch',
    ChangeEpoch: {
      epoch: nextEpoch.toString(),
      protocolVersion: PROTOCOL_VERSION.toString(),
      storageCharge: gas.storageCost.toString(),
      computationCharge: gas.computationCost.toString(),
      storageRebate: gas.storageRebate.toString(),
      nonRefundableStorageFee: gas.nonRefundableStorageFee.toString(),
      epochStartTimestampMs: startTimestampMs.toString(),
      systemPackages: [],
    },
  };
  return systemTransaction({ $kind: 'EndOfEpochTransaction', EndOfEpochTransaction: [changeEpoch] } as unknown as Kind);
}

/** Calls on the accumulator root (input 0) with pure inputs behind it. */
export function settlementTransaction(
  commands: readonly Command[],
  root: Address,
  initialSharedVersion: string,
  pures: readonly Uint8Array[],
): SystemTransaction {
  const SharedObject = { objectId: root, initialSharedVersion, mutable: true };
  const inputs = [
    { $kind: 'Object', Object: { $kind: 'SharedObject', SharedObject } },
    ...pures.map((bytes) => ({ $kind: 'Pure', Pure: { bytes: Buffer.from(bytes).toString('base64') } })),
  ];
  const programmable = { inputs, commands: [...commands] };
  return systemTransaction({
    $kind: 'ProgrammableSystemTransaction',
    ProgrammableSystemTransaction: programmable,
  } as unknown as Kind);
}

/** A transaction without commands that stands for what was decreed from outside; inputs say what. */
export function decreeTransaction(pures: readonly Uint8Array[]): SystemTransaction {
  const inputs = pures.map((bytes) => ({ $kind: 'Pure', Pure: { bytes: Buffer.from(bytes).toString('base64') } }));
  return systemTransaction({
    $kind: 'ProgrammableSystemTransaction',
    ProgrammableSystemTransaction: { inputs, commands: [] },
  } as unknown as Kind);
}

/** The one transaction of checkpoint 0. `objects` are BCS of `bcs.Object`. */
export function genesisTransaction(objects: readonly Uint8Array[]): SystemTransaction {
  const raw = objects.map((bytes) => {
    const { data, owner } = bcs.Object.parse(bytes);
    return { $kind: 'RawObject', RawObject: { data, owner } };
  });
  return systemTransaction({ $kind: 'Genesis', Genesis: { objects: raw } } as unknown as Kind);
}

/** Runs commands as 0x0, without gas; `digest` (32 bytes) is what fresh IDs derive from. */
export function executeSystem(
  environment: ExecutionEnvironment,
  digest: Uint8Array,
  commands: Programmable['commands'],
  inputs: readonly ResolvedInput[],
): Execution {
  return executeTransaction(environment, {
    digest,
    sender: SYSTEM_SENDER,
    gasOwner: SYSTEM_SENDER,
    price: 1n,
    budget: 0n,
    transaction: { inputs: [], commands },
    inputs,
    gasCoins: [],
    packages: [],
    checks: false,
    system: true,
    collectOutputs: false,
  });
}

/** A call of one framework function, for `Programmable`. */
export function systemCall(
  packageId: Address,
  module: string,
  name: string,
  args: readonly Argument[] = [],
  typeArguments: readonly string[] = [],
): Command {
  return {
    $kind: 'MoveCall',
    MoveCall: { package: packageId, module, function: name, typeArguments: [...typeArguments], arguments: [...args] },
  } as Command;
}

export function inputArgument(index: number): Argument {
  return { $kind: 'Input', Input: index } as Argument;
}

export function resultArgument(index: number): Argument {
  return { $kind: 'Result', Result: index } as Argument;
}

export function programmable(commands: readonly Command[]): Programmable {
  return { inputs: [], commands: [...commands] };
}

