/// Publishing and upgrading packages: proof of who published a type, and the cap, the ticket and the
/// receipt an upgrade goes through.
module sui::package;

use std::ascii::String;
use std::type_name;
use sui::types;

/// The type is not a one-time witness.
const ENotOneTimeWitness: u64 = 0;
/// The cap allows only stricter upgrades.
const ETooPermissive: u64 = 1;
/// An upgrade is under way already.
const EAlreadyAuthorized: u64 = 2;
/// No upgrade is under way.
const ENotAuthorized: u64 = 3;
/// The receipt belongs to another cap.
const EWrongUpgradeCap: u64 = 4;

/// Anything the verifier accepts as compatible may change.
const COMPATIBLE: u8 = 0;
/// New modules, types and functions may be added; what exists stays.
const ADDITIVE: u8 = 128;
/// Only the dependencies may change.
const DEP_ONLY: u8 = 192;

/// Proof that the holder published the module in which it was claimed.
public struct Publisher has key, store {
    id: UID,
    package: String,
    module_name: String,
}

/// The right to upgrade a package.
public struct UpgradeCap has key, store {
    id: UID,
    /// The latest version of the package; 0x0 while an upgrade is under way.
    package: ID,
    /// Number of upgrades so far, plus one.
    version: u64,
    /// What upgrades may do.
    policy: u8,
}

/// Permission for one upgrade, to be used in the same transaction.
public struct UpgradeTicket {
    /// The cap it comes from.
    cap: ID,
    /// The package to upgrade.
    package: ID,
    policy: u8,
    /// Hash of the modules and dependencies of the upgrade.
    digest: vector<u8>,
}

/// Proof of one upgrade, to be handed to its cap in the same transaction.
public struct UpgradeReceipt {
    /// The cap it belongs to.
    cap: ID,
    /// The new package.
    package: ID,
}

public use fun burn_publisher as Publisher.burn;
public use fun published_module as Publisher.module_;
public use fun published_package as Publisher.package;
public use fun upgrade_package as UpgradeCap.package;
public use fun upgrade_policy as UpgradeCap.policy;
public use fun ticket_package as UpgradeTicket.package;
public use fun ticket_policy as UpgradeTicket.policy;
public use fun ticket_digest as UpgradeTicket.digest;
public use fun receipt_cap as UpgradeReceipt.cap;
public use fun receipt_package as UpgradeReceipt.package;

/// Makes the publisher object of the module of a one-time witness; aborts with `ENotOneTimeWitness`.
public fun claim<OTW: drop>(otw: OTW, ctx: &mut TxContext): Publisher {
    assert!(types::is_one_time_witness(&otw), ENotOneTimeWitness);
    new_publisher<OTW>(ctx)
}

#[allow(lint(self_transfer))]
/// As `claim`, and gives the object to the sender.
public fun claim_and_keep<OTW: drop>(otw: OTW, ctx: &mut TxContext) {
    transfer::public_transfer(claim(otw, ctx), ctx.sender())
}

/// Destroys a publisher object.
public fun burn_publisher(self: Publisher) {
    let Publisher { id, package: _, module_name: _ } = self;
    id.delete();
}

/// Whether `T` is defined in the package of the publisher.
public fun from_package<T>(self: &Publisher): bool {
    type_name::with_original_ids<T>().address_string() == self.package
}

/// Whether `T` is defined in the module of the publisher.
public fun from_module<T>(self: &Publisher): bool {
    let name = type_name::with_original_ids<T>();
    name.address_string() == self.package && name.module_string() == self.module_name
}

/// The name of the module.
public fun published_module(self: &Publisher): &String {
    &self.module_name
}

/// The address of the package as 64 hexadecimal digits.
public fun published_package(self: &Publisher): &String {
    &self.package
}

/// The latest version of the package, or 0x0 while an upgrade is under way.
public fun upgrade_package(cap: &UpgradeCap): ID {
    cap.package
}

/// The number of the latest version; the first is 1.
public fun version(cap: &UpgradeCap): u64 {
    cap.version
}

/// The most permissive policy the cap allows.
public fun upgrade_policy(cap: &UpgradeCap): u8 {
    cap.policy
}

/// The package that may be upgraded.
public fun ticket_package(ticket: &UpgradeTicket): ID {
    ticket.package
}

/// The policy the upgrade must keep.
public fun ticket_policy(ticket: &UpgradeTicket): u8 {
    ticket.policy
}

/// The cap a receipt belongs to.
public fun receipt_cap(receipt: &UpgradeReceipt): ID {
    receipt.cap
}

/// The new package.
public fun receipt_package(receipt: &UpgradeReceipt): ID {
    receipt.package
}

/// The hash of the modules and dependencies that may be published.
public fun ticket_digest(ticket: &UpgradeTicket): &vector<u8> {
    &ticket.digest
}

/// The policy under which all compatible changes are allowed.
public fun compatible_policy(): u8 {
    COMPATIBLE
}

/// The policy under which the package may only grow.
public fun additive_policy(): u8 {
    ADDITIVE
}

/// The policy under which only dependencies may change.
public fun dep_only_policy(): u8 {
    DEP_ONLY
}

/// From now on the package may only grow; aborts with `ETooPermissive` when the cap is stricter.
public entry fun only_additive_upgrades(cap: &mut UpgradeCap) {
    cap.restrict(ADDITIVE)
}

/// From now on only dependencies may change; aborts with `ETooPermissive` when the cap is stricter.
public entry fun only_dep_upgrades(cap: &mut UpgradeCap) {
    cap.restrict(DEP_ONLY)
}

/// Gives up the right to upgrade.
public entry fun make_immutable(cap: UpgradeCap) {
    let UpgradeCap { id, package: _, version: _, policy: _ } = cap;
    id.delete();
}

/// Begins an upgrade; aborts with `EAlreadyAuthorized` or `ETooPermissive`.
public fun authorize_upgrade(cap: &mut UpgradeCap, policy: u8, digest: vector<u8>): UpgradeTicket {
    let nothing = object::id_from_address(@0x0);
    assert!(cap.package != nothing, EAlreadyAuthorized);
    assert!(policy >= cap.policy, ETooPermissive);
    let package = cap.package;
    cap.package = nothing;
    UpgradeTicket { cap: object::id(cap), package, policy, digest }
}

/// Ends an upgrade; aborts with `EWrongUpgradeCap` or `ENotAuthorized`.
public fun commit_upgrade(cap: &mut UpgradeCap, receipt: UpgradeReceipt) {
    let UpgradeReceipt { cap: cap_id, package } = receipt;
    assert!(object::id(cap) == cap_id, EWrongUpgradeCap);
    assert!(cap.package.to_address() == @0x0, ENotAuthorized);
    cap.package = package;
    cap.version = cap.version + 1;
}

fun restrict(cap: &mut UpgradeCap, policy: u8) {
    assert!(cap.policy <= policy, ETooPermissive);
    cap.policy = policy;
}

fun new_publisher<OTW: drop>(ctx: &mut TxContext): Publisher {
    let name = type_name::with_original_ids<OTW>();
    Publisher {
        id: object::new(ctx),
        package: name.address_string(),
        module_name: name.module_string(),
    }
}

#[test_only]
/// `claim` for any type.
public fun test_claim<OTW: drop>(_: OTW, ctx: &mut TxContext): Publisher {
    new_publisher<OTW>(ctx)
}

#[test_only]
/// The cap of a package that was published as `package`.
public fun test_publish(package: ID, ctx: &mut TxContext): UpgradeCap {
    UpgradeCap { id: object::new(ctx), package, version: 1, policy: COMPATIBLE }
}

#[test_only]
/// Does what the upgrade command does: turns a ticket into a receipt for a new package ID.
public fun test_upgrade(ticket: UpgradeTicket): UpgradeReceipt {
    let UpgradeTicket { cap, package, policy: _, digest: _ } = ticket;
    let mut bytes = cap.to_bytes();
    bytes.append(package.to_bytes());
    UpgradeReceipt { cap, package: object::id_from_bytes(sui::hash::blake2b256(&bytes)) }
}
