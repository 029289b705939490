/**
 * Objects of the ledger as `sui.rpc.v2.Object` (sui-rpc.md §4 "Object").
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import type { Ledger, LedgerObject } from '../ledger/types.js';
import { renderDisplay } from './display.js';
import type { ReadMask } from './mask.js';
import { packageMessage } from './packages.js';
import { bcsMessage, coinBalance, coinTypeOf, ownerMessage, valueMessage } from './values.js';

/** Fields of an object that were asked for. Packages have no contents, JSON, balance or display. */
export function objectMessage(ledger: Ledger, object: LedgerObject, mask: ReadMask): GrpcTypes.Object {
  const message: GrpcTypes.Object = {};
  if (mask.has('bcs')) message.bcs = bcsMessage('Object', object.bcs);
  if (mask.has('object_id')) message.objectId = object.id;
  if (mask.has('version')) message.version = object.version;
  if (mask.has('digest')) message.digest = object.digest;
  if (mask.has('owner')) message.owner = ownerMessage(object.owner);
  if (mask.has('object_type')) message.objectType = object.type;
  if (mask.has('previous_transaction')) message.previousTransaction = object.previousTransaction;
  if (mask.has('storage_rebate')) message.storageRebate = object.storageRebate;
  if (object.package !== undefined && mask.has('package')) {
    message.package = packageMessage(ledger, object.package, mask.child('package'));
  }
  if (object.contents !== undefined) addMoveFields(ledger, object, object.contents, mask, message);
  return mask.apply(GrpcTypes.Object, message);
}

function addMoveFields(
  ledger: Ledger,
  object: LedgerObject,
  contents: Uint8Array,
  mask: ReadMask,
  message: GrpcTypes.Object,
): void {
  if (mask.has('has_public_transfer')) message.hasPublicTransfer = object.hasPublicTransfer;
  if (mask.has('contents')) message.contents = bcsMessage(object.type, contents);
  if (mask.has('balance') && coinTypeOf(object.type) !== undefined) message.balance = coinBalance(contents);
  if (mask.has('json')) message.json = valueMessage(ledger.reflection.renderJson(object.type, contents));
  if (mask.has('display')) {
    const display = renderDisplay(ledger, object.type, contents);
    if (display !== undefined) message.display = display;
  }
}
