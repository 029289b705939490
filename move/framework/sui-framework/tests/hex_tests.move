/// `sui::hex`, with the vectors of RFC 4648. Abort codes are written as numbers because packages rely
/// on them.
#[test_only]
module sui::hex_tests;

use std::unit_test::assert_eq;
use sui::hex;

#[test]
fun vectors_of_the_rfc() {
    vector[b"", b"f", b"fo", b"foo", b"foob", b"fooba", b"foobar"].zip_do!(
        vector[
            b"",
            b"66",
            b"666f",
            b"666f6f",
            b"666f6f62",
            b"666f6f6261",
            b"666f6f626172",
        ],
        |bytes, digits| {
            assert_eq!(hex::encode(bytes), digits);
            assert_eq!(hex::decode(digits), bytes);
        },
    );
}

#[test]
fun every_byte_and_back() {
    let bytes = vector::tabulate!(256, |i| i as u8);
    let digits = hex::encode(bytes);
    assert_eq!(digits.length(), 512);
    assert_eq!(hex::decode(digits), bytes);
}

#[test]
fun digits_of_either_case() {
    assert_eq!(hex::decode(b"DEADBEEFdeadbeef"), x"DEADBEEFDEADBEEF");
}

#[test, expected_failure(abort_code = 0, location = sui::hex)]
fun odd_number_of_digits() {
    hex::decode(b"abc");
}

#[test, expected_failure(abort_code = 1, location = sui::hex)]
fun prefix() {
    hex::decode(b"0x");
}

#[test, expected_failure(abort_code = 1, location = sui::hex)]
fun below_the_digits() {
    hex::decode(b"0/");
}

#[test, expected_failure(abort_code = 1, location = sui::hex)]
fun above_the_digits() {
    hex::decode(b"0:");
}

#[test, expected_failure(abort_code = 1, location = sui::hex)]
fun below_the_capitals() {
    hex::decode(b"@0");
}

#[test, expected_failure(abort_code = 1, location = sui::hex)]
fun above_the_capitals() {
    hex::decode(b"G0");
}

#[test, expected_failure(abort_code = 1, location = sui::hex)]
fun below_the_small_letters() {
    hex::decode(b"0`");
}

#[test, expected_failure(abort_code = 1, location = sui::hex)]
fun above_the_small_letters() {
    hex::decode(b"0g");
}
