/// Stake objects: views, joining, splitting.
#[test_only]
module walrus::staked_wal_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance;
use wal::wal::WAL;
use walrus::staked_wal::{Self, StakedWal};

const WAL1: u64 = 1_000_000_000;

fun node(): ID { object::id_from_address(@0x42) }

fun mint(amount: u64, activation_epoch: u32, ctx: &mut TxContext): StakedWal {
    staked_wal::mint(node(), balance::create_for_testing<WAL>(amount), activation_epoch, ctx)
}

#[test]
fun a_stake_tells_about_itself() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(5 * WAL1, 3, ctx);
    assert_eq!(stake.node_id(), node());
    assert_eq!(stake.value(), 5 * WAL1);
    assert_eq!(stake.activation_epoch(), 3);
    assert!(stake.is_staked());
    assert!(!stake.is_withdrawing());
    stake.set_withdrawing(7);
    assert!(!stake.is_staked());
    assert!(stake.is_withdrawing());
    assert_eq!(stake.withdraw_epoch(), 7);
    assert_eq!(stake.into_balance().destroy_for_testing(), 5 * WAL1);
}

#[test]
fun one_wal_is_enough() {
    let ctx = &mut tx_context::dummy();
    destroy(mint(WAL1, 1, ctx));
}

#[test, expected_failure(abort_code = walrus::staked_wal::EStakeBelowThreshold)]
fun less_than_one_wal_is_not() {
    let ctx = &mut tx_context::dummy();
    destroy(mint(WAL1 - 1, 1, ctx));
}

#[test, expected_failure(abort_code = walrus::staked_wal::ENotWithdrawing)]
fun no_withdraw_epoch_while_staked() {
    let ctx = &mut tx_context::dummy();
    let stake = mint(WAL1, 1, ctx);
    stake.withdraw_epoch();
    destroy(stake);
}

#[test, expected_failure(abort_code = walrus::staked_wal::EAlreadyWithdrawing)]
fun withdrawing_twice() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(WAL1, 1, ctx);
    stake.set_withdrawing(2);
    stake.set_withdrawing(3);
    destroy(stake);
}

#[test]
fun splitting_and_joining_keep_the_principal() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(5 * WAL1 + 7, 3, ctx);
    let part = stake.split(2 * WAL1, ctx);
    assert_eq!(stake.value(), 3 * WAL1 + 7);
    assert_eq!(part.value(), 2 * WAL1);
    assert_eq!(part.node_id(), node());
    assert_eq!(part.activation_epoch(), 3);
    assert!(part.is_staked());
    stake.join(part);
    assert_eq!(stake.value(), 5 * WAL1 + 7);
    destroy(stake);
}

/// A part of a stake that is being withdrawn must not become payable earlier, or stakeable again.
#[test]
fun a_split_while_withdrawing_copies_the_state() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(5 * WAL1, 3, ctx);
    stake.set_withdrawing(9);
    let part = stake.split(WAL1, ctx);
    assert!(part.is_withdrawing());
    assert_eq!(part.withdraw_epoch(), 9);
    assert_eq!(part.activation_epoch(), 3);
    stake.join(part);
    assert_eq!(stake.value(), 5 * WAL1);
    assert_eq!(stake.withdraw_epoch(), 9);
    destroy(stake);
}

#[test, expected_failure(abort_code = walrus::staked_wal::EInvalidAmount)]
fun splitting_off_everything() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(5 * WAL1, 3, ctx);
    destroy(stake.split(5 * WAL1, ctx));
    destroy(stake);
}

#[test, expected_failure(abort_code = walrus::staked_wal::EStakeBelowThreshold)]
fun splitting_off_too_little() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(5 * WAL1, 3, ctx);
    destroy(stake.split(WAL1 - 1, ctx));
    destroy(stake);
}

#[test, expected_failure(abort_code = walrus::staked_wal::EStakeBelowThreshold)]
fun leaving_too_little() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(5 * WAL1, 3, ctx);
    destroy(stake.split(4 * WAL1 + 1, ctx));
    destroy(stake);
}

#[test, expected_failure(abort_code = walrus::staked_wal::EMetadataMismatch)]
fun joining_another_node() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(WAL1, 3, ctx);
    let other = staked_wal::mint(
        object::id_from_address(@0x43),
        balance::create_for_testing(WAL1),
        3,
        ctx,
    );
    stake.join(other);
    destroy(stake);
}

/// Stake that became active at another epoch has another number of shares per WAL.
#[test, expected_failure(abort_code = walrus::staked_wal::EMetadataMismatch)]
fun joining_another_activation_epoch() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(WAL1, 3, ctx);
    stake.join(mint(WAL1, 4, ctx));
    destroy(stake);
}

#[test, expected_failure(abort_code = walrus::staked_wal::EMetadataMismatch)]
fun joining_another_state() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(WAL1, 3, ctx);
    let mut other = mint(WAL1, 3, ctx);
    other.set_withdrawing(5);
    stake.join(other);
    destroy(stake);
}

#[test, expected_failure(abort_code = walrus::staked_wal::EMetadataMismatch)]
fun joining_another_withdraw_epoch() {
    let ctx = &mut tx_context::dummy();
    let mut stake = mint(WAL1, 3, ctx);
    let mut other = mint(WAL1, 3, ctx);
    stake.set_withdrawing(6);
    other.set_withdrawing(5);
    stake.join(other);
    destroy(stake);
}
