/// Identities and the transaction context.
#[test_only]
module sui::object_tests;

use std::unit_test::assert_eq;
use sui::address;

public struct Thing has key {
    id: UID,
}

#[test]
fun ids_of_the_first_objects() {
    let mut ctx = tx_context::dummy();
    let first = object::new(&mut ctx);
    let second = object::new(&mut ctx);
    assert_eq!(
        first.to_address(),
        @0x381dd9078c322a4663c392761a0211b527c127b29583851217f948d62131f409,
    );
    assert_eq!(
        second.to_address(),
        @0xeefed4f2b7f6ad5f65d6ea2eef50b4f1d1e98c39ca8eecbc9736da801b8387e6,
    );
    assert_eq!(ctx.ids_created(), 2);
    assert_eq!(ctx.get_ids_created(), 2);
    assert_eq!(ctx.last_created_object_id(), second.to_address());
    assert_eq!(object::last_created(&ctx), second.to_inner());
    first.delete();
    second.delete();
}

#[test]
fun conversions() {
    let mut ctx = tx_context::dummy();
    let thing = Thing { id: object::new(&mut ctx) };
    let id = object::id(&thing);
    assert_eq!(*object::borrow_id(&thing), id);
    assert_eq!(object::id_address(&thing), id.to_address());
    assert_eq!(object::id_bytes(&thing), id.to_bytes());
    assert_eq!(*thing.id.as_inner(), id);
    assert_eq!(thing.id.to_inner(), id);
    assert_eq!(thing.id.to_bytes(), id.to_bytes());
    assert_eq!(thing.id.to_address(), id.to_address());
    assert_eq!(object::id_from_address(id.to_address()), id);
    assert_eq!(object::id_from_bytes(id.to_bytes()), id);
    let Thing { id } = thing;
    id.delete();
}

#[test, expected_failure(abort_code = address::EAddressParseError)]
fun id_from_short_bytes() {
    object::id_from_bytes(x"00");
}

#[test]
fun context() {
    let hash = tx_context::dummy_tx_hash_with_hint(258);
    assert_eq!(hash.length(), 32);
    assert_eq!(hash[0], 2);
    assert_eq!(hash[1], 1);
    let mut ctx = tx_context::new(@0xa, hash, 3, 4_000, 0);
    assert_eq!(ctx.sender(), @0xa);
    assert_eq!(*ctx.digest(), hash);
    assert_eq!(ctx.epoch(), 3);
    assert_eq!(ctx.epoch_timestamp_ms(), 4_000);
    assert_eq!(ctx.sponsor(), option::none());
    let fresh = ctx.fresh_object_address();
    assert_eq!(ctx.last_created_object_id(), fresh);
    ctx.increment_epoch_number();
    ctx.increment_epoch_timestamp(500);
    assert_eq!(ctx.sender(), @0xa);
    assert_eq!(ctx.epoch(), 4);
    assert_eq!(ctx.epoch_timestamp_ms(), 4_500);
    assert_eq!(ctx.ids_created(), 1);

    let ctx = tx_context::create(@0xb, hash, 1, 2, 3, 4, 5, 6, option::some(@0xc));
    assert_eq!(ctx.ids_created(), 3);
    assert_eq!(ctx.reference_gas_price(), 4);
    assert_eq!(ctx.gas_price(), 5);
    assert_eq!(ctx.gas_budget(), 6);
    assert_eq!(ctx.sponsor(), option::some(@0xc));

    let ctx = tx_context::new_from_hint(@0xd, 1, 2, 3, 4);
    assert_eq!(ctx.sender(), @0xd);
    assert_eq!(ctx.epoch(), 2);
}

#[test, expected_failure(abort_code = tx_context::EBadTxHashLength)]
fun context_with_short_digest() {
    tx_context::new(@0xa, x"00", 0, 0, 0);
}

#[test, expected_failure(abort_code = tx_context::ENoIDsCreated)]
fun last_of_no_objects() {
    tx_context::dummy().last_created_object_id();
}

#[test]
fun fixed_identities() {
    let uids = vector[
        object::clock(),
        object::authenticator_state(),
        object::randomness_state(),
        object::address_alias_state(),
        object::sui_coin_registry_object_id(),
        object::sui_display_registry_object_id(),
        object::sui_deny_list_object_id(),
        object::sui_accumulator_root_object_id(),
    ];
    let addresses = vector[@0x6, @0x7, @0x8, @0xa, @0xc, @0xd, @0x403, @0xacc];
    uids.zip_do!(addresses, |uid, address| {
        assert_eq!(uid.to_address(), address);
        uid.delete()
    });
    assert_eq!(object::sui_coin_registry_address(), @0xc);
    assert_eq!(object::sui_display_registry_address(), @0xd);
    assert_eq!(object::sui_accumulator_root_address(), @0xacc);
}
