/// Unsigned fixed-point numbers with 64 bits before the binary point and 64 behind it.
module std::uq64_64;

/// A fraction was given a denominator of zero.
#[error]
const EDenominator: vector<u8> = b"the denominator is zero";

/// A fraction is not zero but below 2^-64.
#[error]
const EQuotientTooSmall: vector<u8> = b"the fraction is too small to be told from zero";

/// A fraction is 2^64 or more.
#[error]
const EQuotientTooLarge: vector<u8> = b"the fraction is too large";

/// A result does not fit.
#[error]
const EOverflow: vector<u8> = b"the result does not fit";

/// A number was divided by zero.
#[error]
const EDivisionByZero: vector<u8> = b"the divisor is zero";

/// How many bits stand behind the binary point.
const FRACTIONAL_BITS: u8 = 64;

/// The largest `u128`.
const MAX: u256 = 0xFFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF;

/// The number is the `u128` inside, divided by 2^64.
public struct UQ64_64(u128) has copy, drop, store;

/// `numerator / denominator` rounded down. Aborts with `EDenominator` when the denominator is zero,
/// with `EQuotientTooSmall` when the fraction is not zero but below 2^-64 and with
/// `EQuotientTooLarge` when it is 2^64 or more.
public fun from_quotient(numerator: u128, denominator: u128): UQ64_64 {
    assert!(denominator != 0, EDenominator);
    let quotient = ((numerator as u256) << FRACTIONAL_BITS) / (denominator as u256);
    assert!(quotient != 0 || numerator == 0, EQuotientTooSmall);
    assert!(quotient <= MAX, EQuotientTooLarge);
    UQ64_64(quotient as u128)
}

/// The whole number `integer`.
public fun from_int(integer: u64): UQ64_64 {
    UQ64_64((integer as u128) << FRACTIONAL_BITS)
}

/// `a + b`. Aborts with `EOverflow` when it does not fit.
public fun add(a: UQ64_64, b: UQ64_64): UQ64_64 {
    let sum = (a.0 as u256) + (b.0 as u256);
    assert!(sum <= MAX, EOverflow);
    UQ64_64(sum as u128)
}

/// `a - b`. Aborts with `EOverflow` when `b` is larger.
public fun sub(a: UQ64_64, b: UQ64_64): UQ64_64 {
    assert!(a.0 >= b.0, EOverflow);
    UQ64_64(a.0 - b.0)
}

/// `a * b` rounded down. Aborts with `EOverflow` when it does not fit.
public fun mul(a: UQ64_64, b: UQ64_64): UQ64_64 {
    UQ64_64(int_mul(a.0, b))
}

/// `a / b` rounded down. Aborts with `EDivisionByZero` when `b` is zero and with `EOverflow` when
/// the quotient does not fit.
public fun div(a: UQ64_64, b: UQ64_64): UQ64_64 {
    UQ64_64(int_div(a.0, b))
}

/// The number rounded down to a whole one.
public fun to_int(a: UQ64_64): u64 {
    (a.0 >> FRACTIONAL_BITS) as u64
}

/// `val * multiplier` rounded down. Aborts with `EOverflow` when it does not fit.
public fun int_mul(val: u128, multiplier: UQ64_64): u128 {
    let product = ((val as u256) * (multiplier.0 as u256)) >> FRACTIONAL_BITS;
    assert!(product <= MAX, EOverflow);
    product as u128
}

/// `val / divisor` rounded down. Aborts with `EDivisionByZero` when the divisor is zero and with
/// `EOverflow` when the quotient does not fit.
public fun int_div(val: u128, divisor: UQ64_64): u128 {
    assert!(divisor.0 != 0, EDivisionByZero);
    let quotient = ((val as u256) << FRACTIONAL_BITS) / (divisor.0 as u256);
    assert!(quotient <= MAX, EOverflow);
    quotient as u128
}

/// Whether `a` is at most `b`.
public fun le(a: UQ64_64, b: UQ64_64): bool {
    a.0 <= b.0
}

/// Whether `a` is less than `b`.
public fun lt(a: UQ64_64, b: UQ64_64): bool {
    a.0 < b.0
}

/// Whether `a` is at least `b`.
public fun ge(a: UQ64_64, b: UQ64_64): bool {
    a.0 >= b.0
}

/// Whether `a` is greater than `b`.
public fun gt(a: UQ64_64, b: UQ64_64): bool {
    a.0 > b.0
}

/// The number times 2^64.
public fun to_raw(a: UQ64_64): u128 {
    a.0
}

/// The number `raw_value / 2^64`.
public fun from_raw(raw_value: u128): UQ64_64 {
    UQ64_64(raw_value)
}
