/// Transfers to addresses, parties and everybody, and receiving.
#[test_only]
module sui::transfer_tests;

use std::unit_test::assert_eq;
use sui::party;
use sui::test_scenario as ts;

public struct Thing has key, store {
    id: UID,
}

public struct Other has key {
    id: UID,
}

fun thing(scenario: &mut ts::Scenario): Thing {
    Thing { id: scenario.new_object() }
}

#[test]
fun all_outcomes() {
    let mut scenario = ts::begin(@0xa);
    let things = vector::tabulate!(4, |_| thing(&mut scenario));
    let ids = things.map_ref!(|thing| object::id(thing));
    let mut i = 0u64;
    things.do!(|thing| {
        if (i == 0) transfer::public_transfer(thing, @0xb)
        else if (i == 1) transfer::public_share_object(thing)
        else if (i == 2) transfer::public_freeze_object(thing)
        else transfer::public_party_transfer(thing, party::single_owner(@0xc));
        i = i + 1;
    });
    let effects = scenario.next_tx(@0xa);
    assert_eq!(effects.created(), ids);
    assert_eq!(*effects.transferred_to_account().get(&ids[0]), @0xb);
    assert_eq!(effects.shared(), vector[ids[1]]);
    assert_eq!(effects.frozen(), vector[ids[2]]);
    scenario.end();
}

#[test]
fun party_transfer_by_module() {
    let mut scenario = ts::begin(@0xa);
    let it = Other { id: scenario.new_object() };
    transfer::party_transfer(it, party::single_owner(@0xc));
    scenario.end();
}

#[test]
fun party_values() {
    let party = party::single_owner(@0xc);
    assert!(party.is_single_owner());
    let (default, members, permissions) = party.into_native();
    assert_eq!(default, 0);
    assert_eq!(members, vector[@0xc]);
    assert_eq!(permissions, vector[15]);
    assert!(!party::empty_for_testing().is_single_owner());
}

#[test, expected_failure(abort_code = transfer::EInvalidPartyPermissions)]
fun party_without_owner() {
    let mut scenario = ts::begin(@0xa);
    let it = thing(&mut scenario);
    transfer::public_party_transfer(it, party::empty_for_testing());
    abort 100
}

#[test, expected_failure(abort_code = transfer::EInvalidPartyPermissions)]
fun party_without_owner_by_module() {
    let mut scenario = ts::begin(@0xa);
    let it = thing(&mut scenario);
    transfer::party_transfer(it, party::empty_for_testing());
    abort 100
}

#[test, expected_failure(abort_code = transfer::ESharedNonNewObject)]
fun share_old_object() {
    let mut scenario = ts::begin(@0xa);
    let it = thing(&mut scenario);
    transfer::transfer(it, @0xa);
    scenario.next_tx(@0xa);
    let it = scenario.take_from_sender<Thing>();
    transfer::share_object(it);
    abort 100
}

#[test, expected_failure(abort_code = transfer::EUnableToReceiveObject)]
fun receive_from_wrong_parent() {
    let mut scenario = ts::begin(@0xa);
    let it = thing(&mut scenario);
    let id = object::id(&it);
    let mut parent = scenario.new_object();
    transfer::transfer(it, @0x77);
    scenario.next_tx(@0xa);
    let ticket = ts::receiving_ticket_by_id<Thing>(id);
    let _it = transfer::receive(&mut parent, ticket);
    abort 100
}
