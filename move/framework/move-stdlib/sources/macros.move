/// What the modules of the integer types share: arithmetic and loops written once for all widths.
module std::macros;

use std::string::String;

/// The larger of two numbers.
public macro fun num_max<$T>($x: $T, $y: $T): $T {
    let x = $x;
    let y = $y;
    if (x < y) y else x
}

/// The smaller of two numbers.
public macro fun num_min<$T>($x: $T, $y: $T): $T {
    let x = $x;
    let y = $y;
    if (x < y) x else y
}

/// The number with every bit turned over; `max_t` has all bits of the type set.
public macro fun num_bitwise_not<$T>($x: $T, $max_t: _): $T {
    $max_t ^ $x
}

/// The distance between two numbers.
public macro fun num_diff<$T>($x: $T, $y: $T): $T {
    let x = $x;
    let y = $y;
    if (x < y) y - x else x - y
}

/// The quotient rounded up. Division by zero is an arithmetic error.
public macro fun num_div_ceil<$T>($x: $T, $y: $T): $T {
    let x = $x;
    let y = $y;
    let quotient = x / y;
    if (x % y == 0) quotient else quotient + 1
}

/// The quotient rounded up; the former name of `num_div_ceil!`.
public macro fun num_divide_and_round_up<$T>($x: $T, $y: $T): $T {
    num_div_ceil!<$T>($x, $y)
}

/// `x * y / z` rounded down, where `$W` is wide enough for the product.
public macro fun num_mul_div<$T, $W>($x: $T, $y: $T, $z: $T): $T {
    ((($x as $W) * ($y as $W) / ($z as $W)) as $T)
}

/// `x * y / z` rounded up, where `$W` is wide enough for the product.
public macro fun num_mul_div_ceil<$T, $W>($x: $T, $y: $T, $z: $T): $T {
    (num_div_ceil!<$W>(($x as $W) * ($y as $W), ($z as $W)) as $T)
}

/// `base` to the power `exponent`; a result too large for the type is an arithmetic error.
public macro fun num_pow<$T>($base: $T, $exponent: u8): $T {
    let mut base = $base;
    let mut exponent = $exponent;
    let mut power = 1;
    'squaring: {
        while (exponent > 0) {
            if (exponent % 2 == 1) power = power * base;
            exponent = exponent / 2;
            // Squaring once more than needed could overflow though the power itself fits.
            if (exponent == 0) return 'squaring;
            base = base * base;
        };
    };
    power
}

/// The square root rounded down. `$U` is wide enough to hold `bitsize` bits, an even number.
public macro fun num_sqrt<$T, $U>($x: $T, $bitsize: u8): $T {
    let mut rest = ($x as $U);
    let mut root: $U = 0;
    // One digit of the root, a bit, per step, from the highest; as with pencil and paper.
    let mut bit: $U = 1 << ($bitsize - 2);
    while (bit != 0) {
        if (rest >= root + bit) {
            rest = rest - (root + bit);
            root = (root >> 1) + bit;
        } else {
            root = root >> 1;
        };
        bit = bit >> 2;
    };
    (root as $T)
}

/// The number in decimal digits.
public macro fun num_to_string<$T>($x: $T): String {
    let mut x = $x;
    let mut digits = vector[];
    if (x == 0) digits.push_back(48);
    while (x > 0) {
        digits.push_back(48 + ((x % 10) as u8));
        x = x / 10;
    };
    digits.reverse();
    digits.to_string()
}

/// The sum, or none when it exceeds `max_t`.
public macro fun num_checked_add<$T>($x: $T, $y: $T, $max_t: $T): Option<$T> {
    let x = $x;
    let y = $y;
    if (y > $max_t - x) option::none() else option::some(x + y)
}

/// The difference, or none when it is negative.
public macro fun num_checked_sub<$T>($x: $T, $y: $T): Option<$T> {
    let x = $x;
    let y = $y;
    if (x < y) option::none() else option::some(x - y)
}

/// The product, or none when it exceeds `max_t`.
public macro fun num_checked_mul<$T>($x: $T, $y: $T, $max_t: $T): Option<$T> {
    let x = $x;
    let y = $y;
    if (y != 0 && x > $max_t / y) option::none() else option::some(x * y)
}

/// The quotient rounded down, or none when the divisor is zero.
public macro fun num_checked_div<$T>($x: $T, $y: $T): Option<$T> {
    let x = $x;
    let y = $y;
    if (y == 0) option::none() else option::some(x / y)
}

/// The sum, or `max_t` when it exceeds that.
public macro fun num_saturating_add<$T>($x: $T, $y: $T, $max_t: $T): $T {
    let x = $x;
    let y = $y;
    if (y > $max_t - x) $max_t else x + y
}

/// The difference, or zero when it is negative.
public macro fun num_saturating_sub<$T>($x: $T, $y: $T): $T {
    let x = $x;
    let y = $y;
    if (x < y) 0 else x - y
}

/// The product, or `max_t` when it exceeds that.
public macro fun num_saturating_mul<$T>($x: $T, $y: $T, $max_t: $T): $T {
    let x = $x;
    let y = $y;
    if (y != 0 && x > $max_t / y) $max_t else x * y
}

/// `x` shifted left, or none when the shift is not below `bit_size`.
public macro fun num_checked_shl<$T>($x: $T, $shift: u8, $bit_size: u8): Option<$T> {
    let x = $x;
    let shift = $shift;
    if (shift >= $bit_size) option::none() else option::some(x << shift)
}

/// `x` shifted right, or none when the shift is not below `bit_size`.
public macro fun num_checked_shr<$T>($x: $T, $shift: u8, $bit_size: u8): Option<$T> {
    let x = $x;
    let shift = $shift;
    if (shift >= $bit_size) option::none() else option::some(x >> shift)
}

/// `x` shifted left, or none when the shift is not below `bit_size` or pushes a set bit out.
public macro fun num_lossless_shl<$T>($x: $T, $shift: u8, $bit_size: u8): Option<$T> {
    let x = $x;
    let shift = $shift;
    if (shift < $bit_size && (x << shift) >> shift == x) option::some(x << shift)
    else option::none()
}

/// `x` shifted right, or none when the shift is not below `bit_size` or pushes a set bit out.
public macro fun num_lossless_shr<$T>($x: $T, $shift: u8, $bit_size: u8): Option<$T> {
    let x = $x;
    let shift = $shift;
    if (shift < $bit_size && (x >> shift) << shift == x) option::some(x >> shift)
    else option::none()
}

/// The quotient, or none when the divisor is zero or leaves a remainder.
public macro fun num_lossless_div<$T>($x: $T, $y: $T): Option<$T> {
    let x = $x;
    let y = $y;
    if (y != 0 && x % y == 0) option::some(x / y) else option::none()
}

/// Calls `f` with each number from `start` up to, not including, `stop`.
public macro fun range_do<$T, $R: drop>($start: $T, $stop: $T, $f: |$T| -> $R) {
    let mut i = $start;
    let stop = $stop;
    while (i < stop) {
        $f(i);
        i = i + 1;
    }
}

/// Calls `f` with each number from `start` up to and including `stop`.
public macro fun range_do_eq<$T, $R: drop>($start: $T, $stop: $T, $f: |$T| -> $R) {
    let mut i = $start;
    let stop = $stop;
    // `stop` may be the largest number of the type, so it must not be passed.
    if (i <= stop) {
        while (i < stop) {
            $f(i);
            i = i + 1;
        };
        $f(stop);
    }
}

/// Calls `f` with each number from zero up to, not including, `stop`.
public macro fun do<$T, $R: drop>($stop: $T, $f: |$T| -> $R) {
    range_do!(0, $stop, $f)
}

/// Calls `f` with each number from zero up to and including `stop`.
public macro fun do_eq<$T, $R: drop>($stop: $T, $f: |$T| -> $R) {
    range_do_eq!(0, $stop, $f)
}

/// The number as `u8`, or none when it is too large.
public macro fun try_as_u8($x: _): Option<u8> {
    let x = $x;
    if (x > 0xFF) option::none() else option::some(x as u8)
}

/// The number as `u16`, or none when it is too large.
public macro fun try_as_u16($x: _): Option<u16> {
    let x = $x;
    if (x > 0xFFFF) option::none() else option::some(x as u16)
}

/// The number as `u32`, or none when it is too large.
public macro fun try_as_u32($x: _): Option<u32> {
    let x = $x;
    if (x > 0xFFFF_FFFF) option::none() else option::some(x as u32)
}

/// The number as `u64`, or none when it is too large.
public macro fun try_as_u64($x: _): Option<u64> {
    let x = $x;
    if (x > 0xFFFF_FFFF_FFFF_FFFF) option::none() else option::some(x as u64)
}

/// The number as `u128`, or none when it is too large.
public macro fun try_as_u128($x: _): Option<u128> {
    let x = $x;
    if (x > 0xFFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF) option::none()
    else option::some(x as u128)
}
