#[test_only]
module wal_exchange::wal_exchange_tests;

use std::unit_test::{assert_eq, destroy};
use sui::coin::{Self, Coin};
use sui::sui::SUI;
use sui::test_scenario::{Self, Scenario};
use wal::wal::WAL;
use wal_exchange::wal_exchange::{Self, AdminCap, Exchange};

const ADMIN: address = @0xA;

/// An exchange with a stock of 1000 units of each coin.
fun new(): (Scenario, Exchange, AdminCap) {
    let mut scenario = test_scenario::begin(ADMIN);
    let mut wal = coin::mint_for_testing<WAL>(1000, scenario.ctx());
    let admin_cap = wal_exchange::new_funded(&mut wal, 1000, scenario.ctx());
    wal.destroy_zero();
    scenario.next_tx(ADMIN);
    let mut exchange = scenario.take_shared<Exchange>();
    exchange.add_all_sui(coin::mint_for_testing(1000, scenario.ctx()));
    (scenario, exchange, admin_cap)
}

fun end(scenario: Scenario, exchange: Exchange, admin_cap: AdminCap) {
    destroy(admin_cap);
    test_scenario::return_shared(exchange);
    scenario.end();
}

fun check<T>(coin: Coin<T>, value: u64) {
    assert_eq!(coin.value(), value);
    coin.burn_for_testing();
}

#[test]
fun exchange_begins_at_par() {
    let (mut scenario, mut exchange, admin_cap) = new();
    let ctx = scenario.ctx();
    check(exchange.exchange_all_for_wal(coin::mint_for_testing<SUI>(10, ctx), ctx), 10);
    check(exchange.exchange_all_for_sui(coin::mint_for_testing<WAL>(20, ctx), ctx), 20);
    // 1000 - 10 + 20 WAL and 1000 + 10 - 20 SUI are left.
    check(exchange.withdraw_wal(1010, &admin_cap, ctx), 1010);
    check(exchange.withdraw_sui(990, &admin_cap, ctx), 990);
    end(scenario, exchange, admin_cap);
}

#[test]
fun amounts_follow_the_rate_and_are_rounded_down() {
    let (mut scenario, mut exchange, admin_cap) = new();
    let ctx = scenario.ctx();
    exchange.set_exchange_rate(3, 7, &admin_cap);
    let mut sui = coin::mint_for_testing<SUI>(100, ctx);
    check(exchange.exchange_for_wal(&mut sui, 7, ctx), 3);
    check(exchange.exchange_for_wal(&mut sui, 20, ctx), 8);
    check(exchange.exchange_for_wal(&mut sui, 2, ctx), 0);
    check(sui, 71);
    let mut wal = coin::mint_for_testing<WAL>(100, ctx);
    check(exchange.exchange_for_sui(&mut wal, 3, ctx), 7);
    check(exchange.exchange_for_sui(&mut wal, 20, ctx), 46);
    check(exchange.exchange_for_sui(&mut wal, 0, ctx), 0);
    check(wal, 77);
    end(scenario, exchange, admin_cap);
}

#[test]
fun large_amounts_do_not_overflow() {
    let (mut scenario, mut exchange, admin_cap) = new();
    let ctx = scenario.ctx();
    let large = 1 << 62;
    exchange.add_all_wal(coin::mint_for_testing(large, ctx));
    exchange.set_exchange_rate(large, large, &admin_cap);
    check(exchange.exchange_all_for_wal(coin::mint_for_testing<SUI>(large, ctx), ctx), large);
    end(scenario, exchange, admin_cap);
}

#[test]
fun exchange_without_stock_is_stocked() {
    let mut scenario = test_scenario::begin(ADMIN);
    let admin_cap = wal_exchange::new(scenario.ctx());
    scenario.next_tx(ADMIN);
    let mut exchange = scenario.take_shared<Exchange>();
    let ctx = scenario.ctx();
    let mut wal = coin::mint_for_testing<WAL>(10, ctx);
    let mut sui = coin::mint_for_testing<SUI>(10, ctx);
    exchange.add_wal(&mut wal, 4);
    exchange.add_sui(&mut sui, 6);
    check(wal, 6);
    check(sui, 4);
    check(exchange.withdraw_wal(4, &admin_cap, ctx), 4);
    check(exchange.withdraw_sui(6, &admin_cap, ctx), 6);
    end(scenario, exchange, admin_cap);
}

#[test, expected_failure(abort_code = wal_exchange::EInsufficientFundsInExchange)]
fun more_wal_than_in_stock_fails() {
    let (mut scenario, mut exchange, _admin_cap) = new();
    let ctx = scenario.ctx();
    destroy(exchange.exchange_all_for_wal(coin::mint_for_testing<SUI>(1001, ctx), ctx));
    abort
}

#[test, expected_failure(abort_code = wal_exchange::EInsufficientFundsInExchange)]
fun more_sui_than_in_stock_fails() {
    let (mut scenario, mut exchange, _admin_cap) = new();
    let ctx = scenario.ctx();
    destroy(exchange.exchange_all_for_sui(coin::mint_for_testing<WAL>(1001, ctx), ctx));
    abort
}

#[test, expected_failure(abort_code = wal_exchange::EInsufficientFundsInExchange)]
fun withdrawal_of_more_than_the_stock_fails() {
    let (mut scenario, mut exchange, admin_cap) = new();
    destroy(exchange.withdraw_wal(1001, &admin_cap, scenario.ctx()));
    abort
}

#[test, expected_failure(abort_code = wal_exchange::EInsufficientInputBalance)]
fun more_sui_than_in_the_coin_fails() {
    let (mut scenario, mut exchange, _admin_cap) = new();
    let ctx = scenario.ctx();
    let mut sui = coin::mint_for_testing<SUI>(5, ctx);
    destroy(exchange.exchange_for_wal(&mut sui, 6, ctx));
    abort
}

#[test, expected_failure(abort_code = wal_exchange::EInsufficientInputBalance)]
fun more_wal_than_in_the_coin_fails() {
    let (mut scenario, mut exchange, _admin_cap) = new();
    let ctx = scenario.ctx();
    let mut wal = coin::mint_for_testing<WAL>(5, ctx);
    destroy(exchange.exchange_for_sui(&mut wal, 6, ctx));
    abort
}

#[test, expected_failure(abort_code = wal_exchange::EInsufficientInputBalance)]
fun funding_with_more_than_the_coin_fails() {
    let ctx = &mut tx_context::dummy();
    let mut wal = coin::mint_for_testing<WAL>(5, ctx);
    destroy(wal_exchange::new_funded(&mut wal, 6, ctx));
    abort
}

#[test, expected_failure(abort_code = wal_exchange::EUnauthorizedAdminCap)]
fun other_admin_cannot_withdraw_wal() {
    let (mut scenario, mut exchange, _admin_cap) = new();
    let other = wal_exchange::new(scenario.ctx());
    destroy(exchange.withdraw_wal(1, &other, scenario.ctx()));
    abort
}

#[test, expected_failure(abort_code = wal_exchange::EUnauthorizedAdminCap)]
fun other_admin_cannot_withdraw_sui() {
    let (mut scenario, mut exchange, _admin_cap) = new();
    let other = wal_exchange::new(scenario.ctx());
    destroy(exchange.withdraw_sui(1, &other, scenario.ctx()));
    abort
}

#[test, expected_failure(abort_code = wal_exchange::EUnauthorizedAdminCap)]
fun other_admin_cannot_set_the_rate() {
    let (mut scenario, mut exchange, _admin_cap) = new();
    let other = wal_exchange::new(scenario.ctx());
    exchange.set_exchange_rate(1, 2, &other);
    abort
}

#[test, expected_failure(abort_code = wal_exchange::EInvalidExchangeRate)]
fun zero_wal_is_no_rate() {
    wal_exchange::new_exchange_rate(0, 1);
}

#[test, expected_failure(abort_code = wal_exchange::EInvalidExchangeRate)]
fun zero_sui_is_no_rate() {
    let (_scenario, mut exchange, admin_cap) = new();
    exchange.set_exchange_rate(1, 0, &admin_cap);
    abort
}
