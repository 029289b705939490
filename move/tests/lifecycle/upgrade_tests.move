/// The nodes' vote for an upgrade.
#[test_only]
module walrus::upgrade_tests;

use std::unit_test::{assert_eq, destroy};
use sui::bcs;
use sui::event;
use sui::package;
use sui::test_scenario;
use walrus::auth;
use walrus::governed;
use walrus::events::{ContractUpgradeProposed, ContractUpgradeQuorumReached};
use walrus::network::{Self, Network};
use walrus::staking_inner;
use walrus::upgrade::{Self, EmergencyUpgradeCap, UpgradeManager};

fun digest(): vector<u8> { vector::tabulate!(32, |i| i as u8) }

fun other_digest(): vector<u8> { vector::tabulate!(32, |_| 7) }

/// A network, and an upgrade manager for a package of its own.
fun new(): (Network, UpgradeManager, EmergencyUpgradeCap) {
    let mut network = network::new();
    let (_, _, _, _, ctx) = network.parts();
    let cap = package::test_publish(object::id_from_address(@0x55), ctx);
    let emergency_cap = upgrade::new(cap, ctx);
    network.scenario().next_tx(network::operator());
    let manager = network.scenario().take_shared<UpgradeManager>();
    (network, manager, emergency_cap)
}

fun vote_for(network: &mut Network, manager: &mut UpgradeManager, node: u64, digest: vector<u8>) {
    let node_id = network.node_id(node);
    let (staking, _, _, _, ctx) = network.parts();
    manager.vote_for_upgrade(staking, auth::authenticate_sender(ctx), node_id, digest)
}

fun vote(network: &mut Network, manager: &mut UpgradeManager, node: u64) {
    vote_for(network, manager, node, digest())
}

fun end(network: Network, manager: UpgradeManager, emergency_cap: EmergencyUpgradeCap) {
    emergency_cap.burn_emergency_upgrade_cap();
    test_scenario::return_shared(manager);
    network.end();
}

#[test]
fun a_quorum_upgrades_the_package() {
    let (mut network, mut manager, emergency_cap) = new();
    vote(&mut network, &mut manager, 0);
    assert_eq!(event::events_by_type<ContractUpgradeProposed>().length(), 1);
    assert_eq!(event::events_by_type<ContractUpgradeQuorumReached>().length(), 0);
    assert_eq!(manager.voting_weight(digest()), 4);
    vote(&mut network, &mut manager, 1);
    assert_eq!(manager.voting_weight(digest()), 7);
    vote(&mut network, &mut manager, 3);
    // Repeated with every vote at or above the quorum.
    let reached = event::events_by_type<ContractUpgradeQuorumReached>();
    assert_eq!(reached.length(), 2);
    assert_eq!(event::events_by_type<ContractUpgradeProposed>().length(), 1);
    let mut bytes = bcs::new(bcs::to_bytes(&reached[0]));
    assert_eq!(bytes.peel_u32(), 1);
    assert_eq!(bytes.peel_vec_u8(), digest());

    let (staking, system, _, _, _) = network.parts();
    let ticket = manager.authorize_upgrade(staking, digest());
    assert_eq!(*ticket.digest(), digest());
    assert!(!manager.has_proposal(digest()));
    let receipt = package::test_upgrade(ticket);
    let new_package_id = receipt.package();
    manager.commit_upgrade(staking, system, receipt);
    assert_eq!(manager.cap().version(), 2);
    assert_eq!(system.new_package_id_for_testing(), option::some(new_package_id));
    // The old package goes on until the migration.
    assert_eq!(system.epoch(), 1);
    end(network, manager, emergency_cap);
}

#[test]
fun votes_start_anew_in_the_next_epoch() {
    let (mut network, mut manager, emergency_cap) = new();
    vote(&mut network, &mut manager, 0);
    vote(&mut network, &mut manager, 1);
    network.next_epoch();
    vote(&mut network, &mut manager, 0);
    assert_eq!(manager.voting_weight(digest()), 4);
    end(network, manager, emergency_cap);
}

#[test]
fun votes_start_anew_after_an_upgrade() {
    let (mut network, mut manager, emergency_cap) = new();
    vote(&mut network, &mut manager, 0);
    vote(&mut network, &mut manager, 1);
    let ticket = manager.authorize_emergency_upgrade(&emergency_cap, other_digest());
    let (staking, system, _, _, _) = network.parts();
    manager.commit_upgrade(staking, system, package::test_upgrade(ticket));
    vote(&mut network, &mut manager, 0);
    assert_eq!(manager.voting_weight(digest()), 4);
    end(network, manager, emergency_cap);
}

#[test]
fun digests_are_voted_on_apart() {
    let (mut network, mut manager, emergency_cap) = new();
    vote_for(&mut network, &mut manager, 0, digest());
    vote_for(&mut network, &mut manager, 0, other_digest());
    assert_eq!(manager.voting_weight(digest()), 4);
    assert_eq!(manager.voting_weight(other_digest()), 4);
    end(network, manager, emergency_cap);
}

#[test]
fun cleanup_removes_only_outdated_proposals() {
    let (mut network, mut manager, emergency_cap) = new();
    vote_for(&mut network, &mut manager, 0, other_digest());
    network.next_epoch();
    vote_for(&mut network, &mut manager, 0, digest());
    let missing = vector::tabulate!(32, |_| 9);
    manager.cleanup_upgrade_proposals(
        network.staking(),
        vector[digest(), other_digest(), missing],
    );
    assert!(manager.has_proposal(digest()));
    assert!(!manager.has_proposal(other_digest()));
    end(network, manager, emergency_cap);
}

#[test, expected_failure(abort_code = upgrade::ENotAuthorized)]
fun stranger_cannot_vote() {
    let (mut network, mut manager, _emergency_cap) = new();
    network.scenario().next_tx(@0xBAD);
    vote(&mut network, &mut manager, 0);
    abort
}

#[test, expected_failure(abort_code = upgrade::ENotAuthorized)]
fun object_does_not_vote_for_an_address() {
    let (mut network, mut manager, emergency_cap) = new();
    let node_id = network.node_id(0);
    manager.vote_for_upgrade(
        network.staking(),
        auth::authenticate_with_object(&emergency_cap),
        node_id,
        digest(),
    );
    abort
}

#[test, expected_failure(abort_code = staking_inner::ENotInCommittee)]
fun node_outside_the_committee_cannot_vote() {
    let (mut network, mut manager, _emergency_cap) = new();
    network.register_candidate();
    vote(&mut network, &mut manager, 4);
    abort
}

#[test, expected_failure(abort_code = upgrade::EDuplicateVote)]
fun node_cannot_vote_twice() {
    let (mut network, mut manager, _emergency_cap) = new();
    vote(&mut network, &mut manager, 0);
    vote(&mut network, &mut manager, 0);
    abort
}

#[test, expected_failure(abort_code = upgrade::EInvalidPackageDigest)]
fun digest_of_another_length_fails() {
    let (mut network, mut manager, _emergency_cap) = new();
    vote_for(&mut network, &mut manager, 0, vector::tabulate!(31, |_| 0));
    abort
}

#[test, expected_failure(abort_code = upgrade::ENoProposalForDigest)]
fun upgrade_without_votes_fails() {
    let (mut network, mut manager, _emergency_cap) = new();
    destroy(manager.authorize_upgrade(network.staking(), digest()));
    abort
}

#[test, expected_failure(abort_code = upgrade::EWrongEpoch)]
fun votes_of_the_epoch_before_do_not_upgrade() {
    let (mut network, mut manager, _emergency_cap) = new();
    vote(&mut network, &mut manager, 0);
    vote(&mut network, &mut manager, 1);
    network.next_epoch();
    destroy(manager.authorize_upgrade(network.staking(), digest()));
    abort
}

#[test, expected_failure(abort_code = upgrade::ENotEnoughVotes)]
fun less_than_a_quorum_does_not_upgrade() {
    let (mut network, mut manager, _emergency_cap) = new();
    // 6 of 10 shards.
    vote(&mut network, &mut manager, 0);
    vote(&mut network, &mut manager, 2);
    destroy(manager.authorize_upgrade(network.staking(), digest()));
    abort
}

#[test, expected_failure(abort_code = upgrade::EWrongVersion)]
fun votes_for_the_version_before_do_not_upgrade() {
    let (mut network, mut manager, emergency_cap) = new();
    vote(&mut network, &mut manager, 0);
    vote(&mut network, &mut manager, 1);
    let ticket = manager.authorize_emergency_upgrade(&emergency_cap, other_digest());
    let (staking, system, _, _, _) = network.parts();
    manager.commit_upgrade(staking, system, package::test_upgrade(ticket));
    destroy(manager.authorize_upgrade(network.staking(), digest()));
    abort
}

#[test, expected_failure(abort_code = upgrade::EInvalidUpgradeManager)]
fun emergency_cap_of_another_manager_fails() {
    let (mut network, mut manager, _emergency_cap) = new();
    let (_, _, _, _, ctx) = network.parts();
    let cap = package::test_publish(object::id_from_address(@0x56), ctx);
    let other = upgrade::new(cap, ctx);
    destroy(manager.authorize_emergency_upgrade(&other, digest()));
    abort
}

#[test, expected_failure(abort_code = upgrade::EInvalidPackageDigest)]
fun emergency_upgrade_needs_a_digest() {
    let (_network, mut manager, emergency_cap) = new();
    destroy(manager.authorize_emergency_upgrade(&emergency_cap, vector[]));
    abort
}

// === Government by the stakers ===

/// Lets a quorum of the nodes vote.
fun vote_by_quorum(network: &mut Network, manager: &mut UpgradeManager) {
    vote(network, manager, 0);
    vote(network, manager, 1);
}

#[test]
fun ratified_packages_are_upgraded_to() {
    let (mut network, mut manager, emergency_cap) = new();
    let cap = governed::new_cap_for_testing(network.scenario().ctx());
    manager.require_ratification(&cap);
    // Another package does not matter, and a second consent replaces the first one.
    manager.ratify(&cap, other_digest(), 1, 9);
    manager.ratify(&cap, digest(), 7, 1);
    manager.ratify(&cap, digest(), 1, 2);
    vote_by_quorum(&mut network, &mut manager);
    let ticket = manager.authorize_upgrade(network.staking(), digest());
    assert_eq!(*ticket.digest(), digest());
    let (staking, system, _, _, _) = network.parts();
    manager.commit_upgrade(staking, system, package::test_upgrade(ticket));
    assert_eq!(manager.version(), 2);
    destroy(cap);
    end(network, manager, emergency_cap);
}

#[test, expected_failure(abort_code = upgrade::ENotRatified)]
fun packages_that_are_not_ratified_fail() {
    let (mut network, mut manager, _emergency_cap) = new();
    let cap = governed::new_cap_for_testing(network.scenario().ctx());
    manager.require_ratification(&cap);
    manager.ratify(&cap, other_digest(), 1, 9);
    vote_by_quorum(&mut network, &mut manager);
    let _ticket = manager.authorize_upgrade(network.staking(), digest());
    abort
}

#[test, expected_failure(abort_code = upgrade::ENotRatified)]
fun a_package_ratified_for_another_version_fails() {
    let (mut network, mut manager, _emergency_cap) = new();
    let cap = governed::new_cap_for_testing(network.scenario().ctx());
    manager.require_ratification(&cap);
    manager.ratify(&cap, digest(), 2, 9);
    vote_by_quorum(&mut network, &mut manager);
    let _ticket = manager.authorize_upgrade(network.staking(), digest());
    abort
}

#[test, expected_failure(abort_code = upgrade::ENotRatified)]
fun a_package_ratified_too_long_ago_fails() {
    let (mut network, mut manager, _emergency_cap) = new();
    let cap = governed::new_cap_for_testing(network.scenario().ctx());
    manager.require_ratification(&cap);
    manager.ratify(&cap, digest(), 1, 1);
    vote_by_quorum(&mut network, &mut manager);
    let _ticket = manager.authorize_upgrade(network.staking(), digest());
    abort
}

#[test, expected_failure(abort_code = upgrade::ENotRatified)]
fun a_ratification_is_good_for_one_upgrade() {
    let (mut network, mut manager, _emergency_cap) = new();
    let cap = governed::new_cap_for_testing(network.scenario().ctx());
    manager.require_ratification(&cap);
    manager.ratify(&cap, digest(), 1, 9);
    vote_by_quorum(&mut network, &mut manager);
    let ticket = manager.authorize_upgrade(network.staking(), digest());
    let (staking, system, _, _, _) = network.parts();
    manager.commit_upgrade(staking, system, package::test_upgrade(ticket));
    vote_by_quorum(&mut network, &mut manager);
    let _ticket = manager.authorize_upgrade(network.staking(), digest());
    abort
}

#[test, expected_failure(abort_code = upgrade::EInvalidPackageDigest)]
fun a_short_digest_is_not_ratified() {
    let (mut network, mut manager, _emergency_cap) = new();
    let cap = governed::new_cap_for_testing(network.scenario().ctx());
    manager.ratify(&cap, b"short", 1, 9);
    abort
}

#[test]
fun stakers_upgrade_without_the_nodes() {
    let (mut network, mut manager, emergency_cap) = new();
    let cap = governed::new_cap_for_testing(network.scenario().ctx());
    let ticket = manager.authorize_staker_upgrade(&cap, digest(), 1);
    assert_eq!(*ticket.digest(), digest());
    let (staking, system, _, _, _) = network.parts();
    manager.commit_upgrade(staking, system, package::test_upgrade(ticket));
    assert_eq!(manager.version(), 2);
    destroy(cap);
    end(network, manager, emergency_cap);
}

#[test, expected_failure(abort_code = upgrade::EWrongVersion)]
fun stakers_upgrade_only_the_version_they_meant() {
    let (mut network, mut manager, _emergency_cap) = new();
    let cap = governed::new_cap_for_testing(network.scenario().ctx());
    let _ticket = manager.authorize_staker_upgrade(&cap, digest(), 2);
    abort
}

#[test, expected_failure(abort_code = upgrade::EInvalidPackageDigest)]
fun stakers_upgrade_to_whole_digests() {
    let (mut network, mut manager, _emergency_cap) = new();
    let cap = governed::new_cap_for_testing(network.scenario().ctx());
    let _ticket = manager.authorize_staker_upgrade(&cap, b"short", 1);
    abort
}
