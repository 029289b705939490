/// A map of any size whose keys and values may have different types, each entry a dynamic field.
module sui::bag;

use sui::dynamic_field as field;

/// The bag still has entries.
const EBagNotEmpty: u64 = 0;

/// A heterogeneous map.
public struct Bag has key, store {
    id: UID,
    /// Number of entries.
    size: u64,
}

/// An empty bag.
public fun new(ctx: &mut TxContext): Bag {
    Bag { id: object::new(ctx), size: 0 }
}

/// Adds an entry. Aborts with `sui::dynamic_field::EFieldAlreadyExists` when the key is taken,
/// whatever the type of the value.
public fun add<K: copy + drop + store, V: store>(bag: &mut Bag, k: K, v: V) {
    field::add(&mut bag.id, k, v);
    bag.size = bag.size + 1;
}

#[syntax(index)]
/// The value of a key. Aborts with `sui::dynamic_field::EFieldDoesNotExist` when there is none and
/// with `sui::dynamic_field::EFieldTypeMismatch` when it has another type.
public fun borrow<K: copy + drop + store, V: store>(bag: &Bag, k: K): &V {
    field::borrow(&bag.id, k)
}

#[syntax(index)]
/// The value of a key, to be changed. Aborts as `borrow` does.
public fun borrow_mut<K: copy + drop + store, V: store>(bag: &mut Bag, k: K): &mut V {
    field::borrow_mut(&mut bag.id, k)
}

/// Removes an entry and returns its value. Aborts as `borrow` does.
public fun remove<K: copy + drop + store, V: store>(bag: &mut Bag, k: K): V {
    let v = field::remove(&mut bag.id, k);
    bag.size = bag.size - 1;
    v
}

/// Whether there is an entry for the key, with a value of any type.
public fun contains<K: copy + drop + store>(bag: &Bag, k: K): bool {
    field::exists_(&bag.id, k)
}

/// Whether there is an entry for the key with a value of type `V`.
public fun contains_with_type<K: copy + drop + store, V: store>(bag: &Bag, k: K): bool {
    field::exists_with_type<K, V>(&bag.id, k)
}

/// Number of entries.
public fun length(bag: &Bag): u64 {
    bag.size
}

/// Whether there is no entry.
public fun is_empty(bag: &Bag): bool {
    bag.size == 0
}

/// Destroys an empty bag; aborts with `EBagNotEmpty` otherwise.
public fun destroy_empty(bag: Bag) {
    let Bag { id, size } = bag;
    assert!(size == 0, EBagNotEmpty);
    id.delete()
}
