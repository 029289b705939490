/// `sui::priority_queue`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module sui::priority_queue_tests;

use std::unit_test::assert_eq;
use sui::priority_queue::{Self, PriorityQueue};

/// Takes everything out; the priorities must not rise and each value must be that of its priority.
fun drain(mut pq: PriorityQueue<u64>): vector<u64> {
    vector::tabulate!(pq.priorities().length(), |_| {
        let (priority, value) = pq.pop_max();
        assert_eq!(value, priority + 100);
        priority
    })
}

fun queue(priorities: vector<u64>): PriorityQueue<u64> {
    priority_queue::new(
        priority_queue::create_entries(priorities, priorities.map_ref!(|p| *p + 100)),
    )
}

#[test]
fun values_come_by_falling_priority() {
    assert_eq!(drain(queue(vector[])), vector[]);
    assert_eq!(drain(queue(vector[1])), vector[1]);
    assert_eq!(drain(queue(vector[3, 1, 4, 1, 5, 9, 2, 6])), vector[9, 6, 5, 4, 3, 2, 1, 1]);
    let ascending = vector::tabulate!(20, |i| i);
    let mut descending = ascending;
    descending.reverse();
    assert_eq!(drain(queue(ascending)), descending);
    assert_eq!(drain(queue(descending)), descending);
}

#[test]
fun inserted_values_find_their_place() {
    let mut pq = priority_queue::new(vector[priority_queue::new_entry(5, 105)]);
    vector[7u64, 5, 1, 9, 3].do!(|priority| pq.insert(priority, priority + 100));
    let (priority, value) = pq.pop_max();
    assert_eq!(priority, 9);
    assert_eq!(value, 109);
    pq.insert(8, 108);
    assert_eq!(drain(pq), vector[8, 7, 5, 5, 3, 1]);
}

#[test]
fun priorities_are_those_of_a_heap() {
    let priorities = queue(vector[3, 1, 4, 1, 5, 9, 2, 6]).priorities();
    assert_eq!(priorities.length(), 8);
    1u64.range_do!(8, |i| assert!(priorities[(i - 1) / 2] >= priorities[i]));
}

#[test, expected_failure(abort_code = 0, location = sui::priority_queue)]
fun pop_of_nothing() {
    priority_queue::new<u64>(vector[]).pop_max();
}

#[test, expected_failure(abort_code = 0, location = sui::priority_queue)]
fun fewer_values_than_priorities() {
    priority_queue::create_entries(vector[1, 2], vector[1u64]);
}
