/// Templates that tell wallets and explorers how to show objects of a type: named strings in which
/// `{field}` stands for a field of the object. The latest event of `update_version` counts.
module sui::display;

use std::string::String;
use sui::event;
use sui::package::Publisher;
use sui::vec_map::{Self, VecMap};

/// The publisher did not publish the type.
const ENotOwner: u64 = 0;
/// There must be as many names as values.
const EVecLengthMismatch: u64 = 1;

/// The templates of one type.
public struct Display<phantom T: key> has key, store {
    id: UID,
    fields: VecMap<String, String>,
    version: u16,
}

/// A display was made for a type.
public struct DisplayCreated<phantom T: key> has copy, drop {
    id: ID,
}

/// The templates of a type are from now on these.
public struct VersionUpdated<phantom T: key> has copy, drop {
    id: ID,
    version: u16,
    fields: VecMap<String, String>,
}

/// A display without templates; aborts with `ENotOwner`.
public fun new<T: key>(pub: &Publisher, ctx: &mut TxContext): Display<T> {
    assert!(is_authorized<T>(pub), ENotOwner);
    let id = object::new(ctx);
    event::emit(DisplayCreated<T> { id: id.to_inner() });
    Display { id, fields: vec_map::empty(), version: 0 }
}

/// A display with templates; aborts with `ENotOwner` or `EVecLengthMismatch`.
public fun new_with_fields<T: key>(
    pub: &Publisher,
    fields: vector<String>,
    values: vector<String>,
    ctx: &mut TxContext,
): Display<T> {
    let mut display = new<T>(pub, ctx);
    add_multiple(&mut display, fields, values);
    display
}

#[allow(lint(self_transfer))]
/// As `new`, and gives the display to the sender.
public entry fun create_and_keep<T: key>(pub: &Publisher, ctx: &mut TxContext) {
    transfer::public_transfer(new<T>(pub, ctx), ctx.sender())
}

/// Makes the templates known to the world.
public entry fun update_version<T: key>(display: &mut Display<T>) {
    display.version = display.version + 1;
    event::emit(VersionUpdated<T> {
        id: display.id.to_inner(),
        version: display.version,
        fields: display.fields,
    })
}

/// Adds a template; aborts in `sui::vec_map` when the name is taken.
public entry fun add<T: key>(self: &mut Display<T>, name: String, value: String) {
    self.fields.insert(name, value)
}

/// Adds templates; aborts with `EVecLengthMismatch`.
public entry fun add_multiple<T: key>(
    self: &mut Display<T>,
    fields: vector<String>,
    values: vector<String>,
) {
    assert!(fields.length() == values.length(), EVecLengthMismatch);
    fields.zip_do!(values, |name, value| self.fields.insert(name, value))
}

/// Replaces a template; aborts in `sui::vec_map` when there is none of this name.
public entry fun edit<T: key>(self: &mut Display<T>, name: String, value: String) {
    self.fields.remove(&name);
    self.fields.insert(name, value)
}

/// Removes a template; aborts in `sui::vec_map` when there is none of this name.
public entry fun remove<T: key>(self: &mut Display<T>, name: String) {
    self.fields.remove(&name);
}

/// Whether a publisher may make displays of `T`.
public fun is_authorized<T: key>(pub: &Publisher): bool {
    pub.from_package<T>()
}

/// How often the templates were made known.
public fun version<T: key>(d: &Display<T>): u16 {
    d.version
}

/// The templates by name.
public fun fields<T: key>(d: &Display<T>): &VecMap<String, String> {
    &d.fields
}

/// Destroys a display.
public(package) fun destroy<T: key>(self: Display<T>) {
    let Display { id, fields: _, version: _ } = self;
    id.delete();
}
