#[test_only]
module wal::wal_tests;

use std::unit_test::assert_eq;
use sui::coin::{Coin, CoinMetadata};
use sui::test_scenario;
use wal::wal::{Self, ProtectedTreasury, WAL};

const PUBLISHER: address = @0xAB;
const TOTAL_SUPPLY: u64 = 5_000_000_000_000_000_000;

#[test]
fun publication_mints_the_supply_once() {
    let mut scenario = test_scenario::begin(PUBLISHER);
    wal::init_for_testing(scenario.ctx());

    scenario.next_tx(PUBLISHER);
    let supply = scenario.take_from_sender<Coin<WAL>>();
    assert_eq!(supply.value(), TOTAL_SUPPLY);
    let treasury = scenario.take_shared<ProtectedTreasury>();
    assert_eq!(treasury.total_supply(), TOTAL_SUPPLY);
    test_scenario::return_shared(treasury);

    let metadata = scenario.take_immutable<CoinMetadata<WAL>>();
    assert_eq!(metadata.get_decimals(), 9);
    assert_eq!(metadata.get_symbol(), b"WAL".to_ascii_string());
    assert_eq!(metadata.get_name(), b"WAL Token".to_string());
    test_scenario::return_immutable(metadata);
    scenario.return_to_sender(supply);
    scenario.end();
}

#[test]
fun burning_lowers_the_supply() {
    let mut scenario = test_scenario::begin(PUBLISHER);
    wal::init_for_testing(scenario.ctx());

    scenario.next_tx(PUBLISHER);
    let mut supply = scenario.take_from_sender<Coin<WAL>>();
    let mut treasury = scenario.take_shared<ProtectedTreasury>();
    treasury.burn(supply.split(7, scenario.ctx()));
    assert_eq!(treasury.total_supply(), TOTAL_SUPPLY - 7);
    treasury.burn(supply);
    assert_eq!(treasury.total_supply(), 0);
    test_scenario::return_shared(treasury);
    scenario.end();
}
