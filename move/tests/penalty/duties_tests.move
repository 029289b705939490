/// Duties through the change of epochs: what the audit package records is settled when the epoch ends.
#[test_only]
module walrus::duties_tests;

use std::unit_test::{assert_eq, destroy};
use sui::bcs;
use sui::event;
use walrus::audit_cap;
use walrus::auth;
use walrus::encoding;
use walrus::market;
use walrus::network::{Self, Network};
use walrus::penalty_events::{NodePenalized, PenaltyBreakerTripped};
use walrus::penalty_ledger;

const WAL1: u64 = 1_000_000_000;

fun supply(network: &mut Network): u64 {
    let (_, _, treasury, _, _) = network.parts();
    treasury.total_supply()
}

#[test]
fun nothing_is_settled_before_the_first_audit() {
    let mut network = network::new();
    network.next_epoch();
    assert!(!network.staking().has_ledger());
    assert_eq!(event::events_by_type<NodePenalized>().length(), 0);
    network.end();
}

#[test]
fun open_challenges_cost_the_deposit_and_the_stakers() {
    let mut network = network::new();
    let cap = audit_cap::new_for_testing(network.scenario().ctx());
    let node_id = network.node_id(1);
    let deposit = market::coin(WAL1, network.scenario().ctx());
    let staking = network.staking();
    staking.add_operator_bond(node_id, deposit);
    staking.ledger_mut(&cap, penalty_ledger::default_params()).record_challenge(node_id);
    // The ledger that is there.
    staking.ledger_mut(&cap, penalty_ledger::default_params()).record_challenge(node_id);
    assert!(staking.has_ledger());
    assert_eq!(staking.ledger().open(&node_id), 2);
    let before = supply(&mut network);
    network.next_epoch();
    // Twice 0.1 % of 300 WAL: the deposit pays all of it, a tenth of that for the challengers.
    assert_eq!(before - supply(&mut network), 540_000_000);
    assert_eq!(event::events_by_type<NodePenalized>().length(), 1);
    assert_eq!(event::events_by_type<PenaltyBreakerTripped>().length(), 0);
    let staking = network.staking();
    assert_eq!(staking.ledger().epoch(), 2);
    assert_eq!(staking.ledger().open(&node_id), 0);
    vector[30_000_000, 30_000_000, 0].do!(
        |share| assert_eq!(destroyed(staking.take_bounty(&cap, 1, node_id)), share),
    );

    let (staking, node) = network.staking_and_cap(1);
    staking.request_operator_bond_release(node_id, auth::authenticate_with_object(node));
    network.next_epoch();
    network.next_epoch();
    let ctx = &mut tx_context::dummy();
    let (staking, node) = network.staking_and_cap(1);
    let rest = staking.withdraw_operator_bond(node_id, auth::authenticate_with_object(node), ctx);
    assert_eq!(rest.burn_for_testing(), 400_000_000);
    destroy(cap);
    network.end();
}

fun destroyed<T>(balance: sui::balance::Balance<T>): u64 { balance.destroy_for_testing() }

#[test]
fun too_many_penalties_spare_the_stakers() {
    let mut network = network::new();
    let cap = audit_cap::new_for_testing(network.scenario().ctx());
    let node_id = network.node_id(0);
    let staking = network.staking();
    staking.ledger_mut(&cap, penalty_ledger::default_params()).record_challenge(node_id);
    let before = supply(&mut network);
    network.next_epoch();
    // 4 of 10 shards are more than a third, and the operator has nothing to lose.
    assert_eq!(event::events_by_type<PenaltyBreakerTripped>().length(), 1);
    assert_eq!(before, supply(&mut network));
    assert_eq!(destroyed(network.staking().take_bounty(&cap, 1, node_id)), 0);
    destroy(cap);
    network.end();
}

#[test]
fun stake_that_was_to_leave_bears_its_part() {
    let mut network = network::new();
    let cap = audit_cap::new_for_testing(network.scenario().ctx());
    let node_id = network.node_id(1);
    let mut staked = network.stake_with(1, WAL1);
    network.next_epoch();
    let (staking, _, _, _, ctx) = network.parts();
    staking.request_withdraw_stake(&mut staked, ctx);
    staking.ledger_mut(&cap, penalty_ledger::default_params()).record_challenge(node_id);
    network.next_epoch();
    let (staking, _, _, _, ctx) = network.parts();
    let paid = staking.withdraw_stake(staked, ctx).burn_for_testing();
    // 0.1 % of one WAL.
    assert_eq!(paid, 999_000_000);
    let before = supply(&mut network);
    network.next_epoch();
    assert!(before - supply(&mut network) >= 1_000_000);
    destroy(cap);
    network.end();
}

#[test]
fun deposits_of_refuted_challenges_are_commission() {
    let mut network = network::new();
    let cap = audit_cap::new_for_testing(network.scenario().ctx());
    let node_id = network.node_id(2);
    let funds = market::coin(77, network.scenario().ctx()).into_balance();
    network.staking().pay_commission(&cap, node_id, funds);
    assert_eq!(network.collect_commission(2), 77);
    destroy(cap);
    network.end();
}

#[test]
fun the_time_of_the_shards_is_known_once_they_are_there() {
    let mut network = network::new();
    let (synced_at, duration) = network.staking().epoch_times();
    assert!(synced_at.is_some());
    assert_eq!(duration, network::epoch_duration_ms());
    network.voting_end();
    assert!({ let (at, _) = network.staking().epoch_times(); at } == synced_at);
    let (staking, system, treasury, clock, ctx) = network.parts();
    staking.initiate_epoch_change_v2(system, treasury, clock, ctx);
    let (none, _) = staking.epoch_times();
    assert!(none.is_none());
    network.end();
}

#[test]
fun a_blob_set_is_verified() {
    let mut network = network::new();
    let root = vector::tabulate!(32, |i| i as u8);
    let epoch = network.staking().epoch();
    let mut message = x"070003";
    message.append(bcs::to_bytes(&epoch));
    message.append(bcs::to_bytes(&epoch));
    message.append(root);
    message.append(bcs::to_bytes(&42u64));
    let (bitmap, signature) = network.certify(vector[0, 1, 2, 3], message);
    let (of, certified, count) = network.system().verify_blob_set(signature, bitmap, message);
    assert_eq!(of, epoch);
    assert_eq!(certified, root);
    assert_eq!(count, 42);
    network.end();
}

#[test]
fun symbols_have_a_size() {
    // 1000 bytes in 4 × 7 symbols, in even numbers of bytes.
    assert_eq!(encoding::symbol_size(1000, 1, 10), 36);
}

#[test, expected_failure(abort_code = encoding::EInvalidEncodingType)]
fun symbols_of_an_unknown_encoding() {
    encoding::symbol_size(1000, 0, 10);
}
