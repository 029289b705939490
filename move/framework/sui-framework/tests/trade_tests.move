/// Kiosks, their extensions and transfer policies.
#[test_only]
module sui::trade_tests;

use std::type_name;
use std::unit_test::{assert_eq, destroy};
use sui::bag;
use sui::coin::{Self, Coin};
use sui::dynamic_field;
use sui::event;
use sui::kiosk::{Self, Kiosk, KioskOwnerCap};
use sui::kiosk_extension as extension;
use sui::kiosk_test_utils as utils;
use sui::package;
use sui::sui::SUI;
use sui::test_scenario as ts;
use sui::transfer_policy_tests as policy_tests;
use sui::transfer_policy::{Self as policy, TransferPolicy, TransferPolicyCap};

public struct TRADE_TESTS has drop {}

public struct Thing has key, store {
    id: UID,
    value: u64,
}

public struct Other has key, store {
    id: UID,
}

public struct Rule has drop {}

public struct OtherRule has drop {}

public struct Ext has drop {}

fun thing(ctx: &mut TxContext): (Thing, ID) {
    let thing = Thing { id: object::new(ctx), value: 1 };
    let id = object::id(&thing);
    (thing, id)
}

fun sui(value: u64, ctx: &mut TxContext): Coin<SUI> {
    coin::mint_for_testing(value, ctx)
}

fun new_policy(ctx: &mut TxContext): (TransferPolicy<Thing>, TransferPolicyCap<Thing>) {
    let publisher = package::test_claim(TRADE_TESTS {}, ctx);
    let (policy, cap) = policy::new<Thing>(&publisher, ctx);
    publisher.burn();
    (policy, cap)
}

/// A kiosk with one thing.
fun stocked(ctx: &mut TxContext): (Kiosk, KioskOwnerCap, ID) {
    let (mut kiosk, cap) = kiosk::new(ctx);
    let (thing, id) = thing(ctx);
    kiosk.place(&cap, thing);
    (kiosk, cap, id)
}

// === Kiosk ===

#[test]
fun place_and_take() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    assert_eq!(cap.kiosk(), object::id(&kiosk));
    assert!(kiosk.has_access(&cap));
    assert_eq!(kiosk.owner(), @0x0);
    assert_eq!(kiosk.item_count(), 1);
    assert!(kiosk.has_item(id));
    assert!(kiosk.has_item_with_type<Thing>(id));
    assert!(!kiosk.has_item_with_type<Other>(id));
    assert!(!kiosk.is_locked(id) && !kiosk.is_listed(id) && !kiosk.is_listed_exclusively(id));
    kiosk.borrow_mut<Thing>(&cap, id).value = 2;
    assert_eq!(kiosk.borrow<Thing>(&cap, id).value, 2);
    let (thing, promise) = kiosk.borrow_val<Thing>(&cap, id);
    assert!(!kiosk.has_item(id));
    kiosk.return_val(thing, promise);
    kiosk.list<Thing>(&cap, id, 5);
    let thing = kiosk.take<Thing>(&cap, id);
    assert!(!kiosk.is_listed(id));
    destroy(thing);
    kiosk.set_owner_custom(&cap, @0xb);
    assert_eq!(kiosk.owner(), @0xb);
    kiosk.set_owner(&cap, ctx);
    assert_eq!(kiosk.owner(), @0x0);
    assert_eq!(kiosk.uid().to_inner(), object::id(&kiosk));
    assert_eq!(kiosk.uid_mut_as_owner(&cap).to_inner(), object::id(&kiosk));
    kiosk.set_allow_extensions(&cap, true);
    assert_eq!(kiosk.uid_mut().to_inner(), object::id(&kiosk));
    kiosk.close_and_withdraw(cap, ctx).destroy_zero();
}

#[test]
fun sale() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    let (policy, policy_cap) = new_policy(ctx);
    kiosk.list<Thing>(&cap, id, 10);
    assert!(kiosk.is_listed(id));
    kiosk.delist<Thing>(&cap, id);
    assert!(!kiosk.is_listed(id));
    kiosk.list<Thing>(&cap, id, 12);
    let (bought, request) = kiosk.purchase<Thing>(id, sui(12, ctx));
    assert_eq!(request.item(), id);
    assert_eq!(request.paid(), 12);
    assert_eq!(request.from(), object::id(&kiosk));
    let (item, paid, from) = policy.confirm_request(request);
    assert!(item == id && paid == 12 && from == object::id(&kiosk));
    assert_eq!(kiosk.profits_amount(), 12);
    assert_eq!(kiosk.profits_mut(&cap).value(), 12);
    assert_eq!(event::events_by_type<kiosk::ItemListed<Thing>>().length(), 2);
    assert_eq!(event::events_by_type<kiosk::ItemDelisted<Thing>>().length(), 1);
    assert_eq!(event::events_by_type<kiosk::ItemPurchased<Thing>>().length(), 1);

    // A locked thing leaves by sale only, and is not locked afterwards.
    kiosk.lock(&cap, &policy, bought);
    assert!(kiosk.is_locked(id));
    kiosk.list<Thing>(&cap, id, 1);
    let (bought, request) = kiosk.purchase<Thing>(id, sui(1, ctx));
    policy.confirm_request(request);
    assert!(!kiosk.is_locked(id));

    kiosk.place_and_list(&cap, bought, 3);
    let (bought, request) = kiosk.purchase<Thing>(id, sui(3, ctx));
    policy.confirm_request(request);
    destroy(bought);
    assert_eq!(kiosk.withdraw(&cap, option::some(6), ctx).burn_for_testing(), 6);
    assert_eq!(kiosk.withdraw(&cap, option::none(), ctx).burn_for_testing(), 10);
    kiosk.close_and_withdraw(cap, ctx).destroy_zero();
    policy.destroy_and_withdraw(policy_cap, ctx).destroy_zero();
}

#[test]
fun exclusive_sale() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    let (policy, policy_cap) = new_policy(ctx);
    let right = kiosk.list_with_purchase_cap<Thing>(&cap, id, 5, ctx);
    assert_eq!(right.kiosk(), object::id(&kiosk));
    assert_eq!(right.item(), id);
    assert_eq!(right.min_price(), 5);
    assert!(kiosk.is_listed_exclusively(id) && kiosk.is_listed(id));
    kiosk.return_purchase_cap(right);
    assert!(!kiosk.is_listed(id));
    let right = kiosk.list_with_purchase_cap<Thing>(&cap, id, 5, ctx);
    let (bought, request) = kiosk.purchase_with_cap(right, sui(8, ctx));
    let (_, paid, _) = policy.confirm_request(request);
    assert_eq!(paid, 8);
    destroy(bought);
    assert_eq!(kiosk.close_and_withdraw(cap, ctx).burn_for_testing(), 8);
    destroy(policy);
    destroy(policy_cap);
}

#[test]
fun default_kiosk() {
    let mut scenario = ts::begin(@0xa);
    kiosk::default(scenario.ctx());
    let publisher = package::test_claim(TRADE_TESTS {}, scenario.ctx());
    policy::default<Thing>(&publisher, scenario.ctx());
    publisher.burn();
    scenario.next_tx(@0xa);
    let mut kiosk = scenario.take_shared<Kiosk>();
    let cap = scenario.take_from_sender<KioskOwnerCap>();
    assert!(kiosk.has_access(&cap));
    ts::return_shared(kiosk);
    scenario.return_to_sender(cap);
    assert!(ts::has_most_recent_shared<TransferPolicy<Thing>>());
    assert!(scenario.has_most_recent_for_sender<TransferPolicyCap<Thing>>());
    scenario.end();
}

#[test, expected_failure(abort_code = kiosk::ENotOwner)]
fun place_with_another_cap() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, _cap, _id) = stocked(ctx);
    let (_other, other_cap, _id) = stocked(ctx);
    let (thing, _) = thing(ctx);
    kiosk.place(&other_cap, thing);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::ENotOwner)]
fun take_with_another_cap() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, _cap, id) = stocked(ctx);
    let (_other, other_cap, _id) = stocked(ctx);
    let _thing = kiosk.take<Thing>(&other_cap, id);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EItemNotFound)]
fun take_what_is_not_there() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, _id) = stocked(ctx);
    let _thing = kiosk.take<Thing>(&cap, object::id_from_address(@0x77));
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EItemLocked)]
fun take_locked() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap) = kiosk::new(ctx);
    let (policy, _policy_cap) = new_policy(ctx);
    let (thing, id) = thing(ctx);
    kiosk.lock(&cap, &policy, thing);
    let _thing = kiosk.take<Thing>(&cap, id);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EListedExclusively)]
fun take_exclusively_listed() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    let _right = kiosk.list_with_purchase_cap<Thing>(&cap, id, 5, ctx);
    let _thing = kiosk.take<Thing>(&cap, id);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EListedExclusively)]
fun list_exclusively_listed() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    let _right = kiosk.list_with_purchase_cap<Thing>(&cap, id, 5, ctx);
    kiosk.list<Thing>(&cap, id, 5);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EAlreadyListed)]
fun list_exclusively_what_is_listed() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    kiosk.list<Thing>(&cap, id, 5);
    let _right = kiosk.list_with_purchase_cap<Thing>(&cap, id, 5, ctx);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::ENotListed)]
fun delist_unlisted() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    kiosk.delist<Thing>(&cap, id);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EIncorrectAmount)]
fun purchase_for_wrong_price() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    kiosk.list<Thing>(&cap, id, 5);
    let (_thing, _request) = kiosk.purchase<Thing>(id, sui(6, ctx));
    abort 100
}

#[test, expected_failure(abort_code = dynamic_field::EFieldDoesNotExist)]
fun purchase_unlisted() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, _cap, id) = stocked(ctx);
    let (_thing, _request) = kiosk.purchase<Thing>(id, sui(6, ctx));
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EIncorrectAmount)]
fun purchase_below_least_price() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    let right = kiosk.list_with_purchase_cap<Thing>(&cap, id, 5, ctx);
    let (_thing, _request) = kiosk.purchase_with_cap(right, sui(4, ctx));
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EWrongKiosk)]
fun purchase_in_another_kiosk() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    let (mut other, _other_cap, _) = stocked(ctx);
    let right = kiosk.list_with_purchase_cap<Thing>(&cap, id, 5, ctx);
    let (_thing, _request) = other.purchase_with_cap(right, sui(5, ctx));
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EWrongKiosk)]
fun return_right_to_another_kiosk() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    let (mut other, _other_cap, _) = stocked(ctx);
    let right = kiosk.list_with_purchase_cap<Thing>(&cap, id, 5, ctx);
    other.return_purchase_cap(right);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::ENotEnough)]
fun withdraw_too_much() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, _id) = stocked(ctx);
    let _coin = kiosk.withdraw(&cap, option::some(1), ctx);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::ENotEmpty)]
fun close_with_things() {
    let ctx = &mut tx_context::dummy();
    let (kiosk, cap, _id) = stocked(ctx);
    let _coin = kiosk.close_and_withdraw(cap, ctx);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EUidAccessNotAllowed)]
fun uid_not_allowed() {
    let (mut kiosk, _cap, _id) = stocked(&mut tx_context::dummy());
    kiosk.uid_mut();
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EItemIsListed)]
fun change_what_is_listed() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    kiosk.list<Thing>(&cap, id, 5);
    kiosk.borrow_mut<Thing>(&cap, id);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EItemIsListed)]
fun lend_what_is_listed() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    kiosk.list<Thing>(&cap, id, 5);
    let (_thing, _promise) = kiosk.borrow_val<Thing>(&cap, id);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EItemMismatch)]
fun bring_another_thing_back() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    let (_thing, promise) = kiosk.borrow_val<Thing>(&cap, id);
    let (other, _) = thing(ctx);
    kiosk.return_val(other, promise);
    abort 100
}

#[test, expected_failure(abort_code = kiosk::EWrongKiosk)]
fun bring_a_thing_to_another_kiosk() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap, id) = stocked(ctx);
    let (mut other, _other_cap, _) = stocked(ctx);
    let (thing, promise) = kiosk.borrow_val<Thing>(&cap, id);
    other.return_val(thing, promise);
    abort 100
}

// === Extensions ===

#[test]
fun extensions() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap) = kiosk::new(ctx);
    let (policy, policy_cap) = new_policy(ctx);
    extension::add(Ext {}, &mut kiosk, &cap, 3, ctx);
    assert!(extension::is_installed<Ext>(&kiosk) && extension::is_enabled<Ext>(&kiosk));
    assert!(extension::can_place<Ext>(&kiosk) && extension::can_lock<Ext>(&kiosk));
    extension::storage_mut(Ext {}, &mut kiosk).add(1u8, 2u8);
    assert_eq!(*extension::storage(Ext {}, &kiosk).borrow<u8, u8>(1), 2);
    let (placed, placed_id) = thing(ctx);
    let (locked, locked_id) = thing(ctx);
    extension::place(Ext {}, &mut kiosk, placed, &policy);
    extension::lock(Ext {}, &mut kiosk, locked, &policy);
    assert!(kiosk.has_item(placed_id) && !kiosk.is_locked(placed_id));
    assert!(kiosk.has_item(locked_id) && kiosk.is_locked(locked_id));
    extension::disable<Ext>(&mut kiosk, &cap);
    assert!(!extension::is_enabled<Ext>(&kiosk));
    assert!(!extension::can_place<Ext>(&kiosk) && !extension::can_lock<Ext>(&kiosk));
    // The data remain.
    assert_eq!(extension::storage_mut(Ext {}, &mut kiosk).remove<u8, u8>(1), 2);
    extension::enable<Ext>(&mut kiosk, &cap);
    extension::remove<Ext>(&mut kiosk, &cap);
    assert!(!extension::is_installed<Ext>(&kiosk));
    destroy(kiosk);
    destroy(cap);
    destroy(policy);
    destroy(policy_cap);
}

#[test, expected_failure(abort_code = extension::ENotOwner)]
fun extension_with_another_cap() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, _cap) = kiosk::new(ctx);
    let (_other, other_cap) = kiosk::new(ctx);
    extension::add(Ext {}, &mut kiosk, &other_cap, 3, ctx);
    abort 100
}

#[test, expected_failure(abort_code = extension::EExtensionNotInstalled)]
fun extension_not_installed() {
    let (mut kiosk, cap) = kiosk::new(&mut tx_context::dummy());
    extension::remove<Ext>(&mut kiosk, &cap);
    abort 100
}

#[test, expected_failure(abort_code = extension::EExtensionNotAllowed)]
fun extension_locks_without_permission() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap) = kiosk::new(ctx);
    let (policy, _policy_cap) = new_policy(ctx);
    extension::add(Ext {}, &mut kiosk, &cap, 1, ctx);
    let (thing, _) = thing(ctx);
    extension::lock(Ext {}, &mut kiosk, thing, &policy);
    abort 100
}

#[test, expected_failure(abort_code = bag::EBagNotEmpty)]
fun extension_removed_with_data() {
    let ctx = &mut tx_context::dummy();
    let (mut kiosk, cap) = kiosk::new(ctx);
    extension::add(Ext {}, &mut kiosk, &cap, 0, ctx);
    extension::storage_mut(Ext {}, &mut kiosk).add(1u8, 2u8);
    extension::remove<Ext>(&mut kiosk, &cap);
    abort 100
}

// === Transfer policy ===

#[test]
fun rules() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, cap) = new_policy(ctx);
    policy::add_rule(Rule {}, &mut policy, &cap, 7u64);
    assert!(policy.has_rule<Thing, Rule>());
    assert_eq!(*policy::get_rule<Thing, Rule, u64>(Rule {}, &policy), 7);
    assert!(policy.rules().contains(&type_name::with_defining_ids<Rule>()));
    let mut request = policy::new_request<Thing>(object::id(&policy), 1, object::id(&cap));
    policy::add_receipt(Rule {}, &mut request);
    policy::add_to_balance(Rule {}, &mut policy, sui(9, ctx));
    policy.confirm_request(request);
    policy.remove_rule<Thing, Rule, u64>(&cap);
    assert!(!policy.has_rule<Thing, Rule>());
    assert_eq!(policy.withdraw(&cap, option::some(2), ctx).burn_for_testing(), 2);
    assert_eq!(policy.withdraw(&cap, option::none(), ctx).burn_for_testing(), 7);
    assert_eq!(policy.uid().to_inner(), object::id(&policy));
    assert_eq!(policy.uid_mut_as_owner(&cap).to_inner(), object::id(&policy));
    policy.destroy_and_withdraw(cap, ctx).destroy_zero();
    assert_eq!(event::events_by_type<policy::TransferPolicyCreated<Thing>>().length(), 1);
    assert_eq!(event::events_by_type<policy::TransferPolicyDestroyed<Thing>>().length(), 1);
}

#[test, expected_failure(abort_code = policy::EPolicyNotSatisfied)]
fun request_without_receipt() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, cap) = new_policy(ctx);
    policy::add_rule(Rule {}, &mut policy, &cap, 7u64);
    policy.confirm_request(policy::new_request(object::id(&policy), 1, object::id(&cap)));
    abort 100
}

#[test, expected_failure(abort_code = policy::EIllegalRule)]
fun request_with_other_receipt() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, cap) = new_policy(ctx);
    policy::add_rule(Rule {}, &mut policy, &cap, 7u64);
    let mut request = policy::new_request(object::id(&policy), 1, object::id(&cap));
    policy::add_receipt(OtherRule {}, &mut request);
    policy.confirm_request(request);
    abort 100
}

#[test, expected_failure(abort_code = policy::ERuleAlreadySet)]
fun rule_twice() {
    let (mut policy, cap) = new_policy(&mut tx_context::dummy());
    policy::add_rule(Rule {}, &mut policy, &cap, 7u64);
    policy::add_rule(Rule {}, &mut policy, &cap, 8u64);
    abort 100
}

#[test, expected_failure(abort_code = policy::EUnknownRequrement)]
fun balance_of_unknown_rule() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, _cap) = new_policy(ctx);
    policy::add_to_balance(Rule {}, &mut policy, sui(1, ctx));
    abort 100
}

#[test, expected_failure(abort_code = policy::ENotOwner)]
fun rule_with_another_cap() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, _cap) = new_policy(ctx);
    let (_other, other_cap) = new_policy(ctx);
    policy::add_rule(Rule {}, &mut policy, &other_cap, 7u64);
    abort 100
}

#[test, expected_failure(abort_code = policy::ENotEnough)]
fun withdraw_more_than_collected() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, cap) = new_policy(ctx);
    let _coin = policy.withdraw(&cap, option::some(1), ctx);
    abort 100
}

#[test, expected_failure(abort_code = policy::EPolicyNotSatisfied)]
fun policy_for_foreign_type() {
    let ctx = &mut tx_context::dummy();
    let publisher = package::test_claim(TRADE_TESTS {}, ctx);
    let (_policy, _cap) = policy::new<std::ascii::String>(&publisher, ctx);
    abort 100
}

#[test]
fun helpers_of_other_packages() {
    let ctx = &mut utils::ctx();
    let (asset, id) = utils::get_asset(ctx);
    let (mut kiosk, cap) = utils::get_kiosk(ctx);
    let (policy, policy_cap) = utils::get_policy(ctx);
    kiosk.place_and_list(&cap, asset, 100);
    let (asset, request) = kiosk.purchase<utils::Asset>(id, utils::get_sui(100, ctx));
    policy.confirm_request(request);
    utils::return_assets(vector[asset]);
    assert_eq!(utils::return_kiosk(kiosk, cap, ctx), 100);
    assert_eq!(utils::return_policy(policy, policy_cap, ctx), 0);

    let (policy, cap) = policy_tests::prepare(ctx);
    policy.confirm_request(policy::new_request(policy_tests::fresh_id(ctx), 1, policy_tests::fresh_id(ctx)));
    assert_eq!(policy_tests::wrapup(policy, cap, ctx), 0);
}
