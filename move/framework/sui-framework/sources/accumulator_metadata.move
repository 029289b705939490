/// Bookkeeping for accumulators: which types an address holds totals of.
module sui::accumulator_metadata;

use sui::accumulator::AccumulatorRoot;
use sui::bag::{Self, Bag};
use sui::dynamic_field as field;

/// The owner recorded under a key is another.
const EInvariantViolation: u64 = 0;

/// Name of the record of an owner under the accumulator root.
public struct OwnerKey has copy, drop, store {
    owner: address,
}

/// The totals of one address.
public struct Owner has store {
    /// One `Metadata<T>` per type, under `MetadataKey<T>`.
    balances: Bag,
    owner: address,
}

/// Name of the record of type `T` in an `Owner`.
public struct MetadataKey<phantom T>() has copy, drop, store;

/// Data about one total; none so far.
public struct Metadata<phantom T> has store {
    fields: Bag,
}

fun accumulator_root_owner_exists(accumulator_root: &AccumulatorRoot, owner: address): bool {
    field::exists_with_type<OwnerKey, Owner>(accumulator_root.root_id(), OwnerKey { owner })
}

fun accumulator_root_borrow_owner_mut(
    accumulator_root: &mut AccumulatorRoot,
    owner: address,
): &mut Owner {
    field::borrow_mut(accumulator_root.root_id_mut(), OwnerKey { owner })
}

fun accumulator_root_attach_owner(accumulator_root: &mut AccumulatorRoot, owner: Owner) {
    let key = OwnerKey { owner: owner.owner };
    field::add(accumulator_root.root_id_mut(), key, owner);
}

fun accumulator_root_detach_owner(accumulator_root: &mut AccumulatorRoot, owner: address): Owner {
    field::remove(accumulator_root.root_id_mut(), OwnerKey { owner })
}

/// Records that `owner` now has a total of type `T`.
public(package) fun create_accumulator_metadata<T>(
    accumulator_root: &mut AccumulatorRoot,
    owner: address,
    ctx: &mut TxContext,
) {
    let metadata = Metadata<T> { fields: bag::new(ctx) };
    if (!accumulator_root_owner_exists(accumulator_root, owner)) {
        accumulator_root_attach_owner(accumulator_root, Owner { balances: bag::new(ctx), owner });
    };
    let record = accumulator_root_borrow_owner_mut(accumulator_root, owner);
    assert!(record.owner == owner, EInvariantViolation);
    record.accumulator_owner_attach_metadata(metadata);
}

/// Records that `owner` no longer has a total of type `T`.
public(package) fun remove_accumulator_metadata<T>(
    accumulator_root: &mut AccumulatorRoot,
    owner: address,
) {
    let record = accumulator_root_borrow_owner_mut(accumulator_root, owner);
    let Metadata<T> { fields } = record.accumulator_owner_detach_metadata();
    fields.destroy_empty();
    if (record.balances.is_empty()) {
        accumulator_root_detach_owner(accumulator_root, owner).accumulator_owner_destroy();
    }
}

fun accumulator_owner_attach_metadata<T>(self: &mut Owner, metadata: Metadata<T>) {
    self.balances.add(MetadataKey<T>(), metadata);
}

fun accumulator_owner_detach_metadata<T>(self: &mut Owner): Metadata<T> {
    self.balances.remove(MetadataKey<T>())
}

fun accumulator_owner_destroy(self: Owner) {
    let Owner { balances, owner: _ } = self;
    balances.destroy_empty();
}
