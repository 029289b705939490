/// Membership of the active set.
#[test_only]
module walrus::active_set_tests;

use std::unit_test::assert_eq;
use walrus::active_set::{Self, ActiveSet};

fun id(i: u64): ID { object::id_from_address(sui::address::from_u256(i as u256)) }

fun check_total(set: &ActiveSet) {
    let (ids, stakes) = set.active_ids_and_stake();
    assert_eq!(ids.length(), stakes.length());
    assert_eq!(ids.length(), set.size() as u64);
    assert!(set.size() <= set.max_size());
    assert!(stakes.all!(|stake| *stake > 0));
    assert_eq!(stakes.fold!(0, |sum, stake| sum + stake), set.total_stake());
}

#[test]
fun stakes_are_recorded_and_replaced_in_place() {
    let mut set = active_set::new(3, 0);
    assert!(set.insert_or_update(id(1), 10));
    assert!(set.insert_or_update(id(2), 5));
    assert!(set.insert_or_update(id(3), 7));
    assert_eq!(set.total_stake(), 22);
    assert!(set.insert_or_update(id(1), 1));
    assert_eq!(set.active_ids(), vector[id(1), id(2), id(3)]);
    assert_eq!(set.stake_of(id(1)), 1);
    assert_eq!(set.stake_of(id(9)), 0);
    assert_eq!(set.stakes()[&id(3)], 7);
    assert_eq!(set.total_stake(), 13);
    check_total(&set);
}

#[test]
fun zero_stake_is_never_a_member() {
    let mut set = active_set::new(3, 0);
    assert!(!set.insert_or_update(id(1), 0));
    assert_eq!(set.size(), 0);
    set.insert_or_update(id(1), 10);
    set.insert_or_update(id(2), 20);
    set.insert_or_update(id(3), 30);
    assert!(!set.insert_or_update(id(1), 0));
    // The last entry takes the free place.
    assert_eq!(set.active_ids(), vector[id(3), id(2)]);
    assert!(!set.contains(id(1)));
    check_total(&set);
}

#[test]
fun stake_below_the_threshold_is_no_member() {
    let mut set = active_set::new(3, 10);
    assert_eq!(set.threshold_stake(), 10);
    assert!(!set.insert_or_update(id(1), 9));
    assert!(set.insert_or_update(id(1), 10));
    assert!(!set.insert_or_update(id(1), 9));
    assert_eq!(set.size(), 0);
    check_total(&set);
}

#[test]
fun a_full_set_replaces_the_first_smallest_by_a_larger_one() {
    let mut set = active_set::new(3, 0);
    set.insert_or_update(id(1), 10);
    set.insert_or_update(id(2), 5);
    set.insert_or_update(id(3), 5);
    // An equal stake does not displace anybody.
    assert!(!set.insert_or_update(id(4), 5));
    assert!(set.insert_or_update(id(4), 6));
    assert_eq!(set.active_ids(), vector[id(1), id(4), id(3)]);
    assert_eq!(set.total_stake(), 21);
    check_total(&set);
}

#[test]
fun a_member_of_a_full_set_is_updated() {
    let mut set = active_set::new(2, 0);
    set.insert_or_update(id(1), 10);
    set.insert_or_update(id(2), 5);
    assert!(set.insert_or_update(id(2), 1));
    assert_eq!(set.total_stake(), 11);
    check_total(&set);
}

#[test]
fun removing_a_stranger_changes_nothing() {
    let mut set = active_set::new(2, 0);
    set.insert_or_update(id(1), 10);
    set.remove(id(2));
    assert_eq!(set.total_stake(), 10);
    set.remove(id(1));
    assert_eq!(set.total_stake(), 0);
    check_total(&set);
}

#[test, expected_failure(abort_code = walrus::active_set::EZeroMaxSize)]
fun a_set_for_nobody() {
    active_set::new(0, 0);
}

#[test, expected_failure(abort_code = walrus::active_set::EDuplicateInsertion)]
fun inserting_twice() {
    let mut set = active_set::new(2, 0);
    set.insert(id(1), 10);
    set.insert(id(1), 10);
}

#[test]
fun narrower_bounds_drop_the_smallest() {
    let mut set = active_set::new(5, 0);
    let ids = vector::tabulate!(5, |i| id(i + 1));
    vector[30, 10, 50, 20, 40].zip_do!(ids, |stake, id| { set.insert_or_update(id, stake); });
    set.set_bounds(5, 0);
    assert_eq!(set.size(), 5);
    set.set_bounds(4, 11);
    assert_eq!(set.total_stake(), 140);
    set.set_bounds(2, 30);
    assert_eq!(set.size(), 2);
    assert_eq!(set.total_stake(), 90);
    assert!(set.contains(ids[2]) && set.contains(ids[4]));
    // Later members meet the new bounds.
    assert!(!set.insert_or_update(ids[0], 29));
    assert!(!set.insert_or_update(ids[0], 40));
    assert!(set.insert_or_update(ids[0], 41));
    set.set_bounds(2, 51);
    assert_eq!(set.size(), 0);
    assert_eq!(set.total_stake(), 0);
}

#[test, expected_failure(abort_code = active_set::EZeroMaxSize)]
fun bounds_for_no_members_fail() {
    let mut set = active_set::new(5, 0);
    set.set_bounds(0, 0);
}
