/// Proposals from the deposit to the execution, and the attacks on them.
#[test_only]
module walrus_governance::proposal_tests;

use std::unit_test::{assert_eq, destroy};
use sui::bcs;
use sui::coin::Coin;
use sui::event;
use wal::wal::WAL;
use walrus::audit_cap;
use walrus::market;
use walrus::network;
use walrus::penalty_ledger;
use walrus_governance::fixture::{Self, Governed, yes, no, abstain};
use walrus_governance::governance;
use walrus_governance::governance_events::{
    NodeVetoCast,
    ParamDecided,
    ProposalClosed,
    ProposalCreated,
    ProposalExecuted,
    ProposalExpired,
};

const WAL_UNIT: u64 = 1_000_000_000;

fun state(governed: &mut Governed, proposal: ID): governance::ProposalState {
    governed.governance().proposal(proposal).state()
}

/// Who proposes where the deposit matters.
fun proposer(): address { @0xC }

/// Makes a proposal as the proposer.
fun propose_text(governed: &mut Governed): ID {
    governed.network().scenario().next_tx(proposer());
    let proposal = governed.propose_text();
    governed.network().scenario().next_tx(network::operator());
    proposal
}

/// FROST that the proposer received since the last call.
fun received(governed: &mut Governed): u64 {
    let scenario = governed.network().scenario();
    scenario.next_tx(proposer());
    let value = if (!scenario.has_most_recent_for_sender<Coin<WAL>>()) 0
    else scenario.take_from_sender<Coin<WAL>>().burn_for_testing();
    scenario.next_tx(network::operator());
    value
}

// === Proposing ===

#[test]
fun a_proposal_counts_the_stakes_of_its_epoch() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    let created = event::events_by_type<ProposalCreated>();
    let mut bytes = bcs::new(bcs::to_bytes(&created[0]));
    assert_eq!(bytes.peel_u32(), 1);
    assert_eq!(bytes.peel_address(), proposal.to_address());
    assert_eq!(bytes.peel_address(), network::operator());
    assert_eq!(bytes.peel_u32(), 3);
    assert_eq!(bytes.peel_u64(), 1_000 * WAL_UNIT);
    let self = governed.governance().proposal(proposal);
    assert!(self.is_open() && !self.is_carried() && !self.is_extended());
    assert_eq!(self.closes(), 3);
    governed.end();
}

#[test, expected_failure(abort_code = governance::EWrongBond)]
fun a_smaller_deposit_fails() {
    let mut governed = fixture::begin();
    governed.propose_with_bond(governance::text_action(fixture::digest()), fixture::bond() - 1);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongBond)]
fun a_larger_deposit_fails() {
    let mut governed = fixture::begin();
    governed.propose_with_bond(governance::text_action(fixture::digest()), fixture::bond() + 1);
    abort
}

#[test, expected_failure(abort_code = governance::EInvalidDigest)]
fun a_short_hash_fails() {
    let mut governed = fixture::begin();
    governed.propose(governance::text_action(b"short"));
    abort
}

#[test, expected_failure(abort_code = governance::EInvalidDigest)]
fun a_long_digest_fails() {
    let mut governed = fixture::begin();
    governed.propose(governance::upgrade_action(vector::tabulate!(33, |_| 0), 1));
    abort
}

#[test, expected_failure(abort_code = governance::EInvalidDigest)]
fun a_short_digest_to_ratify_fails() {
    let mut governed = fixture::begin();
    governed.propose(governance::ratify_action(vector::tabulate!(31, |_| 0), 1));
    abort
}

#[test, expected_failure(abort_code = governance::ETooManyProposals)]
/// Attack: spam.
fun open_proposals_are_limited() {
    let mut governed = fixture::begin();
    17u64.do!(|_| { governed.propose_text(); });
    abort
}

#[test]
fun a_closed_proposal_makes_room() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    15u64.do!(|_| { governed.propose_text(); });
    governed.go_to_epoch(3);
    governed.close(proposal);
    governed.propose_text();
    governed.end();
}

#[test, expected_failure(abort_code = governance::ENoSnapshot)]
fun nothing_is_proposed_before_the_first_committee() {
    let mut governed = fixture::begin();
    let ctx = governed.network().scenario().ctx();
    let clock = sui::clock::create_for_testing(ctx);
    let staking = walrus::staking::new_for_testing(0, 1000, 10, &clock, ctx);
    let bond = market::coin(fixture::bond(), ctx);
    let mut ctx = tx_context::dummy();
    governed
        .governance()
        .propose(&staking, governance::text_action(fixture::digest()), bond, &mut ctx);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongVersion)]
fun governance_of_another_version_takes_no_proposal() {
    let mut governed = fixture::begin();
    governed.governance().set_version_for_testing(2);
    governed.propose_text();
    abort
}

#[test, expected_failure(abort_code = governance::EWrongVersion)]
fun governance_of_another_version_is_not_read() {
    let mut governed = fixture::begin();
    governed.governance().set_version_for_testing(2);
    governed.governance().params();
    abort
}

// === Closing ===

#[test]
fun an_approved_proposal_waits_for_its_execution() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.vote(proposal, 0, yes());
    governed.vote(proposal, 1, no());
    governed.vote(proposal, 2, abstain());
    governed.go_to_epoch(3);
    governed.close(proposal);
    assert_eq!(state(&mut governed, proposal), governance::approved_for_testing(5, 7));
    let closed = event::events_by_type<ProposalClosed>();
    let mut bytes = bcs::new(bcs::to_bytes(&closed[0]));
    assert_eq!(bytes.peel_u32(), 3);
    assert_eq!(bytes.peel_address(), proposal.to_address());
    assert!(bytes.peel_bool());
    assert_eq!(bytes.peel_u64(), 400 * WAL_UNIT);
    assert_eq!(bytes.peel_u64(), 300 * WAL_UNIT);
    assert_eq!(bytes.peel_u64(), 200 * WAL_UNIT);
    assert!(!bytes.peel_bool());
    governed.end();
}

#[test]
fun a_tie_is_no_approval() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.vote(proposal, 0, yes());
    governed.vote(proposal, 1, no());
    governed.vote(proposal, 3, no());
    governed.go_to_epoch(3);
    governed.close(proposal);
    assert_eq!(state(&mut governed, proposal), governance::rejected_for_testing());
    governed.end();
}

#[test]
fun the_quorum_is_tight() {
    let mut governed = fixture::begin();
    let with_quorum = governed.propose_burn();
    let without = governed.propose_burn();
    // 300 of 1000 WAL, and 200 with what the operator of 400 adds: 280.
    governed.vote(with_quorum, 1, yes());
    governed.vote(without, 2, yes());
    governed.operator_vote(without, 0, abstain());
    governed.go_to_epoch(3);
    governed.close(with_quorum);
    governed.close(without);
    assert_eq!(state(&mut governed, with_quorum), governance::approved_for_testing(5, 7));
    assert_eq!(state(&mut governed, without), governance::rejected_for_testing());
    governed.end();
}

#[test]
fun upgrades_need_two_thirds() {
    let mut governed = fixture::begin();
    let upgrade = governed.propose(governance::upgrade_action(fixture::digest(), 1));
    let param = governed.propose_burn();
    // 60 percent.
    vector[upgrade, param].do!(|proposal| {
        governed.vote(proposal, 1, yes());
        governed.vote(proposal, 2, no());
    });
    governed.go_to_epoch(3);
    governed.close(upgrade);
    governed.close(param);
    assert_eq!(state(&mut governed, upgrade), governance::rejected_for_testing());
    assert_eq!(state(&mut governed, param), governance::approved_for_testing(5, 7));
    governed.end();
}

#[test]
fun a_text_needs_no_execution() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.approve(proposal);
    assert_eq!(state(&mut governed, proposal), governance::executed_for_testing());
    governed.end();
}

#[test, expected_failure(abort_code = governance::EVotingOpen)]
fun a_proposal_is_not_closed_early() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.go_to_epoch(2);
    governed.close(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::EVotingOver)]
fun a_proposal_is_closed_once() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.go_to_epoch(3);
    governed.close(proposal);
    governed.close(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongAction)]
fun a_ratification_is_not_closed_like_others() {
    let mut governed = fixture::begin();
    let proposal = governed.propose(governance::ratify_action(fixture::digest(), 1));
    governed.go_to_epoch(3);
    governed.close(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongAction)]
fun others_are_not_closed_like_a_ratification() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.go_to_epoch(3);
    governed.close_ratification(proposal);
    abort
}

#[test]
/// Attack: spam. Without participation the deposit is lost.
fun the_deposit_of_what_nobody_cares_for_is_burned() {
    let mut governed = fixture::begin();
    let ignored = propose_text(&mut governed);
    let noticed = propose_text(&mut governed);
    // Operators of 200 and 300 WAL add 40 and 60; 50 of 1000 are needed.
    governed.operator_vote(ignored, 2, no());
    governed.operator_vote(noticed, 1, no());
    governed.go_to_epoch(3);
    governed.close(ignored);
    assert_eq!(received(&mut governed), 0);
    assert_eq!(governed.governance().forfeited_for_testing(), fixture::bond());
    governed.close(noticed);
    assert_eq!(received(&mut governed), fixture::bond());
    assert_eq!(governed.governance().forfeited_for_testing(), fixture::bond());
    let before = governed.total_supply();
    governed.burn_forfeited_bonds();
    assert_eq!(before - governed.total_supply(), fixture::bond());
    assert_eq!(governed.governance().forfeited_for_testing(), 0);
    governed.end();
}

// === Vetoes ===

#[test]
/// Attack: proposing right after acquiring stake. The operators can stop it.
fun a_third_of_the_shards_vetoes() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    // Three of ten shards may be faulty; four are enough.
    governed.node_veto(proposal, 1);
    assert_eq!(state(&mut governed, proposal), governance::approved_for_testing(5, 7));
    governed.next_epoch();
    governed.node_veto(proposal, 3);
    assert_eq!(state(&mut governed, proposal), governance::vetoed_for_testing());
    let vetoes = event::events_by_type<NodeVetoCast>();
    let mut bytes = bcs::new(bcs::to_bytes(&vetoes[vetoes.length() - 1]));
    assert_eq!(bytes.peel_u32(), 4);
    assert_eq!(bytes.peel_address(), proposal.to_address());
    assert_eq!(bytes.peel_address(), governed.network().node_id(3).to_address());
    assert_eq!(bytes.peel_u16(), 4);
    assert!(bytes.peel_bool());
    governed.end();
}

#[test, expected_failure(abort_code = governance::ENotApproved)]
fun what_is_vetoed_is_not_executed() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.node_veto(proposal, 0);
    governed.go_to_epoch(5);
    governed.execute_param(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::EAlreadyVetoed)]
fun a_node_vetoes_once() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.node_veto(proposal, 2);
    governed.node_veto(proposal, 2);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongTime)]
fun a_veto_comes_before_the_execution() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.go_to_epoch(5);
    governed.node_veto(proposal, 0);
    abort
}

#[test, expected_failure(abort_code = governance::ENotApproved)]
fun what_is_open_is_not_vetoed() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.node_veto(proposal, 0);
    abort
}

#[test, expected_failure(abort_code = governance::ENotAuthorized)]
fun a_stranger_does_not_veto() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.network().scenario().next_tx(@0xB);
    governed.node_veto(proposal, 0);
    abort
}

#[test, expected_failure(abort_code = governance::ENotInCommittee)]
fun a_node_without_shards_does_not_veto() {
    let mut governed = fixture::begin();
    governed.network().register_candidate();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.node_veto(proposal, 4);
    abort
}

// === Execution ===

#[test]
fun a_parameter_is_set() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.go_to_epoch(5);
    governed.execute_param(proposal);
    assert_eq!(state(&mut governed, proposal), governance::executed_for_testing());
    assert_eq!(governed.network().staking().next_param(0), option::some(1_000));
    assert_eq!(event::events_by_type<ProposalExecuted>().length(), 1);
    let decided = event::events_by_type<ParamDecided>();
    let mut bytes = bcs::new(bcs::to_bytes(&decided[0]));
    assert_eq!(bytes.peel_u32(), 5);
    assert_eq!(bytes.peel_u16(), 100);
    assert_eq!(bytes.peel_u64(), 1_000);
    governed.end();
}

#[test]
fun the_last_epoch_of_the_execution_counts() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.go_to_epoch(6);
    governed.execute_param(proposal);
    governed.end();
}

#[test, expected_failure(abort_code = governance::EWrongTime)]
/// Stakers get their time to leave.
fun nothing_is_executed_early() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.go_to_epoch(4);
    governed.execute_param(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongTime)]
fun nothing_is_executed_late() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.go_to_epoch(7);
    governed.execute_param(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::ENotApproved)]
fun nothing_is_executed_twice() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.go_to_epoch(5);
    governed.execute_param(proposal);
    governed.execute_param(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::ENotApproved)]
fun what_was_not_closed_is_not_executed() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    4u64.do!(|i| governed.vote(proposal, i, yes()));
    governed.go_to_epoch(5);
    governed.execute_param(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::ENotApproved)]
fun what_is_rejected_is_not_executed() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.go_to_epoch(3);
    governed.close(proposal);
    governed.go_to_epoch(5);
    governed.execute_param(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongAction)]
fun an_upgrade_is_no_parameter() {
    let mut governed = fixture::begin();
    let proposal = governed.propose(governance::upgrade_action(fixture::digest(), 1));
    governed.approve(proposal);
    governed.go_to_epoch(5);
    governed.execute_param(proposal);
    abort
}

#[test]
fun what_is_not_executed_expires() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.go_to_epoch(7);
    governed.expire(proposal);
    assert_eq!(state(&mut governed, proposal), governance::expired_for_testing());
    assert_eq!(event::events_by_type<ProposalExpired>().length(), 1);
    governed.end();
}

#[test, expected_failure(abort_code = governance::EWrongTime)]
fun nothing_expires_early() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.approve(proposal);
    governed.go_to_epoch(6);
    governed.expire(proposal);
    abort
}

#[test, expected_failure(abort_code = governance::ENotApproved)]
fun what_is_open_does_not_expire() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    governed.go_to_epoch(7);
    governed.expire(proposal);
    abort
}

// === Attacks ===

#[test]
/// Attack: voting, then leaving before the effect. Everybody can, and is paid before the execution.
fun who_leaves_when_the_voting_ends_is_paid_before_the_execution() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    4u64.do!(|i| governed.vote(proposal, i, yes()));
    governed.go_to_epoch(3);
    governed.close(proposal);
    governed.clear(proposal, 0);
    let stake = governed.stake_id(0);
    let mut staked_wal = governed.account().take(stake);
    // As late as possible: the node is already selected for the next epoch.
    governed.network().voting_end();
    let (staking, _, _, _, ctx) = governed.network().parts();
    staking.request_withdraw_stake(&mut staked_wal, ctx);
    assert_eq!(staked_wal.withdraw_epoch(), 5);
    assert_eq!(state(&mut governed, proposal), governance::approved_for_testing(5, 7));
    destroy(staked_wal);
    governed.end();
}

#[test]
/// Attack: slashing stake during the vote. Power stays as it was in the snapshot.
fun penalties_during_the_voting_change_no_power() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_burn();
    // A challenge of the first node that is not answered costs one percent.
    let node_id = governed.network().node_id(0);
    let cap = audit_cap::new_for_testing(governed.network().scenario().ctx());
    let params = penalty_ledger::new_params(
        200, 20, 25_00, 5_00, 20_00, 10_00, 1_00, 1, 10_00, 2, 50_00, 50_00, 0,
    );
    governed.network().staking().ledger_mut(&cap, params).record_challenge(node_id);
    governed.next_epoch();
    destroy(cap);
    let (worth, _, _) = governed.network().staking().pool_totals_for_testing(node_id);
    assert!(worth < 400 * WAL_UNIT);
    governed.vote(proposal, 0, yes());
    assert_eq!(governed.votes(proposal), vector[400 * WAL_UNIT, 0, 0]);
    governed.end();
}

#[test]
/// Attack: gas exhaustion. What a proposal keeps for its votes is one entry per pool and no list of voters.
fun many_votes_need_one_tally() {
    let mut governed = fixture::begin();
    30u64.do!(|_| governed.stake(0, WAL_UNIT));
    governed.next_epoch();
    let proposal = governed.propose_burn();
    30u64.do!(|i| governed.vote(proposal, 4 + i, yes()));
    assert_eq!(governed.governance().proposal(proposal).n_pools_for_testing(), 1);
    governed.end();
}

#[test]
/// Attack: changing the rules of open proposals.
fun open_proposals_keep_their_rules() {
    let mut governed = fixture::begin();
    // A higher quorum is decided while another proposal is open.
    let quorum = governed.propose(governance::param_action(205, 60_00));
    governed.approve(quorum);
    governed.go_to_epoch(4);
    let before = governed.propose_burn();
    governed.next_epoch();
    governed.execute_param(quorum);
    let after = governed.propose_burn();
    vector[before, after].do!(|proposal| governed.vote(proposal, 0, yes()));
    assert!(governed.governance().proposal(before).is_carried());
    assert!(!governed.governance().proposal(after).is_carried());
    governed.end();
}
