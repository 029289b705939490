/**
 * BCS layouts of the contract objects that clients and nodes read (contracts specification §2.2, §2.3).
 * Field order is normative; names are the contracts'.
 */
import { bcs, type BcsType } from '@mysten/sui/bcs';

const id = bcs.Address;
const balance = bcs.struct('Balance', { value: bcs.u64() });
const table = bcs.struct('Table', { id, size: bcs.u64() });
const extendedField = bcs.struct('ExtendedField', { id });
const element = bcs.struct('Element', { bytes: bcs.byteVector() });

function vecMap<K, KI, V, VI>(key: BcsType<K, KI>, value: BcsType<V, VI>) {
  return bcs.struct('VecMap', { contents: bcs.vector(bcs.struct('Entry', { key, value })) });
}

/** `Field<u64, T>`: how inner states hang under `System` and `Staking`. */
export function fieldOf<T, I>(value: BcsType<T, I>) {
  return bcs.struct('Field', { id, name: bcs.u64(), value });
}

export const System = bcs.struct('System', {
  id,
  version: bcs.u64(),
  package_id: id,
  new_package_id: bcs.option(id),
});

/** `Staking` has the fields of `System`. */
export const Staking = System;

export const BlsCommittee = bcs.struct('BlsCommittee', {
  members: bcs.vector(
    bcs.struct('BlsCommitteeMember', { public_key: element, weight: bcs.u16(), node_id: id }),
  ),
  n_shards: bcs.u16(),
  epoch: bcs.u32(),
  total_aggregated_key: element,
});

const EventBlob = bcs.struct('EventBlob', {
  blob_id: bcs.u256(),
  ending_checkpoint_sequence_number: bcs.u64(),
});

export const SystemStateInnerV1 = bcs.struct('SystemStateInnerV1', {
  committee: BlsCommittee,
  total_capacity_size: bcs.u64(),
  used_capacity_size: bcs.u64(),
  storage_price_per_unit_size: bcs.u64(),
  write_price_per_unit_size: bcs.u64(),
  future_accounting: bcs.struct('FutureAccountingRingBuffer', {
    current_index: bcs.u32(),
    length: bcs.u32(),
    ring_buffer: bcs.vector(
      bcs.struct('FutureAccounting', {
        epoch: bcs.u32(),
        used_capacity: bcs.u64(),
        rewards_to_distribute: balance,
      }),
    ),
  }),
  event_blob_certification_state: bcs.struct('EventBlobCertificationState', {
    latest_certified_blob: bcs.option(EventBlob),
    aggregate_weight_per_blob: vecMap(EventBlob, bcs.u16()),
  }),
  deny_list_sizes: extendedField,
});

/** Node ID → shards, ascending by node ID. */
export const Committee = vecMap(id, bcs.vector(bcs.u16()));

export const EpochParams = bcs.struct('EpochParams', {
  total_capacity_size: bcs.u64(),
  storage_price_per_unit_size: bcs.u64(),
  write_price_per_unit_size: bcs.u64(),
});

export const EpochState = bcs.enum('EpochState', {
  EpochChangeSync: bcs.u16(),
  EpochChangeDone: bcs.u64(),
  NextParamsSelected: bcs.u64(),
});

export const StakingInnerV1 = bcs.struct('StakingInnerV1', {
  n_shards: bcs.u16(),
  epoch_duration: bcs.u64(),
  first_epoch_start: bcs.u64(),
  pools: table,
  epoch: bcs.u32(),
  active_set: extendedField,
  next_committee: bcs.option(Committee),
  committee: Committee,
  previous_committee: Committee,
  next_epoch_params: bcs.option(EpochParams),
  epoch_state: EpochState,
  next_epoch_public_keys: extendedField,
});

const PendingValues = vecMap(bcs.u32(), bcs.u64());
const Authorized = bcs.enum('Authorized', { Address: id, ObjectID: id });

export const StakedWal = bcs.struct('StakedWal', {
  id,
  state: bcs.enum('StakedWalState', { Staked: null, Withdrawing: bcs.struct('Withdrawing', { withdraw_epoch: bcs.u32() }) }),
  node_id: id,
  principal: balance,
  activation_epoch: bcs.u32(),
});

export const StakingPool = bcs.struct('StakingPool', {
  id,
  state: bcs.enum('PoolState', { Active: null, Withdrawing: bcs.u32(), Withdrawn: null }),
  voting_params: bcs.struct('VotingParams', {
    storage_price: bcs.u64(),
    write_price: bcs.u64(),
    node_capacity: bcs.u64(),
  }),
  node_info: bcs.struct('StorageNodeInfo', {
    name: bcs.string(),
    node_id: id,
    network_address: bcs.string(),
    public_key: element,
    next_epoch_public_key: bcs.option(element),
    network_public_key: bcs.byteVector(),
    metadata: extendedField,
  }),
  activation_epoch: bcs.u32(),
  latest_epoch: bcs.u32(),
  wal_balance: bcs.u64(),
  num_shares: bcs.u64(),
  pending_shares_withdraw: PendingValues,
  pre_active_withdrawals: PendingValues,
  pending_commission_rate: PendingValues,
  commission_rate: bcs.u16(),
  exchange_rates: table,
  pending_stake: PendingValues,
  rewards_pool: balance,
  commission: balance,
  commission_receiver: Authorized,
  governance_authorized: Authorized,
  extra_fields: table,
});

export const Storage = bcs.struct('Storage', {
  id,
  start_epoch: bcs.u32(),
  end_epoch: bcs.u32(),
  storage_size: bcs.u64(),
});

export const Blob = bcs.struct('Blob', {
  id,
  registered_epoch: bcs.u32(),
  blob_id: bcs.u256(),
  size: bcs.u64(),
  encoding_type: bcs.u8(),
  certified_epoch: bcs.option(bcs.u32()),
  storage: Storage,
  deletable: bcs.bool(),
});

export const StorageNodeCap = bcs.struct('StorageNodeCap', {
  id,
  node_id: id,
  last_epoch_sync_done: bcs.u32(),
  last_event_blob_attestation: bcs.option(
    bcs.struct('EventBlobAttestation', { checkpoint_sequence_num: bcs.u64(), epoch: bcs.u32() }),
  ),
  deny_list_root: bcs.u256(),
  deny_list_sequence: bcs.u64(),
  deny_list_size: bcs.u64(),
});
