/// The arithmetic of votes against reference values, and histories of votes against a recount.
#[test_only]
module walrus_governance::tally_tests;

use std::unit_test::assert_eq;
use walrus_governance::fixture;
use walrus_governance::governance_tables as tables;
use walrus_governance::tally;

#[test]
fun shares_of_operators_match_the_table() {
    tables::operator_shares().do!(|row| {
        assert_eq!(tally::operator_share(row[0], row[1], row[2] as u16), row[3]);
    });
}

#[test]
fun parts_match_the_table() {
    tables::parts().do!(|row| {
        assert_eq!(tally::is_part(row[0], row[1], row[2] as u16), row[3] == 1);
    });
}

#[test]
fun approvals_match_the_table() {
    tables::approvals().do!(|row| {
        assert_eq!(tally::is_approved(row[0], row[1], row[2] as u16), row[3] == 1);
    });
}

#[test]
/// After every call the votes are what a recount of all votes in force gives, and never more than the total.
fun a_history_of_votes_matches_the_table() {
    let mut governed = fixture::begin();
    tables::stakes().do!(|row| governed.stake(row[0], row[1]));
    governed.next_epoch();
    let proposal = governed.propose_text();
    let total = governed.governance().proposal(proposal).total();
    tables::history().do!(|row| {
        let choice = row[2] as u8;
        // The first four stakes of the account are those of the network.
        let stake = row[1] + 4;
        if (row[0] == 0) governed.vote(proposal, stake, choice)
        else if (row[0] == 1) governed.change(proposal, stake, choice)
        else if (row[0] == 2) governed.retract(proposal, stake)
        else governed.operator_vote(proposal, row[1], choice);
        assert_eq!(governed.votes(proposal), vector[row[3], row[4], row[5]]);
        assert!(row[3] + row[4] + row[5] <= total);
        4u64.do!(|node| {
            let node_id = governed.network().node_id(node);
            let self = governed.governance().proposal(proposal);
            if (self.has_pool_for_testing(node_id)) {
                let (power, direct, _) = self.pool_for_testing(node_id);
                assert!(direct <= power);
            };
        });
    });
    governed.end();
}
