/// Events of penalties.
module walrus::penalty_events;

use sui::event;

/// A node lost a part of its stake, in billionths, for the epoch before `epoch`.
public struct NodePenalized has copy, drop {
    /// The epoch that begins.
    epoch: u32,
    /// The node that left duties unanswered.
    node_id: ID,
    /// Penalty in billionths of the stake.
    fraction: u64,
    /// FROST of the operator's commission and deposit.
    seized_from_operator: u64,
    /// FROST by which the stake is worth less.
    lost_by_stakers: u64,
}

/// So many nodes were to be penalised that their stakers were spared.
public struct PenaltyBreakerTripped has copy, drop {
    /// The epoch that begins.
    epoch: u32,
    /// Number of nodes to be penalised.
    n_nodes: u64,
}

public(package) fun emit_node_penalized(
    epoch: u32,
    node_id: ID,
    fraction: u64,
    seized_from_operator: u64,
    lost_by_stakers: u64,
) {
    event::emit(NodePenalized { epoch, node_id, fraction, seized_from_operator, lost_by_stakers })
}

public(package) fun emit_penalty_breaker_tripped(epoch: u32, n_nodes: u64) {
    event::emit(PenaltyBreakerTripped { epoch, n_nodes })
}
