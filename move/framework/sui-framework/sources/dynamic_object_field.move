/// Dynamic fields whose values are objects that stay objects: the value keeps its ID and remains
/// visible in storage. The field itself is an ordinary dynamic field under the wrapped name, holding
/// the ID of the value; the value is owned by that field.
module sui::dynamic_object_field;

use sui::dynamic_field::{
    Self as field,
    add_child_object,
    borrow_child_object,
    borrow_child_object_mut,
    remove_child_object,
    has_child_object_with_ty
};

/// Keeps the names of object fields apart from the names of plain fields.
public struct Wrapper<Name> has copy, drop, store {
    name: Name,
}

/// Adds a field. Aborts with `sui::dynamic_field::EFieldAlreadyExists` when the name is taken.
public fun add<Name: copy + drop + store, Value: key + store>(
    object: &mut UID,
    name: Name,
    value: Value,
) {
    internal_add(object, name, value)
}

/// A reference to the value of a field. Aborts with `sui::dynamic_field::EFieldDoesNotExist` or
/// `sui::dynamic_field::EFieldTypeMismatch`.
public fun borrow<Name: copy + drop + store, Value: key + store>(object: &UID, name: Name): &Value {
    internal_borrow(object, name)
}

/// A mutable reference to the value of a field. Aborts as `borrow` does.
public fun borrow_mut<Name: copy + drop + store, Value: key + store>(
    object: &mut UID,
    name: Name,
): &mut Value {
    internal_borrow_mut(object, name)
}

/// Removes a field and returns its value. Aborts as `borrow` does.
public fun remove<Name: copy + drop + store, Value: key + store>(
    object: &mut UID,
    name: Name,
): Value {
    internal_remove(object, name)
}

/// Whether the object has an object field of this name, with a value of any type.
public fun exists_<Name: copy + drop + store>(object: &UID, name: Name): bool {
    field::exists_with_type<Wrapper<Name>, ID>(object, Wrapper { name })
}

/// Whether the object has an object field of this name with a value of this type.
public fun exists_with_type<Name: copy + drop + store, Value: key + store>(
    object: &UID,
    name: Name,
): bool {
    internal_exists_with_type<Name, Value>(object, name)
}

/// The ID of the value of a field, if there is such a field.
public fun id<Name: copy + drop + store>(object: &UID, name: Name): Option<ID> {
    if (!exists_(object, name)) return option::none();
    let (_, value_address) = field::field_info(object, Wrapper { name });
    option::some(object::id_from_address(value_address))
}

public(package) fun internal_add<Name: copy + drop + store, Value: key>(
    object: &mut UID,
    name: Name,
    value: Value,
) {
    let key = Wrapper { name };
    field::add(object, key, object::id(&value));
    let (field, _) = field::field_info<Wrapper<Name>>(object, key);
    add_child_object(field.to_address(), value);
}

public(package) fun internal_borrow<Name: copy + drop + store, Value: key>(
    object: &UID,
    name: Name,
): &Value {
    let (field, value_address) = field::field_info(object, Wrapper { name });
    borrow_child_object<Value>(field, value_address)
}

public(package) fun internal_borrow_mut<Name: copy + drop + store, Value: key>(
    object: &mut UID,
    name: Name,
): &mut Value {
    let (field, value_address) = field::field_info_mut(object, Wrapper { name });
    borrow_child_object_mut<Value>(field, value_address)
}

public(package) fun internal_remove<Name: copy + drop + store, Value: key>(
    object: &mut UID,
    name: Name,
): Value {
    let key = Wrapper { name };
    let (field, value_address) = field::field_info(object, key);
    let value = remove_child_object<Value>(field.to_address(), value_address);
    field::remove<Wrapper<Name>, ID>(object, key);
    value
}

public(package) fun internal_exists_with_type<Name: copy + drop + store, Value: key>(
    object: &UID,
    name: Name,
): bool {
    let key = Wrapper { name };
    if (!field::exists_with_type<Wrapper<Name>, ID>(object, key)) return false;
    let (field, value_address) = field::field_info(object, key);
    has_child_object_with_ty<Value>(field.to_address(), value_address)
}
