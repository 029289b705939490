/// What the protocol knows of the government by its stakers: the right to carry decisions out, the
/// parameters that can be decided, and how the stake was spread when an epoch began.
///
/// Proposals and votes are in a package of their own, which holds the capability. Parameters are kept by
/// number and only if they were ever decided; a change is in force from the next epoch on, so that
/// nothing that is under way is settled by other rules than it began with.
module walrus::governed;

use sui::vec_map::{Self, VecMap};

/// Part of an epoch's rewards that is burned, in basis points.
const BURN_SHARE: u16 = 0;
/// Duration of an epoch in milliseconds.
const EPOCH_DURATION: u16 = 1;
/// Most members of the active set.
const ACTIVE_SET_LIMIT: u16 = 2;
/// Stake in FROST that a member of the active set needs.
const THRESHOLD_STAKE: u16 = 3;
/// Least price of storage.
const MIN_STORAGE_PRICE: u16 = 4;
/// Highest price of storage.
const MAX_STORAGE_PRICE: u16 = 5;
/// Least price of writing.
const MIN_WRITE_PRICE: u16 = 6;
/// Highest price of writing.
const MAX_WRITE_PRICE: u16 = 7;

/// Whoever holds this carries out what the stakers decide; it must be locked into their governance.
public struct GovernanceCap has key, store {
    /// The capability's own ID.
    id: UID,
}

/// Name of the dynamic field with the parameters.
public struct ParamsKey() has copy, drop, store;

/// Parameters that were decided, by number.
public struct Params has copy, drop, store {
    /// In force in the current epoch.
    current: VecMap<u16, u64>,
    /// In force from the next epoch on.
    next: VecMap<u16, u64>,
}

/// Name of the dynamic field with the stakes of an epoch.
public struct SnapshotKey has copy, drop, store {
    /// The epoch.
    epoch: u32,
}

/// The stakes that back the committee of an epoch, as they were when the epoch began.
public struct StakeSnapshot has drop, store {
    /// Sum of the stakes, in FROST.
    total: u64,
    /// Stake of each member of the committee, by node ID, in FROST.
    powers: VecMap<ID, u64>,
}

/// Creates the capability.
public(package) fun new_cap(ctx: &mut TxContext): GovernanceCap {
    GovernanceCap { id: object::new(ctx) }
}

// === Parameters ===

/// Nothing decided.
public(package) fun new_params(): Params {
    Params { current: vec_map::empty(), next: vec_map::empty() }
}

/// Name of the dynamic field with the parameters.
public(package) fun params_key(): ParamsKey { ParamsKey() }

/// Decides a parameter from the next epoch on.
public(package) fun set(self: &mut Params, number: u16, value: u64) {
    if (self.next.contains(&number)) {
        self.next.remove(&number);
    };
    self.next.insert(number, value);
}

/// Brings what was decided in force. Returns whether that changes anything.
public(package) fun begin_epoch(self: &mut Params): bool {
    let changes = self.current != self.next;
    self.current = self.next;
    changes
}

/// What was decided for the current epoch.
public(package) fun current(self: &Params, number: u16): Option<u64> {
    self.current.try_get(&number)
}

/// What was decided for the next epoch.
public(package) fun next(self: &Params, number: u16): Option<u64> { self.next.try_get(&number) }

/// Part of an epoch's rewards that is burned, in basis points.
public(package) fun burn_share(self: &Params, default: u64): u64 {
    self.current(BURN_SHARE).destroy_or!(default)
}

/// Duration of an epoch in milliseconds.
public(package) fun epoch_duration(self: &Params, default: u64): u64 {
    self.current(EPOCH_DURATION).destroy_or!(default)
}

/// Most members of the active set, and the stake they need.
public(package) fun active_set_bounds(
    self: &Params,
    default_limit: u16,
    default_threshold: u64,
): (u16, u64) {
    let limit = self.current(ACTIVE_SET_LIMIT).destroy_or!(default_limit as u64);
    (limit as u16, self.current(THRESHOLD_STAKE).destroy_or!(default_threshold))
}

/// The prices of storage and writing, within their bounds.
public(package) fun bound_prices(self: &Params, storage: u64, write: u64): (u64, u64) {
    (
        self.bound(storage, MIN_STORAGE_PRICE, MAX_STORAGE_PRICE),
        self.bound(write, MIN_WRITE_PRICE, MAX_WRITE_PRICE),
    )
}

fun bound(self: &Params, price: u64, min: u16, max: u16): u64 {
    let min = self.current(min).destroy_or!(0);
    let max = self.current(max).destroy_or!(std::u64::max_value!());
    price.max(min).min(max)
}

// === Snapshots ===

/// Records the stakes of a committee, which must be less than 2^64 FROST together.
public(package) fun new_snapshot(node_ids: vector<ID>, stakes: vector<u64>): StakeSnapshot {
    let mut total = 0;
    stakes.do_ref!(|stake| total = total + *stake);
    StakeSnapshot { total, powers: vec_map::from_keys_values(node_ids, stakes) }
}

/// Name of the dynamic field with the stakes of an epoch.
public(package) fun snapshot_key(epoch: u32): SnapshotKey { SnapshotKey { epoch } }

/// Sum of the stakes, in FROST.
public fun total(self: &StakeSnapshot): u64 { self.total }

/// Stake of each member of the committee, by node ID, in FROST.
public fun powers(self: &StakeSnapshot): &VecMap<ID, u64> { &self.powers }

// === Tests ===

/// Another capability.
#[test_only]
public fun new_cap_for_testing(ctx: &mut TxContext): GovernanceCap { new_cap(ctx) }
