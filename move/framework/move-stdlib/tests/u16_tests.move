/// Every function and macro of `std::u16`, at the edges of its range. Expected values were computed
/// with integers of unlimited size.
#[test_only]
module std::u16_tests;

use std::unit_test::assert_eq;
use std::u16;

const MAX: u16 = 0xffff;

#[test]
fun bitwise_not() {
    assert_eq!((0u16).bitwise_not(), MAX);
    assert_eq!(MAX.bitwise_not(), 0);
    assert_eq!((0xa5a5u16).bitwise_not(), 0x5a5a);
}

#[test]
fun max_min_and_distance() {
    assert_eq!((3u16).max(7), 7);
    assert_eq!((7u16).max(3), 7);
    assert_eq!(MAX.max(0), MAX);
    assert_eq!((3u16).min(7), 3);
    assert_eq!((7u16).min(3), 3);
    assert_eq!(MAX.min(0), 0);
    assert_eq!((5u16).max(5), 5);
    assert_eq!((5u16).min(5), 5);
    assert_eq!((3u16).diff(7), 4);
    assert_eq!((7u16).diff(3), 4);
    assert_eq!((0u16).diff(MAX), MAX);
    assert_eq!(MAX.diff(MAX), 0);
}

#[test]
fun div_ceil() {
    assert_eq!((0u16).div_ceil(5), 0);
    assert_eq!((10u16).div_ceil(5), 2);
    assert_eq!((11u16).div_ceil(5), 3);
    assert_eq!(MAX.div_ceil(1), MAX);
    assert_eq!(MAX.div_ceil(2), 0x8000);
    assert_eq!((1u16).div_ceil(MAX), 1);
}

#[test, expected_failure(arithmetic_error, location = std::u16)]
fun div_ceil_by_zero() {
    (1u16).div_ceil(0);
}

#[test, allow(deprecated_usage)]
fun divide_and_round_up() {
    assert_eq!((11u16).divide_and_round_up(5), 3);
}

#[test]
fun mul_div() {
    assert_eq!((7u16).mul_div(5, 3), 11);
    assert_eq!(MAX.mul_div(MAX, MAX), MAX);
    assert_eq!(MAX.mul_div(2, 4), 0x7fff);
    assert_eq!((0u16).mul_div(MAX, 1), 0);
}

#[test]
fun mul_div_ceil() {
    assert_eq!((7u16).mul_div_ceil(5, 3), 12);
    assert_eq!((6u16).mul_div_ceil(5, 3), 10);
    assert_eq!(MAX.mul_div_ceil(MAX, MAX), MAX);
    assert_eq!(MAX.mul_div_ceil(2, 4), 0x8000);
}

#[test, expected_failure(arithmetic_error, location = std::u16)]
fun mul_div_by_zero() {
    (1u16).mul_div(1, 0);
}

#[test, expected_failure(arithmetic_error, location = std::u16)]
fun mul_div_too_large() {
    MAX.mul_div(2, 1);
}

#[test, expected_failure(arithmetic_error, location = std::u16)]
fun mul_div_ceil_by_zero() {
    (1u16).mul_div_ceil(1, 0);
}

#[test, expected_failure(arithmetic_error, location = std::u16)]
fun mul_div_ceil_too_large() {
    MAX.mul_div_ceil(2, 1);
}

#[test]
fun pow() {
    assert_eq!((0u16).pow(0), 1);
    assert_eq!((0u16).pow(9), 0);
    assert_eq!((1u16).pow(255), 1);
    assert_eq!((2u16).pow(15), 0x8000);
    assert_eq!((3u16).pow(10), 0xe6a9);
    assert_eq!(MAX.pow(1), MAX);
}

#[test, expected_failure(arithmetic_error, location = std::u16)]
fun pow_too_large() {
    (2u16).pow(16);
}

#[test]
fun sqrt() {
    assert_eq!((0u16).sqrt(), 0);
    assert_eq!((1u16).sqrt(), 1);
    assert_eq!((2u16).sqrt(), 1);
    assert_eq!((3u16).sqrt(), 1);
    assert_eq!((4u16).sqrt(), 2);
    assert_eq!((8u16).sqrt(), 2);
    assert_eq!((9u16).sqrt(), 3);
    assert_eq!((99u16).sqrt(), 9);
    assert_eq!((100u16).sqrt(), 10);
    assert_eq!(MAX.sqrt(), 0xff);
    assert_eq!((0xfe01u16).sqrt(), 0xff);
    assert_eq!((0xfe00u16).sqrt(), 0xfe);
}

#[test]
fun try_as_u8() {
    assert_eq!((0xffu16).try_as_u8(), option::some(0xff));
    assert_eq!((0x100u16).try_as_u8(), option::none());
    assert_eq!(MAX.try_as_u8(), option::none());
    assert_eq!((0u16).try_as_u8(), option::some(0));
}

#[test]
fun to_string() {
    assert_eq!((0u16).to_string(), b"0".to_string());
    assert_eq!((107u16).to_string(), b"107".to_string());
    assert_eq!(MAX.to_string(), b"65535".to_string());
}

#[test]
fun checked_add() {
    assert_eq!((3u16).checked_add(4), option::some(7));
    assert_eq!(MAX.checked_add(0), option::some(MAX));
    assert_eq!(MAX.checked_add(1), option::none());
    assert_eq!((1u16).checked_add(MAX), option::none());
}

#[test]
fun checked_sub() {
    assert_eq!((7u16).checked_sub(7), option::some(0));
    assert_eq!((7u16).checked_sub(8), option::none());
    assert_eq!(MAX.checked_sub(1), option::some(0xfffe));
}

#[test]
fun checked_mul() {
    assert_eq!((7u16).checked_mul(6), option::some(42));
    assert_eq!((0u16).checked_mul(MAX), option::some(0));
    assert_eq!(MAX.checked_mul(0), option::some(0));
    assert_eq!(MAX.checked_mul(1), option::some(MAX));
    assert_eq!(MAX.checked_mul(2), option::none());
    assert_eq!((0x100u16).checked_mul(0x100), option::none());
    assert_eq!((0x100u16).checked_mul(0xff), option::some(0xff00));
}

#[test]
fun checked_div() {
    assert_eq!((7u16).checked_div(2), option::some(3));
    assert_eq!(MAX.checked_div(0), option::none());
    assert_eq!((0u16).checked_div(MAX), option::some(0));
}

#[test]
fun saturating() {
    assert_eq!((3u16).saturating_add(4), 7);
    assert_eq!(MAX.saturating_add(1), MAX);
    assert_eq!(MAX.saturating_add(MAX), MAX);
    assert_eq!((7u16).saturating_sub(3), 4);
    assert_eq!((3u16).saturating_sub(7), 0);
    assert_eq!((7u16).saturating_mul(6), 42);
    assert_eq!(MAX.saturating_mul(2), MAX);
    assert_eq!(MAX.saturating_mul(0), 0);
    assert_eq!((0u16).saturating_mul(MAX), 0);
}

#[test]
fun checked_shl() {
    assert_eq!((5u16).checked_shl(1), option::some(10));
    assert_eq!(MAX.checked_shl(15), option::some(0x8000));
    assert_eq!((1u16).checked_shl(16), option::none());
    assert_eq!((1u16).checked_shl(255), option::none());
    assert_eq!(MAX.checked_shl(0), option::some(MAX));
}

#[test]
fun checked_shr() {
    assert_eq!((5u16).checked_shr(1), option::some(2));
    assert_eq!(MAX.checked_shr(15), option::some(1));
    assert_eq!((1u16).checked_shr(16), option::none());
    assert_eq!((1u16).checked_shr(255), option::none());
}

#[test]
fun lossless_shl() {
    assert_eq!((5u16).lossless_shl(1), option::some(10));
    assert_eq!((1u16).lossless_shl(15), option::some(0x8000));
    assert_eq!((3u16).lossless_shl(15), option::none());
    assert_eq!(MAX.lossless_shl(1), option::none());
    assert_eq!(MAX.lossless_shl(0), option::some(MAX));
    assert_eq!((0u16).lossless_shl(16), option::none());
}

#[test]
fun lossless_shr() {
    assert_eq!((10u16).lossless_shr(1), option::some(5));
    assert_eq!((5u16).lossless_shr(1), option::none());
    assert_eq!((0x8000u16).lossless_shr(15), option::some(1));
    assert_eq!(MAX.lossless_shr(1), option::none());
    assert_eq!((0u16).lossless_shr(16), option::none());
}

#[test]
fun lossless_div() {
    assert_eq!((12u16).lossless_div(4), option::some(3));
    assert_eq!((13u16).lossless_div(4), option::none());
    assert_eq!((13u16).lossless_div(0), option::none());
    assert_eq!(MAX.lossless_div(MAX), option::some(1));
}

#[test]
fun max_value() {
    assert_eq!(u16::max_value!(), MAX);
}

#[test]
fun loops_leave_out_the_end() {
    let mut seen = vector[];
    u16::range_do!(2, 5, |i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4]);
    u16::range_do!(5, 2, |i| seen.push_back(i));
    u16::range_do!(MAX, MAX, |i| seen.push_back(i));
    (0u16).do!(|i| seen.push_back(i));
    assert_eq!(seen.length(), 3);
    (3u16).do!(|i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4, 0, 1, 2]);
}

#[test]
fun loops_reach_the_end() {
    let mut seen = vector[];
    u16::range_do_eq!(2, 4, |i| seen.push_back(i));
    u16::range_do_eq!(MAX - 1, MAX, |i| seen.push_back(i));
    u16::range_do_eq!(4, 2, |i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4, MAX - 1, MAX]);
    let mut sum = 0;
    (4u16).do_eq!(|i| sum = sum + i);
    assert_eq!(sum, 10);
}
