/// The coin registry: a shared object at 0xc under which every coin type has one `Currency`, at an
/// address derived from the type: metadata, supply and regulation in one shared object. It takes over
/// from `sui::coin::CoinMetadata`.
module sui::coin_registry;

use std::ascii;
use std::string::String;
use std::type_name::TypeName;
use sui::bag::{Self, Bag};
use sui::balance::{Balance, Supply};
use sui::coin::{Self, Coin, CoinMetadata, DenyCapV2, RegulatedCoinMetadata, TreasuryCap};
use sui::derived_object;
use sui::dynamic_field as df;
use sui::transfer::Receiving;
use sui::vec_map::{Self, VecMap};

/// The metadata cap was claimed already.
#[error(code = 0)]
const EMetadataCapAlreadyClaimed: vector<u8> = b"Metadata cap already claimed";
/// Only the system may create the registry.
#[error(code = 1)]
const ENotSystemAddress: vector<u8> = b"Only the system can create the registry";
/// The type is registered already.
#[error(code = 2)]
const ECurrencyAlreadyExists: vector<u8> = b"Currency for this coin type already exists";
/// The coin is regulated already.
#[error(code = 3)]
const EDenyListStateAlreadySet: vector<u8> =
    b"Cannot set the deny list state as it has already been set";
/// The metadata cap was not claimed yet.
#[error(code = 4)]
const EMetadataCapNotClaimed: vector<u8> = b"Cannot delete legacy metadata before claiming the MetadataCap";
/// The legacy metadata can no longer be a source, as the metadata cap has an owner.
#[error(code = 5)]
const ECannotUpdateManagedMetadata: vector<u8> =
    b"Cannot update metadata whose `MetadataCap` has already been claimed";
/// The symbol has characters that cannot be printed.
#[error(code = 6)]
const EInvalidSymbol: vector<u8> = b"Symbol has to be ASCII printable";
/// The coin cannot be burned without its treasury cap.
#[error(code = 7)]
const ESupplyNotBurnOnly: vector<u8> = b"Cannot burn on a non burn-only supply";
/// The supply is zero.
#[error(code = 8)]
const EEmptySupply: vector<u8> = b"Supply cannot be empty when making it fixed or burn-only";
/// The state of the currency contradicts itself.
#[error(code = 9)]
const EInvariantViolation: vector<u8> = b"Code invariant violation";
#[allow(unused_const)]
/// A currency with fields of a later version cannot be deleted.
#[error(code = 10)]
const EDeletionNotSupported: vector<u8> = b"Deleting legacy metadata is not supported";
/// The type is not a one-time witness.
#[error(code = 11)]
const ENotOneTimeWitness: vector<u8> = b"Type is expected to be OTW";
/// The legacy metadata is lent already.
#[error(code = 12)]
const EBorrowLegacyMetadata: vector<u8> =
    b"Cannot borrow legacy metadata for migrated currency";
/// The legacy metadata was lent twice.
#[error(code = 13)]
const EDuplicateBorrow: vector<u8> = b"Attempting to return duplicate borrowed CoinMetadata";

/// Marks coins regulated by `DenyCapV2`.
const REGULATED_COIN_VERSION: u8 = 1;

/// The registry.
public struct CoinRegistry has key {
    id: UID,
}

#[allow(unused_field)]
/// A field of a later version: type and BCS bytes of its value.
public struct ExtraField(TypeName, vector<u8>) has store;

/// Name of the currency of `T`.
public struct CurrencyKey<phantom T>() has copy, drop, store;

/// Name of legacy metadata lent out by a currency.
public struct LegacyMetadataKey() has copy, drop, store;

/// The right to change the metadata of `T`.
public struct MetadataCap<phantom T> has key, store {
    id: UID,
}

/// The promise to bring legacy metadata back.
public struct Borrow<phantom T> {}

/// All there is to know about the coin `T`.
public struct Currency<phantom T> has key {
    id: UID,
    /// A whole coin is 10^decimals units.
    decimals: u8,
    name: String,
    symbol: String,
    description: String,
    icon_url: String,
    /// None only while the value is moved about.
    supply: Option<SupplyState<T>>,
    regulated: RegulatedState,
    /// The treasury cap, if it is known.
    treasury_cap_id: Option<ID>,
    metadata_cap_id: MetadataCapState,
    extra_fields: VecMap<String, ExtraField>,
}

/// Who decides over the supply.
public enum SupplyState<phantom T> has store {
    /// Nobody: it stays as it is.
    Fixed(Supply<T>),
    /// Anybody may burn their own coins, nobody can make new ones.
    BurnOnly(Supply<T>),
    /// Whoever holds the treasury cap.
    Unknown,
}

/// Whether addresses can be denied the coin.
public enum RegulatedState has copy, drop, store {
    /// Yes, by whoever holds the deny cap.
    Regulated {
        cap: ID,
        allow_global_pause: Option<bool>,
        variant: u8,
    },
    /// No.
    Unregulated,
    /// The coin is older than the registry, and nobody has told it.
    Unknown,
}

/// Where the metadata cap is.
public enum MetadataCapState has copy, drop, store {
    /// Somebody has it.
    Claimed(ID),
    /// The holder of the treasury cap may still claim it.
    Unclaimed,
    /// It was deleted: the metadata stay as they are.
    Deleted,
}

/// A currency in the making.
public struct CurrencyInitializer<phantom T> {
    currency: Currency<T>,
    extra_fields: Bag,
    /// Whether it was made in `init`, without the registry.
    is_otw: bool,
}

// === New currencies ===

/// A currency for a type of the calling module, at any time; aborts with `ECurrencyAlreadyExists` or
/// `EInvalidSymbol`.
public fun new_currency<T: key>(
    registry: &mut CoinRegistry,
    decimals: u8,
    symbol: String,
    name: String,
    description: String,
    icon_url: String,
    ctx: &mut TxContext,
): (CurrencyInitializer<T>, TreasuryCap<T>) {
    assert!(!exists<T>(registry), ECurrencyAlreadyExists);
    assert!(is_printable(&symbol), EInvalidSymbol);
    let treasury_cap = coin::new_treasury_cap<T>(ctx);
    let currency = Currency {
        id: derived_object::claim(&mut registry.id, CurrencyKey<T>()),
        decimals,
        name,
        symbol,
        description,
        icon_url,
        supply: option::some(SupplyState::Unknown),
        regulated: RegulatedState::Unregulated,
        treasury_cap_id: option::some(object::id(&treasury_cap)),
        metadata_cap_id: MetadataCapState::Unclaimed,
        extra_fields: vec_map::empty(),
    };
    (
        CurrencyInitializer { currency, is_otw: false, extra_fields: bag::new(ctx) },
        treasury_cap,
    )
}

/// A currency for a one-time witness. `finalize` sends it to the registry, and
/// `finalize_registration` must then put it in its place. Aborts with `ENotOneTimeWitness` or
/// `EInvalidSymbol`.
public fun new_currency_with_otw<T: drop>(
    otw: T,
    decimals: u8,
    symbol: String,
    name: String,
    description: String,
    icon_url: String,
    ctx: &mut TxContext,
): (CurrencyInitializer<T>, TreasuryCap<T>) {
    assert!(sui::types::is_one_time_witness(&otw), ENotOneTimeWitness);
    assert!(is_printable(&symbol), EInvalidSymbol);
    let treasury_cap = coin::new_treasury_cap<T>(ctx);
    let currency = Currency {
        id: object::new(ctx),
        decimals,
        name,
        symbol,
        description,
        icon_url,
        supply: option::some(SupplyState::Unknown),
        regulated: RegulatedState::Unregulated,
        treasury_cap_id: option::some(object::id(&treasury_cap)),
        metadata_cap_id: MetadataCapState::Unclaimed,
        extra_fields: vec_map::empty(),
    };
    (
        CurrencyInitializer { currency, is_otw: true, extra_fields: bag::new(ctx) },
        treasury_cap,
    )
}

/// Takes the metadata cap, once; aborts with `EMetadataCapAlreadyClaimed`.
public fun claim_metadata_cap<T>(
    currency: &mut Currency<T>,
    _: &TreasuryCap<T>,
    ctx: &mut TxContext,
): MetadataCap<T> {
    assert!(!currency.is_metadata_cap_claimed(), EMetadataCapAlreadyClaimed);
    assert!(!currency.is_metadata_cap_deleted(), EMetadataCapAlreadyClaimed);
    let cap = MetadataCap<T> { id: object::new(ctx) };
    currency.metadata_cap_id = MetadataCapState::Claimed(cap.id.to_inner());
    cap
}

/// Makes a new coin regulated; aborts with `EDenyListStateAlreadySet`.
public fun make_regulated<T>(
    init: &mut CurrencyInitializer<T>,
    allow_global_pause: bool,
    ctx: &mut TxContext,
): DenyCapV2<T> {
    assert!(init.currency.regulated == RegulatedState::Unregulated, EDenyListStateAlreadySet);
    let cap = coin::new_deny_cap_v2<T>(allow_global_pause, ctx);
    init.currency.regulated =
        RegulatedState::Regulated {
            cap: object::id(&cap),
            allow_global_pause: option::some(allow_global_pause),
            variant: REGULATED_COIN_VERSION,
        };
    cap
}

public use fun make_supply_fixed_init as CurrencyInitializer.make_supply_fixed;
public use fun make_supply_burn_only_init as CurrencyInitializer.make_supply_burn_only;

/// Fixes the supply of a new coin; aborts with `EEmptySupply`.
public fun make_supply_fixed_init<T>(init: &mut CurrencyInitializer<T>, cap: TreasuryCap<T>) {
    assert!(cap.total_supply() > 0, EEmptySupply);
    init.currency.make_supply_fixed(cap)
}

/// Makes the supply of a new coin burn-only; aborts with `EEmptySupply`.
public fun make_supply_burn_only_init<T>(init: &mut CurrencyInitializer<T>, cap: TreasuryCap<T>) {
    assert!(cap.total_supply() > 0, EEmptySupply);
    init.currency.make_supply_burn_only(cap)
}

/// Fixes the supply: nothing can be made or burned any more.
public fun make_supply_fixed<T>(currency: &mut Currency<T>, cap: TreasuryCap<T>) {
    match (currency.supply.swap(SupplyState::Fixed(cap.treasury_into_supply()))) {
        SupplyState::Unknown => (),
        // Whoever has the treasury cap is the only one to fix the supply.
        SupplyState::Fixed(_supply) | SupplyState::BurnOnly(_supply) => abort EInvariantViolation,
    };
    currency.treasury_cap_id = option::none();
}

/// Makes the supply burn-only: nothing can be made any more.
public fun make_supply_burn_only<T>(currency: &mut Currency<T>, cap: TreasuryCap<T>) {
    match (currency.supply.swap(SupplyState::BurnOnly(cap.treasury_into_supply()))) {
        SupplyState::Unknown => (),
        SupplyState::Fixed(_supply) | SupplyState::BurnOnly(_supply) => abort EInvariantViolation,
    };
    currency.treasury_cap_id = option::none();
}

#[allow(lint(share_owned))]
/// Ends the making: shares the currency, or sends it to the registry when it was made in `init`, and
/// gives out the metadata cap.
public fun finalize<T>(builder: CurrencyInitializer<T>, ctx: &mut TxContext): MetadataCap<T> {
    let CurrencyInitializer { mut currency, is_otw, extra_fields } = builder;
    extra_fields.destroy_empty();
    let cap = MetadataCap<T> { id: object::new(ctx) };
    currency.metadata_cap_id = MetadataCapState::Claimed(cap.id.to_inner());
    if (is_otw) {
        transfer::transfer(currency, object::sui_coin_registry_address())
    } else {
        transfer::share_object(currency)
    };
    cap
}

/// Puts a currency that was sent to the registry in its place and shares it; anybody may do this.
/// Aborts with `ECurrencyAlreadyExists`.
public fun finalize_registration<T>(
    registry: &mut CoinRegistry,
    currency: Receiving<Currency<T>>,
    _ctx: &mut TxContext,
) {
    assert!(!exists<T>(registry), ECurrencyAlreadyExists);
    let Currency {
        id,
        decimals,
        name,
        symbol,
        description,
        icon_url,
        supply,
        regulated,
        treasury_cap_id,
        metadata_cap_id,
        extra_fields,
    } = transfer::receive(&mut registry.id, currency);
    id.delete();
    transfer::share_object(Currency<T> {
        id: derived_object::claim(&mut registry.id, CurrencyKey<T>()),
        decimals,
        name,
        symbol,
        description,
        icon_url,
        supply,
        regulated,
        treasury_cap_id,
        metadata_cap_id,
        extra_fields,
    })
}

/// Deletes the metadata cap: the metadata stay as they are.
public fun delete_metadata_cap<T>(currency: &mut Currency<T>, cap: MetadataCap<T>) {
    let MetadataCap { id } = cap;
    currency.metadata_cap_id = MetadataCapState::Deleted;
    id.delete();
}

// === Burning ===

/// Burns a coin whose supply is burn-only; aborts with `ESupplyNotBurnOnly`.
public fun burn<T>(currency: &mut Currency<T>, coin: Coin<T>) {
    currency.burn_balance(coin.into_balance());
}

/// Burns an amount whose supply is burn-only; aborts with `ESupplyNotBurnOnly`.
public fun burn_balance<T>(currency: &mut Currency<T>, balance: Balance<T>) {
    assert!(currency.is_supply_burn_only(), ESupplyNotBurnOnly);
    match (currency.supply.borrow_mut()) {
        SupplyState::BurnOnly(supply) => {
            supply.decrease_supply(balance);
        },
        _ => abort EInvariantViolation,
    }
}

// === Metadata ===

/// Changes the name.
public fun set_name<T>(currency: &mut Currency<T>, _: &MetadataCap<T>, name: String) {
    currency.name = name;
}

/// Changes the description.
public fun set_description<T>(currency: &mut Currency<T>, _: &MetadataCap<T>, description: String) {
    currency.description = description;
}

/// Changes the address of the icon.
public fun set_icon_url<T>(currency: &mut Currency<T>, _: &MetadataCap<T>, icon_url: String) {
    currency.icon_url = icon_url;
}

/// Tells which treasury cap the coin has.
public fun set_treasury_cap_id<T>(currency: &mut Currency<T>, cap: &TreasuryCap<T>) {
    currency.treasury_cap_id.swap_or_fill(object::id(cap)).destroy!(|_| ());
}

// === Coins from before the registry ===

/// Registers a coin with its legacy metadata; aborts with `ECurrencyAlreadyExists`.
public fun migrate_legacy_metadata<T>(
    registry: &mut CoinRegistry,
    legacy: &CoinMetadata<T>,
    _ctx: &mut TxContext,
) {
    assert!(!exists<T>(registry), ECurrencyAlreadyExists);
    transfer::share_object(Currency<T> {
        id: derived_object::claim(&mut registry.id, CurrencyKey<T>()),
        decimals: legacy.get_decimals(),
        name: legacy.get_name(),
        symbol: legacy.get_symbol().to_string(),
        description: legacy.get_description(),
        icon_url: legacy_icon_url(legacy),
        supply: option::some(SupplyState::Unknown),
        regulated: RegulatedState::Unknown,
        treasury_cap_id: option::none(),
        metadata_cap_id: MetadataCapState::Unclaimed,
        extra_fields: vec_map::empty(),
    });
}

/// Takes the legacy metadata over again while nobody has claimed the metadata cap; aborts with
/// `ECannotUpdateManagedMetadata`.
public fun update_from_legacy_metadata<T>(currency: &mut Currency<T>, legacy: &CoinMetadata<T>) {
    assert!(
        currency.metadata_cap_id == MetadataCapState::Unclaimed,
        ECannotUpdateManagedMetadata,
    );
    currency.decimals = legacy.get_decimals();
    currency.name = legacy.get_name();
    currency.symbol = legacy.get_symbol().to_string();
    currency.description = legacy.get_description();
    currency.icon_url = legacy_icon_url(legacy);
}

/// Destroys legacy metadata once the metadata cap is claimed; aborts with `EMetadataCapNotClaimed`.
public fun delete_migrated_legacy_metadata<T>(
    currency: &mut Currency<T>,
    legacy: CoinMetadata<T>,
) {
    assert!(currency.is_metadata_cap_claimed(), EMetadataCapNotClaimed);
    legacy.destroy_metadata();
}

/// Tells the registry that a legacy coin is regulated; aborts with `EDenyListStateAlreadySet`.
public fun migrate_regulated_state_by_metadata<T>(
    currency: &mut Currency<T>,
    metadata: &RegulatedCoinMetadata<T>,
) {
    assert!(currency.regulated == RegulatedState::Unknown, EDenyListStateAlreadySet);
    currency.regulated =
        RegulatedState::Regulated {
            cap: metadata.deny_cap_id(),
            allow_global_pause: option::none(),
            variant: REGULATED_COIN_VERSION,
        };
}

/// As `migrate_regulated_state_by_metadata`, and tells whether the coin can be paused. May follow it.
public fun migrate_regulated_state_by_cap<T>(currency: &mut Currency<T>, cap: &DenyCapV2<T>) {
    currency.regulated =
        RegulatedState::Regulated {
            cap: object::id(cap),
            allow_global_pause: option::some(cap.allow_global_pause()),
            variant: REGULATED_COIN_VERSION,
        };
}

/// Lends the metadata in their legacy form, for packages that ask for it; aborts with
/// `EBorrowLegacyMetadata` while they are lent.
public fun borrow_legacy_metadata<T>(
    currency: &mut Currency<T>,
    ctx: &mut TxContext,
): (CoinMetadata<T>, Borrow<T>) {
    assert!(!df::exists_(&currency.id, BorrowedKey()), EBorrowLegacyMetadata);
    let legacy: CoinMetadata<T> = if (df::exists_(&currency.id, LegacyMetadataKey())) {
        df::remove(&mut currency.id, LegacyMetadataKey())
    } else {
        coin::new_coin_metadata(
            currency.decimals,
            currency.name,
            currency.symbol.to_ascii(),
            currency.description,
            currency.icon_url.to_ascii(),
            ctx,
        )
    };
    df::add(&mut currency.id, BorrowedKey(), true);
    (legacy, Borrow {})
}

/// Brings lent metadata back; aborts with `EDuplicateBorrow` when the currency has lent none.
public fun return_borrowed_legacy_metadata<T>(
    currency: &mut Currency<T>,
    mut legacy: CoinMetadata<T>,
    borrow: Borrow<T>,
) {
    assert!(df::exists_(&currency.id, BorrowedKey()), EDuplicateBorrow);
    let Borrow {} = borrow;
    let _: bool = df::remove(&mut currency.id, BorrowedKey());
    legacy.update_coin_metadata(
        currency.name,
        currency.symbol.to_ascii(),
        currency.description,
        currency.icon_url.to_ascii(),
    );
    df::add(&mut currency.id, LegacyMetadataKey(), legacy);
}

/// Marks that the legacy form is lent.
public struct BorrowedKey() has copy, drop, store;

// === Getters ===

/// The number of decimals.
public fun decimals<T>(currency: &Currency<T>): u8 {
    currency.decimals
}

/// The name.
public fun name<T>(currency: &Currency<T>): String {
    currency.name
}

/// The symbol.
public fun symbol<T>(currency: &Currency<T>): String {
    currency.symbol
}

/// The description.
public fun description<T>(currency: &Currency<T>): String {
    currency.description
}

/// The address of the icon; may be empty.
public fun icon_url<T>(currency: &Currency<T>): String {
    currency.icon_url
}

/// Whether somebody has the metadata cap.
public fun is_metadata_cap_claimed<T>(currency: &Currency<T>): bool {
    match (&currency.metadata_cap_id) {
        MetadataCapState::Claimed(_) => true,
        _ => false,
    }
}

/// Whether the metadata cap was deleted.
public fun is_metadata_cap_deleted<T>(currency: &Currency<T>): bool {
    match (&currency.metadata_cap_id) {
        MetadataCapState::Deleted => true,
        _ => false,
    }
}

/// The metadata cap, if somebody has it.
public fun metadata_cap_id<T>(currency: &Currency<T>): Option<ID> {
    match (&currency.metadata_cap_id) {
        MetadataCapState::Claimed(id) => option::some(*id),
        _ => option::none(),
    }
}

/// The treasury cap, if it is known.
public fun treasury_cap_id<T>(currency: &Currency<T>): Option<ID> {
    currency.treasury_cap_id
}

/// The deny cap, if the coin is known to be regulated.
public fun deny_cap_id<T>(currency: &Currency<T>): Option<ID> {
    match (&currency.regulated) {
        RegulatedState::Regulated { cap, .. } => option::some(*cap),
        _ => option::none(),
    }
}

/// Whether the supply is fixed.
public fun is_supply_fixed<T>(currency: &Currency<T>): bool {
    match (currency.supply.borrow()) {
        SupplyState::Fixed(_) => true,
        _ => false,
    }
}

/// Whether the supply is burn-only.
public fun is_supply_burn_only<T>(currency: &Currency<T>): bool {
    match (currency.supply.borrow()) {
        SupplyState::BurnOnly(_) => true,
        _ => false,
    }
}

/// Whether the coin is known to be regulated.
public fun is_regulated<T>(currency: &Currency<T>): bool {
    match (&currency.regulated) {
        RegulatedState::Regulated { .. } => true,
        _ => false,
    }
}

/// The supply, if it is fixed or burn-only.
public fun total_supply<T>(currency: &Currency<T>): Option<u64> {
    match (currency.supply.borrow()) {
        SupplyState::Fixed(supply) => option::some(supply.value()),
        SupplyState::BurnOnly(supply) => option::some(supply.value()),
        SupplyState::Unknown => option::none(),
    }
}

/// Whether a type is registered.
public fun exists<T>(registry: &CoinRegistry): bool {
    derived_object::exists(&registry.id, CurrencyKey<T>())
}

fun is_printable(symbol: &String): bool {
    symbol.as_bytes().all!(|byte| ascii::is_printable_char(*byte))
}

fun legacy_icon_url<T>(legacy: &CoinMetadata<T>): String {
    legacy
        .get_icon_url()
        .map!(|url| url.inner_url().to_string())
        .destroy_or!(b"".to_string())
}

#[allow(unused_function)]
/// Creates the registry.
fun create(ctx: &TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    transfer::share_object(CoinRegistry { id: object::sui_coin_registry_object_id() });
}

// === Tests ===

#[test_only]
/// `create` for tests.
public fun create_for_testing(ctx: &TxContext) {
    create(ctx)
}

#[test_only]
/// A registry that is not shared; the sender must be 0x0.
public fun create_coin_data_registry_for_testing(ctx: &mut TxContext): CoinRegistry {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    CoinRegistry { id: object::new(ctx) }
}

#[test_only]
/// Shares a registry.
public fun share_for_testing(registry: CoinRegistry) {
    transfer::share_object(registry);
}

#[test_only]
/// As `finalize`, and returns the currency instead of sharing it.
public fun unwrap_for_testing<T>(init: CurrencyInitializer<T>): Currency<T> {
    let CurrencyInitializer { currency, extra_fields, is_otw: _ } = init;
    extra_fields.destroy_empty();
    currency
}

#[test_only]
/// As `finalize`, and returns the currency with the cap instead of sharing it.
public fun finalize_unwrap_for_testing<T>(
    init: CurrencyInitializer<T>,
    ctx: &mut TxContext,
): (Currency<T>, MetadataCap<T>) {
    let mut currency = init.unwrap_for_testing();
    let cap = MetadataCap<T> { id: object::new(ctx) };
    currency.metadata_cap_id = MetadataCapState::Claimed(cap.id.to_inner());
    (currency, cap)
}

#[test_only]
/// As `migrate_legacy_metadata`, and returns the currency instead of sharing it.
public fun migrate_legacy_metadata_for_testing<T>(
    registry: &mut CoinRegistry,
    legacy: &CoinMetadata<T>,
    _ctx: &mut TxContext,
): Currency<T> {
    assert!(!exists<T>(registry), ECurrencyAlreadyExists);
    Currency<T> {
        id: derived_object::claim(&mut registry.id, CurrencyKey<T>()),
        decimals: legacy.get_decimals(),
        name: legacy.get_name(),
        symbol: legacy.get_symbol().to_string(),
        description: legacy.get_description(),
        icon_url: legacy_icon_url(legacy),
        supply: option::some(SupplyState::Unknown),
        regulated: RegulatedState::Unknown,
        treasury_cap_id: option::none(),
        metadata_cap_id: MetadataCapState::Unclaimed,
        extra_fields: vec_map::empty(),
    }
}
