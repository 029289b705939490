/// Coins: balances as objects of their own, the cap that makes and destroys them, the metadata that
/// tells how to show them, and the caps that regulate them.
module sui::coin;

use std::ascii;
use std::string;
use std::type_name;
use sui::balance::{Self, Balance, Supply};
use sui::deny_list::DenyList;
use sui::funds_accumulator::Withdrawal;
use sui::url::{Self, Url};

/// The type is not a one-time witness.
const EBadWitness: u64 = 0;
/// The number of coins to divide into is zero.
const EInvalidArg: u64 = 1;
/// The coin holds less than that.
const ENotEnough: u64 = 2;
/// The deny cap does not allow a global pause.
const EGlobalPauseNotAllowed: u64 = 3;

/// Where the lists of denied coin users are in the deny list.
const DENY_LIST_COIN_INDEX: u64 = 0;

/// An amount of `T` as an object.
public struct Coin<phantom T> has key, store {
    id: UID,
    balance: Balance<T>,
}

/// How wallets show coins of type `T`.
public struct CoinMetadata<phantom T> has key, store {
    id: UID,
    /// A whole coin is 10^decimals units.
    decimals: u8,
    name: string::String,
    symbol: ascii::String,
    description: string::String,
    icon_url: Option<Url>,
}

#[allow(unused_field)]
/// Marks `T` as regulated and names the cap that regulates it. Frozen when it is made.
public struct RegulatedCoinMetadata<phantom T> has key {
    id: UID,
    coin_metadata_object: ID,
    deny_cap_object: ID,
}

/// Whoever holds this makes and destroys coins of type `T`.
public struct TreasuryCap<phantom T> has key, store {
    id: UID,
    total_supply: Supply<T>,
}

/// Whoever holds this decides who may not use coins of type `T`.
public struct DenyCapV2<phantom T> has key, store {
    id: UID,
    allow_global_pause: bool,
}

// === Supply ===

/// The amount of `T` in existence.
public fun total_supply<T>(cap: &TreasuryCap<T>): u64 {
    cap.total_supply.supply_value()
}

/// Takes the supply out of the cap, which ends.
public fun treasury_into_supply<T>(treasury: TreasuryCap<T>): Supply<T> {
    let TreasuryCap { id, total_supply } = treasury;
    id.delete();
    total_supply
}

/// The supply inside the cap.
public fun supply_immut<T>(treasury: &TreasuryCap<T>): &Supply<T> {
    &treasury.total_supply
}

/// The supply inside the cap, to be changed.
public fun supply_mut<T>(treasury: &mut TreasuryCap<T>): &mut Supply<T> {
    &mut treasury.total_supply
}

// === Balance and coin ===

/// The amount in a coin.
public fun value<T>(self: &Coin<T>): u64 {
    self.balance.value()
}

/// The balance inside a coin.
public fun balance<T>(coin: &Coin<T>): &Balance<T> {
    &coin.balance
}

/// The balance inside a coin, to be changed.
public fun balance_mut<T>(coin: &mut Coin<T>): &mut Balance<T> {
    &mut coin.balance
}

/// Makes a coin of a balance.
public fun from_balance<T>(balance: Balance<T>, ctx: &mut TxContext): Coin<T> {
    Coin { id: object::new(ctx), balance }
}

/// Makes a balance of a coin.
public fun into_balance<T>(coin: Coin<T>): Balance<T> {
    let Coin { id, balance } = coin;
    id.delete();
    balance
}

/// Takes a coin out of a balance; aborts with `sui::balance::ENotEnough`.
public fun take<T>(balance: &mut Balance<T>, value: u64, ctx: &mut TxContext): Coin<T> {
    Coin { id: object::new(ctx), balance: balance.split(value) }
}

/// Puts a coin into a balance.
public fun put<T>(balance: &mut Balance<T>, coin: Coin<T>) {
    balance.join(into_balance(coin));
}

/// Takes funds out of an account as a coin.
public fun redeem_funds<T>(withdrawal: Withdrawal<Balance<T>>, ctx: &mut TxContext): Coin<T> {
    balance::redeem_funds(withdrawal).into_coin(ctx)
}

/// Puts a coin into the account of an address.
public fun send_funds<T>(coin: Coin<T>, recipient: address) {
    coin.into_balance().send_funds(recipient)
}

/// Adds one coin to another.
public entry fun join<T>(self: &mut Coin<T>, c: Coin<T>) {
    self.balance.join(c.into_balance());
}

/// Takes a coin out of a coin; aborts with `sui::balance::ENotEnough`.
public fun split<T>(self: &mut Coin<T>, split_amount: u64, ctx: &mut TxContext): Coin<T> {
    take(&mut self.balance, split_amount, ctx)
}

/// Takes `n - 1` equal parts out of a coin; what remains is one part and the rest of the division.
/// Aborts with `EInvalidArg` when `n` is zero and with `ENotEnough` when it exceeds the value.
public fun divide_into_n<T>(self: &mut Coin<T>, n: u64, ctx: &mut TxContext): vector<Coin<T>> {
    assert!(n > 0, EInvalidArg);
    assert!(n <= self.value(), ENotEnough);
    let part = self.value() / n;
    vector::tabulate!(n - 1, |_| self.split(part, ctx))
}

/// A coin of zero.
public fun zero<T>(ctx: &mut TxContext): Coin<T> {
    Coin { id: object::new(ctx), balance: balance::zero() }
}

/// Destroys a coin of zero; aborts with `sui::balance::ENonZero` otherwise.
public fun destroy_zero<T>(c: Coin<T>) {
    let Coin { id, balance } = c;
    id.delete();
    balance.destroy_zero()
}

// === New coin types ===

/// Makes the currency `T`: its treasury cap and its metadata. `T` must be a one-time witness, so this
/// can happen but once; aborts with `EBadWitness` otherwise. `sui::coin_registry` is the newer way.
public fun create_currency<T: drop>(
    witness: T,
    decimals: u8,
    symbol: vector<u8>,
    name: vector<u8>,
    description: vector<u8>,
    icon_url: Option<Url>,
    ctx: &mut TxContext,
): (TreasuryCap<T>, CoinMetadata<T>) {
    assert!(sui::types::is_one_time_witness(&witness), EBadWitness);
    (
        TreasuryCap { id: object::new(ctx), total_supply: balance::create_supply(witness) },
        CoinMetadata {
            id: object::new(ctx),
            decimals,
            name: name.to_string(),
            symbol: symbol.to_ascii_string(),
            description: description.to_string(),
            icon_url,
        },
    )
}

/// As `create_currency`, with the cap to deny addresses the use of the coin and, if wanted, to pause
/// it for everybody.
public fun create_regulated_currency_v2<T: drop>(
    witness: T,
    decimals: u8,
    symbol: vector<u8>,
    name: vector<u8>,
    description: vector<u8>,
    icon_url: Option<Url>,
    allow_global_pause: bool,
    ctx: &mut TxContext,
): (TreasuryCap<T>, DenyCapV2<T>, CoinMetadata<T>) {
    let (treasury_cap, metadata) = create_currency(
        witness,
        decimals,
        symbol,
        name,
        description,
        icon_url,
        ctx,
    );
    let deny_cap = DenyCapV2 { id: object::new(ctx), allow_global_pause };
    transfer::freeze_object(RegulatedCoinMetadata<T> {
        id: object::new(ctx),
        coin_metadata_object: object::id(&metadata),
        deny_cap_object: object::id(&deny_cap),
    });
    (treasury_cap, deny_cap, metadata)
}

/// Exchanges a cap of the first kind for one of the second and carries its denied addresses over.
public fun migrate_regulated_currency_to_v2<T>(
    deny_list: &mut DenyList,
    cap: DenyCap<T>,
    allow_global_pause: bool,
    ctx: &mut TxContext,
): DenyCapV2<T> {
    let DenyCap { id } = cap;
    id.delete();
    deny_list.migrate_v1_to_v2(DENY_LIST_COIN_INDEX, deny_list_key<T>(), ctx);
    DenyCapV2 { id: object::new(ctx), allow_global_pause }
}

// === Mint and burn ===

/// Makes a coin; aborts with `sui::balance::EOverflow`.
public fun mint<T>(cap: &mut TreasuryCap<T>, value: u64, ctx: &mut TxContext): Coin<T> {
    Coin { id: object::new(ctx), balance: cap.total_supply.increase_supply(value) }
}

/// Makes an amount; aborts with `sui::balance::EOverflow`.
public fun mint_balance<T>(cap: &mut TreasuryCap<T>, value: u64): Balance<T> {
    cap.total_supply.increase_supply(value)
}

/// Destroys a coin and returns how much it was.
public entry fun burn<T>(cap: &mut TreasuryCap<T>, c: Coin<T>): u64 {
    let Coin { id, balance } = c;
    id.delete();
    cap.total_supply.decrease_supply(balance)
}

/// Makes a coin and gives it to an address.
public entry fun mint_and_transfer<T>(
    c: &mut TreasuryCap<T>,
    amount: u64,
    recipient: address,
    ctx: &mut TxContext,
) {
    transfer::public_transfer(mint(c, amount, ctx), recipient)
}

// === Deny list ===

/// Denies an address the coin: as input at once, as receiver from the next epoch on.
public fun deny_list_v2_add<T>(
    deny_list: &mut DenyList,
    _deny_cap: &mut DenyCapV2<T>,
    addr: address,
    ctx: &mut TxContext,
) {
    deny_list.v2_add(DENY_LIST_COIN_INDEX, deny_list_key<T>(), addr, ctx)
}

/// Allows an address the coin again, as receiver from the next epoch on.
public fun deny_list_v2_remove<T>(
    deny_list: &mut DenyList,
    _deny_cap: &mut DenyCapV2<T>,
    addr: address,
    ctx: &mut TxContext,
) {
    deny_list.v2_remove(DENY_LIST_COIN_INDEX, deny_list_key<T>(), addr, ctx)
}

/// Whether an address is denied the coin in this epoch. Changes of this epoch do not count.
public fun deny_list_v2_contains_current_epoch<T>(
    deny_list: &DenyList,
    addr: address,
    ctx: &TxContext,
): bool {
    deny_list.v2_contains_current_epoch(DENY_LIST_COIN_INDEX, deny_list_key<T>(), addr, ctx)
}

/// Whether an address will be denied the coin in the next epoch.
public fun deny_list_v2_contains_next_epoch<T>(deny_list: &DenyList, addr: address): bool {
    deny_list.v2_contains_next_epoch(DENY_LIST_COIN_INDEX, deny_list_key<T>(), addr)
}

#[allow(unused_mut_parameter)]
/// Denies everybody the coin; aborts with `EGlobalPauseNotAllowed` when the cap forbids it.
public fun deny_list_v2_enable_global_pause<T>(
    deny_list: &mut DenyList,
    deny_cap: &mut DenyCapV2<T>,
    ctx: &mut TxContext,
) {
    assert!(deny_cap.allow_global_pause, EGlobalPauseNotAllowed);
    deny_list.v2_enable_global_pause(DENY_LIST_COIN_INDEX, deny_list_key<T>(), ctx)
}

#[allow(unused_mut_parameter)]
/// Ends a pause; aborts with `EGlobalPauseNotAllowed` when the cap forbids pauses.
public fun deny_list_v2_disable_global_pause<T>(
    deny_list: &mut DenyList,
    deny_cap: &mut DenyCapV2<T>,
    ctx: &mut TxContext,
) {
    assert!(deny_cap.allow_global_pause, EGlobalPauseNotAllowed);
    deny_list.v2_disable_global_pause(DENY_LIST_COIN_INDEX, deny_list_key<T>(), ctx)
}

/// Whether the coin is paused in this epoch. Changes of this epoch do not count.
public fun deny_list_v2_is_global_pause_enabled_current_epoch<T>(
    deny_list: &DenyList,
    ctx: &TxContext,
): bool {
    deny_list.v2_is_global_pause_enabled_current_epoch(
        DENY_LIST_COIN_INDEX,
        deny_list_key<T>(),
        ctx,
    )
}

/// Whether the coin will be paused in the next epoch.
public fun deny_list_v2_is_global_pause_enabled_next_epoch<T>(deny_list: &DenyList): bool {
    deny_list.v2_is_global_pause_enabled_next_epoch(DENY_LIST_COIN_INDEX, deny_list_key<T>())
}

/// The type of the coin as the deny list writes it.
fun deny_list_key<T>(): vector<u8> {
    type_name::with_original_ids<T>().into_string().into_bytes()
}

// === Metadata ===

/// Changes the name.
public entry fun update_name<T>(
    _treasury: &TreasuryCap<T>,
    metadata: &mut CoinMetadata<T>,
    name: string::String,
) {
    metadata.name = name;
}

/// Changes the symbol.
public entry fun update_symbol<T>(
    _treasury: &TreasuryCap<T>,
    metadata: &mut CoinMetadata<T>,
    symbol: ascii::String,
) {
    metadata.symbol = symbol;
}

/// Changes the description.
public entry fun update_description<T>(
    _treasury: &TreasuryCap<T>,
    metadata: &mut CoinMetadata<T>,
    description: string::String,
) {
    metadata.description = description;
}

/// Changes the address of the icon.
public entry fun update_icon_url<T>(
    _treasury: &TreasuryCap<T>,
    metadata: &mut CoinMetadata<T>,
    url: ascii::String,
) {
    metadata.icon_url = option::some(url::new_unsafe(url));
}

/// The number of decimals.
public fun get_decimals<T>(metadata: &CoinMetadata<T>): u8 {
    metadata.decimals
}

/// The name.
public fun get_name<T>(metadata: &CoinMetadata<T>): string::String {
    metadata.name
}

/// The symbol.
public fun get_symbol<T>(metadata: &CoinMetadata<T>): ascii::String {
    metadata.symbol
}

/// The description.
public fun get_description<T>(metadata: &CoinMetadata<T>): string::String {
    metadata.description
}

/// The address of the icon, if there is one.
public fun get_icon_url<T>(metadata: &CoinMetadata<T>): Option<Url> {
    metadata.icon_url
}

// === For the coin registry ===

/// A treasury cap with a supply of zero.
public(package) fun new_treasury_cap<T>(ctx: &mut TxContext): TreasuryCap<T> {
    TreasuryCap { id: object::new(ctx), total_supply: balance::create_supply_internal() }
}

/// A deny cap.
public(package) fun new_deny_cap_v2<T>(allow_global_pause: bool, ctx: &mut TxContext): DenyCapV2<T> {
    DenyCapV2 { id: object::new(ctx), allow_global_pause }
}

/// Whether a deny cap may pause the coin.
public(package) fun allow_global_pause<T>(cap: &DenyCapV2<T>): bool {
    cap.allow_global_pause
}

/// The ID of the deny cap of a regulated coin.
public(package) fun deny_cap_id<T>(metadata: &RegulatedCoinMetadata<T>): ID {
    metadata.deny_cap_object
}

/// Metadata made from its parts.
public(package) fun new_coin_metadata<T>(
    decimals: u8,
    name: string::String,
    symbol: ascii::String,
    description: string::String,
    icon_url: ascii::String,
    ctx: &mut TxContext,
): CoinMetadata<T> {
    CoinMetadata {
        id: object::new(ctx),
        decimals,
        name,
        symbol,
        description,
        icon_url: option::some(url::new_unsafe(icon_url)),
    }
}

/// Replaces all of metadata but the decimals.
public(package) fun update_coin_metadata<T>(
    metadata: &mut CoinMetadata<T>,
    name: string::String,
    symbol: ascii::String,
    description: string::String,
    icon_url: ascii::String,
) {
    metadata.name = name;
    metadata.symbol = symbol;
    metadata.description = description;
    metadata.icon_url = option::some(url::new_unsafe(icon_url));
}

/// Destroys metadata.
public(package) fun destroy_metadata<T>(metadata: CoinMetadata<T>) {
    let CoinMetadata { id, .. } = metadata;
    id.delete()
}

// === Method forms ===

public use fun sui::pay::split_vec as Coin.split_vec;
public use fun sui::pay::join_vec as Coin.join_vec;
public use fun sui::pay::split_and_transfer as Coin.split_and_transfer;
public use fun sui::pay::divide_and_keep as Coin.divide_and_keep;

// === Superseded ===

#[allow(unused_field)]
/// An event of earlier versions.
public struct CurrencyCreated<phantom T> has copy, drop {
    decimals: u8,
}

/// The first kind of deny cap, superseded by `DenyCapV2`.
public struct DenyCap<phantom T> has key, store {
    id: UID,
}

/// The supply inside the cap. Superseded by `supply_immut`.
public fun supply<T>(treasury: &mut TreasuryCap<T>): &Supply<T> {
    &treasury.total_supply
}

#[deprecated(note = b"Use `create_regulated_currency_v2`.")]
/// As `create_currency`, with the first kind of deny cap.
public fun create_regulated_currency<T: drop>(
    witness: T,
    decimals: u8,
    symbol: vector<u8>,
    name: vector<u8>,
    description: vector<u8>,
    icon_url: Option<Url>,
    ctx: &mut TxContext,
): (TreasuryCap<T>, DenyCap<T>, CoinMetadata<T>) {
    let (treasury_cap, metadata) = create_currency(
        witness,
        decimals,
        symbol,
        name,
        description,
        icon_url,
        ctx,
    );
    let deny_cap = DenyCap { id: object::new(ctx) };
    transfer::freeze_object(RegulatedCoinMetadata<T> {
        id: object::new(ctx),
        coin_metadata_object: object::id(&metadata),
        deny_cap_object: object::id(&deny_cap),
    });
    (treasury_cap, deny_cap, metadata)
}

#[deprecated(note = b"Use `migrate_regulated_currency_to_v2` and `deny_list_v2_add`.")]
/// Denies an address the coin as input.
public fun deny_list_add<T>(
    deny_list: &mut DenyList,
    _deny_cap: &mut DenyCap<T>,
    addr: address,
    _ctx: &mut TxContext,
) {
    deny_list.v1_add(DENY_LIST_COIN_INDEX, deny_list_key<T>(), addr)
}

#[deprecated(note = b"Use `migrate_regulated_currency_to_v2` and `deny_list_v2_remove`.")]
/// Allows an address the coin again; aborts with `sui::deny_list::ENotDenied`.
public fun deny_list_remove<T>(
    deny_list: &mut DenyList,
    _deny_cap: &mut DenyCap<T>,
    addr: address,
    _ctx: &mut TxContext,
) {
    deny_list.v1_remove(DENY_LIST_COIN_INDEX, deny_list_key<T>(), addr)
}

#[deprecated(note = b"Use `deny_list_v2_contains_next_epoch`.")]
/// Whether an address is in the first kind of list.
public fun deny_list_contains<T>(deny_list: &DenyList, addr: address): bool {
    let name = type_name::with_original_ids<T>();
    if (name.is_primitive()) return false;
    deny_list.v1_contains(DENY_LIST_COIN_INDEX, name.into_string().into_bytes(), addr)
}

// === Tests ===

#[test_only]
/// A coin out of nothing.
public fun mint_for_testing<T>(value: u64, ctx: &mut TxContext): Coin<T> {
    Coin { id: object::new(ctx), balance: balance::create_for_testing(value) }
}

#[test_only]
/// Destroys a coin and returns how much it was.
public fun burn_for_testing<T>(coin: Coin<T>): u64 {
    let Coin { id, balance } = coin;
    id.delete();
    balance.destroy_for_testing()
}

#[test_only]
/// A treasury cap without a witness.
public fun create_treasury_cap_for_testing<T>(ctx: &mut TxContext): TreasuryCap<T> {
    TreasuryCap { id: object::new(ctx), total_supply: balance::create_supply_for_testing() }
}
