/// `sui::vdf`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module sui::vdf_tests;

use sui::vdf;

#[test, expected_failure(abort_code = 0, location = sui::vdf)]
fun bytes_of_no_element() {
    vdf::vdf_verify(&x"00", &x"00", &x"00", 10);
}
