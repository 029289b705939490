/// Events of proposals and votes.
module walrus_governance::governance_events;

use sui::event;

/// Somebody proposed something.
public struct ProposalCreated has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The proposal.
    proposal_id: ID,
    /// Who paid the deposit.
    proposer: address,
    /// First epoch in which it can be closed.
    closes: u32,
    /// Power of all stakes.
    total: u64,
}

/// A stake voted, for the first time or otherwise than before.
public struct VoteCast has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The proposal.
    proposal_id: ID,
    /// The stake.
    stake_id: ID,
    /// The node it backs.
    node_id: ID,
    /// 0 for yes, 1 for no, 2 for abstain.
    choice: u8,
    /// Power of the stake.
    power: u64,
}

/// A stake's vote was taken back.
public struct VoteRetracted has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The proposal.
    proposal_id: ID,
    /// The stake.
    stake_id: ID,
    /// The node it backs.
    node_id: ID,
}

/// An operator voted for the stake of its node that does not vote itself.
public struct OperatorVoteCast has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The proposal.
    proposal_id: ID,
    /// The node.
    node_id: ID,
    /// 0 for yes, 1 for no, 2 for abstain.
    choice: u8,
    /// Power that the vote has now. Votes of stakers lower it.
    power: u64,
}

/// The outcome turned at the last moment, and the voting goes on for an epoch.
public struct VotingExtended has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The proposal.
    proposal_id: ID,
    /// First epoch in which it can be closed.
    closes: u32,
}

/// A proposal was closed.
public struct ProposalClosed has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The proposal.
    proposal_id: ID,
    /// Whether it was approved.
    approved: bool,
    /// Power of the votes for it.
    yes: u64,
    /// Power of the votes against it.
    no: u64,
    /// Power of the votes that count for the quorum only.
    abstain: u64,
    /// Whether the deposit was forfeited because too few took part.
    bond_forfeited: bool,
}

/// A storage node vetoed an approved proposal.
public struct NodeVetoCast has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The proposal.
    proposal_id: ID,
    /// The node.
    node_id: ID,
    /// Shards of all nodes that vetoed so far.
    weight: u16,
    /// Whether they suffice.
    vetoed: bool,
}

/// A proposal was carried out.
public struct ProposalExecuted has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The proposal.
    proposal_id: ID,
}

/// The time to carry a proposal out has passed.
public struct ProposalExpired has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The proposal.
    proposal_id: ID,
}

/// A parameter was decided.
public struct ParamDecided has copy, drop {
    /// The epoch.
    epoch: u32,
    /// Number of the parameter.
    number: u16,
    /// The new value.
    value: u64,
}

/// The stakers consent to an upgrade that the nodes may vote for.
public struct OperatorUpgradeRatified has copy, drop {
    /// The epoch.
    epoch: u32,
    /// Digest of the package.
    digest: vector<u8>,
    /// Version that it replaces.
    from_version: u64,
    /// First epoch in which the consent is not valid any more.
    until: u32,
}

public(package) fun emit_proposal_created(
    epoch: u32,
    proposal_id: ID,
    proposer: address,
    closes: u32,
    total: u64,
) {
    event::emit(ProposalCreated { epoch, proposal_id, proposer, closes, total })
}

public(package) fun emit_vote_cast(
    epoch: u32,
    proposal_id: ID,
    stake_id: ID,
    node_id: ID,
    choice: u8,
    power: u64,
) {
    event::emit(VoteCast { epoch, proposal_id, stake_id, node_id, choice, power })
}

public(package) fun emit_vote_retracted(
    epoch: u32,
    proposal_id: ID,
    stake_id: ID,
    node_id: ID,
) {
    event::emit(VoteRetracted { epoch, proposal_id, stake_id, node_id })
}

public(package) fun emit_operator_vote_cast(
    epoch: u32,
    proposal_id: ID,
    node_id: ID,
    choice: u8,
    power: u64,
) {
    event::emit(OperatorVoteCast { epoch, proposal_id, node_id, choice, power })
}

public(package) fun emit_voting_extended(epoch: u32, proposal_id: ID, closes: u32) {
    event::emit(VotingExtended { epoch, proposal_id, closes })
}

public(package) fun emit_proposal_closed(
    epoch: u32,
    proposal_id: ID,
    approved: bool,
    yes: u64,
    no: u64,
    abstain: u64,
    bond_forfeited: bool,
) {
    event::emit(ProposalClosed { epoch, proposal_id, approved, yes, no, abstain, bond_forfeited })
}

public(package) fun emit_node_veto_cast(
    epoch: u32,
    proposal_id: ID,
    node_id: ID,
    weight: u16,
    vetoed: bool,
) {
    event::emit(NodeVetoCast { epoch, proposal_id, node_id, weight, vetoed })
}

public(package) fun emit_proposal_executed(epoch: u32, proposal_id: ID) {
    event::emit(ProposalExecuted { epoch, proposal_id })
}

public(package) fun emit_proposal_expired(epoch: u32, proposal_id: ID) {
    event::emit(ProposalExpired { epoch, proposal_id })
}

public(package) fun emit_param_decided(epoch: u32, number: u16, value: u64) {
    event::emit(ParamDecided { epoch, number, value })
}

public(package) fun emit_operator_upgrade_ratified(
    epoch: u32,
    digest: vector<u8>,
    from_version: u64,
    until: u32,
) {
    event::emit(OperatorUpgradeRatified { epoch, digest, from_version, until })
}
