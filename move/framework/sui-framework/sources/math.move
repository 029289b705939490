/// Former home of functions of integers that are now in `std::u64` and `std::u128`.
module sui::math;

/// The larger of the two. Use `std::u64::max`.
public fun max(x: u64, y: u64): u64 {
    x.max(y)
}

/// The smaller of the two. Use `std::u64::min`.
public fun min(x: u64, y: u64): u64 {
    x.min(y)
}

/// The distance between the two. Use `std::u64::diff`.
public fun diff(x: u64, y: u64): u64 {
    x.diff(y)
}

/// `base` to the power `exponent`. Use `std::u64::pow`.
public fun pow(base: u64, exponent: u8): u64 {
    base.pow(exponent)
}

/// The square root rounded down. Use `std::u64::sqrt`.
public fun sqrt(x: u64): u64 {
    x.sqrt()
}

/// The square root rounded down. Use `std::u128::sqrt`.
public fun sqrt_u128(x: u128): u128 {
    x.sqrt()
}

/// `x / y` rounded up. Use `std::u64::div_ceil`.
public fun divide_and_round_up(x: u64, y: u64): u64 {
    x.div_ceil(y)
}
