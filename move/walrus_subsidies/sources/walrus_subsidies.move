/// Subsidies for storage nodes, from a fund that anybody can fill.
///
/// Anybody can have the subsidies paid that are due; the administrator only sets the rates.
module walrus_subsidies::walrus_subsidies;

use std::type_name;
use sui::address;
use sui::balance::Balance;
use sui::clock::Clock;
use sui::coin::Coin;
use sui::dynamic_field as df;
use wal::wal::WAL;
use walrus::staking::Staking;
use walrus::system::System;
use walrus_subsidies::walrus_subsidies_inner::{Self, WalrusSubsidiesInnerV1};

/// The capability belongs to another fund.
const EUnauthorizedAdminCap: u64 = 0;
/// The object has another version than this package.
const EWrongVersion: u64 = 1;
/// The object is not older than this package.
const EInvalidMigration: u64 = 2;

/// Version of the state that this package works on.
const VERSION: u64 = 1;

/// A fund for subsidies.
public struct WalrusSubsidies has key {
    /// Parent of the inner state.
    id: UID,
    /// Version of the state.
    version: u64,
    /// The package to call.
    package_id: ID,
}

/// The right to set the rates of a fund.
public struct AdminCap has key, store {
    /// The capability's own ID.
    id: UID,
    /// The fund.
    subsidies_id: ID,
}

/// Key of the dynamic field with the state.
public struct SubsidiesInnerKey() has copy, drop, store;

/// Shares an empty fund.
///
/// `system_subsidy_rate` is the share of the users' payments that is added to the rewards, in basis points;
/// the other two are FROST for every node and for every shard in each epoch.
public fun new(
    system: &System,
    staking: &Staking,
    system_subsidy_rate: u32,
    base_subsidy: u64,
    subsidy_per_shard: u64,
    ctx: &mut TxContext,
): AdminCap {
    let mut subsidies = WalrusSubsidies {
        id: object::new(ctx),
        version: VERSION,
        package_id: this_package_id(),
    };
    let state = walrus_subsidies_inner::new(
        system,
        staking,
        system_subsidy_rate,
        base_subsidy,
        subsidy_per_shard,
        ctx,
    );
    df::add(&mut subsidies.id, SubsidiesInnerKey(), state);
    let admin_cap = AdminCap { id: object::new(ctx), subsidies_id: subsidies.id.to_inner() };
    transfer::share_object(subsidies);
    admin_cap
}

/// Adds to the fund.
public fun add_coin(self: &mut WalrusSubsidies, coin: Coin<WAL>) {
    self.inner_mut().add_balance(coin.into_balance())
}

/// Adds to the fund.
public fun add_balance(self: &mut WalrusSubsidies, balance: Balance<WAL>) {
    self.inner_mut().add_balance(balance)
}

/// Sets the share of the users' payments that is added to the rewards, in basis points up to 1 000 000.
public fun set_system_subsidy_rate(
    self: &mut WalrusSubsidies,
    admin_cap: &AdminCap,
    system_subsidy_rate: u32,
) {
    self.assert_admin(admin_cap);
    self.inner_mut().set_system_subsidy_rate(system_subsidy_rate)
}

/// Sets the FROST for every node in each epoch.
public fun set_base_subsidy(
    self: &mut WalrusSubsidies,
    admin_cap: &AdminCap,
    base_subsidy: u64,
) {
    self.assert_admin(admin_cap);
    self.inner_mut().set_base_subsidy(base_subsidy)
}

/// Sets the FROST for every shard in each epoch.
public fun set_subsidy_per_shard(
    self: &mut WalrusSubsidies,
    admin_cap: &AdminCap,
    subsidy_per_shard: u64,
) {
    self.assert_admin(admin_cap);
    self.inner_mut().set_subsidy_per_shard(subsidy_per_shard)
}

/// Pays all subsidies that are due. Aborts if the fund does not suffice.
public fun process_subsidies(
    self: &mut WalrusSubsidies,
    staking: &mut Staking,
    system: &mut System,
    clock: &Clock,
) {
    self.inner_mut().process_subsidies(staking, system, clock)
}

/// Hands the fund over to this, newer version of the package.
public fun migrate(self: &mut WalrusSubsidies, admin_cap: &AdminCap, package_id: ID) {
    self.assert_admin(admin_cap);
    assert!(self.version < VERSION, EInvalidMigration);
    self.version = VERSION;
    self.package_id = package_id;
}

fun assert_admin(self: &WalrusSubsidies, admin_cap: &AdminCap) {
    assert!(admin_cap.subsidies_id == self.id.to_inner(), EUnauthorizedAdminCap);
}

fun inner_mut(self: &mut WalrusSubsidies): &mut WalrusSubsidiesInnerV1 {
    assert!(self.version == VERSION, EWrongVersion);
    df::borrow_mut(&mut self.id, SubsidiesInnerKey())
}

/// The package that defines the type of the fund.
fun this_package_id(): ID {
    let package_address = type_name::with_defining_ids<WalrusSubsidies>().address_string();
    object::id_from_address(address::from_ascii_bytes(package_address.as_bytes()))
}

// === Tests ===

/// Gives the object another version without touching its state.
#[test_only]
public fun set_version_for_testing(self: &mut WalrusSubsidies, version: u64) {
    self.version = version;
}

/// The package to call.
#[test_only]
public fun package_id(self: &WalrusSubsidies): ID {
    self.package_id
}

/// The state.
#[test_only]
public fun inner_for_testing(self: &WalrusSubsidies): &WalrusSubsidiesInnerV1 {
    df::borrow(&self.id, SubsidiesInnerKey())
}
