/// Objects that only the system changes: zkLogin keys, address aliases, settings, accumulators.
#[test_only]
module sui::system_tests;

use std::unit_test::{assert_eq, destroy};
use sui::accumulator::{Self, AccumulatorRoot};
use sui::accumulator_settlement as settlement;
use sui::address_alias::{Self, AddressAliases, AddressAliasState};
use sui::authenticator_state::{Self as auth, AuthenticatorState, ActiveJwk};
use sui::balance::{Self, Balance};
use sui::coin;
use sui::config;
use sui::event;
use sui::funds_accumulator::{Self, Withdrawal};
use sui::sui::SUI;
use sui::test_scenario as ts;

// === zkLogin keys ===

fun jwk(iss: vector<u8>, kid: vector<u8>, kty: vector<u8>, epoch: u64): ActiveJwk {
    auth::create_active_jwk_for_testing(iss.to_string(), kid.to_string(), kty.to_string(), epoch)
}

fun with_state(): (ts::Scenario, AuthenticatorState) {
    let mut scenario = ts::begin(@0x0);
    auth::create_for_testing(scenario.ctx());
    scenario.next_tx(@0x0);
    let state = scenario.take_shared<AuthenticatorState>();
    (scenario, state)
}

#[test]
fun jwks() {
    let (mut scenario, mut state) = with_state();
    let ctx = scenario.ctx();
    assert_eq!(object::id_address(&state), @0x7);
    let a1 = jwk(b"a", b"1", b"x", 1);
    let a3 = jwk(b"a", b"3", b"x", 1);
    let b1 = jwk(b"b", b"1", b"x", 2);
    state.update_authenticator_state_for_testing(vector[a1, a3, b1], ctx);
    // A new key in its place, a known one for longer, one in place of another ignored.
    let a2 = jwk(b"a", b"2", b"x", 1);
    let a3_later = jwk(b"a", b"3", b"x", 5);
    let b1_changed = jwk(b"b", b"1", b"y", 6);
    let long = jwk(b"long", b"1", b"x", 1);
    state.update_authenticator_state_for_testing(vector[a2, a3_later, b1_changed, long], ctx);
    let jwks = state.get_active_jwks_for_testing(ctx);
    assert_eq!(jwks, vector[a1, a2, a3_later, b1, long]);
    // Issuers b and long have no newer key.
    state.expire_jwks_for_testing(3, ctx);
    assert_eq!(state.get_active_jwks_for_testing(ctx), vector[a3_later, b1, long]);
    ts::return_shared(state);
    scenario.end();
}

#[test, expected_failure(abort_code = auth::EJwksNotSorted)]
fun jwks_not_sorted() {
    let (mut scenario, mut state) = with_state();
    let ctx = scenario.ctx();
    let (first, second) = (jwk(b"a", b"1", b"x", 1), jwk(b"b", b"1", b"x", 1));
    state.update_authenticator_state_for_testing(vector[second, first], ctx);
    abort 100
}

#[test, expected_failure(abort_code = auth::ENotSystemAddress)]
fun jwks_by_user() {
    auth::create_for_testing(&tx_context::new_from_hint(@0xa, 0, 0, 0, 0));
}

// === Aliases ===

#[test]
fun aliases() {
    let mut scenario = ts::begin(@0x0);
    address_alias::create_for_testing(scenario.ctx());
    scenario.next_tx(@0xa);
    let mut state = scenario.take_shared<AddressAliasState>();
    assert_eq!(object::id_address(&state), @0xa);
    address_alias::enable(&mut state, scenario.ctx());
    ts::return_shared(state);

    let mut aliases = address_alias::new_for_testing(@0xa, scenario.ctx());
    aliases.add(@0xb);
    assert_eq!(aliases.aliases_for_testing(), vector[@0xa, @0xb]);
    aliases.remove(@0xa);
    assert_eq!(aliases.aliases_for_testing(), vector[@0xb]);
    aliases.replace_all(vector[@0xc, @0xd]);
    assert_eq!(aliases.aliases_for_testing(), vector[@0xc, @0xd]);
    destroy(aliases);
    scenario.end();
}

fun new_aliases(): AddressAliases {
    address_alias::new_for_testing(@0xa, &mut tx_context::dummy())
}

#[test, expected_failure(abort_code = address_alias::EAliasAlreadyExists)]
fun alias_twice() {
    let mut aliases = new_aliases();
    aliases.add(@0xa);
    abort 100
}

#[test, expected_failure(abort_code = address_alias::ENoSuchAlias)]
fun remove_no_alias() {
    let mut aliases = new_aliases();
    address_alias::remove(&mut aliases, @0xb);
    abort 100
}

#[test, expected_failure(abort_code = address_alias::ECannotRemoveLastAlias)]
fun remove_last_alias() {
    let mut aliases = new_aliases();
    address_alias::remove(&mut aliases, @0xa);
    abort 100
}

#[test, expected_failure(abort_code = address_alias::ECannotRemoveLastAlias)]
fun replace_by_nothing() {
    let mut aliases = new_aliases();
    address_alias::replace_all(&mut aliases, vector[]);
    abort 100
}

#[test, expected_failure(abort_code = address_alias::ETooManyAliases)]
fun too_many_aliases() {
    let mut aliases = new_aliases();
    let many = vector[@0x1, @0x2, @0x3, @0x4, @0x5, @0x6, @0x7, @0x8];
    address_alias::replace_all(&mut aliases, many);
    address_alias::add(&mut aliases, @0x9);
    abort 100
}

#[test, expected_failure(abort_code = address_alias::ENotSystemAddress)]
fun alias_state_by_user() {
    address_alias::create_for_testing(&tx_context::new_from_hint(@0xa, 0, 0, 0, 0));
}

// === Settings ===

public struct WriteCap has drop {}

#[test]
fun settings() {
    let mut scenario = ts::begin(@0xa);
    let cap = &mut WriteCap {};
    let mut config = config::new(cap, scenario.ctx());
    let id = object::id(&config);
    assert!(!config.exists_with_type<WriteCap, u64, u8>(1));
    assert!(config.remove_for_next_epoch<WriteCap, u64, u8>(cap, 1, scenario.ctx()).is_none());
    assert!(config.add_for_next_epoch(cap, 1u64, 10u8, scenario.ctx()).is_none());
    assert!(config.exists_with_type<WriteCap, u64, u8>(1));
    assert!(config.exists_with_type_for_next_epoch<WriteCap, u64, u8>(1, scenario.ctx()));
    assert_eq!(config.read_setting_for_next_epoch<WriteCap, u64, u8>(1), option::some(10));
    *config.borrow_for_next_epoch_mut<WriteCap, u64, u8>(cap, 1, scenario.ctx()) = 11;
    assert_eq!(config::read_setting<u64, u8>(id, 1, scenario.ctx()), option::none());
    config.share();

    scenario.next_epoch(@0xa);
    let mut config = scenario.take_shared<config::Config<WriteCap>>();
    assert_eq!(config::read_setting<u64, u8>(id, 1, scenario.ctx()), option::some(11));
    assert!(!config.exists_with_type_for_next_epoch<WriteCap, u64, u8>(1, scenario.ctx()));
    assert!(config.add_for_next_epoch(cap, 1u64, 20u8, scenario.ctx()).is_none());
    assert_eq!(config::read_setting<u64, u8>(id, 1, scenario.ctx()), option::some(11));
    assert_eq!(
        config.remove_for_next_epoch<WriteCap, u64, u8>(cap, 1, scenario.ctx()),
        option::some(20),
    );
    assert_eq!(config.read_setting_for_next_epoch<WriteCap, u64, u8>(1), option::none());
    config.add_for_next_epoch(cap, 1u64, 30u8, scenario.ctx());
    ts::return_shared(config);

    scenario.next_epoch(@0xa);
    let mut config = scenario.take_shared<config::Config<WriteCap>>();
    assert_eq!(config::read_setting<u64, u8>(id, 1, scenario.ctx()), option::some(30));
    assert_eq!(
        config.add_for_next_epoch(cap, 1u64, 40u8, scenario.ctx()),
        option::some(11),
    );
    ts::return_shared(config);
    scenario.end();
}

#[test]
fun settings_of_an_owner() {
    let mut scenario = ts::begin(@0xa);
    config::new(&mut WriteCap {}, scenario.ctx()).transfer(@0xa);
    scenario.next_tx(@0xa);
    scenario.take_from_sender<config::Config<WriteCap>>().destroy_for_testing();
    scenario.end();
}

#[test, expected_failure(abort_code = config::EAlreadySetForEpoch)]
fun set_twice() {
    let ctx = &mut tx_context::dummy();
    let cap = &mut WriteCap {};
    let mut config = config::new(cap, ctx);
    config.add_for_next_epoch(cap, 1u64, 10u8, ctx);
    config.add_for_next_epoch(cap, 1u64, 11u8, ctx);
    abort 100
}

#[test, expected_failure(abort_code = config::ENotSetForEpoch)]
fun not_set_in_this_epoch() {
    let ctx = &mut tx_context::dummy();
    let cap = &mut WriteCap {};
    let mut config = config::new(cap, ctx);
    config.add_for_next_epoch(cap, 1u64, 10u8, ctx);
    ctx.increment_epoch_number();
    config.borrow_for_next_epoch_mut<WriteCap, u64, u8>(cap, 1, ctx);
    abort 100
}

// === Accumulators ===

fun with_root(): (ts::Scenario, AccumulatorRoot) {
    let mut scenario = ts::begin(@0x0);
    accumulator::create_for_testing(scenario.ctx());
    scenario.next_tx(@0x0);
    let root = scenario.take_shared<AccumulatorRoot>();
    (scenario, root)
}

#[test]
fun settled_funds() {
    let (mut scenario, mut root) = with_root();
    assert_eq!(object::id_address(&root), @0xacc);
    assert_eq!(balance::settled_funds_value<SUI>(&root, @0xb), 0);
    let ctx = scenario.ctx();
    settlement::settle_u128_for_testing<Balance<SUI>>(&mut root, @0xb, 100, 0, ctx);
    assert_eq!(balance::settled_funds_value<SUI>(&root, @0xb), 100);
    settlement::settle_u128_for_testing<Balance<SUI>>(&mut root, @0xb, 0, 40, ctx);
    assert_eq!(balance::settled_funds_value<SUI>(&root, @0xb), 60);
    let more = std::u64::max_value!() as u128;
    settlement::settle_u128_for_testing<Balance<SUI>>(&mut root, @0xb, more, 0, ctx);
    assert_eq!(balance::settled_funds_value<SUI>(&root, @0xb), std::u64::max_value!());
    settlement::settle_u128_for_testing<Balance<SUI>>(&mut root, @0xb, 0, more + 60, ctx);
    assert_eq!(balance::settled_funds_value<SUI>(&root, @0xb), 0);
    ts::return_shared(root);
    scenario.end();
}

#[test, expected_failure(abort_code = accumulator::EInvalidSplitAmount)]
fun settle_more_than_there_is() {
    let (mut scenario, mut root) = with_root();
    settlement::settle_u128_for_testing<Balance<SUI>>(&mut root, @0xb, 0, 1, scenario.ctx());
    abort 100
}

#[test, expected_failure(abort_code = settlement::EInvalidSplitAmount)]
fun settle_nothing() {
    let (mut scenario, mut root) = with_root();
    settlement::settle_u128_for_testing<Balance<SUI>>(&mut root, @0xb, 0, 0, scenario.ctx());
    abort 100
}

#[test, expected_failure(abort_code = settlement::ENotSystemAddress)]
fun settle_by_user() {
    let (mut scenario, mut root) = with_root();
    scenario.next_with_context(ts::ctx_builder_from_sender(@0xa));
    settlement::settle_u128_for_testing<Balance<SUI>>(&mut root, @0xb, 1, 0, scenario.ctx());
    abort 100
}

#[test, expected_failure(abort_code = accumulator::ENotSystemAddress)]
fun root_by_user() {
    accumulator::create_for_testing(&tx_context::new_from_hint(@0xa, 0, 0, 0, 0));
}

#[test]
fun event_streams() {
    let (mut scenario, mut root) = with_root();
    let ctx = scenario.ctx();
    settlement::settle_events_for_testing(&mut root, @0x5, 11, 2, 7, ctx);
    let (mmr, checkpoint, count) = settlement::stream_head_for_testing(&root, @0x5);
    assert_eq!(mmr, vector[11]);
    assert_eq!(checkpoint, 7);
    assert_eq!(count, 2);
    settlement::settle_events_for_testing(&mut root, @0x5, 12, 1, 8, ctx);
    settlement::settle_events_for_testing(&mut root, @0x5, 13, 1, 9, ctx);
    let (mmr, checkpoint, count) = settlement::stream_head_for_testing(&root, @0x5);
    assert_eq!(mmr.length(), 2);
    assert_eq!(mmr[0], 13);
    assert!(mmr[1] != 0);
    assert_eq!(checkpoint, 9);
    assert_eq!(count, 4);
    ts::return_shared(root);
    scenario.end();
}

public struct Happened has copy, drop {
    value: u64,
}

#[test]
fun authenticated_event() {
    event::emit_authenticated(Happened { value: 1 });
    assert_eq!(event::events_by_type<Happened>(), vector[Happened { value: 1 }]);
}

// === Funds of addresses ===

fun withdrawal(owner: address, limit: u256): Withdrawal<Balance<SUI>> {
    funds_accumulator::create_withdrawal_for_testing(owner, limit)
}

#[test]
fun funds() {
    let mut scenario = ts::begin(@0xa);
    coin::mint_for_testing<SUI>(5, scenario.ctx()).send_funds(@0xb);
    balance::create_for_testing<SUI>(6).send_funds(@0xb);
    scenario.next_tx(@0xb);
    assert_eq!(coin::redeem_funds(withdrawal(@0xb, 4), scenario.ctx()).burn_for_testing(), 4);
    assert_eq!(balance::redeem_funds(withdrawal(@0xb, 7)).destroy_for_testing(), 7);
    scenario.end();
}

#[test]
fun withdrawals() {
    let mut first = withdrawal(@0xb, 10);
    let second = first.withdrawal_split(3);
    assert_eq!(first.withdrawal_limit(), 7);
    assert_eq!(second.withdrawal_limit(), 3);
    assert_eq!(second.withdrawal_owner(), @0xb);
    first.withdrawal_join(second);
    assert_eq!(first.withdrawal_limit(), 10);
    let mut scenario = ts::begin(@0xa);
    let mut id = scenario.new_object();
    let of_object = balance::withdraw_funds_from_object<SUI>(&mut id, 3);
    assert_eq!(of_object.withdrawal_owner(), id.to_address());
    assert_eq!(of_object.withdrawal_limit(), 3);
    id.delete();
    scenario.end();
}

#[test, expected_failure(abort_code = funds_accumulator::EInvalidSubLimit)]
fun split_withdrawal_too_much() {
    let mut first = withdrawal(@0xb, 10);
    first.withdrawal_split(11);
    abort 100
}

#[test, expected_failure(abort_code = funds_accumulator::EOwnerMismatch)]
fun join_withdrawals_of_two() {
    let mut first = withdrawal(@0xb, 10);
    first.withdrawal_join(withdrawal(@0xc, 1));
    abort 100
}

#[test, expected_failure(abort_code = funds_accumulator::EOverflow)]
fun join_withdrawals_beyond_u256() {
    let mut first = withdrawal(@0xb, std::u256::max_value!());
    first.withdrawal_join(withdrawal(@0xb, 1));
    abort 100
}
