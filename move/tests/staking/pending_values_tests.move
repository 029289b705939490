/// Amounts pending by epoch.
#[test_only]
module walrus::pending_values_tests;

use std::unit_test::assert_eq;
use walrus::pending_values;

#[test]
fun entries_add_up_and_are_summed_up_to_an_epoch() {
    let mut values = pending_values::empty();
    assert!(values.is_empty());
    assert_eq!(values.value_at(100), 0);
    values.insert_or_add(3, 30);
    values.insert_or_add(1, 10);
    values.insert_or_add(3, 3);
    assert_eq!(values.inner().length(), 2);
    assert_eq!(values.value_at(0), 0);
    assert_eq!(values.value_at(1), 10);
    assert_eq!(values.value_at(2), 10);
    assert_eq!(values.value_at(3), 43);
    assert_eq!(values.value_at(std::u32::max_value!()), 43);
}

#[test]
fun an_entry_is_replaced() {
    let mut values = pending_values::empty();
    values.insert_or_replace(5, 1);
    values.insert_or_replace(5, 2);
    values.insert_or_replace(6, 7);
    assert_eq!(values.inner()[&5], 2);
    assert_eq!(values.value_at(6), 9);
}

#[test]
fun flushing_removes_exactly_what_it_returns() {
    let mut values = pending_values::empty();
    values.insert_or_add(4, 40);
    values.insert_or_add(1, 10);
    values.insert_or_add(2, 20);
    assert_eq!(values.flush(0), 0);
    assert_eq!(values.flush(2), 30);
    assert_eq!(values.value_at(10), 40);
    assert_eq!(values.flush(4), 40);
    assert!(values.is_empty());
    assert_eq!(values.flush(4), 0);
}

#[test]
fun flushing_the_latest_drops_the_older_entries() {
    let mut values = pending_values::empty();
    assert!(values.flush_latest(9).is_none());
    values.insert_or_add(3, 300);
    values.insert_or_add(2, 200);
    values.insert_or_add(7, 700);
    assert!(values.flush_latest(1).is_none());
    assert_eq!(values.flush_latest(5), option::some(300));
    assert_eq!(values.inner().length(), 1);
    assert_eq!(values.flush_latest(7), option::some(700));
    assert!(values.is_empty());
}

#[test]
fun flushing_the_latest_finds_an_entry_of_epoch_zero() {
    let mut values = pending_values::empty();
    values.insert_or_add(0, 5);
    assert_eq!(values.flush_latest(0), option::some(5));
}

#[test]
fun reducing_to_zero_removes_the_entry() {
    let mut values = pending_values::empty();
    values.insert_or_add(1, 10);
    values.reduce(1, 4);
    assert_eq!(values.value_at(1), 6);
    values.reduce(1, 6);
    assert!(values.is_empty());
}

#[test, expected_failure(abort_code = walrus::pending_values::EMissingEpochValue)]
fun reducing_a_missing_entry() {
    let mut values = pending_values::empty();
    values.insert_or_add(1, 10);
    values.reduce(2, 1);
}

#[test, expected_failure(abort_code = walrus::pending_values::EReduceValueTooLarge)]
fun reducing_by_too_much() {
    let mut values = pending_values::empty();
    values.insert_or_add(1, 10);
    values.reduce(1, 11);
}
