/// Amounts that take effect at a later epoch boundary, keyed by that epoch.
///
/// A pool keeps a handful of entries at most: amounts are only ever scheduled for the next two
/// boundaries, and every boundary removes what it applied.
module walrus::pending_values;

use sui::vec_map::{Self, VecMap};

/// There is no entry for the epoch that is to be reduced.
const EMissingEpochValue: u64 = 0;
/// The entry is smaller than the amount it is to be reduced by.
const EReduceValueTooLarge: u64 = 1;

/// Amounts by the epoch at whose start they take effect.
public struct PendingValues(VecMap<u32, u64>) has copy, drop, store;

/// Nothing pending.
public(package) fun empty(): PendingValues { PendingValues(vec_map::empty()) }

/// Adds `value` to the entry of `epoch`, creating it if need be.
public(package) fun insert_or_add(self: &mut PendingValues, epoch: u32, value: u64) {
    if (self.0.contains(&epoch)) {
        let entry = &mut self.0[&epoch];
        *entry = *entry + value;
    } else {
        self.0.insert(epoch, value);
    }
}

/// Sets the entry of `epoch` to `value`, whatever it was.
public(package) fun insert_or_replace(self: &mut PendingValues, epoch: u32, value: u64) {
    if (self.0.contains(&epoch)) {
        *(&mut self.0[&epoch]) = value;
    } else {
        self.0.insert(epoch, value);
    }
}

/// Takes `value` off the entry of `epoch`; an entry that reaches zero disappears.
public(package) fun reduce(self: &mut PendingValues, epoch: u32, value: u64) {
    assert!(self.0.contains(&epoch), EMissingEpochValue);
    let entry = &mut self.0[&epoch];
    assert!(*entry >= value, EReduceValueTooLarge);
    *entry = *entry - value;
    if (*entry == 0) {
        self.0.remove(&epoch);
    }
}

/// Sum of all entries up to and including `to_epoch`.
public(package) fun value_at(self: &PendingValues, to_epoch: u32): u64 {
    let mut sum = 0;
    self.0.length().do!(|i| {
        let (epoch, value) = self.0.get_entry_by_idx(i);
        if (*epoch <= to_epoch) sum = sum + *value;
    });
    sum
}

/// Removes all entries up to and including `to_epoch` and returns their sum.
public(package) fun flush(self: &mut PendingValues, to_epoch: u32): u64 {
    let mut sum = 0;
    let mut i = 0;
    while (i < self.0.length()) {
        let (epoch, _) = self.0.get_entry_by_idx(i);
        if (*epoch <= to_epoch) {
            let (_, value) = self.0.remove_entry_by_idx(i);
            sum = sum + value;
        } else {
            i = i + 1;
        }
    };
    sum
}

/// Removes all entries up to and including `to_epoch` and returns the one with the latest epoch.
public(package) fun flush_latest(self: &mut PendingValues, to_epoch: u32): Option<u64> {
    let mut latest = option::none();
    let mut latest_epoch = 0;
    let mut i = 0;
    while (i < self.0.length()) {
        let (epoch, _) = self.0.get_entry_by_idx(i);
        if (*epoch <= to_epoch) {
            let (epoch, value) = self.0.remove_entry_by_idx(i);
            if (epoch >= latest_epoch) {
                latest_epoch = epoch;
                latest = option::some(value);
            }
        } else {
            i = i + 1;
        }
    };
    latest
}

/// The entries themselves.
public(package) fun inner(self: &PendingValues): &VecMap<u32, u64> { &self.0 }

/// Whether nothing is pending.
public(package) fun is_empty(self: &PendingValues): bool { self.0.is_empty() }
