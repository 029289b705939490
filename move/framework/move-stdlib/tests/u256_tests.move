/// Every function and macro of `std::u256`, at the edges of its range. Expected values were computed
/// with integers of unlimited size.
#[test_only]
module std::u256_tests;

use std::unit_test::assert_eq;
use std::u256;

const MAX: u256 = 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff;

#[test]
fun bitwise_not() {
    assert_eq!((0u256).bitwise_not(), MAX);
    assert_eq!(MAX.bitwise_not(), 0);
    assert_eq!((0xa5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5u256).bitwise_not(), 0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a);
}

#[test]
fun max_min_and_distance() {
    assert_eq!((3u256).max(7), 7);
    assert_eq!((7u256).max(3), 7);
    assert_eq!(MAX.max(0), MAX);
    assert_eq!((3u256).min(7), 3);
    assert_eq!((7u256).min(3), 3);
    assert_eq!(MAX.min(0), 0);
    assert_eq!((5u256).max(5), 5);
    assert_eq!((5u256).min(5), 5);
    assert_eq!((3u256).diff(7), 4);
    assert_eq!((7u256).diff(3), 4);
    assert_eq!((0u256).diff(MAX), MAX);
    assert_eq!(MAX.diff(MAX), 0);
}

#[test]
fun div_ceil() {
    assert_eq!((0u256).div_ceil(5), 0);
    assert_eq!((10u256).div_ceil(5), 2);
    assert_eq!((11u256).div_ceil(5), 3);
    assert_eq!(MAX.div_ceil(1), MAX);
    assert_eq!(MAX.div_ceil(2), 0x8000000000000000000000000000000000000000000000000000000000000000);
    assert_eq!((1u256).div_ceil(MAX), 1);
}

#[test, expected_failure(arithmetic_error, location = std::u256)]
fun div_ceil_by_zero() {
    (1u256).div_ceil(0);
}

#[test, allow(deprecated_usage)]
fun divide_and_round_up() {
    assert_eq!((11u256).divide_and_round_up(5), 3);
}

#[test]
fun pow() {
    assert_eq!((0u256).pow(0), 1);
    assert_eq!((0u256).pow(9), 0);
    assert_eq!((1u256).pow(255), 1);
    assert_eq!((2u256).pow(255), 0x8000000000000000000000000000000000000000000000000000000000000000);
    assert_eq!((3u256).pow(161), 0x90e7a7d36283c4589cff2b2b8d32d43e1eeb4315dc9ac9ead2ceaacca8492983);
    assert_eq!(MAX.pow(1), MAX);
}

#[test, expected_failure(arithmetic_error, location = std::u256)]
fun pow_too_large() {
    (4u256).pow(128);
}

#[test]
fun try_as_u8() {
    assert_eq!((0xffu256).try_as_u8(), option::some(0xff));
    assert_eq!((0x100u256).try_as_u8(), option::none());
    assert_eq!(MAX.try_as_u8(), option::none());
    assert_eq!((0u256).try_as_u8(), option::some(0));
}

#[test]
fun try_as_u16() {
    assert_eq!((0xffffu256).try_as_u16(), option::some(0xffff));
    assert_eq!((0x10000u256).try_as_u16(), option::none());
    assert_eq!(MAX.try_as_u16(), option::none());
    assert_eq!((0u256).try_as_u16(), option::some(0));
}

#[test]
fun try_as_u32() {
    assert_eq!((0xffffffffu256).try_as_u32(), option::some(0xffffffff));
    assert_eq!((0x100000000u256).try_as_u32(), option::none());
    assert_eq!(MAX.try_as_u32(), option::none());
    assert_eq!((0u256).try_as_u32(), option::some(0));
}

#[test]
fun try_as_u64() {
    assert_eq!((0xffffffffffffffffu256).try_as_u64(), option::some(0xffffffffffffffff));
    assert_eq!((0x10000000000000000u256).try_as_u64(), option::none());
    assert_eq!(MAX.try_as_u64(), option::none());
    assert_eq!((0u256).try_as_u64(), option::some(0));
}

#[test]
fun try_as_u128() {
    assert_eq!((0xffffffffffffffffffffffffffffffffu256).try_as_u128(), option::some(0xffffffffffffffffffffffffffffffff));
    assert_eq!((0x100000000000000000000000000000000u256).try_as_u128(), option::none());
    assert_eq!(MAX.try_as_u128(), option::none());
    assert_eq!((0u256).try_as_u128(), option::some(0));
}

#[test]
fun to_string() {
    assert_eq!((0u256).to_string(), b"0".to_string());
    assert_eq!((107u256).to_string(), b"107".to_string());
    assert_eq!(MAX.to_string(), b"115792089237316195423570985008687907853269984665640564039457584007913129639935".to_string());
}

#[test]
fun checked_add() {
    assert_eq!((3u256).checked_add(4), option::some(7));
    assert_eq!(MAX.checked_add(0), option::some(MAX));
    assert_eq!(MAX.checked_add(1), option::none());
    assert_eq!((1u256).checked_add(MAX), option::none());
}

#[test]
fun checked_sub() {
    assert_eq!((7u256).checked_sub(7), option::some(0));
    assert_eq!((7u256).checked_sub(8), option::none());
    assert_eq!(MAX.checked_sub(1), option::some(0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe));
}

#[test]
fun checked_mul() {
    assert_eq!((7u256).checked_mul(6), option::some(42));
    assert_eq!((0u256).checked_mul(MAX), option::some(0));
    assert_eq!(MAX.checked_mul(0), option::some(0));
    assert_eq!(MAX.checked_mul(1), option::some(MAX));
    assert_eq!(MAX.checked_mul(2), option::none());
    assert_eq!((0x100000000000000000000000000000000u256).checked_mul(0x100000000000000000000000000000000), option::none());
    assert_eq!((0x100000000000000000000000000000000u256).checked_mul(0xffffffffffffffffffffffffffffffff), option::some(0xffffffffffffffffffffffffffffffff00000000000000000000000000000000));
}

#[test]
fun checked_div() {
    assert_eq!((7u256).checked_div(2), option::some(3));
    assert_eq!(MAX.checked_div(0), option::none());
    assert_eq!((0u256).checked_div(MAX), option::some(0));
}

#[test]
fun saturating() {
    assert_eq!((3u256).saturating_add(4), 7);
    assert_eq!(MAX.saturating_add(1), MAX);
    assert_eq!(MAX.saturating_add(MAX), MAX);
    assert_eq!((7u256).saturating_sub(3), 4);
    assert_eq!((3u256).saturating_sub(7), 0);
    assert_eq!((7u256).saturating_mul(6), 42);
    assert_eq!(MAX.saturating_mul(2), MAX);
    assert_eq!(MAX.saturating_mul(0), 0);
    assert_eq!((0u256).saturating_mul(MAX), 0);
}

#[test]
fun lossless_shl() {
    assert_eq!((5u256).lossless_shl(1), option::some(10));
    assert_eq!((1u256).lossless_shl(255), option::some(0x8000000000000000000000000000000000000000000000000000000000000000));
    assert_eq!((3u256).lossless_shl(255), option::none());
    assert_eq!(MAX.lossless_shl(1), option::none());
    assert_eq!(MAX.lossless_shl(0), option::some(MAX));
}

#[test]
fun lossless_shr() {
    assert_eq!((10u256).lossless_shr(1), option::some(5));
    assert_eq!((5u256).lossless_shr(1), option::none());
    assert_eq!((0x8000000000000000000000000000000000000000000000000000000000000000u256).lossless_shr(255), option::some(1));
    assert_eq!(MAX.lossless_shr(1), option::none());
}

#[test]
fun lossless_div() {
    assert_eq!((12u256).lossless_div(4), option::some(3));
    assert_eq!((13u256).lossless_div(4), option::none());
    assert_eq!((13u256).lossless_div(0), option::none());
    assert_eq!(MAX.lossless_div(MAX), option::some(1));
}

#[test]
fun max_value() {
    assert_eq!(u256::max_value!(), MAX);
}

#[test]
fun loops_leave_out_the_end() {
    let mut seen = vector[];
    u256::range_do!(2, 5, |i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4]);
    u256::range_do!(5, 2, |i| seen.push_back(i));
    u256::range_do!(MAX, MAX, |i| seen.push_back(i));
    (0u256).do!(|i| seen.push_back(i));
    assert_eq!(seen.length(), 3);
    (3u256).do!(|i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4, 0, 1, 2]);
}

#[test]
fun loops_reach_the_end() {
    let mut seen = vector[];
    u256::range_do_eq!(2, 4, |i| seen.push_back(i));
    u256::range_do_eq!(MAX - 1, MAX, |i| seen.push_back(i));
    u256::range_do_eq!(4, 2, |i| seen.push_back(i));
    assert_eq!(seen, vector[2, 3, 4, MAX - 1, MAX]);
    let mut sum = 0;
    (4u256).do_eq!(|i| sum = sum + i);
    assert_eq!(sum, 10);
}
