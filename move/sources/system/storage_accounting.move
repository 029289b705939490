/// Capacity and fees of the current and the coming epochs, in a ring of one slot per epoch.
module walrus::storage_accounting;

use sui::balance::{Self, Balance};
use wal::wal::WAL;

/// The epoch lies beyond the last slot of the ring.
const ETooFarInFuture: u64 = 0;

/// What is known about one current or future epoch.
public struct FutureAccounting has store {
    /// The epoch of the slot.
    epoch: u32,
    /// Encoded bytes reserved for the epoch.
    used_capacity: u64,
    /// Fees paid for the epoch, to be distributed when it ends.
    rewards_to_distribute: Balance<WAL>,
}

/// Ring of slots. The slot at `current_index` is the current epoch's, the others follow in order.
public struct FutureAccountingRingBuffer has store {
    /// Position of the current epoch's slot.
    current_index: u32,
    /// Number of slots.
    length: u32,
    /// The slots.
    ring_buffer: vector<FutureAccounting>,
}

// === Slots ===

/// An empty slot for the epoch, with the given capacity in use and rewards.
public(package) fun new_future_accounting(
    epoch: u32,
    used_capacity: u64,
    rewards_to_distribute: Balance<WAL>,
): FutureAccounting {
    FutureAccounting { epoch, used_capacity, rewards_to_distribute }
}

/// The epoch of the slot.
public fun epoch(self: &FutureAccounting): u32 {
    self.epoch
}

/// Encoded bytes reserved for the epoch.
public fun used_capacity(self: &FutureAccounting): u64 {
    self.used_capacity
}

/// FROST to be distributed when the epoch ends.
public fun rewards(self: &FutureAccounting): u64 {
    self.rewards_to_distribute.value()
}

/// Reserves more capacity and returns the capacity then in use.
public(package) fun increase_used_capacity(self: &mut FutureAccounting, amount: u64): u64 {
    self.used_capacity = self.used_capacity + amount;
    self.used_capacity
}

/// Rewards of the slot, for change.
public(package) fun rewards_balance_mut(self: &mut FutureAccounting): &mut Balance<WAL> {
    &mut self.rewards_to_distribute
}

/// Deletes a slot and returns its rewards.
public(package) fun unwrap_balance(self: FutureAccounting): Balance<WAL> {
    let FutureAccounting { rewards_to_distribute, .. } = self;
    rewards_to_distribute
}

// === Ring ===

/// A ring of empty slots for the epochs 0 to `length` - 1.
public(package) fun ring_new(length: u32): FutureAccountingRingBuffer {
    FutureAccountingRingBuffer {
        current_index: 0,
        length,
        ring_buffer: vector::tabulate!(
            length as u64,
            |epoch| new_future_accounting(epoch as u32, 0, balance::zero()),
        ),
    }
}

/// Number of slots: the largest number of epochs that can be paid ahead.
public fun max_epochs_ahead(self: &FutureAccountingRingBuffer): u32 {
    self.length
}

/// The slot of the epoch that lies `epochs_in_future` after the current one.
public fun ring_lookup(
    self: &FutureAccountingRingBuffer,
    epochs_in_future: u32,
): &FutureAccounting {
    &self.ring_buffer[self.position(epochs_in_future)]
}

/// The slot of the epoch that lies `epochs_in_future` after the current one, for change.
public(package) fun ring_lookup_mut(
    self: &mut FutureAccountingRingBuffer,
    epochs_in_future: u32,
): &mut FutureAccounting {
    let position = self.position(epochs_in_future);
    &mut self.ring_buffer[position]
}

/// Takes out the current slot, appends an empty one at the far end, and moves on by one epoch.
public(package) fun ring_pop_expand(self: &mut FutureAccountingRingBuffer): FutureAccounting {
    let current = self.current_index as u64;
    let last_epoch = self.ring_buffer[current].epoch + self.length;
    self.ring_buffer.push_back(new_future_accounting(last_epoch, 0, balance::zero()));
    // The new slot takes the place of the current one.
    let popped = self.ring_buffer.swap_remove(current);
    self.current_index = (self.current_index + 1) % self.length;
    popped
}

fun position(self: &FutureAccountingRingBuffer, epochs_in_future: u32): u64 {
    assert!(epochs_in_future < self.length, ETooFarInFuture);
    (((self.current_index as u64) + (epochs_in_future as u64)) % (self.length as u64))
}
