/// `std::unit_test`.
#[test_only]
module std::unit_test_tests;

use std::unit_test::{assert_eq, assert_ref_eq, destroy, poison};

/// Can be neither copied nor dropped.
public struct Heavy(u64)

#[test]
fun equal_values_pass() {
    assert_eq!(2u64 + 2, 4);
    assert_eq!(b"a", vector[0x61]);
    let a = Heavy(1);
    let b = Heavy(1);
    assert_ref_eq!(&a, &b);
    destroy(a);
    destroy(b);
}

#[test]
fun arguments_are_evaluated_once() {
    let mut calls = 0u64;
    assert_eq!({ calls = calls + 1; calls }, 1);
    assert_eq!(calls, 1);
}

#[test]
fun poison_does_nothing_in_a_test() {
    poison();
}

#[test, expected_failure]
fun unequal_values_abort() {
    assert_eq!(1u64, 2);
}

#[test, expected_failure]
fun unequal_references_abort() {
    let a = Heavy(1);
    let b = Heavy(2);
    assert_ref_eq!(&a, &b);
    destroy(a);
    destroy(b);
}
