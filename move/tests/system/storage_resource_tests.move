#[test_only]
module walrus::storage_resource_tests;

use std::unit_test::{assert_eq, destroy};
use walrus::storage_resource::{Self, Storage};

fun storage(start: u32, end: u32, size: u64): Storage {
    storage_resource::create_for_test(start, end, size, &mut tx_context::dummy())
}

fun check(storage: Storage, start: u32, end: u32, size: u64) {
    assert_eq!(storage.start_epoch(), start);
    assert_eq!(storage.end_epoch(), end);
    assert_eq!(storage.size(), size);
    storage.destroy();
}

#[test]
fun split_by_epoch_keeps_the_first_part() {
    let mut first = storage(10, 20, 100);
    let second = first.split_by_epoch(11, &mut tx_context::dummy());
    check(first, 10, 11, 100);
    check(second, 11, 20, 100);
}

#[test]
fun split_by_size_keeps_the_given_size() {
    let mut first = storage(10, 20, 100);
    let second = first.split_by_size(30, &mut tx_context::dummy());
    check(first, 10, 20, 30);
    check(second, 10, 20, 70);
}

#[test]
fun split_by_size_allows_both_extremes() {
    let mut first = storage(10, 20, 100);
    let empty = first.split_by_size(100, &mut tx_context::dummy());
    check(empty, 10, 20, 0);
    let all = first.split_by_size(0, &mut tx_context::dummy());
    check(first, 10, 20, 0);
    check(all, 10, 20, 100);
}

#[test]
fun splitting_and_fusing_restores_the_resource() {
    let ctx = &mut tx_context::dummy();
    let mut a = storage(10, 20, 100);
    let mut b = a.split_by_epoch(15, ctx);
    let c = a.split_by_size(40, ctx);
    let d = b.split_by_size(40, ctx);
    a.fuse(c);
    b.fuse(d);
    a.fuse(b);
    check(a, 10, 20, 100);
}

#[test]
fun fuse_periods_joins_in_either_direction() {
    let mut a = storage(10, 20, 100);
    a.fuse_periods(storage(20, 21, 100));
    a.fuse_periods(storage(3, 10, 100));
    check(a, 3, 21, 100);
}

#[test]
fun fuse_amount_adds_sizes() {
    let mut a = storage(10, 20, 100);
    a.fuse_amount(storage(10, 20, 17));
    check(a, 10, 20, 117);
}

#[test]
fun fuse_chooses_by_the_start() {
    let mut a = storage(10, 20, 100);
    a.fuse(storage(10, 20, 1));
    a.fuse(storage(5, 10, 101));
    a.fuse(storage(20, 30, 101));
    check(a, 5, 30, 101);
}

#[test, expected_failure(abort_code = storage_resource::EInvalidEpoch)]
fun split_at_the_start_fails() {
    let mut a = storage(10, 20, 100);
    destroy(a.split_by_epoch(10, &mut tx_context::dummy()));
    abort
}

#[test, expected_failure(abort_code = storage_resource::EInvalidEpoch)]
fun split_at_the_end_fails() {
    let mut a = storage(10, 20, 100);
    destroy(a.split_by_epoch(20, &mut tx_context::dummy()));
    abort
}

#[test, expected_failure(abort_code = storage_resource::EIncompatibleAmount)]
fun split_of_more_than_the_size_fails() {
    let mut a = storage(10, 20, 100);
    destroy(a.split_by_size(101, &mut tx_context::dummy()));
    abort
}

#[test, expected_failure(abort_code = storage_resource::EIncompatibleAmount)]
fun fuse_periods_of_other_sizes_fails() {
    let mut a = storage(10, 20, 100);
    a.fuse_periods(storage(20, 21, 99));
    abort
}

#[test, expected_failure(abort_code = storage_resource::EIncompatibleEpochs)]
fun fuse_periods_with_a_gap_fails() {
    let mut a = storage(10, 20, 100);
    a.fuse_periods(storage(21, 22, 100));
    abort
}

#[test, expected_failure(abort_code = storage_resource::EIncompatibleEpochs)]
fun fuse_of_overlapping_periods_fails() {
    let mut a = storage(10, 20, 100);
    a.fuse(storage(19, 25, 100));
    abort
}

#[test, expected_failure(abort_code = storage_resource::EIncompatibleEpochs)]
fun fuse_amount_with_another_start_fails() {
    let mut a = storage(10, 20, 100);
    a.fuse_amount(storage(11, 20, 100));
    abort
}

#[test, expected_failure(abort_code = storage_resource::EIncompatibleEpochs)]
fun fuse_with_the_same_start_and_another_end_fails() {
    let mut a = storage(10, 20, 100);
    a.fuse(storage(10, 21, 100));
    abort
}

#[test, expected_failure(abort_code = storage_resource::EInvalidEpochRange)]
fun empty_range_fails() {
    destroy(storage(10, 10, 100));
    abort
}
