/// Deployment, display templates and migration.
#[test_only]
module walrus::init_tests;

use std::unit_test::{assert_eq, destroy};
use sui::bcs;
use sui::clock;
use sui::event;
use sui::package;
use sui::test_scenario;
use wal::wal;
use walrus::audit_cap::AuditCap;
use walrus::blob::Blob;
use walrus::display::ObjectDisplay;
use walrus::events::ContractUpgraded;
use walrus::governed::GovernanceCap;
use walrus::init::{Self, InitCap};
use walrus::network;
use walrus::slashing::SlashingManager;
use walrus::staked_wal::StakedWal;
use walrus::staking::{Self, Staking};
use walrus::storage_resource::Storage;
use walrus::system::{Self, System};
use walrus::system_state_inner;
use walrus::upgrade::{EmergencyUpgradeCap, UpgradeManager};

// === Deployment ===

#[test]
fun deployment_shares_the_objects_of_the_protocol() {
    let mut scenario = test_scenario::begin(network::operator());
    let clock = clock::create_for_testing(scenario.ctx());
    network::deploy(&mut scenario, &clock);
    let system = scenario.take_shared<System>();
    let staking = scenario.take_shared<Staking>();
    let manager = scenario.take_shared<UpgradeManager>();
    let slashing = scenario.take_shared<SlashingManager>();
    let display = scenario.take_shared<ObjectDisplay>();
    assert!(scenario.has_most_recent_for_sender<EmergencyUpgradeCap>());
    assert!(scenario.has_most_recent_for_sender<AuditCap>());
    assert!(scenario.has_most_recent_for_sender<GovernanceCap>());
    assert!(!scenario.has_most_recent_for_sender<InitCap>());
    assert_eq!(system.epoch(), 0);
    assert_eq!(system.future_accounting().max_epochs_ahead(), 10);
    assert_eq!(staking.epoch(), 0);
    assert_eq!(staking.n_shards(), 10);
    // Both follow the same version of the same package.
    assert_eq!(system.version(), staking.version());
    assert_eq!(system.package_id(), staking.package_id());
    assert_eq!(system::package_version(), staking::version_for_testing());
    assert_eq!(manager.cap().package(), object::id_from_address(@walrus));

    assert_eq!(
        display.template<Blob>(b"name"),
        b"Walrus Blob ({size} bytes)".to_string(),
    );
    assert_eq!(
        display.template<Storage>(b"name"),
        b"Walrus Storage ({storage_size} bytes)".to_string(),
    );
    assert_eq!(
        display.template<StakedWal>(b"name"),
        b"Staked WAL ({principal} FROST)".to_string(),
    );
    vector[b"description", b"image_url", b"project_url", b"link"].do!(|field| {
        assert!(!display.template<Blob>(field).is_empty());
        assert!(!display.template<Storage>(field).is_empty());
        assert!(!display.template<StakedWal>(field).is_empty());
    });
    assert!(display.publisher().from_package<Blob>());

    test_scenario::return_shared(system);
    test_scenario::return_shared(staking);
    test_scenario::return_shared(manager);
    test_scenario::return_shared(slashing);
    test_scenario::return_shared(display);
    clock.destroy_for_testing();
    scenario.end();
}

#[test, expected_failure(abort_code = init::EInvalidUpgradeCap)]
fun upgrade_cap_of_another_package_fails() {
    let mut scenario = test_scenario::begin(network::operator());
    let clock = clock::create_for_testing(scenario.ctx());
    init::init_for_testing(scenario.ctx());
    scenario.next_tx(network::operator());
    let init_cap = scenario.take_from_sender<InitCap>();
    let upgrade_cap = package::test_publish(object::id_from_address(@0x77), scenario.ctx());
    let ctx = scenario.ctx();
    destroy(init_cap.initialize_walrus(upgrade_cap, 0, 1000, 10, 10, &clock, ctx));
    abort
}

#[test, expected_failure(abort_code = system_state_inner::EInvalidMaxEpochsAhead)]
fun too_many_epochs_ahead_fail() {
    let mut scenario = test_scenario::begin(network::operator());
    let clock = clock::create_for_testing(scenario.ctx());
    wal::init_for_testing(scenario.ctx());
    init::init_for_testing(scenario.ctx());
    scenario.next_tx(network::operator());
    let init_cap = scenario.take_from_sender<InitCap>();
    let upgrade_cap = package::test_publish(object::id_from_address(@walrus), scenario.ctx());
    let ctx = scenario.ctx();
    destroy(init_cap.initialize_walrus(upgrade_cap, 0, 1000, 10, 1001, &clock, ctx));
    abort
}

// === Migration ===

fun new_package_id(): ID { object::id_from_address(@0x77) }

#[test]
fun migration_moves_both_objects() {
    let mut network = network::new();
    let (staking, system, _, _, ctx) = network.parts();
    let version = system.version();
    staking.set_new_package_id(new_package_id());
    system.set_new_package_id(new_package_id());
    staking.set_version_for_testing(version - 1);
    system.set_version_for_testing(version - 1);
    init::migrate_v2_for_testing(staking, system, ctx);
    assert_eq!(staking.version(), version);
    assert_eq!(system.version(), version);
    assert_eq!(staking.package_id(), new_package_id());
    assert_eq!(system.package_id(), new_package_id());
    let upgraded = event::events_by_type<ContractUpgraded>();
    assert_eq!(upgraded.length(), 1);
    let mut bytes = bcs::new(bcs::to_bytes(&upgraded[0]));
    assert_eq!(bytes.peel_u32(), 1);
    assert_eq!(bytes.peel_address(), @0x77);
    assert_eq!(bytes.peel_u64(), version);
    // The protocol goes on.
    network.next_epoch();
    network.end();
}

#[test, expected_failure(abort_code = system::EInvalidMigration)]
fun migration_needs_an_upgrade() {
    let mut network = network::new();
    let (staking, system, _, _, ctx) = network.parts();
    init::migrate_v2_for_testing(staking, system, ctx);
    abort
}

#[test, expected_failure(abort_code = init::EInvalidMigration)]
fun objects_of_different_packages_are_not_migrated() {
    let mut network = network::new();
    let (staking, system, _, _, ctx) = network.parts();
    staking.set_new_package_id(new_package_id());
    system.set_new_package_id(object::id_from_address(@0x78));
    let version = system.version();
    staking.set_version_for_testing(version - 1);
    system.set_version_for_testing(version - 1);
    init::migrate_v2_for_testing(staking, system, ctx);
    abort
}

#[test, expected_failure(abort_code = init::EInvalidMigration)]
fun migration_is_not_complete_with_different_versions() {
    let mut network = network::new();
    let (staking, system, _, _, _) = network.parts();
    staking.set_version_for_testing(0);
    system.set_version_for_testing(1);
    staking.set_version_for_testing(2);
    init::complete_migration_for_testing(staking, system);
    abort
}

#[test, expected_failure(abort_code = init::EDeprecatedFunction)]
fun former_migration_aborts() {
    let mut network = network::new();
    let (staking, system, _, _, _) = network.parts();
    init::migrate(staking, system);
    abort
}
