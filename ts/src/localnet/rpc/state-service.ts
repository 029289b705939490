/**
 * `sui.rpc.v2.StateService`: owned objects, dynamic fields, balances and coins (sui-rpc.md §3, §4).
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import type { Ledger, LedgerObject } from '../ledger/types.js';
import { addressBalance, addressBalances } from './address-balances.js';
import { coinInfo } from './coin-info.js';
import { dynamicFieldMessage } from './dynamic-fields.js';
import { notFound } from './errors.js';
import { ReadMask } from './mask.js';
import { objectMessage } from './objects.js';
import { parsePage, takePage } from './pagination.js';
import { coinBalance, coinTypeOf, parseAddress, parseStructType, parseTypeFilter } from './values.js';

/** Rough size of an object's fields besides its contents, for the cap on answers. */
const OBJECT_OVERHEAD_BYTES = 256;

/** Objects of an owner, ordered by ID. */
export function listOwnedObjects(
  ledger: Ledger,
  request: GrpcTypes.ListOwnedObjectsRequest,
): GrpcTypes.ListOwnedObjectsResponse {
  const mask = ReadMask.parse(GrpcTypes.Object, request.readMask, ['object_id', 'version', 'object_type']);
  const owner = parseAddress('owner', request.owner);
  const type = request.objectType ?? '';
  const matches = type === '' ? undefined : parseTypeFilter('object_type', type);
  const page = parsePage(request, ['owned', owner, type]);
  const { items, nextPageToken } = takePage(
    page,
    matches === undefined ? ledger.ownedObjects(owner) : filter(ledger.ownedObjects(owner), (o) => matches(o.type)),
    (object) => object.id,
    (object) => ({ item: objectMessage(ledger, object, mask), sizeBytes: messageSize(object, mask) }),
  );
  return { objects: items, nextPageToken };
}

function* filter<T>(items: Iterable<T>, keep: (item: T) => boolean): Iterable<T> {
  for (const item of items) if (keep(item)) yield item;
}

function messageSize(object: LedgerObject, mask: ReadMask): number {
  const large = ['bcs', 'contents', 'json', 'package', 'display'].filter((name) => mask.has(name)).length;
  return OBJECT_OVERHEAD_BYTES + large * object.bcs.length;
}

/** Dynamic fields of a parent, ordered by ID of the field object. */
export function listDynamicFields(
  ledger: Ledger,
  request: GrpcTypes.ListDynamicFieldsRequest,
): GrpcTypes.ListDynamicFieldsResponse {
  const mask = ReadMask.parse(GrpcTypes.DynamicField, request.readMask, ['parent', 'field_id']);
  const parent = parseAddress('parent', request.parent);
  const page = parsePage(request, ['fields', parent]);
  const { items, nextPageToken } = takePage(
    page,
    ledger.dynamicFields(parent),
    (object) => object.id,
    (object) => ({
      item: dynamicFieldMessage(ledger, parent, object, mask),
      sizeBytes: OBJECT_OVERHEAD_BYTES + object.bcs.length,
    }),
  );
  return { dynamicFields: items.filter((field) => field !== undefined), nextPageToken };
}

/** Balance of one coin type: coins plus address balance; zeros for an unknown type. */
export function getBalance(ledger: Ledger, request: GrpcTypes.GetBalanceRequest): GrpcTypes.GetBalanceResponse {
  const owner = parseAddress('owner', request.owner);
  const coinType = parseStructType('coin_type', request.coinType);
  let coins = 0n;
  for (const object of ledger.ownedObjects(owner))
    if (object.contents !== undefined && coinTypeOf(object.type) === coinType) coins += coinBalance(object.contents);
  return { balance: balanceMessage(coinType, coins, addressBalance(ledger, owner, coinType)) };
}

/** Balances of an owner, ordered by coin type. */
export function listBalances(ledger: Ledger, request: GrpcTypes.ListBalancesRequest): GrpcTypes.ListBalancesResponse {
  const owner = parseAddress('owner', request.owner);
  const page = parsePage(request, ['balances', owner]);
  const coins = new Map<string, bigint>();
  for (const object of ledger.ownedObjects(owner)) {
    const coinType = coinTypeOf(object.type);
    if (coinType !== undefined && object.contents !== undefined)
      coins.set(coinType, (coins.get(coinType) ?? 0n) + coinBalance(object.contents));
  }
  const funds = addressBalances(ledger, owner);
  const coinTypes = [...new Set([...coins.keys(), ...funds.keys()])].sort();
  const { items, nextPageToken } = takePage(
    page,
    coinTypes,
    (coinType) => coinType,
    (coinType) => ({
      item: balanceMessage(coinType, coins.get(coinType) ?? 0n, funds.get(coinType) ?? 0n),
      sizeBytes: OBJECT_OVERHEAD_BYTES,
    }),
  );
  return { balances: items, nextPageToken };
}

function balanceMessage(coinType: string, coins: bigint, funds: bigint): GrpcTypes.Balance {
  return { coinType, balance: coins + funds, coinBalance: coins, addressBalance: funds };
}

/** Metadata, treasury and regulation of a coin type. @throws RpcError NOT_FOUND for an unknown type */
export function getCoinInfo(ledger: Ledger, request: GrpcTypes.GetCoinInfoRequest): GrpcTypes.GetCoinInfoResponse {
  const coinType = parseStructType('coin_type', request.coinType);
  const info = coinInfo(ledger, coinType);
  if (info === undefined) throw notFound(`Coin type ${coinType} not found`);
  return info;
}
