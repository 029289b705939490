/// Publishers, upgrades, displays, versioned values, borrowed values, derived objects.
#[test_only]
module sui::package_tests;

use std::unit_test::{assert_eq, destroy};
use sui::borrow;
use sui::derived_object;
use sui::display::{Self, Display};
use sui::dynamic_field;
use sui::event;
use sui::package::{Self, Publisher};
use sui::test_scenario as ts;
use sui::test_utils;
use sui::versioned;

public struct PACKAGE_TESTS has drop {}

public struct NotAWitness has drop {}

public struct Thing has key, store {
    id: UID,
}

fun package_id(): ID {
    object::id_from_address(@0x42)
}

#[test]
fun publisher() {
    let mut scenario = ts::begin(@0xa);
    let witness = test_utils::create_one_time_witness<PACKAGE_TESTS>();
    let publisher = package::claim(witness, scenario.ctx());
    assert!(publisher.from_package<Thing>());
    assert!(publisher.from_package<sui::clock::Clock>());
    assert!(!publisher.from_package<std::ascii::String>());
    assert!(publisher.from_module<Thing>());
    assert!(!publisher.from_module<sui::clock::Clock>());
    assert_eq!(*publisher.module_(), b"package_tests".to_ascii_string());
    assert_eq!(*publisher.package(), sui::address::to_ascii_string(@0x2));
    publisher.burn();

    let witness = test_utils::create_one_time_witness<PACKAGE_TESTS>();
    package::claim_and_keep(witness, scenario.ctx());
    scenario.next_tx(@0xa);
    scenario.take_from_sender<Publisher>().burn();
    package::test_claim(PACKAGE_TESTS {}, scenario.ctx()).burn();
    scenario.end();
}

#[test, expected_failure(abort_code = package::ENotOneTimeWitness)]
fun claim_without_witness() {
    package::claim(NotAWitness {}, &mut tx_context::dummy()).burn();
}

#[test]
fun upgrade() {
    let mut cap = package::test_publish(package_id(), &mut tx_context::dummy());
    assert_eq!(cap.version(), 1);
    assert_eq!(cap.policy(), package::compatible_policy());
    assert_eq!(cap.package(), package_id());
    let ticket = cap.authorize_upgrade(package::dep_only_policy(), b"digest");
    assert_eq!(cap.package().to_address(), @0x0);
    assert_eq!(ticket.package(), package_id());
    assert_eq!(ticket.policy(), package::dep_only_policy());
    assert_eq!(*ticket.digest(), b"digest");
    let receipt = package::test_upgrade(ticket);
    assert_eq!(receipt.cap(), object::id(&cap));
    let new_package = receipt.package();
    assert!(new_package != package_id());
    cap.commit_upgrade(receipt);
    assert_eq!(cap.package(), new_package);
    assert_eq!(cap.version(), 2);
    cap.only_additive_upgrades();
    assert_eq!(cap.policy(), package::additive_policy());
    cap.only_dep_upgrades();
    assert_eq!(cap.policy(), package::dep_only_policy());
    cap.make_immutable();
}

#[test]
fun policies() {
    assert_eq!(package::compatible_policy(), 0);
    assert_eq!(package::additive_policy(), 128);
    assert_eq!(package::dep_only_policy(), 192);
}

#[test, expected_failure(abort_code = package::ETooPermissive)]
fun upgrade_too_permissive() {
    let mut cap = package::test_publish(package_id(), &mut tx_context::dummy());
    cap.only_dep_upgrades();
    let _ticket = cap.authorize_upgrade(package::additive_policy(), b"");
    abort 100
}

#[test, expected_failure(abort_code = package::ETooPermissive)]
fun policy_relaxed() {
    let mut cap = package::test_publish(package_id(), &mut tx_context::dummy());
    cap.only_dep_upgrades();
    cap.only_additive_upgrades();
    abort 100
}

#[test, expected_failure(abort_code = package::EAlreadyAuthorized)]
fun two_upgrades_at_once() {
    let mut cap = package::test_publish(package_id(), &mut tx_context::dummy());
    let _first = cap.authorize_upgrade(0, b"");
    let _second = cap.authorize_upgrade(0, b"");
    abort 100
}

#[test, expected_failure(abort_code = package::EWrongUpgradeCap)]
fun receipt_of_another_cap() {
    let ctx = &mut tx_context::dummy();
    let mut first = package::test_publish(package_id(), ctx);
    let mut second = package::test_publish(package_id(), ctx);
    let receipt = package::test_upgrade(first.authorize_upgrade(0, b""));
    second.commit_upgrade(receipt);
    abort 100
}

#[test, expected_failure(abort_code = package::ENotAuthorized)]
fun receipt_without_upgrade() {
    // Two contexts with the same digest give two caps the same ID.
    let mut first = package::test_publish(package_id(), &mut tx_context::dummy());
    let mut second = package::test_publish(package_id(), &mut tx_context::dummy());
    assert_eq!(object::id(&first), object::id(&second));
    let receipt = package::test_upgrade(first.authorize_upgrade(0, b""));
    second.commit_upgrade(receipt);
    abort 100
}

#[test]
fun display() {
    let mut scenario = ts::begin(@0xa);
    let publisher = package::test_claim(PACKAGE_TESTS {}, scenario.ctx());
    assert!(display::is_authorized<Thing>(&publisher));
    let mut display = display::new_with_fields<Thing>(
        &publisher,
        vector[b"name".to_string(), b"link".to_string()],
        vector[b"{name}".to_string(), b"https://{id}".to_string()],
        scenario.ctx(),
    );
    assert_eq!(event::events_by_type<display::DisplayCreated<Thing>>().length(), 1);
    assert_eq!(display.version(), 0);
    display.update_version();
    assert_eq!(display.version(), 1);
    assert_eq!(event::events_by_type<display::VersionUpdated<Thing>>().length(), 1);
    display.add(b"x".to_string(), b"y".to_string());
    display.edit(b"name".to_string(), b"{id}".to_string());
    display.remove(b"link".to_string());
    assert_eq!(display.fields().keys(), vector[b"x".to_string(), b"name".to_string()]);
    assert_eq!(*display.fields().get(&b"name".to_string()), b"{id}".to_string());
    display.destroy();
    display::new<Thing>(&publisher, scenario.ctx()).destroy();
    display::create_and_keep<Thing>(&publisher, scenario.ctx());
    scenario.next_tx(@0xa);
    scenario.take_from_sender<Display<Thing>>().destroy();
    publisher.burn();
    scenario.end();
}

#[test, expected_failure(abort_code = display::ENotOwner)]
fun display_of_another_package() {
    let ctx = &mut tx_context::dummy();
    // A publisher of the standard library.
    let publisher = package::test_claim(b"".to_string(), ctx);
    destroy(display::new<Thing>(&publisher, ctx));
    abort 100
}

#[test, expected_failure(abort_code = display::EVecLengthMismatch)]
fun display_fields_without_values() {
    let ctx = &mut tx_context::dummy();
    let publisher = package::test_claim(PACKAGE_TESTS {}, ctx);
    let display = display::new_with_fields<Thing>(
        &publisher,
        vector[b"name".to_string()],
        vector[],
        ctx,
    );
    display.destroy();
    abort 100
}

#[test]
fun versioned() {
    let ctx = &mut tx_context::dummy();
    let mut v = versioned::create(1, 1000u64, ctx);
    assert_eq!(v.version(), 1);
    assert_eq!(*v.load_value<u64>(), 1000);
    *v.load_value_mut() = 1001u64;
    let (old, cap) = v.remove_value_for_upgrade<u64>();
    assert_eq!(old, 1001);
    v.upgrade(5, true, cap);
    assert_eq!(v.version(), 5);
    assert!(v.destroy());
}

#[test, expected_failure(abort_code = dynamic_field::EFieldTypeMismatch)]
fun versioned_of_other_type() {
    let v = versioned::create(1, 1000u64, &mut tx_context::dummy());
    v.load_value<u8>();
    abort 100
}

#[test, expected_failure(abort_code = versioned::EInvalidUpgrade)]
fun versioned_going_back() {
    let mut v = versioned::create(1, 1000u64, &mut tx_context::dummy());
    let (_old, cap) = v.remove_value_for_upgrade<u64>();
    v.upgrade(1, 1u8, cap);
    abort 100
}

#[test, expected_failure(abort_code = versioned::EInvalidUpgrade)]
fun versioned_with_other_cap() {
    let ctx = &mut tx_context::dummy();
    let mut first = versioned::create(1, 1000u64, ctx);
    let mut second = versioned::create(1, 1000u64, ctx);
    let (_old, cap) = first.remove_value_for_upgrade<u64>();
    second.upgrade(2, 1u8, cap);
    abort 100
}

#[test]
fun borrowed() {
    let ctx = &mut tx_context::dummy();
    let mut holder = borrow::new(Thing { id: object::new(ctx) }, ctx);
    let (thing, promise) = holder.borrow();
    holder.put_back(thing, promise);
    destroy(holder.destroy());
}

#[test, expected_failure(abort_code = borrow::EWrongValue)]
fun another_value_brought_back() {
    let ctx = &mut tx_context::dummy();
    let mut holder = borrow::new(Thing { id: object::new(ctx) }, ctx);
    let (_thing, promise) = holder.borrow();
    holder.put_back(Thing { id: object::new(ctx) }, promise);
    abort 100
}

#[test, expected_failure(abort_code = borrow::EWrongBorrow)]
fun brought_back_to_another() {
    let ctx = &mut tx_context::dummy();
    let mut first = borrow::new(Thing { id: object::new(ctx) }, ctx);
    let mut second = borrow::new(Thing { id: object::new(ctx) }, ctx);
    let (thing, promise) = first.borrow();
    let (_other, _promise) = second.borrow();
    second.put_back(thing, promise);
    abort 100
}

#[test]
fun derived() {
    let mut ctx = tx_context::dummy();
    let mut parent = object::new(&mut ctx);
    let address = derived_object::derive_address(parent.to_inner(), b"key");
    assert!(!derived_object::exists(&parent, b"key"));
    let thing = Thing { id: derived_object::claim(&mut parent, b"key") };
    assert_eq!(object::id_address(&thing), address);
    assert!(derived_object::exists(&parent, b"key"));
    let other = derived_object::claim(&mut parent, 7u64);
    assert!(other.to_address() != address);
    other.delete();
    destroy(thing);
    // A claim outlives its object.
    assert!(derived_object::exists(&parent, 7u64));
    parent.delete();
}

#[test, expected_failure(abort_code = derived_object::EObjectAlreadyExists)]
fun derived_twice() {
    let mut ctx = tx_context::dummy();
    let mut parent = object::new(&mut ctx);
    derived_object::claim(&mut parent, 7u64).delete();
    derived_object::claim(&mut parent, 7u64).delete();
    abort 100
}
