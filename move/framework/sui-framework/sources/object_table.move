/// As `sui::table`, for values that are objects and stay visible in storage under their own ID.
module sui::object_table;

use sui::dynamic_object_field as ofield;

/// The table still has entries.
const ETableNotEmpty: u64 = 0;

/// A map from `K` to objects of type `V`.
public struct ObjectTable<phantom K: copy + drop + store, phantom V: key + store> has key, store {
    id: UID,
    /// Number of entries.
    size: u64,
}

/// An empty table.
public fun new<K: copy + drop + store, V: key + store>(ctx: &mut TxContext): ObjectTable<K, V> {
    ObjectTable { id: object::new(ctx), size: 0 }
}

/// Adds an entry. Aborts with `sui::dynamic_field::EFieldAlreadyExists` when the key is taken.
public fun add<K: copy + drop + store, V: key + store>(
    table: &mut ObjectTable<K, V>,
    k: K,
    v: V,
) {
    ofield::add(&mut table.id, k, v);
    table.size = table.size + 1;
}

#[syntax(index)]
/// The value of a key. Aborts with `sui::dynamic_field::EFieldDoesNotExist` when there is none.
public fun borrow<K: copy + drop + store, V: key + store>(table: &ObjectTable<K, V>, k: K): &V {
    ofield::borrow(&table.id, k)
}

#[syntax(index)]
/// The value of a key, to be changed. Aborts as `borrow` does.
public fun borrow_mut<K: copy + drop + store, V: key + store>(
    table: &mut ObjectTable<K, V>,
    k: K,
): &mut V {
    ofield::borrow_mut(&mut table.id, k)
}

/// Removes an entry and returns its value. Aborts as `borrow` does.
public fun remove<K: copy + drop + store, V: key + store>(
    table: &mut ObjectTable<K, V>,
    k: K,
): V {
    let v = ofield::remove(&mut table.id, k);
    table.size = table.size - 1;
    v
}

/// Whether there is an entry for the key.
public fun contains<K: copy + drop + store, V: key + store>(
    table: &ObjectTable<K, V>,
    k: K,
): bool {
    ofield::exists_(&table.id, k)
}

/// Number of entries.
public fun length<K: copy + drop + store, V: key + store>(table: &ObjectTable<K, V>): u64 {
    table.size
}

/// Whether there is no entry.
public fun is_empty<K: copy + drop + store, V: key + store>(table: &ObjectTable<K, V>): bool {
    table.size == 0
}

/// Destroys an empty table; aborts with `ETableNotEmpty` otherwise.
public fun destroy_empty<K: copy + drop + store, V: key + store>(table: ObjectTable<K, V>) {
    let ObjectTable { id, size } = table;
    assert!(size == 0, ETableNotEmpty);
    id.delete()
}

/// The ID of the object under a key, if there is one.
public fun value_id<K: copy + drop + store, V: key + store>(
    table: &ObjectTable<K, V>,
    k: K,
): Option<ID> {
    ofield::id(&table.id, k)
}
