/// How much of a stake is left after the penalties of its pool.
///
/// Principals are in objects of their owners and cannot be seized. A pool instead keeps an index that
/// every penalty lowers; a principal is worth what the index says relative to its activation. The loss
/// is realised at the payout. Only changes are kept, so that a pool without penalties costs nothing.
module walrus::slash_index;

/// One, in the unit of the index.
const ONE: u128 = 1_000_000_000_000_000_000;

/// The index from an epoch on.
public struct IndexChange has copy, drop, store {
    /// First epoch for which it holds.
    epoch: u32,
    /// The index.
    index: u128,
}

/// The index of a pool.
public struct SlashIndex has drop, store {
    /// The index now.
    current: u128,
    /// All changes, by ascending epoch.
    changes: vector<IndexChange>,
}

/// The index of a pool that was never penalised.
public(package) fun new(): SlashIndex { SlashIndex { current: ONE, changes: vector[] } }

/// Lowers the index by the part of the pool's WAL that is lost at the boundary into `epoch`.
public(package) fun lower(self: &mut SlashIndex, epoch: u32, wal_after: u64, wal_before: u64) {
    // An index of at most 10^18 times a balance of 64 bits fits 128 bits.
    self.current = self.current * (wal_after as u128) / (wal_before as u128);
    self.changes.push_back(IndexChange { epoch, index: self.current });
}

/// The index in an epoch.
public(package) fun at(self: &SlashIndex, epoch: u32): u128 {
    let mut i = self.changes.length();
    while (i > 0) {
        i = i - 1;
        let change = &self.changes[i];
        if (change.epoch <= epoch) return change.index;
    };
    ONE
}

/// What is left in epoch `to` of a principal that became active in epoch `from`, rounded down.
public(package) fun remaining(self: &SlashIndex, principal: u64, from: u32, to: u32): u64 {
    let index = self.at(from);
    if (index == 0) 0 else ((principal as u128) * self.at(to) / index) as u64
}
