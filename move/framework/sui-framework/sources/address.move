/// Addresses as numbers, bytes and text.
#[defines_primitive(address)]
module sui::address;

use std::ascii;
use std::string::String;
use sui::hex;

public use fun sui::object::id_from_address as address.to_id;

/// The number of bytes of an address.
const LENGTH: u64 = 32;

/// The number of addresses less one: all bits set.
const MAX: u256 = 0xFFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF;

/// The bytes or the text do not form an address.
const EAddressParseError: u64 = 0;

/// The address as a number, its first byte the most significant.
public native fun to_u256(a: address): u256;

/// The address of this number, its most significant byte first.
public native fun from_u256(n: u256): address;

/// The address of these bytes. Aborts with `EAddressParseError` unless there are 32.
public native fun from_bytes(bytes: vector<u8>): address;

/// The 32 bytes of the address.
public fun to_bytes(a: address): vector<u8> {
    std::bcs::to_bytes(&a)
}

/// The address as 64 lower-case hex digits, without `0x`.
public fun to_ascii_string(a: address): ascii::String {
    hex::encode(a.to_bytes()).to_ascii_string()
}

/// The address as 64 lower-case hex digits, without `0x`.
public fun to_string(a: address): String {
    a.to_ascii_string().to_string()
}

/// The address of 64 hex digits without `0x`. Aborts with `EAddressParseError` when there are more
/// or fewer characters or one is not a hex digit.
public fun from_ascii_bytes(bytes: &vector<u8>): address {
    assert!(bytes.length() == LENGTH * 2, EAddressParseError);
    let mut n: u256 = 0;
    bytes.do_ref!(|char| n = (n << 4) | (digit(*char) as u256));
    from_u256(n)
}

/// The number of bytes of an address.
public fun length(): u64 {
    LENGTH
}

/// The largest address as a number.
public fun max(): u256 {
    MAX
}

/// The value of a hex digit in ASCII, of either case.
fun digit(char: u8): u8 {
    if (char >= 48 && char <= 57) char - 48
    else if (char >= 65 && char <= 70) char - 55
    else if (char >= 97 && char <= 102) char - 87
    else abort EAddressParseError
}
