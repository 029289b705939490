/// Upgrades of the package by vote of the storage nodes, or of the stakers.
///
/// The nodes of the current committee vote for the digest of a package, weighted by their shards. With a
/// quorum anybody can obtain the ticket for the upgrade within the epoch. Committing the upgrade announces
/// the new package to the shared objects; they keep working with the old one until they are migrated.
module walrus::upgrade;

use sui::dynamic_field as df;
use sui::package::{UpgradeCap, UpgradeReceipt, UpgradeTicket};
use sui::table::{Self, Table};
use sui::vec_set::{Self, VecSet};
use walrus::auth::Authenticated;
use walrus::events;
use walrus::governed::GovernanceCap;
use walrus::staking::Staking;
use walrus::system::System;

/// The emergency capability belongs to another upgrade manager.
const EInvalidUpgradeManager: u64 = 0;
/// The caller does not have the governance right of the node.
const ENotAuthorized: u64 = 1;
/// The node has voted for the digest already.
const EDuplicateVote: u64 = 2;
/// The digest of a package must be 32 bytes long.
const EInvalidPackageDigest: u64 = 3;
/// Nobody has voted for the digest.
const ENoProposalForDigest: u64 = 4;
/// The votes are of another epoch.
const EWrongEpoch: u64 = 5;
/// The votes are not a quorum.
const ENotEnoughVotes: u64 = 6;
/// The votes are for another version of the package.
const EWrongVersion: u64 = 7;

/// The stakers have not ratified the package, or not for this version or this time.
const ENotRatified: u64 = 8;

/// Bytes of a package digest.
const DIGEST_LENGTH_BYTES: u64 = 32;

/// Holds the right to upgrade the package.
public struct UpgradeManager has key {
    /// What emergency capabilities name; parent of ratifications.
    id: UID,
    /// The right to upgrade the package.
    cap: UpgradeCap,
    /// Proposals by package digest.
    upgrade_proposals: Table<PackageDigest, UpgradeProposal>,
}

/// The votes for a package.
public struct UpgradeProposal has drop, store {
    /// Epoch of the votes.
    epoch: u32,
    /// Digest of the package.
    digest: PackageDigest,
    /// Version that the package would get.
    version: u64,
    /// Shards of the nodes that voted.
    voting_weight: u16,
    /// The nodes that voted.
    voters: VecSet<ID>,
}

/// Digest of a package, always 32 bytes.
public struct PackageDigest(vector<u8>) has copy, drop, store;

/// The right to upgrade without a vote, while a deployment is young.
public struct EmergencyUpgradeCap has key, store {
    /// The capability's own ID.
    id: UID,
    /// The manager the capability belongs to.
    upgrade_manager_id: ID,
}

/// Name of the dynamic field that says that packages of the nodes need to be ratified by the stakers.
public struct RatificationKey() has copy, drop, store;

/// Name of the dynamic field that ratifies a package.
public struct RatifiedKey has copy, drop, store {
    /// Digest of the package.
    digest: PackageDigest,
}

/// The stakers' consent to a package that the nodes may vote for.
public struct Ratified has drop, store {
    /// Digest of the package.
    digest: PackageDigest,
    /// Version that the package replaces.
    from_version: u64,
    /// First epoch in which the consent is not valid any more.
    until: u32,
}

/// Shares a manager with the upgrade capability of the package.
public(package) fun new(cap: UpgradeCap, ctx: &mut TxContext): EmergencyUpgradeCap {
    let manager = UpgradeManager {
        id: object::new(ctx),
        cap,
        upgrade_proposals: table::new(ctx),
    };
    let emergency_cap = EmergencyUpgradeCap {
        id: object::new(ctx),
        upgrade_manager_id: manager.id.to_inner(),
    };
    transfer::share_object(manager);
    emergency_cap
}

/// Votes for a package in the name of a node of the current committee.
///
/// Votes count in the epoch and for the version they were cast for; the first vote after a change of either
/// starts anew.
public fun vote_for_upgrade(
    self: &mut UpgradeManager,
    staking: &Staking,
    authenticated: Authenticated,
    node_id: ID,
    digest: vector<u8>,
) {
    assert!(staking.has_governance_right(node_id, &authenticated), ENotAuthorized);
    let package_digest = new_package_digest(digest);
    let weight = staking.node_weight(node_id);
    let epoch = staking.epoch();

    if (self.is_outdated(package_digest, epoch)) {
        self.upgrade_proposals.remove(package_digest);
    };
    if (!self.upgrade_proposals.contains(package_digest)) {
        let version = self.next_version();
        let proposal = new_proposal(epoch, package_digest, version);
        self.upgrade_proposals.add(package_digest, proposal);
        events::emit_contract_upgrade_proposed(epoch, digest);
    };
    let proposal = &mut self.upgrade_proposals[package_digest];
    assert!(!proposal.voters.contains(&node_id), EDuplicateVote);
    proposal.voters.insert(node_id);
    proposal.voting_weight = proposal.voting_weight + weight;
    if (staking.is_quorum(proposal.voting_weight)) {
        events::emit_contract_upgrade_quorum_reached(epoch, digest);
    };
}

/// Turns a proposal with a quorum into the permission to upgrade.
public fun authorize_upgrade(
    self: &mut UpgradeManager,
    staking: &Staking,
    digest: vector<u8>,
): UpgradeTicket {
    let package_digest = new_package_digest(digest);
    assert!(self.upgrade_proposals.contains(package_digest), ENoProposalForDigest);
    let proposal = self.upgrade_proposals.remove(package_digest);
    assert!(proposal.epoch == staking.epoch(), EWrongEpoch);
    assert!(staking.is_quorum(proposal.voting_weight), ENotEnoughVotes);
    assert!(proposal.version == self.next_version(), EWrongVersion);
    self.check_ratification(package_digest, staking.epoch());
    self.authorize(package_digest)
}

fun check_ratification(self: &mut UpgradeManager, digest: PackageDigest, epoch: u32) {
    if (!df::exists_(&self.id, RatificationKey())) return;
    let key = RatifiedKey { digest };
    assert!(df::exists_(&self.id, key), ENotRatified);
    let Ratified { from_version, until, .. } = df::remove(&mut self.id, key);
    assert!(from_version == self.version() && epoch < until, ENotRatified);
}

/// Permits an upgrade without a vote.
public fun authorize_emergency_upgrade(
    self: &mut UpgradeManager,
    emergency_upgrade_cap: &EmergencyUpgradeCap,
    digest: vector<u8>,
): UpgradeTicket {
    assert!(
        emergency_upgrade_cap.upgrade_manager_id == self.id.to_inner(),
        EInvalidUpgradeManager,
    );
    self.authorize(new_package_digest(digest))
}

// === Government by the stakers ===

/// Version of the package.
public fun version(self: &UpgradeManager): u64 { self.cap.version() }

/// From now on packages that the nodes vote for need to be ratified by the stakers.
public fun require_ratification(self: &mut UpgradeManager, _: &GovernanceCap) {
    df::add(&mut self.id, RatificationKey(), true);
}

/// Ratifies a package in place of `from_version`, for votes of the nodes in epochs before `until`.
public fun ratify(
    self: &mut UpgradeManager,
    _: &GovernanceCap,
    digest: vector<u8>,
    from_version: u64,
    until: u32,
) {
    let digest = new_package_digest(digest);
    let key = RatifiedKey { digest };
    if (df::exists_(&self.id, key)) {
        let _: Ratified = df::remove(&mut self.id, key);
    };
    df::add(&mut self.id, key, Ratified { digest, from_version, until });
}

/// Permits the upgrade that the stakers decided, in place of `from_version`.
public fun authorize_staker_upgrade(
    self: &mut UpgradeManager,
    _: &GovernanceCap,
    digest: vector<u8>,
    from_version: u64,
): UpgradeTicket {
    assert!(from_version == self.version(), EWrongVersion);
    self.authorize(new_package_digest(digest))
}

// === Completion ===

/// Completes an upgrade and announces the new package to the shared objects.
public fun commit_upgrade(
    self: &mut UpgradeManager,
    staking: &mut Staking,
    system: &mut System,
    receipt: UpgradeReceipt,
) {
    let new_package_id = receipt.package();
    self.cap.commit_upgrade(receipt);
    staking.set_new_package_id(new_package_id);
    system.set_new_package_id(new_package_id);
}

/// Removes those of the proposals whose votes no longer count. The others are left alone.
public fun cleanup_upgrade_proposals(
    self: &mut UpgradeManager,
    staking: &Staking,
    digests: vector<vector<u8>>,
) {
    let epoch = staking.epoch();
    digests.do!(|digest| {
        let package_digest = new_package_digest(digest);
        if (self.is_outdated(package_digest, epoch)) {
            self.upgrade_proposals.remove(package_digest);
        };
    });
}

/// Gives up the right to upgrade without a vote, for ever.
public fun burn_emergency_upgrade_cap(emergency_upgrade_cap: EmergencyUpgradeCap) {
    let EmergencyUpgradeCap { id, .. } = emergency_upgrade_cap;
    id.delete();
}

fun authorize(self: &mut UpgradeManager, digest: PackageDigest): UpgradeTicket {
    let policy = self.cap.policy();
    let PackageDigest(bytes) = digest;
    self.cap.authorize_upgrade(policy, bytes)
}

/// Version that the package gets with the next upgrade.
fun next_version(self: &UpgradeManager): u64 {
    self.version() + 1
}

/// Whether there is a proposal whose votes no longer count.
fun is_outdated(self: &UpgradeManager, digest: PackageDigest, epoch: u32): bool {
    if (!self.upgrade_proposals.contains(digest)) return false;
    let proposal = &self.upgrade_proposals[digest];
    proposal.epoch != epoch || proposal.version != self.next_version()
}

fun new_package_digest(bytes: vector<u8>): PackageDigest {
    assert!(bytes.length() == DIGEST_LENGTH_BYTES, EInvalidPackageDigest);
    PackageDigest(bytes)
}

fun new_proposal(epoch: u32, digest: PackageDigest, version: u64): UpgradeProposal {
    UpgradeProposal { epoch, digest, version, voting_weight: 0, voters: vec_set::empty() }
}

// === Tests ===

/// Whether there is a proposal for the digest.
#[test_only]
public fun has_proposal(self: &UpgradeManager, digest: vector<u8>): bool {
    self.upgrade_proposals.contains(new_package_digest(digest))
}

/// Shards of the nodes that voted for the digest.
#[test_only]
public fun voting_weight(self: &UpgradeManager, digest: vector<u8>): u16 {
    self.upgrade_proposals[new_package_digest(digest)].voting_weight
}

/// The right to upgrade the package.
#[test_only]
public fun cap(self: &UpgradeManager): &UpgradeCap {
    &self.cap
}
