/**
 * Reading the protocol's state from any Sui network: the same objects, by the same rules, as the public
 * SDK reads (contracts specification §3.1).
 */
import type { BcsType } from '@mysten/sui/bcs';
import { bcs } from '@mysten/sui/bcs';
import type { ClientWithCoreApi } from '@mysten/sui/client';
import { deriveDynamicFieldID, normalizeSuiAddress } from '@mysten/sui/utils';
import { compressPublicKey } from './bls.js';
import { ObjectMissing, ProtocolError } from './errors.js';
import { Blob, fieldOf, Staking, StakingInnerV1, StakingPool, System, SystemStateInnerV1 } from './objects.js';

/** The two objects that identify a deployment. */
export interface DeploymentIds {
  readonly systemObjectId: string;
  readonly stakingObjectId: string;
}

/** One storage node of the committee. */
export interface CommitteeMember {
  /** Position in the committee, which is its bit in signer bitmaps. */
  readonly index: number;
  readonly nodeId: string;
  readonly name: string;
  /** `host:port`. */
  readonly networkAddress: string;
  /** Compressed BLS key, 48 bytes. */
  readonly publicKey: Uint8Array;
  /** Shard indices, ascending. */
  readonly shards: readonly number[];
}

/** What clients and nodes need to know of the chain. */
export interface ChainState {
  /** Package that receives calls. */
  readonly packageId: string;
  /** First version of the package: the address in type names. */
  readonly originalPackageId: string;
  readonly epoch: number;
  readonly epochState: 'sync' | 'done' | 'nextParamsSelected';
  /** When the epoch's committee had synced, ms on the chain's clock; undefined while it syncs. */
  readonly syncedAtMs: bigint | undefined;
  readonly epochDurationMs: bigint;
  readonly shardCount: number;
  readonly committee: readonly CommitteeMember[];
  /** Committee of the epoch before; empty in epochs 0 and 1. Names, addresses and keys are those of today. */
  readonly previousCommittee: readonly CommitteeMember[];
  /** Committee of the next epoch, once it is selected. */
  readonly nextCommittee: readonly CommitteeMember[] | undefined;
  /** FROST per MiB and epoch. */
  readonly storagePrice: bigint;
  /** FROST per MiB, once. */
  readonly writePrice: bigint;
  /** Largest number of epochs a reservation may reach ahead. */
  readonly maxEpochsAhead: number;
}

/** A blob object as the contracts hold it. */
export type BlobObject = typeof Blob.$inferType;

/** Reads the state of one deployment. Holds no cache: every call asks the network. */
export class ChainReader {
  #walType: string | undefined;

  constructor(
    readonly client: ClientWithCoreApi,
    readonly ids: DeploymentIds,
  ) {}

  /** Reads both system objects, their inner states and the committee's pools. @throws ObjectMissing */
  async state(): Promise<ChainState> {
    const { systemObjectId, stakingObjectId } = this.ids;
    const [system, staking] = await this.#objects([
      ['System', systemObjectId],
      ['Staking', stakingObjectId],
    ]);
    const systemOuter = System.parse(system!.content);
    const stakingOuter = Staking.parse(staking!.content);
    const [systemField, stakingField] = await this.#objects([
      ['System state', innerStateId(systemObjectId, systemOuter.version)],
      ['Staking state', innerStateId(stakingObjectId, stakingOuter.version)],
    ]);
    const systemInner = fieldOf(SystemStateInnerV1).parse(systemField!.content).value;
    const stakingInner = fieldOf(StakingInnerV1).parse(stakingField!.content).value;
    const { committee, previous_committee: previous, next_committee: next } = stakingInner;
    const [current, before, after] = await this.#committees([committee, previous, ...(next === null ? [] : [next])]);
    return {
      packageId: systemOuter.package_id,
      originalPackageId: normalizeSuiAddress(system!.type.split('::')[0]!),
      epoch: stakingInner.epoch,
      ...epochStateOf(stakingInner.epoch_state),
      epochDurationMs: BigInt(stakingInner.epoch_duration),
      shardCount: stakingInner.n_shards,
      committee: current!,
      previousCommittee: before!,
      nextCommittee: after,
      storagePrice: BigInt(systemInner.storage_price_per_unit_size),
      writePrice: BigInt(systemInner.write_price_per_unit_size),
      maxEpochsAhead: systemInner.future_accounting.length,
    };
  }

  /** Reads a `Blob` object. @throws ObjectMissing */
  async blob(objectId: string): Promise<BlobObject> {
    return this.read('Blob', objectId, Blob);
  }

  /** Reads one object by its layout. @throws ObjectMissing */
  async read<T, I>(role: string, objectId: string, layout: BcsType<T, I>): Promise<T> {
    const [object] = await this.#objects([[role, objectId]]);
    return layout.parse(object!.content);
  }

  /** Type of the WAL coin, found as the SDK finds it: in the signature of `staking::stake_with_pool`. */
  async walType(): Promise<string> {
    if (this.#walType !== undefined) return this.#walType;
    const [staking] = await this.#objects([['Staking', this.ids.stakingObjectId]]);
    const { function: stakeWithPool } = await this.client.core.getMoveFunction({
      packageId: staking!.type.split('::')[0]!,
      moduleName: 'staking',
      name: 'stake_with_pool',
    });
    const coin = stakeWithPool.parameters[1]?.body;
    const wal = coin?.$kind === 'datatype' ? coin.datatype.typeParameters[0] : undefined;
    if (wal?.$kind !== 'datatype') throw new ProtocolError('staking::stake_with_pool does not take a coin');
    this.#walType = wal.datatype.typeName;
    return this.#walType;
  }

  /** Members of several committees; each pool is read once. */
  async #committees(
    committees: readonly { readonly contents: readonly { key: string; value: readonly number[] }[] }[],
  ): Promise<CommitteeMember[][]> {
    const nodeIds = [...new Set(committees.flatMap(({ contents }) => contents.map(({ key }) => key)))];
    const pools = await this.#objects(nodeIds.map((id) => ['Staking pool', id] as const));
    const infos = new Map(
      nodeIds.map((id, index) => {
        const { node_info: info } = StakingPool.parse(pools[index]!.content);
        const publicKey = compressPublicKey(Uint8Array.from(info.public_key.bytes));
        return [id, { nodeId: id, name: info.name, networkAddress: info.network_address, publicKey }];
      }),
    );
    return committees.map(({ contents }) =>
      contents.map(({ key, value }, index) => ({
        index,
        ...infos.get(key)!,
        shards: [...value].sort((a, b) => a - b),
      })),
    );
  }

  async #objects(wanted: readonly (readonly [role: string, id: string])[]) {
    const { objects } = await this.client.core.getObjects({
      objectIds: wanted.map(([, id]) => id),
      include: { content: true },
    });
    return wanted.map(([role, id], index) => {
      const object = objects[index];
      if (object === undefined || object instanceof Error) throw new ObjectMissing(role, id, { cause: object });
      return object;
    });
  }
}

function innerStateId(parent: string, version: string): string {
  return deriveDynamicFieldID(parent, 'u64', bcs.u64().serialize(version).toBytes());
}

function epochStateOf(state: typeof StakingInnerV1.$inferType.epoch_state): Pick<ChainState, 'epochState' | 'syncedAtMs'> {
  switch (state.$kind) {
    case 'EpochChangeSync':
      return { epochState: 'sync', syncedAtMs: undefined };
    case 'EpochChangeDone':
      return { epochState: 'done', syncedAtMs: BigInt(state.EpochChangeDone) };
    case 'NextParamsSelected':
      return { epochState: 'nextParamsSelected', syncedAtMs: BigInt(state.NextParamsSelected) };
  }
}
