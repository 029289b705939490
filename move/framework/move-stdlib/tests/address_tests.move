/// `std::address`.
#[test_only]
module std::address_tests;

use std::unit_test::assert_eq;

#[test]
fun length() {
    assert_eq!(std::address::length(), 32);
    assert_eq!(std::bcs::to_bytes(&@std).length(), std::address::length());
}
