/// `std::ascii`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module std::ascii_tests;

use std::ascii;
use std::unit_test::assert_eq;

#[test]
fun the_128_characters_are_valid_and_95_printable() {
    let mut printable = 0;
    128u8.do!(|code| {
        assert!(ascii::is_valid_char(code));
        assert_eq!(ascii::char(code).byte(), code);
        if (ascii::is_printable_char(code)) printable = printable + 1;
    });
    assert_eq!(printable, 95u64);
    128u8.range_do_eq!(255, |code| {
        assert!(!ascii::is_valid_char(code));
        assert!(!ascii::is_printable_char(code));
    });
    assert!(ascii::is_printable_char(0x20));
    assert!(!ascii::is_printable_char(0x1F));
    assert!(ascii::is_printable_char(0x7E));
    assert!(!ascii::is_printable_char(0x7F));
}

#[test]
fun bytes_and_back() {
    let s = ascii::string(b"Walrus");
    assert_eq!(s.length(), 6);
    assert_eq!(*s.as_bytes(), b"Walrus");
    assert_eq!(s.into_bytes(), b"Walrus");
    assert_eq!(s.to_string(), b"Walrus".to_string());
    assert!(!s.is_empty());
    assert!(ascii::string(b"").is_empty());
    assert_eq!(ascii::try_string(b"Walrus"), option::some(s));
    assert_eq!(ascii::try_string(x"57C3A4"), option::none());
}

#[test]
fun all_characters_printable() {
    assert!(ascii::string(b"").all_characters_printable());
    assert!(ascii::string(b" ~").all_characters_printable());
    assert!(!ascii::string(b"a\nb").all_characters_printable());
}

#[test]
fun characters_come_and_go_at_the_end() {
    let mut s = ascii::string(b"ic");
    s.push_char(ascii::char(0x65));
    assert_eq!(s, b"ice".to_ascii_string());
    assert_eq!(s.pop_char().byte(), 0x65);
    assert_eq!(s.length(), 2);
}

#[test]
fun append_and_insert() {
    let mut s = ascii::string(b"ab");
    s.append(ascii::string(b"ef"));
    s.insert(2, ascii::string(b"cd"));
    s.insert(0, ascii::string(b">"));
    s.insert(7, ascii::string(b"<"));
    s.insert(1, ascii::string(b""));
    assert_eq!(s.into_bytes(), b">abcdef<");
}

#[test]
fun substring_gives_every_range() {
    let s = ascii::string(b"abc");
    assert_eq!(s.substring(0, 3), s);
    assert_eq!(s.substring(1, 2).into_bytes(), b"b");
    assert_eq!(s.substring(0, 0).into_bytes(), b"");
    assert_eq!(s.substring(3, 3).into_bytes(), b"");
}

#[test]
fun cases() {
    let s = ascii::string(b"@AZ[`az{ 0");
    assert_eq!(s.to_lowercase().into_bytes(), b"@az[`az{ 0");
    assert_eq!(s.to_uppercase().into_bytes(), b"@AZ[`AZ{ 0");
}

#[test]
fun index_of_finds_the_first_or_gives_the_length() {
    let s = ascii::string(b"abcabd");
    assert_eq!(s.index_of(&ascii::string(b"ab")), 0);
    assert_eq!(s.index_of(&ascii::string(b"abd")), 3);
    assert_eq!(s.index_of(&ascii::string(b"d")), 5);
    assert_eq!(s.index_of(&ascii::string(b"x")), 6);
    assert_eq!(s.index_of(&ascii::string(b"abcabde")), 6);
    assert_eq!(s.index_of(&ascii::string(b"")), 0);
    assert_eq!(ascii::string(b"").index_of(&ascii::string(b"a")), 0);
}

#[test, expected_failure(abort_code = 0x10000, location = std::ascii)]
fun char_above_127() {
    ascii::char(0x80);
}

#[test, expected_failure(abort_code = 0x10000, location = std::ascii)]
fun string_with_a_byte_above_127() {
    ascii::string(x"61FF");
}

#[test, expected_failure(abort_code = 0x10001, location = std::ascii)]
fun insert_behind_the_end() {
    ascii::string(b"a").insert(2, ascii::string(b"b"));
}

#[test, expected_failure(abort_code = 0x10001, location = std::ascii)]
fun substring_behind_the_end() {
    ascii::string(b"a").substring(0, 2);
}

#[test, expected_failure(abort_code = 0x10001, location = std::ascii)]
fun substring_backwards() {
    ascii::string(b"ab").substring(1, 0);
}

#[test, expected_failure(vector_error, minor_status = 2, location = std::ascii)]
fun pop_char_of_nothing() {
    ascii::string(b"").pop_char();
}
