/// Fields that are added to an object at run time. The name may be any value with `copy`, `drop` and
/// `store`, the value any type with `store`. A field is an object of its own, owned by its parent, so
/// it costs nothing to those who do not touch it. An object as value is wrapped; for values that
/// should stay visible under their own ID see `sui::dynamic_object_field`.
module sui::dynamic_field;

/// The object has a field of this name already.
const EFieldAlreadyExists: u64 = 0;
#[allow(unused_const)]
/// The object has no field of this name. Raised by the runtime.
const EFieldDoesNotExist: u64 = 1;
#[allow(unused_const)]
/// The field holds a value of another type. Raised by the runtime.
const EFieldTypeMismatch: u64 = 2;
#[allow(unused_const)]
/// The name could not be serialized. Raised by the runtime.
const EBCSSerializationFailure: u64 = 3;
#[allow(unused_const)]
/// A shared object cannot become a child. Raised by the runtime.
const ESharedObjectOperationNotSupported: u64 = 4;

/// The object that stores one field. Its ID is a hash of parent, name and type of the name.
public struct Field<Name: copy + drop + store, Value: store> has key {
    id: UID,
    name: Name,
    value: Value,
}

/// Adds a field. Aborts with `EFieldAlreadyExists` when the name is taken, whatever the value's type.
public fun add<Name: copy + drop + store, Value: store>(
    object: &mut UID,
    name: Name,
    value: Value,
) {
    let parent = object.to_address();
    let field_address = hash_type_and_key(parent, name);
    assert!(!has_child_object(parent, field_address), EFieldAlreadyExists);
    let field = Field { id: object::new_uid_from_hash(field_address), name, value };
    add_child_object(parent, field)
}

/// A reference to the value of a field. Aborts with `EFieldDoesNotExist` or `EFieldTypeMismatch`.
public fun borrow<Name: copy + drop + store, Value: store>(object: &UID, name: Name): &Value {
    let field_address = hash_type_and_key(object.to_address(), name);
    &borrow_child_object<Field<Name, Value>>(object, field_address).value
}

/// A mutable reference to the value of a field. Aborts as `borrow` does.
public fun borrow_mut<Name: copy + drop + store, Value: store>(
    object: &mut UID,
    name: Name,
): &mut Value {
    let field_address = hash_type_and_key(object.to_address(), name);
    &mut borrow_child_object_mut<Field<Name, Value>>(object, field_address).value
}

/// Removes a field and returns its value. Aborts as `borrow` does.
public fun remove<Name: copy + drop + store, Value: store>(object: &mut UID, name: Name): Value {
    let parent = object.to_address();
    let field_address = hash_type_and_key(parent, name);
    let Field { id, name: _, value } = remove_child_object<Field<Name, Value>>(
        parent,
        field_address,
    );
    id.delete();
    value
}

/// Whether the object has a field of this name, with a value of any type.
public fun exists_<Name: copy + drop + store>(object: &UID, name: Name): bool {
    let parent = object.to_address();
    has_child_object(parent, hash_type_and_key(parent, name))
}

/// Removes a field if there is one. Aborts with `EFieldTypeMismatch` if it has another type.
public fun remove_if_exists<Name: copy + drop + store, Value: store>(
    object: &mut UID,
    name: Name,
): Option<Value> {
    if (exists_(object, name)) option::some(remove(object, name)) else option::none()
}

/// Whether the object has a field of this name with a value of this type.
public fun exists_with_type<Name: copy + drop + store, Value: store>(
    object: &UID,
    name: Name,
): bool {
    let parent = object.to_address();
    has_child_object_with_ty<Field<Name, Value>>(parent, hash_type_and_key(parent, name))
}

/// For dynamic object fields: the UID of the field object and the address its value holds.
public(package) fun field_info<Name: copy + drop + store>(
    object: &UID,
    name: Name,
): (&UID, address) {
    let field_address = hash_type_and_key(object.to_address(), name);
    let field = borrow_child_object<Field<Name, ID>>(object, field_address);
    (&field.id, field.value.to_address())
}

/// As `field_info`, with a mutable UID.
public(package) fun field_info_mut<Name: copy + drop + store>(
    object: &mut UID,
    name: Name,
): (&mut UID, address) {
    let field_address = hash_type_and_key(object.to_address(), name);
    let field = borrow_child_object_mut<Field<Name, ID>>(object, field_address);
    (&mut field.id, field.value.to_address())
}

/// The address of the field with name `k` of the object `parent`.
public(package) native fun hash_type_and_key<K: copy + drop + store>(
    parent: address,
    k: K,
): address;

public(package) native fun add_child_object<Child: key>(parent: address, child: Child);

public(package) native fun borrow_child_object<Child: key>(object: &UID, id: address): &Child;

public(package) native fun borrow_child_object_mut<Child: key>(
    object: &mut UID,
    id: address,
): &mut Child;

public(package) native fun remove_child_object<Child: key>(parent: address, id: address): Child;

public(package) native fun has_child_object(parent: address, id: address): bool;

public(package) native fun has_child_object_with_ty<Child: key>(
    parent: address,
    id: address,
): bool;
