/**
 * `sui.rpc.v2.NameService`: SuiNS is not deployed on this network, so no name is registered (sui-rpc.md §3).
 */
import type { GrpcTypes } from '@mysten/sui/grpc';
import { isValidSuiNSName } from '@mysten/sui/utils';
import type { Ledger } from '../ledger/types.js';
import { invalidField, missingField, notFound } from './errors.js';
import { parseAddress, shorten } from './values.js';

/** Always NOT_FOUND for a well-formed name; the SDK answers null. */
export function lookupName(_ledger: Ledger, request: GrpcTypes.LookupNameRequest): GrpcTypes.LookupNameResponse {
  const { name } = request;
  if (name === undefined || name === '') throw missingField('name');
  if (!isValidSuiNSName(name)) throw invalidField('name', `invalid name: ${shorten(name)}`);
  throw notFound(`Name ${name} not found`);
}

/** No record for any address. */
export function reverseLookupName(
  _ledger: Ledger,
  request: GrpcTypes.ReverseLookupNameRequest,
): GrpcTypes.ReverseLookupNameResponse {
  parseAddress('address', request.address);
  return {};
}
