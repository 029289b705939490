/// The display registry: a shared object at 0xd under which every type has at most one `Display`, at
/// an address derived from the type. It takes over from `sui::display`.
module sui::display_registry;

use std::string::String;
use sui::derived_object;
use sui::display::Display as LegacyDisplay;
use sui::package::Publisher;
use sui::vec_map::{Self, VecMap};

/// Only the system may create the registry.
#[error(code = 0)]
const ENotSystemAddress: vector<u8> = b"This is only callable from system address.";
/// The type has a display already.
#[error(code = 1)]
const EDisplayAlreadyExists: vector<u8> = b"Display for the supplied type already exists.";
/// The cap was claimed already.
#[error(code = 2)]
const ECapAlreadyClaimed: vector<u8> = b"Cap for this display object has already been claimed.";
/// The publisher did not publish the type.
#[error(code = 3)]
const ENotValidPublisher: vector<u8> = b"The publisher is not valid for the supplied type.";
/// The display has no field of this name.
#[error(code = 4)]
const EFieldDoesNotExist: vector<u8> = b"Field does not exist in the display.";
/// The cap was not claimed yet.
#[error(code = 5)]
const ECapNotClaimed: vector<u8> =
    b"Cap for this display object has not been claimed so you cannot delete the legacy display yet.";

/// The registry.
public struct DisplayRegistry has key {
    id: UID,
}

/// The right to carry displays of the first kind over; for the system.
public struct SystemMigrationCap has key {
    id: UID,
}

/// How objects of type `T` are shown.
public struct Display<phantom T> has key {
    id: UID,
    /// The templates by name.
    fields: VecMap<String, String>,
    /// The cap, once it is claimed.
    cap_id: Option<ID>,
}

/// The right to change the display of `T`.
public struct DisplayCap<phantom T> has key, store {
    id: UID,
}

/// Name of the display of `T`.
public struct DisplayKey<phantom T>() has copy, drop, store;

/// The display of a type of the calling module, and its cap; aborts with `EDisplayAlreadyExists`.
public fun new<T>(
    registry: &mut DisplayRegistry,
    _: internal::Permit<T>,
    ctx: &mut TxContext,
): (Display<T>, DisplayCap<T>) {
    new_display(registry, ctx)
}

/// The display of a type of the package of a publisher, and its cap; aborts with `ENotValidPublisher`
/// or `EDisplayAlreadyExists`.
public fun new_with_publisher<T>(
    registry: &mut DisplayRegistry,
    publisher: &mut Publisher,
    ctx: &mut TxContext,
): (Display<T>, DisplayCap<T>) {
    assert!(publisher.from_package<T>(), ENotValidPublisher);
    new_display(registry, ctx)
}

/// Takes the display that the system carried over, for the holder of the display of the first kind,
/// which is destroyed. Aborts with `ECapAlreadyClaimed`.
public fun claim<T: key>(
    display: &mut Display<T>,
    legacy: LegacyDisplay<T>,
    ctx: &mut TxContext,
): DisplayCap<T> {
    let cap = claim_cap(display, ctx);
    legacy.destroy();
    cap
}

/// As `claim`, for a publisher; aborts with `ENotValidPublisher` or `ECapAlreadyClaimed`.
public fun claim_with_publisher<T: key>(
    display: &mut Display<T>,
    publisher: &mut Publisher,
    ctx: &mut TxContext,
): DisplayCap<T> {
    assert!(publisher.from_package<T>(), ENotValidPublisher);
    claim_cap(display, ctx)
}

/// Carries a display of the first kind over; aborts with `EDisplayAlreadyExists`.
public fun migrate_v1_to_v2<T: key>(
    registry: &mut DisplayRegistry,
    legacy: LegacyDisplay<T>,
    ctx: &mut TxContext,
): (Display<T>, DisplayCap<T>) {
    let (mut display, cap) = new_display<T>(registry, ctx);
    display.fields = *legacy.fields();
    legacy.destroy();
    (display, cap)
}

/// Carries the templates of a display of the first kind over without its holder; the cap stays to be
/// claimed. Does nothing when the type has a display.
public fun system_migration<T: key>(
    registry: &mut DisplayRegistry,
    _: &SystemMigrationCap,
    keys: vector<String>,
    values: vector<String>,
    _ctx: &mut TxContext,
) {
    let key = DisplayKey<T>();
    if (derived_object::exists(&registry.id, key)) return;
    transfer::share_object(Display<T> {
        id: derived_object::claim(&mut registry.id, key),
        fields: vec_map::from_keys_values(keys, values),
        cap_id: option::none(),
    });
}

/// Destroys a display of the first kind whose templates were carried over; aborts with
/// `ECapNotClaimed` while nobody holds the cap.
public fun delete_legacy<T: key>(display: &Display<T>, legacy: LegacyDisplay<T>) {
    assert!(display.cap_id.is_some(), ECapNotClaimed);
    legacy.destroy();
}

/// Shares a new display.
public fun share<T>(display: Display<T>) {
    transfer::share_object(display)
}

/// Sets a template.
public fun set<T>(display: &mut Display<T>, _: &DisplayCap<T>, name: String, value: String) {
    if (display.fields.contains(&name)) {
        display.fields.remove(&name);
    };
    display.fields.insert(name, value);
}

/// Removes a template; aborts with `EFieldDoesNotExist`.
public fun unset<T>(display: &mut Display<T>, _: &DisplayCap<T>, name: String) {
    assert!(display.fields.contains(&name), EFieldDoesNotExist);
    display.fields.remove(&name);
}

/// Removes all templates.
public fun clear<T>(display: &mut Display<T>, _: &DisplayCap<T>) {
    display.fields = vec_map::empty();
}

/// Gives the right to carry displays over up.
public fun destroy_system_migration_cap(cap: SystemMigrationCap) {
    let SystemMigrationCap { id } = cap;
    id.delete();
}

/// Gives the right to carry displays over to an address.
public fun transfer_migration_cap(cap: SystemMigrationCap, recipient: address) {
    transfer::transfer(cap, recipient)
}

/// The templates by name.
public fun fields<T>(display: &Display<T>): &VecMap<String, String> {
    &display.fields
}

/// The cap, once it is claimed.
public fun cap_id<T>(display: &Display<T>): Option<ID> {
    display.cap_id
}

fun new_display<T>(
    registry: &mut DisplayRegistry,
    ctx: &mut TxContext,
): (Display<T>, DisplayCap<T>) {
    let key = DisplayKey<T>();
    assert!(!derived_object::exists(&registry.id, key), EDisplayAlreadyExists);
    let cap = DisplayCap<T> { id: object::new(ctx) };
    let display = Display<T> {
        id: derived_object::claim(&mut registry.id, key),
        fields: vec_map::empty(),
        cap_id: option::some(cap.id.to_inner()),
    };
    (display, cap)
}

fun claim_cap<T>(display: &mut Display<T>, ctx: &mut TxContext): DisplayCap<T> {
    assert!(display.cap_id.is_none(), ECapAlreadyClaimed);
    let cap = DisplayCap<T> { id: object::new(ctx) };
    display.cap_id.fill(cap.id.to_inner());
    cap
}

#[allow(unused_function)]
/// Creates the registry.
fun create(ctx: &mut TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    transfer::share_object(DisplayRegistry { id: object::sui_display_registry_object_id() });
    transfer::transfer(SystemMigrationCap { id: object::new(ctx) }, ctx.sender());
}

#[test_only]
/// `create` for tests; the sender must be 0x0 and gets the migration cap.
public fun create_for_testing(ctx: &mut TxContext) {
    create(ctx)
}

#[test_only]
/// A registry that is not shared.
public fun new_for_testing(ctx: &mut TxContext): DisplayRegistry {
    DisplayRegistry { id: object::new(ctx) }
}

#[test_only]
/// The right to carry displays over.
public fun new_migration_cap_for_testing(ctx: &mut TxContext): SystemMigrationCap {
    SystemMigrationCap { id: object::new(ctx) }
}
