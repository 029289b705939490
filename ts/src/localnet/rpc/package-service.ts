/**
 * `sui.rpc.v2.MovePackageService`: packages, functions and datatypes as published (sui-rpc.md §4).
 */
import type { GrpcTypes } from '@mysten/sui/grpc';
import type { Ledger } from '../ledger/types.js';
import { invalidField, missingField, notFound } from './errors.js';
import { ReadMask } from './mask.js';
import { datatypeMessage, functionMessage, packageMessage } from './packages.js';
import { parsePage, takePage } from './pagination.js';
import { parseAddress, shorten } from './values.js';

const VERSION_PAGE_SIZES = { defaultSize: 1_000, maxSize: 10_000 };
const MAX_IDENTIFIER_LENGTH = 128;
const VERSION_MESSAGE_BYTES = 80;

/** A package with its declarations. @throws RpcError NOT_FOUND */
export function getPackage(ledger: Ledger, request: GrpcTypes.GetPackageRequest): GrpcTypes.GetPackageResponse {
  const id = existingPackage(ledger, request.packageId);
  const view = ledger.getPackage(id);
  if (view === undefined) throw notFound(`Package ${id} not found`);
  return { package: packageMessage(ledger, view, ReadMask.ALL) };
}

/** A struct or enum. @throws RpcError NOT_FOUND */
export function getDatatype(ledger: Ledger, request: GrpcTypes.GetDatatypeRequest): GrpcTypes.GetDatatypeResponse {
  const { id, module, name } = declaration(ledger, request);
  const info = ledger.reflection.getDatatype(id, module, name);
  if (info === undefined) throw notFound(`Datatype ${id}::${module}::${name} not found`);
  return { datatype: datatypeMessage(info) };
}

/** A function. @throws RpcError NOT_FOUND */
export function getFunction(ledger: Ledger, request: GrpcTypes.GetFunctionRequest): GrpcTypes.GetFunctionResponse {
  const { id, module, name } = declaration(ledger, request);
  const info = ledger.reflection.getFunction(id, module, name);
  if (info === undefined) throw notFound(`Function ${id}::${module}::${name} not found`);
  return { function: functionMessage(info) };
}

/** All versions of the package that an ID, of any version, belongs to; oldest first. @throws RpcError NOT_FOUND */
export function listPackageVersions(
  ledger: Ledger,
  request: GrpcTypes.ListPackageVersionsRequest,
): GrpcTypes.ListPackageVersionsResponse {
  const id = existingPackage(ledger, request.packageId);
  const page = parsePage(request, ['versions', id], VERSION_PAGE_SIZES);
  const { items, nextPageToken } = takePage(
    page,
    ledger.packageVersions(id),
    // Keys are compared as text: fixed width keeps the order of the numbers.
    (view) => view.version.toString().padStart(20, '0'),
    (view) => ({ item: { packageId: view.storageId, version: view.version }, sizeBytes: VERSION_MESSAGE_BYTES }),
  );
  return { versions: items, nextPageToken };
}

function existingPackage(ledger: Ledger, packageId: string | undefined): string {
  const id = parseAddress('package_id', packageId);
  if (ledger.getPackage(id) === undefined) {
    if (ledger.getObject(id) !== undefined) throw invalidField('package_id', `${id} is not a package`);
    throw notFound(`Package ${id} not found`);
  }
  return id;
}

function declaration(
  ledger: Ledger,
  request: { readonly packageId?: string; readonly moduleName?: string; readonly name?: string },
): { id: string; module: string; name: string } {
  return {
    id: existingPackage(ledger, request.packageId),
    module: parseIdentifier('module_name', request.moduleName),
    name: parseIdentifier('name', request.name),
  };
}

function parseIdentifier(field: string, name: string | undefined): string {
  if (name === undefined || name === '') throw missingField(field);
  if (name.length > MAX_IDENTIFIER_LENGTH || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw invalidField(field, `invalid identifier: ${shorten(name)}`);
  return name;
}
