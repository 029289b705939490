/// Who may act for a storage node: an address, or whoever holds an object.
module walrus::auth;

/// Proof of who makes a call; lives only within a transaction.
public enum Authenticated has drop {
    /// The sender of the transaction.
    Sender(address),
    /// The holder of an object.
    Object(ID),
}

/// To whom a right belongs.
public enum Authorized has copy, drop, store {
    /// To the transactions of an address.
    Address(address),
    /// To whoever can present the object.
    ObjectID(ID),
}

/// Proves that the sender makes the call.
public fun authenticate_sender(ctx: &TxContext): Authenticated {
    Authenticated::Sender(ctx.sender())
}

/// Proves that the caller holds `obj`.
public fun authenticate_with_object<T: key>(obj: &T): Authenticated {
    Authenticated::Object(object::id(obj))
}

/// A right that belongs to an address.
public fun authorized_address(addr: address): Authorized { Authorized::Address(addr) }

/// A right that belongs to the holder of an object.
public fun authorized_object(id: ID): Authorized { Authorized::ObjectID(id) }

/// Whether the proof satisfies the right. An address never stands for an object with the same
/// bytes, nor the reverse.
public(package) fun matches(authenticated: &Authenticated, authorized: &Authorized): bool {
    match (authorized) {
        Authorized::Address(owner) => match (authenticated) {
            Authenticated::Sender(sender) => sender == owner,
            Authenticated::Object(_) => false,
        },
        Authorized::ObjectID(required) => match (authenticated) {
            Authenticated::Object(presented) => presented == required,
            Authenticated::Sender(_) => false,
        },
    }
}
