/// Functions of `u64`, the unsigned integers of 64 bits.
#[defines_primitive(u64)]
module std::u64;

use std::string::String;

/// The largest `u64`, all bits set.
const MAX: u64 = 0xFFFF_FFFF_FFFF_FFFF;

/// The number of bits.
const BIT_SIZE: u8 = 64;

/// The number with every bit turned over.
public fun bitwise_not(x: u64): u64 {
    std::macros::num_bitwise_not!(x, MAX)
}

/// The larger of the two.
public fun max(x: u64, y: u64): u64 {
    std::macros::num_max!(x, y)
}

/// The smaller of the two.
public fun min(x: u64, y: u64): u64 {
    std::macros::num_min!(x, y)
}

/// The distance between the two.
public fun diff(x: u64, y: u64): u64 {
    std::macros::num_diff!(x, y)
}

/// `x / y` rounded up. A divisor of zero is an arithmetic error.
public fun div_ceil(x: u64, y: u64): u64 {
    std::macros::num_div_ceil!(x, y)
}

/// `x * y / z` rounded down; the product may exceed `u64`. A divisor of zero and a result that does
/// not fit are arithmetic errors.
public fun mul_div(x: u64, y: u64, z: u64): u64 {
    std::macros::num_mul_div!<u64, u128>(x, y, z)
}

/// `x * y / z` rounded up; the product may exceed `u64`. A divisor of zero and a result that does
/// not fit are arithmetic errors.
public fun mul_div_ceil(x: u64, y: u64, z: u64): u64 {
    std::macros::num_mul_div_ceil!<u64, u128>(x, y, z)
}

/// `base` to the power `exponent`. A result that does not fit is an arithmetic error.
public fun pow(base: u64, exponent: u8): u64 {
    std::macros::num_pow!(base, exponent)
}

/// The square root rounded down.
public fun sqrt(x: u64): u64 {
    std::macros::num_sqrt!<u64, u64>(x, BIT_SIZE)
}

/// The same number as `u8`, or none when it is too large.
public fun try_as_u8(x: u64): Option<u8> {
    std::macros::try_as_u8!(x)
}

/// The same number as `u16`, or none when it is too large.
public fun try_as_u16(x: u64): Option<u16> {
    std::macros::try_as_u16!(x)
}

/// The same number as `u32`, or none when it is too large.
public fun try_as_u32(x: u64): Option<u32> {
    std::macros::try_as_u32!(x)
}

/// The number in decimal digits.
public fun to_string(x: u64): String {
    std::macros::num_to_string!(x)
}

/// `x + y`, or none when it does not fit.
public fun checked_add(x: u64, y: u64): Option<u64> {
    std::macros::num_checked_add!(x, y, MAX)
}

/// `x - y`, or none when `y` is larger.
public fun checked_sub(x: u64, y: u64): Option<u64> {
    std::macros::num_checked_sub!(x, y)
}

/// `x * y`, or none when it does not fit.
public fun checked_mul(x: u64, y: u64): Option<u64> {
    std::macros::num_checked_mul!(x, y, MAX)
}

/// `x / y` rounded down, or none when `y` is zero.
public fun checked_div(x: u64, y: u64): Option<u64> {
    std::macros::num_checked_div!(x, y)
}

/// `x + y`, or the largest number when that does not fit.
public fun saturating_add(x: u64, y: u64): u64 {
    std::macros::num_saturating_add!(x, y, MAX)
}

/// `x - y`, or zero when `y` is larger.
public fun saturating_sub(x: u64, y: u64): u64 {
    std::macros::num_saturating_sub!(x, y)
}

/// `x * y`, or the largest number when that does not fit.
public fun saturating_mul(x: u64, y: u64): u64 {
    std::macros::num_saturating_mul!(x, y, MAX)
}

/// `x` shifted left, or none when `shift` is 64 or more. Bits pushed out are lost.
public fun checked_shl(x: u64, shift: u8): Option<u64> {
    std::macros::num_checked_shl!(x, shift, BIT_SIZE)
}

/// `x` shifted right, or none when `shift` is 64 or more. Bits pushed out are lost.
public fun checked_shr(x: u64, shift: u8): Option<u64> {
    std::macros::num_checked_shr!(x, shift, BIT_SIZE)
}

/// `x` shifted left, or none when `shift` is 64 or more or a set bit would be pushed out.
public fun lossless_shl(x: u64, shift: u8): Option<u64> {
    std::macros::num_lossless_shl!(x, shift, BIT_SIZE)
}

/// `x` shifted right, or none when `shift` is 64 or more or a set bit would be pushed out.
public fun lossless_shr(x: u64, shift: u8): Option<u64> {
    std::macros::num_lossless_shr!(x, shift, BIT_SIZE)
}

/// `x / y`, or none when `y` is zero or leaves a remainder.
public fun lossless_div(x: u64, y: u64): Option<u64> {
    std::macros::num_lossless_div!(x, y)
}

// === Macros ===

/// The largest `u64`.
public macro fun max_value(): u64 {
    0xFFFF_FFFF_FFFF_FFFF
}

/// Calls `f` with each number from `start` up to, not including, `stop`.
public macro fun range_do<$R: drop>($start: u64, $stop: u64, $f: |u64| -> $R) {
    std::macros::range_do!($start, $stop, $f)
}

/// Calls `f` with each number from `start` up to and including `stop`.
public macro fun range_do_eq<$R: drop>($start: u64, $stop: u64, $f: |u64| -> $R) {
    std::macros::range_do_eq!($start, $stop, $f)
}

/// Calls `f` with each number from zero up to, not including, `stop`.
public macro fun do<$R: drop>($stop: u64, $f: |u64| -> $R) {
    std::macros::do!($stop, $f)
}

/// Calls `f` with each number from zero up to and including `stop`.
public macro fun do_eq<$R: drop>($stop: u64, $f: |u64| -> $R) {
    std::macros::do_eq!($stop, $f)
}

// === Former names ===

/// `x / y` rounded up; the former name of `div_ceil`.
#[deprecated(note = b"Use `div_ceil`.")]
public fun divide_and_round_up(x: u64, y: u64): u64 {
    div_ceil(x, y)
}
