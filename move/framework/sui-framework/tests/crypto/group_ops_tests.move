/// What `sui::group_ops` does itself; its natives are tested through the groups. Abort codes are
/// written as numbers because packages rely on them.
#[test_only]
module sui::group_ops_tests;

use std::unit_test::assert_eq;
use sui::group_ops::{Self, Element};

/// A group the VM does not know.
public struct Any()

fun trusted(bytes: vector<u8>): Element<Any> {
    group_ops::from_bytes(0, bytes, true)
}

#[test]
fun elements_are_their_bytes() {
    assert_eq!(*trusted(x"0102").bytes(), x"0102");
    assert!(trusted(x"0102").equal(&trusted(x"0102")));
    assert!(!trusted(x"0102").equal(&trusted(x"0103")));
}

#[test]
fun numbers_go_to_the_end_that_counts_least() {
    let mut buffer = x"AAAAAAAAAAAAAAAAAAAA";
    group_ops::set_as_prefix(0x0102030405060708, false, &mut buffer);
    assert_eq!(buffer, x"0807060504030201AAAA");
    let mut buffer = x"AAAAAAAAAAAAAAAAAAAA";
    group_ops::set_as_prefix(0x0102030405060708, true, &mut buffer);
    assert_eq!(buffer, x"AAAA0102030405060708");
}

#[test, expected_failure(abort_code = 3, location = sui::group_ops)]
fun buffer_of_eight_bytes() {
    group_ops::set_as_prefix(1, true, &mut x"0000000000000000");
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun bytes_of_no_element() {
    // One byte more than a scalar of BLS12-381 has.
    group_ops::from_bytes<Any>(0, vector::tabulate!(33, |_| 0), false);
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun no_terms() {
    group_ops::multi_scalar_multiplication<Any, Any>(0, &vector[], &vector[]);
}

#[test, expected_failure(abort_code = 1, location = sui::group_ops)]
fun more_scalars_than_elements() {
    group_ops::multi_scalar_multiplication<Any, Any>(
        0,
        &vector[trusted(x"01"), trusted(x"02")],
        &vector[trusted(x"01")],
    );
}
