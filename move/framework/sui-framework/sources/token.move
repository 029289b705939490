/// Closed-loop tokens: amounts that only their owner holds and that do nothing freely. Each of the
/// actions spend, transfer, to_coin and from_coin (and any other an application defines) yields a
/// request, which the policy of the token, its cap or the treasury cap must confirm.
module sui::token;

use std::string::String;
use std::type_name::{Self, TypeName};
use sui::balance::{Self, Balance};
use sui::coin::{Coin, TreasuryCap};
use sui::dynamic_field as df;
use sui::event;
use sui::vec_map::{Self, VecMap};
use sui::vec_set::{Self, VecSet};

/// The policy does not allow the action.
const EUnknownAction: u64 = 0;
/// A rule of the action has not approved the request.
const ENotApproved: u64 = 1;
/// The cap belongs to another policy.
const ENotAuthorized: u64 = 2;
/// The token holds less than that.
const EBalanceTooLow: u64 = 3;
/// Only a token of zero can be destroyed.
const ENotZero: u64 = 4;
/// The request carries a spent balance, which this way of confirming cannot take.
const ECantConsumeBalance: u64 = 5;
/// The rule has no configuration of this type.
const ENoConfig: u64 = 6;
/// The request carries no spent balance; the policy need not be changed to confirm it.
const EUseImmutableConfirm: u64 = 7;

const SPEND: vector<u8> = b"spend";
const TRANSFER: vector<u8> = b"transfer";
const TO_COIN: vector<u8> = b"to_coin";
const FROM_COIN: vector<u8> = b"from_coin";

/// An amount of `T` that only its owner can use.
public struct Token<phantom T> has key {
    id: UID,
    balance: Balance<T>,
}

/// The right to manage a policy.
public struct TokenPolicyCap<phantom T> has key, store {
    id: UID,
    `for`: ID,
}

/// What may be done with tokens of type `T`.
public struct TokenPolicy<phantom T> has key {
    id: UID,
    /// What was spent and not yet burned.
    spent_balance: Balance<T>,
    /// The rules that must approve each allowed action.
    rules: VecMap<String, VecSet<TypeName>>,
}

/// An action that waits to be confirmed.
public struct ActionRequest<phantom T> {
    name: String,
    amount: u64,
    sender: address,
    /// Who receives the token, for a transfer.
    recipient: Option<address>,
    /// What is spent, for a spending action.
    spent_balance: Option<Balance<T>>,
    /// The rules that have approved.
    approvals: VecSet<TypeName>,
}

/// Name of the configuration of a rule.
public struct RuleKey<phantom T> has copy, drop, store {
    is_protected: bool,
}

/// A policy was shared.
public struct TokenPolicyCreated<phantom T> has copy, drop {
    id: ID,
    is_mutable: bool,
}

// === Policy and actions ===

/// A policy that allows nothing yet, and its cap.
public fun new_policy<T>(
    _treasury_cap: &TreasuryCap<T>,
    ctx: &mut TxContext,
): (TokenPolicy<T>, TokenPolicyCap<T>) {
    let policy = TokenPolicy {
        id: object::new(ctx),
        spent_balance: balance::zero(),
        rules: vec_map::empty(),
    };
    let cap = TokenPolicyCap { id: object::new(ctx), `for`: object::id(&policy) };
    (policy, cap)
}

#[allow(lint(share_owned))]
/// Shares a policy.
public fun share_policy<T>(policy: TokenPolicy<T>) {
    event::emit(TokenPolicyCreated<T> { id: object::id(&policy), is_mutable: true });
    transfer::share_object(policy)
}

/// Gives a token to an address.
public fun transfer<T>(t: Token<T>, recipient: address, ctx: &mut TxContext): ActionRequest<T> {
    let amount = t.balance.value();
    transfer::transfer(t, recipient);
    new_request(transfer_action(), amount, option::some(recipient), option::none(), ctx)
}

/// Spends a token: its balance goes with the request.
public fun spend<T>(t: Token<T>, ctx: &mut TxContext): ActionRequest<T> {
    let Token { id, balance } = t;
    id.delete();
    new_request(spend_action(), balance.value(), option::none(), option::some(balance), ctx)
}

/// Makes a coin of a token.
public fun to_coin<T>(t: Token<T>, ctx: &mut TxContext): (Coin<T>, ActionRequest<T>) {
    let Token { id, balance } = t;
    let amount = balance.value();
    id.delete();
    let coin = balance.into_coin(ctx);
    (coin, new_request(to_coin_action(), amount, option::none(), option::none(), ctx))
}

/// Makes a token of a coin.
public fun from_coin<T>(coin: Coin<T>, ctx: &mut TxContext): (Token<T>, ActionRequest<T>) {
    let amount = coin.value();
    let token = Token { id: object::new(ctx), balance: coin.into_balance() };
    (token, new_request(from_coin_action(), amount, option::none(), option::none(), ctx))
}

// === Free operations on one's own tokens ===

/// Adds one token to another.
public fun join<T>(token: &mut Token<T>, another: Token<T>) {
    let Token { id, balance } = another;
    token.balance.join(balance);
    id.delete();
}

/// Takes a token out of a token; aborts with `EBalanceTooLow`.
public fun split<T>(token: &mut Token<T>, amount: u64, ctx: &mut TxContext): Token<T> {
    assert!(token.balance.value() >= amount, EBalanceTooLow);
    Token { id: object::new(ctx), balance: token.balance.split(amount) }
}

/// A token of zero.
public fun zero<T>(ctx: &mut TxContext): Token<T> {
    Token { id: object::new(ctx), balance: balance::zero() }
}

/// Destroys a token of zero; aborts with `ENotZero` otherwise.
public fun destroy_zero<T>(token: Token<T>) {
    let Token { id, balance } = token;
    assert!(balance.value() == 0, ENotZero);
    balance.destroy_zero();
    id.delete();
}

#[allow(lint(self_transfer))]
/// Gives a token to the sender.
public fun keep<T>(token: Token<T>, ctx: &mut TxContext) {
    transfer::transfer(token, ctx.sender())
}

// === Requests ===

/// A request for any action.
public fun new_request<T>(
    name: String,
    amount: u64,
    recipient: Option<address>,
    spent_balance: Option<Balance<T>>,
    ctx: &TxContext,
): ActionRequest<T> {
    ActionRequest {
        name,
        amount,
        recipient,
        spent_balance,
        sender: ctx.sender(),
        approvals: vec_set::empty(),
    }
}

/// Confirms a request that the rules of its action have approved. Returns name, amount, sender and
/// recipient. Aborts with `ECantConsumeBalance`, `EUnknownAction` or `ENotApproved`.
public fun confirm_request<T>(
    policy: &TokenPolicy<T>,
    request: ActionRequest<T>,
    _ctx: &mut TxContext,
): (String, u64, address, Option<address>) {
    assert!(request.spent_balance.is_none(), ECantConsumeBalance);
    assert!(policy.rules.contains(&request.name), EUnknownAction);
    let ActionRequest { name, amount, sender, recipient, spent_balance, approvals } = request;
    spent_balance.destroy_none();
    policy.rules.get(&name).keys().do_ref!(|rule| assert!(approvals.contains(rule), ENotApproved));
    (name, amount, sender, recipient)
}

/// As `confirm_request`, for a request with a spent balance, which the policy keeps. Aborts with
/// `EUnknownAction`, `EUseImmutableConfirm` or `ENotApproved`.
public fun confirm_request_mut<T>(
    policy: &mut TokenPolicy<T>,
    mut request: ActionRequest<T>,
    ctx: &mut TxContext,
): (String, u64, address, Option<address>) {
    assert!(policy.rules.contains(&request.name), EUnknownAction);
    assert!(request.spent_balance.is_some(), EUseImmutableConfirm);
    policy.spent_balance.join(request.spent_balance.extract());
    confirm_request(policy, request, ctx)
}

/// Confirms any request without a spent balance; aborts with `ECantConsumeBalance`.
public fun confirm_with_policy_cap<T>(
    _policy_cap: &TokenPolicyCap<T>,
    request: ActionRequest<T>,
    _ctx: &mut TxContext,
): (String, u64, address, Option<address>) {
    assert!(request.spent_balance.is_none(), ECantConsumeBalance);
    let ActionRequest { name, amount, sender, recipient, spent_balance, approvals: _ } = request;
    spent_balance.destroy_none();
    (name, amount, sender, recipient)
}

/// Confirms any request; a spent balance is burned.
public fun confirm_with_treasury_cap<T>(
    treasury_cap: &mut TreasuryCap<T>,
    request: ActionRequest<T>,
    _ctx: &mut TxContext,
): (String, u64, address, Option<address>) {
    let ActionRequest { name, amount, sender, recipient, spent_balance, approvals: _ } = request;
    spent_balance.destroy!(|balance| {
        treasury_cap.supply_mut().decrease_supply(balance);
    });
    (name, amount, sender, recipient)
}

/// Approves a request in the name of the rule `W`.
public fun add_approval<T, W: drop>(
    _t: W,
    request: &mut ActionRequest<T>,
    _ctx: &mut TxContext,
) {
    request.approvals.insert(type_name::with_defining_ids<W>())
}

// === Configuration of rules ===

/// Adds the configuration of a rule; aborts with `ENotAuthorized`.
public fun add_rule_config<T, Rule: drop, Config: store>(
    _rule: Rule,
    self: &mut TokenPolicy<T>,
    cap: &TokenPolicyCap<T>,
    config: Config,
    _ctx: &mut TxContext,
) {
    assert!(object::id(self) == cap.`for`, ENotAuthorized);
    df::add(&mut self.id, key<Rule>(), config)
}

/// The configuration of a rule; aborts with `ENoConfig`.
public fun rule_config<T, Rule: drop, Config: store>(_rule: Rule, self: &TokenPolicy<T>): &Config {
    assert!(has_rule_config_with_type<T, Rule, Config>(self), ENoConfig);
    df::borrow(&self.id, key<Rule>())
}

/// The configuration of a rule, to be changed; aborts with `ENoConfig` or `ENotAuthorized`.
public fun rule_config_mut<T, Rule: drop, Config: store>(
    _rule: Rule,
    self: &mut TokenPolicy<T>,
    cap: &TokenPolicyCap<T>,
): &mut Config {
    assert!(has_rule_config_with_type<T, Rule, Config>(self), ENoConfig);
    assert!(object::id(self) == cap.`for`, ENotAuthorized);
    df::borrow_mut(&mut self.id, key<Rule>())
}

/// Removes the configuration of a rule; aborts with `ENoConfig` or `ENotAuthorized`.
public fun remove_rule_config<T, Rule, Config: store>(
    self: &mut TokenPolicy<T>,
    cap: &TokenPolicyCap<T>,
    _ctx: &mut TxContext,
): Config {
    assert!(has_rule_config_with_type<T, Rule, Config>(self), ENoConfig);
    assert!(object::id(self) == cap.`for`, ENotAuthorized);
    df::remove(&mut self.id, key<Rule>())
}

/// Whether a rule has a configuration.
public fun has_rule_config<T, Rule>(self: &TokenPolicy<T>): bool {
    df::exists_<RuleKey<Rule>>(&self.id, key<Rule>())
}

/// Whether a rule has a configuration of type `Config`.
public fun has_rule_config_with_type<T, Rule, Config: store>(self: &TokenPolicy<T>): bool {
    df::exists_with_type<RuleKey<Rule>, Config>(&self.id, key<Rule>())
}

// === Management of the policy ===

/// Allows an action without rules; aborts with `ENotAuthorized`.
public fun allow<T>(
    self: &mut TokenPolicy<T>,
    cap: &TokenPolicyCap<T>,
    action: String,
    _ctx: &mut TxContext,
) {
    assert!(object::id(self) == cap.`for`, ENotAuthorized);
    self.rules.insert(action, vec_set::empty());
}

/// No longer allows an action; aborts with `ENotAuthorized`.
public fun disallow<T>(
    self: &mut TokenPolicy<T>,
    cap: &TokenPolicyCap<T>,
    action: String,
    _ctx: &mut TxContext,
) {
    assert!(object::id(self) == cap.`for`, ENotAuthorized);
    self.rules.remove(&action);
}

/// Makes an action, allowed from now on, depend on a rule; aborts with `ENotAuthorized`.
public fun add_rule_for_action<T, Rule: drop>(
    self: &mut TokenPolicy<T>,
    cap: &TokenPolicyCap<T>,
    action: String,
    ctx: &mut TxContext,
) {
    assert!(object::id(self) == cap.`for`, ENotAuthorized);
    if (!self.rules.contains(&action)) allow(self, cap, action, ctx);
    self.rules.get_mut(&action).insert(type_name::with_defining_ids<Rule>())
}

/// Makes an action no longer depend on a rule; aborts with `ENotAuthorized`.
public fun remove_rule_for_action<T, Rule: drop>(
    self: &mut TokenPolicy<T>,
    cap: &TokenPolicyCap<T>,
    action: String,
    _ctx: &mut TxContext,
) {
    assert!(object::id(self) == cap.`for`, ENotAuthorized);
    self.rules.get_mut(&action).remove(&type_name::with_defining_ids<Rule>())
}

/// Makes a token.
public fun mint<T>(cap: &mut TreasuryCap<T>, amount: u64, ctx: &mut TxContext): Token<T> {
    let balance = cap.supply_mut().increase_supply(amount);
    Token { id: object::new(ctx), balance }
}

/// Destroys a token.
public fun burn<T>(cap: &mut TreasuryCap<T>, token: Token<T>) {
    let Token { id, balance } = token;
    cap.supply_mut().decrease_supply(balance);
    id.delete();
}

/// Burns what was spent and returns how much it was.
public fun flush<T>(
    self: &mut TokenPolicy<T>,
    cap: &mut TreasuryCap<T>,
    _ctx: &mut TxContext,
): u64 {
    cap.supply_mut().decrease_supply(self.spent_balance.withdraw_all())
}

// === Getters ===

/// Whether the policy allows an action.
public fun is_allowed<T>(self: &TokenPolicy<T>, action: &String): bool {
    self.rules.contains(action)
}

/// The rules of an action; aborts in `sui::vec_map` when it is not allowed.
public fun rules<T>(self: &TokenPolicy<T>, action: &String): VecSet<TypeName> {
    *self.rules.get(action)
}

/// What was spent and not yet burned.
public fun spent_balance<T>(self: &TokenPolicy<T>): u64 {
    self.spent_balance.value()
}

/// The amount in a token.
public fun value<T>(t: &Token<T>): u64 {
    t.balance.value()
}

/// Name of the action `transfer`.
public fun transfer_action(): String {
    TRANSFER.to_string()
}

/// Name of the action `spend`.
public fun spend_action(): String {
    SPEND.to_string()
}

/// Name of the action `to_coin`.
public fun to_coin_action(): String {
    TO_COIN.to_string()
}

/// Name of the action `from_coin`.
public fun from_coin_action(): String {
    FROM_COIN.to_string()
}

/// The action of a request.
public fun action<T>(self: &ActionRequest<T>): String {
    self.name
}

/// The amount of a request.
public fun amount<T>(self: &ActionRequest<T>): u64 {
    self.amount
}

/// Who made a request.
public fun sender<T>(self: &ActionRequest<T>): address {
    self.sender
}

/// Who receives the token of a request.
public fun recipient<T>(self: &ActionRequest<T>): Option<address> {
    self.recipient
}

/// The rules that have approved a request.
public fun approvals<T>(self: &ActionRequest<T>): VecSet<TypeName> {
    self.approvals
}

/// How much a request spends.
public fun spent<T>(self: &ActionRequest<T>): Option<u64> {
    if (self.spent_balance.is_some()) {
        option::some(self.spent_balance.borrow().value())
    } else {
        option::none()
    }
}

fun key<Rule>(): RuleKey<Rule> {
    RuleKey { is_protected: true }
}

// === Tests ===

#[test_only]
/// A policy without a treasury cap.
public fun new_policy_for_testing<T>(ctx: &mut TxContext): (TokenPolicy<T>, TokenPolicyCap<T>) {
    let policy = TokenPolicy {
        id: object::new(ctx),
        spent_balance: balance::zero(),
        rules: vec_map::empty(),
    };
    let cap = TokenPolicyCap { id: object::new(ctx), `for`: object::id(&policy) };
    (policy, cap)
}

#[test_only]
/// Destroys a policy and its cap.
public fun burn_policy_for_testing<T>(policy: TokenPolicy<T>, cap: TokenPolicyCap<T>) {
    let TokenPolicyCap { id: cap_id, `for`: _ } = cap;
    let TokenPolicy { id, rules: _, spent_balance } = policy;
    spent_balance.destroy_for_testing();
    cap_id.delete();
    id.delete();
}

#[test_only]
/// A token out of nothing.
public fun mint_for_testing<T>(amount: u64, ctx: &mut TxContext): Token<T> {
    Token { id: object::new(ctx), balance: balance::create_for_testing(amount) }
}

#[test_only]
/// Destroys a token.
public fun burn_for_testing<T>(token: Token<T>) {
    let Token { id, balance } = token;
    balance.destroy_for_testing();
    id.delete();
}
