/// Conversions between shares and WAL, against values computed independently.
#[test_only]
module walrus::pool_exchange_rate_tests;

use std::unit_test::assert_eq;
use walrus::pool_exchange_rate;
use walrus::staking_tables;

#[test]
fun conversions_match_the_table() {
    staking_tables::rates().do!(|row| {
        let rate = pool_exchange_rate::new(row[0], row[1]);
        assert_eq!(rate.convert_to_share_amount(row[2]), row[3]);
        assert_eq!(rate.convert_to_wal_amount(row[2]), row[4]);
    });
}

#[test]
fun a_rate_without_shares_is_flat() {
    assert_eq!(pool_exchange_rate::new(0, 0), pool_exchange_rate::flat());
    assert_eq!(pool_exchange_rate::new(5, 0), pool_exchange_rate::flat());
    assert!(pool_exchange_rate::new(5, 5) != pool_exchange_rate::flat());
}

#[test]
fun a_round_trip_never_gains() {
    staking_tables::rates().do!(|row| {
        let rate = pool_exchange_rate::new(row[0], row[1]);
        assert!(rate.convert_to_wal_amount(rate.convert_to_share_amount(row[2])) <= row[2]);
    });
}

#[test, expected_failure(abort_code = walrus::pool_exchange_rate::EInvalidRate)]
fun shares_that_are_worth_nothing() {
    pool_exchange_rate::new(0, 100);
}
