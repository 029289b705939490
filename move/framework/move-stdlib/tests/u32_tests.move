/// Every function and macro of `std::u32`, at the edges of its range. Expected values were computed
/// with integers of unlimited size.
#[test_only]
module std::u32_tests;

use std::unit_test::assert_eq;
use std::u32;

const MAX: u32 = 0xffffffff;

#[test]
fun bitwise_not() {
    assert_eq!((0u32).bitwise_not(), MAX);
    assert_eq!(MAX.bitwise_not(), 0);
    assert_eq!((0xa5a5a5a5u32).bitwise_not(), 0x5a5a5a5a);
}

#[test]
fun max_min_and_distance() {
    assert_eq!((3u32).max(7), 7);
    assert_eq!((7u32).max(3), 7);
    assert_eq!(MAX.max(0), MAX);
    assert_eq!((3u32).min(7), 3);
    assert_eq!((7u32).min(3), 3);
    assert_eq!(MAX.min(0), 0);
    assert_eq!((5u32).max(5), 5);
    assert_eq!((5u32).min(5), 5);
    assert_eq!((3u32).diff(7), 4);
    assert_eq!((7u32).diff(3), 4);
    assert_eq!((0u32).diff(MAX), MAX);
    assert_eq!(MAX.diff(MAX), 0);
}

#[test]
fun div_ceil() {
    assert_eq!((0u32).div_ceil(5), 0);
    assert_eq!((10u32).div_ceil(5), 2);
    assert_eq!((11u32).div_ceil(5), 3);
    assert_eq!(MAX.div_ceil(1), MAX);
    assert_eq!(MAX.div_ceil(2), 0x80000000);
    assert_eq!((1u32).div_ceil(MAX), 1);
}

#[test, expected_failure(arithmetic_error, location = std::u32)]
fun div_ceil_by_zero() {
    (1u32).div_ceil(0);
}

#[test, allow(deprecated_usage)]
fun divide_and_round_up() {
    assert_eq!((11u32).divide_and_round_up(5), 3);
}

#[test]
fun mul_div() {
    assert_eq!((7u32).mul_div(5, 3), 11);
    assert_eq!(MAX.mul_div(MAX, MAX), MAX);
    assert_eq!(MAX.mul_div(2, 4), 0x7fffffff);
    assert_eq!((0u32).mul_div(MAX, 1), 0);
}

#[test]
fun mul_div_ceil() {
    assert_eq!((7u32).mul_div_ceil(5, 3), 12);
    assert_eq!((6u32).mul_div_ceil(5, 3), 10);
    assert_eq!(MAX.mul_div_ceil(MAX, MAX), MAX);
    assert_eq!(MAX.mul_div_ceil(2, 4), 0x80000000);
}

#[test, expected_failure(arithmetic_error, location = std::u32)]
fun mul_div_by_zero() {
    (1u32).mul_div(1, 0);
}

#[test, expected_failure(arithmetic_error, location = std::u32)]
fun mul_div_too_large() {
    MAX.mul_div(2, 1);
}

#[test, expected_failure(arithmetic_error, location = std::u32)]
fun mul_div_ceil_by_zero() {
    (1u32).mul_div_ceil(1, 0);
}

#[test, expected_failure(arithmetic_error, location = std::u32)]
fun mul_div_ceil_too_large() {
    MAX.mul_div_ceil(2, 1);
}

#[test]
fun pow() {
    assert_eq!((0u32).pow(0), 1);
    assert_eq!((0u32).pow(9), 0);
    assert_eq!((1u32).pow(255), 1);
    assert_eq!((2u32).pow(31), 0x80000000);
    assert_eq!((3u32).pow(20), 0xcfd41b91);
    assert_eq!(MAX.pow(1), MAX);
}

#[test, expected_failure(arithmetic_error, location = std::u32)]
fun pow_too_large() {
    (2u32).pow(32);
}

#[test]
fun sqrt() {
    assert_eq!((0u32).sqrt(), 0);
    assert_eq!((1u32).sqrt(), 1);
    assert_eq!((2u32).sqrt(), 1);
    assert_eq!((3u32).sqrt(), 1);
    assert_eq!((4u32).sqrt(), 2);
    assert_eq!((8u32).sqrt(), 2);
    assert_eq!((9u32).sqrt(), 3);
    assert_eq!((99u32).sqrt(), 9);
    assert_eq!((100u32).sqrt(), 10);
    assert_eq!(MAX.sqrt(), 0xffff);
    assert_eq!((0xfffe0001u32).sqrt(), 0xffff);
    assert_eq!((0xfffe0000u32).sqrt(), 0xfffe);
}

#[test]
fun try_as_u8() {
    assert_eq!((0xffu32).try_as_u8(), option::some(0xff));
    assert_eq!((0x100u32).try_as_u8(), option::none());
    assert_eq!(MAX.try_as_u8(), option::none());
    assert_eq!((0u32).try_as_u8(), option::some(0));
}

#[test]
fun try_as_u16() {
    assert_eq!((0xffffu32).try_as_u16(), option::some(0xffff));
    assert_eq!((0x10000u32).try_as_u16(), option::none());
    assert_eq!(MAX.try_as_u16(), option::none());
    assert_eq!((0u32).try_as_u16(), option::some(0));
}

#[test]
fun to_string() {
    assert_eq!((0u32).to_string(), b"0".to_string());
    assert_eq!((107u32).to_string(), b"107".to_string());
    assert_eq!(MAX.to_string(), b"4294967295".to_string());
}

#[test]
fun checked_add() {
    assert_eq!((3u32).checked_add(4), option::some(7));
    assert_eq!(MAX.checked_add(0), option::some(MAX));
    assert_eq!(MAX.checked_add(1), option::none());
    assert_eq!((1u32).checked_add(MAX), option::none());
}

#[test]
fun checked_sub() {
    assert_eq!((7u32).checked_sub(7), option::some(0));
    assert_eq!((7u32).checked_sub(8), option::none());
    assert_eq!(MAX.checked_sub(1), option::some(0xfffffffe));
}

#[test]
fun checked_mul() {
    assert_eq!((7u32).checked_mul(6), option::some(42));
    assert_eq!((0u32).checked_mul(MAX), option::some(0));
    assert_eq!(MAX.checked_mul(0), option::some(0));
    assert_eq!(MAX.checked_mul(1), option::some(MAX));
    assert_eq!(MAX.checked_mul(2), option::none());
    assert_eq!((0x10000u32).checked_mul(0x10000), option::none());
    assert_eq!((0x10000u32).checked_mul(0xffff), option::some(0xffff0000));
}

#[test]
fun checked_div() {
    assert_eq!((7u32).checked_div(2), option::some(3));
    assert_eq!(MAX.checked_div(0), option::none());
    assert_eq!((0u32).checked_div(MAX), option::some(0));
}

#[test]
fun saturating() {
    assert_eq!((3u32).saturating_add(4), 7);
    assert_eq!(MAX.saturating_add(1), MAX);
    assert_eq!(MAX.saturating_add(MAX), MAX);
    assert_eq!((7u32).saturating_sub(3), 4);
    assert_eq!((3u32).saturating_sub(7), 0);
    assert_eq!((7u32).saturating_mul(6), 42);
    assert_eq!(MAX.saturating_mul(2), MAX);
    assert_eq!(MAX.saturating_mul(0), 0);
    assert_eq!((0u32).saturating_mul(MAX), 0);
}

#[test]
fun checked_shl() {
    assert_eq!((5u32).checked_shl(1), option::some(10));
    assert_eq!(MAX.checked_shl(31), option::some(0x80000000));
    assert_eq!((1u32).checked_shl(32), option::none());
    assert_eq!((1u32).checked_shl(255), option::none());
    assert_eq!(MAX.checked_shl(0), option::some(MAX));
}

#[test]
fun checked_shr() {
    assert_eq!((5u32).checked_shr(1), option::some(2));
    assert_eq!(MAX.checked_shr(31), option::some(1));
    assert_eq!((1u32).checked_shr(32), option::none());
    assert_eq!((1u32).checked_shr(255), option::none());
}

#[test]
fun lossless_shl() {
    assert_eq!((5u32).lossless_shl(1), option::some(10));
    assert_eq!((1u32).lossless_shl(31), option::some(0x80000000));
    assert_eq!((3u32).lossless_shl(31), option::none());
    assert_eq!(MAX.lossless_shl(1), option::none());
    assert_eq!(MAX.lossless_shl(0), option::some(MAX));
    assert_eq!((0u32).lossless_shl(32), option::none());
}

#[test]
fun lossless_shr() {
    assert_eq!((10u32).lossless_shr(1), option::some(5));
    assert_eq!((5u32).lossless_shr(1), option::none());
    assert_eq!((0x80000000u32).lossless_shr(31), option::some(1));
    assert_eq!(MAX.lossless_shr(1), option::none());
    assert_eq!((0u32).lossless_shr(32), option::none());
}

#[test]
fun lossless_div() {
    assert_eq!((12u32).lossless_div(4), option::some(3));
    assert_eq!((13u32).lossless_div(4), option::none());
    assert_eq!((13u32).lossless_div(0), option::none());
    assert_eq!(MAX.lossless_div(MAX), option::some(1));
}

#[test]
fun max_value() {
    assert_eq!(u32::max_value!(), MAX);
}

#[test]
fun loops_leave_out_the_end() {
    let mut seen = vector[];
    u32::range_do!(2, 5, |i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4]);
    u32::range_do!(5, 2, |i| seen.push_back(i));
    u32::range_do!(MAX, MAX, |i| seen.push_back(i));
    (0u32).do!(|i| seen.push_back(i));
    assert_eq!(seen.length(), 3);
    (3u32).do!(|i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4, 0, 1, 2]);
}

#[test]
fun loops_reach_the_end() {
    let mut seen = vector[];
    u32::range_do_eq!(2, 4, |i| seen.push_back(i));
    u32::range_do_eq!(MAX - 1, MAX, |i| seen.push_back(i));
    u32::range_do_eq!(4, 2, |i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4, MAX - 1, MAX]);
    let mut sum = 0;
    (4u32).do_eq!(|i| sum = sum + i);
    assert_eq!(sum, 10);
}
