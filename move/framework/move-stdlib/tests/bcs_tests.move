/// `std::bcs`, with the examples of the BCS specification where it has some.
#[test_only]
module std::bcs_tests;

use std::bcs;
use std::unit_test::assert_eq;

public struct Mixed has drop {
    boolean: bool,
    bytes: vector<u8>,
    inner: Inner,
}

public struct Inner has drop {
    wide: u128,
    narrow: u16,
}

public struct Empty() has drop;

public enum Shape has drop {
    Point,
    Circle(u8),
    Box { width: u16, height: u16 },
}

#[test]
fun integers_are_little_endian() {
    assert_eq!(bcs::to_bytes(&1u8), x"01");
    assert_eq!(bcs::to_bytes(&0x1234u16), x"3412");
    assert_eq!(bcs::to_bytes(&0x12345678u32), x"78563412");
    assert_eq!(bcs::to_bytes(&0x12345678ABCDEF00u64), x"00EFCDAB78563412");
    assert_eq!(
        bcs::to_bytes(&0x0102030405060708090A0B0C0D0E0F10u128),
        x"100F0E0D0C0B0A090807060504030201",
    );
    assert_eq!(
        bcs::to_bytes(&(1u256 << 248)),
        x"0000000000000000000000000000000000000000000000000000000000000001",
    );
}

#[test]
fun booleans_and_addresses() {
    assert_eq!(bcs::to_bytes(&false), x"00");
    assert_eq!(bcs::to_bytes(&true), x"01");
    assert_eq!(
        bcs::to_bytes(&@0xA11CE),
        x"00000000000000000000000000000000000000000000000000000000000A11CE",
    );
}

#[test]
fun vectors_begin_with_their_length() {
    assert_eq!(bcs::to_bytes(&vector[1u16, 2]), x"0201000200");
    assert_eq!(bcs::to_bytes(&b""), x"00");
    assert_eq!(bcs::to_bytes(&vector[b"a", b""]), x"02016100");
    // Lengths of 7, 8, 14 and 15 bits.
    vector[127u64, 128, 16383, 16384].zip_do!(
        vector[x"7F", x"8001", x"FF7F", x"808001"],
        |n, prefix| {
            let bytes = bcs::to_bytes(&vector::tabulate!(n, |_| 7u8));
            assert_eq!(bytes.take(prefix.length()), prefix);
            assert_eq!(bytes.length(), prefix.length() + n);
        },
    );
}

#[test]
fun strings_and_options_are_vectors() {
    assert_eq!(bcs::to_bytes(&b"ice".to_string()), x"03696365");
    assert_eq!(bcs::to_bytes(&b"ice".to_ascii_string()), x"03696365");
    assert_eq!(bcs::to_bytes(&option::some(8u8)), x"0108");
    assert_eq!(bcs::to_bytes(&option::none<u8>()), x"00");
}

#[test]
fun structs_are_their_fields_and_enums_begin_with_their_tag() {
    let value = Mixed { boolean: true, bytes: x"C0DE", inner: Inner { wide: 5, narrow: 6 } };
    assert_eq!(bcs::to_bytes(&value), x"0102C0DE050000000000000000000000000000000600");
    // A struct without fields holds one `bool`, since types without values do not exist.
    assert_eq!(bcs::to_bytes(&Empty()), x"00");
    assert_eq!(bcs::to_bytes(&Shape::Point), x"00");
    assert_eq!(bcs::to_bytes(&Shape::Circle(9)), x"0109");
    assert_eq!(bcs::to_bytes(&Shape::Box { width: 1, height: 2 }), x"0201000200");
}
