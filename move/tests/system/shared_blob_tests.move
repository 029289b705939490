#[test_only]
module walrus::shared_blob_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance;
use sui::test_scenario::{Self, Scenario};
use walrus::blob;
use walrus::market;
use walrus::shared_blob::{Self, SharedBlob};
use walrus::system::System;

const OWNER: address = @0xA;
const STRANGER: address = @0xB;

/// Shares a blob of epochs 1 to 3 with the given funds; the next transaction is a stranger's.
fun share(funds: u64, certified: bool): (Scenario, System, SharedBlob) {
    let mut scenario = test_scenario::begin(OWNER);
    let mut system = market::new_system(scenario.ctx());
    let mut blob = market::register(&mut system, 3, false, scenario.ctx());
    if (certified) market::certify(&system, &mut blob);
    if (funds == 0) {
        shared_blob::new(blob, scenario.ctx());
    } else {
        shared_blob::new_funded(blob, market::coin(funds, scenario.ctx()), scenario.ctx());
    };
    scenario.next_tx(STRANGER);
    let shared = scenario.take_shared<SharedBlob>();
    (scenario, system, shared)
}

#[test]
fun anyone_funds_and_extends() {
    let (mut scenario, mut system, mut shared) = share(0, true);
    assert_eq!(shared.funds().value(), 0);
    assert_eq!(shared.blob().blob_id(), market::blob_id());
    shared.fund(market::coin(100, scenario.ctx()));
    shared.extend(&mut system, 4, scenario.ctx());
    assert_eq!(shared.funds().value(), 100 - 4 * market::storage_price());
    assert_eq!(shared.blob().end_epoch(), 8);
    test_scenario::return_shared(shared);
    destroy(system);
    scenario.end();
}

#[test]
fun initial_funds_can_be_used_up() {
    let (mut scenario, mut system, mut shared) = share(2 * market::storage_price(), true);
    shared.extend(&mut system, 2, scenario.ctx());
    assert_eq!(shared.funds().value(), 0);
    assert_eq!(shared.blob().end_epoch(), 6);
    test_scenario::return_shared(shared);
    destroy(system);
    scenario.end();
}

#[test, expected_failure(abort_code = balance::ENotEnough)]
fun insufficient_funds_fail() {
    let (mut scenario, mut system, mut shared) = share(2 * market::storage_price() - 1, true);
    shared.extend(&mut system, 2, scenario.ctx());
    abort
}

#[test, expected_failure(abort_code = blob::ENotCertified)]
fun uncertified_blob_cannot_be_extended() {
    let (mut scenario, mut system, mut shared) = share(100, false);
    shared.extend(&mut system, 2, scenario.ctx());
    abort
}
