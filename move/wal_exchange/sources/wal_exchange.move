/// An exchange of SUI and WAL at a fixed rate, for test networks.
///
/// Anybody can stock an exchange and exchange coins with it; its administrator sets the rate and can take
/// the stock out.
module wal_exchange::wal_exchange;

use sui::balance::{Self, Balance};
use sui::coin::{Self, Coin};
use sui::sui::SUI;
use wal::wal::WAL;

/// The exchange does not have enough of the requested coin.
const EInsufficientFundsInExchange: u64 = 0;
/// The coin is worth less than the amount to be taken from it.
const EInsufficientInputBalance: u64 = 1;
/// The capability belongs to another exchange.
const EUnauthorizedAdminCap: u64 = 2;
/// Neither side of an exchange rate may be zero.
const EInvalidExchangeRate: u64 = 3;

/// A stock of both coins, and the rate between them.
public struct Exchange has key, store {
    /// The shared object's own ID.
    id: UID,
    /// Stock of WAL.
    wal: Balance<WAL>,
    /// Stock of SUI.
    sui: Balance<SUI>,
    /// The rate.
    rate: ExchangeRate,
    /// The capability of the administrator.
    admin: ID,
}

/// The right to set the rate of an exchange and to take its stock out.
public struct AdminCap has key, store {
    /// What the exchange names its administrator by.
    id: UID,
}

/// So many units of WAL are worth so many units of SUI.
public struct ExchangeRate has copy, drop, store {
    /// Units of WAL.
    wal: u64,
    /// Units of SUI.
    sui: u64,
}

// === Creation ===

/// Shares an exchange at the rate 1:1 without stock.
public fun new(ctx: &mut TxContext): AdminCap {
    share(balance::zero(), ctx)
}

/// Shares an exchange at the rate 1:1 with a stock of `amount` WAL units from the coin.
public fun new_funded(wal: &mut Coin<WAL>, amount: u64, ctx: &mut TxContext): AdminCap {
    share(take(wal, amount), ctx)
}

fun share(wal: Balance<WAL>, ctx: &mut TxContext): AdminCap {
    let admin_cap = AdminCap { id: object::new(ctx) };
    transfer::share_object(Exchange {
        id: object::new(ctx),
        wal,
        sui: balance::zero(),
        rate: new_exchange_rate(1, 1),
        admin: object::id(&admin_cap),
    });
    admin_cap
}

/// The rate at which `wal` units of WAL are worth `sui` units of SUI.
public fun new_exchange_rate(wal: u64, sui: u64): ExchangeRate {
    assert!(wal > 0 && sui > 0, EInvalidExchangeRate);
    ExchangeRate { wal, sui }
}

// === Stock ===

/// Adds `amount` units of the coin to the stock.
public fun add_wal(self: &mut Exchange, wal: &mut Coin<WAL>, amount: u64) {
    self.wal.join(take(wal, amount));
}

/// Adds `amount` units of the coin to the stock.
public fun add_sui(self: &mut Exchange, sui: &mut Coin<SUI>, amount: u64) {
    self.sui.join(take(sui, amount));
}

/// Adds the whole coin to the stock.
public fun add_all_wal(self: &mut Exchange, wal: Coin<WAL>) {
    self.wal.join(wal.into_balance());
}

/// Adds the whole coin to the stock.
public fun add_all_sui(self: &mut Exchange, sui: Coin<SUI>) {
    self.sui.join(sui.into_balance());
}

// === Administration ===

/// Takes WAL out of the stock.
public fun withdraw_wal(
    self: &mut Exchange,
    amount: u64,
    admin_cap: &AdminCap,
    ctx: &mut TxContext,
): Coin<WAL> {
    self.assert_admin(admin_cap);
    pay_out(&mut self.wal, amount, ctx)
}

/// Takes SUI out of the stock.
public fun withdraw_sui(
    self: &mut Exchange,
    amount: u64,
    admin_cap: &AdminCap,
    ctx: &mut TxContext,
): Coin<SUI> {
    self.assert_admin(admin_cap);
    pay_out(&mut self.sui, amount, ctx)
}

/// Sets the rate at which `wal` units of WAL are worth `sui` units of SUI.
public fun set_exchange_rate(self: &mut Exchange, wal: u64, sui: u64, admin_cap: &AdminCap) {
    self.assert_admin(admin_cap);
    self.rate = new_exchange_rate(wal, sui);
}

// === Exchange ===

/// Exchanges the whole coin.
public fun exchange_all_for_wal(
    self: &mut Exchange,
    sui: Coin<SUI>,
    ctx: &mut TxContext,
): Coin<WAL> {
    self.sui_to_wal(sui.into_balance(), ctx)
}

/// Exchanges `amount_sui` units of the coin.
public fun exchange_for_wal(
    self: &mut Exchange,
    sui: &mut Coin<SUI>,
    amount_sui: u64,
    ctx: &mut TxContext,
): Coin<WAL> {
    self.sui_to_wal(take(sui, amount_sui), ctx)
}

/// Exchanges the whole coin.
public fun exchange_all_for_sui(
    self: &mut Exchange,
    wal: Coin<WAL>,
    ctx: &mut TxContext,
): Coin<SUI> {
    self.wal_to_sui(wal.into_balance(), ctx)
}

/// Exchanges `amount_wal` units of the coin.
public fun exchange_for_sui(
    self: &mut Exchange,
    wal: &mut Coin<WAL>,
    amount_wal: u64,
    ctx: &mut TxContext,
): Coin<SUI> {
    self.wal_to_sui(take(wal, amount_wal), ctx)
}

fun sui_to_wal(self: &mut Exchange, sui: Balance<SUI>, ctx: &mut TxContext): Coin<WAL> {
    let amount_wal = mul_div(sui.value(), self.rate.wal, self.rate.sui);
    self.sui.join(sui);
    pay_out(&mut self.wal, amount_wal, ctx)
}

fun wal_to_sui(self: &mut Exchange, wal: Balance<WAL>, ctx: &mut TxContext): Coin<SUI> {
    let amount_sui = mul_div(wal.value(), self.rate.sui, self.rate.wal);
    self.wal.join(wal);
    pay_out(&mut self.sui, amount_sui, ctx)
}

// === Helpers ===

fun assert_admin(self: &Exchange, admin_cap: &AdminCap) {
    assert!(self.admin == object::id(admin_cap), EUnauthorizedAdminCap);
}

fun take<T>(coin: &mut Coin<T>, amount: u64): Balance<T> {
    assert!(coin.value() >= amount, EInsufficientInputBalance);
    coin.balance_mut().split(amount)
}

fun pay_out<T>(stock: &mut Balance<T>, amount: u64, ctx: &mut TxContext): Coin<T> {
    assert!(stock.value() >= amount, EInsufficientFundsInExchange);
    coin::take(stock, amount, ctx)
}

/// Multiplies before it divides, and rounds down.
fun mul_div(amount: u64, numerator: u64, denominator: u64): u64 {
    ((amount as u128) * (numerator as u128) / (denominator as u128)) as u64
}
