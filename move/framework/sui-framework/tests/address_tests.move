/// `sui::address`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module sui::address_tests;

use std::unit_test::assert_eq;
use sui::address;

const MAX: address = @0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF;

#[test]
fun numbers_are_big_endian() {
    assert_eq!(@0x0.to_u256(), 0);
    assert_eq!(@0xA11CE.to_u256(), 0xA11CE);
    assert_eq!(MAX.to_u256(), address::max());
    vector[@0x0, @0x1, @0xA11CE, MAX].do!(|a| assert_eq!(address::from_u256(a.to_u256()), a));
}

#[test]
fun bytes_and_back() {
    assert_eq!(
        @0xA11CE.to_bytes(),
        x"00000000000000000000000000000000000000000000000000000000000A11CE",
    );
    vector[@0x0, @0x1, @0xA11CE, MAX].do!(|a| assert_eq!(address::from_bytes(a.to_bytes()), a));
}

#[test]
fun text_and_back() {
    let text = b"00000000000000000000000000000000000000000000000000000000000a11ce";
    assert_eq!(@0xA11CE.to_string(), text.to_string());
    assert_eq!(@0xA11CE.to_ascii_string(), text.to_ascii_string());
    assert_eq!(address::from_ascii_bytes(&text), @0xA11CE);
    assert_eq!(
        address::from_ascii_bytes(
            &b"00000000000000000000000000000000000000000000000000000000000A11CE",
        ),
        @0xA11CE,
    );
    vector[@0x0, @0x1, MAX].do!(|a| {
        assert_eq!(address::from_ascii_bytes(a.to_string().as_bytes()), a);
    });
}

#[test]
fun sizes() {
    assert_eq!(address::length(), 32);
    assert_eq!(address::max(), std::u256::max_value!());
}

#[test, expected_failure(abort_code = 0, location = sui::address)]
fun from_bytes_of_31() {
    address::from_bytes(vector::tabulate!(31, |_| 0));
}

#[test, expected_failure(abort_code = 0, location = sui::address)]
fun from_bytes_of_33() {
    address::from_bytes(vector::tabulate!(33, |_| 0));
}

#[test, expected_failure(abort_code = 0, location = sui::address)]
fun from_ascii_bytes_too_short() {
    address::from_ascii_bytes(&b"a11ce");
}

#[test, expected_failure(abort_code = 0, location = sui::address)]
fun from_ascii_bytes_with_prefix() {
    address::from_ascii_bytes(
        &b"0x00000000000000000000000000000000000000000000000000000000000a11ce",
    );
}

#[test, expected_failure(abort_code = 0, location = sui::address)]
fun from_ascii_bytes_of_other_characters() {
    address::from_ascii_bytes(
        &b"00000000000000000000000000000000000000000000000000000000000a11cg",
    );
}

#[test]
fun as_an_id() {
    assert_eq!(@0xa11ce.to_id(), object::id_from_address(@0xa11ce));
}
