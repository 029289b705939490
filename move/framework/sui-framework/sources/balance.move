/// Amounts of a fungible token and the supply they come from. A `Balance` is not an object: it lives
/// inside one (`sui::coin::Coin` most often) and cannot be made out of nothing or dropped.
module sui::balance;

use std::type_name;
use sui::accumulator::{Self, AccumulatorRoot, U128};
use sui::funds_accumulator::{Self, Withdrawal};

/// Only a balance of zero can be destroyed.
const ENonZero: u64 = 0;
/// The supply does not fit in 64 bits.
const EOverflow: u64 = 1;
/// The balance or the supply holds less than that.
const ENotEnough: u64 = 2;
/// Only the system may do this.
const ENotSystemAddress: u64 = 3;
/// Only SUI can be made or destroyed by the system.
const ENotSUI: u64 = 4;

/// The type name of SUI as `std::type_name` writes it.
const SUI_TYPE_NAME: vector<u8> =
    b"0000000000000000000000000000000000000000000000000000000000000002::sui::SUI";

/// All of a token that exists. Whoever holds it can make and destroy the token.
public struct Supply<phantom T> has store {
    value: u64,
}

/// An amount of a token.
public struct Balance<phantom T> has store {
    value: u64,
}

public use fun supply_value as Supply.value;
public use fun sui::coin::from_balance as Balance.into_coin;

/// The amount in a balance.
public fun value<T>(self: &Balance<T>): u64 {
    self.value
}

/// The amount in existence.
public fun supply_value<T>(supply: &Supply<T>): u64 {
    supply.value
}

/// A supply of zero, for the holder of a witness of `T`.
public fun create_supply<T: drop>(_: T): Supply<T> {
    Supply { value: 0 }
}

#[test_only]
/// Destroys a supply; its value.
public fun destroy_supply_for_testing<T>(self: Supply<T>): u64 {
    let Supply { value } = self;
    value
}

/// Makes an amount out of the supply; aborts with `EOverflow` when the sum would reach 2^64 - 1.
public fun increase_supply<T>(self: &mut Supply<T>, value: u64): Balance<T> {
    assert!(value < std::u64::max_value!() - self.value, EOverflow);
    self.value = self.value + value;
    Balance { value }
}

/// Destroys an amount and returns how much it was.
public fun decrease_supply<T>(self: &mut Supply<T>, balance: Balance<T>): u64 {
    let Balance { value } = balance;
    assert!(self.value >= value, EOverflow);
    self.value = self.value - value;
    value
}

/// An amount of zero.
public fun zero<T>(): Balance<T> {
    Balance { value: 0 }
}

/// Adds one balance to another and returns the sum.
public fun join<T>(self: &mut Balance<T>, balance: Balance<T>): u64 {
    let Balance { value } = balance;
    self.value = self.value + value;
    self.value
}

/// Takes an amount out of a balance; aborts with `ENotEnough`.
public fun split<T>(self: &mut Balance<T>, value: u64): Balance<T> {
    assert!(self.value >= value, ENotEnough);
    self.value = self.value - value;
    Balance { value }
}

/// Takes the whole amount.
public fun withdraw_all<T>(self: &mut Balance<T>): Balance<T> {
    let value = self.value;
    self.split(value)
}

/// Destroys a balance of zero; aborts with `ENonZero` otherwise.
public fun destroy_zero<T>(balance: Balance<T>) {
    assert!(balance.value == 0, ENonZero);
    let Balance { value: _ } = balance;
}

/// Puts a balance into the account of an address.
public fun send_funds<T>(balance: Balance<T>, recipient: address) {
    funds_accumulator::add_impl(balance, recipient, internal::permit())
}

/// Takes out of an account all that a withdrawal allows. The runtime rejects a transaction whose
/// withdrawals exceed what its accounts hold.
public fun redeem_funds<T>(withdrawal: Withdrawal<Balance<T>>): Balance<T> {
    funds_accumulator::redeem(withdrawal, internal::permit())
}

/// A right to part of the funds of an object.
public fun withdraw_funds_from_object<T>(
    obj: &mut UID,
    value: u64,
): Withdrawal<Balance<T>> {
    funds_accumulator::withdraw_from_object(obj, value as u256)
}

/// The funds of an address as of the latest settlement, at most 2^64 - 1.
public fun settled_funds_value<T>(root: &AccumulatorRoot, address: address): u64 {
    let name = accumulator::accumulator_key<Balance<T>>(address);
    if (!root.root_has_accumulator<Balance<T>, U128>(name)) return 0;
    let total = root.root_borrow_accumulator<Balance<T>, U128>(name).u128_value();
    total.min(std::u64::max_value!() as u128) as u64
}

/// A supply without a witness, for the coin registry.
public(package) fun create_supply_internal<T>(): Supply<T> {
    Supply { value: 0 }
}

/// Gives up the supply and returns how much of the token exists.
public(package) fun destroy_supply<T>(self: Supply<T>): u64 {
    let Supply { value } = self;
    value
}

#[allow(unused_function)]
/// New SUI for validators and stakers, made by the system at an epoch change.
fun create_staking_rewards<T>(value: u64, ctx: &TxContext): Balance<T> {
    assert_system_sui<T>(ctx);
    Balance { value }
}

#[allow(unused_function)]
/// Destroys SUI that was returned as storage rebates, by the system at an epoch change.
fun destroy_storage_rebates<T>(self: Balance<T>, ctx: &TxContext) {
    assert_system_sui<T>(ctx);
    let Balance { value: _ } = self;
}

fun assert_system_sui<T>(ctx: &TxContext) {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    let name = type_name::with_defining_ids<T>().into_string().into_bytes();
    assert!(name == SUI_TYPE_NAME, ENotSUI);
}

#[test_only]
/// An amount out of nothing.
public fun create_for_testing<T>(value: u64): Balance<T> {
    Balance { value }
}

#[test_only]
/// Destroys an amount and returns how much it was.
public fun destroy_for_testing<T>(self: Balance<T>): u64 {
    let Balance { value } = self;
    value
}

#[test_only]
/// A supply without a witness.
public fun create_supply_for_testing<T>(): Supply<T> {
    Supply { value: 0 }
}

#[test_only]
/// `create_staking_rewards` for tests.
public fun create_staking_rewards_for_testing<T>(value: u64, ctx: &TxContext): Balance<T> {
    create_staking_rewards(value, ctx)
}

#[test_only]
/// `destroy_storage_rebates` for tests.
public fun destroy_storage_rebates_for_testing<T>(self: Balance<T>, ctx: &TxContext) {
    destroy_storage_rebates(self, ctx)
}
