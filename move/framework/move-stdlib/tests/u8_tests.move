/// Every function and macro of `std::u8`, at the edges of its range. Expected values were computed
/// with integers of unlimited size.
#[test_only]
module std::u8_tests;

use std::unit_test::assert_eq;
use std::u8;

const MAX: u8 = 0xff;

#[test]
fun bitwise_not() {
    assert_eq!((0u8).bitwise_not(), MAX);
    assert_eq!(MAX.bitwise_not(), 0);
    assert_eq!((0x5au8).bitwise_not(), 0xa5);
}

#[test]
fun max_min_and_distance() {
    assert_eq!((3u8).max(7), 7);
    assert_eq!((7u8).max(3), 7);
    assert_eq!(MAX.max(0), MAX);
    assert_eq!((3u8).min(7), 3);
    assert_eq!((7u8).min(3), 3);
    assert_eq!(MAX.min(0), 0);
    assert_eq!((5u8).max(5), 5);
    assert_eq!((5u8).min(5), 5);
    assert_eq!((3u8).diff(7), 4);
    assert_eq!((7u8).diff(3), 4);
    assert_eq!((0u8).diff(MAX), MAX);
    assert_eq!(MAX.diff(MAX), 0);
}

#[test]
fun div_ceil() {
    assert_eq!((0u8).div_ceil(5), 0);
    assert_eq!((10u8).div_ceil(5), 2);
    assert_eq!((11u8).div_ceil(5), 3);
    assert_eq!(MAX.div_ceil(1), MAX);
    assert_eq!(MAX.div_ceil(2), 0x80);
    assert_eq!((1u8).div_ceil(MAX), 1);
}

#[test, expected_failure(arithmetic_error, location = std::u8)]
fun div_ceil_by_zero() {
    (1u8).div_ceil(0);
}

#[test, allow(deprecated_usage)]
fun divide_and_round_up() {
    assert_eq!((11u8).divide_and_round_up(5), 3);
}

#[test]
fun mul_div() {
    assert_eq!((7u8).mul_div(5, 3), 11);
    assert_eq!(MAX.mul_div(MAX, MAX), MAX);
    assert_eq!(MAX.mul_div(2, 4), 0x7f);
    assert_eq!((0u8).mul_div(MAX, 1), 0);
}

#[test]
fun mul_div_ceil() {
    assert_eq!((7u8).mul_div_ceil(5, 3), 12);
    assert_eq!((6u8).mul_div_ceil(5, 3), 10);
    assert_eq!(MAX.mul_div_ceil(MAX, MAX), MAX);
    assert_eq!(MAX.mul_div_ceil(2, 4), 0x80);
}

#[test, expected_failure(arithmetic_error, location = std::u8)]
fun mul_div_by_zero() {
    (1u8).mul_div(1, 0);
}

#[test, expected_failure(arithmetic_error, location = std::u8)]
fun mul_div_too_large() {
    MAX.mul_div(2, 1);
}

#[test, expected_failure(arithmetic_error, location = std::u8)]
fun mul_div_ceil_by_zero() {
    (1u8).mul_div_ceil(1, 0);
}

#[test, expected_failure(arithmetic_error, location = std::u8)]
fun mul_div_ceil_too_large() {
    MAX.mul_div_ceil(2, 1);
}

#[test]
fun pow() {
    assert_eq!((0u8).pow(0), 1);
    assert_eq!((0u8).pow(9), 0);
    assert_eq!((1u8).pow(255), 1);
    assert_eq!((2u8).pow(7), 0x80);
    assert_eq!((3u8).pow(5), 0xf3);
    assert_eq!(MAX.pow(1), MAX);
}

#[test, expected_failure(arithmetic_error, location = std::u8)]
fun pow_too_large() {
    (2u8).pow(8);
}

#[test]
fun sqrt() {
    assert_eq!((0u8).sqrt(), 0);
    assert_eq!((1u8).sqrt(), 1);
    assert_eq!((2u8).sqrt(), 1);
    assert_eq!((3u8).sqrt(), 1);
    assert_eq!((4u8).sqrt(), 2);
    assert_eq!((8u8).sqrt(), 2);
    assert_eq!((9u8).sqrt(), 3);
    assert_eq!((99u8).sqrt(), 9);
    assert_eq!((100u8).sqrt(), 10);
    assert_eq!(MAX.sqrt(), 0xf);
    assert_eq!((0xe1u8).sqrt(), 0xf);
    assert_eq!((0xe0u8).sqrt(), 0xe);
}

#[test]
fun to_string() {
    assert_eq!((0u8).to_string(), b"0".to_string());
    assert_eq!((107u8).to_string(), b"107".to_string());
    assert_eq!(MAX.to_string(), b"255".to_string());
}

#[test]
fun checked_add() {
    assert_eq!((3u8).checked_add(4), option::some(7));
    assert_eq!(MAX.checked_add(0), option::some(MAX));
    assert_eq!(MAX.checked_add(1), option::none());
    assert_eq!((1u8).checked_add(MAX), option::none());
}

#[test]
fun checked_sub() {
    assert_eq!((7u8).checked_sub(7), option::some(0));
    assert_eq!((7u8).checked_sub(8), option::none());
    assert_eq!(MAX.checked_sub(1), option::some(0xfe));
}

#[test]
fun checked_mul() {
    assert_eq!((7u8).checked_mul(6), option::some(42));
    assert_eq!((0u8).checked_mul(MAX), option::some(0));
    assert_eq!(MAX.checked_mul(0), option::some(0));
    assert_eq!(MAX.checked_mul(1), option::some(MAX));
    assert_eq!(MAX.checked_mul(2), option::none());
    assert_eq!((0x10u8).checked_mul(0x10), option::none());
    assert_eq!((0x10u8).checked_mul(0xf), option::some(0xf0));
}

#[test]
fun checked_div() {
    assert_eq!((7u8).checked_div(2), option::some(3));
    assert_eq!(MAX.checked_div(0), option::none());
    assert_eq!((0u8).checked_div(MAX), option::some(0));
}

#[test]
fun saturating() {
    assert_eq!((3u8).saturating_add(4), 7);
    assert_eq!(MAX.saturating_add(1), MAX);
    assert_eq!(MAX.saturating_add(MAX), MAX);
    assert_eq!((7u8).saturating_sub(3), 4);
    assert_eq!((3u8).saturating_sub(7), 0);
    assert_eq!((7u8).saturating_mul(6), 42);
    assert_eq!(MAX.saturating_mul(2), MAX);
    assert_eq!(MAX.saturating_mul(0), 0);
    assert_eq!((0u8).saturating_mul(MAX), 0);
}

#[test]
fun checked_shl() {
    assert_eq!((5u8).checked_shl(1), option::some(10));
    assert_eq!(MAX.checked_shl(7), option::some(0x80));
    assert_eq!((1u8).checked_shl(8), option::none());
    assert_eq!((1u8).checked_shl(255), option::none());
    assert_eq!(MAX.checked_shl(0), option::some(MAX));
}

#[test]
fun checked_shr() {
    assert_eq!((5u8).checked_shr(1), option::some(2));
    assert_eq!(MAX.checked_shr(7), option::some(1));
    assert_eq!((1u8).checked_shr(8), option::none());
    assert_eq!((1u8).checked_shr(255), option::none());
}

#[test]
fun lossless_shl() {
    assert_eq!((5u8).lossless_shl(1), option::some(10));
    assert_eq!((1u8).lossless_shl(7), option::some(0x80));
    assert_eq!((3u8).lossless_shl(7), option::none());
    assert_eq!(MAX.lossless_shl(1), option::none());
    assert_eq!(MAX.lossless_shl(0), option::some(MAX));
    assert_eq!((0u8).lossless_shl(8), option::none());
}

#[test]
fun lossless_shr() {
    assert_eq!((10u8).lossless_shr(1), option::some(5));
    assert_eq!((5u8).lossless_shr(1), option::none());
    assert_eq!((0x80u8).lossless_shr(7), option::some(1));
    assert_eq!(MAX.lossless_shr(1), option::none());
    assert_eq!((0u8).lossless_shr(8), option::none());
}

#[test]
fun lossless_div() {
    assert_eq!((12u8).lossless_div(4), option::some(3));
    assert_eq!((13u8).lossless_div(4), option::none());
    assert_eq!((13u8).lossless_div(0), option::none());
    assert_eq!(MAX.lossless_div(MAX), option::some(1));
}

#[test]
fun max_value() {
    assert_eq!(u8::max_value!(), MAX);
}

#[test]
fun loops_leave_out_the_end() {
    let mut seen = vector[];
    u8::range_do!(2, 5, |i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4]);
    u8::range_do!(5, 2, |i| seen.push_back(i));
    u8::range_do!(MAX, MAX, |i| seen.push_back(i));
    (0u8).do!(|i| seen.push_back(i));
    assert_eq!(seen.length(), 3);
    (3u8).do!(|i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4, 0, 1, 2]);
}

#[test]
fun loops_reach_the_end() {
    let mut seen = vector[];
    u8::range_do_eq!(2, 4, |i| seen.push_back(i));
    u8::range_do_eq!(MAX - 1, MAX, |i| seen.push_back(i));
    u8::range_do_eq!(4, 2, |i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4, MAX - 1, MAX]);
    let mut sum = 0;
    (4u8).do_eq!(|i| sum = sum + i);
    assert_eq!(sum, 10);
}
