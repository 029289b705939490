#[test_only]
module walrus::storage_accounting_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance;
use walrus::storage_accounting::{Self, FutureAccountingRingBuffer};

fun assert_epochs(ring: &FutureAccountingRingBuffer, first: u32) {
    ring.max_epochs_ahead().do!(|i| assert_eq!(ring.ring_lookup(i).epoch(), first + i));
}

#[test]
fun new_ring_covers_the_first_epochs() {
    let ring = storage_accounting::ring_new(5);
    assert_eq!(ring.max_epochs_ahead(), 5);
    assert_epochs(&ring, 0);
    5u32.do!(|i| {
        assert_eq!(ring.ring_lookup(i).used_capacity(), 0);
        assert_eq!(ring.ring_lookup(i).rewards(), 0);
    });
    destroy(ring);
}

#[test]
fun popping_returns_the_current_slot_and_appends_one() {
    let mut ring = storage_accounting::ring_new(3);
    3u32.do!(|i| {
        let slot = ring.ring_lookup_mut(i);
        assert_eq!(slot.increase_used_capacity(10), 10);
        assert_eq!(slot.increase_used_capacity((i as u64)), 10 + (i as u64));
        slot.rewards_balance_mut().join(balance::create_for_testing(100 + (i as u64)));
    });
    // More than twice around the ring.
    8u32.do!(|epoch| {
        let slot = ring.ring_pop_expand();
        assert_eq!(slot.epoch(), epoch);
        assert_eq!(slot.used_capacity(), if (epoch < 3) 10 + (epoch as u64) else 0);
        let rewards = slot.unwrap_balance();
        assert_eq!(rewards.value(), if (epoch < 3) 100 + (epoch as u64) else 0);
        destroy(rewards);
        assert_epochs(&ring, epoch + 1);
    });
    destroy(ring);
}

#[test]
fun ring_of_one_slot() {
    let mut ring = storage_accounting::ring_new(1);
    4u32.do!(|epoch| {
        assert_epochs(&ring, epoch);
        destroy(ring.ring_pop_expand());
    });
    destroy(ring);
}

#[test, expected_failure(abort_code = storage_accounting::ETooFarInFuture)]
fun lookup_beyond_the_ring_fails() {
    let ring = storage_accounting::ring_new(5);
    ring.ring_lookup(5);
    abort
}

#[test, expected_failure(abort_code = storage_accounting::ETooFarInFuture)]
fun mutable_lookup_beyond_the_ring_fails() {
    let mut ring = storage_accounting::ring_new(5);
    ring.ring_lookup_mut(5);
    abort
}
