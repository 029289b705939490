/// One value kept outside the object that owns it, as the only dynamic field of a small handle.
///
/// Used for parts of a large state that are rarely needed, so that reading the state stays cheap.
module walrus::extended_field;

use sui::dynamic_field as df;

/// Handle of a value of type `T`.
public struct ExtendedField<phantom T> has key, store {
    /// Parent of the value.
    id: UID,
}

/// Key of the dynamic field.
public struct Key() has copy, drop, store;

/// Stores the value and returns its handle.
public(package) fun new<T: store>(value: T, ctx: &mut TxContext): ExtendedField<T> {
    let mut id = object::new(ctx);
    df::add(&mut id, Key(), value);
    ExtendedField { id }
}

/// The stored value.
public(package) fun borrow<T: store>(self: &ExtendedField<T>): &T {
    df::borrow(&self.id, Key())
}

/// The stored value, for change.
public(package) fun borrow_mut<T: store>(self: &mut ExtendedField<T>): &mut T {
    df::borrow_mut(&mut self.id, Key())
}

/// Replaces the value and returns the previous one.
public(package) fun swap<T: store>(self: &mut ExtendedField<T>, value: T): T {
    let previous = df::remove(&mut self.id, Key());
    df::add(&mut self.id, Key(), value);
    previous
}

/// Deletes the handle and returns the value.
public(package) fun destroy<T: store>(self: ExtendedField<T>): T {
    let ExtendedField { mut id } = self;
    let value = df::remove(&mut id, Key());
    id.delete();
    value
}
