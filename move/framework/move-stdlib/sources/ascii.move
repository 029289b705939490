/// Strings of ASCII characters: one byte each, at most 0x7F.
module std::ascii;

public use fun std::string::from_ascii as String.to_string;

/// A byte is not an ASCII character.
const EInvalidASCIICharacter: u64 = 0x10000;

/// An index lies outside the string.
const EInvalidIndex: u64 = 0x10001;

/// A sequence of ASCII characters, printable or not.
public struct String has copy, drop, store {
    bytes: vector<u8>,
}

/// One ASCII character.
public struct Char has copy, drop, store {
    byte: u8,
}

/// The character of code `byte`. Aborts with `EInvalidASCIICharacter` above 0x7F.
public fun char(byte: u8): Char {
    assert!(is_valid_char(byte), EInvalidASCIICharacter);
    Char { byte }
}

/// The string of these bytes. Aborts with `EInvalidASCIICharacter` when one is above 0x7F.
public fun string(bytes: vector<u8>): String {
    let s = try_string(bytes);
    assert!(s.is_some(), EInvalidASCIICharacter);
    s.destroy_some()
}

/// The string of these bytes, or none when one is above 0x7F.
public fun try_string(bytes: vector<u8>): Option<String> {
    if (bytes.all!(|byte| is_valid_char(*byte))) option::some(String { bytes }) else option::none()
}

/// Whether all characters can be seen: codes 0x20 (space) to 0x7E.
public fun all_characters_printable(string: &String): bool {
    string.bytes.all!(|byte| is_printable_char(*byte))
}

/// Puts a character behind the last one.
public fun push_char(string: &mut String, char: Char) {
    string.bytes.push_back(char.byte);
}

/// Takes the last character off. An empty string is a vector error of the VM.
public fun pop_char(string: &mut String): Char {
    Char { byte: string.bytes.pop_back() }
}

/// The number of characters, which is the number of bytes.
public fun length(string: &String): u64 {
    string.bytes.length()
}

/// Puts `other` behind the last character.
public fun append(string: &mut String, other: String) {
    string.bytes.append(other.bytes);
}

/// Puts `o` in front of character `at`. Aborts with `EInvalidIndex` when `at` exceeds the length.
public fun insert(s: &mut String, at: u64, o: String) {
    assert!(at <= s.length(), EInvalidIndex);
    let mut head = s.substring(0, at).bytes;
    let tail = s.substring(at, s.length()).bytes;
    head.append(o.bytes);
    head.append(tail);
    s.bytes = head;
}

/// Characters `i` to `j - 1`. Aborts with `EInvalidIndex` unless `i <= j <= length`.
public fun substring(string: &String, i: u64, j: u64): String {
    assert!(i <= j && j <= string.length(), EInvalidIndex);
    String { bytes: vector::tabulate!(j - i, |k| string.bytes[i + k]) }
}

/// The bytes of the string.
public fun as_bytes(string: &String): &vector<u8> {
    &string.bytes
}

/// Consumes the string and gives its bytes.
public fun into_bytes(string: String): vector<u8> {
    let String { bytes } = string;
    bytes
}

/// The code of the character.
public fun byte(char: Char): u8 {
    let Char { byte } = char;
    byte
}

/// Whether `b` is the code of an ASCII character.
public fun is_valid_char(b: u8): bool {
    b <= 0x7F
}

/// Whether `byte` is the code of a character that can be seen, the space included.
public fun is_printable_char(byte: u8): bool {
    byte >= 0x20 && byte <= 0x7E
}

/// Whether the string has no characters.
public fun is_empty(string: &String): bool {
    string.bytes.is_empty()
}

/// A copy with `a` to `z` replaced by `A` to `Z`.
public fun to_uppercase(string: &String): String {
    String { bytes: string.bytes.map_ref!(|byte| char_to_uppercase(*byte)) }
}

/// A copy with `A` to `Z` replaced by `a` to `z`.
public fun to_lowercase(string: &String): String {
    String { bytes: string.bytes.map_ref!(|byte| char_to_lowercase(*byte)) }
}

/// Where `substr` first begins in `string`; the length of `string` when it does not occur.
public fun index_of(string: &String, substr: &String): u64 {
    let n = string.length();
    let m = substr.length();
    let mut i = 0;
    while (i + m <= n) {
        let mut k = 0;
        while (k < m && string.bytes[i + k] == substr.bytes[k]) k = k + 1;
        if (k == m) return i;
        i = i + 1;
    };
    n
}

/// The code of the capital of a letter; any other code stays.
fun char_to_uppercase(byte: u8): u8 {
    if (byte >= 0x61 && byte <= 0x7A) byte - 0x20 else byte
}

/// The code of the small form of a letter; any other code stays.
fun char_to_lowercase(byte: u8): u8 {
    if (byte >= 0x41 && byte <= 0x5A) byte + 0x20 else byte
}
