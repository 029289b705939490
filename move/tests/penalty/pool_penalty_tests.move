/// Penalties of a pool: who pays first, what stakers lose, and how it is paid out.
#[test_only]
module walrus::pool_penalty_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance::{Self, Balance};
use wal::wal::WAL;
use walrus::auth;
use walrus::operator_bond;
use walrus::penalty_ledger::{Self, Penalty};
use walrus::slash_index;
use walrus::staked_wal::StakedWal;
use walrus::staking_fixture as fixture;
use walrus::staking_pool::StakingPool;
use walrus::storage_node::StorageNodeCap;
use walrus::walrus_context::{Self, WalrusContext};

const WAL1: u64 = 1_000_000_000;

fun balance(amount: u64): Balance<WAL> { balance::create_for_testing(amount) }

fun member(epoch: u32): WalrusContext { walrus_context::new(epoch, false, true, false) }

/// A penalty in percent, of which stakers bear at least half and challengers get a tenth.
fun penalty(percent: u64, missed_challenges: u16): Penalty {
    penalty_ledger::new_penalty(percent * 10_000_000, missed_challenges, 50_00, 10_00)
}

/// A pool in epoch 1 with 100 WAL of one staker and a commission of 10 %.
fun active_pool(ctx: &mut TxContext): (StakingPool, StorageNodeCap, StakedWal) {
    let (mut pool, cap) = fixture::pool(ctx);
    let wctx = walrus_context::new(0, false, false, false);
    let staked = pool.stake(balance(100 * WAL1), &wctx, ctx);
    pool.advance_epoch(balance(0), option::none(), 1);
    (pool, cap, staked)
}

/// Advances with a penalty; returns what is burned, what challengers get and what stakers lose.
fun penalise(
    pool: &mut StakingPool,
    epoch: u32,
    rewards: u64,
    penalty: Penalty,
    spare_stakers: bool,
): (u64, u64, u64) {
    pool.credit_rewards(balance(rewards), epoch);
    let (burn, bounty, loss) = pool.apply_penalty(&penalty, spare_stakers);
    pool.complete_advance(option::none());
    (burn.destroy_for_testing(), bounty.destroy_for_testing(), loss)
}

fun withdraw(pool: &mut StakingPool, staked: StakedWal, epoch: u32): (u64, u64) {
    let (payout, lost) = pool.withdraw_stake(staked, &member(epoch));
    (payout.destroy_for_testing(), lost.destroy_for_testing())
}

#[test]
fun without_commission_the_stakers_bear_everything() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, mut staked) = active_pool(ctx);
    let (burn, bounty, loss) = penalise(&mut pool, 2, 0, penalty(10, 0), false);
    assert_eq!(burn, 0);
    assert_eq!(bounty, 0);
    assert_eq!(loss, 10 * WAL1);
    assert_eq!(pool.wal_balance(), 90 * WAL1);
    assert_eq!(pool.num_shares(), 100 * WAL1);
    assert_eq!(pool.wal_balance_at_epoch(3), 90 * WAL1);
    pool.request_withdraw_stake(&mut staked, &member(2));
    pool.advance_epoch(balance(0), option::none(), 3);
    let (payout, lost) = withdraw(&mut pool, staked, 3);
    assert_eq!(payout, 90 * WAL1);
    assert_eq!(lost, 10 * WAL1);
    assert_eq!(pool.outstanding(), 0);
    destroy(pool);
    destroy(cap);
}

/// Commission 100 · 10 % = 10, loss (100 + 90) · 5 % = 9.5: the commission covers it, but stakers bear half.
#[test]
fun commission_is_seized_first_and_stakers_bear_at_least_a_part() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(ctx);
    let (burn, bounty, loss) = penalise(&mut pool, 2, 100 * WAL1, penalty(5, 0), false);
    assert_eq!(burn, 9_500_000_000);
    assert_eq!(bounty, 0);
    assert_eq!(loss, 4_750_000_000);
    assert_eq!(pool.commission(), 500_000_000);
    // What is left is still blocked.
    assert_eq!(pool.blocked_commission(), 500_000_000);
    assert_eq!(pool.wal_balance(), 190 * WAL1 - 4_750_000_000);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

#[test]
fun the_deposit_is_seized_after_the_commission() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(ctx);
    pool.add_operator_bond(balance(4 * WAL1));
    pool.add_operator_bond(balance(2 * WAL1));
    pool.add_commission(balance(3 * WAL1), false);
    assert_eq!(pool.operator_bond(), 6 * WAL1);
    let (burn, bounty, loss) = penalise(&mut pool, 2, 0, penalty(8, 1), false);
    assert_eq!(burn + bounty, 8 * WAL1);
    assert_eq!(bounty, 800_000_000);
    assert_eq!(loss, 4 * WAL1);
    assert_eq!(pool.commission(), 0);
    assert_eq!(pool.operator_bond(), WAL1);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

#[test]
fun spared_stakers_lose_nothing() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, mut staked) = active_pool(ctx);
    pool.add_commission(balance(3 * WAL1), false);
    let (burn, _, loss) = penalise(&mut pool, 2, 0, penalty(8, 0), true);
    assert_eq!(burn, 3 * WAL1);
    assert_eq!(loss, 0);
    pool.request_withdraw_stake(&mut staked, &member(2));
    pool.advance_epoch(balance(0), option::none(), 3);
    let (payout, lost) = withdraw(&mut pool, staked, 3);
    assert_eq!(payout, 100 * WAL1);
    assert_eq!(lost, 0);
    destroy(pool);
    destroy(cap);
}

/// Stake leaving at the boundary of the penalty is charged, stake joining at it is not.
#[test]
fun a_penalty_hits_the_stake_of_its_epoch() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, mut leaving) = active_pool(ctx);
    let mut staying = leaving.split(40 * WAL1, ctx);
    let mut joining = pool.stake(balance(50 * WAL1), &member(1), ctx);
    pool.request_withdraw_stake(&mut leaving, &member(1));
    let (_, _, loss) = penalise(&mut pool, 2, 0, penalty(10, 0), false);
    assert_eq!(loss, 10 * WAL1);
    let (payout, lost) = withdraw(&mut pool, leaving, 2);
    assert_eq!(payout, 54 * WAL1);
    assert_eq!(lost, 6 * WAL1);
    pool.request_withdraw_stake(&mut staying, &member(2));
    pool.request_withdraw_stake(&mut joining, &member(2));
    pool.advance_epoch(balance(0), option::none(), 3);
    let (payout, lost) = withdraw(&mut pool, staying, 3);
    assert_eq!(payout, 36 * WAL1);
    assert_eq!(lost, 4 * WAL1);
    let (payout, lost) = withdraw(&mut pool, joining, 3);
    assert_eq!(payout, 50 * WAL1);
    assert_eq!(lost, 0);
    destroy(pool);
    destroy(cap);
}

/// Rewards that a penalty left over leave with the last stake: nobody has a claim on them.
#[test]
fun the_surplus_is_swept_with_the_last_stake() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, mut staked) = active_pool(ctx);
    let mut part = staked.split(50 * WAL1, ctx);
    pool.advance_epoch(balance(100 * WAL1), option::none(), 2);
    assert_eq!(pool.rewards(), 90 * WAL1);
    // Claims fall from 190 to 171, less what the seized commission of 10 covers of 19: 190 - 9.5.
    let (burn, _, loss) = penalise(&mut pool, 3, 0, penalty(10, 0), false);
    assert_eq!(burn, 10 * WAL1);
    assert_eq!(loss, 9_500_000_000);
    pool.request_withdraw_stake(&mut staked, &member(3));
    pool.request_withdraw_stake(&mut part, &member(3));
    pool.advance_epoch(balance(0), option::none(), 4);
    let (payout, lost) = withdraw(&mut pool, staked, 4);
    assert_eq!(payout, 90_250_000_000);
    assert_eq!(lost, 0);
    let (payout, lost) = withdraw(&mut pool, part, 4);
    assert_eq!(payout, 90_250_000_000);
    assert_eq!(lost, 9_500_000_000);
    assert_eq!(pool.rewards(), 0);
    destroy(pool);
    destroy(cap);
}

#[test]
fun early_withdrawals_are_not_charged() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(ctx);
    penalise(&mut pool, 2, 0, penalty(10, 0), false);
    let late = pool.stake(balance(5 * WAL1), &member(2), ctx);
    assert_eq!(pool.outstanding(), 105 * WAL1);
    let (payout, lost) = withdraw(&mut pool, late, 2);
    assert_eq!(payout, 5 * WAL1);
    assert_eq!(lost, 0);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

#[test, expected_failure(abort_code = walrus::staking_pool::EPoolIsNotActive)]
fun a_depreciated_pool_takes_no_stake() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, _staked) = active_pool(ctx);
    let mut epoch = 1;
    while (!pool.is_depreciated()) {
        epoch = epoch + 1;
        penalise(&mut pool, epoch, 0, penalty(20, 0), false);
    };
    // 0.8 to the fourth is 0.4096.
    assert_eq!(epoch, 5);
    let _staked = pool.stake(balance(WAL1), &member(epoch), ctx);
    abort 99
}

#[test]
fun a_deposit_is_released_after_two_epochs() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(ctx);
    assert_eq!(pool.operator_bond(), 0);
    pool.add_operator_bond(balance(7));
    pool.request_operator_bond_release(auth::authenticate_with_object(&cap), &member(1));
    // A second request does not delay it.
    pool.request_operator_bond_release(auth::authenticate_with_object(&cap), &member(2));
    let funds =
        pool.withdraw_operator_bond(auth::authenticate_with_object(&cap), &member(3));
    assert_eq!(funds.destroy_for_testing(), 7);
    assert_eq!(pool.operator_bond(), 0);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

#[test, expected_failure(abort_code = walrus::operator_bond::EBondNotReleased)]
fun a_deposit_is_not_released_earlier() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, _staked) = active_pool(ctx);
    pool.add_operator_bond(balance(7));
    pool.request_operator_bond_release(auth::authenticate_with_object(&cap), &member(1));
    let _funds =
        pool.withdraw_operator_bond(auth::authenticate_with_object(&cap), &member(2));
    abort 99
}

#[test, expected_failure(abort_code = walrus::operator_bond::EBondNotReleased)]
fun adding_to_a_deposit_takes_the_request_back() {
    let mut bond = operator_bond::new();
    bond.deposit(balance(5));
    bond.request_release(1);
    bond.deposit(balance(1));
    assert_eq!(bond.value(), 6);
    let _funds = bond.withdraw(9);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EAuthorizationFailure)]
fun a_stranger_cannot_request_the_deposit() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, _staked) = active_pool(ctx);
    pool.add_operator_bond(balance(7));
    pool.request_operator_bond_release(auth::authenticate_sender(ctx), &member(1));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EAuthorizationFailure)]
fun a_stranger_cannot_withdraw_the_deposit() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, _staked) = active_pool(ctx);
    pool.add_operator_bond(balance(7));
    pool.request_operator_bond_release(auth::authenticate_with_object(&cap), &member(1));
    let _funds = pool.withdraw_operator_bond(auth::authenticate_sender(ctx), &member(9));
    abort 99
}

#[test]
fun the_index_remembers_its_changes() {
    let mut index = slash_index::new();
    assert_eq!(index.remaining(1_000, 0, 100), 1_000);
    index.lower(3, 90, 100);
    index.lower(7, 1, 2);
    assert_eq!(index.at(2), 1_000_000_000_000_000_000);
    assert_eq!(index.at(3), 900_000_000_000_000_000);
    assert_eq!(index.at(6), 900_000_000_000_000_000);
    assert_eq!(index.at(7), 450_000_000_000_000_000);
    assert_eq!(index.remaining(1_000, 1, 2), 1_000);
    assert_eq!(index.remaining(1_000, 1, 3), 900);
    assert_eq!(index.remaining(1_000, 3, 9), 500);
    assert_eq!(index.remaining(5_000_000_000 * WAL1, 0, 9), 2_250_000_000 * WAL1);
}

/// After penalties without end nothing is left, and nothing is divided by it.
#[test]
fun the_index_may_reach_zero() {
    let mut index = slash_index::new();
    200u32.do!(|epoch| index.lower(epoch, 1, 2));
    assert_eq!(index.remaining(1_000, 0, 300), 0);
    assert_eq!(index.remaining(1_000, 250, 300), 0);
}

#[test]
fun a_pool_whose_blocked_commission_a_penalty_took_can_be_deleted() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, mut staked) = active_pool(ctx);
    pool.add_commission(balance(5), true);
    let (burn, _, loss) = penalise(&mut pool, 2, 0, penalty(10, 0), true);
    assert_eq!(burn, 5);
    assert_eq!(loss, 0);
    assert_eq!(pool.blocked_commission(), 0);
    pool.request_withdraw_stake(&mut staked, &member(2));
    pool.advance_epoch(balance(0), option::none(), 3);
    let (payout, lost) = withdraw(&mut pool, staked, 3);
    assert_eq!(payout, 100 * WAL1);
    assert_eq!(lost, 0);
    pool.destroy_empty();
    destroy(cap);
}
