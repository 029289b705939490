/// `std::type_name`. Abort codes are written as numbers because packages rely on them.
#[test_only]
module std::type_name_tests;

use std::ascii::String;
use std::type_name;
use std::unit_test::assert_eq;

public struct Plain()

public struct Pair<phantom A, phantom B>()

fun name_of<T>(): String {
    type_name::with_defining_ids<T>().into_string()
}

#[test]
fun primitives_are_written_plainly() {
    assert_eq!(name_of<bool>(), b"bool".to_ascii_string());
    assert_eq!(name_of<u8>(), b"u8".to_ascii_string());
    assert_eq!(name_of<u16>(), b"u16".to_ascii_string());
    assert_eq!(name_of<u32>(), b"u32".to_ascii_string());
    assert_eq!(name_of<u64>(), b"u64".to_ascii_string());
    assert_eq!(name_of<u128>(), b"u128".to_ascii_string());
    assert_eq!(name_of<u256>(), b"u256".to_ascii_string());
    assert_eq!(name_of<address>(), b"address".to_ascii_string());
    assert_eq!(name_of<vector<vector<u8>>>(), b"vector<vector<u8>>".to_ascii_string());
}

#[test]
fun types_are_written_with_full_addresses() {
    assert_eq!(
        name_of<Plain>(),
        b"0000000000000000000000000000000000000000000000000000000000000001::type_name_tests::Plain"
            .to_ascii_string(),
    );
    let mut pair =
        b"0000000000000000000000000000000000000000000000000000000000000001::type_name_tests::Pair";
    pair.append(b"<u8,");
    pair.append(name_of<vector<Plain>>().into_bytes());
    pair.append(b">");
    assert_eq!(name_of<Pair<u8, vector<Plain>>>().into_bytes(), pair);
}

#[test]
fun original_and_defining_ids_are_the_same_before_any_upgrade() {
    assert_eq!(type_name::with_original_ids<Plain>(), type_name::with_defining_ids<Plain>());
    assert_eq!(type_name::defining_id<Pair<u8, u8>>(), @std);
    assert_eq!(type_name::original_id<Pair<u8, u8>>(), @std);
}

#[test]
fun is_primitive() {
    assert!(type_name::with_defining_ids<bool>().is_primitive());
    assert!(type_name::with_defining_ids<u8>().is_primitive());
    assert!(type_name::with_defining_ids<u16>().is_primitive());
    assert!(type_name::with_defining_ids<u32>().is_primitive());
    assert!(type_name::with_defining_ids<u64>().is_primitive());
    assert!(type_name::with_defining_ids<u128>().is_primitive());
    assert!(type_name::with_defining_ids<u256>().is_primitive());
    assert!(type_name::with_defining_ids<address>().is_primitive());
    assert!(type_name::with_defining_ids<vector<Plain>>().is_primitive());
    assert!(!type_name::with_defining_ids<Plain>().is_primitive());
    assert!(!type_name::with_defining_ids<String>().is_primitive());
}

#[test]
fun parts() {
    let name = type_name::with_defining_ids<Pair<Plain, u8>>();
    assert_eq!(
        name.address_string(),
        b"0000000000000000000000000000000000000000000000000000000000000001".to_ascii_string(),
    );
    assert_eq!(name.module_string(), b"type_name_tests".to_ascii_string());
    assert_eq!(name.datatype_string(), b"Pair".to_ascii_string());
    assert_eq!(
        type_name::with_defining_ids<Plain>().datatype_string(),
        b"Plain".to_ascii_string(),
    );
    assert_eq!(*name.as_string(), name.into_string());
}

#[test, allow(deprecated_usage)]
fun former_names() {
    assert_eq!(type_name::get<Plain>(), type_name::with_defining_ids<Plain>());
    assert_eq!(type_name::get_with_original_ids<Plain>(), type_name::with_original_ids<Plain>());
    assert_eq!(*type_name::get<u8>().borrow_string(), b"u8".to_ascii_string());
}

#[test, expected_failure(abort_code = 0, location = std::type_name)]
fun defining_id_of_a_primitive() {
    type_name::defining_id<u8>();
}

#[test, expected_failure(abort_code = 0, location = std::type_name)]
fun original_id_of_a_primitive() {
    type_name::original_id<vector<Plain>>();
}

#[test, expected_failure(abort_code = 0, location = std::type_name)]
fun address_of_a_primitive() {
    type_name::with_defining_ids<u8>().address_string();
}

#[test, expected_failure(abort_code = 0, location = std::type_name)]
fun module_of_a_primitive() {
    type_name::with_defining_ids<vector<Plain>>().module_string();
}

#[test, expected_failure(abort_code = 0, location = std::type_name)]
fun datatype_of_a_primitive() {
    type_name::with_defining_ids<address>().datatype_string();
}

#[test, allow(deprecated_usage)]
fun former_names_of_parts() {
    let name = type_name::get<Plain>();
    assert_eq!(name.get_address(), name.address_string());
    assert_eq!(name.get_module(), name.module_string());
    assert_eq!(*name.borrow_string(), name.into_string());
}
