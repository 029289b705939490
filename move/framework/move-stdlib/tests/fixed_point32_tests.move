/// `std::fixed_point32`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module std::fixed_point32_tests;

use std::fixed_point32;
use std::unit_test::assert_eq;

const MAX: u64 = 0xFFFF_FFFF_FFFF_FFFF;

#[test]
fun rationals() {
    assert_eq!(fixed_point32::create_from_rational(3, 4).get_raw_value(), 0xC000_0000);
    assert_eq!(fixed_point32::create_from_rational(1, 3).get_raw_value(), 0x5555_5555);
    assert_eq!(fixed_point32::create_from_rational(1, 1 << 32).get_raw_value(), 1);
    assert_eq!(fixed_point32::create_from_rational(MAX, 1 << 32).get_raw_value(), MAX);
    assert!(fixed_point32::create_from_rational(0, MAX).is_zero());
    assert!(!fixed_point32::create_from_rational(1, 2).is_zero());
}

#[test]
fun raw_values() {
    assert_eq!(fixed_point32::create_from_raw_value(MAX).get_raw_value(), MAX);
    assert_eq!(
        fixed_point32::create_from_raw_value(1 << 31),
        fixed_point32::create_from_rational(1, 2),
    );
}

#[test]
fun multiplication_and_division_round_down() {
    let three_quarters = fixed_point32::create_from_rational(3, 4);
    assert_eq!(fixed_point32::multiply_u64(10, three_quarters), 7);
    assert_eq!(fixed_point32::divide_u64(10, three_quarters), 13);
    let one = fixed_point32::create_from_rational(1, 1);
    assert_eq!(fixed_point32::multiply_u64(MAX, one), MAX);
    assert_eq!(fixed_point32::divide_u64(MAX, one), MAX);
}

#[test, expected_failure(abort_code = 0x10001, location = std::fixed_point32)]
fun denominator_of_zero() {
    fixed_point32::create_from_rational(1, 0);
}

#[test, expected_failure(abort_code = 0x20005, location = std::fixed_point32)]
fun ratio_too_large() {
    fixed_point32::create_from_rational(1 << 32, 1);
}

#[test, expected_failure(abort_code = 0x20005, location = std::fixed_point32)]
fun ratio_too_small() {
    fixed_point32::create_from_rational(1, (1 << 32) + 1);
}

#[test, expected_failure(abort_code = 0x20003, location = std::fixed_point32)]
fun product_too_large() {
    fixed_point32::multiply_u64(MAX, fixed_point32::create_from_rational(2, 1));
}

#[test, expected_failure(abort_code = 0x20002, location = std::fixed_point32)]
fun quotient_too_large() {
    fixed_point32::divide_u64(MAX, fixed_point32::create_from_rational(1, 2));
}

#[test, expected_failure(abort_code = 0x10004, location = std::fixed_point32)]
fun division_by_zero() {
    fixed_point32::divide_u64(1, fixed_point32::create_from_raw_value(0));
}
