/// Rules of trade, set by the creator of a type. A purchase yields a request; the policy confirms it
/// when every rule has left its receipt. What a rule asks for is up to the module that defines it.
module sui::transfer_policy;

use std::type_name::{Self, TypeName};
use sui::balance::{Self, Balance};
use sui::coin::{Self, Coin};
use sui::dynamic_field as df;
use sui::event;
use sui::package::Publisher;
use sui::sui::SUI;
use sui::vec_set::{Self, VecSet};

/// The request lacks receipts, or the publisher did not publish the type.
const EPolicyNotSatisfied: u64 = 0;
/// The request has the receipt of a rule that is not in the policy.
const EIllegalRule: u64 = 1;
/// The rule is not in the policy.
const EUnknownRequrement: u64 = 2;
/// The rule is in the policy already.
const ERuleAlreadySet: u64 = 3;
/// The cap belongs to another policy.
const ENotOwner: u64 = 4;
/// The policy has collected less than that.
const ENotEnough: u64 = 5;

/// A purchase that waits to be confirmed.
public struct TransferRequest<phantom T> {
    /// The thing that was bought.
    item: ID,
    /// The price in MIST.
    paid: u64,
    /// The kiosk it was bought from.
    from: ID,
    /// The rules that are satisfied.
    receipts: VecSet<TypeName>,
}

/// The rules for `T`.
public struct TransferPolicy<phantom T> has key, store {
    id: UID,
    /// What rules have collected.
    balance: Balance<SUI>,
    rules: VecSet<TypeName>,
}

/// The right to manage a policy.
public struct TransferPolicyCap<phantom T> has key, store {
    id: UID,
    policy_id: ID,
}

/// A policy was made.
public struct TransferPolicyCreated<phantom T> has copy, drop {
    id: ID,
}

/// A policy was destroyed.
public struct TransferPolicyDestroyed<phantom T> has copy, drop {
    id: ID,
}

/// Name of the configuration of a rule.
public struct RuleKey<phantom T: drop> has copy, drop, store {}

/// A request. Anybody may make one; only a policy of `T` can confirm it.
public fun new_request<T>(item: ID, paid: u64, from: ID): TransferRequest<T> {
    TransferRequest { item, paid, from, receipts: vec_set::empty() }
}

/// A policy without rules and its cap; aborts with `EPolicyNotSatisfied` for the publisher of another
/// package.
public fun new<T>(
    pub: &Publisher,
    ctx: &mut TxContext,
): (TransferPolicy<T>, TransferPolicyCap<T>) {
    assert!(pub.from_package<T>(), EPolicyNotSatisfied);
    let id = object::new(ctx);
    let policy_id = id.to_inner();
    event::emit(TransferPolicyCreated<T> { id: policy_id });
    (
        TransferPolicy { id, rules: vec_set::empty(), balance: balance::zero() },
        TransferPolicyCap { id: object::new(ctx), policy_id },
    )
}

#[allow(lint(self_transfer, share_owned))]
/// As `new`; shares the policy and gives the cap to the sender.
entry fun default<T>(pub: &Publisher, ctx: &mut TxContext) {
    let (policy, cap) = new<T>(pub, ctx);
    transfer::share_object(policy);
    transfer::transfer(cap, ctx.sender());
}

/// Takes collected SUI, all of it without an amount; aborts with `ENotOwner` or `ENotEnough`.
public fun withdraw<T>(
    self: &mut TransferPolicy<T>,
    cap: &TransferPolicyCap<T>,
    amount: Option<u64>,
    ctx: &mut TxContext,
): Coin<SUI> {
    assert!(object::id(self) == cap.policy_id, ENotOwner);
    let amount = amount.destroy_or!(self.balance.value());
    assert!(amount <= self.balance.value(), ENotEnough);
    coin::take(&mut self.balance, amount, ctx)
}

/// Destroys a policy and returns what it collected; aborts with `ENotOwner`.
public fun destroy_and_withdraw<T>(
    self: TransferPolicy<T>,
    cap: TransferPolicyCap<T>,
    ctx: &mut TxContext,
): Coin<SUI> {
    assert!(object::id(&self) == cap.policy_id, ENotOwner);
    let TransferPolicyCap { id: cap_id, policy_id } = cap;
    let TransferPolicy { id, rules: _, balance } = self;
    id.delete();
    cap_id.delete();
    event::emit(TransferPolicyDestroyed<T> { id: policy_id });
    balance.into_coin(ctx)
}

/// Confirms a request. Returns the thing, the price and the kiosk. Aborts with `EPolicyNotSatisfied`
/// or `EIllegalRule`.
public fun confirm_request<T>(
    self: &TransferPolicy<T>,
    request: TransferRequest<T>,
): (ID, u64, ID) {
    let TransferRequest { item, paid, from, receipts } = request;
    assert!(receipts.length() == self.rules.length(), EPolicyNotSatisfied);
    receipts.into_keys().do!(|rule| assert!(self.rules.contains(&rule), EIllegalRule));
    (item, paid, from)
}

/// Adds a rule with its configuration; aborts with `ENotOwner` or `ERuleAlreadySet`.
public fun add_rule<T, Rule: drop, Config: store + drop>(
    _: Rule,
    policy: &mut TransferPolicy<T>,
    cap: &TransferPolicyCap<T>,
    cfg: Config,
) {
    assert!(object::id(policy) == cap.policy_id, ENotOwner);
    assert!(!has_rule<T, Rule>(policy), ERuleAlreadySet);
    df::add(&mut policy.id, RuleKey<Rule> {}, cfg);
    policy.rules.insert(type_name::with_defining_ids<Rule>())
}

/// The configuration of a rule.
public fun get_rule<T, Rule: drop, Config: store + drop>(
    _: Rule,
    policy: &TransferPolicy<T>,
): &Config {
    df::borrow(&policy.id, RuleKey<Rule> {})
}

/// Collects SUI in the name of a rule; aborts with `EUnknownRequrement`.
public fun add_to_balance<T, Rule: drop>(
    _: Rule,
    policy: &mut TransferPolicy<T>,
    coin: Coin<SUI>,
) {
    assert!(has_rule<T, Rule>(policy), EUnknownRequrement);
    coin::put(&mut policy.balance, coin)
}

/// Leaves the receipt of a rule on a request.
public fun add_receipt<T, Rule: drop>(_: Rule, request: &mut TransferRequest<T>) {
    request.receipts.insert(type_name::with_defining_ids<Rule>())
}

/// Whether a rule is in the policy.
public fun has_rule<T, Rule: drop>(policy: &TransferPolicy<T>): bool {
    df::exists_(&policy.id, RuleKey<Rule> {})
}

/// Removes a rule; aborts with `ENotOwner`.
public fun remove_rule<T, Rule: drop, Config: store + drop>(
    policy: &mut TransferPolicy<T>,
    cap: &TransferPolicyCap<T>,
) {
    assert!(object::id(policy) == cap.policy_id, ENotOwner);
    let _: Config = df::remove(&mut policy.id, RuleKey<Rule> {});
    policy.rules.remove(&type_name::with_defining_ids<Rule>());
}

/// The identity of a policy.
public fun uid<T>(self: &TransferPolicy<T>): &UID {
    &self.id
}

/// The identity of a policy, to be changed; aborts with `ENotOwner`.
public fun uid_mut_as_owner<T>(
    self: &mut TransferPolicy<T>,
    cap: &TransferPolicyCap<T>,
): &mut UID {
    assert!(object::id(self) == cap.policy_id, ENotOwner);
    &mut self.id
}

/// The rules.
public fun rules<T>(self: &TransferPolicy<T>): &VecSet<TypeName> {
    &self.rules
}

/// The thing that was bought.
public fun item<T>(self: &TransferRequest<T>): ID {
    self.item
}

/// The price in MIST.
public fun paid<T>(self: &TransferRequest<T>): u64 {
    self.paid
}

/// The kiosk it was bought from.
public fun from<T>(self: &TransferRequest<T>): ID {
    self.from
}
