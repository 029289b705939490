/// A table that remembers the order of its entries: each entry knows the keys before and after it,
/// so the table can be walked in both directions, and grown and shrunk at both ends.
module sui::linked_table;

use sui::dynamic_field as field;

/// The table still has entries.
const ETableNotEmpty: u64 = 0;
/// The table has no entries.
const ETableIsEmpty: u64 = 1;

/// An ordered map from `K` to `V`.
public struct LinkedTable<K: copy + drop + store, phantom V: store> has key, store {
    id: UID,
    /// Number of entries.
    size: u64,
    /// First key.
    head: Option<K>,
    /// Last key.
    tail: Option<K>,
}

/// One entry with its neighbours.
public struct Node<K: copy + drop + store, V: store> has store {
    prev: Option<K>,
    next: Option<K>,
    value: V,
}

/// An empty table.
public fun new<K: copy + drop + store, V: store>(ctx: &mut TxContext): LinkedTable<K, V> {
    LinkedTable { id: object::new(ctx), size: 0, head: option::none(), tail: option::none() }
}

/// The first key, if there is one.
public fun front<K: copy + drop + store, V: store>(table: &LinkedTable<K, V>): &Option<K> {
    &table.head
}

/// The last key, if there is one.
public fun back<K: copy + drop + store, V: store>(table: &LinkedTable<K, V>): &Option<K> {
    &table.tail
}

/// Adds an entry before all others. Aborts with `sui::dynamic_field::EFieldAlreadyExists` when the
/// key is taken.
public fun push_front<K: copy + drop + store, V: store>(
    table: &mut LinkedTable<K, V>,
    k: K,
    value: V,
) {
    let next = table.head;
    field::add(&mut table.id, k, Node { prev: option::none(), next, value });
    table.set_prev(next, option::some(k));
    table.head = option::some(k);
    if (table.tail.is_none()) table.tail = option::some(k);
    table.size = table.size + 1;
}

/// Adds an entry after all others. Aborts with `sui::dynamic_field::EFieldAlreadyExists` when the
/// key is taken.
public fun push_back<K: copy + drop + store, V: store>(
    table: &mut LinkedTable<K, V>,
    k: K,
    value: V,
) {
    let prev = table.tail;
    field::add(&mut table.id, k, Node { prev, next: option::none(), value });
    table.set_next(prev, option::some(k));
    table.tail = option::some(k);
    if (table.head.is_none()) table.head = option::some(k);
    table.size = table.size + 1;
}

#[syntax(index)]
/// The value of a key. Aborts with `sui::dynamic_field::EFieldDoesNotExist` when there is none.
public fun borrow<K: copy + drop + store, V: store>(table: &LinkedTable<K, V>, k: K): &V {
    &table.node(k).value
}

#[syntax(index)]
/// The value of a key, to be changed. Aborts as `borrow` does.
public fun borrow_mut<K: copy + drop + store, V: store>(
    table: &mut LinkedTable<K, V>,
    k: K,
): &mut V {
    &mut table.node_mut(k).value
}

/// The key before the given one, if there is one. Aborts as `borrow` does.
public fun prev<K: copy + drop + store, V: store>(table: &LinkedTable<K, V>, k: K): &Option<K> {
    &table.node(k).prev
}

/// The key after the given one, if there is one. Aborts as `borrow` does.
public fun next<K: copy + drop + store, V: store>(table: &LinkedTable<K, V>, k: K): &Option<K> {
    &table.node(k).next
}

/// Removes an entry and returns its value. Aborts as `borrow` does.
public fun remove<K: copy + drop + store, V: store>(table: &mut LinkedTable<K, V>, k: K): V {
    let Node { prev, next, value } = field::remove<K, Node<K, V>>(&mut table.id, k);
    table.set_next(prev, next);
    table.set_prev(next, prev);
    if (prev.is_none()) table.head = next;
    if (next.is_none()) table.tail = prev;
    table.size = table.size - 1;
    value
}

/// Takes the first entry; aborts with `ETableIsEmpty` when there is none.
public fun pop_front<K: copy + drop + store, V: store>(table: &mut LinkedTable<K, V>): (K, V) {
    assert!(table.head.is_some(), ETableIsEmpty);
    let k = *table.head.borrow();
    (k, table.remove(k))
}

/// Takes the last entry; aborts with `ETableIsEmpty` when there is none.
public fun pop_back<K: copy + drop + store, V: store>(table: &mut LinkedTable<K, V>): (K, V) {
    assert!(table.tail.is_some(), ETableIsEmpty);
    let k = *table.tail.borrow();
    (k, table.remove(k))
}

/// Whether there is an entry for the key.
public fun contains<K: copy + drop + store, V: store>(table: &LinkedTable<K, V>, k: K): bool {
    field::exists_with_type<K, Node<K, V>>(&table.id, k)
}

/// Number of entries.
public fun length<K: copy + drop + store, V: store>(table: &LinkedTable<K, V>): u64 {
    table.size
}

/// Whether there is no entry.
public fun is_empty<K: copy + drop + store, V: store>(table: &LinkedTable<K, V>): bool {
    table.size == 0
}

/// Destroys an empty table; aborts with `ETableNotEmpty` otherwise.
public fun destroy_empty<K: copy + drop + store, V: store>(table: LinkedTable<K, V>) {
    let LinkedTable { id, size, head: _, tail: _ } = table;
    assert!(size == 0, ETableNotEmpty);
    id.delete()
}

/// Destroys a table whatever it holds. The entries can never be reached again.
public fun drop<K: copy + drop + store, V: drop + store>(table: LinkedTable<K, V>) {
    let LinkedTable { id, size: _, head: _, tail: _ } = table;
    id.delete()
}

fun node<K: copy + drop + store, V: store>(table: &LinkedTable<K, V>, k: K): &Node<K, V> {
    field::borrow<K, Node<K, V>>(&table.id, k)
}

fun node_mut<K: copy + drop + store, V: store>(
    table: &mut LinkedTable<K, V>,
    k: K,
): &mut Node<K, V> {
    field::borrow_mut<K, Node<K, V>>(&mut table.id, k)
}

/// Sets the key before `k`, if there is a `k`.
fun set_prev<K: copy + drop + store, V: store>(
    table: &mut LinkedTable<K, V>,
    k: Option<K>,
    prev: Option<K>,
) {
    if (k.is_some()) table.node_mut(*k.borrow()).prev = prev;
}

/// Sets the key after `k`, if there is a `k`.
fun set_next<K: copy + drop + store, V: store>(
    table: &mut LinkedTable<K, V>,
    k: Option<K>,
    next: Option<K>,
) {
    if (k.is_some()) table.node_mut(*k.borrow()).next = next;
}
