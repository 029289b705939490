/// The coin registry and the display registry.
#[test_only]
module sui::registry_tests;

use std::unit_test::{assert_eq, destroy};
use sui::coin::{Self, CoinMetadata, RegulatedCoinMetadata, TreasuryCap};
use sui::coin_registry::{Self as registry, CoinRegistry, Currency, CurrencyInitializer};
use sui::display;
use sui::display_registry::{Self as displays, Display, DisplayRegistry, SystemMigrationCap};
use sui::package::{Self, Publisher};
use sui::test_scenario as ts;
use sui::test_utils;

public struct REGISTRY_TESTS has drop {}

/// A coin made at any time.
public struct Gold has key {
    id: UID,
}

public struct Thing has key, store {
    id: UID,
}

fun with_registry(): (ts::Scenario, CoinRegistry) {
    let mut scenario = ts::begin(@0x0);
    registry::create_for_testing(scenario.ctx());
    scenario.next_tx(@0xa);
    let registry = scenario.take_shared<CoinRegistry>();
    (scenario, registry)
}

fun gold(
    registry: &mut CoinRegistry,
    ctx: &mut TxContext,
): (CurrencyInitializer<Gold>, TreasuryCap<Gold>) {
    registry.new_currency<Gold>(
        6,
        b"GOLD".to_string(),
        b"Gold".to_string(),
        b"Shiny".to_string(),
        b"https://x".to_string(),
        ctx,
    )
}

fun legacy(ctx: &mut TxContext): (TreasuryCap<REGISTRY_TESTS>, CoinMetadata<REGISTRY_TESTS>) {
    let witness = test_utils::create_one_time_witness<REGISTRY_TESTS>();
    coin::create_currency(witness, 3, b"OLD", b"Old", b"Legacy", option::none(), ctx)
}

#[test]
fun dynamic_currency() {
    let (mut scenario, mut registry) = with_registry();
    assert_eq!(object::id_address(&registry), @0xc);
    assert!(!registry.exists<Gold>());
    let (init, treasury) = gold(&mut registry, scenario.ctx());
    assert!(registry.exists<Gold>());
    let cap = init.finalize(scenario.ctx());
    ts::return_shared(registry);
    scenario.next_tx(@0xa);
    let mut currency = scenario.take_shared<Currency<Gold>>();
    assert_eq!(currency.decimals(), 6);
    assert_eq!(currency.symbol(), b"GOLD".to_string());
    assert_eq!(currency.treasury_cap_id(), option::some(object::id(&treasury)));
    assert_eq!(currency.metadata_cap_id(), option::some(object::id(&cap)));
    assert!(currency.is_metadata_cap_claimed() && !currency.is_metadata_cap_deleted());
    assert!(!currency.is_regulated() && currency.deny_cap_id().is_none());
    assert!(!currency.is_supply_fixed() && !currency.is_supply_burn_only());
    assert_eq!(currency.total_supply(), option::none());
    currency.set_name(&cap, b"n".to_string());
    currency.set_description(&cap, b"d".to_string());
    currency.set_icon_url(&cap, b"i".to_string());
    assert_eq!(currency.name(), b"n".to_string());
    assert_eq!(currency.description(), b"d".to_string());
    assert_eq!(currency.icon_url(), b"i".to_string());
    currency.set_treasury_cap_id(&treasury);
    currency.delete_metadata_cap(cap);
    assert!(currency.is_metadata_cap_deleted());
    ts::return_shared(currency);
    destroy(treasury);
    scenario.end();
}

#[test]
fun currency_of_a_witness() {
    let (mut scenario, registry) = with_registry();
    ts::return_shared(registry);
    let (mut init, treasury) = registry::new_currency_with_otw(
        test_utils::create_one_time_witness<REGISTRY_TESTS>(),
        6,
        b"S".to_string(),
        b"N".to_string(),
        b"D".to_string(),
        b"".to_string(),
        scenario.ctx(),
    );
    let deny_cap = init.make_regulated(true, scenario.ctx());
    let cap = init.finalize(scenario.ctx());
    scenario.next_tx(@0xb);
    let mut registry = scenario.take_shared<CoinRegistry>();
    assert!(!registry.exists<REGISTRY_TESTS>());
    let id = object::id(&registry);
    let ticket = ts::most_recent_receiving_ticket<Currency<REGISTRY_TESTS>>(&id);
    registry.finalize_registration(ticket, scenario.ctx());
    assert!(registry.exists<REGISTRY_TESTS>());
    ts::return_shared(registry);
    scenario.next_tx(@0xb);
    let currency = scenario.take_shared<Currency<REGISTRY_TESTS>>();
    assert!(currency.is_regulated());
    assert_eq!(currency.deny_cap_id(), option::some(object::id(&deny_cap)));
    ts::return_shared(currency);
    destroy(treasury);
    destroy(deny_cap);
    destroy(cap);
    scenario.end();
}

#[test]
fun supplies() {
    let (mut scenario, mut registry) = with_registry();
    let ctx = scenario.ctx();
    let (mut init, mut treasury) = gold(&mut registry, ctx);
    let coin = treasury.mint(10, ctx);
    let balance = treasury.mint_balance(5);
    init.make_supply_burn_only(treasury);
    let (mut currency, cap) = init.finalize_unwrap_for_testing(ctx);
    assert!(currency.is_supply_burn_only());
    assert_eq!(currency.total_supply(), option::some(15));
    currency.burn(coin);
    currency.burn_balance(balance);
    assert_eq!(currency.total_supply(), option::some(0));
    destroy(currency);
    destroy(cap);
    ts::return_shared(registry);
    scenario.end();
}

#[test]
fun fixed_supply() {
    let (mut scenario, mut registry) = with_registry();
    let ctx = scenario.ctx();
    let (mut init, mut treasury) = gold(&mut registry, ctx);
    destroy(treasury.mint(10, ctx));
    init.make_supply_fixed(treasury);
    let currency = init.unwrap_for_testing();
    assert!(currency.is_supply_fixed());
    assert_eq!(currency.total_supply(), option::some(10));
    destroy(currency);
    ts::return_shared(registry);
    scenario.end();
}

#[test]
fun migration() {
    let (mut scenario, mut registry) = with_registry();
    let (treasury, metadata) = legacy(scenario.ctx());
    registry.migrate_legacy_metadata(&metadata, scenario.ctx());
    ts::return_shared(registry);
    scenario.next_tx(@0xa);
    let mut currency = scenario.take_shared<Currency<REGISTRY_TESTS>>();
    assert_eq!(currency.symbol(), b"OLD".to_string());
    assert_eq!(currency.icon_url(), b"".to_string());
    currency.update_from_legacy_metadata(&metadata);
    let ctx = scenario.ctx();
    let deny_cap = coin::new_deny_cap_v2<REGISTRY_TESTS>(true, ctx);
    currency.migrate_regulated_state_by_cap(&deny_cap);
    assert!(currency.is_regulated());
    let cap = currency.claim_metadata_cap(&treasury, ctx);
    currency.delete_migrated_legacy_metadata(metadata);

    let (lent, promise) = currency.borrow_legacy_metadata(ctx);
    assert_eq!(lent.get_decimals(), 3);
    currency.return_borrowed_legacy_metadata(lent, promise);
    currency.set_name(&cap, b"Renamed".to_string());
    let (lent, promise) = currency.borrow_legacy_metadata(ctx);
    currency.return_borrowed_legacy_metadata(lent, promise);
    let (lent, promise) = currency.borrow_legacy_metadata(ctx);
    assert_eq!(lent.get_name(), b"Renamed".to_string());
    currency.return_borrowed_legacy_metadata(lent, promise);
    ts::return_shared(currency);
    destroy(cap);
    destroy(deny_cap);
    destroy(treasury);
    scenario.end();
}

#[test]
fun regulated_migration() {
    let (mut scenario, mut registry) = with_registry();
    let (treasury, deny_cap, metadata) = coin::create_regulated_currency_v2(
        test_utils::create_one_time_witness<REGISTRY_TESTS>(),
        3,
        b"OLD",
        b"Old",
        b"",
        option::none(),
        false,
        scenario.ctx(),
    );
    let mut currency = registry.migrate_legacy_metadata_for_testing(&metadata, scenario.ctx());
    ts::return_shared(registry);
    scenario.next_tx(@0xa);
    let regulated = scenario.take_immutable<RegulatedCoinMetadata<REGISTRY_TESTS>>();
    currency.migrate_regulated_state_by_metadata(&regulated);
    ts::return_immutable(regulated);
    assert_eq!(currency.deny_cap_id(), option::some(object::id(&deny_cap)));
    destroy(currency);
    destroy(treasury);
    destroy(deny_cap);
    destroy(metadata);
    scenario.end();
}

#[test, expected_failure(abort_code = registry::ENotSystemAddress)]
fun registry_by_user() {
    registry::create_for_testing(&tx_context::new_from_hint(@0xa, 0, 0, 0, 0));
}

#[test, expected_failure(abort_code = registry::ECurrencyAlreadyExists)]
fun currency_twice() {
    let (mut scenario, mut registry) = with_registry();
    let (_first, _first_cap) = gold(&mut registry, scenario.ctx());
    let (_second, _second_cap) = gold(&mut registry, scenario.ctx());
    abort 100
}

#[test, expected_failure(abort_code = registry::ENotOneTimeWitness)]
fun currency_without_witness() {
    let empty = b"".to_string();
    let ctx = &mut tx_context::dummy();
    let (_init, _cap) = registry::new_currency_with_otw(1u8, 6, empty, empty, empty, empty, ctx);
    abort 100
}

#[test, expected_failure(abort_code = registry::EInvalidSymbol)]
fun currency_with_strange_symbol() {
    let (mut scenario, mut registry) = with_registry();
    let empty = b"".to_string();
    let symbol = x"c3a9".to_string();
    let (_init, _cap) = registry.new_currency<Gold>(6, symbol, empty, empty, empty, scenario.ctx());
    abort 100
}

#[test, expected_failure(abort_code = registry::EDenyListStateAlreadySet)]
fun regulated_twice() {
    let (mut scenario, mut registry) = with_registry();
    let (mut init, _cap) = gold(&mut registry, scenario.ctx());
    let _first = init.make_regulated(true, scenario.ctx());
    let _second = init.make_regulated(true, scenario.ctx());
    abort 100
}

#[test, expected_failure(abort_code = registry::EEmptySupply)]
fun empty_fixed_supply() {
    let (mut scenario, mut registry) = with_registry();
    let (mut init, treasury) = gold(&mut registry, scenario.ctx());
    init.make_supply_fixed(treasury);
    abort 100
}

#[test, expected_failure(abort_code = registry::ESupplyNotBurnOnly)]
fun burn_of_unknown_supply() {
    let (mut scenario, mut registry) = with_registry();
    let (init, mut treasury) = gold(&mut registry, scenario.ctx());
    let mut currency = init.unwrap_for_testing();
    currency.burn_balance(treasury.mint_balance(1));
    abort 100
}

#[test, expected_failure(abort_code = registry::EMetadataCapAlreadyClaimed)]
fun metadata_cap_twice() {
    let (mut scenario, mut registry) = with_registry();
    let (init, treasury) = gold(&mut registry, scenario.ctx());
    let mut currency = init.unwrap_for_testing();
    let _first = currency.claim_metadata_cap(&treasury, scenario.ctx());
    let _second = currency.claim_metadata_cap(&treasury, scenario.ctx());
    abort 100
}

#[test, expected_failure(abort_code = registry::ECannotUpdateManagedMetadata)]
fun update_managed_metadata() {
    let (mut scenario, mut registry) = with_registry();
    let (treasury, metadata) = legacy(scenario.ctx());
    let mut currency = registry.migrate_legacy_metadata_for_testing(&metadata, scenario.ctx());
    let _cap = currency.claim_metadata_cap(&treasury, scenario.ctx());
    currency.update_from_legacy_metadata(&metadata);
    abort 100
}

#[test, expected_failure(abort_code = registry::EMetadataCapNotClaimed)]
fun delete_unmanaged_metadata() {
    let (mut scenario, mut registry) = with_registry();
    let (_treasury, metadata) = legacy(scenario.ctx());
    let mut currency = registry.migrate_legacy_metadata_for_testing(&metadata, scenario.ctx());
    currency.delete_migrated_legacy_metadata(metadata);
    abort 100
}

#[test, expected_failure(abort_code = registry::EBorrowLegacyMetadata)]
fun borrow_metadata_twice() {
    let (mut scenario, mut registry) = with_registry();
    let (init, _treasury) = gold(&mut registry, scenario.ctx());
    let mut currency = init.unwrap_for_testing();
    let (_first, _promise) = currency.borrow_legacy_metadata(scenario.ctx());
    let (_second, _other) = currency.borrow_legacy_metadata(scenario.ctx());
    abort 100
}

// === Displays ===

fun with_displays(): (ts::Scenario, DisplayRegistry, Publisher) {
    let mut scenario = ts::begin(@0x0);
    let registry = displays::new_for_testing(scenario.ctx());
    let publisher = package::test_claim(REGISTRY_TESTS {}, scenario.ctx());
    (scenario, registry, publisher)
}

#[test]
fun display() {
    let (mut scenario, mut registry, publisher) = with_displays();
    let permit = internal::permit<Thing>();
    let (mut display, cap) = displays::new(&mut registry, permit, scenario.ctx());
    assert_eq!(display.cap_id(), option::some(object::id(&cap)));
    display.set(&cap, b"a".to_string(), b"1".to_string());
    display.set(&cap, b"b".to_string(), b"2".to_string());
    display.set(&cap, b"a".to_string(), b"3".to_string());
    assert_eq!(display.fields().length(), 2);
    assert_eq!(*display.fields().get(&b"a".to_string()), b"3".to_string());
    display.unset(&cap, b"a".to_string());
    assert_eq!(display.fields().length(), 1);
    display.clear(&cap);
    assert!(display.fields().is_empty());
    let old = display::new<Thing>(&publisher, scenario.ctx());
    display.delete_legacy(old);
    display.share();
    destroy(cap);
    destroy(registry);
    publisher.burn();
    scenario.end();
}

#[test]
fun display_migration() {
    let (mut scenario, mut registry, mut publisher) = with_displays();
    let mut old = display::new<Thing>(&publisher, scenario.ctx());
    old.add(b"a".to_string(), b"1".to_string());
    let (display, cap) = registry.migrate_v1_to_v2(old, scenario.ctx());
    assert_eq!(*display.fields().get(&b"a".to_string()), b"1".to_string());
    destroy(display);
    destroy(cap);
    let (gold, cap) = registry.new_with_publisher<Gold>(&mut publisher, scenario.ctx());
    destroy(gold);
    destroy(cap);
    destroy(registry);
    publisher.burn();
    scenario.end();
}

#[test]
fun display_migration_by_system() {
    let (mut scenario, mut registry, mut publisher) = with_displays();
    let cap = displays::new_migration_cap_for_testing(scenario.ctx());
    let names = vector[b"a".to_string()];
    registry.system_migration<Thing>(&cap, names, names, scenario.ctx());
    registry.system_migration<Thing>(&cap, names, names, scenario.ctx());
    registry.system_migration<Gold>(&cap, names, names, scenario.ctx());
    displays::transfer_migration_cap(cap, @0x0);
    scenario.next_tx(@0x0);
    displays::destroy_system_migration_cap(scenario.take_from_sender<SystemMigrationCap>());
    let mut display = scenario.take_shared<Display<Thing>>();
    assert_eq!(display.cap_id(), option::none());
    let old = display::new<Thing>(&publisher, scenario.ctx());
    destroy(display.claim(old, scenario.ctx()));
    assert!(display.cap_id().is_some());
    ts::return_shared(display);
    let mut display = scenario.take_shared<Display<Gold>>();
    destroy(display.claim_with_publisher(&mut publisher, scenario.ctx()));
    ts::return_shared(display);
    destroy(registry);
    publisher.burn();
    scenario.end();
}

#[test]
fun shared_display_registry() {
    let mut scenario = ts::begin(@0x0);
    displays::create_for_testing(scenario.ctx());
    scenario.next_tx(@0x0);
    let registry = scenario.take_shared<DisplayRegistry>();
    assert_eq!(object::id_address(&registry), @0xd);
    ts::return_shared(registry);
    displays::destroy_system_migration_cap(scenario.take_from_sender<SystemMigrationCap>());
    scenario.end();
}

#[test, expected_failure(abort_code = displays::ENotSystemAddress)]
fun display_registry_by_user() {
    displays::create_for_testing(&mut tx_context::new_from_hint(@0xa, 0, 0, 0, 0));
}

#[test, expected_failure(abort_code = displays::EDisplayAlreadyExists)]
fun display_twice() {
    let (mut scenario, mut registry, mut publisher) = with_displays();
    let (_first, _cap) = registry.new_with_publisher<Gold>(&mut publisher, scenario.ctx());
    let (_second, _cap) = registry.new_with_publisher<Gold>(&mut publisher, scenario.ctx());
    abort 100
}

#[test, expected_failure(abort_code = displays::ENotValidPublisher)]
fun display_by_other_publisher() {
    let (mut scenario, mut registry, _publisher) = with_displays();
    let mut other = package::test_claim(b"".to_string(), scenario.ctx());
    let (_display, _cap) = registry.new_with_publisher<Gold>(&mut other, scenario.ctx());
    abort 100
}

#[test, expected_failure(abort_code = displays::EFieldDoesNotExist)]
fun display_without_field() {
    let (mut scenario, mut registry, mut publisher) = with_displays();
    let (mut display, cap) = registry.new_with_publisher<Gold>(&mut publisher, scenario.ctx());
    display.unset(&cap, b"a".to_string());
    abort 100
}

#[test, expected_failure(abort_code = displays::ECapAlreadyClaimed)]
fun display_cap_twice() {
    let (mut scenario, mut registry, mut publisher) = with_displays();
    let (mut display, _cap) = registry.new_with_publisher<Gold>(&mut publisher, scenario.ctx());
    destroy(display.claim_with_publisher(&mut publisher, scenario.ctx()));
    abort 100
}

#[test, expected_failure(abort_code = displays::ECapNotClaimed)]
fun delete_legacy_too_early() {
    let (mut scenario, mut registry, publisher) = with_displays();
    let cap = displays::new_migration_cap_for_testing(scenario.ctx());
    registry.system_migration<Thing>(&cap, vector[], vector[], scenario.ctx());
    scenario.next_tx(@0x0);
    let display = scenario.take_shared<Display<Thing>>();
    display.delete_legacy(display::new<Thing>(&publisher, scenario.ctx()));
    abort 100
}
