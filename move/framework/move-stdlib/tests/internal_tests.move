/// `std::internal`.
#[test_only]
module std::internal_tests;

use std::internal::Permit;

public struct Mine()

/// A function that only the module that defines `T` can have called.
fun act_for<T>(_: Permit<T>): bool {
    true
}

#[test]
fun the_module_of_a_type_gets_a_permit() {
    assert!(act_for<Mine>(internal::permit()));
}
