/// Extensions of a kiosk: modules that an owner lets put things in, and that keep data of their own in
/// the kiosk. An extension is known by a type of its module, whose value it shows as proof.
module sui::kiosk_extension;

use sui::bag::{Self, Bag};
use sui::dynamic_field as df;
use sui::kiosk::{Kiosk, KioskOwnerCap};
use sui::transfer_policy::TransferPolicy;

/// The cap belongs to another kiosk.
const ENotOwner: u64 = 0;
/// The extension is disabled or lacks the permission.
const EExtensionNotAllowed: u64 = 2;
/// The extension is not installed.
const EExtensionNotInstalled: u64 = 3;

/// Permission to place things.
const PLACE: u128 = 1;
/// Permission to lock things, which includes placing them.
const LOCK: u128 = 2;

/// The record of an extension.
public struct Extension has store {
    /// Data of the extension.
    storage: Bag,
    /// A bit per permission.
    permissions: u128,
    is_enabled: bool,
}

/// Name of the field with the record.
public struct ExtensionKey<phantom Ext> has copy, drop, store {}

/// Installs an extension, enabled; aborts with `ENotOwner`.
public fun add<Ext: drop>(
    _ext: Ext,
    self: &mut Kiosk,
    cap: &KioskOwnerCap,
    permissions: u128,
    ctx: &mut TxContext,
) {
    assert!(self.has_access(cap), ENotOwner);
    let extension = Extension { storage: bag::new(ctx), permissions, is_enabled: true };
    df::add(self.uid_mut_as_owner(cap), ExtensionKey<Ext> {}, extension)
}

/// Takes the permissions of an extension away; its data remain its own. Aborts with `ENotOwner` or
/// `EExtensionNotInstalled`.
public fun disable<Ext: drop>(self: &mut Kiosk, cap: &KioskOwnerCap) {
    assert!(self.has_access(cap), ENotOwner);
    assert!(is_installed<Ext>(self), EExtensionNotInstalled);
    extension_mut<Ext>(self).is_enabled = false;
}

/// Gives a disabled extension its permissions back; aborts with `ENotOwner` or
/// `EExtensionNotInstalled`.
public fun enable<Ext: drop>(self: &mut Kiosk, cap: &KioskOwnerCap) {
    assert!(self.has_access(cap), ENotOwner);
    assert!(is_installed<Ext>(self), EExtensionNotInstalled);
    extension_mut<Ext>(self).is_enabled = true;
}

/// Removes an extension, whose data must be empty; aborts with `ENotOwner` or
/// `EExtensionNotInstalled`, or in `sui::bag`.
public fun remove<Ext: drop>(self: &mut Kiosk, cap: &KioskOwnerCap) {
    assert!(self.has_access(cap), ENotOwner);
    assert!(is_installed<Ext>(self), EExtensionNotInstalled);
    let Extension { storage, permissions: _, is_enabled: _ } = df::remove(
        self.uid_mut_as_owner(cap),
        ExtensionKey<Ext> {},
    );
    storage.destroy_empty();
}

/// The data of an extension, for the extension; aborts with `EExtensionNotInstalled`.
public fun storage<Ext: drop>(_ext: Ext, self: &Kiosk): &Bag {
    assert!(is_installed<Ext>(self), EExtensionNotInstalled);
    &extension<Ext>(self).storage
}

/// The data of an extension, to be changed by the extension; aborts with `EExtensionNotInstalled`.
public fun storage_mut<Ext: drop>(_ext: Ext, self: &mut Kiosk): &mut Bag {
    assert!(is_installed<Ext>(self), EExtensionNotInstalled);
    &mut extension_mut<Ext>(self).storage
}

/// Puts a thing in; aborts with `EExtensionNotInstalled` or `EExtensionNotAllowed`.
public fun place<Ext: drop, T: key + store>(
    _ext: Ext,
    self: &mut Kiosk,
    item: T,
    _policy: &TransferPolicy<T>,
) {
    assert!(is_installed<Ext>(self), EExtensionNotInstalled);
    assert!(can_place<Ext>(self) || can_lock<Ext>(self), EExtensionNotAllowed);
    self.place_internal(item)
}

/// Puts a thing in, locked; aborts with `EExtensionNotInstalled` or `EExtensionNotAllowed`.
public fun lock<Ext: drop, T: key + store>(
    _ext: Ext,
    self: &mut Kiosk,
    item: T,
    _policy: &TransferPolicy<T>,
) {
    assert!(is_installed<Ext>(self), EExtensionNotInstalled);
    assert!(can_lock<Ext>(self), EExtensionNotAllowed);
    self.lock_internal(item)
}

/// Whether an extension is installed.
public fun is_installed<Ext: drop>(self: &Kiosk): bool {
    df::exists_(self.uid(), ExtensionKey<Ext> {})
}

/// Whether an installed extension is enabled.
public fun is_enabled<Ext: drop>(self: &Kiosk): bool {
    extension<Ext>(self).is_enabled
}

/// Whether an installed extension may place things.
public fun can_place<Ext: drop>(self: &Kiosk): bool {
    is_enabled<Ext>(self) && extension<Ext>(self).permissions & PLACE != 0
}

/// Whether an installed extension may lock things.
public fun can_lock<Ext: drop>(self: &Kiosk): bool {
    is_enabled<Ext>(self) && extension<Ext>(self).permissions & LOCK != 0
}

fun extension<Ext: drop>(self: &Kiosk): &Extension {
    df::borrow(self.uid(), ExtensionKey<Ext> {})
}

fun extension_mut<Ext: drop>(self: &mut Kiosk): &mut Extension {
    df::borrow_mut(self.uid_mut_internal(), ExtensionKey<Ext> {})
}
