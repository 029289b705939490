/// Voter accounts and votes, and the attacks on them.
#[test_only]
module walrus_governance::voting_tests;

use std::unit_test::{assert_eq, destroy};
use sui::bcs;
use sui::event;
use walrus::auth;
use walrus::market;
use walrus_governance::fixture::{Self, Governed, yes, no, abstain};
use walrus_governance::governance;
use walrus_governance::governance_events::{OperatorVoteCast, VoteCast, VoteRetracted, VotingExtended};

const WAL_UNIT: u64 = 1_000_000_000;

fun wal(amount: u64): u64 { amount * WAL_UNIT }

/// Takes the i-th stake out of the account and destroys it.
fun take(governed: &mut Governed, i: u64) {
    let stake = governed.stake_id(i);
    destroy(governed.account().take(stake));
}

// === Votes ===

#[test]
fun votes_are_counted() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    assert_eq!(governed.governance().proposal(proposal).total(), wal(1_000));
    governed.vote(proposal, 0, yes());
    governed.vote(proposal, 1, no());
    governed.vote(proposal, 2, abstain());
    assert_eq!(governed.votes(proposal), vector[wal(400), wal(300), wal(200)]);
    governed.change(proposal, 1, yes());
    assert_eq!(governed.votes(proposal), vector[wal(700), 0, wal(200)]);
    governed.retract(proposal, 0);
    assert_eq!(governed.votes(proposal), vector[wal(300), 0, wal(200)]);

    let cast = event::events_by_type<VoteCast>();
    assert_eq!(cast.length(), 4);
    let mut bytes = bcs::new(bcs::to_bytes(&cast[3]));
    assert_eq!(bytes.peel_u32(), 1);
    assert_eq!(bytes.peel_address(), proposal.to_address());
    assert_eq!(bytes.peel_address(), governed.stake_id(1).to_address());
    assert_eq!(bytes.peel_address(), governed.network().node_id(1).to_address());
    assert_eq!(bytes.peel_u8(), yes());
    assert_eq!(bytes.peel_u64(), wal(300));
    assert_eq!(event::events_by_type<VoteRetracted>().length(), 1);
    governed.end();
}

#[test]
fun retracting_restores_the_state() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.operator_vote(proposal, 0, no());
    let before = governed.votes(proposal);
    let node_id = governed.network().node_id(0);
    let (power, direct, operator) =
        governed.governance().proposal(proposal).pool_for_testing(node_id);
    governed.vote(proposal, 0, yes());
    governed.retract(proposal, 0);
    assert_eq!(governed.votes(proposal), before);
    let (power_after, direct_after, operator_after) =
        governed.governance().proposal(proposal).pool_for_testing(node_id);
    assert_eq!(power_after, power);
    assert_eq!(direct_after, direct);
    assert_eq!(operator_after, operator);
    take(&mut governed, 0);
    governed.end();
}

#[test]
/// Stakes count with their rewards, as of the epoch of the proposal.
fun a_stake_votes_with_its_value_in_the_snapshot() {
    let mut governed = fixture::begin();
    governed.network().earn(wal(1_000));
    governed.next_epoch();
    let proposal = governed.propose_text();
    let node_id = governed.network().node_id(0);
    let (worth, _, _) = governed.network().staking().pool_totals_for_testing(node_id);
    assert!(worth > wal(700));
    governed.network().earn(wal(1_000));
    governed.next_epoch();
    governed.vote(proposal, 0, yes());
    assert_eq!(governed.votes(proposal), vector[worth, 0, 0]);
    governed.end();
}

#[test, expected_failure(abort_code = governance::EVotingOver)]
fun nobody_votes_after_the_end() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.go_to_epoch(3);
    governed.vote(proposal, 0, yes());
    abort
}

#[test, expected_failure(abort_code = governance::EVotingOver)]
fun nobody_retracts_after_the_end() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.vote(proposal, 0, yes());
    governed.go_to_epoch(3);
    governed.retract(proposal, 0);
    abort
}

#[test, expected_failure(abort_code = governance::EVotingOver)]
fun nobody_changes_a_vote_after_the_end() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.vote(proposal, 0, yes());
    governed.go_to_epoch(3);
    governed.change(proposal, 0, no());
    abort
}

#[test]
fun the_last_epoch_of_the_voting_counts() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.go_to_epoch(2);
    governed.vote(proposal, 0, yes());
    governed.end();
}

#[test, expected_failure(abort_code = governance::ENoSuchProposal)]
fun a_proposal_that_does_not_exist() {
    let mut governed = fixture::begin();
    let stake = governed.stake_id(0);
    governed.vote(stake, 0, yes());
    abort
}

#[test, expected_failure(abort_code = governance::EWrongChoice)]
fun a_choice_that_does_not_exist() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.vote(proposal, 0, 3);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongChoice)]
fun a_changed_choice_that_does_not_exist() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.vote(proposal, 0, yes());
    governed.change(proposal, 0, 3);
    abort
}

#[test, expected_failure(abort_code = governance::EWrongChoice)]
fun an_operators_choice_that_does_not_exist() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.operator_vote(proposal, 0, 3);
    abort
}

#[test, expected_failure(abort_code = governance::ENoBallot)]
fun a_vote_that_was_not_cast_is_not_changed() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.change(proposal, 0, no());
    abort
}

#[test, expected_failure(abort_code = governance::ENoBallot)]
fun a_vote_that_was_not_cast_is_not_retracted() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.retract(proposal, 0);
    abort
}

#[test, expected_failure(abort_code = governance::ENoSuchStake)]
fun a_stake_outside_the_account_does_not_vote() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    take(&mut governed, 0);
    governed.vote(proposal, 0, yes());
    abort
}

#[test, expected_failure(abort_code = governance::ENoSuchStake)]
fun a_stake_outside_the_account_is_not_taken() {
    let mut governed = fixture::begin();
    take(&mut governed, 0);
    take(&mut governed, 0);
    abort
}

#[test, expected_failure(abort_code = governance::ENotInSnapshot)]
fun stake_of_a_node_outside_the_committee_does_not_vote() {
    let mut governed = fixture::begin();
    governed.network().register_candidate();
    governed.stake(4, wal(1));
    governed.next_epoch();
    // One of 1001 WAL gives no shard, hence the node is not in the committee.
    let proposal = governed.propose_text();
    governed.vote(proposal, 4, yes());
    abort
}

#[test, expected_failure(abort_code = governance::EZeroPower)]
/// Stakes worth more than the pool together would be dust; here a pool is exhausted by a copy of a ballot.
fun a_pool_gives_no_more_power_than_it_has() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.vote(proposal, 0, yes());
    // A second stake of the node that claims to be as old.
    let node_id = governed.network().node_id(0);
    let ctx = governed.network().scenario().ctx();
    let forged = walrus::staked_wal::mint_for_testing(node_id, wal(5), 1, ctx);
    let stake = object::id(&forged);
    governed.account().deposit(forged);
    governed.vote_with(proposal, stake, yes());
    abort
}

// === Accounts ===

#[test]
fun an_account_is_emptied_and_deleted() {
    let mut governed = fixture::begin();
    let ctx = governed.network().scenario().ctx();
    let mut account = governance::new_account(ctx);
    let stake = governed.stake_id(0);
    let staked_wal = governed.account().take(stake);
    account.deposit(staked_wal);
    destroy(account.take(stake));
    account.destroy_account();
    governed.end();
}

#[test, expected_failure(abort_code = sui::object_table::ETableNotEmpty)]
fun an_account_with_a_stake_is_not_deleted() {
    let mut governed = fixture::begin();
    let ctx = governed.network().scenario().ctx();
    let mut account = governance::new_account(ctx);
    let stake = governed.stake_id(0);
    let staked_wal = governed.account().take(stake);
    account.deposit(staked_wal);
    account.destroy_account();
    abort
}

#[test]
fun closed_proposals_free_the_stake() {
    let mut governed = fixture::begin();
    let first = governed.propose_text();
    let second = governed.propose_burn();
    governed.vote(first, 0, yes());
    governed.vote(second, 0, no());
    governed.go_to_epoch(3);
    governed.close(first);
    governed.close(second);
    let votes = governed.votes(first);
    governed.clear(first, 0);
    governed.clear(second, 0);
    // The result stays what it was.
    assert_eq!(governed.votes(first), votes);
    take(&mut governed, 0);
    governed.end();
}

#[test, expected_failure(abort_code = governance::EVotingOpen)]
fun a_vote_on_an_open_proposal_is_not_cleared() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.vote(proposal, 0, yes());
    // Not even when the voting is over, as long as it was not counted.
    governed.go_to_epoch(3);
    governed.clear(proposal, 0);
    abort
}

#[test, expected_failure(abort_code = governance::ENoBallot)]
fun a_vote_is_cleared_once() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.vote(proposal, 0, yes());
    governed.go_to_epoch(3);
    governed.close(proposal);
    governed.clear(proposal, 0);
    governed.clear(proposal, 0);
    abort
}

// === Operators ===

#[test]
fun an_operator_votes_for_a_part_of_what_is_undecided() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.operator_vote(proposal, 0, yes());
    assert_eq!(governed.votes(proposal), vector[wal(80), 0, 0]);
    governed.operator_vote(proposal, 0, no());
    assert_eq!(governed.votes(proposal), vector[0, wal(80), 0]);
    governed.operator_vote(proposal, 1, abstain());
    assert_eq!(governed.votes(proposal), vector[0, wal(80), wal(60)]);
    assert_eq!(event::events_by_type<OperatorVoteCast>().length(), 3);
    governed.end();
}

#[test]
/// Attack: counting stake and its operator both.
fun a_stakers_vote_takes_from_its_operators() {
    let mut governed = fixture::begin();
    governed.stake(0, wal(600));
    governed.next_epoch();
    let proposal = governed.propose_text();
    governed.operator_vote(proposal, 0, no());
    assert_eq!(governed.votes(proposal), vector[0, wal(200), 0]);
    governed.vote(proposal, 0, yes());
    assert_eq!(governed.votes(proposal), vector[wal(400), wal(120), 0]);
    governed.vote(proposal, 4, yes());
    assert_eq!(governed.votes(proposal), vector[wal(1_000), 0, 0]);
    governed.retract(proposal, 0);
    assert_eq!(governed.votes(proposal), vector[wal(600), wal(80), 0]);
    governed.end();
}

#[test]
/// Attack: capture at low turnout. All operators together stay below the quorum.
fun operators_alone_make_no_quorum() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    4u64.do!(|node| governed.operator_vote(proposal, node, yes()));
    assert_eq!(governed.votes(proposal), vector[wal(200), 0, 0]);
    assert!(!governed.governance().proposal(proposal).is_carried());
    governed.end();
}

#[test, expected_failure(abort_code = governance::ENotAuthorized)]
fun a_stranger_does_not_vote_for_a_node() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.network().scenario().next_tx(@0xB);
    governed.operator_vote(proposal, 0, yes());
    abort
}

#[test, expected_failure(abort_code = governance::ENotAuthorized)]
fun the_capability_of_another_object_does_not_vote_for_a_node() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    let node_id = governed.network().node_id(0);
    let ctx = governed.network().scenario().ctx();
    let object = market::coin(1, ctx);
    let authenticated = auth::authenticate_with_object(&object);
    governed.operator_vote_as(proposal, node_id, authenticated, yes());
    abort
}

#[test, expected_failure(abort_code = governance::EVotingOver)]
fun an_operator_does_not_vote_after_the_end() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.go_to_epoch(3);
    governed.operator_vote(proposal, 0, yes());
    abort
}

#[test, expected_failure(abort_code = governance::ENotInSnapshot)]
fun an_operator_outside_the_committee_does_not_vote() {
    let mut governed = fixture::begin();
    governed.network().register_candidate();
    let proposal = governed.propose_text();
    governed.operator_vote(proposal, 4, yes());
    abort
}

// === Attacks ===

#[test, expected_failure(abort_code = governance::EAlreadyVoted)]
/// Attack: voting twice with the same stake.
fun a_stake_votes_once() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.vote(proposal, 0, yes());
    governed.vote(proposal, 0, yes());
    abort
}

#[test, expected_failure(abort_code = governance::EStakeLocked)]
/// Attack: voting, then giving the stake to somebody else, or splitting it, or withdrawing it.
fun a_stake_that_voted_is_not_taken_out() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.vote(proposal, 0, yes());
    take(&mut governed, 0);
    abort
}

#[test, expected_failure(abort_code = governance::EStakeLocked)]
fun a_stake_with_one_of_two_votes_retracted_is_not_taken_out() {
    let mut governed = fixture::begin();
    let first = governed.propose_text();
    let second = governed.propose_text();
    governed.vote(first, 0, yes());
    governed.vote(second, 0, yes());
    governed.retract(first, 0);
    take(&mut governed, 0);
    abort
}

#[test]
/// Attack: splitting a stake. Its parts are not worth more than the whole.
fun the_parts_of_a_stake_vote_like_the_whole() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    let stake = governed.stake_id(0);
    let mut whole = governed.account().take(stake);
    let ctx = governed.network().scenario().ctx();
    let part = whole.split(wal(150), ctx);
    let part_id = object::id(&part);
    governed.account().deposit(whole);
    governed.account().deposit(part);
    governed.vote(proposal, 0, yes());
    governed.vote_with(proposal, part_id, no());
    assert_eq!(governed.votes(proposal), vector[wal(250), wal(150), 0]);
    governed.end();
}

#[test, expected_failure(abort_code = governance::EStakeTooYoung)]
/// Attack: flash or borrowed stake, and stake that left another node to vote again.
fun stake_that_came_later_does_not_vote() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.stake(0, wal(100));
    governed.next_epoch();
    governed.vote(proposal, 4, yes());
    abort
}

#[test, expected_failure(abort_code = governance::EStakeWithdrawing)]
/// Attack: voting with stake that is already on its way out.
fun stake_that_is_withdrawn_does_not_vote() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    let stake = governed.stake_id(0);
    let mut staked_wal = governed.account().take(stake);
    let (staking, _, _, _, ctx) = governed.network().parts();
    staking.request_withdraw_stake(&mut staked_wal, ctx);
    governed.account().deposit(staked_wal);
    governed.vote(proposal, 0, yes());
    abort
}

#[test]
/// Attack: locking users in. Retracting is possible as long as the voting goes on.
fun a_stake_gets_out_by_retracting() {
    let mut governed = fixture::begin();
    let first = governed.propose_text();
    let second = governed.propose_text();
    governed.vote(first, 0, yes());
    governed.vote(second, 0, yes());
    governed.retract(first, 0);
    governed.retract(second, 0);
    take(&mut governed, 0);
    governed.end();
}

#[test]
/// Attack: a swing at the last moment.
fun a_late_turn_extends_the_voting_once() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    governed.go_to_epoch(2);
    governed.network().wait(900);
    governed.vote(proposal, 1, yes());
    assert!(governed.governance().proposal(proposal).is_extended());
    assert_eq!(governed.governance().proposal(proposal).closes(), 4);
    let extended = event::events_by_type<VotingExtended>();
    assert_eq!(extended.length(), 1);
    governed.next_epoch();
    governed.vote(proposal, 2, no());
    governed.network().wait(950);
    // The outcome turns again; there is no second extension.
    governed.vote(proposal, 3, no());
    governed.change(proposal, 2, yes());
    assert_eq!(governed.governance().proposal(proposal).closes(), 4);
    governed.next_epoch();
    governed.close(proposal);
    assert_eq!(
        governed.governance().proposal(proposal).state(),
        governance::executed_for_testing(),
    );
    governed.end();
}

#[test]
fun other_late_votes_extend_nothing() {
    let mut governed = fixture::begin();
    let proposal = governed.propose_text();
    // The outcome turns late, but not in the last epoch.
    governed.network().wait(999);
    governed.vote(proposal, 0, yes());
    governed.go_to_epoch(2);
    // In the last epoch, but not in its last tenth.
    governed.network().wait(899);
    governed.change(proposal, 0, no());
    governed.change(proposal, 0, yes());
    // In the last tenth, but the outcome stays.
    governed.network().wait(1);
    governed.vote(proposal, 1, yes());
    assert!(!governed.governance().proposal(proposal).is_extended());
    assert_eq!(governed.governance().proposal(proposal).closes(), 3);
    governed.end();
}

#[test]
fun every_kind_of_late_turn_counts() {
    let mut governed = fixture::begin();
    let by_retraction = governed.propose_text();
    let by_change = governed.propose_text();
    let by_operator = governed.propose_text();
    governed.vote(by_retraction, 0, yes());
    governed.vote(by_change, 0, yes());
    governed.vote(by_operator, 2, yes());
    governed.operator_vote(by_operator, 1, abstain());
    governed.go_to_epoch(2);
    governed.network().wait(900);
    governed.retract(by_retraction, 0);
    governed.change(by_change, 0, no());
    governed.operator_vote(by_operator, 0, abstain());
    vector[by_retraction, by_change, by_operator].do!(|proposal| {
        assert!(governed.governance().proposal(proposal).is_extended());
    });
    governed.end();
}

#[test]
/// Attack: rounding. However a pool is divided, its stakes have no more power than it.
fun rounded_powers_stay_within_the_pool() {
    let mut governed = fixture::begin();
    7u64.do!(|i| governed.stake(0, wal(1) + 333_333_333 + i));
    governed.next_epoch();
    governed.network().earn(1_234_567_891);
    governed.next_epoch();
    let proposal = governed.propose_text();
    governed.vote(proposal, 0, yes());
    7u64.do!(|i| governed.vote(proposal, 4 + i, yes()));
    let node_id = governed.network().node_id(0);
    let (power, direct, _) = governed.governance().proposal(proposal).pool_for_testing(node_id);
    assert!(direct <= power);
    assert!(power - direct < 10);
    governed.end();
}
