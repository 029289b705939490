/// As `sui::bag`, for values that are objects and stay visible in storage under their own ID.
module sui::object_bag;

use sui::dynamic_object_field as ofield;

/// The bag still has entries.
const EBagNotEmpty: u64 = 0;

/// A heterogeneous map of objects.
public struct ObjectBag has key, store {
    id: UID,
    /// Number of entries.
    size: u64,
}

/// An empty bag.
public fun new(ctx: &mut TxContext): ObjectBag {
    ObjectBag { id: object::new(ctx), size: 0 }
}

/// Adds an entry. Aborts with `sui::dynamic_field::EFieldAlreadyExists` when the key is taken.
public fun add<K: copy + drop + store, V: key + store>(bag: &mut ObjectBag, k: K, v: V) {
    ofield::add(&mut bag.id, k, v);
    bag.size = bag.size + 1;
}

#[syntax(index)]
/// The object under a key. Aborts with `sui::dynamic_field::EFieldDoesNotExist` when there is none
/// and with `sui::dynamic_field::EFieldTypeMismatch` when it has another type.
public fun borrow<K: copy + drop + store, V: key + store>(bag: &ObjectBag, k: K): &V {
    ofield::borrow(&bag.id, k)
}

#[syntax(index)]
/// The object under a key, to be changed. Aborts as `borrow` does.
public fun borrow_mut<K: copy + drop + store, V: key + store>(bag: &mut ObjectBag, k: K): &mut V {
    ofield::borrow_mut(&mut bag.id, k)
}

/// Removes an entry and returns its object. Aborts as `borrow` does.
public fun remove<K: copy + drop + store, V: key + store>(bag: &mut ObjectBag, k: K): V {
    let v = ofield::remove(&mut bag.id, k);
    bag.size = bag.size - 1;
    v
}

/// Whether there is an entry for the key, with an object of any type.
public fun contains<K: copy + drop + store>(bag: &ObjectBag, k: K): bool {
    ofield::exists_(&bag.id, k)
}

/// Whether there is an entry for the key with an object of type `V`.
public fun contains_with_type<K: copy + drop + store, V: key + store>(bag: &ObjectBag, k: K): bool {
    ofield::exists_with_type<K, V>(&bag.id, k)
}

/// Number of entries.
public fun length(bag: &ObjectBag): u64 {
    bag.size
}

/// Whether there is no entry.
public fun is_empty(bag: &ObjectBag): bool {
    bag.size == 0
}

/// Destroys an empty bag; aborts with `EBagNotEmpty` otherwise.
public fun destroy_empty(bag: ObjectBag) {
    let ObjectBag { id, size } = bag;
    assert!(size == 0, EBagNotEmpty);
    id.delete()
}

/// The ID of the object under a key, if there is one.
public fun value_id<K: copy + drop + store>(bag: &ObjectBag, k: K): Option<ID> {
    ofield::id(&bag.id, k)
}
