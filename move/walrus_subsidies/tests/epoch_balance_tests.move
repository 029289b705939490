#[test_only]
module walrus_subsidies::epoch_balance_tests;

use std::unit_test::{assert_eq, destroy};
use walrus_subsidies::epoch_balance::{Self, EpochBalanceRingBuffer};

fun balances(ring: &EpochBalanceRingBuffer): vector<u64> {
    vector::tabulate!(ring.length() as u64, |i| ring.balance(i as u32))
}

#[test]
fun ring_begins_with_the_given_balances() {
    let ring = epoch_balance::new(5, vector[1, 2, 3]);
    assert_eq!(ring.length(), 3);
    assert_eq!(ring.epochs(), vector[5, 6, 7]);
    assert_eq!(balances(&ring), vector[1, 2, 3]);
    destroy(ring);
}

#[test]
fun advancing_drops_the_past() {
    let mut ring = epoch_balance::new(5, vector[1, 2, 3]);
    ring.advance_to(5);
    ring.advance_to(4);
    assert_eq!(ring.epochs(), vector[5, 6, 7]);
    ring.advance_to(6);
    assert_eq!(ring.epochs(), vector[6, 7, 8]);
    assert_eq!(balances(&ring), vector[2, 3, 0]);
    ring.set_balance(2, 9);
    ring.advance_to(8);
    assert_eq!(ring.epochs(), vector[8, 9, 10]);
    assert_eq!(balances(&ring), vector[9, 0, 0]);
    destroy(ring);
}

#[test]
fun advancing_by_the_whole_ring_or_more_empties_it() {
    let mut ring = epoch_balance::new(5, vector[1, 2, 3]);
    ring.advance_to(6);
    ring.advance_to(9);
    assert_eq!(ring.epochs(), vector[9, 10, 11]);
    assert_eq!(balances(&ring), vector[0, 0, 0]);
    ring.set_balance(0, 1);
    ring.advance_to(1_000_000);
    assert_eq!(ring.epochs(), vector[1_000_000, 1_000_001, 1_000_002]);
    assert_eq!(balances(&ring), vector[0, 0, 0]);
    destroy(ring);
}
