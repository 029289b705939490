/// Selection of parameters by weighted votes, against values computed independently.
#[test_only]
module walrus::vote_selection_tests;

use std::unit_test::assert_eq;
use walrus::staking_inner;
use walrus::staking_tables;
use walrus::vote_selection;

#[test]
fun selections_match_the_table() {
    staking_tables::votes().do!(|row| {
        let n_shards = row[0][0] as u16;
        let weights = row[2].map!(|weight| weight as u16);
        assert_eq!(vote_selection::largest_with_quorum(&row[1], &weights, n_shards), row[3][0]);
        assert_eq!(vote_selection::smallest_with_quorum(&row[1], &weights, n_shards), row[3][1]);
    });
}

#[test]
fun capacity_votes_match_the_table() {
    staking_tables::capacities().do!(|row| {
        assert_eq!(staking_inner::capacity_vote(row[0], row[1] as u16, row[2] as u16), row[3]);
    });
}

#[test, expected_failure(abort_code = walrus::staking_inner::EZeroNodeWeight)]
fun a_capacity_vote_without_shards() {
    staking_inner::capacity_vote(1, 0, 10);
}

#[test, expected_failure(abort_code = walrus::apportionment_queue::EPopFromEmptyHeap)]
fun votes_without_a_quorum() {
    vote_selection::largest_with_quorum(&vector[1, 2], &vector[3, 3], 10);
}
