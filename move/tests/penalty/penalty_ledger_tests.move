/// Duties, and what it costs to neglect them.
#[test_only]
module walrus::penalty_ledger_tests;

use std::unit_test::{assert_eq, destroy};
use walrus::penalty_ledger::{Self, AuditParams, PenaltyLedger};

fun id(i: u64): ID { object::id_from_address(sui::address::from_u256(i as u256)) }

/// 100 samples in all, at least 20; 5 % tolerance, slope 0.2, at most 10 %; 0.1 % per challenge.
fun params(): AuditParams {
    penalty_ledger::new_params(
        100, 20, 25_00, 5_00, 20_00, 10_00, 10, 5, 10_00, 3, 50_00, 33_00, 10_00,
    )
}

/// Nodes 1 to 4 with 4, 3, 2 and 1 of 10 shards.
fun seeded(): PenaltyLedger {
    let mut ledger = penalty_ledger::new(1, params());
    ledger.seed(ids(), weights(), 10);
    ledger
}

fun ids(): vector<ID> { vector[id(1), id(2), id(3), id(4)] }

fun weights(): vector<u16> { vector[4, 3, 2, 1] }

fun answer(ledger: &mut PenaltyLedger, node: u64, count: u64) {
    count.do!(|_| ledger.record_answer(&id(node)));
}

/// Fraction that a node loses if nobody else does.
fun fraction_of(ledger: &PenaltyLedger, node: u64): u64 {
    let (penalties, _) = ledger.settle(&ids(), &weights(), 10);
    if (penalties.contains(&id(node))) penalties[&id(node)].penalty_fraction() else 0
}

#[test]
fun samples_are_shared_by_weight() {
    let ledger = seeded();
    assert!(ledger.is_seeded());
    assert_eq!(ledger.epoch(), 1);
    assert_eq!(ids().map!(|node| ledger.asked(&node)), vector[40, 30, 20, 20]);
    assert_eq!(ledger.asked(&id(9)), 0);
    assert_eq!(ledger.answered(&id(9)), 0);
    assert_eq!(ledger.open(&id(9)), 0);
    // Rounded up.
    assert_eq!(ledger.params().n_samples(3, 7), 43);
    assert_eq!(ledger.params().n_samples(7, 7), 100);
    assert_eq!(ledger.params().n_samples(65_535, 65_535), 100);
    destroy(ledger);
}

#[test]
fun default_parameters_are_those_suggested() {
    let params = penalty_ledger::default_params();
    assert_eq!(params.n_samples(1, 1000), 20);
    assert_eq!(params.n_samples(9, 1000), 36);
    assert_eq!(params.n_samples(1000, 1000), 4_000);
    assert_eq!(params.bond(), 10_000_000_000);
    assert_eq!(params.max_open_per_node(), 20);
    assert_eq!(params.window_ms(14 * 86_400_000), 7 * 43_200_000);
}

#[test]
fun whoever_answers_everything_loses_nothing() {
    let mut ledger = seeded();
    answer(&mut ledger, 1, 40);
    assert_eq!(ledger.answered(&id(1)), 40);
    assert_eq!(fraction_of(&ledger, 1), 0);
    destroy(ledger);
}

/// asked 20: one miss is the tolerance of 5 %, each further one costs 0.2 · 5 % = 1 %, up to 10 %.
#[test]
fun misses_beyond_the_tolerance_cost_by_the_slope() {
    let expected = vector[
        100_000_000, 100_000_000, 100_000_000, 100_000_000, 100_000_000,
        100_000_000, 100_000_000, 100_000_000, 100_000_000, 100_000_000,
        90_000_000, 80_000_000, 70_000_000, 60_000_000, 50_000_000,
        40_000_000, 30_000_000, 20_000_000, 10_000_000, 0, 0,
    ];
    expected.length().do!(|answered| {
        let mut ledger = seeded();
        answer(&mut ledger, 4, answered);
        assert_eq!(fraction_of(&ledger, 4), expected[answered]);
        destroy(ledger);
    });
}

#[test]
fun unanswered_challenges_cost_each() {
    let mut ledger = penalty_ledger::new(1, params());
    ledger.record_challenge(id(2));
    ledger.record_challenge(id(2));
    assert_eq!(ledger.open(&id(2)), 2);
    assert_eq!(fraction_of(&ledger, 2), 2_000_000);
    // They survive the drawing of samples.
    ledger.seed(ids(), weights(), 10);
    answer(&mut ledger, 2, 30);
    assert_eq!(fraction_of(&ledger, 2), 2_000_000);
    ledger.discharge_challenge(&id(2));
    ledger.discharge_challenge(&id(2));
    assert_eq!(fraction_of(&ledger, 2), 0);
    destroy(ledger);
}

#[test]
fun all_penalties_of_an_epoch_together_are_limited() {
    let mut ledger = seeded();
    3u64.do!(|_| ledger.record_challenge(id(4)));
    assert_eq!(fraction_of(&ledger, 4), 100_000_000);
    destroy(ledger);
}

#[test]
fun only_members_are_settled() {
    let mut ledger = penalty_ledger::new(1, params());
    ledger.record_challenge(id(9));
    let (penalties, tripped) = ledger.settle(&ids(), &weights(), 10);
    assert!(penalties.is_empty());
    assert!(!tripped);
    destroy(ledger);
}

/// 3 of 10 shards are within 33 %, 4 are not.
#[test]
fun the_breaker_trips_above_its_limit() {
    let mut ledger = seeded();
    answer(&mut ledger, 1, 40);
    answer(&mut ledger, 3, 20);
    answer(&mut ledger, 4, 20);
    let (penalties, tripped) = ledger.settle(&ids(), &weights(), 10);
    assert_eq!(penalties.keys(), vector[id(2)]);
    assert!(!tripped);
    ledger.record_challenge(id(4));
    let (penalties, tripped) = ledger.settle(&ids(), &weights(), 10);
    assert_eq!(penalties.length(), 2);
    assert_eq!(penalties[&id(4)].missed_challenges(), 1);
    assert!(tripped);
    destroy(ledger);
}

#[test]
fun an_epoch_without_audit_costs_a_part_of_the_rewards() {
    let mut ledger = penalty_ledger::new(1, params());
    assert_eq!(ledger.no_audit_burn(1_999), 199);
    assert_eq!(ledger.no_audit_burn(std::u64::max_value!()), 1_844_674_407_370_955_161);
    ledger.seed(ids(), weights(), 10);
    assert_eq!(ledger.no_audit_burn(1_999), 0);
    ledger.reset(2);
    assert_eq!(ledger.epoch(), 2);
    assert!(!ledger.is_seeded());
    assert_eq!(ledger.asked(&id(1)), 0);
    destroy(ledger);
}

#[test]
fun parameters_do_not_change_under_recorded_duties() {
    let mut ledger = seeded();
    ledger.set_params(penalty_ledger::default_params());
    assert_eq!(*ledger.params(), params());
    ledger.reset(2);
    ledger.set_params(penalty_ledger::default_params());
    assert_eq!(*ledger.params(), penalty_ledger::default_params());
    destroy(ledger);
}

#[test]
fun amounts_of_a_penalty() {
    let penalty = penalty_ledger::new_penalty(100_000_000, 2, 50_00, 10_00);
    assert_eq!(penalty.loss(1_009), 100);
    assert_eq!(penalty.loss(std::u64::max_value!()), 1_844_674_407_370_955_161);
    assert_eq!(penalty.least_principal_loss(101), 50);
    assert_eq!(penalty.bounty(99), 9);
    let without = penalty_ledger::new_penalty(100_000_000, 0, 50_00, 10_00);
    assert_eq!(without.bounty(99), 0);
}

#[test, expected_failure(abort_code = walrus::penalty_ledger::ENoDuty)]
fun answering_more_than_was_asked() {
    let mut ledger = seeded();
    answer(&mut ledger, 4, 21);
    destroy(ledger);
}

#[test, expected_failure(abort_code = walrus::penalty_ledger::ENoDuty)]
fun discharging_a_challenge_that_was_not_made() {
    let mut ledger = seeded();
    ledger.discharge_challenge(&id(1));
    destroy(ledger);
}

#[test, expected_failure(abort_code = walrus::penalty_ledger::EInvalidParams)]
fun a_penalty_above_a_fifth() {
    penalty_ledger::new_params(1, 1, 25_00, 5_00, 1, 20_01, 1, 1, 1, 1, 1, 1, 1);
}

#[test, expected_failure(abort_code = walrus::penalty_ledger::EInvalidParams)]
fun a_window_beyond_the_selection() {
    penalty_ledger::new_params(1, 1, 50_01, 5_00, 1, 1, 1, 1, 1, 1, 1, 1, 1);
}

#[test, expected_failure(abort_code = walrus::penalty_ledger::EInvalidParams)]
fun no_tolerance() {
    penalty_ledger::new_params(1, 1, 25_00, 99, 1, 1, 1, 1, 1, 1, 1, 1, 1);
}
