/**
 * Building packages: self addresses, linkage, type origins, digest (sui-execution.md §1.8, §1.9).
 * Publishing charges and `init` are the command's business (`publish.ts`).
 */
import { MalformedModuleError } from '../vm/index.js';
import { parseModule, type CompiledModule } from '../vm/module.js';
import type { Address } from '../vm/types.js';
import { VerificationError, readModule, verifyPackage } from '../vm/verifier/index.js';
import { addressToBytes, bytesToAddress, compareBytes, fullAddress, readUleb } from './bytes.js';
import { blake2b256 } from './digests.js';
import { limits } from './limits.js';
import { packageSizeBytes, type MovePackage } from './objects.js';
import { fail } from './status.js';

const ZERO_ADDRESS = fullAddress('0x0');
const MODULE_HANDLES = 0x01;
const ADDRESS_IDENTIFIERS = 0x08;

export interface NewPackage {
  readonly package: MovePackage;
  /** Modules in the order of the command, self address set. */
  readonly modules: readonly CompiledModule[];
}

/** Where the self address of a module is written. @throws MalformedModuleError */
export function selfAddressOffset(bytes: Uint8Array): number {
  const uleb = (offset: number) => {
    const read = readUleb(bytes, offset);
    if (!read) throw new MalformedModuleError('module header is cut off');
    return read;
  };
  const count = uleb(8);
  let at = count.next;
  const tables = new Map<number, { offset: number; length: number }>();
  for (let i = 0; i < count.value && i < 32; i++) {
    const kind = bytes[at]!;
    const offset = uleb(at + 1);
    const length = uleb(offset.next);
    tables.set(kind, { offset: offset.value, length: length.value });
    at = length.next;
  }
  const contentsEnd = at + Math.max(0, ...[...tables.values()].map((table) => table.offset + table.length));
  const handles = tables.get(MODULE_HANDLES);
  const addresses = tables.get(ADDRESS_IDENTIFIERS);
  if (!handles || !addresses) throw new MalformedModuleError('module has no self handle');
  const self = uleb(contentsEnd).value;
  let handle = at + handles.offset;
  for (let i = 0; i < self; i++) handle = uleb(uleb(handle).next).next;
  const offset = at + addresses.offset + 32 * uleb(handle).value;
  if (offset + 32 > bytes.length) throw new MalformedModuleError('self address is out of bounds');
  return offset;
}

/** A copy of the module that says it lives at `address`. It must say 0x0 so far. */
export function withSelfAddress(bytes: Uint8Array, address: Address): Uint8Array {
  const offset = selfAddressOffset(bytes);
  if (bytesToAddress(bytes, offset) !== ZERO_ADDRESS) fail('PublishErrorNonZeroAddress');
  const copy = new Uint8Array(bytes); // not slice: that of a Buffer is a view
  copy.set(addressToBytes(address), offset);
  return copy;
}

/** Parses modules and gives them the package's address. Failures are those of Publish and Upgrade. */
export function loadModules(
  modules: readonly Uint8Array[],
  selfAddress: Address,
): { bytes: Map<string, Uint8Array>; compiled: CompiledModule[] } {
  const bytes = new Map<string, Uint8Array>();
  const compiled: CompiledModule[] = [];
  for (const module of modules) {
    const parsed = orVerificationFailure(() => {
      readModule(module);
      const patched = withSelfAddress(module, selfAddress);
      return { patched, module: readModule(patched) };
    });
    const name = parsed.module.self.name;
    if (bytes.has(name)) fail('VMVerificationOrDeserializationError', true, `module ${name} is given twice`);
    bytes.set(name, parsed.patched);
    compiled.push(parsed.module);
  }
  return { bytes, compiled };
}

/** A module that is refused ends the transaction with the status its verifier error names. */
function orVerificationFailure<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof VerificationError) return fail(error.executionStatus, true, error.message);
    if (!(error instanceof MalformedModuleError)) throw error;
    return fail('VMVerificationOrDeserializationError', true, error.message);
  }
}

export interface Linkage {
  readonly linkage: Map<Address, Address>;
  readonly versions: Map<Address, bigint>;
}

/** Linkage table from the dependencies a command lists: each of them and what they link to. */
export function buildLinkage(
  dependencies: readonly Address[],
  getPackage: (storageId: Address) => MovePackage | undefined,
  self?: Address,
): Linkage {
  const linkage = new Map<Address, Address>();
  const versions = new Map<Address, bigint>();
  const listed = dependencies.map(
    (id) => getPackage(id) ?? fail('PublishUpgradeMissingDependency', true, `no package ${id}`),
  );
  for (const pkg of listed) {
    if (pkg.originalId === self) continue;
    const known = versions.get(pkg.originalId);
    if (known !== undefined && known !== pkg.version) {
      fail('PublishUpgradeMissingDependency', true, `two versions of package ${pkg.originalId} are listed`);
    }
    linkage.set(pkg.originalId, pkg.storageId);
    versions.set(pkg.originalId, pkg.version);
  }
  for (const pkg of listed) {
    for (const original of pkg.linkage.keys()) {
      if (original === self) continue;
      const chosen = versions.get(original);
      const needed = pkg.linkageVersions.get(original) ?? 1n;
      if (chosen === undefined) {
        fail('PublishUpgradeMissingDependency', true, `${pkg.storageId} needs ${original}`);
      } else if (chosen < needed) {
        fail('PublishUpgradeDependencyDowngrade', true, `${pkg.storageId} needs version ${needed} of ${original}`);
      }
    }
  }
  return { linkage, versions };
}

/** Names of the datatypes that a module defines, in definition order: structs, then enums. */
export function datatypesOf(module: CompiledModule): string[] {
  return [...module.structs, ...module.enums].map((definition) => module.datatypeHandles[definition.handle]!.name);
}

/**
 * A new package or package version that passed the bytecode verifier (`../vm/verifier`). `previous` is the
 * version that is upgraded. @throws ExecutionFailure
 */
export function createPackage(
  storageId: Address,
  modules: readonly Uint8Array[],
  dependencies: readonly Address[],
  getPackage: (storageId: Address) => MovePackage | undefined,
  previous?: MovePackage,
): NewPackage {
  const originalId = previous?.originalId ?? storageId;
  const { bytes, compiled } = loadModules(modules, originalId);
  const { linkage, versions } = buildLinkage(dependencies, getPackage, originalId);
  const typeOrigins = new Map<string, Address>();
  for (const module of [...compiled].sort((a, b) => (a.self.name < b.self.name ? -1 : 1))) {
    for (const name of datatypesOf(module)) {
      const key = `${module.self.name}::${name}`;
      typeOrigins.set(key, previous?.typeOrigins.get(key) ?? storageId);
    }
  }
  const pkg: MovePackage = {
    storageId,
    originalId,
    version: previous ? previous.version + 1n : 1n,
    modules: bytes,
    linkage,
    linkageVersions: versions,
    typeOrigins,
  };
  const size = packageSizeBytes(pkg);
  if (size > limits.packageSizeBytes) {
    fail('MovePackageTooBig', {
      objectSize: size.toString(),
      maxObjectSize: limits.packageSizeBytes.toString(),
    });
  }
  orVerificationFailure(() => verifyPackage(compiled, ({ address, name }) => {
    const dependency = linkage.get(address);
    const module = dependency === undefined ? undefined : getPackage(dependency)?.modules.get(name);
    return module && parseModule(module);
  }));
  return { package: pkg, modules: compiled };
}

/** Digest that an upgrade ticket carries: over the sorted module hashes and dependency IDs. */
export function packageDigest(modules: readonly Uint8Array[], dependencies: readonly Address[]): Uint8Array {
  const parts = [...modules.map(blake2b256), ...dependencies.map(addressToBytes)].sort(compareBytes);
  const message = new Uint8Array(32 * parts.length);
  parts.forEach((part, index) => message.set(part, 32 * index));
  return blake2b256(message);
}
