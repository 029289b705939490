/// A policy to put rules on, for tests of packages that write rules.
#[test_only]
module sui::transfer_policy_tests;

use sui::package;
use sui::transfer_policy::{Self, TransferPolicy, TransferPolicyCap};

/// Witness of the publisher.
public struct OTW has drop {}

/// What the policy is about.
public struct Asset has key, store { id: UID }

/// A policy for `Asset` without rules, and its capability.
public fun prepare(ctx: &mut TxContext): (TransferPolicy<Asset>, TransferPolicyCap<Asset>) {
    let publisher = package::test_claim(OTW {}, ctx);
    let (policy, cap) = transfer_policy::new(&publisher, ctx);
    publisher.burn_publisher();
    (policy, cap)
}

/// Destroys a policy; what it had earned.
public fun wrapup(policy: TransferPolicy<Asset>, cap: TransferPolicyCap<Asset>, ctx: &mut TxContext): u64 {
    policy.destroy_and_withdraw(cap, ctx).burn_for_testing()
}

/// An ID that no object has.
public fun fresh_id(ctx: &mut TxContext): ID {
    object::id_from_address(ctx.fresh_object_address())
}
