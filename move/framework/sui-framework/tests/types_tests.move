/// `sui::types`.
#[test_only]
module sui::types_tests;

use sui::types;

/// Has the form of a one-time witness: the module's name in capitals and no fields.
public struct TYPES_TESTS has drop {}

/// Has another name.
public struct Other has drop {}

/// Has a field.
public struct Full has drop {
    value: u64,
}

#[test]
fun the_form_decides() {
    assert!(types::is_one_time_witness(&TYPES_TESTS {}));
    assert!(!types::is_one_time_witness(&Other {}));
    let full = Full { value: 1 };
    assert!(!types::is_one_time_witness(&full));
    assert!(!types::is_one_time_witness(&full.value));
}
