/// `std::uq32_32`.
#[test_only]
module std::uq32_32_tests;

use std::unit_test::assert_eq;
use std::uq32_32;

/// The largest raw value.
const MAX: u64 = 0xffffffffffffffff;

/// The raw value of 1.
const ONE: u64 = 0x100000000;

#[test]
fun quotients_round_down() {
    assert_eq!(uq32_32::from_quotient(3, 4).to_raw(), 0xc0000000);
    assert_eq!(uq32_32::from_quotient(1, 3).to_raw(), 0x55555555);
    assert_eq!(uq32_32::from_quotient(1, ONE).to_raw(), 1);
    assert_eq!(uq32_32::from_quotient(0, MAX).to_raw(), 0);
    assert_eq!(uq32_32::from_quotient(MAX, ONE).to_raw(), MAX);
}

#[test]
fun integers_and_back() {
    assert_eq!(uq32_32::from_int(0).to_raw(), 0);
    assert_eq!(uq32_32::from_int(1).to_raw(), ONE);
    assert_eq!(uq32_32::from_int(0xffffffff).to_raw(), 0xffffffff00000000);
    assert_eq!(uq32_32::from_raw(MAX).to_int(), 0xffffffff);
    assert_eq!(uq32_32::from_raw(ONE - 1).to_int(), 0);
    assert_eq!(uq32_32::from_raw(ONE + 1).to_int(), 1);
}

#[test]
fun sums_and_differences() {
    let half = uq32_32::from_quotient(1, 2);
    let quarter = uq32_32::from_quotient(1, 4);
    assert_eq!(half.add(quarter), uq32_32::from_quotient(3, 4));
    assert_eq!(half.sub(quarter), quarter);
    assert_eq!(uq32_32::from_raw(MAX - 1).add(uq32_32::from_raw(1)).to_raw(), MAX);
    assert_eq!(uq32_32::from_raw(MAX).sub(uq32_32::from_raw(MAX)).to_raw(), 0);
}

#[test]
fun products_and_quotients() {
    let half = uq32_32::from_quotient(1, 2);
    let three = uq32_32::from_int(3);
    assert_eq!(three.mul(half), uq32_32::from_quotient(3, 2));
    assert_eq!(three.div(half), uq32_32::from_int(6));
    assert_eq!(uq32_32::from_int(1).div(three).to_raw(), 0x55555555);
    assert_eq!(uq32_32::from_raw(1).mul(uq32_32::from_raw(1)).to_raw(), 0);
    assert_eq!(uq32_32::int_mul(10, uq32_32::from_quotient(3, 4)), 7);
    assert_eq!(uq32_32::int_div(10, uq32_32::from_quotient(3, 4)), 13);
    assert_eq!(uq32_32::int_mul(MAX, uq32_32::from_int(1)), MAX);
    assert_eq!(uq32_32::int_div(MAX, uq32_32::from_int(1)), MAX);
}

#[test]
fun comparisons() {
    let a = uq32_32::from_quotient(1, 3);
    let b = uq32_32::from_quotient(1, 2);
    assert!(a.lt(b) && !b.lt(a) && !a.lt(a));
    assert!(a.le(b) && !b.le(a) && a.le(a));
    assert!(b.gt(a) && !a.gt(b) && !a.gt(a));
    assert!(b.ge(a) && !a.ge(b) && a.ge(a));
}

#[test, expected_failure(abort_code = std::uq32_32::EDenominator)]
fun denominator_of_zero() {
    uq32_32::from_quotient(1, 0);
}

#[test, expected_failure(abort_code = std::uq32_32::EQuotientTooSmall)]
fun quotient_too_small() {
    uq32_32::from_quotient(1, ONE + 1);
}

#[test, expected_failure(abort_code = std::uq32_32::EQuotientTooLarge)]
fun quotient_too_large() {
    uq32_32::from_quotient(ONE, 1);
}

#[test, expected_failure(abort_code = std::uq32_32::EOverflow)]
fun sum_too_large() {
    uq32_32::from_raw(MAX).add(uq32_32::from_raw(1));
}

#[test, expected_failure(abort_code = std::uq32_32::EOverflow)]
fun difference_below_zero() {
    uq32_32::from_raw(1).sub(uq32_32::from_raw(2));
}

#[test, expected_failure(abort_code = std::uq32_32::EOverflow)]
fun product_too_large() {
    uq32_32::from_raw(MAX).mul(uq32_32::from_raw(ONE + 1));
}

#[test, expected_failure(abort_code = std::uq32_32::EOverflow)]
fun division_result_too_large() {
    uq32_32::from_raw(MAX).div(uq32_32::from_raw(ONE - 1));
}

#[test, expected_failure(abort_code = std::uq32_32::EDivisionByZero)]
fun division_by_zero() {
    uq32_32::from_int(1).div(uq32_32::from_int(0));
}

#[test, expected_failure(abort_code = std::uq32_32::EOverflow)]
fun int_mul_too_large() {
    uq32_32::int_mul(MAX, uq32_32::from_int(2));
}

#[test, expected_failure(abort_code = std::uq32_32::EOverflow)]
fun int_div_too_large() {
    uq32_32::int_div(MAX, uq32_32::from_quotient(1, 2));
}

#[test, expected_failure(abort_code = std::uq32_32::EDivisionByZero)]
fun int_div_by_zero() {
    uq32_32::int_div(1, uq32_32::from_raw(0));
}
