/// `sui::vec_set`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module sui::vec_set_tests;

use std::unit_test::assert_eq;
use sui::vec_set;

#[test]
fun keys_keep_the_order_of_insertion() {
    let mut set = vec_set::empty();
    assert!(set.is_empty());
    set.insert(3u64);
    set.insert(1);
    set.insert(2);
    assert!(!set.is_empty());
    assert_eq!(set.length(), 3);
    assert_eq!(*set.keys(), vector[3, 1, 2]);
    assert!(set.contains(&1));
    set.remove(&3);
    assert!(!set.contains(&3));
    assert_eq!(set, vec_set::from_keys(vector[1, 2]));
    assert_eq!(set.into_keys(), vector[1, 2]);
}

#[test]
fun singleton_has_one_key() {
    assert_eq!(vec_set::singleton(5u64), vec_set::from_keys(vector[5]));
}

#[test, allow(deprecated_usage)]
fun former_names() {
    assert_eq!(vec_set::singleton(5u64).size(), 1);
}

#[test, expected_failure(abort_code = 0, location = sui::vec_set)]
fun insert_twice() {
    vec_set::singleton(5u64).insert(5);
}

#[test, expected_failure(abort_code = 0, location = sui::vec_set)]
fun from_keys_that_repeat() {
    vec_set::from_keys(vector[1u64, 2, 1]);
}

#[test, expected_failure(abort_code = 1, location = sui::vec_set)]
fun remove_missing() {
    vec_set::singleton(5u64).remove(&6);
}
