/// Events of nodes that register and of stake that comes and goes.
module walrus::staking_events;

use sui::event;

/// A node was registered.
public struct NodeRegistered has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The node, which is also its pool.
    node_id: ID,
}

/// WAL was staked with a node.
public struct StakeAdded has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The node.
    node_id: ID,
    /// The stake.
    staked_wal_id: ID,
    /// FROST.
    principal: u64,
    /// Epoch from which on it backs the node.
    activation_epoch: u32,
}

/// Stake was announced to leave.
public struct StakeWithdrawalRequested has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The node.
    node_id: ID,
    /// The stake.
    staked_wal_id: ID,
    /// Epoch from which on it is paid out.
    withdraw_epoch: u32,
}

/// Stake was paid out.
public struct StakeWithdrawn has copy, drop {
    /// The epoch.
    epoch: u32,
    /// The node.
    node_id: ID,
    /// The stake, which is no more.
    staked_wal_id: ID,
    /// FROST that was staked.
    principal: u64,
    /// FROST that was paid: with rewards, less penalties.
    payout: u64,
}

public(package) fun emit_node_registered(epoch: u32, node_id: ID) {
    event::emit(NodeRegistered { epoch, node_id })
}

public(package) fun emit_stake_added(
    epoch: u32,
    node_id: ID,
    staked_wal_id: ID,
    principal: u64,
    activation_epoch: u32,
) {
    event::emit(StakeAdded { epoch, node_id, staked_wal_id, principal, activation_epoch })
}

public(package) fun emit_stake_withdrawal_requested(
    epoch: u32,
    node_id: ID,
    staked_wal_id: ID,
    withdraw_epoch: u32,
) {
    event::emit(StakeWithdrawalRequested { epoch, node_id, staked_wal_id, withdraw_epoch })
}

public(package) fun emit_stake_withdrawn(
    epoch: u32,
    node_id: ID,
    staked_wal_id: ID,
    principal: u64,
    payout: u64,
) {
    event::emit(StakeWithdrawn { epoch, node_id, staked_wal_id, principal, payout })
}
