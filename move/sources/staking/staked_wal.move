/// Stake as its owner holds it. The principal never leaves this object until it is paid out; the
/// pool only knows how much there is.
module walrus::staked_wal;

use sui::balance::Balance;
use wal::wal::WAL;

/// The stake is not being withdrawn.
const ENotWithdrawing: u64 = 0;
/// The stakes differ in node, activation epoch or state and cannot become one.
const EMetadataMismatch: u64 = 1;
/// Less than the whole stake must be split off.
const EInvalidAmount: u64 = 2;
/// The withdrawal was requested before.
const EAlreadyWithdrawing: u64 = 6;
/// A stake must be at least one WAL.
const EStakeBelowThreshold: u64 = 7;

/// Least stake, in FROST: one WAL.
const MIN_STAKE: u64 = 1_000_000_000;

/// Whether stake is on its way out.
public enum StakedWalState has copy, drop, store {
    /// Backs the node, or will from the activation epoch on.
    Staked,
    /// Payable from the given epoch on.
    Withdrawing { withdraw_epoch: u32 },
}

/// An amount of WAL staked with a node.
public struct StakedWal has key, store {
    /// Names the stake in voter accounts and ballots.
    id: UID,
    /// Whether the stake is on its way out.
    state: StakedWalState,
    /// The node it backs.
    node_id: ID,
    /// The staked WAL.
    principal: Balance<WAL>,
    /// First epoch in which it backs the node.
    activation_epoch: u32,
}

/// Stake that backs a node from `activation_epoch` on.
public(package) fun mint(
    node_id: ID,
    principal: Balance<WAL>,
    activation_epoch: u32,
    ctx: &mut TxContext,
): StakedWal {
    assert!(principal.value() >= MIN_STAKE, EStakeBelowThreshold);
    StakedWal {
        id: object::new(ctx),
        state: StakedWalState::Staked,
        node_id,
        principal,
        activation_epoch,
    }
}

/// Ends the stake and returns the principal.
public(package) fun into_balance(self: StakedWal): Balance<WAL> {
    let StakedWal { id, principal, .. } = self;
    id.delete();
    principal
}

/// Marks the stake as payable from `withdraw_epoch` on.
public(package) fun set_withdrawing(self: &mut StakedWal, withdraw_epoch: u32) {
    assert!(self.is_staked(), EAlreadyWithdrawing);
    self.state = StakedWalState::Withdrawing { withdraw_epoch };
}

// === Views ===

/// The node the stake backs.
public fun node_id(self: &StakedWal): ID { self.node_id }

/// The principal in FROST.
public fun value(self: &StakedWal): u64 { self.principal.value() }

/// First epoch in which the stake backs the node.
public fun activation_epoch(self: &StakedWal): u32 { self.activation_epoch }

/// Whether no withdrawal was requested.
public fun is_staked(self: &StakedWal): bool { self.state == StakedWalState::Staked }

/// Whether a withdrawal was requested.
public fun is_withdrawing(self: &StakedWal): bool { !self.is_staked() }

/// Epoch from which the stake is payable; aborts if no withdrawal was requested.
public fun withdraw_epoch(self: &StakedWal): u32 {
    match (&self.state) {
        StakedWalState::Withdrawing { withdraw_epoch } => *withdraw_epoch,
        StakedWalState::Staked => abort ENotWithdrawing,
    }
}

// === Joining and splitting ===

/// Adds `other` to this stake. Both must be of the same node, epochs and state.
public fun join(self: &mut StakedWal, other: StakedWal) {
    let StakedWal { id, state, node_id, principal, activation_epoch } = other;
    assert!(
        self.node_id == node_id
            && self.activation_epoch == activation_epoch
            && self.state == state,
        EMetadataMismatch,
    );
    id.delete();
    self.principal.join(principal);
}

/// Splits `amount` FROST off into a stake of the same node, epochs and state.
public fun split(self: &mut StakedWal, amount: u64, ctx: &mut TxContext): StakedWal {
    let value = self.principal.value();
    assert!(amount < value, EInvalidAmount);
    assert!(amount >= MIN_STAKE && value - amount >= MIN_STAKE, EStakeBelowThreshold);
    StakedWal {
        id: object::new(ctx),
        state: self.state,
        node_id: self.node_id,
        principal: self.principal.split(amount),
        activation_epoch: self.activation_epoch,
    }
}

// === Tests ===

/// Stake that no pool knows of.
#[test_only]
public fun mint_for_testing(
    node_id: ID,
    amount: u64,
    activation_epoch: u32,
    ctx: &mut TxContext,
): StakedWal {
    mint(node_id, sui::balance::create_for_testing(amount), activation_epoch, ctx)
}
