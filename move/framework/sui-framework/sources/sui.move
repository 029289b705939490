/// SUI, the coin that pays for gas and is staked.
module sui::sui;

use sui::balance::Balance;
use sui::coin::{Self, Coin};

/// The supply is made in epoch 0.
const EAlreadyMinted: u64 = 0;
/// Only the system makes the supply.
const ENotSystemAddress: u64 = 1;

#[allow(unused_const)]
/// A SUI is 10^9 MIST.
const MIST_PER_SUI: u64 = 1_000_000_000;

#[allow(unused_const)]
/// All SUI in existence.
const TOTAL_SUPPLY_SUI: u64 = 10_000_000_000;

/// All SUI in existence, in MIST.
const TOTAL_SUPPLY_MIST: u64 = 10_000_000_000_000_000_000;

/// The type of the coin.
public struct SUI has drop {}

#[allow(unused_function)]
/// Makes the whole supply at genesis and gives up the right to make more.
fun new(ctx: &mut TxContext): Balance<SUI> {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    assert!(ctx.epoch() == 0, EAlreadyMinted);

    let (treasury, metadata) = coin::create_currency(
        SUI {},
        9,
        b"SUI",
        b"Sui",
        b"",
        option::none(),
        ctx,
    );
    transfer::public_freeze_object(metadata);
    let mut supply = treasury.treasury_into_supply();
    let total = supply.increase_supply(TOTAL_SUPPLY_MIST);
    supply.destroy_supply();
    total
}

/// Gives a coin of SUI to an address.
public entry fun transfer(c: Coin<SUI>, recipient: address) {
    transfer::public_transfer(c, recipient)
}

#[test_only]
/// `new` for tests.
public fun new_for_testing(ctx: &mut TxContext): Balance<SUI> {
    new(ctx)
}
