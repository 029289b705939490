/// What the stakers' government can set and see: parameters from the next epoch on, and snapshots.
#[test_only]
module walrus::governed_tests;

use std::unit_test::{assert_eq, destroy};
use walrus::governed::{Self, GovernanceCap};
use walrus::market;
use walrus::network::{Self, Network};
use walrus::staking;

const WAL_UNIT: u64 = 1_000_000_000;
const BURN_SHARE: u16 = 0;
const EPOCH_DURATION: u16 = 1;
const ACTIVE_SET_LIMIT: u16 = 2;
const THRESHOLD_STAKE: u16 = 3;
const MIN_STORAGE_PRICE: u16 = 4;
const MAX_STORAGE_PRICE: u16 = 5;
const MIN_WRITE_PRICE: u16 = 6;
const MAX_WRITE_PRICE: u16 = 7;

fun begin(): (Network, GovernanceCap) {
    let mut network = network::new();
    let (_, _, _, _, ctx) = network.parts();
    let cap = governed::new_cap_for_testing(ctx);
    (network, cap)
}

fun end(network: Network, cap: GovernanceCap) {
    destroy(cap);
    network.end();
}

/// Burned at the end of the epoch out of 10,000 FROST of rewards.
fun burned_in_next_change(network: &mut Network): u64 {
    network.earn(10_000 - 5);
    network.voting_end();
    let (_, _, treasury, _, _) = network.parts();
    let before = treasury.total_supply();
    network.start_epoch();
    let (_, _, treasury, _, _) = network.parts();
    before - treasury.total_supply()
}

// === Parameters ===

#[test]
fun the_burn_share_holds_from_the_next_epoch_on() {
    let (mut network, cap) = begin();
    network.staking().set_param(&cap, BURN_SHARE, 1_000);
    assert_eq!(network.staking().next_param(BURN_SHARE), option::some(1_000));
    assert_eq!(burned_in_next_change(&mut network), 300);
    assert_eq!(burned_in_next_change(&mut network), 1_000);
    network.staking().set_param(&cap, BURN_SHARE, 0);
    assert_eq!(burned_in_next_change(&mut network), 1_000);
    assert_eq!(burned_in_next_change(&mut network), 0);
    end(network, cap);
}

#[test]
fun the_epoch_duration_holds_from_the_next_epoch_on() {
    let (mut network, cap) = begin();
    network.staking().set_param(&cap, EPOCH_DURATION, 5_000);
    let (_, duration) = network.staking().epoch_times();
    assert_eq!(duration, 1_000);
    network.next_epoch();
    let (_, duration) = network.staking().epoch_times();
    assert_eq!(duration, 5_000);
    end(network, cap);
}

#[test]
fun a_parameter_can_be_decided_anew() {
    let (mut network, cap) = begin();
    assert_eq!(network.staking().next_param(BURN_SHARE), option::none());
    network.staking().set_param(&cap, BURN_SHARE, 1);
    network.staking().set_param(&cap, BURN_SHARE, 2);
    assert_eq!(network.staking().next_param(BURN_SHARE), option::some(2));
    end(network, cap);
}

#[test]
fun the_active_set_is_cut_to_its_limit() {
    let (mut network, cap) = begin();
    network.staking().set_param(&cap, ACTIVE_SET_LIMIT, 2);
    network.next_epoch();
    // Those with 400 and 300 WAL stay.
    let active_set = network.staking().inner_for_testing().active_set();
    assert_eq!(active_set.size(), 2);
    assert_eq!(active_set.max_size(), 2);
    assert_eq!(active_set.total_stake(), 700 * WAL_UNIT);
    assert_eq!(network.staking().committee().size(), 4);
    network.next_epoch();
    assert_eq!(network.staking().committee().size(), 2);
    end(network, cap);
}

#[test]
fun nodes_below_the_threshold_leave() {
    let (mut network, cap) = begin();
    network.staking().set_param(&cap, THRESHOLD_STAKE, 200 * WAL_UNIT);
    network.next_epoch();
    let active_set = network.staking().inner_for_testing().active_set();
    assert_eq!(active_set.size(), 3);
    assert_eq!(active_set.threshold_stake(), 200 * WAL_UNIT);
    assert_eq!(active_set.total_stake(), 900 * WAL_UNIT);
    end(network, cap);
}

#[test]
fun prices_keep_their_bounds() {
    let (mut network, cap) = begin();
    let staking = network.staking();
    staking.set_param(&cap, MIN_STORAGE_PRICE, 6);
    staking.set_param(&cap, MAX_WRITE_PRICE, 4);
    network.next_epoch();
    let system = network.system().inner_for_testing();
    assert_eq!(system.storage_price_per_unit_size(), 6);
    assert_eq!(system.write_price_per_unit_size(), 4);
    let staking = network.staking();
    staking.set_param(&cap, MIN_STORAGE_PRICE, 0);
    staking.set_param(&cap, MAX_STORAGE_PRICE, 3);
    staking.set_param(&cap, MAX_WRITE_PRICE, 100);
    staking.set_param(&cap, MIN_WRITE_PRICE, 8);
    // The votes of the nodes do not lead out of the bounds either.
    let (staking, system, _, _, _) = network.parts();
    staking.update_prices(system);
    assert_eq!(system.inner_for_testing().storage_price_per_unit_size(), 6);
    network.next_epoch();
    let system = network.system().inner_for_testing();
    assert_eq!(system.storage_price_per_unit_size(), 3);
    assert_eq!(system.write_price_per_unit_size(), 8);
    end(network, cap);
}

#[test]
fun without_decisions_prices_are_those_of_the_votes() {
    let (mut network, cap) = begin();
    network.next_epoch();
    let system = network.system().inner_for_testing();
    assert_eq!(system.storage_price_per_unit_size(), market::storage_price());
    assert_eq!(system.write_price_per_unit_size(), market::write_price());
    end(network, cap);
}

#[test, expected_failure(abort_code = staking::EWrongVersion)]
fun parameters_of_another_version_are_not_set() {
    let (mut network, cap) = begin();
    network.staking().set_version_for_testing(77);
    network.staking().set_param(&cap, BURN_SHARE, 1);
    abort
}

// === Snapshots ===

#[test]
fun every_epoch_remembers_its_stakes() {
    let (mut network, cap) = begin();
    assert!(!network.staking().has_snapshot(0));
    let late = network.stake_with(3, 50 * WAL_UNIT);
    let node_ids = vector::tabulate!(4, |i| network.node_id(i));
    let snapshot = network.staking().snapshot(1);
    assert_eq!(snapshot.total(), 1_000 * WAL_UNIT);
    assert_eq!(snapshot.powers().length(), 4);
    node_ids.length().do!(|i| {
        assert_eq!(snapshot.powers()[&node_ids[i]], (4 - i) * 100 * WAL_UNIT);
    });
    // Rewards belong to the stake, less the commission of a tenth.
    network.earn(1_000 * WAL_UNIT);
    network.next_epoch();
    let mut total = 0;
    node_ids.do!(|node_id| {
        let (stake, _, _) = network.staking().pool_totals_for_testing(node_id);
        let snapshot = network.staking().snapshot(2);
        assert_eq!(snapshot.powers()[&node_id], stake);
        total = total + stake;
    });
    assert_eq!(network.staking().snapshot(2).total(), total);
    assert!(total > 1_900 * WAL_UNIT);
    // The past stays as it was.
    assert_eq!(network.staking().snapshot(1).total(), 1_000 * WAL_UNIT);
    destroy(late);
    end(network, cap);
}

#[test]
fun sixteen_snapshots_are_kept() {
    let (mut network, cap) = begin();
    15u64.do!(|_| network.next_epoch());
    assert_eq!(network.staking().epoch(), 16);
    assert!(network.staking().has_snapshot(1));
    network.next_epoch();
    assert!(!network.staking().has_snapshot(1));
    assert!(network.staking().has_snapshot(2));
    assert!(network.staking().has_snapshot(17));
    end(network, cap);
}

#[test]
fun a_stake_is_worth_its_shares() {
    let (mut network, cap) = begin();
    let node_id = network.node_id(0);
    let principal = 400 * WAL_UNIT;
    assert_eq!(network.staking().stake_value(node_id, principal, 1, 1), principal);
    network.earn(1_000 * WAL_UNIT);
    network.next_epoch();
    let (total, _, _) = network.staking().pool_totals_for_testing(node_id);
    assert!(total > principal);
    assert_eq!(network.staking().stake_value(node_id, principal, 1, 2), total);
    // Half of the stake is worth half of the pool, rounded down.
    assert_eq!(network.staking().stake_value(node_id, principal / 2, 1, 2), total / 2);
    // Its value in epoch 1 is what it was.
    assert_eq!(network.staking().stake_value(node_id, principal, 1, 1), principal);
    end(network, cap);
}
