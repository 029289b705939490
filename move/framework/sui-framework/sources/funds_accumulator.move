/// Funds held by addresses rather than in objects. Value is moved into the account of an address, and
/// taken out with a `Withdrawal`: a right, limited in amount, to the funds of one owner.
module sui::funds_accumulator;

use sui::accumulator;

/// The withdrawal does not reach that far.
#[error]
const EInvalidSubLimit: vector<u8> = b"Sub-limit exceeds the limit of the withdrawal";
/// Two withdrawals of different owners cannot be joined.
#[error]
const EOwnerMismatch: vector<u8> = b"Withdrawals belong to different owners";
/// Together the withdrawals exceed the largest amount.
#[error]
const EOverflow: vector<u8> = b"Sum of the limits does not fit in 256 bits";
/// The network does not let objects hold funds.
#[error]
const EObjectFundsWithdrawNotEnabled: vector<u8> = b"Withdrawal from objects is not enabled";

/// The right to take up to `limit` out of the account of `owner`.
public struct Withdrawal<phantom T: store> has drop {
    owner: address,
    limit: u256,
}

/// Whose account it is.
public fun withdrawal_owner<T: store>(withdrawal: &Withdrawal<T>): address {
    withdrawal.owner
}

/// How much may be taken.
public fun withdrawal_limit<T: store>(withdrawal: &Withdrawal<T>): u256 {
    withdrawal.limit
}

/// Cuts a smaller withdrawal out of a larger one; aborts with `EInvalidSubLimit`.
public fun withdrawal_split<T: store>(
    withdrawal: &mut Withdrawal<T>,
    sub_limit: u256,
): Withdrawal<T> {
    assert!(sub_limit <= withdrawal.limit, EInvalidSubLimit);
    withdrawal.limit = withdrawal.limit - sub_limit;
    Withdrawal { owner: withdrawal.owner, limit: sub_limit }
}

/// Adds one withdrawal to another of the same owner; aborts with `EOwnerMismatch` or `EOverflow`.
public fun withdrawal_join<T: store>(withdrawal: &mut Withdrawal<T>, other: Withdrawal<T>) {
    let Withdrawal { owner, limit } = other;
    assert!(withdrawal.owner == owner, EOwnerMismatch);
    assert!(limit <= std::u256::max_value!() - withdrawal.limit, EOverflow);
    withdrawal.limit = withdrawal.limit + limit;
}

/// A right to the funds of an object, given by whoever can change the object.
public fun withdraw_from_object<T: store>(obj: &mut UID, limit: u256): Withdrawal<T> {
    let enabled = sui::protocol_config::is_feature_enabled(b"enable_object_funds_withdraw");
    assert!(enabled, EObjectFundsWithdrawNotEnabled);
    Withdrawal { owner: obj.to_address(), limit }
}

/// Takes the full limit out of the account. Only for the module that defines `T`.
public fun redeem<T: store>(withdrawal: Withdrawal<T>, _: internal::Permit<T>): T {
    let Withdrawal { owner, limit } = withdrawal;
    withdraw_impl(owner, limit)
}

/// Puts a value into the account of an address. Only for the module that defines `T`.
public fun add_impl<T: store>(value: T, recipient: address, _: internal::Permit<T>) {
    let accumulator = accumulator::accumulator_address<T>(recipient);
    add_to_accumulator_address<T>(accumulator, recipient, value)
}

fun withdraw_impl<T: store>(owner: address, value: u256): T {
    let accumulator = accumulator::accumulator_address<T>(owner);
    withdraw_from_accumulator_address<T>(accumulator, owner, value)
}

native fun add_to_accumulator_address<T: store>(
    accumulator: address,
    recipient: address,
    value: T,
);

native fun withdraw_from_accumulator_address<T: store>(
    accumulator: address,
    owner: address,
    value: u256,
): T;

#[test_only]
/// A withdrawal made by hand.
public fun create_withdrawal_for_testing<T: store>(owner: address, limit: u256): Withdrawal<T> {
    Withdrawal { owner, limit }
}
