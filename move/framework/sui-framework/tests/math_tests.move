/// `sui::math`.
#[test_only]
module sui::math_tests;

use std::unit_test::assert_eq;
use sui::math;

#[test]
fun the_former_functions_still_work() {
    assert_eq!(math::max(3, 7), 7);
    assert_eq!(math::min(3, 7), 3);
    assert_eq!(math::diff(3, 7), 4);
    assert_eq!(math::pow(3, 40), 12157665459056928801);
    assert_eq!(math::sqrt(18446744073709551615), 4294967295);
    assert_eq!(math::sqrt_u128(340282366920938463463374607431768211455), 18446744073709551615);
    assert_eq!(math::divide_and_round_up(11, 5), 3);
}

#[test, expected_failure(arithmetic_error, location = std::u64)]
fun pow_too_large() {
    math::pow(3, 41);
}

#[test, expected_failure(arithmetic_error, location = std::u64)]
fun division_by_zero() {
    math::divide_and_round_up(1, 0);
}
