/// `std::debug` changes nothing.
#[test_only]
module std::debug_tests;

use std::debug;
use std::unit_test::assert_eq;

#[test]
fun printing_leaves_the_value() {
    let v = vector[1u64, 2];
    debug::print(&v);
    debug::print(&b"text".to_string());
    debug::print_stack_trace();
    assert_eq!(v, vector[1, 2]);
}
