/// The root of all accumulators: totals kept per (address, type), changed by deposits and
/// withdrawals that the system adds up after the transactions of a commit.
module sui::accumulator;

use sui::dynamic_field as field;

/// Only the system may create the root.
const ENotSystemAddress: u64 = 0;
/// The total cannot hold the change.
const EInvalidSplitAmount: u64 = 1;

/// The object, at a fixed address, whose dynamic fields are the accumulators.
public struct AccumulatorRoot has key {
    id: UID,
}

/// Name of the accumulator of type `T` that belongs to an address.
public struct Key<phantom T> has copy, drop, store {
    address: address,
}

/// The total of an accumulator that counts funds.
public struct U128 has store {
    value: u128,
}

#[allow(unused_function)]
/// Creates the root at genesis.
fun create(ctx: &TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    transfer::share_object(AccumulatorRoot { id: object::sui_accumulator_root_object_id() })
}

/// The identity of the root.
public(package) fun root_id(accumulator_root: &AccumulatorRoot): &UID {
    &accumulator_root.id
}

/// The identity of the root, to be changed.
public(package) fun root_id_mut(accumulator_root: &mut AccumulatorRoot): &mut UID {
    &mut accumulator_root.id
}

/// A total.
public(package) fun create_u128(value: u128): U128 {
    U128 { value }
}

/// Destroys a total.
public(package) fun destroy_u128(u128: U128) {
    let U128 { value: _ } = u128;
}

/// Adds `merge` to a total, then takes `split` from it.
public(package) fun update_u128(u128: &mut U128, merge: u128, split: u128) {
    let total = u128.value + merge;
    assert!(total >= split, EInvalidSplitAmount);
    u128.value = total - split;
}

/// Whether a total is zero.
public(package) fun is_zero_u128(u128: &U128): bool {
    u128.value == 0
}

/// The value of a total.
public(package) fun u128_value(u128: &U128): u128 {
    u128.value
}

/// The name of the accumulator of type `T` of an address.
public(package) fun accumulator_key<T>(address: address): Key<T> {
    Key { address }
}

/// Where the accumulator of type `T` of an address is stored.
public(package) fun accumulator_address<T>(address: address): address {
    field::hash_type_and_key(object::sui_accumulator_root_address(), Key<T> { address })
}

/// Whether an accumulator exists.
public(package) fun root_has_accumulator<K, V: store>(
    accumulator_root: &AccumulatorRoot,
    name: Key<K>,
): bool {
    field::exists_with_type<Key<K>, V>(&accumulator_root.id, name)
}

/// Adds an accumulator.
public(package) fun root_add_accumulator<K, V: store>(
    accumulator_root: &mut AccumulatorRoot,
    name: Key<K>,
    value: V,
) {
    field::add(&mut accumulator_root.id, name, value);
}

/// An accumulator.
public(package) fun root_borrow_accumulator<K, V: store>(
    accumulator_root: &AccumulatorRoot,
    name: Key<K>,
): &V {
    field::borrow<Key<K>, V>(&accumulator_root.id, name)
}

/// An accumulator, to be changed.
public(package) fun root_borrow_accumulator_mut<K, V: store>(
    accumulator_root: &mut AccumulatorRoot,
    name: Key<K>,
): &mut V {
    field::borrow_mut<Key<K>, V>(&mut accumulator_root.id, name)
}

/// Removes an accumulator.
public(package) fun root_remove_accumulator<K, V: store>(
    accumulator_root: &mut AccumulatorRoot,
    name: Key<K>,
): V {
    field::remove<Key<K>, V>(&mut accumulator_root.id, name)
}

#[allow(unused_function)]
public(package) native fun emit_deposit_event<T>(
    accumulator: address,
    recipient: address,
    amount: u64,
);

#[allow(unused_function)]
public(package) native fun emit_withdraw_event<T>(
    accumulator: address,
    owner: address,
    amount: u64,
);

#[test_only]
/// Creates the root in a test.
public fun create_for_testing(ctx: &TxContext) {
    create(ctx)
}
