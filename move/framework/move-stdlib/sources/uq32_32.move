/// Unsigned fixed-point numbers with 32 bits before the binary point and 32 behind it.
module std::uq32_32;

/// A fraction was given a denominator of zero.
#[error]
const EDenominator: vector<u8> = b"the denominator is zero";

/// A fraction is not zero but below 2^-32.
#[error]
const EQuotientTooSmall: vector<u8> = b"the fraction is too small to be told from zero";

/// A fraction is 2^32 or more.
#[error]
const EQuotientTooLarge: vector<u8> = b"the fraction is too large";

/// A result does not fit.
#[error]
const EOverflow: vector<u8> = b"the result does not fit";

/// A number was divided by zero.
#[error]
const EDivisionByZero: vector<u8> = b"the divisor is zero";

/// How many bits stand behind the binary point.
const FRACTIONAL_BITS: u8 = 32;

/// The largest `u64`.
const MAX: u128 = 0xFFFF_FFFF_FFFF_FFFF;

/// The number is the `u64` inside, divided by 2^32.
public struct UQ32_32(u64) has copy, drop, store;

/// `numerator / denominator` rounded down. Aborts with `EDenominator` when the denominator is zero,
/// with `EQuotientTooSmall` when the fraction is not zero but below 2^-32 and with
/// `EQuotientTooLarge` when it is 2^32 or more.
public fun from_quotient(numerator: u64, denominator: u64): UQ32_32 {
    assert!(denominator != 0, EDenominator);
    let quotient = ((numerator as u128) << FRACTIONAL_BITS) / (denominator as u128);
    assert!(quotient != 0 || numerator == 0, EQuotientTooSmall);
    assert!(quotient <= MAX, EQuotientTooLarge);
    UQ32_32(quotient as u64)
}

/// The whole number `integer`.
public fun from_int(integer: u32): UQ32_32 {
    UQ32_32((integer as u64) << FRACTIONAL_BITS)
}

/// `a + b`. Aborts with `EOverflow` when it does not fit.
public fun add(a: UQ32_32, b: UQ32_32): UQ32_32 {
    let sum = (a.0 as u128) + (b.0 as u128);
    assert!(sum <= MAX, EOverflow);
    UQ32_32(sum as u64)
}

/// `a - b`. Aborts with `EOverflow` when `b` is larger.
public fun sub(a: UQ32_32, b: UQ32_32): UQ32_32 {
    assert!(a.0 >= b.0, EOverflow);
    UQ32_32(a.0 - b.0)
}

/// `a * b` rounded down. Aborts with `EOverflow` when it does not fit.
public fun mul(a: UQ32_32, b: UQ32_32): UQ32_32 {
    UQ32_32(int_mul(a.0, b))
}

/// `a / b` rounded down. Aborts with `EDivisionByZero` when `b` is zero and with `EOverflow` when
/// the quotient does not fit.
public fun div(a: UQ32_32, b: UQ32_32): UQ32_32 {
    UQ32_32(int_div(a.0, b))
}

/// The number rounded down to a whole one.
public fun to_int(a: UQ32_32): u32 {
    (a.0 >> FRACTIONAL_BITS) as u32
}

/// `val * multiplier` rounded down. Aborts with `EOverflow` when it does not fit.
public fun int_mul(val: u64, multiplier: UQ32_32): u64 {
    let product = ((val as u128) * (multiplier.0 as u128)) >> FRACTIONAL_BITS;
    assert!(product <= MAX, EOverflow);
    product as u64
}

/// `val / divisor` rounded down. Aborts with `EDivisionByZero` when the divisor is zero and with
/// `EOverflow` when the quotient does not fit.
public fun int_div(val: u64, divisor: UQ32_32): u64 {
    assert!(divisor.0 != 0, EDivisionByZero);
    let quotient = ((val as u128) << FRACTIONAL_BITS) / (divisor.0 as u128);
    assert!(quotient <= MAX, EOverflow);
    quotient as u64
}

/// Whether `a` is at most `b`.
public fun le(a: UQ32_32, b: UQ32_32): bool {
    a.0 <= b.0
}

/// Whether `a` is less than `b`.
public fun lt(a: UQ32_32, b: UQ32_32): bool {
    a.0 < b.0
}

/// Whether `a` is at least `b`.
public fun ge(a: UQ32_32, b: UQ32_32): bool {
    a.0 >= b.0
}

/// Whether `a` is greater than `b`.
public fun gt(a: UQ32_32, b: UQ32_32): bool {
    a.0 > b.0
}

/// The number times 2^32.
public fun to_raw(a: UQ32_32): u64 {
    a.0
}

/// The number `raw_value / 2^32`.
public fun from_raw(raw_value: u64): UQ32_32 {
    UQ32_32(raw_value)
}
