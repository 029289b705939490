/// The nodes' vote against a node.
#[test_only]
module walrus::slashing_tests;

use std::unit_test::assert_eq;
use sui::bcs;
use sui::event;
use sui::test_scenario;
use walrus::auth;
use walrus::events::{CommissionSlashed, SlashingVoted};
use walrus::network::{Self, Network};
use walrus::slashing::{Self, SlashingManager};
use walrus::staking_inner;

/// A network in epoch 2 whose nodes have earned commission.
fun new(): (Network, SlashingManager) {
    let mut network = network::new();
    network.earn(1_000_000);
    network.next_epoch();
    let manager = network.scenario().take_shared<SlashingManager>();
    (network, manager)
}

fun vote(network: &mut Network, manager: &mut SlashingManager, voter: u64, candidate: u64) {
    let voter_id = network.node_id(voter);
    let candidate_id = network.node_id(candidate);
    let (staking, _, _, _, ctx) = network.parts();
    manager.vote_for_slashing(staking, auth::authenticate_sender(ctx), voter_id, candidate_id)
}

fun execute(network: &mut Network, manager: &mut SlashingManager, candidate: u64) {
    let candidate_id = network.node_id(candidate);
    let (staking, _, treasury, _, ctx) = network.parts();
    manager.execute_slashing(staking, treasury, candidate_id, ctx)
}

fun end(network: Network, manager: SlashingManager) {
    test_scenario::return_shared(manager);
    network.end();
}

#[test]
fun a_quorum_burns_the_commission() {
    let (mut network, mut manager) = new();
    vote(&mut network, &mut manager, 0, 2);
    vote(&mut network, &mut manager, 1, 2);
    let candidate_id = network.node_id(2);
    assert_eq!(manager.voting_weight(candidate_id), 7);
    let (_, _, treasury, _, _) = network.parts();
    let supply_before = treasury.total_supply();
    execute(&mut network, &mut manager, 2);
    // 1 000 005 FROST less 3 %, of which 2 of 10 shards earn 194 000; 10 % of that, still blocked.
    let (_, _, treasury, _, _) = network.parts();
    assert_eq!(supply_before - treasury.total_supply(), 19_400);
    assert!(!manager.has_proposal(candidate_id));

    let slashed = event::events_by_type<CommissionSlashed>();
    let mut bytes = bcs::new(bcs::to_bytes(&slashed[0]));
    assert_eq!(bytes.peel_u32(), 2);
    assert_eq!(bytes.peel_address(), candidate_id.to_address());
    assert_eq!(bytes.peel_u64(), 19_400);
    let voted = event::events_by_type<SlashingVoted>();
    assert_eq!(voted.length(), 2);
    let mut bytes = bcs::new(bcs::to_bytes(&voted[1]));
    assert_eq!(bytes.peel_u32(), 2);
    assert_eq!(bytes.peel_address(), candidate_id.to_address());
    assert_eq!(bytes.peel_address(), network.node_id(1).to_address());
    assert_eq!(bytes.peel_u16(), 7);
    end(network, manager);
}

#[test]
fun votes_start_anew_in_the_next_epoch() {
    let (mut network, mut manager) = new();
    vote(&mut network, &mut manager, 0, 2);
    vote(&mut network, &mut manager, 1, 2);
    network.next_epoch();
    vote(&mut network, &mut manager, 0, 2);
    assert_eq!(manager.voting_weight(network.node_id(2)), 4);
    end(network, manager);
}

#[test]
fun cleanup_removes_only_outdated_proposals() {
    let (mut network, mut manager) = new();
    vote(&mut network, &mut manager, 0, 2);
    network.next_epoch();
    vote(&mut network, &mut manager, 0, 3);
    let (outdated, current, missing) = (
        network.node_id(2),
        network.node_id(3),
        network.node_id(1),
    );
    manager.cleanup_slashing_proposals(network.staking(), vector[outdated, current, missing]);
    assert!(!manager.has_proposal(outdated));
    assert!(manager.has_proposal(current));
    end(network, manager);
}

#[test, expected_failure(abort_code = slashing::ENotAuthorized)]
fun stranger_cannot_vote() {
    let (mut network, mut manager) = new();
    network.scenario().next_tx(@0xBAD);
    vote(&mut network, &mut manager, 0, 2);
    abort
}

#[test, expected_failure(abort_code = staking_inner::ENotInCommittee)]
fun node_outside_the_committee_cannot_vote() {
    let (mut network, mut manager) = new();
    network.register_candidate();
    vote(&mut network, &mut manager, 4, 2);
    abort
}

#[test, expected_failure(abort_code = slashing::EDuplicateVote)]
fun node_cannot_vote_twice() {
    let (mut network, mut manager) = new();
    vote(&mut network, &mut manager, 0, 2);
    vote(&mut network, &mut manager, 0, 2);
    abort
}

#[test, expected_failure(abort_code = slashing::ENoProposalForNode)]
fun slashing_without_votes_fails() {
    let (mut network, mut manager) = new();
    execute(&mut network, &mut manager, 2);
    abort
}

#[test, expected_failure(abort_code = slashing::EWrongEpoch)]
fun votes_of_the_epoch_before_do_not_slash() {
    let (mut network, mut manager) = new();
    vote(&mut network, &mut manager, 0, 2);
    vote(&mut network, &mut manager, 1, 2);
    network.next_epoch();
    execute(&mut network, &mut manager, 2);
    abort
}

#[test, expected_failure(abort_code = slashing::ENotEnoughVotes)]
fun less_than_a_quorum_does_not_slash() {
    let (mut network, mut manager) = new();
    vote(&mut network, &mut manager, 0, 2);
    vote(&mut network, &mut manager, 3, 2);
    execute(&mut network, &mut manager, 2);
    abort
}
