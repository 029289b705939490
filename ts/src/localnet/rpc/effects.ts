/**
 * Transaction effects as `sui.rpc.v2.TransactionEffects` (sui-rpc.md §9, sui.md §3).
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import type { ExecutedTransaction, LedgerObject, TransactionEffects } from '../ledger/types.js';
import { executionStatus } from './execution-errors.js';
import type { ReadMask } from './mask.js';
import { bcsMessage, canonicalType, ownerMessage } from './values.js';

const { ChangedObject_IdOperation: IdOperation } = GrpcTypes;
const { ChangedObject_InputObjectState: InputState, ChangedObject_OutputObjectState: OutputState } = GrpcTypes;
const { UnchangedConsensusObject_UnchangedConsensusObjectKind: UnchangedKind } = GrpcTypes;
const { AccumulatorWrite_AccumulatorOperation: Operation, AccumulatorWrite_AccumulatorValue: ValueKind } = GrpcTypes;

/** Effects version 2, the only one this network writes. */
export type EffectsV2 = NonNullable<TransactionEffects['V2']>;
/** One entry of `changedObjects`: ID and change. */
export type ObjectChange = EffectsV2['changedObjects'][number];
type AccumulatorWrite = NonNullable<ObjectChange[1]['outputState']['AccumulatorWriteV1']>;

/** The effects of an executed transaction, version 2. */
export function effectsOf(executed: ExecutedTransaction): EffectsV2 {
  const { V2: effects } = executed.effects;
  if (effects === undefined) throw new TypeError('effects of another version than 2');
  return effects;
}

/** The parts of the effects that were asked for. */
export function effectsMessage(executed: ExecutedTransaction, mask: ReadMask): GrpcTypes.TransactionEffects {
  const effects = effectsOf(executed);
  const message: GrpcTypes.TransactionEffects = {
    dependencies: effects.dependencies,
    changedObjects: [],
    unchangedConsensusObjects: [],
    unchangedLoadedRuntimeObjects: [],
  };
  if (mask.has('bcs')) message.bcs = bcsMessage('TransactionEffects', executed.effectsBytes);
  if (mask.has('digest')) message.digest = executed.effectsDigest;
  message.version = 2;
  if (mask.has('status')) message.status = executionStatus(executed, effects);
  message.epoch = BigInt(effects.executedEpoch);
  message.gasUsed = {
    computationCost: BigInt(effects.gasUsed.computationCost),
    storageCost: BigInt(effects.gasUsed.storageCost),
    storageRebate: BigInt(effects.gasUsed.storageRebate),
    nonRefundableStorageFee: BigInt(effects.gasUsed.nonRefundableStorageFee),
  };
  message.transactionDigest = effects.transactionDigest;
  if (effects.eventsDigest !== null) message.eventsDigest = effects.eventsDigest;
  message.lamportVersion = BigInt(effects.lamportVersion);
  if (effects.auxDataDigest !== null) message.auxiliaryDataDigest = effects.auxDataDigest;
  if (mask.has('gas_object') || mask.has('changed_objects') || mask.has('unchanged_consensus_objects'))
    addObjects(executed, effects, message);
  return message;
}

function addObjects(executed: ExecutedTransaction, effects: EffectsV2, message: GrpcTypes.TransactionEffects): void {
  const types = objectTypes(executed);
  const changed = effects.changedObjects.map((change) => changedObject(change, effects.lamportVersion, types));
  message.changedObjects = changed;
  const gas = effects.gasObjectIndex === null ? undefined : effects.changedObjects[effects.gasObjectIndex];
  // A message of its own: a field mask may trim one of the two differently.
  if (gas !== undefined) message.gasObject = changedObject(gas, effects.lamportVersion, types);
  message.unchangedConsensusObjects = effects.unchangedConsensusObjects.map(([id, object]) =>
    unchangedObject(id, object, types),
  );
}

/** Types of all objects the transaction saw; what it wrote wins. */
function objectTypes(executed: ExecutedTransaction): Map<string, string> {
  const types = new Map<string, string>();
  for (const objects of [executed.inputObjects, executed.outputObjects])
    for (const object of objects as readonly LedgerObject[]) types.set(object.id, object.type);
  return types;
}

function changedObject(
  [objectId, change]: ObjectChange,
  lamportVersion: string,
  types: ReadonlyMap<string, string>,
): GrpcTypes.ChangedObject {
  const message: GrpcTypes.ChangedObject = { objectId, idOperation: ID_OPERATIONS[change.idOperation.$kind] };
  if (change.inputState.$kind === 'Exist') {
    const [[version, digest], owner] = change.inputState.Exist;
    message.inputState = InputState.EXISTS;
    message.inputVersion = BigInt(version);
    message.inputDigest = digest;
    message.inputOwner = ownerMessage(owner);
  } else {
    message.inputState = InputState.DOES_NOT_EXIST;
  }
  addOutput(change.outputState, lamportVersion, message);
  const type = types.get(objectId);
  if (type !== undefined) message.objectType = type;
  return message;
}

const ID_OPERATIONS = {
  None: IdOperation.NONE,
  Created: IdOperation.CREATED,
  Deleted: IdOperation.DELETED,
} as const;

function addOutput(
  output: ObjectChange[1]['outputState'],
  lamportVersion: string,
  message: GrpcTypes.ChangedObject,
): void {
  switch (output.$kind) {
    case 'ObjectWrite': {
      const [digest, owner] = output.ObjectWrite;
      message.outputState = OutputState.OBJECT_WRITE;
      message.outputVersion = BigInt(lamportVersion);
      message.outputDigest = digest;
      message.outputOwner = ownerMessage(owner);
      break;
    }
    case 'PackageWrite': {
      const [version, digest] = output.PackageWrite;
      message.outputState = OutputState.PACKAGE_WRITE;
      message.outputVersion = BigInt(version);
      message.outputDigest = digest;
      message.outputOwner = { kind: GrpcTypes.Owner_OwnerKind.IMMUTABLE };
      break;
    }
    case 'AccumulatorWriteV1':
      message.outputState = OutputState.ACCUMULATOR_WRITE;
      message.accumulatorWrite = accumulatorWrite(output.AccumulatorWriteV1);
      break;
    case 'NotExist':
      message.outputState = OutputState.DOES_NOT_EXIST;
      break;
  }
}

function accumulatorWrite(write: AccumulatorWrite): GrpcTypes.AccumulatorWrite {
  const message: GrpcTypes.AccumulatorWrite = {
    address: write.address.address,
    accumulatorType: canonicalType(write.address.ty),
    operation: write.operation.$kind === 'Merge' ? Operation.MERGE : Operation.SPLIT,
    integerTuple: [],
    eventDigestValue: [],
  };
  switch (write.value.$kind) {
    case 'Integer':
      message.valueKind = ValueKind.INTEGER;
      message.integerValue = BigInt(write.value.Integer);
      break;
    case 'IntegerTuple':
      message.valueKind = ValueKind.INTEGER_TUPLE;
      message.integerTuple = write.value.IntegerTuple.map(BigInt);
      break;
    case 'EventDigest':
      message.valueKind = ValueKind.EVENT_DIGEST;
      message.eventDigestValue = write.value.EventDigest.map(([eventIndex, digest]) => ({
        eventIndex: BigInt(eventIndex),
        digest,
      }));
      break;
  }
  return message;
}

function unchangedObject(
  objectId: string,
  object: EffectsV2['unchangedConsensusObjects'][number][1],
  types: ReadonlyMap<string, string>,
): GrpcTypes.UnchangedConsensusObject {
  const message: GrpcTypes.UnchangedConsensusObject = { objectId };
  switch (object.$kind) {
    case 'ReadOnlyRoot':
      message.kind = UnchangedKind.READ_ONLY_ROOT;
      message.version = BigInt(object.ReadOnlyRoot[0]);
      message.digest = object.ReadOnlyRoot[1];
      break;
    case 'MutateConsensusStreamEnded':
      message.kind = UnchangedKind.MUTATE_CONSENSUS_STREAM_ENDED;
      message.version = BigInt(object.MutateConsensusStreamEnded);
      break;
    case 'ReadConsensusStreamEnded':
      message.kind = UnchangedKind.READ_CONSENSUS_STREAM_ENDED;
      message.version = BigInt(object.ReadConsensusStreamEnded);
      break;
    case 'Cancelled':
      message.kind = UnchangedKind.CANCELED;
      message.version = BigInt(object.Cancelled);
      break;
    case 'PerEpochConfig':
      message.kind = UnchangedKind.PER_EPOCH_CONFIG;
      break;
  }
  const type = types.get(objectId);
  if (type !== undefined) message.objectType = type;
  return message;
}
