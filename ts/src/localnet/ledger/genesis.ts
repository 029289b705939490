/**
 * The first state of a network (sui.md §4.1): the framework packages, the singletons their modules create,
 * and the SUI supply in one coin. Everything is made by the framework's own functions, so any framework
 * with the original names boots.
 */
import type { MoveVm } from '../vm/index.js';
import { parseModule, type CompiledModule } from '../vm/module.js';
import type { Address } from '../vm/types.js';
import { fullAddress } from '../runtime/bytes.js';
import { blake2b256 } from '../runtime/digests.js';
import type { Execution, ExecutionEnvironment } from '../runtime/execute.js';
import { TOTAL_SUPPLY_MIST } from '../runtime/limits.js';
import { StoredObject, owners, type MovePackage } from '../runtime/objects.js';
import { datatypesOf } from '../runtime/packages.js';
import { isTxContextReference } from '../runtime/ptb-typing.js';
import type { Argument, Command, ResolvedInput } from '../runtime/ptb.js';
import { GAS_COIN_TEXT, SUI_ADDRESS, SUI_TYPE, STD_ADDRESS, typeToText, GAS_COIN_TYPE } from '../runtime/type-tags.js';
import { withCoinBalance } from '../runtime/write-set.js';
import { directWrite } from './direct-write.js';
import type { ObjectStore } from './object-store.js';
import { executeSystem, genesisTransaction, resultArgument, systemCall, type SystemTransaction } from './system-transactions.js';

export interface GenesisOptions {
  /** Modules of 0x1 and 0x2 with their own addresses. */
  readonly std: readonly Uint8Array[];
  readonly sui: readonly Uint8Array[];
  /** 32 bytes; everything that is random in real life comes from it. */
  readonly seed: Uint8Array;
  readonly timestampMs: bigint;
  /** Owner of the whole SUI supply. */
  readonly faucet: Address;
}

/** Creating functions of the framework, in the order of the real genesis; those that exist are called. */
const CREATORS = ['clock', 'authenticator_state', 'random', 'deny_list', 'coin_registry', 'display_registry', 'address_alias', 'accumulator'];
const CLOCK = fullAddress('0x6');

export interface Genesis {
  readonly transaction: SystemTransaction;
  readonly execution: Execution;
}

/** Fills an empty store. The VM must already read packages from `store`. */
export function createGenesis(
  store: ObjectStore,
  environment: ExecutionEnvironment,
  options: GenesisOptions,
): Genesis {
  const packages = [
    systemPackage(STD_ADDRESS, options.std, []),
    systemPackage(SUI_ADDRESS, options.sui, [STD_ADDRESS]),
  ];
  const marker = new Uint8Array(32);
  const packageObjects = packages.map(
    (pkg) => new StoredObject(pkg.storageId, 1n, owners.immutable, { kind: 'package', package: pkg }, marker, 0n),
  );
  for (const object of packageObjects) store.write(object);
  const created = createSingletons(environment, options);
  if (created.failure) throw created.failure;
  const objects = [...packageObjects, ...created.written.map((object) => atGenesisTime(object, options.timestampMs))];
  if (!objects.some((object) => object.type === GAS_COIN_TEXT)) objects.push(supplyCoin(options));
  objects.sort((a, b) => (a.id < b.id ? -1 : 1));
  const transaction = genesisTransaction(objects.map((object) => object.bcs));
  const final = objects.map(
    (object) => new StoredObject(object.id, object.version, object.owner, object.data, transaction.digest, 0n),
  );
  for (const object of final) store.write(object);
  return { transaction, execution: directWrite(final, transaction.digest, 0n) };
}

/** A framework package as it stands at genesis. */
function systemPackage(id: Address, modules: readonly Uint8Array[], dependencies: readonly Address[]): MovePackage {
  const compiled: [CompiledModule, Uint8Array][] = modules.map((bytes) => [parseModule(bytes), bytes]);
  const typeOrigins = new Map<string, Address>();
  for (const [module] of compiled) for (const name of datatypesOf(module)) typeOrigins.set(`${module.self.name}::${name}`, id);
  return {
    storageId: id,
    originalId: id,
    version: 1n,
    modules: new Map(compiled.map(([module, bytes]) => [module.self.name, bytes])),
    linkage: new Map(dependencies.map((dependency) => [dependency, dependency])),
    linkageVersions: new Map(dependencies.map((dependency) => [dependency, 1n])),
    typeOrigins,
  };
}

function createSingletons(environment: ExecutionEnvironment, options: GenesisOptions): Execution {
  const { vm } = environment;
  const commands: Command[] = CREATORS.filter((module) => isCreator(vm, module)).map((module) =>
    systemCall(SUI_ADDRESS, module, 'create'),
  );
  const inputs: ResolvedInput[] = [];
  if (vm.functionInfo(SUI_ADDRESS, 'sui', 'new')) {
    const sui = typeToText(SUI_TYPE);
    const balance = commands.push(systemCall(SUI_ADDRESS, 'sui', 'new')) - 1;
    const coin = commands.push(systemCall(SUI_ADDRESS, 'coin', 'from_balance', [resultArgument(balance)], [sui])) - 1;
    inputs.push({ kind: 'pure', bytes: new Uint8Array(Buffer.from(options.faucet.slice(2), 'hex')) });
    const transfer = { objects: [resultArgument(coin)], address: { $kind: 'Input', Input: 0 } as Argument };
    commands.push({ $kind: 'TransferObjects', TransferObjects: transfer } as Command);
  }
  return executeSystem(environment, blake2b256(options.seed), commands, inputs);
}

/** `fun create(ctx)` without results. */
function isCreator(vm: MoveVm, module: string): boolean {
  const info = vm.functionInfo(SUI_ADDRESS, module, 'create');
  return info !== undefined && info.returns.length === 0 && info.parameters.every(isTxContextReference);
}

/** The clock starts at the time of genesis: its contents are ID and timestamp. */
function atGenesisTime(object: StoredObject, timestampMs: bigint): StoredObject {
  if (object.id !== CLOCK || object.data.kind !== 'move') return object;
  const contents = withCoinBalance(object.data.contents, timestampMs);
  return new StoredObject(object.id, object.version, object.owner, { ...object.data, contents }, object.previousTransactionBytes, 0n);
}

/** For frameworks whose `sui` module has no `new`. */
function supplyCoin(options: GenesisOptions): StoredObject {
  const id = blake2b256(Buffer.concat([options.seed, Buffer.from('supply')]));
  const contents = withCoinBalance(Buffer.concat([id, new Uint8Array(8)]), TOTAL_SUPPLY_MIST);
  return new StoredObject(
    '0x' + Buffer.from(id).toString('hex'),
    1n,
    owners.address(options.faucet),
    { kind: 'move', type: GAS_COIN_TYPE, hasPublicTransfer: true, contents },
    new Uint8Array(32),
    0n,
  );
}
