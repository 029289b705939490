/// A value whose type may change from one version of a package to the next, kept in a dynamic field
/// under its version number.
module sui::versioned;

use sui::dynamic_field;

/// The upgrade belongs to another object, or the version does not grow.
const EInvalidUpgrade: u64 = 0;

/// A holder of one value of a type that depends on the version.
public struct Versioned has key, store {
    id: UID,
    version: u64,
}

/// Permission to put the new value in, given in exchange for the old one.
public struct VersionChangeCap {
    versioned_id: ID,
    old_version: u64,
}

/// A holder with a first value.
public fun create<T: store>(init_version: u64, init_value: T, ctx: &mut TxContext): Versioned {
    let mut self = Versioned { id: object::new(ctx), version: init_version };
    dynamic_field::add(&mut self.id, init_version, init_value);
    self
}

/// The version of the value.
public fun version(self: &Versioned): u64 {
    self.version
}

/// The value; aborts with `sui::dynamic_field::EFieldTypeMismatch` when it has another type.
public fun load_value<T: store>(self: &Versioned): &T {
    dynamic_field::borrow(&self.id, self.version)
}

/// The value, to be changed. Aborts as `load_value` does.
public fun load_value_mut<T: store>(self: &mut Versioned): &mut T {
    dynamic_field::borrow_mut(&mut self.id, self.version)
}

/// Takes the value out; `upgrade` must put another in before the transaction ends.
public fun remove_value_for_upgrade<T: store>(self: &mut Versioned): (T, VersionChangeCap) {
    (
        dynamic_field::remove(&mut self.id, self.version),
        VersionChangeCap { versioned_id: object::id(self), old_version: self.version },
    )
}

/// Puts a value of a higher version in; aborts with `EInvalidUpgrade`.
public fun upgrade<T: store>(
    self: &mut Versioned,
    new_version: u64,
    new_value: T,
    cap: VersionChangeCap,
) {
    let VersionChangeCap { versioned_id, old_version } = cap;
    assert!(versioned_id == object::id(self), EInvalidUpgrade);
    assert!(old_version < new_version, EInvalidUpgrade);
    dynamic_field::add(&mut self.id, new_version, new_value);
    self.version = new_version;
}

/// Destroys the holder and returns the value.
public fun destroy<T: store>(self: Versioned): T {
    let Versioned { mut id, version } = self;
    let value = dynamic_field::remove(&mut id, version);
    id.delete();
    value
}
