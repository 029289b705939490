/// Coins: values, currencies, metadata, payments, the deny list.
#[test_only]
module sui::coin_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance;
use sui::coin::{Self, Coin, TreasuryCap};
use sui::deny_list::{Self, DenyList};
use sui::pay;
use sui::sui::SUI;
use sui::test_scenario as ts;
use sui::test_utils;
use sui::url;

public struct COIN_TESTS has drop {}

public struct NotAWitness has drop {}

const TEN_TO_19: u64 = 10_000_000_000_000_000_000;

fun currency(ctx: &mut TxContext): (TreasuryCap<COIN_TESTS>, coin::CoinMetadata<COIN_TESTS>) {
    coin::create_currency(
        test_utils::create_one_time_witness<COIN_TESTS>(),
        6,
        b"TEST",
        b"Test coin",
        b"For tests",
        option::some(url::new_unsafe_from_bytes(b"https://x")),
        ctx,
    )
}

#[test]
fun values() {
    let ctx = &mut tx_context::dummy();
    let mut coin = coin::mint_for_testing<SUI>(100, ctx);
    assert_eq!(coin.value(), 100);
    assert_eq!(coin.balance().value(), 100);
    let part = coin.split(30, ctx);
    assert_eq!(part.value(), 30);
    assert_eq!(coin.value(), 70);
    coin.join(part);
    let mut parts = coin.divide_into_n(3, ctx);
    assert_eq!(parts.length(), 2);
    assert_eq!(parts[0].value(), 33);
    assert_eq!(coin.value(), 34);
    coin.join(parts.pop_back());
    coin.join(parts.pop_back());
    parts.destroy_empty();
    let mut balance = coin.into_balance();
    let taken = coin::take(&mut balance, 60, ctx);
    assert_eq!(balance.value(), 40);
    coin::put(&mut balance, taken);
    let mut coin = balance.into_coin(ctx);
    coin.balance_mut().join(balance::create_for_testing(1));
    assert_eq!(coin.burn_for_testing(), 101);
    coin::zero<SUI>(ctx).destroy_zero();
    coin::from_balance(balance::zero<SUI>(), ctx).destroy_zero();
}

#[test]
fun currency_life() {
    let ctx = &mut tx_context::dummy();
    let (mut cap, mut metadata) = currency(ctx);
    assert_eq!(metadata.get_decimals(), 6);
    assert_eq!(metadata.get_symbol(), b"TEST".to_ascii_string());
    assert_eq!(metadata.get_name(), b"Test coin".to_string());
    assert_eq!(metadata.get_description(), b"For tests".to_string());
    assert_eq!(metadata.get_icon_url().destroy_some().inner_url(), b"https://x".to_ascii_string());
    cap.update_name(&mut metadata, b"N".to_string());
    cap.update_symbol(&mut metadata, b"S".to_ascii_string());
    cap.update_description(&mut metadata, b"D".to_string());
    cap.update_icon_url(&mut metadata, b"U".to_ascii_string());
    assert_eq!(metadata.get_symbol(), b"S".to_ascii_string());
    assert_eq!(metadata.get_name(), b"N".to_string());
    assert_eq!(metadata.get_description(), b"D".to_string());
    assert_eq!(metadata.get_icon_url().destroy_some().inner_url(), b"U".to_ascii_string());

    let coin = cap.mint(100, ctx);
    assert_eq!(cap.total_supply(), 100);
    let balance = cap.mint_balance(5);
    assert_eq!(cap.supply_immut().value(), 105);
    assert_eq!(cap.supply().value(), 105);
    assert_eq!(cap.burn(coin), 100);
    assert_eq!(cap.supply_mut().decrease_supply(balance), 5);
    let supply = cap.treasury_into_supply();
    assert_eq!(supply.supply_value(), 0);
    destroy(supply);
    destroy(metadata);
}

#[test]
fun mint_and_transfer() {
    let mut scenario = ts::begin(@0xa);
    let mut cap = coin::create_treasury_cap_for_testing<SUI>(scenario.ctx());
    cap.mint_and_transfer(7, @0xb, scenario.ctx());
    scenario.next_tx(@0xb);
    assert_eq!(scenario.take_from_sender<Coin<SUI>>().burn_for_testing(), 7);
    destroy(cap);
    scenario.end();
}

#[test]
fun payments() {
    let mut scenario = ts::begin(@0xa);
    let mut coin = coin::mint_for_testing<SUI>(100, scenario.ctx());
    pay::split(&mut coin, 10, scenario.ctx());
    coin.split_vec(vector[1, 2, 3], scenario.ctx());
    coin.split_and_transfer(20, @0xb, scenario.ctx());
    coin.divide_and_keep(4, scenario.ctx());
    assert_eq!(coin.value(), 16);
    pay::keep(coin, scenario.ctx());
    scenario.next_tx(@0xa);
    let mut coins = scenario.ids_for_sender<Coin<SUI>>().map!(
        |id| scenario.take_from_sender_by_id<Coin<SUI>>(id),
    );
    assert_eq!(coins.length(), 8);
    let mut first = coins.remove(0);
    pay::join(&mut first, coins.pop_back());
    first.join_vec(coins);
    assert_eq!(first.value(), 80);
    pay::join_vec_and_transfer(vector[first], @0xb);
    scenario.next_tx(@0xb);
    let mut total = 0;
    scenario.ids_for_sender<Coin<SUI>>().do!(
        |id| total = total + scenario.take_from_sender_by_id<Coin<SUI>>(id).burn_for_testing(),
    );
    assert_eq!(total, 100);
    scenario.end();
}

#[test]
fun genesis_supply() {
    let mut scenario = ts::begin(@0x0);
    let total = sui::sui::new_for_testing(scenario.ctx());
    assert_eq!(total.value(), TEN_TO_19);
    let coin = total.into_coin(scenario.ctx());
    sui::sui::transfer(coin, @0xb);
    scenario.next_tx(@0xb);
    let metadata = scenario.take_immutable<coin::CoinMetadata<SUI>>();
    assert_eq!(metadata.get_decimals(), 9);
    assert_eq!(metadata.get_symbol(), b"SUI".to_ascii_string());
    ts::return_immutable(metadata);
    assert!(scenario.has_most_recent_for_sender<Coin<SUI>>());
    scenario.end();
}

#[test, expected_failure(abort_code = sui::sui::ENotSystemAddress)]
fun genesis_supply_by_user() {
    let mut scenario = ts::begin(@0xa);
    destroy(sui::sui::new_for_testing(scenario.ctx()));
    abort 100
}

#[test, expected_failure(abort_code = sui::sui::EAlreadyMinted)]
fun genesis_supply_later() {
    let mut scenario = ts::begin(@0x0);
    scenario.next_epoch(@0x0);
    destroy(sui::sui::new_for_testing(scenario.ctx()));
    abort 100
}

#[test, expected_failure(abort_code = pay::ENoCoins)]
fun join_nothing() {
    pay::join_vec_and_transfer<SUI>(vector[], @0xb);
}

#[test, expected_failure(abort_code = balance::ENotEnough)]
fun split_too_much() {
    let ctx = &mut tx_context::dummy();
    let mut coin = coin::mint_for_testing<SUI>(100, ctx);
    let _part = coin.split(101, ctx);
    abort 100
}

#[test, expected_failure(abort_code = coin::EInvalidArg)]
fun divide_into_none() {
    let ctx = &mut tx_context::dummy();
    let mut coin = coin::mint_for_testing<SUI>(100, ctx);
    let _parts = coin.divide_into_n(0, ctx);
    abort 100
}

#[test, expected_failure(abort_code = coin::ENotEnough)]
fun divide_too_finely() {
    let ctx = &mut tx_context::dummy();
    let mut coin = coin::mint_for_testing<SUI>(2, ctx);
    let _parts = coin.divide_into_n(3, ctx);
    abort 100
}

#[test, expected_failure(abort_code = balance::ENonZero)]
fun destroy_value() {
    coin::mint_for_testing<SUI>(2, &mut tx_context::dummy()).destroy_zero();
}

#[test, expected_failure(abort_code = coin::EBadWitness)]
fun currency_without_witness() {
    let (_cap, _metadata) = coin::create_currency(
        NotAWitness {},
        6,
        b"",
        b"",
        b"",
        option::none(),
        &mut tx_context::dummy(),
    );
    abort 100
}

// === Balance ===

#[test]
fun balances() {
    let mut supply = balance::create_supply(NotAWitness {});
    let mut balance = supply.increase_supply(100);
    assert_eq!(supply.value(), 100);
    let part = balance.split(40);
    assert_eq!(balance.join(part), 100);
    let all = balance.withdraw_all();
    assert_eq!(balance.value(), 0);
    balance.destroy_zero();
    assert_eq!(supply.decrease_supply(all), 100);
    assert_eq!(supply.destroy_supply(), 0);
    assert_eq!(balance::create_for_testing<SUI>(3).destroy_for_testing(), 3);
    destroy(balance::create_supply_for_testing<SUI>());
}

#[test, expected_failure(abort_code = balance::EOverflow)]
fun supply_overflow() {
    let mut supply = balance::create_supply(NotAWitness {});
    destroy(supply.increase_supply(1));
    destroy(supply.increase_supply(18446744073709551614));
    abort 100
}

#[test, expected_failure(abort_code = balance::EOverflow)]
fun supply_underflow() {
    let mut supply = balance::create_supply(NotAWitness {});
    supply.decrease_supply(balance::create_for_testing(1));
    abort 100
}

#[test, expected_failure(abort_code = balance::ENotEnough)]
fun balance_split_too_much() {
    let mut balance = balance::create_for_testing<SUI>(1);
    destroy(balance.split(2));
    abort 100
}

#[test]
fun staking_rewards_and_rebates() {
    let scenario = ts::begin(@0x0);
    let ctx = &tx_context::new_from_hint(@0x0, 0, 0, 0, 0);
    let rewards = balance::create_staking_rewards_for_testing<SUI>(5, ctx);
    rewards.destroy_storage_rebates_for_testing(ctx);
    scenario.end();
}

#[test, expected_failure(abort_code = balance::ENotSystemAddress)]
fun rewards_by_user() {
    let ctx = &tx_context::new_from_hint(@0xa, 0, 0, 0, 0);
    destroy(balance::create_staking_rewards_for_testing<SUI>(5, ctx));
    abort 100
}

#[test, expected_failure(abort_code = balance::ENotSUI)]
fun rewards_in_another_coin() {
    let ctx = &tx_context::new_from_hint(@0x0, 0, 0, 0, 0);
    destroy(balance::create_staking_rewards_for_testing<NotAWitness>(5, ctx));
    abort 100
}

// === Deny list ===

#[test]
fun regulated() {
    let mut scenario = ts::begin(@0x0);
    deny_list::create_for_test(scenario.ctx());
    let (treasury, mut cap, metadata) = coin::create_regulated_currency_v2(
        test_utils::create_one_time_witness<COIN_TESTS>(),
        6,
        b"",
        b"",
        b"",
        option::none(),
        true,
        scenario.ctx(),
    );
    scenario.next_tx(@0xa);
    assert!(ts::has_most_recent_immutable<coin::RegulatedCoinMetadata<COIN_TESTS>>());
    let mut list = scenario.take_shared<DenyList>();
    let ctx = scenario.ctx();
    assert!(!list.contains_next(@0x77));
    assert!(!coin::deny_list_v2_contains_current_epoch<COIN_TESTS>(&list, @0x77, ctx));
    coin::deny_list_v2_add(&mut list, &mut cap, @0x77, ctx);
    coin::deny_list_v2_add(&mut list, &mut cap, @0x77, ctx);
    assert!(list.contains_next(@0x77));
    assert!(!coin::deny_list_v2_contains_current_epoch<COIN_TESTS>(&list, @0x77, ctx));
    coin::deny_list_v2_enable_global_pause(&mut list, &mut cap, ctx);
    assert!(coin::deny_list_v2_is_global_pause_enabled_next_epoch<COIN_TESTS>(&list));
    assert!(!coin::deny_list_v2_is_global_pause_enabled_current_epoch<COIN_TESTS>(&list, ctx));
    ts::return_shared(list);

    scenario.next_epoch(@0xa);
    let mut list = scenario.take_shared<DenyList>();
    let ctx = scenario.ctx();
    assert!(coin::deny_list_v2_contains_current_epoch<COIN_TESTS>(&list, @0x77, ctx));
    assert!(coin::deny_list_v2_is_global_pause_enabled_current_epoch<COIN_TESTS>(&list, ctx));
    coin::deny_list_v2_remove(&mut list, &mut cap, @0x77, ctx);
    coin::deny_list_v2_disable_global_pause(&mut list, &mut cap, ctx);
    assert!(!list.contains_next(@0x77));
    assert!(!coin::deny_list_v2_is_global_pause_enabled_next_epoch<COIN_TESTS>(&list));
    assert!(coin::deny_list_v2_contains_current_epoch<COIN_TESTS>(&list, @0x77, ctx));
    ts::return_shared(list);

    scenario.next_epoch(@0xa);
    let list = scenario.take_shared<DenyList>();
    assert!(!coin::deny_list_v2_contains_current_epoch<COIN_TESTS>(&list, @0x77, scenario.ctx()));
    ts::return_shared(list);
    destroy(treasury);
    destroy(cap);
    destroy(metadata);
    scenario.end();
}

use fun contains_next as DenyList.contains_next;

fun contains_next(list: &DenyList, addr: address): bool {
    coin::deny_list_v2_contains_next_epoch<COIN_TESTS>(list, addr)
}

#[test, expected_failure(abort_code = coin::EGlobalPauseNotAllowed)]
fun pause_not_allowed() {
    let ctx = &mut tx_context::dummy();
    let mut list = deny_list::new_for_testing(ctx);
    let mut cap = coin::new_deny_cap_v2<SUI>(false, ctx);
    coin::deny_list_v2_enable_global_pause(&mut list, &mut cap, ctx);
    abort 100
}

#[test, expected_failure(abort_code = coin::EGlobalPauseNotAllowed)]
fun end_of_pause_not_allowed() {
    let ctx = &mut tx_context::dummy();
    let mut list = deny_list::new_for_testing(ctx);
    let mut cap = coin::new_deny_cap_v2<SUI>(false, ctx);
    coin::deny_list_v2_disable_global_pause(&mut list, &mut cap, ctx);
    abort 100
}

#[test, allow(deprecated_usage)]
fun first_kind_of_list() {
    let mut scenario = ts::begin(@0xa);
    let mut list = deny_list::new_for_testing(scenario.ctx());
    let (treasury, mut cap, metadata) = coin::create_regulated_currency(
        test_utils::create_one_time_witness<COIN_TESTS>(),
        6,
        b"",
        b"",
        b"",
        option::none(),
        scenario.ctx(),
    );
    let ctx = scenario.ctx();
    assert!(!coin::deny_list_contains<COIN_TESTS>(&list, @0x77));
    assert!(!coin::deny_list_contains<u64>(&list, @0x77));
    assert!(!coin::deny_list_contains<COIN_TESTS>(&list, @0x6));
    coin::deny_list_add(&mut list, &mut cap, @0x77, ctx);
    coin::deny_list_add(&mut list, &mut cap, @0x77, ctx);
    coin::deny_list_add(&mut list, &mut cap, @0x78, ctx);
    assert!(coin::deny_list_contains<COIN_TESTS>(&list, @0x77));
    coin::deny_list_remove(&mut list, &mut cap, @0x77, ctx);
    assert!(!coin::deny_list_contains<COIN_TESTS>(&list, @0x77));

    let cap = coin::migrate_regulated_currency_to_v2(&mut list, cap, true, ctx);
    assert!(!coin::deny_list_contains<COIN_TESTS>(&list, @0x78));
    assert!(list.contains_next(@0x78));
    assert!(!list.contains_next(@0x77));
    destroy(list);
    destroy(treasury);
    destroy(cap);
    destroy(metadata);
    scenario.end();
}

#[test, expected_failure(abort_code = deny_list::EInvalidAddress)]
fun deny_reserved() {
    let mut list = deny_list::new_for_testing(&mut tx_context::dummy());
    assert_eq!(deny_list::reserved_addresses().length(), 18);
    list.v1_add(0, b"type", @0x403);
    abort 100
}

#[test, expected_failure(abort_code = deny_list::ENotDenied)]
fun allow_what_is_allowed() {
    let mut list = deny_list::new_for_testing(&mut tx_context::dummy());
    list.v1_add(0, b"type", @0x77);
    list.v1_remove(0, b"type", @0x78);
    abort 100
}

#[test, expected_failure(abort_code = deny_list::ENotSystemAddress)]
fun deny_list_by_user() {
    let mut scenario = ts::begin(@0xa);
    deny_list::create_for_test(scenario.ctx());
    abort 100
}
