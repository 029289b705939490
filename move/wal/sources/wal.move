/// The WAL coin: a fixed supply, minted once at publication, that can only shrink by burning.
///
/// The treasury cap is locked into a shared `ProtectedTreasury`, and no function of this package mints.
/// The package is kept apart from the protocol so that no upgrade of the protocol can touch the supply;
/// its own upgrade capability must be destroyed after publication.
module wal::wal;

use sui::coin::{Self, Coin, TreasuryCap};
use sui::dynamic_object_field as dof;

/// Whole WAL minted at publication.
const TOTAL_SUPPLY_WAL: u64 = 5_000_000_000;
/// FROST, the smallest unit, in one WAL.
const FROST_PER_WAL: u64 = 1_000_000_000;
/// Decimals of the coin: log10 of `FROST_PER_WAL`.
const DECIMALS: u8 = 9;

/// One-time witness and type of the coin.
public struct WAL has drop {}

/// Shared object that holds the treasury cap as a dynamic object field.
public struct ProtectedTreasury has key {
    /// Parent of the treasury capability.
    id: UID,
}

/// Key of the dynamic object field with the `TreasuryCap<WAL>`.
public struct TreasuryCapKey() has copy, drop, store;

fun init(witness: WAL, ctx: &mut TxContext) {
    create(witness, ctx)
}

/// Mints the whole supply to the publisher, freezes the metadata and locks the treasury cap.
#[allow(deprecated_usage)]
fun create(witness: WAL, ctx: &mut TxContext) {
    let (mut cap, metadata) = coin::create_currency(
        witness,
        DECIMALS,
        b"WAL",
        b"WAL Token",
        b"The token of the Walrus storage protocol: pays for storage and backs the nodes that provide it",
        option::none(),
        ctx,
    );
    transfer::public_freeze_object(metadata);
    let supply = cap.mint(TOTAL_SUPPLY_WAL * FROST_PER_WAL, ctx);
    transfer::public_transfer(supply, ctx.sender());

    let mut treasury = ProtectedTreasury { id: object::new(ctx) };
    dof::add(&mut treasury.id, TreasuryCapKey(), cap);
    transfer::share_object(treasury);
}

/// The number of FROST in existence.
public fun total_supply(treasury: &ProtectedTreasury): u64 {
    treasury.borrow_cap().total_supply()
}

/// Destroys the coin and lowers the total supply by its value.
public fun burn(treasury: &mut ProtectedTreasury, coin: Coin<WAL>) {
    treasury.borrow_cap_mut().burn(coin);
}

fun borrow_cap(treasury: &ProtectedTreasury): &TreasuryCap<WAL> {
    dof::borrow(&treasury.id, TreasuryCapKey())
}

fun borrow_cap_mut(treasury: &mut ProtectedTreasury): &mut TreasuryCap<WAL> {
    dof::borrow_mut(&mut treasury.id, TreasuryCapKey())
}

/// Does what publication does.
#[test_only]
public fun init_for_testing(ctx: &mut TxContext) {
    create(sui::test_utils::create_one_time_witness<WAL>(), ctx)
}
