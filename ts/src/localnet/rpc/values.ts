/**
 * Small conversions between the ledger's values and protobuf ones, and the parsing of addresses, digests and
 * type names that callers send (sui-rpc.md §4 "Formats").
 */
import { GrpcTypes } from '@mysten/sui/grpc';
import { fromBase58 } from '@mysten/bcs';
import { normalizeStructTag, normalizeSuiAddress, parseStructTag } from '@mysten/sui/utils';
import type { Owner } from '../ledger/types.js';
import { invalidField, missingField } from './errors.js';

/** `google.protobuf.Value` as the SDK's messages carry it. */
export type ValueMessage = NonNullable<GrpcTypes.Object['json']>;
/** `google.protobuf.Timestamp`. */
export type TimestampMessage = NonNullable<GrpcTypes.Epoch['start']>;

/** Longest type name a caller may send; a type of 256 nodes fits. */
const MAX_TYPE_LENGTH = 16_384;
const MAX_TYPE_DEPTH = 32;
/** Nesting cap of rendered JSON (sui-rpc.md §6). */
const MAX_JSON_DEPTH = 128;

/** The `Bcs` message; the bytes are copied, so no caller can reach into the ledger. */
export function bcsMessage(name: string, value: Uint8Array): GrpcTypes.Bcs {
  return { name, value: value.slice() };
}

/** Milliseconds since 1970 as `google.protobuf.Timestamp`. */
export function timestampMessage(milliseconds: bigint): TimestampMessage {
  return { seconds: milliseconds / 1000n, nanos: Number(milliseconds % 1000n) * 1_000_000 };
}

/** A JSON value as `google.protobuf.Value`; bigint becomes a decimal string, undefined null. */
export function valueMessage(json: unknown, depth = 0): ValueMessage {
  if (depth > MAX_JSON_DEPTH) return { kind: { oneofKind: 'nullValue', nullValue: 0 } };
  switch (typeof json) {
    case 'boolean':
      return { kind: { oneofKind: 'boolValue', boolValue: json } };
    case 'number':
      return { kind: { oneofKind: 'numberValue', numberValue: json } };
    case 'bigint':
      return { kind: { oneofKind: 'stringValue', stringValue: json.toString() } };
    case 'string':
      return { kind: { oneofKind: 'stringValue', stringValue: json } };
    case 'object': {
      if (json === null) break;
      if (Array.isArray(json)) {
        const values = json.map((item) => valueMessage(item, depth + 1));
        return { kind: { oneofKind: 'listValue', listValue: { values } } };
      }
      // Field names come from published code: `__proto__` must stay a plain key.
      const fields: Record<string, ValueMessage> = Object.create(null) as Record<string, ValueMessage>;
      for (const [name, value] of Object.entries(json)) fields[name] = valueMessage(value, depth + 1);
      return { kind: { oneofKind: 'structValue', structValue: { fields } } };
    }
  }
  return { kind: { oneofKind: 'nullValue', nullValue: 0 } };
}

/** The owner of an object as a message. */
export function ownerMessage(owner: Owner): GrpcTypes.Owner {
  switch (owner.$kind) {
    case 'AddressOwner':
      return { kind: GrpcTypes.Owner_OwnerKind.ADDRESS, address: owner.AddressOwner };
    case 'ObjectOwner':
      return { kind: GrpcTypes.Owner_OwnerKind.OBJECT, address: owner.ObjectOwner };
    case 'Shared':
      return { kind: GrpcTypes.Owner_OwnerKind.SHARED, version: BigInt(owner.Shared.initialSharedVersion) };
    case 'Immutable':
      return { kind: GrpcTypes.Owner_OwnerKind.IMMUTABLE };
    case 'ConsensusAddressOwner':
      return {
        kind: GrpcTypes.Owner_OwnerKind.CONSENSUS_ADDRESS,
        address: owner.ConsensusAddressOwner.owner,
        version: BigInt(owner.ConsensusAddressOwner.startVersion),
      };
  }
}

/** Address that may spend an object: its AddressOwner or ConsensusAddressOwner. */
export function owningAddress(owner: Owner): string | undefined {
  if (owner.$kind === 'AddressOwner') return owner.AddressOwner;
  if (owner.$kind === 'ConsensusAddressOwner') return owner.ConsensusAddressOwner.owner;
  return undefined;
}

/**
 * A required address or object ID of a request, normalized to `0x` + 64 hex digits.
 * @throws RpcError INVALID_ARGUMENT
 */
export function parseAddress(field: string, text: string | undefined): string {
  if (text === undefined || text === '') throw missingField(field);
  if (!/^(0x)?[0-9a-fA-F]{1,64}$/.test(text)) throw invalidField(field, `invalid address: ${shorten(text)}`);
  return normalizeSuiAddress(text);
}

/**
 * A required digest of a request: Base58 of 32 bytes.
 * @throws RpcError INVALID_ARGUMENT
 */
export function parseDigest(field: string, text: string | undefined): string {
  if (text === undefined || text === '') throw missingField(field);
  if (!isDigest(text)) throw invalidField(field, `invalid digest: ${shorten(text)}`);
  return text;
}

function isDigest(text: string): boolean {
  // 32 bytes are 32 to 44 Base58 digits; the length is checked first because decoding is quadratic.
  if (text.length > 44 || !/^[1-9A-HJ-NP-Za-km-z]+$/.test(text)) return false;
  return fromBase58(text).length === 32;
}

/**
 * A struct type of a request in canonical text (full addresses, no spaces).
 * @throws RpcError INVALID_ARGUMENT
 */
export function parseStructType(field: string, text: string | undefined): string {
  if (text === undefined || text === '') throw missingField(field);
  if (text.length > MAX_TYPE_LENGTH || typeDepth(text) > MAX_TYPE_DEPTH) throw invalidField(field, 'type too large');
  if (!STRUCT_TYPE.test(text)) throw invalidField(field, `invalid type: ${shorten(text)}`);
  let tag;
  try {
    tag = parseStructTag(text);
  } catch (error) {
    throw Object.assign(invalidField(field, `invalid type: ${shorten(text)}`), { cause: error });
  }
  return canonicalType(normalizeStructTag(tag));
}

const STRUCT_TYPE = /^(0x)?[0-9a-fA-F]{1,64}::[A-Za-z_][A-Za-z0-9_]{0,127}::[A-Za-z_][A-Za-z0-9_]{0,127}(<[A-Za-z0-9_:,<> ]+>)?$/;
const MODULE_PATH = /^(0x)?[0-9a-fA-F]{1,64}(::[A-Za-z_][A-Za-z0-9_]{0,127}){0,2}$/;

function typeDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '<') deepest = Math.max(deepest, ++depth);
    else if (character === '>') depth--;
  }
  return deepest;
}

/** Type text without spaces: the form types are compared in. */
export function canonicalType(type: string): string {
  return type.includes(' ') ? type.replaceAll(' ', '') : type;
}

/**
 * A path `package[::module[::name]]` with the address normalized.
 * @throws RpcError INVALID_ARGUMENT
 */
export function parseMovePath(field: string, text: string | undefined, maxParts: 2 | 3): string {
  if (text === undefined || text === '') throw missingField(field);
  if (!MODULE_PATH.test(text)) throw invalidField(field, `invalid path: ${shorten(text)}`);
  const [address, ...names] = text.split('::');
  if (names.length >= maxParts) throw invalidField(field, `invalid path: ${shorten(text)}`);
  return [normalizeSuiAddress(address as string), ...names].join('::');
}

/**
 * A filter on types: an address, `address::module`, `address::module::Name` (every instantiation) or a full
 * type. Returns a predicate on canonical type text.
 * @throws RpcError INVALID_ARGUMENT
 */
export function parseTypeFilter(field: string, text: string): (type: string) => boolean {
  const isPath = MODULE_PATH.test(text);
  if (!isPath || text.split('::').length === 3) {
    const wanted = parseStructType(field, text);
    const generic = `${wanted}<`;
    if (wanted.endsWith('>')) return (type) => canonicalType(type) === wanted;
    return (type) => type === wanted || type.startsWith(generic);
  }
  const prefix = `${parseMovePath(field, text, 3)}::`;
  return (type) => type.startsWith(prefix);
}

/** Text of a caller, cut so that an error message cannot be made huge. */
export function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}

const COIN_PREFIX = `${normalizeSuiAddress('0x2')}::coin::Coin<`;
const BALANCE_PREFIX = `${normalizeSuiAddress('0x2')}::balance::Balance<`;
/** Offset of the u64 balance in the contents of a `Coin<T>`, after its 32-byte ID. */
const COIN_BALANCE_OFFSET = 32;

/** Canonical `T` of a `Coin<T>` type; undefined for other types. */
export function coinTypeOf(objectType: string): string | undefined {
  return objectType.startsWith(COIN_PREFIX) ? canonicalType(objectType.slice(COIN_PREFIX.length, -1)) : undefined;
}

/** Canonical `T` of a `Balance<T>` type; undefined for other types. */
export function balanceTypeOf(type: string): string | undefined {
  return type.startsWith(BALANCE_PREFIX) ? canonicalType(type.slice(BALANCE_PREFIX.length, -1)) : undefined;
}

/** Balance in the contents of a `Coin<T>`. */
export function coinBalance(contents: Uint8Array): bigint {
  return new DataView(contents.buffer, contents.byteOffset).getBigUint64(COIN_BALANCE_OFFSET, true);
}
