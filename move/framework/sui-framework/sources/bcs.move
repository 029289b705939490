/// Reading values back from BCS bytes, one after the other. Writing is `std::bcs::to_bytes`.
///
/// A struct is read by reading its fields in order; an enum by reading its tag and then the fields
/// of that variant. Bytes that remain can be taken with `into_remainder_bytes`.
module sui::bcs;

use std::bcs;
use sui::address;

/// Fewer bytes remain than the value needs.
const EOutOfRange: u64 = 0;

/// A `bool` is neither 0 nor 1.
const ENotBool: u64 = 1;

/// A length or an enum tag has too many bytes.
const ELenOutOfRange: u64 = 2;

/// The most bytes a length can have: 7 bits in each.
const MAX_LENGTH_BYTES: u64 = 5;

/// The bytes not yet read, last one first, so that reading takes them from the end.
public struct BCS has copy, drop, store {
    bytes: vector<u8>,
}

/// The BCS bytes of the value.
public fun to_bytes<T>(value: &T): vector<u8> {
    bcs::to_bytes(value)
}

/// A reader of these bytes.
public fun new(mut bytes: vector<u8>): BCS {
    bytes.reverse();
    BCS { bytes }
}

/// Consumes the reader and gives the bytes not yet read.
public fun into_remainder_bytes(bcs: BCS): vector<u8> {
    let BCS { mut bytes } = bcs;
    bytes.reverse();
    bytes
}

/// Reads an `address`. Aborts with `EOutOfRange` unless 32 bytes remain.
public fun peel_address(bcs: &mut BCS): address {
    assert!(bcs.bytes.length() >= address::length(), EOutOfRange);
    address::from_bytes(vector::tabulate!(address::length(), |_| bcs.bytes.pop_back()))
}

/// Reads a `bool`. Aborts with `EOutOfRange` when nothing remains and with `ENotBool` when the byte
/// is neither 0 nor 1.
public fun peel_bool(bcs: &mut BCS): bool {
    let byte = bcs.peel_u8();
    assert!(byte < 2, ENotBool);
    byte == 1
}

/// Reads a `u8`. Aborts with `EOutOfRange` when nothing remains.
public fun peel_u8(bcs: &mut BCS): u8 {
    assert!(!bcs.bytes.is_empty(), EOutOfRange);
    bcs.bytes.pop_back()
}

/// Reads a `u16`. Aborts with `EOutOfRange` unless 2 bytes remain.
public fun peel_u16(bcs: &mut BCS): u16 {
    bcs.peel_number(2) as u16
}

/// Reads a `u32`. Aborts with `EOutOfRange` unless 4 bytes remain.
public fun peel_u32(bcs: &mut BCS): u32 {
    bcs.peel_number(4) as u32
}

/// Reads a `u64`. Aborts with `EOutOfRange` unless 8 bytes remain.
public fun peel_u64(bcs: &mut BCS): u64 {
    bcs.peel_number(8) as u64
}

/// Reads a `u128`. Aborts with `EOutOfRange` unless 16 bytes remain.
public fun peel_u128(bcs: &mut BCS): u128 {
    bcs.peel_number(16) as u128
}

/// Reads a `u256`. Aborts with `EOutOfRange` unless 32 bytes remain.
public fun peel_u256(bcs: &mut BCS): u256 {
    bcs.peel_number(32)
}

/// Reads the length of a vector, after which its elements follow. Aborts with `ELenOutOfRange` when
/// it has more than 5 bytes; bytes that end too early are a vector error of the VM.
public fun peel_vec_length(bcs: &mut BCS): u64 {
    let mut length: u64 = 0;
    let mut i = 0;
    loop {
        assert!(i < MAX_LENGTH_BYTES, ELenOutOfRange);
        let byte = bcs.bytes.pop_back();
        length = length | (((byte & 0x7F) as u64) << ((7 * i) as u8));
        if (byte < 0x80) return length;
        i = i + 1;
    }
}

/// Reads a vector whose elements `peel` reads.
public macro fun peel_vec<$T>($bcs: &mut BCS, $peel: |&mut BCS| -> $T): vector<$T> {
    let bcs = $bcs;
    vector::tabulate!(bcs.peel_vec_length(), |_| $peel(bcs))
}

/// Reads a `vector<address>`.
public fun peel_vec_address(bcs: &mut BCS): vector<address> {
    bcs.peel_vec!(|bcs| bcs.peel_address())
}

/// Reads a `vector<bool>`.
public fun peel_vec_bool(bcs: &mut BCS): vector<bool> {
    bcs.peel_vec!(|bcs| bcs.peel_bool())
}

/// Reads a `vector<u8>`, which is also how strings are written.
public fun peel_vec_u8(bcs: &mut BCS): vector<u8> {
    bcs.peel_vec!(|bcs| bcs.peel_u8())
}

/// Reads a `vector<vector<u8>>`.
public fun peel_vec_vec_u8(bcs: &mut BCS): vector<vector<u8>> {
    bcs.peel_vec!(|bcs| bcs.peel_vec_u8())
}

/// Reads a `vector<u16>`.
public fun peel_vec_u16(bcs: &mut BCS): vector<u16> {
    bcs.peel_vec!(|bcs| bcs.peel_u16())
}

/// Reads a `vector<u32>`.
public fun peel_vec_u32(bcs: &mut BCS): vector<u32> {
    bcs.peel_vec!(|bcs| bcs.peel_u32())
}

/// Reads a `vector<u64>`.
public fun peel_vec_u64(bcs: &mut BCS): vector<u64> {
    bcs.peel_vec!(|bcs| bcs.peel_u64())
}

/// Reads a `vector<u128>`.
public fun peel_vec_u128(bcs: &mut BCS): vector<u128> {
    bcs.peel_vec!(|bcs| bcs.peel_u128())
}

/// Reads a `vector<u256>`.
public fun peel_vec_u256(bcs: &mut BCS): vector<u256> {
    bcs.peel_vec!(|bcs| bcs.peel_u256())
}

/// Reads the tag of an enum, which counts its variants from zero. Aborts with `ELenOutOfRange` when
/// it is not a `u32`.
public fun peel_enum_tag(bcs: &mut BCS): u32 {
    let tag = bcs.peel_vec_length();
    assert!(tag <= std::u32::max_value!() as u64, ELenOutOfRange);
    tag as u32
}

/// Reads an option whose value `peel` reads. Aborts as `peel_bool` does.
public macro fun peel_option<$T>($bcs: &mut BCS, $peel: |&mut BCS| -> $T): Option<$T> {
    let bcs = $bcs;
    if (bcs.peel_bool()) option::some($peel(bcs)) else option::none()
}

/// Reads an `Option<address>`.
public fun peel_option_address(bcs: &mut BCS): Option<address> {
    bcs.peel_option!(|bcs| bcs.peel_address())
}

/// Reads an `Option<bool>`.
public fun peel_option_bool(bcs: &mut BCS): Option<bool> {
    bcs.peel_option!(|bcs| bcs.peel_bool())
}

/// Reads an `Option<u8>`.
public fun peel_option_u8(bcs: &mut BCS): Option<u8> {
    bcs.peel_option!(|bcs| bcs.peel_u8())
}

/// Reads an `Option<u16>`.
public fun peel_option_u16(bcs: &mut BCS): Option<u16> {
    bcs.peel_option!(|bcs| bcs.peel_u16())
}

/// Reads an `Option<u32>`.
public fun peel_option_u32(bcs: &mut BCS): Option<u32> {
    bcs.peel_option!(|bcs| bcs.peel_u32())
}

/// Reads an `Option<u64>`.
public fun peel_option_u64(bcs: &mut BCS): Option<u64> {
    bcs.peel_option!(|bcs| bcs.peel_u64())
}

/// Reads an `Option<u128>`.
public fun peel_option_u128(bcs: &mut BCS): Option<u128> {
    bcs.peel_option!(|bcs| bcs.peel_u128())
}

/// Reads an `Option<u256>`.
public fun peel_option_u256(bcs: &mut BCS): Option<u256> {
    bcs.peel_option!(|bcs| bcs.peel_u256())
}

/// Reads a number of `size` bytes, the least significant first.
fun peel_number(bcs: &mut BCS, size: u8): u256 {
    assert!(bcs.bytes.length() >= size as u64, EOutOfRange);
    let mut n: u256 = 0;
    size.do!(|i| n = n | ((bcs.bytes.pop_back() as u256) << (8 * i)));
    n
}
