/// `std::bit_vector`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module std::bit_vector_tests;

use std::bit_vector::{Self, BitVector};
use std::unit_test::assert_eq;

fun of(length: u64, indices: vector<u64>): BitVector {
    let mut bits = bit_vector::new(length);
    indices.do!(|i| bits.set(i));
    bits
}

#[test]
fun new_bits_are_unset() {
    let bits = bit_vector::new(1023);
    assert_eq!(bits.length(), 1023);
    1023u64.do!(|i| assert!(!bits.is_index_set(i)));
    assert_eq!(bit_vector::new(1).length(), 1);
}

#[test]
fun set_and_unset_change_one_bit() {
    let mut bits = of(10, vector[0, 4, 9]);
    bits.set(4);
    bits.unset(9);
    bits.unset(8);
    assert_eq!(bits, of(10, vector[0, 4]));
}

#[test]
fun shift_left_moves_towards_index_zero() {
    let bits = of(10, vector[0, 3, 9]);
    vector[0u64, 1, 3, 9, 10, 18446744073709551615].zip_do!(
        vector[vector[0u64, 3, 9], vector[2, 8], vector[0, 6], vector[0], vector[], vector[]],
        |amount, indices| {
            let mut shifted = bits;
            shifted.shift_left(amount);
            assert_eq!(shifted, of(10, indices));
        },
    );
}

#[test]
fun longest_set_sequence_stops_at_the_first_gap() {
    let bits = of(8, vector[1, 2, 3, 6, 7]);
    assert_eq!(bits.longest_set_sequence_starting_at(0), 0);
    assert_eq!(bits.longest_set_sequence_starting_at(1), 3);
    assert_eq!(bits.longest_set_sequence_starting_at(3), 1);
    assert_eq!(bits.longest_set_sequence_starting_at(6), 2);
}

#[test, expected_failure(abort_code = 0x20001, location = std::bit_vector)]
fun length_of_zero() {
    bit_vector::new(0);
}

#[test, expected_failure(abort_code = 0x20001, location = std::bit_vector)]
fun length_too_large() {
    bit_vector::new(1024);
}

#[test, expected_failure(abort_code = 0x20000, location = std::bit_vector)]
fun set_at_the_length() {
    bit_vector::new(3).set(3);
}

#[test, expected_failure(abort_code = 0x20000, location = std::bit_vector)]
fun unset_at_the_length() {
    bit_vector::new(3).unset(3);
}

#[test, expected_failure(abort_code = 0x20000, location = std::bit_vector)]
fun is_index_set_at_the_length() {
    bit_vector::new(3).is_index_set(3);
}

#[test, expected_failure(abort_code = 0x20000, location = std::bit_vector)]
fun longest_set_sequence_at_the_length() {
    bit_vector::new(3).longest_set_sequence_starting_at(3);
}
