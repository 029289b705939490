/// A small set kept as a vector of keys in the order they were put in. Every look-up walks the
/// vector; for more than some dozens of keys use `sui::table`.
module sui::vec_set;

/// The key is there already.
const EKeyAlreadyExists: u64 = 0;

/// The key is not there.
const EKeyDoesNotExist: u64 = 1;

/// A set of keys, none twice.
public struct VecSet<K: copy + drop> has copy, drop, store {
    contents: vector<K>,
}

/// The set without keys.
public fun empty<K: copy + drop>(): VecSet<K> {
    VecSet { contents: vector[] }
}

/// The set of one key.
public fun singleton<K: copy + drop>(key: K): VecSet<K> {
    VecSet { contents: vector[key] }
}

/// Adds a key. Aborts with `EKeyAlreadyExists` when it is there.
public fun insert<K: copy + drop>(self: &mut VecSet<K>, key: K) {
    assert!(!self.contains(&key), EKeyAlreadyExists);
    self.contents.push_back(key);
}

/// Takes out a key; the later ones move forward. Aborts with `EKeyDoesNotExist` when it is not
/// there.
public fun remove<K: copy + drop>(self: &mut VecSet<K>, key: &K) {
    let (found, i) = self.contents.index_of(key);
    assert!(found, EKeyDoesNotExist);
    self.contents.remove(i);
}

/// Whether the key is there.
public fun contains<K: copy + drop>(self: &VecSet<K>, key: &K): bool {
    self.contents.contains(key)
}

/// The number of keys.
public fun length<K: copy + drop>(self: &VecSet<K>): u64 {
    self.contents.length()
}

/// Whether there are no keys.
public fun is_empty<K: copy + drop>(self: &VecSet<K>): bool {
    self.contents.is_empty()
}

/// Consumes the set and gives its keys in their order.
public fun into_keys<K: copy + drop>(self: VecSet<K>): vector<K> {
    let VecSet { contents } = self;
    contents
}

/// The set of these keys in their order. Aborts with `EKeyAlreadyExists` when one comes twice.
public fun from_keys<K: copy + drop>(keys: vector<K>): VecSet<K> {
    let mut set = empty();
    keys.do!(|key| set.insert(key));
    set
}

/// The keys in their order.
public fun keys<K: copy + drop>(self: &VecSet<K>): &vector<K> {
    &self.contents
}

// === Former names ===

/// The number of keys; the former name of `length`.
#[deprecated(note = b"Use `length`.")]
public fun size<K: copy + drop>(self: &VecSet<K>): u64 {
    self.length()
}
