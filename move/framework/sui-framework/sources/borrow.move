/// A value lent out within a transaction: the hot potato that comes with it makes sure that the very
/// same value is back before the transaction ends.
module sui::borrow;

/// The promise belongs to another holder.
const EWrongBorrow: u64 = 0;
/// The value is not the one that was lent.
const EWrongValue: u64 = 1;

/// Holds a value that can be lent.
public struct Referent<T: key + store> has store {
    id: address,
    value: Option<T>,
}

/// The promise to bring a value back.
public struct Borrow {
    ref: address,
    obj: ID,
}

/// A holder of a value.
public fun new<T: key + store>(value: T, ctx: &mut TxContext): Referent<T> {
    Referent { id: ctx.fresh_object_address(), value: option::some(value) }
}

/// Lends the value.
public fun borrow<T: key + store>(self: &mut Referent<T>): (T, Borrow) {
    let value = self.value.extract();
    let promise = Borrow { ref: self.id, obj: object::id(&value) };
    (value, promise)
}

/// Brings the value back; aborts with `EWrongValue` or `EWrongBorrow`.
public fun put_back<T: key + store>(self: &mut Referent<T>, value: T, borrow: Borrow) {
    let Borrow { ref, obj } = borrow;
    assert!(object::id(&value) == obj, EWrongValue);
    assert!(self.id == ref, EWrongBorrow);
    self.value.fill(value);
}

/// Takes the value out for good.
public fun destroy<T: key + store>(self: Referent<T>): T {
    let Referent { id: _, value } = self;
    value.destroy_some()
}
