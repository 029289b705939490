/// Bytes as hex digits in ASCII, two per byte.
module sui::hex;

/// The number of digits is odd.
const EInvalidHexLength: u64 = 0;

/// A character is not a hex digit.
const ENotValidHexCharacter: u64 = 1;

/// The sixteen digits in order.
const DIGITS: vector<u8> = b"0123456789abcdef";

/// The bytes as lower-case hex digits, high half of each byte first.
public fun encode(bytes: vector<u8>): vector<u8> {
    let digits = DIGITS;
    let mut hex = vector[];
    bytes.do!(|byte| {
        hex.push_back(digits[(byte >> 4) as u64]);
        hex.push_back(digits[(byte & 0xF) as u64]);
    });
    hex
}

/// The bytes of these hex digits of either case, without `0x`. Aborts with `EInvalidHexLength` when
/// their number is odd and with `ENotValidHexCharacter` at anything else.
public fun decode(hex: vector<u8>): vector<u8> {
    let n = hex.length();
    assert!(n % 2 == 0, EInvalidHexLength);
    vector::tabulate!(n / 2, |i| (digit(hex[2 * i]) << 4) | digit(hex[2 * i + 1]))
}

/// The value of a hex digit in ASCII.
fun digit(char: u8): u8 {
    if (char >= 48 && char <= 57) char - 48
    else if (char >= 65 && char <= 70) char - 55
    else if (char >= 97 && char <= 102) char - 87
    else abort ENotValidHexCharacter
}
