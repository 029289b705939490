/// Sequences of bits of a fixed length.
module std::bit_vector;

/// There is no bit of this index.
const EINDEX: u64 = 0x20000;

/// The length is zero or too large.
const ELENGTH: u64 = 0x20001;

/// Every length is below this.
const MAX_SIZE: u64 = 1024;

/// `length` bits, each set or not.
public struct BitVector has copy, drop, store {
    length: u64,
    bit_field: vector<bool>,
}

/// `length` bits, none set. Aborts with `ELENGTH` unless there are 1 to 1023.
public fun new(length: u64): BitVector {
    assert!(length > 0 && length < MAX_SIZE, ELENGTH);
    BitVector { length, bit_field: vector::tabulate!(length, |_| false) }
}

/// Sets a bit. Aborts with `EINDEX` when there is none of this index.
public fun set(bitvector: &mut BitVector, bit_index: u64) {
    assert!(bit_index < bitvector.length, EINDEX);
    *(&mut bitvector.bit_field[bit_index]) = true;
}

/// Unsets a bit. Aborts with `EINDEX` when there is none of this index.
public fun unset(bitvector: &mut BitVector, bit_index: u64) {
    assert!(bit_index < bitvector.length, EINDEX);
    *(&mut bitvector.bit_field[bit_index]) = false;
}

/// Moves every bit `amount` places towards index 0. Those that would move below it are lost, and
/// the places that become free at the other end are unset.
public fun shift_left(bitvector: &mut BitVector, amount: u64) {
    let length = bitvector.length;
    bitvector.bit_field = vector::tabulate!(length, |i| {
        // Compared this way round because `i + amount` may not fit.
        amount < length - i && bitvector.bit_field[i + amount]
    });
}

/// Whether a bit is set. Aborts with `EINDEX` when there is none of this index.
public fun is_index_set(bitvector: &BitVector, bit_index: u64): bool {
    assert!(bit_index < bitvector.length, EINDEX);
    bitvector.bit_field[bit_index]
}

/// The number of bits.
public fun length(bitvector: &BitVector): u64 {
    bitvector.length
}

/// How many bits in a row are set from `start_index` on. Aborts with `EINDEX` when there is no such
/// bit.
public fun longest_set_sequence_starting_at(bitvector: &BitVector, start_index: u64): u64 {
    assert!(start_index < bitvector.length, EINDEX);
    let mut end = start_index;
    while (end < bitvector.length && bitvector.bit_field[end]) end = end + 1;
    end - start_index
}
