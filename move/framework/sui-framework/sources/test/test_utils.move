/// Helpers for unit tests.
#[test_only]
module sui::test_utils;

use std::debug;

/// Fails the test, showing both values, unless they are equal.
public fun assert_eq<T: drop>(t1: T, t2: T) {
    assert_ref_eq(&t1, &t2)
}

/// As `assert_eq`, by reference.
public fun assert_ref_eq<T>(t1: &T, t2: &T) {
    if (t1 == t2) return;
    print(b"Assertion failed:");
    debug::print(t1);
    print(b"!=");
    debug::print(t2);
    abort
}

/// Fails the test unless both vectors hold the same elements, in whatever order.
public fun assert_same_elems<T: drop>(v1: vector<T>, v2: vector<T>) {
    v1.do_ref!(|e| assert!(v2.contains(e)));
    v2.do_ref!(|e| assert!(v1.contains(e)));
}

/// Prints text.
public fun print(str: vector<u8>) {
    debug::print(&str.to_ascii_string())
}

/// Destroys any value.
public fun destroy<T>(x: T) {
    std::unit_test::destroy(x)
}

/// A one-time witness out of nothing. `T` must look like one.
public native fun create_one_time_witness<T: drop>(): T;
