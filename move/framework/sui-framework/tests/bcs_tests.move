/// `sui::bcs`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module sui::bcs_tests;

use std::unit_test::assert_eq;
use sui::bcs;

const MAX_U256: u256 = 0xFFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF;

public struct Mixed has drop {
    flag: bool,
    owner: address,
    bytes: vector<u8>,
    limit: Option<u64>,
}

public enum Shape has drop {
    Point,
    Circle { radius: u16 },
}

#[test]
fun integers_and_back() {
    let mut bcs = bcs::new(
        x"0102030405060708090000000000000A0B000000000000000000000000000C",
    );
    assert_eq!(bcs.peel_u8(), 1);
    assert_eq!(bcs.peel_u16(), 0x0302);
    assert_eq!(bcs.peel_u32(), 0x07060504);
    assert_eq!(bcs.peel_u64(), 0x0908);
    assert_eq!(bcs.peel_u128(), 0xc000000000000000000000000000b0a);
    assert_eq!(bcs.into_remainder_bytes(), x"");

    let mut bcs = bcs::new(bcs::to_bytes(&std::u256::max_value!()));
    assert_eq!(bcs.peel_u256(), MAX_U256);
    let mut bcs = bcs::new(bcs::to_bytes(&(0xA0Bu256 << 200)));
    assert_eq!(bcs.peel_u256(), 0xA0Bu256 << 200);
}

#[test]
fun largest_integers_and_back() {
    let mut bcs = bcs::new(vector::tabulate!(31, |_| 0xFF));
    assert_eq!(bcs.peel_u8(), std::u8::max_value!());
    assert_eq!(bcs.peel_u16(), std::u16::max_value!());
    assert_eq!(bcs.peel_u32(), std::u32::max_value!());
    assert_eq!(bcs.peel_u64(), std::u64::max_value!());
    assert_eq!(bcs.peel_u128(), std::u128::max_value!());
}

#[test]
fun booleans_and_addresses() {
    let mut bytes = x"0100";
    bytes.append(bcs::to_bytes(&@0xA11CE));
    let mut bcs = bcs::new(bytes);
    assert!(bcs.peel_bool());
    assert!(!bcs.peel_bool());
    assert_eq!(bcs.peel_address(), @0xA11CE);
}

#[test]
fun structs_are_read_field_by_field() {
    let value = Mixed {
        flag: true,
        owner: @0xA11CE,
        bytes: b"ice",
        limit: option::some(7),
    };
    let mut bcs = bcs::new(bcs::to_bytes(&value));
    assert_eq!(bcs.peel_bool(), value.flag);
    assert_eq!(bcs.peel_address(), value.owner);
    assert_eq!(bcs.peel_vec_u8(), value.bytes);
    assert_eq!(bcs.peel_option_u64(), value.limit);
    assert!(bcs.into_remainder_bytes().is_empty());
}

#[test]
fun enums_are_read_by_their_tag() {
    let mut bcs = bcs::new(bcs::to_bytes(&Shape::Circle { radius: 5 }));
    assert_eq!(bcs.peel_enum_tag(), 1);
    assert_eq!(bcs.peel_u16(), 5);
    let mut bcs = bcs::new(bcs::to_bytes(&Shape::Point));
    assert_eq!(bcs.peel_enum_tag(), 0);
    assert_eq!(bcs::new(x"FFFFFFFF0F").peel_enum_tag(), std::u32::max_value!());
}

#[test]
fun the_remainder_keeps_its_order() {
    let mut bcs = bcs::new(x"01020304");
    bcs.peel_u8();
    assert_eq!(bcs.into_remainder_bytes(), x"020304");
}

#[test]
fun lengths() {
    vector[x"00", x"7F", x"8001", x"FF7F", x"808001", x"FFFFFFFF7F"].zip_do!(
        vector[0, 127, 128, 16383, 16384, 0x7FFFFFFFF],
        |bytes, length| assert_eq!(bcs::new(bytes).peel_vec_length(), length),
    );
}

/// Reads back what was written, with nothing left.
macro fun round_trip<$T: drop>($values: vector<$T>, $peel: |&mut bcs::BCS| -> $T) {
    let values = $values;
    values.do!(|value| {
        let mut bcs = bcs::new(bcs::to_bytes(&value));
        assert_eq!($peel(&mut bcs), value);
        assert!(bcs.into_remainder_bytes().is_empty());
    })
}

#[test]
fun vectors_and_back() {
    round_trip!(vector[vector[], vector[@0x1, @0x2]], |bcs| bcs.peel_vec_address());
    round_trip!(vector[vector[], vector[true, false]], |bcs| bcs.peel_vec_bool());
    round_trip!(vector[vector[], b"ice"], |bcs| bcs.peel_vec_u8());
    round_trip!(vector[vector[], vector[b"ice", b"", b"sea"]], |bcs| bcs.peel_vec_vec_u8());
    round_trip!(vector[vector[], vector[1, 0xFFFF]], |bcs| bcs.peel_vec_u16());
    round_trip!(vector[vector[], vector[1, 0xFFFF_FFFF]], |bcs| bcs.peel_vec_u32());
    round_trip!(vector[vector[], vector[1, std::u64::max_value!()]], |bcs| bcs.peel_vec_u64());
    round_trip!(vector[vector[], vector[1, std::u128::max_value!()]], |bcs| bcs.peel_vec_u128());
    round_trip!(vector[vector[], vector[1, MAX_U256]], |bcs| bcs.peel_vec_u256());
    round_trip!(vector[vector::tabulate!(300, |i| (i % 256) as u8)], |bcs| bcs.peel_vec_u8());
    round_trip!(
        vector[vector[], vector[option::some(5u8), option::none()]],
        |bcs| bcs.peel_vec!(|bcs| bcs.peel_option_u8()),
    );
}

#[test]
fun options_and_back() {
    round_trip!(vector[option::none(), option::some(@0x1)], |bcs| bcs.peel_option_address());
    round_trip!(vector[option::none(), option::some(true)], |bcs| bcs.peel_option_bool());
    round_trip!(vector[option::none(), option::some(1)], |bcs| bcs.peel_option_u8());
    round_trip!(vector[option::none(), option::some(0xFFFF)], |bcs| bcs.peel_option_u16());
    round_trip!(vector[option::none(), option::some(0xFFFF)], |bcs| bcs.peel_option_u32());
    round_trip!(vector[option::none(), option::some(0xFFFF)], |bcs| bcs.peel_option_u64());
    round_trip!(vector[option::none(), option::some(0xFFFF)], |bcs| bcs.peel_option_u128());
    round_trip!(vector[option::none(), option::some(MAX_U256)], |bcs| bcs.peel_option_u256());
    round_trip!(
        vector[option::none(), option::some(b"ice")],
        |bcs| bcs.peel_option!(|bcs| bcs.peel_vec_u8()),
    );
}

#[test, expected_failure(abort_code = 0, location = sui::bcs)]
fun u8_of_nothing() {
    bcs::new(x"").peel_u8();
}

#[test, expected_failure(abort_code = 0, location = sui::bcs)]
fun bool_of_nothing() {
    bcs::new(x"").peel_bool();
}

#[test, expected_failure(abort_code = 0, location = sui::bcs)]
fun address_cut_short() {
    bcs::new(vector::tabulate!(31, |_| 0)).peel_address();
}

#[test, expected_failure(abort_code = 0, location = sui::bcs)]
fun u16_cut_short() {
    bcs::new(x"00").peel_u16();
}

#[test, expected_failure(abort_code = 0, location = sui::bcs)]
fun u32_cut_short() {
    bcs::new(x"000000").peel_u32();
}

#[test, expected_failure(abort_code = 0, location = sui::bcs)]
fun u64_cut_short() {
    bcs::new(vector::tabulate!(7, |_| 0)).peel_u64();
}

#[test, expected_failure(abort_code = 0, location = sui::bcs)]
fun u128_cut_short() {
    bcs::new(vector::tabulate!(15, |_| 0)).peel_u128();
}

#[test, expected_failure(abort_code = 0, location = sui::bcs)]
fun u256_cut_short() {
    bcs::new(vector::tabulate!(31, |_| 0)).peel_u256();
}

#[test, expected_failure(abort_code = 0, location = sui::bcs)]
fun vector_cut_short() {
    bcs::new(x"03AABB").peel_vec_u8();
}

#[test, expected_failure(abort_code = 1, location = sui::bcs)]
fun bool_of_two() {
    bcs::new(x"02").peel_bool();
}

#[test, expected_failure(abort_code = 1, location = sui::bcs)]
fun option_of_two() {
    bcs::new(x"0200").peel_option_u8();
}

#[test, expected_failure(abort_code = 2, location = sui::bcs)]
fun length_of_six_bytes() {
    bcs::new(x"808080808001").peel_vec_length();
}

#[test, expected_failure(abort_code = 2, location = sui::bcs)]
fun enum_tag_too_large() {
    bcs::new(x"8080808010").peel_enum_tag();
}

#[test, expected_failure(vector_error, minor_status = 2, location = sui::bcs)]
fun length_cut_short() {
    bcs::new(x"80").peel_vec_length();
}
