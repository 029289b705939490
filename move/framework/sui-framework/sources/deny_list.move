/// The deny list: a shared object at 0x403 with the addresses that may not use regulated coins. The
/// list of the first kind takes effect at once for inputs; that of the second kind, kept in a
/// `sui::config` per coin type, also for receivers, from the next epoch on.
module sui::deny_list;

use sui::bag::{Self, Bag};
use sui::config::{Self, Config};
use sui::dynamic_object_field as ofield;
use sui::event;
use sui::table::{Self, Table};
use sui::vec_set::{Self, VecSet};

/// Only the system may create the list.
const ENotSystemAddress: u64 = 0;
/// The address is not denied.
const ENotDenied: u64 = 1;
/// System addresses cannot be denied.
const EInvalidAddress: u64 = 1;

/// Where the lists for coins are in `DenyList.lists`.
const COIN_INDEX: u64 = 0;

/// Addresses that cannot be denied.
const RESERVED: vector<address> = vector[
    @0x0,
    @0x1,
    @0x2,
    @0x3,
    @0x4,
    @0x5,
    @0x6,
    @0x7,
    @0x8,
    @0x9,
    @0xA,
    @0xB,
    @0xC,
    @0xD,
    @0xE,
    @0xF,
    @0x403,
    @0xDEE9,
];

/// The list.
public struct DenyList has key {
    id: UID,
    /// The lists of the first kind, by index.
    lists: Bag,
}

/// The right to change the settings below; it never leaves this module.
public struct ConfigWriteCap() has drop;

/// Name of the settings of one type.
public struct ConfigKey has copy, drop, store {
    per_type_index: u64,
    per_type_key: vector<u8>,
}

/// Name of the setting of one address.
public struct AddressKey(address) has copy, drop, store;

/// Name of the setting that pauses a type.
public struct GlobalPauseKey() has copy, drop, store;

/// Settings were made for a type.
public struct PerTypeConfigCreated has copy, drop, store {
    key: ConfigKey,
    config_id: ID,
}

/// The lists of the first kind for one index.
public struct PerTypeList has key, store {
    id: UID,
    /// By how many types an address is denied.
    denied_count: Table<address, u64>,
    /// The denied addresses of a type.
    denied_addresses: Table<vector<u8>, VecSet<address>>,
}

// === Second kind ===

/// Denies an address from the next epoch on.
public(package) fun v2_add(
    deny_list: &mut DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
    addr: address,
    ctx: &mut TxContext,
) {
    set(deny_list, ConfigKey { per_type_index, per_type_key }, AddressKey(addr), ctx)
}

/// Allows an address from the next epoch on.
public(package) fun v2_remove(
    deny_list: &mut DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
    addr: address,
    ctx: &mut TxContext,
) {
    unset(deny_list, ConfigKey { per_type_index, per_type_key }, AddressKey(addr), ctx)
}

/// Whether an address is denied in this epoch.
public(package) fun v2_contains_current_epoch(
    deny_list: &DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
    addr: address,
    ctx: &TxContext,
): bool {
    deny_list.is_set_now(per_type_index, per_type_key, AddressKey(addr), ctx)
}

/// Whether an address will be denied in the next epoch.
public(package) fun v2_contains_next_epoch(
    deny_list: &DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
    addr: address,
): bool {
    deny_list.is_set_next(per_type_index, per_type_key, AddressKey(addr))
}

/// Pauses a type from the next epoch on.
public(package) fun v2_enable_global_pause(
    deny_list: &mut DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
    ctx: &mut TxContext,
) {
    set(deny_list, ConfigKey { per_type_index, per_type_key }, GlobalPauseKey(), ctx)
}

/// Ends the pause of a type from the next epoch on.
public(package) fun v2_disable_global_pause(
    deny_list: &mut DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
    ctx: &mut TxContext,
) {
    unset(deny_list, ConfigKey { per_type_index, per_type_key }, GlobalPauseKey(), ctx)
}

/// Whether a type is paused in this epoch.
public(package) fun v2_is_global_pause_enabled_current_epoch(
    deny_list: &DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
    ctx: &TxContext,
): bool {
    deny_list.is_set_now(per_type_index, per_type_key, GlobalPauseKey(), ctx)
}

/// Whether a type will be paused in the next epoch.
public(package) fun v2_is_global_pause_enabled_next_epoch(
    deny_list: &DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
): bool {
    deny_list.is_set_next(per_type_index, per_type_key, GlobalPauseKey())
}

/// Moves the addresses of a type from the list of the first kind to that of the second.
public(package) fun migrate_v1_to_v2(
    deny_list: &mut DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
    ctx: &mut TxContext,
) {
    let list: &mut PerTypeList = &mut deny_list.lists[per_type_index];
    let addresses = if (list.denied_addresses.contains(per_type_key)) {
        list.denied_addresses.remove(per_type_key).into_keys()
    } else {
        vector[]
    };
    addresses.do_ref!(|addr| list.uncount(*addr));
    let key = ConfigKey { per_type_index, per_type_key };
    addresses.do!(|addr| set(deny_list, key, AddressKey(addr), ctx))
}

/// Switches a setting on from the next epoch on, unless this epoch did so already.
fun set<Name: copy + drop + store>(
    deny_list: &mut DenyList,
    key: ConfigKey,
    name: Name,
    ctx: &mut TxContext,
) {
    deny_list.ensure_config(key, ctx);
    let config = deny_list.config_mut(key);
    let cap = &mut ConfigWriteCap();
    if (!config.exists_with_type_for_next_epoch<_, Name, bool>(name, ctx)) {
        config.add_for_next_epoch<_, Name, bool>(cap, name, true, ctx);
    };
    *config.borrow_for_next_epoch_mut<_, Name, bool>(cap, name, ctx) = true
}

/// Switches a setting off from the next epoch on.
fun unset<Name: copy + drop + store>(
    deny_list: &mut DenyList,
    key: ConfigKey,
    name: Name,
    ctx: &mut TxContext,
) {
    deny_list.ensure_config(key, ctx);
    let config = deny_list.config_mut(key);
    config.remove_for_next_epoch<_, Name, bool>(&mut ConfigWriteCap(), name, ctx);
}

fun is_set_now<Name: copy + drop + store>(
    deny_list: &DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
    name: Name,
    ctx: &TxContext,
): bool {
    let key = ConfigKey { per_type_index, per_type_key };
    let id = ofield::id(&deny_list.id, key);
    if (id.is_none()) return false;
    config::read_setting<Name, bool>(id.destroy_some(), name, ctx).destroy_or!(false)
}

fun is_set_next<Name: copy + drop + store>(
    deny_list: &DenyList,
    per_type_index: u64,
    per_type_key: vector<u8>,
    name: Name,
): bool {
    let key = ConfigKey { per_type_index, per_type_key };
    if (!ofield::exists_(&deny_list.id, key)) return false;
    let config: &Config<ConfigWriteCap> = ofield::internal_borrow(&deny_list.id, key);
    config.read_setting_for_next_epoch<_, Name, bool>(name).destroy_or!(false)
}

/// Makes settings for a type when there are none.
fun ensure_config(deny_list: &mut DenyList, key: ConfigKey, ctx: &mut TxContext) {
    if (ofield::exists_(&deny_list.id, key)) return;
    let config = config::new(&mut ConfigWriteCap(), ctx);
    let config_id = object::id(&config);
    ofield::internal_add(&mut deny_list.id, key, config);
    event::emit(PerTypeConfigCreated { key, config_id });
}

fun config_mut(deny_list: &mut DenyList, key: ConfigKey): &mut Config<ConfigWriteCap> {
    ofield::internal_borrow_mut(&mut deny_list.id, key)
}

// === First kind ===

/// Denies an address; aborts with `EInvalidAddress`.
public(package) fun v1_add(
    deny_list: &mut DenyList,
    per_type_index: u64,
    `type`: vector<u8>,
    addr: address,
) {
    assert!(!is_reserved(addr), EInvalidAddress);
    let list: &mut PerTypeList = &mut deny_list.lists[per_type_index];
    if (!list.denied_addresses.contains(`type`)) {
        list.denied_addresses.add(`type`, vec_set::empty());
    };
    let addresses = &mut list.denied_addresses[`type`];
    if (addresses.contains(&addr)) return;
    addresses.insert(addr);
    if (!list.denied_count.contains(addr)) list.denied_count.add(addr, 0);
    let count = &mut list.denied_count[addr];
    *count = *count + 1;
}

/// Allows an address; aborts with `EInvalidAddress` or `ENotDenied`.
public(package) fun v1_remove(
    deny_list: &mut DenyList,
    per_type_index: u64,
    `type`: vector<u8>,
    addr: address,
) {
    assert!(!is_reserved(addr), EInvalidAddress);
    let list: &mut PerTypeList = &mut deny_list.lists[per_type_index];
    let addresses = &mut list.denied_addresses[`type`];
    assert!(addresses.contains(&addr), ENotDenied);
    addresses.remove(&addr);
    list.uncount(addr);
}

/// Whether an address is denied.
public(package) fun v1_contains(
    deny_list: &DenyList,
    per_type_index: u64,
    `type`: vector<u8>,
    addr: address,
): bool {
    if (is_reserved(addr)) return false;
    let list: &PerTypeList = &deny_list.lists[per_type_index];
    list.denied_count.contains(addr) &&
    list.denied_addresses.contains(`type`) &&
    list.denied_addresses[`type`].contains(&addr)
}

fun is_reserved(addr: address): bool {
    let reserved = RESERVED;
    reserved.contains(&addr)
}

/// Notes that one type fewer denies an address.
fun uncount(list: &mut PerTypeList, addr: address) {
    let count = &mut list.denied_count[addr];
    *count = *count - 1;
    if (*count == 0) {
        list.denied_count.remove(addr);
    }
}

#[allow(unused_function)]
/// Creates the list.
fun create(ctx: &mut TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    let mut lists = bag::new(ctx);
    lists.add(COIN_INDEX, per_type_list(ctx));
    transfer::share_object(DenyList { id: object::sui_deny_list_object_id(), lists })
}

fun per_type_list(ctx: &mut TxContext): PerTypeList {
    PerTypeList {
        id: object::new(ctx),
        denied_count: table::new(ctx),
        denied_addresses: table::new(ctx),
    }
}

#[test_only]
/// The addresses that cannot be denied.
public fun reserved_addresses(): vector<address> {
    RESERVED
}

#[test_only]
/// Creates and shares the list; the sender must be 0x0.
public fun create_for_test(ctx: &mut TxContext) {
    create(ctx)
}

#[test_only]
/// An empty list that is not shared.
public fun new_for_testing(ctx: &mut TxContext): DenyList {
    let mut lists = bag::new(ctx);
    lists.add(COIN_INDEX, per_type_list(ctx));
    DenyList { id: object::new(ctx), lists }
}
