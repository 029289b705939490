/// `sui::vec_map`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module sui::vec_map_tests;

use std::unit_test::assert_eq;
use sui::vec_map::{Self, VecMap};

/// Can be neither copied nor dropped.
public struct Heavy(u64)

fun three(): VecMap<u8, u64> {
    vec_map::from_keys_values(vector[3, 1, 2], vector[30, 10, 20])
}

#[test]
fun entries_keep_the_order_of_insertion() {
    let mut map = vec_map::empty();
    assert!(map.is_empty());
    map.insert(3u8, 30u64);
    map.insert(1, 10);
    map.insert(2, 20);
    assert_eq!(map.length(), 3);
    assert!(!map.is_empty());
    assert_eq!(map, three());
    assert_eq!(map.keys(), vector[3, 1, 2]);
    let (keys, values) = map.into_keys_values();
    assert_eq!(keys, vector[3, 1, 2]);
    assert_eq!(values, vector[30, 10, 20]);
}

#[test]
fun values_by_key() {
    let mut map = three();
    assert!(map.contains(&1));
    assert!(!map.contains(&4));
    assert_eq!(*map.get(&1), 10);
    assert_eq!(map[&2], 20);
    *map.get_mut(&1) = 11;
    *(&mut map[&2]) = 21;
    assert_eq!(map.try_get(&1), option::some(11));
    assert_eq!(map.try_get(&2), option::some(21));
    assert_eq!(map.try_get(&4), option::none());
}

#[test]
fun entries_by_index() {
    let mut map = three();
    assert_eq!(map.get_idx(&2), 2);
    assert_eq!(map.get_idx_opt(&3), option::some(0));
    assert_eq!(map.get_idx_opt(&4), option::none());
    let (key, value) = map.get_entry_by_idx(1);
    assert_eq!(*key, 1);
    assert_eq!(*value, 10);
    let (key, value) = map.get_entry_by_idx_mut(2);
    assert_eq!(*key, 2);
    *value = 21;
    assert_eq!(map[&2], 21);
}

#[test]
fun entries_are_taken_out() {
    let mut map = vec_map::empty();
    4u64.do!(|i| map.insert(i, Heavy(10 * i)));
    let (key, Heavy(value)) = map.remove(&1);
    assert_eq!(key, 1);
    assert_eq!(value, 10);
    assert_eq!(map.keys(), vector[0, 2, 3]);
    let (key, Heavy(value)) = map.pop();
    assert_eq!(key, 3);
    assert_eq!(value, 30);
    let (key, Heavy(value)) = map.remove_entry_by_idx(0);
    assert_eq!(key, 0);
    assert_eq!(value, 0);
    let (key, Heavy(value)) = map.remove_entry_by_idx(0);
    assert_eq!(key, 2);
    assert_eq!(value, 20);
    map.destroy_empty();
}

#[test, allow(deprecated_usage)]
fun former_names() {
    assert_eq!(three().size(), 3);
}

#[test, expected_failure(abort_code = 0, location = sui::vec_map)]
fun insert_twice() {
    three().insert(1, 11);
}

#[test, expected_failure(abort_code = 0, location = sui::vec_map)]
fun from_keys_that_repeat() {
    vec_map::from_keys_values(vector[1u8, 1], vector[1u8, 2]);
}

#[test, expected_failure(abort_code = 1, location = sui::vec_map)]
fun remove_missing() {
    three().remove(&4);
}

#[test, expected_failure(abort_code = 1, location = sui::vec_map)]
fun get_missing() {
    three().get(&4);
}

#[test, expected_failure(abort_code = 1, location = sui::vec_map)]
fun get_mut_missing() {
    three().get_mut(&4);
}

#[test, expected_failure(abort_code = 1, location = sui::vec_map)]
fun get_idx_missing() {
    three().get_idx(&4);
}

#[test, expected_failure(abort_code = 2, location = sui::vec_map)]
fun destroy_empty_of_something() {
    three().destroy_empty();
}

#[test, expected_failure(abort_code = 3, location = sui::vec_map)]
fun get_entry_at_the_length() {
    three().get_entry_by_idx(3);
}

#[test, expected_failure(abort_code = 3, location = sui::vec_map)]
fun get_entry_mut_at_the_length() {
    three().get_entry_by_idx_mut(3);
}

#[test, expected_failure(abort_code = 3, location = sui::vec_map)]
fun remove_entry_at_the_length() {
    three().remove_entry_by_idx(3);
}

#[test, expected_failure(abort_code = 4, location = sui::vec_map)]
fun pop_of_nothing() {
    vec_map::empty<u8, u8>().pop();
}

#[test, expected_failure(abort_code = 5, location = sui::vec_map)]
fun fewer_values_than_keys() {
    vec_map::from_keys_values(vector[1u8, 2], vector[1u8]);
}

#[test, expected_failure(abort_code = 5, location = sui::vec_map)]
fun more_values_than_keys() {
    vec_map::from_keys_values(vector[1u8], vector[1u8, 2]);
}
