/// The ways an object can change hands: to an address, to everybody (shared), to nobody (frozen),
/// to a party, and out of the hands of another object (receiving). Each has a plain form, which only
/// the module that defines the type may call, and a `public_` form for types with `store`.
module sui::transfer;

use sui::party::Party;

#[allow(unused_const)]
/// An object that exists already can no longer be shared. Raised by the runtime.
const ESharedNonNewObject: u64 = 0;
#[allow(unused_const)]
/// The object could not be serialized. Raised by the runtime.
const EBCSSerializationFailure: u64 = 1;
#[allow(unused_const)]
/// The object to receive has another type. Raised by the runtime.
const EReceivingObjectTypeMismatch: u64 = 2;
#[allow(unused_const)]
/// The object to receive is missing or belongs to somebody else. Raised by the runtime.
const EUnableToReceiveObject: u64 = 3;
#[allow(unused_const)]
/// A shared object cannot be used this way. Raised by the runtime.
const ESharedObjectOperationNotSupported: u64 = 4;
#[allow(unused_const)]
/// The network does not support this operation. Raised by the runtime.
const ENotSupported: u64 = 5;
/// The permissions of the party are not supported; it must have a single owner.
const EInvalidPartyPermissions: u64 = 6;

/// The right to receive, within this transaction, one version of an object that was sent to another
/// object. Only the transaction itself makes these, from an input of kind `Receiving`.
public struct Receiving<phantom T: key> has drop {
    id: ID,
    version: u64,
}

/// Gives an object to an address. Only for the module that defines `T`.
public fun transfer<T: key>(obj: T, recipient: address) {
    transfer_impl(obj, recipient)
}

/// Gives an object to an address.
public fun public_transfer<T: key + store>(obj: T, recipient: address) {
    transfer_impl(obj, recipient)
}

/// Gives an object to a party; its versions are then decided by consensus. Only for the module that
/// defines `T`.
public fun party_transfer<T: key>(obj: T, party: Party) {
    assert!(party.is_single_owner(), EInvalidPartyPermissions);
    let (default, addresses, permissions) = party.into_native();
    party_transfer_impl(obj, default, addresses, permissions)
}

/// Gives an object to a party; its versions are then decided by consensus.
public fun public_party_transfer<T: key + store>(obj: T, party: Party) {
    assert!(party.is_single_owner(), EInvalidPartyPermissions);
    let (default, addresses, permissions) = party.into_native();
    party_transfer_impl(obj, default, addresses, permissions)
}

/// Makes an object immutable for good: anybody may read it, nobody may change it. Only for the
/// module that defines `T`.
public fun freeze_object<T: key>(obj: T) {
    freeze_object_impl(obj)
}

/// Makes an object immutable for good.
public fun public_freeze_object<T: key + store>(obj: T) {
    freeze_object_impl(obj)
}

/// Makes an object of this transaction usable by everybody. Only for the module that defines `T`.
public fun share_object<T: key>(obj: T) {
    share_object_impl(obj)
}

/// Makes an object of this transaction usable by everybody.
public fun public_share_object<T: key + store>(obj: T) {
    share_object_impl(obj)
}

/// Takes an object that was sent to `parent`. Only for the module that defines `T`.
public fun receive<T: key>(parent: &mut UID, to_receive: Receiving<T>): T {
    let Receiving { id, version } = to_receive;
    receive_impl(parent.to_address(), id, version)
}

/// Takes an object that was sent to `parent`.
public fun public_receive<T: key + store>(parent: &mut UID, to_receive: Receiving<T>): T {
    let Receiving { id, version } = to_receive;
    receive_impl(parent.to_address(), id, version)
}

/// The ID of the object that can be received.
public fun receiving_object_id<T: key>(receiving: &Receiving<T>): ID {
    receiving.id
}

public(package) native fun freeze_object_impl<T: key>(obj: T);

public(package) native fun share_object_impl<T: key>(obj: T);

public(package) native fun party_transfer_impl<T: key>(
    obj: T,
    default_permissions: u64,
    addresses: vector<address>,
    permissions: vector<u64>,
);

public(package) native fun transfer_impl<T: key>(obj: T, recipient: address);

native fun receive_impl<T: key>(parent: address, to_receive: ID, version: u64): T;

#[test_only]
/// A right to receive made by hand.
public(package) fun make_receiver<T: key>(id: ID, version: u64): Receiving<T> {
    Receiving { id, version }
}

#[test_only]
/// The ID of the object that can be received.
public(package) fun receiving_id<T: key>(r: &Receiving<T>): ID {
    r.id
}
