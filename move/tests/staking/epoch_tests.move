/// The epoch state machine: times, states, committees, parameters, synchronisation.
#[test_only]
module walrus::epoch_tests;

use std::unit_test::{assert_eq, destroy};
use sui::event;
use sui::vec_map;
use walrus::bls_keys;
use walrus::events::{EpochChangeDone, EpochChangeStart, EpochParametersSelected, ShardsReceived};
use walrus::staked_wal::StakedWal;
use walrus::staking_fixture::{Self as fixture, World};

const WAL1: u64 = 1_000_000_000;

fun four_nodes(): (World, vector<StakedWal>) {
    fixture::with_committee(10, vector[4, 3, 2, 1].map!(|stake| stake * WAL1))
}

fun check_committees_agree(world: &mut World) {
    let (staking, system) = world.staking_and_system();
    let bls = *system.inner_for_testing().committee();
    let committee = *staking.committee();
    assert_eq!(bls.epoch(), staking.epoch());
    assert_eq!(bls.n_members(), committee.size());
    assert_eq!(bls.n_shards(), staking.n_shards());
    bls.n_members().do!(|i| {
        let (node_id, weight) = committee.member_at(i);
        let member = &bls.members()[i];
        assert_eq!(member.node_id(), node_id);
        assert_eq!(member.weight(), weight);
        assert!(weight > 0);
        let key = staking.inner_for_testing().pool(node_id).node_info().public_key();
        assert_eq!(*member.public_key(), *key);
    });
}

#[test]
fun an_epoch_from_start_to_end() {
    let mut world = fixture::new(10);
    let staked = vector[4, 3, 2, 1].map!(|stake| {
        let node = world.add_node();
        world.stake(node, stake * WAL1)
    });
    let planned = world.staking().compute_next_committee();
    world.next_tx();
    world.select();
    assert!(world.staking().inner_for_testing().is_next_params_selected());
    assert_eq!(*world.staking().inner_for_testing().next_committee(), option::some(planned));
    let events = event::events_by_type<EpochParametersSelected>();
    assert_eq!(sui::bcs::to_bytes(&events[0]), x"01000000");

    world.change();
    assert_eq!(world.staking().epoch(), 1);
    assert_eq!(*world.staking().committee(), planned);
    assert!(world.staking().inner_for_testing().is_epoch_sync());
    assert!(world.staking().inner_for_testing().next_committee().is_none());
    assert_eq!(event::events_by_type<EpochChangeStart>().length(), 1);
    check_committees_agree(&mut world);
    let (members, weights) = world.staking().committee_weights();
    assert_eq!(members, world.staking().committee().inner().keys());
    assert_eq!(weights.length(), 4);
    members.zip_do!(weights, |node_id, weight| {
        assert_eq!(world.staking().committee().shards(&node_id).length(), weight as u64);
    });
    // Capacity: every node has 2^40 bytes; those with 4, 3 and 2 shards are a quorum for 10/4 of it.
    assert_eq!(world.system().total_capacity_size(), (1 << 40) * 10 / 4);

    world.sync_node(0, 1);
    world.sync_node(2, 1);
    assert!(world.staking().inner_for_testing().is_epoch_sync());
    assert_eq!(event::events_by_type<EpochChangeDone>().length(), 0);
    world.sync_node(3, 1);
    assert!(!world.staking().inner_for_testing().is_epoch_sync());
    assert_eq!(event::events_by_type<EpochChangeDone>().length(), 1);
    // A node may come later.
    world.sync_node(1, 1);
    assert_eq!(event::events_by_type<EpochChangeDone>().length(), 1);
    assert_eq!(event::events_by_type<ShardsReceived>().length(), 4);
    world.select();
    destroy(staked);
    world.end();
}

#[test]
fun committees_follow_each_other() {
    let (mut world, staked) = four_nodes();
    let first = *world.staking().committee();
    let newcomer = world.add_node();
    let more = world.stake(newcomer, 10 * WAL1);
    world.next_epoch();
    assert_eq!(*world.staking().previous_committee(), first);
    // The newcomer gets the cap of ⌈20 / 5⌉ shards, the others 3, 2, 1 and none.
    assert_eq!(world.staking().committee().size(), 4);
    let newcomer_id = world.node_id(newcomer);
    assert_eq!(world.staking().committee().shards(&newcomer_id).length(), 4);
    check_committees_agree(&mut world);
    assert_eq!(world.pool_of(newcomer).latest_epoch(), 2);
    assert_eq!(world.pool_of(newcomer).wal_balance(), 10 * WAL1);
    destroy(more);
    destroy(staked);
    world.end();
}

/// Known fault: a node with too little stake for one shard must not be a member without shards.
#[test]
fun a_node_without_shards_is_no_member() {
    let (mut world, staked) = fixture::with_committee(
        10,
        vector[1_000 * WAL1, 1_000 * WAL1, WAL1],
    );
    assert_eq!(world.staking().committee().size(), 2);
    let node_id = world.node_id(2);
    assert!(!world.staking().committee().contains(&node_id));
    assert!(world.staking().inner_for_testing().active_set().contains(node_id));
    assert_eq!(world.pool_of(2).latest_epoch(), 0);
    check_committees_agree(&mut world);
    world.next_epoch();
    destroy(staked);
    world.end();
}

/// A node that lost its place is paid for the epoch that ended, and is not advanced again.
#[test]
fun a_node_that_leaves_is_advanced_once_more() {
    let (mut world, mut staked) = four_nodes();
    let mut leaving = staked.pop_back();
    world.request(&mut leaving);
    world.next_epoch();
    let node_id = world.node_id(3);
    assert!(!world.staking().committee().contains(&node_id));
    assert_eq!(world.pool_of(3).latest_epoch(), 2);
    assert!(world.pool_of(3).commission() > 0);
    world.next_epoch();
    assert_eq!(world.pool_of(3).latest_epoch(), 2);
    assert!(world.withdraw(leaving) > WAL1);
    destroy(staked);
    world.end();
}

#[test]
fun rewards_that_are_not_distributed_stay_in_the_system() {
    let (mut world, staked) = four_nodes();
    let fees = world.system().future_accounting().ring_lookup(0).rewards();
    let next_fees = fees; // the fixture pays the same for every epoch
    world.next_epoch();
    let mut paid = 0;
    4u64.do!(|i| {
        let pool = world.pool_of(i);
        paid = paid + pool.rewards() + pool.commission();
    });
    let carried = world.system().future_accounting().ring_lookup(0).rewards() - next_fees;
    assert_eq!(paid + carried + fees * 3 / 100, fees);
    assert!(carried < 4);
    destroy(staked);
    world.end();
}

// === Time ===

#[test]
fun the_first_selection_and_epoch_start_at_the_stated_time() {
    let mut world = fixture::new(10);
    let node = world.add_node();
    let staked = world.stake(node, WAL1);
    world.wait(fixture::epoch_zero_duration_ms());
    world.voting_end();
    world.initiate();
    assert_eq!(world.staking().epoch(), 1);
    destroy(staked);
    world.end();
}

#[test, expected_failure(abort_code = walrus::staking_inner::EWrongEpochState)]
fun the_first_selection_one_millisecond_early() {
    let mut world = fixture::new(10);
    let node = world.add_node();
    let _staked = world.stake(node, WAL1);
    world.wait(fixture::epoch_zero_duration_ms() - 1);
    world.voting_end();
    abort 99
}

#[test]
fun a_selection_after_half_of_the_epoch_and_a_change_after_all_of_it() {
    let (mut world, staked) = four_nodes();
    world.wait(fixture::epoch_duration_ms() / 2);
    world.voting_end();
    world.wait(fixture::epoch_duration_ms() / 2);
    world.initiate();
    assert_eq!(world.staking().epoch(), 2);
    destroy(staked);
    world.end();
}

#[test, expected_failure(abort_code = walrus::staking_inner::EWrongEpochState)]
fun a_selection_one_millisecond_early() {
    let (mut world, _staked) = four_nodes();
    world.wait(fixture::epoch_duration_ms() / 2 - 1);
    world.voting_end();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EWrongEpochState)]
fun a_change_one_millisecond_early() {
    let (mut world, _staked) = four_nodes();
    world.wait(fixture::epoch_duration_ms() - 1);
    world.voting_end();
    world.initiate();
    abort 99
}

/// The time of an epoch runs from the moment its shards have arrived, not from its start.
#[test, expected_failure(abort_code = walrus::staking_inner::EWrongEpochState)]
fun the_time_of_an_epoch_runs_from_its_synchronisation() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.change();
    world.wait(12_345);
    world.sync();
    world.wait(fixture::epoch_duration_ms() / 2 - 1);
    world.voting_end();
    abort 99
}

// === States ===

#[test, expected_failure(abort_code = walrus::staking_inner::EWrongEpochState)]
fun selecting_twice() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.voting_end();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EWrongEpochState)]
fun selecting_while_shards_are_transferred() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.change();
    world.wait(10 * fixture::epoch_duration_ms());
    world.voting_end();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EWrongEpochState)]
fun changing_without_a_selection() {
    let (mut world, _staked) = four_nodes();
    world.wait(10 * fixture::epoch_duration_ms());
    world.initiate();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EWrongEpochState)]
fun changing_twice() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.change();
    world.initiate();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::ENoStake)]
fun selecting_without_stake() {
    let mut world = fixture::new(10);
    let _node = world.add_node();
    world.select();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::ENextCommitteeIsEmpty)]
fun a_signing_committee_without_a_selection() {
    let (mut world, _staked) = four_nodes();
    world.staking().inner_for_testing().next_bls_committee();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::ENextCommitteeIsEmpty)]
fun parameters_without_a_selection() {
    let (mut world, _staked) = four_nodes();
    world.staking().inner_for_testing().next_epoch_params();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::ENextCommitteeIsEmpty)]
fun advancing_without_a_selection() {
    let (mut world, _staked) = four_nodes();
    let _seizure = world
        .staking()
        .inner_mut_for_testing()
        .advance_epoch(vec_map::empty(), &vec_map::empty(), false);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::ECommitteeSelected)]
fun a_second_selection_below_the_state_machine() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.staking().inner_mut_for_testing().select_next_committee_for_testing();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EIncorrectNodeOrder)]
fun keys_in_another_order_than_the_committee() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.staking().inner_mut_for_testing().reverse_next_keys_for_testing();
    world.change();
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EInvalidNodeWeight)]
fun a_committee_that_does_not_hold_all_shards() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.staking().inner_mut_for_testing().set_n_shards_for_testing(11);
    world.change();
    abort 99
}

// === Synchronisation ===

#[test, expected_failure(abort_code = walrus::staking_inner::EInvalidSyncEpoch)]
fun attesting_a_past_epoch() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.change();
    world.sync_node(0, 1);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EInvalidSyncEpoch)]
fun attesting_a_future_epoch() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.change();
    world.sync_node(0, 3);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EDuplicateSyncDone)]
fun attesting_twice() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.change();
    world.sync_node(0, 2);
    world.sync_node(0, 2);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::EDuplicateSyncDone)]
fun attesting_epoch_zero() {
    let mut world = fixture::new(10);
    let node = world.add_node();
    world.sync_node(node, 0);
    abort 99
}

#[test, expected_failure(abort_code = walrus::staking_inner::ENotInCommittee)]
fun a_stranger_attests() {
    let (mut world, _staked) = four_nodes();
    world.select();
    world.change();
    let stranger = world.add_node();
    world.sync_node(stranger, 2);
    abort 99
}

/// Exactly a quorum of 7 of 10 shards ends the synchronisation, 6 do not.
#[test]
fun the_quorum_of_shards_is_tight() {
    let (mut world, staked) = four_nodes();
    world.select();
    world.change();
    world.sync_node(0, 2);
    world.sync_node(2, 2);
    assert!(world.staking().inner_for_testing().is_epoch_sync());
    world.sync_node(3, 2);
    assert!(!world.staking().inner_for_testing().is_epoch_sync());
    destroy(staked);
    world.end();
}

// === Parameters ===

/// Known fault: the capacity of a node times the number of shards exceeds 64 bits.
#[test]
fun the_largest_capacity_votes() {
    let mut world = fixture::new(10);
    let max = std::u64::max_value!();
    let staked = vector::tabulate!(4, |_| {
        let node = world.add_node_with_votes(0, 1, 1, max);
        world.stake(node, WAL1)
    });
    world.next_epoch();
    assert_eq!(world.system().total_capacity_size(), max);
    destroy(staked);
    world.end();
}

/// Known fault: the whole supply staked, in a few stakes and in many.
#[test]
fun the_largest_stakes() {
    let (mut world, staked) = fixture::with_committee(
        1000,
        vector[4_000_000_000 * WAL1, 500_000_000 * WAL1, 499_999_999 * WAL1, WAL1],
    );
    assert_eq!(world.staking().committee().size(), 3);
    world.next_epoch();
    check_committees_agree(&mut world);
    destroy(staked);
    world.end();
}

// === Keys ===

/// A key announced after the selection must wait: the committee signs with the selected one.
#[test]
fun a_key_announced_after_the_selection_waits() {
    let (mut world, staked) = four_nodes();
    let ctx = &mut fixture::context();
    let (staking, cap) = world.staking_and_cap(0);
    staking.set_next_public_key(cap, bls_keys::public_key(1), bls_keys::proof(1, 1), ctx);
    let selected = *world.pool_of(0).node_info().next_epoch_public_key();
    world.select();
    let (staking, cap) = world.staking_and_cap(0);
    staking.set_next_public_key(cap, bls_keys::public_key(2), bls_keys::proof(2, 1), ctx);
    let late = *world.pool_of(0).node_info().next_epoch_public_key();
    world.change();
    check_committees_agree(&mut world);
    assert_eq!(*world.pool_of(0).node_info().public_key(), selected);
    assert_eq!(*world.pool_of(0).node_info().next_epoch_public_key(), late);
    world.sync();
    world.next_epoch();
    check_committees_agree(&mut world);
    assert_eq!(*world.pool_of(0).node_info().public_key(), late);
    destroy(staked);
    world.end();
}

// === Size ===

/// The epoch change handles all members in one transaction: 105 nodes, 1000 shards.
#[test]
fun many_nodes() {
    let mut world = fixture::new(1000);
    let staked = vector::tabulate!(105, |i| {
        let node = world.add_node();
        world.stake(node, (i * i % 53 + 20) * WAL1)
    });
    world.next_epoch();
    world.use_storage(1 << 30);
    world.next_tx();
    world.next_epoch();
    assert_eq!(world.staking().committee().size(), 105);
    check_committees_agree(&mut world);
    assert!(world.pool_of(17).rewards() > 0);
    destroy(staked);
    world.end();
}
