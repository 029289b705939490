/**
 * One version of one object: owner, type, contents, BCS, digest and size for gas (sui.md §1.4, §2,
 * sui-gas.md §2.1). Digest and BCS are worked out when somebody asks.
 */
import type { LedgerObject, Owner } from '../ledger/types.js';
import type { Address, MoveType, PackageView } from '../vm/types.js';
import { BcsWriter } from './bytes.js';
import { digestOf, toBase58 } from './digests.js';
import { moveObjectTypeBytes, typeToText } from './type-tags.js';

/** A package with what its BCS needs beyond `PackageView`. */
export interface MovePackage extends PackageView {
  /** Version of the package behind each entry of `linkage`. */
  readonly linkageVersions: ReadonlyMap<Address, bigint>;
}

export type ObjectData =
  | {
      readonly kind: 'move';
      readonly type: MoveType;
      readonly hasPublicTransfer: boolean;
      readonly contents: Uint8Array;
    }
  | { readonly kind: 'package'; readonly package: MovePackage };

/** Bytes of an object that gas does not read from its contents: owner 40, previous transaction 32, rebate 8. */
const OBJECT_OVERHEAD_BYTES = 80;

export class StoredObject implements LedgerObject {
  readonly id: Address;
  readonly version: bigint;
  readonly owner: Owner;
  readonly data: ObjectData;
  /** Digest of the transaction that wrote this version, 32 bytes. */
  readonly previousTransactionBytes: Uint8Array;
  readonly storageRebate: bigint;
  #digest: Uint8Array | undefined;
  #digestText: string | undefined;

  constructor(
    id: Address,
    version: bigint,
    owner: Owner,
    data: ObjectData,
    previousTransaction: Uint8Array,
    storageRebate: bigint,
  ) {
    this.id = id;
    this.version = version;
    this.owner = owner;
    this.data = data;
    this.previousTransactionBytes = previousTransaction;
    this.storageRebate = storageRebate;
  }

  get type(): string {
    return this.data.kind === 'move' ? typeToText(this.data.type) : 'package';
  }

  get moveType(): MoveType | undefined {
    return this.data.kind === 'move' ? this.data.type : undefined;
  }

  get contents(): Uint8Array | undefined {
    return this.data.kind === 'move' ? this.data.contents : undefined;
  }

  get package(): MovePackage | undefined {
    return this.data.kind === 'package' ? this.data.package : undefined;
  }

  get hasPublicTransfer(): boolean {
    return this.data.kind === 'move' && this.data.hasPublicTransfer;
  }

  get previousTransaction(): string {
    return toBase58(this.previousTransactionBytes);
  }

  get bcs(): Uint8Array {
    const writer = new BcsWriter(256);
    writeData(writer, this.id, this.version, this.data);
    writeOwner(writer, this.owner);
    writer.byteVector(this.previousTransactionBytes).u64(this.storageRebate);
    return writer.finish();
  }

  /** Digest, 32 bytes. */
  get digestBytes(): Uint8Array {
    return (this.#digest ??= digestOf('Object', this.bcs));
  }

  get digest(): string {
    return (this.#digestText ??= toBase58(this.digestBytes));
  }

  /** Size that storage gas counts, bytes. */
  get gasSizeBytes(): number {
    return gasSizeBytes(this.data);
  }
}

/** Size that storage gas counts, bytes. */
export function gasSizeBytes(data: ObjectData): number {
  if (data.kind === 'move') {
    return OBJECT_OVERHEAD_BYTES + data.contents.length + moveObjectTypeBytes(data.type).length + 1 + 8;
  }
  return OBJECT_OVERHEAD_BYTES + packageSizeBytes(data.package);
}

/** Size of a package as its limit and gas count it, bytes. */
export function packageSizeBytes(pkg: MovePackage): number {
  let size = 8 + 72 * pkg.linkage.size;
  for (const [name, bytecode] of pkg.modules) size += name.length + bytecode.length;
  for (const key of pkg.typeOrigins.keys()) {
    const [module, name] = splitTypeKey(key);
    size += module.length + name.length + 32;
  }
  return size;
}

/** `module::Datatype` → its two names. */
export function splitTypeKey(key: string): [module: string, name: string] {
  const at = key.indexOf('::');
  return [key.slice(0, at), key.slice(at + 2)];
}

export function writeOwner(writer: BcsWriter, owner: Owner): void {
  if (owner.AddressOwner !== undefined) writer.u8(0).address(owner.AddressOwner);
  else if (owner.ObjectOwner !== undefined) writer.u8(1).address(owner.ObjectOwner);
  else if (owner.Shared !== undefined) writer.u8(2).u64(BigInt(owner.Shared.initialSharedVersion));
  else if (owner.ConsensusAddressOwner !== undefined) {
    writer
      .u8(4)
      .u64(BigInt(owner.ConsensusAddressOwner.startVersion))
      .address(owner.ConsensusAddressOwner.owner);
  } else writer.u8(3);
}

/** Writes the BCS of `Data`. */
export function writeData(writer: BcsWriter, id: Address, version: bigint, data: ObjectData): void {
  if (data.kind === 'move') {
    writer.u8(0).raw(moveObjectTypeBytes(data.type)).bool(data.hasPublicTransfer).u64(version);
    writer.byteVector(data.contents);
    return;
  }
  const pkg = data.package;
  writer.u8(1).address(id).u64(version);
  // BCS maps are ordered by the bytes of the key: for strings the length comes first.
  const modules = [...pkg.modules].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0));
  writer.vector(modules, ([name, bytecode]) => writer.string(name).byteVector(bytecode));
  writer.vector([...pkg.typeOrigins], ([key, origin]) => {
    const [module, name] = splitTypeKey(key);
    writer.string(module).string(name).address(origin);
  });
  const linkage = [...pkg.linkage].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  writer.vector(linkage, ([original, upgraded]) =>
    writer.address(original).address(upgraded).u64(pkg.linkageVersions.get(original) ?? 1n),
  );
}

export const owners = {
  address: (address: Address): Owner => ({ $kind: 'AddressOwner', AddressOwner: address }) as Owner,
  object: (parent: Address): Owner => ({ $kind: 'ObjectOwner', ObjectOwner: parent }) as Owner,
  shared: (initialSharedVersion: bigint): Owner =>
    ({ $kind: 'Shared', Shared: { initialSharedVersion: initialSharedVersion.toString() } }) as Owner,
  immutable: { $kind: 'Immutable', Immutable: true } as Owner,
  consensusAddress: (startVersion: bigint, owner: Address): Owner =>
    ({
      $kind: 'ConsensusAddressOwner',
      ConsensusAddressOwner: { startVersion: startVersion.toString(), owner },
    }) as Owner,
};

export function ownersEqual(a: Owner, b: Owner): boolean {
  return (
    a.$kind === b.$kind &&
    a.AddressOwner === b.AddressOwner &&
    a.ObjectOwner === b.ObjectOwner &&
    a.Shared?.initialSharedVersion === b.Shared?.initialSharedVersion &&
    a.ConsensusAddressOwner?.startVersion === b.ConsensusAddressOwner?.startVersion &&
    a.ConsensusAddressOwner?.owner === b.ConsensusAddressOwner?.owner
  );
}
