/// Dynamic fields and dynamic object fields.
#[test_only]
module sui::dynamic_field_tests;

use std::unit_test::{assert_eq, destroy};
use sui::dynamic_field as df;
use sui::dynamic_object_field as dof;

public struct Thing has key, store {
    id: UID,
    value: u64,
}

public struct Other has key, store {
    id: UID,
}

fun uid(): UID {
    object::new(&mut tx_context::dummy())
}

/// The addresses themselves differ between the network and a 32-bit build of the VM, which hashes the
/// length of the name in 4 bytes instead of 8; so only what they depend on is tested here.
#[test]
fun addresses() {
    let address = df::hash_type_and_key(@0x2, 1u64);
    assert_eq!(df::hash_type_and_key(@0x2, 1u64), address);
    assert!(df::hash_type_and_key(@0x3, 1u64) != address);
    assert!(df::hash_type_and_key(@0x2, 2u64) != address);
    assert!(df::hash_type_and_key(@0x2, 1u128) != address);
    assert!(df::hash_type_and_key(@0x2, vector[1u64]) != address);
}

#[test]
fun fields() {
    let mut id = uid();
    df::add(&mut id, 0u64, true);
    df::add(&mut id, b"", 5u8);
    df::add(&mut id, false, 7u64);
    assert!(df::exists_(&id, 0u64));
    assert!(!df::exists_(&id, 0u8));
    assert!(df::exists_with_type<u64, bool>(&id, 0));
    assert!(!df::exists_with_type<u64, u8>(&id, 0));
    assert!(*df::borrow<u64, bool>(&id, 0));
    *df::borrow_mut<vector<u8>, u8>(&mut id, b"") = 6;
    assert_eq!(df::remove<vector<u8>, u8>(&mut id, b""), 6);
    assert!(!df::exists_(&id, b""));
    assert_eq!(df::remove_if_exists<bool, u64>(&mut id, false), option::some(7));
    assert_eq!(df::remove_if_exists<bool, u64>(&mut id, false), option::none());
    // A name can be used again.
    df::add(&mut id, b"", b"now of another type");
    assert_eq!(*df::borrow<vector<u8>, vector<u8>>(&id, b""), b"now of another type");
    id.delete();
}

#[test, expected_failure(abort_code = df::EFieldAlreadyExists)]
fun add_twice() {
    let mut id = uid();
    df::add(&mut id, 0u64, true);
    df::add(&mut id, 0u64, 1u8);
    abort 100
}

#[test, expected_failure(abort_code = df::EFieldDoesNotExist)]
fun borrow_missing() {
    let id = uid();
    df::borrow<u64, u64>(&id, 0);
    abort 100
}

#[test, expected_failure(abort_code = df::EFieldDoesNotExist)]
fun borrow_mut_missing() {
    let mut id = uid();
    df::borrow_mut<u64, u64>(&mut id, 0);
    abort 100
}

#[test, expected_failure(abort_code = df::EFieldDoesNotExist)]
fun remove_missing() {
    let mut id = uid();
    df::remove<u64, u64>(&mut id, 0);
    abort 100
}

#[test, expected_failure(abort_code = df::EFieldTypeMismatch)]
fun borrow_other_type() {
    let mut id = uid();
    df::add(&mut id, 0u64, 1u64);
    df::borrow<u64, u8>(&id, 0);
    abort 100
}

#[test, expected_failure(abort_code = df::EFieldTypeMismatch)]
fun borrow_mut_other_type() {
    let mut id = uid();
    df::add(&mut id, 0u64, 1u64);
    df::borrow_mut<u64, u8>(&mut id, 0);
    abort 100
}

#[test, expected_failure(abort_code = df::EFieldTypeMismatch)]
fun remove_other_type() {
    let mut id = uid();
    df::add(&mut id, 0u64, 1u64);
    df::remove<u64, u8>(&mut id, 0);
    abort 100
}

#[test]
fun object_fields() {
    let mut ctx = tx_context::dummy();
    let mut id = object::new(&mut ctx);
    let thing = Thing { id: object::new(&mut ctx), value: 3 };
    let thing_id = object::id(&thing);
    dof::add(&mut id, 0u64, thing);
    // Plain and object fields of the same name do not meet.
    assert!(!df::exists_(&id, 0u64));
    df::add(&mut id, 0u64, 0u8);
    assert!(dof::exists_(&id, 0u64));
    assert!(!dof::exists_(&id, 1u64));
    assert!(dof::exists_with_type<u64, Thing>(&id, 0));
    assert!(!dof::exists_with_type<u64, Other>(&id, 0));
    assert!(!dof::exists_with_type<u64, Thing>(&id, 1));
    assert_eq!(dof::id(&id, 0u64), option::some(thing_id));
    assert_eq!(dof::id(&id, 1u64), option::none());
    dof::borrow_mut<u64, Thing>(&mut id, 0).value = 4;
    assert_eq!(dof::borrow<u64, Thing>(&id, 0).value, 4);
    let thing: Thing = dof::remove(&mut id, 0u64);
    assert!(!dof::exists_(&id, 0u64));
    destroy(thing);
    id.delete();
}

#[test, expected_failure(abort_code = df::EFieldAlreadyExists)]
fun add_object_twice() {
    let mut ctx = tx_context::dummy();
    let mut id = object::new(&mut ctx);
    dof::add(&mut id, 0u64, Other { id: object::new(&mut ctx) });
    dof::add(&mut id, 0u64, Other { id: object::new(&mut ctx) });
    abort 100
}

#[test, expected_failure(abort_code = df::EFieldDoesNotExist)]
fun borrow_missing_object() {
    let id = uid();
    dof::borrow<u64, Thing>(&id, 0);
    abort 100
}

#[test, expected_failure(abort_code = df::EFieldTypeMismatch)]
fun borrow_object_of_other_type() {
    let mut ctx = tx_context::dummy();
    let mut id = object::new(&mut ctx);
    dof::add(&mut id, 0u64, Other { id: object::new(&mut ctx) });
    dof::borrow_mut<u64, Thing>(&mut id, 0);
    abort 100
}

#[test, expected_failure(abort_code = df::EFieldTypeMismatch)]
fun remove_object_of_other_type() {
    let mut ctx = tx_context::dummy();
    let mut id = object::new(&mut ctx);
    dof::add(&mut id, 0u64, Other { id: object::new(&mut ctx) });
    let _thing: Thing = dof::remove(&mut id, 0u64);
    abort 100
}
