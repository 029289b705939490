/// Closed-loop tokens and their policies.
#[test_only]
module sui::token_tests;

use std::unit_test::{assert_eq, destroy};
use sui::coin;
use sui::event;
use sui::test_scenario as ts;
use sui::token::{Self, ActionRequest, Token, TokenPolicy, TokenPolicyCap};

public struct TOKEN has drop {}

public struct Rule has drop {}

fun mint(amount: u64, ctx: &mut TxContext): Token<TOKEN> {
    token::mint_for_testing(amount, ctx)
}

fun policy(ctx: &mut TxContext): (TokenPolicy<TOKEN>, TokenPolicyCap<TOKEN>) {
    token::new_policy_for_testing(ctx)
}

use fun request as TxContext.request;

fun request(ctx: &mut TxContext): ActionRequest<TOKEN> {
    token::new_request(b"act".to_string(), 5, option::none(), option::none(), ctx)
}

#[test]
fun own_tokens() {
    let mut scenario = ts::begin(@0xa);
    let ctx = scenario.ctx();
    let mut token = mint(10, ctx);
    let part = token.split(4, ctx);
    assert!(token.value() == 6 && part.value() == 4);
    token.join(part);
    token.keep(ctx);
    token::zero<TOKEN>(ctx).destroy_zero();
    scenario.next_tx(@0xa);
    scenario.take_from_sender<Token<TOKEN>>().burn_for_testing();
    scenario.end();
}

#[test]
fun actions() {
    let mut scenario = ts::begin(@0xa);
    let ctx = scenario.ctx();
    let (mut policy, cap) = policy(ctx);
    assert!(!policy.is_allowed(&token::transfer_action()));
    policy.allow(&cap, token::transfer_action(), ctx);
    policy.allow(&cap, token::spend_action(), ctx);
    policy.allow(&cap, token::to_coin_action(), ctx);
    policy.allow(&cap, token::from_coin_action(), ctx);
    assert!(policy.is_allowed(&token::transfer_action()));

    let request = mint(5, ctx).transfer(@0xb, ctx);
    assert_eq!(request.action(), b"transfer".to_string());
    assert_eq!(request.amount(), 5);
    assert_eq!(request.sender(), @0xa);
    assert_eq!(request.recipient(), option::some(@0xb));
    assert_eq!(request.spent(), option::none());
    assert!(request.approvals().is_empty());
    let (name, amount, sender, recipient) = policy.confirm_request(request, ctx);
    assert_eq!(name, token::transfer_action());
    assert_eq!(amount, 5);
    assert_eq!(sender, @0xa);
    assert_eq!(recipient, option::some(@0xb));

    let request = mint(6, ctx).spend(ctx);
    assert_eq!(request.spent(), option::some(6));
    policy.confirm_request_mut(request, ctx);
    assert_eq!(policy.spent_balance(), 6);

    let (coin, request) = mint(7, ctx).to_coin(ctx);
    policy.confirm_request(request, ctx);
    let (token, request) = token::from_coin(coin, ctx);
    assert_eq!(token.value(), 7);
    policy.confirm_request(request, ctx);
    token.burn_for_testing();

    policy.disallow(&cap, token::transfer_action(), ctx);
    assert!(!policy.is_allowed(&token::transfer_action()));
    policy.burn_policy_for_testing(cap);
    scenario.end();
}

#[test]
fun treasury() {
    let mut scenario = ts::begin(@0xa);
    let ctx = scenario.ctx();
    let mut treasury = coin::create_treasury_cap_for_testing<TOKEN>(ctx);
    let (mut policy, cap) = token::new_policy(&treasury, ctx);
    let mut token = token::mint(&mut treasury, 10, ctx);
    let first = token.split(3, ctx).spend(ctx);
    let second = token.split(2, ctx).spend(ctx);
    token::burn(&mut treasury, token);
    assert_eq!(treasury.total_supply(), 5);
    token::confirm_with_treasury_cap(&mut treasury, first, ctx);
    assert_eq!(treasury.total_supply(), 2);
    policy.allow(&cap, token::spend_action(), ctx);
    policy.confirm_request_mut(second, ctx);
    assert_eq!(policy.flush(&mut treasury, ctx), 2);
    assert_eq!(treasury.total_supply(), 0);
    let request = ctx.request();
    token::confirm_with_policy_cap(&cap, request, ctx);
    let request = ctx.request();
    token::confirm_with_treasury_cap(&mut treasury, request, ctx);
    policy.share_policy();
    assert_eq!(event::events_by_type<token::TokenPolicyCreated<TOKEN>>().length(), 1);
    destroy(cap);
    destroy(treasury);
    scenario.end();
}

#[test]
fun rules() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, cap) = policy(ctx);
    policy.add_rule_for_action<TOKEN, Rule>(&cap, b"act".to_string(), ctx);
    assert_eq!(policy.rules(&b"act".to_string()).length(), 1);
    let mut request = ctx.request();
    token::add_approval(Rule {}, &mut request, ctx);
    assert_eq!(request.approvals().length(), 1);
    policy.confirm_request(request, ctx);
    policy.remove_rule_for_action<TOKEN, Rule>(&cap, b"act".to_string(), ctx);
    let request = ctx.request();
    policy.confirm_request(request, ctx);

    assert!(!policy.has_rule_config<TOKEN, Rule>());
    token::add_rule_config(Rule {}, &mut policy, &cap, 7u64, ctx);
    assert!(policy.has_rule_config<TOKEN, Rule>());
    assert!(policy.has_rule_config_with_type<TOKEN, Rule, u64>());
    assert!(!policy.has_rule_config_with_type<TOKEN, Rule, u8>());
    *token::rule_config_mut(Rule {}, &mut policy, &cap) = 8u64;
    assert_eq!(*token::rule_config(Rule {}, &policy), 8u64);
    assert_eq!(policy.remove_rule_config<TOKEN, Rule, u64>(&cap, ctx), 8);
    policy.burn_policy_for_testing(cap);
}

#[test, expected_failure(abort_code = token::EUnknownAction)]
fun unknown_action() {
    let ctx = &mut tx_context::dummy();
    let (policy, _cap) = policy(ctx);
    let request = ctx.request();
    policy.confirm_request(request, ctx);
    abort 100
}

#[test, expected_failure(abort_code = token::EUnknownAction)]
fun unknown_spending_action() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, _cap) = policy(ctx);
    let request = mint(1, ctx).spend(ctx);
    policy.confirm_request_mut(request, ctx);
    abort 100
}

#[test, expected_failure(abort_code = token::ENotApproved)]
fun not_approved() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, cap) = policy(ctx);
    policy.add_rule_for_action<TOKEN, Rule>(&cap, b"act".to_string(), ctx);
    let request = ctx.request();
    policy.confirm_request(request, ctx);
    abort 100
}

#[test, expected_failure(abort_code = token::ECantConsumeBalance)]
fun spent_balance_with_immutable_policy() {
    let ctx = &mut tx_context::dummy();
    let (policy, _cap) = policy(ctx);
    let request = mint(1, ctx).spend(ctx);
    policy.confirm_request(request, ctx);
    abort 100
}

#[test, expected_failure(abort_code = token::ECantConsumeBalance)]
fun spent_balance_with_policy_cap() {
    let ctx = &mut tx_context::dummy();
    let (_policy, cap) = policy(ctx);
    let request = mint(1, ctx).spend(ctx);
    token::confirm_with_policy_cap(&cap, request, ctx);
    abort 100
}

#[test, expected_failure(abort_code = token::EUseImmutableConfirm)]
fun nothing_spent() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, cap) = policy(ctx);
    policy.allow(&cap, b"act".to_string(), ctx);
    let request = ctx.request();
    policy.confirm_request_mut(request, ctx);
    abort 100
}

#[test, expected_failure(abort_code = token::ENotAuthorized)]
fun allow_with_another_cap() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, _cap) = policy(ctx);
    let (_other, other_cap) = token::new_policy_for_testing<TOKEN>(ctx);
    policy.allow(&other_cap, b"act".to_string(), ctx);
    abort 100
}

#[test, expected_failure(abort_code = token::ENoConfig)]
fun no_config() {
    let (policy, _cap) = policy(&mut tx_context::dummy());
    token::rule_config<TOKEN, Rule, u64>(Rule {}, &policy);
    abort 100
}

#[test, expected_failure(abort_code = token::ENoConfig)]
fun remove_no_config() {
    let ctx = &mut tx_context::dummy();
    let (mut policy, cap) = policy(ctx);
    policy.remove_rule_config<TOKEN, Rule, u64>(&cap, ctx);
    abort 100
}

#[test, expected_failure(abort_code = token::EBalanceTooLow)]
fun split_too_much() {
    let ctx = &mut tx_context::dummy();
    let mut token = mint(1, ctx);
    let _part = token.split(2, ctx);
    abort 100
}

#[test, expected_failure(abort_code = token::ENotZero)]
fun destroy_value() {
    mint(1, &mut tx_context::dummy()).destroy_zero();
}
