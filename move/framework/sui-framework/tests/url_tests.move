/// `sui::url`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module sui::url_tests;

use std::unit_test::assert_eq;
use sui::url;

#[test]
fun text_and_back() {
    let text = b"https://example.org/a?b#c".to_ascii_string();
    let mut url = url::new_unsafe(text);
    assert_eq!(url.inner_url(), text);
    assert_eq!(url, url::new_unsafe_from_bytes(b"https://example.org/a?b#c"));
    url.update(b"anything".to_ascii_string());
    assert_eq!(url.inner_url(), b"anything".to_ascii_string());
}

#[test, expected_failure(abort_code = 0x10000, location = std::ascii)]
fun characters_beyond_ascii() {
    url::new_unsafe_from_bytes(x"C3A4");
}
