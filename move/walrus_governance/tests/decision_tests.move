/// What can be decided, within which bounds, and upgrades on both routes.
#[test_only]
module walrus_governance::decision_tests;

use std::unit_test::{assert_eq, destroy};
use sui::bcs;
use sui::event;
use sui::package;
use walrus::auth;
use walrus::penalty_ledger;
use walrus::upgrade;
use walrus_audit::audit::AuditRegistry;
use walrus_governance::fixture::{Self, Governed, yes, no};
use walrus_governance::governance::{Self, Governance};
use walrus_governance::governance_events::OperatorUpgradeRatified;
use walrus_governance::param_rules;

const WAL_UNIT: u64 = 1_000_000_000;
const MAX: u64 = 18_446_744_073_709_551_615;

fun try_param(number: u16, value: u64) {
    let mut governed = fixture::begin();
    governed.propose(governance::param_action(number, value));
    governed.end();
}

/// Every row: number of a parameter and a value at one of its bounds.
fun accept(rows: vector<vector<u64>>) {
    let mut governed = fixture::begin();
    rows.do!(|row| {
        let proposal = governed.propose(governance::param_action(row[0] as u16, row[1]));
        assert!(governed.governance().proposal(proposal).is_open());
    });
    governed.end();
}

// === Parameters of audits ===

#[test]
fun audit_parameters_are_replaced_one_by_one() {
    let old = penalty_ledger::default_params();
    // Distinct values within all bounds, in the order of the fields.
    let values = vector[801, 82, 803, 804, 805, 806, 807, 8_000_000_000_000_008, 809, 810, 811, 812, 813];
    let mut params = old;
    13u16.do!(|i| {
        params = param_rules::replace_audit_param(&params, i, values[i as u64]);
    });
    let mut bytes = bcs::new(bcs::to_bytes(&params));
    13u64.do!(|i| {
        let value = if (i == 7) bytes.peel_u64() else bytes.peel_u16() as u64;
        assert_eq!(value, values[i]);
    });
    assert_eq!(bytes.into_remainder_bytes().length(), 0);
    assert_eq!(
        params,
        penalty_ledger::new_params(
            801, 82, 803, 804, 805, 806, 807, 8_000_000_000_000_008, 809, 810, 811, 812, 813,
        ),
    );
}

#[test]
fun an_audit_parameter_is_decided() {
    let mut governed = fixture::begin();
    governed.decide(7, 123);
    assert_eq!(governed.registry().params().bond(), 123);
    governed.end();
}

#[test]
fun audit_parameters_at_their_bounds() {
    accept(vector[
        vector[2, 100], vector[2, 5_000], vector[3, 100], vector[3, 10_000], vector[5, 2_000],
        vector[7, MAX], vector[8, 10_000], vector[10, 10_000], vector[11, 10_000], vector[12, 10_000],
    ])
}

#[test, expected_failure(abort_code = penalty_ledger::EInvalidParams)]
fun a_penalty_above_a_fifth_fails() { try_param(5, 2_001) }

#[test, expected_failure(abort_code = penalty_ledger::EInvalidParams)]
fun a_window_too_short_fails() { try_param(2, 99) }

#[test, expected_failure(abort_code = penalty_ledger::EInvalidParams)]
fun a_window_too_long_fails() { try_param(2, 5_001) }

#[test, expected_failure(abort_code = penalty_ledger::EInvalidParams)]
fun a_tolerance_below_one_percent_fails() { try_param(3, 99) }

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun an_audit_parameter_of_more_than_16_bits_fails() { try_param(0, 65_536) }

#[test, expected_failure(abort_code = param_rules::ENoSuchParam)]
fun a_parameter_after_those_of_audits_fails() { try_param(13, 1) }

// === Parameters of the protocol ===

#[test]
fun protocol_parameters_at_their_bounds() {
    accept(vector[
        vector[100, 0], vector[100, 1_000], vector[101, 3_600_000], vector[101, 5_184_000_000],
        vector[102, 1], vector[102, 150], vector[103, 0], vector[103, WAL_UNIT], vector[104, 0],
        vector[104, WAL_UNIT], vector[105, 1], vector[105, MAX], vector[106, WAL_UNIT], vector[107, 1],
    ])
}

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun a_burn_share_above_a_tenth_fails() { try_param(100, 1_001) }

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun an_epoch_too_short_fails() { try_param(101, 3_599_999) }

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun an_epoch_too_long_fails() { try_param(101, 5_184_000_001) }

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun an_active_set_without_members_fails() { try_param(102, 0) }

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun an_active_set_too_large_fails() { try_param(102, 151) }

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun a_threshold_too_high_for_the_stake_fails() { try_param(103, WAL_UNIT + 1) }

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun a_least_price_beyond_reach_fails() { try_param(104, WAL_UNIT + 1) }

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun a_highest_price_of_nothing_fails() { try_param(107, 0) }

#[test, expected_failure(abort_code = param_rules::ENoSuchParam)]
fun a_parameter_before_those_of_the_protocol_fails() { try_param(99, 1) }

#[test, expected_failure(abort_code = param_rules::ENoSuchParam)]
fun a_parameter_after_those_of_the_protocol_fails() { try_param(108, 1) }

#[test]
fun a_price_bound_is_decided() {
    let mut governed = fixture::begin();
    governed.decide(105, 3);
    assert_eq!(governed.network().staking().next_param(5), option::some(3));
    governed.end();
}

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun a_least_price_above_the_highest_fails() {
    let mut governed = fixture::begin();
    governed.decide(105, 3);
    governed.propose(governance::param_action(104, 4));
    abort
}

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
fun a_highest_price_below_the_least_fails() {
    let mut governed = fixture::begin();
    governed.decide(106, 4);
    governed.propose(governance::param_action(107, 3));
    abort
}

#[test, expected_failure(abort_code = param_rules::EOutOfBounds)]
/// Bounds are checked again when a decision is carried out.
fun two_decisions_that_do_not_fit_fail_at_the_second() {
    let mut governed = fixture::begin();
    let highest = governed.propose(governance::param_action(105, 3));
    let least = governed.propose(governance::param_action(104, 4));
    governed.vote_all(least, yes());
    governed.approve(highest);
    governed.close(least);
    governed.go_to_epoch(5);
    governed.execute_param(highest);
    governed.execute_param(least);
    abort
}

// === Parameters of governance ===

#[test]
fun governance_parameters_are_decided() {
    let mut governed = fixture::begin();
    governed.decide(200, 5 * WAL_UNIT);
    assert_eq!(governed.governance().params().bond(), 5 * WAL_UNIT);
    // One by one, distinct values within all bounds, in the order of the fields.
    let mut expected = bcs::to_bytes(&(7 * WAL_UNIT));
    expected.append(bcs::to_bytes(&11u16));
    expected.append(bcs::to_bytes(&3u32));
    expected.append(bcs::to_bytes(&4u32));
    expected.append(bcs::to_bytes(&5u32));
    vector[3_001u16, 6_002, 7_003, 1_004, 1_005, 206].do!(|value| {
        expected.append(bcs::to_bytes(&value));
    });
    let values = vector[7 * WAL_UNIT, 11, 3, 4, 5, 3_001, 6_002, 7_003, 1_004, 1_005, 206];
    let mut params = governance::default_params();
    values.length().do!(|i| {
        params = params.replace_for_testing(200 + (i as u16), values[i]);
    });
    assert_eq!(bcs::to_bytes(&params), expected);
    governed.end();
}

/// Every row: number of a parameter of governance and a value at one of its bounds.
fun within(): vector<vector<u64>> {
    vector[
        vector[200, WAL_UNIT], vector[200, 1_000_000 * WAL_UNIT], vector[201, 1], vector[201, 64],
        vector[202, 1], vector[202, 14], vector[203, 2], vector[203, 16], vector[204, 1], vector[204, 16],
        vector[205, 2_001], vector[205, 6_000], vector[206, 5_000], vector[206, 9_000], vector[207, 6_000],
        vector[207, 9_000], vector[208, 1_000], vector[208, 5_000], vector[209, 0], vector[209, 2_999],
        vector[210, 0], vector[210, 3_000],
    ]
}

#[test]
fun governance_parameters_at_their_bounds_are_valid() {
    within().do!(|row| {
        assert!(governance::default_params().is_valid_for_testing(row[0] as u16, row[1]));
    });
}

/// Every row: number of a parameter of governance and a value beyond one of its bounds.
fun beyond(): vector<vector<u64>> {
    vector[
        vector[200, WAL_UNIT - 1], vector[200, 1_000_000 * WAL_UNIT + 1], vector[201, 0], vector[201, 65],
        vector[202, 0], vector[202, 15], vector[203, 1], vector[203, 17], vector[204, 0], vector[204, 17],
        vector[205, 2_000], vector[205, 6_001], vector[206, 4_999], vector[206, 9_001], vector[207, 5_999],
        vector[207, 9_001], vector[208, 999], vector[208, 5_001], vector[209, 3_000], vector[210, 3_001],
        vector[211, 1], vector[201, 65_536 + 1],
    ]
}

#[test]
fun governance_parameters_beyond_their_bounds_are_invalid() {
    beyond().do!(|row| {
        let params = governance::default_params();
        assert!(!params.is_valid_for_testing(row[0] as u16, row[1]));
    });
}

#[test, expected_failure(abort_code = governance::EInvalidParams)]
fun a_delay_too_short_to_leave_fails() { try_param(203, 1) }

#[test, expected_failure(abort_code = governance::EInvalidParams)]
fun operators_that_make_a_quorum_fail() { try_param(209, 3_000) }

#[test, expected_failure(abort_code = governance::EInvalidParams)]
fun a_parameter_after_those_of_governance_fails() { try_param(211, 1) }

#[test, expected_failure(abort_code = governance::EInvalidParams)]
fun a_parameter_of_governance_of_more_than_16_bits_fails() { try_param(202, 65_537) }

// === Upgrades ===

fun propose_upgrade(governed: &mut Governed): ID {
    governed.propose(governance::upgrade_action(fixture::digest(), 1))
}

#[test]
fun stakers_upgrade_the_package() {
    let mut governed = fixture::begin();
    let proposal = propose_upgrade(&mut governed);
    governed.approve(proposal);
    governed.go_to_epoch(5);
    let (staking, system, _, _, _) = governed.network().parts();
    assert_eq!(system.new_package_id_for_testing(), option::none());
    assert_eq!(staking.epoch(), 5);
    governed.upgrade(proposal);
    assert_eq!(governed.manager().version(), 2);
    assert!(governed.network().system().new_package_id_for_testing().is_some());
    assert_eq!(
        governed.governance().proposal(proposal).state(),
        governance::executed_for_testing(),
    );
    governed.end();
}

#[test, expected_failure(abort_code = upgrade::EWrongVersion)]
/// Attack: confusion of digests and versions. A proposal is stale after any upgrade.
fun an_upgrade_is_stale_after_another_one() {
    let mut governed = fixture::begin();
    let first = propose_upgrade(&mut governed);
    let second = propose_upgrade(&mut governed);
    governed.vote_all(second, yes());
    governed.approve(first);
    governed.close(second);
    governed.go_to_epoch(5);
    governed.upgrade(first);
    governed.upgrade(second);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongAction)]
fun a_parameter_is_no_upgrade() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.go_to_epoch(5);
    governed.upgrade(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongTime)]
fun an_upgrade_waits_for_the_delay() {
    let mut governed = fixture::begin();
    let proposal = propose_upgrade(&mut governed);
    governed.approve(proposal);
    governed.go_to_epoch(4);
    governed.upgrade(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::ENotApproved)]
fun operators_stop_an_upgrade_of_the_stakers() {
    let mut governed = fixture::begin();
    let proposal = propose_upgrade(&mut governed);
    governed.approve(proposal);
    governed.node_veto(proposal, 0);
    governed.go_to_epoch(5);
    governed.upgrade(proposal);
    abort
}

/// Lets the nodes with 4 and 3 shards vote for the package.
fun vote_as_operators(governed: &mut Governed) {
    2u64.do!(|i| {
        let node_id = governed.network().node_id(i);
        let authenticated = auth::authenticate_sender(governed.network().scenario().ctx());
        governed.vote_for_upgrade(authenticated, node_id, fixture::digest());
    })
}

fun propose_ratification(governed: &mut Governed): ID {
    governed.propose(governance::ratify_action(fixture::digest(), 1))
}

#[test]
fun operators_upgrade_to_what_is_ratified() {
    let mut governed = fixture::begin();
    let proposal = propose_ratification(&mut governed);
    // Silence is consent, and 19.9 percent do not refuse.
    governed.vote(proposal, 3, no());
    governed.go_to_epoch(3);
    governed.close_ratification(proposal);
    let ratified = event::events_by_type<OperatorUpgradeRatified>();
    let mut bytes = bcs::new(bcs::to_bytes(&ratified[0]));
    assert_eq!(bytes.peel_u32(), 3);
    assert_eq!(bytes.peel_vec_u8(), fixture::digest());
    assert_eq!(bytes.peel_u64(), 1);
    assert_eq!(bytes.peel_u32(), 5);
    // The votes are of one epoch.
    governed.next_epoch();
    vote_as_operators(&mut governed);
    let ticket = governed.authorize_upgrade(fixture::digest());
    governed.commit_upgrade(package::test_upgrade(ticket));
    assert_eq!(governed.manager().version(), 2);
    governed.end();
}

#[test, expected_failure(abort_code = upgrade::ENotRatified)]
/// Neither house acts alone.
fun operators_do_not_upgrade_without_the_stakers() {
    let mut governed = fixture::begin();
    vote_as_operators(&mut governed);
    let _ticket = governed.authorize_upgrade(fixture::digest());
    abort
}

#[test, expected_failure(abort_code = upgrade::ENotRatified)]
fun a_fifth_of_the_stake_refuses() {
    let mut governed = fixture::begin();
    let proposal = propose_ratification(&mut governed);
    governed.vote(proposal, 0, yes());
    governed.vote(proposal, 2, no());
    governed.go_to_epoch(3);
    governed.close_ratification(proposal);
    assert_eq!(
        governed.governance().proposal(proposal).state(),
        governance::rejected_for_testing(),
    );
    vote_as_operators(&mut governed);
    let _ticket = governed.authorize_upgrade(fixture::digest());
    abort
}

#[test, expected_failure(abort_code = upgrade::ENotRatified)]
fun a_ratification_ends() {
    let mut governed = fixture::begin();
    let proposal = propose_ratification(&mut governed);
    governed.go_to_epoch(3);
    governed.close_ratification(proposal);
    governed.go_to_epoch(5);
    vote_as_operators(&mut governed);
    let _ticket = governed.authorize_upgrade(fixture::digest());
    abort
}

#[test, expected_failure(abort_code = governance::EVotingOpen)]
fun a_ratification_is_not_closed_early() {
    let mut governed = fixture::begin();
    let proposal = propose_ratification(&mut governed);
    governed.close_ratification(proposal);
    abort
}

#[test]
/// The emergency capability is for the start only; it is given up for ever.
fun the_emergency_capability_is_given_up() {
    let mut governed = fixture::begin();
    let scenario = governed.network().scenario();
    scenario.take_from_sender<upgrade::EmergencyUpgradeCap>().burn_emergency_upgrade_cap();
    governed.end();
}

// === Links ===

#[test]
/// The same goes for the governance package, whose address is 0x0 here; the end-to-end test links it.
fun packages_are_linked_to_a_new_version() {
    let mut governed = fixture::begin();
    let upgrade_cap =
        fixture::upgrade_cap_of<AuditRegistry>(governed.network().scenario().ctx());
    let package_id = upgrade_cap.package();
    2u64.do!(|i| {
        // Also when the object is of another version, for which the code would be a later one.
        governed.governance().set_version_for_testing(i);
        let ticket = governed.governance().relink(package_id, fixture::digest());
        // Nothing but dependencies may change.
        assert_eq!(ticket.policy(), package::dep_only_policy());
        governed.governance().commit_relink(package_id, package::test_upgrade(ticket));
    });
    destroy(upgrade_cap);
    governed.end();
}

#[test, expected_failure(abort_code = sui::dynamic_field::EFieldDoesNotExist)]
fun other_packages_are_not_linked() {
    let mut governed = fixture::begin();
    let _ticket =
        governed.governance().relink(object::id_from_address(@0x77), fixture::digest());
    abort
}

#[test, expected_failure(abort_code = governance::EWrongPackage)]
fun the_upgrade_capability_of_another_package_fails() {
    fixture::create_with_caps(true, false);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongPackage)]
fun the_other_upgrade_capability_of_another_package_fails() {
    fixture::create_with_caps(false, true);
    abort
}
