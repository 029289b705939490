/// Rights and the proofs that satisfy them.
#[test_only]
module walrus::auth_tests;

use std::unit_test::{assert_eq, destroy};
use walrus::auth;
use walrus::storage_node;

#[test]
fun an_address_matches_its_own_transactions_only() {
    let ctx = &tx_context::dummy();
    let me = auth::authorized_address(ctx.sender());
    let other = auth::authorized_address(@0xBEEF);
    assert!(auth::authenticate_sender(ctx).matches(&me));
    assert!(!auth::authenticate_sender(ctx).matches(&other));
}

#[test]
fun an_object_matches_its_own_id_only() {
    let ctx = &mut tx_context::dummy();
    let cap = storage_node::new_cap(object::id_from_address(@0x1), ctx);
    let other = storage_node::new_cap(object::id_from_address(@0x1), ctx);
    let right = auth::authorized_object(object::id(&cap));
    assert!(auth::authenticate_with_object(&cap).matches(&right));
    assert!(!auth::authenticate_with_object(&other).matches(&right));
    destroy(cap);
    destroy(other);
}

#[test]
fun an_address_and_an_object_with_equal_bytes_are_not_the_same() {
    let ctx = &mut tx_context::dummy();
    let cap = storage_node::new_cap(object::id_from_address(@0x1), ctx);
    let cap_address = object::id(&cap).to_address();
    let sender_as_object = auth::authorized_object(object::id_from_address(ctx.sender()));
    assert!(!auth::authenticate_sender(ctx).matches(&sender_as_object));
    assert!(!auth::authenticate_with_object(&cap).matches(&auth::authorized_address(cap_address)));
    destroy(cap);
}

#[test]
fun layouts() {
    // Variant 0 is an address, variant 1 an object ID.
    let address_bytes = sui::bcs::to_bytes(&auth::authorized_address(@0x7));
    let object_bytes = sui::bcs::to_bytes(&auth::authorized_object(object::id_from_address(@0x7)));
    assert_eq!(address_bytes[0], 0);
    assert_eq!(object_bytes[0], 1);
    assert_eq!(address_bytes.length(), 33);
    assert_eq!(object_bytes.length(), 33);
    assert_eq!(object_bytes[32], 7);
}
