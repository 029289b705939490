#[test_only]
module walrus::extended_field_tests;

use std::unit_test::assert_eq;
use walrus::extended_field;

#[test]
fun value_can_be_read_changed_swapped_and_taken_out() {
    let mut field = extended_field::new(1u64, &mut tx_context::dummy());
    assert_eq!(*field.borrow(), 1);
    *field.borrow_mut() = 2;
    assert_eq!(field.swap(3), 2);
    assert_eq!(field.destroy(), 3);
}
