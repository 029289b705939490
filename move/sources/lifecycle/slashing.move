/// Slashing by vote of the storage nodes: a quorum burns the commission of a node.
///
/// The stake that is delegated to the node is not touched. Commission is blocked from collection for part
/// of an epoch, so that the vote has the time to reach it.
module walrus::slashing;

use sui::coin;
use sui::table::{Self, Table};
use sui::vec_set::{Self, VecSet};
use wal::wal::ProtectedTreasury;
use walrus::auth::Authenticated;
use walrus::events;
use walrus::staking::Staking;

/// The caller does not have the governance right of the voting node.
const ENotAuthorized: u64 = 0;
/// The node has voted already.
const EDuplicateVote: u64 = 1;
/// Nobody has voted against the node.
const ENoProposalForNode: u64 = 2;
/// The votes are of another epoch.
const EWrongEpoch: u64 = 3;
/// The votes are not a quorum.
const ENotEnoughVotes: u64 = 4;

/// Holds the votes against nodes.
public struct SlashingManager has key {
    /// The shared object's own ID.
    id: UID,
    /// Proposals by the node to be slashed.
    slashing_candidates: Table<ID, SlashingProposal>,
}

/// The votes against a node.
public struct SlashingProposal has drop, store {
    /// Epoch of the votes.
    epoch: u32,
    /// The node to be slashed.
    node_id: ID,
    /// Shards of the nodes that voted.
    voting_weight: u16,
    /// The nodes that voted.
    voters: VecSet<ID>,
}

/// Shares a manager without votes.
public(package) fun create(ctx: &mut TxContext) {
    transfer::share_object(SlashingManager {
        id: object::new(ctx),
        slashing_candidates: table::new(ctx),
    })
}

/// Votes against a node in the name of a node of the current committee. Votes count in their epoch; the
/// first vote of a later epoch starts anew.
public fun vote_for_slashing(
    self: &mut SlashingManager,
    staking: &Staking,
    authenticated: Authenticated,
    voter_node_id: ID,
    candidate_node_id: ID,
) {
    assert!(staking.has_governance_right(voter_node_id, &authenticated), ENotAuthorized);
    let weight = staking.node_weight(voter_node_id);
    let epoch = staking.epoch();

    if (self.is_outdated(candidate_node_id, epoch)) {
        self.slashing_candidates.remove(candidate_node_id);
    };
    if (!self.slashing_candidates.contains(candidate_node_id)) {
        self.slashing_candidates.add(
            candidate_node_id,
            SlashingProposal {
                epoch,
                node_id: candidate_node_id,
                voting_weight: 0,
                voters: vec_set::empty(),
            },
        );
    };
    let proposal = &mut self.slashing_candidates[candidate_node_id];
    assert!(!proposal.voters.contains(&voter_node_id), EDuplicateVote);
    proposal.voters.insert(voter_node_id);
    proposal.voting_weight = proposal.voting_weight + weight;
    events::emit_slashing_voted(
        epoch,
        candidate_node_id,
        voter_node_id,
        proposal.voting_weight,
    );
}

/// Burns the whole commission of a node that a quorum voted against, blocked commission included.
public fun execute_slashing(
    self: &mut SlashingManager,
    staking: &mut Staking,
    treasury: &mut ProtectedTreasury,
    candidate_node_id: ID,
    ctx: &mut TxContext,
) {
    assert!(self.slashing_candidates.contains(candidate_node_id), ENoProposalForNode);
    let proposal = self.slashing_candidates.remove(candidate_node_id);
    let epoch = staking.epoch();
    assert!(proposal.epoch == epoch, EWrongEpoch);
    assert!(staking.is_quorum(proposal.voting_weight), ENotEnoughVotes);
    let commission = staking.seize_commission(candidate_node_id);
    events::emit_commission_slashed(epoch, candidate_node_id, commission.value());
    treasury.burn(coin::from_balance(commission, ctx));
}

/// Removes those of the proposals that are of past epochs. The others are left alone.
public fun cleanup_slashing_proposals(
    self: &mut SlashingManager,
    staking: &Staking,
    node_ids: vector<ID>,
) {
    let epoch = staking.epoch();
    node_ids.do!(|node_id| {
        if (self.is_outdated(node_id, epoch)) {
            self.slashing_candidates.remove(node_id);
        };
    });
}

/// Whether there is a proposal whose votes no longer count.
fun is_outdated(self: &SlashingManager, node_id: ID, epoch: u32): bool {
    self.slashing_candidates.contains(node_id) && self.slashing_candidates[node_id].epoch != epoch
}

// === Tests ===

/// Whether there is a proposal to slash the node.
#[test_only]
public fun has_proposal(self: &SlashingManager, node_id: ID): bool {
    self.slashing_candidates.contains(node_id)
}

/// Shards of the nodes that voted against the node.
#[test_only]
public fun voting_weight(self: &SlashingManager, node_id: ID): u16 {
    self.slashing_candidates[node_id].voting_weight
}
