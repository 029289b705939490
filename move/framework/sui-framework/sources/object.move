/// Identity of objects. Every object carries a `UID` as its first field; the `UID` wraps an `ID`,
/// and the `ID` wraps the 32-byte address under which the object is stored.
module sui::object;

use std::bcs;
use sui::address;

/// A system object can be created only by the system address.
const ENotSystemAddress: u64 = 0;

/// Address of the system state object.
const SUI_SYSTEM_STATE_OBJECT_ID: address = @0x5;
/// Address of the clock.
const SUI_CLOCK_OBJECT_ID: address = @0x6;
/// Address of the zkLogin key registry.
const SUI_AUTHENTICATOR_STATE_ID: address = @0x7;
/// Address of the source of randomness.
const SUI_RANDOM_ID: address = @0x8;
/// Address of the bridge object.
const SUI_BRIDGE_ID: address = @0x9;
/// Address of the address alias state.
const SUI_ADDRESS_ALIAS_STATE_OBJECT_ID: address = @0xa;
/// Address of the coin registry.
const SUI_COIN_REGISTRY_OBJECT_ID: address = @0xc;
/// Address of the display registry.
const SUI_DISPLAY_REGISTRY_OBJECT_ID: address = @0xd;
/// Address of the coin deny list.
const SUI_DENY_LIST_OBJECT_ID: address = @0x403;
/// Address of the root of all accumulators.
const SUI_ACCUMULATOR_ROOT_OBJECT_ID: address = @0xacc;
/// The only sender allowed to create the objects above.
const SYSTEM_ADDRESS: address = @0x0;

/// The address of an object. It may be copied and stored freely, and proves nothing about the
/// object behind it.
public struct ID has copy, drop, store {
    bytes: address,
}

/// The unique identity of one object. It cannot be copied or dropped: it is made by `new` and ends
/// in `delete`, so no two live objects share one.
public struct UID has store {
    id: ID,
}

public use fun id_to_bytes as ID.to_bytes;
public use fun id_to_address as ID.to_address;
public use fun uid_as_inner as UID.as_inner;
public use fun uid_to_inner as UID.to_inner;
public use fun uid_to_bytes as UID.to_bytes;
public use fun uid_to_address as UID.to_address;

// === ID ===

/// The 32 bytes of an ID.
public fun id_to_bytes(id: &ID): vector<u8> {
    bcs::to_bytes(&id.bytes)
}

/// The address an ID stands for.
public fun id_to_address(id: &ID): address {
    id.bytes
}

/// An ID from 32 bytes; aborts in `sui::address` when the length is another.
public fun id_from_bytes(bytes: vector<u8>): ID {
    ID { bytes: address::from_bytes(bytes) }
}

/// An ID that stands for the given address.
public fun id_from_address(bytes: address): ID {
    ID { bytes }
}

// === UID ===

/// A reference to the ID inside a UID.
public fun uid_as_inner(uid: &UID): &ID {
    &uid.id
}

/// A copy of the ID inside a UID.
public fun uid_to_inner(uid: &UID): ID {
    uid.id
}

/// The 32 bytes of a UID.
public fun uid_to_bytes(uid: &UID): vector<u8> {
    bcs::to_bytes(&uid.id.bytes)
}

/// The address of a UID.
public fun uid_to_address(uid: &UID): address {
    uid.id.bytes
}

/// A new identity, derived from the transaction digest and the count of identities made so far.
public fun new(ctx: &mut TxContext): UID {
    UID { id: ID { bytes: ctx.fresh_object_address() } }
}

/// Ends an identity. The runtime records the object as deleted.
public fun delete(id: UID) {
    let UID { id: ID { bytes } } = id;
    delete_impl(bytes)
}

// === Any object ===

/// The ID of an object.
public fun id<T: key>(obj: &T): ID {
    borrow_uid(obj).id
}

/// A reference to the ID of an object.
public fun borrow_id<T: key>(obj: &T): &ID {
    &borrow_uid(obj).id
}

/// The 32 bytes of the ID of an object.
public fun id_bytes<T: key>(obj: &T): vector<u8> {
    bcs::to_bytes(&borrow_uid(obj).id)
}

/// The address of an object.
public fun id_address<T: key>(obj: &T): address {
    borrow_uid(obj).id.bytes
}

// === Identities with a fixed address ===

#[allow(unused_function)]
/// The identity of the system state, made once at genesis.
fun sui_system_state(ctx: &TxContext): UID {
    assert!(ctx.sender() == SYSTEM_ADDRESS, ENotSystemAddress);
    UID { id: ID { bytes: SUI_SYSTEM_STATE_OBJECT_ID } }
}

/// The identity of the clock.
public(package) fun clock(): UID {
    UID { id: ID { bytes: SUI_CLOCK_OBJECT_ID } }
}

/// The identity of the zkLogin key registry.
public(package) fun authenticator_state(): UID {
    UID { id: ID { bytes: SUI_AUTHENTICATOR_STATE_ID } }
}

/// The identity of the source of randomness.
public(package) fun randomness_state(): UID {
    UID { id: ID { bytes: SUI_RANDOM_ID } }
}

/// The identity of the deny list.
public(package) fun sui_deny_list_object_id(): UID {
    UID { id: ID { bytes: SUI_DENY_LIST_OBJECT_ID } }
}

/// The identity of the accumulator root.
public(package) fun sui_accumulator_root_object_id(): UID {
    UID { id: ID { bytes: SUI_ACCUMULATOR_ROOT_OBJECT_ID } }
}

/// The address of the accumulator root.
public(package) fun sui_accumulator_root_address(): address {
    SUI_ACCUMULATOR_ROOT_OBJECT_ID
}

/// The identity of the coin registry.
public(package) fun sui_coin_registry_object_id(): UID {
    UID { id: ID { bytes: SUI_COIN_REGISTRY_OBJECT_ID } }
}

/// The address of the coin registry.
public(package) fun sui_coin_registry_address(): address {
    SUI_COIN_REGISTRY_OBJECT_ID
}

/// The identity of the display registry.
public(package) fun sui_display_registry_object_id(): UID {
    UID { id: ID { bytes: SUI_DISPLAY_REGISTRY_OBJECT_ID } }
}

/// The address of the display registry.
public(package) fun sui_display_registry_address(): address {
    SUI_DISPLAY_REGISTRY_OBJECT_ID
}

/// The identity of the address alias state.
public(package) fun address_alias_state(): UID {
    UID { id: ID { bytes: SUI_ADDRESS_ALIAS_STATE_OBJECT_ID } }
}

#[allow(unused_function)]
/// The identity of the bridge object, made once at genesis.
fun bridge(): UID {
    UID { id: ID { bytes: SUI_BRIDGE_ID } }
}

/// An identity with an address computed elsewhere (dynamic fields, derived objects). The caller
/// answers for its uniqueness.
public(package) fun new_uid_from_hash(bytes: address): UID {
    record_new_uid(bytes);
    UID { id: ID { bytes } }
}

/// The first field of any object.
native fun borrow_uid<T: key>(obj: &T): &UID;

/// Records the deletion of an identity with the runtime.
native fun delete_impl(id: address);

/// Records an identity that was not made by `fresh_object_address`.
native fun record_new_uid(id: address);

#[test_only]
/// The ID made last in the current test transaction.
public fun last_created(ctx: &TxContext): ID {
    ID { bytes: ctx.last_created_object_id() }
}
