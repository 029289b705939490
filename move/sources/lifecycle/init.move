/// Deployment of the protocol, and migration of its shared objects after an upgrade.
module walrus::init;

use sui::clock::Clock;
use sui::package::{Self, Publisher, UpgradeCap};
use walrus::audit_cap;
use walrus::display;
use walrus::events;
use walrus::governed;
use walrus::slashing;
use walrus::staking::{Self, Staking};
use walrus::system::{Self, System};
use walrus::upgrade::{Self, EmergencyUpgradeCap};

/// The shared objects do not agree on their package or version.
const EInvalidMigration: u64 = 0;
/// The upgrade capability belongs to another package.
const EInvalidUpgradeCap: u64 = 1;
/// The function has been replaced.
const EDeprecatedFunction: u64 = 2;

/// One-time witness of the package.
public struct INIT has drop {}

/// The right to create the shared objects, once.
public struct InitCap has key, store {
    /// The capability's own ID.
    id: UID,
    /// Proof of who published the package, for the display templates.
    publisher: Publisher,
}

fun init(otw: INIT, ctx: &mut TxContext) {
    create_init_cap(otw, ctx)
}

/// Gives the publisher of the package the right to create the shared objects.
fun create_init_cap(otw: INIT, ctx: &mut TxContext) {
    let publisher = package::claim(otw, ctx);
    transfer::transfer(InitCap { id: object::new(ctx), publisher }, ctx.sender());
}

/// Creates and shares the objects of the protocol, in epoch 0.
///
/// Durations are in milliseconds. `upgrade_cap` must be the one of this package and is locked into the
/// upgrade manager. Returns the right to upgrade without a vote; the sender also gets the capabilities
/// that the audit and the governance package need.
public fun initialize_walrus(
    init_cap: InitCap,
    upgrade_cap: UpgradeCap,
    epoch_zero_duration: u64,
    epoch_duration: u64,
    n_shards: u16,
    max_epochs_ahead: u32,
    clock: &Clock,
    ctx: &mut TxContext,
): EmergencyUpgradeCap {
    let InitCap { id, publisher } = init_cap;
    id.delete();
    let package_id = upgrade_cap.package();
    assert!(
        package_id.to_address().to_ascii_string() == *publisher.package(),
        EInvalidUpgradeCap,
    );
    system::create_empty(max_epochs_ahead, package_id, ctx);
    staking::create(epoch_zero_duration, epoch_duration, n_shards, package_id, clock, ctx);
    display::create(publisher, ctx);
    slashing::create(ctx);
    transfer::public_transfer(audit_cap::new(ctx), ctx.sender());
    transfer::public_transfer(governed::new_cap(ctx), ctx.sender());
    upgrade::new(upgrade_cap, ctx)
}

/// Migrates the shared objects to the version of this package.
entry fun migrate_v2(staking: &mut Staking, system: &mut System, _ctx: &mut TxContext) {
    system.migrate();
    staking.migrate();
    complete_migration(staking, system)
}

/// Checks that both objects arrived at the same package and version, and reports it.
fun complete_migration(staking: &Staking, system: &System) {
    let package_id = system.package_id();
    let version = system.version();
    assert!(
        staking.package_id() == package_id && staking.version() == version,
        EInvalidMigration,
    );
    events::emit_contract_upgraded(staking.epoch(), package_id, version);
}

/// Replaced by `migrate_v2`; aborts.
public fun migrate(_staking: &mut Staking, _system: &mut System) {
    abort EDeprecatedFunction
}

// === Tests ===

/// Does what publication does.
#[test_only]
public fun init_for_testing(ctx: &mut TxContext) {
    create_init_cap(sui::test_utils::create_one_time_witness<INIT>(), ctx)
}

/// Calls the entry function.
#[test_only]
public fun migrate_v2_for_testing(
    staking: &mut Staking,
    system: &mut System,
    ctx: &mut TxContext,
) {
    migrate_v2(staking, system, ctx)
}

/// Calls the last step of a migration.
#[test_only]
public fun complete_migration_for_testing(staking: &Staking, system: &System) {
    complete_migration(staking, system)
}
