/// `std::string`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module std::string_tests;

use std::string;
use std::unit_test::assert_eq;

/// The Greek word for ice: five characters of two bytes, `π` beginning at byte 0.
const ICE: vector<u8> = x"CF80CEACCEB3CEBFCF82";

#[test]
fun bytes_and_back() {
    let s = string::utf8(ICE);
    assert_eq!(s.length(), 10);
    assert!(!s.is_empty());
    assert!(string::utf8(b"").is_empty());
    assert_eq!(*s.as_bytes(), ICE);
    assert_eq!(s.into_bytes(), ICE);
}

#[test]
fun try_utf8_tells_valid_from_invalid() {
    // RFC 3629: the largest code point, and encodings it forbids.
    vector[b"", b"ice", ICE, x"F48FBFBF", x"EFBFBD", x"00"].do!(|bytes| {
        assert_eq!(string::try_utf8(bytes).map!(|s| s.into_bytes()), option::some(bytes));
    });
    vector[
        x"80", // no first byte
        x"C3", // cut short
        x"C0AF", // two bytes where one does
        x"E080AF", // three where one does
        x"EDA080", // a surrogate
        x"F4908080", // beyond the last code point
        x"FF",
        x"61C328",
    ].do!(|bytes| assert!(string::try_utf8(bytes).is_none()));
}

#[test]
fun ascii_and_back() {
    let s = b"ice".to_ascii_string();
    assert_eq!(string::from_ascii(s), b"ice".to_string());
    assert_eq!(b"ice".to_string().to_ascii(), s);
}

#[test]
fun append_and_insert() {
    let mut s = b"ab".to_string();
    s.append(ICE.to_string());
    s.append_utf8(b"!");
    s.insert(2, b"-".to_string());
    s.insert(5, b"|".to_string());
    s.insert(0, b">".to_string());
    assert_eq!(s.into_bytes(), b">ab-\xCF\x80|\xCE\xAC\xCE\xB3\xCE\xBF\xCF\x82!");
}

#[test]
fun substring_gives_every_range() {
    let s = ICE.to_string();
    assert_eq!(s.substring(0, 10), s);
    assert_eq!(s.substring(2, 4).into_bytes(), x"CEAC");
    assert_eq!(s.substring(4, 4).into_bytes(), b"");
    assert_eq!(s.substring(10, 10).into_bytes(), b"");
}

#[test]
fun index_of_finds_the_first_or_gives_the_length() {
    let s = b"abcabd".to_string();
    assert_eq!(s.index_of(&b"ab".to_string()), 0);
    assert_eq!(s.index_of(&b"abd".to_string()), 3);
    assert_eq!(s.index_of(&b"x".to_string()), 6);
    assert_eq!(s.index_of(&b"".to_string()), 0);
    assert_eq!(ICE.to_string().index_of(&x"CF82".to_string()), 8);
}

#[test, allow(deprecated_usage)]
fun former_names() {
    let s = b"ice".to_string();
    assert_eq!(*s.bytes(), b"ice");
    assert_eq!(s.sub_string(1, 3), b"ce".to_string());
}

#[test, expected_failure(abort_code = 1, location = std::string)]
fun utf8_of_other_bytes() {
    string::utf8(x"FF");
}

#[test, expected_failure(abort_code = 1, location = std::string)]
fun append_utf8_of_other_bytes() {
    b"".to_string().append_utf8(x"FF");
}

#[test, expected_failure(abort_code = 0x10000, location = std::ascii)]
fun to_ascii_of_greek() {
    ICE.to_string().to_ascii();
}

#[test, expected_failure(abort_code = 2, location = std::string)]
fun insert_inside_a_character() {
    ICE.to_string().insert(1, b"a".to_string());
}

#[test, expected_failure(abort_code = 2, location = std::string)]
fun insert_behind_the_end() {
    b"a".to_string().insert(2, b"b".to_string());
}

#[test, expected_failure(abort_code = 2, location = std::string)]
fun substring_from_inside_a_character() {
    ICE.to_string().substring(1, 2);
}

#[test, expected_failure(abort_code = 2, location = std::string)]
fun substring_to_inside_a_character() {
    ICE.to_string().substring(0, 1);
}

#[test, expected_failure(abort_code = 2, location = std::string)]
fun substring_behind_the_end() {
    b"a".to_string().substring(0, 2);
}

#[test, expected_failure(abort_code = 2, location = std::string)]
fun substring_backwards() {
    b"ab".to_string().substring(1, 0);
}
