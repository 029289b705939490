/// A map of any size, each entry a dynamic field of its own. Entries are loaded when they are used;
/// the table cannot be iterated. Equality of two tables compares their IDs, not their contents.
module sui::table;

use sui::dynamic_field as field;

/// The table still has entries.
const ETableNotEmpty: u64 = 0;

/// A map from `K` to `V`.
public struct Table<phantom K: copy + drop + store, phantom V: store> has key, store {
    id: UID,
    /// Number of entries.
    size: u64,
}

/// An empty table.
public fun new<K: copy + drop + store, V: store>(ctx: &mut TxContext): Table<K, V> {
    Table { id: object::new(ctx), size: 0 }
}

/// Adds an entry. Aborts with `sui::dynamic_field::EFieldAlreadyExists` when the key is taken.
public fun add<K: copy + drop + store, V: store>(table: &mut Table<K, V>, k: K, v: V) {
    field::add(&mut table.id, k, v);
    table.size = table.size + 1;
}

#[syntax(index)]
/// The value of a key. Aborts with `sui::dynamic_field::EFieldDoesNotExist` when there is none.
public fun borrow<K: copy + drop + store, V: store>(table: &Table<K, V>, k: K): &V {
    field::borrow(&table.id, k)
}

#[syntax(index)]
/// The value of a key, to be changed. Aborts as `borrow` does.
public fun borrow_mut<K: copy + drop + store, V: store>(table: &mut Table<K, V>, k: K): &mut V {
    field::borrow_mut(&mut table.id, k)
}

/// Removes an entry and returns its value. Aborts as `borrow` does.
public fun remove<K: copy + drop + store, V: store>(table: &mut Table<K, V>, k: K): V {
    let v = field::remove(&mut table.id, k);
    table.size = table.size - 1;
    v
}

/// Whether there is an entry for the key.
public fun contains<K: copy + drop + store, V: store>(table: &Table<K, V>, k: K): bool {
    field::exists_with_type<K, V>(&table.id, k)
}

/// Number of entries.
public fun length<K: copy + drop + store, V: store>(table: &Table<K, V>): u64 {
    table.size
}

/// Whether there is no entry.
public fun is_empty<K: copy + drop + store, V: store>(table: &Table<K, V>): bool {
    table.size == 0
}

/// Destroys an empty table; aborts with `ETableNotEmpty` otherwise.
public fun destroy_empty<K: copy + drop + store, V: store>(table: Table<K, V>) {
    let Table { id, size } = table;
    assert!(size == 0, ETableNotEmpty);
    id.delete()
}

/// Destroys a table whatever it holds. The entries stay in storage and can never be reached again.
public fun drop<K: copy + drop + store, V: drop + store>(table: Table<K, V>) {
    let Table { id, size: _ } = table;
    id.delete()
}
