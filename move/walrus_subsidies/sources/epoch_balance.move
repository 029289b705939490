/// The rewards of the current and the coming epochs that have been subsidized, in a ring of one entry per
/// epoch.
module walrus_subsidies::epoch_balance;

/// The subsidized rewards of one epoch.
public struct EpochBalance has copy, drop, store {
    /// The epoch.
    epoch: u32,
    /// FROST that need no further subsidy.
    balance: u64,
}

/// Ring of entries. The entry at `current_index` is that of the earliest epoch, the others follow in order.
public struct EpochBalanceRingBuffer has store {
    /// Position of the earliest epoch.
    current_index: u32,
    /// The entries.
    ring_buffer: vector<EpochBalance>,
}

/// A ring of the given balances, the first one of `first_epoch`.
public(package) fun new(first_epoch: u32, balances: vector<u64>): EpochBalanceRingBuffer {
    let mut epoch = first_epoch;
    let ring_buffer = balances.map!(|balance| {
        let entry = EpochBalance { epoch, balance };
        epoch = epoch + 1;
        entry
    });
    EpochBalanceRingBuffer { current_index: 0, ring_buffer }
}

/// Replaces the entries of epochs before `epoch` by empty ones at the far end.
public(package) fun advance_to(self: &mut EpochBalanceRingBuffer, epoch: u32) {
    let length = self.ring_buffer.length() as u32;
    let first_epoch = self.ring_buffer[self.current_index as u64].epoch;
    // Once around the ring replaces all entries, however long the ring was not advanced.
    let n_replaced = (epoch.max(first_epoch) - first_epoch).min(length);
    n_replaced.do!(|i| {
        let position = (self.current_index + i) % length;
        let new_epoch = epoch + length - n_replaced + i;
        *(&mut self.ring_buffer[position as u64]) = EpochBalance { epoch: new_epoch, balance: 0 };
    });
    self.current_index = (self.current_index + n_replaced) % length;
}

/// The balance of the epoch that lies `epochs_in_future` after the earliest one.
public(package) fun balance(self: &EpochBalanceRingBuffer, epochs_in_future: u32): u64 {
    self.ring_buffer[self.position(epochs_in_future)].balance
}

/// Sets the balance of the epoch that lies `epochs_in_future` after the earliest one.
public(package) fun set_balance(
    self: &mut EpochBalanceRingBuffer,
    epochs_in_future: u32,
    balance: u64,
) {
    let position = self.position(epochs_in_future);
    self.ring_buffer[position].balance = balance;
}

/// Number of entries.
public(package) fun length(self: &EpochBalanceRingBuffer): u32 {
    self.ring_buffer.length() as u32
}

/// The epochs of the entries, from the earliest one on.
#[test_only]
public(package) fun epochs(self: &EpochBalanceRingBuffer): vector<u32> {
    vector::tabulate!(
        self.ring_buffer.length(),
        |i| self.ring_buffer[self.position(i as u32)].epoch,
    )
}

fun position(self: &EpochBalanceRingBuffer, epochs_in_future: u32): u64 {
    let length = self.ring_buffer.length();
    ((self.current_index as u64) + (epochs_in_future as u64)) % length
}
