/**
 * What the network knows about a coin type: its `Currency<T>` of the coin registry, or the `CoinMetadata<T>` and
 * `TreasuryCap<T>` of older coins (sui-rpc.md §4 "GetCoinInfo", sui.md §4.5).
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import { TypeTagSerializer } from '@mysten/sui/bcs';
import { deriveDynamicFieldID, normalizeSuiAddress } from '@mysten/sui/utils';
import type { Ledger, LedgerObject } from '../ledger/types.js';

const { CoinMetadata_MetadataCapState: CapState, CoinTreasury_SupplyState: SupplyState } = GrpcTypes;
const { RegulatedCoinMetadata_CoinRegulatedState: RegulatedState } = GrpcTypes;

const FRAMEWORK = normalizeSuiAddress('0x2');
const COIN_REGISTRY = normalizeSuiAddress('0xc');

type Json = Record<string, unknown>;

/** Everything known about a coin type; undefined when nothing is. */
export function coinInfo(ledger: Ledger, coinType: string): GrpcTypes.GetCoinInfoResponse | undefined {
  const currency = registeredCurrency(ledger, coinType);
  const response: GrpcTypes.GetCoinInfoResponse = { coinType };
  if (currency !== undefined) addCurrency(currency, response);
  else addLegacyMetadata(ledger, coinType, response);
  addTreasury(ledger, coinType, response);
  if (response.metadata === undefined && response.treasury === undefined) return undefined;
  response.regulatedMetadata ??= { coinRegulatedState: RegulatedState.COIN_REGULATED_STATE_UNKNOWN };
  return response;
}

/** The `Currency<T>` derived from the coin registry; `CurrencyKey` is an empty struct, one zero byte in BCS. */
function registeredCurrency(ledger: Ledger, coinType: string): Json | undefined {
  const type = `${FRAMEWORK}::coin_registry::Currency<${coinType}>`;
  const key = `${FRAMEWORK}::derived_object::DerivedObjectKey<${FRAMEWORK}::coin_registry::CurrencyKey<${coinType}>>`;
  const id = deriveDynamicFieldID(COIN_REGISTRY, TypeTagSerializer.parseFromStr(key), Uint8Array.of(0));
  const object = ledger.getObject(id);
  return object?.type === type ? jsonOf(ledger, object) : undefined;
}

function addCurrency(currency: Json, response: GrpcTypes.GetCoinInfoResponse): void {
  response.metadata = metadataMessage(currency);
  const capState = currency.metadata_cap_id;
  if (isJson(capState)) {
    const variant = capState['@variant'];
    if (variant === 'Claimed') {
      response.metadata.metadataCapState = CapState.CLAIMED;
      const id = text(capState.pos0);
      if (id !== undefined) response.metadata.metadataCapId = id;
    } else if (variant === 'Unclaimed') response.metadata.metadataCapState = CapState.UNCLAIMED;
    else if (variant === 'Deleted') response.metadata.metadataCapState = CapState.DELETED;
  }
  const supply = currency.supply;
  const treasuryCapId = text(currency.treasury_cap_id);
  if (isJson(supply) || treasuryCapId !== undefined) {
    response.treasury = { supplyState: SupplyState.SUPPLY_STATE_UNKNOWN };
    if (treasuryCapId !== undefined) response.treasury.id = treasuryCapId;
  }
  if (isJson(supply) && response.treasury !== undefined) {
    if (supply['@variant'] === 'Fixed') response.treasury.supplyState = SupplyState.FIXED;
    if (supply['@variant'] === 'BurnOnly') response.treasury.supplyState = SupplyState.BURN_ONLY;
    const total = supplyValue(supply.pos0);
    if (total !== undefined) response.treasury.totalSupply = total;
  }
  addRegulation(currency, response);
}

function addRegulation(currency: Json, response: GrpcTypes.GetCoinInfoResponse): void {
  const regulated = currency.regulated;
  if (!isJson(regulated)) return;
  const variant = regulated['@variant'];
  if (variant === 'Unregulated') response.regulatedMetadata = { coinRegulatedState: RegulatedState.UNREGULATED };
  if (variant !== 'Regulated') return;
  response.regulatedMetadata = { coinRegulatedState: RegulatedState.REGULATED };
  const denyCap = text(regulated.cap);
  if (denyCap !== undefined) response.regulatedMetadata.denyCapObject = denyCap;
  const currencyId = text(currency.id);
  if (currencyId !== undefined) response.regulatedMetadata.coinMetadataObject = currencyId;
  if (typeof regulated.allow_global_pause === 'boolean')
    response.regulatedMetadata.allowGlobalPause = regulated.allow_global_pause;
  if (typeof regulated.variant === 'number') response.regulatedMetadata.variant = regulated.variant;
}

function addLegacyMetadata(ledger: Ledger, coinType: string, response: GrpcTypes.GetCoinInfoResponse): void {
  const metadata = firstOfType(ledger, `${FRAMEWORK}::coin::CoinMetadata<${coinType}>`);
  if (metadata !== undefined) response.metadata = metadataMessage(metadata);
  const regulated = firstOfType(ledger, `${FRAMEWORK}::coin::RegulatedCoinMetadata<${coinType}>`);
  if (regulated === undefined) return;
  response.regulatedMetadata = { coinRegulatedState: RegulatedState.REGULATED };
  const id = text(regulated.id);
  const coinMetadataObject = text(regulated.coin_metadata_object);
  const denyCapObject = text(regulated.deny_cap_object);
  if (id !== undefined) response.regulatedMetadata.id = id;
  if (coinMetadataObject !== undefined) response.regulatedMetadata.coinMetadataObject = coinMetadataObject;
  if (denyCapObject !== undefined) response.regulatedMetadata.denyCapObject = denyCapObject;
}

/** The live treasury cap knows the supply; a registered currency may only know the cap's ID. */
function addTreasury(ledger: Ledger, coinType: string, response: GrpcTypes.GetCoinInfoResponse): void {
  if (response.treasury?.totalSupply !== undefined) return;
  const cap = firstOfType(ledger, `${FRAMEWORK}::coin::TreasuryCap<${coinType}>`);
  if (cap === undefined) return;
  const treasury: GrpcTypes.CoinTreasury = { supplyState: SupplyState.SUPPLY_STATE_UNKNOWN };
  const id = text(cap.id);
  const totalSupply = supplyValue(cap.total_supply);
  if (id !== undefined) treasury.id = id;
  if (totalSupply !== undefined) treasury.totalSupply = totalSupply;
  response.treasury = treasury;
}

function metadataMessage(json: Json): GrpcTypes.CoinMetadata {
  const message: GrpcTypes.CoinMetadata = { metadataCapState: CapState.METADATA_CAP_STATE_UNKNOWN };
  const { id, name, symbol, description, icon_url: iconUrl } = json;
  if (typeof json.decimals === 'number') message.decimals = json.decimals;
  if (typeof id === 'string') message.id = id;
  if (typeof name === 'string') message.name = name;
  if (typeof symbol === 'string') message.symbol = symbol;
  if (typeof description === 'string') message.description = description;
  if (typeof iconUrl === 'string' && iconUrl !== '') message.iconUrl = iconUrl;
  return message;
}

/** `Supply{value: u64}`, which renders as a struct or as its number. */
function supplyValue(json: unknown): bigint | undefined {
  const value = isJson(json) ? json.value : json;
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function firstOfType(ledger: Ledger, type: string): Json | undefined {
  for (const object of ledger.objectsOfType(type)) return jsonOf(ledger, object);
  return undefined;
}

function jsonOf(ledger: Ledger, object: LedgerObject): Json | undefined {
  if (object.contents === undefined) return undefined;
  const json = ledger.reflection.renderJson(object.type, object.contents);
  return isJson(json) ? json : undefined;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
