#[test_only]
module walrus_subsidies::walrus_subsidies_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance;
use sui::test_scenario;
use walrus::market;
use walrus::network::{Self, Network};
use walrus::system::System;
use walrus_subsidies::walrus_subsidies::{Self, AdminCap, WalrusSubsidies};
use walrus_subsidies::walrus_subsidies_inner;

/// A network in epoch 1, and a fund of 1 000 000 FROST.
fun new(rate: u32, base: u64, per_shard: u64): (Network, WalrusSubsidies, AdminCap) {
    let mut network = network::new();
    let (staking, system, _, _, ctx) = network.parts();
    let admin_cap = walrus_subsidies::new(system, staking, rate, base, per_shard, ctx);
    network.scenario().next_tx(network::operator());
    let mut subsidies = network.scenario().take_shared<WalrusSubsidies>();
    subsidies.add_coin(market::coin(999_999, network.scenario().ctx()));
    subsidies.add_balance(balance::create_for_testing(1));
    (network, subsidies, admin_cap)
}

fun end(network: Network, subsidies: WalrusSubsidies, admin_cap: AdminCap) {
    test_scenario::return_shared(subsidies);
    destroy(admin_cap);
    network.end();
}

fun process(network: &mut Network, subsidies: &mut WalrusSubsidies) {
    let (staking, system, _, clock, _) = network.parts();
    subsidies.process_subsidies(staking, system, clock)
}

/// FROST spent so far.
fun spent(subsidies: &WalrusSubsidies): u64 {
    1_000_000 - subsidies.inner_for_testing().subsidy_pool_value()
}

fun rewards(system: &System): vector<u64> {
    vector::tabulate!(4, |i| system.future_accounting().ring_lookup(i as u32).rewards())
}

#[test]
fun fund_describes_itself() {
    let (network, subsidies, admin_cap) = new(0, 0, 0);
    assert_eq!(subsidies.package_id(), object::id_from_address(@walrus_subsidies));
    assert_eq!(spent(&subsidies), 0);
    assert_eq!(subsidies.inner_for_testing().last_subsidized_ts(), 0);
    end(network, subsidies, admin_cap);
}

// === Fixed part ===

#[test]
fun nodes_of_the_previous_committee_are_paid_once_per_epoch() {
    let (mut network, mut subsidies, admin_cap) = new(0, 100, 7);
    // In epoch 1 there is no previous committee.
    process(&mut network, &mut subsidies);
    assert_eq!(spent(&subsidies), 0);
    network.next_epoch();
    process(&mut network, &mut subsidies);
    assert_eq!(spent(&subsidies), 4 * 100 + 10 * 7);
    process(&mut network, &mut subsidies);
    assert_eq!(spent(&subsidies), 470);
    assert_eq!(subsidies.inner_for_testing().last_subsidized_ts(), 2000);
    // It is commission, blocked for the time of the slashing vote.
    assert_eq!(network.collect_commission(0), 0);
    network.voting_end();
    4u64.do!(|i| assert_eq!(network.collect_commission(i), 100 + (4 - i) * 7));
    end(network, subsidies, admin_cap);
}

#[test]
fun only_the_epoch_before_is_paid_for() {
    let (mut network, mut subsidies, admin_cap) = new(0, 100, 7);
    network.next_epoch();
    network.next_epoch();
    network.next_epoch();
    process(&mut network, &mut subsidies);
    assert_eq!(spent(&subsidies), 470);
    end(network, subsidies, admin_cap);
}

// === Part by usage ===

#[test]
fun payments_of_users_are_topped_up_once() {
    // 50 %.
    let (mut network, mut subsidies, admin_cap) = new(5000, 0, 0);
    let (_, system, _, _, ctx) = network.parts();
    let mut payment = market::coin(1000, ctx);
    system.reserve_space(3 * market::unit(), 3, &mut payment, ctx).destroy();
    assert_eq!(rewards(system), vector[15, 15, 15, 0]);
    process(&mut network, &mut subsidies);
    assert_eq!(rewards(network.system()), vector[22, 22, 22, 0]);
    assert_eq!(spent(&subsidies), 21);
    // Subsidies are not subsidized.
    process(&mut network, &mut subsidies);
    assert_eq!(spent(&subsidies), 21);
    let (_, system, _, _, ctx) = network.parts();
    system.reserve_space(2 * market::unit(), 4, &mut payment, ctx).destroy();
    process(&mut network, &mut subsidies);
    assert_eq!(rewards(network.system()), vector[37, 37, 37, 15]);
    assert_eq!(spent(&subsidies), 41);
    destroy(payment);
    end(network, subsidies, admin_cap);
}

#[test]
fun earlier_payments_are_not_topped_up() {
    let mut network = network::new();
    let (staking, system, _, _, ctx) = network.parts();
    let mut payment = market::coin(1000, ctx);
    system.reserve_space(market::unit(), 3, &mut payment, ctx).destroy();
    let admin_cap = walrus_subsidies::new(system, staking, 10_000, 0, 0, ctx);
    network.scenario().next_tx(network::operator());
    let mut subsidies = network.scenario().take_shared<WalrusSubsidies>();
    // With an empty fund: nothing is due.
    process(&mut network, &mut subsidies);
    assert_eq!(rewards(network.system()), vector[5, 5, 5, 0]);
    destroy(payment);
    end(network, subsidies, admin_cap);
}

#[test]
fun slots_of_past_epochs_are_dropped() {
    let (mut network, mut subsidies, admin_cap) = new(10_000, 0, 0);
    let (_, system, _, _, ctx) = network.parts();
    let mut payment = market::coin(1000, ctx);
    system.reserve_space(10 * market::unit(), 3, &mut payment, ctx).destroy();
    process(&mut network, &mut subsidies);
    assert_eq!(rewards(network.system()), vector[100, 100, 100, 0]);
    assert_eq!(spent(&subsidies), 150);
    network.next_epoch();
    // 100 less 3 for burning are distributed to the nodes with 4, 3, 2 and 1 of 10 shards: 2 remain, carried
    // into the new epoch and topped up there.
    assert_eq!(rewards(network.system())[0], 102);
    process(&mut network, &mut subsidies);
    assert_eq!(rewards(network.system()), vector[104, 100, 0, 0]);
    assert_eq!(spent(&subsidies), 152);
    destroy(payment);
    end(network, subsidies, admin_cap);
}

// === Fund and rates ===

#[test, expected_failure(abort_code = walrus_subsidies_inner::EInsufficientFundsInPool)]
fun too_small_fund_for_the_fixed_part_fails() {
    let (mut network, mut subsidies, _admin_cap) = new(0, 100_001, 60_000);
    network.next_epoch();
    process(&mut network, &mut subsidies);
    abort
}

#[test, expected_failure(abort_code = walrus_subsidies_inner::EInsufficientFundsInPool)]
fun too_small_fund_for_the_usage_part_fails() {
    let (mut network, mut subsidies, _admin_cap) = new(10_001, 0, 0);
    network.earn(1_000_000);
    process(&mut network, &mut subsidies);
    abort
}

#[test]
fun rates_are_set_by_the_admin() {
    let (mut network, mut subsidies, admin_cap) = new(0, 0, 0);
    subsidies.set_system_subsidy_rate(&admin_cap, 1_000_000);
    subsidies.set_base_subsidy(&admin_cap, 10);
    subsidies.set_subsidy_per_shard(&admin_cap, 1);
    let (_, system, _, _, ctx) = network.parts();
    system.add_subsidy(market::coin(5, ctx), 1);
    process(&mut network, &mut subsidies);
    assert_eq!(spent(&subsidies), 500);
    network.next_epoch();
    process(&mut network, &mut subsidies);
    // Nothing is stored, so the 505 FROST less 15 are carried into the new epoch.
    assert_eq!(spent(&subsidies), 500 + 4 * 10 + 10 + 49_000);
    end(network, subsidies, admin_cap);
}

#[test]
fun largest_fixed_subsidy_fits() {
    let per_shard = 1_000_000_000_000_000;
    let base = std::u64::max_value!() - 1000 * per_shard;
    let (network, mut subsidies, admin_cap) = new(0, base, per_shard);
    subsidies.set_base_subsidy(&admin_cap, base);
    end(network, subsidies, admin_cap);
}

#[test, expected_failure(abort_code = walrus_subsidies_inner::EInvalidSubsidyRate)]
fun too_large_initial_rate_fails() {
    let (_network, _subsidies, _admin_cap) = new(1_000_001, 0, 0);
    abort
}

#[test, expected_failure(abort_code = walrus_subsidies_inner::EInvalidSubsidyRate)]
fun too_large_initial_fixed_subsidy_fails() {
    let (_network, _subsidies, _admin_cap) = new(0, std::u64::max_value!(), 1);
    abort
}

#[test, expected_failure(abort_code = walrus_subsidies_inner::EInvalidSubsidyRate)]
fun too_large_rate_fails() {
    let (_network, mut subsidies, admin_cap) = new(0, 0, 0);
    subsidies.set_system_subsidy_rate(&admin_cap, 1_000_001);
    abort
}

#[test, expected_failure(abort_code = walrus_subsidies_inner::EInvalidSubsidyRate)]
fun too_large_base_subsidy_fails() {
    let (_network, mut subsidies, admin_cap) = new(0, 0, 1);
    subsidies.set_base_subsidy(&admin_cap, std::u64::max_value!() - 999);
    abort
}

#[test, expected_failure(abort_code = walrus_subsidies_inner::EInvalidSubsidyRate)]
fun too_large_subsidy_per_shard_fails() {
    let (_network, mut subsidies, admin_cap) = new(0, 0, 0);
    subsidies.set_subsidy_per_shard(&admin_cap, std::u64::max_value!() / 1000 + 1);
    abort
}

// === Rights and versions ===

/// The capability of another fund.
fun other_admin(network: &mut Network): AdminCap {
    let (staking, system, _, _, ctx) = network.parts();
    walrus_subsidies::new(system, staking, 0, 0, 0, ctx)
}

#[test, expected_failure(abort_code = walrus_subsidies::EUnauthorizedAdminCap)]
fun other_admin_cannot_set_the_rate() {
    let (mut network, mut subsidies, _admin_cap) = new(0, 0, 0);
    subsidies.set_system_subsidy_rate(&other_admin(&mut network), 1);
    abort
}

#[test, expected_failure(abort_code = walrus_subsidies::EUnauthorizedAdminCap)]
fun other_admin_cannot_set_the_base_subsidy() {
    let (mut network, mut subsidies, _admin_cap) = new(0, 0, 0);
    subsidies.set_base_subsidy(&other_admin(&mut network), 1);
    abort
}

#[test, expected_failure(abort_code = walrus_subsidies::EUnauthorizedAdminCap)]
fun other_admin_cannot_set_the_subsidy_per_shard() {
    let (mut network, mut subsidies, _admin_cap) = new(0, 0, 0);
    subsidies.set_subsidy_per_shard(&other_admin(&mut network), 1);
    abort
}

#[test, expected_failure(abort_code = walrus_subsidies::EUnauthorizedAdminCap)]
fun other_admin_cannot_migrate() {
    let (mut network, mut subsidies, _admin_cap) = new(0, 0, 0);
    subsidies.set_version_for_testing(0);
    subsidies.migrate(&other_admin(&mut network), object::id_from_address(@0x7));
    abort
}

#[test]
fun older_fund_is_migrated() {
    let (mut network, mut subsidies, admin_cap) = new(0, 0, 0);
    subsidies.set_version_for_testing(0);
    subsidies.migrate(&admin_cap, object::id_from_address(@0x7));
    assert_eq!(subsidies.package_id(), object::id_from_address(@0x7));
    process(&mut network, &mut subsidies);
    end(network, subsidies, admin_cap);
}

#[test, expected_failure(abort_code = walrus_subsidies::EInvalidMigration)]
fun current_fund_is_not_migrated() {
    let (_network, mut subsidies, admin_cap) = new(0, 0, 0);
    subsidies.migrate(&admin_cap, object::id_from_address(@0x7));
    abort
}

#[test, expected_failure(abort_code = walrus_subsidies::EWrongVersion)]
fun fund_of_another_version_is_closed() {
    let (mut network, mut subsidies, _admin_cap) = new(0, 0, 0);
    subsidies.set_version_for_testing(2);
    process(&mut network, &mut subsidies);
    abort
}
