/// Strings in UTF-8. Lengths and indices count bytes; an index must not split a character.
module std::string;

use std::ascii;

/// The bytes are not UTF-8.
const EInvalidUTF8: u64 = 1;

/// An index lies outside the string or inside a character.
const EInvalidIndex: u64 = 2;

/// Text whose bytes are valid UTF-8.
public struct String has copy, drop, store {
    bytes: vector<u8>,
}

/// The string of these bytes. Aborts with `EInvalidUTF8` when they are not UTF-8.
public fun utf8(bytes: vector<u8>): String {
    assert!(internal_check_utf8(&bytes), EInvalidUTF8);
    String { bytes }
}

/// The same text as a UTF-8 string.
public fun from_ascii(s: ascii::String): String {
    String { bytes: s.into_bytes() }
}

/// The same text as an ASCII string. Aborts in `ascii` when there are other characters.
public fun to_ascii(s: String): ascii::String {
    let String { bytes } = s;
    bytes.to_ascii_string()
}

/// The string of these bytes, or none when they are not UTF-8.
public fun try_utf8(bytes: vector<u8>): Option<String> {
    if (internal_check_utf8(&bytes)) option::some(String { bytes }) else option::none()
}

/// The bytes of the string.
public fun as_bytes(s: &String): &vector<u8> {
    &s.bytes
}

/// Consumes the string and gives its bytes.
public fun into_bytes(s: String): vector<u8> {
    let String { bytes } = s;
    bytes
}

/// Whether the string has no bytes.
public fun is_empty(s: &String): bool {
    s.bytes.is_empty()
}

/// The number of bytes, not of characters.
public fun length(s: &String): u64 {
    s.bytes.length()
}

/// Puts `r` behind the end.
public fun append(s: &mut String, r: String) {
    s.bytes.append(r.bytes);
}

/// Puts these bytes behind the end. Aborts with `EInvalidUTF8` when they are not UTF-8.
public fun append_utf8(s: &mut String, bytes: vector<u8>) {
    s.append(utf8(bytes));
}

/// Puts `o` in front of byte `at`. Aborts with `EInvalidIndex` when `at` lies outside the string
/// or inside a character.
public fun insert(s: &mut String, at: u64, o: String) {
    let n = s.length();
    assert!(at <= n && internal_is_char_boundary(&s.bytes, at), EInvalidIndex);
    let mut whole = s.substring(0, at);
    let tail = s.substring(at, n);
    whole.append(o);
    whole.append(tail);
    *s = whole;
}

/// Bytes `i` to `j - 1`. Aborts with `EInvalidIndex` unless `i <= j <= length` and both are
/// boundaries of characters.
public fun substring(s: &String, i: u64, j: u64): String {
    let bytes = &s.bytes;
    assert!(
        i <= j
            && j <= bytes.length()
            && internal_is_char_boundary(bytes, i)
            && internal_is_char_boundary(bytes, j),
        EInvalidIndex,
    );
    String { bytes: internal_sub_string(bytes, i, j) }
}

/// The byte index where `r` first begins in `s`; the length of `s` when it does not occur.
public fun index_of(s: &String, r: &String): u64 {
    internal_index_of(&s.bytes, &r.bytes)
}

/// Whether the bytes are UTF-8.
native fun internal_check_utf8(v: &vector<u8>): bool;

/// Whether a character begins at byte `i`, or the string ends there.
native fun internal_is_char_boundary(v: &vector<u8>, i: u64): bool;

/// Bytes `i` to `j - 1`, unchecked.
native fun internal_sub_string(v: &vector<u8>, i: u64, j: u64): vector<u8>;

/// The byte index of the first `r` in `v`, or the length of `v`.
native fun internal_index_of(v: &vector<u8>, r: &vector<u8>): u64;

// === Former names ===

/// The bytes of the string; the former name of `as_bytes`.
#[deprecated(note = b"Use `as_bytes`.")]
public fun bytes(s: &String): &vector<u8> {
    s.as_bytes()
}

/// Bytes `i` to `j - 1`; the former name of `substring`.
#[deprecated(note = b"Use `substring`.")]
public fun sub_string(s: &String, i: u64, j: u64): String {
    s.substring(i, j)
}
