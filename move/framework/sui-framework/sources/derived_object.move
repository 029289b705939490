/// Objects whose ID can be computed beforehand from a parent and a key. Each key of a parent can be
/// claimed once, ever; afterwards the object does not depend on its parent.
module sui::derived_object;

use sui::dynamic_field as df;

/// The key was claimed before.
#[error(code = 0)]
const EObjectAlreadyExists: vector<u8> = b"Derived object is already claimed.";

/// Name of the mark that a derived ID was claimed.
public struct Claimed(ID) has copy, drop, store;

/// The key as it enters the ID, so that derived objects and dynamic fields cannot meet.
public struct DerivedObjectKey<K: copy + drop + store>(K) has copy, drop, store;

/// What is stored under the mark.
public enum ClaimedStatus has store {
    /// The ID was given out.
    Reserved,
}

/// The identity for a key; aborts with `EObjectAlreadyExists` the second time.
public fun claim<K: copy + drop + store>(parent: &mut UID, key: K): UID {
    let address = derive_address(parent.to_inner(), key);
    let mark = Claimed(object::id_from_address(address));
    assert!(!df::exists_(parent, mark), EObjectAlreadyExists);
    let uid = object::new_uid_from_hash(address);
    df::add(parent, mark, ClaimedStatus::Reserved);
    uid
}

/// Whether a key was claimed, also when the object has been deleted since.
public fun exists<K: copy + drop + store>(parent: &UID, key: K): bool {
    let address = derive_address(parent.to_inner(), key);
    df::exists_(parent, Claimed(object::id_from_address(address)))
}

/// The address of the object for a key, claimed or not.
public fun derive_address<K: copy + drop + store>(parent: ID, key: K): address {
    df::hash_type_and_key(parent.to_address(), DerivedObjectKey(key))
}
