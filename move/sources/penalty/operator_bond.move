/// A deposit of an operator that is lost before the stakers lose anything.
module walrus::operator_bond;

use sui::balance::{Self, Balance};
use wal::wal::WAL;

/// The release was not requested, or its time has not come.
const EBondNotReleased: u64 = 0;

/// Epochs between the request for a release and the payout: all offences of the time until then can
/// still be charged to the bond.
const RELEASE_DELAY_EPOCHS: u32 = 2;

/// The deposit of one operator.
public struct OperatorBond has store {
    /// The deposited WAL.
    funds: Balance<WAL>,
    /// Epoch from which it may be taken back, if that was requested.
    release_epoch: Option<u32>,
}

/// Nothing deposited.
public(package) fun new(): OperatorBond {
    OperatorBond { funds: balance::zero(), release_epoch: option::none() }
}

/// Adds to the deposit. A requested release is off.
public(package) fun deposit(self: &mut OperatorBond, funds: Balance<WAL>) {
    self.funds.join(funds);
    self.release_epoch = option::none();
}

/// Announces that the deposit is to be taken back. A second request changes nothing.
public(package) fun request_release(self: &mut OperatorBond, epoch: u32) {
    if (self.release_epoch.is_none()) {
        self.release_epoch = option::some(epoch + RELEASE_DELAY_EPOCHS);
    }
}

/// Takes the deposit back.
public(package) fun withdraw(self: &mut OperatorBond, epoch: u32): Balance<WAL> {
    assert!(self.release_epoch.is_some_and!(|release| *release <= epoch), EBondNotReleased);
    self.release_epoch = option::none();
    self.funds.withdraw_all()
}

/// Takes up to `amount` from the deposit.
public(package) fun seize(self: &mut OperatorBond, amount: u64): Balance<WAL> {
    let available = self.funds.value();
    self.funds.split(amount.min(available))
}

/// The deposit in FROST.
public(package) fun value(self: &OperatorBond): u64 { self.funds.value() }
