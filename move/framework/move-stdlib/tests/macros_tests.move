/// The macros of `std::macros` that no integer module passes on in this form.
#[test_only]
module std::macros_tests;

use std::macros;
use std::unit_test::assert_eq;

#[test]
fun former_name_of_div_ceil() {
    assert_eq!(macros::num_divide_and_round_up!(11u64, 5), 3);
}

#[test]
fun square_root_in_a_wider_type() {
    assert_eq!(macros::num_sqrt!<u64, u128>(18446744073709551615, 64), 4294967295);
}

#[test]
fun arguments_are_evaluated_once() {
    let mut calls = 0u64;
    assert_eq!(macros::num_max!({ calls = calls + 1; calls }, 0), 1);
    assert_eq!(macros::num_saturating_add!({ calls = calls + 1; calls }, 1, 100), 3);
    assert_eq!(calls, 2);
}

#[test]
fun loops_take_any_integer() {
    let mut seen = vector[];
    macros::do!(2u8, |i| seen.push_back(i as u64));
    macros::do_eq!(1u128, |i| seen.push_back(i as u64));
    macros::range_do!(5u256, 6, |i| seen.push_back(i as u64));
    macros::range_do_eq!(7u16, 8, |i| seen.push_back(i as u64));
    assert_eq!(seen, vector[0, 1, 0, 1, 5, 7, 8]);
}
