/// A kiosk, a policy and things to sell, for tests of packages that trade.
#[test_only]
module sui::kiosk_test_utils;

use sui::coin::{Self, Coin};
use sui::kiosk::{Self, Kiosk, KioskOwnerCap};
use sui::package::{Self, Publisher};
use sui::sui::SUI;
use sui::transfer_policy::{Self, TransferPolicy, TransferPolicyCap};

/// Witness of the publisher.
public struct OTW has drop {}

/// Something to sell.
public struct Asset has key, store { id: UID }

/// A context to work in.
public fun ctx(): TxContext { tx_context::dummy() }

/// Three addresses: Alice, Bob and Carl.
public fun folks(): (address, address, address) { (@0xA11CE, @0xB0B, @0xCA51) }

/// The publisher of this module.
public fun get_publisher(ctx: &mut TxContext): Publisher {
    package::test_claim(OTW {}, ctx)
}

/// Destroys a publisher.
public fun return_publisher(publisher: Publisher) {
    publisher.burn_publisher()
}

/// A policy for `Asset` without rules, and its capability.
public fun get_policy(ctx: &mut TxContext): (TransferPolicy<Asset>, TransferPolicyCap<Asset>) {
    let publisher = get_publisher(ctx);
    let (policy, cap) = transfer_policy::new(&publisher, ctx);
    return_publisher(publisher);
    (policy, cap)
}

/// Destroys a policy; what it had earned.
public fun return_policy(policy: TransferPolicy<Asset>, cap: TransferPolicyCap<Asset>, ctx: &mut TxContext): u64 {
    policy.destroy_and_withdraw(cap, ctx).burn_for_testing()
}

/// A new asset and its ID.
public fun get_asset(ctx: &mut TxContext): (Asset, ID) {
    let asset = Asset { id: object::new(ctx) };
    let id = object::id(&asset);
    (asset, id)
}

/// Destroys assets.
public fun return_assets(assets: vector<Asset>) {
    assets.destroy!(|asset| {
        let Asset { id } = asset;
        id.delete();
    })
}

/// An empty kiosk and its capability.
public fun get_kiosk(ctx: &mut TxContext): (Kiosk, KioskOwnerCap) {
    kiosk::new(ctx)
}

/// Destroys an empty kiosk; what it had earned.
public fun return_kiosk(kiosk: Kiosk, cap: KioskOwnerCap, ctx: &mut TxContext): u64 {
    kiosk.close_and_withdraw(cap, ctx).burn_for_testing()
}

/// A coin of `amount` MIST.
public fun get_sui(amount: u64, ctx: &mut TxContext): Coin<SUI> {
    coin::mint_for_testing(amount, ctx)
}
