/// A small map kept as a vector of entries in the order they were put in. Every look-up walks the
/// vector; for more than some dozens of keys use `sui::table`.
module sui::vec_map;

/// The key is there already.
const EKeyAlreadyExists: u64 = 0;

/// The key is not there.
const EKeyDoesNotExist: u64 = 1;

/// The map still has entries.
const EMapNotEmpty: u64 = 2;

/// No entry has this index.
const EIndexOutOfBounds: u64 = 3;

/// The map has no entries.
const EMapEmpty: u64 = 4;

/// There are not as many values as keys.
const EUnequalLengths: u64 = 5;

/// A map from keys to values, no key twice.
public struct VecMap<K: copy, V> has copy, drop, store {
    contents: vector<Entry<K, V>>,
}

/// A key and its value.
public struct Entry<K: copy, V> has copy, drop, store {
    key: K,
    value: V,
}

/// The map without entries.
public fun empty<K: copy, V>(): VecMap<K, V> {
    VecMap { contents: vector[] }
}

/// Adds an entry. Aborts with `EKeyAlreadyExists` when the key is there.
public fun insert<K: copy, V>(self: &mut VecMap<K, V>, key: K, value: V) {
    assert!(!self.contains(&key), EKeyAlreadyExists);
    self.contents.push_back(Entry { key, value });
}

/// Takes out the entry of this key; the later ones move forward. Aborts with `EKeyDoesNotExist`
/// when it is not there.
public fun remove<K: copy, V>(self: &mut VecMap<K, V>, key: &K): (K, V) {
    let i = self.get_idx(key);
    self.remove_entry_by_idx(i)
}

/// Takes out the entry that stands last. Aborts with `EMapEmpty` when there is none.
public fun pop<K: copy, V>(self: &mut VecMap<K, V>): (K, V) {
    assert!(!self.is_empty(), EMapEmpty);
    let Entry { key, value } = self.contents.pop_back();
    (key, value)
}

/// The value of this key, to change. Aborts with `EKeyDoesNotExist` when it is not there.
#[syntax(index)]
public fun get_mut<K: copy, V>(self: &mut VecMap<K, V>, key: &K): &mut V {
    let i = self.get_idx(key);
    &mut self.contents[i].value
}

/// The value of this key. Aborts with `EKeyDoesNotExist` when it is not there.
#[syntax(index)]
public fun get<K: copy, V>(self: &VecMap<K, V>, key: &K): &V {
    let i = self.get_idx(key);
    &self.contents[i].value
}

/// A copy of the value of this key, if it is there.
public fun try_get<K: copy, V: copy>(self: &VecMap<K, V>, key: &K): Option<V> {
    self.get_idx_opt(key).map!(|i| self.contents[i].value)
}

/// Whether the key is there.
public fun contains<K: copy, V>(self: &VecMap<K, V>, key: &K): bool {
    self.contents.any!(|entry| &entry.key == key)
}

/// The number of entries.
public fun length<K: copy, V>(self: &VecMap<K, V>): u64 {
    self.contents.length()
}

/// Whether there are no entries.
public fun is_empty<K: copy, V>(self: &VecMap<K, V>): bool {
    self.contents.is_empty()
}

/// Consumes a map without entries. Aborts with `EMapNotEmpty` when it has some.
public fun destroy_empty<K: copy, V>(self: VecMap<K, V>) {
    let VecMap { contents } = self;
    assert!(contents.is_empty(), EMapNotEmpty);
    contents.destroy_empty();
}

/// Consumes the map and gives its keys and its values, in the order of the entries.
public fun into_keys_values<K: copy, V>(self: VecMap<K, V>): (vector<K>, vector<V>) {
    let VecMap { contents } = self;
    let mut keys = vector[];
    let mut values = vector[];
    contents.do!(|entry| {
        let Entry { key, value } = entry;
        keys.push_back(key);
        values.push_back(value);
    });
    (keys, values)
}

/// The map of these keys, each to the value of the same index. Aborts with `EUnequalLengths` when
/// the vectors differ in length and with `EKeyAlreadyExists` when a key comes twice.
public fun from_keys_values<K: copy, V>(keys: vector<K>, values: vector<V>): VecMap<K, V> {
    assert!(keys.length() == values.length(), EUnequalLengths);
    let mut map = empty();
    keys.zip_do!(values, |key, value| map.insert(key, value));
    map
}

/// Copies of the keys, in the order of the entries.
public fun keys<K: copy, V>(self: &VecMap<K, V>): vector<K> {
    self.contents.map_ref!(|entry| entry.key)
}

/// The index of the entry of this key, if there is one.
public fun get_idx_opt<K: copy, V>(self: &VecMap<K, V>, key: &K): Option<u64> {
    self.contents.find_index!(|entry| &entry.key == key)
}

/// The index of the entry of this key. Aborts with `EKeyDoesNotExist` when it is not there.
public fun get_idx<K: copy, V>(self: &VecMap<K, V>, key: &K): u64 {
    self.get_idx_opt(key).destroy_or!(abort EKeyDoesNotExist)
}

/// The key and the value of this index. Aborts with `EIndexOutOfBounds` when there is none.
public fun get_entry_by_idx<K: copy, V>(self: &VecMap<K, V>, idx: u64): (&K, &V) {
    assert!(idx < self.length(), EIndexOutOfBounds);
    let entry = &self.contents[idx];
    (&entry.key, &entry.value)
}

/// The key and the value, to change, of this index. Aborts with `EIndexOutOfBounds` when there is
/// none.
public fun get_entry_by_idx_mut<K: copy, V>(self: &mut VecMap<K, V>, idx: u64): (&K, &mut V) {
    assert!(idx < self.length(), EIndexOutOfBounds);
    let entry = &mut self.contents[idx];
    (&entry.key, &mut entry.value)
}

/// Takes out the entry of this index; the later ones move forward. Aborts with `EIndexOutOfBounds`
/// when there is none.
public fun remove_entry_by_idx<K: copy, V>(self: &mut VecMap<K, V>, idx: u64): (K, V) {
    assert!(idx < self.length(), EIndexOutOfBounds);
    let Entry { key, value } = self.contents.remove(idx);
    (key, value)
}

// === Former names ===

/// The number of entries; the former name of `length`.
#[deprecated(note = b"Use `length`.")]
public fun size<K: copy, V>(self: &VecMap<K, V>): u64 {
    self.length()
}
