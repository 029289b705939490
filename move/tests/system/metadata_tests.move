#[test_only]
module walrus::metadata_tests;

use std::unit_test::assert_eq;
use sui::vec_map;
use walrus::metadata;

#[test]
fun attributes_can_be_set_changed_and_removed() {
    let mut metadata = metadata::new();
    metadata.insert_or_update(b"a".to_string(), b"1".to_string());
    metadata.insert_or_update(b"b".to_string(), b"2".to_string());
    metadata.insert_or_update(b"a".to_string(), b"3".to_string());
    // The changed key moved to the end.
    assert_eq!(metadata.inner().keys(), vector[b"b".to_string(), b"a".to_string()]);
    let (key, value) = metadata.remove(&b"a".to_string());
    assert_eq!(key, b"a".to_string());
    assert_eq!(value, b"3".to_string());
    assert_eq!(metadata.remove_if_exists(&b"a".to_string()), option::none());
    assert_eq!(metadata.remove_if_exists(&b"b".to_string()), option::some(b"2".to_string()));
    assert!(metadata.inner().is_empty());
}

#[test, expected_failure(abort_code = vec_map::EKeyDoesNotExist)]
fun removal_of_a_missing_key_fails() {
    metadata::new().remove(&b"a".to_string());
    abort
}
