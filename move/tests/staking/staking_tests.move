/// The staking object: registration, stake, rights and parameters through its public functions.
#[test_only]
module walrus::staking_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance::{Self, Balance};
use sui::bcs;
use sui::event;
use wal::wal::WAL;
use walrus::auth;
use walrus::bls_keys;
use walrus::events::PricesUpdated;
use walrus::node_metadata;
use walrus::staking;
use walrus::staking_events::{
    NodeRegistered,
    StakeAdded,
    StakeWithdrawalRequested,
    StakeWithdrawn,
};
use walrus::staking_fixture as fixture;
use walrus::storage_node;

const WAL1: u64 = 1_000_000_000;
const U64_MAX: u64 = 18_446_744_073_709_551_615;

#[test]
fun a_new_staking_object_is_in_epoch_zero() {
    let mut world = fixture::new(100);
    let staking = world.staking();
    assert_eq!(staking.epoch(), 0);
    assert_eq!(staking.n_shards(), 100);
    assert_eq!(staking.version(), staking::version_for_testing());
    assert_eq!(staking.package_id(), object::id_from_address(@walrus));
    assert_eq!(staking.committee().size(), 0);
    assert_eq!(staking.previous_committee().size(), 0);
    let inner = staking.inner_for_testing();
    assert_eq!(inner.epoch_duration(), fixture::epoch_duration_ms());
    assert_eq!(inner.first_epoch_start(), fixture::epoch_zero_duration_ms());
    assert!(inner.next_committee().is_none());
    assert!(!inner.is_epoch_sync());
    assert!(!inner.is_next_params_selected());
    assert_eq!(inner.active_set().size(), 0);
    assert_eq!(inner.active_set().max_size(), 150);
    assert_eq!(inner.active_set().threshold_stake(), 0);
    world.end();
}

// === Events ===

/// The BCS form of an event that begins with epoch, node and stake, followed by `rest`.
fun stake_event(epoch: u32, node_id: ID, staked_wal_id: ID, rest: vector<u8>): vector<u8> {
    let mut bytes = bcs::to_bytes(&epoch);
    bytes.append(bcs::to_bytes(&node_id));
    bytes.append(bcs::to_bytes(&staked_wal_id));
    bytes.append(rest);
    bytes
}

#[test]
fun nodes_and_stake_tell_what_becomes_of_them() {
    let mut world = fixture::new(100);
    let node = world.add_node();
    let node_id = world.node_id(node);
    let registered = event::events_by_type<NodeRegistered>();
    assert_eq!(registered.length(), 1);
    let mut expected = bcs::to_bytes(&0u32);
    expected.append(bcs::to_bytes(&node_id));
    assert_eq!(bcs::to_bytes(&registered[0]), expected);

    let mut staked = world.stake(node, 200 * WAL1);
    let staked_id = object::id(&staked);
    let added = event::events_by_type<StakeAdded>();
    assert_eq!(added.length(), 1);
    let mut rest = bcs::to_bytes(&(200 * WAL1));
    rest.append(bcs::to_bytes(&1u32));
    assert_eq!(bcs::to_bytes(&added[0]), stake_event(0, node_id, staked_id, rest));

    // Another node is left for the committee when this stake goes.
    let other = world.add_node();
    let kept = world.stake(other, 200 * WAL1);
    world.next_epoch();
    world.next_tx();
    world.request(&mut staked);
    let requested = event::events_by_type<StakeWithdrawalRequested>();
    assert_eq!(requested.length(), 1);
    let rest = bcs::to_bytes(&staked.withdraw_epoch());
    assert_eq!(bcs::to_bytes(&requested[0]), stake_event(1, node_id, staked_id, rest));

    world.next_epoch();
    world.next_tx();
    let payout = world.withdraw(staked);
    let withdrawn = event::events_by_type<StakeWithdrawn>();
    assert_eq!(withdrawn.length(), 1);
    let mut rest = bcs::to_bytes(&(200 * WAL1));
    rest.append(bcs::to_bytes(&payout));
    assert_eq!(bcs::to_bytes(&withdrawn[0]), stake_event(2, node_id, staked_id, rest));
    destroy(kept);
    world.end();
}

// === Nodes ===

#[test]
fun a_registered_node_can_be_changed_by_its_capability() {
    let mut world = fixture::new(100);
    let node = world.add_node();
    let node_id = world.node_id(node);
    let epoch_zero_proof = bls_keys::proof(1, 0);
    let (staking, cap) = world.staking_and_cap(node);
    staking.set_name(cap, b"new name".to_string());
    staking.set_network_address(cap, b"new.example:1".to_string());
    staking.set_network_public_key(cap, vector::tabulate!(33, |_| 1));
    let metadata = node_metadata::new(b"i".to_string(), b"p".to_string(), b"d".to_string());
    staking.set_node_metadata(cap, metadata);
    staking.set_storage_price_vote(cap, 11);
    staking.set_write_price_vote(cap, 12);
    staking.set_node_capacity_vote(cap, 13);
    staking.set_next_commission(cap, 77);
    let mut ctx = fixture::context();
    staking.set_next_public_key(cap, bls_keys::public_key(1), epoch_zero_proof, &mut ctx);

    assert_eq!(world.staking().node_metadata(node_id), metadata);
    let pool = world.pool_of(node);
    assert_eq!(*pool.node_info().name(), b"new name".to_string());
    assert_eq!(*pool.node_info().network_address(), b"new.example:1".to_string());
    assert_eq!(*pool.node_info().network_public_key(), vector::tabulate!(33, |_| 1));
    assert_eq!(pool.storage_price_vote(), 11);
    assert_eq!(pool.write_price_vote(), 12);
    assert_eq!(pool.node_capacity_vote(), 13);
    assert!(pool.node_info().has_next_epoch_public_key());
    world.end();
}

/// A capability acts for its own node and for no other.
#[test]
fun a_capability_changes_its_own_node_only() {
    let mut world = fixture::new(100);
    let node = world.add_node();
    let other = world.add_node();
    let other_id = world.node_id(other);
    let ctx = &mut fixture::context();
    let (staking, cap) = world.staking_and_cap(node);
    staking.set_name(cap, b"x".to_string());
    staking.set_network_address(cap, b"x".to_string());
    staking.set_network_public_key(cap, vector::tabulate!(33, |_| 1));
    staking.set_node_metadata(
        cap,
        node_metadata::new(b"x".to_string(), b"x".to_string(), b"x".to_string()),
    );
    staking.set_storage_price_vote(cap, 1);
    staking.set_write_price_vote(cap, 1);
    staking.set_node_capacity_vote(cap, 1);
    staking.set_next_commission(cap, 1);
    staking.set_next_public_key(cap, bls_keys::public_key(1), bls_keys::proof(1, 0), ctx);
    staking.try_join_active_set(cap);

    assert_eq!(world.staking().node_metadata(other_id), node_metadata::default());
    let pool = world.pool_of(other);
    assert_eq!(*pool.node_info().name(), b"node".to_string());
    assert_eq!(*pool.node_info().network_address(), b"127.0.0.1:9185".to_string());
    assert_eq!(*pool.node_info().network_public_key(), fixture::network_key());
    assert!(!pool.node_info().has_next_epoch_public_key());
    assert_eq!(pool.storage_price_vote(), 5);
    assert_eq!(pool.write_price_vote(), 7);
    assert_eq!(pool.node_capacity_vote(), 1 << 40);
    world.end();
}

/// A capability that no registration created, as only a test can make it, belongs to no node.
#[test, expected_failure(abort_code = walrus::staking_inner::EPoolNotFound)]
fun a_capability_without_a_node() {
    let mut world = fixture::new(100);
    let ctx = &mut fixture::context();
    let cap = storage_node::new_cap_for_testing(object::id_from_address(@0x77), ctx);
    world.staking().set_name(&cap, b"x".to_string());
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EPoolNotFound)]
fun staking_with_a_node_that_does_not_exist() {
    let mut world = fixture::new(100);
    let ctx = &mut fixture::context();
    let coin = fixture::mint(WAL1, ctx);
    let _staked = world.staking().stake_with_pool(coin, object::id_from_address(@0x77), ctx);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EPoolNotFound)]
fun metadata_of_a_node_that_does_not_exist() {
    let mut world = fixture::new(100);
    world.staking().node_metadata(object::id_from_address(@0x77));
    abort 99
}

#[test]
fun a_node_displaced_from_the_active_set_comes_back_on_request() {
    let mut world = fixture::new(100);
    let node = world.add_node();
    let staked = world.stake(node, 5 * WAL1);
    let node_id = world.node_id(node);
    // As if a node with more stake had taken its place and left again.
    world.staking().inner_mut_for_testing().remove_from_active_set_for_testing(node_id);
    assert!(!world.staking().inner_for_testing().active_set().contains(node_id));
    let (staking, cap) = world.staking_and_cap(node);
    staking.try_join_active_set(cap);
    assert_eq!(staking.inner_for_testing().active_set().stake_of(node_id), 5 * WAL1);
    destroy(staked);
    world.end();
}

// === Stake and the active set ===

#[test]
fun the_active_set_follows_stake_and_withdrawals() {
    let mut world = fixture::new(100);
    let a = world.add_node();
    let b = world.add_node();
    let (a_id, b_id) = (world.node_id(a), world.node_id(b));
    let first = world.stake(a, 5 * WAL1);
    let second = world.stake(a, 2 * WAL1);
    let third = world.stake(b, 4 * WAL1);
    assert_eq!(world.active_stake(a_id), 7 * WAL1);
    assert_eq!(world.active_stake(b_id), 4 * WAL1);
    assert!(world.staking().can_withdraw_staked_wal_early(&first));
    assert_eq!(world.withdraw(first), 5 * WAL1);
    assert_eq!(world.active_stake(a_id), 2 * WAL1);
    // Known fault: a node whose whole stake is withdrawn early must leave the active set.
    assert_eq!(world.withdraw(second), 2 * WAL1);
    assert!(!world.staking().inner_for_testing().active_set().contains(a_id));
    assert_eq!(world.staking().inner_for_testing().active_set().total_stake(), 4 * WAL1);
    destroy(third);
    world.end();
}

#[test]
fun stake_after_the_selection_counts_for_the_epoch_after_the_next() {
    let (mut world, staked) = fixture::with_committee(10, vector[5 * WAL1, 5 * WAL1]);
    world.select();
    let node_id = world.node_id(0);
    let late = world.stake(0, 3 * WAL1);
    assert_eq!(late.activation_epoch(), 3);
    let inner = world.staking().inner_for_testing();
    assert_eq!(inner.active_set().stake_of(node_id), 8 * WAL1);
    assert!(world.staking().can_withdraw_staked_wal_early(&late));
    world.change();
    assert_eq!(world.pool_of(0).wal_balance() - world.pool_of(0).rewards(), 5 * WAL1);
    assert!(!world.staking().can_withdraw_staked_wal_early(&staked[0]));
    destroy(late);
    destroy(staked);
    world.end();
}

/// Stake, earn, withdraw: two nodes with equal stakes and equal shards.
#[test]
fun stake_earns_rewards_and_is_paid_out() {
    let (mut world, mut staked) = fixture::with_committee(10, vector[5 * WAL1, 5 * WAL1]);
    let node_id = world.node_id(0);
    world.add_rewards(1_000);
    let fees = world.system().future_accounting().ring_lookup(0).rewards();
    let burned = fees * 3 / 100;
    let supply = world.treasury().total_supply();
    let mut first = staked.swap_remove(0);
    world.request(&mut first);
    assert_eq!(first.withdraw_epoch(), 2);
    world.next_epoch();
    assert_eq!(world.treasury().total_supply(), supply - burned);
    let reward = (fees - burned) / 2;
    let rewards = reward - reward / 10;
    assert_eq!(world.staking().calculate_rewards(node_id, 5 * WAL1, 1, 2), rewards);
    assert_eq!(world.withdraw(first), 5 * WAL1 + rewards);
    assert_eq!(world.pool_of(0).wal_balance(), 0);
    assert_eq!(world.pool_of(1).wal_balance(), 5 * WAL1 + rewards);
    assert!(!world.staking().inner_for_testing().active_set().contains(node_id));
    destroy(staked);
    world.end();
}

// === Commission ===

#[test]
fun commission_is_paid_after_the_next_selection() {
    let (mut world, staked) = fixture::with_committee(10, vector[5 * WAL1, 5 * WAL1]);
    world.next_epoch();
    let commission = world.pool_of(0).commission();
    assert!(commission > 0);
    assert_eq!(world.pool_of(0).blocked_commission(), commission);
    let node_id = world.node_id(0);
    let ctx = &mut fixture::context();
    let (staking, cap) = world.staking_and_cap(0);
    let payout = staking.collect_commission(node_id, auth::authenticate_with_object(cap), ctx);
    assert_eq!(payout.burn_for_testing(), 0);
    world.select();
    let (staking, cap) = world.staking_and_cap(0);
    let payout = staking.collect_commission(node_id, auth::authenticate_with_object(cap), ctx);
    assert_eq!(payout.burn_for_testing(), commission);
    destroy(staked);
    world.end();
}

fun commissions(): vector<Balance<WAL>> {
    vector[5, 6].map!(|amount| balance::create_for_testing(amount))
}

#[test]
fun commission_added_from_outside_is_blocked_until_the_selection() {
    let (mut world, staked) = fixture::with_committee(10, vector[5 * WAL1, 5 * WAL1]);
    world.next_epoch();
    let ids = vector[world.node_id(0), world.node_id(1)];
    let before = world.pool_of(0).commission();
    world.staking().add_commission_to_pools(ids, commissions());
    assert_eq!(world.pool_of(0).commission(), before + 5);
    assert_eq!(world.pool_of(0).blocked_commission(), before + 5);
    world.select();
    assert_eq!(world.pool_of(1).blocked_commission(), 0);
    world.staking().add_commission_to_pools(ids, commissions());
    assert_eq!(world.pool_of(0).commission(), before + 10);
    assert_eq!(world.pool_of(0).blocked_commission(), 0);
    assert_eq!(world.staking().seize_commission(ids[0]).destroy_for_testing(), before + 10);
    destroy(staked);
    world.end();
}

#[test, expected_failure(abort_code = walrus::staking_inner::ENotInCommittee)]
fun commission_for_a_node_outside_of_the_previous_committee() {
    let (mut world, _staked) = fixture::with_committee(10, vector[5 * WAL1, 5 * WAL1]);
    let ids = vector[world.node_id(0)];
    world.staking().add_commission_to_pools(ids, vector[balance::create_for_testing<WAL>(5)]);
    abort 99
}

#[test]
fun rights_are_checked_per_node() {
    let mut world = fixture::new(10);
    let node = world.add_node();
    let other = world.add_node();
    let (node_id, other_id) = (world.node_id(node), world.node_id(other));
    let ctx = &mut fixture::context();
    assert!(world.staking().has_governance_right(node_id, &auth::authenticate_sender(ctx)));
    world
        .staking()
        .set_governance_authorized(
            node_id,
            auth::authenticate_sender(ctx),
            auth::authorized_address(@0x1),
        );
    assert!(!world.staking().has_governance_right(node_id, &auth::authenticate_sender(ctx)));
    assert!(world.staking().has_governance_right(other_id, &auth::authenticate_sender(ctx)));
    let (staking, cap) = world.staking_and_cap(node);
    staking.set_commission_receiver(
        node_id,
        auth::authenticate_with_object(cap),
        auth::authorized_address(@0xa),
    );
    let payout = staking.collect_commission(node_id, auth::authenticate_sender(ctx), ctx);
    assert_eq!(payout.burn_for_testing(), 0);
    world.end();
}

#[test, expected_failure(abort_code = walrus::staking_pool::EAuthorizationFailure)]
fun the_capability_of_another_node_collects_nothing() {
    let mut world = fixture::new(10);
    let node = world.add_node();
    let other = world.add_node();
    let other_id = world.node_id(other);
    let ctx = &mut fixture::context();
    let (staking, cap) = world.staking_and_cap(node);
    let _payout =
        staking.collect_commission(other_id, auth::authenticate_with_object(cap), ctx);
    abort 99
}

// === Prices ===

#[test]
fun prices_follow_the_votes_of_the_current_committee() {
    let mut world = fixture::new(1000);
    // Shards 200, 300, 250, 150, 100 and the votes of the specification's example.
    let votes = vector[90, 100, 120, 300, 50];
    let stakes = vector[200, 300, 250, 150, 100];
    let staked = votes.zip_map!(stakes, |vote, stake| {
        let node = world.add_node_with_votes(0, vote, 2 * vote, 1 << 40);
        world.stake(node, stake * WAL1)
    });
    let (staking, system) = world.staking_and_system();
    staking.update_prices(system);
    let system = world.system().inner_for_testing();
    assert_eq!(system.storage_price_per_unit_size(), U64_MAX);
    assert_eq!(system.write_price_per_unit_size(), U64_MAX);

    world.next_epoch();
    let system = world.system().inner_for_testing();
    assert_eq!(system.storage_price_per_unit_size(), 120);
    assert_eq!(system.write_price_per_unit_size(), 240);
    let events = event::events_by_type<PricesUpdated>();
    assert_eq!(events.length(), 2);

    // A changed vote has no effect before an update.
    let (staking, cap) = world.staking_and_cap(2);
    staking.set_storage_price_vote(cap, 95);
    let (staking, system) = world.staking_and_system();
    assert_eq!(system.inner_for_testing().storage_price_per_unit_size(), 120);
    staking.update_prices(system);
    assert_eq!(system.inner_for_testing().storage_price_per_unit_size(), 100);
    assert_eq!(system.inner_for_testing().write_price_per_unit_size(), 240);
    destroy(staked);
    world.end();
}

#[test]
fun weights_and_quorums() {
    let (mut world, staked) = fixture::with_committee(10, vector[6 * WAL1, 4 * WAL1]);
    let node_id = world.node_id(0);
    assert_eq!(world.staking().node_weight(node_id), 6);
    assert!(world.staking().is_quorum(7));
    assert!(!world.staking().is_quorum(6));
    destroy(staked);
    world.end();
}

#[test, expected_failure(abort_code = walrus::staking_inner::ENotInCommittee)]
fun the_weight_of_a_stranger() {
    let (mut world, _staked) = fixture::with_committee(10, vector[6 * WAL1, 4 * WAL1]);
    world.staking().node_weight(object::id_from_address(@0x77));
    abort 99
}

// === Versions ===

#[test, expected_failure(abort_code = walrus::staking::EWrongVersion)]
fun another_version_cannot_be_changed() {
    let mut world = fixture::new(10);
    world.staking().set_version_for_testing(0);
    let _node = world.add_node();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking::EWrongVersion)]
fun another_version_cannot_be_read() {
    let mut world = fixture::new(10);
    world.staking().set_version_for_testing(2);
    world.staking().epoch();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking::EDeprecatedFunction)]
fun the_former_epoch_change() {
    let mut world = fixture::new(10);
    let clock = sui::clock::create_for_testing(&mut fixture::context());
    let (staking, system) = world.staking_and_system();
    staking.initiate_epoch_change(system, &clock);
    abort 99
}

#[test]
fun a_migration_moves_the_state() {
    let (mut world, staked) = fixture::with_committee(10, vector[6 * WAL1, 4 * WAL1]);
    let new_package = object::id_from_address(@0x99);
    let staking = world.staking();
    staking.set_version_for_testing(0);
    staking.set_new_package_id(new_package);
    staking.migrate();
    assert_eq!(staking.version(), staking::version_for_testing());
    assert_eq!(staking.package_id(), new_package);
    assert_eq!(staking.epoch(), 1);
    destroy(staked);
    world.end();
}

#[test]
fun a_migration_may_wait_for_the_next_epoch() {
    let (mut world, staked) = fixture::with_committee(10, vector[6 * WAL1, 4 * WAL1]);
    let version = staking::version_for_testing();
    world.staking().set_version_for_testing(0);
    world.staking().set_new_package_id(object::id_from_address(@0x99));
    world.staking().set_migration_epoch();
    // The old package works on until then.
    world.staking().set_version_for_testing(version);
    world.next_epoch();
    world.staking().set_version_for_testing(0);
    // Once recorded, the epoch stays.
    world.staking().set_migration_epoch();
    world.staking().migrate();
    assert_eq!(world.staking().epoch(), 2);
    destroy(staked);
    world.end();
}

#[test, expected_failure(abort_code = walrus::staking::EInvalidMigration)]
fun a_migration_before_its_epoch() {
    let mut world = fixture::new(10);
    world.staking().set_version_for_testing(0);
    world.staking().set_new_package_id(object::id_from_address(@0x99));
    world.staking().set_migration_epoch();
    world.staking().migrate();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking::EInvalidMigration)]
fun a_migration_without_a_new_package() {
    let mut world = fixture::new(10);
    world.staking().set_version_for_testing(0);
    world.staking().migrate();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking::EInvalidMigration)]
fun a_migration_to_the_same_version() {
    let mut world = fixture::new(10);
    world.staking().set_new_package_id(object::id_from_address(@0x99));
    world.staking().migrate();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking::EInvalidMigration)]
fun a_migration_epoch_for_the_current_version() {
    let mut world = fixture::new(10);
    world.staking().set_migration_epoch();
    abort 99
}

// === Layout ===

/// The fields that clients read, in their order.
#[test]
fun layout_of_the_shared_object() {
    let mut world = fixture::new(10);
    let bytes = sui::bcs::to_bytes(world.staking());
    // Identifier, version, package, no new package.
    assert_eq!(bytes.length(), 32 + 8 + 32 + 1);
    assert_eq!(bytes[32], staking::version_for_testing() as u8);
    assert_eq!(bytes[72], 0);
    world.end();
}
