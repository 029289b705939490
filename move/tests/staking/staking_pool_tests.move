/// Rules of a single pool: staking, withdrawal, rewards, commission, rights.
#[test_only]
module walrus::staking_pool_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance::{Self, Balance};
use wal::wal::WAL;
use walrus::auth;
use walrus::bls_keys;
use walrus::node_metadata;
use walrus::pool_exchange_rate;
use walrus::staked_wal::{Self, StakedWal};
use walrus::staking_fixture as fixture;
use walrus::staking_pool::{Self, StakingPool};
use walrus::storage_node::{Self, StorageNodeCap};
use walrus::walrus_context::{Self, WalrusContext};

const WAL1: u64 = 1_000_000_000;

fun balance(amount: u64): Balance<WAL> { balance::create_for_testing(amount) }

/// A context in which the node is outside of all committees, and none is selected.
fun outside(epoch: u32): WalrusContext { walrus_context::new(epoch, false, false, false) }

/// The node is in the current committee; the next one is not selected.
fun member(epoch: u32): WalrusContext { walrus_context::new(epoch, false, true, false) }

/// The node is in the current committee and in the selected next one.
fun staying(epoch: u32): WalrusContext { walrus_context::new(epoch, true, true, true) }

/// The node is in the current committee but not in the selected next one.
fun leaving(epoch: u32): WalrusContext { walrus_context::new(epoch, true, true, false) }

/// The node is not in the current committee but in the selected next one.
fun joining(epoch: u32): WalrusContext { walrus_context::new(epoch, true, false, true) }

/// The node is in neither committee; the next one is selected.
fun passed_over(epoch: u32): WalrusContext { walrus_context::new(epoch, true, false, false) }

fun stake(
    pool: &mut StakingPool,
    amount: u64,
    wctx: WalrusContext,
    ctx: &mut TxContext,
): StakedWal {
    pool.stake(balance(amount), &wctx, ctx)
}

fun advance(pool: &mut StakingPool, epoch: u32, rewards: u64) {
    pool.advance_epoch(balance(rewards), option::none(), epoch)
}

fun withdraw(pool: &mut StakingPool, stake: StakedWal, wctx: WalrusContext): u64 {
    let (payout, lost) = pool.withdraw_stake(stake, &wctx);
    lost.destroy_zero();
    payout.destroy_for_testing()
}

/// A pool in epoch 1 with the given active stake.
fun active_pool(amount: u64, ctx: &mut TxContext): (StakingPool, StorageNodeCap, StakedWal) {
    let (mut pool, cap) = fixture::pool(ctx);
    let staked = stake(&mut pool, amount, outside(0), ctx);
    advance(&mut pool, 1, 0);
    (pool, cap, staked)
}

// === Creation ===

#[test]
fun a_new_pool_is_empty_and_active() {
    let ctx = &mut fixture::context();
    let (pool, cap) = fixture::pool(ctx);
    assert!(pool.is_active());
    assert_eq!(pool.node_id(), object::id(&pool));
    assert_eq!(pool.node_info().id(), object::id(&pool));
    assert_eq!(cap.node_id(), object::id(&pool));
    assert_eq!(pool.activation_epoch(), 0);
    assert_eq!(pool.latest_epoch(), 0);
    assert_eq!(pool.wal_balance(), 0);
    assert_eq!(pool.num_shares(), 0);
    assert_eq!(pool.rewards(), 0);
    assert_eq!(pool.commission(), 0);
    assert_eq!(pool.commission_rate(), 10_00);
    assert_eq!(pool.storage_price_vote(), 5);
    assert_eq!(pool.write_price_vote(), 7);
    assert_eq!(pool.node_capacity_vote(), 1 << 40);
    assert_eq!(*pool.commission_receiver(), auth::authorized_object(object::id(&cap)));
    assert_eq!(*pool.governance_authorized(), auth::authorized_address(ctx.sender()));
    assert_eq!(pool.exchange_rate_at(0), pool_exchange_rate::flat());
    pool.destroy_empty();
    destroy(cap);
}

#[test]
fun a_pool_registered_after_the_selection_activates_one_epoch_later() {
    let ctx = &mut fixture::context();
    let (pool, cap) = new_pool(
        b"name",
        b"address",
        10_00,
        bls_keys::proof(0, 2),
        passed_over(2),
        ctx,
    );
    assert_eq!(pool.activation_epoch(), 3);
    assert_eq!(pool.latest_epoch(), 2);
    assert_eq!(pool.exchange_rate_at(2), pool_exchange_rate::flat());
    assert_eq!(pool.exchange_rate_at(3), pool_exchange_rate::flat());
    pool.destroy_empty();
    destroy(cap);
}

fun new_pool(
    name: vector<u8>,
    network_address: vector<u8>,
    commission_rate: u16,
    proof: vector<u8>,
    wctx: WalrusContext,
    ctx: &mut TxContext,
): (StakingPool, StorageNodeCap) {
    staking_pool::new(
        name.to_string(),
        network_address.to_string(),
        node_metadata::default(),
        bls_keys::public_key(0),
        fixture::network_key(),
        proof,
        commission_rate,
        1,
        1,
        1,
        &wctx,
        ctx,
    )
}

fun text(length: u64): vector<u8> { vector::tabulate!(length, |_| 97) }

#[test]
fun the_longest_name_and_address_and_the_highest_commission_are_accepted() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) =
        new_pool(text(100), text(259), 100_00, bls_keys::proof(0, 0), outside(0), ctx);
    pool.set_name(text(100).to_string());
    pool.set_network_address(text(259).to_string());
    pool.set_next_commission(100_00, &outside(0));
    assert_eq!(pool.node_info().name().length(), 100);
    assert_eq!(pool.node_info().network_address().length(), 259);
    destroy(pool);
    destroy(cap);
}

#[test, expected_failure(abort_code = walrus::staking_pool::EInvalidNameLength)]
fun a_name_too_long_to_register() {
    let ctx = &mut fixture::context();
    let (_pool, _cap) =
        new_pool(text(101), text(10), 0, bls_keys::proof(0, 0), outside(0), ctx);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EInvalidNetworkAddressLength)]
fun an_address_too_long_to_register() {
    let ctx = &mut fixture::context();
    let (_pool, _cap) =
        new_pool(text(10), text(260), 0, bls_keys::proof(0, 0), outside(0), ctx);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EIncorrectCommissionRate)]
fun a_commission_above_one_hundred_percent_to_register() {
    let ctx = &mut fixture::context();
    let (_pool, _cap) =
        new_pool(text(10), text(10), 100_01, bls_keys::proof(0, 0), outside(0), ctx);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EInvalidNameLength)]
fun a_name_too_long_to_set() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    pool.set_name(text(101).to_string());
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EInvalidNetworkAddressLength)]
fun an_address_too_long_to_set() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    pool.set_network_address(text(260).to_string());
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EIncorrectCommissionRate)]
fun a_commission_above_one_hundred_percent_to_set() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    pool.set_next_commission(100_01, &outside(0));
    abort 99
}

#[test, expected_failure(abort_code = walrus::messages::EInvalidKeyLength)]
fun a_key_of_the_wrong_length() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    pool.set_next_public_key(b"short", bls_keys::proof(0, 0), &outside(0), ctx);
    abort 99
}

#[test]
fun properties_and_votes_can_be_replaced() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool(ctx);
    pool.set_storage_price_vote(1);
    pool.set_write_price_vote(2);
    pool.set_node_capacity_vote(3);
    assert_eq!(pool.storage_price_vote(), 1);
    assert_eq!(pool.write_price_vote(), 2);
    assert_eq!(pool.node_capacity_vote(), 3);
    pool.set_network_public_key(vector::tabulate!(33, |_| 9));
    assert_eq!(*pool.node_info().network_public_key(), vector::tabulate!(33, |_| 9));
    pool.set_node_metadata(
        node_metadata::new(b"a".to_string(), b"b".to_string(), b"c".to_string()),
    );
    assert_eq!(pool.node_info().metadata().project_url(), b"b".to_string());
    pool.set_next_public_key(bls_keys::public_key(1), bls_keys::proof(1, 0), &outside(0), ctx);
    assert!(pool.node_info().has_next_epoch_public_key());
    let selected = *pool.node_info().next_epoch_public_key();
    pool.advance_epoch(balance(0), option::some(selected), 1);
    assert!(!pool.node_info().has_next_epoch_public_key());
    assert_eq!(*pool.node_info().public_key(), selected);
    destroy(pool);
    destroy(cap);
}

// === Closing ===

#[test, expected_failure(abort_code = walrus::staking_pool::EPoolIsNotActive)]
fun a_closed_pool_takes_no_stake() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    pool.set_withdrawing(&outside(0));
    let _staked = stake(&mut pool, WAL1, outside(0), ctx);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EPoolAlreadyWithdrawing)]
fun closing_twice() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    pool.set_withdrawing(&outside(0));
    pool.set_withdrawing(&outside(0));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EPoolNotEmpty)]
fun a_pool_with_stake_cannot_be_deleted() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    let _staked = stake(&mut pool, WAL1, outside(0), ctx);
    pool.destroy_empty();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EPoolNotEmpty)]
fun a_pool_with_commission_cannot_be_deleted() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    pool.add_commission(balance(1), true);
    pool.destroy_empty();
    abort 99
}

#[test]
fun a_pool_whose_commission_was_seized_can_be_deleted() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool(ctx);
    pool.add_commission(balance(5), true);
    assert_eq!(pool.seize_commission().destroy_for_testing(), 5);
    pool.add_commission(balance(5), true);
    let payout = pool.collect_commission(auth::authenticate_with_object(&cap));
    assert_eq!(payout.destroy_for_testing(), 0);
    assert_eq!(pool.seize_commission().destroy_for_testing(), 5);
    assert_eq!(pool.blocked_commission(), 0);
    pool.destroy_empty();
    destroy(cap);
}

// === Staking and activation ===

#[test]
fun stake_activates_with_the_next_committee_not_yet_selected() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool(ctx);
    let first = stake(&mut pool, 2 * WAL1, outside(0), ctx);
    let second = stake(&mut pool, 3 * WAL1, joining(0), ctx);
    assert_eq!(first.activation_epoch(), 1);
    assert_eq!(second.activation_epoch(), 2);
    assert_eq!(first.node_id(), pool.node_id());
    assert_eq!(pool.wal_balance_at_epoch(0), 0);
    assert_eq!(pool.wal_balance_at_epoch(1), 2 * WAL1);
    assert_eq!(pool.wal_balance_at_epoch(2), 5 * WAL1);
    advance(&mut pool, 1, 0);
    assert_eq!(pool.wal_balance(), 2 * WAL1);
    assert_eq!(pool.num_shares(), 2 * WAL1);
    advance(&mut pool, 2, 0);
    assert_eq!(pool.wal_balance(), 5 * WAL1);
    destroy(first);
    destroy(second);
    destroy(pool);
    destroy(cap);
}

#[test, expected_failure(abort_code = walrus::staking_pool::EZeroStake)]
fun staking_nothing() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    let _staked = stake(&mut pool, 0, outside(0), ctx);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staked_wal::EStakeBelowThreshold)]
fun staking_less_than_one_wal() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    let _staked = stake(&mut pool, WAL1 - 1, outside(0), ctx);
    abort 99
}

// === Withdrawal ===

#[test]
fun stake_that_backs_no_committee_is_withdrawn_directly() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool(ctx);
    // Activates in e + 1, nothing selected.
    let staked = stake(&mut pool, WAL1, outside(0), ctx);
    assert!(staking_pool::can_withdraw_early(&staked, &outside(0)));
    assert_eq!(withdraw(&mut pool, staked, outside(0)), WAL1);
    // Activates in e + 1, but the node was passed over.
    let staked = stake(&mut pool, WAL1, outside(0), ctx);
    assert!(staking_pool::can_withdraw_early(&staked, &passed_over(0)));
    assert_eq!(withdraw(&mut pool, staked, passed_over(0)), WAL1);
    // Activates in e + 2.
    let staked = stake(&mut pool, WAL1, joining(0), ctx);
    assert!(staking_pool::can_withdraw_early(&staked, &joining(0)));
    assert_eq!(withdraw(&mut pool, staked, joining(0)), WAL1);
    assert_eq!(pool.wal_balance_at_epoch(9), 0);
    pool.destroy_empty();
    destroy(cap);
}

#[test]
fun stake_that_backs_a_committee_is_not_withdrawn_directly() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool(ctx);
    let mut staked = stake(&mut pool, WAL1, outside(0), ctx);
    assert!(!staking_pool::can_withdraw_early(&staked, &joining(0)));
    assert!(!staking_pool::can_withdraw_early(&staked, &member(1)));
    // Nor is stake whose withdrawal was requested.
    pool.request_withdraw_stake(&mut staked, &joining(0));
    assert!(!staking_pool::can_withdraw_early(&staked, &outside(0)));
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

/// The table of withdrawal epochs.
#[test]
fun withdrawal_epochs() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, mut first) = active_pool(10 * WAL1, ctx);
    let mut second = first.split(2 * WAL1, ctx);
    let mut third = first.split(3 * WAL1, ctx);
    pool.request_withdraw_stake(&mut first, &member(1));
    assert_eq!(first.withdraw_epoch(), 2);
    pool.request_withdraw_stake(&mut second, &staying(1));
    assert_eq!(second.withdraw_epoch(), 3);
    pool.request_withdraw_stake(&mut third, &leaving(1));
    assert_eq!(third.withdraw_epoch(), 2);
    assert_eq!(pool.wal_balance_at_epoch(2), 2 * WAL1);
    assert_eq!(pool.wal_balance_at_epoch(3), 0);
    destroy(vector[first, second, third]);
    destroy(pool);
    destroy(cap);
}

#[test]
fun a_node_that_joins_keeps_its_active_stake_for_the_epoch_it_is_selected_for() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, mut staked) = active_pool(10 * WAL1, ctx);
    pool.request_withdraw_stake(&mut staked, &joining(1));
    assert_eq!(staked.withdraw_epoch(), 3);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

#[test]
fun pre_active_stake_leaves_one_epoch_after_its_activation() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, first) = active_pool(100 * WAL1, ctx);
    let mut second = stake(&mut pool, 109 * WAL1, member(1), ctx);
    pool.request_withdraw_stake(&mut second, &staying(1));
    assert_eq!(second.withdraw_epoch(), 3);
    assert_eq!(pool.wal_balance_at_epoch(2), 209 * WAL1);
    // Not exact before the rate of epoch 2 is known.
    assert_eq!(pool.wal_balance_at_epoch(3), 100 * WAL1);
    advance(&mut pool, 2, 10 * WAL1);
    assert_eq!(pool.wal_balance(), 218 * WAL1);
    advance(&mut pool, 3, 20 * WAL1);
    assert_eq!(pool.wal_balance(), 118 * WAL1);
    // The second stake earned in epoch 2 what its half of the pool was worth: 18 / 2.
    assert_eq!(withdraw(&mut pool, second, member(3)), 118 * WAL1);
    destroy(first);
    destroy(pool);
    destroy(cap);
}

#[test]
fun stake_with_a_node_outside_of_committees_leaves_in_one_step() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, first) = active_pool(100 * WAL1, ctx);
    let second = stake(&mut pool, 50 * WAL1, member(1), ctx);
    advance(&mut pool, 2, 10 * WAL1);
    // The node is in no committee from here on. Shares are rounded down, so one FROST stays.
    assert_eq!(withdraw(&mut pool, second, outside(5)), 50 * WAL1);
    assert_eq!(pool.wal_balance_at_epoch(6), 109 * WAL1 + 1);
    assert_eq!(withdraw(&mut pool, first, passed_over(5)), 109 * WAL1);
    assert_eq!(pool.wal_balance_at_epoch(6), 0);
    advance(&mut pool, 6, 0);
    assert_eq!(pool.wal_balance(), 0);
    assert_eq!(pool.num_shares(), 0);
    destroy(pool);
    destroy(cap);
}

#[test, expected_failure(abort_code = walrus::staking_pool::ENotStaked)]
fun requesting_twice() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, mut staked) = active_pool(WAL1, ctx);
    pool.request_withdraw_stake(&mut staked, &member(1));
    pool.request_withdraw_stake(&mut staked, &member(1));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EIncorrectPoolId)]
fun requesting_from_another_pool() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, _staked) = active_pool(WAL1, ctx);
    let mut other = staked_wal::mint(object::id_from_address(@0x1), balance(WAL1), 1, ctx);
    pool.request_withdraw_stake(&mut other, &member(1));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EIncorrectPoolId)]
fun withdrawing_from_another_pool() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, _staked) = active_pool(WAL1, ctx);
    let other = staked_wal::mint(object::id_from_address(@0x1), balance(WAL1), 1, ctx);
    withdraw(&mut pool, other, member(1));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EWithdrawDirectly)]
fun requesting_what_can_be_withdrawn_directly() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    let mut staked = stake(&mut pool, WAL1, outside(0), ctx);
    pool.request_withdraw_stake(&mut staked, &outside(0));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EWithdrawDirectly)]
fun requesting_while_the_node_is_in_no_committee() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, mut staked) = active_pool(WAL1, ctx);
    pool.request_withdraw_stake(&mut staked, &outside(1));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EActivationEpochNotReached)]
fun requesting_for_stake_of_the_far_future() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, _staked) = active_pool(WAL1, ctx);
    let mut other = staked_wal::mint(pool.node_id(), balance(WAL1), 5, ctx);
    pool.request_withdraw_stake(&mut other, &member(1));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EActivationEpochNotReached)]
fun withdrawing_stake_of_the_far_future() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, _staked) = active_pool(WAL1, ctx);
    let other = staked_wal::mint(pool.node_id(), balance(WAL1), 5, ctx);
    withdraw(&mut pool, other, outside(1));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EActivationEpochNotReached)]
fun withdrawing_requested_stake_before_its_activation() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, _staked) = active_pool(WAL1, ctx);
    let mut other = staked_wal::mint(pool.node_id(), balance(WAL1), 5, ctx);
    other.set_withdrawing(1);
    withdraw(&mut pool, other, member(1));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::ENotWithdrawing)]
fun withdrawing_without_a_request() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, staked) = active_pool(WAL1, ctx);
    withdraw(&mut pool, staked, member(1));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EWithdrawEpochNotReached)]
fun withdrawing_too_early() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, mut staked) = active_pool(WAL1, ctx);
    pool.request_withdraw_stake(&mut staked, &member(1));
    withdraw(&mut pool, staked, member(1));
    abort 99
}

// === Rewards ===

/// The example of the specification.
#[test]
fun rewards_are_shared_by_stake_and_time() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, mut first) = active_pool(100 * WAL1, ctx);
    let second = stake(&mut pool, 109 * WAL1, member(1), ctx);
    advance(&mut pool, 2, 10 * WAL1);
    assert_eq!(pool.commission(), WAL1);
    assert_eq!(pool.exchange_rate_at(2), pool_exchange_rate::new(109 * WAL1, 100 * WAL1));
    assert_eq!(pool.wal_balance(), 218 * WAL1);
    assert_eq!(pool.num_shares(), 200 * WAL1);
    pool.request_withdraw_stake(&mut first, &member(2));
    assert_eq!(pool.wal_balance_at_epoch(3), 109 * WAL1);
    advance(&mut pool, 3, 20 * WAL1);
    assert_eq!(pool.exchange_rate_at(3), pool_exchange_rate::new(236 * WAL1, 200 * WAL1));
    assert_eq!(pool.calculate_rewards(100 * WAL1, 1, 3), 18 * WAL1);
    assert_eq!(pool.calculate_rewards(109 * WAL1, 2, 3), 9 * WAL1);
    assert_eq!(pool.calculate_rewards(100 * WAL1, 1, 1), 0);
    assert_eq!(withdraw(&mut pool, first, member(3)), 118 * WAL1);
    assert_eq!(pool.wal_balance(), 118 * WAL1);
    assert_eq!(pool.num_shares(), 100 * WAL1);
    assert_eq!(pool.rewards(), 9 * WAL1);
    destroy(second);
    destroy(pool);
    destroy(cap);
}

/// Known fault: a withdrawal at the same boundary at which the stake becomes active would be subtracted
/// before it was added.
#[test]
fun stake_is_added_before_withdrawals_are_subtracted() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool(ctx);
    let mut staked = stake(&mut pool, WAL1, outside(0), ctx);
    pool.request_withdraw_stake(&mut staked, &joining(0));
    // The pool is advanced at once over activation and withdrawal.
    advance(&mut pool, 2, 0);
    assert_eq!(pool.wal_balance(), 0);
    assert_eq!(withdraw(&mut pool, staked, outside(2)), WAL1);
    destroy(pool);
    destroy(cap);
}

/// Known fault: the product of a large reward and the commission rate exceeds 64 bits.
#[test]
fun commission_of_a_large_reward() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(WAL1, ctx);
    let reward = 4_000_000_000 * WAL1;
    advance(&mut pool, 2, reward);
    assert_eq!(pool.commission(), reward / 10);
    assert_eq!(pool.rewards(), reward / 10 * 9);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

/// Known fault: dividing the rate before multiplying would lose all of a small reward's commission.
#[test]
fun commission_of_a_small_reward() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(WAL1, ctx);
    advance(&mut pool, 2, 9_999);
    assert_eq!(pool.commission(), 999);
    assert_eq!(pool.rewards(), 9_000);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

#[test]
fun the_whole_reward_may_be_commission() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool_with_commission(100_00, ctx);
    let staked = stake(&mut pool, WAL1, outside(0), ctx);
    advance(&mut pool, 1, 0);
    advance(&mut pool, 2, 777);
    assert_eq!(pool.commission(), 777);
    assert_eq!(pool.wal_balance(), WAL1);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

/// Known fault: stake that is worth no share would leave without its WAL leaving the pool's balance.
#[test, expected_failure(abort_code = walrus::staking_pool::EZeroShares)]
fun a_withdrawal_of_no_shares() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, _staked) = active_pool(WAL1, ctx);
    // One share becomes worth more than one WAL.
    advance(&mut pool, 2, 2_000_000_000 * WAL1);
    let mut late = stake(&mut pool, WAL1, member(2), ctx);
    advance(&mut pool, 3, 0);
    pool.request_withdraw_stake(&mut late, &member(3));
    abort 99
}

/// Known fault: with a few shares left over, the next stakers would share the rewards with nobody, and
/// one share would become worth more than their stakes.
#[test]
fun a_pool_with_dust_starts_anew() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, mut first) = active_pool(3 * WAL1, ctx);
    // The second stake gets 2307692307.9 shares at a rate of 3.9 to 3; its parts round down once more.
    let mut second = stake(&mut pool, 3 * WAL1, member(1), ctx);
    advance(&mut pool, 2, WAL1);
    let mut part = second.split(WAL1 + 2, ctx);
    pool.request_withdraw_stake(&mut first, &member(2));
    pool.request_withdraw_stake(&mut second, &member(2));
    pool.request_withdraw_stake(&mut part, &member(2));
    // A share of the parts is left over, and without a new start it would stay.
    let shares_before = pool.num_shares();
    let leaving =
        vector[3 * WAL1, shares_of(&pool, second.value()), shares_of(&pool, part.value())];
    assert!(leaving.fold!(0, |sum, shares| sum + shares) < shares_before);
    advance(&mut pool, 3, 7);
    assert_eq!(pool.wal_balance(), 0);
    assert_eq!(pool.num_shares(), 0);
    assert_eq!(pool.exchange_rate_at(4), pool_exchange_rate::flat());
    destroy(vector[first, second, part]);

    let next = stake(&mut pool, 5 * WAL1, outside(3), ctx);
    advance(&mut pool, 4, 0);
    assert_eq!(pool.wal_balance(), 5 * WAL1);
    assert_eq!(pool.num_shares(), 5 * WAL1);
    destroy(next);
    destroy(pool);
    destroy(cap);
}

/// Shares of a stake that became active in epoch 2.
fun shares_of(pool: &StakingPool, principal: u64): u64 {
    pool.exchange_rate_at(2).convert_to_share_amount(principal)
}

/// Stake added while the node is in no committee is converted at the totals that the pool was left with.
/// At the last recorded rate, which differs from them by a rounding, a large stake would get more shares
/// than the pool counts, and the boundary at which it leaves would fail.
#[test]
fun stake_added_in_a_gap_gets_no_more_shares_than_the_pool_counts() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool_with_commission(0, ctx);
    let mut first = stake(&mut pool, WAL1, outside(0), ctx);
    advance(&mut pool, 1, 0);
    let mut second = stake(&mut pool, WAL1, member(1), ctx);
    // The node leaves the committee at this boundary.
    advance(&mut pool, 2, 300_000_007);
    let huge = 4_000_000_000 * WAL1;
    let mut third = stake(&mut pool, huge, outside(2), ctx);
    assert_eq!(third.activation_epoch(), 3);
    // It is back in epoch 4; nothing was recorded for epoch 3.
    advance(&mut pool, 4, 0);
    pool.request_withdraw_stake(&mut first, &member(4));
    pool.request_withdraw_stake(&mut second, &member(4));
    pool.request_withdraw_stake(&mut third, &member(4));
    advance(&mut pool, 5, 0);
    assert_eq!(pool.wal_balance(), 0);
    assert_eq!(withdraw(&mut pool, third, member(5)), huge);
    assert_eq!(withdraw(&mut pool, first, member(5)), WAL1 + 300_000_007);
    assert!(withdraw(&mut pool, second, member(5)) >= WAL1);
    destroy(pool);
    destroy(cap);
}

#[test]
fun rates_of_unrecorded_epochs() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(100 * WAL1, ctx);
    advance(&mut pool, 2, 10 * WAL1);
    advance(&mut pool, 6, 0);
    advance(&mut pool, 7, 10 * WAL1);
    let after_two = pool_exchange_rate::new(109 * WAL1, 100 * WAL1);
    assert_eq!(pool.exchange_rate_at(0), pool_exchange_rate::flat());
    assert_eq!(pool.exchange_rate_at(2), after_two);
    assert_eq!(pool.exchange_rate_at(3), after_two);
    assert_eq!(pool.exchange_rate_at(5), after_two);
    assert_eq!(pool.exchange_rate_at(6), after_two);
    let after_seven = pool_exchange_rate::new(118 * WAL1, 100 * WAL1);
    assert_eq!(pool.exchange_rate_at(7), after_seven);
    assert_eq!(pool.exchange_rate_at(70), after_seven);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

/// A node must not be selected for dust: its pool would start anew and could not take the rewards.
#[test]
fun dust_does_not_count_as_stake() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool(ctx);
    let first = stake(&mut pool, 3 * WAL1, outside(0), ctx);
    advance(&mut pool, 1, 0);
    // 1500 shares more than the withdrawn ones, as roundings may leave behind.
    let mut part = staked_wal::mint(pool.node_id(), balance(3 * WAL1 - 1_500), 1, ctx);
    pool.request_withdraw_stake(&mut part, &member(1));
    assert_eq!(pool.wal_balance_at_epoch(1), 3 * WAL1);
    assert_eq!(pool.wal_balance_at_epoch(2), 0);
    destroy(first);
    destroy(part);
    destroy(pool);
    destroy(cap);
}

#[test, expected_failure(abort_code = walrus::staking_pool::EPoolAlreadyUpdated)]
fun advancing_twice() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, _staked) = active_pool(WAL1, ctx);
    advance(&mut pool, 1, 0);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EIncorrectEpochAdvance)]
fun rewards_for_a_pool_without_stake() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    advance(&mut pool, 1, 1);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::ECalculationError)]
fun more_leaves_than_there_is() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap, _staked) = active_pool(WAL1, ctx);
    let mut forged = staked_wal::mint(pool.node_id(), balance(3 * WAL1), 1, ctx);
    pool.request_withdraw_stake(&mut forged, &member(1));
    advance(&mut pool, 2, 0);
    abort 99
}

/// Rewards are paid from what was credited, never from other stakers' principal.
#[test]
fun rewards_never_exceed_the_rewards_pool() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(10 * WAL1, ctx);
    advance(&mut pool, 2, WAL1);
    let other = stake(&mut pool, 20 * WAL1, member(2), ctx);
    let mut forged = staked_wal::mint(pool.node_id(), balance(20 * WAL1), 1, ctx);
    forged.set_withdrawing(2);
    assert_eq!(withdraw(&mut pool, forged, member(2)), 20 * WAL1 + 900_000_000);
    assert_eq!(pool.rewards(), 0);
    destroy(staked);
    destroy(other);
    destroy(pool);
    destroy(cap);
}

// === Commission and rights ===

#[test]
fun a_commission_rate_applies_from_two_epochs_later_on() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(1_000 * WAL1, ctx);
    pool.set_next_commission(30_00, &member(1));
    pool.set_next_commission(20_00, &member(1));
    advance(&mut pool, 2, 100);
    assert_eq!(pool.commission_rate(), 10_00);
    assert_eq!(pool.commission(), 10);
    pool.set_next_commission(50_00, &member(2));
    advance(&mut pool, 3, 100);
    // The rewards of epoch 2 are still subject to the old rate.
    assert_eq!(pool.commission(), 20);
    assert_eq!(pool.commission_rate(), 20_00);
    advance(&mut pool, 4, 100);
    assert_eq!(pool.commission(), 40);
    assert_eq!(pool.commission_rate(), 50_00);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

/// A pool that was not advanced for a while applies the latest rate and forgets the others.
#[test]
fun skipped_commission_rates_are_caught_up() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(1_000 * WAL1, ctx);
    pool.set_next_commission(20_00, &member(1));
    pool.set_next_commission(30_00, &member(2));
    pool.set_next_commission(0, &member(9));
    advance(&mut pool, 9, 0);
    assert_eq!(pool.commission_rate(), 30_00);
    advance(&mut pool, 11, 0);
    assert_eq!(pool.commission_rate(), 0);
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

#[test]
fun blocked_commission_is_collected_after_its_release() {
    let ctx = &mut fixture::context();
    let (mut pool, cap, staked) = active_pool(1_000 * WAL1, ctx);
    advance(&mut pool, 2, 100);
    pool.add_commission(balance(5), false);
    assert_eq!(pool.commission(), 15);
    assert_eq!(pool.blocked_commission(), 10);
    let payout = pool.collect_commission(auth::authenticate_with_object(&cap));
    assert_eq!(payout.destroy_for_testing(), 5);
    pool.add_commission(balance(4), true);
    assert_eq!(pool.blocked_commission(), 14);
    pool.release_commission();
    assert_eq!(pool.blocked_commission(), 0);
    let payout = pool.collect_commission(auth::authenticate_with_object(&cap));
    assert_eq!(payout.destroy_for_testing(), 14);
    assert_eq!(pool.commission(), 0);
    pool.release_commission();
    destroy(staked);
    destroy(pool);
    destroy(cap);
}

#[test]
fun rights_are_passed_on_by_their_holder() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool(ctx);
    let me = auth::authorized_address(ctx.sender());
    pool.add_commission(balance(5), false);
    pool.set_commission_receiver(auth::authenticate_with_object(&cap), me);
    let payout = pool.collect_commission(auth::authenticate_sender(ctx));
    assert_eq!(payout.destroy_for_testing(), 5);
    assert_eq!(*pool.commission_receiver(), me);
    let holder = auth::authorized_object(object::id(&cap));
    pool.set_governance_authorized(auth::authenticate_sender(ctx), holder);
    assert_eq!(*pool.governance_authorized(), holder);
    destroy(pool);
    destroy(cap);
}

#[test, expected_failure(abort_code = walrus::staking_pool::EAuthorizationFailure)]
fun a_stranger_cannot_collect_commission() {
    let ctx = &mut fixture::context();
    let (mut pool, _cap) = fixture::pool(ctx);
    let _payout = pool.collect_commission(auth::authenticate_sender(ctx));
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EAuthorizationFailure)]
fun a_stranger_cannot_pass_the_commission_on() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool(ctx);
    let other = storage_node::new_cap(cap.node_id(), ctx);
    pool.set_commission_receiver(
        auth::authenticate_with_object(&other),
        auth::authorized_address(@0x1),
    );
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_pool::EAuthorizationFailure)]
fun a_stranger_cannot_pass_the_governance_right_on() {
    let ctx = &mut fixture::context();
    let (mut pool, cap) = fixture::pool(ctx);
    // The capability alone does not carry the governance right.
    pool.set_governance_authorized(
        auth::authenticate_with_object(&cap),
        auth::authorized_address(@0x1),
    );
    abort 99
}
